/* Topology: who is linked with whom, which hosts form a replica set, what runs where, as a drawing of boxes and lines that is
 * scrolled. First what holds together and what is broken, in words; then the ring, side by side where it is parted; then the
 * storage. What is too large to be drawn box by box is drawn in cells, a host or a group of hosts each, what is not well first
 * and still as a box. Measuring it is drawing it where nothing is seen. */
#include "analysis/standing.h"
#include "base/map.h"
#include "tui/text.h"
#include "views/screen/app.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BOX_LEAST = 25, BOX_MOST = 64, NODES_DRAWN = 12, SETS_DRAWN = 24, GAP = 1, BESIDE = 150 /* so wide that the storage stands beside the ring */ };

struct place { const struct domain_view *domain; struct place *next; };
struct stored { size_t all, up; enum level worst; }; /* the bricks of a host */
struct sketch {
  const struct input *in;
  const struct snapshot *s;
  struct pen p;
  int y, tall; /* tall: lines of names that a box may have */
  int columns;        /* boxes of nodes beside one another */
  struct place **on;  /* by host: what runs there ... */
  size_t *count;
  enum level *worst;  /* ... and how the worst of it stands */
  struct stored *stored; /* by host */
  struct place *nowhere; /* what ought to run and does not, or is in trouble and nobody knows where */
};

static const char *sign(const struct sketch *k, enum level level) { return symbol(k->in->glyphs, level_symbol(level)); }
/* Of a name, which is no reading: never drawn as old. */
static enum role name_role(struct standing s, enum role calm) { return s.old || s.level <= LEVEL_OK || s.level == LEVEL_OLD ? calm : level_role(s.level); }
static enum role role_of(struct standing s) { return s.old ? ROLE_STALE : level_role(s.level); }
static size_t index_of(const struct sketch *k, const struct host_view *h) { return (size_t)(h - k->s->hosts.item); }
static bool is_node(const struct host_view *h) { return h->pacemaker || h->membership; }

static void find_places(struct sketch *k) {
  CLEANUP(map_free) struct map hosts = {0};
  k->on = arena_array(k->in->arena, k->s->hosts.count + 1, sizeof *k->on);
  k->count = arena_array(k->in->arena, k->s->hosts.count + 1, sizeof *k->count);
  k->worst = arena_array(k->in->arena, k->s->hosts.count + 1, sizeof *k->worst);
  k->stored = arena_array(k->in->arena, k->s->hosts.count + 1, sizeof *k->stored);
  for (size_t i = 0; i < k->s->hosts.count; i++) map_add(&hosts, k->s->hosts.item[i].name, i);
  for (size_t i = 0; i < k->s->hosts.count; i++)
    for (size_t n = 0; n < k->s->hosts.item[i].aliases.count; n++) map_add(&hosts, k->s->hosts.item[i].aliases.item[n], i);
  for (size_t v = 0; v < k->s->volumes.count; v++)
    for (size_t i = 0; i < k->s->volumes.item[v].bricks.count; i++) {
      const struct brick_view *b = &k->s->volumes.item[v].bricks.item[i];
      int64_t host = b->host ? map_get(&hosts, b->host) : MAP_NONE;
      if (host == MAP_NONE) continue;
      enum level level = standing_brick(&k->s->volumes.item[v], b, k->in->arena).level;
      k->stored[host].all++;
      k->stored[host].up += b->online == TRUTH_YES;
      if (level > k->stored[host].worst) k->stored[host].worst = level;
    }
  for (size_t i = k->s->domains.count; i-- > 0;) {
    const struct domain_view *d = &k->s->domains.item[i];
    enum level level = standing_domain(d, k->in->arena).level;
    if (!d->hosts.count && level > LEVEL_OK) {
      struct place *place = arena_alloc(k->in->arena, sizeof *place);
      *place = (struct place){d, k->nowhere};
      k->nowhere = place;
    }
    for (size_t n = 0; n < d->hosts.count; n++) {
      int64_t host = map_get(&hosts, d->hosts.item[n]);
      if (host == MAP_NONE) continue;
      struct place *place = arena_alloc(k->in->arena, sizeof *place);
      *place = (struct place){d, k->on[host]};
      k->on[host] = place;
      k->count[host]++;
      if (level > k->worst[host]) k->worst[host] = level;
    }
  }
}

/* ---- furniture ---- */

static void line(struct sketch *k, enum role role, const char *text) {
  pen_field(k->p, 0, k->y++, k->p.w, style_of(role), text);
}

