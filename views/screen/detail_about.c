/* What a detail says of each kind of thing, and in which order: one table. The sentences on top, what is wrong, what it
 * hangs on (the x-ray's tree), what happened to it. */
#include "analysis/xray.h"
#include "analysis/next_start.h"
#include "analysis/stop.h"
#include "base/clock.h"
#include "model/problem.h"
#include "analysis/seen.h"
#include "analysis/store_view.h"
#include "views/screen/detail.h"
#include <string.h>

enum { TREE_LINES = 40, EVENTS_SHOWN = 8 };

static const char *sign(const struct detail *d, enum level level) { return symbol(d->in->glyphs, level_symbol(level)); }
static const char *plural(size_t n) { return n == 1 ? "" : "s"; }

/* ---- the sentence on top ---- */

static void say(struct detail *d, struct standing s, const char *sentence) {
  text_indent(d->t, 0, 2);
  text_addf(d->t, s.old ? STYLE(STALE) : style_of(level_role(s.level)), "%s ", sign(d, s.level));
  text_more(d->t, s.old ? STYLE(STALE) : s.level > LEVEL_OK ? style_of(level_role(s.level)) : STYLE(NORMAL), detail_line(d->in, sentence));
}

static void called(struct detail *d, const char *name) {
  if (name && !texts_have(&d->names, name)) texts_add(d->in->arena, &d->names, name);
}

static void say_host(struct detail *d) {
  const struct host_view *h = d->item;
  const struct snapshot *s = d->in->snap;
  struct standing stands = standing_host(s, h, d->in->arena);
  bool kvm = texts_have(&h->roles, "kvm"), store = texts_have(&h->roles, "gluster");
  size_t bricks = 0, runs = domains_on(s, h->name, d->in->arena).count;
  called(d, h->name);
  for (size_t i = 0; i < h->aliases.count; i++) called(d, h->aliases.item[i]);
  for (size_t v = 0; v < s->volumes.count; v++)
    for (size_t i = 0; i < s->volumes.item[v].bricks.count; i++) bricks += str_eq(s->volumes.item[v].bricks.item[i].host, h->name);
  const char *what = kvm && store ? "a hypervisor that also stores" : kvm ? "a hypervisor" : store ? "a storage host" : "a host";
  const char *domains = host_unread(s, h) ? " What runs here is not known." : !kvm ? "" : arena_printf(d->in->arena, " %s%zu domain%s run%s here.",
                        texts_have(&h->stale, layer_names[LAYER_LIBVIRT]) ? "When last heard of, " : "", runs, plural(runs), runs == 1 ? "s" : "");
  const char *lie = bricks || store ? arena_printf(d->in->arena, " %zu brick%s lie%s here.", bricks, plural(bricks), bricks == 1 ? "s" : "") : "";
  say(d, stands, arena_printf(d->in->arena, "%s is %s: %s.%s%s", h->name, what, standing_text(d->in, stands), domains, lie));
}

static const struct volume_view *volume_of(const struct snapshot *s, const struct brick_view *b) {
  for (size_t i = 0; i < s->volumes.count; i++) {
    const struct volume_view *v = &s->volumes.item[i];
    if (v->bricks.count && b >= v->bricks.item && b < v->bricks.item + v->bricks.count) return v;
  }
  return NULL;
}

static void say_brick(struct detail *d) {
  const struct brick_view *b = d->item;
  const struct volume_view *v = volume_of(d->in->snap, b);
  struct standing stands = standing_brick(v, b, d->in->arena), set = standing_set(v, b->set, d->in->arena);
  called(d, arena_printf(d->in->arena, "%s:%s", b->host, b->path));
  say(d, stands, arena_printf(d->in->arena, "%s:%s is %s set %lld of volume %s: %s. The set has %s.", b->host, b->path, b->arbiter == TRUTH_YES ? "the arbiter of" : "a brick of", (long long)b->set,
                              v->name, standing_text(d->in, stands), standing_text(d->in, set)));
}

