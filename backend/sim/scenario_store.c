/* A scenario's hosts, pool, volumes and mounts. */
#include "sim/build.h"
#include "sim/host.h"
#include "sim/scenario_words.h"
#include "sim/store.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

int take_seed(struct reader *r, const struct words *l) {
  int64_t n;
  int code = count_of(r, l->word[1], 0, 0, (int64_t)1 << 40, &n);
  if (code || r->seed) return code;
  r->w->seed = n;
  r->w->random = (int64_t)(mix((uint64_t)n, 1) >> 2);
  return 0;
}

int take_host(struct reader *r, const struct words *l) {
  static const char *const keys[] = {"kvm", "store", "off", "bmc", "bare", "memory", "cpus", "address", "boot", NULL};
  struct texts names = {0};
  int64_t memory, cpus, boot;
  int code = only(r, l, 2, keys);
  if (!code) code = spread(r, l->word[1], &names);
  if (!code) code = size_of(r, option_of(l, "memory"), (int64_t)8 << 30, &memory);
  if (!code) code = count_of(r, option_of(l, "cpus"), 4, 1, 1024, &cpus);
  if (!code) code = time_of(r, option_of(l, "boot"), 14000, &boot);
  if (code) return code;
  if (!flag_of(l, "kvm") && !flag_of(l, "store") && !flag_of(l, "bare")) return wrong(r, "a host is kvm, store, or bare");
  for (size_t i = 0; i < names.count; i++) {
    if (world_host(r->w, names.item[i])) return wrong(r, "host %s is there already", names.item[i]);
    if (r->w->hosts.count >= HOSTS_MAX) return wrong(r, "more than %d hosts", HOSTS_MAX);
    struct sim_host *h = build_host(r->w, names.item[i], flag_of(l, "kvm"), flag_of(l, "store"));
    h->memory = memory, h->cpus = cpus, h->boot_ms = boot;
    h->bmc = h->bmc_works = truth_of(flag_of(l, "bmc") || flag_of(l, "kvm"));
    if (flag_of(l, "off")) h->power = POWER_OFF;
    if (names.count == 1 && option_of(l, "address")) h->address = world_word(r->w, option_of(l, "address"));
    if (!flag_of(l, "bare")) build_installed(r->w, h);
  }
  return 0;
}

static struct sim_host *host_named(struct reader *r, const char *name, int *code) {
  struct sim_host *h = world_host(r->w, name);
  if (!h) *code = wrong(r, "there is no host %s", name);
  return h;
}

int take_cluster(struct reader *r, const struct words *l) {
  static const char *const keys[] = {"token", "consensus", "links", "wait_for_all", "last_man_standing", "auto_tie_breaker", "two_node", "window", NULL};
  struct texts nodes = {0};
  struct sim_corosync *c = &r->w->corosync;
  int code = l->count < 3 ? wrong(r, "write it as: %s", r->form) : only(r, l, 3, keys);
  if (!code) code = spread(r, l->word[2], &nodes);
  if (!code) code = time_of(r, option_of(l, "token"), 3000, &c->token_ms);
  if (!code) code = time_of(r, option_of(l, "consensus"), c->token_ms * 6 / 5, &c->consensus_ms);
  if (!code) code = time_of(r, option_of(l, "window"), 10000, &c->window_ms);
  if (!code) code = count_of(r, option_of(l, "links"), 1, 1, 8, &c->links);
  for (size_t i = 0; !code && i < nodes.count; i++) {
    struct sim_host *h = host_named(r, nodes.item[i], &code);
    if (!code && !YES(h->kvm)) code = wrong(r, "%s is no kvm host", h->name);
  }
  if (code) return code;
  build_cluster(r->w, l->word[1], &nodes);
  const char *wait = option_of(l, "wait_for_all"), *two = option_of(l, "two_node");
  if (wait) c->wait_for_all = truth_of(is_true(wait));
  if (two) c->two_node = truth_of(is_true(two));
  if (flag_of(l, "wait_for_all")) c->wait_for_all = TRUTH_YES;
  c->last_man_standing = truth_of(flag_of(l, "last_man_standing"));
  c->auto_tie_breaker = truth_of(flag_of(l, "auto_tie_breaker"));
  for (size_t i = 0; i < nodes.count; i++) build_joined(r->w, world_host(r->w, nodes.item[i]), true);
  return 0;
}

