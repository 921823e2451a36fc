/* Gluster's pool: who joins it, who leaves. */
#include "ops/gluster.h"
#include <string.h>

void peers_survey(struct planning *p) {
  struct texts hosts = given_list(p, "host");
  texts_add(p->arena, &hosts, given(p, "from"));
  for (size_t i = 0; i < hosts.count; i++) {
    ask_command(p, hosts.item[i], "glusterd", "systemctl", "is-active", "glusterd", NULL);
    ask_command(p, hosts.item[i], "peers", "gluster", "--mode=script", "--timeout=10", "peer", "status", NULL);
    ask(p, hosts.item[i], "gluster");
  }
}

/* "Hostname: NAME" of each peer that it knows. */
static struct texts peers_of(struct planning *p, const char *host) {
  struct texts names = {0};
  for (const char *line = printed(p, host, "peers"); line; line = line_next(line))
    if (str_starts(line, "Hostname: ")) texts_add(p->arena, &names, line_word(p, line, 1, false));
  return names;
}

static bool knows(const struct planning *p, const struct texts *names, const char *host) {
  for (size_t i = 0; i < names->count; i++)
    if (same_host(p->snap, names->item[i], host)) return true;
  return false;
}

/* In a pool of its own, and not in the one it is to join. */
static void refuse_member_elsewhere(struct planning *p, const char *host, const char *from) {
  struct texts theirs = peers_of(p, host), ours = peers_of(p, from);
  if (!theirs.count || knows(p, &theirs, from) || knows(p, &ours, host)) return;
  if (ours.count) refuse_always(p, "when it was detached there", "%s is in another pool already, with %s", host, names_text(p->arena, &theirs));
  else refuse_always(p, planf(p, "with from=%s", host), "%s is in a pool with %s, and %s in none: it is %s that joins", host, names_text(p->arena, &theirs), from, from);
}

static void check_newcomer(struct planning *p, const char *host, const char *from) {
  const char *state = printed(p, host, "glusterd");
  if (refuse_unasked(p, host, "glusterd", planf(p, "whether glusterd runs on %s", host))) return;
  if (!str_starts(state, "active")) refuse_always(p, "when it was prepared: host-prepare", "glusterd does not run on %s (%s)", host, *first_line(p, state) ? first_line(p, state) : "it is not installed");
  refuse_member_elsewhere(p, host, from);
  int64_t theirs = version_of(answered(p, host, "gluster")), ours = version_of(answered(p, from, "gluster"));
  if (theirs && ours && theirs / 1000 != ours / 1000)
    refuse(p, "when both have the same version", "%s has gluster %lld.%lld and %s %lld.%lld", host, (long long)theirs / 1000, (long long)theirs % 1000, from, (long long)ours / 1000, (long long)ours % 1000);
}

/* Before anything is mounted nothing tells this host of the pool; what is done next has to be seen all the same. */
static void read_from_now(struct planning *p, const char *from) {
  static const char directory[] = "/var/lib/kvmconsole", file[] = "/var/lib/kvmconsole/gluster-hosts";
  consequence(p, "This console reads no pool yet: from now on it reads that of %s (%s on this host).", from, file);
  struct step *s = step_run(p, here(p), "make the directory of the console's own notes", "mkdir", "-p", directory, NULL);
  s->harmless = TRUTH_YES;
  s = step_run(p, here(p), planf(p, "have this console read the pool of %s", from), "tee", file, NULL);
  s->input = planf(p, "%s\n", from);
  s->harmless = TRUTH_YES;
  undo_by(p, s, "rm", "-f", file, NULL);
}

