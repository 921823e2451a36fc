/* Drills, the part that only thinks: which there are, what a cluster's configuration makes one expect of them, and, from
 * snapshots as they come, what happened when: boundaries of time, each with the source it came from and how unsure it is,
 * outages of domains, phases, whether it has to be ended at once, and why it failed if it did. Pure. */
#ifndef ANALYSIS_DRILL_H
#define ANALYSIS_DRILL_H
#include "model/snapshot.h"

enum drill_kind { DRILL_NONE, DRILL_MOVE, DRILL_STOP, DRILL_HUNG, DRILL_SUSPENDED, DRILL_POWER, DRILL_CUT, DRILL_CORE, DRILL_BRICK, DRILL_GLUSTERD, DRILL_KIND_COUNT };
bool drill_kills(enum drill_kind k);      /* the host is lost: its domains start elsewhere */
bool drill_stills(enum drill_kind k);     /* its guests end with the injection; else they run on until it is fenced */
bool drill_looks_dead(enum drill_kind k); /* it lives meanwhile: only fencing keeps it from writing beside its successor */

struct drill_expected_domain { const char *name, *effect; int64_t low_ms, high_ms; const char *text; }; /* effect: of effect_names[] */
struct drill_expected {
  const char *text;
  int64_t low_ms, high_ms;  /* the longest outage of any domain, from .. to; unknown: it cannot be told */
  int64_t stall_ms;         /* writes to a disk of the volume stand still for at most; unknown: not told */
  int64_t detect_ms;        /* until the loss is noticed */
  LIST_OF(struct drill_expected_domain) domains;
};
/* ms: what its users felt, until its guest wrote again, or, where nobody saw it write, until libvirt had it running; unknown: it has not
 * come back, or nobody saw. running_ms: until libvirt had it running. */
struct drill_outage { const char *domain, *from, *to; int64_t ms, uncertainty_ms, running_ms; const char *text; };
struct drill_event { int64_t at, uncertainty_ms; const char *event, *subject, *text, *source; };
struct drill_phase { const char *name, *from, *to; int64_t ms; };
struct drill_finding { const char *id, *subject, *evidence, *why, *operation; }; /* id: of the lint check that foresees it; NULL: none does */
enum drill_verdict { DRILL_UNJUDGED, DRILL_PASSED, DRILL_SLOW, DRILL_FAILED, DRILL_ABORTED, DRILL_REFUSED, DRILL_UNKNOWN };
extern const char *const drill_verdict_names[];
#define DRILL_WRITES "writes to " /* how the name of a stall begins that was measured by writing */
struct drill_report {
  int64_t schema;
  const char *drill, *title, *target, *cluster, *who, *task;
  int64_t began, injected, ended;
  int verdict;
  const char *text;          /* a sentence how it ended */
  struct drill_expected expected;
  LIST_OF(struct drill_outage) outages, stalls;
  LIST_OF(struct drill_event) timeline;
  LIST_OF(struct drill_phase) phases;
  LIST_OF(struct drill_finding) findings;
  enum truth reverted;
  const char *reverted_text, *aborted, *clock;
  struct tallies clocks;     /* by host: so many ms its clock is ahead of the console's */
};
extern const struct shape drill_report_shape, drill_event_shape, drill_outage_shape, drill_phase_shape, drill_finding_shape, drill_expected_shape, drill_expected_domain_shape;

/* What a drill is about. */
struct drill_subject {
  enum drill_kind kind;
  const char *host;      /* what is hit, or where the brick or the resource is */
  const char *brick;     /* "HOST:/PATH" of a brick's drill */
  const char *resource;  /* of a move */
  struct texts domains;  /* active on the host beforehand: they are to be hit, no others */
};
/* In a. The domains are those of the resource, or those that run on the host. */
struct drill_subject drill_subject_of(const struct snapshot *s, enum drill_kind k, const char *host, const char *brick, const char *resource, struct arena *a);
void drill_expect(const struct snapshot *s, const struct drill_subject *d, struct arena *a, struct drill_expected *ret);
int64_t drill_fencing_ms(const struct snapshot *s, const char *host); /* how long pacemaker waits for a fencing of it at most */

