#include "views/guider_parts.h"
#include "base/clock.h"
#include "run/audit.h"
#include "views/operator.h"
#include "views/simulation.h"
#include <string.h>

enum { AGAIN_MS = 20000 /* the hosts are asked anew so often while the guide is looked at */, SILENT_MS = 3000, REST_TIMES = 3 /* as long as a round took: a large cluster is not asked all the time */, HURRY_MS = 4000 /* ... while what was run may come to be seen */, HURRY_FOR_MS = 60000, BEAT_MS = 1000 };

int64_t guider_wall(const struct guider *g) { return g->console->feed ? feed_wall(g->console->feed) : clock_wall_ms(); }
static bool is_shown(const struct guider *g) { return g->console->app.view == VIEW_GUIDE && !g->console->app.noc.on && !g->console->away; }
static bool is_wanted(const struct guider *g) { return is_shown(g) || g->rest.shown.on; }
static const struct snapshot *snap_of(const struct guider *g) { return g->console->newest; }

void round_drop(struct round *r) {
  asking_end(r->asking);
  arena_free(r->arena);
  *r = (struct round){0};
}

static void on_soon(void *owner) {
  struct guider *g = owner;
  if (g->console->acted) g->console->acted(g->console);
}

void guider_tell(struct guider *g) {
  if (!timer_armed(g->soon)) timer_set(g->soon, 0);
}

/* ---- the form ---- */

static void make_form(struct guider *g) {
  struct err e = {0};
  arena_free(g->form_arena);
  g->form_arena = arena_new();
  g->form = (struct values){0};
  for (size_t i = 0; i < g->given.list.count; i++) values_add(g->form_arena, &g->form, g->given.list.item[i].name, g->given.list.item[i].text, false);
  guide_form_fill(snap_of(g), &g->form, g->form_arena);
  struct values copy = {0};
  struct survey none = {0};
  struct planning p = {.operation = &guide_form, .snap = snap_of(g), .values = &copy, .survey = &none, .arena = g->form_arena};
  for (size_t i = 0; i < g->form.list.count; i++) values_add(g->form_arena, &copy, g->form.list.item[i].name, g->form.list.item[i].text, false);
  mem_free(g->lacks);
  g->lacks = NULL;
  for (const struct operation_argument *arg = guide_form.arguments; arg->name && !g->lacks; arg++)
    if (arg->required && !value_of_name(&copy, arg->name)) g->lacks = mem_printf("not named yet: %s", arg->help);
  if (!g->lacks && operation_complete(&p, &copy, &e)) g->lacks = mem_printf("%s%s%s", e.text, *e.todo ? "; " : "", e.todo);
}

static bool same_values(const struct values *a, const struct values *b) {
  if (a->list.count != b->list.count) return false;
  for (size_t i = 0; i < a->list.count; i++)
    if (!str_eq(a->list.item[i].name, b->list.item[i].name) || !str_eq(a->list.item[i].text, b->list.item[i].text)) return false;
  return true;
}

/* What is proposed follows what is live. */
static void follow_form(struct guider *g) {
  if (g->form_arena && g->form_version == snap_of(g)->version) return;
  struct arena *old_arena = g->form_arena;
  struct values old = g->form;
  g->form_arena = NULL;
  make_form(g);
  g->form_version = snap_of(g)->version;
  if (!old_arena || !same_values(&old, &g->form)) g->form_serial++;
  arena_free(old_arena);
}

static void take_form(struct guider *g, char *const *words) {
  struct arena *a = arena_new();
  struct values v = {0};
  for (size_t i = 0; i < g->given.list.count; i++) {
    bool given = false;
    size_t len = strlen(g->given.list.item[i].name);
    for (char *const *w = words; *w && !given; w++) given = !strncmp(*w, g->given.list.item[i].name, len) && (*w)[len] == '=';
    if (!given) values_add(a, &v, g->given.list.item[i].name, g->given.list.item[i].text, false);
  }
  for (char *const *w = words; *w; w++) {
    const char *eq = strchr(*w, '=');
    const char *name = eq ? arena_strndup(a, *w, (size_t)(eq - *w)) : NULL;
    const struct operation_argument *arg = name ? operation_argument(&guide_form, name) : NULL;
    if (!arg || !eq[1]) continue;
    if (arg->kind == ARG_SECRET) guider_secret(g, name, eq + 1);
    else values_add(a, &v, name, eq + 1, false);
  }
  arena_free(g->given_arena);
  g->given_arena = a;
  g->given = v;
  arena_free(g->form_arena);
  g->form_arena = NULL;
  g->form_serial++;
  g->looked = false; /* other hosts, other answers */
  follow_form(g);
  notes_form(g);
}

