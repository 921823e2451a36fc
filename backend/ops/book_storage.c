/* The books of storage: gluster stalled and guests paused; a brick full; and the network parted, which is storage's trouble most of all. */
#include "ops/book_parts.h"
#include <string.h>

/* ---- gluster-stalled ---- */

static void check_mounts(struct planning *p, struct guide_checking *c) {
  const struct gluster_mounts *m = fact_seen(p->snap, "gluster.mounts", NULL);
  size_t n = 0;
  for (size_t i = 0; i < p->snap->problems.count; i++)
    if (str_eq(p->snap->problems.item[i].id, "mount-hung")) n++, read_as(p, c, TRUTH_NO, LAYER_GLUSTER, p->snap->problems.item[i].text);
  if (n) return;
  if (!m) return read_as(p, c, TRUTH_UNKNOWN, LAYER_GLUSTER, "whether the mounts of this host answer is not read");
  for (size_t i = 0; i < m->mounts.count; i++) read_as(p, c, truth_of(!m->mounts.item[i].trouble), LAYER_GLUSTER, planf(p, "%s %s", m->mounts.item[i].mount, m->mounts.item[i].trouble ? m->mounts.item[i].trouble : "answers"));
  if (!m->mounts.count) read_as(p, c, TRUTH_YES, LAYER_GLUSTER, "this host has no volume mounted");
}

#define STALLED "volume-unwritable volume-uncertain brick-hung mount-hung domain-io-error domain-paused brick-down brick-disputed"
static void check_stalled_well(struct planning *p, struct guide_checking *c) { check_well(p, c, STALLED " heal-pending split-brain failed-action resource-failed"); }

static double brick_used(const struct brick_view *b) { return b->size == UNKNOWN_INT || b->free == UNKNOWN_INT || b->size <= 0 ? -1 : used_percent(b->size, b->free); } /* -1: not known */
static double fullest(const struct snapshot *s, const struct brick_view **ret) {
  double most = -1;
  for (size_t v = 0; v < s->volumes.count; v++)
    for (size_t i = 0; i < s->volumes.item[v].bricks.count; i++) {
      const struct brick_view *b = &s->volumes.item[v].bricks.item[i];
      double used = brick_used(b);
      if (used > most) most = used, *ret = b;
    }
  return most;
}

enum { FULL_PERCENT = 90 };
static bool any_full(const struct snapshot *s) {
  const struct brick_view *b = NULL;
  return fullest(s, &b) >= FULL_PERCENT;
}

static const char *called_stalled(struct planning *p) {
  const char *text = called_by(p, "volume-unwritable brick-hung mount-hung");
  for (size_t i = 0; !text && i < p->snap->problems.count; i++) {
    const struct problem *x = &p->snap->problems.item[i];
    if (str_eq(x->id, "layer-unreadable") && str_eq(x->subject, layer_names[LAYER_GLUSTER])) text = x->text;
  }
  return text ? text : any_full(p->snap) ? NULL : called_by(p, "domain-io-error");
}