/* ---- the watch ---- */
struct drill_watch; /* owns an arena */
/* before: the last snapshot before anything is done; kept. */
struct drill_watch *drill_watch_new(const struct drill_subject *d, struct snapshot *before);
void drill_watch_free(struct drill_watch *w); /* NULL is fine */
void drill_watch_see(struct drill_watch *w, struct snapshot *s); /* each new one */
/* What the task did, between two moments of wall time: "injected", "reverted", "armed", or a step. */
void drill_watch_mark(struct drill_watch *w, const char *event, int64_t from, int64_t until, const char *text, const char *source);
const char *drill_watch_abort(struct drill_watch *w); /* why it must end at once; NULL: it need not */
bool drill_watch_ruined(const struct drill_watch *w); /* what it did is more than it was to: copies differ, writes fail. No fault of others: it has failed */
void drill_watch_heard(struct drill_watch *w, int64_t at); /* the host answered a ping then */
const struct drill_subject *drill_watch_subject(const struct drill_watch *w);
/* Something that beats ten times a second, as long as it is well: pings that a domain answers, writes to a volume. name: what, says: how. */
void drill_watch_pulse(struct drill_watch *w, const char *name, const char *says, int64_t at);
/* A domain's guest has written to its disk by then. For one that writes at least each second its outage is measured by that. */
void drill_watch_guest(struct drill_watch *w, const char *domain, const char *says, int64_t at);
/* Its qemu has counted another write by then, by the word of the host that is cut off: what such a guest writes may not reach the bricks. */
void drill_watch_counted(struct drill_watch *w, const char *domain, int64_t at);
/* A brick of its first disk that is not hit, on which the time of the file tells when it was written; NULL: none does. */
const struct brick_view *drill_witness(const struct snapshot *s, const struct drill_subject *d, const struct domain_view *v);
void drill_watch_pulse_over(struct drill_watch *w, const char *name, const char *says); /* nobody listens any more */
bool drill_watch_fenced(const struct drill_watch *w); /* the host was fenced since: what was done to it is gone */
/* The host and its bricks are as they were, by the newest snapshot; what is not. What became of the domains is another matter. */
enum truth drill_watch_whole(const struct drill_watch *w, struct arena *a, const char **ret_text);
const struct drill_event *drill_watch_events(const struct drill_watch *w, size_t *ret_count); /* as they were noticed; borrowed until the next is */
int64_t drill_watch_injected(const struct drill_watch *w); /* unknown: not yet */
/* Into ret, in a: timeline, outages, phases, findings, and whether it stayed within what was expected. ended: it is over; else as it stands. */
void drill_watch_report(const struct drill_watch *w, struct arena *a, struct drill_report *ret);
/* "within" of the verdict: no outage is longer than expected. */
bool drill_within(const struct drill_report *r);
/* Back, and all the same not as it was to: killed by a migration that failed, or started nowhere else. NULL: there is no such thing. */
const char *drill_not_as_it_was_to(const struct drill_report *p, enum drill_kind k, bool fenced, struct arena *a);

/* ---- diagnosis ---- */
/* Why what was to come back did not, by the newest snapshot and lines of logs (each a text). Adds to ret. */
void drill_diagnose(const struct snapshot *before, const struct snapshot *now, const struct drill_subject *d, int64_t since, const struct texts *lines, struct arena *a, struct drill_report *ret);

/* What lint has to say of what a drill was refused for: of fencing, of what its domains would find elsewhere. Adds to ret. */
void drill_refusal(const struct snapshot *s, const struct drill_subject *d, struct arena *a, struct drill_report *ret);

bool drill_explains(const char *line); /* a line of a log in which a cause is told: all that is worth keeping of logs */

/* ---- reports as text ---- */
void drill_markdown(const struct drill_report *r, struct str *out);
void drill_junit(const struct drill_report *const *r, size_t count, struct str *out); /* a suite of several */
void drill_words(const struct drill_report *r, struct str *out); /* for people at a terminal */
/* Of the worst outages of some runs: half of them, 19 of 20, all stayed below. Unknown for none. */
struct drill_trend { size_t runs, passed; int64_t p50_ms, p95_ms, worst_ms, last_ms, last_at; int last_verdict; };
struct drill_trend drill_trend_of(const struct drill_report *const *reports, size_t count, const char *drill, const char *domain); /* domain NULL: the worst of each; oldest first */
/* How long it takes from its beginning to its end: as 19 of 20 of those runs did, else by its kind and what it holds. */
int64_t drill_lasts_ms(const struct drill_report *const *reports, size_t count, const char *drill, enum drill_kind k, int64_t hold_ms);
int64_t drill_worst_ms(const struct drill_report *r, const char *domain);
#endif
