#include "run/task_parts.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { KEPT_BYTES = 4 << 20 };

const struct step *task_step(const struct task *t) { return &t->plan->steps.item[t->step]; }

enum truth task_holds(const struct task *t, const struct condition *c, struct arena *a, const char **saw) {
  const char *ignored;
  if (!saw) saw = &ignored;
  *saw = "";
  return c->name && t->tasks->snap ? condition_holds(c, t->tasks->snap, a, saw) : TRUTH_UNKNOWN;
}

/* What was read before the last command took effect proves nothing. */
bool task_settled(const struct task *t) { return t->ran_at == UNKNOWN_INT || task_now(t) - t->ran_at >= SETTLE_MS; }

/* Some facts are read seldom: an answer that stands on a reading from before the last command is none yet. */
static bool is_newer(const struct task *t, const struct condition *c) { return t->ran_at == UNKNOWN_INT || task_read_since(t, c, t->ran_at); }

bool task_read_since(const struct task *t, const struct condition *c, int64_t when) { return !c->name || condition_read_within(c, t->tasks->snap, task_now(t) - when); }

/* Gluster's readers keep away while a command of ours may need the volume's lock; while readings are waited for they may read. */
static void keep_quiet(struct task *t, bool quiet) {
  if (t->quiet == quiet || t->plan->gluster != TRUTH_YES) return;
  t->quiet = quiet;
  if (t->tasks->o.quiet) t->tasks->o.quiet(t->tasks->o.owner, quiet);
}

enum truth task_proven(const struct task *t, struct arena *a, const char **ret_unmet) {
  enum truth all = t->plan->verify.count ? TRUTH_YES : TRUTH_UNKNOWN;
  *ret_unmet = "";
  for (size_t i = 0; i < t->plan->verify.count; i++) {
    const char *saw;
    enum truth one = task_holds(t, &t->plan->verify.item[i], a, &saw);
    if (one == TRUTH_YES && !is_newer(t, &t->plan->verify.item[i])) one = TRUTH_UNKNOWN, saw = "it was not read since";
    if (one == TRUTH_YES || all == TRUTH_NO) continue;
    *ret_unmet = arena_printf(a, "%s%s%s", condition_text(&t->plan->verify.item[i], a), *saw ? ": " : one == TRUTH_NO ? ": no" : ": not known", saw);
    all = one;
  }
  return all;
}

bool last_command(const struct task *t) {
  for (size_t i = t->step + 1; i < t->plan->steps.count; i++)
    if (t->plan->steps.item[i].argv.count) return false;
  return true;
}

void steps_begin(struct task *t) {
  size_t n = t->plan->steps.count;
  t->phase = PHASE_STEPS;
  t->state = TASK_RUNNING;
  t->steps = arena_array(t->arena, n + 1, sizeof *t->steps);
  t->took_ms = arena_array(t->arena, n + 1, sizeof *t->took_ms);
  t->began_at = arena_array(t->arena, n + 1, sizeof *t->began_at);
  t->ended_at = arena_array(t->arena, n + 1, sizeof *t->ended_at);
  if (!t->outputs) t->outputs = arena_array(t->arena, n + 1, sizeof *t->outputs);
  for (size_t i = 0; i < n; i++) t->took_ms[i] = t->began_at[i] = t->ended_at[i] = UNKNOWN_INT;
  t->ran_at = UNKNOWN_INT;
  t->step_began = task_now(t);
}

void step_ends(struct task *t, enum step_state state, int64_t code, const char *text) {
  t->steps[t->step] = state;
  t->took_ms[t->step] = task_now(t) - t->step_began;
  t->ended_at[t->step] = task_stamp(t);
  if (t->tasks->audit) audit_step(t->tasks->audit, t->id, t->step, step_state_names[state], code, t->took_ms[t->step], text);
  if (state == STEP_DONE || state == STEP_ALREADY) {
    t->step++;
    t->at = STEP_NEW;
    t->repeats = 0;
    t->answered = false;
    t->step_began = task_now(t);
  }
  kept_write(t);
  task_changed(t);
}

/* ---- a command of a step ---- */

static bool is_read(const struct plan *p, size_t step) {
  for (size_t i = 0; i < p->steps.count; i++)
    if (p->steps.item[i].input_of == (int64_t)step) return true;
  return false;
}

static void keep_output(struct task *t, const char *line, size_t len) {
  struct str *to = &t->outputs[t->step];
  if (to->len + len + 1 > KEPT_BYTES) return;
  str_addn(to, line, len);
  str_addc(to, '\n');
}

