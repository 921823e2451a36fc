/* The shared definition of a highly available domain, edited: on a private copy, looked at, shown, and put in its place at once.
 * What may be secret in it never leaves its host but masked: commands there make the change, compare and write. */
#include "ops/asked.h"
#include "ops/cluster_rows.h"
#include "ops/definition.h"
#include <inttypes.h>
#include <string.h>

enum { LINES_SHOWN = 40, SUM_LEN = 64 };

/* ---- the scripts: constants, with what they are about as their arguments ---- */

static const char masked_script[] = DEFINITION_MASKED " -- \"$1\"";
static const char editor_script[] = "exec ${VISUAL:-${EDITOR:-vi}} \"$1\"";

/* $1 the copy, $2 the definition, $3 the name, $4 the mount. virt-xml-validate comes without the xmllint that it needs. Libvirt reads
 * the copy as it would to start it, and starts nothing. */
static const char check_script[] =
    "bad() { echo \"$1: nothing was written; what was edited is in $2 of this host\" >&2; exit 1; }; [ -s \"$1\" ] || bad \"it is empty\" \"$1\"; "
    "grep -qE '<!(DOCTYPE|ENTITY)' -- \"$1\" && bad \"it has a declaration, which no definition has\" \"$1\"; "
    "grep -qxE \"[[:space:]]*<name>$3</name>[[:space:]]*\" -- \"$1\" || bad \"its <name> is not $3, or has no line of its own\" \"$1\"; "
    "u() { sed -nE 's,^.*<uuid>([^<]*)</uuid>.*$,\\1,p' -- \"$1\" | head -n 1; }; o=$(u \"$2\"); [ -z \"$o\" ] || [ \"$o\" = \"$(u \"$1\")\" ] || bad \"its UUID is another\" \"$1\"; "
    "own() { grep -cE '<(hostdev|tpm|filesystem)[ >]' -- \"$1\"; }; [ \"$(own \"$1\")\" -le \"$(own \"$2\")\" ] || bad \"it takes something of its host alone (hostdev, tpm, filesystem)\" \"$1\"; "
    "far() { sed -nE \"s,^.*<source (file|dev|dir)=['\\\"]([^'\\\"]*)['\\\"].*$,\\2,p\" -- \"$1\" | grep -vF -- \"$2/\" | sort; }; "
    "[ \"$(far \"$1\" \"$4\")\" = \"$(far \"$2\" \"$4\")\" ] || bad \"a disk of it is not below $4\" \"$1\"; "
    "if command -v virt-xml-validate >/dev/null && command -v xmllint >/dev/null; then virt-xml-validate \"$1\" domain >/dev/null || bad \"its elements are not those of a domain\" \"$1\"; fi; "
    "virsh -c qemu:///system domxml-to-native --format qemu-argv --xml \"$1\" >/dev/null || bad \"libvirt does not take it\" \"$1\"; echo \"it is a definition that libvirt takes\"";

/* $1 the definition, $2 the copy. */
static const char differs_script[] =
    "cmp -s -- \"$1\" \"$2\" && { rm -f -- \"$2\"; echo \"nothing was changed, and nothing is written\" >&2; exit 4; }; f() { " DEFINITION_MASKED "; }; "
    "t=$(mktemp -d) && trap 'rm -rf \"$t\"' EXIT && f <\"$1\" >\"$t/then\" && f <\"$2\" >\"$t/now\" && { diff -u --label is --label will-be \"$t/then\" \"$t/now\" && echo \"only what is secret differs\"; [ $? -le 1 ]; }";

/* $1 the definition, $2 the copy, $3 what the definition's sum was when it was shown. Whole at every moment, and on the disks. */
static const char replace_script[] =
    "umask 077; n=$1.new; trap 'rm -f -- \"$n\"' EXIT; same() { [ \"$(sha256sum <\"$1\" | cut -c-64)\" = \"$2\" ] || { echo \"$1 was changed by somebody else: nothing was written\" >&2; exit 3; }; }; "
    "same \"$1\" \"$3\"; cp -- \"$2\" \"$n\" && chmod 600 -- \"$n\" && sync -- \"$n\" && cp -p -- \"$1\" \"$1.old\" && same \"$1\" \"$3\" && mv -f -- \"$n\" \"$1\" && sync -- \"${1%/*}\" && cmp -s -- \"$2\" \"$1\" && rm -f -- \"$2\"";

