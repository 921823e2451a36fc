#include "ops/cluster_rows.h"
#include <inttypes.h>
#include <stdarg.h>

/* ---- what must be known ---- */

bool cluster_told(struct planning *p) {
  if (!pacemaker_seen(p->snap)) {
    refuse_always(p, "when pacemaker is read again (the sources say why it is not)", "cannot tell how the cluster stands: what pacemaker says is missing or old");
    return false;
  }
  if (!cluster_host(p)) {
    refuse_always(p, "when a node is online", "no node of the cluster is online that could be told");
    return false;
  }
  if (p->snap->cluster.quorate != TRUTH_YES) refuse(p, "when the cluster has quorum", "the cluster has no quorum, and pacemaker starts nothing without");
  return true;
}

const struct resource_view *resource_told(struct planning *p, const char *id) {
  const struct resource_view *r = resource_seen(p->snap, id);
  if (!r) refuse_always(p, "when there is such a resource", "there is no resource %s", id);
  else if (r->stale.count) refuse_always(p, "when pacemaker is read again", "cannot tell how %s is: what pacemaker said is old", id);
  return r && !r->stale.count ? r : NULL;
}

const struct domain_view *domain_told(struct planning *p, const char *name) {
  const struct domain_view *d = snapshot_domain(p->snap, name);
  if (!d) refuse_always(p, "when libvirt knows it", "there is no domain %s", name);
  else if (d->stale.count || !d->state) refuse_always(p, "when libvirt of every host is read again (the sources say why it is not)", "cannot tell where %s runs: what is known is missing or old", name);
  return d && !d->stale.count && d->state ? d : NULL;
}

const struct domain_view *domain_of(const struct planning *p, const char *resource) { return snapshot_domain_of(p->snap, resource); }

const char *whole_of(const struct planning *p, const char *resource) {
  const struct resource_view *r = resource_seen(p->snap, resource);
  return r && r->parent ? r->parent : resource;
}

bool is_domain_resource(const struct resource_view *r) { return r->agent && str_ends(r->agent, ":VirtualDomain"); }

bool is_driven(const struct planning *p, const char *resource) {
  const struct resource_view *r = resource_seen(p->snap, resource);
  return !r || r->stale.count || r->managed != TRUTH_NO;
}

bool moves_live(const struct planning *p, const char *resource) {
  const struct resource_view *r = resource_seen(p->snap, resource);
  const char *allowed = resource_meta_seen(p->snap, resource, "allow-migrate");
  return r && is_domain_resource(r) && allowed && (str_eq(allowed, "true") || str_eq(allowed, "1") || str_eq(allowed, "yes") || str_eq(allowed, "on"));
}

const char *span(struct planning *p, int64_t ms) {
  if (ms >= 120000 && ms % 60000 == 0) return planf(p, "%" PRId64 " min", ms / 60000);
  return planf(p, "%" PRId64 " s", (ms + 999) / 1000);
}

const char *size_words(struct planning *p, int64_t bytes) {
  char text[SIZE_TEXT];
  return planf(p, "%s", str_size(text, bytes));
}

static int64_t limit_of(const struct planning *p, const char *resource, const char *op, int64_t otherwise) {
  int64_t ms = operation_timeout(p->snap, resource, op);
  return ms == UNKNOWN_INT || ms <= 0 ? otherwise : ms;
}

int64_t move_deadline(const struct planning *p, const char *resource) {
  int64_t cold = limit_of(p, resource, "stop", 90000) + limit_of(p, resource, "start", 90000);
  int64_t live = moves_live(p, resource) ? limit_of(p, resource, "migrate_to", 120000) + limit_of(p, resource, "migrate_from", 60000) : 0;
  return cold + live + 60000; /* a move that fails goes the cold way afterwards */
}

