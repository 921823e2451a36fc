/* The detail of any item, from its shape: every field the snapshot has, with unknown said as such. And the help. */
#include "base/clock.h"
#include "model/problem.h"
#include "base/utf8.h"
#include "tui/text.h"
#include "ops/seen.h"
#include "views/screen/app.h"
#include <string.h>

struct any_list { const char *item; size_t count; };

/* "heal_pending" reads better as "heal pending". */
static const char *label(struct arena *a, const char *name) {
  if (str_eq(name, "age_ms")) return "last word";
  char *s = arena_strdup(a, name);
  for (char *p = s; *p; p++)
    if (*p == '_') *p = ' ';
  return s;
}

static const char *age_of(const struct input *in, int64_t ms) {
  char out[CLOCK_TEXT];
  return ms == UNKNOWN_INT ? "?" : arena_strdup(in->arena, clock_age(out, ms));
}

/* A name with a line's end or a tab in it makes no line and no column of its own here. */
static const char *one_line(const struct input *in, const char *s) {
  if (!strpbrk(s, "\n\t")) return s;
  size_t room = strlen(s) * 3 + 1;
  return utf8_clean(arena_alloc(in->arena, room), room, s);
}

static const char *value_text(const struct input *in, const struct field *f, const void *object) {
  if (f->type == FIELD_TIME) {
    const char *when = clock_text(in, *(const int64_t *)(const void *)((const char *)object + f->offset));
    return when ? when : "unknown";
  }
  if (str_eq(f->name, "age_ms")) return age_of(in, *(const int64_t *)(const void *)((const char *)object + f->offset));
  bool bytes = f->type == FIELD_INT && (str_eq(f->name, "memory") || str_eq(f->name, "memory_used") || str_eq(f->name, "size") || str_eq(f->name, "free"));
  const char *size = bytes ? size_text(in, *(const int64_t *)(const void *)((const char *)object + f->offset)) : NULL;
  return size ? size : one_line(in, field_text(f, object, in->arena));
}

/* Which layer a field is from, so that an old value is marked as such here too. First the exceptions, then (field NULL)
 * what holds for the rest; names and places are no readings. */
static const struct { enum list_id list; const char *field, *layer; } origins[] = {
    {LIST_NODES, "membership", "corosync"},   {LIST_NODES, "links", "corosync"},      {LIST_NODES, "pacemaker", "pacemaker"}, {LIST_NODES, "dc", "pacemaker"},
    {LIST_NODES, "peer", "gluster"},          {LIST_NODES, "domains", "libvirt"},     {LIST_NODES, "cpu_percent", "libvirt"}, {LIST_NODES, "cpus", "libvirt"},
    {LIST_NODES, "memory", "libvirt"},        {LIST_NODES, "memory_used", "libvirt"}, {LIST_NODES, NULL, NULL},               {LIST_BRICKS, NULL, "gluster"},
    {LIST_VOLUMES, NULL, "gluster"},          {LIST_DOMAINS, "role", "pacemaker"},    {LIST_DOMAINS, "resource", NULL},       {LIST_DOMAINS, NULL, "libvirt"},
    {LIST_RESOURCES, NULL, "pacemaker"}};
static const char *const no_reading[] = {"name", "id", "uuid", "host", "path", "instance", "parent", "agent", "set", "arbiter", "type", "replica", "stale"};

static bool is_old(const struct app *a, const struct field *f, const void *object) {
  const struct field *stale = shape_field(lists[a->detail_list]->shape, "stale");
  if (!stale) return false;
  const struct texts *layers = (const void *)((const char *)object + stale->offset);
  for (size_t i = 0; i < COUNT(no_reading); i++)
    if (str_eq(no_reading[i], f->name)) return false;
  for (size_t i = 0; i < COUNT(origins); i++)
    if ((int)origins[i].list == a->detail_list && (!origins[i].field || str_eq(origins[i].field, f->name))) return origins[i].layer && texts_have(layers, origins[i].layer);
  return false;
}

static void add_field(struct text *t, const struct input *in, const struct field *f, const void *object, bool old) {
  const char *value = value_text(in, f, object);
  bool unknown = str_eq(value, "unknown"), nothing = !*value || str_eq(value, "none");
  text_indent(t, 0, 18);
  text_addf(t, STYLE(DIM), "%-17s ", label(in->arena, f->name));
  if (old && !unknown && !nothing) text_moref(t, STYLE(STALE), "~%s", value);
  else text_more(t, unknown ? STYLE(UNKNOWN) : STYLE(NORMAL), *value ? value : "-");
}

