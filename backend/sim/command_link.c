/* A host's own network as it describes it to itself (Debian's ifupdown), bridges in it, and what systemd runs later. That
 * hosts reach each other is another matter: host.h. A link that was made is a file below /run/network. */
#include "sim/command.h"
#include "sim/host.h"
#include <stdio.h>
#include <string.h>

enum { AGAIN_MS = 200 };
static const char PORT[] = "eth0", FILE_OF_LINKS[] = "/etc/network/interfaces";

const char *host_interfaces(struct call *c) {
  return arena_printf(c->w->arena, "auto lo\niface lo inet loopback\n\nauto %s\niface %s inet static\n    address %s/16\n    gateway 10.77.0.254\n", PORT, PORT, c->host->address);
}

static const char *bridge_of(const struct sim_host *h) {
  static const char below[] = "/run/network/";
  for (size_t i = 0; i < h->files.count; i++)
    if (str_starts(h->files.item[i].key, below)) return h->files.item[i].key + sizeof below - 1;
  return NULL;
}

bool is_bridge(const struct call *c, const char *path) {
  const char *bridge = bridge_of(c->host);
  size_t len = bridge ? strlen(bridge) : 0;
  return bridge && !strncmp(path, bridge, len) && (!path[len] || !strcmp(path + len, "/bridge"));
}

static const char *carrier(const struct sim_host *h) { return bridge_of(h) ? bridge_of(h) : PORT; }

static int route_show(struct call *c) { return say(c, "default via 10.77.0.254 dev %s onlink ", carrier(c->host)), COMMAND_DONE; }

static int addr_show(struct call *c) {
  const char *dev = str_eq(word_at(c, 0), "dev") ? word_at(c, 1) : NULL, *up = carrier(c->host);
  if (dev && strcmp(dev, PORT) && strcmp(dev, up) && strcmp(dev, "lo")) return fail(c, 1, "Device \"%s\" does not exist.", dev);
  if (!dev || !strcmp(dev, "lo")) say(c, "1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever");
  if (!dev || !strcmp(dev, up)) say(c, "%d: %s    inet %s/16 brd 10.77.255.255 scope global %s\\       valid_lft forever preferred_lft forever", up == PORT ? 2 : 3, up, c->host->address, up);
  return COMMAND_DONE;
}

static int link_show(struct call *c) {
  const char *bridge = bridge_of(c->host), *master = bridge ? arena_printf(c->w->arena, " master %s", bridge) : "";
  int n = (int)(c->host - c->w->hosts.item);
  say(c, "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000\\    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00");
  say(c, "2: %s: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq_codel%s state UP mode DEFAULT group default qlen 1000\\    link/ether 52:54:00:4d:00:%02x brd ff:ff:ff:ff:ff:ff", PORT, master, n);
  if (bridge) say(c, "3: %s: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP mode DEFAULT group default qlen 1000\\    link/ether 52:54:00:4d:00:%02x brd ff:ff:ff:ff:ff:ff", bridge, n);
  return COMMAND_DONE;
}

static int ping(struct call *c) {
  const char *from = value_of(c, "-I", NULL);
  if (has_flag(c, "-D", NULL)) return ping_stamps(c);
  if (from && strcmp(from, carrier(c->host))) return fail(c, 2, "ping: %s: No such device", from);
  say(c, "2 packets transmitted, 2 received, 0%% packet loss, time 1001ms");
  return COMMAND_DONE;
}

/* ---- later ---- */

static const char *timer(struct world *w, const struct sim_host *h, const char *unit) {
  size_t len = strlen(unit) - (str_ends(unit, ".timer") ? 6 : 0);
  if (len && unit[len - 1] == '*') len--; /* the pattern of one */
  return world_words(w, "%s %.*s", h->name, (int)len, unit);
}
bool timer_waits(struct world *w, const struct sim_host *h, const char *unit) { return world_awaits(w, "script", timer(w, h, unit)); }
void timer_stop(struct world *w, const struct sim_host *h, const char *unit) { world_forget(w, "script", timer(w, h, unit)); }