static void take_line(struct task *t, bool err, const char *line, size_t len) {
  const struct step *s = task_step(t);
  for (size_t i = 0; i < s->good.count && i < 64; i++)
    if (s->good.item[i].says && strstr(line, s->good.item[i].says)) t->said |= UINT64_C(1) << i;
  if (!err && is_read(t->plan, t->step)) keep_output(t, line, len); /* for that step, not for people */
  else line_add(t, err, line, len);
}

static void on_out(void *owner, char *line, size_t len, bool cut) {
  struct task *t = owner;
  (void)cut;
  if (t->use == USE_COPY) keep_output(t, line, len);
  else if (t->use == USE_RUN) take_line(t, false, line, len);
}

static void on_err(void *owner, char *line, size_t len, bool cut) {
  struct task *t = owner;
  (void)cut;
  if (t->use == USE_RUN) take_line(t, true, line, len);
  else if (len) line_add(t, true, line, len);
}

static bool is_good(const struct task *t, const struct step *s, int64_t code) {
  if (!code) return true;
  for (size_t i = 0; i < s->good.count && i < 64; i++)
    if (s->good.item[i].code == code && (!s->good.item[i].says || (t->said & (UINT64_C(1) << i)))) return true;
  return false;
}

static void fail_step(struct task *t, int64_t code, const char *how) {
  const struct step *s = task_step(t);
  const char *say = s->say ? s->say : "";
  size_t n = t->step + 1;
  step_ends(t, STEP_FAILED, code, how);
  task_end(t, TASK_FAILED, "step %zu failed (%s%s%s): %s", n, say, s->host ? ", on " : "", s->host ? s->host : "", how);
}

static void ran(struct task *t, const struct exec_result *r) {
  const struct step *s = task_step(t);
  char text[400];
  if (r->end == EXEC_REFUSED) {
    snprintf(text, sizeof text, "it never ran: %s", r->text ? r->text : "");
    fail_step(t, UNKNOWN_INT, text);
  } else if (r->end == EXEC_EXITED && is_good(t, s, r->code)) {
    step_ends(t, STEP_DONE, r->code, NULL);
  } else if (r->end == EXEC_EXITED) {
    snprintf(text, sizeof text, "exit code %d%s%s", r->code, *t->last ? ": " : "", t->last);
    fail_step(t, r->code, text);
  } else {
    step_lost(t, r->end != EXEC_LATE, r->text ? r->text : "nobody knows what became of it");
  }
}

/* Nobody waited for it any more; that it has ended is still told, and then what was held for it is let go. */
static void ended_late(struct task *t, const struct exec_result *r) {
  const struct step *s = task_step(t);
  bool known = r->end == EXEC_EXITED || r->end == EXEC_REFUSED, good = r->end == EXEC_EXITED && is_good(t, s, r->code);
  if (known) {
    step_ends(t, good ? STEP_DONE : STEP_FAILED, r->end == EXEC_EXITED ? r->code : UNKNOWN_INT, "after nobody waited for it any more");
    task_say(t, "stopped; the command that ran then has ended since: %s", good ? "it did what it was to do" : "it failed");
  }
  task_let_go(t);
  task_changed(t);
}

static void wipe_input(struct task *t) {
  if (t->input) explicit_bzero(t->input, t->input_len);
  mem_free(t->input);
  t->input = NULL;
  t->input_len = 0;
}

static void on_end(void *owner, const struct exec_result *r) {
  struct task *t = owner;
  enum exec_use use = t->use;
  t->exec = NULL;
  wipe_input(t);
  if (t->away && t->tasks->o.terminal) t->tasks->o.terminal(t->tasks->o.owner, false);
  t->away = false;
  if (r->end == EXEC_LEFT) return;
  if (use == USE_RUN) t->ran_at = task_now(t);
  if (t->phase == PHASE_ENDED) {
    if (use == USE_RUN) ended_late(t, r);
    else task_let_go(t);
    return;
  }
  if (use == USE_COPY) {
    copied(t, r);
  } else if (use == USE_RUN) {
    ran(t, r);
  } else if (t->at == STEP_IS_LOST) {
    lost_tested(t, r);
  } else if (r->end == EXEC_EXITED && !r->code) {
    step_ends(t, STEP_ALREADY, 0, "a test on the host says that it is done already");
  } else if (r->end == EXEC_EXITED || r->end == EXEC_LATE || r->code == 127) {
    t->at = STEP_READY;
  } else { /* the host is not reached: its command would not be either */
    ran(t, r->end == EXEC_REFUSED ? r : &(struct exec_result){EXEC_REFUSED, 0, r->text});
  }
  task_advance(t);
}

