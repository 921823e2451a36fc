#include "base/map.h"
#include <string.h>

/* FNV-1a; the table is never more than half full. Keys come from one cluster's configuration, and a list of them is
 * bounded where it is parsed, so a crafted collision costs at most that bound. */
static size_t hash(const char *key) {
  uint64_t h = 14695981039346656037u;
  for (; *key; key++) h = (h ^ (unsigned char)*key) * 1099511628211u;
  return (size_t)(h ^ (h >> 32));
}

static struct map_slot *find(const struct map *m, const char *key) {
  for (size_t i = hash(key);; i++) {
    struct map_slot *s = &m->slots[i & (m->room - 1)];
    if (!s->key || !strcmp(s->key, key)) return s;
  }
}

static void grow(struct map *m) {
  struct map bigger = {.room = m->room ? m->room * 2 : 16, .count = m->count};
  bigger.slots = mem_alloc(bigger.room * sizeof *bigger.slots);
  for (size_t i = 0; i < m->room; i++)
    if (m->slots[i].key) *find(&bigger, m->slots[i].key) = m->slots[i];
  mem_free(m->slots);
  *m = bigger;
}

int64_t map_get(const struct map *m, const char *key) {
  if (!m->room || !key) return MAP_NONE;
  const struct map_slot *s = find(m, key);
  return s->key ? (int64_t)s->value : MAP_NONE;
}

static struct map_slot *place(struct map *m, const char *key) {
  if (m->count * 2 >= m->room) grow(m);
  struct map_slot *s = find(m, key);
  if (!s->key) m->count++;
  return s;
}

size_t map_add(struct map *m, const char *key, size_t value) {
  struct map_slot *s = place(m, key);
  if (!s->key) *s = (struct map_slot){key, value};
  return s->value;
}

void map_set(struct map *m, const char *key, size_t value) { *place(m, key) = (struct map_slot){key, value}; }

void map_free(struct map *m) {
  mem_free(m->slots);
  *m = (struct map){0};
}
