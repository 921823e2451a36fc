/* A block of text that is wrapped at words to whatever width it is drawn in, and scrolled. Each line may have parts of
 * several styles and a hanging indent for what follows its first row. */
#ifndef TUI_TEXT_H
#define TUI_TEXT_H
#include "tui/canvas.h"
#include "tui/scroll.h"

struct text;

struct text *text_new(void);    /* owned by the caller */
void text_free(struct text *t); /* NULL is fine */
void text_freep(struct text **t);
void text_reset(struct text *t); /* empty */
size_t text_lines(const struct text *t);
void text_join(struct text *t, struct text *behind); /* the lines of the other one behind these; it is empty then */
void text_cut(struct text *t, size_t lines); /* only so many are kept: a heading under which nothing came */

/* Adds lines: a newline in s ends one, a tab is blanks up to the next multiple of 8, "\r" before a newline is dropped. */
void text_add(struct text *t, struct style style, const char *s);
void text_addf(struct text *t, struct style style, const char *format, ...) PRINTF(3, 4);
/* Goes on with the last line in another style. */
void text_more(struct text *t, struct style style, const char *s);
void text_moref(struct text *t, struct style style, const char *format, ...) PRINTF(3, 4);
/* Lines added from now on start at column `first`, and where they wrap go on at `rest`. */
void text_indent(struct text *t, int first, int rest);
/* The last line is not wrapped but cut with an ellipsis (commands, log lines). */
void text_no_wrap(struct text *t);

size_t text_height(const struct text *t, int w);                /* rows at width w */
void text_draw(struct pen p, const struct text *t, size_t top); /* top: first row seen */
/* The top after a move, kept within what there is to see; MOVE_UP and MOVE_DOWN by one row. */
size_t text_move(const struct text *t, int w, int h, size_t top, enum move m);
size_t text_clamp(const struct text *t, int w, int h, size_t top); /* after a resize or new contents */
char *text_range(char *out, const struct text *t, int w, int h, size_t top);
#endif