static const struct guide_step stalled[] = {
    {.name = "stall-bricks", .title = "Every brick serves", .where = "each gluster host", .shows = "bricks", .ask = alive_ask, .check = check_bricks, .left = left_bricks, .settles_ms = 60000, .seen = "each brick has its process, and answers",
     .why = "Guests that write to a brick which answers nobody wait: one to two times network.ping-timeout, then they go on with the other copies, or stop where these are too few. Down is a process that is gone; hung is one that is there and "
            "silent: gluster calls that online. A brick that hangs is ended and started; one on a host that does not answer comes with its host.",
     .by_hand = "A host that does not answer at all: look at its lamps and its screen; switch it off and on. A KVM host among them is fenced by pacemaker. A brick that hangs again and again: its disk (dmesg on its host)."},
    {.name = "stall-volume", .title = "Each volume can be written", .where = "the volumes", .shows = "volumes", .check = check_writable, .settles_ms = BY_ITSELF_MS, .seen = "each set has copies enough",
     .why = "With too few copies of a set all writes fail until one is back, so that two halves never differ. Nothing that is done to the guests helps before that.", .by_hand = "Bring a brick of that set back: its host, its disk, its network. Lowering the quorum instead makes a split-brain."},
    {.name = "stall-mounts", .title = "The mounts answer", .where = "the KVM hosts", .shows = "mounts", .needs = {"stall-volume"}, .check = check_mounts, .settles_ms = BY_ITSELF_MS, .seen = "the mounts answer",
     .why = "The client of a mount may hang longer than the bricks do.", .by_hand = "One that stays so: drain its host (node-drain), umount -l there, mount it again. Domains that cannot leave: they die with it; fence the host then."},
    {.name = "stall-guests", .title = "Every guest goes on", .where = "the KVM hosts", .shows = "domains", .needs = {"stall-volume"}, .check = check_paused, .left = left_paused, .settles_ms = 60000, .seen = "no guest stands still",
     .why = "A guest whose write failed stands still where it was, and pacemaker takes it for running. When the volume can be written it goes on as if nothing had been; without a restart."},
    {.name = "stall-heals", .title = "Nothing waits to heal", .where = "the volumes", .shows = "volumes", .needs = {"stall-bricks"}, .check = check_heals, .left = left_heals, .settles_ms = BY_ITSELF_MS, .seen = "all copies are alike",
     .why = "What the brick missed is copied to it. Until that is over its partner has the only full copy.", .by_hand = "Files in split-brain: gluster-splitbrain shows them, gluster-splitbrain-resolve chooses the copy."},
    {.name = "stall-domains", .title = "The domains run", .where = "the KVM hosts", .shows = "domains", .needs = {"stall-volume"}, .check = check_started_all, .left = left_started_all, .settles_ms = BY_ITSELF_MS, .seen = "every domain that should run runs",
     .why = "A monitor that failed meanwhile has had them restarted, or given up."},
    {.name = "stall-well", .title = "All is well", .where = "the cluster", .shows = "volumes", .needs = {"stall-guests"}, .check = check_stalled_well, .left = left_failures, .settles_ms = BY_ITSELF_MS, .seen = "nothing of it is left", .why = "Nothing of it is left over."},
};
const struct guide_book book_gluster_stalled = {
    .name = "gluster-stalled", .title = "Gluster stands still, and guests with it", .steps = stalled, .count = COUNT(stalled), .called = called_stalled, .problems = STALLED,
    .when = "Guests are paused or do not answer, a brick hangs, a mount does not answer, a volume cannot be written.", .over = "Every brick serves, and every guest goes on."};

/* ---- brick-full ---- */

static const char *above(struct planning *p, const char *path) {
  const char *slash = strrchr(path, '/');
  return slash && slash != path ? arena_strndup(p->arena, path, (size_t)(slash - path)) : NULL;
}

static void ask_room(struct planning *p) {
  for (size_t v = 0; v < p->snap->volumes.count; v++)
    for (size_t i = 0; i < p->snap->volumes.item[v].bricks.count; i++) {
      const struct brick_view *b = &p->snap->volumes.item[v].bricks.item[i];
      const char *parent = above(p, b->path);
      if (parent) ask_command(p, b->host, planf(p, "beside %s", b->path), "ls", "-A", "--", parent, NULL);
    }
}

/* What lies beside the brick on its disk, which gluster knows nothing of. */
static const char *strangers(struct planning *p, const struct brick_view *b) {
  struct texts t = {0};
  const char *own = strrchr(b->path, '/') ? strrchr(b->path, '/') + 1 : b->path;
  for (const char *line = above(p, b->path) ? answered(p, b->host, planf(p, "beside %s", b->path)) : NULL; line && *line; line = line_next(line))
    if (*first_line(p, line) && !str_eq(first_line(p, line), own) && !str_eq(first_line(p, line), "lost+found")) texts_add(p->arena, &t, first_line(p, line));
  return t.count ? names_of(&t, p->arena) : NULL;
}

