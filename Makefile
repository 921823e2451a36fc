# kvmconsole. `make` builds, `make demo` runs it with nothing else installed, `make check` passes the tests.
# Targets: all demo check check-lab check-packages mutation fuzz lab lab-down bench soak install dist deps clean · variables: BUILD PREFIX DESTDIR WITHOUT CC CFLAGS
.DEFAULT_GOAL := all
BUILD   ?= build
PREFIX  ?= /usr/local
DESTDIR ?=
WITHOUT ?=
ifeq ($(origin CC),default)
CC      := gcc
endif
Q       := $(if $(V),,@)
CFLAGS  ?= -O2 -g
VERSION := $(shell cat packaging/VERSION)

WARN   := -Wall -Wextra -Wshadow -Wstrict-prototypes -Werror
HARDEN := -fstack-protector-strong -fPIE -fvisibility=hidden $(if $(findstring -O0,$(CFLAGS)),,$(if $(findstring sanitize,$(CFLAGS)),,-D_FORTIFY_SOURCE=2))
# The same source gives the same bytes wherever it lies.
KC_CFLAGS := -ffile-prefix-map=$(CURDIR)=. -std=c17 -D_GNU_SOURCE $(WARN) $(HARDEN) -I. -Ibackend -I$(BUILD)/gen -DVERSION='"$(VERSION)"' -DPREFIX='"$(PREFIX)"' -MMD -MP
KC_LDFLAGS := -pie -Wl,-z,relro,-z,now -Wl,--as-needed

# ---- what is there, and what the builder does not want ----
has = $(and $(filter-out $(WITHOUT),$(1)),$(shell pkg-config --exists $(2) 2>/dev/null && echo yes))
HAS_corosync  := $(call has,corosync,libcmap libquorum libvotequorum)
HAS_pacemaker := $(call has,pacemaker,libxml-2.0)
HAS_cibwatch  := $(and $(HAS_pacemaker),$(call has,cibwatch,pacemaker-cib))
HAS_gluster   := $(filter-out $(WITHOUT),gluster)
HAS_gfapi     := $(and $(HAS_gluster),$(call has,gfapi,glusterfs-api))
HAS_libvirt   := $(call has,libvirt,libvirt libxml-2.0)
SOURCE_NAMES  := $(strip $(foreach s,corosync pacemaker cibwatch gluster gfapi libvirt,$(if $(HAS_$(s)),$(s))))

PKG_corosync  := libcmap libquorum libvotequorum
PKG_pacemaker := libxml-2.0
PKG_cibwatch  := pacemaker-cib
PKG_gfapi     := glusterfs-api
PKG_libvirt   := libvirt libxml-2.0
pkg_cflags = $(if $(PKG_$(1)),$(shell pkg-config --cflags $(PKG_$(1)) | sed 's/-I/-isystem /g'))
pkg_libs   = $(if $(PKG_$(1)),$(shell pkg-config --libs $(PKG_$(1))))

BASE_LIBS  := $(shell pkg-config --libs libutf8proc jansson 2>/dev/null)
VIEW_LIBS  := $(shell pkg-config --libs ncursesw libpcre2-8 2>/dev/null)

