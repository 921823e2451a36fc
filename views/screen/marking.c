/* Marks: by the rows' identity, so that they stay on them whatever moves; a row that is not there any more has none. */
#include "base/map.h"
#include "views/screen/list.h"
#include <string.h>

/* Where it is, or would be. */
static size_t place(const struct marks *m, const char *id, bool *ret_there) {
  size_t low = 0, high = m->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    int order = str_order(m->id[middle], id);
    if (!order) return *ret_there = true, middle;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  *ret_there = false;
  return low;
}

bool mark_has(const struct marks *m, const char *id) {
  bool there;
  place(m, id, &there);
  return there;
}

static void add(struct marks *m, size_t at, const char *id) {
  m->id = mem_grow(m->id, m->count + 1, sizeof *m->id);
  memmove(m->id + at + 1, m->id + at, (m->count++ - at) * sizeof *m->id);
  m->id[at] = mem_strdup(id);
}

static void drop(struct marks *m, size_t at) {
  mem_free(m->id[at]);
  memmove(m->id + at, m->id + at + 1, (--m->count - at) * sizeof *m->id);
}

void mark_toggle(struct marks *m, const char *id) {
  bool there;
  size_t at = place(m, id, &there);
  if (there) drop(m, at);
  else add(m, at, id);
}

void marks_add(struct marks *m, const char *id) {
  bool there;
  size_t at = place(m, id, &there);
  if (!there) add(m, at, id);
}

void marks_clear(struct marks *m) {
  while (m->count) mem_free(m->id[--m->count]);
  mem_free(m->id);
  *m = (struct marks){0};
}

size_t marks_follow(const struct list *l, struct list_state *s, const struct input *in) {
  struct marks *m = &s->marks;
  uint64_t stamp = l->stamp ? l->stamp(in) : 0;
  size_t before = m->count;
  if (!m->count || (stamp && stamp == m->stamp)) return 0;
  const void **item;
  CLEANUP(map_free) struct map there = {0};
  size_t n = l->collect(in, &item);
  for (size_t i = 0; i < n; i++) map_add(&there, l->id(in, item[i]), i);
  for (size_t i = m->count; i-- > 0;)
    if (map_get(&there, m->id[i]) == MAP_NONE) drop(m, i);
  m->stamp = stamp;
  return before - m->count;
}
