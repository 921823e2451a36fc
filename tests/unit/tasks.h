/* For the tests of tasks: an executor that ends each command as the test says, snapshots that say what the test wants read,
 * an operation whose plan has what the test is about. */
#ifndef TESTS_TASKS_H
#define TESTS_TASKS_H
#include "unit.h"
#include "base/clock.h"
#include "run/audit.h"
#include "run/task.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- what is read ---- */

static struct host_view hosts[2];
static struct domain_view domain;
static struct snapshot snap;
static const char *where[1], *stale[] = {"libvirt", "pacemaker"};

static inline void reads(const char *host) { /* where the domain runs; NULL: nobody can tell */
  where[0] = host;
  domain.hosts = (struct texts){where, host ? 1 : 0};
  domain.stale = (struct texts){stale, host ? 0 : 1};
}

static inline void new_world(void) {
  for (int i = 0; i < 2; i++) shape_init(&host_view_shape, &hosts[i]);
  shape_init(&domain_view_shape, &domain);
  shape_init(&snapshot_shape, &snap);
  hosts[0].name = "kvm01", hosts[0].here = TRUTH_YES;
  hosts[1].name = "kvm02";
  for (int i = 0; i < 2; i++) hosts[i].pacemaker = NODE_ONLINE, hosts[i].membership = MEMBERSHIP_MEMBER;
  domain.name = "web", domain.state = "running";
  snap.hosts.item = hosts, snap.hosts.count = 2;
  snap.domains.item = &domain, snap.domains.count = 1;
  snap.references = 1 << 20; /* nobody frees it */
  snap.now = 1000, snap.at = 1795345438000;
  reads("kvm01");
}

/* ---- where commands run ---- */

struct exec { struct exec *next; char **argv; char *host; struct str input; struct exec_request r; };
static struct exec *running;
static struct str started; /* every command that was started, a line each */
static bool no_start;

static inline struct exec *start(struct executor *x, const struct exec_request *r, struct err *e) {
  (void)x;
  if (no_start) {
    err_set(e, -ENOENT, "", "no such program here");
    return NULL;
  }
  struct exec *c = mem_alloc(sizeof *c);
  *c = (struct exec){.next = running, .r = *r, .host = mem_strdup(r->host)};
  str_addf(&started, "%s:", r->host ? r->host : "here");
  size_t n = 0;
  while (r->argv[n]) n++;
  c->argv = mem_alloc((n + 1) * sizeof *c->argv);
  for (size_t i = 0; i < n; i++) c->argv[i] = mem_strdup(r->argv[i]), str_addf(&started, " %s", r->argv[i]);
  str_addc(&started, '\n');
  if (r->input) str_addn(&c->input, r->input, r->input_len);
  return running = c;
}

static inline struct exec_request drop(struct exec *c) {
  struct exec_request r = c->r;
  for (struct exec **at = &running; *at; at = &(*at)->next)
    if (*at == c) {
      *at = c->next;
      break;
    }
  for (size_t i = 0; c->argv[i]; i++) mem_free(c->argv[i]);
  mem_free(c->argv);
  mem_free(c->host);
  str_free(&c->input);
  mem_free(c);
  return r;
}

static inline void leave(struct exec *c) {
  struct exec_request r = drop(c);
  r.on_end(r.owner, &(struct exec_result){EXEC_LEFT, -1, ""});
}
static const struct executor_class class = {.start = start, .leave = leave};
static struct executor executor = {&class};

static inline void says(const char *line, bool err) {
  CLEANUP(mem_freep) char *copy = mem_strdup(line);
  assert_non_null(running);
  (err ? running->r.on_err : running->r.on_out)(running->r.owner, copy, strlen(copy), false);
}

static inline void ends(enum exec_end end, int code, const char *text) {
  assert_non_null(running);
  struct exec_request r = drop(running);
  r.on_end(r.owner, &(struct exec_result){end, code, text});
}

/* ---- what is done ---- */

static struct {
  bool harmless, test, still, good, handover, ask, secret, two, pipe, lock, gluster, no_already, no_verify, no_wait;
  int danger;
} how;

