/* Internal to the operations of gluster: what their files share. */
#ifndef OPS_GLUSTER_H
#define OPS_GLUSTER_H
#include "ops/asked.h"
#include "ops/operation.h"
#include "analysis/store_view.h"

/* Its argv begins with "gluster --mode=script --timeout=60", its deadline lies behind that. */
enum { GLUSTER_MS = 75000 };
#define GLUSTER "gluster", "--mode=script", "--timeout=60"
struct step *gluster_step(struct planning *p, const char *host, const char *say, ...) __attribute__((sentinel));
struct step *volume_set_step(struct planning *p, const char *host, const char *volume, const char *key, const char *value, const char *say);

const char *the_speaker(struct planning *p, const char *but); /* whom to tell; but: not that host, or NULL. NULL: it has refused */
const struct volume_view *the_volume(struct planning *p);     /* of the argument `volume`; NULL: it has refused */
const struct brick_view *the_brick(struct planning *p, const char *argument, const struct volume_view **ret_volume); /* of a volume; NULL: it has refused */
const char *brick_text(struct planning *p, const struct brick_view *b);
void refuse_unless_pool_well(struct planning *p);             /* a peer that hangs makes every change hang, and leaves a lock */
void refuse_while_tasks(struct planning *p, const struct volume_view *v); /* a rebalance or remove-brick runs */
/* A new brick there: empty, on a file system of its own. True: "force" must be said to gluster for what was overruled. */
bool new_brick_needs_force(struct planning *p, const char *host, const char *path, const char *used_as);
bool paths_overlap(const char *a, const char *b);              /* one lies in the other, or is it */
void mkdir_step(struct planning *p, const char *host, const char *path);

/* ---- options ---- */
struct option_row { const char *key, *value, *why; };
extern const struct option_row failover_options[];            /* FACTS 5.2: together they release a dead client's locks in 4 s */
extern const struct option_row virt_options[];                /* for domains' images; without features.shard */
bool option_is_pool_wide(const char *key);                    /* to be set on "all" */
bool option_reaches_all(const char *key);                     /* set on one volume, it changes every one */
const char *option_note(const char *key);                     /* what an operator must know when it changes; NULL: nothing */
void failover_steps(struct planning *p, const char *host, const char *volume, const struct volume_view *now, const char *ping);
const char *check_option(struct planning *p, const char *value);

void peers_survey(struct planning *p), peer_probe_plan(struct planning *p), peer_detach_plan(struct planning *p);
void create_survey(struct planning *p), create_plan(struct planning *p);
void volume_start_plan(struct planning *p), volume_stop_plan(struct planning *p), volume_delete_plan(struct planning *p), volume_set_plan(struct planning *p), failover_plan(struct planning *p);
void mount_survey(struct planning *p), mount_plan(struct planning *p);
void heal_plan(struct planning *p), heal_full_plan(struct planning *p);
void brick_start_survey(struct planning *p), brick_start_plan(struct planning *p), brick_replace_survey(struct planning *p), brick_replace_plan(struct planning *p);
void brick_reset_start_plan(struct planning *p), brick_reset_commit_plan(struct planning *p);
void virt_propose(struct planning *p, struct texts *ret), virt_choices(struct planning *p, struct texts *ret), virt_plan(struct planning *p);
const char *virt_check(struct planning *p, const char *value);
void host_gluster_survey(struct planning *p), host_stop_plan(struct planning *p), host_start_plan(struct planning *p);

/* ---- bricks that come and go ---- */
int64_t bricks_a_set(const struct volume_view *v);
/* Its bricks that are not surely online, but for those named (or NULL): ret is YES when there are none, NO when one is down. */
struct texts volume_unsure_bricks(struct planning *p, const struct volume_view *v, const struct texts *but, enum truth *ret);
void refuse_unless_whole(struct planning *p, const struct volume_view *v, const struct texts *but, const char *otherwise); /* started, all up, nothing to heal; otherwise: why it matters */
void refuse_moving_open_images(struct planning *p, const struct volume_view *v, const struct texts *leaving); /* leaving: bricks, or NULL: from anywhere */
void brick_add_survey(struct planning *p), brick_add_propose(struct planning *p, struct texts *ret), brick_add_bricks(struct planning *p, struct texts *ret), brick_add_plan(struct planning *p);
void rebalance_start_plan(struct planning *p), rebalance_stop_plan(struct planning *p);
void brick_remove_plan(struct planning *p), copies_lower_plan(struct planning *p);
void brick_remove_survey(struct planning *p), brick_remove_stop_survey(struct planning *p), brick_remove_stop_plan(struct planning *p), brick_remove_commit_survey(struct planning *p), brick_remove_commit_plan(struct planning *p);

/* ---- split-brain ---- */
void splits_survey(struct planning *p), splits_look_plan(struct planning *p), splits_resolve_plan(struct planning *p);
void splits_choose_file(struct planning *p, struct texts *ret), splits_choose_source(struct planning *p, struct texts *ret);

void host_replace_survey(struct planning *p), host_replace_plan(struct planning *p);

extern const struct operation_argument create_arguments[], mount_arguments[], host_replace_arguments[];
#endif
