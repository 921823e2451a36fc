/* drill: what is expected, the plan, a word from the operator; then it is done, watched and taken back, and its report written. Several
 * in order, each begun when the one before it has passed and all is as it was. */
#include "base/clock.h"
#include "run/audit.h"
#include "run/drill_run.h"
#include "sources/raw.h"
#include "views/new_file.h"
#include "views/text/running.h"
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { IN_ORDER_MAX = 16 };

struct drilling {
  struct session *session;
  struct tasks *tasks;
  struct drill_run *run;
  struct drill_run_options options;
  const struct drill *row[IN_ORDER_MAX];
  size_t count;
  struct arena *arena;   /* of the reports */
  struct drill_report *report[IN_ORDER_MAX];
  size_t reports;
  bool json;
  size_t said_events;
  const char *said;      /* the sentence that was said last */
  int interrupts;
  int64_t window;        /* after that no drill is begun, wall ms; 0: whenever */
  FILE *to;              /* --report */
};

/* ---- what is said meanwhile ---- */

static void say_event(int64_t injected, const struct drill_event *e) {
  CLEANUP(str_free) struct str out = {0};
  int64_t since = injected == UNKNOWN_INT ? UNKNOWN_INT : e->at - injected;
  if (since == UNKNOWN_INT) str_add(&out, "          ");
  else str_addf(&out, "%c%6" PRId64 ".%d s ", since < 0 ? '-' : '+', (since < 0 ? -since : since) / 1000, (int)((since < 0 ? -since : since) % 1000 / 100));
  str_addf(&out, " %s", e->text ? e->text : e->event);
  print_clean(stdout, str_text(&out));
}

static void say_news(struct drilling *d) {
  if (!d->run || d->json) return;
  size_t events;
  const struct drill_event *event = drill_run_events(d->run, &events);
  for (; d->said_events < events; d->said_events++) say_event(drill_run_injected(d->run), &event[d->said_events]);
  int64_t at = drill_run_reverts_at(d->run), left = at == UNKNOWN_INT ? UNKNOWN_INT : at - d->options.clock(d);
  const char *text = drill_run_text(d->run);
  size_t sentence = strcspn(text, ";:"); /* what follows is how it stands meanwhile */
  if (!d->said || strlen(d->said) != sentence || strncmp(text, d->said, sentence)) {
    CLEANUP(mem_freep) char *line = left != UNKNOWN_INT && left > 0 ? mem_printf("           %.*s [reverts by itself in %" PRId64 " s]", (int)sentence, text, left / 1000) : mem_printf("           %s", text);
    print_clean(stdout, line);
    d->said = arena_strndup(d->arena, text, sentence);
  }
  fflush(stdout);
}

static void on_snapshot(void *owner, struct snapshot *s) {
  struct drilling *d = owner;
  if (d->tasks) tasks_see(d->tasks, s);
  if (d->run) drill_run_see(d->run, s), say_news(d);
}

static void on_signal(void *owner, int signo) {
  struct drilling *d = owner;
  if (!d->run) return;
  if (signo != SIGINT) {
    tasks_wind_down(d->tasks);
    drill_run_wind_down(d->run);
  } else if (++d->interrupts == 1) {
    fputs("kvmconsole: ended at once: it is being taken back (Ctrl-C again: leave that to its timer)\n", stderr);
    drill_run_abort(d->run, "the operator ended it");
  }
}

static void quiet(void *owner, bool quiet) {
  struct drilling *d = owner;
  if (d->session->feed) feed_quiet(d->session->feed, quiet);
}

static int64_t now_of(void *owner) {
  const struct drilling *d = owner;
  return d->session->feed ? feed_wall(d->session->feed) : clock_wall_ms();
}

static int one(struct drilling *d, const struct drill *row);

/* ---- one drill ---- */

static void print_plan(const struct drilling *d) {
  CLEANUP(str_free) struct str out = {0};
  plan_text(d->session->plan, &out);
  if (!d->json) print_clean(stdout, str_text(&out));
  fflush(stdout);
}

static int open_tasks(struct drilling *d) {
  struct err e = {0};
  if (d->tasks) return 0;
  struct tasks_options o = {.loop = d->session->loop, .executor = d->session->executor, .state_dir = d->options.state_dir, .who = d->options.who, .quiet = quiet, .clock = now_of, .owner = d};
  d->tasks = tasks_new(&o, &e);
  if (!d->tasks) {
    err_print(&e);
    return e.code == -EACCES || e.code == -EPERM || e.code == -EROFS ? EXIT_RIGHTS : SESSION_REFUSED;
  }
  d->options.tasks = d->tasks;
  d->options.executor = d->session->executor;
  d->options.loop = d->session->loop;
  tasks_see(d->tasks, d->session->snap);
  if (d->options.state_dir) drills_adopt(d->options.state_dir, d->tasks, now_of(d));
  return 0;
}

