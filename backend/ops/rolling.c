/* Rolling maintenance: each host drained, worked on, waited for and reinstated, then the next. How far it came is kept in the cluster's
 * configuration, where pacemaker ignores it and every console sees it, so that what was stopped goes on where it stopped:
 *
 *   kvmconsole-rolling = "WORK node1:done node3:done kvm02:begun"        WORK: a number for what is to be done on each host
 *
 * A host is `begun` before it is put in standby, `worked` when the work on it is done, `done` when it is reinstated. */
#include "ops/asked.h"
#include "ops/cluster_rows.h"
#include "analysis/stop.h"
#include "analysis/store_view.h"
#include <inttypes.h>
#include <string.h>

enum { BOOTED_MS = 1200000, GONE_MS = 300000, BACK_MS = 600000, HEALED_MS = 14400000, REBOOT_S = 3, BOOT_EXPECTED_S = 120 };
#define MARK "kvmconsole-rolling"
#define BOOT_ID "/proc/sys/kernel/random/boot_id"

enum stage { STAGE_NONE, STAGE_BEGUN, STAGE_WORKED, STAGE_DONE };
static const char *const stage_names[] = {NULL, "begun", "worked", "done"};

struct turn {
  const struct host_view *host;
  enum stage stage;
  bool node, store;
  enum truth may; /* it may go down now */
  const char *why;
  int64_t move_s; /* what is there moves in so many seconds, one after the other */
  struct texts live, cold; /* how its domains leave it */
};
struct rolling {
  struct planning *p;
  struct turn *turn;
  size_t count;
  bool reboot, asks;
  struct texts command;
  const char *work;
  int64_t running; /* domains */
};

/* ---- what was done already ---- */

static const char *work_of(const struct planning *p) {
  uint32_t sum = 2166136261u; /* FNV-1a: that it is the same work, no more */
  static const char *const names[] = {"command", "reboot", "ask"};
  for (size_t n = 0; n < COUNT(names); n++)
    for (size_t i = 0; value_at(p->values, names[n], i); i++) {
      const char *text = value_at(p->values, names[n], i);
      if (n && !str_eq(text, "yes")) continue; /* no is as if it were not said */
      for (const char *c = names[n]; *c; c++) sum = (sum ^ (unsigned char)*c) * 16777619u;
      for (const char *c = text; *c; c++) sum = (sum ^ (unsigned char)*c) * 16777619u;
      sum = (sum ^ 0x100u) * 16777619u;
    }
  return planf((struct planning *)(uintptr_t)p, "%08" PRIx32, sum);
}

/* Of this work, and as far as it can be read: what is kept there may have been written by anybody. */
static const char *marks_of(const struct planning *p) {
  const char *text = property_seen(p->snap, MARK), *work = work_of(p);
  return text && str_starts(text, work) && text[strlen(work)] == ' ' ? text + strlen(work) : NULL;
}

static enum stage stage_of(const struct planning *p, const char *host) {
  size_t len = strlen(host);
  for (const char *at = marks_of(p); at && *at; at += strcspn(at, " ")) {
    at += strspn(at, " ");
    if (strncmp(at, host, len) || at[len] != ':') continue;
    for (enum stage k = STAGE_BEGUN; k <= STAGE_DONE; k++)
      if (!strncmp(at + len + 1, stage_names[k], strlen(stage_names[k]))) return k;
  }
  return STAGE_NONE;
}

static bool can_be_worked_on(const struct planning *p, const struct host_view *h) { return h->membership || h->pacemaker || h->peer || has_bricks(p->snap, h); }

/* All hosts but the console's own, those that are done already left out; when none is left, all of them again. */
static void propose_hosts(struct planning *p, struct texts *ret) {
  bool own_is_left = false;
  for (size_t i = 0; i < p->snap->hosts.count; i++) {
    const struct host_view *h = &p->snap->hosts.item[i];
    bool left = can_be_worked_on(p, h) && stage_of(p, h->name) != STAGE_DONE;
    own_is_left |= left && h->here == TRUTH_YES;
    if (left && h->here != TRUTH_YES) texts_add(p->arena, ret, h->name);
  }
  for (size_t i = 0; !ret->count && !own_is_left && i < p->snap->hosts.count; i++)
    if (can_be_worked_on(p, &p->snap->hosts.item[i]) && p->snap->hosts.item[i].here != TRUTH_YES) texts_add(p->arena, ret, p->snap->hosts.item[i].name);
}

