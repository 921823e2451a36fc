/* The power of a host. A node of the cluster is switched off by pacemaker's fencing, which thereby knows that it is off; of any other host
 * the agent of the device that is known for it is told on a node. */
#include "ops/asked.h"
#include "ops/cluster_rows.h"
#include "ops/drill.h"
#include "analysis/stop.h"
#include <inttypes.h>

enum { BOOT_MS = 900000, OFF_MS = 180000 };

static void forget(struct planning *p, const struct power *w) { power_step(p, w, "forget how it is switched", "forget")->harmless = TRUTH_YES; }

/* Each domain by itself: what becomes of it, and how long it is away. */
static void say_each_domain(struct planning *p, const struct host_view *h) {
  struct loss loss = {.dead = true};
  texts_add(p->arena, &loss.hosts, h->name);
  const struct stop *v = stop_judge(p->snap, &loss, p->arena);
  size_t there = 0;
  consequence(p, "%s loses its power at once: nothing on it is shut down", h->name);
  for (size_t i = 0; i < v->domains.count; i++) {
    const struct stop_domain *e = &v->domains.item[i];
    const struct domain_view *d = snapshot_domain(p->snap, e->name);
    if (!d || !texts_have(&d->hosts, h->name)) continue;
    there++;
    const char *away = e->seconds == UNKNOWN_INT ? "" : planf(p, ", after about %" PRId64 " s", e->seconds);
    if (e->effect == EFFECT_RESTARTS) consequence(p, "%s dies, and starts anew on %s%s", d->name, e->to, away);
    else consequence(p, "%s dies%s%s", d->name, e->effect == EFFECT_STOPS ? ", and stays off: " : "; what becomes of it is not known: ", e->text ? e->text : "");
  }
  if (!there && h->libvirt != LIBVIRT_UNKNOWN) consequence(p, libvirt_seen(p->snap, h->name) ? "no domain runs on %s" : "what runs on %s is not known: its libvirt is not read", h->name);
}

/* Every agent says of a host without power that it is off, and exits 2. */
static void prepare(struct planning *p, const struct power *w, const char *host) {
  struct step *s = power_prepare(p, w, host);
  s->say = planf(p, "ask what cuts the power of %s whether it has any", host);
  step_good(p, s, 2, "OFF");
}

static void look(struct planning *p, const struct host_view *h) {
  struct power w;
  p->plan->danger = 0;
  if (!power_known(p, h, &w)) return;
  consequence(p, "nothing changes: the device that cuts its power is asked, by %s, and says it as \"Status\"", w.by);
  prepare(p, &w, h->name);
  forget(p, &w);
}

static void refuse_if_it_lives(struct planning *p, const struct host_view *h) {
  if (holds(p, "host-answers", h->name, NULL) == TRUTH_YES) refuse_always(p, "never: there is nothing to do", "%s has power: it answers", h->name);
}

static void give(struct planning *p, const struct host_view *h, bool node) {
  struct power w;
  p->plan->danger = 1;
  refuse_if_it_lives(p, h);
  consequence(p, "%s gets its power, and boots", h->name);
  if (node) {
    refuse_without_device(p, h->name);
    if (!shoot(p, h, "--unfence")) return;
  } else {
    if (!power_known(p, h, &w)) return;
    prepare(p, &w, h->name);
    power_step(p, &w, planf(p, "give %s its power", h->name), "on")->harmless = TRUTH_YES;
    forget(p, &w);
  }
  step_wait(p, BOOT_MS, "until it answers", "host-answers", h->name, NULL);
  verify_that(p, "host-answers", h->name, NULL);
}

static void cut(struct planning *p, const struct host_view *h, bool node, bool cycle) {
  struct power w;
  if (snapshot_off(p->snap, h)) refuse_always(p, "when it has power (action=on)", "%s is off already", h->name);
  if (node) refuse_without_device(p, h->name);
  refuse_last_copies(p, h);
  say_each_domain(p, h);
  consequence(p, cycle ? "it boots again by itself" : "it stays off until somebody switches it on (action=on)");
  if (node) {
    if (!shoot(p, h, cycle ? "--reboot" : "--fence")) return;
    if (!cycle) verify_that(p, "node-away", h->name, NULL);
    p->plan->verify_ms = OFF_MS;
    return;
  }
  if (!power_known(p, h, &w)) return;
  prepare(p, &w, h->name);
  struct step *s = power_step(p, &w, planf(p, "cut the power of %s", h->name), "off");
  undo_by(p, s, "/bin/sh", w.path, "on", NULL);
  step_wait(p, OFF_MS, "until the others have lost it", "host-gone", h->name, NULL);
  if (cycle) {
    power_step(p, &w, planf(p, "give %s its power back", h->name), "on")->harmless = TRUTH_YES;
    step_wait(p, BOOT_MS, "until it answers again", "host-answers", h->name, NULL);
  }
  forget(p, &w);
  verify_that(p, cycle ? "host-answers" : "host-gone", h->name, NULL);
}

void survey_power(struct planning *p) {
  const struct host_view *h = given(p, "host") ? snapshot_host(p->snap, given(p, "host")) : NULL;
  if (h && cluster_host(p)) drill_ask_timer(p, cluster_host(p));
}

void plan_power(struct planning *p) {
  const struct host_view *h = snapshot_host(p->snap, given(p, "host"));
  const char *action = given(p, "action");
  bool node = h && node_seen(p->snap, h->name);
  if (!h || !cluster_told(p)) return;
  drill_timer_runs(p, cluster_host(p));
  if (str_eq(action, "status")) look(p, h);
  else if (str_eq(action, "on")) give(p, h, node);
  else cut(p, h, node, str_eq(action, "cycle"));
}

const struct operation_argument power_arguments[] = {
    {.name = "host", .title = "HOST", .help = "which host", .kind = ARG_HOST, .required = true, .check = known_host},
    {.name = "action", .title = "status|on|off|cycle", .help = "status: look, and change nothing; off, cycle: what runs there dies", .kind = ARG_CHOICE, .words = "status on off cycle", .fallback = "status"},
    {.name = NULL},
};
