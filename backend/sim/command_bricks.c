/* gluster's commands that change which bricks a volume has: add-brick, remove-brick, replace-brick, rebalance. */
#include "sim/command.h"
#include "sim/host.h"
#include "sim/net.h"
#include "sim/store_bricks.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct bricks { /* "V [replica N [arbiter N]] HOST:/PATH.. [VERB|force]" */
  struct sim_volume *v;
  int64_t replica, arbiter; /* 0: not given */
  const char *brick[256], *verb;
  size_t count;
  bool force;
};

static struct bricks read_bricks(struct call *c) {
  struct bricks n = {.v = c->count ? world_volume(c->w, c->rest[0]) : NULL};
  for (size_t i = 1; i < c->count; i++) {
    const char *word = c->rest[i], *next = i + 1 < c->count ? c->rest[i + 1] : "";
    if (str_eq(word, "replica")) n.replica = number_of(next, 0) / 1000, i++;
    else if (str_eq(word, "arbiter")) n.arbiter = number_of(next, 0) / 1000, i++;
    else if (strchr(word, ':') && n.count < COUNT(n.brick)) n.brick[n.count++] = word;
    else if (str_eq(word, "force")) n.force = true;
    else if (*word != '-') n.verb = word;
  }
  if (!n.verb && n.force) n.verb = "force";
  return n;
}

static struct sim_brick *brick_named(const struct sim_volume *v, const char *name) {
  char host[256];
  const char *colon = strchr(name, ':');
  snprintf(host, sizeof host, "%.*s", (int)(colon - name), name);
  return brick_of(v, host, colon + 1);
}

static struct sim_host *host_of(const struct world *w, const char *brick) {
  char host[256];
  snprintf(host, sizeof host, "%.*s", (int)strcspn(brick, ":"), brick);
  return world_host(w, host);
}

/* Where a brick may be made; NULL: here it may. */
static const char *why_not_there(struct call *c, const char *brick) {
  const struct sim_host *h = host_of(c->w, brick);
  if (!h || !YES(h->in_pool)) return world_words(c->w, "Host %.*s is not in 'Peer in Cluster' state", (int)strcspn(brick, ":"), brick);
  if (!daemon_runs(h, "glusterd") || !hosts_reach(c->w, c->host, h, TRAFFIC_GLUSTER)) return world_words(c->w, "Host %s is not connected", h->name);
  EACH(c->w->volumes, struct sim_volume, v)
    if (brick_of(v, h->name, strchr(brick, ':') + 1))
      return world_words(c->w, "%s%s%sBrick: %s not available. Brick may be containing or be contained by an existing brick.", h == c->host ? "" : "Pre Validation failed on ", h == c->host ? "" : h->name, h == c->host ? "" : ". ", brick);
  return NULL;
}

static int begin(struct call *c, const struct bricks *n, const char *failed) {
  int code = gluster_turn(c, n->v, failed);
  if (code >= 0) return code;
  return n->v ? -1 : fail(c, 1, "%sVolume %s does not exist", failed, c->count ? c->rest[0] : "");
}

static void place(struct call *c, struct sim_volume *v, size_t at, const char *brick, bool empty_copy) {
  const struct sim_host *h = host_of(c->w, brick);
  struct sim_brick *b = brick_add(c->w, v, at, h->name, strchr(brick, ':') + 1);
  b->full_heal = truth_of(empty_copy);
}

