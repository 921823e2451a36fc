/* A menu: rows to choose from, grouped, with help for the one that is selected (beside the rows where there is room, else
 * below), a reason at those that are refused, and a filter that is typed. What there is to choose from is given anew for
 * each frame; the state stays on its row by the row's id. */
#ifndef TUI_MENU_H
#define TUI_MENU_H
#include "tui/prompt.h"
#include "tui/scroll.h"

struct menu_row {
  const char *id, *title;
  const char *group;   /* heading over it; rows of one group follow each other; NULL: none */
  const char *note;    /* a word or two at the right end, or NULL */
  enum role note_role;
  const char *help;
  const char *refused; /* why it cannot be now: still chosen, to read more; NULL: it can */
};
struct menu {
  const struct menu_row *rows;
  size_t count;
  bool ranked;       /* what is given is what the filter left, the best first; else it is filtered here */
  const char *empty; /* said when there is no row, or none that the filter leaves */
};
struct menu_state { /* {0}: the first row, no filter */
  struct prompt filter;
  char *selected;
  size_t top; /* of the lines, headings included */
};

void menu_state_free(struct menu_state *s);
const struct menu_row *menu_selected(const struct menu *m, const struct menu_state *s); /* NULL: none is left */
/* w, h: of the pen it is drawn in. */
void menu_move(const struct menu *m, struct menu_state *s, int w, int h, enum move move);
void menu_select(const struct menu *m, struct menu_state *s, int w, int h, const char *id);
void menu_follow(const struct menu *m, struct menu_state *s, int w, int h); /* after new rows, a resize */
bool menu_key(const struct menu *m, struct menu_state *s, int w, int h, struct key k); /* of the filter; false: not for it */
const struct menu_row *menu_row_at(const struct menu *m, const struct menu_state *s, int w, int h, int x, int y); /* drawn there; NULL: none */
int menu_height(const struct menu *m, int w); /* of a pen that shows all of it, whatever is filtered */
void menu_draw(struct pen p, const struct menu *m, const struct menu_state *s);
char *menu_range(char *out, const struct menu *m, const struct menu_state *s, int w, int h); /* RANGE_TEXT bytes */
#endif
