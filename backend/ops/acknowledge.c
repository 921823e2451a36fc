/* Problems: an operator says that one is known, in the CIB, where every console reads it. crm_attribute into a property
 * set of our own, which pacemaker ignores: one syntax from 1.1 to 3.x, and it quotes by itself. */
#include "base/clock.h"
#include "base/utf8.h"
#include "ops/cluster_rows.h"
#include <string.h>

enum { QUARTER_MS = 15 * 60000, REMOVED_MAX = 20 };

/* "4h" in ms; 0: it is none. */
static int64_t how_long(const char *v) {
  static const struct { char unit; int64_t ms; } units[] = {{'m', 60000}, {'h', 3600000}, {'d', 86400000}};
  char digits[8];
  int64_t n;
  size_t len = strlen(v);
  if (len < 2 || len > sizeof digits) return 0;
  memcpy(digits, v, len - 1);
  digits[len - 1] = 0;
  for (size_t i = 0; i < COUNT(units); i++)
    if (v[len - 1] == units[i].unit && !str_int(digits, 1, 10080, &n) && n * units[i].ms <= (int64_t)7 * 86400000) return n * units[i].ms;
  return 0;
}

static const char *check_duration(struct planning *p, const char *value) {
  (void)p;
  return how_long(value) ? NULL : "it is to be a time, as in 30m, 4h or 2d, of 7 d at most";
}

/* Everybody who reads the cluster's configuration reads it, feeds and recordings too; and the console itself passes nothing
 * on that looks like a secret. */
static bool like_secret(const char *v) {
  static const char *const words[] = {"passw", "passphrase", "secret", "token"};
  for (size_t i = 0; i < COUNT(words); i++)
    if (strcasestr(v, words[i]) && strpbrk(v, "=:")) return true;
  return strstr(v, "://") && strchr(v, '@');
}

static const char *check_text(struct planning *p, const char *value) {
  size_t used;
  if (strlen(value) > ACKNOWLEDGED_TEXT_MAX) return planf(p, "it is to be of %d bytes at most", (int)ACKNOWLEDGED_TEXT_MAX);
  for (size_t len = strlen(value); len; value += used, len -= used)
    if (utf8_hostile(utf8_next(value, len, &used)) || (used == 1 && (unsigned char)*value >= 0x80)) return "it holds what no terminal shows";
  return NULL;
}

static const char *check_reason(struct planning *p, const char *value) {
  return like_secret(value) ? "it looks like a secret, and everybody reads it" : check_text(p, value);
}

static void propose_who(struct planning *p, struct texts *ret) {
  const char *who = p->snap->who;
  if (who) texts_add(p->arena, ret, arena_strndup(p->arena, who, strcspn(who, ",")));
}

/* Of "ID:SUBJECT"; NULL: no such problem stands now. */
static const struct problem *problem_of(struct planning *p, const char *name) {
  for (size_t i = 0; i < p->snap->problems.count; i++) {
    const struct problem *b = &p->snap->problems.item[i];
    if (str_eq(planf(p, "%s:%s", b->id, b->subject ? b->subject : ""), name)) return b;
  }
  return NULL;
}

static struct step *step_remove(struct planning *p, const char *key, const char *say) {
  struct step *s = step_run(p, cluster_host(p), say, "crm_attribute", "-t", "crm_config", "-s", ACKNOWLEDGED_SET, "-n", key, "-D", NULL);
  step_good(p, s, 105, NULL); /* it is not there */
  s->harmless = TRUTH_YES;
  return s;
}

/* What is over, or cannot be read, or muted more than we ever write, goes when the next one comes. */
static void remove_old(struct planning *p, const char *but) {
  const struct snapshot *s = p->snap;
  for (size_t i = 0, removed = 0; i < s->acknowledgements.count && removed < REMOVED_MAX; i++) {
    const struct acknowledgement *k = &s->acknowledgements.item[i];
    if (acknowledged_holds(k, s->at) || str_eq(k->key, but)) continue;
    step_remove(p, k->key, k->problem ? planf(p, "take away what is over: %s of %s", k->problem, k->subject ? k->subject : "the cluster") : "take away one that cannot be read");
    removed++;
  }
}