static int add_brick(struct call *c) {
  struct bricks n = read_bricks(c);
  int code = begin(c, &n, "volume add-brick: failed: ");
  if (code >= 0) return code;
  struct sim_volume *v = n.v;
  int64_t set = set_size(v), sets = (int64_t)v->bricks.count / set, more = n.replica ? n.replica - v->replica : 0;
  if (!n.count) return fail(c, 1, "\nUsage:\nvolume add-brick <VOLNAME> [<replica> <COUNT> [arbiter <COUNT>]] <NEW-BRICK> ... [force]\n");
  if (more > 0 && v->arbiter) return fail(c, 1, "volume add-brick: failed: Increasing replica count for arbiter volumes is not supported.");
  if (more > 0 && !str_eq(v->status, "started")) return fail(c, 1, "volume add-brick: failed:  Volume must not be in stopped state when replica-count needs to  be increased.");
  EACH(v->bricks, struct sim_brick, b)
    if (more > 0 && v->replica > 1 && !brick_lives(c->w, b)) return fail(c, 1, "volume add-brick: failed: Brick %s is down, changing replica count needs all the bricks to be up to avoid data loss", b->path);
  if (n.replica && (v->disperse || more < 1 || n.replica > 16 || v->arbiter)) return fail(c, 1, "volume add-brick: failed: replica count (%" PRId64 ") option given for add-brick is not greater than existing replica count (%" PRId64 ")", n.replica, v->replica);
  if ((int64_t)n.count % (more ? more * sets : set) || (more && (int64_t)n.count != more * sets)) return fail(c, 1, "volume add-brick: failed: Incorrect number of bricks supplied %zu with count %" PRId64, n.count, n.replica ? n.replica : set);
  for (size_t i = 0; i < n.count; i++) {
    const char *why = why_not_there(c, n.brick[i]);
    if (why) return fail(c, 1, "volume add-brick: failed: %s", why);
  }
  for (size_t i = 0; i < n.count; i++) { /* new sets at the end, new copies at the end of each set */
    int64_t of = more ? (int64_t)i / more : 0;
    place(c, v, more ? (size_t)((of + 1) * set + (int64_t)i) : v->bricks.count, n.brick[i], more > 0);
  }
  if (more) v->replica = n.replica, v->arbiter = n.arbiter ? 1 : v->arbiter;
  bricks_settle(c->w, v);
  say(c, "volume add-brick: success");
  return COMMAND_DONE;
}

static int replace_brick(struct call *c) {
  struct bricks n = read_bricks(c);
  if (n.count != 2 || !n.force || !str_eq(n.verb, "commit")) return fail(c, 1, "\nUsage:\nvolume replace-brick <VOLNAME> <SOURCE-BRICK> <NEW-BRICK> {commit force}\n");
  int code = begin(c, &n, "volume replace-brick: failed: ");
  if (code >= 0) return code;
  struct sim_brick *old = brick_named(n.v, n.brick[0]);
  if (!old) return fail(c, 1, "volume replace-brick: failed: brick: %s does not exist in volume: %s", n.brick[0], n.v->name);
  const char *why = why_not_there(c, n.brick[1]);
  if (why) return fail(c, 1, "volume replace-brick: failed: %s", why);
  if (set_size(n.v) < 2) return fail(c, 1, "volume replace-brick: failed: replace-brick is not permitted on distribute only volumes. Please use add-brick and remove-brick operations instead.");
  size_t at = (size_t)(old - n.v->bricks.item);
  brick_kill(c->w, n.v, old);
  drop_item(&n.v->bricks, sizeof *old, at);
  place(c, n.v, at, n.brick[1], true);
  bricks_settle(c->w, n.v);
  say(c, "volume replace-brick: success: replace-brick commit force operation successful");
  return COMMAND_DONE;
}