enum truth holds(const struct planning *p, const char *condition, ...) {
  struct condition c = {.name = condition};
  va_list ap;
  va_start(ap, condition);
  for (const char *w; (w = va_arg(ap, const char *));) texts_add(p->arena, &c.args, w);
  va_end(ap);
  return condition_holds(&c, p->snap, p->arena, NULL);
}

/* ---- consequences ---- */

void say_failed_stop(struct planning *p, const char *host) {
  struct texts all = resources_on(p->snap, host, p->arena);
  if (p->snap->cluster.fencing == TRUTH_YES && !all.count) consequence(p, "a stop that fails fences %s", host);
  else if (p->snap->cluster.fencing == TRUTH_YES) consequence(p, "a stop that fails fences %s, and all that it runs starts elsewhere (%s)", host, names_of(&all, p->arena));
  else consequence(p, "a stop that fails leaves its resource blocked on %s: fencing is off", host);
}

static void say_room(struct planning *p, const struct domain_view *d, const char *to) {
  const struct host_view *h = snapshot_host(p->snap, to);
  if (!h || h->memory == UNKNOWN_INT || h->memory_used == UNKNOWN_INT || d->memory == UNKNOWN_INT || h->memory_used + d->memory <= h->memory) return;
  int64_t left = h->memory > h->memory_used ? h->memory - h->memory_used : 0;
  consequence(p, "%s has %s of memory left, %s may take %s", h->name, size_words(p, left), d->name, size_words(p, d->memory));
}

static void say_pace(struct planning *p, const char *resource, const struct domain_view *d) {
  int64_t limit = operation_timeout(p->snap, resource, "migrate_to");
  if (limit == UNKNOWN_INT || limit <= 0 || d->memory == UNKNOWN_INT) return;
  consequence(p, "pacemaker gives the move %s: %s of memory want more than %s a second; if it takes longer, %s is stopped and started instead", span(p, limit), size_words(p, d->memory), size_words(p, d->memory / (limit / 1000 + 1)), d->name);
}

void say_move(struct planning *p, const char *resource, const char *from, const char *to) {
  const struct domain_view *d = domain_of(p, resource);
  const struct resource_view *r = resource_seen(p->snap, resource);
  bool live = moves_live(p, resource);
  if (live) consequence(p, "%s moves live from %s to %s: it runs on, and stands still for about half a second", resource, from, to);
  else consequence(p, "%s is stopped on %s and started on %s: it is down for as long as the two take", resource, from, to);
  if (r && r->parent) consequence(p, "%s is part of %s: pacemaker moves all of it", resource, r->parent);
  if (d) say_room(p, d, to);
  if (d && live) say_pace(p, resource, d);
  struct texts all = resources_on(p->snap, from, p->arena), rest = {0};
  for (size_t i = 0; i < all.count; i++)
    if (!str_eq(all.item[i], resource)) texts_add(p->arena, &rest, all.item[i]);
  consequence(p, "%s keeps %s", from, names_of(&rest, p->arena));
}

void say_leftovers(struct planning *p, const char *resource, const char *but) {
  for (size_t i = 0; i < p->snap->constraints.count; i++) {
    const struct constraint_view *c = &p->snap->constraints.item[i];
    if (c->from_move != TRUTH_YES || (resource && !str_eq(c->resource, resource)) || (but && str_eq(c->resource, but))) continue;
    bool ban = str_starts(c->id, "cli-ban-");
    consequence(p, "an earlier %s is still there: %s %s %s %s", ban ? "ban" : "move", c->id, ban ? "keeps" : "binds", c->resource, planf(p, ban ? "away from %s" : "to %s", c->host ? c->host : "a node"));
  }
}

/* ---- steps ---- */

struct step *crm_meta(struct planning *p, const char *resource, const char *say, const char *name, const char *value) {
  const char *host = cluster_host(p);
  struct step *s = value ? step_run(p, host, say, "crm_resource", "-r", resource, "-m", "-p", name, "-v", value, NULL)
                         : step_run(p, host, say, "crm_resource", "-r", resource, "-m", "-d", name, NULL);
  s->harmless = TRUTH_YES;
  return s;
}