/* The text to keep once that host has come so far. */
static const char *marks_then(struct rolling *r, const struct turn *t, enum stage stage) {
  CLEANUP(str_free) struct str out = {0};
  str_add(&out, r->work);
  for (size_t i = 0; i < r->p->snap->hosts.count; i++) {
    const struct host_view *h = &r->p->snap->hosts.item[i];
    enum stage k = stage_of(r->p, h->name);
    for (size_t n = 0; n < r->count && &r->turn[n] < t; n++)
      if (r->turn[n].host == h) k = STAGE_DONE;
    if (t->host == h) k = stage;
    if (k) str_addf(&out, " %s:%s", h->name, stage_names[k]);
  }
  return planf(r->p, "%s", str_text(&out));
}

static void mark(struct rolling *r, const struct turn *t, enum stage stage) {
  const char *then = marks_then(r, t, stage), *host = cluster_host(r->p);
  static const char *const says[] = {NULL, "write down that %s is begun", "write down that the work on %s is done", "write down that %s is done"};
  if (!host) return;
  struct step *s = step_run(r->p, host, planf(r->p, says[stage], t->host->name), "crm_attribute", "-t", "crm_config", "-s", MARK, "-n", MARK, "-v", then, NULL);
  already_when(r->p, s, "property-is", MARK, then, NULL);
  s->harmless = TRUTH_YES;
}

/* ---- in which order ---- */

static bool share_a_set(const struct snapshot *s, const struct host_view *one, const struct host_view *other) {
  for (size_t v = 0; v < s->volumes.count; v++)
    for (size_t i = 0; i < s->volumes.item[v].bricks.count; i++)
      for (size_t k = 0; snapshot_host(s, s->volumes.item[v].bricks.item[i].host) == one && k < s->volumes.item[v].bricks.count; k++)
        if (s->volumes.item[v].bricks.item[k].set == s->volumes.item[v].bricks.item[i].set && snapshot_host(s, s->volumes.item[v].bricks.item[k].host) == other) return true;
  return false;
}

static size_t there(const struct turn *t) { return t->live.count + t->cold.count; }

/* What was begun first, then what is safe now; the coordinator late, few domains before many. */
static int before(const struct turn *a, const struct turn *b) {
  bool began = a->stage == STAGE_BEGUN || a->stage == STAGE_WORKED, other = b->stage == STAGE_BEGUN || b->stage == STAGE_WORKED;
  if (began != other) return began ? -1 : 1;
  if ((a->may == TRUTH_YES) != (b->may == TRUTH_YES)) return a->may == TRUTH_YES ? -1 : 1;
  if ((a->host->dc == TRUTH_YES) != (b->host->dc == TRUTH_YES)) return a->host->dc == TRUTH_YES ? 1 : -1;
  if (there(a) != there(b)) return there(a) < there(b) ? -1 : 1;
  return str_natural(a->host->name, b->host->name);
}

/* Two of one replica set do not follow each other where another may stand between them, that is not the coordinator. */
static void put_in_order(struct rolling *r) {
  for (size_t i = 1; i < r->count; i++)
    for (size_t k = i; k > 0 && before(&r->turn[k], &r->turn[k - 1]) < 0; k--) {
      struct turn t = r->turn[k];
      r->turn[k] = r->turn[k - 1], r->turn[k - 1] = t;
    }
  for (size_t i = 1; i < r->count; i++) {
    size_t k = i;
    while (k < r->count && (share_a_set(r->p->snap, r->turn[i - 1].host, r->turn[k].host) || (k > i && r->turn[k].host->dc == TRUTH_YES))) k++;
    if (k == i || k == r->count) continue;
    struct turn t = r->turn[k];
    for (; k > i; k--) r->turn[k] = r->turn[k - 1];
    r->turn[i] = t;
  }
}

/* ---- who, and whether at all ---- */

