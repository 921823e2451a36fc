/* gluster, as its 10.3 speaks with --mode=script. */
#include "sim/build.h"
#include "sim/command.h"
#include "sim/host.h"
#include "sim/net.h"
#include "sim/store.h"
#include "sim/store_split.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { CLI_TIMEOUT_MS = 120000, LOCK_TIMER_MS = 180000 };

/* The daemon of this host must answer; -1 when it does. */
static int no_daemon(struct call *c) {
  const struct sim_daemon *d = host_daemon(c->host, "glusterd");
  if (d && d->life == LIFE_RUNNING) return -1;
  if (d && d->life == LIFE_HUNG) {
    int64_t limit = number_of(value_of(c, NULL, "--timeout"), CLI_TIMEOUT_MS);
    if (c->w->clock - c->began < limit) return COMMAND_WAITS;
    return fail(c, 1, "Error : Request timed out");
  }
  return fail_out(c, 1, "Connection failed. Please check if gluster daemon is operational.");
}

/* What needs all peers hangs while one of them does, though it counts as connected; and the volume is locked for as long as
 * glusterd itself remembers, also when the command has given up. */
int gluster_turn(struct call *c, struct sim_volume *v, const char *failed) {
  int code = no_daemon(c);
  if (code >= 0) return code;
  if (v && !c->step && volume_locked(c->w, v)) return fail(c, 1, "%sAnother transaction is in progress for %s. Please try again after some time.", failed ? failed : "", v->name);
  const struct sim_host *peer = peer_in_the_way(c->w, c->host);
  if (v && !peer) volume_lock(c->w, v, c->host, NULL, c->takes_ms);
  if (!peer) return -1;
  if (v && !c->step) volume_lock(c->w, v, c->host, peer, LOCK_TIMER_MS);
  if (c->w->clock - c->began < number_of(value_of(c, NULL, "--timeout"), CLI_TIMEOUT_MS)) return COMMAND_WAITS;
  return fail(c, 1, "Error : Request timed out");
}

#define DAEMON(c)                      \
  do {                                 \
    int code_ = no_daemon(c);          \
    if (code_ >= 0) return code_;      \
  } while (0)
#define PEERS(c)                             \
  do {                                       \
    int code_ = gluster_turn(c, NULL, NULL); \
    if (code_ >= 0) return code_;            \
  } while (0)

/* ---- peers ---- */

static int peer_probe(struct call *c) {
  const char *name = word_at(c, 0);
  struct sim_host *h = name ? world_host(c->w, name) : NULL;
  DAEMON(c);
  if (!name) return fail(c, 1, "Usage:\npeer probe { <HOSTNAME> | <IP-address> }");
  if (!h) return fail(c, 1, "peer probe: failed: Probe returned with Transport endpoint is not connected");
  if (h == c->host) return say(c, "peer probe: Probe on localhost not needed"), COMMAND_DONE;
  if (pool_stranger(c->host) && YES(h->in_pool)) { /* who says that it has that UUID is told all; another is somebody else's peer */
    const char *info = host_file(c, "/var/lib/glusterd/glusterd.info");
    if (!info || !strstr(info, c->host->gluster_uuid)) return fail(c, 1, "peer probe: failed: %s is either already part of another cluster or having volumes configured", name);
    set_pair(c->w, &c->host->setup, "stranger", "learnt");
    return say(c, "peer probe: success"), COMMAND_DONE;
  }
  if (pool_stranger(h)) return fail(c, 1, "peer probe: failed: Peer %s is already known by another UUID", name);
  if (YES(h->in_pool) && YES(c->host->in_pool)) return say(c, "peer probe: Host %s port 24007 already in peer list", name), COMMAND_DONE;
  if (!daemon_runs(h, "glusterd") || !hosts_reach(c->w, c->host, h, TRAFFIC_GLUSTER)) return fail(c, 1, "peer probe: failed: Probe returned with Transport endpoint is not connected");
  h->in_pool = c->host->in_pool = TRUTH_YES;
  world_touch(c->w, LAYER_GLUSTER);
  say(c, "peer probe: success");
  return COMMAND_DONE;
}

