/* Which fence devices are tried for a node, in which order, and how long one waits: what decides who is left when two nodes shoot each
 * other, and what happens when a BMC does not answer. */
#include "ops/cluster_rows.h"
#include "analysis/seen.h"
#include "ops/asked.h"
#include <inttypes.h>
#include <string.h>

void propose_its_device(struct planning *p, struct texts *ret) {
  const char *device = given(p, "node") ? fence_device_of(p->snap, given(p, "node"), NULL) : NULL;
  if (device) texts_add(p->arena, ret, device);
}

/* Of the other nodes: one that waits as long as this one leaves it to chance. */
static const char *waits_as_long(const struct planning *p, const struct host_view *but, int64_t ms) {
  for (size_t i = 0; i < p->snap->hosts.count; i++) {
    const struct host_view *h = &p->snap->hosts.item[i];
    if (h->pacemaker && h != but && fence_delay_ms(p->snap, fence_device_of(p->snap, h->name, NULL)) == ms) return h->name;
  }
  return NULL;
}

void plan_fencing_delay(struct planning *p) {
  const char *node = given(p, "node"), *device = given(p, "name"), *host = cluster_host(p);
  const struct host_view *h = snapshot_host(p->snap, node);
  const struct pcmk_param *c = device ? resource_config(p->snap, device) : NULL;
  int64_t seconds;
  if (!h || !cluster_told(p)) return;
  if (!device) return refuse_always(p, "when it has one (fencing-create)", "no fence device is configured for %s", node);
  if (!c || !c->agent || !str_starts(c->agent, "stonith:")) return refuse_always(p, "with a fence device of this cluster", "%s is no fence device", device);
  if (str_int(given(p, "seconds"), 0, 60, &seconds)) return;
  const char *value = planf(p, "%" PRId64 "s", seconds), *same = waits_as_long(p, h, seconds * 1000);
  if (seconds) consequence(p, "whoever wants to fence %s waits %s first: of nodes that shoot each other %s is left", node, value, node);
  else consequence(p, "%s is fenced without a delay", node);
  if (p->snap->cluster.two_node == TRUTH_YES && same) consequence(p, "%s waits as long: when the two lose each other both may go down", same);
  consequence(p, "a failover from %s takes %s longer than without", node, value);
  struct step *s = step_run(p, host, planf(p, "have %s wait %s", device, value), "crm_resource", "-r", device, "-p", "pcmk_delay_base", "-v", value, NULL);
  already_when(p, s, "device-delay", device, value, NULL);
  const char *before = pairs_get(&c->params, "pcmk_delay_base");
  if (before) undo_by(p, s, "crm_resource", "-r", device, "-p", "pcmk_delay_base", "-v", before, NULL);
  else undo_by(p, s, "crm_resource", "-r", device, "-d", "pcmk_delay_base", NULL);
  verify_that(p, "device-delay", device, value, NULL);
}

const struct operation_argument fencing_delay_arguments[] = {
    {.name = "node", .title = "NODE", .help = "the node that is to be left when nodes shoot each other", .kind = ARG_NODE, .required = true},
    {.name = "seconds", .title = "SECONDS", .help = "how long its fence device waits; 0: not at all", .kind = ARG_NUMBER, .min = 0, .max = 60, .fallback = "5"},
    {.name = "name", .title = "ID", .help = "the device's name", .kind = ARG_DEVICE, .propose = propose_its_device},
    {.name = NULL},
};

/* ---- levels ---- */

static const struct pcmk_level *level_of(const struct planning *p, const char *node, int64_t index) {
  const struct pcmk_config *c = fact_seen(p->snap, "pacemaker.config", NULL);
  for (size_t i = 0; c && i < c->levels.count; i++)
    if (c->levels.item[i].index == index && str_eq(c->levels.item[i].target, node)) return &c->levels.item[i];
  return NULL;
}

static size_t levels_of(const struct planning *p, const char *node) {
  const struct pcmk_config *c = fact_seen(p->snap, "pacemaker.config", NULL);
  size_t n = 0;
  for (size_t i = 0; c && i < c->levels.count; i++) n += str_eq(c->levels.item[i].target, node);
  return n;
}

