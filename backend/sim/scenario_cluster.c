/* A scenario's domains, resources and constraints, and what will happen. */
#include "sim/build.h"
#include "sim/event.h"
#include "sim/guest.h"
#include "sim/pacemaker.h"
#include "sim/scenario_words.h"
#include "sim/store.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct wanted { int64_t memory, vcpus, image, busy, dirty, writes, shutdown; };

static int take_wanted(struct reader *r, const struct words *l, struct wanted *d) {
  const char *stops = option_of(l, "shutdown");
  int code = size_of(r, option_of(l, "memory"), (int64_t)2 << 30, &d->memory);
  if (!code) code = count_of(r, option_of(l, "vcpus"), 1, 1, 512, &d->vcpus);
  if (!code) code = size_of(r, option_of(l, "image"), (int64_t)20 << 30, &d->image);
  if (!code) code = count_of(r, option_of(l, "busy"), 5, 0, 100, &d->busy);
  if (!code) code = size_of(r, option_of(l, "dirty"), 4 << 20, &d->dirty);
  if (!code) code = size_of(r, option_of(l, "writes"), 1 << 20, &d->writes);
  if (str_eq(stops, "never")) d->shutdown = UNKNOWN_INT;
  else if (!code) code = time_of(r, stops, 3000, &d->shutdown);
  return code;
}

/* What of it another host may lack. */
static int take_needs(struct reader *r, const struct words *l, struct sim_domain *x) {
  const char *bridge = option_of(l, "bridge"), *machine = option_of(l, "machine"), *cpu = option_of(l, "cpu");
  if (bridge) *(struct libvirt_nic *)list_add(r->w->arena, &x->nics, &libvirt_nic_shape) = (struct libvirt_nic){"52:54:00:aa:00:01", world_word(r->w, bridge), "virtio", "bridge"};
  if (machine) x->machine = world_word(r->w, machine);
  if (cpu) x->cpu_mode = world_word(r->w, cpu);
  return count_of(r, option_of(l, "hostdev"), 0, 0, 16, &x->hostdevs);
}

int take_setup(struct reader *r, const struct words *l) {
  static const char *const keys[] = {"clock", "guests", "cpu", "machines", "bridges", "ports", "untrusted", "files", "silent", "password", "outer", NULL};
  struct texts names = {0};
  if (l->count < 3) return wrong(r, "write it as: %s", r->form);
  int code = only(r, l, 2, keys);
  if (!code) code = spread(r, l->word[1], &names);
  for (size_t i = 0; !code && i < names.count; i++) {
    struct sim_host *h = world_host(r->w, names.item[i]);
    if (!h) return wrong(r, "there is no host %s", names.item[i]);
    for (const char *const *k = keys; *k; k++)
      if (option_of(l, *k)) set_pair(r->w, &h->setup, *k, option_of(l, *k));
  }
  return code;
}

static int one_domain(struct reader *r, const struct words *l, const char *name, const struct sim_volume *v, const struct wanted *d) {
  struct world *w = r->w;
  const char *mount = option_of(l, "mount"), *plain = option_of(l, "plain");
  if (!mount) mount = "/kvmdata";
  char path[600], file[300];
  struct sim_domain *x = guest_new(w, name);
  x->memory = d->memory, x->vcpus = d->vcpus, x->busy = d->busy, x->dirty_rate = d->dirty, x->write_rate = d->writes, x->shutdown_ms = d->shutdown;
  x->stops_on_error = truth_of(flag_of(l, "stop-on-error"));
  int code = take_needs(r, l, x);
  snprintf(file, sizeof file, "/%s.qcow2", name);
  snprintf(path, sizeof path, "%s%s", mount, file);
  guest_add_disk(w, x, path, "qcow2");
  store_file(w, v->name, file, d->image, NULL);
  if (plain) {
    add_text(w, &x->defined_on, plain);
    pairs_add(r->scratch, &r->plain, name, plain);
    return code;
  }
  CLEANUP(mem_freep) char *xml = guest_xml(x);
  for (char *c = xml; str_eq(option_of(l, "definition"), "one-line") && *c; c++)
    if (*c == '\n') *c = ' ';
  snprintf(file, sizeof file, "/config/%s.xml", name);
  store_file(w, v->name, file, (int64_t)strlen(xml), xml);
  snprintf(path, sizeof path, "%s%s", mount, file);
  struct sim_resource *res = build_domain_resource(w, name, path);
  set_pair(w, &res->utilization, "cpu", world_words(w, "%" PRId64, x->vcpus));
  set_pair(w, &res->utilization, "host_memory", world_words(w, "%" PRId64, x->memory >> 20));
  set_pair(w, &res->utilization, "hv_memory", world_words(w, "%" PRId64, x->memory >> 20));
  return code;
}