static int peer_detach(struct call *c) {
  const char *name = word_at(c, 0);
  struct sim_host *h = name ? world_host(c->w, name) : NULL;
  PEERS(c);
  if (!h || !YES(h->in_pool)) return fail(c, 1, "peer detach: failed: %s is not part of cluster", name ? name : "");
  if (h == c->host) return fail(c, 1, "peer detach: failed: %s is localhost", name);
  EACH(c->w->volumes, struct sim_volume, v)
    if (brick_of(v, h->name, NULL)) return fail(c, 1, "peer detach: failed: Peer %s hosts one or more bricks. If the peer is in not recoverable state then use either replace-brick or remove-brick command with force to remove all bricks from the peer and attempt the peer detach again.", name);
  h->in_pool = TRUTH_NO;
  world_touch(c->w, LAYER_GLUSTER);
  say(c, "peer detach: success");
  return COMMAND_DONE;
}

static int peer_status(struct call *c) {
  int n = 0;
  DAEMON(c);
  EACH(c->w->hosts, struct sim_host, h) n += YES(h->in_pool) && h != c->host;
  if (!YES(c->host->in_pool)) n = 0;
  say(c, "Number of Peers: %d", n);
  EACH(c->w->hosts, struct sim_host, h) {
    if (!n || !YES(h->in_pool) || h == c->host) continue;
    say(c, "\nHostname: %s\nUuid: %s\nState: Peer in Cluster (%s)", h->name, h->gluster_uuid, peer_connected(c->w, c->host, h) ? "Connected" : "Disconnected");
  }
  return COMMAND_DONE;
}

static int pool_list(struct call *c) {
  DAEMON(c);
  say(c, "UUID\t\t\t\t\tHostname \tState");
  EACH(c->w->hosts, struct sim_host, h)
    if (YES(h->in_pool) && h != c->host && YES(c->host->in_pool)) say(c, "%s\t%-9s\t%s ", h->gluster_uuid, h->name, peer_connected(c->w, c->host, h) ? "Connected" : "Disconnected");
  say(c, "%s\t%-9s\tConnected ", c->host->gluster_uuid, "localhost");
  return COMMAND_DONE;
}

/* ---- volumes ---- */

struct creation { int64_t replica, arbiter, disperse, redundancy; struct texts bricks; bool force; };

static int64_t count_after(const char *text) { return number_of(text, -1000) / 1000; }

static bool read_creation(struct call *c, struct arena *a, struct creation *n) {
  *n = (struct creation){.replica = 1};
  for (size_t i = 1; i < c->count; i++) {
    const char *word = c->rest[i], *next = i + 1 < c->count ? c->rest[i + 1] : NULL;
    int64_t *to = str_eq(word, "replica") ? &n->replica : str_eq(word, "arbiter") ? &n->arbiter : str_eq(word, "disperse") ? &n->disperse : str_eq(word, "redundancy") ? &n->redundancy : NULL;
    if (to) *to = count_after(next), i++;
    else if (str_eq(word, "force")) n->force = true;
    else if (str_eq(word, "transport")) i++;
    else if (strchr(word, ':')) texts_add(a, &n->bricks, word);
  }
  if (n->disperse > 0 && !n->redundancy) n->redundancy = (n->disperse - 1) / 2 ? (n->disperse - 1) / 2 : 1;
  return n->bricks.count && n->replica > 0 && n->replica <= 16 && n->arbiter >= 0 && n->arbiter <= 1 && n->disperse >= 0 && n->disperse <= 32 && n->redundancy >= 0 && (!n->disperse || n->redundancy * 2 < n->disperse);
}

