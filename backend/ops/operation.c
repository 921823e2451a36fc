/* The table of operations as others see it: found, given values, checked, surveyed, planned. */
#include "ops/operation.h"
#include "ops/verdict.h"
#include "analysis/seen.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

const char *const target_kind_names[] = {"cluster", "host", "node", "peer", "volume", "brick", "domain", "resource", "device", "copy", "problem", NULL};
const struct operation *const operation_groups[] = {host_operations, gluster_operations, brick_operations, cluster_operations, domain_operations, resource_operations, node_operations, copy_operations, problem_operations, guide_operations, book_operations, NULL};

bool only_by_name(const struct snapshot *s, const char *target) { return (void)s, (void)target, false; }

/* The last group: a part of the table, and as constant as the others once the configuration has been read. */
static const struct operation *own_rows;

void operations_own(const struct operation *rows) { own_rows = rows; }

const struct operation *operation_at(size_t n) {
  for (size_t g = 0; operation_groups[g]; g++)
    for (const struct operation *o = operation_groups[g]; o->name; o++)
      if (!n--) return o;
  for (const struct operation *o = own_rows; o && o->name; o++)
    if (!n--) return o;
  return NULL;
}

const struct operation *operation_find(const char *name) {
  const struct operation *o;
  for (size_t i = 0; (o = operation_at(i)) != NULL; i++)
    if (str_eq(o->name, name)) return o;
  return NULL;
}

const struct operation_argument *operation_argument(const struct operation *o, const char *name) {
  for (const struct operation_argument *arg = o->arguments; arg && arg->name; arg++)
    if (str_eq(arg->name, name)) return arg;
  return NULL;
}

static struct planning planning_of(const struct operation *o, const struct snapshot *s, const struct values *v, struct survey *survey, struct plan *plan, struct arena *a) {
  return (struct planning){.operation = o, .snap = s, .values = v, .survey = survey, .plan = plan, .arena = a};
}

/* ---- what may be chosen ---- */

static void add_hosts(struct planning *p, struct texts *ret, bool (*fits)(const struct host_view *h)) {
  for (size_t i = 0; i < p->snap->hosts.count; i++)
    if (fits(&p->snap->hosts.item[i])) texts_add(p->arena, ret, p->snap->hosts.item[i].name);
}

static bool any_host(const struct host_view *h) { return h->name != NULL; }
static bool a_node(const struct host_view *h) { return h->membership || h->pacemaker; }
static bool a_peer(const struct host_view *h) { return h->peer != PEER_UNKNOWN; }

static void add_words(struct planning *p, struct texts *ret, const char *words) {
  while (words && *words) {
    size_t n = strcspn(words, " ");
    texts_add(p->arena, ret, arena_strndup(p->arena, words, n));
    words += n;
    words += strspn(words, " ");
  }
}

static void add_bricks(struct planning *p, struct texts *ret) {
  for (size_t v = 0; v < p->snap->volumes.count; v++)
    for (size_t b = 0; b < p->snap->volumes.item[v].bricks.count; b++) {
      const struct brick_view *k = &p->snap->volumes.item[v].bricks.item[b];
      texts_add(p->arena, ret, planf(p, "%s:%s", k->host, k->path));
    }
}

static void add_resources(struct planning *p, struct texts *ret, bool devices) {
  for (size_t i = 0; i < p->snap->resources.count; i++) {
    const struct resource_view *r = &p->snap->resources.item[i];
    if (is_fence_device(r) == devices && (!r->instance || !texts_have(ret, r->id))) texts_add(p->arena, ret, r->id);
  }
}

