/* The survey: each question a command of its own, a few at a time, and never all of them to one host: one that is silent holds up
 * nobody else. What cannot be asked says why and stays unanswered; a host that was not reached once is not tried for the rest. */
#include "base/str.h"
#include "ops/survey.h"
#include "run/executor.h"
#include <errno.h>
#include <string.h>

enum { JOBS = 6, JOBS_HOST = 4, ASK_MS = 20000, TEXT_MAX = 512 };

struct question_run {
  struct asking *asking;
  size_t at; /* of the answers */
  struct exec *exec;
  struct str out, err;
};

struct asking {
  struct loop *loop;
  struct executor *executor;
  struct survey *survey;
  struct arena *arena;
  void (*done)(void *owner);
  void *owner;
  struct question_run jobs[JOBS];
  bool *begun;     /* by answer */
  size_t first, running; /* first: all before it were begun */
  struct timer *over;
  bool ending;
};

static void go_on(struct asking *q);

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
      q->begun[i] = true;
      q->running += start_one(q, &q->jobs[j], i);
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
  mem_free(q);
  done(to);
}

struct asking *survey_ask(struct loop *l, struct executor *x, struct survey *s, struct arena *a, void (*done)(void *owner), void *owner) {
  struct asking *q = mem_alloc(sizeof *q);
  *q = (struct asking){.loop = l, .executor = x, .survey = s, .arena = a, .done = done, .owner = owner};
  q->begun = arena_array(a, s->answers.count + 1, sizeof *q->begun);
  q->over = loop_timer(l, -1, on_over, q);
  go_on(q);
  return q;
}

void asking_end(struct asking *q) {
  if (!q) return;
  q->ending = true;
  for (size_t i = 0; i < JOBS; i++)
    if (q->jobs[i].exec) q->executor->class->leave(q->jobs[i].exec);
  timer_end(q->over);
  mem_free(q);
}
