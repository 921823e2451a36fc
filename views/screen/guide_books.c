/* The guide's books: which one is opened, and by what it is called for. Those that what is wrong now calls for come first, with the
 * reason; one alone opens by itself. */
#include "views/screen/app.h"
#include <string.h>

/* Those that are called first, else as they are in the table. */
struct shelf { const struct input *in; const struct guide_book *book[16]; const char *why[16]; size_t count, called; };

static void put_books(struct shelf *s, bool called) {
  for (size_t i = 0; guide_books[i] && s->count < COUNT(s->book); i++) {
    const char *why = s->in->snap ? guide_called(guide_books[i], s->in->snap, s->in->arena) : NULL;
    if ((why != NULL) != called) continue;
    s->book[s->count] = guide_books[i];
    s->why[s->count++] = why;
  }
}

static const struct shelf *shelf_of(const struct input *in) {
  struct shelf *s = arena_alloc(in->arena, sizeof *s);
  *s = (struct shelf){.in = in};
  put_books(s, true);
  s->called = s->count;
  put_books(s, false);
  return s;
}

enum { BOOK, WHY };
static const struct column columns[] = {
    [BOOK] = {.title = "BOOK", .min = 24, .max = 52, .weight = 1, .priority = 99},
    [WHY] = {.title = "WHY NOW, OR WHEN", .min = 20, .weight = 3, .priority = 90},
};

static const char *book_id(const void *owner, size_t row) { return ((const struct shelf *)owner)->book[row]->name; }

static void fill_book(const void *owner, size_t row, struct row *out) {
  const struct shelf *s = owner;
  bool called = s->why[row] != NULL;
  row_putf(out, BOOK, called ? ROLE_WARN : ROLE_NORMAL, "%s %s", called ? symbol(s->in->glyphs, SYMBOL_WARN) : " ", s->book[row]->title);
  row_put(out, WHY, called ? ROLE_WARN : ROLE_DIM, called ? s->why[row] : s->book[row]->when);
}

static struct table books_table(const struct shelf *s) { return (struct table){.columns = columns, .column_count = COUNT(columns), .row_count = s->count, .id = book_id, .fill = fill_book, .owner = s}; }
static int rows_of(int h) { return h - 6; } /* below them what the selected one is about */

/* ---- opening ---- */

void guide_take_book(struct app *a, const struct guide_book *b) {
  struct guide_page *g = &a->guide;
  if (g->over == GUIDE_OVER_BOOKS) g->over = GUIDE_OVER_NONE;
  g->chosen = g->pinned = false;
  if (g->book == b) return;
  g->book = b;
  g->step = GUIDE_START;
  g->top[0] = g->top[1] = 0;
  g->pane = 0;
  g->ran = 0;
  g->landed = g->quiet = g->moved = g->undoes = false;
  g->running = NULL;
  mem_free(g->task);
  g->task = NULL;
  table_state_free(&g->steps);
  g->steps = (struct table_state){0};
}

static bool is_busy(const struct app *a, const struct input *in) {
  const struct task_view *t = a->guide.task ? task_shown(in, a->guide.task) : NULL;
  return (in->guide && in->guide->rest.on) || (t && !task_ended(t->state));
}

void guide_enter(struct app *a, const struct input *in) {
  struct guide_page *g = &a->guide;
  if (a->view != VIEW_GUIDE || !g->book || g->pinned || !in->snap || is_busy(a, in) || guide_called(g->book, in->snap, in->arena)) return;
  for (size_t i = 0; guide_books[i]; i++)
    if (guide_called(guide_books[i], in->snap, in->arena)) {
      guide_take_book(a, NULL);
      return;
    }
}

void guide_settle_books(struct app *a, const struct input *in, int h) {
  struct guide_page *g = &a->guide;
  if (!in->snap) return;
  const struct shelf *s = shelf_of(in);
  if (!g->book && s->called == 1 && !g->chosen) {
    guide_take_book(a, s->book[0]);
    return;
  }
  struct table t = books_table(s);
  if (!g->chosen) table_select(&t, &g->books, rows_of(h), g->book ? g->book->name : s->book[0]->name);
  table_follow(&t, &g->books, rows_of(h));
}

