#include "analysis/fences.h"
#include "model/proven.h"
#include "analysis/seen.h"
#include "analysis/store_view.h"
#include <stdlib.h>
#include <string.h>

const char *const fence_kind_names[] = {NULL, "switch", "device", "no device", "action", NULL};
static const char *const level_names[] = {NULL, "ok", "warning", "old", "unknown", "bad", NULL};

#define T struct fence_view
SHAPE(fence_view_shape, T, CHOICE(T, kind, fence_kind_names), FIELD(T, id, TEXT), FIELD(T, agent, TEXT), FIELD(T, targets, TEXTS), FIELD(T, told, BOOL), FIELD(T, state, TEXT),
      CHOICE(T, level, level_names), FIELD(T, hosts, TEXTS), FIELD(T, proven, BOOL), FIELD(T, at, TIME), FIELD(T, action, TEXT), FIELD(T, result, TEXT), FIELD(T, client, TEXT),
      FIELD(T, origin, TEXT), FIELD(T, delegate, TEXT), FIELD(T, params, PAIRS), FIELD(T, stale, TEXTS));
#undef T

/* The configuration as it was read last, however long ago. */
static const struct pcmk_config *config_of(const struct snapshot *s) {
  const struct fact_kind *k = fact_kind_find("pacemaker.config");
  const struct fragment *best = NULL;
  for (size_t i = 0; i < s->kept.count; i++)
    if (s->kept.item[i]->kind == k && s->kept.item[i]->data && (!best || s->kept.item[i]->at > best->at)) best = s->kept.item[i];
  return best ? best->data : NULL;
}

static struct fence_view *add(struct arena *a, struct fences *f, enum fence_kind kind, const char *id) {
  struct fence_view *v = list_add(a, f, &fence_view_shape);
  v->kind = kind;
  v->id = id;
  return v;
}

static const char *host_name(const struct snapshot *s, const char *node) {
  const struct host_view *h = snapshot_host(s, node);
  return h ? h->name : node;
}

/* kind: of what it rests on, beside the cluster's own state. */
static struct texts stale_of(const struct snapshot *s, struct arena *a, const char *kind) {
  struct texts t = {0};
  if (texts_have(&s->cluster.stale, layer_names[LAYER_PACEMAKER]) || fact_fresh(s, kind, NULL) == TRUTH_NO) texts_add(a, &t, layer_names[LAYER_PACEMAKER]);
  return t;
}

/* "kvm01 kvm02", "kvm01,kvm02", and of a map "kvm01:1;kvm02:2". */
static void take_targets(const struct snapshot *s, struct arena *a, struct texts *to, const char *list) {
  for (const char *at = list; at && *at;) {
    at += strspn(at, " ,;\t\n");
    size_t len = strcspn(at, " ,;\t\n"), name = strcspn(at, ":");
    const char *host = len ? host_name(s, arena_strndup(a, at, name < len ? name : len)) : NULL;
    if (host && !texts_have(to, host)) texts_add(a, to, host);
    at += len;
  }
}

static bool is_node(const struct host_view *h) { return h->pacemaker || h->membership; }

static void give_targets(const struct snapshot *s, struct arena *a, struct fence_view *v) {
  const char *list = pairs_get(&v->params, "pcmk_host_list"), *map = pairs_get(&v->params, "pcmk_host_map"), *check = pairs_get(&v->params, "pcmk_host_check");
  take_targets(s, a, &v->targets, list);
  take_targets(s, a, &v->targets, map);
  if (v->targets.count) v->told = TRUTH_YES;
  else if (str_eq(check, "none")) {
    v->told = TRUTH_YES;
    for (size_t i = 0; i < s->hosts.count; i++)
      if (is_node(&s->hosts.item[i])) texts_add(a, &v->targets, s->hosts.item[i].name);
  } else v->told = TRUTH_NO;
}

bool fence_view_covers(const struct fence_view *f, const char *host) { return f->kind == FENCE_DEVICE && texts_have(&f->targets, host); }

