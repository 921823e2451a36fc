/* The book cold-start: everything was without power, and comes back. From below: hosts, gluster, mounts, the cluster, domains. */
#include "ops/book_parts.h"
#include <string.h>

/* ---- the hosts ---- */

static void check_hosts(struct planning *p, struct guide_checking *c) {
  struct texts all = all_hosts(p);
  for (size_t i = 0; i < all.count; i++) {
    const struct host_view *h = snapshot_host(p->snap, all.item[i]);
    bool node = h && (h->membership || h->pacemaker), store = h && h->peer;
    if (done_without(p, all.item[i])) seen_good(p, c, all.item[i], "stays away, as you said: %s", node ? "its domains start elsewhere once it is proven to be off" : "its bricks are served by the other copies, and healed when it is back");
    else if (is_silent(p, all.item[i])) seen_bad(p, c, all.item[i], "does not answer%s", node && store ? ": a node, with bricks" : node ? ": a node" : store ? ": it holds bricks" : "");
    else if (seen_asked(p, c, all.item[i], "alive")) seen_good(p, c, all.item[i], "is up");
  }
}

/* ---- gluster: as the build has it, without whom stays away ---- */

static void ask_gluster(struct planning *p) { ask_glusterd(p); }
static void check_gluster(struct planning *p, struct guide_checking *c) {
  struct values v;
  struct planning q = present_of(p, &v);
  check_glusterd(&q, c);
}
static void left_gluster(struct planning *p, struct guide_runs *r) {
  struct values v;
  struct planning q = present_of(p, &v);
  left_glusterd(&q, r);
}

static const char *missed_by(struct planning *p, const struct host_view *h) { /* without who stays away; NULL: nobody */
  struct texts missed = {0};
  for (size_t i = 0; i < h->unseen.count; i++)
    if (!done_without(p, h->unseen.item[i])) texts_add(p->arena, &missed, h->unseen.item[i]);
  return missed.count ? names_of(&missed, p->arena) : NULL;
}

static void check_pool(struct planning *p, struct guide_checking *c) {
  struct texts store = store_hosts(p);
  for (size_t i = 0; i < store.count; i++) {
    const struct host_view *h = snapshot_host(p->snap, store.item[i]);
    if (done_without(p, store.item[i])) read_as(p, c, TRUTH_YES, LAYER_GLUSTER, planf(p, "%s stays away, as you said", store.item[i]));
    else if (!h || !h->peer || texts_have(&h->stale, layer_names[LAYER_GLUSTER])) read_as(p, c, TRUTH_UNKNOWN, LAYER_GLUSTER, planf(p, "whether %s is in the pool is not read", store.item[i]));
    else if (missed_by(p, h)) read_as(p, c, TRUTH_NO, LAYER_GLUSTER, planf(p, "%s does not see %s", store.item[i], missed_by(p, h)));
    else read_as(p, c, truth_of(h->peer == PEER_CONNECTED), LAYER_GLUSTER, planf(p, "%s is %s", store.item[i], peer_state_names[h->peer]));
  }
  if (!store.count) read_as(p, c, TRUTH_YES, LAYER_GLUSTER, "there is no pool");
}

/* ---- mounts, the cluster ---- */

static void check_mounts(struct planning *p, struct guide_checking *c) {
  struct values v;
  struct planning q = present_of(p, &v);
  check_mounted(&q, c);
}
static void left_mounts(struct planning *p, struct guide_runs *r) {
  struct values v;
  struct planning q = present_of(p, &v);
  left_mounted(&q, r);
}

static void check_ring(struct planning *p, struct guide_checking *c) {
  struct values v;
  struct planning q = present_of(p, &v);
  const struct cluster_view *k = &p->snap->cluster;
  check_cluster(&q, c);
  if (k->quorate == TRUTH_NO && k->wait_for_all == TRUTH_YES) read_as(p, c, TRUTH_NO, LAYER_COROSYNC, "wait_for_all: after a start there is no quorum before every node was seen once, so that none starts alone what runs elsewhere");
}
static void left_ring(struct planning *p, struct guide_runs *r) {
  struct values v;
  struct planning q = present_of(p, &v);
  left_cluster(&q, r);
}

/* ---- the note ---- */

