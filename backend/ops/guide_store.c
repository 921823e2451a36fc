/* The guide's steps of gluster: the pool, the volume, where it is mounted, and the disk on it. */
#include "ops/guide_parts.h"
#include "analysis/seen.h"
#include "analysis/store_view.h"
#include "ops/gluster.h"
#include <string.h>

/* ---- 5: the pool ---- */

void ask_peers(struct planning *p) {
  struct texts store = store_hosts(p);
  for (size_t i = 0; i < store.count; i++) ask_command(p, store.item[i], "peers", "gluster", "--mode=script", "--timeout=10", "peer", "status", NULL);
}

/* Of `gluster peer status`: "Hostname: node2", "State: Peer in Cluster (Connected)"; "Other names:" may follow. */
static bool sees(struct planning *p, const char *host, const char *peer, bool *ret_connected) {
  bool it = false;
  *ret_connected = false;
  for (const char *line = answered(p, host, "peers"); line && *line; line = line_next(line)) {
    const char *text = first_line(p, line);
    if (str_starts(text, "Hostname: ")) {
      if (it) return true;
      it = same_host(p->snap, line_word(p, line, 1, false), peer);
      *ret_connected = false;
    } else if (str_starts(text, "State: ")) {
      *ret_connected = strstr(text, "(Connected)") != NULL;
    } else if (!it && *text && !strchr(text, ':')) {
      it = same_host(p->snap, line_word(p, line, 0, false), peer);
    }
  }
  if (!it) *ret_connected = false;
  return it;
}

static size_t peers_seen(struct planning *p, const char *host) {
  size_t n = 0;
  for (const char *line = answered(p, host, "peers"); line && *line; line = line_next(line)) n += str_starts(line, "State: ") && strstr(first_line(p, line), "(Connected)");
  return n;
}

void check_peers(struct planning *p, struct guide_checking *c) {
  struct texts store = store_hosts(p);
  bool connected;
  for (size_t i = 0; i < store.count; i++) {
    const char *host = store.item[i], *wrong = NULL;
    if (!seen_asked(p, c, host, "peers")) continue;
    if (!answered(p, host, "peers")) {
      seen_bad(p, c, host, "glusterd does not answer");
      continue;
    }
    for (size_t k = 0; k < store.count && !wrong; k++) {
      if (k == i || same_host(p->snap, store.item[k], host)) continue;
      if (!sees(p, host, store.item[k], &connected)) wrong = peers_seen(p, host) + 1 < store.count ? planf(p, "%s is no peer of it", store.item[k]) : NULL; /* by an address, before it is asked for by its name */
      else if (!connected) wrong = planf(p, "%s is a peer of it, and not connected", store.item[k]);
    }
    if (wrong) seen_bad(p, c, host, "%s", wrong);
    else seen_good(p, c, host, "sees %zu peer%s, connected", peers_seen(p, host), peers_seen(p, host) == 1 ? "" : "s");
  }
}

/* The pool is that of the first host that is in one. */
static const char *pool_from(struct planning *p, const struct texts *store) {
  for (size_t i = 0; i < store->count; i++)
    if (peers_seen(p, store->item[i])) return store->item[i];
  return store->count ? store->item[0] : NULL;
}

void left_peers(struct planning *p, struct guide_runs *r) {
  struct texts store = store_hosts(p), join = {0};
  const char *from = pool_from(p, &store);
  bool connected;
  for (size_t i = 0; i < store.count; i++)
    if (!same_host(p->snap, store.item[i], from) && !sees(p, from, store.item[i], &connected)) texts_add(p->arena, &join, store.item[i]);
  if (!join.count) return;
  struct guide_run *x = run_of(p, r, "gluster-peer-probe", planf(p, "%s asks the others in", from));
  with_list(p, x, "host", &join);
  with(p, x, "from", from);
}

void undo_peers(struct planning *p, struct guide_runs *r) {
  struct texts store = store_hosts(p);
  const char *from = pool_from(p, &store);
  for (size_t i = 0; i < store.count; i++)
    if (!same_host(p->snap, store.item[i], from)) with(p, run_of(p, r, "gluster-peer-detach", planf(p, "%s leaves the pool", store.item[i])), "host", store.item[i]);
}

/* ---- 6, 7: the volume; by what is read, else by what a gluster host says ---- */

static const char *info_host(struct planning *p) {
  struct texts store = store_hosts(p);
  for (size_t i = 0; i < store.count; i++)
    if (was_asked(p, store.item[i], "volume")) return store.item[i];
  return store.count ? store.item[0] : NULL;
}

void ask_volume(struct planning *p) {
  struct texts store = store_hosts(p);
  if (!volumes_known(p->snap) && store.count) ask_command(p, store.item[0], "volume", "gluster", "--mode=script", "--timeout=10", "volume", "info", given(p, "volume"), NULL);
}
void ask_started(struct planning *p) { ask_volume(p); }