static void say_volume(struct detail *d) {
  const struct volume_view *v = d->item;
  struct standing stands = standing_volume(v, d->in->arena);
  size_t lives = 0, sets = volume_sets(v);
  called(d, v->name);
  for (size_t i = 0; i < d->in->snap->domains.count; i++) lives += domain_lies_in(&d->in->snap->domains.item[i], v, -1);
  say(d, stands, arena_printf(d->in->arena, "%s is a %s volume of %zu set%s: %s. %zu domain%s live%s on it%s.", v->name, v->type ? v->type : "(type not known)", sets, plural(sets), standing_text(d->in, stands), lives,
                              plural(lives), lives == 1 ? "s" : "", hosts_unread(d->in->snap) ? ", as far as hosts can be asked" : ""));
}

static void say_domain(struct detail *d) {
  const struct domain_view *v = d->item;
  struct standing stands = standing_domain(v, d->in->arena);
  const char *on = v->hosts.count ? arena_printf(d->in->arena, " on %s", join_text(d->in, &v->hosts)) : "";
  const char *ha = !v->resource ? fact_fresh(d->in->snap, "pacemaker.resources", NULL) == TRUTH_YES ? "No resource of pacemaker's starts it elsewhere." : "Whether a resource starts it elsewhere is not known." : v->role ? arena_printf(d->in->arena, "Pacemaker says %s%s.", texts_have(&v->stale, layer_names[LAYER_PACEMAKER]) ? "~" : "", v->role) : "What pacemaker says is not known.";
  called(d, v->name);
  called(d, v->resource);
  say(d, stands, arena_printf(d->in->arena, "%s: %s%s. %s", v->name, standing_text(d->in, stands), on, ha));
}

static void say_resource(struct detail *d) {
  const struct resource_view *r = d->item;
  struct standing stands = standing_resource(r, d->in->arena);
  called(d, r->id);
  called(d, r->parent);
  say(d, stands, arena_printf(d->in->arena, "%s (%s): %s%s%s.", r->id, r->agent ? r->agent : "agent not known", standing_text(d->in, stands), r->hosts.count ? " on " : "", r->hosts.count ? join_text(d->in, &r->hosts) : ""));
}

static void say_fence(struct detail *d) {
  const struct fence_view *f = d->item;
  struct standing stands = standing_device(f, d->in->arena);
  const char *who = join_text(d->in, &f->targets), *sentence = "";
  called(d, f->id);
  stands.old |= f->stale.count > 0;
  switch (f->kind) {
  case FENCE_SWITCH: sentence = f->level == LEVEL_OK ? "stonith-enabled: a host that is lost, or whose stop fails, is cut off before its domains start elsewhere." : f->level == LEVEL_BAD
                                ? "stonith-enabled is false: nothing is ever fenced, and a host that only seems dead goes on writing beside the new one." : "Whether fencing is on is not known."; break;
  case FENCE_BARE: sentence = arena_printf(d->in->arena, "%s: %s. Nothing can cut its power: when it is lost, nothing that ran there starts again until somebody confirms by hand that it is off.", who, f->state ? f->state : "not known whether a device covers it"); break;
  case FENCE_DEVICE: sentence = arena_printf(d->in->arena, "%s cuts the power of %s by %s: %s. %s", f->id, f->told == TRUTH_YES ? who : "hosts that it finds out by itself", f->agent, standing_text(d->in, stands),
                                  f->proven == TRUTH_YES ? "That it really does was seen." : "That its monitor answers is no proof: fencing-test cuts the power for real."); break;
  default: sentence = arena_printf(d->in->arena, "%s of %s: %s%s%s%s%s.", f->action ? f->action : "?", who, f->state ? f->state : "?", f->client ? ", asked by " : "", f->client ? f->client : "", f->delegate ? ", done by " : "", f->delegate ? f->delegate : "");
  }
  for (size_t i = 0; f->kind != FENCE_DEVICE && i < f->targets.count; i++) called(d, f->targets.item[i]);
  say(d, stands, sentence);
}

static enum level severity_level(int severity) { return severity == SEVERITY_CRITICAL ? LEVEL_BAD : severity == SEVERITY_WARNING ? LEVEL_WARN : LEVEL_NONE; }

