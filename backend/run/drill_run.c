#include "run/drill_run.h"
#include "run/log_ask.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BOOT_S = 600, WHOLE_MS = 3000, LOG_LINES = 2000, LOG_BYTES = 512 << 10, LOG_PAD = 5000, EVIDENCE_MAX = 400, PING_S = 30, WRITE_S = 3600, BEAT_S = 900, GUESTS_MOST = 8 };

/* The task; when it failed, its undo; until all is as it was; the logs; over. */
enum run_phase { RUN_TASK, RUN_UNDO, RUN_WHOLE, RUN_LOGS, RUN_OVER };

/* name NULL: the host that is hit; ping: whom; host: where it is listened, NULL: here; apart: our clock less that one's, at the least; beat: something was heard */
struct beating { struct drill_run *run; const char *name, *says, *ping, *host; int64_t apart; struct exec *exec; bool beat, guest, counts; };

struct drill_run {
  struct drill_run_options o;
  struct arena *arena;
  const struct drill *drill;
  struct drill_steps steps;
  struct drill_watch *watch;
  struct snapshot *before, *now, *failed_at; /* failed_at: as it was when it failed: the evidence */
  const char *title, *target, *task, *undo, *text, *aborted, *timer_host;
  enum run_phase phase;
  enum task_state ended_as;
  int64_t began, ended, armed_at, armed_s, phase_since, whole_since;
  bool injected, reverted_marked, lost, told_unknown;
  struct beating beating[16];
  size_t beating_count;
  const char *mount, *probe; /* where is written ten times a second, and the file; NULL: nowhere */
  struct log_asking *asking;
  struct texts evidence;
  struct tallies clocks;
  int verdict;
  enum truth reverted;
  const char *reverted_text;
};

static void now_says(struct drill_run *r, const char *format, ...) PRINTF(2, 3);
static void now_says(struct drill_run *r, const char *format, ...) {
  char text[512];
  va_list ap;
  va_start(ap, format);
  vsnprintf(text, sizeof text, format, ap);
  va_end(ap);
  if (!str_eq(text, r->text)) r->text = arena_strdup(r->arena, text);
}

static bool look(const struct drill_run *r, const char *id, struct task_view *ret, size_t *ret_n) {
  for (size_t n = 0; id && n < tasks_count(r->o.tasks); n++) {
    task_look(r->o.tasks, n, ret);
    if (!str_eq(ret->id, id)) continue;
    if (ret_n) *ret_n = n;
    return true;
  }
  return false;
}

/* ---- what beats ten times a second: the host's pings, and what the operator wants measured besides ---- */

/* "[1763867000.123456] 64 bytes from ...", or the number alone: a moment by the clock of the host that says so, which the line that came
 * quickest sets against ours. UNKNOWN_INT: no such line. */
static int64_t stamp_of(struct beating *b, const char *line) {
  char *end;
  bool ping = *line == '[';
  int64_t now = b->run->o.clock(b->run->o.owner);
  if (ping && !strstr(line, "bytes from")) return UNKNOWN_INT;
  double s = strtod(line + ping, &end);
  if (*end != (ping ? ']' : '\0') || !(s > 0) || s > 1e11) return UNKNOWN_INT;
  int64_t at = (int64_t)(s * 1000);
  if (b->host && (b->apart == UNKNOWN_INT || now - at < b->apart)) b->apart = now - at;
  if (b->host) at += b->apart;
  return at <= now && at > now - 60000 ? at : UNKNOWN_INT;
}

static void on_beat(void *owner, char *line, size_t len, bool cut) {
  struct beating *b = owner;
  int64_t at = stamp_of(b, line);
  (void)len, (void)cut;
  if (at == UNKNOWN_INT) return;
  b->beat = true;
  if (b->counts) drill_watch_counted(b->run->watch, b->name, at);
  else if (b->guest) drill_watch_guest(b->run->watch, b->name, b->says, at);
  else if (b->name) drill_watch_pulse(b->run->watch, b->name, b->says, at);
  else drill_watch_heard(b->run->watch, at);
}

static void listen(struct beating *b, const char *const *argv, int seconds);