int take_qdevice(struct reader *r, const struct words *l) {
  static const char *const keys[] = {"algorithm", NULL};
  int code = only(r, l, 2, keys);
  const struct sim_host *h = code ? NULL : host_named(r, l->word[1], &code);
  if (code) return code;
  const char *algorithm = option_of(l, "algorithm");
  int64_t nodes = 0;
  EACH(r->w->hosts, struct sim_host, x) nodes += KNOWN(x->node_id);
  if (algorithm && strcmp(algorithm, "ffsplit") && strcmp(algorithm, "lms")) return wrong(r, "the algorithm is ffsplit or lms, not %s", algorithm);
  r->w->corosync.qdevice_host = h->name;
  r->w->corosync.qdevice_algorithm = world_word(r->w, algorithm ? algorithm : "ffsplit");
  r->w->corosync.qdevice_votes = str_eq(algorithm, "lms") ? nodes - 1 : 1;
  r->w->corosync.two_node = r->w->corosync.wait_for_all = TRUTH_NO;
  return 0;
}

int take_here(struct reader *r, const struct words *l) {
  int code = 0;
  const struct sim_host *h = host_named(r, l->word[1], &code);
  if (h) r->w->here = h->name;
  return code;
}

int take_pool(struct reader *r, const struct words *l) {
  struct texts names = {0};
  int code = spread(r, l->word[1], &names);
  for (size_t i = 0; !code && i < names.count; i++) {
    struct sim_host *h = host_named(r, names.item[i], &code);
    if (h && !host_daemon(h, "glusterd")) code = wrong(r, "%s has no glusterd", h->name);
    else if (h) h->in_pool = TRUTH_YES;
  }
  return code;
}

/* ---- volumes ---- */

struct layout { int64_t replica, arbiter, disperse, redundancy; };

static int take_layout(struct reader *r, const struct words *l, struct layout *ret) {
  int code = count_of(r, after(l, "replica") ? l->word[after(l, "replica")] : NULL, 1, 1, 16, &ret->replica);
  if (!code) code = count_of(r, after(l, "arbiter") ? l->word[after(l, "arbiter")] : NULL, 0, 0, 1, &ret->arbiter);
  if (!code) code = count_of(r, after(l, "disperse") ? l->word[after(l, "disperse")] : NULL, 0, 0, 32, &ret->disperse);
  if (!code) code = count_of(r, after(l, "redundancy") ? l->word[after(l, "redundancy")] : NULL, ret->disperse ? 1 : 0, 0, 8, &ret->redundancy);
  if (!code && ret->disperse && (ret->redundancy < 1 || ret->redundancy * 2 >= ret->disperse)) code = wrong(r, "of %" PRId64 " bricks at most %" PRId64 " may be redundant", ret->disperse, (ret->disperse - 1) / 2);
  return code;
}

/* "N over HOSTS at /PATH%": round the hosts, a volume further each time. */
static int bricks_over(struct reader *r, const struct words *l, size_t at, size_t number, const char *volume, struct texts *ret) {
  struct texts hosts = {0};
  int64_t n;
  char brick[512];
  const char *path = l->count > at + 4 && str_eq(l->word[at + 3], "at") ? l->word[at + 4] : NULL;
  int code = count_of(r, l->word[at], 0, 1, 1000, &n);
  if (!code) code = spread(r, l->word[at + 2], &hosts);
  if (code) return code;
  if (!path || *path != '/') return wrong(r, "write it as: %s", r->form);
  const char *percent = strchr(path, '%');
  size_t before = percent ? (size_t)(percent - path) : strlen(path);
  for (int64_t i = 0; i < n; i++) {
    snprintf(brick, sizeof brick, "%s:%.*s%s%s", hosts.item[(number * (size_t)n + (size_t)i) % hosts.count], (int)before, path, percent ? volume : "", percent ? percent + 1 : "");
    texts_add(r->scratch, ret, brick);
  }
  return 0;
}

static int bricks_listed(struct reader *r, const struct words *l, size_t at, struct texts *ret) {
  for (size_t i = at; i < l->count && strchr(l->word[i], ':') && !strchr(l->word[i], '='); i++) {
    int code = spread(r, l->word[i], ret);
    if (code) return code;
  }
  return ret->count ? 0 : wrong(r, "it has no bricks: %s", r->form);
}