static void add_secret(struct str *to, const char *text, const char *name, const char *value) {
  CLEANUP(mem_freep) char *mark = mem_printf("<%s>", name);
  for (const char *at; (at = strstr(text, mark)) != NULL; text = at + strlen(mark)) {
    str_addn(to, text, (size_t)(at - text));
    str_add(to, value);
  }
  str_add(to, text);
}

/* What it reads. A secret stands where its name in angles does, or is all of it; the buffer is sized beforehand, so that no
 * copy is left behind by growing. */
static void make_input(struct task *t, const struct step *s) {
  const char *value = s->secret ? value_of_name(&t->values, s->secret) : NULL;
  struct str in = {0};
  if (value) {
    const char *text = s->input && *s->input ? s->input : NULL;
    CLEANUP(mem_freep) char *whole = text ? NULL : mem_printf("<%s>", s->secret);
    in.room = (text ? strlen(text) + strlen(value) * (strlen(text) / 3 + 1) : strlen(value)) + 16;
    in.data = mem_alloc(in.room);
    add_secret(&in, text ? text : whole, s->secret, value);
    if (!in.len || in.data[in.len - 1] != '\n') str_addc(&in, '\n');
  } else if (s->input_of != UNKNOWN_INT && s->input_of >= 0 && (size_t)s->input_of < t->step) {
    str_addn(&in, str_text(&t->outputs[s->input_of]), t->outputs[s->input_of].len);
  } else if (s->input) {
    str_add(&in, s->input);
  }
  t->input_len = in.len;
  t->input = in.data; /* NULL: nothing to read */
}

bool task_exec(struct task *t, enum exec_use use, const char *host, const struct texts *words, struct err *e) {
  const char **argv = arena_array(t->arena, words->count + 1, sizeof *argv);
  const struct step *s = use == USE_RUN ? task_step(t) : NULL;
  bool terminal = s && s->kind == STEP_HANDOVER;
  memcpy(argv, words->item, words->count * sizeof *argv);
  if (s) make_input(t, s);
  t->use = use;
  t->said = 0;
  t->last[0] = 0;
  t->last_err = false;
  if (terminal) t->away = true, t->tasks->o.terminal(t->tasks->o.owner, true);
  t->exec = executor_start(t->tasks->o.executor, &(struct exec_request){.host = host, .argv = argv, .input = t->input, .input_len = t->input_len, .terminal = terminal,
                                                                       .deadline_ms = s ? s->deadline_ms : 20000, .on_out = on_out, .on_err = on_err, .on_end = on_end, .owner = t}, e);
  if (t->exec) return true;
  wipe_input(t);
  if (t->away) t->tasks->o.terminal(t->tasks->o.owner, false);
  t->away = false;
  return false;
}

static bool run_it(struct task *t, const struct step *s) {
  struct err e = {0};
  if (s->kind == STEP_HANDOVER && !t->tasks->o.terminal) {
    fail_step(t, UNKNOWN_INT, "it needs a terminal, and there is none");
    return false;
  }
  if (s->input_of != UNKNOWN_INT && s->input_of >= 0 && (size_t)s->input_of < t->step && t->outputs[s->input_of].len >= KEPT_BYTES - 4096) {
    fail_step(t, UNKNOWN_INT, "what it is to read is too long");
    return false;
  }
  keep_quiet(t, true);
  t->run_sent = task_now(t);
  if (t->began_at[t->step] == UNKNOWN_INT) t->began_at[t->step] = task_stamp(t);
  t->steps[t->step] = STEP_ACTIVE;
  kept_write(t); /* before it runs: the next console must know that it may have */
  if (task_exec(t, USE_RUN, s->host, &s->argv, &e)) {
    task_say(t, "%s%s%s", s->say ? s->say : "", s->host ? ", on " : "", s->host ? s->host : "");
    return false;
  }
  ran(t, &(struct exec_result){EXEC_REFUSED, 0, e.text});
  return true;
}

/* ---- what a step does before and instead; each returns true when there is more to do now ---- */

static bool begin_step(struct task *t, const struct step *s) {
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct err e = {0};
  const char *saw;
  t->state = TASK_RUNNING;
  t->steps[t->step] = STEP_ACTIVE;
  if (task_holds(t, &s->already, a, &saw) == TRUTH_YES) {
    if (!task_settled(t)) return false;
    step_ends(t, STEP_ALREADY, UNKNOWN_INT, condition_text(&s->already, a));
    return true;
  }
  t->at = STEP_READY;
  if (!s->test.count) return true;
  if (task_exec(t, USE_TEST, s->host, &s->test, &e)) return false;
  ran(t, &(struct exec_result){EXEC_REFUSED, 0, e.text});
  return true;
}

