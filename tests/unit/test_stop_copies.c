/* Copies against enumeration, on generated clusters of 2 to 16 hosts with volumes of every type: each host, each pair, each
 * brick and some larger losses are judged, and beside that worked out here from what the manual of gluster says of each type,
 * with nothing of the program's rules. SEED=N CLUSTERS=N choose others. */
#include "analysis/stop.h"
#include "model/fragment.h"
#include "tests/unit/unit.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NOW = 100000, HOSTS = 16, VOLUMES = 3, SETS = 4, WIDE = 6 };
enum quorum_kind { Q_UNSET, Q_NONE, Q_AUTO, Q_FIXED };

struct one { int host; bool dead; int waits; };       /* a brick; waits: entries it has that others lack */
struct tree {                                         /* a volume */
  int copies, arbiters, disperse, redundancy;         /* copies: bricks of a replica set, the arbiter included */
  int sets, quorum, fixed, ratio;                     /* ratio: of the server quorum; 0: none, 1: on without one */
  bool stopped;
  struct one brick[SETS][WIDE];
};
struct farm { int hosts, volumes; unsigned away; struct tree volume[VOLUMES]; }; /* away: hosts that are down */

static const struct { const char *what; int copies, arbiters, disperse, redundancy; } types[] = {
    {"distribute", 1, 0, 0, 0}, {"replica 2", 2, 0, 0, 0}, {"replica 3", 3, 0, 0, 0}, {"arbiter", 3, 1, 0, 0}, {"replica 4", 4, 0, 0, 0}, {"disperse 2+1", 0, 0, 3, 1}, {"disperse 4+2", 0, 0, 6, 2}};

static unsigned seed;
static int draw(int below) {
  seed = seed * 1103515245 + 12345;
  return (int)((seed >> 16) % (unsigned)below);
}
static bool chance(int percent) { return draw(100) < percent; }
static int width(const struct tree *v) { return v->disperse ? v->disperse : v->copies; }

/* A brick a host in each set where there are enough, as one would build it; else hosts hold two of a set. */
static void grow(struct farm *f) {
  *f = (struct farm){.hosts = 2 + draw(HOSTS - 1), .volumes = 1 + draw(VOLUMES)};
  bool worn = chance(40);
  for (int h = 0; h < f->hosts; h++) f->away |= worn && chance(8) ? 1u << h : 0;
  for (int i = 0; i < f->volumes; i++) {
    struct tree *v = &f->volume[i];
    int t = draw((int)COUNT(types)), at = draw(f->hosts);
    *v = (struct tree){.copies = types[t].copies, .arbiters = types[t].arbiters, .disperse = types[t].disperse, .redundancy = types[t].redundancy, .sets = 1 + draw(SETS), .quorum = draw(4), .stopped = chance(5)};
    v->fixed = 1 + draw(width(v));
    v->ratio = chance(75) ? 0 : chance(50) ? 1 : 40 + draw(50);
    for (int s = 0; s < v->sets; s++)
      for (int b = 0; b < width(v); b++) {
        struct one *x = &v->brick[s][b];
        x->host = at++ % f->hosts;
        x->dead = f->away & 1u << x->host || (worn && chance(6));
      }
    for (int s = 0; worn && s < v->sets && width(v) > 1; s++) { /* a brick or two missed writes: the others know of it */
      int missed = draw(width(v)), also = draw(width(v));
      if (chance(60)) continue;
      for (int b = 0; b < width(v); b++) v->brick[s][b].waits = v->brick[s][b].dead || b == missed || (b == also && chance(30)) ? 0 : 1 + draw(50);
    }
  }
}

/* ---- as the sources would tell it ---- */
static struct arena *a;

static void add(struct store *s, const char *kind, const char *key, const char *data) {
  struct fragment *f = NULL;
  struct err e = {0};
  const char *line = arena_printf(a, "{\"at\":\"2026-11-22T12:00:00.000Z\",\"source\":\"gluster\",\"host\":\"n0\",\"kind\":\"%s\",\"key\":\"%s\",\"data\":%s}", kind, key, data);
  if (fragment_parse(line, strlen(line), &f, &e)) fail_msg("%s: %s", e.text, line);
  store_add(s, f, NOW);
  fragment_drop(f);
}

