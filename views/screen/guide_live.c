/* Beside a step of the guide: how the part of the cluster stands that the step is about, read by the sources, and what of it
 * has just changed. What is old is marked, what is not known says so. */
#include "analysis/fences.h"
#include "analysis/seen.h"
#include "analysis/store_view.h"
#include "views/screen/guide.h"
#include <inttypes.h>
#include <string.h>

enum { LATELY_MS = 90000, LATELY_LINES = 6 };

struct live { struct text *t; const struct input *in; const struct snapshot *s; const struct guide_live *of; };

static void heading(struct live *l, const char *words) {
  text_indent(l->t, 0, 0);
  if (text_lines(l->t)) text_add(l->t, STYLE(NORMAL), "");
  text_add(l->t, STYLE(HEADER), words);
}

/* A sign, a name in a column of its own, how it stands. */
static void row(struct live *l, struct standing s, int w, const char *name, const char *words) {
  text_indent(l->t, 0, w + 3);
  text_addf(l->t, s.old ? STYLE(STALE) : style_of(level_role(s.level)), "%s ", symbol(l->in->glyphs, s.level == LEVEL_NONE ? SYMBOL_SEPARATOR : level_symbol(s.level)));
  text_more(l->t, STYLE(NORMAL), name);
  int gap = w + 1 - text_columns(name);
  text_moref(l->t, STYLE(NORMAL), "%*s", gap > 1 ? gap : 1, "");
  if (s.old) text_more(l->t, STYLE(STALE), "~");
  text_more(l->t, s.old ? STYLE(STALE) : s.level > LEVEL_OK ? style_of(level_role(s.level)) : STYLE(NORMAL), words);
}

static void note(struct live *l, enum role role, const char *words) {
  text_indent(l->t, 2, 2);
  text_add(l->t, style_of(role), words);
}

static int name_width(const struct texts *names, int least) {
  for (size_t i = 0; i < names->count; i++)
    if (text_columns(names->item[i]) > least) least = text_columns(names->item[i]);
  return least > 18 ? 18 : least;
}

static struct standing known(enum truth t, const char *yes, const char *no, const char *unknown) {
  return t == TRUTH_YES ? (struct standing){LEVEL_OK, yes, false} : t == TRUTH_NO ? (struct standing){LEVEL_NONE, no, false} : (struct standing){LEVEL_UNKNOWN, unknown, false};
}

/* ---- the hosts themselves: what they answered last ---- */

static const struct guide_host *host_of(const struct live *l, const char *name) {
  for (size_t i = 0; i < l->of->host_count; i++)
    if (str_eq(l->of->hosts[i].name, name)) return &l->of->hosts[i];
  return NULL;
}

static void put_hosts(struct live *l) {
  int w = name_width(&l->of->all, 5);
  heading(l, "The hosts");
  if (!l->of->all.count) note(l, ROLE_DIM, "none is named yet");
  for (size_t i = 0; i < l->of->all.count; i++) {
    const char *name = l->of->all.item[i];
    const struct guide_host *h = host_of(l, name);
    bool kvm = texts_have(&l->of->kvm, name), store = texts_have(&l->of->gluster, name);
    struct standing s = known(h ? h->answers : TRUTH_UNKNOWN, "answers", "does not answer", h && h->asking ? "is being asked" : "not asked yet");
    if (s.level == LEVEL_NONE) s.level = LEVEL_BAD;
    const char *more = s.level == LEVEL_BAD && h->text && *h->text ? arena_printf(l->in->arena, "%s: %s", s.words, h->text) : s.level == LEVEL_OK && h->system ? h->system : s.words;
    row(l, s, w, name, arena_printf(l->in->arena, "%-8s%s", kvm && store ? "kvm+glu" : kvm ? "kvm" : "gluster", more));
  }
}

/* ---- gluster ---- */