/* Names in a row, wrapped; of those that do not fit how many there are. Returns the rows it took. */
struct name { const char *text; enum role role; };
static int put_names(struct pen p, int y, int rows, const struct name *name, size_t n) {
  int x = 0, row = 0;
  for (size_t i = 0; i < n; i++) {
    char rest[24];
    snprintf(rest, sizeof rest, "+%zu", n - i);
    int w = text_columns(name[i].text), room = p.w - (row + 1 == rows && i + 1 < n ? text_columns(rest) + 1 : 0);
    if (x + w > room && x && row + 1 < rows) x = 0, row++, room = p.w - (row + 1 == rows && i + 1 < n ? text_columns(rest) + 1 : 0);
    if (x + w > room && x) {
      pen_text(p, x, y + row, STYLE(DIM), rest);
      return row + 1;
    }
    pen_field(p, x, y + row, w < p.w - x ? w : p.w - x, style_of(name[i].role), name[i].text);
    x += w + 1;
  }
  return n ? row + 1 : 0;
}

/* How many boxes beside one another, and how wide each is. */
static int across(const struct sketch *k, size_t n, int least, int *ret_w) {
  int most = (k->p.w + GAP) / (least + GAP), cols = most < 1 ? 1 : most > (int)n ? (int)n : most, w = cols ? (k->p.w + GAP) / cols - GAP : k->p.w;
  *ret_w = w > BOX_MOST ? BOX_MOST : w;
  return cols ? cols : 1;
}

/* The line that the boxes of a row hang on; broken: they do not. */
static void put_bus(struct sketch *k, int cols, int w, bool broken) {
  for (int i = 0; i < cols && !broken; i++) {
    int x = i * (w + GAP);
    pen_rule(k->p, x, k->y, i + 1 < cols ? w + GAP : 4, STYLE(BORDER));
    pen_symbol(k->p, x + 3, k->y, STYLE(BORDER), SYMBOL_TEE_DOWN);
  }
  if (!broken) k->y++;
}

/* A box that hangs on a line: its title stands behind the stem. */
static struct pen put_box(struct pen p, struct style style, const char *title, const char *note) {
  struct pen in = pen_box(p, &(struct box){.note = note});
  int room = p.w - 7 - (note ? text_columns(note) + 1 : 0), w = text_columns(title);
  pen_symbol(p, 3, 0, STYLE(BORDER), SYMBOL_TEE_UP);
  if (room > 0) pen_field(p, 5, 0, w < room ? w : room, style, title);
  return in;
}

enum side { SIDE_HERE, SIDE_OTHER, SIDE_STOPPED, SIDE_OFF, SIDE_SILENT, SIDE_UNTOLD, SIDE_COUNT };

static enum side side_of(const struct snapshot *s, const struct host_view *h) {
  if (h->membership == MEMBERSHIP_MEMBER) return SIDE_HERE;
  if (h->membership == MEMBERSHIP_UNKNOWN) return SIDE_UNTOLD;
  if (h->outlook.asked == TRUTH_YES) return h->outlook.running == TRUTH_NO ? SIDE_STOPPED : SIDE_OTHER;
  return snapshot_off(s, h) ? SIDE_OFF : SIDE_SILENT;
}

/* ---- the cluster's nodes ---- */

static enum level link_level(const struct link_view *l, bool old) { return l->connected == TRUTH_NO ? LEVEL_BAD : l->connected == TRUTH_UNKNOWN ? LEVEL_UNKNOWN : old ? LEVEL_OLD : LEVEL_OK; }

/* The stem of a box: how this host hears that one on each link. */
static void put_stem(struct sketch *k, int x, int w, const struct host_view *h, bool broken) {
  bool old = texts_have(&h->stale, layer_names[LAYER_COROSYNC]);
  int at = x + 5, end = x + w;
  pen_symbol(k->p, x + 3, k->y, broken ? STYLE(BAD) : STYLE(BORDER), broken ? SYMBOL_BAD : SYMBOL_VERTICAL);
  if (h->here == TRUTH_YES) pen_field(k->p, at, k->y, end - at, STYLE(DIM), "this host");
  else if (!h->links.count && !broken) pen_field(k->p, at, k->y, end - at, STYLE(DIM), "links not known");
  for (size_t i = 0; i < h->links.count && at < end - 6; i++) {
    const struct link_view *l = &h->links.item[i];
    enum level level = link_level(l, old);
    const char *says = l->connected == TRUTH_NO          ? "DOWN"
                       : l->connected == TRUTH_UNKNOWN   ? "?"
                       : l->latency_us == UNKNOWN_INT    ? "up"
                       : l->latency_us < 10000           ? arena_printf(k->in->arena, "%.1f ms", (double)l->latency_us / 1000)
                                                         : arena_printf(k->in->arena, "%lld ms", (long long)l->latency_us / 1000);
    const char *text = arena_printf(k->in->arena, "%s %s%lld %s", sign(k, level), old ? "~" : "link ", (long long)l->link, says);
    pen_field(k->p, at, k->y, end - at, style_of(level == LEVEL_OK ? ROLE_NORMAL : level_role(level)), text);
    at += text_columns(text) + 2;
  }
}