static const char *why_not_create(struct call *c, struct arena *a, const struct creation *n, const char *name) {
  int64_t set = n->disperse > 0 ? n->disperse : n->replica;
  if (n->bricks.count % (size_t)set) return arena_printf(a, "number of bricks is not a multiple of %s count", n->disperse ? "disperse" : "replica");
  for (size_t i = 0; i < n->bricks.count; i++) {
    const char *brick = n->bricks.item[i], *path = strchr(brick, ':') + 1;
    const char *host = arena_strndup(a, brick, (size_t)(path - brick - 1));
    const struct sim_host *h = world_host(c->w, host);
    if (!h || (!YES(h->in_pool) && h != c->host)) return arena_printf(a, "volume create: %s: failed: Host %s is not in 'Peer in Cluster' state", name, host);
    EACH(c->w->volumes, struct sim_volume, v)
      if (brick_of(v, h->name, path)) return arena_printf(a, "volume create: %s: failed: %s is already part of a volume", name, path);
    for (size_t k = i - i % (size_t)set; k < i && !n->force; k++)
      if (!strncmp(n->bricks.item[k], brick, (size_t)(path - brick)))
        return arena_printf(a, "volume create: %s: failed: Multiple bricks of a replicate volume are present on the same server. This setup is not optimal. Bricks should be on different nodes to have best fault tolerant configuration. Use 'force' at the end of the command if you want to override this behavior. ", name);
  }
  return NULL;
}

static int volume_create(struct call *c) {
  CLEANUP(arena_freep) struct arena *a = arena_new();
  const char *name = word_at(c, 0);
  struct creation n;
  PEERS(c);
  if (!name || !read_creation(c, a, &n)) return fail(c, 1, "\nUsage:\nvolume create <NEW-VOLNAME> [[replica <COUNT> [arbiter <COUNT>]]|[replica 2 thin-arbiter 1]] [disperse [<COUNT>]] [disperse-data <COUNT>] [redundancy <COUNT>] [transport <tcp|rdma|tcp,rdma>] <NEW-BRICK> <TA-BRICK>... [force]\n");
  if (world_volume(c->w, name)) return fail(c, 1, "volume create: %s: failed: Volume %s already exists", name, name);
  const char *why = why_not_create(c, a, &n, name);
  if (why) return fail(c, 1, "%s", why);
  c->host->in_pool = TRUTH_YES;
  build_volume(c->w, name, n.replica, n.arbiter, n.disperse, n.redundancy, &n.bricks);
  say(c, "volume create: %s: success: please start the volume to access data", name);
  return COMMAND_DONE;
}

/* The volume, with its lock; NULL: what the command must return is in *ret. */
static struct sim_volume *named(struct call *c, const char *what, int *ret) {
  const char *name = word_at(c, 0);
  struct sim_volume *v = name ? world_volume(c->w, name) : NULL;
  char failed[400];
  snprintf(failed, sizeof failed, "volume %s: %s: failed: ", what, name ? name : "");
  *ret = gluster_turn(c, v, failed);
  if (*ret >= 0) return NULL;
  if (!v) *ret = fail(c, 1, "%sVolume %s does not exist", failed, name ? name : "");
  return v;
}

static int volume_start(struct call *c) {
  int code;
  struct sim_volume *v = named(c, "start", &code);
  bool force = str_eq(word_at(c, 1), "force");
  if (!v) return code;
  if (str_eq(v->status, "started") && !force) return fail(c, 1, "volume start: %s: failed: Volume %s already started", v->name, v->name);
  v->status = "started";
  EACH(v->bricks, struct sim_brick, b)
    if (b->life != LIFE_HUNG) brick_start(c->w, v, b); /* a process that is there is taken for running */
  world_touch(c->w, LAYER_GLUSTER);
  store_check(c->w);
  say(c, "volume start: %s: success", v->name);
  return COMMAND_DONE;
}

