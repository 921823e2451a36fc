/* The guide's form: what the hosts are called and what is to be built on them, as the arguments of an operation that is never
 * planned. What is live already is proposed, so that on a running cluster there is nothing to fill in. */
#include "ops/guide_parts.h"
#include "analysis/seen.h"
#include "analysis/store_view.h"
#include "base/host.h"
#include <string.h>

/* ---- hosts ---- */

static void propose_kvm(struct planning *p, struct texts *ret) {
  for (size_t i = 0; i < p->snap->hosts.count; i++) {
    const struct host_view *h = &p->snap->hosts.item[i];
    if (texts_have(&h->roles, "kvm") || h->pacemaker || h->membership) texts_add(p->arena, ret, h->name);
  }
}

static void propose_gluster(struct planning *p, struct texts *ret) {
  for (size_t i = 0; i < p->snap->hosts.count; i++)
    if (p->snap->hosts.item[i].peer) texts_add(p->arena, ret, p->snap->hosts.item[i].name);
}

static void propose_entries(struct planning *p, struct texts *ret) {
  struct texts all = all_hosts(p);
  for (size_t i = 0; i < all.count; i++) {
    const struct host_view *h = snapshot_host(p->snap, all.item[i]);
    const char *best = NULL;
    for (size_t k = 0; h && k < h->addresses.count; k++)
      if (!str_starts(h->addresses.item[k], "127.") && (!best || (strchr(best, ':') && !strchr(h->addresses.item[k], ':')))) best = h->addresses.item[k];
    if (best) texts_add(p->arena, ret, planf(p, "%s=%s", all.item[i], best));
  }
}

