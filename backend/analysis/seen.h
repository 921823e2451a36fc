/* What a snapshot says of the cluster to conditions and plans: the sources' own facts where the snapshot's view leaves
 * something out, each only while it may be believed. Everything is borrowed from the snapshot, or in the arena given. */
#ifndef ANALYSIS_SEEN_H
#define ANALYSIS_SEEN_H
#include "model/snapshot.h"

enum { SCORE_INFINITE = 1000000 };

/* The newest fact of that kind (host NULL: of any host); NULL when there is none or it is stale. */
const void *fact_seen(const struct snapshot *s, const char *kind, const char *host);
/* The same of one key ("models", "kvm01"); *ret_age_ms when it is not NULL. */
const void *fact_keyed(const struct snapshot *s, const char *kind, const char *key, int64_t *ret_age_ms);
bool pacemaker_seen(const struct snapshot *s); /* its status and its configuration are fresh */
bool libvirt_seen(const struct snapshot *s, const char *host); /* the domains of that host are fresh */

const struct pcmk_node *node_seen(const struct snapshot *s, const char *host); /* by any of its names; NULL: no node, or not known */
const char *node_name(const struct snapshot *s, const char *host);             /* as pacemaker calls it; host itself when it does not */
bool failure_unreadable(const struct failure_view *f); /* its agent found no definition or no program there: pacemaker tries it there no more, a probe that says so counts too */
int64_t fence_delay_ms(const struct snapshot *s, const char *device); /* pcmk_delay_base, how long it surely waits; UNKNOWN_INT: it is not configured, or none (NULL) */
bool is_fence_device(const struct resource_view *r);
bool is_device_setup(const struct pcmk_param *p); /* the same of its configuration */
/* The first device that is configured for that node; NULL: none says so. ret_any (NULL: not wanted): one that names no node may
 * fence any. */
const char *fence_device_of(const struct snapshot *s, const char *host, bool *ret_any);
const struct resource_view *resource_seen(const struct snapshot *s, const char *id); /* its first instance, stale or not; NULL */
const struct pcmk_param *resource_config(const struct snapshot *s, const char *id);
const char *resource_meta_seen(const struct snapshot *s, const char *id, const char *name);
int64_t operation_timeout(const struct snapshot *s, const char *id, const char *op); /* ms; UNKNOWN_INT: not configured, or not known */
int64_t duration_of(const char *text, int64_t otherwise); /* "60s", "2min", "90": ms */
enum truth pcmk_truth(const char *word); /* as pacemaker reads a boolean; unknown: NULL, or none of its words */
bool is_move_constraint(const char *id); /* what crm_resource leaves: cli-prefer-*, cli-ban-* */
const char *property_seen(const struct snapshot *s, const char *name); /* NULL: not set, or not known */

/* Where it may run: what its location constraints add up to there. *ret_sure is false when rules, colocations or a group
 * have a say that is not computed here. without_moves: as if what moves and bans left were gone. */
int64_t placement_score(const struct snapshot *s, const char *resource, const char *host, bool without_moves, bool *ret_sure);
struct texts nodes_online(const struct snapshot *s, struct arena *a); /* that take resources: online, no standby, no maintenance */
struct texts resources_on(const struct snapshot *s, const char *host, struct arena *a); /* active there; no fence devices */
struct texts domains_on(const struct snapshot *s, const char *host, struct arena *a);   /* active there, by libvirt */
const char *names_of(const struct texts *t, struct arena *a); /* "test01, web3 and 4 more"; "nothing" */

/* A live migration under way, in words: how much is sent, how fast, what the guest dirties meanwhile, what is left of the
 * time that pacemaker gives it. NULL: none is known. */
const char *migration_words(const struct snapshot *s, const struct domain_view *d, struct arena *a);
int migration_percent(const struct snapshot *s, const struct domain_view *d); /* of its memory sent; -1: none is under way, or it is not told */
/* Any job of that domain, on whatever host says so first; NULL: none is known. */
const struct libvirt_job *job_seen(const struct snapshot *s, const char *domain, const char **ret_host);

/* Every volume's heals: yes when nothing waits; unknown where a count is. *saw: which, how many. */
enum truth heals_quiet(const struct snapshot *s, struct arena *a, const char **saw);
#endif
