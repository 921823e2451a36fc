/* Firewalls of hosts that have one: firewalld and ufw, as far as what is opened in them. They let the simulated traffic through
 * all the same: what a closed one does to it is not simulated. */
#include "sim/command.h"
#include "sim/host.h"
#include <string.h>

static const char ZONE[] = "/etc/firewalld/zones/public.xml", LOADED[] = "/run/firewalld/public", RULES[] = "/etc/ufw/user.rules";

static const char *rules(const struct call *c, const char *file) { return pairs_get(&c->host->files, file) ? pairs_get(&c->host->files, file) : ""; }

static bool has_word(const char *text, const char *word) {
  size_t len = strlen(word);
  for (const char *at = text; (at = strstr(at, word)) != NULL; at += len)
    if ((at == text || at[-1] == ' ') && (!at[len] || at[len] == ' ')) return true;
  return false;
}

static void add_rule(struct call *c, const char *file, const char *word) {
  const char *old = rules(c, file);
  if (!has_word(old, word)) set_pair(c->w, &c->host->files, file, arena_printf(c->w->arena, "%s%s%s", old, *old ? " " : "", word));
}

/* --permanent --add-service=S --add-port=P; --reload; --list-all: of what is loaded, which the permanent rules are at a reload. */
static int firewall_cmd(struct call *c) {
  if (!daemon_runs(c->host, "firewalld")) return fail(c, 252, "FirewallD is not running");
  for (size_t i = 1; i < c->argc; i++) {
    const char *rule = str_starts(c->argv[i], "--add-service=") ? c->argv[i] + 14 : str_starts(c->argv[i], "--add-port=") ? c->argv[i] + 11 : NULL;
    if (rule) add_rule(c, has_flag(c, NULL, "--permanent") ? ZONE : LOADED, rule);
  }
  if (has_flag(c, NULL, "--reload")) set_pair(c->w, &c->host->files, LOADED, rules(c, ZONE));
  if (!has_flag(c, NULL, "--list-all")) return say(c, "success"), COMMAND_DONE;
  CLEANUP(str_free) struct str services = {0}, ports = {0};
  CLEANUP(mem_freep) char *copy = mem_strdup(rules(c, LOADED));
  char *rest = copy;
  for (char *word; (word = strsep(&rest, " "));)
    if (*word) str_addf(strchr(word, '/') ? &ports : &services, " %s", word);
  say(c, "public\n  target: default\n  interfaces: eth0\n  services: dhcpv6-client ssh%s\n  ports:%s", str_text(&services), str_text(&ports));
  return COMMAND_DONE;
}

static int ufw(struct call *c) {
  const char *verb = word_at(c, 0), *rule = word_at(c, 1);
  if (str_eq(verb, "allow") && rule) return add_rule(c, RULES, rule), say(c, "Rule added"), COMMAND_DONE;
  if (!str_eq(verb, "status")) return fail(c, 1, "ERROR: Invalid syntax");
  if (!daemon_runs(c->host, "ufw")) return say(c, "Status: inactive"), COMMAND_DONE;
  say(c, "Status: active\n\nTo                         Action      From\n--                         ------      ----");
  CLEANUP(mem_freep) char *copy = mem_strdup(rules(c, RULES));
  char *rest = copy;
  for (char *word; (word = strsep(&rest, " "));)
    if (*word) say(c, "%-26s ALLOW       Anywhere", word);
  return COMMAND_DONE;
}

const struct command guard_commands[] = {{"firewall-cmd", "", firewall_cmd, 300}, {"ufw", "", ufw, 200}, {.program = NULL}};