static void ping(struct beating *b) {
  const char *argv[] = {"ping", "-D", "-n", "-i", "0.1", "-w", arena_printf(b->run->arena, "%d", PING_S), b->ping, NULL};
  listen(b, argv, PING_S + 5);
}

/* Pings are sent for a short time and then again, so that none go on for long when nobody is there any more. */
static void on_beat_end(void *owner, const struct exec_result *result) {
  struct beating *b = owner;
  b->exec = NULL;
  if (b->ping && b->beat && result->end == EXEC_EXITED && result->code <= 1 && b->run->phase < RUN_OVER) {
    ping(b);
    return;
  }
  if (b->name && result->end != EXEC_LEFT) drill_watch_pulse_over(b->run->watch, b->name, b->says);
}

static void listen(struct beating *b, const char *const *argv, int seconds) {
  struct err e = {0};
  b->exec = executor_start(b->run->o.executor, &(struct exec_request){.host = b->host, .argv = argv, .deadline_ms = (int64_t)seconds * 1000, .on_out = on_beat, .on_end = on_beat_end, .owner = b}, &e);
}

static struct beating *beating_new(struct drill_run *r, const char *name, const char *says) {
  if (r->beating_count == COUNT(r->beating)) return NULL;
  struct beating *b = &r->beating[r->beating_count++];
  *b = (struct beating){.run = r, .apart = UNKNOWN_INT, .name = arena_strdup(r->arena, name), .says = arena_strdup(r->arena, says)};
  return b;
}

static void ping_of(struct drill_run *r, const char *name, const char *to) {
  struct beating *b = to && *to && *to != '-' ? beating_new(r, name, "pings") : NULL;
  if (!b) return;
  b->ping = arena_strdup(r->arena, to);
  ping(b);
}

/* What is cut off answers no ping, but lives on until it is fenced: ssh is spared, so it says so itself. */
static void listen_to(struct drill_run *r, const char *host) {
  static const char *const argv[] = {"sh", "-c", "while date +%s.%N; do sleep 0.1; done", "kvmconsole-beats", NULL};
  const struct host_view *h = snapshot_host(r->before, host);
  if (r->drill->kind == DRILL_CUT) {
    struct beating *b = beating_new(r, NULL, "by ssh");
    if (!b) return;
    b->host = arena_strdup(r->arena, host);
    listen(b, argv, BEAT_S);
    return;
  }
  ping_of(r, NULL, h && h->addresses.count ? h->addresses.item[0] : host);
}

static void listen_to_domains(struct drill_run *r, const struct values *v) {
  for (size_t i = 0; i < value_count(v, "ping"); i++) {
    const char *value = value_at(v, "ping", i), *equals = strchr(value, '=');
    if (equals) ping_of(r, arena_strndup(r->arena, value, (size_t)(equals - value)), equals + 1);
  }
}

/* As long as its file is there, which the plan makes and takes away. */
static void write_meanwhile(struct drill_run *r) {
  static const char script[] = "while [ -e \"$1\" ]; do dd if=/dev/zero of=\"$1\" bs=4096 count=1 oflag=direct,dsync conv=nocreat,notrunc status=none 2>/dev/null && date +%s.%N; sleep 0.1; done";
  const char *argv[] = {"sh", "-c", script, "kvmconsole-probe", r->probe, NULL};
  const char *name = arena_printf(r->arena, DRILL_WRITES "%s", r->mount ? r->mount : ""), *says = "4 KiB at a time, O_DIRECT";
  if (!r->probe) return;
  drill_watch_pulse(r->watch, name, says, r->armed_at); /* its file was made just before that */
  struct beating *b = beating_new(r, name, says);
  if (b) listen(b, argv, WRITE_S);
}

