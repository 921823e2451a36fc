/* How a list, a table or a text is moved through: one set of moves and one way to say where one is. */
#ifndef TUI_SCROLL_H
#define TUI_SCROLL_H
#include <stddef.h>

enum move { MOVE_UP, MOVE_DOWN, MOVE_PAGE_UP, MOVE_PAGE_DOWN, MOVE_HOME, MOVE_END };

/* The top after a move, by one row or a page; the end is far below: whoever knows where it is clamps it. */
size_t scroll_move(size_t top, size_t page, enum move m);

enum { RANGE_TEXT = 80 };
/* "12-30 of 214"; "" when all is seen. Returns out (RANGE_TEXT bytes). */
char *scroll_range(char *out, size_t top, size_t height, size_t count);
#endif
