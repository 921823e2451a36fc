/* A console on the simulated cluster for days, as fast as it goes: the scenario's own day first, then faults as chance has
 * them, taken back after a while. Every second what the console says is compared with what is true in the world. Prints a line a
 * finding and a line of numbers an hour; the last line is the outcome as JSON. Exit 1: something was found.
 *   soak HOURS SEED [SCENARIO] */
#include "analysis/stop.h"
#include "sim/event.h"
#include "sim/host.h"
#include "sim/sim.h"
#include "sim/world.h"
#include "views/console.h"
#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ILL_MS = 15000, WELL_MS = 60000, FAULTS = 3, EPISODE_MS = 240000, REST_MS = 900000, HOUR_MS = 3600000, HOURS_MAX = 1000, W = 120, H = 40 };

struct taken_back { char line[96]; };
struct soak {
  struct console console; /* first: the feed's owner */
  struct sim *sim;
  struct stream stream;
  uint64_t dice;
  struct taken_back back[FAULTS * 2];
  size_t back_count;
  int64_t ill_since, well_since, until; /* until: the episode, or the rest after it */
  bool resting, told, first_day;
  char ill[128];
  int64_t episodes, false_healthy, false_outage, frames, keys, worst_lag_ms, seconds_healthy, seconds_outage;
  size_t heap[HOURS_MAX];
  long resident[HOURS_MAX];
};

static unsigned draw(struct soak *s, unsigned below) {
  s->dice ^= s->dice << 13, s->dice ^= s->dice >> 7, s->dice ^= s->dice << 17;
  return (unsigned)((s->dice >> 11) % below);
}

/* ---- the stream ---- */

static struct sim *sim_of(void *self) { return ((struct soak *)self)->sim; }
static int64_t now_of(void *self) { return sim_now(sim_of(self)); }
static int64_t next_of(void *self) { return sim_next(sim_of(self)); }
static int64_t end_of(void *self) { return sim_end(sim_of(self)); }
static const char *here_of(void *self) { return sim_here(sim_of(self)); }
static void place_of(void *self, const char *nodes) { sim_want_placement(sim_of(self), nodes); }
static void run_of(void *self, int64_t until, stream_line_fn *line, void *owner) { sim_run(sim_of(self), until, line, owner); }

/* ---- what is true ---- */

static bool ill(struct soak *s, const char *what, const char *name) {
  snprintf(s->ill, sizeof s->ill, "%s %s", name, what);
  return true;
}

/* A pacemaker that stands still on another node says nothing wrong to anybody until the cluster wants something of it (so it is
 * in the lab too: faults.table); nobody connects to pcsd or sshd before he needs them, to sshd of
 * the console's own host never. */
static bool shows_nothing(const struct world *w, const struct sim_host *h, const struct sim_daemon *d) {
  return str_eq(d->name, "sshd") || (!str_eq(h->name, w->here) && ((str_eq(d->name, "pacemaker") && d->life == LIFE_HUNG) || str_eq(d->name, "pcsd")));
}

/* One that is being received runs only where it comes from. */
static int runs(const struct sim_domain *d) {
  int n = 0;
  EACH(d->instances, struct sim_instance, i) n += str_eq(i->state, "running");
  return n;
}

/* (A hypervisor elsewhere that alone lost its storage is seen by what becomes of its guests.)
 * Whether anything is wrong that an operator must be told of: of hosts, daemons, bricks, guests. What is wrong only with how the
 * console is set up, or would be only if something else failed, is not. */
static bool is_ill(struct soak *s) {
  const struct world *w = sim_world(s->sim);
  EACH(w->hosts, struct sim_host, h) {
    if (h->power != POWER_ON) return ill(s, "has no power, or boots", h->name);
    if (YES(h->frozen)) return ill(s, "stands still", h->name);
    if ((KNOWN(h->cluster_cut) && KNOWN(h->node_id)) || (KNOWN(h->storage_cut) && (YES(h->store) || str_eq(h->name, w->here)))) return ill(s, "is cut off", h->name);
    if (KNOWN(h->node_id) && h->joined != JOIN_ONLINE) return ill(s, "is not online", h->name);
    EACH(h->daemons, struct sim_daemon, d)
      if (YES(d->enabled) && d->life != LIFE_RUNNING && !shows_nothing(w, h, d)) return ill(s, d->name, h->name);
  }
  EACH(w->volumes, struct sim_volume, v)
    EACH(v->bricks, struct sim_brick, b) if (b->life != LIFE_RUNNING) return ill(s, "has a brick that does not run", b->host);
  EACH(w->domains, struct sim_domain, d)
    if (runs(d) != 1) return ill(s, "does not run, or not once", d->name);
  EACH(w->resources, struct sim_resource, r)
    if (YES(r->failed) || YES(r->blocked)) return ill(s, "is failed", r->id);
  return false;
}

