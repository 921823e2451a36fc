/* kvmconsole-pacemaker: the cluster as its resource manager sees it. It links none of pacemaker's libraries: crm_mon and
 * cibadmin are run as children when kvmconsole-cibwatch tells of a change, and every 10 s, and are killed after 5 s.
 * (The CIB's daemon hung: crm_mon takes 36 s, and then says that all is well.) */
#include "base/child.h"
#include "base/clock.h"
#include "base/lines.h"
#include "sources/emit.h"
#include "sources/preset.h"
#include "sources/pacemaker_config.h"
#include "sources/pacemaker_placement.h"
#include "sources/pacemaker_status.h"
#include "sources/pacemaker_tool.h"
#include "sources/pacemaker_version.h"
#include "sources/pacemaker_watch.h"
#include "sources/pacemaker_xml.h"
#include "sources/raw.h"
#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
  DEADLINE_MS = 5000,
  COALESCE_MS = 100, /* one change of the CIB rarely comes alone: a move is 13 of them in 140 ms */
  REST_MS = 10000,   /* with a watcher that tells of changes */
  POLL_MS = 3000,    /* without one */
  HUNG_MS = 1000,
  FAILED_MS = 5000,   /* after a reading that failed */
  MISSING_MS = 30000, /* crm_mon is not installed */
  DOUBT_MS = 2000,    /* "all nodes are offline" must be said twice, this far apart */
  CONFIG_MS = 60000,  /* the configuration is read again even though nothing says that it changed */
  FENCING_MS = 15000, /* until a fencing daemon that did not answer is asked again, when nobody tells sooner */
  TICK_MS = 2001,     /* something is said every 2 s: by then the state is due */
};

struct source {
  struct loop *loop;
  struct emitter *out;
  struct source_options options;
  struct crm_mon_call call;
  struct cib_watcher *watcher;
  struct tool mon, cib;
  struct simulator *simulator;
  struct lines lines; /* requests, as they come in pieces */
  struct timer *deadline, *next, *tick;
  int64_t next_due; /* monotonic; timers do not tell */
  bool reading, again, well;
  bool skip_fencing;   /* a reading was late, perhaps for the fencing daemon's sake: do not ask it */
  bool trying_fencing; /* it is being asked again */
  int64_t skip_until;
  int64_t doubt_since; /* since when all nodes are said to be offline, 0: they are not */
  bool held;           /* and the last reading was held back for that */
  struct arena *config_arena;
  struct pcmk_config config;
  bool have_config, want_config; /* want_config: it changed, or may have */
  bool config_changed;           /* since its reading was started */
  char *last_change;             /* of the reading before; NULL at first */
  int64_t last_change_seen, config_read;
  char config_trouble[256];
  char *online; /* names of the nodes that are, as last read: " kvm01  kvm02 " */
};

static void start_reading(struct source *s);

/* Runs in in_ms at the latest: an earlier appointment stands. */
static void read_within(struct source *s, int64_t in_ms) {
  int64_t due = clock_mono_ms() + in_ms;
  if (timer_armed(s->next) && s->next_due <= due) return;
  s->next_due = due;
  timer_set(s->next, in_ms);
}

static void read_next(struct source *s, int64_t in_ms) {
  timer_set(s->next, -1);
  read_within(s, in_ms);
}

static int64_t at_rest(const struct source *s) { return cib_watcher_connected(s->watcher) ? REST_MS : POLL_MS; }

static bool may_read(void) {
  gid_t groups[256];
  struct group *haclient = getgrnam("haclient");
  if (!geteuid()) return true;
  int n = haclient ? getgroups((int)COUNT(groups), groups) : 0;
  for (int i = 0; i < n; i++)
    if (groups[i] == haclient->gr_gid) return true;
  return haclient && getegid() == haclient->gr_gid;
}

/* ---- the end of a reading ---- */

static void finish(struct source *s, int64_t in_ms) {
  s->reading = false;
  timer_set(s->deadline, -1);
  emit_flush(s->out);
  timer_set(s->tick, TICK_MS);
  if (s->options.once && !s->held) loop_stop(s->loop);
  read_next(s, s->again ? 0 : in_ms);
  s->again = false;
}

/* One of its daemons hangs or is gone, though what crm_mon tells may be as true as ever: the others go on. */
static bool say_trouble(struct source *s) {
  CLEANUP(str_free) struct str text = {0};
  bool hung = cib_watcher_trouble(s->watcher, s->online, &text);
  if (text.len) emit_state(s->out, hung ? SOURCE_HUNG : SOURCE_DOWN, "%s", text.data);
  return text.len > 0;
}