static int64_t size_of(const struct planning *p, const char *path) {
  for (size_t i = 0; i < p->snap->hosts.count; i++) {
    const struct libvirt_setup *s = fact_seen(p->snap, "libvirt.setup", p->snap->hosts.item[i].name);
    for (size_t k = 0; s && k < s->disks.count; k++)
      if (str_eq(s->disks.item[k].path, path)) return s->disks.item[k].size;
  }
  return UNKNOWN_INT;
}

/* Images on that brick, those that were promised most first: three of them. */
static const char *largest(struct planning *p, const struct brick_view *b) {
  enum { SHOWN = 3 };
  struct { const char *path; int64_t size; } top[SHOWN + 1] = {{0}};
  CLEANUP(str_free) struct str out = {0};
  const char *name = brick_text(p, b);
  size_t n = 0;
  for (size_t i = 0; i < p->snap->domains.count; i++)
    for (size_t k = 0; k < p->snap->domains.item[i].disks.count; k++) {
      const struct disk_view *d = &p->snap->domains.item[i].disks.item[k];
      if (!d->source || !texts_have(&d->bricks, name)) continue;
      size_t at = n < SHOWN ? n++ : SHOWN;
      top[at].path = d->source, top[at].size = size_of(p, d->source);
      for (; at > 0 && top[at].size > top[at - 1].size; at--) { /* what is not known is less than nothing */
        const char *path = top[at].path;
        int64_t size = top[at].size;
        top[at] = top[at - 1];
        top[at - 1].path = path, top[at - 1].size = size;
      }
    }
  for (size_t i = 0; i < n; i++) str_addf(&out, "%s%s%s%s%s", i ? ", " : "", top[i].path, top[i].size == UNKNOWN_INT ? "" : " (promised ", top[i].size == UNKNOWN_INT ? "" : size_words(p, top[i].size), top[i].size == UNKNOWN_INT ? "" : ")");
  return n ? arena_strdup(p->arena, str_text(&out)) : NULL;
}

/* What is on the disk of that brick: "; on it: .." and "; beside it on the disk: ..". */
static const char *what_fills(struct planning *p, const struct brick_view *b) {
  const char *beside = strangers(p, b), *images = largest(p, b);
  return planf(p, "%s%s%s%s", images ? "; on it: " : "", images ? images : "", beside ? "; beside it on the disk: " : "", beside ? beside : "");
}

/* A volume's own free space is read more often than its bricks': until they are read again, they may look as they were before. */
static void check_volumes_room(struct planning *p, struct guide_checking *c) {
  for (size_t v = 0; v < p->snap->volumes.count; v++) {
    const struct volume_view *x = &p->snap->volumes.item[v];
    bool told = false;
    if (!str_eq(x->status, "started") || x->size == UNKNOWN_INT || x->free == UNKNOWN_INT || x->size <= 0 || used_percent(x->size, x->free) < FULL_PERCENT) continue;
    for (size_t i = 0; i < x->bricks.count; i++) told |= brick_used(&x->bricks.item[i]) >= FULL_PERCENT;
    if (told) continue;
    read_as(p, c, TRUTH_NO, LAYER_GLUSTER, planf(p, "%s is %.0f %% full, %s free; which of its bricks is was not read since", x->name, used_percent(x->size, x->free), size_words(p, x->free)));
    for (size_t i = 0; i < x->bricks.count; i++)
      if (*what_fills(p, &x->bricks.item[i])) read_as(p, c, TRUTH_NO, LAYER_GLUSTER, planf(p, "%s may be the full one%s", brick_text(p, &x->bricks.item[i]), what_fills(p, &x->bricks.item[i])));
  }
}

