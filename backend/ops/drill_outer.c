/* A node that is itself a virtual machine: its own hypervisor suspends it as a whole, kernel and all, and lets it go on again. The
 * console reaches that hypervisor by ssh as any host, though it is none of the cluster. That the machine is that node is seen before
 * anything is armed: a node's firmware shows the UUID that its hypervisor knows it by. */
#include "ops/drill.h"
#include "analysis/seen.h"
#include "ops/asked.h"
#include "ops/cluster_rows.h"
#include <string.h>
#include <strings.h>

#define URI "qemu:///system"

static const struct host_view *its_host(const struct planning *p) { return given(p, "host") ? snapshot_host(p->snap, given(p, "host")) : NULL; }

static const struct pcmk_param *virsh_device(const struct planning *p) {
  const struct host_view *h = its_host(p);
  const char *device = h ? fence_device_of(p->snap, h->name, NULL) : NULL;
  const struct pcmk_param *c = device ? resource_config(p->snap, device) : NULL;
  return c && c->agent && str_ends(c->agent, "fence_virsh") ? c : NULL;
}

void drill_outer_host(struct planning *p, struct texts *ret) {
  const struct pcmk_param *c = virsh_device(p);
  const char *ip = !c ? NULL : pairs_get(&c->params, "ip") ? pairs_get(&c->params, "ip") : pairs_get(&c->params, "ipaddr");
  if (ip) texts_add(p->arena, ret, ip);
}

void drill_outer_machine(struct planning *p, struct texts *ret) {
  const struct host_view *h = its_host(p);
  const struct pcmk_param *c = virsh_device(p);
  if (!h || !given(p, "hypervisor")) return;
  const char *node = node_name(p->snap, h->name), *plug = c ? drill_plug_of(p, pairs_get(&c->params, "pcmk_host_map"), node) : NULL;
  texts_add(p->arena, ret, plug ? plug : h->name);
}

void drill_outer_ask(struct planning *p) {
  const char *outer = given(p, "hypervisor"), *machine = given(p, "machine");
  const struct host_view *h = its_host(p);
  if (!outer || !machine || !h) return;
  ask_command(p, outer, "machine-state", "virsh", "-c", URI, "domstate", "--domain", machine, NULL);
  ask_command(p, outer, "machine-uuid", "virsh", "-c", URI, "domuuid", "--domain", machine, NULL);
  drill_ask_timer(p, outer);
  ask_command(p, h->name, "own-uuid", "cat", "/sys/class/dmi/id/product_uuid", NULL);
}

/* That no other machine is suspended. */
static bool is_that_node(struct hitting *h, const char *outer, const char *machine) {
  struct planning *p = h->p;
  const char *host = h->host->name, *there = first_line(p, answered(p, outer, "machine-uuid")), *own = first_line(p, answered(p, host, "own-uuid"));
  const char *state = first_line(p, answered(p, outer, "machine-state"));
  if (snapshot_host(p->snap, outer) == h->host) return refuse_always(p, "with the host that runs it", "%s does not run itself", host), false;
  if (snapshot_domain(p->snap, machine)) return refuse_always(p, planf(p, "with what %s calls %s", outer, host), "%s is a domain of this cluster, not one of its nodes", machine), false;
  if (refuse_unasked(p, outer, "machine-state", planf(p, "whether %s runs %s", outer, machine)) || refuse_unasked(p, host, "own-uuid", planf(p, "which machine %s is", host))) return false;
  if (strcmp(state, "running")) return refuse_always(p, "with a machine that runs there", "%s has no running machine %s%s%s", outer, machine, *state ? ": it says " : "", state), false;
  if (!*there || !*own || strcasecmp(there, own)) return refuse_always(p, planf(p, "with the machine that is %s", host), "%s of %s is not %s: its UUID is %s, that of %s is %s", machine, outer, host, *there ? there : "not told", host, *own ? own : "not told"), false;
  return !drill_timer_runs(p, outer);
}

void drill_outer(struct hitting *h) {
  struct planning *p = h->p;
  const char *outer = given(p, "hypervisor"), *machine = given(p, "machine"), *host = h->host->name;
  const char *const words[] = {"virsh", "-c", URI, "resume", "--domain", machine};
  struct texts go_on = {0};
  if (!machine) return refuse_always(p, "with machine=NAME", "what %s calls %s is not known", outer, host);
  if (!is_that_node(h, outer, machine)) return;
  for (size_t i = 0; i < COUNT(words); i++) texts_add(p->arena, &go_on, words[i]);
  consequence(p, "%s stands still as a whole: its guests, its bricks, its kernel; nothing in it notices", host);
  drill_armed(h, outer, drill_failover_s(h), planf(p, "let %s go on", host), &go_on);
  struct step *s = step_run(p, outer, planf(p, "suspend %s, which is %s there", host, machine), "virsh", "-c", URI, "suspend", "--domain", machine, NULL);
  for (size_t i = 0; i < go_on.count; i++) texts_add(p->arena, &s->undo, go_on.item[i]);
  drill_wait_failover(h, true);
  drill_disarm(h, outer); /* its machine was made anew by the fencing: nothing is left to go on */
  drill_wait_whole(h, DRILL_BOOT_MS);
  consequence(p, "%s is fenced: it loses its power and boots; that is the way back, and ends the timer too", host);
}