static void put_peers(struct live *l) {
  int w = name_width(&l->of->gluster, 5);
  heading(l, "The pool of gluster hosts");
  for (size_t i = 0; i < l->of->gluster.count; i++) {
    const struct host_view *h = l->s ? snapshot_host(l->s, l->of->gluster.item[i]) : NULL;
    struct standing s = h ? standing_peer(h) : (struct standing){LEVEL_NONE, "not in the pool", false};
    if (str_eq(s.words, "-")) s.words = "not in the pool";
    row(l, s, w, l->of->gluster.item[i], s.words);
  }
}

static void put_bricks(struct live *l, const struct volume_view *v) {
  for (int64_t set = 0; set < (int64_t)volume_sets(v); set++) {
    const char *lead = arena_printf(l->in->arena, "set %" PRId64, set);
    for (size_t i = 0; i < v->bricks.count; i++) {
      const struct brick_view *b = &v->bricks.item[i];
      if (b->set != set) continue;
      struct standing s = standing_brick(v, b, l->in->arena);
      const char *size = l->of->narrow ? NULL : size_text(l->in, b->free);
      row(l, s, 5, lead, arena_printf(l->in->arena, "%s:%s%s  %s%s%s", b->host, b->path, b->arbiter == TRUTH_YES ? " (arbiter)" : "", s.words, size ? "  " : "", size ? arena_printf(l->in->arena, "%s free", size) : ""));
      lead = "";
    }
  }
}

static void put_volume(struct live *l) {
  const struct volume_view *v = l->s ? snapshot_volume(l->s, l->of->volume) : NULL;
  heading(l, arena_printf(l->in->arena, "The volume %s", l->of->volume ? l->of->volume : ""));
  if (!v) {
    note(l, ROLE_DIM, !l->s || !volumes_known(l->s) ? "which volumes there are is not known: no gluster daemon answers" : l->s->volumes.count ? "there is none of that name" : "there is no volume yet");
    return;
  }
  struct standing s = standing_volume(v, l->in->arena);
  row(l, s, 5, v->name, arena_printf(l->in->arena, "%s, %s", v->type ? v->type : "?", s.words));
  put_bricks(l, v);
}

static void put_options(struct live *l) {
  static const char *const shown[] = {"network.ping-timeout", "server.tcp-user-timeout", "server.keepalive-time", "cluster.server-quorum-type", "features.shard", "storage.owner-uid"};
  const struct volume_view *v = l->s ? snapshot_volume(l->s, l->of->volume) : NULL;
  for (size_t i = 0; v && i < v->options.count; i++)
    for (size_t k = 0; k < COUNT(shown); k++)
      if (str_eq(v->options.item[i].key, shown[k])) note(l, ROLE_DIM, arena_printf(l->in->arena, "%s %s", shown[k], v->options.item[i].value));
}

static const char *mounted_here(const struct live *l, const char *host, enum truth *ret) {
  const struct gluster_mounts *m = mounts_of(l->s, host);
  *ret = TRUTH_UNKNOWN;
  for (size_t i = 0; m && i < m->mounts.count; i++)
    if (str_eq(m->mounts.item[i].volume, l->of->volume)) return *ret = m->mounts.item[i].trouble ? TRUTH_NO : TRUTH_YES, m->mounts.item[i].trouble ? m->mounts.item[i].trouble : arena_printf(l->in->arena, "on %s", m->mounts.item[i].mount);
  if (m) *ret = TRUTH_NO;
  return NULL;
}

