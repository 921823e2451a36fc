/* The wall screen (--noc): one huge word, the age of the data, counters, problems with their ages, and pages that take turns.
 * Nobody sits at it: no key acts, and what is old is never drawn as fresh. */
#ifndef SCREEN_NOC_H
#define SCREEN_NOC_H
#include "tui/canvas.h"
#include "views/screen/list.h"

struct worth { /* what the data on the screen is worth */
  const char *word;     /* in the largest letters: what health it shows, or that it shows none */
  enum role role;
  bool lost;            /* nothing that is on the screen is known to hold now */
  int64_t age;          /* of the source that was heard longest ago; UNKNOWN_INT: nothing was heard */
  enum role age_role;
  const char *sentence;
};
struct worth noc_worth(const struct input *in);

struct noc_fault { /* a problem that was seen, by its id and subject */
  char *name;
  int64_t first, last; /* by the screen's clock */
  bool fresh;          /* it came while the screen ran */
};
struct noc { /* {0}: the screen is no wall screen */
  bool on;
  bool many;           /* of several clusters: their tiles */
  int page;            /* which list, in the order of noc.c ... */
  size_t from;         /* ... and its first row on this page */
  int64_t turned;      /* when it was turned to, by the screen's clock */
  int64_t began;       /* when the first answers came; 0: none has */
  bool settled;        /* what stood at the start is known: from now on what comes is new */
  bool lost;           /* the data ceased to come, and that was told */
  struct noc_fault *faults;
  size_t fault_count;
  uint64_t rings;      /* how often the bell was to ring: who rings it compares */
  int64_t rung;        /* when it was last */
};
void noc_free(struct noc *n);
void noc_settle(struct noc *n, const struct input *in, int w, int h); /* after a new snapshot or a second */
unsigned noc_key(struct noc *n, const struct input *in, int w, int h, enum action action);
void noc_draw(struct pen p, const struct noc *n, const struct input *in);
void noc_state(const struct noc *n, const struct input *in, struct str *out);
#endif