/* What runs there, those that are not well first. */
static size_t names_on(struct sketch *k, const struct host_view *h, const struct name **ret) {
  size_t n = 0, i = index_of(k, h);
  struct name *name = arena_array(k->in->arena, k->count[i], sizeof *name);
  for (int turn = 0; turn < 2; turn++)
    for (const struct place *p = k->on[i]; p; p = p->next) {
      struct standing s = standing_domain(p->domain, k->in->arena);
      if ((s.level > LEVEL_OK) == turn) continue;
      const char *mark = s.level > LEVEL_OK && !s.old ? arena_printf(k->in->arena, "%s%s", sign(k, s.level), p->domain->name) : s.old ? arena_printf(k->in->arena, "~%s", p->domain->name) : p->domain->name;
      name[n++] = (struct name){mark, s.level <= LEVEL_OK ? ROLE_NORMAL : role_of(s)};
    }
  *ret = name;
  return n;
}

static const char *bricks_text(struct sketch *k, const struct host_view *h, enum level *worst) {
  const struct stored *b = &k->stored[index_of(k, h)];
  *worst = b->worst;
  return b->all ? arena_printf(k->in->arena, "%zu/%zu bricks up", b->up, b->all) : NULL;
}

static const char *load_text(struct sketch *k, const struct host_view *h) {
  bool old = texts_have(&h->stale, layer_names[LAYER_LIBVIRT]);
  double mem = h->memory > 0 && h->memory_used != UNKNOWN_INT ? 100.0 * (double)h->memory_used / (double)h->memory : (double)UNKNOWN_INT;
  const char *count = count_text(k->in, h->domains), *cpu = percent_text(k->in, h->cpu_percent), *used = mem < 0 ? NULL : percent_text(k->in, mem);
  return arena_printf(k->in->arena, "%s%s VMs  cpu %s  mem %s", old && count ? "~" : "", count ? count : "?", cpu ? cpu : "?", used ? used : "?");
}

/* As high as the one with most names needs, or is given. */
static int node_height(struct sketch *k, const struct host_view **h, int n, int w) {
  int rows = 1;
  for (int i = 0; i < n; i++) {
    const struct name *name;
    size_t count = names_on(k, h[i], &name);
    int need = put_names((struct pen){.canvas = k->p.canvas, .w = w - 2}, 0, k->tall, name, count);
    if (need > rows) rows = need;
  }
  return 4 + rows;
}

static void put_node(struct sketch *k, struct pen p, const struct host_view *h) {
  struct standing s = standing_host(k->s, h, k->in->arena);
  enum level bricks;
  const char *store = bricks_text(k, h, &bricks);
  bool off = side_of(k->s, h) == SIDE_OFF;
  const struct name *name;
  struct pen in = put_box(p, style_of(name_role(s, ROLE_TITLE)), h->name, NULL);
  pen_field(in, 0, 0, in.w, style_of(role_of(s)), arena_printf(k->in->arena, "%s %s", sign(k, s.level), standing_text(k->in, s)));
  if (store && in.w > 44) pen_right(in, in.w - 18, 0, 18, style_of(bricks > LEVEL_OK ? level_role(bricks) : ROLE_DIM), store);
  pen_field(in, 0, 1, in.w, STYLE(DIM), off ? "off" : load_text(k, h));
  size_t n = names_on(k, h, &name);
  if (n) put_names(in, 2, in.h - 2, name, n);
  else pen_field(in, 0, 2, in.w, STYLE(DIM), off ? "no domain" : host_unread(k->s, h) ? "what runs there is not known" : texts_have(&h->stale, layer_names[LAYER_LIBVIRT]) ? "~no domain" : "no domain");
}

