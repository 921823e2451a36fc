/* What the guide's books for bad days have in common: hosts that are silent, bricks, heals, nodes, domains by priority, the health
 * of all. */
#include "ops/book_parts.h"
#include "model/problem.h"
#include "analysis/fences.h"
#include <stdlib.h>
#include <string.h>

/* ---- hosts ---- */

void alive_ask(struct planning *p) {
  struct texts all = all_hosts(p);
  for (size_t i = 0; i < all.count; i++) ask_command(p, all.item[i], "alive", "true", NULL);
}

bool is_silent(const struct planning *p, const char *host) {
  const struct answer *q = survey_answer(p->survey, host, "alive");
  return q && q->code == UNKNOWN_INT;
}

bool done_without(const struct planning *p, const char *host) {
  struct texts without = given_list(p, GUIDE_WITHOUT);
  return texts_have(&without, host) && is_silent(p, host);
}

struct planning present_of(struct planning *p, struct values *ret_values) {
  struct planning q = *p;
  *ret_values = (struct values){0};
  for (size_t i = 0; i < p->values->list.count; i++) {
    const struct value *v = &p->values->list.item[i];
    bool host = str_eq(v->name, "kvm") || str_eq(v->name, "gluster");
    if (!host || !done_without(p, v->text)) values_add(p->arena, ret_values, v->name, v->text, v->secret);
  }
  q.values = ret_values;
  return q;
}

/* ---- what is wrong ---- */

const struct problem *problem_of(const struct snapshot *s, const char *ids) {
  for (size_t i = 0; i < s->problems.count; i++)
    if (str_listed(ids, ' ', s->problems.item[i].id)) return &s->problems.item[i];
  return NULL;
}

const char *called_by(struct planning *p, const char *ids) {
  const struct problem *x = problem_of(p->snap, ids);
  return x ? x->text : NULL;
}

static void put_problem(struct planning *p, struct guide_checking *c, const struct problem *x) {
  const struct operation *o = x->operation ? operation_find(x->operation) : NULL;
  const char *text = o ? planf(p, "%s (mended by %s)", x->text, o->name) : x->text;
  if (problem_kind_find(x->id) && problem_kind_find(x->id)->effect == HEALTH_UNKNOWN) seen_unclear(p, c, NULL, "%s", text);
  else seen_bad(p, c, NULL, "%s", text);
}

void check_well(struct planning *p, struct guide_checking *c, const char *ids) {
  size_t n = 0, others = 0;
  for (size_t i = 0; i < p->snap->problems.count; i++) {
    const struct problem *x = &p->snap->problems.item[i];
    const struct problem_kind *k = problem_kind_find(x->id);
    if (!k || k->effect == HEALTH_HEALTHY) continue;
    if (!ids || str_listed(ids, ' ', x->id) || k->effect == HEALTH_OUTAGE || k->effect == HEALTH_UNKNOWN) n++, put_problem(p, c, x);
    else others++;
  }
  if (n) return;
  if (others) seen_good(p, c, NULL, "none of what this book is about stands any more; %zu other problem%s do%s (see problems)", others, others == 1 ? "" : "s", others == 1 ? "es" : "");
  else if (p->snap->health == HEALTH_HEALTHY) seen_good(p, c, NULL, "the cluster is healthy");
  else seen_unclear(p, c, NULL, "the health of the cluster is not known");
}

/* ---- bricks, volumes, heals ---- */

static bool is_started(const struct volume_view *v) { return str_eq(v->status, "started"); }

