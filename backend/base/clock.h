/* Time. Ages are measured by the monotonic clock, stamps are written by the wall clock; both in milliseconds.
 * A fixed clock (render, tests, replay) is a struct of the caller's and not a switch in here. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H
#include <stddef.h>
#include <stdint.h>

int64_t clock_mono_ms(void);
int64_t clock_mono_us(void);
int64_t clock_wall_ms(void); /* since 1970, UTC */

enum { CLOCK_TEXT = 32 };
/* "2026-11-22T12:03:44.125Z"; out has CLOCK_TEXT bytes. Returns out. */
char *clock_rfc3339(char *out, int64_t wall_ms);
/* The same, read; any fraction, any offset. -EINVAL when it is none, *ret untouched. */
int clock_parse(const char *s, int64_t *ret_wall_ms);
/* "Sun Nov 22 12:47:58 2026" and "2026-11-22 12:47:58Z" as pacemaker writes them; a time without zone is local. */
int clock_parse_loose(const char *s, int64_t *ret_wall_ms);
/* "0.8 s", "43 s", "4 min", "2 h", "3 d": short, with its unit. Returns out (CLOCK_TEXT bytes). */
char *clock_age(char *out, int64_t ms);
#endif
