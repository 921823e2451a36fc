#include "views/trend.h"
#include <math.h>

static float *row_of(struct trends *t, enum trend_kind kind, const char *name) {
  int64_t at = map_get(&t->of[kind].find, name);
  if (at != MAP_NONE) return t->of[kind].item[at].values;
  size_t n = t->of[kind].count++;
  t->of[kind].item = mem_grow(t->of[kind].item, n + 1, sizeof *t->of[kind].item);
  struct trend *r = &t->of[kind].item[n];
  *r = (struct trend){mem_strdup(name), mem_grow(NULL, TREND_KEPT, sizeof *r->values)};
  for (size_t i = 0; i < TREND_KEPT; i++) r->values[i] = NAN;
  map_add(&t->of[kind].find, r->name, n);
  return r->values;
}

/* An old value is none: it would draw a line where nobody looked. */
static void put(struct trends *t, enum trend_kind kind, const char *name, bool stale, double value) {
  if (name && !stale && isfinite(value)) row_of(t, kind, name)[t->next] = (float)value;
}

static double counted(int64_t n) { return n == UNKNOWN_INT ? NAN : (double)n; }

static void add_hosts(struct trends *t, const struct snapshot *s) {
  for (size_t i = 0; i < s->hosts.count; i++) {
    const struct host_view *h = &s->hosts.item[i];
    bool stale = texts_have(&h->stale, "libvirt");
    put(t, TREND_HOST_CPU, h->name, stale, h->cpu_percent);
    put(t, TREND_HOST_MEMORY, h->name, stale, h->memory > 0 && h->memory_used != UNKNOWN_INT ? 100.0 * (double)h->memory_used / (double)h->memory : NAN);
  }
}

static void add_domains(struct trends *t, const struct snapshot *s) {
  for (size_t i = 0; i < s->domains.count; i++) {
    const struct domain_view *d = &s->domains.item[i];
    bool stale = texts_have(&d->stale, "libvirt") || !d->hosts.count;
    put(t, TREND_DOMAIN_CPU, d->name, stale, d->cpu_percent);
    put(t, TREND_DOMAIN_IO, d->name, stale, counted(d->read_bytes_s) + counted(d->write_bytes_s));
  }
}

static void add_volumes(struct trends *t, const struct snapshot *s) {
  for (size_t i = 0; i < s->volumes.count; i++) {
    const struct volume_view *v = &s->volumes.item[i];
    put(t, TREND_VOLUME_HEAL, v->name, v->stale.count > 0, counted(v->heal_pending));
    for (size_t j = 0; j < v->bricks.count; j++) {
      const struct brick_view *b = &v->bricks.item[j];
      CLEANUP(mem_freep) char *name = mem_printf("%s:%s", b->host, b->path);
      put(t, TREND_BRICK_HEAL, name, b->stale.count > 0, counted(b->heal_pending));
    }
  }
}

/* What is not there any more is forgotten with its last sample: names may come and go for months. */
static void forget_gone(struct trends *t) {
  for (int k = 0; k < TREND_KINDS; k++) {
    size_t left = 0;
    for (size_t i = 0; i < t->of[k].count; i++) {
      struct trend r = t->of[k].item[i];
      bool any = false;
      for (size_t v = 0; v < TREND_KEPT && !any; v++) any = !isnan(r.values[v]);
      if (any) t->of[k].item[left++] = r;
      else mem_free(r.name), mem_free(r.values);
    }
    if (left == t->of[k].count) continue;
    t->of[k].count = left;
    map_free(&t->of[k].find);
    t->of[k].find = (struct map){0};
    for (size_t i = 0; i < left; i++) map_add(&t->of[k].find, t->of[k].item[i].name, i);
  }
}

void trends_add(struct trends *t, const struct snapshot *s) {
  size_t last = (t->next + TREND_KEPT - 1) % TREND_KEPT;
  growths_add(&t->growth, s);
  if (!s || (t->count && s->now < t->at[last] + TREND_STEP_MS)) return;
  for (int k = 0; k < TREND_KINDS; k++)
    for (size_t i = 0; i < t->of[k].count; i++) t->of[k].item[i].values[t->next] = NAN;
  if (!t->next) forget_gone(t);
  t->at[t->next] = s->now;
  add_hosts(t, s);
  add_domains(t, s);
  add_volumes(t, s);
  t->next = (t->next + 1) % TREND_KEPT;
  if (t->count < TREND_KEPT) t->count++;
}

void trends_free(struct trends *t) {
  for (int k = 0; k < TREND_KINDS; k++) {
    for (size_t i = 0; i < t->of[k].count; i++) mem_free(t->of[k].item[i].name), mem_free(t->of[k].item[i].values);
    mem_free(t->of[k].item);
    map_free(&t->of[k].find);
  }
  growths_free(&t->growth);
  *t = (struct trends){0};
}

bool trend_values(const struct trends *t, enum trend_kind kind, const char *name, int64_t now, double *values, size_t n) {
  int64_t row = name ? map_get(&t->of[kind].find, name) : MAP_NONE;
  bool any = false;
  for (size_t i = 0; i < n; i++) values[i] = NAN;
  if (row == MAP_NONE) return false;
  const float *kept = t->of[kind].item[row].values;
  bool looked[TREND_SHOWN + 1] = {false};
  if (n > TREND_SHOWN) n = TREND_SHOWN;
  for (size_t i = 0; i < t->count; i++) {
    int64_t age = now - t->at[i];
    if (age < 0 || age >= (int64_t)n * TREND_STEP_MS) continue;
    size_t step = n - 1 - (size_t)(age / TREND_STEP_MS);
    looked[step] = true;
    values[step] = (double)kept[i];
    any |= !isnan(kept[i]);
  }
  for (size_t i = n - 1; i > 0; i--) /* samples are a little more than a step apart: one stands for the step behind it that has none */
    if (!looked[i] && looked[i - 1]) values[i] = values[i - 1];
  return any;
}
