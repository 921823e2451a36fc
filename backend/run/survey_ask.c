/* The survey: each question a command of its own, a few at a time, and never all of them to one host: one that is silent holds up
 * nobody else. What cannot be asked says why and stays unanswered; a host that was not reached once is not tried for the rest.
 * Or a command a host, a shell that is given all its questions: its lines are "N|what it printed", the last of them ending with
 * ".CODE", and "N!what it complained of". */
#include "base/str.h"
#include "ops/plan.h"
#include "ops/survey.h"
#include "run/executor.h"
#include <errno.h>
#include <string.h>

enum { JOBS = 6, JOBS_HOST = 4, ASK_MS = 20000, TEXT_MAX = 512, ALL_MS = 90000 };

static const char shell_function[] = "q() { i=$1; shift; e=$( { o=$(timeout -k 1 20 \"$@\" </dev/null 3>&-; printf .%s $?); printf '%s\\n' \"$o\" | sed \"s/^/$i|/\" >&3; } 2>&1 ); [ -z \"$e\" ] || printf '%s\\n' \"$e\" | sed \"s/^/$i!/\"; }\nexec 3>&1\n";

struct question_run {
  struct asking *asking;
  size_t at; /* of the answers */
  struct exec *exec;
  struct str out, err;
  struct str script; /* of all questions of its host; empty: it is one */
};

struct asking {
  struct loop *loop;
  struct executor *executor;
  struct survey *survey;
  struct arena *arena;
  void (*done)(void *owner);
  void *owner;
  struct question_run jobs[JOBS];
  bool each_host;  /* a command a host */
  bool *begun;     /* by answer */
  struct said { struct str out, err; size_t job; } *said; /* by answer, of each host's own command; job: 1 + */
  size_t first, running; /* first: all before it were begun */
  struct timer *over;
  bool ending;
};

static void take_out(void *owner, char *line, size_t len, bool cut) {
  struct question_run *j = owner;
  (void)cut;
  if (j->out.len + len + 1 > ANSWER_MAX) return;
  str_addn(&j->out, line, len);
  str_addc(&j->out, '\n');
}

static void take_err(void *owner, char *line, size_t len, bool cut) {
  struct question_run *j = owner;
  (void)cut;
  if (j->err.len + len + 2 > TEXT_MAX || !len) return;
  str_add(&j->err, j->err.len ? " " : "");
  str_addn(&j->err, line, len);
}

/* The rest of a host that was not reached. */
static void leave_out(struct asking *q, const struct answer *lost) {
  for (size_t i = q->first; i < q->survey->answers.count; i++) {
    struct answer *a = &q->survey->answers.item[i];
    if (q->begun[i] || a->code != UNKNOWN_INT || !str_eq(a->host, lost->host)) continue;
    q->begun[i] = true;
    a->out = "";
    a->text = lost->text;
  }
}

/* ---- all questions of a host at once ---- */

static void take_line(void *owner, char *line, size_t len, bool cut) {
  struct question_run *j = owner;
  size_t at = 0, i = 0;
  (void)cut;
  while (at < len && line[at] >= '0' && line[at] <= '9' && i < j->asking->survey->answers.count) i = 10 * i + (size_t)(line[at++] - '0');
  if (!at || at == len || i >= j->asking->survey->answers.count || (line[at] != '|' && line[at] != '!')) return;
  struct said *s = &j->asking->said[i];
  struct str *to = line[at] == '|' ? &s->out : &s->err;
  if (s->job != 1 + (size_t)(j - j->asking->jobs) || to->len > 2 * ANSWER_MAX) return;
  if (to->len) str_addc(to, to == &s->out ? '\n' : ' ');
  str_addn(to, line + at + 1, len - at - 1);
}

/* "what it printed\n.0" */
static bool split_code(struct str *out, int64_t *ret) {
  char *dot = out->len ? strrchr(out->data, '.') : NULL;
  if (!dot || str_int(dot + 1, 0, 255, ret)) return false;
  *dot = 0;
  if (strlen(out->data) >= ANSWER_MAX) out->data[ANSWER_MAX - 1] = 0;
  return true;
}

static void take_host(struct asking *q, const struct question_run *j, const struct exec_result *r) {
  for (size_t i = 0; i < q->survey->answers.count; i++) {
    struct answer *a = &q->survey->answers.item[i];
    struct said *s = &q->said[i];
    int64_t code;
    if (s->job != 1 + (size_t)(j - q->jobs)) continue;
    s->job = 0;
    bool known = split_code(&s->out, &code);
    if (known) a->code = code;
    a->out = arena_strdup(q->arena, known ? str_text(&s->out) : "");
    if (s->err.len > TEXT_MAX) s->err.data[TEXT_MAX] = 0;
    a->text = arena_strdup(q->arena, known ? str_text(&s->err) : r->text ? r->text : "it did not come to it in time");
    str_free(&s->out);
    str_free(&s->err);
  }
}

static void go_on(struct asking *q);

static void on_host_end(void *owner, const struct exec_result *r) {
  struct question_run *j = owner;
  struct asking *q = j->asking;
  j->exec = NULL;
  q->running--;
  str_free(&j->script);
  take_host(q, j, r);
  if (!q->ending) go_on(q);
}