static int volume_stop(struct call *c) {
  int code;
  struct sim_volume *v = named(c, "stop", &code);
  if (!v) return code;
  if (!str_eq(v->status, "started")) return fail(c, 1, "volume stop: %s: failed: Volume %s is not in the started state", v->name, v->name);
  v->status = "stopped";
  EACH(v->bricks, struct sim_brick, b) brick_kill(c->w, v, b);
  world_touch(c->w, LAYER_GLUSTER);
  say(c, "volume stop: %s: success", v->name);
  return COMMAND_DONE;
}

static int volume_delete(struct call *c) {
  int code;
  struct sim_volume *v = named(c, "delete", &code);
  if (!v) return code;
  if (str_eq(v->status, "started")) return fail(c, 1, "volume delete: %s: failed: Volume %s has been started.Volume needs to be stopped before deletion.", v->name, v->name);
  say(c, "volume delete: %s: success", v->name);
  for (size_t i = 0; i < c->w->files.count; i++)
    if (str_eq(c->w->files.item[i].volume, v->name)) drop_item(&c->w->files, sizeof *c->w->files.item, i--);
  drop_item(&c->w->volumes, sizeof *v, (size_t)(v - c->w->volumes.item));
  world_touch(c->w, LAYER_GLUSTER);
  return COMMAND_DONE;
}

static bool known_option(const char *name) {
  static const char *const prefixes[] = {"network.", "server.", "cluster.", "performance.", "features.", "client.", "auth.", "storage.", "diagnostics.", "nfs.", "transport.", "user."};
  for (size_t i = 0; i < COUNT(prefixes); i++)
    if (str_starts(name, prefixes[i])) return true;
  return false;
}

static int set_group(struct call *c, struct sim_volume *v, const char *name) {
  const char *line = sim_group(name);
  if (!line) return fail(c, 1, "Unable to open file '/var/lib/glusterd/groups/%s'.\nvolume set: failed: group %s does not exist", name, name);
  for (; *line; line += strcspn(line, "\n") + 1) {
    char key[128], value[128];
    if (sscanf(line, "%127[^=]=%127[^\n]", key, value) == 2) set_pair(c->w, &v->options, key, value);
  }
  v->changed = c->w->clock;
  world_touch(c->w, LAYER_GLUSTER);
  store_check(c->w);
  say(c, "volume set: success");
  return COMMAND_DONE;
}

static int volume_set(struct call *c) {
  const char *key = word_at(c, 1), *value = word_at(c, 2);
  const char *name = word_at(c, 0);
  struct sim_volume *v = name ? world_volume(c->w, name) : NULL;
  int code = gluster_turn(c, v, "volume set: failed: ");
  if (code >= 0) return code;
  if (!v) return fail(c, 1, "volume set: failed: Volume %s does not exist", name ? name : "");
  if (!key || !value) return fail(c, 1, "\nUsage:\nvolume set <VOLNAME> <KEY> <VALUE>\n");
  if (str_eq(key, "group")) return set_group(c, v, value);
  if (!known_option(key)) return fail(c, 1, "volume set: failed: option : %s does not exist\nDid you mean nfs.drc-size or ...rpc-statd?", key);
  bool global = str_eq(key, "client.strict-locks"); /* set on all volumes, whichever is named */
  EACH(c->w->volumes, struct sim_volume, x)
    if (x == v || global) set_pair(c->w, &x->options, key, value), x->changed = c->w->clock;
  world_touch(c->w, LAYER_GLUSTER);
  store_check(c->w);
  say(c, "volume set: success");
  return COMMAND_DONE;
}

static int volume_reset(struct call *c) {
  int code;
  struct sim_volume *v = named(c, "reset", &code);
  const char *key = word_at(c, 1);
  if (!v) return code;
  if (key) set_pair(c->w, &v->options, key, NULL);
  else v->options.count = 0;
  world_touch(c->w, LAYER_GLUSTER);
  say(c, "volume reset: success: reset volume successful");
  return COMMAND_DONE;
}

