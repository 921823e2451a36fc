#include "model/identity.h"
#include "base/host.h"
#include "model/shape.h"
#include <string.h>

static const struct shape token_shape = {.name = "token", .size = sizeof(struct token), .fields = (const struct field[]){{.name = NULL}}};

static size_t token_of(struct identity *d, const char *text, enum name_rank rank) {
  int64_t at = map_get(&d->index, text);
  if (at == MAP_NONE) {
    at = (int64_t)d->tokens.count;
    struct token *t = list_add(d->arena, &d->tokens, &token_shape);
    *t = (struct token){arena_strdup(d->arena, text), (size_t)at, RANK_TOKEN};
    map_add(&d->index, t->text, (size_t)at);
  }
  struct token *t = &d->tokens.item[at];
  if (rank < t->rank) t->rank = rank;
  return (size_t)at;
}

static size_t root(struct identity *d, size_t i) {
  while (d->tokens.item[i].parent != i) i = d->tokens.item[i].parent = d->tokens.item[d->tokens.item[i].parent].parent;
  return i;
}

static bool links_nothing(const char *s) {
  return !*s || str_starts(s, "127.") || str_eq(s, "::1") || str_starts(s, "localhost") || str_starts(s, "fe80:") || str_eq(s, "0.0.0.0") || str_eq(s, "::");
}

void identity_name(struct identity *d, const char *name, enum name_rank rank) {
  if (name && *name) token_of(d, name, rank);
}

void identity_link(struct identity *d, const char *name, const char *class, const char *token) {
  if (!name || !token || !*name || (!class && links_nothing(token)) || links_nothing(name)) return;
  size_t a = token_of(d, name, RANK_TOKEN);
  size_t b = token_of(d, class ? arena_printf(d->arena, "%s:%s", class, token) : token, RANK_TOKEN);
  size_t x = root(d, a), y = root(d, b);
  if (x != y) d->tokens.item[x < y ? y : x].parent = x < y ? x : y;
}

static bool better(const struct token *a, const struct token *b) {
  if (!b || a->rank != b->rank) return !b || a->rank < b->rank;
  return str_natural(a->text, b->text) < 0;
}

const char *identity_of(struct identity *d, const char *name) {
  int64_t at = map_get(&d->index, name);
  if (at == MAP_NONE) return NULL;
  size_t group = root(d, (size_t)at);
  const struct token *best = NULL;
  for (size_t i = 0; i < d->tokens.count; i++)
    if (root(d, i) == group && d->tokens.item[i].rank < RANK_TOKEN && better(&d->tokens.item[i], best)) best = &d->tokens.item[i];
  return best ? best->text : NULL;
}

static int by_text(const void *a, const void *b) { return str_natural(*(const char *const *)a, *(const char *const *)b); }

void identity_others(struct identity *d, const char *canonical, struct texts *ret_names, struct texts *ret_addresses) {
  int64_t at = map_get(&d->index, canonical);
  if (at == MAP_NONE) return;
  size_t group = root(d, (size_t)at);
  for (size_t i = 0; i < d->tokens.count; i++) {
    const char *text = d->tokens.item[i].text;
    if (root(d, i) != group) continue;
    if (is_address(text)) texts_add(d->arena, ret_addresses, text);
    else if (!strchr(text, ':') && !str_eq(text, canonical)) texts_add(d->arena, ret_names, text);
  }
  if (ret_names->count) qsort(ret_names->item, ret_names->count, sizeof(char *), by_text);
  if (ret_addresses->count) qsort(ret_addresses->item, ret_addresses->count, sizeof(char *), by_text);
}

void identity_free(struct identity *d) { map_free(&d->index); }