/* The time of its file changes on the brick with each write; to read that takes no lock and asks gluster nothing. */
static void see_it_write(struct drill_run *r, const struct domain_view *v, const struct drill_subject *d) {
  /* A line now and then when there is nothing to tell: it ends when nobody reads any more. */
  static const char script[] = "last= n=0; while now=$(stat -c %.9Y -- \"$1\"); do [ \"$now\" = \"$last\" ] || date +%s.%N || exit; last=$now n=$((n + 1)); [ $((n % 50)) != 0 ] || echo . || exit; sleep 0.1; done";
  const struct brick_view *b = drill_witness(r->before, d, v);
  if (!b) return;
  const char *argv[] = {"sh", "-c", script, "kvmconsole-writes", arena_printf(r->arena, "%s%s", b->path, v->disks.item[0].path), NULL};
  struct beating *x = beating_new(r, v->name, arena_printf(r->arena, "its writes, seen on %s:%s", b->host, b->path));
  if (!x) return;
  x->host = arena_strdup(r->arena, b->host);
  x->guest = true;
  listen(x, argv, WRITE_S);
}

/* Of a host that is cut off: whether its guest goes on, by what qemu has counted. Asked read-only, of libvirt alone, which needs no disk for it. */
static void see_it_counted(struct drill_run *r, const struct domain_view *v) {
  static const char script[] = "last= n=0; while now=$(virsh -r -c qemu:///system domblkstat --domain \"$1\" --device \"$2\" | grep -E ' (wr_req|flush_operations) '); do [ \"$now\" = \"$last\" ] || date +%s.%N || exit; last=$now n=$((n + 1)); [ $((n % 50)) != 0 ] || echo . || exit; sleep 0.1; done";
  const char *on = v->hosts.count ? v->hosts.item[0] : NULL, *target = v->disks.count ? v->disks.item[0].target : NULL;
  struct beating *x = on && target ? beating_new(r, v->name, "its writes, counted by qemu") : NULL;
  if (!x) return;
  const char *argv[] = {"sh", "-c", script, "kvmconsole-counts", v->name, target, NULL};
  x->host = arena_strdup(r->arena, on);
  x->counts = true;
  listen(x, argv, BEAT_S);
}

/* Those that are to be hit first. No more than sshd lets begin at one time, and there is to be room for the probe. */
static void see_them_write(struct drill_run *r, const struct drill_subject *d) {
  size_t most = r->beating_count + GUESTS_MOST < COUNT(r->beating) - 1 ? r->beating_count + GUESTS_MOST : COUNT(r->beating) - 1;
  for (int hit = 1; hit >= 0; hit--)
    for (size_t i = 0; i < r->before->domains.count && r->beating_count < most; i++) {
      const struct domain_view *v = &r->before->domains.item[i];
      if (texts_have(&d->domains, v->name) != (hit != 0) || !str_eq(v->state, "running")) continue;
      see_it_write(r, v, d);
      if (hit && d->kind == DRILL_CUT && r->beating_count < most) see_it_counted(r, v);
    }
}

static void stop_listening(struct drill_run *r) {
  for (size_t i = 0; i < r->beating_count; i++) {
    r->beating[i].ping = NULL;
    if (r->beating[i].exec) r->o.executor->class->leave(r->beating[i].exec);
  }
  r->beating_count = 0;
}

/* ---- begin ---- */

struct drill_run *drill_run_start(const struct drill_run_options *o, const struct drill *d, const struct values *v, const struct plan *confirmed, struct snapshot *s, struct err *e) {
  struct task_view t;
  if (!task_start(o->tasks, &d->operation, v, confirmed, e)) return NULL;
  struct arena *a = arena_new();
  struct drill_run *r = arena_alloc(a, sizeof *r);
  *r = (struct drill_run){.o = *o, .arena = a, .drill = d, .steps = drill_steps_of(confirmed), .before = snapshot_keep(s), .now = snapshot_keep(s), .began = s->at, .ended = UNKNOWN_INT,
                          .armed_at = UNKNOWN_INT, .armed_s = drill_armed_s(confirmed), .phase_since = s->now, .whole_since = UNKNOWN_INT, .text = "begins"};
  struct drill_subject subject = drill_subject_by(d, s, v, a);
  r->watch = drill_watch_new(&subject, s);
  task_look(o->tasks, 0, &t);
  r->task = arena_strdup(a, t.id);
  r->title = d->operation.title;
  r->target = arena_strdup(a, confirmed->target);
  if (r->steps.arm != SIZE_MAX) r->timer_host = arena_strdup(a, confirmed->steps.item[r->steps.arm].host);
  if (drill_kills(d->kind) && subject.host) listen_to(r, subject.host);
  listen_to_domains(r, v);
  see_them_write(r, &subject);
  r->mount = arena_strdup(a, value_of_name(v, "probe"));
  if (r->mount) r->probe = arena_printf(a, "%s/%s", r->mount, DRILL_PROBE);
  return r;
}