void timers_lost(struct world *w, const struct sim_host *h) {
  size_t len = strlen(h->name);
  for (size_t i = 0; i < w->queue.count;) {
    const struct sim_event *e = &w->queue.item[i];
    if (str_eq(e->what, "script") && e->subject && !strncmp(e->subject, h->name, len) && e->subject[len] == ' ') drop_item(&w->queue, sizeof *w->queue.item, i);
    else i++;
  }
}

/* systemd-run --unit=UNIT --on-active=SECONDS COMMAND: of /bin/sh and a file alone the file's lines, else the command. */
static int systemd_run(struct call *c) {
  const char *unit = value_of(c, NULL, "--unit"), *in = value_of(c, NULL, "--on-active");
  size_t at = 1;
  CLEANUP(str_free) struct str words = {0};
  while (at < c->argc && str_starts(c->argv[at], "--")) at++;
  if (!unit || !in || at == c->argc) return fail(c, 1, "systemd-run: only commands at a later time are simulated");
  if (timer_waits(c->w, c->host, unit)) return fail(c, 1, "Failed to start transient timer unit: Unit %s.timer already exists.", unit);
  bool script = at + 2 == c->argc && str_eq(c->argv[at], "/bin/sh") && *c->argv[at + 1] == '/';
  for (size_t i = script ? at + 1 : at; i < c->argc; i++) str_addf(&words, "%s%s", words.len ? "\t" : "", c->argv[i]);
  if (!script) str_addc(&words, '\t'); /* so no file's name */
  world_later(c->w, number_of(in, 0), "script", timer(c->w, c->host, unit), world_word(c->w, str_text(&words)));
  return fail(c, 0, "Running timer as unit: %s.timer", unit);
}

static void link_up(struct world *w, struct sim_host *h, const char *name) {
  const char *text = pairs_get(&h->files, FILE_OF_LINKS), *described = arena_printf(w->arena, "iface %s inet ", name);
  if (strcmp(name, PORT) && text && strstr(text, described)) set_pair(w, &h->files, world_words(w, "/run/network/%s", name), "up");
}

/* What such a script may hold; the rest of it changes nothing that is simulated. */
static void script_line(struct world *w, struct sim_host *h, char *line) {
  char *words[6] = {0}, *save = NULL;
  size_t n = 0;
  while (n < COUNT(words) && (words[n] = strtok_r(n ? NULL : line, " ", &save))) n++;
  if (n < 2) return;
  const char *last = words[n - 1];
  if (!strcmp(words[0], "ifup")) link_up(w, h, last);
  else if (!strcmp(words[0], "ifdown")) set_pair(w, &h->files, world_words(w, "/run/network/%s", last), NULL);
  else if (!strcmp(words[0], "cp") && n == 4 && pairs_get(&h->files, words[2])) set_pair(w, &h->files, world_word(w, last), pairs_get(&h->files, words[2]));
}

void on_script(struct world *w, const char *subject, const char *detail) {
  CLEANUP(mem_freep) char *name = mem_strndup(subject ? subject : "", strcspn(subject ? subject : "", " "));
  struct sim_host *h = world_host(w, name);
  bool command = detail && strchr(detail, '\t');
  if (command && h && host_up(h)) {
    CLEANUP(mem_freep) char *line = mem_strndup(detail, strlen(detail) - 1);
    if (!command_later(w, h, line)) world_later(w, AGAIN_MS, "script", subject, detail);
    return;
  }
  const char *text = h && host_up(h) && detail ? pairs_get(&h->files, detail) : NULL;
  if (!text) return;
  CLEANUP(mem_freep) char *copy = mem_strdup(text);
  char *save = NULL;
  for (char *line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) script_line(w, h, line);
}

const struct command link_commands[] = {
    {"ip", "route show", route_show, 5}, {"ip", "addr show", addr_show, 5}, {"ip", "link show", link_show, 5}, {"ping", "", ping, 1100}, {"systemd-run", "", systemd_run, 60}, {.program = NULL}};
