/* host-bridge: the host's interface into a bridge that carries its addresses. While that changes nobody reaches the host, and
 * if something is wrong with it nobody will: so a timer on the host takes it back, and what stops the timer has to come over
 * a connection that was made afterwards. */
#include "ops/host.h"
#include "analysis/store_view.h"
#include <string.h>

enum { REVERT_S = 120, APPLY_S = 3, SETTLE_S = 15 };
#define REVERT "/root/kvmconsole-bridge-revert"
#define APPLY "/root/kvmconsole-bridge-apply"
#define OLD "/etc/network/interfaces.kvmconsole"

static const char *check_link(struct planning *p, const char *value) { return (void)p, strlen(value) > 15 ? "an interface's name has at most 15 letters" : NULL; }

const struct operation_argument bridge_arguments[] = {
    {.name = "host", .title = "HOST", .help = "the KVM host", .kind = ARG_HOST, .required = true},
    {.name = "bridge", .title = "NAME", .help = "the bridge; the same name on every KVM host, or domains cannot move", .kind = ARG_NAME, .fallback = "br0", .check = check_link},
    {.name = "interface", .title = "NAME", .help = "what goes into it; left out: the one that the default route goes through", .kind = ARG_NAME, .check = check_link},
    {.name = NULL}};

void bridge_survey(struct planning *p) {
  const char *host = given(p, "host");
  system_ask(p, host);
  ask_command(p, host, "boot", "cat", "/proc/sys/kernel/random/boot_id", NULL);
  ask_command(p, here(p), "boot", "cat", "/proc/sys/kernel/random/boot_id", NULL);
  ask_command(p, host, "route", "ip", "-4", "route", "show", "default", NULL);
  ask_command(p, host, "addresses", "ip", "-4", "-o", "addr", "show", NULL);
  ask_command(p, host, "links", "ip", "-o", "link", "show", NULL);
  ask_command(p, host, "manager", "systemctl", "is-active", "NetworkManager", NULL);
  ask_command(p, host, "connections", "nmcli", "-t", "-f", "DEVICE,UUID", "connection", "show", "--active", NULL);
  ask_command(p, host, "interfaces", "cat", "/etc/network/interfaces", NULL);
  ask_command(p, host, "resolver", "cat", "/etc/resolv.conf", NULL);
  ask_command(p, host, "brctl", "ls", "/sbin/brctl", NULL);
  ask_command(p, host, "revert", "systemctl", "is-active", "kvmconsole-bridge-revert.timer", NULL);
}

/* ---- what is there ---- */

/* What is written into a script has to be a word there too. */
static const char *plain(const char *word) {
  return word && word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:-/")] == '\0' && *word != '-' ? word : NULL;
}

struct network { const char *host, *bridge, *port, *gateway, *address, *mac, *uuid, *dns; bool dynamic; };

static const char *word_after(const struct planning *p, const char *line, const char *word) {
  for (size_t n = 0; line_word(p, line, n, false); n++)
    if (str_eq(line_word(p, line, n, false), word)) return line_word(p, line, n + 1, false);
  return NULL;
}

/* "2: eth0: <...> ...": the line of that link. "eth0@if3:" is eth0. */
static const char *link_line(struct planning *p, const char *links, const char *name) {
  for (const char *line = links; line && *line; line = line_next(line)) {
    const char *word = line_word(p, line, 1, false);
    size_t len = word ? strcspn(word, "@:") : 0;
    if (word && strlen(name) == len && !strncmp(word, name, len)) return line;
  }
  return NULL;
}

static void read_addresses(struct planning *p, struct network *n) {
  for (const char *line = answered(p, n->host, "addresses"); line && *line; line = line_next(line)) {
    if (!str_eq(line_word(p, line, 1, false), n->port) || n->address) continue;
    n->address = word_after(p, line, "inet");
    n->dynamic = strstr(first_line(p, line), " dynamic ") != NULL;
  }
  for (const char *line = answered(p, n->host, "connections"); line && *line; line = line_next(line)) {
    const char *text = first_line(p, line), *colon = strchr(text, ':');
    if (colon && strlen(n->port) == (size_t)(colon - text) && !strncmp(text, n->port, (size_t)(colon - text))) n->uuid = plain(colon + 1);
  }
  for (const char *line = answered(p, n->host, "resolver"); line && *line; line = line_next(line))
    if (str_eq(line_word(p, line, 0, false), "nameserver")) n->dns = n->dns ? planf(p, "%s,%s", n->dns, line_word(p, line, 1, false)) : line_word(p, line, 1, false);
}