static void say_source(struct detail *d) {
  static const enum level levels[] = {[SOURCE_UNKNOWN] = LEVEL_UNKNOWN, [SOURCE_OK] = LEVEL_OK, [SOURCE_STALE] = LEVEL_OLD, [SOURCE_HUNG] = LEVEL_BAD, [SOURCE_DOWN] = LEVEL_BAD, [SOURCE_ABSENT] = LEVEL_NONE, [SOURCE_DENIED] = LEVEL_WARN};
  const struct source_view *s = d->item;
  say(d, (struct standing){.level = levels[s->state]}, arena_printf(d->in->arena, "%s of %s: %s%s%s", s->name, s->host, s->state ? source_state_names[s->state] : "has not said anything yet", s->text && *s->text ? ". It says: " : "", s->text ? s->text : ""));
}

void detail_headline(struct detail *d) {
  static void (*const sentences[LIST_COUNT])(struct detail *) = {[LIST_NODES] = say_host, [LIST_BRICKS] = say_brick, [LIST_VOLUMES] = say_volume, [LIST_DOMAINS] = say_domain, [LIST_RESOURCES] = say_resource,
                                                                 [LIST_FENCING] = say_fence, [LIST_SOURCES] = say_source};
  if (sentences[d->list]) sentences[d->list](d);
}

/* ---- what is wrong, and what happened ---- */

static void title(struct detail *d, const char *words) {
  text_indent(d->t, 0, 0);
  text_add(d->t, STYLE(NORMAL), "");
  text_add(d->t, STYLE(TITLE), words);
}

/* Once for several of a kind. */
static void put_problem_help(struct detail *d, const struct problem *p, const char **last) {
  if (str_eq(*last, p->id)) return;
  *last = p->id;
  const struct problem_kind *k = problem_kind_find(p->id);
  const struct operation *o = p->operation ? operation_find(p->operation) : NULL;
  text_indent(d->t, 4, 4);
  if (k) text_add(d->t, STYLE(DIM), k->help);
  if (o) text_addf(d->t, STYLE(DIM), "What mends it: %s (%s)", o->title, o->name);
  const struct guide_book *b = guide_book_for(p->id, d->in->snap, d->in->arena);
  if (b) text_addf(d->t, STYLE(DIM), "The guide's book for it: %s (%s)", b->title, b->name);
}

void detail_problems(struct detail *d) {
  size_t n = 0;
  const char *last = NULL;
  for (int severity = SEVERITY_CRITICAL; severity >= SEVERITY_NONE; severity--)
    for (size_t i = 0; i < d->in->snap->problems.count; i++) {
      const struct problem *p = &d->in->snap->problems.item[i];
      if (p->severity != severity || !p->subject || !texts_have(&d->names, p->subject)) continue;
      if (!n++) title(d, "What is wrong");
      const char *age = age_text(d->in, p->since);
      text_indent(d->t, 2, 4);
      text_addf(d->t, style_of(level_role(severity_level(severity))), "%s %s", sign(d, severity_level(severity)), detail_line(d->in, p->text));
      if (age) text_moref(d->t, STYLE(DIM), "  for %s", age);
      put_problem_help(d, p, &last);
    }
}

void detail_events(struct detail *d) {
  size_t n = 0;
  for (size_t i = d->in->event_past < d->in->event_count ? d->in->event_past : d->in->event_count; i-- > 0 && n < EVENTS_SHOWN;) {
    const struct event *e = &d->in->events[i];
    if (!e->subject || !texts_have(&d->names, e->subject)) continue;
    if (!n++) title(d, "What happened to it");
    text_indent(d->t, 2, 12);
    text_addf(d->t, STYLE(DIM), "%s  ", clock_text(d->in, e->at));
    text_more(d->t, e->severity > SEVERITY_INFO ? style_of(level_role(severity_level(e->severity))) : STYLE(NORMAL), detail_line(d->in, e->text));
  }
}

/* ---- sections that are no fields ---- */

