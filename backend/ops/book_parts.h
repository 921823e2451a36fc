/* Internal to the guide's books for bad days: what their files share beside what the guide's steps do (guide_parts.h). */
#ifndef OPS_BOOK_PARTS_H
#define OPS_BOOK_PARTS_H
#include "ops/cluster_rows.h"
#include "ops/gluster.h"
#include "ops/guide_parts.h"

/* ---- hosts ---- */
void alive_ask(struct planning *p);                             /* all of them, whether they answer at all */
bool is_silent(const struct planning *p, const char *host);     /* it was asked, and gave no answer */
bool done_without(const struct planning *p, const char *host);  /* silent, and said to stay away */
/* The same form without those: for the steps of the build, which know no host that stays away. */
struct planning present_of(struct planning *p, struct values *ret_values);

/* ---- what is wrong ---- */
const struct problem *problem_of(const struct snapshot *s, const char *ids); /* the first of these that stands; NULL: none */
/* The text of it, for a book's called(). */
const char *called_by(struct planning *p, const char *ids);
/* The last step of each: the health of all. ids: only those problems count, and whatever is an outage; NULL: all that are more than a note. */
void check_well(struct planning *p, struct guide_checking *c, const char *ids);

/* ---- steps that several have ---- */
void check_bricks(struct planning *p, struct guide_checking *c), left_bricks(struct planning *p, struct guide_runs *r);
void check_writable(struct planning *p, struct guide_checking *c); /* each volume has copies enough in each set */
void check_heals(struct planning *p, struct guide_checking *c), left_heals(struct planning *p, struct guide_runs *r);
void check_paused(struct planning *p, struct guide_checking *c), left_paused(struct planning *p, struct guide_runs *r);
void check_members(struct planning *p, struct guide_checking *c), left_members(struct planning *p, struct guide_runs *r); /* each KVM host is online and takes resources */
void check_failures(struct planning *p, struct guide_checking *c), left_failures(struct planning *p, struct guide_runs *r); /* nothing failed is remembered */
void check_proven_off(struct planning *p, struct guide_checking *c), left_proven_off(struct planning *p, struct guide_runs *r); /* no lost node that may live */
/* All that pacemaker should run, runs. noted: also what was noted when everything was shut down. By priority, the highest first. */
void check_started_all(struct planning *p, struct guide_checking *c), left_started_all(struct planning *p, struct guide_runs *r);
bool hypervisors_read(struct planning *p, struct guide_checking *c); /* each KVM host that is not off; what is not read is said */
struct texts domains_by_priority(const struct planning *p, bool lowest_first); /* the resources that are domains */
int64_t priority_of(const struct planning *p, const char *resource);

/* ---- what ran when everything was shut down, kept in the CIB: resources, or DOMAIN@HOST of one that none drives ---- */
#define NOTE_RAN "kvmconsole-ran"
struct texts noted_to_run(struct planning *p);

enum { BY_ITSELF_MS = 180000, BOOTS_MS = 300000 };
extern const struct guide_book book_cold_start, book_shutdown, book_fencing_stuck, book_gluster_stalled, book_returned_unmounted, book_brick_full, book_blocked_failover, book_partition;
#endif
