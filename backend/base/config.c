#include "base/config.h"
#include "base/ini.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

const struct setting settings[KEY_COUNT] = {
    [SET_CLUSTER_SSH] = {"cluster", "ssh", "root@%h", 0, 0, "USER@%h", "how hosts are reached; %h is the host's name"},
    [SET_GLUSTER_HOST] = {"gluster", "host", "", 0, 0, "HOST", "the gluster host to ask when this one is none, and no mounted volume names one"},
    [SET_GLUSTER_SHARE_PORT] = {"gluster", "share_port", "337", 0, 1023, "TCP port", "by which consoles of root share what takes a volume's lock; 0: with nobody"},
    [SET_THEME] = {"screen", "theme", "dark", 0, 0, "THEME", "colours of the screen (kvmconsole list themes)"},
    [SET_KEYMAP] = {"screen", "keymap", "default", 0, 0, "default, vi, fkeys, or a file", "the keys of the screen; a file need say only what differs"},
    [SET_MOUSE] = {"screen", "mouse", "off", 0, 0, "on or off", "clicks select and open; a terminal then selects text with Shift"},
    [SET_LANGUAGE] = {"screen", "language", "auto", 0, 0, "auto or a locale", "auto follows the locale; nothing is translated yet, whatever is written here"},
    [SET_VOLUME_WARN] = {"limits", "volume_warn", "80", 1, 100, "percent", "how full a volume is, from which it is a warning"},
    [SET_VOLUME_CRIT] = {"limits", "volume_crit", "90", 1, 100, "percent", "how full a volume is, from which it is critical"},
    [SET_COMMAND_TIMEOUT] = {"limits", "command_timeout", "30", 1, 3600, "seconds", "accepted, and not read yet: each step of a plan has its own deadline"},
    [SET_NOC_ROTATE] = {"noc", "rotate", "15", 1, 3600, "seconds", "how long a page of the wall screen stands"},
    [KEY_HOST_LIBVIRT] = {"host", "libvirt", "qemu+ssh over its ssh", 0, 0, "URI", "libvirt's connection to it"},
    [KEY_HOST_SSH] = {"host", "ssh", "[cluster] ssh", 0, 0, "USER@ADDRESS", "how it is reached; %h is its name"},
    [KEY_HOST_ALIAS] = {"host", "alias", "", 0, 0, "NAME", "another name of the same host, as gluster or the storage network has it; repeats"},
    [KEY_FEED_COMMAND] = {"feed", "command", "", 0, 0, "WORDS", "what prints the stream of kvmconsole record; plain words, never a shell's line"},
    [KEY_COLUMNS] = {"columns", KEY_ANY, "all that fit", 0, 0, "COLUMN..", "the columns of that list in their order, by the words of its head, with - for blanks"},
    [KEY_ACTION_COMMAND] = {"action", "command", "", 0, 0, "WORDS", "what is run: words, not a shell's line. \"...\" keeps blanks together; %t alone is the target's name, %h the host where it runs, %c the cluster's name, %% a percent sign"},
    [KEY_ACTION_ON] = {"action", "on", "cluster", 0, 0, "cluster, host, node, peer, volume, brick, domain or resource", "what it is for"},
    [KEY_ACTION_WHERE] = {"action", "where", "target", 0, 0, "target, here or each", "on the target's host, on the console's own (the default on a cluster), or on every node that is online"},
    [KEY_ACTION_DANGER] = {"action", "danger", "0", 0, 2, "level", "0: it changes nothing; 1: it runs under the operator lock; 2: the target's name is typed as well"},
    [KEY_ACTION_TITLE] = {"action", "title", "its name", 0, 0, "TEXT", "its line in the menu"},
    [KEY_ACTION_HELP] = {"action", "help", "", 0, 0, "TEXT", "what it does, for the menu and list operations"},
    [KEY_ACTION_CONFIRM] = {"action", "confirm", "", 0, 0, "TEXT", "a sentence for the preview: what comes of it"},
    [KEY_ACTION_HANDOVER] = {"action", "handover", "no", 0, 0, "yes or no", "it gets the terminal, as top or an editor needs it"},
    [KEY_ACTION_TIMEOUT] = {"action", "timeout", "60", 1, 3600, "seconds", "when it has not ended by then, its outcome is not known"},
    [KEY_ACTION_KEY] = {"action", "key", "", 0, 0, "KEY", "a key of the screen that does nothing else, as a key map writes it (M-b, F12)"},
};

