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

static struct step *power_step(struct hitting *h, const char *on, const char *say, const char *what) {
  struct step *s = step_run(h->p, on, say, "/bin/sh", SCRIPT, what, NULL);
  s->deadline_ms = 60000;
  return s;
}

void drill_power_ask(struct planning *p) {
  const struct host_view *h = given(p, "host") ? snapshot_host(p->snap, given(p, "host")) : NULL;
  const char *by = h ? shooter_of(p, h) : NULL;
  if (!h) return;
  drill_ask(p, h->name);
  if (by) ask_command(p, by, "timers", "systemctl", "is-active", "kvmconsole-drill-revert.timer", NULL);
}

static bool can_cut(struct hitting *h, const char **ret_by, const char **ret_script) {
  struct planning *p = h->p;
  const char *device = fence_device_of(p->snap, h->host->name, NULL), *node = node_name(p->snap, h->host->name);
  const struct pcmk_param *config = device ? resource_config(p->snap, device) : NULL;
  const char *agent = config && config->agent && strrchr(config->agent, ':') ? strrchr(config->agent, ':') + 1 : NULL;
  const char *plug = config ? drill_plug_of(p, pairs_get(&config->params, "pcmk_host_map"), node) : NULL;
  *ret_by = shooter_of(p, h->host);
  if (!device) return refuse_always(p, "when it has one (fencing-create; it may stay switched off)", "%s has no fence device by which its power could be cut and given back", h->host->name), false;
  if (!plain(device) || !plain(agent) || !str_starts(agent, "fence_") || (plug && !plain(plug)))
    return refuse_always(p, "with a fence device whose agent is a program", "how %s is told to cut the power of %s is not known", device, h->host->name), false;
  if (!*ret_by) return refuse_always(p, "when another node is online", "no other node is online that could give %s its power back", h->host->name), false;
  if (str_starts(printed(p, *ret_by, "timers") ? printed(p, *ret_by, "timers") : "", "active")) return refuse_always(p, "when it is over", "the timer of another drill still runs on %s", *ret_by), false;
  *ret_script = power_script(p, device, agent, plug);
  return true;
}

void drill_power(struct planning *p) {
  struct hitting h;
  const char *by, *script;
  struct texts on = {0};
  if (!drill_begin(&h, p, given(p, "host")) || !can_cut(&h, &by, &script)) return;
  const char *host = h.host->name;
  consequence(p, "%s loses its power at once: nothing on it is shut down", host);
  struct step *s = step_run(p, by, planf(p, "write down how the power of %s is switched", host), "tee", SCRIPT, NULL);
  s->input = script;
  s->harmless = TRUTH_YES;
  s = power_step(&h, by, planf(p, "see that the BMC of %s answers: what cuts the power must give it back", host), "prepare");
  undo_by(p, s, "/bin/sh", SCRIPT, "forget", NULL);
  s->half = s->harmless = TRUTH_YES;
  const char *const words[] = {"/bin/sh", SCRIPT, "on"};
  for (size_t i = 0; i < COUNT(words); i++) texts_add(p->arena, &on, words[i]);
  drill_armed(&h, by, drill_failover_s(&h) + 30, planf(p, "give %s its power back", host), &on);
  s = power_step(&h, by, planf(p, "cut the power of %s", host), "off");
  undo_by(p, s, "/bin/sh", SCRIPT, "on", NULL);
  drill_wait_failover(&h, p->snap->cluster.fencing == TRUTH_YES);
  s = power_step(&h, by, planf(p, "give %s its power back, if fencing has not", host), "on");
  s->harmless = TRUTH_YES;
  drill_disarm(&h, by);
  s = power_step(&h, by, "forget how it is switched", "forget");
  s->harmless = TRUTH_YES;
  drill_wait_whole(&h, 600000);
}