static void say_state(const struct resource_view *r, struct fence_view *v) {
  static const struct { enum level level; const char *words; } roles[] = {[HA_UNKNOWN] = {LEVEL_UNKNOWN, NULL}, [HA_STARTED] = {LEVEL_OK, "started"}, [HA_STOPPED] = {LEVEL_BAD, "STOPPED"},
      [HA_PROMOTED] = {LEVEL_OK, "started"}, [HA_UNPROMOTED] = {LEVEL_OK, "started"}, [HA_STARTING] = {LEVEL_WARN, "starting"}, [HA_STOPPING] = {LEVEL_WARN, "stopping"}, [HA_MIGRATING] = {LEVEL_WARN, "moving"}};
  v->state = roles[r->role].words;
  v->level = roles[r->role].level;
  if (r->disabled == TRUTH_YES && r->role == HA_STOPPED) v->state = "DISABLED";
  for (size_t i = 0; i < r->fail_count.count; i++)
    if (r->fail_count.item[i].value > 0 && v->level == LEVEL_OK) v->state = "started, failed", v->level = LEVEL_WARN;
  if (r->blocked == TRUTH_YES || r->failed == TRUTH_YES) v->state = r->blocked == TRUTH_YES ? "BLOCKED" : "FAILED", v->level = LEVEL_BAD;
}

struct setups { const struct pcmk_param **item; size_t count; }; /* what is configured of fence devices */

static struct setups setups_of(const struct pcmk_config *c, struct arena *a) {
  struct setups s = {0};
  for (int turn = 0; c && turn < 2; turn++) {
    s.count = 0;
    for (size_t i = 0; i < c->resources.count; i++) {
      const struct pcmk_param *p = &c->resources.item[i];
      if (!is_device_setup(p)) continue;
      if (turn) s.item[s.count] = p;
      s.count++;
    }
    if (!turn) s.item = arena_array(a, s.count + 1, sizeof *s.item);
  }
  return s;
}

static void add_device(const struct snapshot *s, struct arena *a, const struct setups *set, const struct resource_view *r, struct fences *f) {
  struct fence_view *v = add(a, f, FENCE_DEVICE, r->id);
  v->agent = r->agent + strlen("stonith:");
  v->hosts = r->hosts;
  v->stale = r->stale;
  say_state(r, v);
  for (size_t i = 0; i < set->count; i++)
    if (str_eq(set->item[i]->resource, r->id)) {
      v->params = set->item[i]->params;
      give_targets(s, a, v);
    }
}

/* ---- what was done ---- */

static bool succeeded(const struct fencing_view *e) { return str_eq(e->result, "success") || str_eq(e->result, "succeeded"); }
static bool cuts_power(const struct fencing_view *e) { return str_eq(e->action, "off") || str_eq(e->action, "reboot") || str_eq(e->action, "poweroff"); }
static bool by_hand(const struct fencing_view *e) { return e->delegate && str_eq(e->delegate, "a human"); }

static bool proves(const struct fencing_view *e) { return succeeded(e) && cuts_power(e) && !by_hand(e) && e->target; }

int64_t fencing_proven_at(const struct snapshot *s, const char *host) {
  int64_t last = UNKNOWN_INT;
  const struct host_view *h = snapshot_host(s, host);
  for (size_t i = 0; i < s->fencing.count; i++) {
    const struct fencing_view *e = &s->fencing.item[i];
    if (proves(e) && (str_eq(e->target, host) || (h && snapshot_host(s, e->target) == h)) && e->at > last) last = e->at;
  }
  return last;
}