static int take_bricks(struct reader *r, const struct words *l, size_t number, const char *volume, struct texts *ret) {
  size_t at = after(l, "bricks");
  if (!at) return wrong(r, "write it as: %s", r->form);
  if (l->count > at + 1 && str_eq(l->word[at + 1], "over")) return bricks_over(r, l, at, number, volume, ret);
  return bricks_listed(r, l, at, ret);
}

static int one_volume(struct reader *r, const struct words *l, size_t number, const char *name, const struct layout *y) {
  struct texts bricks = {0};
  int64_t size, used, heal, set = y->disperse ? y->disperse : y->replica;
  int code = take_bricks(r, l, number, name, &bricks);
  if (!code) code = size_of(r, option_of(l, "size"), (int64_t)1 << 40, &size);
  if (!code) code = count_of(r, option_of(l, "used"), 20, 0, 100, &used);
  if (!code) code = count_of(r, option_of(l, "heal"), 60, 1, 1000000, &heal);
  if (code) return code;
  if (bricks.count % (size_t)set) return wrong(r, "%zu bricks make no whole sets of %" PRId64, bricks.count, set);
  if (world_volume(r->w, name)) return wrong(r, "volume %s is there already", name);
  for (size_t i = 0; i < bricks.count; i++) {
    char host[256];
    snprintf(host, sizeof host, "%.*s", (int)strcspn(bricks.item[i], ":"), bricks.item[i]);
    struct sim_host *h = host_named(r, host, &code);
    if (!code && !host_daemon(h, "glusterd")) code = wrong(r, "%s has no glusterd", host);
    if (code) return code;
    h->in_pool = TRUTH_YES;
  }
  struct sim_volume *v = build_volume(r->w, name, y->replica, y->arbiter, y->disperse, y->redundancy, &bricks);
  v->status = flag_of(l, "stopped") ? "stopped" : "started";
  v->heal_per_minute = heal;
  EACH(v->bricks, struct sim_brick, b) b->size = size, b->used = size / 100 * used;
  for (size_t i = 2; i < l->count; i++) {
    const char *equals = strchr(l->word[i], '=');
    if (!str_starts(l->word[i], "option.") || !equals) continue;
    char key[200];
    snprintf(key, sizeof key, "%.*s", (int)(equals - l->word[i] - 7), l->word[i] + 7);
    set_pair(r->w, &v->options, key, equals + 1);
  }
  return 0;
}

int take_volume(struct reader *r, const struct words *l) {
  struct texts names = {0};
  struct layout y;
  int code = spread(r, l->word[1], &names);
  if (!code) code = take_layout(r, l, &y);
  for (size_t i = 0; !code && i < names.count; i++) {
    if (r->w->volumes.count >= VOLUMES_MAX) return wrong(r, "more than %d volumes", VOLUMES_MAX);
    code = one_volume(r, l, r->w->volumes.count, names.item[i], &y);
  }
  return code;
}

int take_mount(struct reader *r, const struct words *l) {
  struct texts names = {0}, volumes = {0};
  size_t on = after(l, "on"), from = after(l, "from");
  if (!on || l->count < 5 || *l->word[2] != '/') return wrong(r, "write it as: %s", r->form);
  int code = spread(r, l->word[on], &names);
  if (!code) code = spread(r, l->word[1], &volumes);
  for (size_t k = 0; !code && k < volumes.count; k++) {
    const struct sim_volume *v = world_volume(r->w, volumes.item[k]);
    if (!v) return wrong(r, "there is no volume %s", volumes.item[k]);
    const char *server = from ? l->word[from] : v->bricks.item[0].host;
    for (size_t i = 0; !code && i < names.count; i++) {
      struct sim_host *h = host_named(r, names.item[i], &code);
      char mount[300];
      snprintf(mount, sizeof mount, "%s%s%s", l->word[2], volumes.count > 1 ? "/" : "", volumes.count > 1 ? v->name : "");
      const char *options = option_of(l, "options");
      if (h) build_fstab(r->w, h, server, v->name, mount, options ? options : "defaults,_netdev");
    }
  }
  return code;
}

int take_file(struct reader *r, const struct words *l) {
  int64_t size;
  if (l->count < 4 || *l->word[2] != '/') return wrong(r, "write it as: %s", r->form);
  int code = size_of(r, l->word[3], 0, &size);
  if (code) return code;
  if (!world_volume(r->w, l->word[1])) return wrong(r, "there is no volume %s", l->word[1]);
  store_file(r->w, l->word[1], l->word[2], size, NULL);
  return 0;
}