static void finding(struct soak *s, const char *what) {
  const struct snapshot *snap = s->console.newest;
  printf("FOUND %s at +%lld s: %s, world: %s since %lld s\n", what, (long long)((sim_now(s->sim) - sim_world(s->sim)->began) / 1000), health_names[snap->health], s->ill, (long long)(s->ill_since ? (sim_now(s->sim) - s->ill_since) / 1000 : 0));
  for (size_t i = 0; i < snap->problems.count && i < 12; i++) printf("      %s\n", snap->problems.item[i].text);
  fflush(stdout);
  s->told = true;
}

static void compare(struct soak *s) {
  const int64_t now = sim_now(s->sim);
  const int health = s->console.newest->health;
  s->seconds_healthy += health == HEALTH_HEALTHY;
  s->seconds_outage += health == HEALTH_OUTAGE;
  if (is_ill(s)) {
    if (!s->ill_since) s->ill_since = now, s->told = false;
    s->well_since = 0;
    if (health == HEALTH_HEALTHY && now - s->ill_since > s->worst_lag_ms) s->worst_lag_ms = now - s->ill_since;
    if (health == HEALTH_HEALTHY && now - s->ill_since > ILL_MS && !s->told) finding(s, "false healthy"), s->false_healthy++;
    return;
  }
  if (!s->well_since) s->well_since = now, s->told = false;
  s->ill_since = 0;
  snprintf(s->ill, sizeof s->ill, "well");
  if (health == HEALTH_OUTAGE && now - s->well_since > WELL_MS && !s->told) finding(s, "lasting false outage"), s->false_outage++;
}

/* ---- faults, and what takes them back ---- */

static void happen(struct soak *s, const char *line) {
  const char *what, *subject, *detail;
  struct err e = {0};
  if (event_parse(sim_world(s->sim), line, &what, &subject, &detail, &e)) fprintf(stderr, "soak: %s: %s\n", line, e.text), abort();
  world_happen(sim_world(s->sim), what, subject, detail);
}

static const struct { const char *begin, *end; bool away, daemon; } faults[] = { /* away: not of the console's own host */
    {"power off %s", "power on %s", true, false}, {"cut %s", "join %s", false, false}, {"cut %s storage", "join %s storage", false, false}, {"cut %s cluster", "join %s cluster", false, false}, {"freeze %s", "thaw %s", true, false},
    {"hang %s %s", "resume %s %s", false, true}, {"hang %s %s", "resume %s %s", false, true}, {"kill %s %s", "start %s %s", false, true}, {"stop %s %s", "start %s %s", true, true}, {"break bmc %s", "mend bmc %s", false, false},
    {"kill brick %s", "start brick %s", false, false}, {"hang brick %s", "start brick %s", false, false}, {"crash %s", NULL, false, false}};

static void begin_fault(struct soak *s) {
  const struct world *w = sim_world(s->sim);
  const unsigned n = draw(s, COUNT(faults));
  const struct sim_host *h = &w->hosts.item[draw(s, (unsigned)w->hosts.count)];
  const char *name = h->name, *daemon = h->daemons.count ? h->daemons.item[draw(s, (unsigned)h->daemons.count)].name : "-";
  bool bmc = strstr(faults[n].begin, "bmc") != NULL, brick = strstr(faults[n].begin, "brick") != NULL;
  if (faults[n].away && str_eq(name, w->here)) return;
  if (bmc && !YES(h->bmc)) return;
  char volume_brick[96];
  if (brick) {
    const struct sim_volume *v = &w->volumes.item[draw(s, (unsigned)w->volumes.count)];
    const struct sim_brick *b = &v->bricks.item[draw(s, (unsigned)v->bricks.count)];
    snprintf(volume_brick, sizeof volume_brick, "%s:%s", b->host, b->path);
    name = volume_brick;
  }
  if (str_starts(faults[n].begin, "crash")) name = w->domains.item[draw(s, (unsigned)w->domains.count)].name;
  if (faults[n].daemon && (str_eq(daemon, "-") || host_daemon(h, daemon)->life != LIFE_RUNNING)) return;
  char line[96];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  snprintf(line, sizeof line, faults[n].begin, name, daemon);
  if (faults[n].end) snprintf(s->back[s->back_count++].line, sizeof s->back->line, faults[n].end, name, daemon);
#pragma GCC diagnostic pop
  happen(s, line);
  if (getenv("LOUD")) printf("+%lld s %s\n", (long long)((sim_now(s->sim) - w->began) / 1000), line);
}

