/* The survey. Where a shell answers (executor_class.shell) all questions of a host go to it at once, as one command that asks them one
 * after the other; else each is a command of its own, a few at a time. What cannot be asked says why and stays unanswered. */
#include "base/str.h"
#include "ops/plan.h"
#include "ops/survey.h"
#include "run/executor.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

enum { JOBS = 6, ASK_S = 20, ASK_MS = ASK_S * 1000, TOGETHER_MAX = 64, TOGETHER_BYTES = 48000, TOGETHER_MS = 120000, TEXT_MAX = 512 };

struct question_run {
  struct asking *asking;
  size_t at[TOGETHER_MAX], count; /* of the answers */
  size_t now;                     /* which of them is being answered */
  bool complaint;                 /* its output is over: what follows is what it wrote to stderr */
  bool empty;                     /* a line that may only be ours was held back */
  char mark[40];
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
  bool *taken;
  size_t running;
  struct timer *over;
  bool ending;
};

static void go_on(struct asking *q);

static void add_line(struct str *to, size_t most, const char *line, size_t len, const char *between) {
  if (to->len + len + 2 > most) return;
  str_addn(to, line, len);
  str_add(to, between);
}

static void take_err(void *owner, char *line, size_t len, bool cut) {
  struct question_run *j = owner;
  (void)cut;
  if (len) add_line(&j->err, TEXT_MAX, line, len, " ");
}

/* ---- the answer to one of them ---- */

static void answered_with(struct question_run *j, int64_t code, const char *why) {
  struct asking *q = j->asking;
  struct answer *a = &q->survey->answers.item[j->at[j->now]];
  if (j->err.len && j->err.data[j->err.len - 1] == ' ') j->err.data[--j->err.len] = 0;
  a->code = code;
  a->out = arena_strdup(q->arena, str_text(&j->out));
  a->text = arena_strdup(q->arena, code != UNKNOWN_INT ? str_text(&j->err) : why ? why : "it could not be asked");
  str_reset(&j->out);
  str_reset(&j->err);
  j->complaint = j->empty = false;
  j->now++;
}

/* "MARK CODE" ends what the n-th printed, "MARK" what it complained of. The shell puts a newline before the mark: a line that is
 * empty there is that one, unless another follows. */
static void take_out(void *owner, char *line, size_t len, bool cut) {
  struct question_run *j = owner;
  size_t mark = strlen(j->mark);
  (void)cut;
  if (j->count == 1) {
    add_line(&j->out, ANSWER_MAX, line, len, "\n");
    return;
  }
  if (j->now >= j->count) return;
  if (!strncmp(line, j->mark, mark) && (line[mark] == ' ' || !line[mark])) {
    int64_t code;
    j->empty = false;
    if (line[mark] && !str_int(line + mark + 1, 0, 255, &code)) j->complaint = true, j->asking->survey->answers.item[j->at[j->now]].code = code;
    else if (!line[mark] && j->complaint) {
      code = j->asking->survey->answers.item[j->at[j->now]].code;
      bool late = code == 124 || code == 137;
      answered_with(j, late ? UNKNOWN_INT : code, late ? "it did not answer in time" : NULL);
    }
    return;
  }
  if (j->complaint) {
    take_err(j, line, len, cut);
    return;
  }
  if (j->empty) str_add(&j->out, "\n");
  j->empty = !len;
  if (len) add_line(&j->out, ANSWER_MAX, line, len, "\n");
}

/* A host that was not reached is not tried for the rest of its questions: it would hold up the others. */
static void leave_out(struct asking *q, const char *host, const char *why) {
  for (size_t i = 0; i < q->survey->answers.count; i++) {
    struct answer *a = &q->survey->answers.item[i];
    if (q->taken[i] || a->code != UNKNOWN_INT || !str_eq(a->host, host)) continue;
    q->taken[i] = true;
    a->out = "";
    a->text = arena_strdup(q->arena, why ? why : "it could not be asked");
  }
}