static const char *options(const struct tree *v) {
  static const char *const kinds[] = {[Q_NONE] = "none", [Q_AUTO] = "auto", [Q_FIXED] = "fixed"};
  const char *client = v->quorum == Q_UNSET || v->disperse ? "" : arena_printf(a, ",\"cluster.quorum-type\":\"%s\"%s", kinds[v->quorum], v->quorum == Q_FIXED ? arena_printf(a, ",\"cluster.quorum-count\":\"%d\"", v->fixed) : "");
  const char *server = !v->ratio ? "" : v->ratio == 1 ? ",\"cluster.server-quorum-type\":\"server\"" : arena_printf(a, ",\"cluster.server-quorum-type\":\"server\",\"cluster.server-quorum-ratio\":\"%d%%\"", v->ratio);
  return arena_printf(a, "{\"x.y\":\"on\"%s%s}", client, server);
}

static void tell_volume(struct store *s, const struct tree *v, int number, struct str *volumes, struct str *lives) {
  struct str heal = {0};
  str_addf(volumes, "%s{\"name\":\"v%d\",\"type\":\"%s\",\"status\":\"%s\",\"replica\":%d,\"arbiter\":%d,\"disperse\":%d,\"redundancy\":%d,\"options\":%s,\"bricks\":[", number ? "," : "", number,
           v->disperse ? "disperse" : v->copies > 1 ? "replicate" : "distribute", v->stopped ? "stopped" : "started", v->disperse ? 1 : v->copies, v->arbiters, v->disperse, v->redundancy, options(v));
  for (int set = 0; set < v->sets; set++)
    for (int b = 0; b < width(v); b++) {
      const struct one *x = &v->brick[set][b];
      const char *comma = set || b ? "," : "", *name = arena_printf(a, "\"host\":\"n%d\",\"path\":\"/b/v%ds%db%d\"", x->host, number, set, b);
      str_addf(volumes, "%s{%s,\"uuid\":\"u%d\",\"set\":%d,\"arbiter\":%s}", comma, name, x->host, set, v->arbiters && b == width(v) - 1 ? "true" : "false");
      str_addf(lives, "%s{%s,\"online\":%s,\"answers\":true,\"port\":49152}", number || set || b ? "," : "", name, x->dead ? "false" : "true");
      str_addf(&heal, "%s{%s,\"pending\":%s}", comma, name, x->dead ? "null" : arena_printf(a, "%d", x->waits));
    }
  str_add(volumes, "]}");
  add(s, "gluster.heal", arena_printf(a, "v%d", number), arena_printf(a, "{\"bricks\":[%s],\"split_brain\":0}", str_text(&heal)));
  str_free(&heal);
}

static struct snapshot *tell(const struct farm *f) {
  struct store s = {0};
  struct str volumes = {0}, lives = {0}, peers = {0}, probe = {0};
  for (int h = 0; h < f->hosts; h++) {
    const char *there = f->away & 1u << h ? "false" : "true";
    str_addf(&peers, "%s{\"uuid\":\"u%d\",\"hostname\":\"n%d\",\"names\":[\"n%d\"],\"connected\":%s,\"state\":\"Peer in Cluster\",\"self\":false}", h ? "," : "", h, h, h, there);
    str_addf(&probe, "%s{\"host\":\"n%d\",\"answers\":%s}", h ? "," : "", h, there);
  }
  add(&s, "state", "", "{\"state\":\"ok\",\"text\":\"\"}");
  add(&s, "gluster.peers", "", arena_printf(a, "{\"peers\":[%s]}", peers.data));
  add(&s, "gluster.probe", "", arena_printf(a, "{\"hosts\":[%s]}", probe.data));
  for (int i = 0; i < f->volumes; i++) tell_volume(&s, &f->volume[i], i, &volumes, &lives);
  add(&s, "gluster.volumes", "", arena_printf(a, "{\"volumes\":[%s]}", volumes.data));
  add(&s, "gluster.bricks", "", arena_printf(a, "{\"bricks\":[%s]}", lives.data));
  struct snapshot *snap = snapshot_make(&s, NOW, 0, NULL, NULL);
  store_clear(&s);
  str_free(&volumes), str_free(&lives), str_free(&peers), str_free(&probe);
  return snap;
}