static void check_room(struct planning *p, struct guide_checking *c) {
  size_t good = 0;
  if (!volumes_known(p->snap)) return read_as(p, c, TRUTH_UNKNOWN, LAYER_GLUSTER, "which volumes there are is not read");
  for (size_t v = 0; v < p->snap->volumes.count; v++)
    for (size_t i = 0; i < p->snap->volumes.item[v].bricks.count; i++) {
      const struct brick_view *b = &p->snap->volumes.item[v].bricks.item[i];
      if (!str_eq(p->snap->volumes.item[v].status, "started")) continue;
      double used = brick_used(b);
      if (used < 0) {
        read_as(p, c, TRUTH_UNKNOWN, LAYER_GLUSTER, planf(p, "how full %s is was not read", brick_text(p, b)));
        continue;
      }
      if (used < FULL_PERCENT) good++;
      else read_as(p, c, TRUTH_NO, LAYER_GLUSTER, planf(p, "%s is %.0f %% full, %s free%s", brick_text(p, b), used, size_words(p, b->free), what_fills(p, b)));
    }
  check_volumes_room(p, c);
  if (good) read_as(p, c, TRUTH_YES, LAYER_GLUSTER, planf(p, "%zu brick%s ha%s more than a tenth free", good, good == 1 ? "" : "s", good == 1 ? "s" : "ve"));
  if (!c->found->evidence.count) read_as(p, c, TRUTH_YES, LAYER_GLUSTER, "there is no brick that could be full");
}

static const char RESERVE[] = "storage.reserve";
static bool keeps_reserve(const struct volume_view *v) {
  const char *text = pairs_get(&v->options, RESERVE);
  return !text || (!str_eq(text, "0") && !str_eq(text, "0%"));
}

static void check_reserve(struct planning *p, struct guide_checking *c) {
  if (!volumes_known(p->snap)) return read_as(p, c, TRUTH_UNKNOWN, LAYER_GLUSTER, "which volumes there are is not read");
  for (size_t v = 0; v < p->snap->volumes.count; v++) {
    const struct volume_view *x = &p->snap->volumes.item[v];
    const char *text = pairs_get(&x->options, RESERVE);
    read_as(p, c, truth_of(keeps_reserve(x)), LAYER_GLUSTER, keeps_reserve(x) ? planf(p, "%s keeps %s %% of each brick back", x->name, text ? text : "1") : planf(p, "%s lets its bricks fill to the last byte (%s is 0)", x->name, RESERVE));
  }
  if (!p->snap->volumes.count) read_as(p, c, TRUTH_YES, LAYER_GLUSTER, "there is no volume");
}

static void left_reserve(struct planning *p, struct guide_runs *r) {
  for (size_t v = 0; v < p->snap->volumes.count; v++) {
    const struct volume_view *x = &p->snap->volumes.item[v];
    if (keeps_reserve(x)) continue;
    struct guide_run *k = run_of(p, r, "gluster-volume-set", "one percent of each brick is kept back again");
    with(p, k, "volume", x->name);
    with(p, k, "option", "storage.reserve=1");
  }
}

#define FULL "volume-full volume-filling domain-io-error domain-paused"
static void check_full_well(struct planning *p, struct guide_checking *c) { check_well(p, c, FULL); }
static const char *called_full(struct planning *p) {
  const struct brick_view *b = NULL;
  const char *text = called_by(p, "volume-full");
  if (text) return text;
  double used = fullest(p->snap, &b);
  return used >= FULL_PERCENT ? planf(p, "%s:%s is %.0f %% full", b->host, b->path, used) : NULL;
}