/* ---- asking ---- */

static bool host_answered(const struct survey *s, const char *host) {
  for (size_t i = 0; i < s->answers.count; i++)
    if (s->answers.item[i].code != UNKNOWN_INT && str_eq(s->answers.item[i].host, host)) return true;
  return false;
}

/* All have answered but hosts that say nothing at all: what is known is told without waiting for these. */
static bool only_silent_are_left(const struct guider *g) {
  if (!g->now.asking || guider_wall(g) - g->asked_at < SILENT_MS) return false;
  for (size_t i = 0; i < g->now.survey.answers.count; i++) {
    const struct answer *q = &g->now.survey.answers.item[i];
    if (q->code == UNKNOWN_INT && !q->text && host_answered(&g->now.survey, q->host)) return false;
  }
  return true;
}

struct guide_look guider_look(const struct guider *g) {
  int64_t at = g->partly ? g->asked_at : g->answered_at, now = guider_wall(g);
  return (struct guide_look){.snap = snap_of(g), .form = &g->form, .survey = g->partly ? &g->now.survey : &g->last.survey, .survey_age_ms = at == UNKNOWN_INT ? UNKNOWN_INT : now > at ? now - at : 0, .were_done = &g->notes.were_done, .book = guider_book(g)};
}

static void on_answers(void *owner) {
  struct guider *g = owner;
  g->now.asking = NULL;
  g->partly = false;
  round_drop(&g->last);
  g->last = g->now;
  g->now = (struct round){0};
  g->answered_at = guider_wall(g);
  g->took = g->answered_at - g->asked_at;
  g->serial++;
  guider_see(g);
  guider_tell(g);
}

void guider_ask(struct guider *g) {
  g->looked &= !g->partly; /* what was found rests on answers that go now */
  g->partly = false;
  round_drop(&g->now);
  g->now.arena = arena_new();
  g->asked_at = guider_wall(g);
  g->asked_form = g->form_serial;
  g->again = g->console->app.guide.again;
  guide_survey(guider_book(g), NULL, snap_of(g), &g->form, g->now.arena, &g->now.survey);
  executor_see(g->executor, g->console->newest);
  g->now.asking = survey_ask(g->console->loop, g->executor, &g->now.survey, g->now.arena, on_answers, g);
}

/* A task of this page has ended: now, and until it is seen. */
static bool is_in_hurry(struct guider *g) {
  const struct guide_page *page = &g->console->app.guide;
  struct task_view t;
  if (!page->task || !page->ran || !operator_look(g->console->operator, page->task, &t)) return false;
  if (!task_ended(t.state) || operator_drilling(g->console->operator)) {
    g->ended_at = UNKNOWN_INT;
    return false;
  }
  if (g->ended_at == UNKNOWN_INT || !str_eq(g->ended, page->task)) {
    mem_free(g->ended);
    g->ended = mem_strdup(page->task);
    g->ended_at = guider_wall(g);
    notes_task(g, &t);
  }
  if (g->asked_at < g->ended_at) return true;
  return g->looked && g->found[page->ran - 1].state != GUIDE_DONE && guider_wall(g) - g->ended_at < HURRY_FOR_MS;
}

static void follow_hosts(struct guider *g) {
  bool hurry = is_in_hurry(g);
  bool other = g->asked_form != g->form_serial, again = g->again != g->console->app.guide.again, old = g->asked_at == UNKNOWN_INT || guider_wall(g) - g->asked_at >= (hurry ? HURRY_MS : AGAIN_MS) + REST_TIMES * g->took || (hurry && g->asked_at < g->ended_at);
  if (!g->executor || g->lacks) return;
  if (g->now.asking && !other) return; /* what was asked too early is asked again then */
  if (other || again || old) guider_ask(g);
}