static void add_pairs(struct text *t, const struct input *in, const struct field *f, const void *object, bool old) {
  const struct pairs *p = (const void *)((const char *)object + f->offset);
  for (size_t i = 0; i < p->count; i++) {
    text_indent(t, 0, 18);
    text_addf(t, STYLE(DIM), "%-17s ", i ? "" : label(in->arena, f->name));
    text_moref(t, old ? STYLE(STALE) : STYLE(NORMAL), "%s%s = %s", old ? "~" : "", one_line(in, p->item[i].key), p->item[i].value ? one_line(in, p->item[i].value) : "?");
  }
}

/* The fields that are known, in their order, on one line. */
static void add_known(struct text *t, const struct input *in, const struct shape *s, const void *item) {
  bool any = false;
  for (const struct field *g = s->fields; g->name; g++) {
    const char *value = value_text(in, g, item);
    if (str_eq(value, "unknown") || str_eq(value, "none") || !*value || g->type == FIELD_LIST) continue;
    text_moref(t, STYLE(DIM), "%s ", label(in->arena, g->name));
    text_moref(t, STYLE(NORMAL), "%s  ", value);
    any = true;
  }
  if (!any) text_more(t, STYLE(UNKNOWN), "unknown");
}

/* A line an element. */
static void add_elements(struct text *t, const struct input *in, const struct field *f, const void *object, bool old) {
  struct any_list l;
  memcpy(&l, (const char *)object + f->offset, sizeof l);
  for (size_t i = 0; i < l.count; i++) {
    const char *item = l.item + i * f->of.shape->size;
    text_indent(t, 0, 18);
    text_addf(t, STYLE(DIM), "%-17s ", i ? "" : label(in->arena, f->name));
    if (old) text_more(t, STYLE(STALE), "~ ");
    add_known(t, in, f->of.shape, item);
  }
}

static void add_object(struct text *t, const struct input *in, const struct field *f, const void *object) {
  text_indent(t, 0, 18);
  text_addf(t, STYLE(DIM), "%-17s ", label(in->arena, f->name));
  add_known(t, in, f->of.shape, (const char *)object + f->offset);
}

static void add_problem_help(struct text *t, const struct problem *p) {
  const struct problem_kind *k = problem_kind_find(p->id);
  if (!k) return;
  text_indent(t, 0, 0);
  text_add(t, STYLE(NORMAL), "");
  text_add(t, STYLE(TITLE), k->title);
  text_add(t, STYLE(NORMAL), k->help);
}

static void add_migration(struct text *t, const struct input *in, const struct domain_view *d) {
  const char *moving = migration_words(in->snap, d, in->arena);
  if (!moving) return;
  text_indent(t, 0, 18);
  text_addf(t, STYLE(DIM), "%-17s ", "migration");
  text_more(t, STYLE(WARN), moving);
}

/* ---- a source: what it is asked for, how often, and how old each word of it is ---- */

static void add_fact_row(struct text *t, const struct input *in, const struct fact_kind *k, const struct source_fact_view *f) {
  static const struct { enum role role; const char *word; } states[] = {[TRUTH_UNKNOWN] = {ROLE_UNKNOWN, "? unknown"}, [TRUTH_NO] = {ROLE_OK, "fresh"}, [TRUTH_YES] = {ROLE_STALE, "~ stale"}};
  enum truth stale = f ? f->stale : TRUTH_UNKNOWN;
  text_indent(t, 0, 41);
  text_addf(t, style_of(states[stale].role), "%-9s", states[stale].word);
  text_moref(t, stale == TRUTH_YES ? STYLE(STALE) : STYLE(NORMAL), " %7s", age_of(in, f ? f->age_ms : UNKNOWN_INT));
  text_moref(t, STYLE(NORMAL), "  %11s", age_of(in, fact_stale_after(k)));
  text_moref(t, STYLE(DIM), "  %7s  ", age_of(in, k->interval_ms));
  text_moref(t, STYLE(NORMAL), "%s%s%s", f && f->key && *f->key ? f->key : "", f && f->key && *f->key ? ": " : "", k->title);
}