static void add_actions(const struct snapshot *s, struct arena *a, bool pending, struct fences *f) {
  for (size_t i = 0; i < s->fencing.count; i++) {
    const struct fencing_view *e = &s->fencing.item[i];
    bool failed = str_eq(e->result, "failed");
    if ((!succeeded(e) && !failed) != pending) continue;
    struct fence_view *v = add(a, f, FENCE_ACTION, arena_printf(a, "%s %s %lld", e->action ? e->action : "?", e->target ? e->target : "?", e->at == UNKNOWN_INT ? 0LL : (long long)e->at));
    if (e->target) texts_add(a, &v->targets, e->target);
    v->state = pending ? e->result ? e->result : NULL : failed ? "FAILED" : by_hand(e) ? "confirmed by hand" : "done";
    v->level = pending ? LEVEL_WARN : failed ? LEVEL_BAD : by_hand(e) ? LEVEL_WARN : LEVEL_OK;
    if (pending && !v->state) v->level = LEVEL_UNKNOWN;
    v->action = e->action;
    v->result = e->result;
    v->client = e->client;
    v->origin = e->origin;
    v->delegate = e->delegate;
    v->at = e->at;
    v->stale = stale_of(s, a, "pacemaker.fencing");
  }
}

static enum truth whose_proof(const struct fences *f, const char *host) {
  size_t devices = 0;
  for (size_t k = 0; k < f->count; k++) devices += f->item[k].told != TRUTH_YES || fence_view_covers(&f->item[k], host);
  return devices == 1 ? TRUTH_YES : TRUTH_UNKNOWN;
}

static bool stronger(const struct fence_view *v, enum truth proven, int64_t at) {
  return v->proven != TRUTH_YES ? proven == TRUTH_YES || v->at == UNKNOWN_INT || at > v->at : proven == TRUTH_YES && (v->at == UNKNOWN_INT || at > v->at);
}

static int64_t changed_at(const struct snapshot *s, const struct tallies *proofs, const char *host) {
  int64_t last = UNKNOWN_INT;
  for (size_t i = 0; proofs && i < proofs->count; i++)
    if (str_starts(proofs->item[i].key, FENCE_CHANGED) && str_eq(host_name(s, proofs->item[i].key + strlen(FENCE_CHANGED)), host_name(s, host)) && proofs->item[i].value > last) last = proofs->item[i].value;
  return last;
}

static void prove(const struct snapshot *s, const struct tallies *proofs, struct fences *f, struct fence_view *v) {
  v->proven = v->told == TRUTH_YES ? TRUTH_NO : TRUTH_UNKNOWN;
  for (size_t i = 0; proofs && i < proofs->count; i++) {
    const char *host = host_name(s, proofs->item[i].key);
    enum truth proven = whose_proof(f, host);
    if (!fence_view_covers(v, host) || proofs->item[i].value < changed_at(s, proofs, host) || !stronger(v, proven, proofs->item[i].value)) continue;
    v->proven = proven;
    v->at = proofs->item[i].value;
    v->client = "an operation of this console";
  }
  for (size_t i = 0; i < s->fencing.count; i++) {
    const struct fencing_view *e = &s->fencing.item[i];
    if (!proves(e) || !fence_view_covers(v, e->target) || e->at < changed_at(s, proofs, e->target)) continue;
    enum truth proven = whose_proof(f, e->target);
    if (!stronger(v, proven, e->at)) continue;
    v->proven = proven;
    v->at = e->at;
    v->action = e->action;
    v->client = e->client;
    v->origin = e->origin;
    v->delegate = e->delegate;
  }
}

struct standing standing_device(const struct fence_view *f, struct arena *a) {
  struct standing s = {.level = (enum level)f->level, .words = f->state ? f->state : "?"};
  bool old = texts_have(&f->stale, layer_names[LAYER_PACEMAKER]);
  if (f->kind != FENCE_DEVICE) return s;
  if (s.level == LEVEL_OK && f->proven != TRUTH_YES) s.level = LEVEL_WARN;
  s.words = arena_printf(a, "%s, %s", s.words, f->proven == TRUTH_YES ? "proven" : f->proven == TRUTH_NO ? "never proven" : "proven ?");
  if (old && s.level != LEVEL_UNKNOWN) s.old = true, s.level = s.level < LEVEL_OLD ? LEVEL_OLD : s.level;
  return s;
}

