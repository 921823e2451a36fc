/* Fragments: JSON lines, the one stream of the program. A source program prints them, the console merges them, record
 * writes them, --replay reads them, the simulation yields them.
 *
 *   {"at":"2026-11-22T12:03:44.125Z","source":"gluster","host":"node1","kind":"gluster.heal","key":"models","data":{...}}
 *
 * at: when it was read, by the clock of the machine that read it. source: a layer's name. host: of whom it speaks.
 * kind: a row of fact_kinds[]. key: what of it, absent where the kind has one fact a host. data: the kind's shape; null
 * means that this fact does not exist any more. Two kinds belong to the stream itself: "state" (how the source is) and
 * "beat" (facts read again and found unchanged: their age starts anew). */
#ifndef MODEL_FRAGMENT_H
#define MODEL_FRAGMENT_H
#include "base/arena.h"
#include "base/err.h"
#include "model/facts.h"

enum { FRAGMENT_LINE_MAX = 4 << 20, FRAGMENT_NAME_MAX = 300 };

struct fragment { /* immutable once made, except for its reference count */
  int references;
  struct arena *arena; /* owns everything below and the fragment itself */
  const struct fact_kind *kind;
  enum layer layer;
  const char *host, *key; /* key: "" where the kind has one fact a host */
  int64_t at;             /* wall ms */
  const void *data;       /* kind->shape's struct, or NULL: does not exist any more */
};

/* One reference, to be dropped. A line that is none: -EINVAL, -EPROTONOSUPPORT (a kind this version does not know: skip
 * it), e says what. Bounded and hostile-proof: line may be anything. */
int fragment_parse(const char *line, size_t len, struct fragment **ret, struct err *e);
/* The same for a line of a stream that may have been cut off and begun anew: what stands before the next fragment is left,
 * and line and len then are of that fragment alone. */
int fragment_read(const char **line, size_t *len, struct fragment **ret, struct err *e);
/* A line of kind "raw": what a source received, byte by byte, for making fixtures of. No fragment: replay skips it. */
bool fragment_is_raw(const char *line, size_t len);
bool fragment_raw_is_sound(const char *line, size_t len); /* it is JSON, of a size: what may be handed on */
struct fragment *fragment_keep(struct fragment *f);
void fragment_drop(struct fragment *f); /* NULL is fine */
bool fragment_equal(const struct fragment *a, const struct fragment *b); /* all but when */

/* The line, with its newline. data NULL prints null. key NULL or "": none. */
void fragment_print(struct str *out, int64_t at, enum layer layer, const char *host, const char *kind, const char *key, const void *data);
#endif