/* ---- where ---- */

struct edit {
  const struct domain_view *d;
  const char *config, *host, *draft, *mount, *file; /* file: of this console's host; NULL: none is given */
};

static bool edit_of(struct planning *p, struct edit *e) {
  const struct domain_view *d = given(p, "domain") ? snapshot_domain(p->snap, given(p, "domain")) : NULL;
  const struct pcmk_param *c = d && d->resource ? resource_config(p->snap, d->resource) : NULL;
  *e = (struct edit){.d = d, .config = c ? definition_path(c) : NULL, .host = d ? volume_host(p, d) : NULL, .mount = d ? volume_mount(p, d) : NULL, .file = given(p, "definition")};
  if (e->file && *e->file == '@') e->file++;
  if (d) e->draft = planf(p, "/run/kvmconsole-%s.xml", d->name);
  return e->config && e->host;
}

void survey_domain_edit(struct planning *p) {
  struct edit e;
  if (!edit_of(p, &e)) return;
  ask_command(p, e.host, "definition", "sh", "-c", masked_script, "kvmconsole-masked", e.config, NULL);
  ask_command(p, e.host, "sum", "sha256sum", "--", e.config, NULL);
  if (!e.file) return;
  ask_command(p, here(p), "new definition", "sh", "-c", masked_script, "kvmconsole-masked", e.file, NULL);
  ask_command(p, here(p), "new sum", "sha256sum", "--", e.file, NULL);
}

static const char *sum_of(struct planning *p, const char *host, const char *id) {
  const char *word = line_word(p, answered(p, host, id), 0, false);
  return word && strlen(word) == SUM_LEN && strspn(word, "0123456789abcdef") == SUM_LEN ? word : NULL;
}

/* ---- the difference, beforehand ---- */

static void say_difference(struct planning *p, const char *was, const char *now) {
  size_t more;
  struct texts lines = definition_difference(was, now, LINES_SHOWN, p->arena, &more);
  for (size_t i = 0; i < lines.count; i++) consequence(p, "%s", first_line(p, lines.item[i]));
  if (more) consequence(p, "and %zu more lines", more);
  if (!lines.count) consequence(p, "only what is secret differs: it is not shown");
}

/* What is not wrong, and yet to be known. */
static void say_needs(struct planning *p, const struct definition *was, const struct definition *now) {
  for (size_t i = 0; i < p->snap->hosts.count; i++) {
    const struct host_view *h = &p->snap->hosts.item[i];
    if (h->pacemaker == NODE_UNKNOWN) continue;
    if (now->memory > was->memory && h->memory != UNKNOWN_INT && now->memory > h->memory) consequence(p, "%s has %s of memory: it does not start there", h->name, size_words(p, h->memory));
    if (now->vcpus > was->vcpus && h->cpus != UNKNOWN_INT && now->vcpus > h->cpus) consequence(p, "%s has %" PRId64 " processors: its guest gets no more of them than that", h->name, h->cpus);
  }
}

static void judge(struct planning *p, const struct edit *e, const struct definition *was, const char *text, const char *now_text) {
  struct definition now;
  const char *fault = definition_read(now_text, p->arena, &now);
  if (!fault) fault = definition_fault(was, &now, e->mount, p->arena);
  if (fault) return (void)refuse_always(p, "with another definition", "%s", fault);
  say_difference(p, text, now_text);
  say_needs(p, was, &now);
}

/* ---- single changes ---- */

struct change { const char *element, *attributes, *content; }; /* attributes NULL: those that it has */

/* As they stand there, a blank before them; NULL: not on one line, or such that no sed takes them. */
static const char *attributes_in(struct planning *p, const char *text, const char *element) {
  CLEANUP(mem_freep) char *open = mem_printf("<%s", element);
  for (const char *s = text; (s = strstr(s, open)) != NULL; s++) {
    const char *end = s + strlen(open), *right = strchr(end, '>');
    if (!right || (*end != '>' && *end != ' ') || right[-1] == '/') continue;
    const char *found = arena_strndup(p->arena, end, (size_t)(right - end));
    return strpbrk(found, "|&\\\n") ? NULL : found;
  }
  return NULL;
}

