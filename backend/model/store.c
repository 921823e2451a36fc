#include "model/store.h"
#include "base/clock.h"
#include <string.h>
#include <sys/random.h>

static struct source *source_of(struct store *s, enum layer layer, const char *host) {
  for (size_t i = 0; i < s->source_count; i++)
    if (s->sources[i].layer == layer && str_eq(s->sources[i].host, host)) return &s->sources[i];
  s->sources = mem_grow(s->sources, s->source_count + 1, sizeof *s->sources);
  struct source *added = &s->sources[s->source_count++];
  *added = (struct source){.layer = layer, .host = mem_strdup(host), .text = mem_strdup(""), .seen = UNKNOWN_INT};
  s->version++;
  return added;
}

void store_expect(struct store *s, enum layer layer, const char *host) { source_of(s, layer, host); }

const struct source *store_source(const struct store *s, enum layer layer, const char *host) {
  for (size_t i = 0; i < s->source_count; i++)
    if (s->sources[i].layer == layer && str_eq(s->sources[i].host, host)) return &s->sources[i];
  return NULL;
}

enum source_state source_state_now(const struct source *src, int64_t now) {
  enum { SILENT_MS = 10000 };
  return src->state == SOURCE_OK && src->seen != UNKNOWN_INT && now - src->seen > SILENT_MS ? SOURCE_STALE : src->state;
}

void store_clear(struct store *s) {
  for (size_t i = 0; i < s->fact_count; i++) fragment_drop(s->facts[i].fragment);
  for (size_t i = 0; i < s->source_count; i++) {
    mem_free((char *)s->sources[i].host);
    mem_free((char *)s->sources[i].text);
  }
  mem_free(s->facts);
  mem_free(s->sources);
  *s = (struct store){0};
}

void store_copy(struct store *to, const struct store *from) {
  *to = *from;
  to->fact_room = from->fact_count;
  to->facts = mem_grow(NULL, from->fact_count, sizeof *to->facts);
  to->sources = mem_grow(NULL, from->source_count, sizeof *to->sources);
  for (size_t i = 0; i < from->fact_count; i++) {
    to->facts[i] = from->facts[i];
    fragment_keep(to->facts[i].fragment);
  }
  for (size_t i = 0; i < from->source_count; i++) {
    to->sources[i] = from->sources[i];
    to->sources[i].host = mem_strdup(from->sources[i].host);
    to->sources[i].text = mem_strdup(from->sources[i].text);
  }
}

bool store_judge(struct store *s, enum layer layer, const char *host, enum source_state state, const char *text, int64_t now) {
  struct source *src = source_of(s, layer, host);
  if (src->state == state && str_eq(src->text, text)) return false;
  if (src->state != state) src->since = now;
  src->state = state;
  mem_free((char *)src->text);
  src->text = mem_strdup(text ? text : "");
  src->heard = 0;
  s->version++;
  return true;
}

static bool same_fact(const struct fragment *a, const struct fragment *b) {
  return a->kind == b->kind && str_eq(a->host, b->host) && str_eq(a->key, b->key);
}

/* "kind" or "kind/key", read again and unchanged. */
static void confirm(struct store *s, const struct fragment *beat, int64_t now) {
  const struct beat_fact *b = beat->data;
  for (size_t i = 0; i < b->kinds.count; i++) {
    const char *name = b->kinds.item[i], *slash = strchr(name, '/');
    size_t len = slash ? (size_t)(slash - name) : strlen(name);
    for (size_t j = 0; j < s->fact_count; j++) {
      const struct fragment *f = s->facts[j].fragment;
      if (strlen(f->kind->name) == len && !strncmp(f->kind->name, name, len) && str_eq(f->host, beat->host) && str_eq(f->key, slash ? slash + 1 : ""))
        s->facts[j].seen = now;
    }
  }
}

static bool put(struct store *s, struct fragment *f, int64_t now) {
  for (size_t i = 0; i < s->fact_count; i++) {
    struct fact *old = &s->facts[i];
    if (!same_fact(old->fragment, f)) continue;
    old->seen = now;
    if (fragment_equal(old->fragment, f)) return false; /* the same pointer stays: nothing downstream has work */
    fragment_drop(old->fragment);
    old->fragment = fragment_keep(f);
    old->since = now;
    old->heard = 0;
    s->version++;
    return true;
  }
  if (s->fact_count == s->fact_room) {
    s->fact_room = s->fact_room ? s->fact_room * 2 : 32;
    s->facts = mem_grow(s->facts, s->fact_room, sizeof *s->facts);
  }
  s->facts[s->fact_count++] = (struct fact){.fragment = fragment_keep(f), .since = now, .seen = now};
  s->version++;
  return true;
}

bool store_add(struct store *s, struct fragment *f, int64_t now) {
  struct source *src = source_of(s, f->layer, f->host);
  /* "hung" is said of it, not by it: the age of its last word goes on. UNKNOWN_INT is far in the past. */
  bool of_it = f->kind->layer == LAYER_NONE && !strcmp(f->kind->name, "state") && ((const struct state_fact *)f->data)->state == SOURCE_HUNG;
  if (!of_it && now > src->seen) src->seen = now;
  if (f->kind->layer != LAYER_NONE) return put(s, f, now);
  if (!strcmp(f->kind->name, "beat")) {
    confirm(s, f, now);
    return false;
  }
  const struct state_fact *state = f->data;
  return store_judge(s, f->layer, f->host, (enum source_state)state->state, state->text, now);
}