static void look_at(struct rolling *r, struct turn *t) {
  struct planning *p = r->p;
  struct loss loss = {0};
  const char *saw = "";
  struct condition may = {.name = "may-go-down"};
  texts_add(p->arena, &may.args, t->host->name);
  texts_add(p->arena, &loss.hosts, t->host->name);
  t->may = condition_holds(&may, p->snap, p->arena, &saw);
  t->why = saw;
  const struct stop *v = stop_judge(p->snap, &loss, p->arena);
  for (size_t i = 0; i < v->domains.count; i++) {
    const struct domain_view *d = snapshot_domain(p->snap, v->domains.item[i].name);
    if (!d || !texts_have(&d->hosts, t->host->name)) continue;
    texts_add(p->arena, v->domains.item[i].effect == EFFECT_MIGRATES ? &t->live : &t->cold, d->name);
    if (v->domains.item[i].seconds != UNKNOWN_INT) t->move_s += v->domains.item[i].seconds;
  }
}

static void refuse_host(struct rolling *r, const struct turn *t) {
  struct planning *p = r->p;
  const char *name = t->host->name;
  const struct pcmk_node *n = t->node ? node_seen(p->snap, name) : NULL;
  struct texts plain = plain_domains(p, name);
  struct leaving l = who_leaves(p, name);
  if (!t->node && !t->store) refuse_always(p, "without it", "%s is neither a node nor in gluster's pool", name);
  if (t->node && !n) refuse_always(p, "when pacemaker knows it", "pacemaker does not know %s", name);
  if (n && n->standby == TRUTH_YES && t->stage == STAGE_NONE) refuse_always(p, "after node-reinstate, or without it (host=)", "%s is in standby already, and not by this: nobody knows whether it is to come back", name);
  if (n && n->maintenance == TRUTH_YES) refuse_always(p, "after node-unmaintenance", "%s is in maintenance: what runs there would not move", name);
  if (plain.count) refuse_always(p, "when they are moved (domain-migrate), stopped, or highly available", "%s run%s on %s and no resource drives %s: pacemaker would not move %s", names_of(&plain, p->arena), plain.count == 1 ? "s" : "", name, plain.count == 1 ? "it" : "them", plain.count == 1 ? "it" : "them");
  if (l.stays.count) refuse_always(p, "when they are managed again (resource-manage)", "pacemaker does not manage %s on %s, so it would not move %s", names_of(&l.stays, p->arena), name, l.stays.count == 1 ? "it" : "them");
  if (t->may == TRUTH_NO && !str_starts(t->why, "wait")) refuse_always(p, "when ok-to-stop says safe, or without it (host=)", "%s may not go down now: %s", name, t->why);
  if (t->may == TRUTH_UNKNOWN) refuse_always(p, "when ok-to-stop knows", "whether %s may go down is not known: %s", name, t->why);
}

static void refuse_all(struct rolling *r) {
  struct planning *p = r->p;
  const struct condition well = {.name = "nothing-else-down"};
  const char *saw = "";
  if (condition_holds(&well, p->snap, p->arena, &saw) == TRUTH_NO) refuse_always(p, "when that is mended", "something is wrong already: %s", saw);
  if (p->snap->cluster.maintenance == TRUTH_YES) refuse_always(p, "when maintenance-mode is false (cluster-property)", "the cluster is in maintenance: pacemaker would move nothing");
  if (!r->command.count && !r->reboot && !r->asks) refuse_always(p, "with command=, reboot=yes or ask=yes", "nothing is said that is to be done on the hosts");
  if (r->command.count && strchr(r->command.item[0], ' ')) refuse_always(p, "as command=apt-get command=-y command=upgrade", "%s: no program has a blank in its name; give each word by itself", r->command.item[0]);
}

/* ---- one host ---- */

/* One by one nothing of it is taken back: a host that is done would leave and come again. node-reinstate is the way back of the one that it
 * stopped at. */
static struct step *for_good(struct step *s) {
  s->undo = (struct texts){0};
  return s;
}

static void watched(struct rolling *r, struct step *s, const struct turn *t) { still_when(r->p, s, "nothing-else-down", t->host->name, NULL); }

static void wait_watched(struct rolling *r, const struct turn *t, int64_t ms, const char *say, const char *condition) {
  watched(r, step_wait(r->p, ms, say, condition, t->host->name, NULL), t);
}

