/* The palette: a view, an operation or a thing by what is typed of its name, the nearest first; and a whole operation typed
 * as on the command line, which opens its form. */
#include "views/screen/acting.h"
#include "views/screen/app.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* ---- how near a name is to what was typed ---- */

enum { COST_PREFIX = 2, COST_WORD = 12, COST_INITIALS = 22, COST_WITHIN = 24, COST_LETTERS = 48, COST_MAX = 127 };

static bool begins_word(const char *text, size_t i) { return !i || !isalnum((unsigned char)text[i - 1]); }
static char low(char c) { return (char)tolower((unsigned char)c); }
static int at_most(size_t n, int most) { return n < (size_t)most ? (int)n : most; }

/* Each letter begins a word of the text, in order. */
static bool are_initials(const char *text, const char *word, size_t len) {
  size_t n = 0;
  for (size_t i = 0; text[i] && n < len; i++)
    if (begins_word(text, i) && low(text[i]) == low(word[n])) n++;
  return n == len;
}

/* The fewest letters of the text that hold the word's in their order, less those themselves; -1: they are not there. */
static int letters_between(const char *text, const char *word, size_t len) {
  int best = -1;
  for (size_t from = 0; text[from]; from++) {
    size_t n = 0, i = from;
    if (low(text[from]) != low(word[0])) continue;
    for (; text[i] && n < len; i++) n += low(text[i]) == low(word[n]);
    if (n < len) break; /* later there are still fewer */
    int gaps = (int)(i - from - len);
    if (best < 0 || gaps < best) best = gaps;
  }
  return best;
}

int fuzzy_cost(const char *text, const char *word, size_t len) {
  enum { NEAR = 3, FAR = 4 }; /* letters strewn over a whole sentence are no match */
  size_t size = text ? strlen(text) : 0;
  const char *within = NULL;
  if (!len) return 0;
  if (size < len) return FUZZY_NOT;
  if (!strncasecmp(text, word, len)) return size == len ? 0 : COST_PREFIX + at_most((size - len) / 2, COST_WORD - COST_PREFIX - 1);
  for (size_t i = 1; i + len <= size; i++) {
    if (low(text[i]) != low(word[0]) || strncasecmp(text + i, word, len)) continue;
    if (begins_word(text, i)) return COST_WORD + at_most(i / 4, COST_WITHIN - COST_WORD - 1);
    if (!within) within = text + i;
  }
  if (len > 1 && are_initials(text, word, len)) return COST_INITIALS;
  if (within) return COST_WITHIN + at_most((size_t)(within - text) / 4, COST_LETTERS - COST_WITHIN - 1);
  int gaps = len > 1 ? letters_between(text, word, len) : -1;
  return gaps < 0 || gaps > (int)len * NEAR + FAR ? FUZZY_NOT : COST_LETTERS + at_most((size_t)gaps, COST_MAX - COST_LETTERS);
}

/* ---- what there is ---- */

enum kind { KIND_VIEW, KIND_BOOK, KIND_OPERATION, KIND_HOST, KIND_DOMAIN, KIND_VOLUME, KIND_RESOURCE, KIND_BRICK, KIND_COUNT };
static const struct { const char *word, *group; int list; } kinds[KIND_COUNT] = {
    [KIND_VIEW] = {"view", "views", -1},  [KIND_BOOK] = {"book", "books", -1},         [KIND_OPERATION] = {"operation", "operations", -1},    [KIND_HOST] = {"host", "hosts", LIST_NODES},
    [KIND_DOMAIN] = {"domain", "domains", LIST_DOMAINS}, [KIND_VOLUME] = {"volume", "volumes", LIST_VOLUMES}, [KIND_RESOURCE] = {"resource", "resources", LIST_RESOURCES},
    [KIND_BRICK] = {"brick", "bricks", LIST_BRICKS}};

struct candidate {
  enum kind kind;
  const char *name, *title; /* title NULL: it has none */
  const void *item;         /* a thing; an offer; NULL: a view */
  int view, cost;
};
struct found { const struct acting *a; const struct input *in; const char *filter; struct candidate *item; size_t count, room; };