/* ---- the same by hand ---- */
struct gone { unsigned hosts; bool brick[VOLUMES][SETS][WIDE]; };
struct answer { bool unsafe, waits, blind; int least; bool shaky; }; /* least: full copies beyond the last that stay in the worst set touched; shaky: not all of them may be whole */

static bool goes(const struct gone *g, const struct farm *f, int v, int s, int b) { return g->hosts & 1u << f->volume[v].brick[s][b].host || g->brick[v][s][b]; }

/* Is a set with these bricks there still written to? */
static bool writes(const struct tree *v, const bool there[WIDE]) {
  int up = 0, data = 0, all = width(v);
  for (int b = 0; b < all; b++) up += there[b], data += there[b] && !(v->arbiters && b == all - 1);
  if (v->disperse) return all - up <= v->redundancy;       /* "redundancy: how many bricks may be lost" */
  if (!data) return false;
  if (v->copies < 2) return true;
  int kind = v->quorum == Q_UNSET ? (all >= 3 ? Q_AUTO : Q_NONE) : v->quorum; /* auto by default from three on */
  if (kind == Q_FIXED) return up >= v->fixed;              /* "writes are allowed if at least quorum-count bricks are up" */
  if (kind == Q_NONE) return true;
  return up > all - up || (up == all - up && there[0]);    /* "more than half, or exactly half and the first of them" */
}

/* How many may still be lost of those that hold all of it, before something is gone: -1, something is gone. */
static int spare(const struct tree *v, const bool there[WIDE]) {
  int up = 0, data = 0, all = width(v);
  for (int b = 0; b < all; b++) up += there[b], data += there[b] && !(v->arbiters && b == all - 1);
  return v->disperse ? up - (v->disperse - v->redundancy) : data - 1;
}

static void look_at(const struct farm *f, const struct gone *g, int i, int set, struct answer *ret) {
  const struct tree *v = &f->volume[i];
  bool then[WIDE] = {0}, touched = false, dead = false, waiting = false, leaves = false, holders[WIDE] = {0};
  for (int b = 0; b < width(v); b++) {
    const struct one *x = &v->brick[set][b];
    bool off = goes(g, f, i, set, b);
    then[b] = !x->dead && !off;
    touched |= off, dead |= x->dead, waiting |= x->waits > 0, leaves |= off && x->waits > 0;
    holders[b] = then[b] && x->waits > 0;
  }
  if (!writes(v, then)) ret->unsafe = true;
  if (!touched) return;
  int left = spare(v, then);
  if (waiting && spare(v, holders) < 0) left = -1; /* what waits is whole only where something waits: too few of those stay */
  if (left < ret->least) ret->least = left;
  if (width(v) == 1) return;
  ret->blind |= dead;                       /* nobody counted what a dead brick holds */
  ret->waits |= waiting;
  ret->unsafe |= dead && leaves;            /* it is not healed, however long one waits */
  ret->shaky |= waiting || dead;
}

static struct answer by_hand(const struct farm *f, const struct gone *g) {
  struct answer r = {.least = 99};
  int stay = 0;
  for (int h = 0; h < f->hosts; h++) stay += !(f->away & 1u << h) && !(g->hosts & 1u << h);
  for (int i = 0; i < f->volumes; i++) {
    const struct tree *v = &f->volume[i];
    if (v->stopped) continue;
    for (int s = 0; s < v->sets; s++) look_at(f, g, i, s, &r);
    if (v->ratio == 1 && stay <= f->hosts - stay) r.unsafe = true;             /* "more than half of the peers" */
    if (v->ratio > 1 && stay * 100 < v->ratio * f->hosts) r.unsafe = true;     /* "at least that percentage" */
  }
  return r;
}

static size_t judged[VERDICT_COUNT], lasting[DURABILITY_UNKNOWN + 1];

