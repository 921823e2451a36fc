/* The store: the newest fragment of each fact, and how each source is. It is what merge reads. Time in here is the
 * stream's own time line in milliseconds: monotonic when live, the fragments' own stamps in a replay. */
#ifndef MODEL_STORE_H
#define MODEL_STORE_H
#include "model/fragment.h"
#include <stdbool.h>

struct fact { /* one slot: the last word on one thing */
  struct fragment *fragment;
  int64_t since, seen; /* this value held from since (when it came) to seen (when it was last confirmed) at least */
  uint64_t heard;      /* the line that said it, without its stamp, as store_heard() knows it again; 0: it does not */
};

struct source { /* one layer on one host */
  enum layer layer;
  const char *host;
  enum source_state state; /* SOURCE_UNKNOWN: has not said */
  const char *text;
  int64_t since;           /* when it came to be so */
  int64_t seen;            /* its last word of any kind */
  uint64_t heard;          /* the line that said how it is; 0: it would not be known again */
};

struct store {
  struct fact *facts;
  size_t fact_count, fact_room;
  struct source *sources;
  size_t source_count;
  uint64_t version; /* grows with each change that a merge could see */
  uint64_t secret;  /* of this process alone: nobody can write two lines that it takes for one; 0: not drawn yet */
};

void store_clear(struct store *s); /* drops all it holds; {0} is an empty one */
void store_copy(struct store *to, const struct store *from); /* to is an empty one; the fragments are shared */

/* Takes a reference of its own. True when something changed (a value, a state), false when it only lives on. */
bool store_add(struct store *s, struct fragment *f, int64_t now);

/* A line that says word for word, but for its stamp, what was said last is known again without being parsed. */
struct heard { uint64_t mark; size_t fact, source; /* 1 + its place; both 0: it is new */ };
struct heard store_heard(struct store *s, const char *line, size_t len); /* changes nothing that a merge could see */
void store_again(struct store *s, const struct heard *h, int64_t now);   /* what store_add() of it would do; never a change */
bool store_add_heard(struct store *s, struct fragment *f, const struct heard *h, int64_t now); /* as store_add(), known again from now on */
/* The console's own word about a source (hung, ended, not there): as a "state" fragment would say. True when changed. */
bool store_judge(struct store *s, enum layer layer, const char *host, enum source_state state, const char *text, int64_t now);
/* A source that is about to be started: known by name, nothing said yet. */
void store_expect(struct store *s, enum layer layer, const char *host);

/* How it is now: one that said it is well and then fell silent is stale, whatever it said. */
enum source_state source_state_now(const struct source *src, int64_t now);
const struct source *store_source(const struct store *s, enum layer layer, const char *host); /* NULL: none */
/* The fact of that kind from that host; host NULL: the freshest of any host. NULL when there is none. */
const struct fact *store_fact(const struct store *s, const char *kind, const char *host, const char *key);
/* True when both held at one time for at least min_ms: then what they say together is no mixture of two moments. */
bool facts_overlap(const struct fact *a, const struct fact *b, int64_t min_ms);
/* True when it may not be shown as fresh: too old, or not confirmed since its source ceased to be well. (A gluster source
 * whose own daemon hangs says so, and goes on with another daemon of the pool: those facts are fresh.) */
bool store_stale(const struct store *s, const struct fact *f, int64_t now);
#endif