static void add_facts(struct text *t, const struct input *in, const struct source_view *s) {
  text_indent(t, 0, 0);
  text_add(t, STYLE(NORMAL), "");
  text_addf(t, STYLE(HEADER), "%-9s %7s  %11s  %7s  %s", "STATE", "AGE", "STALE AFTER", "EVERY", "FACT");
  for (const struct fact_kind *k = fact_kinds; k->name; k++) {
    if (k->layer == LAYER_NONE || !str_eq(layer_names[k->layer], s->name)) continue;
    size_t n = 0;
    for (size_t i = 0; i < s->facts.count; i++)
      if (str_eq(s->facts.item[i].kind, k->name)) add_fact_row(t, in, k, &s->facts.item[i]), n++;
    if (!n) add_fact_row(t, in, k, NULL); /* it has not been said, or does not exist */
  }
}

struct text *detail_text(const struct app *a, const struct input *in) {
  const struct list *l = lists[a->detail_list];
  if (a->detail_list == LIST_TASKS) return task_text(in, a->detail_id);
  struct text *t = text_new();
  const void **item = NULL;
  size_t n = in->snap ? l->collect(in, &item) : 0, i = 0;
  while (i < n && !str_eq(l->id(in, item[i]), a->detail_id)) i++;
  if (i == n) {
    text_addf(t, STYLE(WARN), "%s: it is not there any more", a->detail_id ? one_line(in, a->detail_id) : "?");
    return t;
  }
  for (const struct field *f = l->shape->fields; f->name; f++) {
    if (a->detail_list == LIST_SOURCES && f->type == FIELD_LIST) add_facts(t, in, item[i]);
    else if (f->type == FIELD_LIST) add_elements(t, in, f, item[i], is_old(a, f, item[i]));
    else if (f->type == FIELD_OBJECT) add_object(t, in, f, item[i]);
    else if (f->type == FIELD_PAIRS) add_pairs(t, in, f, item[i], is_old(a, f, item[i]));
    else add_field(t, in, f, item[i], is_old(a, f, item[i]));
  }
  if (a->detail_list == LIST_PROBLEMS) add_problem_help(t, item[i]);
  if (a->detail_list == LIST_DOMAINS) add_migration(t, in, item[i]);
  return t;
}

static void add_sign(struct text *t, const struct input *in, enum symbol s, enum role role, const char *means) {
  text_indent(t, 2, 20);
  text_add(t, style_of(role), symbol(in->glyphs, s)); /* one column, however many bytes */
  text_moref(t, STYLE(NORMAL), "                 %s", means);
}

struct text *help_text(const struct app *a, const struct input *in) {
  (void)a;
  struct text *t = text_new();
  size_t n;
  struct keymap_help *rows = keymap_help(in->keymap, CONTEXT_COUNT, &n);
  for (size_t i = 0; i < n; i++) {
    if (!i || strcmp(rows[i].group, rows[i - 1].group)) {
      text_indent(t, 0, 0);
      if (i) text_add(t, STYLE(NORMAL), "");
      text_add(t, STYLE(TITLE), rows[i].group);
    }
    text_indent(t, 2, 20);
    int room = 17 - text_columns(rows[i].keys);
    text_addf(t, STYLE(KEY), "%s%*s ", rows[i].keys, room > 0 ? room : 0, "");
    text_more(t, STYLE(NORMAL), rows[i].help);
  }
  mem_free(rows);
  text_indent(t, 0, 0);
  text_add(t, STYLE(NORMAL), "");
  text_add(t, STYLE(TITLE), "Signs");
  add_sign(t, in, SYMBOL_UP, ROLE_OK, "is up and answers");
  add_sign(t, in, SYMBOL_DOWN, ROLE_BAD, "is down");
  add_sign(t, in, SYMBOL_UNKNOWN, ROLE_UNKNOWN, "not known: nobody could be asked");
  text_indent(t, 2, 20);
  text_add(t, STYLE(STALE), "~value");
  text_more(t, STYLE(NORMAL), "            an old value: its source does not answer now (see sources)");
  text_indent(t, 2, 20);
  text_add(t, STYLE(BAD), "started?");
  text_more(t, STYLE(NORMAL), "          pacemaker says so, and libvirt says otherwise");
  return t;
}

/* A task that runs is followed, until a key moves elsewhere; when it has ended, how it ended stands first. */
void settle_detail(struct app *a, const struct input *in, int w, int h) {
  if (a->detail_list != LIST_TASKS || a->moved) return;
  struct text *so_far = task_text_so_far(in, a->detail_id);
  size_t seen = so_far ? text_height(so_far, w - 4) : 0, height = h > 2 ? (size_t)h - 2 : 0;
  a->top = seen > height ? seen - height : 0;
  text_free(so_far);
}