static void add_tree(struct detail *d, enum xray_kind kind, const char *id) {
  struct xray x;
  xray_of(d->in->snap, kind, id, proofs_shown(d->in), d->in->arena, &x);
  for (size_t i = 1; i < x.count && i <= TREE_LINES; i++) {
    struct xray_line l = x.item[i];
    l.depth--; /* the thing itself stands above */
    l.more >>= 1;
    text_indent(d->t, 2, 6);
    text_addf(d->t, style_of(level_role(l.worst)), "%s ", l.kind == XRAY_NOTE && !*l.name && l.worst == LEVEL_NONE ? " " : sign(d, l.worst));
    text_moref(d->t, STYLE(NORMAL), "%s  ", detail_line(d->in, xray_line_text(d->in, &l)));
    text_more(d->t, l.stands.old ? STYLE(STALE) : style_of(level_role(l.stands.level)), detail_line(d->in, standing_text(d->in, l.stands)));
    text_no_wrap(d->t);
  }
  if (x.count <= TREE_LINES + 1) return;
  text_indent(d->t, 2, 2);
  text_addf(d->t, STYLE(DIM), "and %zu more: the x-ray has them all", x.count - 1 - TREE_LINES);
}

static void add_host_tree(struct detail *d) { add_tree(d, XRAY_HOST, ((const struct host_view *)d->item)->name); }
static void add_volume_tree(struct detail *d) { add_tree(d, XRAY_VOLUME, ((const struct volume_view *)d->item)->name); }
static void add_domain_tree(struct detail *d) { add_tree(d, XRAY_DOMAIN, xray_domain_id(d->item, d->in->arena)); }
static void add_brick_tree(struct detail *d) { add_tree(d, XRAY_BRICK, xray_brick_id(volume_of(d->in->snap, d->item), d->item, d->in->arena)); }
static void add_resource_tree(struct detail *d) {
  const struct resource_view *r = d->item;
  add_tree(d, is_fence_device(r) ? XRAY_DEVICE : XRAY_RESOURCE, r->id);
}
static void add_fence_tree(struct detail *d) {
  const struct fence_view *f = d->item;
  if (f->kind == FENCE_DEVICE) add_tree(d, XRAY_DEVICE, f->id);
}

static bool speaks_of(const struct detail *d, const struct constraint_view *c) {
  return (c->resource && texts_have(&d->names, c->resource)) || (c->with && texts_have(&d->names, c->with)) || (d->list == LIST_NODES && c->host && texts_have(&d->names, c->host));
}

/* What a move left is said first: it is what nobody remembers. */
static void add_constraints(struct detail *d) {
  for (int turn = 0; turn < 2; turn++)
    for (size_t i = 0; i < d->in->snap->constraints.count; i++) {
      const struct constraint_view *c = &d->in->snap->constraints.item[i];
      struct standing s = standing_constraint(d->in->snap, c, d->in->arena);
      if ((c->from_move == TRUTH_YES) == turn || !speaks_of(d, c)) continue;
      text_indent(d->t, 2, 6);
      text_addf(d->t, style_of(level_role(s.level)), "%s ", sign(d, s.level));
      text_moref(d->t, STYLE(NORMAL), "%s  ", detail_line(d->in, c->id ? c->id : "?"));
      text_more(d->t, style_of(s.level > LEVEL_OK ? level_role(s.level) : ROLE_NORMAL), detail_line(d->in, d->list == LIST_NODES && c->resource ? arena_printf(d->in->arena, "%s: %s", c->resource, s.words) : s.words));
    }
}

static void add_failures(struct detail *d) {
  for (size_t i = 0; i < d->in->snap->failures.count; i++) {
    const struct failure_view *f = &d->in->snap->failures.item[i];
    bool host = d->list == LIST_NODES;
    const char *about = host ? f->host : f->resource;
    if (!about || !texts_have(&d->names, about)) continue;
    text_indent(d->t, 2, 4);
    text_addf(d->t, STYLE(WARN), "%s %s ", sign(d, LEVEL_WARN), detail_line(d->in, f->task ? f->task : "?"));
    text_moref(d->t, STYLE(NORMAL), "%s%s: %s", host ? "of " : "on ", detail_line(d->in, host ? f->resource ? f->resource : "?" : f->host ? f->host : "?"), detail_line(d->in, f->reason ? f->reason : "no reason told"));
    if (f->at != UNKNOWN_INT) text_moref(d->t, STYLE(DIM), "  %s, %s ago", clock_text(d->in, f->at), age_text(d->in, f->at));
  }
}

