/* Gluster's operations, the second table: bricks that come and go, one host's gluster, options of group virt, split-brain. */
#include "ops/gluster.h"

#define VOLUME {.name = "volume", .title = "VOLUME", .help = "the volume", .kind = ARG_VOLUME, .required = true}
static const struct operation_argument volume_only[] = {VOLUME, {.name = NULL}};
static const struct operation_argument one_brick[] = {{.name = "brick", .title = "BRICK", .help = "the brick", .kind = ARG_BRICK, .required = true}, {.name = NULL}};
static const struct operation_argument add_arguments[] = {
    VOLUME,
    {.name = "how", .title = "HOW", .help = "set: whole new sets, for more room; copy: one more copy of each set; arbiter: an arbiter for each set of two copies", .kind = ARG_CHOICE, .words = "set copy arbiter", .required = true, .propose = brick_add_propose},
    {.name = "brick", .title = "HOST:/PATH", .help = "an empty directory, best on a file system of its own; for sets all bricks of the first set, then of the next; for copies and arbiters one for each set, in the sets' order", .kind = ARG_BRICK,
     .required = true, .list = true, .propose = brick_add_bricks},
    {.name = NULL}};
static const struct operation_argument remove_arguments[] = {
    {.name = "brick", .title = "BRICK", .help = "one brick of each set that leaves; the others of its set leave with it", .kind = ARG_BRICK, .required = true, .list = true}, {.name = NULL}};
static const struct operation_argument lower_arguments[] = {
    {.name = "brick", .title = "BRICK", .help = "one brick of each set, the arbiters first where there are any", .kind = ARG_BRICK, .required = true, .list = true}, {.name = NULL}};
static const struct operation_argument virt_arguments[] = {
    VOLUME,
    {.name = "option", .title = "OPTION", .help = "which of them are set, by name; the others stay as they are. Proposed are those that differ and can be taken back", .kind = ARG_TEXT, .list = true, .propose = virt_propose,
     .choices = virt_choices, .check = virt_check},
    {.name = NULL}};
static const struct operation_argument host_arguments[] = {{.name = "host", .title = "PEER", .help = "the host of the pool", .kind = ARG_PEER, .required = true}, {.name = NULL}};
static const struct operation_argument resolve_arguments[] = {
    VOLUME,
    {.name = "file", .title = "/PATH", .help = "the file within the volume, as gluster-splitbrain names it", .kind = ARG_TEXT, .required = true, .choices = splits_choose_file},
    {.name = "source", .title = "BRICK", .help = "the brick whose copy is right: the others are made like it", .kind = ARG_BRICK, .required = true, .choices = splits_choose_source},
    {.name = NULL}};

/* ---- what fits what ---- */

static bool is_started(const struct volume_view *v) { return v && str_eq(v->status, "started"); }
static const struct volume_view *volume_of(const struct snapshot *s, const char *brick, const struct brick_view **ret) {
  struct arena *a = arena_new();
  const struct volume_view *v = NULL;
  *ret = brick_named(s, a, brick, &v);
  arena_free(a);
  return v;
}
static bool task_is(const struct volume_view *v, const char *type, const char *status) {
  for (size_t i = 0; v && i < v->tasks.count; i++)
    if (str_eq(v->tasks.item[i].type, type) && (!status || str_eq(v->tasks.item[i].status, status))) return true;
  return false;
}
static bool has_sets(const struct snapshot *s, const char *target) {
  const struct volume_view *v = snapshot_volume(s, target);
  return is_started(v) && volume_sets(v) > 1;
}
static bool is_moved(const struct snapshot *s, const char *target) { return task_is(snapshot_volume(s, target), "Rebalance", "in progress"); }
static bool has_copies(const struct snapshot *s, const char *target) {
  const struct volume_view *v = snapshot_volume(s, target);
  return is_started(v) && volume_copies(v) && v->split_brain != 0;
}
static bool may_leave(const struct snapshot *s, const char *target) {
  const struct brick_view *b;
  const struct volume_view *v = volume_of(s, target, &b);
  return b && is_started(v) && volume_sets(v) > 1 && !task_is(v, "Remove brick", NULL);
}
static bool leaves(const struct snapshot *s, const char *target) {
  const struct brick_view *b;
  const struct volume_view *v = volume_of(s, target, &b);
  return b && task_is(v, "Remove brick", NULL);
}
static bool is_copy(const struct snapshot *s, const char *target) {
  const struct brick_view *b;
  const struct volume_view *v = volume_of(s, target, &b);
  return b && v->replica > 1 && v->disperse <= 0;
}
static bool is_in_service(const struct snapshot *s, const char *target) {
  const struct brick_view *b;
  const struct volume_view *v = volume_of(s, target, &b);
  return b && is_started(v) && volume_copies(v) && b->online != TRUTH_NO;
}
static bool is_out_of_service(const struct snapshot *s, const char *target) {
  const struct brick_view *b;
  const struct volume_view *v = volume_of(s, target, &b);
  return b && is_started(v) && volume_copies(v) && b->online != TRUTH_YES;
}
static bool is_peer(const struct snapshot *s, const char *target) {
  const struct host_view *h = snapshot_host(s, target);
  return h && h->peer != PEER_UNKNOWN;
}
static bool is_gone(const struct snapshot *s, const char *target) { return is_peer(s, target) && snapshot_host(s, target)->peer != PEER_CONNECTED; }