/* Its own host's table of mounts, or what libvirt's source asked there. */
static void put_mounts(struct live *l) {
  int w = name_width(&l->of->kvm, 5);
  heading(l, arena_printf(l->in->arena, "Mounted on %s", l->of->mount ? l->of->mount : "?"));
  for (size_t i = 0; i < l->of->kvm.count; i++) {
    const char *host = l->of->kvm.item[i], *words = NULL;
    enum truth mounted = TRUTH_UNKNOWN;
    if (l->s) words = mounted_here(l, host, &mounted);
    const struct libvirt_setup *setup = l->s ? fact_seen(l->s, "libvirt.setup", host) : NULL;
    for (size_t k = 0; mounted == TRUTH_UNKNOWN && setup && setup->mounts_known == TRUTH_YES && k <= setup->mounts.count; k++) {
      const struct setup_mount *m = k < setup->mounts.count ? &setup->mounts.item[k] : NULL;
      if (!m) mounted = TRUTH_NO;
      else if (str_eq(m->mount, l->of->mount)) mounted = m->mounted, words = arena_printf(l->in->arena, "%s%s", m->source ? m->source : "", m->permanent == TRUTH_YES ? ", at every boot" : ", NOT at every boot");
    }
    struct standing s = known(mounted, "mounted", "not mounted", "no source reads that here; the check asks the host");
    row(l, s, w, host, words ? words : s.words);
  }
}

/* ---- the cluster ---- */

static void put_nodes(struct live *l) {
  int w = name_width(&l->of->kvm, 5);
  const struct cluster_view *c = l->s ? &l->s->cluster : NULL;
  heading(l, arena_printf(l->in->arena, "The cluster %s", c && c->name ? c->name : l->of->cluster ? l->of->cluster : ""));
  for (size_t i = 0; i < l->of->kvm.count; i++) {
    const struct host_view *h = l->s ? snapshot_host(l->s, l->of->kvm.item[i]) : NULL;
    struct standing s = h ? standing_node(l->s, h, l->in->arena) : (struct standing){LEVEL_NONE, "no node", false};
    if (str_eq(s.words, "-")) s.words = "no node";
    row(l, s, w, l->of->kvm.item[i], arena_printf(l->in->arena, "%s%s", s.words, h && h->dc == TRUTH_YES && !strstr(s.words, "DC") ? " DC" : ""));
  }
  if (!c || !c->name) return;
  row(l, known(c->quorate, "", "", ""), w, "quorum", c->quorate == TRUTH_YES ? arena_printf(l->in->arena, "yes, %s of %s votes", count_text(l->in, c->votes) ? count_text(l->in, c->votes) : "?", count_text(l->in, c->expected_votes) ? count_text(l->in, c->expected_votes) : "?") : c->quorate == TRUTH_NO ? "NO" : "not known");
}

static void put_fencing(struct live *l) {
  struct fences f;
  heading(l, "Fencing");
  if (!l->s || !pacemaker_seen(l->s)) {
    note(l, ROLE_UNKNOWN, "not known: pacemaker is not read");
    return;
  }
  fences_of(l->s, proofs_shown(l->in), l->in->arena, &f);
  int shown = 0;
  for (size_t i = 0; i < f.count && shown < 6; i++) {
    const struct fence_view *v = &f.item[i];
    if (v->kind == FENCE_ACTION) continue;
    struct standing s = v->kind == FENCE_DEVICE ? standing_device(v, l->in->arena) : (struct standing){(enum level)v->level, v->state ? v->state : "?", false};
    row(l, s, 8, v->id ? v->id : "?", s.words);
    shown++;
  }
}

static void put_domain(struct live *l) {
  const struct domain_view *d = l->s && l->of->domain ? snapshot_domain(l->s, l->of->domain) : NULL;
  heading(l, arena_printf(l->in->arena, "The domain %s", l->of->domain ? l->of->domain : ""));
  for (size_t i = 0; i < l->of->kvm.count; i++) {
    const char *host = l->of->kvm.item[i];
    bool runs = d && texts_have(&d->hosts, host), defined = d && texts_have(&d->defined_on, host);
    struct standing s = !l->s || !libvirt_seen(l->s, host) ? (struct standing){LEVEL_UNKNOWN, "not known: libvirt there does not answer", false}
                        : runs ? (struct standing){LEVEL_OK, defined ? "runs here, defined here" : "runs here", false} : (struct standing){LEVEL_NONE, defined ? "defined here, not running" : "not here", false};
    row(l, s, name_width(&l->of->kvm, 5), host, s.words);
  }
  if (!d) return;
  struct standing s = standing_domain(d, l->in->arena);
  row(l, s, name_width(&l->of->kvm, 5), "state", s.words);
  for (size_t i = 0; i < d->disks.count; i++) note(l, ROLE_DIM, arena_printf(l->in->arena, "%s %s", d->disks.item[i].target ? d->disks.item[i].target : "disk", d->disks.item[i].source ? d->disks.item[i].source : "?"));
}

