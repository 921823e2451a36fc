#include "sim/world.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

struct world *world_new(int64_t seed) {
  struct world *w = mem_alloc(sizeof *w);
  shape_init(&world_shape, w);
  w->arena = arena_new();
  w->version = WORLD_VERSION;
  w->seed = seed;
  w->random = (int64_t)(mix((uint64_t)seed, 1) >> 2);
  w->clock = w->began = w->ends = 1795348800000; /* 2026-11-22 12:00:00 UTC */
  w->order = w->op_id = w->domain_id = w->cib_epoch = 0;
  w->corosync = (struct sim_corosync){.cluster = "cluster-kvm", .two_node = TRUTH_NO, .wait_for_all = TRUTH_NO, .last_man_standing = TRUTH_NO, .auto_tie_breaker = TRUTH_NO,
                                      .window_ms = 10000, .token_ms = 3000, .consensus_ms = 3600, .links = 1};
  w->changed = ~0u;
  return w;
}

void world_free(struct world *w) {
  if (!w) return;
  arena_free(w->arena);
  map_free(&w->words);
  mem_free(w);
}

/* ---- texts and small lists ---- */

const char *world_word(struct world *w, const char *text) {
  if (!text) return NULL;
  int64_t at = map_get(&w->words, text);
  if (at != MAP_NONE) return (const char *)(uintptr_t)at;
  const char *kept = arena_strdup(w->arena, text);
  map_add(&w->words, kept, (size_t)(uintptr_t)kept);
  return kept;
}

const char *world_words(struct world *w, const char *format, ...) {
  char text[4096];
  va_list ap;
  va_start(ap, format);
  vsnprintf(text, sizeof text, format, ap);
  va_end(ap);
  return world_word(w, text);
}

void drop_item(void *list, size_t one, size_t at) {
  struct { char *item; size_t count; } l;
  memcpy(&l, list, sizeof l);
  if (at >= l.count) return;
  memmove(l.item + at * one, l.item + (at + 1) * one, (l.count - at - 1) * one);
  l.count--;
  memcpy(list, &l, sizeof l);
}

void set_pair(struct world *w, struct pairs *p, const char *key, const char *value) {
  for (size_t i = 0; i < p->count; i++) {
    if (!str_eq(p->item[i].key, key)) continue;
    if (value) p->item[i].value = world_word(w, value);
    else drop_item(p, sizeof *p->item, i);
    return;
  }
  if (value) pairs_add(w->arena, p, key, value);
}

int64_t get_tally(const struct tallies *t, const char *key) {
  for (size_t i = 0; i < t->count; i++)
    if (str_eq(t->item[i].key, key)) return t->item[i].value;
  return 0;
}

void set_tally(struct world *w, struct tallies *t, const char *key, int64_t value) {
  for (size_t i = 0; i < t->count; i++)
    if (str_eq(t->item[i].key, key)) {
      t->item[i].value = value;
      return;
    }
  tallies_add(w->arena, t, key, value);
}

void drop_tally(struct tallies *t, const char *key) {
  for (size_t i = 0; i < t->count; i++)
    if (str_eq(t->item[i].key, key)) drop_item(t, sizeof *t->item, i--);
}

void add_text(struct world *w, struct texts *t, const char *text) {
  if (text && !texts_have(t, text)) texts_add(w->arena, t, text);
}

void drop_text(struct texts *t, const char *text) {
  for (size_t i = 0; i < t->count; i++)
    if (str_eq(t->item[i], text)) drop_item(t, sizeof *t->item, i--);
}

static const struct { const char *word; int64_t ms; } units[] = {{"", 1000}, {"ms", 1}, {"s", 1000}, {"sec", 1000}, {"m", 60000}, {"min", 60000}, {"h", 3600000}, {"hr", 3600000}};

int64_t number_of(const char *text, int64_t otherwise) {
  int64_t n = 0;
  if (!text || *text < '0' || *text > '9') return otherwise;
  for (; *text >= '0' && *text <= '9'; text++)
    if ((n = n * 10 + (*text - '0')) > 1000000000) return otherwise;
  for (size_t i = 0; i < COUNT(units); i++)
    if (!strcmp(units[i].word, text)) return n * units[i].ms;
  return otherwise;
}