const struct operation brick_operations[] = {
    {"gluster-brick-add", "Give a volume more bricks", "Whole sets for more room, one more copy of each set, or an arbiter for each set of two copies: then the heal that fills them is waited for.", TARGET_VOLUME, 2, OP_GLUSTER,
     add_arguments, brick_add_survey, brick_add_plan, NULL},
    {"gluster-rebalance-start", "Spread a volume's files over its sets", "After sets were added: gluster moves files to where they belong now, by itself, for hours.", TARGET_VOLUME, 1, OP_GLUSTER, volume_only, NULL, rebalance_start_plan, has_sets},
    {"gluster-rebalance-stop", "Stop a rebalance", "Ends it between two files. What was moved stays moved.", TARGET_VOLUME, 1, OP_GLUSTER, volume_only, NULL, rebalance_stop_plan, is_moved},
    {"gluster-brick-remove-start", "Begin to take a set of bricks out", "Gluster moves the files of the brick's set to the other sets, by itself, for hours; then gluster-brick-remove-commit.", TARGET_BRICK, 2, OP_GLUSTER, remove_arguments, brick_remove_survey, brick_remove_plan, may_leave},
    {"gluster-brick-remove-stop", "Keep bricks that were to go", "Ends a removal that was begun and not committed. The bricks remain; what was moved away stays where it is.", TARGET_BRICK, 1, OP_GLUSTER, remove_arguments, brick_remove_stop_survey, brick_remove_stop_plan, leaves},
    {"gluster-brick-remove-commit", "Take emptied bricks out", "Refused until gluster has moved everything away without a failure, and nothing is left in their directories.", TARGET_BRICK, 2, OP_GLUSTER, remove_arguments, brick_remove_commit_survey, brick_remove_commit_plan, leaves},
    {"gluster-copies-lower", "Keep one copy less of everything", "Takes one brick out of each set, with its copy or as its arbiter: no data is moved, and less may fail.", TARGET_BRICK, 2, OP_GLUSTER, lower_arguments, NULL, copies_lower_plan, is_copy},
    {"gluster-brick-reset-start", "Take a brick out of service for a new disk", "Ends its process, so that its disk can be exchanged; gluster-brick-reset-commit takes it back.", TARGET_BRICK, 2, OP_GLUSTER, one_brick, NULL, brick_reset_start_plan, is_in_service},
    {"gluster-brick-reset-commit", "Take a brick with a new disk into service", "The same brick begins anew on the disk that is mounted in its place, and is filled from the other copies.", TARGET_BRICK, 1, OP_GLUSTER, one_brick, brick_start_survey, brick_reset_commit_plan, is_out_of_service},
    {"gluster-virt-options", "Set options for domains' images, one by one", "Each option of gluster's group virt with what it is now, what it would be and what it does; only the chosen ones are set.", TARGET_VOLUME, 1, OP_GLUSTER | OP_WIZARD, virt_arguments, NULL, virt_plan, NULL},
    {"gluster-stop-host", "Stop all of gluster on a host", "The management daemon, its bricks and its healer, for maintenance: refused where guests would lose their disks.", TARGET_PEER, 2, OP_GLUSTER, host_arguments, host_gluster_survey, host_stop_plan, is_peer},
    {"gluster-start-host", "Start gluster on a host again", "The management daemon, and with it the host's bricks; what they missed is healed.", TARGET_PEER, 1, OP_GLUSTER, host_arguments, host_gluster_survey, host_start_plan, is_gone},
    {"host-replace", "Replace a host that is dead for good", "Its bricks begin anew on another host, or on a new machine of the same name that is given its UUID, and are filled from the other copies. Refused while another copy is down, or while the dead host shows life.", TARGET_PEER, 2, OP_GLUSTER,
     host_replace_arguments, host_replace_survey, host_replace_plan, is_gone},
    {"gluster-splitbrain", "Look at what is in split-brain", "File by file: whose image it is, what each brick has of it and holds against the others. Changes nothing.", TARGET_VOLUME, 0, OP_NO_LOCK, volume_only, splits_survey, splits_look_plan, has_copies},
    {"gluster-splitbrain-resolve", "Choose the right copy of a file in split-brain", "Makes all copies of the file, of all pieces of an image, like the one on a brick. Refused while its domain runs.", TARGET_VOLUME, 2, OP_GLUSTER, resolve_arguments, splits_survey, splits_resolve_plan, has_copies},
    {.name = NULL},
};