static int volume_get(struct call *c) {
  const char *name = word_at(c, 0), *key = word_at(c, 1);
  DAEMON(c);
  const struct sim_volume *v = name ? world_volume(c->w, name) : NULL;
  if (!v) return fail(c, 1, "volume get option: failed: Volume %s does not exist", name ? name : "");
  say(c, "%-40s %-39s\n%-40s %-39s", "Option", "Value", "------", "-----");
  const char *value = key ? pairs_get(&v->options, key) : NULL;
  say(c, "%-40s %-39s", key ? key : "", value ? value : "(null)");
  return COMMAND_DONE;
}

static const char *capital(char *out, const char *text) {
  snprintf(out, 32, "%s", text);
  if (*out >= 'a' && *out <= 'z') *out = (char)(*out - 32);
  return out;
}

static const char *type_words(const char *type) {
  static const struct { const char *type, *words; } rows[] = {{"distribute", "Distribute"}, {"replicate", "Replicate"}, {"distributed-replicate", "Distributed-Replicate"}, {"arbiter", "Replicate"},
                                                              {"distributed-arbiter", "Distributed-Replicate"}, {"disperse", "Disperse"}, {"distributed-disperse", "Distributed-Disperse"}};
  for (size_t i = 0; i < COUNT(rows); i++)
    if (str_eq(rows[i].type, type)) return rows[i].words;
  return "Distribute";
}

static void one_info(struct call *c, const struct sim_volume *v) {
  char status[32], layout[64];
  int64_t set = set_size(v), sets = (int64_t)v->bricks.count / set;
  if (v->arbiter) snprintf(layout, sizeof layout, "%" PRId64 " x (%" PRId64 " + %" PRId64 ") = %zu", sets, v->replica - v->arbiter, v->arbiter, v->bricks.count);
  else if (v->disperse) snprintf(layout, sizeof layout, "%" PRId64 " x (%" PRId64 " + %" PRId64 ") = %zu", sets, v->disperse - v->redundancy, v->redundancy, v->bricks.count);
  else if (set > 1) snprintf(layout, sizeof layout, "%" PRId64 " x %" PRId64 " = %zu", sets, set, v->bricks.count);
  else snprintf(layout, sizeof layout, "%zu", v->bricks.count);
  say(c, " \nVolume Name: %s\nType: %s\nVolume ID: %s\nStatus: %s\nSnapshot Count: 0\nNumber of Bricks: %s\nTransport-type: tcp\nBricks:", v->name, type_words(v->type), v->id, capital(status, v->status), layout);
  size_t n = 0;
  EACH(v->bricks, struct sim_brick, b) say(c, "Brick%zu: %s:%s%s", ++n, b->host, b->path, YES(b->arbiter) ? " (arbiter)" : "");
  say(c, "Options Reconfigured:");
  for (size_t i = v->options.count; i-- > 0;) say(c, "%s: %s", v->options.item[i].key, v->options.item[i].value);
}

static int volume_info(struct call *c) {
  const char *name = word_at(c, 0);
  DAEMON(c);
  if (name && !world_volume(c->w, name)) return fail(c, 1, "Volume %s does not exist", name);
  if (!c->w->volumes.count) say(c, "No volumes present");
  EACH(c->w->volumes, struct sim_volume, v)
    if (!name || str_eq(v->name, name)) one_info(c, v);
  return COMMAND_DONE;
}

static int volume_list(struct call *c) {
  DAEMON(c);
  EACH(c->w->volumes, struct sim_volume, v) say(c, "%s", v->name);
  if (!c->w->volumes.count) say(c, "No volumes present in cluster");
  return COMMAND_DONE;
}

static bool brick_online(const struct call *c, const struct sim_brick *b) {
  const struct sim_host *h = world_host(c->w, b->host);
  return b->life != LIFE_STOPPED && h && peer_connected(c->w, c->host, h) && h->power == POWER_ON;
}

static const char *size_words(char *out, int64_t bytes) {
  static const char *const units[] = {"Bytes", "KB", "MB", "GB", "TB", "PB"};
  double v = (double)bytes;
  size_t i = 0;
  while (v >= 1024 && i + 1 < COUNT(units)) v /= 1024, i++;
  snprintf(out, 32, "%.1f%s", v, units[i]);
  return out;
}