static bool network_read(struct planning *p, struct network *n) {
  *n = (struct network){.host = given(p, "host"), .bridge = given(p, "bridge"), .port = given(p, "interface")};
  const char *route = printed(p, n->host, "route"), *links = printed(p, n->host, "links");
  if (refuse_unasked(p, n->host, "links", planf(p, "how %s is connected", n->host)) || !route || !links) return false;
  if (!n->port) n->port = plain(word_after(p, route, "dev"));
  n->gateway = word_after(p, route, "via");
  if (!n->port) return refuse_always(p, "with interface=NAME", "%s has no default route to tell which interface is meant", n->host), false;
  const char *line = link_line(p, links, n->port);
  if (link_line(p, links, n->bridge)) refuse_always(p, "with another name, or not at all", "%s has an interface %s already", n->host, n->bridge);
  else if (!line) refuse_always(p, "with an interface that is there", "%s has no interface %s", n->host, n->port);
  else if (word_after(p, line, "master")) refuse_always(p, "with another interface", "%s of %s is in %s already", n->port, n->host, word_after(p, line, "master"));
  else if (str_starts(n->port, "wl")) refuse_always(p, "with a wired interface", "%s is a wireless interface: those cannot be in a bridge", n->port);
  if (refused(p)) return false;
  n->mac = word_after(p, line, "link/ether");
  read_addresses(p, n);
  if (!n->address || !n->mac) refuse_always(p, "with another interface", "%s of %s has no IPv4 address to carry over", n->port, n->host);
  return !refused(p);
}

static void refuse_while_others_watch(struct planning *p, const struct network *n) {
  const struct host_view *h = snapshot_host(p->snap, n->host);
  if (h && (h->membership == MEMBERSHIP_MEMBER || h->pacemaker == NODE_ONLINE))
    refuse(p, planf(p, "when pacemaker and corosync are stopped there: cluster-stop node=%s", h->name), "%s is in the cluster: while its network changes it is silent for seconds, and may be fenced", h->name);
  for (size_t v = 0; v < p->snap->volumes.count; v++)
    for (size_t i = 0; i < p->snap->volumes.item[v].bricks.count; i++)
      if (same_host(p->snap, p->snap->volumes.item[v].bricks.item[i].host, n->host))
        refuse(p, "when its volumes can do without it", "%s has bricks of %s: guests stall while its network changes", n->host, p->snap->volumes.item[v].name);
  if (str_starts(printed(p, n->host, "revert") ? printed(p, n->host, "revert") : "", "active"))
    refuse_always(p, "in two minutes", "another change of the network of %s waits to be confirmed or taken back", n->host);
}

/* ---- the ways ---- */

static void script_step(struct planning *p, const char *host, const char *say, const char *file, const char *text) {
  struct step *s = step_run(p, host, say, "tee", file, NULL);
  s->input = text;
  s->harmless = TRUTH_YES;
}

static void timer_step(struct planning *p, const char *host, const char *say, const char *unit, int seconds, const char *script) {
  step_run(p, host, say, "systemd-run", planf(p, "--unit=%s", unit), planf(p, "--on-active=%d", seconds), "/bin/sh", script, NULL);
}

static void revert_steps(struct planning *p, const struct network *n, const char *script) {
  script_step(p, n->host, "write down the way back", REVERT, script);
  timer_step(p, n->host, planf(p, "have it taken back in %d s", REVERT_S), "kvmconsole-bridge-revert", REVERT_S, REVERT);
}

static void by_network_manager(struct planning *p, const struct network *n) {
  const char *port = planf(p, "%s-%s", n->bridge, n->port);
  revert_steps(p, n, planf(p, "nmcli connection modify %s connection.autoconnect yes\nnmcli connection down %s\nnmcli connection delete %s %s\nnmcli connection up %s\n", n->uuid, n->bridge, port, n->bridge, n->uuid));
  struct step *s = step_run(p, n->host, "describe the bridge", "nmcli", "connection", "add", "type", "bridge", "con-name", n->bridge, "ifname", n->bridge, "bridge.stp", "no", "bridge.mac-address", n->mac, "connection.autoconnect", "yes", NULL);
  if (n->dynamic) {
    step_word(p, s, "ipv4.method"), step_word(p, s, "auto");
  } else {
    const char *const words[] = {"ipv4.method", "manual", "ipv4.addresses", n->address, n->gateway ? "ipv4.gateway" : NULL, n->gateway, n->dns ? "ipv4.dns" : NULL, n->dns};
    for (size_t i = 0; i < COUNT(words); i++)
      if (words[i]) step_word(p, s, "%s", words[i]);
  }
  step_run(p, n->host, planf(p, "describe %s as its port", n->port), "nmcli", "connection", "add", "type", "bridge-slave", "con-name", port, "ifname", n->port, "master", n->bridge, NULL);
  step_run(p, n->host, "leave the old description for the way back, and not for the next boot", "nmcli", "connection", "modify", n->uuid, "connection.autoconnect", "no", NULL);
  script_step(p, n->host, "write down what is to happen", APPLY, planf(p, "nmcli connection up %s\n", port));
}