static void check_note(struct planning *p, struct guide_checking *c) {
  struct texts noted = noted_to_run(p);
  if (!pacemaker_seen(p->snap)) return read_as(p, c, TRUTH_UNKNOWN, LAYER_PACEMAKER, "pacemaker is not read");
  read_as(p, c, truth_of(!noted.count), LAYER_PACEMAKER, noted.count ? planf(p, "still noted as to be started: %s", names_text(p->arena, &noted)) : "nothing is noted any more");
}
static void left_note(struct planning *p, struct guide_runs *r) {
  if (noted_to_run(p).count) run_of(p, r, "cluster-forget-running", "all of it runs again");
}

static void check_all_well(struct planning *p, struct guide_checking *c) { check_well(p, c, NULL); }

/* Nothing runs though it should, and hosts, quorum or copies are missing; or what ran was noted and does not run yet. */
static const char *called(struct planning *p) {
  size_t nodes = 0, away = 0, runs = 0, should = 0;
  for (size_t i = 0; i < p->snap->hosts.count; i++) {
    const struct host_view *h = &p->snap->hosts.item[i];
    if (!h->membership && !h->pacemaker) continue;
    nodes++, away += h->membership != MEMBERSHIP_MEMBER;
  }
  for (size_t i = 0; i < p->snap->resources.count; i++) {
    const struct resource_view *x = &p->snap->resources.item[i];
    if (is_fence_device(x) || x->disabled == TRUTH_YES) continue;
    should++, runs += x->role == HA_STARTED;
  }
  if (noted_to_run(p).count) return "everything was shut down in order, and what ran then is noted to be started again";
  if (nodes && !runs && p->snap->cluster.quorate == TRUTH_NO) return "nothing that is highly available runs, and there is no quorum";
  if (nodes > 1 && away * 2 >= nodes && should && !runs) return "half of the nodes or more are away, and nothing that is highly available runs";
  return NULL;
}