static void put_nodes(struct sketch *k, const struct host_view **h, size_t n, bool broken) {
  int w, cols = across(k, k->columns > (int)n ? (size_t)k->columns : n, BOX_LEAST, &w);
  if (cols > k->columns) k->columns = cols; /* the boxes further down are as wide */
  for (size_t i = 0; i < n; i += (size_t)cols) {
    int here = n - i < (size_t)cols ? (int)(n - i) : cols, height = node_height(k, h + i, here, w);
    put_bus(k, here, w, broken);
    for (int c = 0; c < here; c++) put_stem(k, c * (w + GAP), w, h[i + (size_t)c], broken);
    k->y++;
    for (int c = 0; c < here; c++) put_node(k, pen_sub(k->p, c * (w + GAP), k->y, w, height), h[i + (size_t)c]);
    k->y += height;
  }
}

/* Small ones, many in a row: a sign, a name, a number. */
struct cell_text { const char *name, *says; struct standing stands; };
static void put_cells(struct sketch *k, const struct cell_text *c, size_t n) {
  int widest = 8;
  for (size_t i = 0; i < n; i++) {
    int w = text_columns(c[i].name) + text_columns(c[i].says) + 5;
    if (w > widest) widest = w;
  }
  if (widest > k->p.w - 1) widest = k->p.w - 1;
  int cols = (k->p.w - 1) / widest, rows = cols ? ((int)n + cols - 1) / cols : 0;
  for (size_t i = 0; i < n && cols; i++) {
    int x = 1 + (int)(i / (size_t)rows) * widest, y = k->y + (int)(i % (size_t)rows), says = text_columns(c[i].says);
    pen_text(k->p, x, y, style_of(level_role(c[i].stands.level)), sign(k, c[i].stands.level));
    pen_field(k->p, x + 2, y, widest - says - 5, style_of(name_role(c[i].stands, ROLE_NORMAL)), c[i].name);
    pen_text(k->p, x + widest - says - 2, y, STYLE(DIM), c[i].says);
  }
  k->y += rows;
}

/* ---- the ring, and the sides that it fell into ---- */

static void say_ring(struct sketch *k, size_t members, size_t nodes) {
  const struct cluster_view *c = &k->s->cluster;
  bool old = texts_have(&c->stale, layer_names[LAYER_COROSYNC]);
  const char *quorum = c->quorate == TRUTH_YES ? "quorate" : c->quorate == TRUTH_NO ? "NO QUORUM" : "quorum ?", *votes = c->votes != UNKNOWN_INT ? arena_printf(k->in->arena, " %lld/%lld", (long long)c->votes, (long long)c->expected_votes) : "";
  line(k, old ? ROLE_STALE : c->quorate == TRUTH_NO ? ROLE_BAD : c->quorate == TRUTH_UNKNOWN ? ROLE_UNKNOWN : ROLE_HEADER,
       arena_printf(k->in->arena, "%sRing: %zu of %zu nodes, %s%s%s", old ? "~" : "", members, nodes, quorum, votes, c->fencing == TRUTH_NO ? ", fencing OFF" : ""));
}

static void say_side(struct sketch *k, enum side side, const struct host_view **h, size_t n) {
  const struct outlook_view *o = &h[0]->outlook;
  struct texts all = {0};
  enum role role = ROLE_BAD;
  const char *words, *names;
  for (size_t i = 0; i < n && i < NODES_DRAWN; i++) texts_add(k->in->arena, &all, h[i]->name);
  names = n > all.count ? arena_printf(k->in->arena, "%s and %zu more", join_text(k->in, &all), n - all.count) : join_text(k->in, &all);
  switch (side) {
  case SIDE_OTHER:
    words = o->running == TRUTH_UNKNOWN ? "lives, and whether its corosync runs is not known"
                                        : arena_printf(k->in->arena, "%s %s: it sees %s", k->s->cluster.quorate == TRUTH_YES && o->quorate == TRUTH_YES ? "ANOTHER SIDE HAS QUORUM TOO," : "another side,",
                                                       o->quorate == TRUTH_YES ? "with quorum" : o->quorate == TRUTH_NO ? "without quorum" : "quorum ?", o->members.count ? join_text(k->in, &o->members) : "nobody");
    break;
  case SIDE_STOPPED: words = "lives, its corosync does not run", role = ROLE_WARN; break;
  case SIDE_OFF: words = "off, fenced or shut down", role = ROLE_WARN; break;
  case SIDE_SILENT: words = n == 1 ? "left, and it is not known whether it lives" : "left, and it is not known whether they live"; break;
  default: words = "membership not known", role = ROLE_UNKNOWN;
  }
  line(k, role, arena_printf(k->in->arena, "%s %s: %s", sign(k, role == ROLE_BAD ? LEVEL_BAD : role == ROLE_WARN ? LEVEL_WARN : LEVEL_UNKNOWN), names, words));
}

