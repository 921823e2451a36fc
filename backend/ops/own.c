#include "ops/own.h"
#include "ops/drill.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { WORDS_MAX = 64, DEADLINE_S = 60 };

/* What an action is for: its target, the argument that names it. */
static const struct { enum target_kind target; enum argument_kind argument; const char *title, *help; } targets[] = {
    {TARGET_CLUSTER, ARG_TEXT, NULL, NULL}, {TARGET_HOST, ARG_HOST, "HOST", "which host"}, {TARGET_NODE, ARG_NODE, "NODE", "which node of the cluster"},
    {TARGET_PEER, ARG_PEER, "PEER", "which host of gluster's pool"}, {TARGET_VOLUME, ARG_VOLUME, "VOLUME", "which volume"}, {TARGET_BRICK, ARG_BRICK, "HOST:/PATH", "which brick"},
    {TARGET_DOMAIN, ARG_DOMAIN, "DOMAIN", "which domain"}, {TARGET_RESOURCE, ARG_RESOURCE, "RESOURCE", "which resource"}};

/* ---- the command's words ---- */

static bool is_placeholder(const char *word) { return word[0] == '%' && word[1] && strchr("thc", word[1]) && !word[2]; }

/* One percent sign of two; NULL: one stands alone. */
static const char *plain(const char *word, struct arena *a) {
  char *out = arena_strdup(a, word), *to = out;
  for (const char *p = word; *p; p++) {
    if (*p == '%' && *++p != '%') return NULL;
    *to++ = *p;
  }
  *to = 0;
  return out;
}

/* The next word into out, quotes taken away; where it ended, or NULL: a quote is not closed. */
static const char *next_word(const char *p, struct str *out) {
  char quote = 0;
  for (; *p && (quote || (*p != ' ' && *p != '\t')); p++) {
    if (quote ? *p == quote : *p == '"' || *p == '\'') quote = quote ? 0 : *p;
    else str_addc(out, *p);
  }
  return quote ? NULL : p;
}

const char *own_words(const char *text, struct arena *a, struct texts *ret) {
  *ret = (struct texts){0};
  for (const char *p = text + strspn(text, " \t"); *p; p += strspn(p, " \t")) {
    CLEANUP(str_free) struct str word = {0};
    if (!(p = next_word(p, &word))) return "a quote in its command is not closed";
    const char *w = str_text(&word);
    bool after_c = ret->count && str_eq(ret->item[ret->count - 1], "-c");
    if (ret->count == WORDS_MAX) return "its command has too many words";
    if (is_placeholder(w) && (!ret->count || after_c)) return "what is run has to stand in the configuration: no placeholder is a program, or follows -c";
    if (!is_placeholder(w) && !plain(w, a)) return "of the words with % there are %t, %h and %c, each a word of its own; %% is one percent sign";
    for (const char *c = w; *c; c++)
      if ((unsigned char)*c < ' ' || *c == 127) return "its command holds a control character";
    texts_add(a, ret, w);
  }
  if (!ret->count || !*ret->item[0] || *ret->item[0] == '-') return "its command names no program";
  return NULL;
}

/* ---- planning ---- */