/* What its shared definition says otherwise. */
static void add_next_start(struct detail *d) {
  const struct domain_view *v = d->item;
  struct texts differs;
  int64_t age = UNKNOWN_INT;
  char text[CLOCK_TEXT];
  if (next_start_differs(d->in->snap, v, d->in->arena, &differs, &age))
    for (size_t i = 0; i < differs.count; i++) detail_put(d, i ? "" : "next start", STYLE(WARN), detail_line(d->in, arena_printf(d->in->arena, "%s%s", differs.item[i], i || age == UNKNOWN_INT ? "" : arena_printf(d->in->arena, " (its definition, read %s ago)", clock_age(text, age)))));
}

static void add_migration(struct detail *d) {
  const char *moving = migration_words(d->in->snap, d->item, d->in->arena);
  if (moving) detail_put(d, "migration", STYLE(WARN), moving);
  add_next_start(d);
}

static void add_setup(struct detail *d) {
  const struct pcmk_param *p = resource_config(d->in->snap, ((const struct resource_view *)d->item)->id);
  const struct { const char *label; const struct pairs *pairs; } parts[] = {{"parameter", p ? &p->params : NULL}, {"meta", p ? &p->meta : NULL}, {"operation", p ? &p->ops : NULL}, {"utilization", p ? &p->utilization : NULL}};
  for (size_t i = 0; p && i < COUNT(parts); i++)
    for (size_t k = 0; k < parts[i].pairs->count; k++) {
      const struct pair *one = &parts[i].pairs->item[k];
      detail_put(d, k ? "" : parts[i].label, STYLE(NORMAL), detail_line(d->in, arena_printf(d->in->arena, "%s = %s", one->key, one->value ? one->value : "?")));
    }
}

static bool about_target(const struct fence_view *f, const struct fencing_view *e) { return e->target && (f->kind == FENCE_SWITCH || texts_have(&f->targets, e->target)); }

static void add_fencings(struct detail *d) {
  const struct fence_view *f = d->item;
  for (size_t i = 0; i < d->in->snap->fencing.count; i++) {
    const struct fencing_view *e = &d->in->snap->fencing.item[i];
    if (!about_target(f, e)) continue;
    bool failed = str_eq(e->result, "failed");
    text_indent(d->t, 2, 12);
    text_addf(d->t, STYLE(DIM), "%s  ", e->at == UNKNOWN_INT ? "now" : arena_printf(d->in->arena, "%s, %s ago", clock_text(d->in, e->at), age_text(d->in, e->at)));
    text_moref(d->t, failed ? STYLE(BAD) : STYLE(NORMAL), "%s of %s: %s", e->action ? e->action : "?", e->target, e->result ? e->result : "?");
    text_moref(d->t, STYLE(DIM), "%s%s%s%s%s%s", e->client ? ", asked by " : "", e->client ? e->client : "", e->origin ? " on " : "", e->origin ? e->origin : "", e->delegate ? ", done by " : "", e->delegate ? e->delegate : "");
  }
}

/* ---- the table ---- */