int take_domain(struct reader *r, const struct words *l) {
  static const char *const keys[] = {"memory", "vcpus", "image", "busy", "dirty", "writes", "shutdown", "plain", "mount", "stop-on-error", "bridge", "machine", "cpu", "hostdev", "definition", NULL};
  struct texts names = {0}, volumes = {0};
  struct wanted d = {0};
  size_t on = after(l, "volume");
  if (on != 3) return wrong(r, "write it as: %s", r->form);
  int code = only(r, l, 4, keys);
  if (!code) code = spread(r, l->word[1], &names);
  if (!code) code = spread(r, l->word[3], &volumes);
  if (!code) code = take_wanted(r, l, &d);
  if (code) return code;
  for (size_t i = 0; i < volumes.count; i++)
    if (!world_volume(r->w, volumes.item[i])) return wrong(r, "there is no volume %s", volumes.item[i]);
  if (option_of(l, "plain") && !world_host(r->w, option_of(l, "plain"))) return wrong(r, "there is no host %s", option_of(l, "plain"));
  if (r->w->domains.count + names.count > DOMAINS_MAX) return wrong(r, "more than %d domains", DOMAINS_MAX);
  for (size_t i = 0; i < names.count; i++) {
    if (world_domain(r->w, names.item[i])) return wrong(r, "domain %s is there already", names.item[i]);
    struct words one = *l;
    char mount[400];
    const char *volume = volumes.item[i % volumes.count], *base = option_of(l, "mount");
    if (volumes.count > 1 && one.count < WORDS_MAX) { /* each volume is mounted below, by its name */
      snprintf(mount, sizeof mount, "mount=%s/%s", base ? base : "/kvmdata", volume);
      for (size_t k = one.count++; k > 4; k--) one.word[k] = one.word[k - 1];
      one.word[4] = mount;
    }
    code = one_domain(r, &one, names.item[i], world_volume(r->w, volume), &d);
    if (code) return code;
  }
  return 0;
}

int take_fencing(struct reader *r, const struct words *l) {
  struct texts names = {0};
  size_t at = after(l, "for");
  if (at != 2) return wrong(r, "write it as: %s", r->form);
  int code = spread(r, l->word[at], &names);
  for (size_t i = 0; !code && i < names.count; i++) {
    if (!world_host(r->w, names.item[i])) return wrong(r, "there is no host %s", names.item[i]);
    build_fence_device(r->w, names.item[i], i ? NULL : option_of(l, "delay"));
  }
  set_pair(r->w, &r->w->properties, "stonith-enabled", "true");
  return code;
}

int take_resource(struct reader *r, const struct words *l) {
  if (l->count < 3 || strchr(l->word[2], '=')) return wrong(r, "write it as: %s", r->form);
  if (world_resource(r->w, l->word[1])) return wrong(r, "resource %s is there already", l->word[1]);
  struct sim_resource *x = add_resource(r->w, l->word[1], l->word[2]);
  for (size_t i = 3; i < l->count; i++) {
    const char *equals = strchr(l->word[i], '='), *key = l->word[i];
    if (!equals) return wrong(r, "%s: write NAME=VALUE", l->word[i]);
    struct pairs *to = str_starts(key, "meta.") ? &x->meta : str_starts(key, "op.") ? &x->ops : &x->params;
    if (to != &x->params) key = strchr(key, '.') + 1;
    CLEANUP(mem_freep) char *name = mem_strndup(key, (size_t)(equals - key)), *value = mem_strdup(equals + 1);
    for (char *p = value; to == &x->ops && *p; p++) *p = *p == ':' ? '=' : *p == ',' ? ' ' : *p; /* op.monitor=interval:10s,timeout:20s */
    set_pair(r->w, to, name, value);
  }
  return 0;
}