static void heals(struct rolling *r, const struct turn *t) {
  if (r->p->snap->volumes.count) watched(r, step_wait(r->p, HEALED_MS, "until no heal waits on any volume", "no-heal-waits", NULL), t);
}

static void may_go(struct rolling *r, struct step *s, const struct turn *t) { still_when(r->p, s, "may-go-down", t->host->name, NULL); }

/* What an earlier host has sent there must leave as well: as long as the slowest of all nodes takes. */
static int64_t longest_leave(struct rolling *r) {
  int64_t most = 0;
  for (size_t i = 0; i < r->p->snap->hosts.count; i++) {
    int64_t one = r->p->snap->hosts.item[i].pacemaker ? leave_deadline(r->p, r->p->snap->hosts.item[i].name) : 0;
    if (one > most) most = one;
  }
  return most;
}

static void drain(struct rolling *r, const struct turn *t, const char *which) {
  struct planning *p = r->p;
  const char *host = t->host->name;
  wait_watched(r, t, HEALED_MS, planf(p, "%s: %s: until it may be taken down", which, host), "may-go-down");
  mark(r, t, STAGE_BEGUN);
  if (t->node) {
    may_go(r, for_good(step_standby(p, host)), t);
    wait_watched(r, t, longest_leave(r), planf(p, "until nothing runs on %s", host), "nothing-runs-on");
  }
  heals(r, t);
}

static const char *boot_of(const struct rolling *r, const struct turn *t) {
  const char *text = answered(r->p, t->host->name, "boot");
  return text && *text ? arena_strndup(r->p->arena, text, strcspn(text, "\n")) : NULL;
}

/* Its bricks end first, so that clients notice at once and nobody waits for a time-out; by a timer, so that the command ends before
 * the host does. */
static void reboot(struct rolling *r, const struct turn *t) {
  struct planning *p = r->p;
  const char *host = t->host->name, *boot = boot_of(r, t);
  if (!boot) return (void)(was_asked(p, host, "boot") ? refuse_always(p, "when it can be read", "%s does not tell its boot id: that it has booted could not be seen", host) : (void)refuse_unasked(p, host, "boot", planf(p, "when %s has booted", host)));
  if (has_bricks(p->snap, t->host)) {
    struct step *s = step_run(p, host, "end all processes of gluster's unit: clients notice at once", "systemctl", "kill", "--signal=SIGTERM", "glusterd.service", NULL);
    tested_by(p, s, "grep", "-vqxF", boot, BOOT_ID, NULL);
    may_go(r, s, t);
  }
  struct step *s = step_run(p, host, planf(p, "boot it, in %d s", REBOOT_S), "systemd-run", "--unit=kvmconsole-rolling", planf(p, "--on-active=%d", REBOOT_S), "--timer-property=AccuracySec=100ms", "systemctl", "reboot", NULL);
  tested_by(p, s, "grep", "-vqxF", boot, BOOT_ID, NULL);
  watched(r, s, t);
  wait_watched(r, t, GONE_MS, planf(p, "until %s has gone down", host), "host-gone");
}

static void work(struct rolling *r, const struct turn *t) {
  struct planning *p = r->p;
  const char *host = t->host->name;
  if (r->command.count) {
    struct step *s = step_run(p, host, "do the work", NULL);
    for (size_t i = 0; i < r->command.count; i++) step_word(p, s, "%s", r->command.item[i]);
    int64_t minutes = 60;
    if (given(p, "minutes")) str_int(given(p, "minutes"), 1, 1440, &minutes);
    s->deadline_ms = minutes * 60000;
    may_go(r, s, t);
  }
  if (r->asks) may_go(r, step_ask(p, planf(p, "%s is drained: do the work there now, and say yes when it is done (it may have been booted)", host)), t);
  if (r->reboot) reboot(r, t);
}

/* The mounts that it has now: a domain that is started where its volume is not mounted fails there for good. */
static void mounts_back(struct rolling *r, const struct turn *t) {
  struct planning *p = r->p;
  for (const char *line = printed(p, t->host->name, "mounts"); line && *line; line = line_next(line)) {
    const char *path = line_word(p, line, 1, false);
    if (!path || *path != '/' || strchr(path, '\\')) continue;
    struct step *s = step_run(p, t->host->name, planf(p, "see that %s is mounted", path), "mountpoint", "-q", path, NULL);
    s->harmless = TRUTH_YES;
  }
}