/* What comes from the cluster is a word of these characters, and no option. */
static bool is_tame(const char *value) {
  return *value && *value != '-' && value[strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-:/@+")] == '\0';
}

static const char *target_host(struct planning *p, const char *target) {
  const struct domain_view *d;
  const struct resource_view *r;
  const struct host_view *h;
  switch (p->operation->target) {
  case TARGET_DOMAIN: return (d = snapshot_domain(p->snap, target)) == NULL ? NULL : d->hosts.count ? d->hosts.item[0] : d->defined_on.count ? d->defined_on.item[0] : NULL;
  case TARGET_RESOURCE: return (r = snapshot_resource(p->snap, target)) != NULL && r->hosts.count ? r->hosts.item[0] : NULL;
  case TARGET_VOLUME: return gluster_host(p);
  case TARGET_BRICK: return (h = snapshot_host(p->snap, arena_strndup(p->arena, target, strcspn(target, ":")))) ? h->name : NULL;
  default: return (h = snapshot_host(p->snap, target)) ? h->name : NULL;
  }
}

static const char *value_for(struct planning *p, const char *word, const char *host) {
  const char *value = word[1] == 't' ? p->plan->target : word[1] == 'h' ? host : p->snap->cluster.name;
  if (!value) refuse_always(p, "when it is known", "%s is not known: the command needs the cluster's name", word);
  else if (!is_tame(value)) refuse_always(p, "never: give it another name, or run the command by hand", "%s is no name that is handed to a command of your own: only letters, digits and . _ - : / @ + are, and no dash first", value);
  return value ? value : "";
}

static void own_step(struct planning *p, const struct own_action *own, const char *host) {
  if (!is_tame(host)) refuse_always(p, "never: give it another name", "%s is no name of a host that a command of your own is sent to", host);
  struct step *s = own->handover ? step_handover(p, host, p->operation->title, NULL) : step_run(p, host, p->operation->title, NULL);
  if (!own->handover) s->deadline_ms = own->deadline_ms;
  if (p->operation->danger == 0) s->harmless = TRUTH_YES;
  for (size_t i = 0; i < own->words.count; i++) step_word(p, s, "%s", is_placeholder(own->words.item[i]) ? value_for(p, own->words.item[i], host) : plain(own->words.item[i], p->arena));
}

static void plan_own(struct planning *p) {
  const struct own_action *own = own_action_of(p->operation);
  struct texts nodes = {0};
  if (own->where == OWN_EACH) nodes = online_nodes(p);
  else {
    const char *host = own->where == OWN_HERE ? here(p) : target_host(p, p->plan->target);
    if (host) texts_add(p->arena, &nodes, host);
  }
  if (!nodes.count && own->where == OWN_EACH) refuse_always(p, "when a node is online", "no node of the cluster is online");
  else if (!nodes.count) refuse_always(p, "when it is known where it is", "no host is known where %s is", p->plan->target);
  if (refused(p)) return;
  if (own->confirm) consequence(p, "%s", own->confirm);
  consequence(p, "a command of your own (%s): what it does is not looked at, and nothing proves it but its exit code", own->origin);
  for (size_t i = 0; i < nodes.count; i++) own_step(p, own, nodes.item[i]);
}

const struct own_action *own_action_of(const struct operation *o) { return o->plan == plan_own ? (const struct own_action *)(const void *)o->arguments : NULL; }

/* ---- the sections ---- */

struct making {
  const struct action_config *section;
  struct arena *arena;
  struct str *warnings;
  struct operation *row;
  struct own_action *own;
  bool bad, located;
  int command_line, key_line;
};

static void wrong(struct making *m, int line, const char *format, ...) PRINTF(3, 4);
static void wrong(struct making *m, int line, const char *format, ...) {
  char text[512];
  va_list ap;
  va_start(ap, format);
  vsnprintf(text, sizeof text, format, ap);
  va_end(ap);
  str_addf(m->warnings, "%s:%d: [action %s]: %s\n", m->section->path, line, m->section->name, text);
  m->bad = true;
}

static void set_target(struct making *m, const char *value, int line) {
  for (size_t i = 0; i < COUNT(targets); i++) {
    if (!str_eq(target_kind_names[targets[i].target], value)) continue;
    m->row->target = targets[i].target;
    m->own->arguments[0] = (struct operation_argument){.name = NULL};
    if (targets[i].title) m->own->arguments[0] = (struct operation_argument){.name = target_kind_names[targets[i].target], .title = targets[i].title, .help = targets[i].help, .kind = targets[i].argument, .required = true};
    return;
  }
  wrong(m, line, "on is one of cluster, host, node, peer, volume, brick, domain, resource, not %s", value);
}

static void set_where(struct making *m, const char *value, int line) {
  static const char *const names[] = {[OWN_TARGET] = "target", [OWN_HERE] = "here", [OWN_EACH] = "each"};
  m->located = true;
  for (size_t i = 0; i < COUNT(names); i++)
    if (str_eq(names[i], value)) {
      m->own->where = (enum own_where)i;
      return;
    }
  wrong(m, line, "where is target (the target's host), here (the console's) or each (every node that is online), not %s", value);
}

static int64_t number(struct making *m, enum setting_id id, const char *value, int line) {
  const struct setting *s = &settings[id];
  int64_t n = 0;
  if (str_int(value, s->min, s->max, &n)) wrong(m, line, "%s is a number from %d to %d, not %s", s->key, (int)s->min, (int)s->max, value);
  return n;
}

static void set_command(struct making *m, const struct action_line *l) {
  const char *why = own_words(l->value, m->arena, &m->own->words);
  m->command_line = l->line;
  if (why) wrong(m, l->line, "%s", why);
}

static void no_such_key(struct making *m, const struct action_line *l) {
  CLEANUP(str_free) struct str keys = {0};
  for (int id = SET_COUNT; id < KEY_COUNT; id++)
    if (str_eq(settings[id].section, "action")) str_addf(&keys, "%s%s", keys.len ? ", " : "", settings[id].key);
  wrong(m, l->line, "there is no key %s (%s)", l->key, str_text(&keys));
}

static void set_line(struct making *m, const struct action_line *l) {
  int id = setting_find("action", true, l->key);
  switch (id) {
  case KEY_ACTION_COMMAND: set_command(m, l); return;
  case KEY_ACTION_ON: set_target(m, l->value, l->line); return;
  case KEY_ACTION_WHERE: set_where(m, l->value, l->line); return;
  case KEY_ACTION_DANGER: m->row->danger = (int)number(m, KEY_ACTION_DANGER, l->value, l->line); return;
  case KEY_ACTION_TIMEOUT: m->own->deadline_ms = number(m, KEY_ACTION_TIMEOUT, l->value, l->line) * 1000; return;
  case KEY_ACTION_TITLE: m->row->title = arena_strdup(m->arena, l->value); return;
  case KEY_ACTION_HELP: m->row->help = arena_strdup(m->arena, l->value); return;
  case KEY_ACTION_CONFIRM: m->own->confirm = arena_strdup(m->arena, l->value); return;
  case KEY_ACTION_KEY: m->own->key = arena_strdup(m->arena, l->value), m->key_line = l->line; return;
  case KEY_ACTION_HANDOVER:
    m->own->handover = str_eq(l->value, "yes");
    if (!m->own->handover && !str_eq(l->value, "no")) wrong(m, l->line, "handover is yes or no, not %s", l->value);
    return;
  default: no_such_key(m, l);
  }
}

static bool is_name(const char *s) { return *s && *s != '-' && *s != '.' && strlen(s) < 64 && s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")] == '\0'; }

/* What no line by itself is wrong about. */
static void check_whole(struct making *m, const struct operation *made) {
  const struct action_config *c = m->section;
  bool aimed = m->row->target != TARGET_CLUSTER;
  for (const struct operation *o = made; o < m->row; o++)
    if (str_eq(o->name, c->name)) wrong(m, c->line, "there is another one of that name");
  if (!is_name(c->name)) wrong(m, c->line, "a name has letters, digits and . _ -, and begins with none of - and .");
  else if (operation_find(c->name) || drill_find(c->name)) wrong(m, c->line, "that is an operation's name: give it another");
  if (!m->command_line) wrong(m, c->line, "it has no command");
  if (!m->located) m->own->where = aimed ? OWN_TARGET : OWN_HERE;
  else if (!aimed && m->own->where == OWN_TARGET) wrong(m, c->line, "the cluster has no host of its own: where is here or each");
  if (m->own->handover && m->own->where == OWN_EACH) wrong(m, c->line, "the terminal can be given to one host only, not to each");
  for (size_t i = 0; !aimed && i < m->own->words.count; i++)
    if (str_eq(m->own->words.item[i], "%t")) wrong(m, m->command_line, "%%t is the target's name, and the cluster is none: %%c is the cluster's");
}

static bool make_row(struct making *m, const struct operation *made) {
  const struct action_config *c = m->section;
  *m->row = (struct operation){.name = arena_strdup(m->arena, c->name), .target = TARGET_CLUSTER, .plan = plan_own, .arguments = m->own->arguments};
  *m->own = (struct own_action){.deadline_ms = DEADLINE_S * 1000, .origin = arena_printf(m->arena, "%s:%d", c->path, c->line)};
  for (size_t i = 0; i < c->line_count; i++) set_line(m, &c->lines[i]);
  check_whole(m, made);
  if (!m->row->title || !*m->row->title) m->row->title = m->row->name;
  if (!m->row->help || !*m->row->help) m->row->help = "A command of your own, from the configuration.";
  if (!m->row->danger) m->row->flags = OP_NO_LOCK;
  return !m->bad;
}

/* A key that cannot be had is said; the action is there without it. */
static void check_key(struct making *m, const struct operation *made, own_key_fn *taken, void *owner) {
  const char *why = !m->own->key ? NULL : taken ? taken(owner, m->own->key, m->arena) : "no key can be had";
  for (const struct operation *o = made; m->own->key && !why && o < m->row; o++)
    if (str_eq(own_action_of(o)->key, m->own->key)) why = arena_printf(m->arena, "it is that of [action %s]", o->name);
  if (!why) return;
  wrong(m, m->key_line, "key %s: %s; it stays without a key", m->own->key, why);
  m->own->key = NULL;
}

const struct operation *own_actions(const struct config *c, struct arena *a, own_key_fn *taken, void *owner, struct str *warnings) {
  struct operation *rows = arena_array(a, c->action_count + 1, sizeof *rows);
  size_t count = 0;
  for (size_t i = 0; i < c->action_count; i++) {
    struct making m = {.section = &c->actions[i], .arena = a, .warnings = warnings, .row = &rows[count], .own = arena_alloc(a, sizeof *m.own)};
    if (!make_row(&m, rows)) continue;
    check_key(&m, rows, taken, owner);
    count++;
  }
  rows[count] = (struct operation){.name = NULL};
  return rows;
}