static const char *check_pair(struct planning *p, const char *value) {
  size_t name = strcspn(value, "=");
  const char *to = value + name + (value[name] == '=');
  (void)p;
  if (strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") != name) return "a host's name has letters, digits and . _ -";
  return *to && *to != '-' && to[strspn(to, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-:")] == '\0' ? NULL : "write it as NAME=ADDRESS";
}

/* ---- what is there already ---- */

static const struct domain_view *first_domain(const struct snapshot *s) { /* the one that pacemaker drives, or any on a volume */
  for (size_t i = 0; i < s->domains.count; i++)
    if (s->domains.item[i].resource) return &s->domains.item[i];
  for (size_t i = 0; i < s->domains.count; i++)
    if (s->domains.item[i].disks.count && s->domains.item[i].disks.item[0].volume) return &s->domains.item[i];
  return NULL;
}

static const struct domain_view *the_domain(const struct planning *p) {
  const struct domain_view *d = given(p, "domain") ? snapshot_domain(p->snap, given(p, "domain")) : NULL;
  return d ? d : first_domain(p->snap);
}

static void propose_domain(struct planning *p, struct texts *ret) { texts_add(p->arena, ret, first_domain(p->snap) ? first_domain(p->snap)->name : "test01"); }

static void propose_volume(struct planning *p, struct texts *ret) {
  const struct domain_view *d = first_domain(p->snap);
  const char *volume = d && d->disks.count ? d->disks.item[0].volume : NULL;
  if (!volume && p->snap->volumes.count == 1) volume = p->snap->volumes.item[0].name;
  texts_add(p->arena, ret, volume ? volume : "models");
}

static void propose_brick(struct planning *p, struct texts *ret) {
  const struct volume_view *v = given(p, "volume") ? snapshot_volume(p->snap, given(p, "volume")) : NULL;
  texts_add(p->arena, ret, v && v->bricks.count ? v->bricks.item[0].path : planf(p, "/data/%s", given(p, "volume") ? given(p, "volume") : "models"));
}

static void propose_mount(struct planning *p, struct texts *ret) {
  const struct domain_view *d = the_domain(p);
  for (size_t i = 0; d && i < d->disks.count; i++) {
    const struct disk_view *k = &d->disks.item[i];
    if (str_eq(k->volume, given(p, "volume")) && k->path && k->source && *k->source == '/' && str_ends(k->source, k->path) && strlen(k->source) > strlen(k->path)) {
      texts_add(p->arena, ret, arena_strndup(p->arena, k->source, strlen(k->source) - strlen(k->path)));
      return;
    }
  }
  const struct gluster_mounts *m = fact_seen(p->snap, "gluster.mounts", NULL);
  for (size_t i = 0; m && i < m->mounts.count; i++)
    if (str_eq(m->mounts.item[i].volume, given(p, "volume"))) {
      texts_add(p->arena, ret, m->mounts.item[i].mount);
      return;
    }
  texts_add(p->arena, ret, "/kvmdata");
}

static void propose_cluster(struct planning *p, struct texts *ret) { texts_add(p->arena, ret, p->snap->cluster.name ? p->snap->cluster.name : "cluster-kvm"); }

static void propose_copies(struct planning *p, struct texts *ret) {
  const struct volume_view *v = given(p, "volume") ? snapshot_volume(p->snap, given(p, "volume")) : NULL;
  if (v && v->type && strstr(v->type, "arbiter")) texts_add(p->arena, ret, "arbiter");
  else if (v && v->replica != UNKNOWN_INT) texts_add(p->arena, ret, v->replica == 2 ? "replica-2" : "replica-3");
  else texts_add(p->arena, ret, store_hosts(p).count < 3 && store_hosts(p).count ? "replica-2" : "arbiter");
}

/* A host's own bridge is made from another host: where this console sits on a KVM host, none is the way that goes on. Of a bare
 * host no layer tells anything yet: its own name has to do. */
static void propose_bridge(struct planning *p, struct texts *ret) {
  struct texts kvm = kvm_hosts(p);
  const struct host_view *own = own_host(p);
  texts_add(p->arena, ret, kvm.count ? texts_have(&kvm, own ? own->name : this_host()) ? "none" : "br0" : own ? "none" : "br0");
}

static void propose_login(struct planning *p, struct texts *ret) { texts_add(p->arena, ret, given(p, "key") ? "key" : "image"); }

#define HOSTS(name_, help_, propose_) {.name = name_, .title = "HOST", .help = help_, .kind = ARG_HOST, .required = true, .list = true, .propose = propose_}
#define SECRET(name_, help_) {.name = name_, .title = "PASSWORD", .help = help_, .kind = ARG_SECRET}
#define CHOICE_OF(name_, words_, help_, ...) {.name = name_, .title = words_, .help = help_, .kind = ARG_CHOICE, .words = words_, __VA_ARGS__}
static const struct operation_argument arguments[] = {
    HOSTS("kvm", "the hosts that run domains, by the names that the cluster is to know them by", propose_kvm),
    HOSTS("gluster", "the hosts whose disks make the volume; they may be the same ones", propose_gluster),
    {.name = "entry", .title = "NAME=ADDRESS", .help = "where each of them is, for /etc/hosts; what is known is proposed", .kind = ARG_OPTION, .list = true, .propose = propose_entries, .check = check_pair},
    {.name = "cluster", .title = "NAME", .help = "the cluster's name", .kind = ARG_NAME, .propose = propose_cluster},
    {.name = "domain", .title = "NAME", .help = "the domain that failover is proven with", .kind = ARG_NAME, .propose = propose_domain},
    {.name = "volume", .title = "NAME", .help = "the volume that holds its disk", .kind = ARG_NAME, .propose = propose_volume},
    {.name = "brick", .title = "/PATH", .help = "the directory of the bricks on each gluster host", .kind = ARG_PATH, .propose = propose_brick},
    {.name = "mount", .title = "/PATH", .help = "where the KVM hosts mount the volume", .kind = ARG_PATH, .propose = propose_mount},
    {.name = "image", .title = "/PATH", .help = "a cloud image on the first KVM host, which the domain's disk is copied from", .kind = ARG_PATH},
    {.name = "memory", .title = "SIZE", .help = "the domain's memory", .kind = ARG_SIZE, .min = 32 << 20, .max = (int64_t)1 << 44, .fallback = "1G"},
    {.name = "key", .title = "/PATH", .help = "a file on the first KVM host with the public key that the guest's root is let in by", .kind = ARG_PATH},
    {.name = "bmc", .title = "HOST=ADDRESS", .help = "who cuts the power of each KVM host: its BMC, or the hypervisor it runs on (HOST=ADDRESS:PORT where it is not the usual one)", .kind = ARG_OPTION, .list = true, .check = check_pair},
    {.name = "bmc_user", .title = "USER", .help = "who may do that there", .kind = ARG_NAME, .fallback = "ADMIN"},
    {.name = "bmc_agent", .title = "AGENT", .help = "fence_ipmilan: a BMC; fence_virsh: a hypervisor, by ssh", .kind = ARG_CHOICE, .words = "fence_ipmilan fence_virsh", .fallback = "fence_ipmilan"},
    {.name = "bmc_cipher", .title = "NUMBER", .help = "fence_ipmilan: cipher suite, when the BMC does not know the agent's default", .kind = ARG_NUMBER, .min = 0, .max = 17},
    SECRET("hacluster_password", "of the user hacluster, the same on every KVM host; kept nowhere"),
    SECRET("bmc_password", "of that user at the BMCs; it is kept in a file on each KVM host that only root reads"),
    SECRET("root_password", "of the guest's root, with login=password; kept nowhere"),
    {.name = "mirror", .title = "URL", .help = "a repository to install from beside the distribution's own", .kind = ARG_TEXT},
    {.name = "trusted", .title = "yes|no", .help = "take packages of that repository without a signature", .kind = ARG_YES, .fallback = "no"},
    CHOICE_OF("firewall", "open off leave", "the hosts' firewalls", .fallback = "open"),
    CHOICE_OF("selinux", "booleans permissive leave", "SELinux", .fallback = "booleans"),
    CHOICE_OF("copies", "arbiter replica-3 replica-2", "how many copies of each file", .propose = propose_copies),
    {.name = "brick_on_root", .title = "yes|no", .help = "put bricks on the root file system or an old brick, by force", .kind = ARG_CHOICE, .words = "no yes", .fallback = "no"},
    CHOICE_OF("timeouts", "failover default", "how soon a dead host's locks are released", .fallback = "failover"),
    CHOICE_OF("login", "key password image", "how the guest's root gets in; image: as the image has it", .propose = propose_login),
    CHOICE_OF("type", "kvm qemu", "qemu: domains are emulated", .fallback = "kvm"),
    CHOICE_OF("bridge", "br0 none", "the domains' network: a bridge of every KVM host, or no card at all", .propose = propose_bridge),
    CHOICE_OF("stop", "shutdown off", "how the guest is ended before its definition is tried elsewhere: asked, or switched off, for one that does not listen", .fallback = "shutdown"),
    CHOICE_OF("fencing", "on off", "what becomes of a lost host", .fallback = "on"),
    {.name = GUIDE_WITHOUT, .title = "HOST", .help = "after a loss of power: a host that stays away and is done without; never kept, said anew each time", .kind = ARG_HOST, .list = true},
    {.name = NULL}};
const struct operation guide_form = {.name = "guide", .title = "What is to be built", .help = "The hosts by their names, and what is built on them.", .target = TARGET_CLUSTER, .flags = OP_NO_LOCK, .arguments = arguments};

/* ---- reading it ---- */

struct texts kvm_hosts(const struct planning *p) { return given_list(p, "kvm"); }
struct texts store_hosts(const struct planning *p) { return given_list(p, "gluster"); }

struct texts all_hosts(const struct planning *p) {
  struct texts all = kvm_hosts(p), store = store_hosts(p);
  for (size_t i = 0; i < store.count; i++)
    if (!texts_have(&all, store.item[i])) texts_add(p->arena, &all, store.item[i]);
  return all;
}

int roles_in_form(const struct planning *p, const char *host) {
  struct texts kvm = kvm_hosts(p), store = store_hosts(p);
  return (texts_have(&kvm, host) ? ROLE_KVM : 0) | (texts_have(&store, host) ? ROLE_GLUSTER : 0);
}

bool way_is(const struct planning *p, const char *argument, const char *word) { return str_eq(given(p, argument), word); }

const char *disk_of(struct planning *p) {
  const struct domain_view *d = given(p, "domain") ? snapshot_domain(p->snap, given(p, "domain")) : NULL;
  for (size_t i = 0; d && i < d->disks.count; i++)
    if (d->disks.item[i].source && *d->disks.item[i].source == '/') return d->disks.item[i].source;
  return planf(p, "%s/%s.qcow2", given(p, "mount"), given(p, "domain"));
}

const char *shared_file(struct planning *p) {
  const struct domain_view *d = given(p, "domain") ? snapshot_domain(p->snap, given(p, "domain")) : NULL;
  const struct pcmk_param *c = d && d->resource ? resource_config(p->snap, d->resource) : NULL;
  const char *known = c ? pairs_get(&c->params, "config") : NULL;
  return known ? known : planf(p, "%s/config/%s.xml", given(p, "mount"), given(p, "domain"));
}

/* Pairs in the order of the hosts. With an arbiter each pair's third brick lies on a host of the next pair (a host that is left
 * over holds all of them), so that four hosts are enough. */
struct texts layout_bricks(struct planning *p, const char **ret_type, int64_t *ret_replica) {
  struct texts hosts = store_hosts(p), t = {0};
  const char *path = given(p, "brick");
  size_t n = hosts.count, set = way_is(p, "copies", "replica-3") ? 3 : 2, sets = n / set;
  bool arbiter = way_is(p, "copies", "arbiter") && n > 2;
  for (size_t s = 0; s < sets; s++) {
    for (size_t i = 0; i < set; i++) texts_add(p->arena, &t, planf(p, "%s:%s", hosts.item[s * set + i], path));
    if (arbiter) texts_add(p->arena, &t, planf(p, "%s:%s-arbiter%s", hosts.item[n % 2 ? n - 1 : (2 * s + 2) % n], path, sets > 1 && n % 2 ? planf(p, "%zu", s) : ""));
  }
  *ret_type = planf(p, "%s%s", sets > 1 ? "distributed-" : "", arbiter ? "arbiter" : "replicate");
  *ret_replica = (int64_t)set + arbiter;
  return t;
}
