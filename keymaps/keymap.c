#include "keymaps/keymap.h"
#include "keymaps/bindings.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { FILE_MAX = 256 * 1024, INCLUDE_MAX = 4, BINDINGS_MAX = 4096 };

struct keymap *keymap_new(void) {
  return mem_alloc(sizeof(struct keymap));
}

void keymap_free(struct keymap *m) {
  if (!m) return;
  for (size_t i = 0; i < m->path_count; i++) mem_free(m->paths[i]);
  mem_free(m->paths);
  mem_free(m->bindings);
  mem_free(m);
}

void keymap_freep(struct keymap **m) { keymap_free(*m); }

/* ---- the parser ---- */

struct parser {
  struct keymap *map;
  const char *path; /* the map's copy */
  int line, depth;
  enum context context;
  bool bound; /* a binding was read: includes come before */
  struct err *err;
};

#define FAIL(p, todo, ...) fail(p, todo, mem_printf(__VA_ARGS__))

static int fail(const struct parser *p, const char *todo, char *what) {
  int code = err_set(p->err, -EINVAL, todo, "%s:%d: %s", p->path, p->line, what);
  mem_free(what);
  return code;
}

static const struct keymap_text *built_in(const char *name) {
  for (const struct keymap_text *t = keymap_texts; t->name; t++)
    if (str_eq(t->name, name)) return t;
  return NULL;
}

static char *built_in_names(void) {
  struct str s = {0};
  for (const struct keymap_text *t = keymap_texts; t->name; t++) str_addf(&s, "%s%s", s.len ? ", " : "", t->name);
  return str_take(&s);
}

/* Replaces what a file included before has for this key; two different wishes of one file are an error. */
static int bind(struct parser *p, struct key key, enum action action) {
  struct keymap *m = p->map;
  for (size_t i = 0; i < m->count; i++) {
    struct binding *b = &m->bindings[i];
    if (b->context != p->context || !key_equal(b->key, key)) continue;
    if (b->path == p->path && b->action == action) return 0;
    if (b->path == p->path) {
      char name[KEY_NAME];
      return FAIL(p, "keep one of the two lines", "in [%s] the key %s is already %s in line %d", context_name(p->context), key_print(name, key),
                  b->action ? action_row(b->action)->name : "none", b->line);
    }
    memmove(b, b + 1, (m->count - i - 1) * sizeof(*b));
    m->count--;
    break;
  }
  if (m->count == BINDINGS_MAX) return FAIL(p, "use fewer", "more than %d keys", BINDINGS_MAX);
  m->bindings = mem_grow(m->bindings, m->count + 1, sizeof(*m->bindings));
  m->bindings[m->count++] = (struct binding){p->context, key, action, p->path, p->line};
  return 0;
}

static int parse_text(struct keymap *m, const char *text, const char *path, int depth, struct err *e);

static int include(struct parser *p, const char *name) {
  if (p->bound) return FAIL(p, "put it before the first key", "include must come first: what follows it is stronger");
  const struct keymap_text *t = built_in(name);
  if (!t) {
    CLEANUP(mem_freep) char *names = built_in_names();
    return FAIL(p, "include one of the built-in ones", "there is no built-in key map '%s', only %s", name, names);
  }
  if (p->depth >= INCLUDE_MAX) return FAIL(p, "take an include out", "includes in a circle");
  return parse_text(p->map, t->text, t->name, p->depth + 1, p->err);
}

/* "[global], [table], ..." */
static int no_context(struct parser *p, char *what) {
  CLEANUP(str_free) struct str todo = {0};
  for (enum context c = 0; c < CONTEXT_COUNT; c++) str_addf(&todo, "%s[%s]", c == 0 ? "write " : c + 1 < CONTEXT_COUNT ? ", " : " or ", context_name(c));
  return fail(p, str_text(&todo), what);
}

