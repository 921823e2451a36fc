/* The survey: each question a command of its own, a few at a time, and never all of them to one host: one that is silent holds up
 * nobody else. Those of a host that is reached by a connection are asked some at once, by a script of quoted words: a login takes
 * longer than what is asked. What cannot be asked says why and stays unanswered; a host that was not reached once is not tried for
 * the rest. */
#include "base/str.h"
#include "ops/plan.h"
#include "ops/survey.h"
#include "run/executor.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

enum { JOBS = 6, JOBS_HOST = 3, TOGETHER = 8, ASK_MS = 20000, TEXT_MAX = 512 };

struct question_run { /* one command that runs: a question, or a script of some */
  struct asking *asking;
  size_t at[TOGETHER], count, answered; /* of the answers */
  struct exec *exec;
  struct str out, err;
  bool script, in_err;
  bool blank;    /* an empty line is held back: it may belong to the mark */
  char mark[40]; /* by chance, so that nothing that is printed can be one */
};

struct asking {
  struct loop *loop;
  struct executor *executor;
  struct survey *survey;
  struct arena *arena;
  void (*done)(void *owner);
  void *owner;
  struct question_run jobs[JOBS];
  bool *taken;   /* of each answer: it is asked, or was */
  size_t running;
  struct timer *over;
  bool ending;
};

static void go_on(struct asking *q);

static bool to_ask(const struct asking *q, size_t i) {
  const struct answer *a = &q->survey->answers.item[i];
  return !q->taken[i] && a->code == UNKNOWN_INT && a->argv.count;
}

/* ---- what comes ---- */

static void keep_out(struct question_run *j, const char *line, size_t len) {
  if (j->out.len + len + 1 > ANSWER_MAX) return;
  str_addn(&j->out, line, len);
  str_addc(&j->out, '\n');
}

static void keep_err(struct question_run *j, const char *line, size_t len) {
  if (j->err.len + len + 2 > TEXT_MAX || !len) return;
  str_add(&j->err, j->err.len ? " " : "");
  str_addn(&j->err, line, len);
}

static void take_err(void *owner, char *line, size_t len, bool cut) { /* of a script it is ssh's own: the questions' comes among the answers */
  struct question_run *j = owner;
  (void)cut;
  if (!j->script) keep_err(j, line, len);
}

static void answer(struct question_run *j, int64_t code, const char *text) {
  if (j->answered >= j->count) return;
  struct answer *a = &j->asking->survey->answers.item[j->at[j->answered++]];
  a->code = code;
  a->out = arena_strdup(j->asking->arena, str_text(&j->out));
  a->text = arena_strdup(j->asking->arena, text);
  str_reset(&j->out);
  str_reset(&j->err);
}

/* As an executor tells them apart: no such program there, ended at its deadline, its own exit code. */
static void answer_of_script(struct question_run *j, int64_t code) {
  const char *said = str_text(&j->err);
  bool missing = (code == 126 || code == 127) && (strstr(said, "timeout: failed to run command") || strstr(said, "timeout: not found") || strstr(said, "timeout: command not found"));
  if (code == 124 || code == 137) answer(j, UNKNOWN_INT, "it was ended at its deadline");
  else answer(j, missing ? 127 : code, said);
}

/* What a question prints, an empty line and the mark, what it says on stderr, the mark and its exit code. */
static void take_script(struct question_run *j, char *line, size_t len) {
  size_t mark = strlen(j->mark);
  int64_t code;
  if (!strcmp(line, j->mark)) {
    j->in_err = true;
    j->blank = false;
  } else if (j->in_err && !strncmp(line, j->mark, mark) && line[mark] == ' ' && !str_int(line + mark + 1, 0, 255, &code)) {
    j->in_err = false;
    answer_of_script(j, code);
  } else if (j->in_err) {
    keep_err(j, line, len);
  } else {
    if (j->blank) keep_out(j, "", 0);
    j->blank = !len;
    if (len) keep_out(j, line, len);
  }
}

static void take_out(void *owner, char *line, size_t len, bool cut) {
  struct question_run *j = owner;
  (void)cut;
  if (j->script) take_script(j, line, len);
  else keep_out(j, line, len);
}

/* The rest of a host that was not reached. */
static void leave_out(struct asking *q, const char *host, const char *why) {
  for (size_t i = 0; i < q->survey->answers.count; i++) {
    struct answer *a = &q->survey->answers.item[i];
    if (!to_ask(q, i) || !str_eq(a->host, host)) continue;
    q->taken[i] = true;
    a->out = "";
    a->text = arena_strdup(q->arena, why);
  }
}