static bool has_failed(const struct world *w, const char *resource) {
  EACH(w->failures, struct pcmk_failure, f)
    if (str_eq(f->resource, resource)) return true;
  return false;
}

/* All that a careful operator would do: cables, power, daemons, bricks, mounts, and what pacemaker has given up. */
static void take_back(struct soak *s) {
  struct world *w = sim_world(s->sim);
  while (s->back_count) happen(s, s->back[--s->back_count].line);
  EACH(w->hosts, struct sim_host, h) {
    char line[96];
    if (h->power == POWER_OFF) snprintf(line, sizeof line, "power on %s", h->name), happen(s, line);
    EACH(h->daemons, struct sim_daemon, d) {
      if (h->power != POWER_ON || !YES(d->enabled) || d->life == LIFE_RUNNING) continue;
      snprintf(line, sizeof line, "%s %s %s", d->life == LIFE_HUNG ? "resume" : "start", h->name, d->name);
      happen(s, line);
    }
  }
  EACH(w->volumes, struct sim_volume, v)
    EACH(v->bricks, struct sim_brick, b) {
      char line[160];
      const struct sim_host *h = world_host(w, b->host);
      if (b->life == LIFE_RUNNING || !h || h->power != POWER_ON) continue;
      snprintf(line, sizeof line, "start brick %s:%s", b->host, b->path);
      happen(s, line);
    }
  EACH(w->hosts, struct sim_host, h)
    if (h->power == POWER_ON && !YES(h->frozen)) mount_fstab(w, h); /* one that booted while its volume was away tried once */
  EACH(w->resources, struct sim_resource, r)
    if (YES(r->failed) || YES(r->blocked) || r->not_on.count || r->fail_count.count || has_failed(w, r->id)) {
      char line[96];
      snprintf(line, sizeof line, "cleanup %s", r->id);
      happen(s, line);
    }
}

static void turn(struct soak *s) {
  const int64_t now = sim_now(s->sim);
  if (s->resting && s->ill_since && now - s->ill_since > 120000 && now / 1000 % 60 == 0) take_back(s); /* what came to be since */
  if (now < s->until) {
    if (!s->resting && s->back_count < FAULTS && !draw(s, 40)) begin_fault(s);
    return;
  }
  s->resting = !s->resting;
  s->until = now + (s->resting ? REST_MS / 2 + draw(s, REST_MS / 2) : EPISODE_MS / 2 + draw(s, EPISODE_MS));
  if (s->resting) take_back(s);
  else s->episodes++;
}

/* ---- who sits before it: any view, nothing that acts ---- */

static void look_around(struct soak *s) {
  static const char *const keys[] = {"O", "N", "B", "V", "D", "R", "E", "!", "S", "F", "L", "W", "H", "x", "X", "d", "?", "Down", "Down", "End", "Home", "PgDn", "Tab", "Enter", "Esc", "s", "s", "z", "a", "Esc", "[", "]", "p", "p"};
  struct key k;
  if (key_parse(keys[draw(s, COUNT(keys))], &k)) abort();
  console_key(&s->console, key_canonical(k));
  console_draw(&s->console);
  s->keys++, s->frames++;
  if (!draw(s, 10)) feed_to_end(s->console.feed); /* back to now */
}

/* ---- numbers ---- */

static long resident_kib(void) {
  long kib = 0;
  char line[128];
  FILE *f = fopen("/proc/self/status", "re");
  while (f && fgets(line, sizeof line, f))
    if (!strncmp(line, "VmRSS:", 6)) kib = atol(line + 6);
  if (f) fclose(f);
  return kib;
}

static void report_hour(struct soak *s, int hour) {
  malloc_trim(0);
  const size_t world = arena_bytes(sim_world(s->sim)->arena); /* of the simulated cluster, which forgets nothing */
  s->heap[hour] = mallinfo2().uordblks - world;
  s->resident[hour] = resident_kib();
  printf("hour %d: heap %zu KiB, the world %zu KiB, resident %ld KiB, %lld episodes, %lld frames, healthy %lld s, outage %lld s, worst lag %.1f s\n", hour + 1, s->heap[hour] / 1024, world / 1024, s->resident[hour], (long long)s->episodes, (long long)s->frames,
         (long long)s->seconds_healthy, (long long)s->seconds_outage, (double)s->worst_lag_ms / 1000);
  const struct snapshot *snap = s->console.newest;
  printf("  now %s; world: %s", health_names[snap->health], s->ill);
  for (size_t i = 0; i < snap->problems.count && i < 4; i++) printf("%s %s", i ? "," : "; problems:", snap->problems.item[i].text);
  printf("\n");
  fflush(stdout);
}