/* The same brick on another disk: "V BRICK start", then "V BRICK BRICK commit [force]". */
static int reset_brick(struct call *c) {
  struct bricks n = read_bricks(c);
  bool starts = str_eq(n.verb, "start");
  if (n.count != (starts ? 1 : 2) || (!starts && !str_eq(n.verb, "commit"))) return fail(c, 1, "\nUsage:\nvolume reset-brick <VOLNAME> <SOURCE-BRICK> {{start} | {<NEW-BRICK> commit}}\n");
  int code = begin(c, &n, "volume reset-brick: failed: ");
  if (code >= 0) return code;
  struct sim_brick *b = brick_named(n.v, n.brick[0]);
  if (!b) return fail(c, 1, "volume reset-brick: failed: brick: %s does not exist in volume: %s", n.brick[0], n.v->name);
  if (set_size(n.v) < 2) return fail(c, 1, "volume reset-brick: failed: Volume %s is not a replicate or disperse volume", n.v->name);
  if (starts) {
    brick_kill(c->w, n.v, b);
    return say(c, "volume reset-brick: success: reset-brick start operation successful"), COMMAND_DONE;
  }
  if (!str_eq(n.brick[0], n.brick[1])) return fail(c, 1, "volume reset-brick: failed: When destination brick is new, please use gluster volume replace-brick <volname> <src-brick> <dst-brick> commit force");
  if (!host_of(c->w, n.brick[0]) || !peer_connected(c->w, c->host, host_of(c->w, n.brick[0]))) return fail(c, 1, "volume reset-brick: failed: Host %s is not connected", b->host);
  if (b->life != LIFE_STOPPED) return fail(c, 1, "volume reset-brick: failed: Source brick must be stopped. Please use gluster volume reset-brick <volname> <dst-brick> start.");
  set_pair(c->w, &host_of(c->w, n.brick[0])->setup, world_words(c->w, "wiped %s", b->path), NULL);
  brick_start(c->w, n.v, b);
  bricks_settle(c->w, n.v);
  say(c, "volume reset-brick: success: reset-brick commit%s operation successful", n.force ? " force" : "");
  return COMMAND_DONE;
}

/* ---- tasks ---- */

static const char *size_words(char *out, int64_t bytes) {
  static const char *const units[] = {"Bytes", "KB", "MB", "GB", "TB"};
  double v = (double)bytes;
  size_t i = 0;
  while (v >= 1024 && i + 1 < COUNT(units)) v /= 1024, i++;
  if (i) snprintf(out, 32, "%.1f%s", v, units[i]);
  else snprintf(out, 32, "%" PRId64 "Bytes", bytes);
  return out;
}

static void task_row(struct call *c, const struct sim_volume *v, const struct gluster_task *t, const struct sim_host *h) {
  char size[32], run[32];
  struct task_progress p = task_progress(c->w, v, h->name);
  int64_t s = p.run_ms / 1000;
  snprintf(run, sizeof run, "%" PRId64 ":%02" PRId64 ":%02" PRId64, s / 3600, s / 60 % 60, s % 60);
  say(c, "%40s %16" PRId64 " %13s %13" PRId64 " %13d %13d %20s %14s", h == c->host ? "localhost" : h->name, p.files, size_words(size, p.bytes), p.scanned, 0, 0, t->status, run);
}

static void task_table(struct call *c, const struct sim_volume *v, const struct gluster_task *t, bool leaving_only) {
  say(c, "%40s %16s %13s %13s %13s %13s %20s %18s", "Node", "Rebalanced-files", "size", "scanned", "failures", "skipped", "status", "run time in h:m:s");
  say(c, "%40s %16s %13s %13s %13s %13s %20s %18s", "---------", "-----------", "-----------", "-----------", "-----------", "-----------", "------------", "--------------");
  for (int here = 0; here < 2; here++) /* this host last */
    EACH(c->w->hosts, struct sim_host, h) {
      bool shown = false;
      EACH(v->bricks, struct sim_brick, b) shown |= str_eq(b->host, h->name) && (!leaving_only || YES(b->leaving));
      if (shown && (h == c->host) == here) task_row(c, v, t, h);
    }
}