static void status_detail(struct call *c, const struct sim_volume *v) {
  char left[32], size[32];
  EACH(v->bricks, struct sim_brick, b) {
    bool on = brick_online(c, b);
    say(c, "------------------------------------------------------------------------------");
    say(c, "%-20s : Brick %s:%s", "Brick", b->host, b->path);
    if (on) say(c, "%-20s : %-20" PRId64 "\n%-20s : %-20d\n%-20s : Y                   \n%-20s : %-20" PRId64, "TCP Port", b->port, "RDMA Port", 0, "Online", "Pid", b->pid);
    else say(c, "%-20s : N/A                 \n%-20s : N/A                 \n%-20s : N                   \n%-20s : N/A                 ", "TCP Port", "RDMA Port", "Online", "Pid");
    say(c, "%-20s : %-20s\n%-20s : %-20s\n%-20s : %-20s\n%-20s : %-20d", "File System", "xfs", "Device", "/dev/mapper/vg-bricks", "Mount Options", "rw,relatime", "Inode Size", 512);
    say(c, "%-20s : %-20s\n%-20s : %-20s\n%-20s : %-20" PRId64 "\n%-20s : %-20" PRId64, "Disk Space Free", size_words(left, b->size - b->used), "Total Disk Space", size_words(size, b->size), "Inode Count", b->size >> 11, "Free Inodes", (b->size >> 11) - 500);
  }
}

static void status_table(struct call *c, const struct sim_volume *v) {
  static const char rule[] = "------------------------------------------------------------------------------";
  say(c, "Gluster process                             TCP Port  RDMA Port  Online  Pid\n%s", rule);
  EACH(v->bricks, struct sim_brick, b) {
    char name[512];
    snprintf(name, sizeof name, "Brick %s:%s", b->host, b->path);
    if (brick_online(c, b)) say(c, "%-44s%-10" PRId64 "%-11d%-8s%-5" PRId64, name, b->port, 0, "Y", b->pid);
    else say(c, "%-44s%-10s%-11s%-8s%-5s", name, "N/A", "N/A", "N", "N/A");
  }
  EACH(c->w->hosts, struct sim_host, h) {
    char name[512];
    if (v->replica < 2 || !YES(h->in_pool) || !peer_connected(c->w, c->host, h)) continue;
    snprintf(name, sizeof name, "Self-heal Daemon on %s", h == c->host ? "localhost" : h->name);
    say(c, "%-44s%-10s%-11s%-8s%-5" PRId64, name, "N/A", "N/A", "Y", (int64_t)140 + (h - c->w->hosts.item));
  }
  say(c, " \nTask Status of Volume %s\n%s", v->name, rule);
  if (!v->tasks.count) say(c, "There are no active volume tasks");
  for (size_t i = 0; i < v->tasks.count; i++) {
    const struct gluster_task *t = &v->tasks.item[i];
    say(c, "Task                 : %s\nID                   : %s", t->type, t->id);
    if (str_eq(t->type, "Remove brick")) say(c, "Removed bricks:     ");
    EACH(v->bricks, struct sim_brick, b)
      if (YES(b->leaving)) say(c, "%s:%s", b->host, b->path);
    say(c, "Status               : %s", t->status);
  }
  say(c, " ");
}

static int volume_status(struct call *c) {
  const char *name = word_at(c, 0);
  if (str_eq(name, "all")) name = NULL;
  struct sim_volume *v = name ? world_volume(c->w, name) : NULL;
  EACH(c->w->volumes, struct sim_volume, x) { /* one after the other when none is named */
    int code = (name && x != v) || !str_eq(x->status, "started") ? -1 : gluster_turn(c, x, NULL);
    if (code >= 0) return code;
  }
  DAEMON(c);
  if (name && !v) return fail(c, 1, "Volume %s does not exist", name);
  if (v && !str_eq(v->status, "started")) return fail(c, 1, "Volume %s is not started", v->name);
  EACH(c->w->volumes, struct sim_volume, x) {
    if ((name && x != v) || !str_eq(x->status, "started")) continue;
    say(c, "Status of volume: %s", x->name);
    if (str_eq(word_at(c, 1), "detail")) status_detail(c, x);
    else status_table(c, x);
  }
  return COMMAND_DONE;
}

