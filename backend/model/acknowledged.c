#include "model/acknowledged.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define T struct acknowledgement
SHAPE(acknowledgement_shape, T, FIELD(T, key, TEXT), FIELD(T, problem, TEXT), FIELD(T, subject, TEXT), FIELD(T, by, TEXT), FIELD(T, text, TEXT), FIELD(T, until, TIME));
/* What is written: its key stands before it already. */
static const struct shape written_shape = {.name = "acknowledgement", .size = sizeof(T), .fields = acknowledgement_shape_fields + 1};
#undef T
SHAPE(acknowledged_shape, struct acknowledged, FIELD(struct acknowledged, by, TEXT), FIELD(struct acknowledged, text, TEXT), FIELD(struct acknowledged, until, TIME));

/* FNV-1a: short, the same everywhere. Two problems of one key would need a search; then the one that is meant still has to
 * stand in the value. */
static uint64_t mix(uint64_t h, const char *s) {
  for (; s && *s; s++) h = (h ^ (unsigned char)*s) * UINT64_C(1099511628211);
  return (h ^ 0x1f) * UINT64_C(1099511628211);
}

char *acknowledged_key(char *out, const char *problem, const char *subject) {
  snprintf(out, ACKNOWLEDGED_KEY, ACKNOWLEDGED_PREFIX "%016" PRIx64, mix(mix(UINT64_C(14695981039346656037), problem), subject));
  return out;
}

static bool sound(const struct acknowledgement *k, const char *key) {
  char own[ACKNOWLEDGED_KEY];
  return k->problem && k->by && *k->by && k->text && *k->text && k->until != UNKNOWN_INT && str_eq(acknowledged_key(own, k->problem, k->subject), key);
}

bool acknowledged_read(const char *key, const char *value, struct arena *a, struct acknowledgement *ret) {
  if (!key || !str_starts(key, ACKNOWLEDGED_PREFIX) || strlen(key) >= ACKNOWLEDGED_KEY) return false;
  size_t len = value ? strlen(value) : 0;
  struct acknowledgement k;
  shape_init(&acknowledgement_shape, &k);
  if (!len || len > ACKNOWLEDGED_VALUE_MAX || shape_decode_text(&written_shape, value, len, &k, a, NULL) || !sound(&k, key)) shape_init(&acknowledgement_shape, &k);
  k.key = arena_strdup(a, key);
  *ret = k;
  return true;
}

void acknowledged_write(const struct acknowledgement *k, struct str *out) { shape_encode(&written_shape, k, out); }

bool acknowledged_holds(const struct acknowledgement *k, int64_t wall) { return k->problem && k->until > wall && k->until - wall <= ACKNOWLEDGED_MS_MAX; }