static const struct guide_step full[] = {
    {.name = "full-room", .title = "Each brick has room", .where = "each gluster host", .shows = "bricks", .ask = ask_room, .check = check_room, .settles_ms = BY_ITSELF_MS, .seen = "each brick has more than a tenth free",
     .why = "An image lies whole on the bricks of one set: that set full, the guests on it stop with an I/O error, though the volume has room elsewhere. Images are promised more than they take: they grow until the disk is full.",
     .by_hand = "In this order. What is no part of the volume on that disk (named above): move it away. Images of domains that are no more, on the mount, never in the brick itself: delete them. In guests: fstrim -av, where their disks pass discard on. "
                "Then more room: a set of new bricks (gluster-brick-add, gluster-rebalance-start), or a larger disk. Never delete below the brick's .glusterfs."},
    {.name = "full-guests", .title = "Every guest goes on", .where = "the KVM hosts", .shows = "domains", .needs = {"full-room"}, .check = check_paused, .left = left_paused, .settles_ms = 60000, .seen = "no guest stands still",
     .why = "Guests whose write found no room stand still where they were: nothing of theirs is lost. Before there is room they would only stop again."},
    {.name = "full-reserve", .title = "Something is kept back", .where = "the volumes", .shows = "volumes", .check = check_reserve, .left = left_reserve, .seen = "each volume keeps a reserve",
     .why = "With storage.reserve gluster refuses writes before the disk is really full: a brick with no byte left can neither heal nor be cleaned up. It is one percent by default, and lost where somebody set it to 0."},
    {.name = "full-well", .title = "All is well", .where = "the cluster", .shows = "volumes", .needs = {"full-room"}, .check = check_full_well, .settles_ms = BY_ITSELF_MS, .seen = "nothing of it is left", .why = "Nothing of it is left over.",
     .by_hand = "A volume that is still filling: the volume's detail says when it is full at the growth seen."},
};
const struct guide_book book_brick_full = {
    .name = "brick-full", .title = "A brick is full", .steps = full, .count = COUNT(full), .called = called_full, .problems = FULL,
    .when = "A volume or one of its bricks is nearly full, or guests were stopped by a write that found no room.", .over = "Each brick has room, and every guest goes on."};

/* ---- partition ---- */

static void check_writers(struct planning *p, struct guide_checking *c) {
  size_t n = 0;
  for (size_t i = 0; i < p->snap->domains.count; i++) {
    const struct domain_view *d = &p->snap->domains.item[i];
    if (d->hosts.count < 2 || (d->reason && str_starts(d->reason, "migrat")) || job_seen(p->snap, d->name, NULL)) continue;
    n++;
    read_as(p, c, TRUTH_NO, LAYER_LIBVIRT, planf(p, "%s runs on %s at once: two writers", d->name, names_of(&d->hosts, p->arena)));
  }
  for (size_t i = 0; i < p->snap->problems.count; i++)
    if (str_listed("cluster-split domain-twice", ' ', p->snap->problems.item[i].id) && !(n && str_eq(p->snap->problems.item[i].id, "domain-twice"))) n++, read_as(p, c, TRUTH_NO, LAYER_COROSYNC, p->snap->problems.item[i].text);
  const struct problem *unread = n ? NULL : problem_of(p->snap, "partition-unknown hypervisor-unread");
  if (n) return;
  if (unread) read_as(p, c, TRUTH_UNKNOWN, LAYER_COROSYNC, unread->text);
  else if (hypervisors_read(p, c)) read_as(p, c, TRUTH_YES, LAYER_LIBVIRT, "no domain runs twice, and no other side has quorum");
}

