/* From hosts with packages to a cluster: pcsd and its password, what an earlier cluster or the distribution left, hosts
 * authenticated, set up, started. pcs of 0.9 and of 0.10 and later go different ways. */
#include "ops/cluster_rows.h"
#include <string.h>

#define COROSYNC_CONF "/etc/corosync/corosync.conf"
enum { NODES_MAX = 32, LINKS_MAX = 8 };

/* "kvm01,10.0.0.11,10.1.0.11": a node's name, then the address of each link. */
struct member { const char *name; struct texts addresses; };
struct members { struct member item[NODES_MAX]; size_t count; };

static struct members members_of(struct planning *p) {
  struct members m = {.count = 0};
  for (size_t i = 0; m.count < NODES_MAX && value_at(p->values, "nodes", i); i++) {
    const char *text = value_at(p->values, "nodes", i);
    size_t len = strcspn(text, ",");
    struct member *x = &m.item[m.count++];
    *x = (struct member){.name = arena_strndup(p->arena, text, len)};
    for (text += len; *text; text += len) {
      text++;
      len = strcspn(text, ",");
      texts_add(p->arena, &x->addresses, arena_strndup(p->arena, text, len));
    }
  }
  return m;
}

static bool is_host_word(const char *s, size_t len) {
  return len && len < 254 && *s != '-' && *s != '.' && strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-:") >= len;
}

static const char *check_member(struct planning *p, const char *value) {
  size_t words = 0, same = 0;
  for (const char *s = value;; words++) {
    size_t len = strcspn(s, ",");
    if (!is_host_word(s, len) || (!words && memchr(s, ':', len))) return "write it as NAME, or NAME,ADDRESS with an address for each link";
    if (!s[len]) break;
    s += len + 1;
  }
  if (words > LINKS_MAX) return "corosync has at most 8 links";
  for (size_t i = 0; value_at(p->values, "nodes", i); i++) {
    size_t len = strcspn(value, ","), other = strcspn(value_at(p->values, "nodes", i), ",");
    same += len == other && !strncmp(value, value_at(p->values, "nodes", i), len);
  }
  return same > 1 ? "that node is named twice" : NULL;
}

static void propose_members(struct planning *p, struct texts *ret) {
  for (size_t i = 0; i < p->snap->hosts.count; i++)
    if (texts_have(&p->snap->hosts.item[i].roles, "kvm")) texts_add(p->arena, ret, p->snap->hosts.item[i].name);
}

/* pcs runs on the console's own host when that is to be a node, else on the first of them. */
static const char *runner(const struct planning *p, const struct members *m) {
  const struct host_view *own = own_host(p);
  for (size_t i = 0; own && i < m->count; i++)
    if (snapshot_host(p->snap, m->item[i].name) == own || str_eq(own->name, m->item[i].name)) return own->name;
  return m->count ? m->item[0].name : here(p);
}

/* ---- what is there ---- */

void ask_leftover(struct planning *p, const char *host) { ask_command(p, host, "corosync-text", "cat", COROSYNC_CONF, NULL); }

void survey_setup(struct planning *p) {
  struct members m = members_of(p);
  for (size_t i = 0; i < m.count; i++) {
    ask_pcs(p, m.item[i].name);
    ask_leftover(p, m.item[i].name);
  }
  ask_pcs(p, runner(p, &m));
}
void survey_authenticate(struct planning *p) { survey_setup(p); }

/* The cluster's name in a corosync.conf; "": it has none. */
static const char *cluster_in(struct planning *p, const char *conf) {
  const char *at = strstr(conf, "cluster_name:");
  if (!at) return "";
  at += strlen("cluster_name:");
  at += strspn(at, " \t");
  return arena_strndup(p->arena, at, strcspn(at, " \t\r\n}"));
}

/* The one that Debian's package brings: one node, 127.0.0.1, a cluster called debian. */
static bool is_package_default(struct planning *p, const char *conf) { return str_eq(cluster_in(p, conf), "debian") && strstr(conf, "127.0.0.1"); }