/* What ok-to-stop says of it, the worst first. */
static void add_verdict(struct detail *d) {
  static const enum role roles[VERDICT_COUNT] = {[VERDICT_NONE] = ROLE_UNKNOWN, [VERDICT_SAFE] = ROLE_OK, [VERDICT_WAIT] = ROLE_WARN, [VERDICT_UNSAFE] = ROLE_BAD, [VERDICT_UNKNOWN] = ROLE_UNKNOWN};
  struct arena *a = d->in->arena;
  struct loss loss = {0};
  char age[CLOCK_TEXT];
  texts_add(a, &loss.hosts, ((const struct host_view *)d->item)->name);
  const struct stop *v = stop_judge(d->in->snap, &loss, a);
  detail_put(d, "verdict", style_of(roles[v->verdict]), arena_printf(a, "%s, data %s", v->verdict ? verdict_names[v->verdict] : "unknown", v->durability ? durability_names[v->durability] : "unknown"));
  for (int rank = VERDICT_COUNT; rank-- > 0;)
    for (size_t i = 0; i < v->reasons.count; i++) {
      const struct stop_reason *r = &v->reasons.item[i];
      if (stop_rank(r->verdict) != rank) continue;
      const char *wait = r->wait_s == UNKNOWN_INT ? "" : arena_printf(a, ", about %s", clock_age(age, r->wait_s * 1000));
      detail_put(d, r->layer, style_of(r->verdict == VERDICT_SAFE ? ROLE_NORMAL : roles[r->verdict]), detail_line(d->in, arena_printf(a, "%s: %s%s", verdict_names[r->verdict], r->text, wait)));
    }
}

const struct section sections[] = {
    {LIST_LINT, "What was found", "severity subject evidence", NULL},
    {LIST_LINT, "Why it matters", "why", NULL},
    {LIST_LINT, "What to do", "operation", NULL},
    {LIST_NODES, "How it stands", "membership pacemaker dc peer libvirt", NULL},
    {LIST_NODES, "May it go down now?", "", add_verdict},
    {LIST_NODES, "Seen by itself", "unseen", NULL},
    {LIST_NODES, "What hangs together with it", "", add_host_tree},
    {LIST_NODES, "Constraints that name it", "", add_constraints},
    {LIST_NODES, "What failed there", "", add_failures},
    {LIST_NODES, "Load", "domains cpu_percent cpus memory memory_used", NULL},
    {LIST_NODES, "Where it is", "here addresses aliases roles links", NULL},
    {LIST_BRICKS, "How it stands", "online answers text heal_pending heal", NULL},
    {LIST_BRICKS, "What hangs together with it", "", add_brick_tree},
    {LIST_BRICKS, "Room", "size free", NULL},
    {LIST_BRICKS, "Where it is", "host path set arbiter pid port", NULL},
    {LIST_VOLUMES, "How it stands", "status writable heal_pending split_brain heal", detail_tasks},
    {LIST_VOLUMES, "What hangs together with it", "", add_volume_tree},
    {LIST_VOLUMES, "Room", "size free", detail_room},
    {LIST_VOLUMES, "How it is made", "type replica arbiter disperse redundancy sharded", NULL},
    {LIST_VOLUMES, "Options", "options", NULL},
    {LIST_DOMAINS, "How it stands", "state reason hosts role resource autostart guest_agent", add_migration},
    {LIST_DOMAINS, "Constraints, and what moves left", "", add_constraints},
    {LIST_DOMAINS, "What failed", "", add_failures},
    {LIST_DOMAINS, "What it needs", "", add_domain_tree},
    {LIST_DOMAINS, "Load", "cpu_percent vcpus memory memory_used read_bytes_s write_bytes_s", NULL},
    {LIST_DOMAINS, "Where it is", "defined_on disks uuid", NULL},
    {LIST_RESOURCES, "How it stands", "role hosts managed failed blocked disabled orphaned fail_count", NULL},
    {LIST_RESOURCES, "What failed", "", add_failures},
    {LIST_RESOURCES, "Constraints, and what moves left", "", add_constraints},
    {LIST_RESOURCES, "What hangs together with it", "", add_resource_tree},
    {LIST_RESOURCES, "How it is made", "agent parent instance", add_setup},
    {LIST_FENCING, "How it stands", "state proven at action hosts", NULL},
    {LIST_FENCING, "What was fenced", "", add_fencings},
    {LIST_FENCING, "What hangs together with it", "", add_fence_tree},
    {LIST_FENCING, "How it is made", "agent targets told params", NULL},
    {LIST_SOURCES, "How it stands", "state age_ms text", NULL},
    {.title = NULL},
};