void drill_run_free(struct drill_run *r) {
  if (!r) return;
  stop_listening(r);
  log_asking_end(r->asking);
  drill_watch_free(r->watch);
  snapshot_drop(r->before);
  snapshot_drop(r->now);
  snapshot_drop(r->failed_at);
  arena_free(r->arena);
}

/* ---- what the task does, as events ---- */

static void mark_step(struct drill_run *r, const struct task_view *t, size_t step, const char *event) {
  const struct step *s = &t->plan->steps.item[step];
  int64_t from = t->began_at[step], until = t->ended_at[step];
  if (from == UNKNOWN_INT) from = until;
  drill_watch_mark(r->watch, event, from, until, s->say ? s->say : event, s->host ? arena_printf(r->arena, "console, on %s", s->host) : "console");
}

/* Sent is as good as done for whoever measures: it may take a second until it answers. */
static void follow_steps(struct drill_run *r, const struct task_view *t) {
  if (!t->steps || !t->began_at) return;
  size_t arm = r->steps.arm, inject = r->steps.inject, revert = r->steps.revert;
  if (arm != SIZE_MAX && r->armed_at == UNKNOWN_INT && t->steps[arm] == STEP_DONE) r->armed_at = t->ended_at[arm], mark_step(r, t, arm, "armed"), write_meanwhile(r);
  bool done = inject != SIZE_MAX && (t->steps[inject] == STEP_DONE || t->steps[inject] == STEP_FAILED || t->steps[inject] == STEP_ALREADY);
  if (!r->injected && done && t->ended_at[inject] != UNKNOWN_INT) r->injected = true, mark_step(r, t, inject, "injected");
  if (!r->injected && inject != SIZE_MAX && t->steps[inject] == STEP_LOST) r->injected = true;
  if (!r->reverted_marked && revert != SIZE_MAX && t->steps[revert] == STEP_DONE) r->reverted_marked = true, mark_step(r, t, revert, "reverted");
}

/* ---- the end ---- */

struct drill_report *drill_refused(const struct drill *d, const struct plan *p, const struct values *v, const struct snapshot *s, int64_t now, struct arena *a) {
  struct drill_report *r = arena_alloc(a, sizeof *r);
  struct drill_subject subject = drill_subject_by(d, s, v, a);
  shape_init(&drill_report_shape, r);
  r->schema = 1;
  r->drill = d->operation.name;
  r->title = d->operation.title;
  r->target = arena_strdup(a, p->target);
  r->cluster = arena_strdup(a, s->cluster.name);
  r->began = r->ended = now;
  r->verdict = DRILL_REFUSED;
  r->text = p->when ? arena_printf(a, "%s; it passes %s", p->why, p->when) : arena_strdup(a, p->why);
  r->reverted = TRUTH_YES;
  r->reverted_text = "nothing was injected";
  drill_refusal(s, &subject, a, r);
  return r;
}

int drill_exit(int verdict) {
  static const int codes[] = {[DRILL_UNJUDGED] = 3, [DRILL_PASSED] = 0, [DRILL_SLOW] = 1, [DRILL_FAILED] = 1, [DRILL_ABORTED] = 1, [DRILL_REFUSED] = 2, [DRILL_UNKNOWN] = 3};
  return verdict >= 0 && verdict <= DRILL_UNKNOWN ? codes[verdict] : 3;
}

static void end(struct drill_run *r) {
  struct err e = {0};
  CLEANUP(arena_freep) struct arena *a = arena_new();
  r->phase = RUN_OVER;
  r->ended = r->now->at;
  stop_listening(r);
  const struct drill_report *report = drill_run_report(r, a);
  r->verdict = report->verdict;
  if (r->o.state_dir && drill_keep(r->o.state_dir, report, &e)) now_says(r, "its report could not be kept: %s", e.text);
}