void check_bricks(struct planning *p, struct guide_checking *c) {
  struct texts store = store_hosts(p);
  for (size_t i = 0; i < store.count; i++)
    if (is_silent(p, store.item[i]) && !done_without(p, store.item[i])) seen_bad(p, c, store.item[i], "does not answer at all: its bricks are gone with it");
  if (!volumes_known(p->snap)) return read_as(p, c, TRUTH_UNKNOWN, LAYER_GLUSTER, "which volumes there are is not read");
  for (size_t n = 0; n < p->snap->volumes.count; n++) {
    const struct volume_view *v = &p->snap->volumes.item[n];
    size_t up = 0;
    if (!is_started(v)) {
      read_as(p, c, TRUTH_NO, LAYER_GLUSTER, planf(p, "volume %s is %s", v->name, v->status ? v->status : "in no state that is known"));
      continue;
    }
    for (size_t i = 0; i < v->bricks.count; i++) {
      const struct brick_view *b = &v->bricks.item[i];
      enum truth online = brick_online(p->snap, b);
      const char *name = brick_text(p, b);
      if (online == TRUTH_YES && b->answers != TRUTH_NO) up++;
      else if (done_without(p, b->host)) read_as(p, c, TRUTH_YES, LAYER_GLUSTER, planf(p, "%s stays away with its host, as you said", name));
      else if (online == TRUTH_UNKNOWN) read_as(p, c, TRUTH_UNKNOWN, LAYER_GLUSTER, planf(p, "whether %s serves is not known%s%s", name, b->text ? ": " : "", b->text ? b->text : ""));
      else read_as(p, c, TRUTH_NO, LAYER_GLUSTER, b->port != UNKNOWN_INT ? planf(p, "%s hangs: its process is there on port %lld and answers nobody", name, (long long)b->port) : planf(p, "%s is down: no process, no port", name));
    }
    if (up) read_as(p, c, TRUTH_YES, LAYER_GLUSTER, planf(p, "%zu of %zu bricks of %s serve", up, v->bricks.count, v->name));
  }
  if (!p->snap->volumes.count) read_as(p, c, TRUTH_YES, LAYER_GLUSTER, "there is no volume");
}

void left_bricks(struct planning *p, struct guide_runs *r) {
  for (size_t n = 0; n < p->snap->volumes.count; n++) {
    const struct volume_view *v = &p->snap->volumes.item[n];
    bool one = false;
    if (!is_started(v)) with(p, run_of(p, r, "gluster-volume-start", planf(p, "volume %s", v->name)), "volume", v->name);
    for (size_t i = 0; is_started(v) && i < v->bricks.count; i++) {
      const struct brick_view *b = &v->bricks.item[i];
      bool hangs = b->port != UNKNOWN_INT && b->answers == TRUTH_NO;
      if (brick_online(p->snap, b) != TRUTH_NO || done_without(p, b->host) || is_silent(p, b->host)) continue;
      if (hangs) with(p, run_of(p, r, "gluster-brick-restart", planf(p, "%s hangs: its process is ended, and started anew", brick_text(p, b))), "brick", brick_text(p, b));
      else if (!one) one = true, with(p, run_of(p, r, "gluster-brick-start", planf(p, "the bricks of %s that are down", v->name)), "brick", brick_text(p, b)); /* one command starts all of them */
    }
  }
}

void check_writable(struct planning *p, struct guide_checking *c) {
  if (!volumes_known(p->snap)) return read_as(p, c, TRUTH_UNKNOWN, LAYER_GLUSTER, "which volumes there are is not read");
  bool known = fact_fresh(p->snap, "gluster.bricks", NULL) == TRUTH_YES; /* its size is another matter: that needs a mount */
  for (size_t n = 0; n < p->snap->volumes.count; n++) {
    const struct volume_view *v = &p->snap->volumes.item[n];
    for (size_t s = 0; s < volume_sets(v); s++) {
      int state = volume_set_state(v, (int64_t)s);
      struct set_rules rules = volume_rules(v);
      struct set_living sure, perhaps;
      volume_living(v, (int64_t)s, &sure, &perhaps); /* of one that is away it is not known: enough others do */
      bool either_way = is_started(v) && set_writes(&rules, &sure);
      enum truth good = !known || (state == SET_UNKNOWN && !either_way) ? TRUTH_UNKNOWN : truth_of(state != SET_LOST && is_started(v));
      if (good == TRUTH_YES && state == SET_FULL) continue;
      read_as(p, c, good, LAYER_GLUSTER, good == TRUTH_YES ? planf(p, "set %zu of %s can be written, %s", s, v->name, state == SET_UNKNOWN ? "by those of its copies that serve" : "with a copy less than it has") : good == TRUTH_NO ? planf(p, "set %zu of %s cannot be written: too few of its copies serve", s, v->name) : planf(p, "whether set %zu of %s can be written is not known", s, v->name));
    }
    if (is_started(v) && v->writable == SET_FULL && known) read_as(p, c, TRUTH_YES, LAYER_GLUSTER, planf(p, "%s can be written, on all its copies", v->name));
  }
  if (!p->snap->volumes.count) read_as(p, c, TRUTH_YES, LAYER_GLUSTER, "there is no volume");
}