bool is_true(const char *text) {
  static const char *const words[] = {"true", "on", "yes", "y", "1", "enable"};
  for (size_t i = 0; i < COUNT(words); i++)
    if (str_eq(text, words[i])) return true;
  return false;
}

/* ---- chance ---- */

uint64_t mix(uint64_t a, uint64_t b) { /* splitmix64 */
  uint64_t z = a * 0x9E3779B97F4A7C15 + b + 0x9E3779B97F4A7C15;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

int64_t world_random(struct world *w, int64_t below) {
  uint64_t z = mix((uint64_t)w->random, 7);
  w->random = (int64_t)(z >> 2);
  return below > 0 ? (int64_t)((z >> 8) % (uint64_t)below) : 0;
}

int64_t world_about(struct world *w, int64_t ms, int64_t percent) {
  int64_t width = ms * percent / 100;
  return ms - width + world_random(w, 2 * width + 1);
}

/* ---- the queue ---- */

void world_at(struct world *w, int64_t at, const char *what, const char *subject, const char *detail) {
  if (w->queue.count >= WORLD_EVENTS_MAX) return;
  if (at < w->clock) at = w->clock;
  list_add(w->arena, &w->queue, &sim_event_shape);
  size_t i = w->queue.count - 1;
  while (i && w->queue.item[i - 1].at > at) i--;
  memmove(&w->queue.item[i + 1], &w->queue.item[i], (w->queue.count - 1 - i) * sizeof *w->queue.item);
  w->queue.item[i] = (struct sim_event){at, w->order++, world_word(w, what), world_word(w, subject), world_word(w, detail)};
}

void world_later(struct world *w, int64_t in_ms, const char *what, const char *subject, const char *detail) {
  world_at(w, w->clock + (in_ms > 0 ? in_ms : 0), what, subject, detail);
}

static bool is_it(const struct sim_event *x, const char *what, const char *subject) {
  return str_eq(x->what, what) && (!subject || str_eq(x->subject, subject));
}

bool world_forget(struct world *w, const char *what, const char *subject) {
  size_t left = 0, before = w->queue.count;
  for (size_t i = 0; i < before; i++)
    if (!is_it(&w->queue.item[i], what, subject)) w->queue.item[left++] = w->queue.item[i];
  w->queue.count = left;
  return left < before;
}

bool world_awaits(const struct world *w, const char *what, const char *subject) {
  for (size_t i = 0; i < w->queue.count; i++)
    if (is_it(&w->queue.item[i], what, subject)) return true;
  return false;
}

int64_t world_next(const struct world *w) { return w->queue.count ? w->queue.item[0].at : INT64_MAX; }
void world_touch(struct world *w, enum layer layer) { w->changed |= 1u << layer; }

/* ---- rows ---- */

struct sim_host *world_host(const struct world *w, const char *name) {
  EACH(w->hosts, struct sim_host, h)
    if (str_eq(h->name, name) || str_eq(h->address, name)) return h;
  return NULL;
}

struct sim_volume *world_volume(const struct world *w, const char *name) {
  EACH(w->volumes, struct sim_volume, v)
    if (str_eq(v->name, name)) return v;
  return NULL;
}

struct sim_file *world_file(const struct world *w, const char *volume, const char *path) {
  EACH(w->files, struct sim_file, f)
    if (str_eq(f->path, path) && str_eq(f->volume, volume)) return f;
  return NULL;
}

struct sim_domain *world_domain(const struct world *w, const char *name) {
  EACH(w->domains, struct sim_domain, d)
    if (str_eq(d->name, name)) return d;
  return NULL;
}

struct sim_resource *world_resource(const struct world *w, const char *id) {
  EACH(w->resources, struct sim_resource, r)
    if (str_eq(r->id, id)) return r;
  return NULL;
}

struct sim_instance *domain_on(const struct sim_domain *d, const char *host) {
  EACH(d->instances, struct sim_instance, i)
    if (str_eq(i->host, host)) return i;
  return NULL;
}

struct sim_daemon *host_daemon(const struct sim_host *h, const char *name) {
  EACH(h->daemons, struct sim_daemon, x)
    if (str_eq(x->name, name)) return x;
  return NULL;
}

struct sim_mount *host_mount(const struct sim_host *h, const char *mount) {
  EACH(h->mounts, struct sim_mount, m)
    if (str_eq(m->mount, mount)) return m;
  return NULL;
}
