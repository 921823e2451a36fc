#include "sim/event.h"
#include "sim/guest.h"
#include "sim/host.h"
#include "sim/net.h"
#include "sim/pacemaker.h"
#include "sim/ring.h"
#include "sim/store.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static void on_standby(struct world *w, const char *subject, const char *detail) {
  struct sim_host *h = world_host(w, subject);
  (void)detail;
  if (h) h->standby = TRUTH_YES, cib_changed(w, "crm_attribute", subject);
}

static void on_unstandby(struct world *w, const char *subject, const char *detail) {
  struct sim_host *h = world_host(w, subject);
  (void)detail;
  if (h) h->standby = TRUTH_NO, cib_changed(w, "crm_attribute", subject);
}

static void on_property(struct world *w, const char *subject, const char *detail) {
  set_pair(w, &w->properties, subject, detail && *detail ? detail : NULL);
  cib_changed(w, "crm_attribute", w->here);
}

static void on_option(struct world *w, const char *subject, const char *detail) {
  struct sim_volume *v = world_volume(w, subject);
  char name[128], value[256];
  if (!v || !detail || sscanf(detail, "%127s %255s", name, value) != 2) return;
  set_pair(w, &v->options, name, value);
  v->changed = w->clock;
  world_touch(w, LAYER_GLUSTER);
  store_check(w);
}

static void on_cleanup(struct world *w, const char *subject, const char *detail) { pacemaker_cleanup(w, subject, detail); }
static void on_clear(struct world *w, const char *subject, const char *detail) {
  (void)detail;
  for (size_t i = 0; i < w->constraints.count; i++) {
    const struct pcmk_constraint *c = &w->constraints.item[i];
    if (str_eq(c->resource, subject) && str_starts(c->id, "cli-")) drop_item(&w->constraints, sizeof *w->constraints.item, i--);
  }
  cib_changed(w, "crm_resource", w->here);
}
static void on_again(struct world *w, const char *subject, const char *detail) {
  (void)subject, (void)detail;
  pacemaker_think_soon(w);
}