static bool any_done_without(const struct planning *p, const struct volume_view *v) {
  for (size_t i = 0; i < v->bricks.count; i++)
    if (done_without(p, v->bricks.item[i].host)) return true;
  return false;
}

void check_heals(struct planning *p, struct guide_checking *c) {
  if (!volumes_known(p->snap)) return read_as(p, c, TRUTH_UNKNOWN, LAYER_GLUSTER, "which volumes there are is not read");
  for (size_t n = 0; n < p->snap->volumes.count; n++) {
    const struct volume_view *v = &p->snap->volumes.item[n];
    int64_t pending = volume_pending(p->snap, v);
    if (!volume_copies(v)) continue;
    if (v->split_brain != UNKNOWN_INT && v->split_brain > 0) read_as(p, c, TRUTH_NO, LAYER_GLUSTER, planf(p, "%lld file%s of %s %s in split-brain: somebody has to choose the right copy (gluster-splitbrain)", (long long)v->split_brain, v->split_brain == 1 ? "" : "s", v->name, v->split_brain == 1 ? "is" : "are"));
    if (pending == UNKNOWN_INT && any_done_without(p, v)) read_as(p, c, TRUTH_YES, LAYER_GLUSTER, planf(p, "what waits on %s is not counted while a host of it stays away", v->name));
    else if (pending == UNKNOWN_INT) read_as(p, c, TRUTH_UNKNOWN, LAYER_GLUSTER, planf(p, "how much of %s waits to heal is not known (it is counted once a minute)", v->name));
    else if (!pending) read_as(p, c, TRUTH_YES, LAYER_GLUSTER, planf(p, "nothing on %s waits to heal", v->name));
    else read_as(p, c, truth_of(any_done_without(p, v)), LAYER_GLUSTER, planf(p, "%lld entries of %s wait to heal%s", (long long)pending, v->name, any_done_without(p, v) ? ", for a host that stays away" : ""));
  }
  if (!c->found->evidence.count) read_as(p, c, TRUTH_YES, LAYER_GLUSTER, "there is nothing that could wait to heal");
}

void left_heals(struct planning *p, struct guide_runs *r) {
  for (size_t n = 0; n < p->snap->volumes.count; n++) {
    const struct volume_view *v = &p->snap->volumes.item[n];
    if (volume_pending(p->snap, v) > 0 && v->split_brain <= 0 && !any_done_without(p, v)) with(p, run_of(p, r, "gluster-heal", planf(p, "what waits on %s, now", v->name)), "volume", v->name);
  }
}

/* ---- guests that were paused ---- */

static bool is_stopped_guest(const struct domain_view *d) { return str_eq(d->state, "paused") && !(d->reason && (str_starts(d->reason, "migrat") || (str_eq(d->reason, "user") && !d->resource))); }

bool hypervisors_read(struct planning *p, struct guide_checking *c) {
  struct texts kvm = kvm_hosts(p);
  bool all = true;
  for (size_t i = 0; i < kvm.count; i++) {
    const struct host_view *h = snapshot_host(p->snap, kvm.item[i]);
    if ((h && snapshot_off(p->snap, h)) || libvirt_seen(p->snap, h ? h->name : kvm.item[i])) continue;
    read_as(p, c, TRUTH_UNKNOWN, LAYER_LIBVIRT, planf(p, "what runs on %s is not read", kvm.item[i]));
    all = false;
  }
  return all;
}

void check_paused(struct planning *p, struct guide_checking *c) {
  size_t n = 0;
  for (size_t i = 0; i < p->snap->domains.count; i++) {
    const struct domain_view *d = &p->snap->domains.item[i];
    if (!is_stopped_guest(d)) continue;
    n++;
    read_as(p, c, d->stale.count ? TRUTH_UNKNOWN : TRUTH_NO, LAYER_LIBVIRT, planf(p, "%s is paused on %s (%s)%s", d->name, d->hosts.count ? d->hosts.item[0] : "?", d->reason ? d->reason : "not known why", d->stale.count ? ", as it was read last" : ""));
  }
  const struct problem *unread = problem_of(p->snap, "domain-uncertain hypervisor-unread");
  if (!hypervisors_read(p, c)) return;
  if (unread) read_as(p, c, TRUTH_UNKNOWN, LAYER_LIBVIRT, unread->text);
  else if (!n) read_as(p, c, TRUTH_YES, LAYER_LIBVIRT, "no guest stands still");
}