/* ---- known again ---- */

/* A polynomial over the bytes at a secret point, modulo the prime 2^61 - 1: two texts of n bytes that were chosen without
 * knowing the point have one value with a chance of n / 2^63 at most, whoever chose them. */
enum { PRIME_BITS = 61, STAMP_TEXT = 24, WORD_BYTES = 7 };
static const uint64_t prime = (UINT64_C(1) << PRIME_BITS) - 1;

static uint64_t times(uint64_t a, uint64_t b) {
  __extension__ typedef unsigned __int128 wide;
  wide product = (wide)a * b;
  uint64_t r = (uint64_t)(product & prime) + (uint64_t)(product >> PRIME_BITS);
  return r >= prime ? r - prime : r;
}

static uint64_t mark_of(uint64_t secret, const char *text, size_t len) {
  uint64_t mark = 1;
  for (size_t i = 0; i < len; i += WORD_BYTES) {
    uint64_t word = 0;
    memcpy(&word, text + i, len - i < WORD_BYTES ? len - i : WORD_BYTES);
    mark = times(mark, secret) + word + 1;
    if (mark >= prime) mark -= prime;
  }
  mark = times(mark, secret) + len;
  return mark ? mark : 1;
}

static uint64_t draw_secret(void) {
  uint64_t r = 0;
  if (getrandom(&r, sizeof r, GRND_NONBLOCK) != (ssize_t)sizeof r || r % prime < 2) return 0;
  return r % prime;
}

struct heard store_heard(struct store *s, const char *line, size_t len) {
  static const char begin[] = "{\"at\":\"";
  const size_t stamp = sizeof begin - 1, rest = stamp + STAMP_TEXT;
  struct heard h = {0};
  int64_t at;
  char text[STAMP_TEXT + 1];
  if (len <= rest || memcmp(line, begin, stamp) != 0 || line[rest] != '"') return h;
  memcpy(text, line + stamp, STAMP_TEXT);
  text[STAMP_TEXT] = 0;
  if (clock_parse(text, &at)) return h;
  if (!s->secret) s->secret = draw_secret();
  if (!s->secret) return h; /* each line is read then */
  h.mark = mark_of(s->secret, line + rest, len - rest);
  for (size_t i = 0; i < s->source_count; i++)
    if (s->sources[i].heard == h.mark) h.source = i + 1;
  for (size_t i = 0; i < s->fact_count && !h.source; i++)
    if (s->facts[i].heard == h.mark) h.fact = i + 1;
  return h;
}

void store_again(struct store *s, const struct heard *h, int64_t now) {
  struct source *src = h->source ? &s->sources[h->source - 1] : NULL;
  if (h->fact) {
    struct fact *f = &s->facts[h->fact - 1];
    f->seen = now;
    src = source_of(s, f->fragment->layer, f->fragment->host);
  }
  if (src && !(h->source && src->state == SOURCE_HUNG) && now > src->seen) src->seen = now;
}

bool store_add_heard(struct store *s, struct fragment *f, const struct heard *h, int64_t now) {
  bool changed = store_add(s, f, now);
  if (f->kind->layer != LAYER_NONE) {
    for (size_t i = 0; i < s->fact_count; i++)
      if (same_fact(s->facts[i].fragment, f)) s->facts[i].heard = h->mark;
  } else if (!strcmp(f->kind->name, "state")) source_of(s, f->layer, f->host)->heard = h->mark;
  return changed;
}

const struct fact *store_fact(const struct store *s, const char *kind, const char *host, const char *key) {
  const struct fact *best = NULL;
  const struct fact_kind *wanted = fact_kind_find(kind);
  for (size_t i = 0; i < s->fact_count; i++) {
    const struct fact *f = &s->facts[i];
    if (f->fragment->kind != wanted || (host && !str_eq(f->fragment->host, host)) || !str_eq(f->fragment->key, key ? key : "")) continue;
    if (!f->fragment->data) continue;
    /* The freshest; of equally fresh ones the first by name, so that the order of arrival never matters. */
    if (!best || f->seen > best->seen || (f->seen == best->seen && str_order(f->fragment->host, best->fragment->host) < 0)) best = f;
  }
  return best;
}

bool facts_overlap(const struct fact *a, const struct fact *b, int64_t min_ms) {
  int64_t from = a->since > b->since ? a->since : b->since, to = a->seen < b->seen ? a->seen : b->seen;
  return to - from >= min_ms;
}

bool store_stale(const struct store *s, const struct fact *f, int64_t now) {
  if (now - f->seen > fact_stale_after(f->fragment->kind)) return true;
  const struct source *src = store_source(s, f->fragment->kind->layer, f->fragment->host);
  return src && src->state != SOURCE_OK && src->state != SOURCE_UNKNOWN && f->seen <= src->since;
}