static void compare(const struct farm *f, const struct snapshot *s, const struct gone *g, unsigned from) {
  struct loss l = {0};
  struct arena *own = arena_new(), *outer = a;
  a = own;
  for (int h = 0; h < f->hosts; h++)
    if (g->hosts & 1u << h) assert_int_equal(loss_add(s, &l, arena_printf(a, "n%d", h), a, NULL), 0);
  for (int i = 0; i < f->volumes; i++)
    for (int set = 0; set < f->volume[i].sets; set++)
      for (int b = 0; b < width(&f->volume[i]); b++)
        if (g->brick[i][set][b]) assert_int_equal(loss_add(s, &l, arena_printf(a, "n%d:/b/v%ds%db%d", f->volume[i].brick[set][b].host, i, set, b), a, NULL), 0);
  const struct stop *v = stop_judge(s, &l, a);
  struct answer r = by_hand(f, g);
  bool idle = r.least == 99 && !r.unsafe; /* nothing of it touches a volume that is in use */
  int expected = r.unsafe ? VERDICT_UNSAFE : r.blind ? VERDICT_UNKNOWN : r.waits ? VERDICT_WAIT : VERDICT_SAFE;
  if (idle ? v->verdict != VERDICT_SAFE && v->verdict != VERDICT_UNKNOWN : v->verdict != expected)
    fail_msg("SEED=%u: hosts %x of %d, %s instead of %s (%s)", from, g->hosts, f->hosts, verdict_names[v->verdict], verdict_names[expected], v->reasons.count ? v->reasons.item[0].text : "");
  /* exactly, where all live and nothing waits; else never better than it is */
  int d = v->durability, then = r.least < 0 ? DURABILITY_LOST : r.least == 0 ? DURABILITY_REDUCED : DURABILITY_KEPT;
  bool good = r.shaky ? d != DURABILITY_KEPT && (then != DURABILITY_LOST || d == DURABILITY_LOST || (r.blind && d == DURABILITY_UNKNOWN)) : d == then;
  if (!good) fail_msg("SEED=%u: hosts %x of %d: durability %s instead of %s%s", from, g->hosts, f->hosts, durability_names[d], durability_names[then], r.shaky ? " at best" : "");
  judged[v->verdict]++, lasting[d]++;
  arena_free(own);
  a = outer;
}

static void each_loss(const struct farm *f, const struct snapshot *s, unsigned from) {
  struct gone g;
  for (int h = 0; h < f->hosts; h++)
    for (int o = h; o < f->hosts; o++) compare(f, s, &(struct gone){.hosts = 1u << h | 1u << o}, from);
  for (int i = 0; i < f->volumes; i++)
    for (int set = 0; set < f->volume[i].sets; set++)
      for (int b = 0; b < width(&f->volume[i]); b++) {
        g = (struct gone){0};
        g.brick[i][set][b] = true;
        compare(f, s, &g, from);
      }
  for (int n = 0; n < 12; n++) {
    g = (struct gone){.hosts = (unsigned)draw(1 << f->hosts) & (unsigned)draw(1 << f->hosts)};
    for (int i = 0; i < f->volumes; i++)
      for (int set = 0; set < f->volume[i].sets; set++)
        for (int b = 0; b < width(&f->volume[i]); b++) g.brick[i][set][b] = chance(10);
    compare(f, s, &g, from);
  }
}

static unsigned setting(const char *name, unsigned otherwise) {
  const char *text = getenv(name);
  return text ? (unsigned)strtoul(text, NULL, 10) : otherwise;
}

static void copies_on_generated_clusters(void **state) {
  unsigned from = setting("SEED", 1), clusters = setting("CLUSTERS", 3000);
  (void)state;
  for (unsigned n = 0; n < clusters; n++) {
    struct farm f;
    seed = (from + n) * 2654435761u;
    grow(&f);
    a = arena_new();
    struct snapshot *s = tell(&f);
    each_loss(&f, s, from + n);
    snapshot_drop(s);
    arena_free(a);
  }
  if (clusters < 1000) return; /* too few to have seen it all */
  for (int v = VERDICT_SAFE; v <= VERDICT_UNKNOWN; v++) assert_true(judged[v] > 1000);
  for (int d = DURABILITY_KEPT; d <= DURABILITY_UNKNOWN; d++) assert_true(lasting[d] > 1000);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(copies_on_generated_clusters)};
  return RUN(tests);
}
