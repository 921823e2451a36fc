/* The configuration: one table of keys, where each value came from, and the sections that name things (hosts, feeds).
 * The parser, `list settings`, kvmconsole.conf(5) and the test of the example all come from the table. A key that is not
 * known is a warning with file and line; a value that cannot be is an error. */
#ifndef BASE_CONFIG_H
#define BASE_CONFIG_H
#include "base/err.h"
#include "base/str.h"

struct host_config { char *name, *libvirt, *ssh; char **aliases; size_t alias_count; };
struct feed_config { char *name, *command; };
struct columns_config { char *list, *names, *origin; }; /* [columns] nodes = NODE HA CPU; what a list and a column is, the screen knows */

/* [action NAME]: its lines as they were read; what they mean, ops/own.h knows. */
struct action_line { char *key, *value; int line; };
struct action_config { char *name, *path; int line; struct action_line *lines; size_t line_count; }; /* line: of the first of them */

enum setting_id { SET_CLUSTER_SSH, SET_GLUSTER_HOST, SET_GLUSTER_SHARE_PORT, SET_THEME, SET_KEYMAP, SET_MOUSE, SET_LANGUAGE, SET_VOLUME_WARN, SET_VOLUME_CRIT,
                  SET_COMMAND_TIMEOUT, SET_NOC_ROTATE, SET_COUNT, /* those behind it stand in sections that name something */
                  KEY_HOST_LIBVIRT = SET_COUNT, KEY_HOST_SSH, KEY_HOST_ALIAS, KEY_FEED_COMMAND, KEY_COLUMNS, KEY_ACTION_COMMAND, KEY_ACTION_ON, KEY_ACTION_WHERE, KEY_ACTION_DANGER,
                  KEY_ACTION_TITLE, KEY_ACTION_HELP, KEY_ACTION_CONFIRM, KEY_ACTION_HANDOVER, KEY_ACTION_TIMEOUT, KEY_ACTION_KEY, KEY_COUNT };
#define KEY_ANY "LIST" /* as a row's key: any word */
struct setting { /* a row of the table */
  const char *section, *key, *fallback; /* fallback: the value when nothing sets it; "" is none */
  int64_t min, max;                     /* of a number; both 0: a text */
  const char *value;                    /* what is written there: "URI", "dark, light"; of a number its unit */
  const char *help;
};
struct setting_section { const char *name, *of, *help; }; /* of: "HOST" for [host HOST]; NULL: it names nothing */
extern const struct setting_section setting_sections[];   /* ends with name NULL; in the order of the table */
extern const struct setting settings[KEY_COUNT];
int setting_find(const char *section, bool named, const char *key); /* its row; -1: there is none */

struct config { /* {0} holds the fallbacks */
  struct { char *value, *origin; } set[SET_COUNT]; /* origin: "/etc/kvmconsole.conf:12"; NULL: the fallback */
  struct host_config *hosts;
  size_t host_count;
  struct feed_config *feeds;
  size_t feed_count;
  struct columns_config *columns;
  size_t column_count;
  struct action_config *actions;
  size_t action_count;
  struct str warnings; /* a line each */
};

/* path NULL: /etc/kvmconsole.conf, then $XDG_CONFIG_HOME/kvmconsole/config, both optional. A path given must exist. */
int config_load(struct config *c, const char *path, struct err *e);
/* A file's text, which is changed; path is what is said of it. */
int config_take(struct config *c, char *text, const char *path, struct err *e);
const char *config_text(const struct config *c, enum setting_id id); /* never NULL */
int64_t config_number(const struct config *c, enum setting_id id);
const struct host_config *config_host(const struct config *c, const char *name); /* NULL: none */
/* "root@kvm01" of "root@%h" and of what [host] says; owned by the caller. */
char *config_ssh(const struct config *c, const char *host);
void config_print(const struct config *c, struct str *out); /* each value and where it comes from */
void config_free(struct config *c);
#endif