struct step *crm_clear(struct planning *p, const char *resource, const char *host) {
  struct step *s = step_run(p, cluster_host(p), planf(p, "take away the constraint of the move of %s", resource), "crm_resource", "-U", "-r", resource, NULL);
  if (host) step_word(p, s, "-N"), step_word(p, s, "%s", node_name(p->snap, host));
  already_when(p, s, "no-constraint-of", resource, host, NULL);
  s->harmless = TRUTH_YES;
  return s;
}

void move_resource(struct planning *p, const char *resource, const char *to, bool clear) {
  const char *node = node_name(p->snap, to), *whole = whole_of(p, resource);
  const struct domain_view *d = domain_of(p, resource);
  struct step *s = step_run(p, cluster_host(p), planf(p, "tell pacemaker that %s belongs on %s", whole, to), "crm_resource", "-M", "-r", whole, "-N", node, NULL);
  undo_by(p, s, "crm_resource", "-U", "-r", whole, "-N", node, NULL);
  already_when(p, s, "resource-on", resource, to, NULL);
  still_when(p, s, "node-online", to, NULL);
  step_good(p, s, 1, "already exists");
  step_good(p, s, 108, "already exists");
  s->harmless = TRUTH_YES;
  step_wait(p, move_deadline(p, resource), planf(p, "until it is started on %s", to), "resource-on", resource, to, NULL);
  if (clear) crm_clear(p, whole, NULL);
  verify_that(p, "resource-on", resource, to, NULL);
  if (d) verify_that(p, "domain-runs-on", d->name, to, NULL);
  if (clear) verify_that(p, "no-constraint-of", whole, NULL);
}

void propose_other_node(struct planning *p, struct texts *ret) {
  const char *resource = given(p, "resource"), *domain = given(p, "domain");
  const struct domain_view *d = domain ? snapshot_domain(p->snap, domain) : NULL;
  if (d && d->resource) resource = d->resource;
  const struct resource_view *r = resource ? resource_seen(p->snap, resource) : NULL;
  const struct texts *on = r ? &r->hosts : d ? &d->hosts : NULL;
  struct texts nodes = nodes_online(p->snap, p->arena);
  for (size_t i = 0; i < nodes.count; i++) {
    bool sure;
    if (on && texts_have(on, nodes.item[i])) continue;
    if (!resource || placement_score(p->snap, resource, nodes.item[i], true, &sure) > -SCORE_INFINITE) texts_add(p->arena, ret, nodes.item[i]);
  }
}

/* The mode is there before anything is in it. Not /dev/stdin: what ssh connects there cannot be opened by name. */
void step_file(struct planning *p, const char *host, const char *path, const char *mode, const char *what) {
  struct step *s = step_run(p, host, planf(p, "make an empty file for %s", what), "install", "-m", mode, "/dev/null", path, NULL);
  undo_by(p, s, "rm", "-f", path, NULL);
  s->harmless = TRUTH_YES;
}

/* ---- pcs ---- */

void ask_pcs(struct planning *p, const char *host) { ask(p, host, "pcs"); }

int64_t pcs_of(struct planning *p, const char *host) {
  const char *text = answered(p, host, "pcs");
  const struct answer *a = survey_answer(p->survey, host, "pcs");
  int64_t version = text ? version_of(text) : 0;
  if (version >= 9) return version > 12 ? 12 : version;
  if (a && a->code == UNKNOWN_INT) refuse_always(p, planf(p, "when commands can be run on %s", host), "%s could not be asked for its pcs: %s", host, a->text && *a->text ? a->text : "no answer");
  else refuse_always(p, planf(p, "when pcs is installed on %s (host-prepare does it)", host), "pcs on %s is not there, or of a version that cannot be read", host);
  return 0;
}