static const struct guide_step steps[] = {
    {.name = "cold-hosts", .title = "The hosts have power, and answer", .where = "every host", .shows = "hosts", .ask = alive_ask, .check = check_hosts, .settles_ms = BOOTS_MS, .seen = "every host answers",
     .why = "Everything rests on the hosts. Storage first, then the hosts of domains: a copy that comes late has to be healed, and a node that comes late holds up the cluster.",
     .by_hand = "Look at the lamps: switch on what is dark, the storage hosts first; give each some minutes, and look at its screen if it stays silent. One that will not come: without=HOST (the form) goes on without it. Its bricks are then "
                "served by the other copies: if it held the newest writes, these are lost. What it ran starts elsewhere only when you have seen that it has no power."},
    {.name = "cold-glusterd", .title = "Gluster's daemons run", .where = "each gluster host", .shows = "services", .needs = {"cold-hosts"}, .ask = ask_gluster, .check = check_gluster, .left = left_gluster, .seen = "glusterd runs on each gluster host",
     .why = "glusterd starts the bricks of its host and tells clients where they are. After a boot it comes by itself, unless its disk or its network was late."},
    {.name = "cold-pool", .title = "The pool is whole", .where = "each gluster host", .shows = "peers", .needs = {"cold-glusterd"}, .check = check_pool, .settles_ms = BY_ITSELF_MS, .seen = "every host of the pool is connected",
     .why = "The daemons must see each other before a brick is trusted: one that missed changes first takes the others' configuration.",
     .by_hand = "A host that stays disconnected though it is up: look at its network and its name in /etc/hosts; port 24007 must be open between the gluster hosts."},
    {.name = "cold-bricks", .title = "Every brick serves", .where = "each gluster host", .shows = "bricks", .needs = {"cold-pool"}, .check = check_bricks, .left = left_bricks, .seen = "each brick has its process, and answers",
     .why = "A brick is a process and a disk. After a loss of power its disk may not be mounted: then it must not be started on the empty directory below, and is not."},
    {.name = "cold-quorum", .title = "Each volume can be written", .where = "the volumes", .shows = "volumes", .needs = {"cold-pool"}, .check = check_writable, .settles_ms = BY_ITSELF_MS, .seen = "each set of each volume has copies enough",
     .why = "With too few copies of a set nobody may write, so that two halves never differ. A guest that is started now would only stop at its first write.",
     .by_hand = "A set without enough copies needs a host of it: go back to the hosts. There is no way around it that keeps what was written."},
    {.name = "cold-mounts", .title = "The volume is mounted on the KVM hosts", .where = "each KVM host", .shows = "mounts", .needs = {"cold-quorum"}, .ask = ask_mounted, .check = check_mounts, .left = left_mounts, .seen = "each KVM host has it mounted",
     .why = "A KVM host that booted before the storage was there has tried to mount once, and given up. Pacemaker's agent then finds neither the definition nor the disk, says `not installed`, and never tries that host again by itself."},
    {.name = "cold-ring", .title = "The cluster has quorum", .where = "each KVM host", .shows = "nodes", .needs = {"cold-hosts"}, .ask = ask_cluster, .check = check_ring, .left = left_ring, .settles_ms = BY_ITSELF_MS, .seen = "corosync and pacemaker run, and there is quorum",
     .why = "Corosync says who is there. With wait_for_all nothing starts after a boot until all nodes were seen once: a node that boots alone cannot know what the other one runs.",
     .by_hand = "With a node that stays away for good and wait_for_all, go and see that it has no power, pull its plug; then on one node: pcs quorum unblock. If it has power after all, two hosts write one disk and destroy it."},
    {.name = "cold-absent", .title = "Who stays away is proven to be off", .where = "the nodes", .shows = "nodes", .needs = {"cold-ring"}, .check = check_proven_off, .left = left_proven_off, .seen = "no node is lost without proof",
     .why = "A node that is away and not proven dead holds up all that ran on it. Its device fences it if it can; where that has no power either, only a person can say that the node is off.",
     .by_hand = "Go to the host. Look at its lamp, pull its plug. Only then confirm it: a host that is confirmed and lives writes beside the one that took its domains over, and their disks are destroyed."},
    {.name = "cold-nodes", .title = "The nodes take resources", .where = "the nodes", .shows = "nodes", .needs = {"cold-ring"}, .check = check_members, .left = left_members, .settles_ms = BY_ITSELF_MS, .seen = "every node is online",
     .why = "A node in standby or in maintenance is there and is given nothing."},
    {.name = "cold-domains", .title = "The domains run, the most important first", .where = "the KVM hosts", .shows = "domains", .needs = {"cold-absent", "cold-nodes", "cold-mounts", "cold-quorum"}, .check = check_started_all, .left = left_started_all,
     .settles_ms = BY_ITSELF_MS, .seen = "every domain that should run runs", .by_hand = "One that stays down and has nothing to run here: open it (Enter on it in the list of domains): its constraints, its failures, its disk.",
     .why = "By the priority of their resources, one after the other: dozens of guests that boot at once wait for each other's disks. What was stopped when everything was shut down is started again, what was stopped before stays stopped."},
    {.name = "cold-heals", .title = "Nothing waits to heal", .where = "the volumes", .shows = "volumes", .needs = {"cold-bricks"}, .check = check_heals, .left = left_heals, .settles_ms = BY_ITSELF_MS, .seen = "all copies are alike",
     .why = "What one copy has and another lacks is copied while the guests run. Until it is over the loss of the one host that has it is a loss of data."},
    {.name = "cold-note", .title = "What was noted is forgotten", .where = "the cluster", .shows = "nodes", .needs = {"cold-domains"}, .check = check_note, .left = left_note, .seen = "nothing is noted any more",
     .why = "The note of what ran is for one start. If it stayed, the next start would begin what was stopped on purpose meanwhile."},
    {.name = "cold-well", .title = "All is well", .where = "the cluster", .shows = "nodes", .needs = {"cold-domains"}, .check = check_all_well, .left = left_failures, .settles_ms = BY_ITSELF_MS, .seen = "the cluster is healthy",
     .why = "What is left over from such a day shows here, each with what mends it. A start that failed before the mount was there is forgotten, so that the host is one for the domain again.", .by_hand = "See the list of problems; f mends the selected one."},
};
const struct guide_book book_cold_start = {
    .name = "cold-start", .title = "Start again after a total loss of power", .steps = steps, .count = COUNT(steps), .called = called, .problems = "quorum-lost no-dc",
    .when = "All hosts, or most, were without power, or were shut down in order by the book shutdown.", .over = "The cluster runs as it did before."};