const struct setting_section setting_sections[] = {
    {"cluster", NULL, "The hosts as a whole."},
    {"gluster", NULL, "Where gluster is asked, and how consoles share its answers."},
    {"screen", NULL, "How it looks and is driven; the options of the same names go before it."},
    {"limits", NULL, "What is too much."},
    {"noc", NULL, "The wall screen."},
    {"host", "HOST", "Of one host, by the name that the cluster has for it: only what discovery gets wrong."},
    {"feed", "NAME", "Another cluster, seen by what its console records: a tile of the view clusters. It is started again when it ends or falls silent for a minute."},
    {"columns", NULL, "The columns of a list, as nodes, bricks, volumes, domains."},
    {"action", "NAME", "A command of your own, as an operation beside the others: in the menu, the palette, list operations, plan, run and the audit; --read-only runs none. No name may be that of another operation. "
                       "A section that cannot be is a warning with file and line; the others hold. A name from the cluster that holds more than letters, digits and . _ - : / @ + is never handed over."},
    {NULL, NULL, NULL},
};

int setting_find(const char *section, bool named, const char *key) {
  int id = 0;
  while (id < KEY_COUNT && (!str_eq(settings[id].section, section) || (!str_eq(settings[id].key, key) && !str_eq(settings[id].key, KEY_ANY)))) id++;
  const struct setting_section *s = setting_sections;
  while (s->name && !str_eq(s->name, section)) s++;
  return id < KEY_COUNT && s->name && named == (s->of != NULL) ? id : -1;
}

struct loading {
  struct config *config;
  const char *path;
  struct err *err;
};

static struct host_config *host_section(struct config *c, const char *name) {
  for (size_t i = 0; i < c->host_count; i++)
    if (str_eq(c->hosts[i].name, name)) return &c->hosts[i];
  c->hosts = mem_grow(c->hosts, c->host_count + 1, sizeof *c->hosts);
  c->hosts[c->host_count] = (struct host_config){.name = mem_strdup(name)};
  return &c->hosts[c->host_count++];
}

static void replace(char **old, const char *value) {
  mem_free(*old);
  *old = mem_strdup(value);
}

static void set_host(struct config *c, const char *name, enum setting_id id, const char *value) {
  struct host_config *h = host_section(c, name);
  if (id == KEY_HOST_LIBVIRT) replace(&h->libvirt, value);
  else if (id == KEY_HOST_SSH) replace(&h->ssh, value);
  else {
    h->aliases = mem_grow(h->aliases, h->alias_count + 1, sizeof(char *));
    h->aliases[h->alias_count++] = mem_strdup(value);
  }
}

static void set_feed(struct config *c, const char *name, const char *value) {
  for (size_t i = 0; i < c->feed_count; i++)
    if (str_eq(c->feeds[i].name, name)) {
      replace(&c->feeds[i].command, value); /* said again: the last word counts */
      return;
    }
  c->feeds = mem_grow(c->feeds, c->feed_count + 1, sizeof *c->feeds);
  c->feeds[c->feed_count++] = (struct feed_config){mem_strdup(name), mem_strdup(value)};
}