static void on_end(void *owner, const struct exec_result *r) {
  struct question_run *j = owner;
  struct asking *q = j->asking;
  bool known = r->end == EXEC_EXITED || (r->end == EXEC_REFUSED && r->code == 127);
  if (r->end == EXEC_REFUSED && !known) leave_out(q, q->survey->answers.item[j->at[0]].host, r->text);
  if (j->count == 1) answered_with(j, known ? r->code : UNKNOWN_INT, r->text);
  while (j->now < j->count) str_reset(&j->out), answered_with(j, UNKNOWN_INT, known ? "its shell ended before it was asked" : r->text);
  j->exec = NULL;
  q->running--;
  str_free(&j->out);
  str_free(&j->err);
  if (!q->ending) go_on(q);
}

/* ---- the start ---- */

/* $(...) takes what goes to stderr, the output goes on to 3: both apart, in order, without a file. */
static const char *script(struct asking *q, struct question_run *j) {
  CLEANUP(str_free) struct str out = {0};
  uint64_t chance[2] = {0};
  if (getrandom(chance, sizeof chance, 0) != sizeof chance) chance[0] = (uintptr_t)j;
  snprintf(j->mark, sizeof j->mark, "asked-%016llx%016llx", (unsigned long long)chance[0], (unsigned long long)chance[1]);
  str_add(&out, "exec 3>&1\n");
  for (size_t i = 0; i < j->count; i++) {
    str_addf(&out, "e=$(timeout -k 5 %d ", ASK_S);
    shell_words(&out, &q->survey->answers.item[j->at[i]].argv);
    str_addf(&out, " </dev/null 2>&1 >&3); printf '\\n%%s %%s\\n%%s\\n%%s\\n' %s $? \"$e\" %s\n", j->mark, j->mark);
  }
  return arena_strdup(q->arena, str_text(&out));
}

static bool start(struct asking *q, struct question_run *j) {
  struct answer *a = &q->survey->answers.item[j->at[0]];
  const char **argv = arena_array(q->arena, a->argv.count + 4, sizeof *argv);
  struct err e = {0};
  if (j->count == 1) memcpy(argv, a->argv.item, a->argv.count * sizeof *argv);
  else argv[0] = "sh", argv[1] = "-c", argv[2] = script(q, j);
  j->exec = executor_start(q->executor, &(struct exec_request){.host = a->host, .argv = argv, .deadline_ms = j->count == 1 ? ASK_MS : TOGETHER_MS, .on_out = take_out, .on_err = take_err, .on_end = on_end, .owner = j}, &e);
  if (j->exec) return true;
  while (j->now < j->count) answered_with(j, e.code == -ENOENT && j->count == 1 ? 127 : UNKNOWN_INT, e.text);
  return false;
}

/* The next question that nobody has taken, and, of a shell, others of the same host. */
static bool take(struct asking *q, struct question_run *j) {
  size_t bytes = 0;
  *j = (struct question_run){.asking = q};
  for (size_t i = 0; i < q->survey->answers.count && j->count < TOGETHER_MAX && bytes < TOGETHER_BYTES; i++) {
    const struct answer *a = &q->survey->answers.item[i];
    if (q->taken[i] || a->code != UNKNOWN_INT || !a->argv.count || (j->count && !str_eq(a->host, q->survey->answers.item[j->at[0]].host))) continue;
    q->taken[i] = true;
    j->at[j->count++] = i;
    for (size_t k = 0; k < a->argv.count; k++) bytes += strlen(a->argv.item[k]) + 4;
    if (!q->executor->class->shell) break;
  }
  return j->count > 0;
}

static void go_on(struct asking *q) {
  for (size_t j = 0; q->running < JOBS && j < JOBS; j++)
    while (!q->jobs[j].exec && take(q, &q->jobs[j])) q->running += start(q, &q->jobs[j]);
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
  q->taken = arena_array(a, s->answers.count + 1, sizeof *q->taken);
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