static int section(struct parser *p, char *line) {
  char *end = strchr(line, ']');
  size_t rest = end ? strspn(end + 1, " \t") + 1 : 0;
  if (!end || (end[rest] && end[rest] != '#')) return no_context(p, mem_printf("a context is one word in [ ]"));
  *end = 0;
  for (enum context c = 0; c < CONTEXT_COUNT; c++)
    if (str_eq(context_name(c), line + 1)) {
      p->context = c;
      return 0;
    }
  return no_context(p, mem_printf("there is no context '%s'", line + 1));
}

/* The next word of *rest, NULL at the end of the line or at a comment. */
static char *next_word(char **rest, bool first) {
  char *s = *rest + strspn(*rest, " \t");
  if (!*s || (*s == '#' && !first)) return NULL;
  size_t len = strcspn(s, " \t");
  *rest = s + len + (s[len] != 0);
  s[len] = 0;
  return s;
}

static int parse_binding(struct parser *p, char *line) {
  char *word = next_word(&line, true), *name = next_word(&line, false), *more = next_word(&line, false);
  struct key key;
  if (!name) return FAIL(p, "write: KEY ACTION, for example  F5 redraw", "the key %s has no action", word);
  if (more) return FAIL(p, "write: KEY ACTION; a comment begins with #", "too many words after %s: '%s'", name, more);
  if (str_eq(word, "include")) return include(p, name);
  if (key_parse(word, &key) < 0)
    return FAIL(p, "names are F5, C-l, M-x, S-Tab, Enter, Esc, PgDn, Space, Hash or the character itself", "there is no key '%s'", word);
  enum action action = action_find(name);
  if (!action && !str_eq(name, "none")) return FAIL(p, "see `kvmconsole list keys`", "there is no action '%s'", name);
  const struct action_row *row = action_row(action);
  if (row && row->context != CONTEXT_GLOBAL && row->context != p->context)
    return FAIL(p, "move the line under the context it belongs to", "%s does nothing in [%s]: it belongs into [%s]", name, context_name(p->context),
                context_name(row->context));
  bool text = p->context == CONTEXT_LIST || p->context == CONTEXT_FORM || p->context == CONTEXT_PLAN;
  if (text && key.code < KEYSYM_FIRST && !(key.mods & (KEY_CTRL | KEY_ALT)))
    return FAIL(p, "take one with C- or M-, or a function key", "in [%s] the character %s is text that is typed, never a command", context_name(p->context), word);
  p->bound = true;
  return bind(p, key, action);
}

static const char *remember_path(struct keymap *m, const char *path) {
  m->paths = mem_grow(m->paths, m->path_count + 1, sizeof(*m->paths));
  return m->paths[m->path_count++] = mem_strdup(path);
}

static int parse_text(struct keymap *m, const char *text, const char *path, int depth, struct err *e) {
  struct parser p = {.map = m, .path = remember_path(m, path), .depth = depth, .err = e};
  int code = 0;
  while (*text && !code) {
    size_t len = strcspn(text, "\n");
    CLEANUP(mem_freep) char *line = mem_strndup(text, len);
    char *s = line + strspn(line, " \t");
    size_t end = strlen(s);
    while (end && (s[end - 1] == '\r' || s[end - 1] == ' ' || s[end - 1] == '\t')) s[--end] = 0;
    text += len + (text[len] == '\n');
    p.line++;
    if (!*s || *s == '#') continue;
    /* [ alone is a key. */
    code = *s == '[' && s[1] && s[1] != ' ' && s[1] != '\t' ? section(&p, s) : parse_binding(&p, s);
  }
  return code;
}

int keymap_parse(struct keymap *m, const char *text, const char *path, struct err *e) { return parse_text(m, text, path, 0, e); }

