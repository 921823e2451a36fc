/* All of gluster on one host: stopped for its maintenance, and started again. By the unit that systemd keeps the processes in:
 * no process is looked for by a name or a number, and mounts, which are units of their own, are not touched. */
#include "ops/gluster.h"
#include <string.h>

enum { STOPPED_MS = 90000, STARTED_MS = 120000 };
static const char UNIT[] = "glusterd.service";

/* The host, connected as `connected` says or not known; NULL: it has refused. */
static const struct host_view *the_peer(struct planning *p) {
  const struct host_view *h = snapshot_host(p->snap, given(p, "host"));
  if (fact_fresh(p->snap, "gluster.peers", NULL) != TRUTH_YES) refuse_always(p, "when gluster is read again", "cannot tell how gluster stands on %s: its pool is not read", given(p, "host"));
  else if (!h || h->peer == PEER_UNKNOWN) refuse_always(p, "when it is one", "%s is no peer of the pool", given(p, "host"));
  return refused(p) ? NULL : h;
}

static size_t bricks_of(struct planning *p, const struct host_view *h, bool say) {
  size_t n = 0;
  for (size_t v = 0; v < p->snap->volumes.count; v++)
    for (size_t i = 0; i < p->snap->volumes.item[v].bricks.count; i++) {
      const struct volume_view *of = &p->snap->volumes.item[v];
      const struct brick_view *b = &of->bricks.item[i];
      if (snapshot_host(p->snap, b->host) != h || !str_eq(of->status, "started")) continue;
      n++;
      if (say) consequence(p, "%s ends: set %lld of %s goes on with its other bricks, and what is written meanwhile has to be healed afterwards.", brick_text(p, b), (long long)b->set, of->name);
    }
  return n;
}

/* What shares a set with a brick of the host must surely serve, and have all there is. */
static void check_partners(struct planning *p, const struct host_view *h) {
  for (size_t n = 0; n < p->snap->volumes.count; n++) {
    const struct volume_view *v = &p->snap->volumes.item[n];
    bool concerned = false;
    for (size_t i = 0; str_eq(v->status, "started") && i < v->bricks.count; i++) {
      const struct brick_view *b = &v->bricks.item[i];
      if (snapshot_host(p->snap, b->host) != h) continue;
      concerned = true;
      if (!volume_copies(v)) refuse(p, "when nothing needs it", "%s has no other copy of what is on %s", v->name, brick_text(p, b));
      for (size_t k = 0; k < v->bricks.count; k++) {
        const struct brick_view *o = &v->bricks.item[k];
        if (o->set != b->set || o == b || snapshot_host(p->snap, o->host) == h || brick_online(p->snap, o) == TRUTH_YES) continue;
        refuse(p, "when it serves again", "%s of the same set as %s %s: nothing else of it may stop", brick_text(p, o), brick_text(p, b), brick_online(p->snap, o) == TRUTH_NO ? "is down" : "is not known to serve");
      }
    }
    int64_t pending = concerned ? volume_pending(p->snap, v) : 0;
    if (pending == UNKNOWN_INT) refuse(p, "when it was counted", "cannot tell whether anything on %s waits to heal: a copy that stays may lack it", v->name);
    else if (pending > 0) refuse(p, "when it is healed: gluster-heal", "%lld entries of %s wait to heal: a copy that stays may lack them", (long long)pending, v->name);
  }
}

void host_gluster_survey(struct planning *p) {
  const struct host_view *h = snapshot_host(p->snap, given(p, "host"));
  if (h) ask_command(p, h->name, "unit", "systemctl", "is-active", UNIT, NULL);
}

void host_stop_plan(struct planning *p) {
  const struct host_view *h = the_peer(p);
  if (!h) return;
  const char *other = the_speaker(p, h->name);
  if (!other) return;
  const char *unit = printed(p, h->name, "unit");
  if (h->peer == PEER_DISCONNECTED) refuse(p, "when it is connected", "%s is not connected: gluster is stopped there, or cut off", h->name);
  if (!unit) refuse_unasked(p, h->name, "unit", planf(p, "how glusterd runs on %s", h->name));
  else if (!str_starts(unit, "active")) refuse(p, "when glusterd.service runs there", "%s on %s is %s: the processes are not in that unit", UNIT, h->name, *unit ? first_line(p, unit) : "not known");
  refuse_unless_pool_well(p);
  for (size_t v = 0; v < p->snap->volumes.count; v++) refuse_while_tasks(p, &p->snap->volumes.item[v]);
  check_partners(p, h);
  if (refused(p)) return;
  consequence(p, "On %s glusterd, the process of each brick and the self-heal daemon end. Clients notice at once; nobody waits for a time-out.", h->name);
  if (!bricks_of(p, h, true)) consequence(p, "It has no brick that serves: no volume notices.");
  consequence(p, "What %s has mounted stays mounted, and goes on with the bricks of other hosts.", h->name);
  consequence(p, "Take it back by gluster-start-host, or by starting the host again.");
  struct step *s = step_run(p, h->name, "end all processes of gluster's unit", "systemctl", "kill", "--signal=SIGTERM", UNIT, NULL);
  undo_by(p, s, "systemctl", "start", UNIT, NULL);
  already_when(p, s, "gluster-stopped", h->name, NULL);
  s = step_run(p, h->name, "leave it stopped", "systemctl", "stop", UNIT, NULL);
  s->harmless = TRUTH_YES;
  s->deadline_ms = STOPPED_MS;
  verify_that(p, "gluster-stopped", h->name, NULL);
  p->plan->verify_ms = STOPPED_MS;
}

void host_start_plan(struct planning *p) {
  const struct host_view *h = the_peer(p);
  if (!h) return;
  const char *unit = printed(p, h->name, "unit");
  refuse_unasked(p, h->name, "unit", planf(p, "how glusterd stands on %s", h->name));
  if (h->peer == PEER_CONNECTED && unit && str_starts(unit, "active")) refuse(p, "when it is stopped", "glusterd runs on %s and is connected; a dead brick is started by gluster-brick-start", h->name);
  if (refused(p)) return;
  consequence(p, "glusterd starts on %s, and with it each brick it has in a started volume: %zu.", h->name, bricks_of(p, h, false));
  consequence(p, "What they missed is then copied to them by itself; until that is over the other copies are the only full ones.");
  struct step *s = step_run(p, h->name, "start gluster's management daemon", "systemctl", "start", UNIT, NULL);
  s->harmless = TRUTH_YES;
  s->deadline_ms = STARTED_MS;
  verify_that(p, "peer-connected", h->name, NULL);
  verify_that(p, "host-bricks-online", h->name, NULL);
  p->plan->verify_ms = STARTED_MS;
}