static void follow_found(struct guider *g) {
  const struct snapshot *s = snap_of(g);
  bool partly = only_silent_are_left(g), same = partly == g->partly;
  g->partly = partly;
  if (same && g->looked && g->found_of.serial == g->serial && g->found_of.version == s->version && g->found_of.now == s->now) return;
  if (g->lacks || (!g->last.arena && !partly && g->executor)) { /* there is nobody to ask, or nobody has answered yet */
    g->looked = false;
    return;
  }
  struct guide_look look = guider_look(g);
  arena_free(g->found_arena);
  g->found_arena = arena_new();
  guide_check(&look, g->found_arena, g->found);
  g->found_age = look.survey_age_ms;
  g->looked = true;
  notes_found(g);
  g->found_of.serial = g->serial, g->found_of.version = s->version, g->found_of.now = s->now;
}

/* ---- an operation as it would be planned ---- */

static const char *secret_of(const struct guider *g, const char *name) {
  for (size_t i = 0; name && i < g->secret_count; i++)
    if (str_eq(g->secrets[i].name, name)) return g->secrets[i].text;
  return NULL;
}

static void forget(struct secret *s) {
  explicit_bzero(s->text, strlen(s->text));
  mem_free(s->text);
  mem_free(s->name);
}

/* It lives as long as this console, in its memory. */
void guider_secret(struct guider *g, const char *name, const char *text) {
  size_t i = 0;
  while (i < g->secret_count && !str_eq(g->secrets[i].name, name)) i++;
  if (i < g->secret_count) forget(&g->secrets[i]);
  else g->secrets = mem_grow(g->secrets, ++g->secret_count, sizeof *g->secrets);
  g->secrets[i] = (struct secret){mem_strdup(name), mem_strdup(text)};
}

static const char *typed_secret(const struct guider *g, const struct guide_run *r, const struct operation_argument *arg) {
  return str_eq(r->secret, arg->name) ? secret_of(g, r->secret_from ? r->secret_from : arg->name) : NULL;
}

void guider_values(const struct guider *g, const struct guide_run *r, struct arena *a, bool show, struct values *ret, const char **ret_lacks) {
  *ret = (struct values){0};
  *ret_lacks = NULL;
  for (size_t i = 0; i < r->values.list.count; i++) values_add(a, ret, r->values.list.item[i].name, r->values.list.item[i].text, r->values.list.item[i].secret);
  for (const struct operation_argument *arg = r->operation->arguments; arg->name; arg++) {
    bool wanted = arg->kind == ARG_SECRET && (arg->required || str_eq(arg->name, r->secret));
    if (!wanted || value_of_name(ret, arg->name)) continue;
    const char *known = typed_secret(g, r, arg);
    if (known || show) values_add(a, ret, arg->name, known && !show ? known : "not-known-yet", true);
    else *ret_lacks = arg->help ? arg->help : arg->name;
  }
}

/* The questions of an operation, into a round; false: its values cannot be. */
bool guider_questions(const struct guider *g, const struct operation *o, struct values *v, struct round *r, struct err *e) {
  struct planning p = {.operation = o, .snap = snap_of(g), .values = v, .survey = &r->survey, .arena = r->arena};
  if (operation_complete(&p, v, e)) return false;
  operation_survey(o, snap_of(g), v, r->arena, &r->survey);
  return true;
}

/* ---- the plan of the step in sight ---- */

static void drop_plan(struct guider *g) {
  round_drop(&g->plan.round);
  arena_free(g->plan.arena);
  mem_free(g->plan.says);
  memset(&g->plan, 0, sizeof g->plan);
}

static void make_plan(struct guider *g) {
  arena_free(g->plan.arena);
  g->plan.arena = arena_new();
  g->plan.plan = operation_plan(g->plan.operation, snap_of(g), &g->plan.values, &g->plan.round.survey, g->plan.arena);
}

static void on_plan_answers(void *owner) {
  struct guider *g = owner;
  g->plan.round.asking = NULL;
  make_plan(g);
  guider_tell(g);
}

static void begin_plan(struct guider *g, size_t step, const struct guide_run *r, size_t left) {
  const char *lacks;
  struct err e = {0};
  drop_plan(g);
  g->plan.step = step + 1;
  g->plan.left = left;
  g->plan.says = mem_strdup(r->say);
  g->plan.operation = r->operation;
  g->plan.round.arena = arena_new();
  guider_values(g, r, g->plan.round.arena, true, &g->plan.values, &lacks);
  if (!guider_questions(g, r->operation, &g->plan.values, &g->plan.round, &e)) return; /* its form says what it lacks */
  if (g->plan.round.survey.answers.count && g->executor) g->plan.round.asking = survey_ask(g->console->loop, g->executor, &g->plan.round.survey, g->plan.round.arena, on_plan_answers, g);
  else make_plan(g);
}

