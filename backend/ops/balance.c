/* The proposal of the balance as a plan: one move after the other, each waited for until it has settled, and left without a constraint. */
#include "analysis/balance.h"
#include "ops/cluster_rows.h"
#include <inttypes.h>

enum { SETTLED_MS = 120000, HEALED_MS = 900000, SENT_S = 100 << 20, LEAST_S = 3 };

static int64_t seconds_of(int64_t memory) { return memory / SENT_S > LEAST_S ? memory / SENT_S : LEAST_S; }

static void settles(struct planning *p, const struct balance_move *m, const char *resource) {
  if (resource) step_wait(p, move_deadline(p, resource), planf(p, "until it is started on %s", m->to), "resource-on", resource, m->to, NULL);
  step_wait(p, SETTLED_MS, planf(p, "until it runs on %s and nowhere else", m->to), "domain-runs-on", m->domain, m->to, NULL);
  step_wait(p, SETTLED_MS, "until it has settled there", "domain-settled", m->domain, NULL);
}

static void by_pacemaker(struct planning *p, const struct balance_move *m) {
  const char *node = node_name(p->snap, m->to);
  struct step *s = step_run(p, cluster_host(p), planf(p, "tell pacemaker that %s belongs on %s", m->domain, m->to), "crm_resource", "-M", "-r", m->resource, "-N", node, NULL);
  undo_by(p, s, "crm_resource", "-U", "-r", m->resource, "-N", node, NULL);
  already_when(p, s, "resource-on", m->resource, m->to, NULL);
  still_when(p, s, "may-move", m->domain, m->from, m->to, NULL);
  s->harmless = TRUTH_YES;
  settles(p, m, m->resource);
  crm_clear(p, m->resource, NULL);
  step_wait(p, SETTLED_MS, "until it is seen to stay", "resource-on", m->resource, m->to, NULL);
  verify_that(p, "resource-on", m->resource, m->to, NULL);
  verify_that(p, "no-constraint-of", m->resource, NULL);
}

static void by_libvirt(struct planning *p, const struct balance_move *m) {
  struct step *s = step_run(p, m->from, planf(p, "move %s to %s", m->domain, m->to), "virsh", "migrate", "--live", "--persistent", "--undefinesource", "--domain", m->domain, "--desturi", planf(p, "qemu+ssh://%s/system", m->to), NULL);
  already_when(p, s, "domain-runs-on", m->domain, m->to, NULL);
  still_when(p, s, "may-move", m->domain, m->from, m->to, NULL);
  s->deadline_ms = 3600000;
  settles(p, m, NULL);
}

static void say_hosts(struct planning *p, const struct balance *b) {
  CLEANUP(str_free) struct str then = {0};
  for (size_t i = 0; i < b->hosts.count; i++) str_addf(&then, "%s%s %" PRId64 "%%", i ? ", " : "", b->hosts.item[i].name, b->hosts.item[i].then);
  consequence(p, "then memory is given away: %s; %" PRId64 " points apart instead of %" PRId64, planf(p, "%s", str_text(&then)), b->after, b->before);
  for (size_t i = 0; i < b->hosts.count; i++)
    if (b->hosts.item[i].closed) consequence(p, "nothing comes to %s: %s", b->hosts.item[i].name, b->hosts.item[i].closed);
}

void plan_balance(struct planning *p) {
  enum { SHOWN = 8 };
  struct balance b;
  int64_t spread = 20, most = 10;
  if (given(p, "spread")) str_int(given(p, "spread"), 1, 100, &spread);
  if (given(p, "moves")) str_int(given(p, "moves"), 1, 100, &most);
  if (!cluster_told(p)) return;
  balance_make(p->snap, spread, most, p->arena, &b);
  if (b.unknown) return (void)refuse_always(p, b.when, "%s", b.unknown);
  for (size_t i = 0; b.nothing && i < b.stays.count && i < SHOWN; i++) consequence(p, "%s stays: %s", b.stays.item[i].domain, b.stays.item[i].why);
  if (b.nothing) return (void)refuse_always(p, "when they are further apart than spread=, or what holds the domains is gone", "%s", b.nothing);
  for (size_t i = 0; i < b.moves.count; i++) {
    const struct balance_move *m = &b.moves.item[i];
    consequence(p, "%s (live, about %" PRId64 " s%s)", m->why, seconds_of(m->memory), m->resource ? "" : "; by libvirt: no resource drives it");
  }
  say_hosts(p, &b);
  if (b.after > spread) consequence(p, "no moves were found that bring it to %" PRId64 " points", spread);
  for (size_t i = 0; i < b.stays.count && i < SHOWN; i++) consequence(p, "%s stays: %s", b.stays.item[i].domain, b.stays.item[i].why);
  consequence(p, "one after the other; the constraint of each move is taken away once it runs there, and its stickiness keeps it");
  for (size_t i = 0; i < b.moves.count; i++) {
    const struct balance_move *m = &b.moves.item[i];
    if (i && p->snap->volumes.count) step_wait(p, HEALED_MS, "until no heal waits on any volume", "no-heal-waits", NULL);
    if (m->resource) by_pacemaker(p, m);
    else by_libvirt(p, m);
    verify_that(p, "domain-runs-on", m->domain, m->to, NULL);
  }
}

const struct operation_argument balance_arguments[] = {
    {.name = "spread", .title = "POINTS", .help = "how far apart the fullest and the emptiest host may stay, in percent points of memory given to domains", .kind = ARG_NUMBER, .min = 2, .max = 90, .fallback = "20"},
    {.name = "moves", .title = "COUNT", .help = "no more moves than this at once", .kind = ARG_NUMBER, .min = 1, .max = 50, .fallback = "10"},
    {.name = NULL},
};