static inline void plan(struct planning *p) {
  const char *to = given(p, "to");
  consequence(p, "web moves from %s to %s", domain.hosts.count ? domain.hosts.item[0] : "?", to);
  struct step *s = how.handover ? step_handover(p, "kvm02", "look at it", "console", "web", NULL) : step_run(p, "kvm02", "move it", "tool", "move", to, NULL);
  undo_by(p, s, "tool", "back", NULL);
  if (!how.no_already) already_when(p, s, "domain-runs-on", "web", to, NULL);
  if (how.still) still_when(p, s, "node-online", to, NULL);
  if (how.test) tested_by(p, s, "tool", "test", NULL);
  if (how.good) step_good(p, s, 3, "is there");
  if (how.secret) s->secret = "password", s->input = "<password>";
  s->harmless = truth_of(how.harmless);
  if (how.pipe) s = step_run(p, "kvm01", "hand it on", "taker", NULL), s->input_of = 0;
  if (how.ask) step_ask(p, "is it without power?");
  if (how.two) s = step_run(p, "kvm01", "clear", "tool", "clear", NULL), undo_by(p, s, "tool", "unclear", NULL);
  if (!how.no_wait) step_wait(p, 20000, "until it runs there", "domain-runs-on", "web", to, NULL);
  if (!how.no_verify) verify_that(p, "domain-runs-on", "web", to, NULL);
  p->plan->verify_ms = 20000;
  p->plan->danger = how.danger;
  p->plan->lock = truth_of(how.lock);
  p->plan->gluster = truth_of(how.gluster);
}
static const struct operation_argument arguments[] = {{.name = "resource", .title = "R", .help = "what", .kind = ARG_NAME}, {.name = "to", .title = "HOST", .help = "where", .kind = ARG_HOST}, {.name = "password", .title = "P", .help = "p", .kind = ARG_SECRET}, {.name = NULL}};
static const struct operation operation = {.name = "test-move", .title = "Move", .help = "Moves.", .target = TARGET_RESOURCE, .danger = 1, .arguments = arguments, .plan = plan};

static struct loop *loop;
static struct tasks *tasks;
static struct arena *arena;
static char folder[64];
static int quiets, terminals;
static struct tasks_options options;

static inline void on_quiet(void *owner, bool quiet) { (void)owner, quiets += quiet ? 1 : -1; }
static inline void on_terminal(void *owner, bool away) { (void)owner, terminals += away ? 1 : 100; }

static inline void open_tasks(const char *state) {
  struct err e = {0};
  options = (struct tasks_options){.loop = loop, .executor = &executor, .state_dir = state, .who = "root@test", .quiet = on_quiet};
  tasks = tasks_new(&options, &e);
  if (!tasks) fail_msg("%s", e.text);
}

static inline int set_up(void **state) {
  (void)state;
  snprintf(folder, sizeof folder, "/tmp/kvmconsole-task.XXXXXX");
  assert_non_null(mkdtemp(folder));
  memset(&how, 0, sizeof how);
  how.danger = 1;
  quiets = terminals = 0;
  no_start = false;
  str_reset(&started);
  new_world();
  loop = loop_new();
  arena = arena_new();
  open_tasks(folder);
  return 0;
}

static inline int tear_down(void **state) {
  (void)state;
  tasks_free(tasks);
  while (running) drop(running);
  arena_free(arena);
  loop_free(loop);
  CLEANUP(mem_freep) char *script = mem_printf("rm -rf %s", folder);
  return system(script);
}

static inline struct task_view look(size_t n) {
  struct task_view v;
  task_look(tasks, n, &v);
  return v;
}

/* So much time passes, a reading each half second. */
static inline void pass(int64_t ms) {
  for (int64_t end = snap.now + ms; snap.now < end;) {
    snap.now += 500, snap.at += 500;
    tasks_see(tasks, &snap);
    loop_step(loop, 0);
  }
}

static inline struct task *begin_with(const char *secret, const char *force) {
  struct values v = {0};
  struct err e = {0};
  values_add(arena, &v, "resource", "web", false);
  values_add(arena, &v, "to", "kvm02", false);
  if (secret) values_add(arena, &v, "password", secret, true);
  if (force) values_add(arena, &v, "force", "yes", false);
  struct task *t = task_start(tasks, &operation, &v, operation_plan(&operation, &snap, &v, NULL, arena), &e);
  if (!t) fail_msg("%s", e.text);
  return t;
}

static inline void begin(void) {
  begin_with(NULL, NULL);
  pass(1000);
}

static inline bool in_file(const char *name, const char *text) {
  CLEANUP(mem_freep) char *command = mem_printf("grep -rqF -- '%s' %s/%s 2>/dev/null", text, folder, name);
  return !system(command);
}
static inline int files_in(const char *name) {
  CLEANUP(mem_freep) char *command = mem_printf("ls %s/%s | grep -c .", folder, name);
  FILE *f = popen(command, "r");
  int n = -1;
  assert_int_equal(fscanf(f, "%d", &n), 1);
  pclose(f);
  return n;
}

#define STATE(s) assert_string_equal(task_state_names[look(0).state], task_state_names[s])
#define STEP(n, s) assert_string_equal(step_state_names[look(0).steps[n]], step_state_names[s])
#define NOTHING_STARTED() assert_string_equal(str_text(&started), "")

static inline int times_started(const char *what) {
  int n = 0;
  for (const char *at = str_text(&started); (at = strstr(at, what)) != NULL; at++) n++;
  return n;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
#endif