static void add_confirmation(struct planning *p, struct step *s, int64_t pcs) {
  if (pcs >= 12) step_word(p, s, "--yes");
  else if (pcs == 11) step_word(p, s, "--force");
}

/* A left-over corosync.conf makes pcs believe that the host is in a cluster: authentication fails to sync, set-up refuses. */
void clear_leftover(struct planning *p, const char *host, bool strict) {
  const char *conf = answered(p, host, "corosync-text");
  const struct host_view *h = snapshot_host(p->snap, host);
  if (!conf) return;
  bool stock = is_package_default(p, conf), member = h && h->membership == MEMBERSHIP_MEMBER && !stock;
  const char *name = cluster_in(p, conf);
  if (member && strict) refuse_always(p, "after cluster-destroy", "%s is a member of the cluster %s", host, *name ? name : "(without a name)");
  if (member || (!strict && !stock)) return;
  if (!stock) refuse(p, "when that configuration is gone, or knowingly", "%s has the configuration of a cluster %s, which does not seem to run", host, *name ? name : "(without a name)");
  int64_t pcs = pcs_of(p, host);
  if (stock) consequence(p, "the corosync.conf that the package left on %s goes", host);
  else consequence(p, "the cluster %s that is configured on %s is destroyed there, its resources' configuration too", name, host), p->plan->danger = 2;
  struct step *s = step_run(p, host, planf(p, "take away the corosync.conf that is left on %s", host), "pcs", "cluster", "destroy", NULL);
  add_confirmation(p, s, pcs);
  tested_by(p, s, "test", "!", "-e", COROSYNC_CONF, NULL);
  s->deadline_ms = 120000;
}

/* ---- steps ---- */

void step_pcsd(struct planning *p, const char *host) {
  struct step *s = step_run(p, host, planf(p, "start pcsd on %s", host), "systemctl", "enable", "--now", "pcsd", NULL);
  tested_by(p, s, "systemctl", "is-active", "--quiet", "pcsd", NULL);
  s->deadline_ms = 60000;
  s->harmless = TRUTH_YES;
}

/* The password is read by the shell's own read and printed by its own printf: it is in no argument. */
void step_password(struct planning *p, const char *host) {
  struct step *s = step_run(p, host, planf(p, "set the password of hacluster on %s", host), "sh", "-c", "IFS= read -r p && printf 'hacluster:%s\\n' \"$p\" | chpasswd", NULL);
  s->secret = "password";
  s->input = "<password>";
  s->harmless = TRUTH_YES;
}

struct step *step_auth(struct planning *p, const char *host, const char *say, int64_t pcs) {
  struct step *s = pcs == 9 ? step_run(p, host, say, "pcs", "cluster", "auth", NULL) : step_run(p, host, say, "pcs", "host", "auth", NULL);
  s->secret = "password";
  s->input = "<password>";
  s->deadline_ms = 90000;
  s->harmless = TRUTH_YES;
  return s;
}

static void authenticate(struct planning *p, const char *host, const struct members *m, int64_t pcs) {
  struct step *s = step_auth(p, host, "authenticate the hosts to each other", pcs);
  for (size_t i = 0; i < m->count; i++) {
    step_word(p, s, "%s", m->item[i].name);
    if (pcs > 9 && m->item[i].addresses.count) step_word(p, s, "addr=%s", m->item[i].addresses.item[0]);
  }
  step_word(p, s, "-u");
  step_word(p, s, "hacluster");
}

static const char *list_members(struct planning *p, const struct members *m) {
  struct texts names = {0};
  for (size_t i = 0; i < m->count; i++) texts_add(p->arena, &names, m->item[i].name);
  return names_of(&names, p->arena);
}