static const char *joined(struct planning *p, const struct texts *t) {
  const char *all = "";
  for (size_t i = 0; i < t->count; i++) all = planf(p, "%s%s%s", all, i ? "," : "", t->item[i]);
  return all;
}

static void put_words(struct planning *p, struct step *s, const struct texts *words, bool undo) {
  for (size_t i = 0; i < words->count; i++) texts_add(p->arena, undo ? &s->undo : &s->argv, words->item[i]);
}

void survey_fencing_level(struct planning *p) {
  if (cluster_host(p)) ask_pcs(p, cluster_host(p));
}

static void refuse_devices(struct planning *p, const char *node, const struct texts *devices) {
  for (size_t i = 0; i < devices->count; i++) {
    const struct pcmk_param *c = resource_config(p->snap, devices->item[i]);
    if (!c || !c->agent || !str_starts(c->agent, "stonith:")) refuse_always(p, "with fence devices of this cluster", "%s is no fence device", devices->item[i]);
  }
  if (!devices->count && levels_of(p, node) == 1 && !fence_device_of(p->snap, node, NULL)) refuse(p, "when a device names it (pcmk_host_list)", "without this level nothing would fence %s", node);
}

void plan_fencing_level(struct planning *p) {
  const char *node = given(p, "node"), *level = given(p, "level"), *host = cluster_host(p);
  struct texts devices = given_list(p, "device");
  int64_t index, pcs = cluster_told(p) ? pcs_of(p, host) : 0;
  if (!pcs || str_int(level, 1, 9, &index)) return;
  const char *target = node_name(p->snap, node), *want = joined(p, &devices);
  const struct pcmk_level *now = level_of(p, target, index);
  refuse_devices(p, node, &devices);
  if (!now && !devices.count) refuse_always(p, "with a level that is there, or with device=", "%s has no fencing level %s", node, level);
  if (refused(p)) return;
  if (devices.count) consequence(p, "at level %s %s is fenced by %s%s", level, node, names_of(&devices, p->arena), devices.count > 1 ? ", all of them: one that fails fails the level" : "");
  else consequence(p, "%s is not fenced at level %s any more", node, level);
  size_t left = levels_of(p, target) + (devices.count && !now) - !devices.count;
  consequence(p, left > 1 ? "the levels are tried from the lowest up, until one has succeeded" : left ? "a device that is in no level is not used for it, while it has any level" : "without any level each device that names it is tried");
  consequence(p, "what was proven of %s was proven in the order before: fencing-test node=%s proves this one", node, node);
  if (now && strcmp(joined(p, &now->devices), want)) {
    struct step *s = step_run(p, host, planf(p, "take level %s of %s away", level, node), "pcs", "stonith", "level", "remove", level, NULL);
    if (pcs >= 11) step_word(p, s, "target");
    step_word(p, s, "%s", target);
    undo_by(p, s, "pcs", "stonith", "level", "add", level, target, NULL);
    put_words(p, s, &now->devices, true);
    s->deadline_ms = 60000;
  }
  if (devices.count) {
    struct step *s = step_run(p, host, planf(p, "fence %s at level %s by %s", node, level, names_of(&devices, p->arena)), "pcs", "stonith", "level", "add", level, target, NULL);
    put_words(p, s, &devices, false);
    already_when(p, s, "fencing-level-is", target, level, want, NULL);
    undo_by(p, s, "pcs", "stonith", "level", "remove", level, NULL);
    if (pcs >= 11) texts_add(p->arena, &s->undo, "target");
    texts_add(p->arena, &s->undo, target);
    s->deadline_ms = 60000;
  }
  verify_that(p, "fencing-level-is", target, level, devices.count ? want : "nothing", NULL);
}

const struct operation_argument fencing_level_arguments[] = {
    {.name = "node", .title = "NODE", .help = "the node that is fenced", .kind = ARG_NODE, .required = true},
    {.name = "level", .title = "1-9", .help = "levels are tried from the lowest up", .kind = ARG_NUMBER, .min = 1, .max = 9, .fallback = "1"},
    {.name = "device", .title = "ID", .help = "the devices that together fence it at this level, as both power supplies of a host; none: the level is taken away", .kind = ARG_DEVICE, .list = true},
    {.name = NULL},
};