static bool well(struct sketch *k, const struct host_view *h) {
  if (k->worst[index_of(k, h)] > LEVEL_OK || standing_host(k->s, h, k->in->arena).level > LEVEL_OK || h->here == TRUTH_YES) return false;
  for (size_t i = 0; i < h->links.count; i++)
    if (h->links.item[i].connected == TRUTH_NO) return false;
  return true;
}

/* The members: each in a box, or in a large cluster those only that are not well, and this one. */
static void put_members(struct sketch *k, const struct host_view **h, size_t n) {
  if (n <= NODES_DRAWN) {
    put_nodes(k, h, n, false);
    return;
  }
  const struct host_view **box = arena_array(k->in->arena, n, sizeof *box);
  struct cell_text *cell = arena_array(k->in->arena, n, sizeof *cell);
  size_t boxes = 0, cells = 0;
  for (size_t i = 0; i < n; i++) {
    if (!well(k, h[i]) && boxes < NODES_DRAWN) box[boxes++] = h[i];
    else {
      const char *count = count_text(k->in, h[i]->domains);
      cell[cells++] = (struct cell_text){h[i]->name, arena_printf(k->in->arena, "%s VMs", count ? count : "?"), standing_host(k->s, h[i], k->in->arena)};
    }
  }
  put_nodes(k, box, boxes, false);
  put_cells(k, cell, cells);
}

static bool same_side(const struct snapshot *s, const struct host_view *a, const struct host_view *b) {
  if (side_of(s, a) != side_of(s, b)) return false;
  return side_of(s, a) != SIDE_OTHER || texts_have(&a->outlook.members, b->name) || (!a->outlook.members.count && !b->outlook.members.count);
}

static void put_ring(struct sketch *k) {
  const struct host_view **node = arena_array(k->in->arena, k->s->hosts.count + 1, sizeof *node), **side = arena_array(k->in->arena, k->s->hosts.count + 1, sizeof *side);
  size_t n = 0, members = 0;
  for (size_t i = 0; i < k->s->hosts.count; i++)
    if (is_node(&k->s->hosts.item[i])) node[n++] = &k->s->hosts.item[i];
  for (size_t i = 0; i < n; i++)
    if (side_of(k->s, node[i]) == SIDE_HERE) side[members++] = node[i];
  if (!n) return;
  say_ring(k, members, n);
  k->columns = (int)(n < 2 ? 2 : n);
  if (members) put_members(k, side, members);
  for (enum side at = SIDE_OTHER; at < SIDE_COUNT; at++)
    for (size_t i = 0; i < n; i++) { /* each side once, from its first node */
      size_t count = 0;
      bool first = node[i] && side_of(k->s, node[i]) == at;
      const struct host_view *lead = node[i];
      for (size_t j = i; first && j < n; j++)
        if (node[j] && same_side(k->s, lead, node[j])) side[count++] = node[j], node[j] = NULL;
      if (!count) continue;
      say_side(k, at, side, count);
      if (at != SIDE_OFF) put_nodes(k, side, count < NODES_DRAWN ? count : NODES_DRAWN, true);
    }
}

/* ---- storage ---- */

struct group { const char *hosts; size_t sets; struct standing worst; }; /* sets that lie on the same hosts */

static void put_set(struct sketch *k, struct pen p, const struct volume_view *v, int64_t set) {
  struct standing s = standing_set(v, set, k->in->arena);
  struct pen in = put_box(p, s.level > LEVEL_OK ? style_of(role_of(s)) : STYLE(TITLE), arena_printf(k->in->arena, "set %lld: %s", (long long)set, standing_text(k->in, s)), NULL);
  int y = 0;
  for (size_t i = 0; i < v->bricks.count; i++) {
    const struct brick_view *b = &v->bricks.item[i];
    if (b->set != set) continue;
    struct standing t = standing_brick(v, b, k->in->arena);
    bool loud = t.level != LEVEL_OK;
    int room = loud ? text_columns(t.words) + 2 : 0;
    pen_text(in, 0, y, style_of(level_role(t.level)), sign(k, t.level));
    pen_field(in, 2, y, in.w - 2 - room, STYLE(NORMAL), arena_printf(k->in->arena, "%s:%s%s", b->host, b->path, b->arbiter == TRUTH_YES ? " arbiter" : ""));
    if (loud) pen_right(in, in.w - room, y, room, style_of(role_of(t)), standing_text(k->in, t));
    y++;
  }
}

