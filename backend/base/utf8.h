/* UTF-8 and what it looks like. Widths come from utf8proc and not from the C library's tables, which differ from
 * machine to machine. Names from the cluster are hostile: utf8_clean() is what stands between them and a terminal. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H
#include <stddef.h>
#include <stdint.h>

/* Next code point of s (len bytes left); *ret_used bytes consumed. An invalid byte gives U+FFFD and 1 used.
 * len 0 gives 0 and 0 used. */
uint32_t utf8_next(const char *s, size_t len, size_t *ret_used);
size_t utf8_put(uint32_t code_point, char out[4]); /* bytes written */

/* Columns a code point takes: 0 combining, 1, 2 wide; what a terminal may not be sent counts as 1. */
int utf8_columns(uint32_t code_point);
int utf8_width(const char *s); /* columns of the whole string */

/* True for what must not reach a terminal as it is: C0 and C1 controls, DEL, bidirectional controls, invisible
 * formatting, private use, unassigned, surrogates. */
int utf8_hostile(uint32_t code_point);

int utf8_upper(uint32_t code_point); /* a letter that has a small one */

/* Copies s to out (size bytes with the NUL), each hostile or invalid code point replaced by U+FFFD ('?' cannot be told
 * from a real one), never cutting a character in half. Returns out. */
char *utf8_clean(char *out, size_t size, const char *s);
#endif
