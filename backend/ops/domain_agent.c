/* Does a guest's agent answer: what its definition says, what libvirt sees of the channel, and one ping that changes nothing. */
#include "ops/asked.h"
#include "ops/cluster_rows.h"
#include "ops/definition.h"

void survey_agent(struct planning *p) {
  const struct domain_view *d = snapshot_domain(p->snap, given(p, "domain"));
  if (d && d->hosts.count == 1) ask_command(p, d->hosts.item[0], "live", "virsh", "dumpxml", "--domain", d->name, NULL);
}

void plan_agent(struct planning *p) {
  const struct domain_view *d = domain_told(p, given(p, "domain"));
  struct definition now;
  if (!d) return;
  refuse_if_off(p, d);
  if (refused(p)) return;
  const char *host = d->hosts.item[0];
  if (!str_eq(d->state, "running")) return (void)refuse_always(p, "when it runs (domain-resume)", "%s is %s: nobody in it can answer", d->name, d->state ? d->state : "in an unknown state");
  if (refuse_unasked(p, host, "live", planf(p, "what channels %s has", d->name))) return;
  const char *xml = answered(p, host, "live"), *fault = xml ? definition_read(xml, p->arena, &now) : "libvirt did not tell it";
  if (fault) return (void)refuse_always(p, "when it can be read", "what channels %s has is not known: %s", d->name, fault);
  if (!now.agent) return (void)refuse_always(p, "from the next start on after its definition has <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel> (domain-edit)", "no channel: the definition of %s has none for a guest agent", d->name);
  if (!now.agent_answers) refuse(p, "when qemu-guest-agent runs in the guest (its package, its service)", "not connected: %s has the channel, and nobody in the guest has opened it", d->name);
  if (refused(p)) return;
  consequence(p, "nothing changes: the guest agent is asked whether it is there, and {\"return\":{}} says yes");
  consequence(p, "with it a guest shuts down surely, and its file systems can be held still for a copy (domain-snapshot)");
  struct step *s = step_run(p, host, "ask the guest agent", "virsh", "qemu-agent-command", "--domain", d->name, "--timeout", "5", "{\"execute\":\"guest-ping\"}", NULL);
  s->harmless = TRUTH_YES;
  s->deadline_ms = 15000;
}

const struct operation_argument agent_arguments[] = {{.name = "domain", .title = "DOMAIN", .help = "which domain", .kind = ARG_DOMAIN, .required = true}, {.name = NULL}};