static int set_size(const struct volume_view *v) {
  int most = 1;
  for (int64_t set = 0; set < (int64_t)volume_sets(v); set++) {
    int n = 0;
    for (size_t i = 0; i < v->bricks.count; i++) n += v->bricks.item[i].set == set;
    if (n > most) most = n;
  }
  return most;
}

static void say_volume(struct sketch *k, const struct volume_view *v) {
  struct standing s = standing_volume(v, k->in->arena);
  size_t lives = 0;
  const char *size = size_text(k->in, v->size), *left = size_text(k->in, v->free);
  for (size_t i = 0; i < k->s->domains.count; i++) lives += domain_lies_in(&k->s->domains.item[i], v, -1);
  const char *text = arena_printf(k->in->arena, "%s %s, %s: %s", sign(k, s.level), v->name, v->type ? v->type : "?", standing_text(k->in, s));
  const char *more = arena_printf(k->in->arena, "%s%s of %s free, %zu%s domain%s", v->stale.count && left ? "~" : "", left ? left : "?", size ? size : "?", lives, hosts_unread(k->s) ? "+?" : "", lives == 1 ? "" : "s");
  int w = text_columns(text);
  pen_field(k->p, 0, k->y, w < k->p.w ? w : k->p.w, style_of(s.level > LEVEL_OK ? role_of(s) : ROLE_HEADER), text);
  if (w + 2 + text_columns(more) <= k->p.w) pen_text(k->p, w + 2, k->y, STYLE(DIM), more);
  k->y++;
}

static void put_volume(struct sketch *k, const struct volume_view *v, bool only_bad) {
  int64_t *set = arena_array(k->in->arena, volume_sets(v) + 1, sizeof *set);
  size_t n = 0;
  for (int64_t i = 0; i < (int64_t)volume_sets(v); i++)
    if (!only_bad || standing_set(v, i, k->in->arena).level > LEVEL_OK) set[n++] = i;
  int w, cols = across(k, n ? n : 1, BOX_LEAST, &w), height = set_size(v) + 2;
  say_volume(k, v);
  for (size_t i = 0; i < n; i += (size_t)cols) {
    int here = n - i < (size_t)cols ? (int)(n - i) : cols;
    put_bus(k, here, w, false);
    for (int c = 0; c < here; c++) put_set(k, pen_sub(k->p, c * (w + GAP), k->y, w, height), v, set[i + (size_t)c]);
    k->y += height;
  }
}

static const char *hosts_of_set(struct sketch *k, const struct volume_view *v, int64_t set) {
  struct texts t = {0};
  CLEANUP(str_free) struct str out = {0};
  for (size_t i = 0; i < v->bricks.count; i++)
    if (v->bricks.item[i].set == set && !texts_have(&t, v->bricks.item[i].host)) texts_add(k->in->arena, &t, v->bricks.item[i].host);
  for (size_t i = 0; i < t.count; i++) str_addf(&out, "%s%s", i ? "+" : "", t.item[i]);
  return arena_strdup(k->in->arena, str_text(&out));
}

static int group_order(const void *a, const void *b) {
  const struct group *x = a, *y = b;
  return x->worst.level != y->worst.level ? (int)y->worst.level - (int)x->worst.level : str_natural(x->hosts, y->hosts);
}