static void on_part(void *owner, const char *host, struct log_part *part, const char *why) {
  struct drill_run *r = owner;
  (void)why;
  if (!part) return;
  if (part->skew_ms != UNKNOWN_INT) tallies_add(r->arena, &r->clocks, host, part->skew_ms);
  for (size_t i = 0; i < part->count && r->evidence.count < EVIDENCE_MAX; i++)
    if (drill_explains(part->item[i].text) && (part->item[i].priority >= PRIORITY_WARNING || part->item[i].layer == LAYER_LIBVIRT || part->item[i].layer == LAYER_PACEMAKER))
      texts_add(r->arena, &r->evidence, arena_printf(r->arena, "%s %s: %s", host, part->item[i].what ? part->item[i].what : "?", part->item[i].text ? part->item[i].text : ""));
  log_part_free(part);
}

static void on_logs(void *owner) {
  struct drill_run *r = owner;
  r->asking = NULL;
  end(r);
}

static int64_t log_clock(void *owner) {
  struct drill_run *r = owner;
  return r->o.clock(r->o.owner);
}

static void ask_logs(struct drill_run *r) {
  struct log_question q = {.since = r->began - LOG_PAD, .until = r->now->at + LOG_PAD, .now = r->o.clock(r->o.owner), .lines = LOG_LINES, .bytes = LOG_BYTES, .round = 1, .mask = r->o.mask};
  r->phase = RUN_LOGS;
  now_says(r, "reading the hosts' logs and clocks");
  for (size_t i = 0; i < r->now->hosts.count; i++) texts_add(r->arena, &q.hosts, r->now->hosts.item[i].name);
  r->asking = q.hosts.count ? log_ask(r->o.loop, r->o.executor, &q, &(struct log_answers){log_clock, on_part, on_logs, r}) : NULL;
  if (!r->asking) end(r);
}

static void become_whole(struct drill_run *r) {
  r->phase = RUN_WHOLE;
  r->phase_since = r->now->now;
}

/* Is it as it was? For a while it need not be: the timer, or the boot after a fencing, takes its time. */
static void whole_turn(struct drill_run *r) {
  CLEANUP(arena_freep) struct arena *a = arena_new();
  const char *not_yet;
  int64_t limit = ((r->armed_s == UNKNOWN_INT ? 0 : r->armed_s) + BOOT_S) * 1000;
  enum truth whole = drill_watch_whole(r->watch, a, &not_yet);
  if (whole != TRUTH_YES) r->whole_since = UNKNOWN_INT;
  else if (r->whole_since == UNKNOWN_INT) r->whole_since = r->now->now;
  bool sure = whole == TRUTH_YES && r->now->now - r->whole_since >= WHOLE_MS;
  if (!sure && r->now->now - r->phase_since < limit && !r->lost) {
    now_says(r, "until all is as it was: %s", *not_yet ? not_yet : "seen once more");
    return;
  }
  r->reverted = !r->injected ? TRUTH_YES : r->lost && !sure ? TRUTH_UNKNOWN : whole;
  r->reverted_text = !r->injected                 ? "nothing was injected"
                     : sure && drill_watch_fenced(r->watch) ? "by its fencing"
                     : sure                       ? "seen by later readings"
                     : r->lost && r->timer_host && r->armed_at != UNKNOWN_INT ? arena_printf(r->arena, "the timer on %s takes it back by itself, %" PRId64 " s after it was armed", r->timer_host, r->armed_s)
                                                  : arena_strdup(r->arena, not_yet);
  if (r->lost) end(r);
  else ask_logs(r);
}

static void begin_undo(struct drill_run *r, size_t n) {
  struct err e = {0};
  struct task_view t;
  bool elsewhere = r->drill->kind == DRILL_POWER; /* what takes it back is on another host */
  /* What was injected is gone with the fencing; what would take it back is an error there. */
  if ((drill_watch_fenced(r->watch) && !elsewhere) || r->lost) return become_whole(r);
  if (!task_undo(r->o.tasks, n, &e)) return become_whole(r);
  task_look(r->o.tasks, 0, &t);
  r->undo = arena_strdup(r->arena, t.id);
  r->phase = RUN_UNDO;
  now_says(r, "taking it back");
}

