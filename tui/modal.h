/* A box over what is on the screen: what lies under it steps back, and is still there to be read. */
#ifndef TUI_MODAL_H
#define TUI_MODAL_H
#include "tui/canvas.h"

/* In the middle of p, with room for w x h inside if there is; returns the inside, blank. */
struct pen modal_open(struct pen p, int w, int h, const struct box *b);
/* A place in p as one in its inside. w, h: of the inside. */
void modal_place(int pen_w, int pen_h, int w, int h, int *x, int *y);
/* How large the inside is going to be, for whoever must know before it is drawn. */
void modal_size(int pen_w, int pen_h, int *w, int *h);
#endif
