/* A domain tried on another host by its shared definition, by hand, before pacemaker does it. */
#include "ops/asked.h"
#include "ops/cluster_rows.h"
#include <string.h>

static void propose_config(struct planning *p, struct texts *ret) {
  const struct domain_view *d = given(p, "domain") ? snapshot_domain(p->snap, given(p, "domain")) : NULL;
  for (size_t i = 0; d && i < d->disks.count; i++) {
    const struct disk_view *k = &d->disks.item[i];
    if (k->volume && k->path && k->source && str_ends(k->source, k->path)) texts_add(p->arena, ret, planf(p, "%.*s/config/%s.xml", (int)(strlen(k->source) - strlen(k->path)), k->source, d->name));
  }
}

static void propose_from(struct planning *p, struct texts *ret) {
  const struct domain_view *d = given(p, "domain") ? snapshot_domain(p->snap, given(p, "domain")) : NULL;
  if (d && d->defined_on.count) texts_add(p->arena, ret, d->defined_on.item[0]);
}

void survey_hand_over(struct planning *p) {
  const char *const hosts[] = {given(p, "from"), given(p, "to")};
  for (size_t i = 0; i < COUNT(hosts); i++)
    if (hosts[i]) ask_command(p, hosts[i], "state", "virsh", "domstate", "--domain", given(p, "domain"), NULL);
  if (given(p, "to") && given(p, "config")) ask_command(p, given(p, "to"), "definition", "test", "-s", given(p, "config"), NULL);
}

/* As virsh says there: "shut off", "running"; "": it does not know the domain. */
static const char *state(struct planning *p, const char *host) { return answered(p, host, "state") ? first_line(p, answered(p, host, "state")) : ""; }

void plan_hand_over(struct planning *p) {
  const char *name = given(p, "domain"), *from = given(p, "from"), *to = given(p, "to"), *config = given(p, "config");
  if (!from || !to || !config) return (void)refuse_always(p, "with from=, to= and config=", "say from which host, to which, and where its definition lies");
  if (str_eq(from, to)) return (void)refuse_always(p, "with another host", "%s is on %s already", name, to);
  if (refuse_unasked(p, from, "state", planf(p, "whether %s runs on %s", name, from)) || refuse_unasked(p, to, "definition", planf(p, "what %s sees of the volume", to))) return;
  const struct domain_view *d = snapshot_domain(p->snap, name);
  const struct host_view *h = snapshot_host(p->snap, from);
  bool known = *state(p, from), runs = known && strcmp(state(p, from), "shut off"), there = *state(p, to) && strcmp(state(p, to), "shut off"), off = str_eq(given(p, "how"), "off");
  if (d && d->resource) refuse_always(p, "never: resource-move moves it", "%s is the resource %s: pacemaker starts and stops it", name, d->resource);
  if (exit_of(p, to, "definition") != 0) refuse_always(p, "after domain-share, and when the volume is mounted there", "%s does not see %s", to, config);
  if (runs && there) refuse_always(p, "when it runs on one host only", "%s runs on %s and on %s at once", name, from, to);
  if (runs && !off && (!h || h->libvirt != LIBVIRT_CONNECTED)) refuse_always(p, planf(p, "from a console on %s, or with how=off", from), "this console does not read %s: when the guest has shut down it would not see", from);
  if (refused(p)) return;
  if (runs) consequence(p, "%s %s on %s: whoever uses it is cut off for about a minute", name, off ? "is switched off" : "shuts down", from);
  consequence(p, "it is forgotten on %s, and started on %s by %s", from, to, config);
  struct step *s;
  if (runs) {
    s = off ? step_run(p, from, planf(p, "switch %s off", name), "virsh", "destroy", "--domain", name, NULL) : step_run(p, from, planf(p, "ask %s to shut down", name), "virsh", "shutdown", "--domain", name, NULL);
    undo_by(p, s, "virsh", "start", "--domain", name, NULL);
    if (!off) step_wait(p, 180000, "until its guest has shut down", "domain-not-on", name, from, NULL);
  }
  if (known) {
    s = step_run(p, from, planf(p, "forget it on %s", from), "virsh", "undefine", "--keep-nvram", "--domain", name, NULL);
    undo_by(p, s, "virsh", "define", config, NULL);
  }
  if (!there) {
    s = step_run(p, to, planf(p, "define it on %s", to), "virsh", "define", config, NULL);
    undo_by(p, s, "virsh", "undefine", "--keep-nvram", "--domain", name, NULL);
    s->harmless = TRUTH_YES;
    s = step_run(p, to, "start it there", "virsh", "start", "--domain", name, NULL);
    undo_by(p, s, "virsh", "destroy", "--domain", name, NULL);
    s->deadline_ms = 120000;
  }
  step_run(p, to, "see that it runs", "virsh", "domstate", "--domain", name, NULL)->harmless = TRUTH_YES;
  h = snapshot_host(p->snap, to);
  if (h && h->libvirt == LIBVIRT_CONNECTED) verify_that(p, "domain-runs-on", name, to, NULL);
}

const struct operation_argument hand_over_arguments[] = {
    {.name = "domain", .title = "DOMAIN", .help = "which domain", .kind = ARG_NAME, .required = true},
    {.name = "from", .title = "HOST", .help = "where it is now", .kind = ARG_HOST, .propose = propose_from},
    {.name = "to", .title = "HOST", .help = "where it is tried", .kind = ARG_HOST},
    {.name = "config", .title = "PATH", .help = "its definition, on a volume that both have mounted", .kind = ARG_PATH, .propose = propose_config},
    {.name = "how", .title = "shutdown|off", .help = "shutdown: its guest is asked; off: its power is cut, and what it has not written is lost", .kind = ARG_CHOICE, .words = "shutdown off", .fallback = "shutdown"},
    {.name = NULL}};