/* The last quarter takes no more than the second did, which began when the tape was full. */
static size_t most(const size_t *x, int from, int to) {
  size_t m = 0;
  for (int i = from; i < to; i++)
    if (x[i] > m) m = x[i];
  return m;
}

static bool grew(const struct soak *s, int hours) {
  if (hours < 8) return false;
  size_t before = most(s->heap, hours / 4, hours / 2), after = most(s->heap, hours * 3 / 4, hours);
  return after > before + before / 20;
}

static void on_change(void *owner) {
  struct soak *s = owner;
  if (s->console.feed) console_take(&s->console);
}

static void on_shown(void *owner) {
  struct soak *s = owner;
  if (s->console.feed && s->console.newest) console_look(&s->console);
}

static void open_console(struct soak *s, const char *scenario, int64_t seed) {
  struct console *c = &s->console;
  struct err e = {0};
  if (sim_open(&(struct sim_options){.scenario = scenario, .seed = &seed}, &s->sim, &e)) fprintf(stderr, "soak: %s\n", e.text), exit(65);
  s->stream = (struct stream){.self = s, .now = now_of, .next = next_of, .end = end_of, .here = here_of, .place = place_of, .run = run_of};
  c->loop = loop_new();
  c->w = W, c->h = H, c->glyphs = GLYPHS_UTF8, c->utc = c->fixed = c->simulated = true;
  c->canvas = canvas_new(W, H, c->glyphs);
  c->keymap = keymap_load("default", &e);
  c->feed = feed_open(c->loop, &(struct feed_options){.stream = &s->stream, .standing = true, .stepwise = true, .tape = true, .simulated = true, .judge = stop_judge_hosts, .on_change = on_change, .on_shown = on_shown, .owner = s}, &e);
  if (!c->keymap || !c->feed) fprintf(stderr, "soak: %s\n", e.text), exit(65);
  console_look(c);
}

static void close_console(struct soak *s) {
  struct feed *f = s->console.feed;
  s->console.feed = NULL;
  feed_close(f);
  console_free(&s->console);
  loop_free(s->console.loop);
  sim_close(s->sim);
}

int main(int argc, char **argv) {
  static struct soak s;
  int64_t hours = argc > 2 ? atoll(argv[1]) : 0, seed = argc > 2 ? atoll(argv[2]) : 0;
  if (hours < 1 || hours > HOURS_MAX) return fprintf(stderr, "soak HOURS SEED [SCENARIO]\n"), 64;
  const char *scenario = argc > 3 ? argv[3] : "storm";
  printf("soak of %s, seed %lld, %lld hours\n", scenario, (long long)seed, (long long)hours);
  s.dice = 88172645463325252u ^ ((uint64_t)seed * UINT64_C(0x9E3779B97F4A7C15));
  open_console(&s, scenario, seed);
  s.resting = true;
  s.until = sim_end(s.sim) + 120000; /* what the scenario has in store, first */
  for (int64_t hour = 0; hour < hours; hour++) {
    for (int64_t end = sim_now(s.sim) + HOUR_MS; sim_now(s.sim) < end;) {
      turn(&s);
      feed_advance(s.console.feed, 1000);
      console_take(&s.console);
      console_look(&s.console);
      compare(&s);
      if (!draw(&s, 5)) look_around(&s);
    }
    report_hour(&s, (int)hour);
  }
  bool growth = grew(&s, (int)hours);
  if (growth) printf("FOUND growth: the heap of the last hours is above that of the second quarter\n");
  close_console(&s);
  printf("{\"scenario\":\"%s\",\"seed\":%lld,\"hours\":%lld,\"episodes\":%lld,\"frames\":%lld,\"keys\":%lld,\"false_healthy\":%lld,\"lasting_false_outage\":%lld,\"worst_lag_ms\":%lld,\"growth\":%s,\"heap_kib_second_quarter\":%zu,\"heap_kib_last_quarter\":%zu,\"resident_kib_last\":%ld}\n",
         scenario, (long long)seed, (long long)hours, (long long)s.episodes, (long long)s.frames, (long long)s.keys, (long long)s.false_healthy, (long long)s.false_outage, (long long)s.worst_lag_ms, growth ? "true" : "false",
         most(s.heap, (int)hours / 4, (int)hours / 2 + 1) / 1024, most(s.heap, (int)hours * 3 / 4, (int)hours) / 1024, s.resident[hours - 1]);
  return s.false_healthy || s.false_outage || growth;
}