static void set_columns(struct loading *l, const char *list, const char *names, int line) {
  struct config *c = l->config;
  size_t i = 0;
  while (i < c->column_count && !str_eq(c->columns[i].list, list)) i++;
  if (i == c->column_count) {
    c->columns = mem_grow(c->columns, c->column_count + 1, sizeof *c->columns);
    c->columns[c->column_count++] = (struct columns_config){.list = mem_strdup(list)};
  }
  replace(&c->columns[i].names, names);
  mem_free(c->columns[i].origin);
  c->columns[i].origin = mem_printf("%s:%d", l->path, line);
}

/* A line said again, in this file or a later one, replaces the one before. */
static void set_action(struct loading *l, const char *name, const char *key, const char *value, int line) {
  struct config *c = l->config;
  size_t i = 0, k = 0;
  while (i < c->action_count && !str_eq(c->actions[i].name, name)) i++;
  if (i == c->action_count) {
    c->actions = mem_grow(c->actions, c->action_count + 1, sizeof *c->actions);
    c->actions[c->action_count++] = (struct action_config){.name = mem_strdup(name)};
  }
  struct action_config *a = &c->actions[i];
  if (!str_eq(a->path, l->path)) replace(&a->path, l->path), a->line = line;
  while (k < a->line_count && !str_eq(a->lines[k].key, key)) k++;
  if (k == a->line_count) {
    a->lines = mem_grow(a->lines, a->line_count + 1, sizeof *a->lines);
    a->lines[a->line_count++] = (struct action_line){.key = mem_strdup(key)};
  }
  replace(&a->lines[k].value, value);
  a->lines[k].line = line;
}

static int set_value(struct loading *l, enum setting_id id, const char *value, int line) {
  const struct setting *s = &settings[id];
  int64_t number;
  if (s->max && str_int(value, s->min, s->max, &number))
    return err_set(l->err, -EINVAL, "", "%s:%d: %s must be a number from %d to %d, not %s", l->path, line, s->key, (int)s->min, (int)s->max, value);
  replace(&l->config->set[id].value, value);
  mem_free(l->config->set[id].origin);
  l->config->set[id].origin = mem_printf("%s:%d", l->path, line);
  return 0;
}

static int on_value(void *owner, const char *section, const char *name, const char *key, const char *value, int line) {
  struct loading *l = owner;
  int id = setting_find(section, *name != 0, key);
  if (id >= 0 && id < SET_COUNT) return set_value(l, (enum setting_id)id, value, line);
  if (*name && str_eq(section, "action")) set_action(l, name, key, value, line); /* one that is none undoes the whole action: ops/own.h */
  else if (id == KEY_COLUMNS) set_columns(l, key, value, line);
  else if (id == KEY_FEED_COMMAND) set_feed(l->config, name, value);
  else if (id >= 0) set_host(l->config, name, (enum setting_id)id, value);
  else str_addf(&l->config->warnings, "%s:%d: unknown key %s in [%s%s%s]\n", l->path, line, key, section, *name ? " " : "", name);
  return 0;
}

static int load(struct config *c, const char *path, bool must, struct err *e) {
  struct loading l = {c, path, e};
  int code = ini_read(path, on_value, &l, e);
  return code == -ENOENT && !must ? 0 : code;
}

int config_take(struct config *c, char *text, const char *path, struct err *e) {
  struct loading l = {c, path, e};
  return ini_parse(text, path, on_value, &l, e);
}

int config_load(struct config *c, const char *path, struct err *e) {
  if (path) return load(c, path, true, e);
  int code = load(c, "/etc/kvmconsole.conf", false, e);
  if (code) return code;
  const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
  CLEANUP(mem_freep) char *own = xdg && *xdg ? mem_printf("%s/kvmconsole/config", xdg) : home && *home ? mem_printf("%s/.config/kvmconsole/config", home) : NULL;
  return own ? load(c, own, false, e) : 0;
}

const char *config_text(const struct config *c, enum setting_id id) { return c->set[id].value ? c->set[id].value : settings[id].fallback; }