static void plan_acknowledge(struct planning *p) {
  const char *name = given(p, "problem");
  const struct problem *b = cluster_told(p) ? problem_of(p, name) : NULL;
  char key[ACKNOWLEDGED_KEY], when[CLOCK_TEXT];
  CLEANUP(str_free) struct str value = {0};
  if (!b) {
    if (!refused(p)) refuse_always(p, "when it stands", "there is no problem %s", name);
    return;
  }
  /* To the full quarter of an hour: the plan that is confirmed and the one made again right before it runs are the same. */
  int64_t until = p->snap->at + how_long(given(p, "for"));
  until += (QUARTER_MS - until % QUARTER_MS) % QUARTER_MS;
  struct acknowledgement k = {.problem = b->id, .subject = b->subject, .by = given(p, "by"), .text = given(p, "text"), .until = until};
  acknowledged_write(&k, &value);
  if (value.len > ACKNOWLEDGED_VALUE_MAX) refuse_always(p, "with a shorter text", "what would be kept is longer than consoles read");
  acknowledged_key(key, b->id, b->subject);
  consequence(p, "until %s every console and every feed of this cluster says beside it: known by %s, \"%s\"", clock_rfc3339(when, until), k.by, k.text);
  consequence(p, "it still counts for the cluster's health; wall screens neither ring nor flash for it, also when it ends and comes back before then");
  if (b->acknowledged) consequence(p, "it takes the place of the acknowledgement of %s, \"%s\"", b->acknowledged->by, b->acknowledged->text);
  struct step *s = step_run(p, cluster_host(p), "write it into the cluster's configuration", "crm_attribute", "-t", "crm_config", "-s", ACKNOWLEDGED_SET, "-n", key, "-v", str_text(&value), NULL);
  undo_by(p, s, "crm_attribute", "-t", "crm_config", "-s", ACKNOWLEDGED_SET, "-n", key, "-D", NULL);
  s->harmless = TRUTH_YES;
  remove_old(p, key);
  verify_that(p, "problem-acknowledged", name, NULL);
}

static void plan_unacknowledge(struct planning *p) {
  const char *name = given(p, "problem"), *colon = strchr(name, ':');
  char key[ACKNOWLEDGED_KEY];
  if (!cluster_told(p)) return;
  acknowledged_key(key, arena_strndup(p->arena, name, colon ? (size_t)(colon - name) : strlen(name)), colon && colon[1] ? colon + 1 : NULL);
  if (holds(p, "problem-acknowledged", name, NULL) != TRUTH_YES) refuse_always(p, "when somebody has acknowledged it", "%s is not acknowledged", name);
  consequence(p, "%s counts as new again for wall screens, if it still stands", name);
  step_remove(p, key, "take it out of the cluster's configuration");
  remove_old(p, key);
  verify_that(p, "problem-unacknowledged", name, NULL);
}

/* Also of problems that do not stand any more. */
static void choose_acknowledged(struct planning *p, struct texts *ret) {
  for (size_t i = 0; i < p->snap->acknowledgements.count; i++) {
    const struct acknowledgement *k = &p->snap->acknowledgements.item[i];
    if (acknowledged_holds(k, p->snap->at)) texts_add(p->arena, ret, planf(p, "%s:%s", k->problem, k->subject ? k->subject : ""));
  }
}

static bool is_acknowledged(const struct snapshot *s, const char *name) {
  for (size_t i = 0; i < s->problems.count; i++) {
    const struct problem *b = &s->problems.item[i];
    size_t len = strlen(b->id);
    if (b->acknowledged && !strncmp(name, b->id, len) && name[len] == ':' && str_eq(name + len + 1, b->subject ? b->subject : "")) return true;
  }
  return false;
}

#define PROBLEM(choices_) {.name = "problem", .title = "ID:SUBJECT", .help = "which problem, as in brick-down:node2:/data (kvmconsole status shows them)", .kind = ARG_PROBLEM, .required = true, .choices = choices_}

static const struct operation_argument acknowledge_arguments[] = {
    PROBLEM(NULL),
    {.name = "text", .title = "TEXT", .help = "what is known of it, for whoever looks next: \"new disk comes on Tuesday\"", .kind = ARG_TEXT, .required = true, .check = check_reason},
    {.name = "for", .title = "TIME", .help = "how long it counts: 30m, 4h, 2d, at most 7d; up to the full quarter of an hour", .kind = ARG_TEXT, .fallback = "4h", .check = check_duration},
    {.name = "by", .title = "NAME", .help = "who says so", .kind = ARG_TEXT, .required = true, .propose = propose_who, .check = check_text},
    {.name = NULL},
};
static const struct operation_argument unacknowledge_arguments[] = {PROBLEM(choose_acknowledged), {.name = NULL}};

const struct operation problem_operations[] = {
    {.name = "problem-acknowledge", .title = "Acknowledge the problem", .target = TARGET_PROBLEM, .danger = 1, .flags = OP_NO_LOCK, .arguments = acknowledge_arguments, .plan = plan_acknowledge,
     .help = "Says to all consoles and wall screens that somebody knows of it, with a text and for how long. Nothing is mended by it, and the cluster's health stays what it is."},
    {.name = "problem-unacknowledge", .title = "Take the acknowledgement back", .target = TARGET_PROBLEM, .danger = 1, .flags = OP_NO_LOCK, .arguments = unacknowledge_arguments, .plan = plan_unacknowledge, .fits = is_acknowledged,
     .help = "The problem counts as one that nobody knows of."},
    {.name = NULL},
};