static int rebalance(struct call *c) {
  struct bricks n = read_bricks(c);
  const char *name = c->count ? c->rest[0] : "";
  struct sim_volume *v = n.v;
  if (v && !c->step && volume_locked(c->w, v)) return fail(c, 1, "volume rebalance: %s: failed: Another transaction is in progress. Please try again after some time.", v->name);
  int code = gluster_turn(c, v, NULL);
  if (code >= 0) return code;
  if (!v) return fail(c, 1, "volume rebalance: %s: failed: Volume %s does not exist", name, name);
  if (!str_eq(v->status, "started")) return fail(c, 1, "volume rebalance: %s: failed: Volume %s needs to be started to perform rebalance", v->name, v->name);
  if ((int64_t)v->bricks.count / set_size(v) < 2) return fail(c, 1, "volume rebalance: %s: failed: Volume %s is not a distribute volume or contains only 1 brick.\nNot performing rebalance", v->name, v->name);
  const struct gluster_task *t = task_of(v, "Rebalance");
  if (str_eq(n.verb, "status") || str_eq(n.verb, "stop")) {
    if (!t) return fail(c, 1, "volume rebalance: %s: failed: Rebalance not started for volume %s.", v->name, v->name);
    if (str_eq(n.verb, "stop")) task_stop(c->w, v);
    task_table(c, v, t, false);
    say(c, "volume rebalance: %s: success%s", v->name, str_eq(n.verb, "stop") ? ": rebalance process may be in the middle of a file migration.\nThe process will be fully stopped once the migration of the file is complete.\nPlease check rebalance process for completion before doing any further brick related tasks on the volume.\n" : "");
    return COMMAND_DONE;
  }
  if (!str_eq(n.verb, "start") && !str_eq(n.verb, "force")) return fail(c, 1, "\nUsage:\nvolume rebalance <VOLNAME> {{fix-layout start} | {start [force]|stop|status}}\n");
  if (task_of(v, "Remove brick")) return fail(c, 1, "volume rebalance: %s: failed: A remove-brick task on volume %s is not yet committed. Either commit or stop the remove-brick task.", v->name, v->name);
  if (t && str_eq(t->status, "in progress")) return fail(c, 1, "volume rebalance: %s: failed: Rebalance on %s is already started", v->name, v->name);
  t = task_begin(c->w, v, "Rebalance");
  say(c, "volume rebalance: %s: success: Rebalance on %s has been started successfully. Use rebalance status command to check status of the rebalance process.\nID: %s", v->name, v->name, t->id);
  return COMMAND_DONE;
}

/* Whole sets must go, or one copy of each. NULL: they may. */
static const char *why_not_remove(struct call *c, const struct bricks *n) {
  const struct sim_volume *v = n->v;
  int64_t set = set_size(v), sets = (int64_t)v->bricks.count / set, of[1024] = {0};
  bool starts = str_eq(n->verb, "start"), reduces = n->replica && n->replica < v->replica;
  if (starts && !str_eq(v->status, "started")) return world_words(c->w, "Volume %s needs to be started before remove-brick (you can use 'force' or 'commit' to override this behavior)", v->name);
  if (!reduces && (int64_t)n->count % set) return "Removing bricks from replicate configuration is not allowed without reducing replica count explicitly.";
  for (size_t i = 0; i < n->count; i++) {
    const struct sim_brick *b = brick_named(v, n->brick[i]);
    if (!b) return world_words(c->w, "Incorrect brick %s for volume %s", n->brick[i], v->name);
    if (str_eq(n->verb, "commit") && !YES(b->leaving)) return world_words(c->w, "Brick %s is not decommissioned. Use start or force option", n->brick[i]);
    if (b->set < (int64_t)COUNT(of)) of[b->set]++;
  }
  if (n->count >= v->bricks.count) return "Deleting all the bricks of the volume is not allowed";
  for (int64_t i = 0; i < sets && i < (int64_t)COUNT(of); i++)
    if (reduces ? of[i] != v->replica - n->replica : of[i] % set) return reduces ? "Bricks are not one copy of each set" : world_words(c->w, "Bricks not from same subvol for %s", v->disperse ? "disperse" : "replica");
  if (reduces && !str_eq(n->verb, "force")) return "Migration of data is not needed when reducing replica count. Use the 'force' option";
  return NULL;
}