static size_t changes_of(struct planning *p, struct change *list) {
  const char *vcpus = given(p, "vcpus"), *memory = given(p, "memory");
  size_t n = 0;
  int64_t bytes = memory ? value_bytes(memory) : 0;
  if (vcpus) list[n++] = (struct change){"vcpu", NULL, vcpus};
  if (memory) {
    const char *kib = planf(p, "%" PRId64, bytes >> 10);
    list[n++] = (struct change){"memory", " unit='KiB'", kib};
    list[n++] = (struct change){"currentMemory", " unit='KiB'", kib};
  }
  return n;
}

static const char *changed(struct planning *p, const struct definition *was, const char *text, const struct change *list, size_t count) {
  if (given(p, "vcpus") && was->vcpu_parts) return refuse_always(p, "with the editor, or definition=@FILE", "its processors have a topology, or not all are there at the start: more than a number is to be changed"), NULL;
  if (given(p, "memory") && was->memory_parts) return refuse_always(p, "with the editor, or definition=@FILE", "its memory has parts (NUMA cells, or what is plugged in): more than a number is to be changed"), NULL;
  for (size_t i = 0; i < count; i++) {
    const char *attributes = list[i].attributes ? list[i].attributes : attributes_in(p, text, list[i].element), *now = attributes ? definition_with(text, list[i].element, attributes, list[i].content, p->arena) : NULL;
    if (!now && strcmp(list[i].element, "currentMemory")) return refuse_always(p, "with the editor, or definition=@FILE", "no <%s> of it stands on one line", list[i].element), NULL;
    if (now) text = now;
  }
  return text;
}

static void change_steps(struct planning *p, const struct edit *e, const char *text, const struct change *list, size_t count) {
  for (size_t i = 0; i < count; i++) {
    const char *attributes = list[i].attributes ? list[i].attributes : attributes_in(p, text, list[i].element);
    if (!definition_with(text, list[i].element, attributes, list[i].content, p->arena)) continue;
    step_run(p, e->host, planf(p, "set <%s> in it", list[i].element), "sed", "-i", planf(p, "s|<%s[^>]*>[^<]*</%s>|<%s%s>%s</%s>|", list[i].element, list[i].element, list[i].element, attributes, list[i].content, list[i].element), e->draft, NULL)->harmless = TRUTH_YES;
  }
}

/* ---- the plan ---- */

static void file_steps(struct planning *p, const struct edit *e) {
  const char *sum = sum_of(p, here(p), "new sum");
  step_run(p, here(p), "see that the file is what was shown", "sh", "-c", "[ \"$(sha256sum <\"$1\" | cut -c-64)\" = \"$2\" ] && cat -- \"$1\"", "kvmconsole-shown", e->file, sum, NULL)->harmless = TRUTH_YES;
  int64_t read = (int64_t)p->plan->steps.count - 1;
  struct step *s = step_run(p, e->host, "write it into the copy", "dd", planf(p, "of=%s", e->draft), "status=none", NULL);
  s->input_of = read;
  s->harmless = TRUTH_YES;
}

static void say_when(struct planning *p, const struct edit *e) {
  if (e->d->hosts.count) consequence(p, "%s runs on as it is on %s, and wherever it moves live: the change counts from its next start on (domain-restart)", e->d->name, names_of(&e->d->hosts, p->arena));
  else consequence(p, "%s is off: it counts when it is started", e->d->name);
  consequence(p, "what was is kept in %s.old, and the task can be taken back", e->config);
}

static void edit_steps(struct planning *p, const struct edit *e, const char *text, const struct change *list, size_t count, const char *sum) {
  bool by_hand = !count && !e->file;
  struct step *s = step_run(p, e->host, "make a private copy", "install", "-m", "600", e->config, e->draft, NULL);
  s->harmless = TRUTH_YES;
  if (e->file) file_steps(p, e);
  else if (count) change_steps(p, e, text, list, count);
  else step_handover(p, e->host, "edit it", "sh", "-c", editor_script, "kvmconsole-editor", e->draft, NULL);
  step_run(p, e->host, "have it checked: name, UUID, disks, and by libvirt, without defining it", "sh", "-c", check_script, "kvmconsole-definition", e->draft, e->config, e->d->name, e->mount ? e->mount : "", NULL)->deadline_ms = 60000;
  step_run(p, e->host, "show the difference", "sh", "-c", differs_script, "kvmconsole-differs", e->config, e->draft, NULL);
  if (by_hand) step_ask(p, "Is that difference what is to be written?");
  s = step_run(p, e->host, "put it in its place, if nobody has changed that since", "sh", "-c", replace_script, "kvmconsole-replace", e->config, e->draft, sum, NULL);
  undo_by(p, s, "mv", "-f", planf(p, "%s.old", e->config), e->config, NULL);
  s->deadline_ms = 60000;
}

