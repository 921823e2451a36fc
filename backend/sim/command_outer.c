/* virsh of a hypervisor that runs hosts of the world as its machines ("setup kvm02 outer=HOST:MACHINE"). */
#include "sim/command.h"
#include "sim/host.h"
#include <string.h>

struct sim_host *machine_of(struct call *c) {
  const char *name = word_at(c, 0);
  size_t len = strlen(c->host->name);
  EACH(c->w->hosts, struct sim_host, h) {
    const char *outer = pairs_get(&h->setup, "outer");
    if (outer && name && !strncmp(outer, c->host->name, len) && outer[len] == ':' && !strcmp(outer + len + 1, name)) return h;
  }
  return NULL;
}

static int idle(struct call *c, const char *verb) {
  str_addc(&c->r->out, '\n');
  return fail(c, 1, "error: Failed to %s domain '%s'\nerror: Requested operation is not valid: domain is not running", verb, word_at(c, 0));
}

int machine_suspend(struct call *c) {
  struct sim_host *h = machine_of(c);
  if (h->power == POWER_OFF) return idle(c, "suspend");
  on_freeze(c->w, h->name, NULL);
  say(c, "Domain '%s' suspended\n", word_at(c, 0));
  return COMMAND_DONE;
}

int machine_resume(struct call *c) {
  struct sim_host *h = machine_of(c);
  if (h->power == POWER_OFF) return idle(c, "resume");
  if (h->frozen != TRUTH_YES) return str_addc(&c->r->out, '\n'), fail(c, 1, "error: Failed to resume domain '%s'\nerror: Requested operation is not valid: domain is already running", word_at(c, 0));
  on_thaw(c->w, h->name, NULL);
  say(c, "Domain '%s' resumed\n", word_at(c, 0));
  return COMMAND_DONE;
}

int machine_state(struct call *c) {
  const struct sim_host *h = machine_of(c);
  say(c, "%s\n", h->power == POWER_OFF ? "shut off" : h->frozen == TRUTH_YES ? "paused" : "running");
  return COMMAND_DONE;
}

int machine_uuid(struct call *c) {
  say(c, "%s\n", machine_of(c)->libvirt_uuid);
  return COMMAND_DONE;
}