static void task_turn(struct drill_run *r) {
  struct task_view t;
  size_t n = 0;
  if (!look(r, r->task, &t, &n)) return become_whole(r);
  follow_steps(r, &t);
  if (t.state < TASK_VERIFIED) {
    const char *why = r->aborted ? NULL : drill_watch_abort(r->watch);
    if (why) drill_run_abort(r, why);
    else now_says(r, "%s", t.text);
    return;
  }
  if (tasks_busy(r->o.tasks)) return; /* a command that nobody waits for still runs, or the lock is given back */
  r->ended_as = t.state;
  if (t.state == TASK_CANCELLED && !r->aborted) r->aborted = "the operator ended it";
  if (t.state != TASK_VERIFIED) r->failed_at = snapshot_keep(r->now);
  now_says(r, "%s", t.text);
  if (t.state == TASK_VERIFIED || t.state == TASK_REFUSED || t.state == TASK_LOCKED) become_whole(r);
  else begin_undo(r, n);
}

void drill_run_see(struct drill_run *r, struct snapshot *s) {
  if (r->phase == RUN_OVER) return;
  if (s != r->now) {
    snapshot_drop(r->now);
    r->now = snapshot_keep(s);
  }
  struct task_view t;
  if (r->phase == RUN_TASK && look(r, r->task, &t, NULL)) follow_steps(r, &t);
  drill_watch_see(r->watch, s);
  if (r->phase == RUN_TASK) task_turn(r);
  if (r->phase == RUN_UNDO && (!look(r, r->undo, &t, NULL) || (t.state >= TASK_VERIFIED && !tasks_busy(r->o.tasks)))) {
    if (look(r, r->undo, &t, NULL) && t.ended != UNKNOWN_INT) drill_watch_mark(r->watch, "reverted", t.began, t.ended, "it was taken back", "console");
    become_whole(r);
  }
  if (r->phase == RUN_WHOLE) whole_turn(r);
}

void drill_run_abort(struct drill_run *r, const char *why) {
  struct task_view t;
  size_t n;
  if (r->phase != RUN_TASK || r->aborted || !look(r, r->task, &t, &n) || t.state >= TASK_VERIFIED) return;
  int64_t now = r->o.clock(r->o.owner);
  r->aborted = arena_strdup(r->arena, why);
  drill_watch_mark(r->watch, "aborted", now, now, arena_printf(r->arena, "ended at once: %s", why), "console");
  now_says(r, "ended at once: %s", why);
  task_cancel(r->o.tasks, n);
}

void drill_run_wind_down(struct drill_run *r) {
  r->lost = true;
  if (!r->aborted) r->aborted = "the terminal of the console was lost";
}

bool drill_run_over(const struct drill_run *r) { return r->phase == RUN_OVER; }
const struct drill_event *drill_run_events(const struct drill_run *r, size_t *ret_count) { return drill_watch_events(r->watch, ret_count); }
int64_t drill_run_injected(const struct drill_run *r) { return drill_watch_injected(r->watch); }
const char *drill_run_target(const struct drill_run *r) { return r->target; }
const char *drill_run_name(const struct drill_run *r) { return r->drill->operation.name; }
const char *drill_run_task(const struct drill_run *r) { return r->task; }
const char *drill_run_text(const struct drill_run *r) { return r->text; }
int64_t drill_run_reverts_at(const struct drill_run *r) { return r->armed_at == UNKNOWN_INT || r->armed_s == UNKNOWN_INT || r->phase == RUN_OVER || drill_watch_fenced(r->watch) ? UNKNOWN_INT : r->armed_at + r->armed_s * 1000; }

/* ---- the report ---- */

static const char *not_as_it_was_to(const struct drill_run *r, const struct drill_report *p, struct arena *a) { return drill_not_as_it_was_to(p, r->drill->kind, drill_watch_fenced(r->watch), a); }