void operation_choices(struct planning *p, const struct operation_argument *arg, struct texts *ret) {
  const struct snapshot *s = p->snap;
  *ret = (struct texts){0};
  if (arg->choices) {
    arg->choices(p, ret);
    return;
  }
  switch (arg->kind) {
  case ARG_HOST: add_hosts(p, ret, any_host); break;
  case ARG_NODE: add_hosts(p, ret, a_node); break;
  case ARG_PEER: add_hosts(p, ret, a_peer); break;
  case ARG_BRICK: add_bricks(p, ret); break;
  case ARG_RESOURCE: add_resources(p, ret, false); break;
  case ARG_DEVICE: add_resources(p, ret, true); break;
  case ARG_YES: add_words(p, ret, "yes no"); break;
  case ARG_CHOICE: add_words(p, ret, arg->words); break;
  case ARG_VOLUME:
    for (size_t i = 0; i < s->volumes.count; i++) texts_add(p->arena, ret, s->volumes.item[i].name);
    break;
  case ARG_DOMAIN:
    for (size_t i = 0; i < s->domains.count; i++) texts_add(p->arena, ret, s->domains.item[i].name);
    break;
  case ARG_PROBLEM:
    for (size_t i = 0; i < s->problems.count; i++) texts_add(p->arena, ret, planf(p, "%s:%s", s->problems.item[i].id, s->problems.item[i].subject ? s->problems.item[i].subject : ""));
    break;
  case ARG_CONSTRAINT:
    for (size_t i = 0; i < s->constraints.count; i++) texts_add(p->arena, ret, s->constraints.item[i].id);
    break;
  default: break;
  }
}

/* ---- what a value may be ---- */

static const char *const name_letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