static bool start_host(struct asking *q, struct question_run *j, size_t at) {
  static const char *const argv[] = {"sh", "-s", NULL};
  const char *host = q->survey->answers.item[at].host;
  struct err e = {0};
  *j = (struct question_run){.asking = q, .at = at};
  str_add(&j->script, shell_function);
  for (size_t i = at; i < q->survey->answers.count; i++) {
    const struct answer *a = &q->survey->answers.item[i];
    if (q->begun[i] || a->code != UNKNOWN_INT || !a->argv.count || !str_eq(a->host, host)) continue;
    q->begun[i] = true;
    q->said[i].job = 1 + (size_t)(j - q->jobs);
    str_addf(&j->script, "q %zu ", i);
    shell_words(&j->script, &a->argv);
    str_addc(&j->script, '\n');
  }
  j->exec = executor_start(q->executor, &(struct exec_request){.host = host, .argv = argv, .input = j->script.data, .input_len = j->script.len, .deadline_ms = ALL_MS, .on_out = take_line, .on_end = on_host_end, .owner = j}, &e);
  if (j->exec) return true;
  str_free(&j->script);
  take_host(q, j, &(struct exec_result){.text = e.text});
  return false;
}

/* ---- each by itself ---- */

static void on_end(void *owner, const struct exec_result *r) {
  struct question_run *j = owner;
  struct asking *q = j->asking;
  struct answer *a = &q->survey->answers.item[j->at];
  bool known = r->end == EXEC_EXITED || (r->end == EXEC_REFUSED && r->code == 127);
  a->code = known ? r->code : UNKNOWN_INT;
  a->out = arena_strdup(q->arena, str_text(&j->out));
  a->text = arena_strdup(q->arena, known ? str_text(&j->err) : r->text ? r->text : "it could not be asked");
  j->exec = NULL;
  q->running--;
  if (r->end == EXEC_REFUSED && !known) leave_out(q, a);
  str_free(&j->out);
  str_free(&j->err);
  if (!q->ending) go_on(q);
}

static bool start_one(struct asking *q, struct question_run *j, size_t at) {
  struct answer *a = &q->survey->answers.item[at];
  const char **argv = arena_array(q->arena, a->argv.count + 1, sizeof *argv);
  struct err e = {0};
  memcpy(argv, a->argv.item, a->argv.count * sizeof *argv);
  *j = (struct question_run){.asking = q, .at = at};
  j->exec = executor_start(q->executor, &(struct exec_request){.host = a->host, .argv = argv, .deadline_ms = ASK_MS, .on_out = take_out, .on_err = take_err, .on_end = on_end, .owner = j}, &e);
  if (j->exec) return true;
  if (e.code == -ENOENT) a->code = 127;
  a->out = "";
  a->text = arena_strdup(q->arena, e.text);
  return false;
}

static bool has_room(const struct asking *q, const char *host) {
  size_t n = 0;
  for (size_t i = 0; i < JOBS; i++) n += q->jobs[i].exec && str_eq(q->survey->answers.item[q->jobs[i].at].host, host);
  return n < JOBS_HOST;
}

static void go_on(struct asking *q) {
  for (size_t i = q->first; q->running < JOBS && i < q->survey->answers.count; i++) {
    const struct answer *a = &q->survey->answers.item[i];
    if (!q->begun[i] && a->code == UNKNOWN_INT && a->argv.count) {
      size_t j = 0;
      if (!has_room(q, a->host)) continue;
      while (q->jobs[j].exec) j++;
      if (q->each_host) q->running += start_host(q, &q->jobs[j], i);
      else q->begun[i] = true, q->running += start_one(q, &q->jobs[j], i);
    } else q->begun[i] = true;
    if (i == q->first) q->first++;
  }
  if (!q->running) timer_set(q->over, 0);
}

static void on_over(void *owner) {
  struct asking *q = owner;
  void (*done)(void *) = q->done;
  void *to = q->owner;
  timer_end(q->over);
  mem_free(q->said);
  mem_free(q);
  done(to);
}

static struct asking *begin(struct loop *l, struct executor *x, struct survey *s, struct arena *a, void (*done)(void *owner), void *owner, bool each_host) {
  struct asking *q = mem_alloc(sizeof *q);
  *q = (struct asking){.loop = l, .executor = x, .survey = s, .arena = a, .done = done, .owner = owner, .each_host = each_host};
  q->begun = arena_array(a, s->answers.count + 1, sizeof *q->begun);
  q->said = each_host ? mem_alloc((s->answers.count + 1) * sizeof *q->said) : NULL;
  q->over = loop_timer(l, -1, on_over, q);
  go_on(q);
  return q;
}

struct asking *survey_ask(struct loop *l, struct executor *x, struct survey *s, struct arena *a, void (*done)(void *owner), void *owner) { return begin(l, x, s, a, done, owner, false); }
struct asking *survey_ask_hosts(struct loop *l, struct executor *x, struct survey *s, struct arena *a, void (*done)(void *owner), void *owner) { return begin(l, x, s, a, done, owner, x->class->scripts); }

void asking_end(struct asking *q) {
  if (!q) return;
  q->ending = true;
  for (size_t i = 0; i < JOBS; i++)
    if (q->jobs[i].exec) q->executor->class->leave(q->jobs[i].exec);
  timer_end(q->over);
  mem_free(q->said);
  mem_free(q);
}
