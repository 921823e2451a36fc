#include "analysis/store_view.h"
#include "analysis/seen.h"
#include <string.h>

enum truth fact_fresh(const struct snapshot *s, const char *kind, const char *key) {
  enum truth best = TRUTH_UNKNOWN;
  for (size_t i = 0; i < s->sources.count; i++)
    for (size_t k = 0; k < s->sources.item[i].facts.count; k++) {
      const struct source_fact_view *f = &s->sources.item[i].facts.item[k];
      if (!str_eq(f->kind, kind) || strcmp(f->key ? f->key : "", key ? key : "")) continue;
      if (f->stale == TRUTH_NO) return TRUTH_YES;
      best = TRUTH_NO;
    }
  return best;
}

bool volumes_known(const struct snapshot *s) { return fact_fresh(s, "gluster.volumes", NULL) == TRUTH_YES; }

enum truth volume_is(const struct snapshot *s, const char *name) { return volumes_known(s) ? truth_of(snapshot_volume(s, name) != NULL) : TRUTH_UNKNOWN; }

bool brick_split(struct arena *a, const char *text, const char **ret_host, const char **ret_path) {
  const char *colon = text ? strstr(text, ":/") : NULL;
  if (!colon || colon == text) return false;
  *ret_host = arena_strndup(a, text, (size_t)(colon - text));
  size_t len = strlen(colon + 1);
  while (len > 1 && colon[len] == '/') len--; /* "/data/" is "/data" */
  *ret_path = arena_strndup(a, colon + 1, len);
  return true;
}

bool same_host(const struct snapshot *s, const char *a, const char *b) {
  if (str_eq(a, b)) return true;
  const struct host_view *h = snapshot_host(s, a);
  return h && h == snapshot_host(s, b);
}

const struct brick_view *brick_find(const struct snapshot *s, const char *host, const char *path, const struct volume_view **ret_volume) {
  for (size_t v = 0; v < s->volumes.count; v++)
    for (size_t i = 0; i < s->volumes.item[v].bricks.count; i++) {
      const struct brick_view *b = &s->volumes.item[v].bricks.item[i];
      if (!str_eq(b->path, path) || !same_host(s, b->host, host)) continue;
      if (ret_volume) *ret_volume = &s->volumes.item[v];
      return b;
    }
  return NULL;
}

const struct brick_view *brick_named(const struct snapshot *s, struct arena *a, const char *text, const struct volume_view **ret_volume) {
  const char *host, *path;
  return brick_split(a, text, &host, &path) ? brick_find(s, host, path, ret_volume) : NULL;
}

enum truth brick_online(const struct snapshot *s, const struct brick_view *b) { return fact_fresh(s, "gluster.bricks", NULL) == TRUTH_YES ? b->online : TRUTH_UNKNOWN; }

int64_t volume_pending(const struct snapshot *s, const struct volume_view *v) {
  if (!volume_copies(v)) return 0;
  return fact_fresh(s, "gluster.heal", v->name) == TRUTH_YES ? v->heal_pending : UNKNOWN_INT;
}

/* As glusterd reads a boolean. */
static int boolean(const char *v) {
  static const char *const yes[] = {"on", "yes", "true", "enable", "1"}, *const no[] = {"off", "no", "false", "disable", "0"};
  for (size_t i = 0; i < COUNT(yes); i++)
    if (!strcmp(v, yes[i])) return 1;
    else if (!strcmp(v, no[i])) return 0;
  return -1;
}

bool option_same(const char *a, const char *b) {
  if (!a || !b) return a == b;
  return !strcmp(a, b) || (boolean(a) >= 0 && boolean(a) == boolean(b));
}

const struct gluster_mounts *mounts_of(const struct snapshot *s, const char *host) {
  return fact_seen(s, "gluster.mounts", host);
}

bool volume_copies(const struct volume_view *v) { return v->replica > 1 || v->disperse > 1; }

static bool lies_on(const struct domain_view *d, const char *volume) {
  for (size_t i = 0; i < d->disks.count; i++)
    if (str_eq(d->disks.item[i].volume, volume)) return true;
  return false;
}

struct texts volume_domains(const struct snapshot *s, struct arena *a, const char *volume, bool running_only, struct texts *unread) {
  struct texts found = {0};
  for (size_t i = 0; i < s->domains.count; i++) {
    const struct domain_view *d = &s->domains.item[i];
    if (lies_on(d, volume) && (!running_only || d->hosts.count || !d->state)) texts_add(a, &found, d->name);
  }
  for (size_t i = 0; unread && i < s->hosts.count; i++) {
    const struct host_view *h = &s->hosts.item[i];
    bool known = h->libvirt == LIBVIRT_CONNECTED && !texts_have(&h->stale, layer_names[LAYER_LIBVIRT]);
    if (texts_have(&h->roles, "kvm") && !known && !snapshot_off(s, h)) texts_add(a, unread, h->name);
  }
  return found;
}

const char *names_text(struct arena *a, const struct texts *names) {
  enum { SHOWN = 12 };
  const char *text = "";
  for (size_t i = 0; i < names->count && i < SHOWN; i++)
    text = i ? arena_printf(a, "%s%s%s", text, i + 1 == names->count ? " and " : ", ", names->item[i]) : names->item[0];
  return names->count > SHOWN ? arena_printf(a, "%s and %zu more", text, names->count - SHOWN) : text;
}
