/* Fencing: which device, from where, whether it works, and what its success proves. */
#include "sim/cib.h"
#include "sim/host.h"
#include "sim/net.h"
#include "sim/pacemaker.h"
#include "sim/ring.h"
#include <stdio.h>
#include <string.h>

/* The agent looks at the power and cuts it (PLUG_MS), waits power_wait and looks again; told to reboot it gives the power back then, waits
 * as long once more and looks: before that nobody is told that the host is off. Of a host that is off already only the second half. Measured
 * with two seconds: 4.8 s of a host that was cut off, 3.4 s of one that had lost its power. */
enum { PLUG_MS = 900, ASK_MS = 110, SENT_MS = 200, DEAF_MS = 20000, DENIED_MS = 2400, AGAIN_MS = 4000, HISTORY_MAX = 50, NO_DEVICE_MS = 300 };

static bool listed(const char *list, const char *name) {
  size_t len = strlen(name);
  for (const char *p = list; p && *p;) {
    size_t n = strcspn(p, " ,;");
    if (n == len && !strncmp(p, name, n)) return true;
    p += n + (p[n] != 0);
  }
  return false;
}

bool fence_device_for(const struct sim_resource *r, const char *target) {
  if (!str_starts(r->agent, "stonith:")) return false;
  const char *list = pairs_get(&r->params, "pcmk_host_list");
  if (list) return listed(list, target);
  const char *map = pairs_get(&r->params, "pcmk_host_map");
  return !map || strstr(map, target) != NULL;
}

struct sim_fencing *fencing_of(const struct world *w, const char *target) {
  EACH(w->shooting, struct sim_fencing, f)
    if (str_eq(f->target, target)) return f;
  return NULL;
}

/* The n-th device to try: by topology when the target has one, else any that names it. */
static struct sim_resource *device(const struct world *w, const char *target, int64_t attempt) {
  struct sim_resource *found[16];
  size_t n = 0;
  for (int64_t level = 1; level <= 9; level++)
    EACH(w->levels, struct pcmk_level, l) {
      if (l->index != level || !str_eq(l->target, target)) continue;
      for (size_t i = 0; i < l->devices.count && n < COUNT(found); i++)
        if (world_resource(w, l->devices.item[i])) found[n++] = world_resource(w, l->devices.item[i]);
    }
  if (!n)
    EACH(w->resources, struct sim_resource, r)
      if (n < COUNT(found) && fence_device_for(r, target) && resource_wanted(w, r)) found[n++] = r;
  return n ? found[(size_t)attempt % n] : NULL;
}

/* Where the device runs, else any member that may run it. */
static struct sim_host *executor(const struct world *w, struct sim_host *from, const struct sim_resource *d, const struct sim_host *target) {
  struct sim_host *active[NODES_MAX];
  size_t n = d ? active_nodes(w, from, d, active) : 0;
  for (size_t i = 0; i < n; i++)
    if (active[i] != target && node_online(from, active[i])) return active[i];
  EACH(w->hosts, struct sim_host, h)
    if (h != target && is_node(h) && node_online(from, h) && (!d || schedule_score(w, from, d, h) >= 0)) return h;
  return from != target ? from : NULL;
}

/* Each agent has its own default. */
static int64_t power_wait(const struct sim_resource *d) { return number_of(d ? pairs_get(&d->params, "power_wait") : NULL, d && str_ends(d->agent, ":fence_ipmilan") ? 2000 : 0); }

void fence(struct world *w, struct sim_host *from, struct sim_host *target, const char *action, const char *client, const char *reason) {
  if (fencing_of(w, target->name) || world_awaits(w, "fence again", target->name)) return;
  if (!action) action = cluster_property(w, "stonith-action");
  if (!action) action = "reboot";
  int64_t tried = 0;
  EACH(w->fenced, struct pcmk_fence_event, e)
    tried = str_eq(e->target, target->name) && str_eq(e->status, "failed") ? tried + 1 : str_eq(e->target, target->name) ? 0 : tried;
  struct sim_resource *d = device(w, target->name, tried);
  const struct sim_host *by = executor(w, from, d, target);
  struct sim_fencing *f = list_add(w->arena, &w->shooting, &sim_fencing_shape);
  *f = (struct sim_fencing){tried, target->name, d ? d->id : NULL, by ? by->name : from->name, world_word(w, action), world_words(w, "%s.%d", client, 400 + (int)(from - w->hosts.item)), world_word(w, reason), w->clock};
  int64_t delay = d ? number_of(pairs_get(&d->params, "pcmk_delay_base"), 0) + world_random(w, 1 + number_of(pairs_get(&d->params, "pcmk_delay_max"), 0)) : 0;
  bool works = d && by && bmc_lets_in(w, by, target);
  int64_t plug = world_about(w, PLUG_MS, 30), look = power_wait(d) + ASK_MS;
  if (works) world_later(w, delay + plug, "plug", target->name, action);
  int64_t done = plug + world_about(w, strcmp(action, "off") && target->power != POWER_OFF ? 2 * look : look, 4);
  int64_t failed = d && by && bmc_answers(w, by, target) ? DENIED_MS : DEAF_MS;
  world_later(w, works ? delay + done : d ? delay + failed : NO_DEVICE_MS, "fencing", target->name, works ? "works" : "fails");
}