# ---- what is built of what ----
# A source program NAME is backend/sources/NAME.c and NAME_*.c; the other files there are shared or the console's.
ALL_PROGRAMS := corosync pacemaker cibwatch gluster gfapi libvirt
of_program    = $(wildcard backend/sources/$(1).c backend/sources/$(1)_*.c)
PROGRAM_FILES := $(foreach p,$(ALL_PROGRAMS),$(call of_program,$(p)))
SHARED_FILES  := backend/sources/emit.c backend/sources/preset.c backend/sources/raw.c
FEED_FILES    := $(filter-out $(PROGRAM_FILES) $(SHARED_FILES),$(wildcard backend/sources/*.c))
LIB_base  := $(wildcard backend/base/*.c)
LIB_model := $(wildcard backend/model/*.c)
LIB_core  := $(wildcard backend/analysis/*.c backend/ops/*.c backend/run/*.c backend/sim/*.c) $(FEED_FILES) backend/sources/raw.c backend/sources/preset.c $(BUILD)/gen/scenarios_embedded.c
LIB_tui   := $(wildcard tui/*.c keymaps/*.c) $(BUILD)/gen/keymaps_embedded.c
LIB_views := $(wildcard views/screen/*.c views/text/*.c) $(filter-out views/main.c,$(wildcard views/*.c))
objects    = $(patsubst %.c,$(BUILD)/obj/%.o,$(patsubst $(BUILD)/gen/%,gen/%,$(1)))
archive    = $(BUILD)/lib$(1).a
PROGRAMS  := $(BUILD)/kvmconsole $(SOURCE_NAMES:%=$(BUILD)/kvmconsole-%)

.PHONY: all demo check check-fast check-lab check-packages mutation fuzz fuzz-fill fuzz-build fuzz-targets bench soak lab lab-down install dist deps clean run-demo FORCE
all: $(PROGRAMS)

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	@echo '  CC $<'
	$(Q)$(CC) $(KC_CFLAGS) $(EXTRA_CFLAGS) $(CFLAGS) $(LAST_CFLAGS) -c $< -o $@
$(BUILD)/obj/gen/%.o: $(BUILD)/gen/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(KC_CFLAGS) $(CFLAGS) -c $< -o $@
$(BUILD)/gen/keymaps_embedded.c: packaging/embed.sh $(wildcard keymaps/*.keys)
	@mkdir -p $(@D)
	sh packaging/embed.sh keys _ keymaps/keymap.h keymap $(sort $(wildcard keymaps/*.keys)) >$@.new && mv $@.new $@

SCENARIOS := $(patsubst %,backend/sim/scenarios/%.scenario,lab-empty lab tour degraded split-brain node-down migration hung-gluster storm big)
$(BUILD)/gen/scenarios_embedded.c: packaging/embed.sh $(SCENARIOS)
	@mkdir -p $(@D)
	sh packaging/embed.sh scenario - sim/sim.h scenario $(SCENARIOS) >$@.new && mv $@.new $@

define library
$(BUILD)/lib$(1).a: $(call objects,$(LIB_$(1)))
	@rm -f $$@
	$(Q)ar rcs $$@ $$^
endef
$(foreach l,base model core tui views,$(eval $(call library,$(l))))

$(BUILD)/kvmconsole: $(BUILD)/obj/views/main.o $(call archive,views) $(call archive,tui) $(call archive,core) $(call archive,model) $(call archive,base)
	@echo '  LD $@'
	$(Q)$(CC) $(CFLAGS) $(KC_LDFLAGS) -rdynamic -o $@ $(BUILD)/obj/views/main.o -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(VIEW_LIBS) $(BASE_LIBS) -lm

define program
$(foreach f,$(call of_program,$(1)),$(eval $(call objects,$(f)): EXTRA_CFLAGS := $(call pkg_cflags,$(1))))
$(BUILD)/kvmconsole-$(1): $(call objects,$(call of_program,$(1)) $(SHARED_FILES)) $(call archive,model) $(call archive,base)
	@echo '  LD $$@'
	$(Q)$$(CC) $$(CFLAGS) $$(KC_LDFLAGS) -o $$@ $$^ $(call pkg_libs,$(1)) $$(BASE_LIBS) -lm
endef
$(foreach p,$(ALL_PROGRAMS),$(eval $(call program,$(p))))

# ---- tests ----
# Unit tests link everything that is ours and has no main: the parsers of the source programs too.
UNIT := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(wildcard tests/unit/test_*.c))
PARSERS := $(foreach p,$(filter $(SOURCE_NAMES),corosync pacemaker gluster libvirt),$(wildcard backend/sources/$(p)_*.c))
UNIT_LIBS := $(foreach p,$(filter $(SOURCE_NAMES),corosync pacemaker libvirt),$(call pkg_libs,$(p)))
$(BUILD)/libparsers.a: $(call objects,$(PARSERS) $(SHARED_FILES))
	@rm -f $@
	$(Q)ar rcs $@ $^
$(BUILD)/unit/%: tests/unit/%.c $(call archive,parsers) $(call archive,views) $(call archive,tui) $(call archive,core) $(call archive,model) $(call archive,base)
	@mkdir -p $(@D)
	@echo '  LD $@'
	$(Q)$(CC) $(KC_CFLAGS) $(CFLAGS) -MF $@.d -o $@ $< $(KC_LDFLAGS) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(UNIT_LIBS) $(VIEW_LIBS) $(BASE_LIBS) $(shell pkg-config --libs cmocka) -lm
# The simulated cluster by the lab's verbs.
$(BUILD)/simlab: tests/sim/lab.c $(call archive,core) $(call archive,model) $(call archive,base)
	@mkdir -p $(@D)
	@echo '  LD $@'
	$(Q)$(CC) $(KC_CFLAGS) $(CFLAGS) -MF $@.d -o $@ $< $(KC_LDFLAGS) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(BASE_LIBS) -lm
# What things cost, measured inside of one process.
$(BUILD)/bench/speed $(BUILD)/soak/sim: $(BUILD)/%: tests/%.c $(call archive,views) $(call archive,tui) $(call archive,core) $(call archive,model) $(call archive,base)
	@mkdir -p $(@D)
	@echo '  LD $@'
	$(Q)$(CC) $(KC_CFLAGS) $(CFLAGS) -MF $@.d -o $@ $< $(KC_LDFLAGS) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(VIEW_LIBS) $(BASE_LIBS) $(shell pkg-config --libs cmocka) -lm
unit: $(UNIT) $(BUILD)/simlab $(BUILD)/bench/speed $(BUILD)/soak/sim

# ---- fuzzing: `make fuzz [RUNS=10000000] [TARGET=...] [TIME=SECONDS-A-TARGET] [JOBS=2]`; `make fuzz-fill`: only what is missing to RUNS ----
# Everything is built once more in $(BUILD)/fuzz, by clang, with the engine's counters and the sanitizers; without the
# one check that calls NULL + 0 (the end of an empty list) a finding.
# The engine is told of edges and not of every comparison (that took half the time; the words that a parser compares with
# are in its dictionary), of the project's code and not of the targets' own. Memory: tests/fuzz/memory.c; an arena's
# allocations stand alone there.
FUZZ_CFLAGS  := -O2 -g1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-coverage=trace-cmp -fno-sanitize=pointer-overflow -fno-sanitize-recover=all -fno-omit-frame-pointer
FUZZ_MEMORY  := -Dcalloc=fuzz_calloc -Drealloc=fuzz_realloc -Dfree=fuzz_free
FUZZ_ABSENT  := $(filter-out $(SOURCE_NAMES),corosync pacemaker gluster libvirt)
FUZZ_XML     := $(if $(HAS_pacemaker)$(HAS_libvirt),tests/fuzz/xml.c)
FUZZ_TARGETS := $(filter-out $(if $(FUZZ_ABSENT),words) $(foreach p,$(FUZZ_ABSENT),$(p)_%),$(patsubst tests/fuzz/target_%.c,%,$(wildcard tests/fuzz/target_*.c)))
$(BUILD)/obj/tests/fuzz/xml.o: EXTRA_CFLAGS := $(call pkg_cflags,pacemaker)
FUZZ_HARNESS := $(call objects,tests/fuzz/fuzz.c tests/fuzz/memory.c tests/fuzz/mutate.c tests/fuzz/travel.c $(FUZZ_XML))
$(FUZZ_HARNESS): LAST_CFLAGS := -fno-sanitize=fuzzer-no-link
$(BUILD)/obj/tests/fuzz/memory.o: LAST_CFLAGS := -fno-sanitize=all -fno-builtin -O3
$(BUILD)/libfuzzing.a: $(FUZZ_HARNESS)
	@rm -f $@
	$(Q)ar rcs $@ $^
$(FUZZ_TARGETS:%=$(BUILD)/targets/%): $(BUILD)/targets/%: $(BUILD)/obj/tests/fuzz/target_%.o $(call archive,fuzzing) $(call archive,parsers) $(call archive,views) $(call archive,tui) $(call archive,core) $(call archive,model) $(call archive,base)
	@mkdir -p $(@D)
	@echo '  LD $@'
	$(Q)$(CC) $(CFLAGS) -fsanitize=fuzzer -Wl,-t,-t -o $@ $< -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(UNIT_LIBS) $(VIEW_LIBS) $(BASE_LIBS) -lm >$@.trace
	$(Q)tests/fuzz/code $(BUILD) $(@F) <$@.trace
ifdef FUZZING
$(BUILD)/obj/backend/base/mem.o: EXTRA_CFLAGS := $(FUZZ_MEMORY)
$(BUILD)/obj/backend/base/arena.o: EXTRA_CFLAGS := -DARENA_BLOCK=1
endif
# A target that is wrong on purpose: what has to be seen.
$(BUILD)/sharp: $(BUILD)/obj/tests/fuzz/sharp.o $(call archive,fuzzing) $(call archive,parsers) $(call archive,model) $(call archive,base)
	$(Q)$(CC) $(CFLAGS) -fsanitize=fuzzer -o $@ $< -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(UNIT_LIBS) $(BASE_LIBS) -lm
fuzz-targets: $(FUZZ_TARGETS:%=$(BUILD)/targets/%) $(BUILD)/sharp
fuzz-build:
	@$(MAKE) --no-print-directory CC=clang BUILD='$(BUILD)/fuzz' CFLAGS='$(FUZZ_CFLAGS)' FUZZING=yes fuzz-targets
fuzz: fuzz-build
	@BUILD='$(BUILD)' sh tests/fuzz/run long $(TARGET)
fuzz-fill: fuzz-build
	@BUILD='$(BUILD)' sh tests/fuzz/run fill $(TARGET)

# `make check` on a machine with nothing but make: what is missing is installed first, then make starts over with it.
check:
	@sh packaging/deps.sh --if-missing
	@$(MAKE) --no-print-directory all unit
	@BUILD='$(BUILD)' MAKE='$(MAKE)' WITHOUT='$(WITHOUT)' sh tests/run all
check-fast: all unit
	@BUILD='$(BUILD)' MAKE='$(MAKE)' WITHOUT='$(WITHOUT)' sh tests/run fast
check-lab: all
	@BUILD='$(BUILD)' MAKE='$(MAKE)' sh tests/run lab $(TESTS)
check-packages:
	@for test in tests/packages/*.test; do sh $$test || exit 1; done
mutation:
	@tests/mutate/mutate $(FILES)
soak: all $(BUILD)/soak/sim
	@BUILD='$(BUILD)' tests/soak/soak $(SOAK)
bench: all $(BUILD)/bench/speed
	@BUILD='$(BUILD)' tests/bench/table --lab $(SECONDS)
demo:
	@sh packaging/deps.sh --if-missing
	@$(MAKE) --no-print-directory all run-demo
run-demo:
	@$(BUILD)/kvmconsole --demo=tour
lab: all
	@tests/lab/lab ready && tests/lab/lab install && tests/lab/lab exec kvm01 kvmconsole
lab-down:
	@tests/lab/lab down
deps:
	@sh packaging/deps.sh

LIBEXEC := $(DESTDIR)$(PREFIX)/libexec/kvmconsole
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(LIBEXEC) $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/man/man5
	install -m 755 $(BUILD)/kvmconsole $(DESTDIR)$(PREFIX)/bin/
	$(if $(SOURCE_NAMES),install -m 755 $(SOURCE_NAMES:%=$(BUILD)/kvmconsole-%) $(LIBEXEC)/)
	install -m 644 docs/kvmconsole.1 $(DESTDIR)$(PREFIX)/share/man/man1/
	install -m 644 docs/kvmconsole.conf.5 $(DESTDIR)$(PREFIX)/share/man/man5/
	install -d $(DESTDIR)$(PREFIX)/share/doc/kvmconsole
	install -m 644 docs/kvmconsole.conf $(DESTDIR)$(PREFIX)/share/doc/kvmconsole/
	install -d $(DESTDIR)$(PREFIX)/share/kvmconsole
	install -d $(DESTDIR)$(PREFIX)/share/bash-completion/completions $(DESTDIR)$(PREFIX)/share/zsh/site-functions
	install -m 644 packaging/completion/kvmconsole.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/kvmconsole
	install -m 644 packaging/completion/_kvmconsole $(DESTDIR)$(PREFIX)/share/zsh/site-functions/
	install -m 644 packaging/kvmconsole-alerts.yml $(DESTDIR)$(PREFIX)/share/kvmconsole/
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system
	sed 's#/usr/local/bin/#$(PREFIX)/bin/#' packaging/kvmconsole-noc.service >$(DESTDIR)$(PREFIX)/lib/systemd/system/kvmconsole-noc.service
	chmod 644 $(DESTDIR)$(PREFIX)/lib/systemd/system/kvmconsole-noc.service
# The commit's own files and times, whatever the user's umask and settings: the same commit gives the same bytes.
DIST := $(BUILD)/kvmconsole-$(VERSION).tar.xz
dist:
	@mkdir -p $(BUILD)
	@git diff --quiet HEAD || echo 'dist: what is not committed is not in it' >&2
	git -c tar.umask=0022 -c core.autocrlf=false archive --format=tar --prefix=kvmconsole-$(VERSION)/ HEAD >$(DIST:.xz=).new
	xz -9 -T1 --check=crc64 --stdout $(DIST:.xz=).new >$(DIST).new
	@rm -f $(DIST:.xz=).new
	@mv $(DIST).new $(DIST) && echo $(DIST)
clean:
	rm -rf $(BUILD)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