static void prepare(struct planning *p, const struct members *m, const char *host, int64_t pcs, bool strict) {
  for (size_t i = 0; i < m->count; i++) clear_leftover(p, m->item[i].name, strict);
  if (!given(p, "password")) return;
  for (size_t i = 0; i < m->count; i++) step_pcsd(p, m->item[i].name);
  for (size_t i = 0; value_yes(p->values, "set_password") && i < m->count; i++) step_password(p, m->item[i].name);
  if (value_yes(p->values, "set_password")) consequence(p, "hacluster's password is set on %s", list_members(p, m));
  authenticate(p, host, m, pcs);
}

void plan_authenticate(struct planning *p) {
  struct members m = members_of(p);
  const char *host = runner(p, &m);
  int64_t pcs = pcs_of(p, host);
  if (!pcs) return;
  if (!given(p, "password")) refuse_always(p, "with password=@FILE or password=@-", "the password of hacluster is needed");
  prepare(p, &m, host, pcs, false);
  consequence(p, "%s may be told by pcs from each other: pcsd keeps a token on each of them, not the password", list_members(p, &m));
}

void plan_password(struct planning *p) {
  struct members m = members_of(p);
  for (size_t i = 0; i < m.count; i++) pcs_of(p, m.item[i].name);
  if (!given(p, "password")) refuse_always(p, "with password=@FILE or password=@-", "the password of hacluster is needed");
  if (refused(p)) return;
  consequence(p, "hacluster's password is set on %s, and pcsd runs there, now and at every boot", list_members(p, &m));
  consequence(p, "who knows it may do everything in the cluster; the tokens that pcsd has already stay good");
  for (size_t i = 0; i < m.count; i++) {
    struct step *s = step_run(p, m.item[i].name, planf(p, "start pcsd on %s", m.item[i].name), "systemctl", "enable", "--now", "pcsd", NULL);
    s->deadline_ms = 60000;
    s->harmless = TRUTH_YES;
    step_password(p, m.item[i].name);
  }
}

static void add_nodes(struct planning *p, struct step *s, const struct members *m, int64_t pcs) {
  for (size_t i = 0; i < m->count; i++) {
    const struct member *x = &m->item[i];
    if (pcs == 9) { /* the name is the first link's address; a second one follows it */
      step_word(p, s, x->addresses.count > 1 ? "%s,%s" : "%s%s", x->name, x->addresses.count > 1 ? x->addresses.item[1] : "");
      continue;
    }
    step_word(p, s, "%s", x->name);
    for (size_t k = 0; k < x->addresses.count; k++) step_word(p, s, "addr=%s", x->addresses.item[k]);
  }
}

static void refuse_members(struct planning *p, const struct members *m, int64_t pcs) {
  size_t links = m->count ? m->item[0].addresses.count : 0;
  if (m->count < 2) refuse(p, "with two nodes or more", "one node alone is no high availability");
  for (size_t i = 1; i < m->count; i++)
    if (m->item[i].addresses.count != links) refuse_always(p, "when each node is given as many addresses", "%s has %zu addresses, %s has %zu: each link wants one of every node", m->item[i].name, m->item[i].addresses.count, m->item[0].name, links);
  if (pcs == 9 && links > 2) refuse_always(p, "with one or two addresses a node", "corosync 2 has two links at most");
  if (pcs == 9 && links) consequence(p, "this pcs takes the names themselves for the first link: they must resolve to %s", m->item[0].addresses.item[0]);
}

static void step_undone_by_pcs(struct planning *p, struct step *s, const char *verb, int64_t pcs) {
  if (!str_eq(verb, "destroy") || pcs < 11) undo_by(p, s, "pcs", "cluster", verb, "--all", NULL);
  else undo_by(p, s, "pcs", "cluster", verb, "--all", pcs >= 12 ? "--yes" : "--force", NULL);
}