static void put_host_cuts(struct planning *p, struct guide_checking *c, const struct host_view *h, size_t *n) {
  const struct outlook_view *o = &h->outlook;
  if (o->running == TRUTH_YES && h->membership != MEMBERSHIP_MEMBER) {
    struct texts sees = o->members;
    ++*n;
    read_as(p, c, TRUTH_NO, LAYER_COROSYNC, planf(p, "corosync: %s lives and is no member here; it sees %s and %s", h->name, sees.count ? names_text(p->arena, &sees) : "nobody", o->quorate == TRUTH_YES ? "HAS QUORUM of its own" : o->quorate == TRUTH_NO ? "has no quorum" : "does not say whether it has quorum"));
  } else if (h->membership == MEMBERSHIP_LEFT && h->pacemaker != NODE_OFFLINE) {
    ++*n;
    read_as(p, c, TRUTH_NO, LAYER_COROSYNC, planf(p, "corosync: %s is no member, and %s", h->name, o->asked == TRUTH_NO ? "nothing is heard of it" : "it is not known how it stands"));
  }
  for (size_t i = 0; i < h->links.count; i++)
    if (h->links.item[i].connected == TRUTH_NO && h->membership == MEMBERSHIP_MEMBER) ++*n, read_as(p, c, TRUTH_NO, LAYER_COROSYNC, planf(p, "corosync: link %lld to %s is down", (long long)h->links.item[i].link, h->name));
  if (h->unseen.count) ++*n, read_as(p, c, TRUTH_NO, LAYER_GLUSTER, planf(p, "gluster: %s does not see %s", h->name, names_text(p->arena, &h->unseen)));
  else if (h->peer == PEER_DISCONNECTED || h->peer == PEER_SUSPECT) ++*n, read_as(p, c, TRUTH_NO, LAYER_GLUSTER, planf(p, "gluster: %s is %s", h->name, peer_state_names[h->peer]));
}

static void check_network(struct planning *p, struct guide_checking *c) {
  struct texts all = all_hosts(p);
  size_t n = 0;
  for (size_t i = 0; i < p->snap->hosts.count; i++) put_host_cuts(p, c, &p->snap->hosts.item[i], &n);
  for (size_t i = 0; i < all.count; i++)
    if (is_silent(p, all.item[i])) n++, seen_bad(p, c, all.item[i], "ssh: does not answer from here");
  if (p->snap->cluster.quorate == TRUTH_NO) n++, read_as(p, c, TRUTH_NO, LAYER_COROSYNC, "this side has no quorum: it stops what it runs");
  if (!n && problem_of(p->snap, "layer-unreadable")) read_as(p, c, TRUTH_UNKNOWN, LAYER_COROSYNC, problem_of(p->snap, "layer-unreadable")->text);
  else if (!n) read_as(p, c, TRUTH_YES, LAYER_COROSYNC, "corosync, gluster and ssh reach every host");
}

static void check_split_brain(struct planning *p, struct guide_checking *c) {
  if (!volumes_known(p->snap)) return read_as(p, c, TRUTH_UNKNOWN, LAYER_GLUSTER, "which volumes there are is not read");
  for (size_t v = 0; v < p->snap->volumes.count; v++) {
    const struct volume_view *x = &p->snap->volumes.item[v];
    if (!volume_copies(x)) continue;
    enum truth good = x->split_brain == UNKNOWN_INT || volume_pending(p->snap, x) == UNKNOWN_INT ? TRUTH_UNKNOWN : truth_of(!x->split_brain);
    read_as(p, c, good, LAYER_GLUSTER, good == TRUTH_YES ? planf(p, "no file of %s is in split-brain", x->name) : good == TRUTH_NO ? planf(p, "%lld file%s of %s %s in split-brain", (long long)x->split_brain, x->split_brain == 1 ? "" : "s", x->name, x->split_brain == 1 ? "is" : "are") : planf(p, "whether a file of %s is in split-brain is not known yet (it is counted once a minute)", x->name));
  }
  if (!c->found->evidence.count) read_as(p, c, TRUTH_YES, LAYER_GLUSTER, "no volume has copies that could differ");
}

#define PARTED "partition cluster-split partition-unknown peers-disagree link-down domain-twice"
static void check_parted_well(struct planning *p, struct guide_checking *c) { check_well(p, c, PARTED " failed-action resource-failed peer-disconnected node-offline heal-pending split-brain"); }
static const char *called_parted(struct planning *p) {
  const char *text = called_by(p, "cluster-split");
  if (!text) text = called_by(p, "partition");
  if (!text) text = called_by(p, "peers-disagree");
  return text || problem_of(p->snap, "node-unclean") ? text : called_by(p, "partition-unknown"); /* one that is unclean is fenced first */
}

