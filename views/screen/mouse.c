/* The mouse: a click selects and focuses, on what is selected already it opens, the wheel moves, and a hint of the last line
 * is the key it names. Nothing that confirms anything can be clicked: that is typed. */
#include "views/screen/app.h"
#include "base/utf8.h"
#include <string.h>

enum { WHEEL_ROWS = 3, KEY_BYTES = 64 };

static bool key_of(const struct input *in, enum context context, enum action action, struct key *ret) {
  char name[KEY_NAME];
  return !key_parse(keymap_hint(in->keymap, context, action, name), ret) && (ret->code >= KEYSYM_FIRST || ret->mods & (KEY_CTRL | KEY_ALT));
}

/* ---- the hints, as they are drawn ---- */

static bool of_key(const struct canvas *c, int x) { return canvas_at(c, x, 0)->style.role == ROLE_KEY; }
static bool blank(const struct canvas *c, int x) { return canvas_at(c, x, 0)->point[0] == ' ' && !canvas_at(c, x, 0)->point[1]; }

/* The key of the hint there: the text in the role of keys, there or left of it with no gap between. */
static bool hint_key(const struct app *a, const struct input *in, int w, int x, struct key *ret) {
  CLEANUP(canvas_freep) struct canvas *c = canvas_new(w, 1, in->glyphs);
  char name[KEY_BYTES] = "";
  size_t len = 0;
  draw_hints(canvas_pen(c), a, in);
  if (x >= c->w || blank(c, x)) return false;
  while (x > 0 && !of_key(c, x) && !(blank(c, x) && blank(c, x - 1))) x--;
  if (!of_key(c, x)) return false;
  while (x > 0 && of_key(c, x - 1)) x--;
  for (; x < c->w && of_key(c, x) && len + 5 < sizeof name; x++) len += utf8_put(canvas_at(c, x, 0)->point[0], name + len);
  name[len] = 0;
  return !key_parse(name, ret);
}

/* Leaving by one click that went astray is not what a click is for. */
static bool leaves(const struct app *a, const struct input *in, struct key k) {
  enum context context = a->acting.sheet ? acting_context(&a->acting) : a->view >= VIEW_HELP ? CONTEXT_TEXT : CONTEXT_TABLE;
  enum action action = keymap_lookup(in->keymap, context, k);
  return action == ACTION_QUIT || action == ACTION_SUSPEND;
}

static unsigned click_hint(struct app *a, const struct input *in, int w, int h, int x) {
  struct key k;
  return hint_key(a, in, w, x, &k) && !leaves(a, in, k) ? app_key(a, in, w, h, k) : 0;
}

/* ---- lists ---- */

/* x, y: within the list's frame. */
static unsigned click_list(struct app *a, const struct input *in, int w, int h, int id, struct pane_rect at, int x, int y, bool focused) {
  struct list_rows r;
  struct table_state *s = &a->lists[id].table;
  int row = y - 2, height = at.h - 2; /* the frame, the titles of the columns */
  list_open(&r, lists[id], &a->lists[id], in);
  struct table_place place = table_place(&r.table, s, height);
  size_t clicked = place.top + (size_t)row;
  if (x < 1 || x >= at.w - 1 || row < 0 || row >= table_height(height) || clicked >= r.table.row_count) return APP_CHANGED;
  if (focused && clicked == place.row) return app_act(a, in, w, h, ACTION_OPEN);
  table_select(&r.table, s, height, r.table.id(r.table.owner, clicked));
  a->lists[id].touched = true;
  return APP_CHANGED;
}

/* The pane under it gets the keys. -1: there is none. */
static int pane_at(const struct input *in, struct pen body, int x, int y, struct pane_rect *ret) {
  for (int i = 0; i < APP_PANES; i++) {
    *ret = pane_rect(in, body.w, body.h, i);
    if (x >= ret->x && x < ret->x + ret->w && y >= ret->y && y < ret->y + ret->h) return i;
  }
  return -1;
}

static unsigned click_view(struct app *a, const struct input *in, int w, int h, struct pen body, int x, int y) {
  struct pane_rect at = {0, 0, body.w, body.h};
  if (a->view >= VIEW_FIRST_LIST && a->view < VIEW_HELP) return click_list(a, in, w, h, a->view - VIEW_FIRST_LIST, at, x, y, true);
  int pane = a->view == VIEW_OVERVIEW ? pane_at(in, body, x, y, &at) : -1;
  if (pane < 0) return 0;
  bool focused = a->pane == pane;
  a->pane = pane;
  return click_list(a, in, w, h, (int)pane_lists[pane], at, x - at.x, y - at.y, focused);
}

/* ---- what lies over the view ---- */

static unsigned click_sheet(struct app *a, const struct input *in, int w, int h, struct pen body, int x, int y) {
  struct key open;
  bool again = acting_click(&a->acting, in, body.w, body.h, x, y);
  return again && key_of(in, CONTEXT_LIST, ACTION_OPEN, &open) ? app_key(a, in, w, h, open) : APP_CHANGED;
}

static unsigned wheel(struct app *a, const struct input *in, int w, int h, struct pen body, struct key k) {
  enum action action = k.code == KEYSYM_WHEEL_UP ? ACTION_UP : ACTION_DOWN;
  struct key step;
  struct pane_rect at;
  unsigned wants = 0;
  if (a->acting.sheet && !key_of(in, acting_context(&a->acting), action, &step)) return 0;
  int pane = !a->acting.sheet && a->view == VIEW_OVERVIEW ? pane_at(in, body, k.x, k.y - body.y, &at) : -1;
  if (pane >= 0) a->pane = pane;
  for (int i = 0; i < WHEEL_ROWS; i++) wants |= a->acting.sheet ? app_key(a, in, w, h, step) : app_act(a, in, w, h, action);
  return wants;
}

unsigned app_mouse(struct app *a, const struct input *in, int w, int h, struct key k) {
  struct canvas size = {.w = w, .h = h};
  struct frame f = frame_of(&size, a, in);
  if (!in->snap || w < APP_MIN_W || h < APP_MIN_H || k.x < 0 || k.y < 0 || k.x >= w || k.y >= h) return 0;
  if (k.code != KEYSYM_CLICK) return wheel(a, in, w, h, f.body, k);
  if (k.y == h - 1) return click_hint(a, in, w, h, k.x);
  if (k.y < f.body.y || k.y >= f.body.y + f.body.h) return 0;
  if (a->acting.sheet) return click_sheet(a, in, w, h, f.body, k.x, k.y - f.body.y);
  return click_view(a, in, w, h, f.body, k.x, k.y - f.body.y);
}