static void on_end(void *owner, const struct exec_result *r) {
  struct question_run *j = owner;
  struct asking *q = j->asking;
  bool known = !j->script && (r->end == EXEC_EXITED || (r->end == EXEC_REFUSED && r->code == 127));
  const char *why = r->text ? r->text : "it could not be asked";
  CLEANUP(mem_freep) char *said = mem_strdup(known ? str_text(&j->err) : why);
  if (!known) str_reset(&j->out);
  while (j->answered < j->count) answer(j, known ? r->code : UNKNOWN_INT, said);
  j->exec = NULL;
  q->running--;
  if (r->end == EXEC_REFUSED && r->code != 127) leave_out(q, q->survey->answers.item[j->at[0]].host, said);
  str_free(&j->out);
  str_free(&j->err);
  if (!q->ending) go_on(q);
}

/* ---- what is asked ---- */

static void mark_by_chance(struct question_run *j) {
  unsigned char chance[12];
  if (getrandom(chance, sizeof chance, 0) != (ssize_t)sizeof chance) memset(chance, 0, sizeof chance);
  strcpy(j->mark, "answer-");
  for (size_t i = 0; i < sizeof chance; i++) snprintf(j->mark + strlen(j->mark), 3, "%02x", chance[i]);
}

static void script_of(struct question_run *j, struct str *ret) {
  str_add(ret, "exec 3>&1\n");
  for (size_t i = 0; i < j->count; i++) {
    const struct answer *a = &j->asking->survey->answers.item[j->at[i]];
    str_addf(ret, "e=$(timeout -k 5 %d", ASK_MS / 1000);
    for (size_t k = 0; k < a->argv.count; k++) {
      str_addc(ret, ' ');
      shell_quote(ret, a->argv.item[k]);
    }
    str_addf(ret, " </dev/null 2>&1 >&3); c=$?; printf '\\n%%s\\n%%s\\n%%s %%d\\n' %s \"$e\" %s $c\n", j->mark, j->mark);
  }
}

static bool start_one(struct asking *q, struct question_run *j) {
  const struct answer *a = &q->survey->answers.item[j->at[0]];
  const char **argv = arena_array(q->arena, a->argv.count + 4, sizeof *argv);
  CLEANUP(str_free) struct str script = {0};
  struct err e = {0};
  if (j->script) {
    mark_by_chance(j);
    script_of(j, &script);
    argv[0] = "sh", argv[1] = "-c", argv[2] = str_text(&script);
  } else {
    memcpy(argv, a->argv.item, a->argv.count * sizeof *argv);
  }
  j->exec = executor_start(q->executor, &(struct exec_request){.host = a->host, .argv = argv, .deadline_ms = ASK_MS * (int64_t)j->count, .on_out = take_out, .on_err = take_err, .on_end = on_end, .owner = j}, &e);
  if (j->exec) return true;
  while (j->answered < j->count) answer(j, e.code == -ENOENT ? 127 : UNKNOWN_INT, e.text);
  return false;
}

static void take(struct asking *q, struct question_run *j, size_t i) {
  q->taken[i] = true;
  j->at[j->count++] = i;
}

static bool has_room(const struct asking *q, const char *host) {
  size_t n = 0;
  for (size_t i = 0; i < JOBS; i++) n += q->jobs[i].exec && str_eq(q->survey->answers.item[q->jobs[i].at[0]].host, host);
  return n < JOBS_HOST;
}

static void go_on(struct asking *q) {
  const struct executor_class *class = q->executor->class;
  for (size_t i = 0; q->running < JOBS && i < q->survey->answers.count; i++) {
    if (!to_ask(q, i) || !has_room(q, q->survey->answers.item[i].host)) continue;
    const char *host = q->survey->answers.item[i].host;
    struct question_run *j = q->jobs;
    while (j->exec) j++;
    *j = (struct question_run){.asking = q};
    take(q, j, i);
    if (class->distant && class->distant(q->executor, host))
      for (size_t k = i + 1; j->count < TOGETHER && k < q->survey->answers.count; k++)
        if (to_ask(q, k) && str_eq(q->survey->answers.item[k].host, host)) take(q, j, k);
    j->script = j->count > 1;
    q->running += start_one(q, j);
  }
  if (!q->running) timer_set(q->over, 0);
}

static void on_over(void *owner) {
  struct asking *q = owner;
  void (*done)(void *) = q->done;
  void *to = q->owner;
  timer_end(q->over);
  mem_free(q->taken);
  mem_free(q);
  done(to);
}

struct asking *survey_ask(struct loop *l, struct executor *x, struct survey *s, struct arena *a, void (*done)(void *owner), void *owner) {
  struct asking *q = mem_alloc(sizeof *q);
  *q = (struct asking){.loop = l, .executor = x, .survey = s, .arena = a, .done = done, .owner = owner, .taken = mem_alloc(s->answers.count + 1)};
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
  mem_free(q->taken);
  mem_free(q);
}