static bool wait_for(struct task *t, const struct step *s) {
  CLEANUP(arena_freep) struct arena *a = arena_new();
  const char *saw;
  enum truth holds = task_holds(t, &s->until, a, &saw);
  int64_t left = s->deadline_ms - (task_now(t) - t->step_began);
  t->state = TASK_WAITING;
  keep_quiet(t, false);
  if (!s->until.name && left <= 0) {
    step_ends(t, STEP_DONE, UNKNOWN_INT, NULL);
    return true;
  }
  if (!s->until.name) {
    task_say(t, "%s; %" PRId64 " s more", s->say ? s->say : "", (left + 999) / 1000);
    return false;
  }
  if (holds == TRUTH_YES && task_settled(t) && is_newer(t, &s->until)) {
    step_ends(t, STEP_DONE, UNKNOWN_INT, NULL);
    return true;
  }
  if (task_now(t) - t->step_began < s->deadline_ms) {
    task_say(t, "waiting until %s%s%s", condition_text(&s->until, a), *saw ? "; now: " : "", saw);
    return false;
  }
  const char *text = arena_printf(a, "not within %" PRId64 " s: %s%s%s", s->deadline_ms / 1000, condition_text(&s->until, a), *saw ? "; " : "", saw);
  if (holds == TRUTH_NO) {
    fail_step(t, UNKNOWN_INT, text);
  } else {
    step_ends(t, STEP_FAILED, UNKNOWN_INT, text);
    task_end(t, TASK_UNKNOWN, "step %zu: %s (nobody can tell)", t->step + 1, text);
  }
  return false;
}

static bool still_holds(struct task *t, const struct step *s, bool *ret_more) {
  CLEANUP(arena_freep) struct arena *a = arena_new();
  const char *saw;
  *ret_more = false;
  if (!s->still.name) return true;
  enum truth holds = task_holds(t, &s->still, a, &saw);
  if (holds == TRUTH_YES) return true;
  if (task_now(t) - t->step_began < STILL_MS) { /* readings may lag behind the step before */
    task_say(t, "before step %zu: %s?%s%s", t->step + 1, condition_text(&s->still, a), *saw ? " now: " : "", saw);
    return false;
  }
  fail_step(t, UNKNOWN_INT, arena_printf(a, "it was not begun: %s: %s%s%s", condition_text(&s->still, a), holds == TRUTH_NO ? "no longer" : "not known", *saw ? ", " : "", saw));
  return false;
}

static bool one_turn(struct task *t) {
  const struct step *s = task_step(t);
  bool more;
  if (t->at == STEP_IS_LOST) {
    lost_turn(t);
    return t->at != STEP_IS_LOST && !t->exec;
  }
  if (t->stop) {
    task_end(t, TASK_CANCELLED, "%s before step %zu (%s)", t->stop_text, t->step + 1, s->say ? s->say : "");
    return false;
  }
  if (t->lock_lost) {
    task_end(t, TASK_FAILED, "stopped before step %zu: the operator lock was lost", t->step + 1);
    return false;
  }
  if (t->lock && !t->lockless && !lock_sure(t->lock)) {
    task_say(t, "before step %zu: is the operator lock still ours?", t->step + 1);
    return false;
  }
  if (t->at == STEP_NEW && !begin_step(t, s)) return false;
  if (t->at != STEP_READY || t->phase != PHASE_STEPS) return t->phase == PHASE_STEPS;
  if (!still_holds(t, s, &more)) return more;
  if (s->kind == STEP_WAIT) return wait_for(t, s);
  if (s->kind != STEP_ASK) return run_it(t, s);
  if (t->answered) {
    step_ends(t, STEP_DONE, UNKNOWN_INT, "the operator said yes");
    return true;
  }
  t->state = TASK_ASKED;
  task_say(t, "%s", s->say ? s->say : "");
  return false;
}

void steps_turn(struct task *t) {
  while (t->phase == PHASE_STEPS && !t->exec) {
    if (t->step == t->plan->steps.count) {
      t->phase = PHASE_VERIFY;
      t->state = TASK_VERIFYING;
      t->verify_began = task_now(t);
      keep_quiet(t, false);
      return;
    }
    if (!one_turn(t)) return;
  }
}