static int remove_bricks_now(struct call *c, const struct bricks *n) {
  struct sim_volume *v = n->v;
  bool reduces = n->replica && n->replica < v->replica, commits = str_eq(n->verb, "commit");
  for (size_t i = 0; i < n->count; i++) brick_named(v, n->brick[i])->leaving = TRUTH_YES;
  if (reduces) {
    v->replica = n->replica, v->arbiter = 0;
    for (size_t i = 0; i < v->bricks.count; i++) {
      if (!YES(v->bricks.item[i].leaving)) continue;
      brick_kill(c->w, v, &v->bricks.item[i]);
      drop_item(&v->bricks, sizeof *v->bricks.item, i--);
    }
    bricks_settle(c->w, v);
  } else {
    bricks_drop_leaving(c->w, v);
  }
  if (v->replica < 2) set_pair(c->w, &v->options, "performance.client-io-threads", "on"); /* as glusterd does then */
  v->tasks.count = 0;
  say(c, "volume remove-brick commit%s: success", commits ? "" : " force");
  if (commits) say(c, "Check the removed bricks to ensure all files are migrated.\nIf files with data are found on the brick path, copy them via a gluster mount point before re-purposing the removed brick. ");
  return COMMAND_DONE;
}

static int remove_brick(struct call *c) {
  struct bricks n = read_bricks(c);
  char failed[64];
  if (!n.count || !n.verb) return fail(c, 1, "\nUsage:\nvolume remove-brick <VOLNAME> [replica <COUNT>] <BRICK> ... <start|stop|status|commit|force>\n");
  snprintf(failed, sizeof failed, "volume remove-brick %.20s: failed: ", str_eq(n.verb, "force") ? "commit force" : n.verb);
  int code = begin(c, &n, failed);
  if (code >= 0) return code;
  struct sim_volume *v = n.v;
  struct gluster_task *t = task_of(v, "Remove brick");
  if (str_eq(n.verb, "status") || str_eq(n.verb, "stop")) {
    if (!t) return fail(c, 1, "%sremove-brick not started for volume %s.", failed, v->name);
    task_table(c, v, t, true);
    if (str_eq(n.verb, "status")) return COMMAND_DONE;
    task_stop(c->w, v);
    say(c, "'remove-brick' process may be in the middle of a file migration.\nThe process will be fully stopped once the migration of the file is complete.\nPlease check remove-brick process for completion before doing any further brick related tasks on the volume.");
    return COMMAND_DONE;
  }
  const char *why = why_not_remove(c, &n);
  if (why) return fail(c, 1, "%s%s", failed, why);
  if (str_eq(n.verb, "commit") && t && str_eq(t->status, "in progress")) return fail(c, 1, "%suse 'force' option as migration is in progress", failed);
  if (str_eq(n.verb, "commit") || str_eq(n.verb, "force")) return remove_bricks_now(c, &n);
  if (!str_eq(n.verb, "start")) return fail(c, 1, "\nUsage:\nvolume remove-brick <VOLNAME> [replica <COUNT>] <BRICK> ... <start|stop|status|commit|force>\n");
  if (t) return fail(c, 1, "%sAn earlier remove-brick task exists for volume %s. Either commit it or stop it before starting a new task.", failed, v->name);
  for (size_t i = 0; i < n.count; i++) brick_named(v, n.brick[i])->leaving = TRUTH_YES;
  say(c, "volume remove-brick start: success\nID: %s", task_begin(c->w, v, "Remove brick")->id);
  return COMMAND_DONE;
}

const struct command gluster_brick_commands[] = {{"gluster", "volume add-brick", add_brick, 900}, {"gluster", "volume remove-brick", remove_brick, 700}, {"gluster", "volume replace-brick", replace_brick, 1600},
                                                 {"gluster", "volume reset-brick", reset_brick, 1200}, {"gluster", "volume rebalance", rebalance, 900}, {.program = NULL}};