static void back(struct rolling *r, const struct turn *t) {
  struct planning *p = r->p;
  const char *host = t->host->name;
  int64_t limit = r->reboot || r->asks ? BOOTED_MS : BACK_MS;
  bool kvm = t->host->libvirt != LIBVIRT_UNKNOWN;
  if (t->store) wait_watched(r, t, limit, planf(p, "until %s is back in the pool", host), "peer-connected");
  if (kvm) wait_watched(r, t, limit, planf(p, "until libvirt on %s answers", host), "hypervisor-answers");
  if (r->reboot && !t->store && !kvm) wait_watched(r, t, limit, planf(p, "until %s is back", host), "host-answers");
  if (r->reboot && boot_of(r, t)) {
    struct step *s = step_run(p, host, "see that it has booted anew", "grep", "-vxF", boot_of(r, t), BOOT_ID, NULL);
    s->harmless = TRUTH_YES;
  }
  if (has_bricks(p->snap, t->host)) wait_watched(r, t, limit, planf(p, "until the bricks of %s are up", host), "bricks-up-on");
  if (!t->node) return;
  if (exit_of(p, host, "cluster") != 0 || r->asks) {
    struct step *s = step_run(p, host, planf(p, "start the cluster on %s, if it does not by itself", host), "pcs", "cluster", "start", NULL);
    already_when(p, s, "node-member", host, NULL);
    s->deadline_ms = 120000;
    s->harmless = TRUTH_YES;
  }
  wait_watched(r, t, limit, planf(p, "until %s takes part in the cluster", host), "node-joined");
  mounts_back(r, t);
}

static void reinstate(struct rolling *r, const struct turn *t) {
  struct planning *p = r->p;
  heals(r, t);
  if (t->node) {
    watched(r, for_good(step_unstandby(p, t->host->name)), t);
    wait_watched(r, t, BACK_MS, planf(p, "until %s takes resources again", t->host->name), "node-online");
  }
  if (p->snap->cluster.votes != UNKNOWN_INT) watched(r, step_wait(p, BACK_MS, "until quorum is as it was", "votes-at-least", planf(p, "%" PRId64, p->snap->cluster.votes), NULL), t);
  watched(r, step_wait(p, BACK_MS, "until as many domains run as before", "domains-running", planf(p, "%" PRId64, r->running), NULL), t);
  mark(r, t, STAGE_DONE);
}

static void one_host(struct rolling *r, const struct turn *t) {
  const char *which = planf(r->p, "%zu of %zu", (size_t)(t - r->turn) + 1, r->count);
  if (t->stage != STAGE_WORKED) {
    drain(r, t, which);
    work(r, t);
  }
  back(r, t);
  if (t->stage != STAGE_WORKED) mark(r, t, STAGE_WORKED);
  reinstate(r, t);
  if (t->node) verify_that(r->p, "node-online", t->host->name, NULL);
  if (has_bricks(r->p->snap, t->host)) verify_that(r->p, "host-bricks-online", t->host->name, NULL);
}

/* ---- what is said ---- */

static const char *work_words(struct rolling *r) {
  CLEANUP(str_free) struct str out = {0};
  if (r->command.count) shell_words(&out, &r->command);
  if (r->asks) str_addf(&out, "%syou work on it by hand", out.len ? ", then " : "");
  if (r->reboot) str_addf(&out, "%sit boots (%d s or more)", out.len ? ", then " : "", BOOT_EXPECTED_S);
  return planf(r->p, "%s", str_text(&out));
}