void peer_probe_plan(struct planning *p) {
  const char *from = given(p, "from"), *first = NULL;
  struct texts hosts = given_list(p, "host"), join = {0};
  bool read = fact_fresh(p->snap, "gluster.peers", NULL) == TRUTH_YES;
  struct texts known = peers_of(p, from);
  for (size_t i = 0; i < hosts.count; i++) {
    const char *host = hosts.item[i];
    const struct host_view *h = snapshot_host(p->snap, host);
    if (same_host(p->snap, host, from) || (h && h->peer == PEER_CONNECTED) || knows(p, &join, host)) continue;
    texts_add(p->arena, &join, host);
    check_newcomer(p, host, from);
  }
  if (!join.count) refuse_always(p, "with a host that is in no pool", "nobody is left to join: %s %s in the pool", names_text(p->arena, &hosts), hosts.count > 1 ? "are" : "is");
  if (read && gluster_host(p)) refuse_unless_pool_well(p);
  if (refused(p)) return;
  consequence(p, "%s join%s the pool of %s. No data is moved; volumes can then have bricks there.", names_text(p->arena, &join), join.count > 1 ? "" : "s", from);
  if (!read) read_from_now(p, from);
  for (size_t i = 0; i < join.count; i++) {
    struct step *s = gluster_step(p, from, planf(p, "ask %s into the pool", join.item[i]), "peer", "probe", join.item[i], NULL);
    s->harmless = TRUTH_YES;
    undo_by(p, s, GLUSTER, "peer", "detach", join.item[i], NULL);
    already_when(p, s, "peer-connected", join.item[i], NULL);
    if (!first) first = join.item[i];
  }
  for (size_t i = 0; i < join.count; i++) {
    step_wait(p, 40000, planf(p, "until the daemon of %s answers as a peer", join.item[i]), "peer-connected", join.item[i], NULL);
    verify_that(p, "peer-connected", join.item[i], NULL);
  }
  if (!known.count) { /* the first of a pool is known to the others by its address alone, until one of them asks for it by name; not before all
                         * have found each other: a daemon that loses a connection at that moment answers "not connected" */
    struct step *s = gluster_step(p, first, planf(p, "have the pool know %s by its name", from), "peer", "probe", from, NULL);
    s->harmless = TRUTH_YES;
  }
  struct step *s = gluster_step(p, from, "list the pool", "pool", "list", NULL);
  s->harmless = TRUTH_YES;
}

void peer_detach_plan(struct planning *p) {
  const char *host = given(p, "host");
  const struct host_view *h = snapshot_host(p->snap, host);
  const char *speaker = the_speaker(p, host);
  struct texts bricks = {0};
  refuse_unless_pool_well(p);
  if (!volumes_known(p->snap)) refuse_always(p, "when gluster is read again", "cannot tell whether %s has bricks: the volumes are not read, or long ago", host);
  for (size_t v = 0; v < p->snap->volumes.count; v++)
    for (size_t i = 0; i < p->snap->volumes.item[v].bricks.count; i++) {
      const struct brick_view *b = &p->snap->volumes.item[v].bricks.item[i];
      if (same_host(p->snap, b->host, host)) texts_add(p->arena, &bricks, planf(p, "%s:%s of %s", b->host, b->path, p->snap->volumes.item[v].name));
    }
  if (bricks.count) refuse_always(p, "when its bricks were replaced or removed", "%s has bricks: %s", host, names_text(p->arena, &bricks));
  bool gone = !h || h->peer != PEER_CONNECTED;
  if (gone) refuse(p, "when it is connected", "%s is not connected: it would not be told, and still believe itself in the pool when it is back", host);
  if (refused(p)) return;
  consequence(p, "%s leaves the pool. It can hold no brick and serve no volume any more; mounts that name it alone do not come up at the next boot.", host);
  struct step *s = gluster_step(p, speaker, "take it out of the pool", "peer", "detach", host, NULL);
  if (gone) step_word(p, s, "force");
  undo_by(p, s, GLUSTER, "peer", "probe", host, NULL);
  already_when(p, s, "peer-absent", host, NULL);
  verify_that(p, "peer-absent", host, NULL);
}
