/* Several drills in order, in a window of time, by one confirmation. What is shown beforehand are the plans as they would be now; each is
 * made anew when its turn comes, and must be allowed then: the one before it may have moved what it is about. */
#include "ops/drill.h"
#include "ops/cluster_rows.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { OF_A_DAY = 86400 };

int64_t drill_until(const char *text, int64_t now) {
  time_t s = (time_t)(now / 1000);
  struct tm tm;
  int hour, minute, used = 0;
  if (!text || sscanf(text, "%2d:%2d%n", &hour, &minute, &used) != 2 || text[used] || hour < 0 || hour > 23 || minute < 0 || minute > 59) return UNKNOWN_INT;
  localtime_r(&s, &tm);
  tm.tm_hour = hour;
  tm.tm_min = minute;
  tm.tm_sec = 0;
  tm.tm_isdst = -1;
  time_t at = mktime(&tm);
  if (at <= s) tm.tm_mday++, tm.tm_isdst = -1, at = mktime(&tm);
  return at <= s || at > s + 2 * OF_A_DAY ? UNKNOWN_INT : (int64_t)at * 1000;
}

struct values drill_values(const struct drill *d, const struct values *all, struct arena *a) {
  struct values v = {0};
  for (const struct operation_argument *arg = d->operation.arguments; arg->name; arg++)
    for (size_t i = 0; i < value_count(all, arg->name); i++) values_add(a, &v, arg->name, value_at(all, arg->name, i), false);
  return v;
}

static void choose_drills(struct planning *p, struct texts *ret) {
  for (const struct drill *d = drills; d->operation.name; d++) texts_add(p->arena, ret, d->operation.name);
}

static const char *check_drill(struct planning *p, const char *value) { return drill_find(value) ? NULL : planf(p, "there is no drill %s", value); }
static const char *check_until(struct planning *p, const char *value) { return (void)p, drill_until(value, (int64_t)time(NULL) * 1000) == UNKNOWN_INT ? "it is to be a time of day, as 04:30" : NULL; }

/* What one of them needs, completed. False: something is missing. */
static bool complete(struct planning *p, const struct drill *d, struct values *v, struct err *e) {
  *v = drill_values(d, p->values, p->arena);
  struct planning one = {.operation = &d->operation, .snap = p->snap, .values = v, .survey = p->survey, .arena = p->arena};
  return !operation_complete(&one, v, e);
}

static void survey_window(struct planning *p) {
  struct values v;
  struct err e = {0};
  for (size_t i = 0; i < value_count(p->values, "drills"); i++) {
    const struct drill *d = drill_find(value_at(p->values, "drills", i));
    if (d && complete(p, d, &v, &e)) operation_survey(&d->operation, p->snap, &v, p->arena, p->survey);
  }
}

static void add_steps(struct planning *p, const struct plan *x) {
  int64_t before = (int64_t)p->plan->steps.count;
  for (size_t k = 0; k < x->steps.count; k++) {
    struct step *s = list_add(p->arena, &p->plan->steps, &step_shape);
    *s = x->steps.item[k];
    if (s->input_of != UNKNOWN_INT) s->input_of += before;
  }
}

static void plan_window(struct planning *p) {
  size_t count = value_count(p->values, "drills");
  if (count > DRILLS_IN_ORDER) return (void)refuse_always(p, "with fewer", "at most %d drills in order", DRILLS_IN_ORDER);
  for (size_t i = 0; i < count; i++) {
    const char *name = value_at(p->values, "drills", i);
    const struct drill *d = drill_find(name);
    struct values v;
    struct err e = {0};
    if (!d) return (void)refuse_always(p, "with a drill that is there", "there is no drill %s", name);
    if (!complete(p, d, &v, &e)) return (void)refuse_always(p, "when that is filled in", "%s: %s", name, e.text);
    const struct plan *x = operation_plan(&d->operation, p->snap, &v, p->survey, p->arena);
    if (x->allowed != TRUTH_YES) refuse_always(p, x->when, "%s of %s: %s", name, x->target ? x->target : "?", x->why);
    consequence(p, "%zu of %zu: %s of %s", i + 1, count, name, x->target ? x->target : "?");
    for (size_t k = 0; k < x->consequence.count; k++) consequence(p, "%s", x->consequence.item[k]);
    add_steps(p, x);
  }
  consequence(p, "each begins when the one before it has passed and is taken back; the first that does not pass ends it, and the rest is not begun");
  if (given(p, "until")) consequence(p, "none is begun that would last beyond %s, by what it took before", given(p, "until"));
  p->plan->target = planf(p, "%zu drills", count);
}

static const struct operation_argument arguments[] = {
    {.name = "drills", .title = "DRILL", .help = "which, in this order", .kind = ARG_NAME, .required = true, .list = true, .choices = choose_drills, .check = check_drill},
    {.name = "host", .title = "HOST", .help = "the node or host that those are about which hit one", .kind = ARG_HOST},
    {.name = "brick", .title = "HOST:/PATH", .help = "for brick-killed", .kind = ARG_BRICK},
    {.name = "resource", .title = "RESOURCE", .help = "for move-and-back: the domain's resource", .kind = ARG_RESOURCE},
    {.name = "to", .title = "NODE", .help = "for move-and-back: where it goes first", .kind = ARG_NODE},
    {.name = "hold", .title = "SECONDS", .help = "for how long what is held is held", .kind = ARG_NUMBER, .min = 5, .max = 600, .fallback = "20"},
    {.name = "until", .title = "HH:MM", .help = "the window ends then: none is begun that would last longer", .kind = ARG_TEXT, .check = check_until},
    {.name = NULL},
};

const struct operation drill_window = {.name = "drills-in-order", .title = "Drills in order", .target = TARGET_CLUSTER, .danger = 2, .arguments = arguments, .survey = survey_window, .plan = plan_window,
                                       .help = "Runs several drills one after the other, by one confirmation, in a window of maintenance."};
