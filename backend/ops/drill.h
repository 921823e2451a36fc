/* Drills: what fails on purpose, by whom it is reverted when nobody is there any more, and what has to come back. Each is an
 * operation like the others (its plan runs through the same engine, with the same confirmation, lock and audit), in a table
 * of its own. In every plan:
 *
 *   arm     a timer of systemd that takes the injection back by itself, on the host that is hit, or, when that one loses its
 *           power, on another: later than a fencing could last. A fenced host boots without it: that is the revert then.
 *   inject  what breaks it; its undo is the revert
 *   wait    until everything is up again that was
 *   revert  the same command, unless fencing has done it
 *   disarm  the timer
 */
#ifndef OPS_DRILL_H
#define OPS_DRILL_H
#include "analysis/drill.h"
#include "ops/operation.h"

#define DRILL_PROBE ".kvmconsole-probe" /* the file that is written, in the mount of probe= */

struct drill {
  struct operation operation;
  enum drill_kind kind;
  const char *breaks; /* what it does to the host, a few words: "its corosync stands still" */
};
extern const struct drill drills[]; /* ends with operation.name NULL */
const struct drill *drill_find(const char *name);
const struct drill *drill_of(const struct operation *o); /* NULL: it is none */

/* Which steps of a drill's plan are which; SIZE_MAX: there is none. */
struct drill_steps { size_t arm, inject, revert, disarm; };
struct drill_steps drill_steps_of(const struct plan *p);
int64_t drill_armed_s(const struct plan *p); /* after how many seconds the timer takes it back */
struct drill_subject drill_subject_by(const struct drill *d, const struct snapshot *s, const struct values *v, struct arena *a);

/* ---- several, in order ---- */
enum { DRILLS_IN_ORDER = 16 };
extern const struct operation drill_window; /* drills=A drills=B host=H until=04:30; run by who runs drills, one after the other */
int64_t drill_until(const char *text, int64_t now); /* "04:30": the next time that it is so late by this host's zone, wall ms; unknown: no time of day */
struct values drill_values(const struct drill *d, const struct values *all, struct arena *a); /* those of them that it knows */

/* ---- for the rows ---- */
struct hitting { struct planning *p; const struct drill *drill; const struct host_view *host; const char *unit; struct drill_subject subject; };
bool drill_begin(struct hitting *h, struct planning *p, const char *host); /* what every drill is refused for; false: it is refused */
void drill_ask(struct planning *p, const char *host);
void drill_ask_timer(struct planning *p, const char *host);  /* whether the timer of another drill runs there */
bool drill_timer_runs(struct planning *p, const char *host); /* refuses when that one does */
void drill_power(struct planning *p);
void drill_power_ask(struct planning *p);
const char *drill_plug_of(struct planning *p, const char *map, const char *node); /* of pcmk_host_map, "kvm02:vm7;kvm03:vm8"; NULL: it has none of its own */
void drill_outer(struct hitting *h); /* drill_outer.c: a node that a hypervisor runs */
void drill_outer_ask(struct planning *p);
void drill_outer_host(struct planning *p, struct texts *ret);
void drill_outer_machine(struct planning *p, struct texts *ret);
enum { DRILL_BOOT_MS = 600000 };
int64_t drill_failover_s(const struct hitting *h); /* loss, fencing and start, at the longest */
const char *drill_check_ping(struct planning *p, const char *value); /* DOMAIN=ADDRESS */
void drill_armed(struct hitting *h, const char *on, int64_t seconds, const char *what, const struct texts *revert);
void drill_disarm(struct hitting *h, const char *on);
void drill_wait_failover(struct hitting *h, bool fenced);
void drill_wait_whole(struct hitting *h, int64_t back_ms);
#endif
