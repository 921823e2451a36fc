/* Whose lines: what is selected, whatever list it is of, becomes rules that a log line fits or not. */
#include "views/screen/app.h"
#include <ctype.h>
#include <string.h>

enum { RULES_MAX = 400, SPAN_MOMENT = 1, SPAN_NOW = 2 };

static void rule(struct logs_state *s, const char *host, const char *file, const char *word, const char *what) {
  if (s->rules.count == RULES_MAX) return;
  s->rules.item = mem_grow(s->rules.item, s->rules.count + 1, sizeof *s->rules.item);
  s->rules.item[s->rules.count++] = (struct logs_rule){mem_strdup(host), mem_strdup(file), mem_strdup(word), mem_strdup(what), PRIORITY_UNKNOWN};
}

static void word(struct logs_state *s, const char *w) {
  if (w && *w && strcmp(w, "-")) rule(s, NULL, NULL, w, NULL);
}

/* ---- a thing each ---- */

static void about_host(struct logs_state *s, const struct host_view *h) {
  rule(s, h->name, NULL, NULL, NULL);
  word(s, h->name);
  for (size_t i = 0; i < h->aliases.count; i++) word(s, h->aliases.item[i]);
}

/* Its own log, and who looks after it on its host: "/data/b1" is written as data-b1.log. */
static void about_brick(struct logs_state *s, const struct input *in, const struct volume_view *v, size_t n, bool words) {
  const struct brick_view *b = &v->bricks.item[n];
  char *file = arena_printf(in->arena, "/bricks/%s.log", b->path + strspn(b->path, "/"));
  for (char *p = file + strlen("/bricks/"); *p; p++)
    if (*p == '/') *p = '-';
  rule(s, b->host, file, NULL, NULL);
  rule(s, b->host, "/glusterd.log", NULL, NULL);
  rule(s, b->host, "/glustershd.log", NULL, NULL);
  if (!words) return;
  rule(s, NULL, NULL, arena_printf(in->arena, "%s:%s", b->host, b->path), NULL);
  rule(s, NULL, NULL, arena_printf(in->arena, "%s-client-%zu", v->name, n), NULL); /* as mounts and daemons call it */
}

static void about_volume(struct logs_state *s, const struct input *in, const struct volume_view *v) {
  for (size_t i = 0; i < v->bricks.count; i++) about_brick(s, in, v, i, false); /* "models-client-2" has the volume's name in it */
  word(s, v->name);
}

static void about_domain(struct logs_state *s, const struct input *in, const struct domain_view *d) {
  static const char *const daemons[] = {"libvirtd", "virtqemud"};
  rule(s, NULL, arena_printf(in->arena, "/qemu/%s.log", d->name), NULL, NULL);
  word(s, d->name);
  word(s, d->resource);
  word(s, d->uuid);
  for (size_t i = 0; i < COUNT(daemons); i++) { /* what it complains of may be this one, whether it says so or not */
    size_t before = s->rules.count;
    rule(s, NULL, NULL, NULL, daemons[i]);
    if (s->rules.count > before) s->rules.item[before].least = PRIORITY_WARNING;
  }
}

static bool about_name(struct logs_state *s, const struct input *in, const char *name) {
  const struct snapshot *snap = in->snap;
  bool known = false;
  if (!name || !snap) return false;
  const struct host_view *h = snapshot_host(snap, name);
  if (h) about_host(s, h), known = true;
  for (size_t v = 0; v < snap->volumes.count; v++) {
    const struct volume_view *vol = &snap->volumes.item[v];
    if (str_eq(vol->name, name)) about_volume(s, in, vol), known = true;
    for (size_t b = 0; b < vol->bricks.count; b++) {
      const struct brick_view *brick = &vol->bricks.item[b];
      size_t len = strlen(brick->host);
      if (strncmp(name, brick->host, len) || name[len] != ':' || strcmp(name + len + 1, brick->path)) continue;
      about_brick(s, in, vol, b, true);
      known = true;
    }
  }
  for (size_t d = 0; d < snap->domains.count; d++)
    if (str_eq(snap->domains.item[d].name, name) || str_eq(snap->domains.item[d].resource, name)) about_domain(s, in, &snap->domains.item[d]), known = true;
  if (!known) word(s, name); /* a resource, a device, a daemon: its name */
  return true;
}

/* ---- fields, by their names: whatever the list ---- */

static const char *text_field(const struct list *l, const void *item, const char *name) {
  const struct field *f = shape_field(l->shape, name);
  return f && f->type == FIELD_TEXT ? *(const char *const *)(const void *)((const char *)item + f->offset) : NULL;
}

static int64_t time_field(const struct list *l, const void *item, const char *name) {
  const struct field *f = shape_field(l->shape, name);
  return f && f->type == FIELD_TIME ? *(const int64_t *)(const void *)((const char *)item + f->offset) : UNKNOWN_INT;
}

static void moment_of(struct logs_state *s, const struct list *l, const void *item) {
  static const char *const times[] = {"at", "since", "began"};
  for (size_t i = 0; i < COUNT(times) && s->now; i++) {
    int64_t at = time_field(l, item, times[i]);
    if (at == UNKNOWN_INT) continue;
    s->moment = at;
    s->now = false;
    s->span = SPAN_MOMENT;
  }
}

static const char *name_of(const struct input *in, const struct list *l, const void *item) {
  static const char *const names[] = {"subject", "target", "resource", "name", "id", "host"};
  const char *path = text_field(l, item, "path"), *host = text_field(l, item, "host"), *found = NULL;
  if (path && host) return arena_printf(in->arena, "%s:%s", host, path);
  if (l == &list_sources) return host;
  for (size_t i = 0; i < COUNT(names) && (!found || !*found || !strcmp(found, "-")); i++) found = text_field(l, item, names[i]);
  return found && *found ? found : NULL;
}

void logs_about(struct logs_state *s, const struct input *in, const struct list *list, const void *item) {
  struct logs_state fresh = {.serial = s->serial + 1, .moment = in->wall, .now = true, .span = SPAN_NOW};
  logs_state_free(s);
  *s = fresh;
  if (!list || !item) return;
  moment_of(s, list, item);
  const char *name = list == &list_logs ? NULL : name_of(in, list, item), *text = text_field(list, item, "text");
  if (!about_name(s, in, name)) return;
  s->about = mem_strdup(name);
  if (text && !s->now) s->why = mem_strdup(text);
  s->narrow = s->now; /* around a moment all hosts speak; of a thing, it */
}

/* ---- a line ---- */

/* The word and no part of one; "test01_start_0" has the word test01, "test010" has not. */
static bool has_word(const char *line, const char *w) {
  size_t len = strlen(w);
  for (const char *at = line; (at = strstr(at, w)) != NULL; at++)
    if ((at == line || !isalnum((unsigned char)at[-1])) && !isalnum((unsigned char)at[len])) return true;
  return false;
}

bool logs_concern(const struct logs_rules *r, const struct log_entry *e) {
  for (size_t i = 0; i < r->count; i++) {
    const struct logs_rule *x = &r->item[i];
    if ((!x->host || str_eq(x->host, e->host)) && (!x->file || (e->file && str_ends(e->file, x->file))) && (!x->what || str_eq(x->what, e->what)) && (!x->word || has_word(e->line, x->word)) && e->priority >= x->least) return true;
  }
  return false;
}