static void note_online(struct source *s, const struct pcmk_nodes *n) {
  CLEANUP(str_free) struct str names = {0};
  for (size_t i = 0; i < n->nodes.count; i++)
    if (n->nodes.item[i].online == TRUTH_YES && n->nodes.item[i].pending != TRUTH_YES && n->nodes.item[i].name) str_addf(&names, " %s ", n->nodes.item[i].name);
  mem_free(s->online);
  s->online = str_take(&names);
}

static void fail(struct source *s, enum source_state state, const char *text, int64_t in_ms) {
  if (s->well) emit_forget(s->out); /* what comes after this is new, whatever it says */
  s->well = false;
  simulator_stop(s->simulator);
  s->doubt_since = 0;
  s->held = false;
  s->want_config = true;
  if (!say_trouble(s)) emit_state(s->out, state, "%s", text);
  finish(s, in_ms);
}

/* The tools may be installed where no cluster was ever set up (on a host that only stores, say): that is no outage. */
static bool in_a_cluster(void) {
  if (preset_cluster()) return false;
  static const char *const traces[] = {"/etc/corosync/corosync.conf", "/etc/pacemaker/authkey", "/var/lib/pacemaker/cib/cib.xml"};
  for (size_t i = 0; i < COUNT(traces); i++)
    if (!access(traces[i], F_OK) || errno != ENOENT) return true;
  return false;
}

static void fail_for(struct source *s, const struct err *e) {
  enum source_state state = e->code == -EACCES ? SOURCE_DENIED : SOURCE_DOWN;
  /* 1.1 calls it "not connected" when it may not connect */
  if (e->code == -ENOTCONN && !may_read() && !getenv("CIB_file")) {
    fail(s, SOURCE_DENIED, "pacemaker: root or a member of group haclient is needed", REST_MS);
    return;
  }
  if (e->code == -ENOTCONN && !in_a_cluster() && !getenv("CIB_file"))
    fail(s, SOURCE_ABSENT, "no pacemaker on this host: it is in no cluster (no /etc/corosync/corosync.conf)", REST_MS);
  else fail(s, state, e->text, FAILED_MS);
}

/* True when the reading is to be believed. Right after the CIB's daemon was started anew it knows no node as online. */
static bool believed(struct source *s, const struct pacemaker_status *p) {
  int64_t now = clock_mono_ms();
  if (!p->all_offline || getenv("CIB_file")) {
    s->doubt_since = 0;
    return true;
  }
  if (!s->doubt_since) s->doubt_since = now;
  if (now - s->doubt_since >= DOUBT_MS) return true;
  emit_state(s->out, SOURCE_STALE,
             "pacemaker says that all nodes are offline, which it also does right after a restart: asked again before it is believed");
  return false;
}

static void tell(struct source *s, const struct pacemaker_status *p) {
  const char *version = p->cluster.dc_version ? p->cluster.dc_version : s->call.version;
  int digits = (int)strcspn(version, "-");
  emit_fact(s->out, "pacemaker.cluster", NULL, &p->cluster);
  bool changed = emit_fact(s->out, "pacemaker.nodes", NULL, &p->nodes);
  changed |= emit_fact(s->out, "pacemaker.resources", NULL, &p->resources);
  emit_fact(s->out, "pacemaker.failures", NULL, &p->failures);
  if (!s->skip_fencing) emit_fact(s->out, "pacemaker.fencing", NULL, &p->fencing);
  if (s->have_config) changed |= emit_fact(s->out, "pacemaker.config", NULL, &s->config);
  if (s->have_config) simulator_strategy(s->simulator, pairs_get(&s->config.properties, "placement-strategy"));
  if (changed) simulator_changed(s->simulator, &p->nodes);
  note_online(s, &p->nodes);
  if (say_trouble(s)) return;
  emit_state(s->out, SOURCE_OK, "Pacemaker%s%.*s, %s%s%s%s%s%s", digits ? " " : "", digits, version, p->cluster.dc ? "DC " : "no DC elected",
             p->cluster.dc ? p->cluster.dc : "", s->doubt_since ? "; all nodes offline, said twice" : "",
             s->skip_fencing ? "; the fencing daemon does not answer, its history is not read" : "",
             s->config_trouble[0] ? "; configuration not read: " : "", s->config_trouble);
}