static int run_one(struct drilling *d, const struct drill *row) {
  struct session *s = d->session;
  struct err e = {0};
  int code = open_tasks(d);
  if (code) return code;
  d->said_events = 0;
  d->run = drill_run_start(&d->options, row, &s->values, s->plan, s->snap, &e);
  if (!d->run) {
    err_print(&e);
    return e.code == -EPERM ? EXIT_RIGHTS : SESSION_REFUSED;
  }
  while (!drill_run_over(d->run) && d->interrupts < 2) session_step(s);
  struct drill_report *r = d->report[d->reports++] = drill_run_report(d->run, d->arena);
  struct task_view t;
  task_look(d->tasks, 0, &t);
  code = t.state == TASK_LOCKED ? EXIT_LOCKED : d->interrupts || s->hung_up ? EXIT_INTERRUPTED : drill_exit(r->verdict);
  CLEANUP(str_free) struct str out = {0};
  drill_words(r, &out);
  if (!d->json) putchar('\n'), print_clean(stdout, str_text(&out));
  fflush(stdout);
  drill_run_free(d->run);
  d->run = NULL;
  return code;
}

/* "until=04:30": the next time that it is so late, by this host's zone; none is begun that would last longer. */
static int read_window(struct drilling *d, const char *text) {
  d->window = drill_until(text, clock_wall_ms());
  return d->window == UNKNOWN_INT ? usage_error("until is a time of day, as in until=04:30, not %s", text) : 0;
}

static bool window_over(struct drilling *d, const struct drill *row) {
  struct drill_reports kept = {0};
  if (!d->window) return false;
  if (d->options.state_dir) drills_kept(d->options.state_dir, d->arena, &kept);
  int64_t lasts = drill_lasts_ms((const struct drill_report *const *)kept.item, kept.count, row->operation.name, row->kind, 0), left = d->window - clock_wall_ms();
  if (lasts <= left) return false;
  if (left <= 0) fprintf(stderr, "kvmconsole: %s was not begun: the window is over\n", row->operation.name);
  else fprintf(stderr, "kvmconsole: %s was not begun: it takes %" PRId64 " s, and the window is over in %" PRId64 " s\n", row->operation.name, lasts / 1000, left / 1000);
  return true;
}

/* Some readings are taken once a minute, to spare the volumes' locks: what only nobody knows yet is waited for. */
static int plan_when_known(struct drilling *d, const struct drill *row) {
  enum { AGAIN_MS = 5000, KNOWN_MS = 100000 };
  struct session *s = d->session;
  int64_t end = now_of(d) + KNOWN_MS;
  for (bool said = false;; said = true) {
    int code = session_again(s, &row->operation);
    const struct plan *p = s->plan;
    bool unknown = !code && p->allowed == TRUTH_NO && p->forcible == TRUTH_YES && p->why && strstr(p->why, "not known");
    if (code || !unknown || now_of(d) >= end || s->interrupted || s->hung_up) return code;
    if (!said && !d->json) printf("waiting for readings: %s\n", p->why), fflush(stdout);
    for (int64_t next = now_of(d) + AGAIN_MS; now_of(d) < next && !s->interrupted && !s->hung_up;) session_step(s);
  }
}

int drill_here(struct session *s, const struct drill *row, const char *state, const char *who, bool json, struct str *ret_report) {
  struct drilling d = {.session = s, .json = json, .arena = arena_new(), .options = {.state_dir = state, .who = who, .clock = now_of, .mask = raw_mask}};
  void (*on_snapshot_before)(void *, struct snapshot *) = s->on_snapshot;
  void (*on_signal_before)(void *, int) = s->on_signal;
  void *owner_before = s->owner;
  d.options.owner = &d;
  s->on_snapshot = on_snapshot;
  s->on_signal = on_signal;
  s->owner = &d;
  int code = one(&d, row);
  if (ret_report && d.reports) drill_markdown(d.report[d.reports - 1], ret_report);
  tasks_free(d.tasks);
  d.tasks = NULL;
  s->on_snapshot = on_snapshot_before;
  s->on_signal = on_signal_before;
  s->owner = owner_before;
  arena_free(d.arena);
  return code;
}

static int one(struct drilling *d, const struct drill *row) {
  struct session *s = d->session;
  int code = plan_when_known(d, row);
  if (code) return code;
  print_plan(d);
  if (s->plan->allowed != TRUTH_YES) {
    const struct drill_report *r = d->report[d->reports++] = drill_refused(row, s->plan, &s->values, s->snap, now_of(d), d->arena);
    for (size_t i = 0; !d->json && i < r->findings.count; i++)
      if (r->findings.item[i].operation) printf("foreseen by lint, %s: %s; mended by %s\n", r->findings.item[i].id, r->findings.item[i].evidence, r->findings.item[i].operation);
    return SESSION_REFUSED;
  }
  code = session_confirm(s, d->json);
  return code ? code : run_one(d, row);
}

/* ---- reports ---- */

enum report_kind { REPORT_NONE, REPORT_JSON, REPORT_MARKDOWN, REPORT_JUNIT };

static enum report_kind kind_of(const char *path) { return str_ends(path, ".json") ? REPORT_JSON : str_ends(path, ".md") ? REPORT_MARKDOWN : str_ends(path, ".xml") ? REPORT_JUNIT : REPORT_NONE; }