/* ---- heals ---- */

static void heal_info(struct call *c, const struct sim_volume *v, bool summary) {
  EACH(v->bricks, struct sim_brick, b) {
    bool lives = brick_lives(c->w, b) && daemon_runs(world_host(c->w, b->host), "glusterd"); /* who asks is new: it learns the brick's port there */
    int64_t n = lives ? pending_at(c->w, v, b) : 0;
    say(c, "Brick %s:%s\nStatus: %s", b->host, b->path, lives ? "Connected" : "Transport endpoint is not connected");
    if (!summary) {
      for (int64_t i = 0; lives && i < n && i < 100; i++) say(c, "<gfid:%08" PRIx64 "-0000-4000-8000-%012" PRIx64 "> ", mix((uint64_t)i, 1) & 0xffffffff, (uint64_t)i);
      if (lives) say(c, "Number of entries: %" PRId64 "\n", n);
      else say(c, "Number of entries: -\n");
    } else if (lives) {
      say(c, "Total Number of entries: %" PRId64 "\nNumber of entries in heal pending: %" PRId64 "\nNumber of entries in split-brain: %" PRId64 "\nNumber of entries possibly healing: 0\n", n, n > v->split_brain ? n - v->split_brain : 0, n ? v->split_brain : 0);
    } else {
      say(c, "Total Number of entries: -\nNumber of entries in heal pending: -\nNumber of entries in split-brain: -\nNumber of entries possibly healing: -\n");
    }
  }
}

static void split_info(struct call *c, const struct sim_volume *v) {
  EACH(v->bricks, struct sim_brick, b) {
    bool lives = brick_lives(c->w, b) && daemon_runs(world_host(c->w, b->host), "glusterd");
    int64_t n = 0;
    say(c, "Brick %s:%s", b->host, b->path);
    EACH(c->w->files, struct sim_file, f) {
      if (!lives || !str_eq(f->volume, v->name) || f->set != b->set || !YES(f->split)) continue;
      say(c, "%s", split_name(c->w, v, f));
      n++;
    }
    if (lives) say(c, "Status: Connected\nNumber of entries in split-brain: %" PRId64 "\n", n);
    else say(c, "Status: Transport endpoint is not connected\nNumber of entries in split-brain: -\n");
  }
}

/* "split-brain source-brick HOST:/PATH FILE": takes no lock, a client does it. */
static int split_choose(struct call *c, struct sim_volume *v) {
  const char *how = word_at(c, 2), *source = word_at(c, 3), *name = word_at(c, 4), *colon = source ? strchr(source, ':') : NULL;
  if (!str_eq(how, "source-brick") || !colon || !name) return fail(c, 1, "\nUsage:\nvolume heal <VOLNAME> [enable | disable | full |statistics [heal-count [replica <HOSTNAME:BRICKNAME>]] |info [summary | split-brain] |split-brain {bigger-file <FILE> | latest-mtime <FILE> |source-brick <HOSTNAME:BRICKNAME> [<FILE>]} |granular-entry-heal {enable | disable}]\n");
  const struct sim_brick *b = brick_of(v, world_words(c->w, "%.*s", (int)(colon - source), source), colon + 1);
  struct sim_file *f = split_file(c->w, v, name);
  if (!b) return fail_out(c, 255, "\"%s\"- No such brick available in the volume.\nVolume heal failed.", source);
  if (!f) return fail_out(c, 255, "Lookup failed on %s:No such file or directory.\nVolume heal failed.", name);
  EACH(v->bricks, struct sim_brick, o)
    if (o->set == f->set && !brick_lives(c->w, o)) return fail_out(c, 255, "Healing %s failed:Transport endpoint is not connected.\nVolume heal failed.", name);
  if (f->set != b->set || !split_resolve(c->w, v, f)) return fail_out(c, 255, "Healing %s failed: File not in split-brain.\nVolume heal failed.", name);
  store_check(c->w);
  say(c, "Healed %s.", name);
  return COMMAND_DONE;
}