static void take_config(struct source *s) {
  struct err e = {0};
  if (s->cib.end == TOOL_NEVER_RUN) return;
  s->want_config = true; /* until it was read */
  if (s->cib.end == TOOL_MISSING || s->cib.end == TOOL_LATE || s->cib.too_large) {
    snprintf(s->config_trouble, sizeof s->config_trouble, "cibadmin %s",
             s->cib.end == TOOL_MISSING ? "is not installed"
             : s->cib.end == TOOL_LATE  ? "did not answer"
                                        : "printed too much");
    return;
  }
  struct arena *a = arena_new();
  struct pcmk_config c;
  int code = s->cib.exit_code ? pacemaker_failure(s->cib.exit_code, str_text(&s->cib.said), &e)
                              : pacemaker_config_parse(str_text(&s->cib.out), s->cib.out.len, a, &c, &e);
  s->cib.end = TOOL_NEVER_RUN;
  if (code) {
    arena_free(a);
    snprintf(s->config_trouble, sizeof s->config_trouble, "%.*s", (int)sizeof s->config_trouble - 1, e.text);
    return;
  }
  arena_free(s->config_arena);
  s->config_arena = a;
  s->config = c;
  s->have_config = true;
  s->want_config = s->config_changed;
  s->config_trouble[0] = 0;
}

static void on_tool_done(void *owner);

static bool start_config(struct source *s) {
  static const char *const argv[] = {"cibadmin", "--query", "--scope", "configuration", NULL};
  struct err e = {0};
  s->config_changed = false;
  s->config_read = clock_mono_ms();
  return tool_start(&s->cib, s->loop, argv, on_tool_done, s, &e) == 0;
}

/* The stamp of the last change has whole seconds, so a second change within one is only seen by looking once more
 * after it. The watcher tells better; this is for when there is none. */
static bool config_may_differ(struct source *s, const struct pacemaker_status *p) {
  int64_t now = clock_mono_ms();
  const char *stamp = p->cluster.last_change ? p->cluster.last_change : "";
  if (!str_eq(s->last_change, stamp)) {
    mem_free(s->last_change);
    s->last_change = mem_strdup(stamp);
    s->last_change_seen = now;
  }
  return !s->have_config || s->want_config || s->config_read < s->last_change_seen + DOUBT_MS || now - s->config_read >= CONFIG_MS;
}

static void conclude(struct source *s, bool config_asked) {
  struct err e = {0};
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct pacemaker_status p;
  if (s->mon.too_large) return fail(s, SOURCE_DOWN, "crm_mon printed more than 16 MiB", FAILED_MS);
  int code = pacemaker_status_parse(str_text(&s->mon.out), s->mon.out.len, a, &p, &e);
  if (code == -EBADMSG && s->mon.exit_code) code = pacemaker_failure(s->mon.exit_code, str_text(&s->mon.said), &e);
  if (code) return fail_for(s, &e);
  if (!getenv("CIB_file") && preset_cluster()) return fail(s, SOURCE_ABSENT, "no cluster on this host: pacemaker runs on the configuration that corosync's package came with", REST_MS);
  bool differs = config_may_differ(s, &p);
  if (differs && !config_asked && start_config(s)) return; /* on_tool_done() comes here again */
  take_config(s);
  s->held = !believed(s, &p);
  if (s->held) return finish(s, DOUBT_MS + 50 - (clock_mono_ms() - s->doubt_since));
  if (s->trying_fencing) s->skip_fencing = false;
  s->well = true;
  tell(s, &p);
  finish(s, s->skip_fencing && !s->skip_until ? 0 : at_rest(s));
}

static void on_tool_done(void *owner) {
  struct source *s = owner;
  if (s->mon.end == TOOL_ENDED) emit_raw(s->out, "crm_mon", str_text(&s->mon.out), s->mon.out.len);
  if (s->cib.end == TOOL_ENDED && s->options.raw) {
    CLEANUP(mem_freep) char *cib = mem_strndup(str_text(&s->cib.out), s->cib.out.len);
    raw_mask_nvpairs(cib, s->cib.out.len, pacemaker_may_be_secret);
    emit_raw(s->out, "cibadmin", cib, s->cib.out.len);
  }
  if (s->reading && !tool_runs(&s->mon) && !tool_runs(&s->cib)) conclude(s, s->cib.end != TOOL_NEVER_RUN);
}

static void on_deadline(void *owner) {
  struct source *s = owner;
  bool mon_late = tool_runs(&s->mon);
  tool_give_up(&s->mon);
  tool_give_up(&s->cib);
  if (!mon_late) return conclude(s, true);
  if (s->trying_fencing) { /* as before: nothing new to say */
    s->skip_until = clock_mono_ms() + FENCING_MS;
    s->reading = false;
    return start_reading(s);
  }
  /* From now on without the history of fencing, for which another daemon must answer: perhaps only that one hangs. It is
   * asked again as soon as crm_mon answers without it. */
  bool first = !s->skip_fencing;
  s->skip_fencing = true;
  s->skip_until = 0;
  fail(s, SOURCE_HUNG, "crm_mon did not answer within 5 s", first ? 0 : HUNG_MS);
}

/* ---- its start ---- */

