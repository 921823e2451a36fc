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
const struct pcmk_node *node_told(struct planning *p, const char *name); /* a node of the cluster; else refused */
int64_t leave_deadline(struct planning *p, const char *host); /* of all that must leave it: they go at the same time, more or less */
struct leaving { struct texts live, cold, stays; }; /* resources: how they leave a host that is put in standby */
struct leaving who_leaves(struct planning *p, const char *host);
struct texts plain_domains(struct planning *p, const char *host); /* that no resource drives: pacemaker lets them be */
struct step *step_standby(struct planning *p, const char *host), *step_unstandby(struct planning *p, const char *host);
const char *known_host(struct planning *p, const char *value); /* why it is none; NULL: it is */
bool has_bricks(const struct snapshot *s, const struct host_view *h);
/* Fencing, by hand. */
const char *last_fencing(struct planning *p, const char *host); /* when, by the cluster's own clock: a later one is the proof */
void refuse_without_device(struct planning *p, const char *node);
struct step *shoot(struct planning *p, const struct host_view *h, const char *option); /* by another node; NULL: refused */
/* Its fence device's own agent, told by the device's own parameters on a node, whatever pacemaker thinks of it. */
struct power { const char *by, *path, *script; };
bool power_known(struct planning *p, const struct host_view *h, struct power *ret); /* else refused */
struct step *power_step(struct planning *p, const struct power *w, const char *say, const char *what); /* prepare, on, off, forget */
struct step *power_prepare(struct planning *p, const struct power *w, const char *host); /* the script, and that it works: says whether the power is on, and exits 2 when it is off */
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
extern const struct operation_argument balance_arguments[], rolling_arguments[], power_arguments[];
void plan_balance(struct planning *p);
void survey_rolling(struct planning *p);
void plan_rolling(struct planning *p);
void survey_power(struct planning *p);
void plan_power(struct planning *p);
extern const struct operation_argument domain_create_arguments[], make_ha_arguments[], undo_ha_arguments[], share_arguments[], setup_arguments[], authenticate_arguments[], password_arguments[], fencing_create_arguments[], fencing_password_arguments[], domain_image_arguments[], hand_over_arguments[];
extern const struct operation_argument domain_edit_arguments[], agent_arguments[], snapshot_arguments[], snapshot_list_arguments[], snapshot_delete_arguments[], snapshot_revert_arguments[], import_arguments[];
bool is_plain_name(const char *s); /* it may be a part of a file's name */
void refuse_if_off(struct planning *p, const struct domain_view *d);
const char *shared_mount(struct planning *p, const struct domain_view *d);       /* that its first shared disk lies below; NULL: it has none */
const char *volume_mount(struct planning *p, const struct domain_view *d);       /* the same, or that its shared definition lies below */
const char *volume_host(const struct planning *p, const struct domain_view *d);  /* where its volume is seen from; NULL: nowhere */
int64_t size_said(const struct planning *p, const char *info, const char *name); /* "64 MiB" behind a name in what qemu-img prints; 0: it says nothing of it */
void propose_directory(struct planning *p, struct texts *ret);                   /* where a volume is mounted here */
const char *home_of(const struct domain_view *d);                                /* where it runs, else is defined; NULL: nowhere */
struct texts kvm_nodes(struct planning *p);                                      /* that pacemaker may start it on */
void share_definition(struct planning *p, const struct domain_view *d, const char *host, const char *config); /* steps: as libvirt there has it */
void create_resource(struct planning *p, const struct domain_view *d, const char *config, bool adopt);
void make_ha_steps(struct planning *p, const struct domain_view *d, const char *home, const char *config);
void survey_domain_edit(struct planning *p);
void plan_domain_edit(struct planning *p);
void survey_agent(struct planning *p);
void plan_agent(struct planning *p);
void survey_snapshot(struct planning *p);
void plan_snapshot(struct planning *p);
void survey_snapshot_list(struct planning *p);
void plan_snapshot_list(struct planning *p);
void plan_snapshot_delete(struct planning *p);
void survey_snapshot_revert(struct planning *p);
void plan_snapshot_revert(struct planning *p);
bool snapshot_possible(const struct snapshot *s, const char *name);
void survey_import(struct planning *p);
void plan_import(struct planning *p);
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
extern const struct operation_argument fencing_delay_arguments[], fencing_level_arguments[];
void propose_its_device(struct planning *p, struct texts *ret); /* of "node" */
void plan_fencing_delay(struct planning *p);
void survey_fencing_level(struct planning *p);
void plan_fencing_level(struct planning *p);
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