static void say_host(struct rolling *r, const struct turn *t) {
  struct planning *p = r->p;
  size_t n = (size_t)(t - r->turn) + 1;
  const char *host = t->host->name, *goes = "";
  if (t->stage == STAGE_WORKED) return consequence(p, "%zu. %s: the work there is done already; it is reinstated", n, host);
  if (there(t)) {
    const char *live = t->live.count ? planf(p, "%s move%s away live", names_of(&t->live, p->arena), t->live.count == 1 ? "s" : "") : "";
    const char *cold = t->cold.count ? planf(p, "%s stop%s and start%s elsewhere", names_of(&t->cold, p->arena), t->cold.count == 1 ? "s" : "", t->cold.count == 1 ? "s" : "") : "";
    goes = planf(p, "%s%s%s (about %" PRId64 " s)", live, *live && *cold ? ", " : "", cold, t->move_s);
  } else if (t->node) goes = "nothing runs there now";
  else goes = has_bricks(p->snap, t->host) ? "its sets go on with their other bricks, and heal before the next host" : "nothing is kept there";
  consequence(p, "%zu. %s%s: %s%s%s%s", n, host, t->stage == STAGE_BEGUN ? ", where it was stopped" : "", goes, *work_words(r) ? "; then " : "", work_words(r), t->may == TRUTH_YES ? "" : planf(p, " (now %s)", t->why));
}

static const char *another_host(const struct planning *p) {
  const struct host_view *own = own_host(p);
  for (size_t i = 0; i < p->snap->hosts.count; i++)
    if (&p->snap->hosts.item[i] != own && p->snap->hosts.item[i].membership == MEMBERSHIP_MEMBER) return p->snap->hosts.item[i].name;
  return "another host";
}

/* The last step of all: it does nothing but say what is left. */
static void say_own_host(struct rolling *r) {
  struct planning *p = r->p;
  const struct host_view *own = own_host(p);
  struct texts argv = {0};
  CLEANUP(str_free) struct str line = {0};
  if (!own || !can_be_worked_on(p, own) || stage_of(p, own->name) == STAGE_DONE) return;
  const char *const words[] = {"kvmconsole", "run", "nodes-rolling", planf(p, "host=%s", own->name)};
  for (size_t i = 0; i < COUNT(words); i++) texts_add(p->arena, &argv, words[i]);
  for (size_t i = 0; i < r->command.count; i++) texts_add(p->arena, &argv, planf(p, "command=%s", r->command.item[i]));
  if (r->reboot) texts_add(p->arena, &argv, "reboot=yes");
  if (r->asks) texts_add(p->arena, &argv, "ask=yes");
  shell_words(&line, &argv);
  const char *left = planf(p, "%s, this console's own host, is left; on %s run: %s", own->name, another_host(p), str_text(&line));
  consequence(p, "%s", left);
  step_pause(p, 0, left);
}

static bool all_are_done_then(const struct rolling *r) {
  for (size_t i = 0; i < r->p->snap->hosts.count; i++) {
    const struct host_view *h = &r->p->snap->hosts.item[i];
    bool now = stage_of(r->p, h->name) == STAGE_DONE || !can_be_worked_on(r->p, h);
    for (size_t n = 0; n < r->count; n++) now |= r->turn[n].host == h;
    if (!now) return false;
  }
  return true;
}

static void forget_marks(struct rolling *r) {
  if (!all_are_done_then(r)) return;
  struct step *s = step_run(r->p, cluster_host(r->p), "every host is done: forget how far it came", "crm_attribute", "-t", "crm_config", "-s", MARK, "-n", MARK, "-D", NULL);
  s->harmless = TRUTH_YES;
  verify_that(r->p, "property-is", MARK, "", NULL);
}

static void say_done_before(struct rolling *r) {
  struct planning *p = r->p;
  struct texts done = {0};
  for (size_t i = 0; i < p->snap->hosts.count; i++)
    if (stage_of(p, p->snap->hosts.item[i].name) == STAGE_DONE) texts_add(p->arena, &done, p->snap->hosts.item[i].name);
  if (done.count) consequence(p, "this work was begun before: %s %s done already", names_of(&done, p->arena), done.count == 1 ? "is" : "are");
  else if (property_seen(p->snap, MARK) && !marks_of(p)) consequence(p, "how far another work came is forgotten (%s)", first_line(p, property_seen(p->snap, MARK)));
}

/* ---- the plan ---- */

void survey_rolling(struct planning *p) {
  struct texts hosts = given_list(p, "host");
  for (size_t i = 0; i < hosts.count; i++) {
    const struct host_view *h = snapshot_host(p->snap, hosts.item[i]);
    if (!h) continue;
    ask_command(p, h->name, "boot", "cat", BOOT_ID, NULL);
    ask_command(p, h->name, "mounts", "grep", "-F", " fuse.glusterfs ", "/proc/mounts", NULL);
    if (h->membership || h->pacemaker) ask_command(p, h->name, "cluster", "systemctl", "is-enabled", "pacemaker", NULL);
    if (h->peer) ask_command(p, h->name, "glusterd", "systemctl", "is-enabled", "glusterd", NULL);
  }
}