void left_paused(struct planning *p, struct guide_runs *r) {
  struct texts names = {0};
  for (size_t i = 0; i < p->snap->domains.count; i++)
    if (is_stopped_guest(&p->snap->domains.item[i])) texts_add(p->arena, &names, p->snap->domains.item[i].name);
  if (names.count) with_list(p, run_of(p, r, "domain-resume", "they go on where they stood"), "domain", &names);
}

/* ---- nodes ---- */

static bool reads_pacemaker(struct planning *p, struct guide_checking *c) {
  if (pacemaker_seen(p->snap)) return true;
  read_as(p, c, TRUTH_UNKNOWN, LAYER_PACEMAKER, "pacemaker is not read");
  return false;
}

void check_members(struct planning *p, struct guide_checking *c) {
  struct texts kvm = kvm_hosts(p);
  if (!reads_pacemaker(p, c)) return;
  for (size_t i = 0; i < kvm.count; i++) {
    const struct host_view *h = snapshot_host(p->snap, kvm.item[i]);
    bool online = h && h->membership == MEMBERSHIP_MEMBER && h->pacemaker == NODE_ONLINE;
    if (!online && done_without(p, kvm.item[i])) read_as(p, c, TRUTH_YES, LAYER_PACEMAKER, planf(p, "%s stays away, as you said", kvm.item[i]));
    else read_as(p, c, truth_of(online), LAYER_PACEMAKER, online ? planf(p, "%s is online", kvm.item[i]) : planf(p, "%s is %s", kvm.item[i], h && h->pacemaker ? node_state_names[h->pacemaker] : "no node"));
  }
  if (p->snap->cluster.quorate == TRUTH_UNKNOWN) read_as(p, c, TRUTH_UNKNOWN, LAYER_COROSYNC, "whether there is quorum is not known");
  else read_as(p, c, p->snap->cluster.quorate, LAYER_COROSYNC, p->snap->cluster.quorate == TRUTH_YES ? "the cluster has quorum" : "the cluster has no quorum");
  if (p->snap->cluster.maintenance == TRUTH_YES) read_as(p, c, TRUTH_NO, LAYER_PACEMAKER, "maintenance mode is on: pacemaker does nothing");
}

void left_members(struct planning *p, struct guide_runs *r) {
  struct texts kvm = kvm_hosts(p);
  for (size_t i = 0; i < kvm.count; i++) {
    const struct host_view *h = snapshot_host(p->snap, kvm.item[i]);
    if (is_silent(p, kvm.item[i]) || (h && h->membership == MEMBERSHIP_MEMBER && h->pacemaker == NODE_ONLINE)) continue;
    if (h && h->membership == MEMBERSHIP_MEMBER && h->pacemaker == NODE_MAINTENANCE) with(p, run_of(p, r, "node-unmaintenance", planf(p, "%s is managed again", h->name)), "node", h->name);
    else if (h && (h->membership != MEMBERSHIP_MEMBER || h->pacemaker == NODE_STANDBY)) with(p, run_of(p, r, "node-reinstate", planf(p, "%s is taken back, its storage first", kvm.item[i])), "host", kvm.item[i]);
  }
  if (p->snap->cluster.maintenance == TRUTH_YES) {
    struct guide_run *x = run_of(p, r, "cluster-property", "pacemaker drives everything again");
    with(p, x, "name", "maintenance-mode");
    with(p, x, "value", "false");
  }
}

void check_proven_off(struct planning *p, struct guide_checking *c) {
  size_t n = 0;
  if (!reads_pacemaker(p, c)) return;
  for (size_t i = 0; i < p->snap->hosts.count; i++) {
    const struct host_view *h = &p->snap->hosts.item[i];
    if (!h->pacemaker || h->membership == MEMBERSHIP_MEMBER) continue;
    n++;
    if (h->pacemaker == NODE_UNCLEAN) read_as(p, c, TRUTH_NO, LAYER_PACEMAKER, planf(p, "%s is lost, and nothing proves that it is off: what ran there is started nowhere", h->name));
    else if (h->pacemaker == NODE_OFFLINE) read_as(p, c, TRUTH_YES, LAYER_PACEMAKER, planf(p, "%s is offline: the cluster has it for safely off", h->name));
    else read_as(p, c, TRUTH_UNKNOWN, LAYER_PACEMAKER, planf(p, "%s is no member, and %s to pacemaker", h->name, node_state_names[h->pacemaker]));
  }
  if (!n) read_as(p, c, TRUTH_YES, LAYER_PACEMAKER, "every node is a member");
}

