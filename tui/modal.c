#include "tui/modal.h"

enum { MARGIN = 2, FRAME = 2 };

void modal_size(int pen_w, int pen_h, int *w, int *h) {
  int most_w = pen_w - FRAME - (pen_w >= 70 ? 2 * MARGIN : 0), most_h = pen_h - FRAME - (pen_h >= 20 ? 2 : 0);
  if (*w > most_w) *w = most_w;
  if (*h > most_h) *h = most_h;
  if (*w < 1) *w = 1;
  if (*h < 1) *h = 1;
}

static int left_of(int pen_w, int w) { return (pen_w - w - FRAME) / 2; }
static int top_of(int pen_h, int h) { return (pen_h - h - FRAME) / 2; }

void modal_place(int pen_w, int pen_h, int w, int h, int *x, int *y) {
  *x -= left_of(pen_w, w) + FRAME / 2;
  *y -= top_of(pen_h, h) + FRAME / 2;
}

struct pen modal_open(struct pen p, int w, int h, const struct box *b) {
  modal_size(p.w, p.h, &w, &h);
  pen_restyle(p, 0, 0, p.w, p.h, STYLE(DIM));
  struct pen at = pen_sub(p, left_of(p.w, w), top_of(p.h, h), w + FRAME, h + FRAME);
  pen_clear(at, STYLE(NORMAL));
  return pen_box(at, b);
}