unsigned guide_act_books(struct app *a, const struct input *in, int h, enum action action) {
  struct guide_page *g = &a->guide;
  if (!in->snap) return 0;
  struct table t = books_table(shelf_of(in));
  if (move_of(action) >= 0) return g->chosen = true, table_move(&t, &g->books, rows_of(h), (enum move)move_of(action)), APP_CHANGED;
  if (action == ACTION_OPEN) guide_take_book(a, guide_book(table_selected(&t, &g->books)));
  else if (g->book && (action == ACTION_BACK || action == ACTION_GUIDE_BOOKS)) g->over = GUIDE_OVER_NONE, g->chosen = false;
  else return 0;
  return APP_CHANGED;
}

/* ---- drawing ---- */

void guide_draw_books(struct pen p, const struct app *a, const struct input *in) {
  const struct guide_page *g = &a->guide;
  char range[RANGE_TEXT];
  if (!in->snap) {
    pen_text(p, 1, 0, STYLE(DIM), "waiting for the first answers");
    return;
  }
  const struct shelf *s = shelf_of(in);
  struct table t = books_table(s);
  const char *note = s->called ? arena_printf(in->arena, "%zu called for by what is wrong", s->called) : "nothing that is wrong calls for one";
  struct pen inside = pen_box(pen_sub(p, 0, 0, p.w, p.h - 4), &(struct box){.title = "Which book?", .note = note, .footer = table_range(range, &t, &g->books, rows_of(p.h)), .focused = true});
  table_draw(inside, &t, &g->books, true);
  const struct guide_book *b = guide_book(table_selected(&t, &g->books));
  struct text *about = text_new();
  if (b) text_addf(about, STYLE(NORMAL), "%s", b->when), text_moref(about, STYLE(DIM), " %zu steps; guide --book %s", b->count, b->name);
  text_draw(pen_sub(p, 1, p.h - 4, p.w - 2, 4), about, 0);
  text_free(about);
}

/* The first page of one for a bad day: when, what calls for it now, and how its steps stand. */
struct text *guide_book_text(const struct app *a, const struct input *in) {
  const struct guide_book *b = guide_open_book(&a->guide);
  const struct guide_shown *g = in->guide;
  const char *why = in->snap ? guide_called(b, in->snap, in->arena) : NULL;
  bool over = g && g->found && guide_next(b, g->found) == b->count;
  struct text *t = text_new();
  text_indent(t, 0, 0);
  text_add(t, STYLE(NORMAL), b->when);
  text_add(t, STYLE(NORMAL), "");
  if (why) text_addf(t, STYLE(WARN), "%s now: %s", symbol(in->glyphs, SYMBOL_WARN), why);
  else if (over) text_addf(t, STYLE(OK), "%s nothing to do here. %s", symbol(in->glyphs, SYMBOL_OK), b->over);
  else text_add(t, STYLE(DIM), "Nothing that is wrong now calls for it.");
  if (g && g->lacks) text_addf(t, STYLE(WARN), "%s %s", symbol(in->glyphs, SYMBOL_WARN), g->lacks);
  text_add(t, STYLE(NORMAL), "");
  for (size_t i = 0; i < b->count; i++) {
    const struct guide_found *f = g && g->found ? &g->found[i] : NULL;
    struct guide_look_of look = guide_looks(f ? f->state : GUIDE_UNKNOWN);
    text_indent(t, 0, 5);
    text_addf(t, style_of(look.role), "%2zu %s ", i, symbol(in->glyphs, f ? look.sign : SYMBOL_SEPARATOR));
    text_more(t, STYLE(NORMAL), b->steps[i].title);
    if (f && f->state != GUIDE_DONE && f->state != GUIDE_BLOCKED && f->text) text_moref(t, STYLE(DIM), ": %s", f->text);
  }
  return t;
}