static void start_reading(struct source *s) {
  struct err e = {0};
  if (s->reading) {
    s->again = true;
    return;
  }
  s->reading = true;
  s->again = false;
  timer_set(s->next, -1);
  timer_set(s->deadline, DEADLINE_MS);
  s->cib.end = TOOL_NEVER_RUN;
  s->trying_fencing = s->skip_fencing && s->well && clock_mono_ms() >= s->skip_until;
  bool fast = s->skip_fencing && !s->trying_fencing;
  int code = tool_start(&s->mon, s->loop, fast ? s->call.fast : s->call.full, on_tool_done, s, &e);
  if (code == -ENOENT) return fail(s, SOURCE_ABSENT, "no pacemaker on this host: crm_mon is not installed", MISSING_MS);
  if (code) return fail(s, SOURCE_DOWN, e.text, FAILED_MS);
  if (s->want_config && s->well) start_config(s); /* beside crm_mon; else after it, when it is known to be of use */
}

static void on_next(void *owner) { start_reading(owner); }

/* Whoever did not answer does again: the history of fencing is asked for at once, also when it was asked for just before. */
static void ask_fencing(struct source *s) {
  s->skip_until = 0;
  if (!s->reading || !s->trying_fencing || !tool_runs(&s->mon)) return;
  tool_give_up(&s->mon);
  tool_give_up(&s->cib);
  s->reading = false;
}

static void on_change(void *owner, enum cib_event event) {
  struct source *s = owner;
  if (event == CIB_DAEMONS) { /* said at once; and read at once, so that what is still true is not taken for old */
    if (say_trouble(s)) emit_flush(s->out);
    else ask_fencing(s);
    if (s->reading) s->again = true;
    else read_within(s, 0);
    return;
  }
  if (event != CIB_STATUS_CHANGED) s->want_config = s->config_changed = true;
  if (event == CIB_LOST) return read_within(s, 0);
  if (s->reading) s->again = true;
  else read_within(s, event == CIB_CONNECTED ? 0 : COALESCE_MS);
}

static void on_tick(void *owner) {
  struct source *s = owner;
  emit_flush(s->out);
  timer_set(s->tick, TICK_MS);
}

static void on_request(void *owner, char *line, size_t len, bool cut) {
  struct source *s = owner;
  (void)len;
  if (!cut && str_starts(line, "placement ")) simulator_want(s->simulator, line + strlen("placement "));
}

static void on_input(void *owner, int fd, short revents) {
  enum { REQUEST_MAX = 4096 };
  struct source *s = owner;
  char bytes[512];
  (void)revents;
  ssize_t n = read(fd, bytes, sizeof bytes);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n <= 0) loop_stop(s->loop);
  else lines_take(&s->lines, REQUEST_MAX, bytes, (size_t)n, on_request, s);
}

static void find_version(struct source *s) {
  CLEANUP(mem_freep) char *said = NULL;
  size_t len;
  int code;
  if (child_capture((const char *const[]){"crm_mon", "--version", NULL}, DEADLINE_MS, &said, &len, &code, NULL)) said = NULL;
  crm_mon_call_for(said, &s->call);
}

int main(int argc, char **argv) {
  struct source s = {.want_config = true};
  int code = source_options_parse(argc, argv, "kvmconsole-pacemaker [--once] [--read-only] [--raw] [--host NAME]", &s.options);
  if (code) return code < 0 ? 0 : code;
  xml_memory();
  const char *path = getenv("PATH"); /* the tools are in sbin, which a login over ssh need not have */
  CLEANUP(mem_freep) char *longer = mem_printf("%s:/usr/sbin:/sbin:/usr/local/sbin:/usr/bin:/bin", path ? path : "/usr/bin");
  setenv("PATH", longer, 1);
  find_version(&s);
  s.loop = loop_new();
  s.out = emitter_new(LAYER_PACEMAKER, s.options.host, STDOUT_FILENO);
  emitter_want_raw(s.out, s.options.raw);
  s.deadline = loop_timer(s.loop, -1, on_deadline, &s);
  s.next = loop_timer(s.loop, -1, on_next, &s);
  s.tick = loop_timer(s.loop, TICK_MS, on_tick, &s);
  if (!s.options.once) {
    loop_watch(s.loop, STDIN_FILENO, POLLIN, on_input, &s);
    s.watcher = cib_watcher_start(s.loop, on_change, &s);
  }
  s.simulator = simulator_new(s.loop, s.out);
  start_reading(&s);
  loop_run(s.loop, -1);
  tool_free(&s.mon);
  tool_free(&s.cib);
  cib_watcher_free(s.watcher);
  simulator_free(s.simulator);
  str_free(&s.lines.text);
  emitter_free(s.out);
  loop_free(s.loop);
  arena_free(s.config_arena);
  mem_free(s.last_change);
  mem_free(s.online);
  return 0;
}