static const char *info_line(struct planning *p, const char *key) { /* of `gluster volume info` */
  for (const char *line = answered(p, info_host(p), "volume"); line && *line; line = line_next(line))
    if (str_starts(line, key)) return first_line(p, line + strlen(key));
  return NULL;
}

void check_volume(struct planning *p, struct guide_checking *c) {
  const char *name = given(p, "volume");
  const struct volume_view *v = volumes_known(p->snap) ? snapshot_volume(p->snap, name) : NULL;
  if (v) read_as(p, c, TRUTH_YES, LAYER_GLUSTER, planf(p, "%s is there: %s, %zu bricks", name, v->type ? v->type : "of a type that is not known", v->bricks.count));
  else if (volumes_known(p->snap)) read_as(p, c, TRUTH_NO, LAYER_GLUSTER, planf(p, "there is no volume %s", name));
  else if (!info_host(p) || !seen_asked(p, c, info_host(p), "volume")) return;
  else if (info_line(p, "Volume Name: ")) seen_good(p, c, info_host(p), "%s is there: %s, %s", name, info_line(p, "Type: ") ? info_line(p, "Type: ") : "", info_line(p, "Number of Bricks: ") ? info_line(p, "Number of Bricks: ") : "");
  else seen_bad(p, c, info_host(p), "there is no volume %s", name);
}

void left_volume(struct planning *p, struct guide_runs *r) {
  const char *type;
  int64_t replica;
  struct texts bricks = layout_bricks(p, &type, &replica);
  if (volume_is(p->snap, given(p, "volume")) == TRUTH_YES || !bricks.count) return;
  struct guide_run *x = run_of(p, r, "gluster-volume-create", planf(p, "the volume %s", given(p, "volume")));
  with(p, x, "name", given(p, "volume"));
  with_list(p, x, "brick", &bricks);
  with(p, x, "type", type);
  with(p, x, "replica", planf(p, "%lld", (long long)replica));
  with(p, x, "failover", way_is(p, "timeouts", "failover") ? "yes" : "no");
  with(p, x, "start", "no");
  if (way_is(p, "brick_on_root", "yes")) with(p, x, "force", "yes");
}

void undo_volume(struct planning *p, struct guide_runs *r) { with(p, run_of(p, r, "gluster-volume-delete", "the volume is forgotten; its files stay in the bricks"), "volume", given(p, "volume")); }

static bool lets_go(const struct volume_view *v) { /* of a dead host's locks */
  for (const struct option_row *o = failover_options; o->key; o++)
    if (!option_same(pairs_get(&v->options, o->key), o->value)) return false;
  return true;
}

void check_started(struct planning *p, struct guide_checking *c) {
  const char *name = given(p, "volume");
  const struct volume_view *v = volumes_known(p->snap) ? snapshot_volume(p->snap, name) : NULL;
  if (volumes_known(p->snap) && !v) return read_as(p, c, TRUTH_NO, LAYER_GLUSTER, planf(p, "there is no volume %s", name));
  if (!v) {
    if (!info_host(p) || !seen_asked(p, c, info_host(p), "volume")) return;
    return seen_as(p, c, str_eq(info_line(p, "Status: "), "Started"), info_host(p), planf(p, "%s is started", name), planf(p, "%s is not started", name));
  }
  read_as(p, c, truth_of(str_eq(v->status, "started")), LAYER_GLUSTER, planf(p, "%s is %s", name, v->status ? v->status : "in a state that is not known"));
  for (size_t i = 0; str_eq(v->status, "started") && i < v->bricks.count; i++) {
    enum truth online = brick_online(p->snap, &v->bricks.item[i]);
    const char *brick = planf(p, "%s:%s", v->bricks.item[i].host, v->bricks.item[i].path);
    read_as(p, c, online, LAYER_GLUSTER, online == TRUTH_YES ? planf(p, "brick %s is online", brick) : online == TRUTH_NO ? planf(p, "brick %s is not online", brick) : planf(p, "whether brick %s is online is not known", brick));
  }
  if (way_is(p, "timeouts", "failover")) read_as(p, c, truth_of(lets_go(v)), LAYER_GLUSTER, lets_go(v) ? "a dead host's locks are released after 4 s" : "a dead host's locks are held for 20 s and more (failover time-outs)");
}