static void reports_text(const struct drilling *d, enum report_kind kind, struct str *out) {
  if (kind == REPORT_JUNIT) drill_junit((const struct drill_report *const *)d->report, d->reports, out);
  if (kind == REPORT_JSON && d->reports != 1) str_add(out, "{\"schema\":1,\"drills\":[");
  for (size_t i = 0; i < d->reports; i++) {
    if (kind == REPORT_MARKDOWN) str_add(out, i ? "\n" : ""), drill_markdown(d->report[i], out);
    if (kind == REPORT_JSON) str_add(out, i ? "," : ""), shape_encode(&drill_report_shape, d->report[i], out);
  }
  if (kind == REPORT_JSON) str_add(out, d->reports != 1 ? "]}\n" : "\n");
}

static int write_reports(struct drilling *d, const char *path) {
  CLEANUP(str_free) struct str out = {0}, json = {0};
  int code = 0;
  if (d->json) {
    reports_text(d, REPORT_JSON, &json);
    fputs(str_text(&json), stdout);
  }
  if (!d->to) return 0;
  reports_text(d, kind_of(path), &out);
  if (fputs(str_text(&out), d->to) < 0) code = -1;
  if (fclose(d->to)) code = -1;
  d->to = NULL;
  if (code) fprintf(stderr, "kvmconsole: %s: %s; the report is kept in the state directory all the same\n", path, strerror(errno));
  return code;
}

/* ---- */

static int read_names(struct drilling *d, const char *list) {
  while (*list) {
    size_t n = strcspn(list, ",");
    CLEANUP(mem_freep) char *name = mem_strndup(list, n);
    const struct drill *row = drill_find(name);
    if (!row) return usage_error("no such drill: %s (see kvmconsole list drills)", name);
    if (d->count == IN_ORDER_MAX) return usage_error("at most %d drills in order", IN_ORDER_MAX);
    d->row[d->count++] = row;
    list += n + (list[n] == ',');
  }
  return d->count ? 0 : usage_error("a drill's name is missing (see kvmconsole list drills)");
}

/* A word that none of them knows is a mistake, not something to leave out. */
static int check_words(struct drilling *d, const struct arguments *a) {
  for (int i = 1; i < a->words; i++) {
    CLEANUP(mem_freep) char *name = mem_strndup(a->word[i], strcspn(a->word[i], "="));
    bool known = !strcmp(name, "force");
    if (!strcmp(name, "until") && strchr(a->word[i], '=')) {
      int code = read_window(d, a->word[i] + strlen("until="));
      if (code) return code;
      continue;
    }
    for (size_t k = 0; k < d->count; k++) known |= operation_argument(&d->row[k]->operation, name) != NULL;
    if (!known || !strchr(a->word[i], '=')) return usage_error("%s is no argument of %s (see kvmconsole list drills)", a->word[i], a->word[0]);
  }
  return 0;
}

static int open_report(struct drilling *d, const char *path) {
  if (!path) return 0;
  if (!kind_of(path)) return usage_error("--report writes FILE.json, FILE.md (Markdown) or FILE.xml (JUnit), not %s", path);
  int fd = own_file(path);
  d->to = fd < 0 ? NULL : fdopen(fd, "w");
  if (d->to) return 0;
  fprintf(stderr, "kvmconsole: nothing ran: %s: %s; give --report a file that can be written\n", path, strerror(errno));
  return EXIT_INPUT;
}

int run_drill(struct arguments *a) {
  struct session session = {0};
  struct drilling d = {.session = &session, .json = a->option[OPT_JSON] != NULL, .arena = arena_new()};
  struct session *s = &session;
  int code = read_names(&d, a->word[0]);
  if (!code) code = check_words(&d, a);
  if (!code && (a->option[OPT_READ_ONLY] || a->option[OPT_REPLAY])) {
    fprintf(stderr, "kvmconsole: nothing ran: %s\n", a->option[OPT_READ_ONLY] ? "--read-only" : "a recording cannot be acted on");
    code = EXIT_RIGHTS;
  }
  if (!code) code = open_report(&d, a->option[OPT_REPORT]);
  if (code) {
    arena_free(d.arena);
    return code;
  }
  s->on_snapshot = on_snapshot;
  s->on_signal = on_signal;
  s->owner = &d;
  s->operation = &d.row[0]->operation;
  code = session_open(s, a);
  CLEANUP(mem_freep) char *who = operator_name(), *state = s->simulated ? NULL : state_directory();
  d.options = (struct drill_run_options){.state_dir = state, .who = s->simulated ? "you" : who, .clock = now_of, .mask = raw_mask, .owner = &d};
  for (size_t i = 0; !code && i < d.count; i++) code = window_over(&d, d.row[i]) ? SESSION_REFUSED : one(&d, d.row[i]);
  if (s->feed) write_reports(&d, a->option[OPT_REPORT]);
  if (d.to) fclose(d.to);
  tasks_free(d.tasks);
  d.tasks = NULL;
  session_close(s);
  arena_free(d.arena);
  return code;
}