/* Made anew for another step, another form, or when something else is left of the step: what is shown does not flicker. */
static void follow_plan(struct guider *g) {
  size_t step = g->console->app.guide.step;
  const struct guide_found *f = g->looked && guider_book(g) && step < guider_book(g)->count && !g->rest.shown.on ? &g->found[step] : NULL;
  if (!f || f->state == GUIDE_DONE || f->state == GUIDE_UNKNOWN) {
    if (g->plan.step) drop_plan(g);
    return;
  }
  bool other = g->plan.step != step + 1 || g->plan.form != g->form_serial;
  if (!other && g->plan.serial == g->serial) return;
  struct arena *a = arena_new();
  struct guide_runs runs = {0};
  struct guide_look look = guider_look(g);
  guide_left(&look, &guider_book(g)->steps[step], false, a, &runs);
  const struct guide_run *r = runs.list.count && runs.list.item[0].operation ? &runs.list.item[0] : NULL;
  if (!r) drop_plan(g);
  else if (other || g->plan.operation != r->operation || g->plan.left != runs.list.count || !str_eq(g->plan.says, r->say)) begin_plan(g, step, r, runs.list.count);
  g->plan.step = step + 1;
  g->plan.form = g->form_serial, g->plan.serial = g->serial;
  arena_free(a);
}

/* ---- its life ---- */

/* Another book asks other things. */
static void follow_book(struct guider *g) {
  if (g->book == guider_book(g)) return;
  g->book = guider_book(g);
  round_drop(&g->now);
  round_drop(&g->last);
  drop_plan(g);
  g->asked_at = g->answered_at = UNKNOWN_INT;
  g->took = 0;
  g->looked = g->partly = false;
}

void guider_see(struct guider *g) {
  if (!g || !snap_of(g)) return;
  if (!is_wanted(g)) { /* nobody looks: nobody is asked */
    g->looked &= !g->partly;
    g->partly = false;
    round_drop(&g->now);
    drop_plan(g);
    if (g->asked_at != g->answered_at) g->asked_at = g->answered_at;
    timer_set(g->beat, -1);
    return;
  }
  follow_form(g);
  follow_book(g);
  if (!guider_book(g)) return;
  follow_hosts(g);
  follow_found(g);
  follow_plan(g);
  rest_see(g);
  if (!timer_armed(g->beat)) timer_set(g->beat, BEAT_MS);
}

static void on_beat(void *owner) {
  guider_see(owner);
}

bool guider_busy(const struct guider *g) { return g && ((is_shown(g) && g->executor && g->form_arena && !g->lacks) || (g->rest.shown.on && g->rest.phase != REST_OPERATOR)); }

void guider_wish(struct guider *g) {
  struct guide_page *page = &g->console->app.guide;
  enum guide_wish wish = page->wish;
  page->wish = GUIDE_WISH_NONE;
  if (wish == GUIDE_WISH_FORM && page->words) take_form(g, page->words);
  else if (wish == GUIDE_WISH_REST) rest_begin(g);
  else if (wish == GUIDE_WISH_EXPORT && page->path) notes_export(g, page->path);
  else if (wish == GUIDE_WISH_HALT) rest_stop(g, "stopped by you; what runs ends by itself");
  guider_see(g);
}

/* ---- for the page ---- */

/* "Debian 12", "Rocky Linux 9.3". */
static const char *system_in(const struct survey *s, const char *host, struct arena *a) {
  const struct answer *os = survey_answer(s, host, "os");
  const char *at = os && os->out ? strstr(os->out, "PRETTY_NAME=") : NULL;
  if (!at) return NULL;
  at += strlen("PRETTY_NAME=");
  at += *at == '"';
  char *name = arena_strndup(a, at, strcspn(at, "\"\n(")), *gnu = strstr(name, " GNU/Linux");
  if (gnu) memmove(gnu, gnu + strlen(" GNU/Linux"), strlen(gnu + strlen(" GNU/Linux")) + 1);
  return name;
}

static const char *shown_secret(const void *owner, const struct guide_run *r) { return secret_of(owner, r->secret_from ? r->secret_from : r->secret); }