/* Every word that was typed is somewhere in it. */
static int cost_of(const struct candidate *c, const char *filter) {
  int all = 0;
  while (*filter) {
    size_t len = strcspn(filter, " ");
    int name = fuzzy_cost(c->name, filter, len), title = c->title ? fuzzy_cost(c->title, filter, len) : FUZZY_NOT, kind = !strncasecmp(kinds[c->kind].word, filter, len) && len > 2 ? COST_WORD : FUZZY_NOT;
    bool said = title != FUZZY_NOT && title != COST_INITIALS && title < (len > 2 ? COST_LETTERS : COST_INITIALS); /* a sentence holds most pairs of letters somewhere */
    title = said ? title + 4 : FUZZY_NOT; /* its name counts for more than how it is described */
    int best = name;
    if (title != FUZZY_NOT && (best == FUZZY_NOT || title < best)) best = title;
    if (kind != FUZZY_NOT && (best == FUZZY_NOT || kind < best)) best = kind;
    if (best == FUZZY_NOT) return FUZZY_NOT;
    all += best;
    filter += len + strspn(filter + len, " ");
  }
  return all;
}

static const char *row_id(const struct input *in, const struct candidate *c) {
  if (c->kind == KIND_OPERATION) return ((const struct offer *)c->item)->id;
  return arena_printf(in->arena, "%s %s", kinds[c->kind].word, c->kind == KIND_VIEW || c->kind == KIND_BOOK ? c->name : lists[kinds[c->kind].list]->id(in, c->item));
}

static int recency(const struct acting *a, const char *id) {
  for (int i = 0; i < PALETTE_RECENT; i++)
    if (str_eq(a->recent[i], id)) return i;
  return -1;
}

static void consider(struct found *f, struct candidate c) {
  enum { DANGER = 3 };
  c.cost = cost_of(&c, f->filter);
  if (c.cost == FUZZY_NOT) return;
  c.cost += c.kind == KIND_VIEW || c.kind == KIND_BOOK ? 0 : c.kind == KIND_OPERATION ? 2 : 1;
  if (c.kind == KIND_OPERATION && ((const struct offer *)c.item)->operation->danger >= 2) c.cost += DANGER;
  if (f->count == f->room) {
    struct candidate *more = arena_array(f->in->arena, f->room ? f->room * 2 : 64, sizeof *more);
    if (f->count) memcpy(more, f->item, f->count * sizeof *more);
    f->item = more;
    f->room = f->room ? f->room * 2 : 64;
  }
  f->item[f->count++] = c;
}

static void consider_things(struct found *f) {
  const struct snapshot *s = f->in->snap;
  for (size_t i = 0; i < s->hosts.count; i++) consider(f, (struct candidate){.kind = KIND_HOST, .name = s->hosts.item[i].name, .item = &s->hosts.item[i]});
  for (size_t i = 0; i < s->domains.count; i++) consider(f, (struct candidate){.kind = KIND_DOMAIN, .name = s->domains.item[i].name, .item = &s->domains.item[i]});
  for (size_t i = 0; i < s->resources.count; i++) consider(f, (struct candidate){.kind = KIND_RESOURCE, .name = s->resources.item[i].id, .item = &s->resources.item[i]});
  for (size_t i = 0; i < s->volumes.count; i++) {
    const struct volume_view *v = &s->volumes.item[i];
    consider(f, (struct candidate){.kind = KIND_VOLUME, .name = v->name, .item = v});
    for (size_t b = 0; b < v->bricks.count; b++) {
      char name[512];
      struct candidate c = {.kind = KIND_BRICK, .name = name, .item = &v->bricks.item[b]};
      snprintf(name, sizeof name, "%s:%s", v->bricks.item[b].host ? v->bricks.item[b].host : "?", v->bricks.item[b].path ? v->bricks.item[b].path : "?");
      if (cost_of(&c, f->filter) == FUZZY_NOT) continue;
      c.name = arena_strdup(f->in->arena, name);
      consider(f, c);
    }
  }
}

static struct found find(const struct acting *a, const struct input *in, const char *filter) {
  struct found f = {.a = a, .in = in, .filter = filter};
  for (int v = 0; v < VIEW_DETAIL; v++)
    if (v != VIEW_PALETTE && view_name(v)) consider(&f, (struct candidate){.kind = KIND_VIEW, .name = view_name(v), .title = view_title(v), .view = v});
  for (size_t i = 0; guide_books[i]; i++) consider(&f, (struct candidate){.kind = KIND_BOOK, .name = guide_books[i]->name, .title = guide_books[i]->title, .item = guide_books[i], .view = VIEW_GUIDE});
  for (size_t i = 0; i < a->offers.count; i++)
    consider(&f, (struct candidate){.kind = KIND_OPERATION, .name = a->offers.item[i].operation->name, .title = a->offers.item[i].operation->title, .item = &a->offers.item[i]});
  if (*filter) consider_things(&f); /* nobody looks for one of hundreds without a letter of its name */
  return f;
}