void plan_domain_edit(struct planning *p) {
  const struct domain_view *d = domain_told(p, given(p, "domain"));
  struct edit e;
  struct change list[4];
  struct definition was;
  if (!d || !cluster_told(p)) return;
  if (!d->resource) return (void)refuse_always(p, "when it is highly available (domain-make-ha); a plain one: virsh edit on its host", "%s has no shared definition", d->name);
  if (!edit_of(p, &e)) return (void)refuse_always(p, "when its resource says it and a node is online", "where the definition of %s lies is not known", d->name);
  if (!is_plain_name(d->name)) return (void)refuse_always(p, "by hand only", "%s has a name that no file may have", d->name);
  size_t count = changes_of(p, list);
  if (e.file && count) return (void)refuse_always(p, "with one of them", "either definition= or single changes");
  if (refuse_unasked(p, e.host, "definition", "how the definition is now")) return;
  const char *text = answered(p, e.host, "definition"), *sum = sum_of(p, e.host, "sum"), *now = NULL, *fault = text ? definition_read(text, p->arena, &was) : NULL;
  if (!text || !sum) return (void)refuse_always(p, "when the volume is mounted there, and it is there", "%s cannot read %s", e.host, e.config);
  if (strlen(text) >= ANSWER_MAX - 1) return (void)refuse_always(p, "by hand only", "%s is too long", e.config);
  if (fault && count) return (void)refuse_always(p, "with the editor, or definition=@FILE", "%s: %s", e.config, fault);
  if (fault) consequence(p, "%s is not in order now: %s", e.config, fault), was = (struct definition){.name = d->name, .uuid = d->uuid, .vcpus = UNKNOWN_INT, .memory = UNKNOWN_INT};
  if (e.file && (!answered(p, here(p), "new definition") || !sum_of(p, here(p), "new sum"))) return (void)refuse_always(p, "with a file that is there", "%s cannot read %s", here(p), e.file);
  if (e.file) now = answered(p, here(p), "new definition");
  else if (count && !(now = changed(p, &was, text, list, count))) return;
  if (now && e.file ? str_eq(sum, sum_of(p, here(p), "new sum")) : now && !strcmp(now, text)) return (void)refuse_always(p, "never: there is nothing to do", "%s says that already", e.config);
  if (now) judge(p, &e, &was, text, now);
  if (refused(p)) return;
  if (!now) consequence(p, "the terminal is the editor's; then the difference is shown, and written only after a yes");
  say_when(p, &e);
  edit_steps(p, &e, text, list, count, sum);
  if (d->hosts.count == 1 && str_eq(d->state, "running")) verify_that(p, "domain-runs-on", d->name, d->hosts.item[0], NULL);
}

static const char *check_memory(struct planning *p, const char *value) { return (void)p, value_bytes(value) % 1024 ? "whole KiB are wanted" : NULL; }

const struct operation_argument domain_edit_arguments[] = {
    {.name = "domain", .title = "DOMAIN", .help = "which domain; with nothing else $VISUAL, $EDITOR or vi is opened on its definition", .kind = ARG_DOMAIN, .required = true},
    {.name = "vcpus", .title = "NUMBER", .help = "its processors, from its next start on", .kind = ARG_NUMBER, .min = 1, .max = 1024},
    {.name = "memory", .title = "SIZE", .help = "its memory, from its next start on", .kind = ARG_SIZE, .min = 32 << 20, .max = (int64_t)1 << 44, .check = check_memory},
    {.name = "definition", .title = "@FILE", .help = "a file of this console's host with the whole new definition", .kind = ARG_FILE},
    {.name = NULL}};
