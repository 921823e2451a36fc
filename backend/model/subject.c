#include "model/subject.h"
#include "model/problem.h"
#include <string.h>

const char *const about_names[] = {"cluster", "host", "hosts", "link", "mount", "volume", "set", "brick", "domain", "resource", "constraint", "layer", "source", NULL};

/* `name` without what follows the last `mark` in it; false: it has none. A name that is too long is nobody's. */
static bool before_last(const char *name, const char *mark, char *out, size_t room) {
  const char *last = NULL;
  for (const char *at = strstr(name, mark); at; at = strstr(at + 1, mark)) last = at;
  if (!last || (size_t)(last - name) >= room) return false;
  memcpy(out, name, (size_t)(last - name));
  out[last - name] = '\0';
  return true;
}

static const struct resource_view *resource_named(const struct snapshot *s, const char *name) {
  char id[512];
  EACH(s->resources, struct resource_view, r) {
    if (str_eq(r->id, name)) return r;
  }
  if (!before_last(name, ":", id, sizeof id)) return NULL;
  EACH(s->resources, struct resource_view, r) {
    if (str_eq(r->id, id) && str_eq(r->instance, name + strlen(id) + 1)) return r;
  }
  return NULL;
}

static void find_brick(const struct snapshot *s, const char *name, struct subject *ret) {
  EACH(s->volumes, struct volume_view, v)
    EACH(v->bricks, struct brick_view, b) {
      size_t host = b->host ? strlen(b->host) : 0;
      if (!host || strncmp(name, b->host, host) || name[host] != ':' || !str_eq(name + host + 1, b->path)) continue;
      ret->brick = b;
      ret->volume = v;
      ret->host = snapshot_host(s, b->host);
      return;
    }
}

static void find_set(const struct snapshot *s, const char *name, struct subject *ret) {
  char volume[512];
  int64_t set;
  if (!before_last(name, " set ", volume, sizeof volume) || str_int(name + strlen(volume) + 5, 0, INT64_MAX, &set)) return;
  ret->volume = snapshot_volume(s, volume);
  for (size_t i = 0; ret->volume && i < ret->volume->bricks.count && !ret->brick; i++) {
    const struct brick_view *b = &ret->volume->bricks.item[i];
    if (b->set == set && b->online != TRUTH_YES) ret->brick = b;
  }
}

static void find_domain(const struct snapshot *s, const char *name, struct subject *ret) {
  ret->domain = snapshot_domain(s, name);
  if (ret->domain && ret->domain->resource) ret->resource = resource_named(s, ret->domain->resource);
}

static void find_resource(const struct snapshot *s, const char *name, struct subject *ret) {
  ret->resource = resource_named(s, name);
  EACH(s->domains, struct domain_view, d) {
    if (ret->resource && str_eq(d->resource, ret->resource->id)) ret->domain = d;
  }
}

static void find_constraint(const struct snapshot *s, const char *id, struct subject *ret) {
  EACH(s->constraints, struct constraint_view, c) {
    if (!str_eq(c->id, id)) continue;
    if (c->resource) find_resource(s, c->resource, ret);
    ret->constraint = c;
    ret->host = c->host ? snapshot_host(s, c->host) : NULL;
    return;
  }
}

/* "libvirt@kvm01": behind it may stand a fact's kind, which holds no blank; a host's name might. */
static void find_source(const struct snapshot *s, const char *name, struct subject *ret) {
  EACH(s->sources, struct source_view, x) {
    size_t layer = x->name ? strlen(x->name) : 0, host = x->host ? strlen(x->host) : 0;
    if (!layer || !host || strncmp(name, x->name, layer) || name[layer] != '@' || strncmp(name + layer + 1, x->host, host)) continue;
    char end = name[layer + 1 + host];
    if (end && end != ' ') continue;
    ret->source = x;
    ret->host = snapshot_host(s, x->host);
    if (!end) return;
  }
}

static const struct host_view *host_before(const struct snapshot *s, const char *name, const char *mark) {
  char host[512];
  return before_last(name, mark, host, sizeof host) ? snapshot_host(s, host) : NULL;
}

struct subject subject_find(const struct snapshot *s, enum about about, const char *name) {
  struct subject ret = {.about = about};
  if (!s || !name) return ret;
  switch (about) {
  case ABOUT_HOST: ret.host = snapshot_host(s, name); break;
  case ABOUT_HOSTS: ret.host = host_before(s, name, " "); break;
  case ABOUT_LINK: ret.host = host_before(s, name, " link "); break;
  case ABOUT_MOUNT: ret.host = host_before(s, name, ":/"); break;
  case ABOUT_VOLUME: ret.volume = snapshot_volume(s, name); break;
  case ABOUT_SET: find_set(s, name, &ret); break;
  case ABOUT_BRICK: find_brick(s, name, &ret); break;
  case ABOUT_DOMAIN: find_domain(s, name, &ret); break;
  case ABOUT_RESOURCE: find_resource(s, name, &ret); break;
  case ABOUT_CONSTRAINT: find_constraint(s, name, &ret); break;
  case ABOUT_SOURCE: find_source(s, name, &ret); break;
  case ABOUT_LAYER:
    for (size_t i = 0; i < s->sources.count && !ret.source; i++)
      if (str_eq(s->sources.item[i].name, name)) ret.source = &s->sources.item[i];
    break;
  case ABOUT_CLUSTER:
  case ABOUT_COUNT: break;
  }
  return ret;
}

static enum about kind_about(const char *id) {
  const struct problem_kind *k = id ? problem_kind_find(id) : NULL;
  return k ? k->about : ABOUT_CLUSTER;
}

enum about problem_about(const struct problem *p) { return kind_about(p->id); }

enum about event_about(const struct event *e) {
  static const struct { const char *list; enum about about; } lists[] = {
      {"hosts", ABOUT_HOST}, {"volumes", ABOUT_VOLUME}, {"domains", ABOUT_DOMAIN}, {"resources", ABOUT_RESOURCE}, {"sources", ABOUT_SOURCE}};
  if (!e->kind || str_eq(e->subject, "cluster") || str_eq(e->kind, "clock")) return ABOUT_CLUSTER;
  if (str_eq(e->kind, "problem")) return kind_about(str_eq(e->to, "none") ? e->from : e->to);
  if (str_eq(e->kind, "fencing")) return ABOUT_HOST; /* who was shot */
  const char *list = difference_list(e->kind);
  for (size_t i = 0; i < COUNT(lists); i++)
    if (str_eq(lists[i].list, list)) return lists[i].about;
  return ABOUT_CLUSTER;
}

struct texts problem_words(const struct snapshot *s, const struct problem *p, struct arena *a) {
  const struct problem_kind *k = problem_kind_find(p->id);
  struct subject about = subject_find(s, problem_about(p), p->subject);
  struct texts words = {0};
  if (!k || !k->with || !str_eq(p->operation, k->operation)) return words;
  for (const char *at = k->with; *at; at += strspn(at, " ")) {
    size_t len = strcspn(at, " ");
    const char *word = arena_strndup(a, at, len), *open = strstr(word, "{host}");
    at += len;
    if (open && !about.host) continue; /* it is nobody's: left to the operator */
    texts_add(a, &words, open ? arena_printf(a, "%.*s%s%s", (int)(open - word), word, about.host->name, open + 6) : word);
  }
  return words;
}