/* The cheapest first, those of one price as they came: by counting, for there may be thousands. */
static void rank(struct found *f, size_t most) {
  enum { PRICES = 256 };
  size_t starts[PRICES + 1] = {0};
  struct candidate *sorted = arena_array(f->in->arena, f->count, sizeof *sorted);
  for (size_t i = 0; i < f->count; i++) starts[1 + at_most((size_t)f->item[i].cost, PRICES - 1)]++;
  for (int p = 0; p < PRICES; p++) starts[p + 1] += starts[p];
  for (size_t i = 0; i < f->count; i++) sorted[starts[at_most((size_t)f->item[i].cost, PRICES - 1)]++] = f->item[i];
  f->item = sorted;
  if (f->count > most) f->count = most;
}

/* What was taken lately before others that are as near: of those that are seen only. */
static void lately_first(const struct acting *a, struct found *f, const char **ids) {
  enum { WORTH = 8 };
  for (size_t i = 1; i < f->count; i++)
    for (size_t k = i; k > 0 && recency(a, ids[k]) >= 0 && recency(a, ids[k - 1]) < 0 && (!*f->filter || f->item[k].cost - f->item[k - 1].cost <= WORTH); k--) {
      struct candidate c = f->item[k];
      const char *id = ids[k];
      f->item[k] = f->item[k - 1], f->item[k - 1] = c;
      ids[k] = ids[k - 1], ids[k - 1] = id;
    }
  for (size_t i = 1; !*f->filter && i < f->count && recency(a, ids[i]) >= 0; i++)
    for (size_t k = i; k > 0 && recency(a, ids[k]) < recency(a, ids[k - 1]); k--) {
      struct candidate c = f->item[k];
      const char *id = ids[k];
      f->item[k] = f->item[k - 1], f->item[k - 1] = c;
      ids[k] = ids[k - 1], ids[k - 1] = id;
    }
}

/* ---- an operation typed as a whole ---- */

struct typed { const struct operation *operation; const char *target, *wrong; struct texts words; };

/* The next word, quotes taken off; NULL: no more. */
static const char *next_word(const char **at, struct arena *a) {
  CLEANUP(str_free) struct str out = {0};
  char quote = 0;
  *at += strspn(*at, " ");
  if (!**at) return NULL;
  for (; **at && (quote || **at != ' '); ++*at) {
    if (quote ? **at == quote : (**at == '\'' || **at == '"')) quote = quote ? 0 : **at;
    else str_addn(&out, *at, 1);
  }
  return arena_strdup(a, str_text(&out));
}

static void take_word(struct typed *t, const char *word, struct arena *a) {
  const char *equals = strchr(word, '=');
  const char *name = equals ? arena_strndup(a, word, (size_t)(equals - word)) : word;
  const struct operation_argument *arg = equals ? operation_argument(t->operation, name) : NULL;
  if (arg && arg->kind == ARG_SECRET) t->wrong = arena_printf(a, "%s is a secret: leave it out, the form asks for it", name);
  else if (!arg) t->wrong = equals ? arena_printf(a, "%s has no argument %s", t->operation->name, name) : arena_printf(a, "%s: write it as key=value", word);
  else if (arg == t->operation->arguments && t->operation->target != TARGET_CLUSTER && !arg->list) t->target = arena_strdup(a, equals + 1);
  else texts_add(a, &t->words, word);
}

/* False: it is none, but letters of a name. */
static bool read_typed(const char *line, struct arena *a, struct typed *ret) {
  const char *first = next_word(&line, a), *word;
  *ret = (struct typed){.operation = first && strchr(line, '=') ? operation_find(first) : NULL};
  while (ret->operation && (word = next_word(&line, a)) != NULL) take_word(ret, word, a);
  return ret->operation != NULL;
}

static struct menu typed_menu(const struct input *in, const struct typed *t) {
  struct menu_row *row = arena_alloc(in->arena, sizeof *row);
  *row = (struct menu_row){.id = "typed", .title = arena_printf(in->arena, "%s%s%s", t->operation->title, t->target ? ": " : "", t->target ? t->target : ""), .note = "filled in", .note_role = ROLE_ACCENT,
                           .refused = t->wrong, .help = arena_printf(in->arena, "%s Its form is opened with this filled in; nothing runs.", t->operation->help)};
  return (struct menu){.rows = row, .count = 1, .ranked = true};
}

/* ---- the rows ---- */