static int volume_heal(struct call *c) {
  const char *what = word_at(c, 1), *name = word_at(c, 0);
  DAEMON(c);
  struct sim_volume *v = name ? world_volume(c->w, name) : NULL;
  if (!v) return fail(c, 255, "Volume %s does not exist%s", name ? name : "", what ? "\nVolume heal failed." : "");
  if (!str_eq(v->status, "started")) return fail(c, 255, "Launching heal operation to perform index self heal on volume %s has been unsuccessful:\nVolume %s is not started.", v->name, v->name);
  if (v->replica < 2 && v->disperse < 1 && !str_eq(what, "info")) return fail(c, 1, "Launching heal operation to perform %s self heal on volume %s has been unsuccessful:\nSelf-heal-daemon is disabled. Heal will not be triggered on volume %s", str_eq(what, "full") ? "full" : "index", v->name, v->name);
  if (v->replica < 2 && v->disperse < 1) return fail(c, 234, "This command is supported for only volumes of replicate/disperse type. Volume %s is not of type replicate/disperse", v->name);
  if (str_eq(what, "split-brain")) return split_choose(c, v);
  if (str_eq(what, "info") && str_eq(word_at(c, 2), "split-brain")) return split_info(c, v), COMMAND_DONE;
  if (str_eq(what, "info")) {
    heal_info(c, v, str_eq(word_at(c, 2), "summary"));
    return COMMAND_DONE;
  }
  char failed[400];
  snprintf(failed, sizeof failed, "Launching heal operation to perform %s self heal on volume %s has been unsuccessful:\n", str_eq(what, "full") ? "full" : "index", v->name);
  int code = gluster_turn(c, v, failed);
  if (code >= 0) return code;
  EACH(v->bricks, struct sim_brick, b)
    if (!brick_lives(c->w, b)) return fail(c, 1, "Launching heal operation to perform %s self heal on volume %s has been unsuccessful:\nGlusterd Syncop Mgmt brick op 'Heal' failed. Please check glustershd log file for details.", str_eq(what, "full") ? "full" : "index", v->name);
  store_check(c->w);
  say(c, "Launching heal operation to perform %s self heal on volume %s has been successful \nUse heal info commands to check status.", str_eq(what, "full") ? "full" : "index", v->name);
  return COMMAND_DONE;
}

static int no_such(struct call *c) {
  if (has_flag(c, "-V", "--version")) return say(c, "glusterfs 10.3"), COMMAND_DONE;
  return fail(c, 1, "unrecognized word: %s (position 0)", c->count ? c->rest[c->count > 1 && c->rest[0][0] == '-' ? 1 : 0] : "");
}

const struct command gluster_commands[] = {
    {"gluster", "peer probe", peer_probe, 600}, {"gluster", "peer detach", peer_detach, 600}, {"gluster", "peer status", peer_status, 140}, {"gluster", "pool list", pool_list, 110},
    {"gluster", "volume create", volume_create, 900}, {"gluster", "volume start", volume_start, 1400}, {"gluster", "volume stop", volume_stop, 1200}, {"gluster", "volume delete", volume_delete, 400},
    {"gluster", "volume set", volume_set, 175}, {"gluster", "volume reset", volume_reset, 175}, {"gluster", "volume get", volume_get, 125}, {"gluster", "volume info", volume_info, 90},
    {"gluster", "volume list", volume_list, 70}, {"gluster", "volume status", volume_status, 100}, {"gluster", "volume heal", volume_heal, 116}, {"gluster", "", no_such, 80}, {.program = NULL}};