void left_started(struct planning *p, struct guide_runs *r) {
  const struct volume_view *v = snapshot_volume(p->snap, given(p, "volume"));
  if (!v || !str_eq(v->status, "started")) with(p, run_of(p, r, "gluster-volume-start", "its bricks' processes"), "volume", given(p, "volume"));
  for (size_t i = 0; v && str_eq(v->status, "started") && i < v->bricks.count; i++) {
    if (brick_online(p->snap, &v->bricks.item[i]) != TRUTH_NO) continue;
    with(p, run_of(p, r, "gluster-brick-start", "the bricks that are down"), "brick", planf(p, "%s:%s", v->bricks.item[i].host, v->bricks.item[i].path));
    break; /* one command starts all of them */
  }
  if (v && way_is(p, "timeouts", "failover") && !lets_go(v)) with(p, run_of(p, r, "gluster-failover-timeouts", "a dead host's locks"), "volume", given(p, "volume"));
}

void undo_started(struct planning *p, struct guide_runs *r) { with(p, run_of(p, r, "gluster-volume-stop", "its bricks' processes end"), "volume", given(p, "volume")); }

/* ---- 8: the mounts ---- */

void ask_mounted(struct planning *p) {
  struct texts kvm = kvm_hosts(p);
  for (size_t i = 0; i < kvm.count; i++) {
    ask(p, kvm.item[i], "mounts");
    ask(p, kvm.item[i], "fstab");
    ask_command(p, kvm.item[i], "client", "ls", "/sbin/mount.glusterfs", NULL);
  }
}

static bool mounts_there(struct planning *p, const char *table, const char *path, const char *volume) {
  for (const char *line = table; line && *line; line = line_next(line)) {
    const char *source = *line == '#' ? NULL : line_word(p, line, 0, false), *colon = source ? strrchr(source, ':') : NULL;
    if (colon && str_eq(line_word(p, line, 1, false), path)) return str_eq(colon[1] == '/' ? colon + 2 : colon + 1, volume);
  }
  return false;
}

static const char *not_mounted(struct planning *p, const char *host) {
  const char *path = given(p, "mount"), *volume = given(p, "volume");
  if (exit_of(p, host, "client") != 0) return "gluster's client is not installed (mount.glusterfs)";
  if (!mounts_there(p, printed(p, host, "mounts"), path, volume)) return planf(p, "%s is not mounted on %s", volume, path);
  return mounts_there(p, printed(p, host, "fstab"), path, volume) ? NULL : planf(p, "%s is mounted, but not at the next boot: it is not in fstab", volume);
}

void check_mounted(struct planning *p, struct guide_checking *c) {
  struct texts kvm = kvm_hosts(p);
  for (size_t i = 0; i < kvm.count; i++) {
    if (!seen_asked(p, c, kvm.item[i], "mounts")) continue;
    const char *wrong = not_mounted(p, kvm.item[i]);
    if (wrong) seen_bad(p, c, kvm.item[i], "%s", wrong);
    else seen_good(p, c, kvm.item[i], "%s is mounted on %s, now and at every boot", given(p, "volume"), given(p, "mount"));
  }
}

void left_mounted(struct planning *p, struct guide_runs *r) {
  struct texts kvm = kvm_hosts(p), wrong = {0};
  left_client(p, r);
  for (size_t i = 0; i < kvm.count; i++)
    if (not_mounted(p, kvm.item[i])) texts_add(p->arena, &wrong, kvm.item[i]);
  if (!wrong.count) return;
  struct guide_run *x = run_of(p, r, "gluster-mount", planf(p, "%s on %s", given(p, "volume"), given(p, "mount")));
  with(p, x, "volume", given(p, "volume"));
  with(p, x, "path", given(p, "mount"));
  with_list(p, x, "host", &wrong);
}

/* ---- 9: the disk ---- */

static const char *home(const struct planning *p) { return given(p, "kvm"); } /* the first of them */

void ask_image(struct planning *p) {
  const char *disk = disk_of(p);
  if (!home(p)) return;
  ask_command(p, home(p), "disk", "test", "-e", disk, NULL);
  ask_command(p, home(p), "disk info", "qemu-img", "info", "-U", disk, NULL);
}

void check_image(struct planning *p, struct guide_checking *c) {
  const char *disk = disk_of(p), *info = printed(p, home(p), "disk info");
  if (!home(p) || !seen_asked(p, c, home(p), "disk")) return;
  if (exit_of(p, home(p), "disk") != 0) return seen_bad(p, c, home(p), "there is no %s%s", disk, given(p, "image") ? "" : "; say which image it is copied from (image=/PATH)");
  const char *format = info ? strstr(info, "file format: ") : NULL;
  if (format) seen_good(p, c, home(p), "%s is there, %s", disk, first_line(p, format + strlen("file format: ")));
  else seen_good(p, c, home(p), "%s is there", disk);
}

void left_image(struct planning *p, struct guide_runs *r) {
  if (!given(p, "image") || !home(p) || exit_of(p, home(p), "disk") == 0) return;
  struct guide_run *x = run_of(p, r, "domain-image", "the image is copied");
  with(p, x, "image", given(p, "image"));
  with(p, x, "disk", disk_of(p));
  with(p, x, "host", home(p));
}
