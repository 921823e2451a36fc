/* Internal to drill_watch.c, drill_seen.c and drill_sum.c: what is kept while a drill runs. Times are wall ms of the console's clock. */
#ifndef ANALYSIS_DRILL_PARTS_H
#define ANALYSIS_DRILL_PARTS_H
#include "analysis/drill.h"

struct when { int64_t from, until; }; /* it happened after from and not after until; until unknown: it has not */

struct silence { const char *from, *to; struct when begin, end; }; /* of a domain: end.until unknown: it is not back */
struct watched {
  const char *name, *on;   /* on: where it runs, or ran last */
  const char *resource, *role, *role_host;
  int64_t alive;           /* the last reading that had it running */
  struct when gone;      /* since it runs nowhere, as far as its host says */
  bool down;
  /* What its own host says, which is cut off and still reached by ssh: when qemu last counted a write of its guest, the longest between two
   * of `counts` such moments before anything was done. */
  int64_t counted, count_usual;
  size_t counts;
  LIST_OF(struct silence) silences;
};
struct watched_brick { const char *name, *host, *path; size_t volume, at; enum truth online; }; /* volume, at: its place in the snapshot before */

/* heard: the last beat; usual: the longest it was silent for before anything was done, in `before` beats; quiet: it was said that it stands still */
struct pulse { const char *name, *says; int64_t heard, usual; size_t before; struct silence longest; bool guest, quiet, over; };

struct drill_watch {
  struct arena *arena;
  struct drill_subject subject;
  struct snapshot *before, *last;
  struct drill_expected expected;
  LIST_OF(struct drill_event) events;
  struct when injected, reverted, left, fencing, fenced, joined, silent;
  int64_t heard;           /* the last ping that the host answered */
  bool heard_again;
  bool node;   /* the host is one of the cluster: it is fenced */
  bool pushes; /* of pacemaker: it told of a change before it was due to look */
  int membership, pacemaker, peer, hypervisor;
  enum truth quorate;
  int64_t heals, fenced_before;
  LIST_OF(struct watched) domains;
  LIST_OF(struct watched_brick) bricks;
  LIST_OF(struct pulse) pulses;
  const char *suspect;     /* what may be a reason to abort, and since when */
  int64_t suspect_since;
  bool ruined;             /* and that it is what the drill itself has done */
  size_t failures;
};

/* drill_pulse.c: what beats, and when it stood still. */
void see_pulses(struct drill_watch *w, const struct snapshot *s);
void see_silence(struct drill_watch *w, const struct snapshot *s);
const struct pulse *guest_pulse(const struct drill_watch *w, const char *domain); /* of a guest that writes often enough to measure by; NULL: it does not, or nobody sees */
struct when stood_still(const struct watched *d, struct when silent);
int64_t pulse_gap(const struct pulse *p); /* a silence below that is none */
/* drill_seen.c: when it was that a fact came to be what it is now, from the readings themselves. */
struct when fact_moment(struct drill_watch *w, const struct snapshot *s, const char *kind, const char *host);
int64_t fact_read_at(const struct snapshot *s, const char *kind, const char *host); /* the last reading of it; unknown: none */
void watch_event(struct drill_watch *w, struct when at, const char *event, const char *subject, const char *source, const char *format, ...) PRINTF(6, 7);
/* On which host a domain runs by a fresh word of that host's libvirt; NULL: on none that says so. */
const char *running_on(const struct snapshot *s, const char *domain);
/* The same brick of another snapshot, most likely at the same place: what is asked of each of thousands, each time. */
const struct brick_view *brick_again(const struct snapshot *s, const char *host, const char *path, size_t volume, size_t at);
static inline bool happened(struct when m) { return m.until != UNKNOWN_INT; }
#define NEVER ((struct when){UNKNOWN_INT, UNKNOWN_INT})
#endif