static void put_operation(const struct input *in, const struct offer *f, bool searched, struct menu_row *r) {
  r->title = f->target ? arena_printf(in->arena, "%s: %s", f->operation->title, f->target) : f->operation->title;
  r->help = arena_printf(in->arena, "%s (%s)", f->operation->help, f->operation->name);
  r->group = f->group;
  if (f->operation->danger >= 2) r->note = arena_printf(in->arena, "%s danger", symbol(in->glyphs, SYMBOL_WARN)), r->note_role = ROLE_BAD;
  else if (searched) r->note = "operation", r->note_role = ROLE_DIM;
}

static void put_row(const struct input *in, const struct candidate *c, bool searched, struct menu_row *r) {
  r->group = kinds[c->kind].group;
  if (c->kind == KIND_OPERATION) {
    put_operation(in, c->item, searched, r);
    return;
  }
  r->title = c->title ? c->title : c->name;
  r->help = c->kind == KIND_BOOK ? ((const struct guide_book *)c->item)->when : c->kind == KIND_VIEW ? view_help(c->view) : arena_printf(in->arena, "The %s %s: all that is known of it.", kinds[c->kind].word, c->name);
  if (searched) r->note = kinds[c->kind].word, r->note_role = ROLE_DIM;
}

struct menu palette_menu(const struct acting *a, const struct input *in) {
  enum { MOST = 200 };
  const char *filter = prompt_text(&a->menu.filter);
  struct typed t;
  filter += strspn(filter, " ");
  if (!in->snap) return (struct menu){.ranked = true, .empty = "waiting for the first answers"};
  if (read_typed(filter, in->arena, &t)) return typed_menu(in, &t);
  struct found f = find(a, in, filter);
  if (*filter) rank(&f, MOST);
  const char **ids = arena_array(in->arena, f.count, sizeof *ids);
  for (size_t i = 0; i < f.count; i++) ids[i] = row_id(in, &f.item[i]);
  lately_first(a, &f, ids);
  struct menu_row *rows = arena_array(in->arena, f.count, sizeof *rows);
  for (size_t i = 0; i < f.count; i++) {
    put_row(in, &f.item[i], *filter != '\0', &rows[i]);
    rows[i].id = ids[i];
    if (*filter) rows[i].group = NULL;
    else if (recency(a, ids[i]) >= 0) rows[i].group = "taken lately";
  }
  return (struct menu){.rows = rows, .count = f.count, .ranked = true, .empty = "nothing is known yet"};
}

/* ---- taking one ---- */

static void remember(struct acting *a, const char *id) {
  int at = recency(a, id);
  char *copy = mem_strdup(id);
  if (at < 0) at = PALETTE_RECENT - 1;
  mem_free(a->recent[at]);
  memmove(a->recent + 1, a->recent, (size_t)at * sizeof *a->recent);
  a->recent[0] = copy;
}

static unsigned open_thing(struct acting *a, const struct input *in, const struct candidate *c) {
  mem_free(a->go_id);
  a->go_id = mem_strdup(lists[kinds[c->kind].list]->id(in, c->item));
  a->go_list = 1 + kinds[c->kind].list;
  acting_close(a);
  return APP_CHANGED;
}

static unsigned open_offer_of(struct acting *a, const struct input *in, const struct offer *f) { return acting_open(a, in, f->operation, f->target, NULL, false); }

unsigned palette_take(struct acting *a, const struct input *in, const char *id) {
  const char *filter = arena_strdup(in->arena, prompt_text(&a->menu.filter));
  struct typed t;
  if (read_typed(filter + strspn(filter, " "), in->arena, &t)) return acting_open(a, in, t.operation, t.target, &t.words, false);
  struct found f = find(a, in, filter + strspn(filter, " "));
  for (size_t i = 0; i < f.count; i++) {
    const struct candidate *c = &f.item[i];
    if (!str_eq(row_id(in, c), id)) continue;
    remember(a, id);
    if (c->kind == KIND_OPERATION) return open_offer_of(a, in, c->item);
    if (c->kind != KIND_VIEW && c->kind != KIND_BOOK) return open_thing(a, in, c);
    a->go_book = c->kind == KIND_BOOK ? c->item : NULL;
    a->go_view = 1 + c->view;
    acting_close(a);
    return APP_CHANGED;
  }
  return 0;
}

void palette_free(struct acting *a) {
  for (int i = 0; i < PALETTE_RECENT; i++) mem_free(a->recent[i]);
  mem_free(a->go_id);
}