void left_proven_off(struct planning *p, struct guide_runs *r) {
  for (size_t i = 0; i < p->snap->hosts.count; i++) {
    const struct host_view *h = &p->snap->hosts.item[i];
    if (h->pacemaker == NODE_UNCLEAN && h->membership != MEMBERSHIP_MEMBER && h->here != TRUTH_YES) with(p, run_of(p, r, "fencing-confirm", planf(p, "you saw %s without power", h->name)), "node", h->name);
  }
}

/* ---- what failed ---- */

static bool is_failed(const struct planning *p, const struct resource_view *x) {
  bool failed = x->failed == TRUTH_YES || x->blocked == TRUTH_YES;
  for (size_t i = 0; i < x->fail_count.count; i++) failed |= x->fail_count.item[i].value > 0;
  for (size_t i = 0; i < p->snap->failures.count; i++) failed |= str_eq(p->snap->failures.item[i].resource, x->id);
  return failed;
}

void check_failures(struct planning *p, struct guide_checking *c) {
  if (!reads_pacemaker(p, c)) return;
  for (size_t i = 0; i < p->snap->failures.count; i++) {
    const struct failure_view *f = &p->snap->failures.item[i];
    read_as(p, c, TRUTH_NO, LAYER_PACEMAKER, planf(p, "%s of %s failed on %s%s%s", f->task ? f->task : "something", f->resource, f->host ? f->host : "?", f->reason && *f->reason ? ": " : "", f->reason ? f->reason : ""));
  }
  if (p->snap->failures.count) return;
  for (size_t i = 0; i < p->snap->resources.count; i++)
    if (is_failed(p, &p->snap->resources.item[i])) return read_as(p, c, TRUTH_NO, LAYER_PACEMAKER, planf(p, "%s has failed, and pacemaker remembers it", p->snap->resources.item[i].id));
  read_as(p, c, TRUTH_YES, LAYER_PACEMAKER, "pacemaker remembers no failure");
}

void left_failures(struct planning *p, struct guide_runs *r) {
  struct texts done = {0};
  for (size_t i = 0; i < p->snap->resources.count; i++) {
    const struct resource_view *x = &p->snap->resources.item[i];
    if (!is_failed(p, x) || texts_have(&done, x->id)) continue;
    texts_add(p->arena, &done, x->id);
    with(p, run_of(p, r, "resource-cleanup", planf(p, "the failures of %s are forgotten", x->id)), "resource", x->id);
  }
}

/* ---- domains ---- */

int64_t priority_of(const struct planning *p, const char *resource) {
  const char *text = resource_meta_seen(p->snap, resource, "priority");
  int64_t n;
  return text && str_eq(text, "INFINITY") ? SCORE_INFINITE : text && !str_int(text, -SCORE_INFINITE, SCORE_INFINITE, &n) ? n : 0;
}

struct texts domains_by_priority(const struct planning *p, bool lowest_first) {
  struct texts t = {0};
  for (size_t i = 0; i < p->snap->resources.count; i++) {
    const struct resource_view *x = &p->snap->resources.item[i];
    if (!is_domain_resource(x) || texts_have(&t, x->id)) continue;
    texts_add(p->arena, &t, x->id);
    for (size_t k = t.count - 1; k > 0; k--) { /* those of one priority stay as they came */
      int64_t a = priority_of(p, t.item[k - 1]), b = priority_of(p, t.item[k]);
      if (lowest_first ? a <= b : a >= b) break;
      const char *swap = t.item[k - 1];
      t.item[k - 1] = t.item[k];
      t.item[k] = swap;
    }
  }
  return t;
}

struct texts noted_to_run(struct planning *p) {
  const char *text = property_seen(p->snap, NOTE_RAN);
  struct texts t = {0};
  for (size_t n = 0; text && n < LINE_WORDS_MAX && line_word(p, text, n, false); n++) texts_add(p->arena, &t, line_word(p, text, n, false));
  return t;
}

