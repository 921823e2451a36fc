/* What the rows of cluster, nodes, resources and domains share. Internal to them. */
#ifndef OPS_CLUSTER_ROWS_H
#define OPS_CLUSTER_ROWS_H
#include "ops/operation.h"
#include "analysis/seen.h"

/* Pacemaker is read and has a member to be told on; else it is refused. Without quorum: refused, but not for ever. */
bool cluster_told(struct planning *p);
/* Its resource by that name; else refused. */
const struct resource_view *resource_told(struct planning *p, const char *id);
const struct domain_view *domain_told(struct planning *p, const char *name); /* known to libvirt, and what is known is fresh; else refused */
const struct domain_view *domain_of(const struct planning *p, const char *resource); /* that the resource drives; NULL: none */
bool is_domain_resource(const struct resource_view *r);
const char *whole_of(const struct planning *p, const char *resource); /* what is moved with it: its group or clone; itself */
/* Pacemaker drives it: managed, or not known to be left alone. */
bool is_driven(const struct planning *p, const char *resource);
bool moves_live(const struct planning *p, const char *resource);
const char *span(struct planning *p, int64_t ms); /* "90 s", "5 min" */
const char *size_words(struct planning *p, int64_t bytes);
int64_t move_deadline(const struct planning *p, const char *resource); /* stop and start, or migrate, by its own time-outs, and a minute */

/* How it goes from one host to another, and what else follows. */
void say_move(struct planning *p, const char *resource, const char *from, const char *to);
void say_failed_stop(struct planning *p, const char *host); /* what a stop that fails brings there */
void say_leftovers(struct planning *p, const char *resource, const char *but); /* constraints that moves and bans left */

/* The steps and the verification of a move, of a resource that is started; clear: its constraint goes when it is there. */
void move_resource(struct planning *p, const char *resource, const char *to, bool clear);
void move_told(struct planning *p, const char *resource, const char *to, bool clear); /* the whole plan of a move, its refusals too */
enum truth holds(const struct planning *p, const char *condition, ...) __attribute__((sentinel)); /* now, of the snapshot */
void step_file(struct planning *p, const char *host, const char *path, const char *mode, const char *what); /* an empty file with that mode; what is written into it is the next step's */
void propose_other_node(struct planning *p, struct texts *ret); /* "to" of "resource" or "domain": the first that may take it */
struct step *crm_meta(struct planning *p, const char *resource, const char *say, const char *name, const char *value); /* value NULL: taken away */
struct step *crm_clear(struct planning *p, const char *resource, const char *host); /* host NULL: wherever */
void refuse_last_copies(struct planning *p, const struct host_view *h); /* of volumes, when its bricks go */
void ask_pcs(struct planning *p, const char *host);
int64_t pcs_of(struct planning *p, const char *host); /* 9, 10, 11, 12; 0 with a refusal: not there, or not known */

/* ---- who joins and who leaves ---- */
const char *sign_of_life(struct planning *p, const struct host_view *h); /* whatever still speaks for the host; NULL: nothing does */
void ask_leftover(struct planning *p, const char *host);
void clear_leftover(struct planning *p, const char *host, bool strict); /* a corosync.conf of before; strict: none may be there */
void step_pcsd(struct planning *p, const char *host);
void step_password(struct planning *p, const char *host); /* of hacluster there */
struct step *step_auth(struct planning *p, const char *host, const char *say, int64_t pcs); /* the hosts' names and the user follow */
struct texts nodes_configured(struct planning *p); /* by corosync's list, as it names them; empty: not known */
bool nodes_all_here(struct planning *p, const char *but); /* all but that one are members; else it has refused: pcs changes no node that is away */
const char *member_but(struct planning *p, const char *but); /* a node to tell pcs on, own first; NULL: it has refused */
bool watched_only(const struct planning *p);      /* SBD by watchdog, without a disk: what loses quorum fences itself */

/* ---- plans of one file that are rows of another's table ---- */
extern const struct operation_argument domain_create_arguments[], make_ha_arguments[], undo_ha_arguments[], share_arguments[], setup_arguments[], authenticate_arguments[], password_arguments[], fencing_create_arguments[], fencing_password_arguments[], domain_image_arguments[], hand_over_arguments[];
void survey_domain_create(struct planning *p);
void plan_domain_create(struct planning *p);
void survey_share(struct planning *p);
void plan_share(struct planning *p);
void survey_make_ha(struct planning *p);
void plan_make_ha(struct planning *p);
void survey_undo_ha(struct planning *p);
void plan_undo_ha(struct planning *p);
void survey_setup(struct planning *p);
void plan_setup(struct planning *p);
void survey_authenticate(struct planning *p);
void plan_authenticate(struct planning *p);
void plan_password(struct planning *p);
void survey_domain_image(struct planning *p);
void plan_domain_image(struct planning *p);
void survey_hand_over(struct planning *p);
void plan_hand_over(struct planning *p);
void survey_fencing_create(struct planning *p);
void plan_fencing_create(struct planning *p);
void survey_fencing_password(struct planning *p);
void plan_fencing_password(struct planning *p);
void survey_fencing_test(struct planning *p);
void plan_fencing_test(struct planning *p);
void plan_fencing_fence(struct planning *p);
void plan_fencing_confirm(struct planning *p);
extern const struct operation_argument node_add_arguments[], node_remove_arguments[], qdevice_add_arguments[], sbd_enable_arguments[], sbd_disable_arguments[];
void survey_node_add(struct planning *p), plan_node_add(struct planning *p), survey_node_remove(struct planning *p), plan_node_remove(struct planning *p);
void survey_qdevice_add(struct planning *p), plan_qdevice_add(struct planning *p), survey_qdevice_remove(struct planning *p), plan_qdevice_remove(struct planning *p);
void survey_sbd_enable(struct planning *p), plan_sbd_enable(struct planning *p), survey_sbd_disable(struct planning *p), plan_sbd_disable(struct planning *p);
bool is_no_node(const struct snapshot *s, const char *target);
#endif