static bool take_hosts(struct rolling *r) {
  struct planning *p = r->p;
  struct texts hosts = given_list(p, "host");
  r->turn = arena_array(p->arena, hosts.count + 1, sizeof *r->turn);
  for (size_t i = 0; i < hosts.count; i++) {
    const struct host_view *h = snapshot_host(p->snap, hosts.item[i]);
    bool had = false;
    for (size_t n = 0; n < r->count; n++) had |= r->turn[n].host == h;
    if (!h || had) continue;
    struct turn *t = &r->turn[r->count++];
    *t = (struct turn){.host = h, .stage = stage_of(p, h->name), .node = h->membership || h->pacemaker, .store = h->peer || has_bricks(p->snap, h)};
    if (t->stage == STAGE_DONE) t->stage = STAGE_NONE; /* named by hand: once more */
    look_at(r, t);
  }
  return r->count > 0;
}

void plan_rolling(struct planning *p) {
  struct rolling r = {.p = p, .reboot = value_yes(p->values, "reboot"), .asks = value_yes(p->values, "ask"), .command = given_list(p, "command"), .work = work_of(p)};
  const struct host_view *own = own_host(p);
  if (!cluster_told(p)) return;
  for (size_t i = 0; i < p->snap->domains.count; i++) r.running += p->snap->domains.item[i].hosts.count == 1 && str_eq(p->snap->domains.item[i].state, "running");
  if (!take_hosts(&r)) {
    if (own) say_own_host(&r);
    return (void)refuse_always(p, own ? planf(p, "when it is run on %s", another_host(p)) : "with host=", "no host is left that this console may work on");
  }
  put_in_order(&r);
  refuse_all(&r);
  for (size_t i = 0; i < r.count; i++) {
    if (r.turn[i].host == own) refuse_always(p, planf(p, "when it is run on %s, or without it (host=)", another_host(p)), "%s is the host that this console runs on: it would end itself half way", own->name);
    else refuse_host(&r, &r.turn[i]);
    if (r.reboot && r.turn[i].store && was_asked(p, r.turn[i].host->name, "glusterd") && exit_of(p, r.turn[i].host->name, "glusterd") != 0) refuse_always(p, "when it does (host-services)", "glusterd does not start with %s: its bricks would stay down", r.turn[i].host->name);
  }
  say_done_before(&r);
  for (size_t i = 0; i < r.count; i++) say_host(&r, &r.turn[i]);
  consequence(p, "before each host it is asked anew whether it may go down; the first surprise stops it: the same command goes on from there, node-reinstate takes the host back that it stopped at");
  if (refused(p)) return;
  for (size_t i = 0; i < r.count; i++) one_host(&r, &r.turn[i]);
  verify_that(p, "votes-at-least", planf(p, "%" PRId64, p->snap->cluster.votes), NULL);
  verify_that(p, "domains-running", planf(p, "%" PRId64, r.running), NULL);
  forget_marks(&r);
  say_own_host(&r);
}

const struct operation_argument rolling_arguments[] = {
    {.name = "command", .title = "WORD", .help = "what is run on each host, a word at a time: command=apt-get command=-y command=upgrade", .kind = ARG_TEXT, .list = true},
    {.name = "reboot", .title = "yes|no", .help = "boot each host (after the command)", .kind = ARG_YES, .fallback = "no"},
    {.name = "ask", .title = "yes|no", .help = "you work on each drained host by hand, and say when it is done", .kind = ARG_YES, .fallback = "no"},
    {.name = "minutes", .title = "MINUTES", .help = "how long the command may take on a host", .kind = ARG_NUMBER, .min = 1, .max = 1440, .fallback = "60"},
    {.name = "host", .title = "HOST", .help = "which hosts; left out: all that are left but this console's own. Their order is the plan's", .kind = ARG_HOST, .list = true, .propose = propose_hosts, .check = known_host},
    {.name = NULL},
};