/* A host's name or address: what ssh, gluster and pcs take, and no option of theirs. */
static bool is_host(const char *v) {
  return *v && *v != '-' && *v != '.' && strlen(v) < 254 && v[strspn(v, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-:")] == '\0';
}

static bool has_control(const char *v) {
  for (; *v; v++)
    if ((unsigned char)*v < ' ' || *v == 127) return true;
  return false;
}

static bool is_path(const char *v) { return *v == '/' && strlen(v) < 4096 && !strstr(v, "/../") && !str_ends(v, "/.."); }

static bool is_brick(const char *v) {
  const char *colon = strstr(v, ":/");
  char host[256];
  if (!colon || colon - v >= (ptrdiff_t)sizeof host) return false;
  snprintf(host, sizeof host, "%.*s", (int)(colon - v), v);
  return is_host(host) && is_path(colon + 1);
}

static const char *check_number(struct planning *p, const struct operation_argument *arg, int64_t n, bool size) {
  if (!arg->min && !arg->max) return NULL;
  if (n >= arg->min && (!arg->max || n <= arg->max)) return NULL;
  char low[SIZE_TEXT], high[SIZE_TEXT];
  if (size) return planf(p, "it is to be from %s to %s", str_size(low, arg->min), str_size(high, arg->max));
  return planf(p, "it is to be a number from %lld to %lld", (long long)arg->min, (long long)arg->max);
}

static bool must_exist(enum argument_kind k) {
  return k == ARG_NODE || k == ARG_PEER || k == ARG_VOLUME || k == ARG_DOMAIN || k == ARG_RESOURCE || k == ARG_CONSTRAINT || k == ARG_DEVICE || k == ARG_PROBLEM || k == ARG_CHOICE || k == ARG_YES;
}

static const char *check_choice(struct planning *p, const struct operation_argument *arg, const char *value) {
  struct texts may;
  CLEANUP(str_free) struct str list = {0};
  operation_choices(p, arg, &may);
  if (texts_have(&may, value)) return NULL;
  /* Nodes and peers may be given by another of their names. */
  const struct host_view *h = arg->kind == ARG_NODE || arg->kind == ARG_PEER ? snapshot_host(p->snap, value) : NULL;
  if (h && texts_have(&may, h->name)) return NULL;
  for (size_t i = 0; i < may.count && i < 12; i++) str_addf(&list, "%s%s", i ? ", " : "", may.item[i]);
  if (may.count > 12) str_add(&list, ", ...");
  return may.count ? planf(p, "there is no %s; there is: %s", value, str_text(&list)) : planf(p, "there is no %s, and none at all that is known", value);
}

static const char *check_kind(struct planning *p, const struct operation_argument *arg, const char *value) {
  int64_t n;
  if (arg->kind != ARG_SECRET && has_control(value)) return "it holds a control character";
  if (must_exist(arg->kind)) return check_choice(p, arg, value);
  switch (arg->kind) {
  case ARG_NAME:
    return *value != '-' && *value != '.' && strlen(value) < 128 && value[strspn(value, name_letters)] == '\0' ? NULL
                                                                                                           : "a name has letters, digits and . _ -, and begins with none of - and .";
  case ARG_HOST: return is_host(value) ? NULL : "it is to be a host's name or address";
  case ARG_BRICK: return is_brick(value) ? NULL : "a brick is written HOST:/PATH";
  case ARG_PATH: return is_path(value) ? NULL : "it is to be an absolute path";
  case ARG_FILE: return is_path(value + (*value == '@')) ? NULL : "it is to be @ and the absolute path of a file";
  case ARG_NUMBER: return str_int(value, INT64_MIN, INT64_MAX, &n) ? "it is to be a number" : check_number(p, arg, n, false);
  case ARG_SIZE: return (n = value_bytes(value)) < 0 ? "it is to be a size, as in 512M or 10G" : check_number(p, arg, n, true);
  case ARG_OPTION: return strchr(value, '=') && *value != '=' && *value != '-' ? NULL : "it is to be KEY=VALUE";
  default: return NULL;
  }
}

const char *operation_check(struct planning *p, const struct operation_argument *arg, const char *value) {
  if (!value || !*value) return arg->required ? "it is needed" : NULL;
  const char *wrong = check_kind(p, arg, value);
  return wrong || !arg->check ? wrong : arg->check(p, value);
}

/* ---- values ---- */

static int take_word(const struct operation *o, const char *word, struct arena *a, struct values *ret, struct err *e) {
  const char *equals = strchr(word, '=');
  if (!equals || equals == word) return err_set(e, -EINVAL, "write it as key=value", "%s: %s is no argument", o->name, word);
  const char *name = arena_strndup(a, word, (size_t)(equals - word));
  if (!strcmp(name, "force")) {
    if (strcmp(equals + 1, "yes") && strcmp(equals + 1, "no")) return err_set(e, -EINVAL, "", "%s: force is yes or no", o->name);
    values_set(a, ret, name, equals + 1, false);
    return 0;
  }
  const struct operation_argument *arg = operation_argument(o, name);
  if (!arg) {
    CLEANUP(str_free) struct str known = {0};
    for (const struct operation_argument *k = o->arguments; k && k->name; k++) str_addf(&known, "%s%s", known.len ? ", " : "", k->name);
    return err_set(e, -EINVAL, known.len ? "see 'kvmconsole list operations'" : "it takes none", "%s has no argument %s (it has: %s)", o->name, name, known.len ? str_text(&known) : "none");
  }
  if (arg->kind == ARG_SECRET) return err_set(e, -EINVAL, "write key=@FILE or key=@-, or leave it out and be asked", "%s: %s is a secret and is not written among the arguments", o->name, name);
  if (!arg->list && value_of_name(ret, name)) return err_set(e, -EINVAL, "give it once", "%s: %s is given twice", o->name, name);
  values_add(a, ret, name, equals + 1, false);
  return 0;
}

static void propose(struct planning *p, struct values *v, const struct operation_argument *arg) {
  struct texts proposed = {0};
  if (value_of_name(v, arg->name)) return;
  if (arg->fallback) values_add(p->arena, v, arg->name, arg->fallback, false);
  else if (arg->propose) arg->propose(p, &proposed);
  for (size_t i = 0; i < proposed.count && (arg->list || !i); i++) values_add(p->arena, v, arg->name, proposed.item[i], arg->kind == ARG_SECRET);
}

int operation_complete(struct planning *p, struct values *v, struct err *e) {
  const struct operation *o = p->operation;
  p->values = v;
  for (const struct operation_argument *arg = o->arguments; arg && arg->name; arg++) {
    propose(p, v, arg);
    size_t n = value_count(v, arg->name);
    if (!n && arg->required) return err_set(e, -EINVAL, arg->help, "%s: %s= is missing", o->name, arg->name);
    for (size_t i = 0; i < n; i++) {
      const char *value = value_at(v, arg->name, i), *wrong = operation_check(p, arg, value);
      if (wrong && arg->kind == ARG_SECRET) return err_set(e, -EINVAL, "", "%s: %s: %s", o->name, arg->name, wrong);
      if (wrong) return err_set(e, -EINVAL, "", "%s: %s=%s: %s", o->name, arg->name, value, wrong);
    }
  }
  return 0;
}

int operation_values(const struct operation *o, const struct snapshot *s, const char *const *words, size_t count, struct arena *a, struct values *ret, struct err *e) {
  struct planning p = planning_of(o, s, ret, NULL, NULL, a);
  for (size_t i = 0; i < count; i++) {
    int code = take_word(o, words[i], a, ret, e);
    if (code) return code;
  }
  return operation_complete(&p, ret, e);
}

int operation_take(const struct operation *o, const struct snapshot *s, const char *const *words, size_t count, struct arena *a, struct values *ret, struct err *e) {
  struct planning p = planning_of(o, s, ret, NULL, NULL, a);
  for (size_t i = 0; i < count; i++) {
    int code = take_word(o, words[i], a, ret, e);
    if (code) return code;
  }
  for (size_t i = 0; i < ret->list.count; i++) {
    const struct value *v = &ret->list.item[i];
    const struct operation_argument *arg = operation_argument(o, v->name);
    const char *wrong = arg ? operation_check(&p, arg, v->text) : NULL;
    if (wrong) return err_set(e, -EINVAL, "", "%s: %s=%s: %s", o->name, v->name, v->secret ? "..." : v->text, wrong);
  }
  return 0;
}

/* ---- survey and plan ---- */

void operation_survey(const struct operation *o, const struct snapshot *s, const struct values *v, struct arena *a, struct survey *ret) {
  struct planning p = planning_of(o, s, v, ret, NULL, a);
  if (o->survey) o->survey(&p);
}

static const char *target_of(const struct operation *o, const struct values *v) {
  return o->target == TARGET_CLUSTER || !o->arguments ? NULL : value_of_name(v, o->arguments[0].name);
}

static bool is_host_kind(enum target_kind k) { return k == TARGET_HOST || k == TARGET_NODE || k == TARGET_PEER; }

static void refuse_own_host(struct planning *p, const char *target) {
  const struct host_view *h = target && is_host_kind(p->operation->target) ? snapshot_host(p->snap, target) : NULL;
  const char *other = NULL;
  if (!(p->operation->flags & OP_NOT_OWN_HOST) || !h || h->here != TRUTH_YES) return;
  for (size_t i = 0; i < p->snap->hosts.count && !other; i++)
    if (p->snap->hosts.item[i].here != TRUTH_YES && p->snap->hosts.item[i].membership == MEMBERSHIP_MEMBER) other = p->snap->hosts.item[i].name;
  refuse_always(p, other ? planf(p, "when it is run on %s", other) : "when it is run on another host", "%s is the host that this console runs on: it would end itself half way", h->name);
}

struct plan *operation_plan(const struct operation *o, const struct snapshot *s, const struct values *v, const struct survey *answers, struct arena *a) {
  struct survey none = {0}, given_answers = answers ? *answers : none;
  struct plan *plan = arena_alloc(a, sizeof *plan);
  shape_init(&plan_shape, plan);
  struct planning p = planning_of(o, s, v, &given_answers, plan, a);
  const char *target = target_of(o, v);
  plan->schema = 1;
  plan->operation = o->name;
  plan->title = o->title;
  plan->target = target ? arena_strdup(a, target) : NULL;
  plan->allowed = TRUTH_YES;
  plan->danger = o->danger;
  plan->verify_ms = 60000;
  plan->lock = truth_of(!(o->flags & OP_NO_LOCK));
  plan->gluster = truth_of(o->flags & OP_GLUSTER);
  refuse_own_host(&p, target);
  o->plan(&p);
  /* What it is about has gone since it was chosen: a plan of nothing would be verified at once. */
  if (!refused(&p) && !plan->steps.count && !plan->consequence.count) refuse_always(&p, "when it is known again", "nobody tells of %s now", target ? target : "what it is about");
  verdict_add(&p);
  /* What is typed to confirm: the target; without one, or where it is a path, the cluster's name. */
  plan->confirm = plan->target && o->target != TARGET_COPY ? plan->target : s->cluster.name ? arena_strdup(a, s->cluster.name) : "cluster";
  if (plan->allowed == TRUTH_YES) plan->forcible = TRUTH_UNKNOWN;
  return plan;
}