static int read_file(const char *path, char **ret, struct err *e) {
  FILE *f = fopen(path, "re");
  if (!f) return err_set(e, -errno, "check `keymap` in the configuration", "the key file %s cannot be opened: %s", path, strerror(errno));
  CLEANUP(mem_freep) char *text = mem_alloc(FILE_MAX + 1);
  size_t len = fread(text, 1, FILE_MAX, f);
  bool failed = ferror(f), more = len == FILE_MAX && fgetc(f) != EOF;
  fclose(f);
  if (failed) return err_set(e, -EIO, "check `keymap` in the configuration", "the key file %s cannot be read", path);
  if (more || memchr(text, 0, len)) return err_set(e, -EINVAL, "check `keymap` in the configuration", "%s is no key file", path);
  *ret = text;
  text = NULL;
  return 0;
}

static bool does(const struct keymap *m, enum action a) {
  for (size_t i = 0; i < m->count; i++)
    if (m->bindings[i].action == a && m->bindings[i].context == CONTEXT_GLOBAL) return true;
  return false;
}

struct keymap *keymap_load(const char *name, struct err *e) {
  CLEANUP(keymap_freep) struct keymap *m = keymap_new();
  CLEANUP(mem_freep) char *text = NULL;
  const struct keymap_text *t = built_in(name);
  if (t && keymap_parse(m, t->text, t->name, e) < 0) return NULL;
  if (!t && !strchr(name, '/')) {
    CLEANUP(mem_freep) char *names = built_in_names();
    err_set(e, -ENOENT, "name one of them, or a file with its path, as in ./my.keys", "there is no key map '%s', only %s", name, names);
    return NULL;
  }
  if (!t && (read_file(name, &text, e) < 0 || keymap_parse(m, text, name, e) < 0)) return NULL;
  if (!does(m, ACTION_QUIT)) {
    err_set(e, -EINVAL, "add a line such as  q quit  under [global]", "with the key map %s no key leaves the console", name);
    return NULL;
  }
  struct keymap *whole = m;
  m = NULL;
  return whole;
}

/* ---- questions ---- */

static enum action in_context(const struct keymap *m, enum context c, struct key k) {
  for (size_t i = 0; i < m->count; i++)
    if (m->bindings[i].context == c && key_equal(m->bindings[i].key, k)) return m->bindings[i].action;
  return ACTION_NONE;
}

enum action keymap_lookup(const struct keymap *m, enum context c, struct key k) {
  if (k.pasted) return ACTION_NONE;
  k = key_canonical(k);
  enum action a = in_context(m, c, k);
  return a || c == CONTEXT_GLOBAL ? a : in_context(m, CONTEXT_GLOBAL, k);
}

char *keymap_hint(const struct keymap *m, enum context c, enum action a, char *out) {
  out[0] = 0;
  if (!a) return out;
  for (int global = c == CONTEXT_GLOBAL; global < 2; global++)
    for (size_t i = 0; i < m->count; i++) {
      const struct binding *b = &m->bindings[i];
      if (b->action != a || b->context != (global ? CONTEXT_GLOBAL : c)) continue;
      /* A key that does something else in this context is no way to this action here. */
      if (keymap_lookup(m, c, b->key) == a) return key_print(out, b->key);
    }
  return out;
}

bool keymap_keys(const struct keymap *m, enum context c, enum action a, struct str *out) {
  bool any = false;
  char name[KEY_NAME];
  for (size_t i = 0; a && i < m->count; i++) {
    if (m->bindings[i].action != a || m->bindings[i].context != c) continue;
    str_addf(out, "%s%s", any ? ", " : "", key_print(name, m->bindings[i].key));
    any = true;
  }
  return any;
}

enum action keymap_unbound(const struct keymap *m, enum action a) {
  for (a++; a < ACTION_COUNT; a++) {
    bool bound = false;
    for (size_t i = 0; i < m->count && !bound; i++) bound = m->bindings[i].action == a;
    if (!bound) return a;
  }
  return ACTION_NONE;
}

void keymap_each(const struct keymap *m, keymap_fn *fn, void *owner) {
  for (size_t i = 0; i < m->count; i++) {
    const struct binding *b = &m->bindings[i];
    if (b->action) fn(owner, b->context, b->key, b->action, b->path, b->line);
  }
}
