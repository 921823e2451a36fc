#include "views/growth.h"
#include <math.h>
#include <string.h>

static struct growth *row_of(struct growths *g, const char *volume) {
  for (size_t i = 0; i < g->count; i++)
    if (str_eq(g->item[i].volume, volume)) return &g->item[i];
  return NULL;
}

/* Full: every second sample goes, and from now on they lie twice as far apart. */
static void thin_out(struct growth *r) {
  size_t left = 0;
  for (size_t i = 0; i < r->count; i += 2, left++) r->at[left] = r->at[i], r->used[left] = r->used[i];
  r->count = left;
  r->step *= 2;
}

static void add(struct growth *r, int64_t now, int64_t used, int64_t size) {
  if (r->size != size) r->count = 0; /* bricks came or went: what was used before says nothing of it */
  r->size = size;
  if (r->count && now < r->at[r->count - 1] + r->step) return;
  if (r->count == GROWTH_KEPT) thin_out(r);
  r->at[r->count] = now;
  r->used[r->count++] = used;
}

/* Names may come and go for months: a volume that is not there any more gives its place away. */
static void forget_gone(struct growths *g, const struct snapshot *s) {
  for (size_t i = 0; i < g->count; i++) {
    if (snapshot_volume(s, g->item[i].volume)) continue;
    mem_free(g->item[i].volume);
    memmove(&g->item[i], &g->item[i + 1], (g->count - i - 1) * sizeof *g->item);
    g->count--;
    i--;
  }
}

void growths_add(struct growths *g, const struct snapshot *s) {
  if (!s || (g->count && s->now < g->looked + GROWTH_STEP_MS)) return;
  g->looked = s->now;
  if (g->count && s->volumes.count) forget_gone(g, s);
  for (size_t i = 0; i < s->volumes.count; i++) {
    const struct volume_view *v = &s->volumes.item[i];
    if (!v->name || v->stale.count || v->size <= 0 || v->free < 0 || v->free > v->size) continue;
    struct growth *r = row_of(g, v->name);
    if (!r && g->count >= GROWTH_VOLUMES) continue;
    if (!r) {
      g->item = mem_grow(g->item, g->count + 1, sizeof *g->item);
      r = &g->item[g->count++];
      *r = (struct growth){.volume = mem_strdup(v->name), .step = GROWTH_STEP_MS};
    }
    add(r, s->now, v->size - v->free, v->size);
  }
}

void growths_free(struct growths *g) {
  for (size_t i = 0; i < g->count; i++) mem_free(g->item[i].volume);
  mem_free(g->item);
  *g = (struct growths){0};
}

/* From the first sample to the last before that moment: what comes and goes in between is not growth. */
double growth_a_day(const struct growths *g, const char *volume, int64_t now, int64_t *ret_over_ms) {
  const struct growth *r = g ? row_of((struct growths *)(uintptr_t)g, volume) : NULL;
  size_t last = r ? r->count : 0;
  while (last && r->at[last - 1] > now) last--;
  *ret_over_ms = last > 1 ? r->at[last - 1] - r->at[0] : 0;
  if (*ret_over_ms < GROWTH_LEAST_MS) return NAN;
  return (double)(r->used[last - 1] - r->used[0]) * 86400000.0 / (double)*ret_over_ms;
}