static bool gives_power(const char *action) { return str_eq(action, "on"); }

/* A host that shoots and is shot has sent its word already, or it never does. */
void on_plug(struct world *w, const char *subject, const char *detail) {
  struct sim_host *h = world_host(w, subject);
  const struct sim_fencing *f = fencing_of(w, subject);
  const struct sim_host *by = f ? world_host(w, f->from) : NULL;
  if (gives_power(detail)) return;
  if (h && by && (host_up(by) || (by->power == POWER_OFF && w->clock - by->power_since < SENT_MS))) host_power_off(w, h);
}

static bool heard_by_others(const struct world *w, const struct sim_host *h) {
  EACH(w->hosts, struct sim_host, o)
    if (o != h && host_up(o) && o->joined != JOIN_DOWN && texts_have(&o->members, h->name)) return true;
  return false;
}

void fenced(struct world *w, struct sim_host *target) {
  /* One that is back already hears that it was allegedly fenced: its pacemaker ends with 100, and nobody starts it again. */
  if (daemon_runs(target, "pacemaker") && heard_by_others(w, target)) daemon_kill(w, target, "pacemaker");
  target->known_to.count = 0;
  target->condemned = TRUTH_NO;
  ops_forget(w, target->name, NULL);
  EACH(w->resources, struct sim_resource, r) {
    if (!texts_have(&r->nodes, target->name)) continue;
    drop_text(&r->nodes, target->name);
    drop_text(&r->apart, target->name);
    if (!r->nodes.count) r->failed = TRUTH_NO;
  }
  pacemaker_think_soon(w);
}

static void remember(struct world *w, const struct sim_fencing *f, bool works) {
  for (size_t i = 0; i < w->fenced.count; i++) { /* of failures in a row the history keeps the last few only */
    const struct pcmk_fence_event *e = &w->fenced.item[i];
    if (w->fenced.count >= HISTORY_MAX || (!works && i + 3 < w->fenced.count && str_eq(e->status, "failed") && str_eq(e->target, f->target))) {
      drop_item(&w->fenced, sizeof *w->fenced.item, i);
      break;
    }
  }
  struct sim_host *from = world_host(w, f->from);
  struct pcmk_fence_event *e = list_add(w->arena, &w->fenced, &pcmk_fence_event_shape);
  *e = (struct pcmk_fence_event){.target = f->target, .action = f->action, .status = works ? "success" : "failed", .client = f->client, .origin = from && from->dc ? from->dc : f->from,
                                 .delegate = f->from, .at = w->clock / 1000 * 1000};
}

void on_fencing(struct world *w, const char *subject, const char *detail) {
  struct sim_fencing *at = fencing_of(w, subject);
  struct sim_host *target = world_host(w, subject);
  if (!at || !target) return;
  struct sim_fencing f = *at;
  const struct sim_host *by = world_host(w, f.from);
  bool works = str_eq(detail, "works") && host_up(by);
  drop_item(&w->shooting, sizeof *w->shooting.item, (size_t)(at - w->shooting.item));
  if (works || host_up(by) || heard_by_others(w, by)) remember(w, &f, works); /* what a dead host was about nobody hears */
  if (works) {
    if (!gives_power(f.action)) fenced(w, target);
    if (strcmp(f.action, "off")) host_power_on(w, target);
  } else if (!gives_power(f.action)) {
    world_later(w, AGAIN_MS, "fence again", subject, NULL);
  }
  world_touch(w, LAYER_PACEMAKER);
}