int64_t config_number(const struct config *c, enum setting_id id) {
  int64_t n = 0;
  str_int(config_text(c, id), INT64_MIN, INT64_MAX, &n);
  return n;
}

const struct host_config *config_host(const struct config *c, const char *name) {
  for (size_t i = 0; i < c->host_count; i++)
    if (str_eq(c->hosts[i].name, name)) return &c->hosts[i];
  return NULL;
}

char *config_ssh(const struct config *c, const char *host) {
  const struct host_config *h = config_host(c, host);
  const char *pattern = h && h->ssh ? h->ssh : config_text(c, SET_CLUSTER_SSH), *at = strstr(pattern, "%h");
  return at ? mem_printf("%.*s%s%s", (int)(at - pattern), pattern, host, at + 2) : mem_strdup(pattern);
}

void config_print(const struct config *c, struct str *out) {
  const char *section = "";
  for (int id = 0; id < SET_COUNT; id++) {
    if (strcmp(section, settings[id].section)) str_addf(out, "[%s]\n", section = settings[id].section);
    str_addf(out, "%s = %s    # %s\n", settings[id].key, config_text(c, (enum setting_id)id), c->set[id].origin ? c->set[id].origin : "default");
  }
  for (size_t i = 0; i < c->column_count; i++) str_addf(out, "%s%s = %s    # %s\n", i ? "" : "[columns]\n", c->columns[i].list, c->columns[i].names, c->columns[i].origin);
  for (size_t i = 0; i < c->host_count; i++) {
    str_addf(out, "[host %s]\n", c->hosts[i].name);
    if (c->hosts[i].libvirt) str_addf(out, "libvirt = %s\n", c->hosts[i].libvirt);
    if (c->hosts[i].ssh) str_addf(out, "ssh = %s\n", c->hosts[i].ssh);
    for (size_t j = 0; j < c->hosts[i].alias_count; j++) str_addf(out, "alias = %s\n", c->hosts[i].aliases[j]);
  }
  for (size_t i = 0; i < c->feed_count; i++) str_addf(out, "[feed %s]\ncommand = %s\n", c->feeds[i].name, c->feeds[i].command);
  for (size_t i = 0; i < c->action_count; i++) {
    str_addf(out, "[action %s]\n", c->actions[i].name);
    for (size_t k = 0; k < c->actions[i].line_count; k++) str_addf(out, "%s = %s    # %s:%d\n", c->actions[i].lines[k].key, c->actions[i].lines[k].value, c->actions[i].path, c->actions[i].lines[k].line);
  }
}

static void free_action(struct action_config *a) {
  for (size_t k = 0; k < a->line_count; k++) mem_free(a->lines[k].key), mem_free(a->lines[k].value);
  mem_free(a->lines), mem_free(a->name), mem_free(a->path);
}

void config_free(struct config *c) {
  for (int id = 0; id < SET_COUNT; id++) mem_free(c->set[id].value), mem_free(c->set[id].origin);
  for (size_t i = 0; i < c->host_count; i++) {
    for (size_t j = 0; j < c->hosts[i].alias_count; j++) mem_free(c->hosts[i].aliases[j]);
    mem_free(c->hosts[i].aliases);
    mem_free(c->hosts[i].name), mem_free(c->hosts[i].libvirt), mem_free(c->hosts[i].ssh);
  }
  for (size_t i = 0; i < c->feed_count; i++) mem_free(c->feeds[i].name), mem_free(c->feeds[i].command);
  for (size_t i = 0; i < c->column_count; i++) mem_free(c->columns[i].list), mem_free(c->columns[i].names), mem_free(c->columns[i].origin);
  for (size_t i = 0; i < c->action_count; i++) free_action(&c->actions[i]);
  mem_free(c->actions);
  mem_free(c->columns);
  mem_free(c->hosts);
  mem_free(c->feeds);
  str_free(&c->warnings);
  *c = (struct config){0};
}
