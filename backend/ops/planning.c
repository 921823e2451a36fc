/* What the rows of operations write their plans with. */
#include "ops/operation.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { STEP_DEADLINE_MS = 30000 };

const char *given(const struct planning *p, const char *name) { return value_of_name(p->values, name); }

const struct host_view *own_host(const struct planning *p) {
  for (size_t i = 0; i < p->snap->hosts.count; i++)
    if (p->snap->hosts.item[i].here == TRUTH_YES) return &p->snap->hosts.item[i];
  return NULL;
}

const char *here(const struct planning *p) {
  const struct host_view *h = own_host(p);
  return h ? h->name : "localhost";
}

static bool fresh(const struct host_view *h, enum layer l) { return !texts_have(&h->stale, layer_names[l]); }

const char *gluster_host(const struct planning *p) {
  const struct host_view *best = NULL;
  for (size_t i = 0; i < p->snap->hosts.count; i++) {
    const struct host_view *h = &p->snap->hosts.item[i];
    if (h->peer == PEER_CONNECTED && fresh(h, LAYER_GLUSTER) && (!best || h->here == TRUTH_YES)) best = h;
  }
  return best ? best->name : NULL;
}

static bool is_online(const struct host_view *h) {
  return h->membership == MEMBERSHIP_MEMBER && fresh(h, LAYER_PACEMAKER) && (h->pacemaker == NODE_ONLINE || h->pacemaker == NODE_STANDBY || h->pacemaker == NODE_MAINTENANCE);
}

const char *cluster_host(const struct planning *p) {
  const struct host_view *best = NULL;
  for (size_t i = 0; i < p->snap->hosts.count; i++) {
    const struct host_view *h = &p->snap->hosts.item[i];
    if (is_online(h) && (!best || h->here == TRUTH_YES)) best = h;
  }
  return best ? best->name : NULL;
}

struct texts online_nodes(const struct planning *p) {
  struct texts t = {0};
  for (size_t i = 0; i < p->snap->hosts.count; i++)
    if (p->snap->hosts.item[i].pacemaker == NODE_ONLINE && is_online(&p->snap->hosts.item[i])) texts_add(p->arena, &t, p->snap->hosts.item[i].name);
  return t;
}

static const char *format_text(struct planning *p, const char *format, va_list ap) {
  char text[4096];
  vsnprintf(text, sizeof text, format, ap);
  return arena_strdup(p->arena, text);
}

const char *planf(struct planning *p, const char *format, ...) {
  va_list ap;
  va_start(ap, format);
  const char *text = format_text(p, format, ap);
  va_end(ap);
  return text;
}

/* The first reason stands; one that nothing overrules goes before one that force does. */
static void refuse_for(struct planning *p, bool forcible, const char *when, const char *why) {
  struct plan *plan = p->plan;
  if (forcible && value_yes(p->values, "force")) {
    texts_add(p->arena, &plan->consequence, planf(p, "FORCED though %s", why));
    return;
  }
  if (plan->allowed == TRUTH_NO && (forcible || plan->forcible == TRUTH_NO)) return;
  plan->allowed = TRUTH_NO;
  plan->forcible = truth_of(forcible);
  plan->why = why;
  plan->when = arena_strdup(p->arena, when);
}

void refuse(struct planning *p, const char *when, const char *format, ...) {
  va_list ap;
  va_start(ap, format);
  refuse_for(p, true, when, format_text(p, format, ap));
  va_end(ap);
}

void refuse_always(struct planning *p, const char *when, const char *format, ...) {
  va_list ap;
  va_start(ap, format);
  refuse_for(p, false, when, format_text(p, format, ap));
  va_end(ap);
}

bool refused(const struct planning *p) { return p->plan->allowed == TRUTH_NO; }

void consequence(struct planning *p, const char *format, ...) {
  va_list ap;
  va_start(ap, format);
  texts_add(p->arena, &p->plan->consequence, format_text(p, format, ap));
  va_end(ap);
}

/* ---- steps ---- */

static struct step *step_new(struct planning *p, enum step_kind kind, const char *host, const char *say) {
  struct step *s = list_add(p->arena, &p->plan->steps, &step_shape);
  s->kind = (int)kind;
  s->host = arena_strdup(p->arena, host);
  s->say = arena_strdup(p->arena, say);
  s->deadline_ms = STEP_DEADLINE_MS;
  return s;
}