/* location R NODE SCORE; colocation R with R SCORE; order R then R */
int take_constraint(struct reader *r, const struct words *l) {
  const char *const *x = l->word;
  bool location = str_eq(x[1], "location"), order = str_eq(x[1], "order"), together = str_eq(x[1], "colocation");
  if (l->count != (together ? 6 : 5) || !(location || order || together) || (order && strcmp(x[3], "then")) || (together && strcmp(x[3], "with"))) return wrong(r, "write it as: %s", r->form);
  if (!world_resource(r->w, x[2])) return wrong(r, "there is no resource %s", x[2]);
  if (location) {
    if (!world_host(r->w, x[3])) return wrong(r, "there is no node %s", x[3]);
    add_location(r->w, world_words(r->w, "location-%s-%s-%s", x[2], x[3], x[4]), x[2], x[3], x[4]);
    return 0;
  }
  if (!world_resource(r->w, x[4])) return wrong(r, "there is no resource %s", x[4]);
  struct pcmk_constraint *c = add_location(r->w, world_words(r->w, "%s-%s-%s", x[1], x[2], x[4]), x[2], NULL, together ? x[5] : NULL);
  c->kind = world_word(r->w, x[1]), c->with = world_word(r->w, x[4]);
  return 0;
}

int take_property(struct reader *r, const struct words *l) {
  const char *equals = strchr(l->word[1], '=');
  if (l->count != 2 || !equals) return wrong(r, "write it as: %s", r->form);
  CLEANUP(mem_freep) char *name = mem_strndup(l->word[1], (size_t)(equals - l->word[1]));
  set_pair(r->w, str_eq(l->word[0], "default") ? &r->w->defaults : &r->w->properties, name, equals + 1);
  return 0;
}

int take_level(struct reader *r, const struct words *l) {
  int64_t n;
  if (l->count < 4) return wrong(r, "write it as: %s", r->form);
  int code = count_of(r, l->word[2], 1, 1, 9, &n);
  if (code) return code;
  if (!world_host(r->w, l->word[1])) return wrong(r, "there is no node %s", l->word[1]);
  struct pcmk_level *x = list_add(r->w->arena, &r->w->levels, &pcmk_level_shape);
  x->target = world_word(r->w, l->word[1]);
  x->index = n;
  for (size_t i = 3; i < l->count; i++) {
    if (!world_resource(r->w, l->word[i])) return wrong(r, "there is no device %s", l->word[i]);
    texts_add(r->w->arena, &x->devices, l->word[i]);
  }
  return 0;
}

int take_at(struct reader *r, const struct words *l) {
  const char *what, *subject, *detail, *when = l->word[1];
  int64_t at;
  struct err e = {0};
  bool before = *when == '-';
  int code = time_of(r, when + before, 0, &at);
  if (code) return code;
  if (at > 86400000) return wrong(r, "%s is more than a day", when);
  const char *event = r->rest + strcspn(r->rest, " \t");
  event += strspn(event, " \t");
  if (event_parse(r->w, event, &what, &subject, &detail, &e)) return wrong(r, "%s", e.text);
  struct sim_event *x = list_add(r->scratch, &r->later, &sim_event_shape);
  *x = (struct sim_event){before ? -at : at, 0, what, subject, detail};
  if (before && at > r->before) r->before = at;
  return 0;
}

int take_end(struct reader *r, const struct words *l) {
  int64_t at;
  int code = time_of(r, l->word[1], 0, &at);
  if (!code) r->w->ends = r->w->clock + at;
  return code;
}
