#include "views/text/session.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "ops/drill.h"
#include "ops/verdict.h"
#include "views/simulation.h"
#include "views/text/operate.h"
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { LOOK_ON_MS = 6000, READ_MS = 10000, REPLAY_MS = 3600000, SIMULATED_MS = 200, TURN_MS = 100, LINE_ROOM = 4096 };
static const int signals[] = {SIGINT, SIGTERM, SIGHUP};

void print_clean(FILE *f, const char *text) {
  CLEANUP(mem_freep) char *copy = mem_strdup(text);
  char *rest = copy, *line;
  while ((line = strsep(&rest, "\n")) && (*line || rest)) {
    size_t room = strlen(line) * 3 + 1;
    CLEANUP(mem_freep) char *clean = mem_alloc(room);
    fprintf(f, "%s\n", utf8_clean(clean, room, line));
  }
}

bool session_has_terminal(void) { return isatty(STDIN_FILENO) && isatty(STDERR_FILENO); }

static void on_signal(void *owner, int signo) {
  struct session *s = owner;
  if (signo == SIGINT) s->interrupted = true;
  else s->hung_up = true;
  if (s->on_signal) s->on_signal(s->owner, signo);
}

static void look(void *owner) {
  struct session *s = owner;
  if (!s->feed) return;
  struct snapshot *now = feed_snapshot(s->feed, s->snap);
  snapshot_drop(s->snap);
  s->snap = now;
  if (s->executor) executor_see(s->executor, now);
  if (s->on_snapshot) s->on_snapshot(s->owner, now);
}

/* Simulated time passes by the turn, so that what waits for it is told in between. */
void session_step(struct session *s) {
  loop_step(s->loop, s->standing ? 0 : TURN_MS);
  if (!s->standing) return;
  feed_advance(s->feed, SIMULATED_MS);
  look(s);
}

static bool stopped(const struct session *s) { return s->interrupted || s->hung_up; }

/* ---- the terminal ---- */

struct typing { char *line; size_t len; bool over; };

static void on_typed(void *owner, int fd, short revents) {
  struct typing *t = owner;
  ssize_t n = read(fd, t->line + t->len, LINE_ROOM - 1 - t->len);
  (void)revents;
  if (n > 0) t->len += (size_t)n;
  if (n <= 0 || t->len == LINE_ROOM - 1 || memchr(t->line, '\n', t->len)) t->over = true;
}

char *session_ask(struct session *s, const char *prompt, bool hidden) {
  struct typing t = {.line = mem_alloc(LINE_ROOM)};
  struct termios before, quiet;
  bool hides = hidden && !tcgetattr(STDIN_FILENO, &before);
  if (hides) {
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
  }
  fputs(prompt, stderr);
  struct watch *w = loop_watch(s->loop, STDIN_FILENO, POLLIN, on_typed, &t);
  while (!t.over && !stopped(s)) loop_step(s->loop, TURN_MS);
  watch_end(w);
  if (hides) tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
  char *end = memchr(t.line, '\n', t.len);
  if (hides || !end) fputc('\n', stderr);
  if (end) *end = 0;
  if (end) return t.line;
  explicit_bzero(t.line, LINE_ROOM);
  mem_free(t.line);
  return NULL;
}

/* 0, or 130. */
static int ask_secret(struct session *s, const struct operation_argument *arg) {
  CLEANUP(mem_freep) char *prompt = mem_printf("%s (%s): ", arg->title, arg->help);
  char *typed = session_ask(s, prompt, true);
  if (!typed) return EXIT_INTERRUPTED;
  values_set(s->arena, &s->values, arg->name, typed, true);
  explicit_bzero(typed, LINE_ROOM);
  mem_free(typed);
  return 0;
}

static bool is_given(const struct session *s, const struct operation_argument *arg) {
  size_t len = strlen(arg->name);
  for (int i = 1; i < s->arguments->words; i++)
    if (!strncmp(s->arguments->word[i], arg->name, len) && s->arguments->word[i][len] == '=') return true;
  return value_of_name(&s->values, arg->name) != NULL;
}