static void put_resource(struct live *l) {
  const struct domain_view *d = l->s && l->of->domain ? snapshot_domain(l->s, l->of->domain) : NULL;
  const struct resource_view *r = l->s && l->of->domain ? resource_seen(l->s, d && d->resource ? d->resource : l->of->domain) : NULL;
  heading(l, "What pacemaker says of it");
  if (!l->s || !pacemaker_seen(l->s)) note(l, ROLE_UNKNOWN, "not known: pacemaker is not read");
  else if (!r) note(l, ROLE_DIM, "it is no resource: nothing starts it elsewhere");
  if (!r) return;
  struct standing s = standing_resource(r, l->in->arena);
  row(l, s, 6, r->id, r->hosts.count ? arena_printf(l->in->arena, "%s on %s", s.words, join_text(l->in, &r->hosts)) : s.words);
}

static void put_constraints(struct live *l) {
  size_t n = 0;
  heading(l, "Constraints");
  for (size_t i = 0; l->s && i < l->s->constraints.count; i++) {
    const struct constraint_view *c = &l->s->constraints.item[i];
    struct standing s = standing_constraint(l->s, c, l->in->arena);
    row(l, s, 8, c->id ? c->id : "?", arena_printf(l->in->arena, "%s%s%s", s.words, c->from_move == TRUTH_YES ? ", left by a move" : "", c->score ? arena_printf(l->in->arena, " (%s)", c->score) : ""));
    n++;
  }
  if (!l->s || !pacemaker_seen(l->s)) note(l, ROLE_UNKNOWN, "not known: pacemaker is not read");
  else if (!n) row(l, (struct standing){LEVEL_OK, "", false}, 4, "none", "it may run on any node");
}

/* ---- what has just happened ---- */

/* What came and went; what is wrong because of it stands among the problems. */
static void put_lately(struct live *l) {
  size_t first = l->in->event_past, n = 0;
  for (; first && l->in->wall - l->in->events[first - 1].at < LATELY_MS && n < LATELY_LINES; first--) n += !str_eq(l->in->events[first - 1].kind, "problem");
  if (!n) return;
  heading(l, "Just now");
  for (size_t i = first; i < l->in->event_past; i++) {
    const struct event *e = &l->in->events[i];
    if (str_eq(e->kind, "problem")) continue;
    text_indent(l->t, 0, 9);
    text_addf(l->t, STYLE(DIM), "%s ", clock_text(l->in, e->at));
    text_more(l->t, style_of(severity_role(e->severity)), e->text ? e->text : "");
  }
}

struct text *guide_live_text(const struct input *in, const struct guide_live *of) {
  static const struct { const char *words; void (*put)(struct live *l); } parts[] = { /* one of the step's words brings it */
      {"hosts services", put_hosts}, {"peers", put_peers}, {"bricks volumes", put_volume}, {"volumes", put_options}, {"mounts", put_mounts}, {"nodes", put_nodes},
      {"fencing", put_fencing}, {"domains", put_domain}, {"domains resources", put_resource}, {"resources constraints", put_constraints}};
  struct live l = {text_new(), in, in->snap, of};
  for (size_t i = 0; i < COUNT(parts); i++) {
    CLEANUP(mem_freep) char *copy = mem_strdup(parts[i].words);
    char *rest = copy;
    bool wanted = false;
    for (char *one; (one = strsep(&rest, " ")) != NULL;) wanted |= of->shows && str_listed(of->shows, ' ', one);
    if (wanted) parts[i].put(&l);
  }
  put_lately(&l);
  return l.t;
}