const struct event_kind event_kinds[] = {
    {"power off", "HOST", on_power_off, "the host loses its power"},
    {"power on", "HOST", on_power_on, "it has power again, and boots"},
    {"cut", "HOST [cluster|storage]", on_cut, "its networks, or that one, drop everything, silently"},
    {"unplug", "HOST [cluster|storage]", on_cut, "the cables are pulled: for all others the same"},
    {"join", "HOST [cluster|storage]", on_join, "its networks work again"},
    {"part", "HOSTS HOSTS [corosync|gluster]", on_part, "nothing, or nothing of that layer, passes between these and those (k1,k2 k3)"},
    {"mend", "HOSTS HOSTS", on_mend, "it passes again"},
    {"renew", "HOST", on_renew, "a new machine with gluster installed bears its name: the pool does not know it, its disks are empty"},
    {"freeze", "HOST", on_freeze, "it stands still as a whole"},
    {"thaw", "HOST", on_thaw, "it goes on"},
    {"start", "HOST DAEMON", on_daemon_start, "the service is started"},
    {"stop", "HOST DAEMON", on_daemon_stop, "the service is stopped in order"},
    {"kill", "HOST DAEMON", on_daemon_kill, "the daemon dies"},
    {"hang", "HOST DAEMON", on_daemon_hang, "the daemon runs and answers nobody"},
    {"resume", "HOST DAEMON", on_daemon_resume, "it answers again"},
    {"break bmc", "HOST", on_bmc_break, "its BMC does not answer"},
    {"mend bmc", "HOST", on_bmc_mend, "its BMC answers again"},
    {"change password", "HOST", on_bmc_password, "its BMC gets another password, and its fence device does not"},
    {"kill brick", "HOST[:PATH]", on_kill_brick, "the brick's process dies"},
    {"start brick", "HOST[:PATH]", on_start_brick, "it is started, or goes on"},
    {"hang brick", "HOST[:PATH]", on_hang_brick, "the brick's process stands still"},
    {"split brain", "VOLUME COUNT", on_split_brain, "so many files have copies that differ"},
    {"resolve", "VOLUME", on_resolve, "the split-brain is resolved"},
    {"rebalance", "VOLUME", on_rebalance, "files are moved to where they belong"},
    {"transaction", "VOLUME SECONDS", on_transaction, "somebody's command holds the volume's lock"},
    {"fill", "VOLUME PERCENT", on_fill, "its bricks are so full"},
    {"option", "VOLUME NAME VALUE", on_option, "a volume option is set"},
    {"move", "RESOURCE HOST", on_move, "crm_resource --move"},
    {"clear", "RESOURCE", on_clear, "crm_resource --clear"},
    {"cleanup", "RESOURCE", on_cleanup, "crm_resource --cleanup"},
    {"standby", "HOST", on_standby, "the node runs nothing"},
    {"unstandby", "HOST", on_unstandby, "it may again"},
    {"property", "NAME VALUE", on_property, "a property of the cluster"},
    {"crash", "DOMAIN", on_crash, "the guest dies"},
    {"pause", "DOMAIN", on_pause, "somebody suspends it"},
    {"start behind", "DOMAIN HOST", on_start_behind, "libvirt starts it, and pacemaker does not know"},
    /* Consequences. */
    {"booted", NULL, on_booted, NULL},
    {"script", NULL, on_script, NULL},
    {"ring", NULL, on_ring, NULL},
    {"device", NULL, on_device, NULL},
    {"shrink", NULL, on_shrink, NULL},
    {"joined", NULL, on_joined, NULL},
    {"elect", NULL, on_elect, NULL},
    {"think", NULL, on_think, NULL},
    {"op", NULL, on_op, NULL},
    {"monitor", NULL, on_monitor, NULL},
    {"failure expires", NULL, on_failure_expires, NULL},
    {"plug", NULL, on_plug, NULL},
    {"fencing", NULL, on_fencing, NULL},
    {"fence again", NULL, on_again, NULL},
    {"migration", NULL, on_migration, NULL},
    {"powered down", NULL, on_powered_down, NULL},
    {"dirty", NULL, on_dirty, NULL},
    {"heal", NULL, on_heal, NULL},
    {"task", NULL, on_task, NULL},
    {"stall", NULL, on_stall, NULL},
    {"server quorum", NULL, on_server_quorum, NULL},
    {.name = NULL},
};

static const struct event_kind *find(const char *name) {
  for (const struct event_kind *k = event_kinds; k->name; k++)
    if (str_eq(k->name, name)) return k;
  return NULL;
}

bool event_known(const char *name) { return find(name) != NULL; }

void world_happen(struct world *w, const char *what, const char *subject, const char *detail) {
  const struct event_kind *k = find(what);
  if (k) k->happen(w, subject, detail);
}

bool world_step(struct world *w) {
  if (!w->queue.count) return false;
  struct sim_event x = w->queue.item[0];
  drop_item(&w->queue, sizeof *w->queue.item, 0);
  if (x.at > w->clock) w->clock = x.at;
  world_happen(w, x.what, x.subject, x.detail);
  return true;
}

void world_run(struct world *w, int64_t until) {
  while (world_next(w) <= until) world_step(w);
  if (until > w->clock) w->clock = until;
}

/* ---- a scenario's words ---- */

/* The row whose name begins the line; the longest, so that "start brick" is not "start". */
static const struct event_kind *match(const char *line) {
  const struct event_kind *best = NULL;
  for (const struct event_kind *k = event_kinds; k->name; k++) {
    size_t len = strlen(k->name);
    if (k->wants && !strncmp(line, k->name, len) && (line[len] == ' ' || !line[len]) && (!best || len > strlen(best->name))) best = k;
  }
  return best;
}

static bool each_is_host(const struct world *w, const char *names, size_t len) {
  char host[256];
  for (size_t at = 0; at < len;) {
    size_t n = strcspn(names + at, ", ");
    if (n > len - at) n = len - at;
    snprintf(host, sizeof host, "%.*s", (int)(n < sizeof host ? n : sizeof host - 1), names + at);
    if (!world_host(w, host)) return false;
    at += n + (at + n < len);
  }
  return len > 0;
}