/* The secret that is missing: one that is always needed, or without which the plan was refused ("... with NAME=@FILE"). */
static const struct operation_argument *missing_secret(const struct session *s) {
  bool refused_it = s->plan && s->plan->allowed != TRUTH_YES && s->plan->when;
  if ((s->arguments->command != CMD_RUN && s->arguments->command != CMD_DRILL) || !session_has_terminal()) return NULL;
  for (const struct operation_argument *arg = s->operation->arguments; arg && arg->name; arg++) {
    CLEANUP(mem_freep) char *hint = mem_printf("%s=@", arg->name);
    if (arg->kind == ARG_SECRET && !is_given(s, arg) && (s->plan ? refused_it && strstr(s->plan->when, hint) : arg->required)) return arg;
  }
  return NULL;
}

/* ---- from the words to the plan ---- */

static void on_line(void *owner, const char *line, size_t len) {
  struct session *s = owner;
  s->on_line(s->owner, line, len);
}

static void on_asked(void *owner) { *(bool *)owner = true; }

int session_survey(struct session *s, struct survey *survey) {
  bool done = false;
  struct asking *q = s->executor ? survey_ask(s->loop, s->executor, survey, s->arena, on_asked, &done) : NULL;
  while (q && !done && !stopped(s)) session_step(s);
  if (q && !done) asking_end(q);
  return stopped(s) ? EXIT_INTERRUPTED : 0;
}

static int survey_and_plan(struct session *s) {
  s->survey = (struct survey){0};
  operation_survey(s->operation, s->snap, &s->values, s->arena, &s->survey);
  if (session_survey(s, &s->survey)) return EXIT_INTERRUPTED;
  s->plan = operation_plan(s->operation, s->snap, &s->values, &s->survey, s->arena);
  return 0;
}

static int make_plan(struct session *s) {
  const struct operation_argument *arg;
  int code = 0;
  while (!code && (arg = missing_secret(s)) != NULL) code = ask_secret(s, arg);
  if (!code) code = operation_words(s->arguments, s->operation, s->snap, s->arena, &s->values);
  if (!code) code = survey_and_plan(s);
  while (!code && (arg = missing_secret(s)) != NULL) {
    code = ask_secret(s, arg);
    if (!code && !is_given(s, arg)) break; /* nothing was typed: it stays refused */
    if (!code) code = survey_and_plan(s);
  }
  return code;
}

/* A resource's domain that no host knows is off, but that wants two readings, each host having read at its own time. */
static bool must_look_on(const struct session *s) {
  for (size_t i = 0; s->snap && !feed_ended(s->feed) && i < s->snap->domains.count; i++)
    if (s->snap->domains.item[i].resource && !s->snap->domains.item[i].state) return true;
  return false;
}

static int read_all(struct session *s) {
  struct err e = {0};
  int64_t end = clock_mono_ms() + (s->arguments->option[OPT_REPLAY] ? REPLAY_MS : READ_MS);
  look(s);
  while (!feed_complete(s->feed) && clock_mono_ms() < end && !stopped(s)) loop_step(s->loop, TURN_MS);
  if (!feed_complete(s->feed)) feed_give_up(s->feed);
  look(s);
  for (end = clock_mono_ms() + LOOK_ON_MS; must_look_on(s) && clock_mono_ms() < end && !stopped(s); look(s)) loop_step(s->loop, TURN_MS);
  if (!feed_error(s->feed, &e)) return stopped(s) ? EXIT_INTERRUPTED : 0;
  err_print(&e);
  return EXIT_INPUT;
}

static bool knows(const struct operation *o, const char *word) {
  char name[64];
  snprintf(name, sizeof name, "%.*s", (int)strcspn(word, "="), word);
  return !strcmp(name, "force") || operation_argument(o, name);
}