static const struct guide_step parted[] = {
    {.name = "parted-writers", .title = "No two sides write", .where = "the domains", .shows = "domains", .ask = alive_ask, .check = check_writers, .settles_ms = 60000, .seen = "each domain runs once",
     .why = "Two halves that each believe to be the whole start the same domains, and destroy their disks. The side with quorum goes on; the other stops what it runs, or is fenced. Fencing is what makes that sure.",
     .by_hand = "A domain that runs twice: on the side that has to give way (the one without quorum, else the one with fewer of the guests that matter), at once: switch that host off, or on its own screen pcs cluster stop --force and virsh destroy NAME. Do not confirm a node as off while you have not seen it without power. Do not fence by hand the side that "
                "has quorum. Do not start the cluster on a half by hand, and do not set no-quorum-policy to ignore."},
    {.name = "parted-network", .title = "The network is whole", .where = "between the hosts", .shows = "nodes", .ask = alive_ask, .check = check_network, .settles_ms = BOOTS_MS, .seen = "each layer reaches every host",
     .why = "Which layers are cut tells where: all of them, a cable or a switch; corosync alone, a firewall (UDP 5405) or its own network; gluster alone, ports 24007 and from 49152 up, or the storage network.",
     .by_hand = "Look at the link lamps of the hosts named, both ends; at the switch; at what was changed last. Mend that first: everything else follows."},
    {.name = "parted-agree", .title = "All see the same", .where = "the nodes", .shows = "nodes", .needs = {"parted-network"}, .ask = alive_ask, .check = check_members, .left = left_members, .settles_ms = BOOTS_MS, .seen = "every node is online",
     .why = "A side that was fenced boots and joins; one that was stopped is taken back here, its storage first."},
    {.name = "parted-copies", .title = "No file is in split-brain", .where = "the volumes", .shows = "volumes", .needs = {"parted-network"}, .check = check_split_brain, .settles_ms = BY_ITSELF_MS, .seen = "no copies differ",
     .why = "Where both sides wrote, the copies of a file differ and gluster cannot tell which is right: the file cannot be read until one is chosen.",
     .by_hand = "gluster-splitbrain shows file by file what each brick has of it; gluster-splitbrain-resolve makes all copies like one. The copy of the side that went on is the right one, most often."},
    {.name = "parted-heals", .title = "Nothing waits to heal", .where = "the volumes", .shows = "volumes", .needs = {"parted-network"}, .check = check_heals, .left = left_heals, .settles_ms = BY_ITSELF_MS, .seen = "all copies are alike",
     .why = "What the cut side missed is copied to it; until then nothing else may fail."},
    {.name = "parted-domains", .title = "The domains run", .where = "the KVM hosts", .shows = "domains", .needs = {"parted-agree"}, .check = check_started_all, .left = left_started_all, .settles_ms = BY_ITSELF_MS, .seen = "every domain that should run runs",
     .why = "What was stopped for want of quorum starts by itself; what failed meanwhile is tried again."},
    {.name = "parted-guests", .title = "Every guest goes on", .where = "the KVM hosts", .shows = "domains", .needs = {"parted-network"}, .check = check_paused, .left = left_paused, .settles_ms = 60000, .seen = "no guest stands still",
     .why = "Guests that lost their disk's bricks meanwhile stand still until they are told to go on."},
    {.name = "parted-well", .title = "All is well", .where = "the cluster", .shows = "nodes", .needs = {"parted-agree"}, .check = check_parted_well, .left = left_failures, .settles_ms = BY_ITSELF_MS, .seen = "nothing of it is left", .why = "Nothing of it is left over."},
};
const struct guide_book book_partition = {
    .name = "partition", .title = "The network is parted", .steps = parted, .count = COUNT(parted), .called = called_parted, .problems = PARTED,
    .when = "Hosts live and do not see each other: nodes, gluster's peers, or both.", .over = "All hosts see each other, and all copies are alike."};
