/* Bytes from a terminal into keys. Own, and not curses' getch(), for three reasons: a lone Esc must not block the loop
 * while it is told from the start of a sequence; a sequence split by a slow link must still become one key; pasted text
 * must be known as pasted. No terminal needed: bytes and a clock in, keys out. */
#ifndef TUI_DECODE_H
#define TUI_DECODE_H
#include "tui/key.h"

/* After so long without a next byte a lone Esc is the key Esc; after so long once the rest of a sequence came later than
 * that, which only a slow link does. */
enum { DECODE_ESC_MS = 100, DECODE_SLOW_ESC_MS = 500 };

struct decoder;
struct decoder *decoder_new(void); /* knows what xterm, tmux, screen, linux, rxvt and vt100 send; owned by the caller */
void decoder_free(struct decoder *d);
/* A sequence of this terminal's own (from terminfo), stronger than the built-in ones. */
void decoder_learn(struct decoder *d, const char *sequence, struct key key);
/* Clicks and the wheel (SGR reports) become keys of their own; else they are dropped like all that makes no sense. */
void decoder_mouse(struct decoder *d, bool on);
/* Bytes that came at now_ms. Never refused: what is too long or makes no sense is dropped, whole. */
void decoder_feed(struct decoder *d, const void *bytes, size_t len, int64_t now_ms);
/* The next key, true; false when there is none (yet). */
bool decoder_next(struct decoder *d, int64_t now_ms, struct key *ret);
/* Milliseconds until decoder_next() should be asked again without new bytes; -1: only new bytes help. */
int decoder_wait(const struct decoder *d, int64_t now_ms);
#endif