int session_again(struct session *s, const struct operation *o) {
  struct arguments some = *s->arguments, *all = s->arguments;
  some.words = 1;
  for (int i = 1; i < all->words; i++)
    if (knows(o, all->word[i])) some.word[some.words++] = all->word[i];
  s->operation = o;
  s->plan = NULL;
  s->values = (struct values){0};
  for (size_t i = 0; i < s->preset.list.count; i++) values_add(s->arena, &s->values, s->preset.list.item[i].name, s->preset.list.item[i].text, s->preset.list.item[i].secret);
  s->arguments = &some;
  int code = make_plan(s);
  s->arguments = all;
  return code;
}

int session_confirm(struct session *s, bool json) {
  const struct arguments *a = s->arguments;
  const struct plan *p = s->plan;
  const char *typed = a->option[OPT_CONFIRM];
  bool yes = a->option[OPT_YES] != NULL, drill = a->command == CMD_DRILL;
  if (typed && p->danger < 2) typed = NULL;
  if (typed && strcmp(typed, p->confirm) && !((drill || s->confirm_list) && str_listed(typed, ',', p->confirm))) {
    fprintf(stderr, "kvmconsole: nothing ran: --confirm is to be the name that the plan is about, %s\n", p->confirm);
    return SESSION_REFUSED;
  }
  if (yes && (p->danger < 2 || typed)) return 0;
  if (!session_has_terminal() || json) {
    fprintf(stderr, "kvmconsole: nothing ran: without a terminal it takes --yes%s%s\n", p->danger < 2 ? "" : " and --confirm ", p->danger < 2 ? "" : p->confirm);
    return SESSION_REFUSED;
  }
  if (typed) return 0;
  const char *what = drill ? "It is hit for real" : "This cannot be taken back";
  CLEANUP(mem_freep) char *prompt = p->danger < 2 ? mem_strdup("Run it? Type yes: ") : mem_printf("%s. To run it, type %s: ", what, p->confirm);
  CLEANUP(mem_freep) char *word = session_ask(s, prompt, false);
  if (!word) return EXIT_INTERRUPTED;
  if (!strcmp(word, p->danger < 2 ? "yes" : p->confirm)) return 0;
  fputs("kvmconsole: nothing ran\n", stderr);
  return SESSION_REFUSED;
}

static int open_feed(struct session *s, struct arguments *a) {
  struct feed_options o;
  struct err e = {0};
  s->arguments = a;
  s->loop = loop_new();
  s->arena = arena_new();
  if (s->wants_operation && !s->operation) s->operation = operation_word(a);
  if (s->wants_operation && !s->operation) return EXIT_USAGE;
  int code = feed_arguments(a, &o);
  if (code) return code;
  s->simulated = o.stream != NULL;
  s->standing = s->simulated && o.speed <= 0;
  o.standing = s->standing;
  o.stepwise = true;
  o.patient = s->patient || (s->operation && (verdict_wanted(s->operation) || drill_of(s->operation)));
  if (s->on_line) o.on_line = on_line;
  o.on_change = look;
  o.owner = s;
  for (size_t i = 0; i < COUNT(signals); i++) loop_signal(s->loop, signals[i], on_signal, s);
  if ((!o.read_only || s->only_asks) && !o.replay) s->executor = a->simulation ? simulation_executor(a->simulation, s->loop) : executor_hosts(s->loop, &a->config);
  s->feed = feed_open(s->loop, &o, &e);
  if (!s->feed) {
    err_print(&e);
    return EXIT_INPUT;
  }
  return read_all(s);
}

int session_read(struct session *s, struct arguments *a) { return open_feed(s, a); }

int session_open(struct session *s, struct arguments *a) {
  s->wants_operation = true;
  int code = open_feed(s, a);
  return code || a->command == CMD_DRILL ? code : make_plan(s); /* drills make theirs one after the other */
}

void session_close(struct session *s) {
  struct feed *f = s->feed;
  s->feed = NULL;
  executor_free(s->executor);
  feed_close(f);
  snapshot_drop(s->snap);
  for (size_t i = 0; i < s->values.list.count; i++)
    if (s->values.list.item[i].secret && s->values.list.item[i].text) explicit_bzero((char *)s->values.list.item[i].text, strlen(s->values.list.item[i].text));
  arena_free(s->arena);
  loop_free(s->loop);
}
