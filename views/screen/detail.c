/* The detail of any item, from its shape by the table of sections: every field the snapshot has, with its unit, with old and
 * unknown said as such. And the help. */
#include "base/clock.h"
#include "base/utf8.h"
#include "tui/text.h"
#include "analysis/fences.h"
#include "analysis/seen.h"
#include "views/screen/detail.h"
#include "views/screen/drills.h"
#include <string.h>

struct any_list { const char *item; size_t count; };

/* "heal_pending" reads better as "heal pending". */
static const char *label(struct arena *a, const char *name) {
  static const char *const labels[][2] = {{"age_ms", "last word"},         {"cpu_percent", "cpu"},          {"read_bytes_s", "reads"}, {"write_bytes_s", "writes"},
                                          {"latency_us", "latency"},       {"eta_s", "done in"},            {"vcpus", "virtual cpus"}, {"take_down", "take down?"},
                                          {"defined_on", "defined on"},    {"fail_count", "failures"},      {"dc", "is the DC"},       {"at", "when"},
                                          {"operation", "what mends it"},  {"stale_after_ms", "old after"}, {"here", "this host"},     {"unseen", "does not see"}};
  for (size_t i = 0; i < COUNT(labels); i++)
    if (str_eq(labels[i][0], name)) return labels[i][1];
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
const char *detail_line(const struct input *in, const char *s) {
  if (!strpbrk(s, "\n\t")) return s;
  size_t room = strlen(s) * 3 + 1;
  return utf8_clean(arena_alloc(in->arena, room), room, s);
}

enum unit { UNIT_NONE, UNIT_BYTES, UNIT_RATE, UNIT_PERCENT, UNIT_SECONDS, UNIT_AGE, UNIT_MICROSECONDS };
static enum unit unit_of(const char *name) {
  static const struct { const char *name; enum unit unit; } units[] = {
      {"memory", UNIT_BYTES},      {"memory_used", UNIT_BYTES}, {"size", UNIT_BYTES},    {"free", UNIT_BYTES},  {"read_bytes_s", UNIT_RATE},       {"write_bytes_s", UNIT_RATE},
      {"cpu_percent", UNIT_PERCENT}, {"eta_s", UNIT_SECONDS},   {"age_ms", UNIT_AGE},    {"stale_after_ms", UNIT_AGE}, {"latency_us", UNIT_MICROSECONDS}};
  for (size_t i = 0; i < COUNT(units); i++)
    if (str_eq(units[i].name, name)) return units[i].unit;
  return UNIT_NONE;
}

static const char *value_text(const struct input *in, const struct field *f, const void *object) {
  const void *at = (const char *)object + f->offset;
  int64_t n = f->type == FIELD_INT || f->type == FIELD_TIME ? *(const int64_t *)at : UNKNOWN_INT;
  if (f->type == FIELD_TIME) return n == UNKNOWN_INT ? "unknown" : arena_printf(in->arena, "%s, %s ago", clock_text(in, n), age_text(in, n));
  if (f->type == FIELD_INT && n == UNKNOWN_INT) return "unknown";
  switch (unit_of(f->name)) {
  case UNIT_BYTES: return size_text(in, n);
  case UNIT_RATE: return arena_printf(in->arena, "%s/s", size_text(in, n));
  case UNIT_PERCENT: return percent_text(in, *(const double *)at) ? percent_text(in, *(const double *)at) : "unknown";
  case UNIT_SECONDS: return age_of(in, n * 1000);
  case UNIT_AGE: return age_of(in, n);
  case UNIT_MICROSECONDS: return arena_printf(in->arena, "%.1f ms", (double)n / 1000);
  case UNIT_NONE: break;
  }
  return detail_line(in, field_text(f, object, in->arena));
}

/* Which layer a field is from, so that an old value is marked as such here too. First the exceptions, then (field NULL)
 * what holds for the rest; names and places are no readings. */
static const struct { enum list_id list; const char *field, *layer; } origins[] = {
    {LIST_NODES, "membership", "corosync"},   {LIST_NODES, "links", "corosync"},      {LIST_NODES, "pacemaker", "pacemaker"}, {LIST_NODES, "dc", "pacemaker"},
    {LIST_NODES, "peer", "gluster"},          {LIST_NODES, "domains", "libvirt"},     {LIST_NODES, "cpu_percent", "libvirt"}, {LIST_NODES, "cpus", "libvirt"},
    {LIST_NODES, "memory", "libvirt"},        {LIST_NODES, "memory_used", "libvirt"}, {LIST_NODES, NULL, NULL},               {LIST_BRICKS, NULL, "gluster"},
    {LIST_VOLUMES, NULL, "gluster"},          {LIST_DOMAINS, "role", "pacemaker"},    {LIST_DOMAINS, "resource", NULL},       {LIST_DOMAINS, NULL, "libvirt"},
    {LIST_RESOURCES, NULL, "pacemaker"},
    {LIST_FENCING, NULL, "pacemaker"}};
static const char *const no_reading[] = {"name", "id", "uuid", "host", "path", "instance", "parent", "agent", "set", "arbiter", "type", "replica", "stale", "kind", "told"};

static bool is_old(enum list_id list, const struct field *f, const void *object) {
  const struct field *stale = shape_field(lists[list]->shape, "stale");
  if (!stale) return false;
  const struct texts *layers = (const void *)((const char *)object + stale->offset);
  if (list == LIST_BRICKS && (str_eq(f->name, "size") || str_eq(f->name, "free"))) return layers->count || ((const struct brick_view *)object)->online != TRUTH_YES; /* of one that is down it is how it was */
  for (size_t i = 0; i < COUNT(no_reading); i++)
    if (str_eq(no_reading[i], f->name)) return false;
  for (size_t i = 0; i < COUNT(origins); i++)
    if (origins[i].list == list && (!origins[i].field || str_eq(origins[i].field, f->name))) return origins[i].layer && texts_have(layers, origins[i].layer);
  return false;
}

static void add_field(struct text *t, const struct input *in, const struct field *f, const void *object, bool old) {
  const char *value = value_text(in, f, object);
  bool unknown = str_eq(value, "unknown"), nothing = !*value || str_eq(value, "none");
  text_indent(t, 2, 20);
  text_addf(t, STYLE(DIM), "%-17s ", label(in->arena, f->name));
  if (old && !unknown && !nothing) text_moref(t, STYLE(STALE), "~%s", value);
  else text_more(t, unknown ? STYLE(UNKNOWN) : STYLE(NORMAL), *value ? value : "-");
}

static void add_pairs(struct text *t, const struct input *in, const struct field *f, const void *object, bool old) {
  const struct pairs *p = (const void *)((const char *)object + f->offset);
  for (size_t i = 0; i < p->count; i++) {
    text_indent(t, 2, 20);
    text_addf(t, STYLE(DIM), "%-17s ", i ? "" : label(in->arena, f->name));
    text_moref(t, old ? STYLE(STALE) : STYLE(NORMAL), "%s%s = %s", old ? "~" : "", detail_line(in, p->item[i].key), p->item[i].value ? detail_line(in, p->item[i].value) : "?");
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
    text_indent(t, 2, 20);
    text_addf(t, STYLE(DIM), "%-17s ", i ? "" : label(in->arena, f->name));
    if (old) text_more(t, STYLE(STALE), "~ ");
    add_known(t, in, f->of.shape, item);
  }
}

static void add_object(struct text *t, const struct input *in, const struct field *f, const void *object) {
  text_indent(t, 2, 20);
  text_addf(t, STYLE(DIM), "%-17s ", label(in->arena, f->name));
  add_known(t, in, f->of.shape, (const char *)object + f->offset);
}

/* Only where there is one. */
static void add_maybe(struct text *t, const struct input *in, const struct field *f, const void *object) {
  const void *item = *(const void *const *)(const void *)((const char *)object + f->offset);
  if (!item) return;
  text_indent(t, 2, 20);
  text_addf(t, STYLE(DIM), "%-17s ", label(in->arena, f->name));
  add_known(t, in, f->of.shape, item);
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

/* ---- the sections ---- */

static void add_title(struct text *t, const char *title) {
  text_indent(t, 0, 0);
  text_add(t, STYLE(NORMAL), "");
  text_add(t, STYLE(TITLE), title);
}

static bool is_empty(const struct field *f, const void *object) {
  size_t count;
  switch (f->type) {
  case FIELD_LIST:
  case FIELD_TEXTS:
  case FIELD_PAIRS:
  case FIELD_TALLIES: memcpy(&count, (const char *)object + f->offset + sizeof(void *), sizeof count); return !count;
  default: return false;
  }
}

/* Of a host that is none of a layer, and of what is only sometimes there, "unknown" would say that something is missing. */
static bool applies(const struct detail *d, const struct field *f) {
  static const struct { enum list_id list; const char *fields; } sometimes[] = {{LIST_FENCING, "at action result client origin delegate agent told"},
      {LIST_RESOURCES, "instance parent"}, {LIST_BRICKS, "text"}, {LIST_DOMAINS, "resource role reason"}, {LIST_SOURCES, "text"}};
  const struct host_view *h = d->list == LIST_NODES ? d->item : NULL;
  if (d->list == LIST_FENCING && str_eq(f->name, "proven")) return ((const struct fence_view *)d->item)->kind == FENCE_DEVICE;
  if (h && str_eq(f->name, "outlook")) return h->membership != MEMBERSHIP_MEMBER && (h->membership || h->pacemaker);
  if (h && str_eq(f->name, "peer")) return h->peer || texts_have(&h->roles, "gluster");
  if (h && !texts_have(&h->roles, "kvm") && str_listed("membership pacemaker dc libvirt domains cpu_percent cpus memory memory_used", ' ', f->name)) return !str_eq(value_text(d->in, f, d->item), "unknown");
  for (size_t i = 0; i < COUNT(sometimes); i++)
    if (sometimes[i].list == d->list && str_listed(sometimes[i].fields, ' ', f->name)) return !str_eq(value_text(d->in, f, d->item), "unknown");
  return true;
}

/* What the sentence on top has said already. */
static bool is_said(enum list_id list, const char *name) {
  static const struct { enum list_id list; const char *fields; } said[] = {
      {LIST_NODES, "name"}, {LIST_VOLUMES, "name"}, {LIST_DOMAINS, "name"}, {LIST_RESOURCES, "id"}, {LIST_FENCING, "id level"}};
  for (size_t i = 0; i < COUNT(said); i++)
    if (said[i].list == list && str_listed(said[i].fields, ' ', name)) return true;
  return false;
}

static void add_one(struct detail *d, const struct field *f) {
  bool old = is_old(d->list, f, d->item);
  if (f->type == FIELD_LIST) add_elements(d->t, d->in, f, d->item, old);
  else if (f->type == FIELD_OBJECT) add_object(d->t, d->in, f, d->item);
  else if (f->type == FIELD_MAYBE) add_maybe(d->t, d->in, f, d->item);
  else if (f->type == FIELD_PAIRS) add_pairs(d->t, d->in, f, d->item, old);
  else add_field(d->t, d->in, f, d->item, old);
}

static bool has_section(enum list_id list, const char *name) {
  for (const struct section *s = sections; s->title; s++)
    if (s->list == list && str_listed(s->fields, ' ', name)) return true;
  return false;
}

static void add_section(struct detail *d, const struct section *s) {
  size_t before = text_lines(d->t), titled;
  add_title(d->t, s->title);
  titled = text_lines(d->t);
  for (const char *at = s->fields; at && *at;) {
    size_t len = strcspn(at, " ");
    const struct field *f = shape_field(lists[d->list]->shape, arena_strndup(d->in->arena, at, len));
    if (f && !is_empty(f, d->item) && applies(d, f)) add_one(d, f);
    at += len + strspn(at + len, " ");
  }
  if (s->add) s->add(d);
  if (text_lines(d->t) == titled) text_cut(d->t, before);
}

void detail_put(struct detail *d, const char *name, struct style style, const char *value) {
  text_indent(d->t, 2, 20);
  text_addf(d->t, STYLE(DIM), "%-17s ", name);
  text_more(d->t, style, value);
}

static void add_rest(struct detail *d) {
  bool any = false;
  for (const struct field *f = lists[d->list]->shape->fields; f->name; f++) {
    if (has_section(d->list, f->name) || is_said(d->list, f->name) || str_eq(f->name, "stale") || is_empty(f, d->item) || !applies(d, f)) continue;
    if (!any) add_title(d->t, "Besides");
    any = true;
    add_one(d, f);
  }
}

struct text *detail_text(const struct app *a, const struct input *in) {
  const struct list *l = lists[a->detail_list];
  if (a->detail_list == LIST_DRILLS) return drill_text(in, a->detail_id);
  if (a->detail_list == LIST_TASKS) return task_text(in, a->detail_id);
  struct text *t = text_new();
  const void **item = NULL;
  size_t n = in->snap ? l->collect(in, &item) : 0, i = 0;
  while (i < n && !str_eq(l->id(in, item[i]), a->detail_id)) i++;
  if (i == n) {
    text_addf(t, STYLE(WARN), "%s: it is not there any more", a->detail_id ? detail_line(in, a->detail_id) : "?");
    return t;
  }
  if (a->detail_list == LIST_PROBLEMS || a->detail_list == LIST_EVENTS) {
    text_free(t); /* told in a way of their own */
    return a->detail_list == LIST_PROBLEMS ? problem_text(in, item[i]) : event_text(in, item[i]);
  }
  struct detail d = {.t = t, .in = in, .list = (enum list_id)a->detail_list, .item = item[i]};
  detail_headline(&d);
  detail_problems(&d);
  for (const struct section *s = sections; s->title; s++)
    if (s->list == d.list) add_section(&d, s);
  if (d.list == LIST_SOURCES) add_facts(t, in, item[i]);
  detail_events(&d);
  if (d.list != LIST_SOURCES) add_rest(&d);
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
  if (a->detail_list == LIST_DRILLS && !a->moved) { /* its newest line stays in sight; when it is over, how it ended */
    a->top = 0;
    if (!drill_task(in, a->detail_id)) return;
    struct text *t = drill_text(in, a->detail_id);
    a->top = text_clamp(t, w - 4, h - 2, SIZE_MAX);
    text_free(t);
    return;
  }
  if (a->detail_list != LIST_TASKS || a->moved) return;
  struct text *so_far = task_text_so_far(in, a->detail_id);
  size_t seen = so_far ? text_height(so_far, w - 4) : 0, height = h > 2 ? (size_t)h - 2 : 0;
  a->top = seen > height ? seen - height : 0;
  text_free(so_far);
}