/* The same file with the interface's part given to the bridge; NULL: the interface is not in it. */
static const char *interfaces_with(struct planning *p, const struct network *n, const char *old) {
  CLEANUP(str_free) struct str out = {0};
  bool found = false;
  for (const char *line = old; line && *line; line = line_next(line)) {
    const char *word = line_word(p, line, 0, false), *name = line_word(p, line, 1, false);
    bool its = str_eq(name, n->port);
    if (its && (str_eq(word, "auto") || str_eq(word, "allow-hotplug"))) str_addf(&out, "auto %s\n", n->bridge);
    else if (its && str_eq(word, "iface")) {
      const char *rest = line_word(p, line, 2, true);
      str_addf(&out, "iface %s %s\n", n->bridge, rest ? rest : "");
      if (!found && str_starts(rest ? rest : "", "inet ")) str_addf(&out, "    bridge_ports %s\n    bridge_stp off\n    bridge_fd 0\n", n->port);
      found |= str_starts(rest ? rest : "", "inet ");
    } else str_addf(&out, "%s\n", first_line(p, line));
  }
  str_addf(&out, "iface %s inet manual\n", n->port);
  return found ? arena_strdup(p->arena, str_text(&out)) : NULL;
}

static void by_ifupdown(struct planning *p, const struct network *n, const struct host_system *system) {
  const char *text = interfaces_with(p, n, answered(p, n->host, "interfaces"));
  struct texts needed = {0};
  if (!text) {
    refuse_always(p, "when it is there", "%s is not described in /etc/network/interfaces of %s", n->port, n->host);
    return;
  }
  if (exit_of(p, n->host, "brctl") != 0) texts_add(p->arena, &needed, "bridge-utils");
  packages_step(p, n->host, system, &needed, "install what makes bridges");
  struct step *s = step_run(p, n->host, "keep the description as it is", "cp", "-a", "/etc/network/interfaces", OLD, NULL);
  s->harmless = TRUTH_YES;
  revert_steps(p, n, planf(p, "ifdown %s\nip link delete %s\ncp -a %s /etc/network/interfaces\nifup --force %s\n", n->bridge, n->bridge, OLD, n->port));
  s = step_run(p, n->host, "describe the bridge in its place", "tee", "/etc/network/interfaces", NULL);
  s->input = text;
  script_step(p, n->host, "write down what is to happen", APPLY, planf(p, "ifdown -i %s %s\nifup %s\n", OLD, n->port, n->bridge));
}

/* ---- the plan ---- */

static void confirm_steps(struct planning *p, const struct network *n) {
  struct step *s;
  timer_step(p, n->host, planf(p, "make the bridge, in %d s, whether anybody is connected or not", APPLY_S), "kvmconsole-bridge-apply", APPLY_S, APPLY);
  s = step_run(p, here(p), "give it the time to come up", "sleep", planf(p, "%d", SETTLE_S), NULL);
  s->harmless = TRUTH_YES;
  s = step_run(p, n->host, "see over a new connection that the bridge is there", "ip", "-4", "-o", "addr", "show", "dev", n->bridge, NULL);
  s->harmless = TRUTH_YES;
  if (n->gateway) {
    s = step_run(p, n->host, "see that the bridge reaches the router", "ping", "-c", "2", "-W", "3", "-I", n->bridge, n->gateway, NULL);
    s->harmless = TRUTH_YES;
  }
  s = step_run(p, n->host, "keep it: stop what would take it back", "systemctl", "stop", "kvmconsole-bridge-revert.timer", NULL);
  s->harmless = TRUTH_YES;
  undo_by(p, s, "systemd-run", "--unit=kvmconsole-bridge-undo", planf(p, "--on-active=%d", APPLY_S), "/bin/sh", REVERT, NULL);
}

void bridge_plan(struct planning *p) {
  struct network n;
  struct host_system system;
  if (!system_read(p, given(p, "host"), &system) || !network_read(p, &n)) return;
  bool manager = str_starts(answered(p, n.host, "manager") ? answered(p, n.host, "manager") : "", "active") && n.uuid;
  refuse_while_others_watch(p, &n);
  const char *boot = answered(p, n.host, "boot");
  if (boot && *boot && str_eq(boot, answered(p, here(p), "boot"))) /* a console on a bare host does not know its own name among the others */
    refuse_always(p, "when it is run on another host", "%s is the host that this console runs on: nobody would see whether it is still reached", n.host);
  if (!manager && !answered(p, n.host, "interfaces"))
    refuse_always(p, "by hand, or with NetworkManager", "the network of %s is described neither by NetworkManager nor in /etc/network/interfaces: nothing else is known to be changed safely", n.host);
  if (refused(p)) return;
  consequence(p, "%s of %s goes into a new bridge %s, which takes its address %s%s.", n.port, n.host, n.bridge, n.address, n.dynamic ? " (asked of DHCP again, with the same hardware address)" : "");
  consequence(p, "%s cannot be reached for some seconds. Unless it is reached again over a new connection, it takes everything back by itself after %d s.", n.host, REVERT_S);
  consequence(p, "The way back stays on %s: " REVERT ".", n.host);
  consequence(p, "Domains can then be given addresses of that network, as hosts of their own.");
  if (manager) by_network_manager(p, &n);
  else by_ifupdown(p, &n, &system);
  if (refused(p)) return;
  confirm_steps(p, &n);
  if (snapshot_host(p->snap, n.host)) verify_that(p, "host-answers", n.host, NULL);
}