static void words(struct planning *p, struct texts *t, va_list ap) {
  for (const char *w; (w = va_arg(ap, const char *));) texts_add(p->arena, t, w);
}

#define WORDS(p, list, last)  \
  do {                        \
    va_list ap_;              \
    va_start(ap_, last);      \
    words(p, list, ap_);      \
    va_end(ap_);              \
  } while (0)

struct step *step_run(struct planning *p, const char *host, const char *say, ...) {
  struct step *s = step_new(p, STEP_RUN, host, say);
  WORDS(p, &s->argv, say);
  return s;
}

struct step *step_handover(struct planning *p, const char *host, const char *say, ...) {
  struct step *s = step_new(p, STEP_HANDOVER, host, say);
  WORDS(p, &s->argv, say);
  return s;
}

static void set_condition(struct planning *p, struct condition *c, const char *name, va_list ap) {
  c->name = arena_strdup(p->arena, name);
  c->args = (struct texts){0};
  words(p, &c->args, ap);
}

#define CONDITION(p, where, name)          \
  do {                                     \
    va_list ap_;                           \
    va_start(ap_, name);                   \
    set_condition(p, where, name, ap_);    \
    va_end(ap_);                           \
  } while (0)

struct step *step_wait(struct planning *p, int64_t deadline_ms, const char *say, const char *condition, ...) {
  struct step *s = step_new(p, STEP_WAIT, NULL, say);
  s->deadline_ms = deadline_ms;
  CONDITION(p, &s->until, condition);
  return s;
}

void beware(struct planning *p, const char *about, int severity, const char *text) {
  *(struct plan_warning *)list_add(p->arena, &p->plan->warnings, &plan_warning_shape) = (struct plan_warning){arena_strdup(p->arena, about), severity, arena_strdup(p->arena, text)};
}

struct step *step_pause(struct planning *p, int64_t ms, const char *say) {
  struct step *s = step_new(p, STEP_WAIT, NULL, say);
  s->deadline_ms = ms;
  return s;
}

struct step *step_ask(struct planning *p, const char *say) { return step_new(p, STEP_ASK, NULL, say); }

void step_word(struct planning *p, struct step *s, const char *format, ...) {
  va_list ap;
  va_start(ap, format);
  texts_add(p->arena, &s->argv, format_text(p, format, ap));
  va_end(ap);
}

void step_good(struct planning *p, struct step *s, int code, const char *says) {
  struct good_exit *g = list_add(p->arena, &s->good, &good_exit_shape);
  *g = (struct good_exit){code, arena_strdup(p->arena, says)};
}

void undo_by(struct planning *p, struct step *s, ...) { WORDS(p, &s->undo, s); }
void tested_by(struct planning *p, struct step *s, ...) { WORDS(p, &s->test, s); }
void already_when(struct planning *p, struct step *s, const char *condition, ...) { CONDITION(p, &s->already, condition); }
void still_when(struct planning *p, struct step *s, const char *condition, ...) { CONDITION(p, &s->still, condition); }

void verify_that(struct planning *p, const char *condition, ...) {
  struct condition *c = list_add(p->arena, &p->plan->verify, &condition_shape);
  CONDITION(p, c, condition);
}

/* ---- the survey ---- */

static struct answer *question_new(struct planning *p, const char *host, const char *id) {
  if (!host || survey_answer(p->survey, host, id)) return NULL;
  struct answer *q = list_add(p->arena, &p->survey->answers, &answer_shape);
  q->host = arena_strdup(p->arena, host);
  q->id = arena_strdup(p->arena, id);
  return q;
}

void ask(struct planning *p, const char *host, const char *question) {
  for (const struct question *k = questions; k->id; k++) {
    if (!str_eq(k->id, question)) continue;
    struct answer *q = question_new(p, host, question);
    for (size_t i = 0; q && i < COUNT(k->argv) && k->argv[i]; i++) texts_add(p->arena, &q->argv, k->argv[i]);
  }
}

void ask_command(struct planning *p, const char *host, const char *id, ...) {
  struct answer *q = question_new(p, host, id);
  if (q) WORDS(p, &q->argv, id);
}

const char *answered(const struct planning *p, const char *host, const char *id) {
  const struct answer *q = survey_answer(p->survey, host, id);
  return q && q->code == 0 ? q->out ? q->out : "" : NULL;
}