static struct guide_host host_seen(const struct guider *g, const char *name, struct arena *a) {
  struct guide_host h = {.name = name, .at = UNKNOWN_INT};
  for (size_t i = 0; i < g->last.survey.answers.count; i++) {
    const struct answer *q = &g->last.survey.answers.item[i];
    if (!str_eq(q->host, name)) continue;
    if (q->code != UNKNOWN_INT) h.answers = TRUTH_YES, h.at = g->answered_at;
    else if (h.answers == TRUTH_UNKNOWN) h.answers = TRUTH_NO, h.text = q->text;
  }
  if (h.answers == TRUTH_YES) h.text = NULL, h.system = system_in(&g->last.survey, name, a);
  for (size_t i = 0; g->now.asking && i < g->now.survey.answers.count && !h.asking; i++) {
    const struct answer *q = &g->now.survey.answers.item[i];
    h.asking = str_eq(q->host, name) && q->code == UNKNOWN_INT && !q->text;
  }
  return h;
}

static void put_hosts(const struct guider *g, struct guide_shown *s, struct arena *a) {
  static const char *const fields[] = {"kvm", "gluster"};
  struct texts names = {0};
  for (size_t i = 0; i < COUNT(fields); i++)
    for (size_t n = 0; n < value_count(&g->form, fields[i]); n++)
      if (!texts_have(&names, value_at(&g->form, fields[i], n))) texts_add(a, &names, value_at(&g->form, fields[i], n));
  struct guide_host *hosts = arena_array(a, names.count + 1, sizeof *hosts);
  for (size_t i = 0; i < names.count; i++) hosts[i] = host_seen(g, names.item[i], a);
  s->hosts = hosts;
  s->host_count = names.count;
}

void guider_input(struct guider *g, struct input *in) {
  if (!is_wanted(g) || !snap_of(g) || !g->form_arena) return;
  struct guide_shown *s = arena_alloc(in->arena, sizeof *s);
  *s = (struct guide_shown){.look = guider_look(g), .given = &g->given, .secret = shown_secret, .owner = g, .found = g->looked && g->book == guider_book(g) ? g->found : NULL, .found_age_ms = g->found_age, .lacks = g->lacks, .asking = g->now.asking != NULL, .partly = g->partly, .asked_at = g->partly ? g->asked_at : g->answered_at, .cannot = g->never,
                            .planned = g->plan.plan || g->plan.round.asking ? g->plan.step : 0, .plan = g->plan.plan, .planning = g->plan.round.asking != NULL, .says = g->plan.says, .left = g->plan.left, .rest = g->rest.shown};
  for (size_t i = 0; g->now.asking && i < g->now.survey.answers.count; i++) s->answered += g->now.survey.answers.item[i].code != UNKNOWN_INT || g->now.survey.answers.item[i].text;
  s->asked = g->now.survey.answers.count;
  if (is_shown(g)) put_hosts(g, s, in->arena);
  in->guide = s;
}

struct guider *guider_new(struct console *c, struct arguments *a) {
  struct guider *g = mem_alloc(sizeof *g);
  *g = (struct guider){.console = c, .asked_at = UNKNOWN_INT, .answered_at = UNKNOWN_INT, .ended_at = UNKNOWN_INT, .never = c->replay ? mem_strdup("this is a recording: there are no hosts to be asked") : NULL};
  g->beat = loop_timer(c->loop, -1, on_beat, g);
  g->soon = loop_timer(c->loop, -1, on_soon, g);
  char *state_dir = c->simulated || c->replay ? NULL : state_directory();
  notes_open(g, state_dir, c->simulated ? a->option[OPT_WORLD] : NULL);
  mem_free(state_dir);
  g->given_arena = arena_new();
  guide_notes_form(&g->notes.kept, &g->given, g->given_arena);
  if (!g->never) g->executor = c->simulated ? simulation_guide(a->simulation, c->loop) : executor_hosts(c->loop, &a->config);
  return g;
}

void guider_free(struct guider *g) {
  if (!g) return;
  round_drop(&g->now);
  round_drop(&g->last);
  drop_plan(g);
  rest_free(&g->rest);
  notes_free(&g->notes);
  for (size_t i = 0; i < g->secret_count; i++) forget(&g->secrets[i]);
  mem_free(g->secrets);
  executor_free(g->executor);
  timer_end(g->beat);
  timer_end(g->soon);
  arena_free(g->found_arena);
  arena_free(g->given_arena);
  arena_free(g->form_arena);
  mem_free(g->lacks);
  mem_free(g->ended);
  mem_free(g->never);
  mem_free(g);
}

const struct values *guider_form(const struct guider *g) { return g ? &g->given : NULL; }