static bool runs_now(const struct resource_view *x) { return x->role == HA_STARTED || x->role == HA_PROMOTED; }

/* As long as a lost node is not proven dead pacemaker says that its resources are started there. */
static bool is_on_lost(const struct planning *p, const struct resource_view *x) {
  const struct host_view *h = x->hosts.count ? snapshot_host(p->snap, x->hosts.item[0]) : NULL;
  return h && h->membership != MEMBERSHIP_MEMBER;
}

static bool should_run(struct planning *p, const struct resource_view *x) {
  struct texts noted = noted_to_run(p);
  return x->disabled != TRUTH_YES || texts_have(&noted, x->id);
}

/* Of those that none drives: "web@kvm01", and it does not run. */
static bool plain_noted(struct planning *p, const char *note, const char **ret_domain, const char **ret_host) {
  const char *at = strrchr(note, '@');
  if (!at) return false;
  *ret_domain = arena_strndup(p->arena, note, (size_t)(at - note));
  *ret_host = at + 1;
  const struct domain_view *d = snapshot_domain(p->snap, *ret_domain);
  return d && !d->resource && !d->hosts.count;
}

void check_started_all(struct planning *p, struct guide_checking *c) {
  struct texts names = domains_by_priority(p, false), noted = noted_to_run(p);
  const char *domain, *host;
  if (!reads_pacemaker(p, c)) return;
  for (size_t i = 0; i < names.count; i++) {
    const struct resource_view *x = resource_seen(p->snap, names.item[i]);
    int64_t priority = priority_of(p, x->id);
    const char *rank = priority ? planf(p, ", priority %lld", (long long)priority) : "";
    if (x->stale.count) read_as(p, c, TRUTH_UNKNOWN, LAYER_PACEMAKER, planf(p, "whether %s runs was read too long ago", x->id));
    else if (runs_now(x) && is_on_lost(p, x)) read_as(p, c, TRUTH_NO, LAYER_PACEMAKER, planf(p, "%s is held for running on %s, which is lost%s", x->id, x->hosts.item[0], rank));
    else if (runs_now(x) && x->hosts.count) read_as(p, c, TRUTH_YES, LAYER_PACEMAKER, planf(p, "%s runs on %s%s", x->id, x->hosts.item[0], rank));
    else if (should_run(p, x)) read_as(p, c, TRUTH_NO, LAYER_PACEMAKER, planf(p, "%s does not run%s%s", x->id, rank, x->disabled == TRUTH_YES ? ": it was stopped when everything was shut down" : is_failed(p, x) ? ": its start failed" : ""));
    else read_as(p, c, TRUTH_YES, LAYER_PACEMAKER, planf(p, "%s is stopped on purpose, and stays so", x->id));
  }
  for (size_t i = 0; i < noted.count; i++)
    if (plain_noted(p, noted.item[i], &domain, &host)) read_as(p, c, TRUTH_NO, LAYER_LIBVIRT, planf(p, "%s, which no resource drives, ran on %s and does not", domain, host));
  if (!names.count) read_as(p, c, TRUTH_YES, LAYER_PACEMAKER, "pacemaker drives no domain");
}

/* What is enabled and has not failed comes by itself. */
void left_started_all(struct planning *p, struct guide_runs *r) {
  struct texts names = domains_by_priority(p, false), noted = noted_to_run(p);
  const char *domain, *host;
  for (size_t i = 0; i < names.count; i++) {
    const struct resource_view *x = resource_seen(p->snap, names.item[i]);
    if (runs_now(x) || !should_run(p, x)) continue;
    if (x->disabled == TRUTH_YES) with(p, run_of(p, r, "resource-enable", planf(p, "%s may run again", x->id)), "resource", x->id);
    else if (is_failed(p, x)) with(p, run_of(p, r, "resource-cleanup", planf(p, "%s is tried again", x->id)), "resource", x->id);
  }
  for (size_t i = 0; i < noted.count; i++) {
    if (!plain_noted(p, noted.item[i], &domain, &host)) continue;
    struct guide_run *x = run_of(p, r, "domain-start", planf(p, "%s, where it ran", domain));
    with(p, x, "domain", domain);
    with(p, x, "host", host);
  }
}