static void judge(const struct drill_run *r, struct arena *a, struct drill_report *p) {
  struct task_view t;
  bool known = look(r, r->task, &t, NULL);
  p->text = known ? arena_strdup(a, t.text) : NULL;
  p->aborted = arena_strdup(a, r->aborted);
  if (r->phase == RUN_TASK) return;
  if (r->ended_as == TASK_REFUSED || r->ended_as == TASK_LOCKED) p->verdict = DRILL_REFUSED;
  else if (r->ended_as == TASK_VERIFIED && not_as_it_was_to(r, p, a)) p->verdict = DRILL_FAILED;
  else if (r->ended_as == TASK_VERIFIED && drill_within(p)) p->verdict = DRILL_PASSED;
  else if (r->ended_as == TASK_VERIFIED) p->verdict = DRILL_SLOW;
  else if (r->aborted && r->lost) p->verdict = DRILL_UNKNOWN;
  else if (r->aborted && drill_watch_ruined(r->watch)) p->verdict = DRILL_FAILED;
  else if (r->aborted || r->ended_as == TASK_CANCELLED) p->verdict = DRILL_ABORTED;
  else p->verdict = r->ended_as == TASK_UNKNOWN ? DRILL_UNKNOWN : DRILL_FAILED;
  if (p->verdict == DRILL_PASSED || p->verdict == DRILL_SLOW) {
    int64_t worst = drill_worst_ms(p, NULL);
    if (!p->outages.count) p->text = "all came back as it was";
    else if (worst == 0) p->text = "all came back as it was, and no domain was interrupted";
    else p->text = arena_printf(a, "all came back as it was; without service for at most %" PRId64 ".%" PRId64 " s%s", worst / 1000, worst % 1000 / 100, p->verdict == DRILL_SLOW ? ", longer than expected" : "");
  } else if (r->ended_as == TASK_VERIFIED && not_as_it_was_to(r, p, a)) {
    p->text = not_as_it_was_to(r, p, a);
  } else if (r->aborted) {
    p->text = r->lost ? arena_printf(a, "%s; %s", r->aborted, p->text ? p->text : "") : arena_printf(a, "it was ended before its time: %s", r->aborted);
  }
}

/* Nothing was broken: what a step of its own printed is why. */
static void diagnose_step(const struct drill_run *r, struct arena *a, struct drill_report *p) {
  struct task_view t;
  struct texts lines = {0};
  if (!look(r, r->task, &t, NULL) || t.step >= t.plan->steps.count) return;
  const char *host = t.plan->steps.item[t.step].host;
  for (size_t i = 0; i < t.line_count; i++)
    if (t.lines[i].step == (int)t.step) texts_add(a, &lines, arena_printf(a, "%s: %s", host ? host : "console", t.lines[i].text));
  drill_diagnose(r->before, r->now, &(struct drill_subject){.kind = r->drill->kind, .host = drill_watch_subject(r->watch)->host}, r->now->at, &lines, a, p);
}

struct drill_report *drill_run_report(const struct drill_run *r, struct arena *a) {
  struct drill_report *p = arena_alloc(a, sizeof *p);
  shape_init(&drill_report_shape, p);
  p->schema = 1;
  p->drill = r->drill->operation.name;
  p->title = r->title;
  p->target = arena_strdup(a, r->target);
  p->cluster = arena_strdup(a, r->before->cluster.name);
  p->who = arena_strdup(a, r->o.who);
  p->task = arena_strdup(a, r->task);
  p->began = r->began;
  p->ended = r->ended;
  drill_watch_report(r->watch, a, p);
  judge(r, a, p);
  p->reverted = r->reverted;
  p->reverted_text = arena_strdup(a, r->reverted_text);
  for (size_t i = 0; i < r->clocks.count; i++) tallies_add(a, &p->clocks, r->clocks.item[i].key, r->clocks.item[i].value);
  if (r->phase == RUN_OVER && p->verdict == DRILL_REFUSED) drill_refusal(r->now, drill_watch_subject(r->watch), a, p);
  if (r->phase == RUN_OVER && p->verdict == DRILL_FAILED && !r->injected) diagnose_step(r, a, p);
  if (r->phase == RUN_OVER && p->verdict != DRILL_PASSED && p->verdict != DRILL_REFUSED && r->injected)
    drill_diagnose(r->before, r->failed_at ? r->failed_at : r->now, drill_watch_subject(r->watch), drill_watch_injected(r->watch), &r->evidence, a, p);
  return p;
}
