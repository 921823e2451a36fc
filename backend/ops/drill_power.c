/* Power, cut without a word to the cluster: its own fence agent, told by its own parameters. They are read on the host that does
 * it, where they stay: neither the console nor an argument ever holds the password. That they are right is seen before anything is cut. */
#include "ops/drill.h"
#include "analysis/seen.h"
#include "ops/asked.h"
#include "ops/cluster_rows.h"
#include <stdio.h>
#include <string.h>

#define SCRIPT "/run/kvmconsole-drill-power"
#define DEVICE_WORDS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"

const char *drill_plug_of(struct planning *p, const char *map, const char *node) {
  size_t len = strlen(node);
  for (const char *at = map; at && *at;) {
    size_t n = strcspn(at, "; ,");
    if (n > len + 1 && !strncmp(at, node, len) && at[len] == ':') return arena_strndup(p->arena, at + len + 1, n - len - 1);
    at += n + (at[n] != 0);
  }
  return NULL;
}

static bool plain(const char *word) { return word && *word && word[strspn(word, DEVICE_WORDS)] == '\0'; }

/* Every agent takes its parameters as lines on its input. */
static const char *power_script(struct planning *p, const char *device, const char *agent, const char *plug) {
  return planf(p,
               "#!/bin/sh\n"
               "# kvmconsole drill: the power of one host, by %s\n"
               "umask 077\n"
               "case $1 in\n"
               "prepare)\n"
               "  for name in ip ipaddr ipport username login password passwd password_script passwd_script identity_file lanplus cipher privlvl method port plug ssh ssl ssl_insecure power_wait; do\n"
               "    value=$(crm_resource --resource %s --get-parameter \"$name\" 2>/dev/null) && [ -n \"$value\" ] && printf '%%s=%%s\\n' \"$name\" \"$value\"\n"
               "  done >" SCRIPT ".with\n"
               "%s%s%s"
               "  { cat " SCRIPT ".with; echo action=status; } | %s ;;\n"
               "on|off) { cat " SCRIPT ".with; echo \"action=$1\"; } | %s ;;\n"
               "forget) rm -f " SCRIPT ".with " SCRIPT " ;;\n"
               "esac\n",
               device, device, plug ? "  echo plug=" : "", plug ? plug : "", plug ? " >>" SCRIPT ".with\n" : "", agent, agent);
}

static const char *shooter_of(const struct planning *p, const struct host_view *target) {
  const struct host_view *best = NULL;
  for (size_t i = 0; i < p->snap->hosts.count; i++) {
    const struct host_view *h = &p->snap->hosts.item[i];
    if (h != target && h->pacemaker == NODE_ONLINE && h->membership == MEMBERSHIP_MEMBER && (!best || h->here == TRUTH_YES)) best = h;
  }
  return best ? best->name : NULL;
}

struct step *power_step(struct planning *p, const struct power *w, const char *say, const char *what) {
  struct step *s = step_run(p, w->by, say, "/bin/sh", w->path, what, NULL);
  s->deadline_ms = 60000;
  return s;
}

void drill_power_ask(struct planning *p) {
  const struct host_view *h = given(p, "host") ? snapshot_host(p->snap, given(p, "host")) : NULL;
  const char *by = h ? shooter_of(p, h) : NULL;
  if (!h) return;
  drill_ask(p, h->name);
  if (by) drill_ask_timer(p, by);
}

bool power_known(struct planning *p, const struct host_view *h, struct power *ret) {
  const char *device = fence_device_of(p->snap, h->name, NULL), *node = node_name(p->snap, h->name);
  const struct pcmk_param *config = device ? resource_config(p->snap, device) : NULL;
  const char *agent = config && config->agent && strrchr(config->agent, ':') ? strrchr(config->agent, ':') + 1 : NULL;
  const char *plug = config ? drill_plug_of(p, pairs_get(&config->params, "pcmk_host_map"), node) : NULL;
  *ret = (struct power){.by = shooter_of(p, h), .path = SCRIPT};
  if (!device) return refuse_always(p, "when it has one (fencing-create; it may stay switched off)", "%s has no fence device by which its power could be cut and given back", h->name), false;
  if (!plain(device) || !plain(agent) || !str_starts(agent, "fence_") || (plug && !plain(plug)))
    return refuse_always(p, "with a fence device whose agent is a program", "how %s is told to cut the power of %s is not known", device, h->name), false;
  if (!ret->by) return refuse_always(p, "when another node is online", "no other node is online that could give %s its power back", h->name), false;
  ret->script = power_script(p, device, agent, plug);
  return true;
}

struct step *power_prepare(struct planning *p, const struct power *w, const char *host) {
  struct step *s = step_run(p, w->by, planf(p, "write down how the power of %s is switched", host), "tee", w->path, NULL);
  s->input = w->script;
  s->harmless = TRUTH_YES;
  s = power_step(p, w, planf(p, "see that the BMC of %s answers: what cuts the power must give it back", host), "prepare");
  undo_by(p, s, "/bin/sh", w->path, "forget", NULL);
  s->half = s->harmless = TRUTH_YES;
  return s;
}

void drill_power(struct planning *p) {
  struct hitting h;
  struct power w;
  struct texts on = {0};
  if (!drill_begin(&h, p, given(p, "host")) || !power_known(p, h.host, &w) || drill_timer_runs(p, w.by)) return;
  const char *host = h.host->name;
  consequence(p, "%s loses its power at once: nothing on it is shut down", host);
  power_prepare(p, &w, host);
  const char *const words[] = {"/bin/sh", w.path, "on"};
  for (size_t i = 0; i < COUNT(words); i++) texts_add(p->arena, &on, words[i]);
  drill_armed(&h, w.by, drill_failover_s(&h) + 30, planf(p, "give %s its power back", host), &on);
  struct step *s = power_step(p, &w, planf(p, "cut the power of %s", host), "off");
  undo_by(p, s, "/bin/sh", w.path, "on", NULL);
  drill_wait_failover(&h, p->snap->cluster.fencing == TRUTH_YES);
  s = power_step(p, &w, planf(p, "give %s its power back, if fencing has not", host), "on");
  s->harmless = TRUTH_YES;
  drill_disarm(&h, w.by);
  s = power_step(p, &w, "forget how it is switched", "forget");
  s->harmless = TRUTH_YES;
  drill_wait_whole(&h, 600000);
}