/* Which hosts form sets together, and how all sets of those hosts stand. */
static void put_groups(struct sketch *k, size_t sets) {
  CLEANUP(map_free) struct map known = {0};
  struct group *g = arena_array(k->in->arena, sets + 1, sizeof *g);
  size_t n = 0;
  for (size_t v = 0; v < k->s->volumes.count; v++)
    for (int64_t set = 0; set < (int64_t)volume_sets(&k->s->volumes.item[v]); set++) {
      const char *hosts = hosts_of_set(k, &k->s->volumes.item[v], set);
      size_t at = map_add(&known, hosts, n);
      struct standing s = standing_set(&k->s->volumes.item[v], set, k->in->arena);
      if (at == n) g[n++] = (struct group){.hosts = hosts, .worst = s};
      else if (s.level > g[at].worst.level) g[at].worst = s;
      g[at].sets++;
    }
  struct cell_text *cell = arena_array(k->in->arena, n + 1, sizeof *cell);
  qsort(g, n, sizeof *g, group_order);
  for (size_t i = 0; i < n; i++) cell[i] = (struct cell_text){g[i].hosts, arena_printf(k->in->arena, "%zu set%s", g[i].sets, g[i].sets == 1 ? "" : "s"), g[i].worst};
  line(k, ROLE_HEADER, arena_printf(k->in->arena, "Replica sets by the hosts that form them: %zu sets in %zu groups", sets, n));
  put_cells(k, cell, n);
}

static void put_storage(struct sketch *k) {
  size_t sets = 0, n = k->s->volumes.count, well_off = 0;
  const struct volume_view **v = arena_array(k->in->arena, n + 1, sizeof *v);
  for (size_t i = 0; i < n; i++) v[i] = &k->s->volumes.item[i], sets += volume_sets(v[i]);
  if (!n) return;
  bool large = sets > SETS_DRAWN;
  for (int level = LEVEL_COUNT - 1; level >= LEVEL_NONE; level--) /* worst first */
    for (size_t i = 0; i < n; i++) {
      if ((int)standing_volume(v[i], k->in->arena).level != level) continue;
      if (!large || level > LEVEL_OK) put_volume(k, v[i], large);
      else well_off++;
    }
  if (!large) return;
  if (well_off) line(k, ROLE_OK, arena_printf(k->in->arena, "%s %zu volume%s with all bricks up and nothing to heal", sign(k, LEVEL_OK), well_off, well_off == 1 ? "" : "s"));
  put_groups(k, sets);
}

/* ---- what is broken, in words, before all else ---- */

static void put_broken(struct sketch *k) {
  for (size_t i = 0; i < k->s->hosts.count; i++) {
    const struct host_view *h = &k->s->hosts.item[i];
    bool old = texts_have(&h->stale, layer_names[LAYER_COROSYNC]);
    for (size_t l = 0; l < h->links.count; l++)
      if (h->links.item[l].connected == TRUTH_NO && !old && h->membership == MEMBERSHIP_MEMBER)
        line(k, ROLE_BAD, arena_printf(k->in->arena, "%s link %lld to %s is down", sign(k, LEVEL_BAD), (long long)h->links.item[l].link, h->name));
    struct standing peer = standing_peer(h);
    if (peer.level == LEVEL_BAD || peer.level == LEVEL_UNKNOWN) line(k, role_of(peer), arena_printf(k->in->arena, "%s %s in gluster's pool: %s", sign(k, peer.level), h->name, standing_text(k->in, peer)));
    if (h->unseen.count) line(k, ROLE_WARN, arena_printf(k->in->arena, "%s %s does not see %s in gluster's pool", sign(k, LEVEL_WARN), h->name, join_text(k->in, &h->unseen)));
  }
}

static void say_pool(struct sketch *k) {
  size_t peers = 0, connected = 0, unknown = 0;
  bool old = false;
  CLEANUP(str_free) struct str idle = {0};
  for (size_t i = 0; i < k->s->hosts.count; i++) {
    const struct host_view *h = &k->s->hosts.item[i];
    enum level bricks;
    if (!h->peer && !texts_have(&h->roles, "gluster")) continue;
    peers++;
    connected += h->peer == PEER_CONNECTED;
    unknown += !h->peer;
    old |= texts_have(&h->stale, layer_names[LAYER_GLUSTER]);
    if (peers <= NODES_DRAWN && !bricks_text(k, h, &bricks)) str_addf(&idle, "%s%s", idle.len ? ", " : "", h->name);
  }
  if (!peers) return;
  enum role role = old ? ROLE_STALE : connected == peers ? ROLE_HEADER : connected + unknown == peers ? ROLE_UNKNOWN : ROLE_BAD;
  line(k, role, arena_printf(k->in->arena, "%sPool: %zu of %zu gluster peers connected%s%s", old ? "~" : "", connected, peers, unknown ? arena_printf(k->in->arena, ", %zu not known", unknown) : "",
                             idle.len ? arena_printf(k->in->arena, "; no brick on %s", idle.data) : ""));
}