static bool is_there(const struct world *w, const char *kind, const char *name) {
  char host[256];
  if (str_starts(kind, "HOSTS")) return each_is_host(w, name, strcspn(name, " "));
  if (str_starts(kind, "HOST[")) {
    snprintf(host, sizeof host, "%.*s", (int)strcspn(name, ":"), name);
    return world_host(w, host);
  }
  if (str_starts(kind, "HOST")) return world_host(w, name);
  if (str_starts(kind, "VOLUME")) return world_volume(w, name);
  if (str_starts(kind, "RESOURCE")) return world_resource(w, name);
  if (str_starts(kind, "DOMAIN")) return world_domain(w, name);
  return true;
}

/* "[cluster|storage]": one of these words, or none. */
static bool is_choice(const char *choices, const char *word) {
  size_t len = strlen(word);
  for (const char *p = choices + 1; *p; p += strcspn(p, "|]") + 1)
    if (strcspn(p, "|]") == len && !strncmp(p, word, len)) return true;
  return !len;
}

/* What follows the subject, against what the row wants there: more, NULL when that is nothing. */
static int check_detail(const struct world *w, const struct event_kind *k, const char *more, const char *rest, struct err *e) {
  const char *choices = more ? strchr(more, '[') : NULL, *first = rest + strcspn(rest, " "), *last = choices == more ? rest : *first ? first + 1 : first;
  bool wanted = more && choices != more;
  bool beyond = wanted && !choices && str_eq(more, "HOSTS") && strchr(rest, ' ');
  if ((wanted && !*rest) || (!more && *rest) || beyond || (choices && !is_choice(choices, last))) return err_set(e, -EINVAL, "", "write it as '%s %s'", k->name, k->wants);
  if (wanted && !is_there(w, more, rest)) return err_set(e, -EINVAL, "", "there is no host %.*s", choices ? (int)strcspn(rest, " ") : (int)strlen(rest), rest);
  if ((str_ends(k->wants, "COUNT") || str_ends(k->wants, "SECONDS") || str_ends(k->wants, "PERCENT")) && number_of(rest, -1) < 0) return err_set(e, -EINVAL, "", "%s is no number", rest);
  return 0;
}

int event_parse(struct world *w, const char *line, const char **ret_what, const char **ret_subject, const char **ret_detail, struct err *e) {
  const struct event_kind *k = match(line);
  char subject[256], word[64];
  if (!k) return err_set(e, -EINVAL, "", "nothing that can happen: %s", line);
  const char *rest = line + strlen(k->name), *more = strchr(k->wants, ' ');
  while (*rest == ' ') rest++;
  size_t len = strcspn(rest, " ");
  snprintf(subject, sizeof subject, "%.*s", (int)(len < 255 ? len : 255), rest);
  rest += len;
  while (*rest == ' ') rest++;
  if (!*subject) return err_set(e, -EINVAL, "", "write it as '%s %s'", k->name, k->wants);
  if (!is_there(w, k->wants, subject)) {
    snprintf(word, sizeof word, "%.*s", str_starts(k->wants, "HOSTS") ? 4 : (int)strcspn(k->wants, " ["), k->wants);
    for (char *p = word; *p; p++) *p = (char)(*p | 32);
    return err_set(e, -EINVAL, "", "there is no %s %s", word, subject);
  }
  int code = check_detail(w, k, more ? more + 1 : NULL, rest, e);
  if (code) return code;
  const struct sim_host *h = str_starts(k->wants, "HOST DAEMON") ? world_host(w, subject) : NULL;
  if (h && !host_daemon(h, rest)) return err_set(e, -EINVAL, "", "%s has no daemon %s", subject, rest);
  *ret_what = k->name;
  *ret_subject = world_word(w, subject);
  *ret_detail = *rest ? world_word(w, rest) : NULL;
  return 0;
}
