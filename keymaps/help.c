/* The help on keys, from the table of actions and the map in use; nobody keeps a second list. */
#include "base/utf8.h"
#include "keymaps/keymap.h"
#include <stdio.h>
#include <string.h>

struct rows {
  struct keymap_help *row;
  size_t count;
};

/* Actions that differ by a number only, as pane-1 to pane-9, share their help. */
static bool same_run(enum action a, enum action b) {
  const struct action_row *x = action_row(a), *y = action_row(b);
  return x && y && str_eq(x->group, y->group) && str_eq(x->help, y->help);
}

static bool keys_of(const struct keymap *m, enum context c, enum action a, char *out, size_t size) {
  CLEANUP(str_free) struct str s = {0};
  if (!keymap_keys(m, c, a, &s)) return false;
  snprintf(out, size, "%s", str_text(&s));
  return true;
}

static void add(struct rows *r, const struct keymap *m, enum context c, enum action first, enum action last) {
  const struct action_row *row = action_row(first);
  struct keymap_help h = {.group = row->group, .name = row->name, .help = row->help, .action = first, .context = c};
  if (!keys_of(m, c, first, h.keys, sizeof(h.keys))) return;
  char to[KEY_NAME * 2];
  if (last != first && keys_of(m, c, last, to, sizeof(to))) {
    size_t len = strlen(h.keys);
    snprintf(h.keys + len, sizeof(h.keys) - len, " ... %s", to);
  }
  r->row = mem_grow(r->row, r->count + 1, sizeof(*r->row));
  r->row[r->count++] = h;
}

struct keymap_help *keymap_help(const struct keymap *m, enum context c, size_t *ret_count) {
  struct rows r = {0};
  for (enum action a = ACTION_NONE + 1, last; a < ACTION_COUNT; a = last + 1) {
    for (last = a; same_run(a, last + 1);) last++;
    for (enum context k = 0; k < CONTEXT_COUNT; k++)
      if (c == CONTEXT_COUNT || k == CONTEXT_GLOBAL || k == c) add(&r, m, k, a, last);
  }
  *ret_count = r.count;
  return r.row;
}

void keymap_help_text(const struct keymap *m, struct str *out) {
  size_t count;
  CLEANUP(mem_freep) struct keymap_help *rows = keymap_help(m, CONTEXT_COUNT, &count);
  int widest = 0;
  for (size_t i = 0; i < count; i++) {
    int width = utf8_width(rows[i].keys);
    if (width > widest && width <= 24) widest = width;
  }
  for (size_t i = 0; i < count; i++) {
    if (!i || !str_eq(rows[i].group, rows[i - 1].group)) str_addf(out, "%s%s\n", i ? "\n" : "", rows[i].group);
    int blanks = widest - utf8_width(rows[i].keys);
    str_addf(out, "  %s%*s  %s", rows[i].keys, blanks > 0 ? blanks : 0, "", rows[i].help);
    if (rows[i].context != CONTEXT_GLOBAL) str_addf(out, " (%s)", context_name(rows[i].context));
    str_addc(out, '\n');
  }
}