static void say_nowhere(struct sketch *k) {
  size_t n = 0;
  for (const struct place *p = k->nowhere; p; p = p->next) n++;
  if (!n) return;
  struct name *name = arena_array(k->in->arena, n + 1, sizeof *name);
  n = 0;
  name[n++] = (struct name){arena_printf(k->in->arena, "%s not seen running:", sign(k, LEVEL_BAD)), ROLE_BAD};
  for (const struct place *p = k->nowhere; p; p = p->next) {
    struct standing s = standing_domain(p->domain, k->in->arena);
    name[n++] = (struct name){arena_printf(k->in->arena, "%s%s (%s)", s.old ? "~" : "", p->domain->name, s.words), role_of(s)};
  }
  k->y += put_names(k->p, k->y, 3, name, n);
}

/* Hypervisors outside of any cluster: nothing else would show them. */
static void put_others(struct sketch *k) {
  const struct host_view **h = arena_array(k->in->arena, k->s->hosts.count + 1, sizeof *h);
  size_t n = 0;
  for (size_t i = 0; i < k->s->hosts.count; i++) {
    const struct host_view *one = &k->s->hosts.item[i];
    if (!is_node(one) && texts_have(&one->roles, "kvm")) h[n++] = one;
  }
  if (!n) return;
  line(k, ROLE_HEADER, "Hypervisors in no cluster");
  put_nodes(k, h, n, true);
}

/* Draws all of it, and returns how high that is. */
static int sketch_all(struct pen p, const struct input *in, int height) {
  struct sketch k = {.in = in, .s = in->snap, .p = p, .tall = height >= 50 ? 5 : height >= 36 ? 3 : height >= 20 ? 2 : 1};
  if (!in->snap) {
    line(&k, ROLE_DIM, "waiting for the first answers");
    return k.y;
  }
  find_places(&k);
  put_broken(&k);
  say_nowhere(&k);
  bool beside = p.w >= BESIDE && in->snap->volumes.count && in->snap->hosts.count;
  int top = k.y, half = p.w / 2;
  if (beside) k.p = pen_sub(p, 0, 0, half - 2, p.h);
  put_ring(&k);
  put_others(&k);
  int left = k.y;
  if (beside) k.p = pen_sub(p, half, 0, p.w - half, p.h), k.y = top;
  say_pool(&k);
  put_storage(&k);
  if (beside && left > k.y) k.y = left;
  if (!k.y) line(&k, ROLE_DIM, "no host and no volume is known");
  return k.y;
}

/* ---- the page ---- */

static int height_of(const struct input *in, int w, int h) {
  struct canvas size = {.w = w, .h = h, .glyphs = in->glyphs};
  struct pen p = canvas_pen(&size);
  p.w = w - 2;
  p.h = CANVAS_MAX * 10;
  p.bottom = p.right = 0; /* nothing of it is seen */
  return sketch_all(p, in, h - 2);
}

static size_t last_top(int all, int seen) { return all > seen ? (size_t)(all - seen) : 0; }

void settle_topology(struct app *a, const struct input *in, int w, int h) {
  size_t last = last_top(height_of(in, w, h), h - 2);
  if (a->top > last) a->top = last;
}

/* Where the end is, settle_topology() knows: it is measured once a key. */
unsigned act_topology(struct app *a, const struct input *in, int w, int h, enum action action) {
  int m = move_of(action);
  size_t page = h > 3 ? (size_t)h - 3 : 1;
  (void)in;
  (void)w;
  if (m < 0) return 0;
  a->top = scroll_move(a->top, page, (enum move)m);
  return APP_CHANGED;
}

void draw_topology(struct pen p, const struct app *a, const struct input *in) {
  char range[RANGE_TEXT];
  struct pen v = pen_sub(p, 1, 1, p.w - 2, p.h - 2);
  v.y -= (int)a->top;
  v.h = CANVAS_MAX * 10;
  int all = sketch_all(v, in, p.h - 2);
  pen_box(p, &(struct box){.title = "Topology", .footer = scroll_range(range, a->top, p.h > 2 ? (size_t)p.h - 2 : 0, (size_t)all), .focused = true});
}

void state_topology(const struct app *a, const struct input *in, struct str *out) {
  size_t nodes = 0;
  for (size_t i = 0; in->snap && i < in->snap->hosts.count; i++) nodes += is_node(&in->snap->hosts.item[i]);
  state_linef(out, "topology", "%zu nodes, %zu volumes, top %zu", nodes, in->snap ? in->snap->volumes.count : 0, a->top);
}