void plan_setup(struct planning *p) {
  struct members m = members_of(p);
  const char *host = runner(p, &m), *name = given(p, "name");
  int64_t pcs = pcs_of(p, host);
  if (!pcs) return;
  refuse_members(p, &m, pcs);
  if (!given(p, "password")) consequence(p, "the hosts must have been authenticated (cluster-authenticate), or be so here, with password=");
  prepare(p, &m, host, pcs, true);
  struct step *s = pcs == 9 ? step_run(p, host, planf(p, "set the cluster %s up", name), "pcs", "cluster", "setup", "--name", name, NULL) : step_run(p, host, planf(p, "set the cluster %s up", name), "pcs", "cluster", "setup", name, NULL);
  add_nodes(p, s, &m, pcs);
  step_undone_by_pcs(p, s, "destroy", pcs);
  s->deadline_ms = 180000;
  consequence(p, "%s become the cluster %s%s", list_members(p, &m), name, m.count == 2 ? ": two nodes, so after a full stop nothing starts until both are back" : "");
  if (value_yes(p->values, "start")) {
    s = step_run(p, host, "start it on every node", "pcs", "cluster", "start", "--all", NULL);
    step_undone_by_pcs(p, s, "stop", pcs);
    s->deadline_ms = 180000;
    s->harmless = TRUTH_YES;
    for (size_t i = 0; i < m.count; i++) step_wait(p, 180000, planf(p, "until %s is online", m.item[i].name), "node-online", m.item[i].name, NULL);
    verify_that(p, "cluster-named", name, NULL);
    verify_that(p, "cluster-runs", NULL);
    for (size_t i = 0; i < m.count; i++) verify_that(p, "node-online", m.item[i].name, NULL);
    consequence(p, "no resource starts before fencing is set up (fencing-create), or said to be off");
  } else {
    for (size_t i = 0; i < m.count; i++) step_run(p, m.item[i].name, planf(p, "see that %s has its configuration", m.item[i].name), "test", "-s", COROSYNC_CONF, NULL)->harmless = TRUTH_YES;
    consequence(p, "it does not run yet (cluster-start)");
  }
  if (value_yes(p->values, "enable")) {
    s = step_run(p, host, "have it start with the hosts", "pcs", "cluster", "enable", "--all", NULL);
    step_undone_by_pcs(p, s, "disable", pcs);
    s->deadline_ms = 60000;
    s->harmless = TRUTH_YES;
    consequence(p, "it starts with the hosts");
  }
  p->plan->verify_ms = 120000;
}

#define NODES {.name = "nodes", .title = "NAME[,ADDRESS..]", .help = "a host for each node, by the name it is known by everywhere; after a comma an address for each link, if the name's own will not do", .kind = ARG_TEXT, .required = true, .list = true, .propose = propose_members, .check = check_member}
#define PASSWORD(help_) {.name = "password", .title = "PASSWORD", .help = help_, .kind = ARG_SECRET}
#define SET_PASSWORD(fallback_) {.name = "set_password", .title = "yes|no", .help = "set that password for hacluster on every host first; no: it is set already", .kind = ARG_YES, .fallback = fallback_}

const struct operation_argument authenticate_arguments[] = {NODES, PASSWORD("of the user hacluster, the same on every host"), SET_PASSWORD("no"), {.name = NULL}};
const struct operation_argument password_arguments[] = {NODES, PASSWORD("of the user hacluster, the same on every host"), {.name = NULL}};
const struct operation_argument setup_arguments[] = {
    {.name = "name", .title = "NAME", .help = "the cluster's name: at most 15 characters are shown by some tools", .kind = ARG_NAME, .required = true, .fallback = "cluster-kvm"},
    NODES,
    PASSWORD("of the user hacluster, the same on every host; left out: the hosts are authenticated already"),
    SET_PASSWORD("yes"),
    {.name = "start", .title = "yes|no", .help = "start it when it is set up", .kind = ARG_YES, .fallback = "yes"},
    {.name = "enable", .title = "yes|no", .help = "have it start when a host boots; some keep it off, so that a host that was fenced comes back only by hand", .kind = ARG_YES, .fallback = "yes"},
    {.name = NULL},
};