/* ---- the table ---- */

static void add_switch(const struct snapshot *s, struct arena *a, struct fences *f) {
  struct fence_view *v = add(a, f, FENCE_SWITCH, "stonith-enabled");
  v->state = s->cluster.fencing == TRUTH_YES ? "on" : s->cluster.fencing == TRUTH_NO ? "OFF: nothing is ever fenced" : NULL;
  v->level = s->cluster.fencing == TRUTH_YES ? LEVEL_OK : s->cluster.fencing == TRUTH_NO ? LEVEL_BAD : LEVEL_UNKNOWN;
  v->stale = stale_of(s, a, "pacemaker.cluster");
}

/* A watchdog that ends its own host stands in for a device; whether it works, nobody here can tell. */
static bool has_watchdog(const struct pcmk_config *c) {
  const char *timeout = c ? pairs_get(&c->properties, "stonith-watchdog-timeout") : NULL;
  return timeout && strcmp(timeout, "0") && strcmp(timeout, "0s");
}

static void add_bare(const struct snapshot *s, struct arena *a, const struct pcmk_config *c, const struct fences *devices, struct fences *f) {
  for (size_t i = 0; i < s->hosts.count; i++) {
    const struct host_view *h = &s->hosts.item[i];
    bool covered = false, maybe = false;
    for (size_t k = 0; k < devices->count; k++) covered |= fence_view_covers(&devices->item[k], h->name), maybe |= devices->item[k].told != TRUTH_YES;
    if (!is_node(h) || covered) continue;
    struct fence_view *v = add(a, f, FENCE_BARE, arena_printf(a, "no device for %s", h->name));
    texts_add(a, &v->targets, h->name);
    v->stale = stale_of(s, a, "pacemaker.config");
    if (has_watchdog(c)) v->state = "its watchdog only", v->level = LEVEL_WARN;
    else if (!c || maybe) v->state = c ? "some device may cover it" : NULL, v->level = LEVEL_UNKNOWN;
    else v->state = "NO DEVICE", v->level = LEVEL_BAD;
  }
}

static int worst_first(const void *a, const void *b) {
  const struct fence_view *x = a, *y = b;
  int p = x->level * 4 + (x->proven != TRUTH_YES), q = y->level * 4 + (y->proven != TRUTH_YES);
  return p != q ? q - p : str_natural(x->id, y->id);
}

static void append(struct arena *a, struct fences *to, const struct fences *from) {
  for (size_t i = 0; i < from->count; i++) *(struct fence_view *)list_add(a, to, &fence_view_shape) = from->item[i];
}

void fences_of(const struct snapshot *s, const struct tallies *proofs, struct arena *a, struct fences *ret) {
  const struct pcmk_config *c = config_of(s);
  struct setups set = setups_of(c, a);
  struct fences devices = {0}, bare = {0};
  bool pacemaker = s->cluster.fencing != TRUTH_UNKNOWN || c || s->resources.count;
  *ret = (struct fences){0};
  for (size_t i = 0; i < s->hosts.count; i++) pacemaker |= is_node(&s->hosts.item[i]);
  if (!pacemaker) return;
  for (size_t i = 0; i < s->resources.count; i++)
    if (s->resources.item[i].agent && str_starts(s->resources.item[i].agent, "stonith:")) add_device(s, a, &set, &s->resources.item[i], &devices);
  for (size_t i = 0; i < devices.count; i++) prove(s, proofs, &devices, &devices.item[i]);
  if (devices.count) qsort(devices.item, devices.count, sizeof *devices.item, worst_first);
  add_switch(s, a, ret);
  add_bare(s, a, c, &devices, &bare);
  append(a, ret, &bare);
  append(a, ret, &devices);
  add_actions(s, a, true, ret);
  add_actions(s, a, false, ret);
}
