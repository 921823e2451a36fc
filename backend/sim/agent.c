/* What pacemaker's operations do on a node: the agent's work, how long it takes, and what follows when it fails. */
#include "sim/daemon_log.h"
#include "sim/cib.h"
#include "sim/guest.h"
#include "sim/host.h"
#include "sim/net.h"
#include "sim/pacemaker.h"
#include "sim/store.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { DENIED_MS = 2100 }; /* a BMC says at once that the password is not its own */
enum { RC_OK = 0, RC_ERROR = 1, RC_NOT_INSTALLED = 5, RC_NOT_RUNNING = 7, RC_TIMEOUT = 1 };

/* The agent's config=/path/NAME.xml names the domain, as its <name> does; without it the resource's own id. */
struct sim_domain *resource_domain(const struct world *w, const struct sim_resource *r) {
  const char *path = pairs_get(&r->params, "config");
  char name[256];
  if (!str_ends(r->agent, ":VirtualDomain")) return NULL;
  const char *slash = path ? strrchr(path, '/') : NULL, *base = slash ? slash + 1 : path ? path : r->id;
  snprintf(name, sizeof name, "%.*s", (int)(strlen(base) - (str_ends(base, ".xml") ? 4 : 0)), base);
  return world_domain(w, name);
}

struct sim_op *op_of(const struct world *w, const char *resource, const char *node) {
  EACH(w->ops, struct sim_op, o)
    if (str_eq(o->resource, resource) && (!node || str_eq(o->node, node)) && strcmp(o->task, "monitor")) return o;
  return NULL;
}

struct sim_op *op_seen(const struct world *w, const struct sim_host *viewer, const char *resource) {
  EACH(w->ops, struct sim_op, o)
    if (str_eq(o->resource, resource) && strcmp(o->task, "monitor") && texts_have(&viewer->members, o->node)) return o;
  return NULL;
}

static void drop_op(struct world *w, int64_t id) {
  for (size_t i = 0; i < w->ops.count; i++)
    if (w->ops.item[i].id == id) drop_item(&w->ops, sizeof *w->ops.item, i--);
}

void ops_forget(struct world *w, const char *node, const char *dc) {
  for (size_t i = 0; i < w->ops.count; i++)
    if (str_eq(w->ops.item[i].node, node) && (!dc || str_eq(w->ops.item[i].dc, dc))) drop_item(&w->ops, sizeof *w->ops.item, i--);
}

/* "timeout=60s interval=0s" of one operation. */
static int64_t op_value(const struct sim_resource *r, const char *op, const char *name, int64_t otherwise) {
  const char *text = pairs_get(&r->ops, op), *p = text ? strstr(text, name) : NULL;
  char value[32];
  if (!p || p[strlen(name)] != '=') return otherwise;
  snprintf(value, sizeof value, "%.*s", (int)strcspn(p + strlen(name) + 1, " "), p + strlen(name) + 1);
  return number_of(value, otherwise);
}

static bool device_answers(const struct world *w, const struct sim_resource *r, const struct sim_host *from);
static bool device_heard(const struct world *w, const struct sim_resource *r, const struct sim_host *from);

static int64_t until_work(struct world *w, const struct sim_resource *r, const char *task, const struct sim_host *h) {
  const struct sim_domain *d = resource_domain(w, r);
  if (str_starts(r->agent, "stonith:")) return !str_eq(task, "start") ? 40 : device_answers(w, r, h) ? world_about(w, 330, 20) : device_heard(w, r, h) ? DENIED_MS : 20000;
  if (!d || !strcmp(task, "monitor")) return world_about(w, 200, 30);
  if (!strcmp(task, "start")) return world_about(w, 1050, 8);
  if (!strcmp(task, "stop")) {
    const struct sim_instance *i = domain_on(d, h->name);
    if (!i) return world_about(w, 250, 20);
    int64_t limit = op_value(r, "stop", "timeout", 90000) - 5000; /* the agent keeps 5 s to destroy what does not listen */
    if (KNOWN(d->shutdown_ms) && str_eq(i->state, "running") && d->shutdown_ms < limit) return world_about(w, d->shutdown_ms, 10);
    return limit > 0 ? limit : 1000;
  }
  return 350;
}

void op_begin(struct world *w, struct sim_resource *r, const char *node, const char *task, const char *target, const char *dc) {
  struct sim_host *h = world_host(w, node);
  if (!h) return;
  struct sim_op *o = list_add(w->arena, &w->ops, &sim_op_shape);
  *o = (struct sim_op){++w->op_id, r->id, h->name, world_word(w, task), world_word(w, target), world_word(w, dc), w->clock};
  char id[24];
  snprintf(id, sizeof id, "%" PRId64, o->id);
  world_later(w, until_work(w, r, task, h), "op", id, "work");
  world_touch(w, LAYER_PACEMAKER);
}

/* ---- failures ---- */

void drop_failures(struct world *w, const char *resource, const char *node) {
  for (size_t i = 0; i < w->failures.count; i++) {
    const struct pcmk_failure *f = &w->failures.item[i];
    if ((!resource || str_eq(f->resource, resource)) && (!node || str_eq(f->node, node))) drop_item(&w->failures, sizeof *w->failures.item, i--);
  }
  world_touch(w, LAYER_PACEMAKER);
}

static void note_failure(struct world *w, const struct sim_resource *r, const char *node, const char *task, int64_t rc, const char *reason) {
  for (size_t i = 0; i < w->failures.count; i++) { /* the last of each task there */
    const struct pcmk_failure *f = &w->failures.item[i];
    if (str_eq(f->resource, r->id) && str_eq(f->node, node) && str_eq(f->task, task)) drop_item(&w->failures, sizeof *w->failures.item, i--);
  }
  struct pcmk_failure *f = list_add(w->arena, &w->failures, &pcmk_failure_shape);
  *f = (struct pcmk_failure){.resource = r->id, .node = world_word(w, node), .task = world_word(w, task), .reason = world_word(w, reason ? reason : ""), .status = "complete", .rc = rc, .at = w->clock / 1000 * 1000};
}

static void count_failure(struct world *w, struct sim_resource *r, const char *node, bool final) {
  int64_t n = get_tally(&r->fail_count, node);
  set_tally(w, &r->fail_count, node, final || n + 1 >= SCORE_INFINITY ? SCORE_INFINITY : n + 1);
  set_tally(w, &r->failed_at, node, w->clock);
  int64_t timeout = number_of(resource_meta(w, r, "failure-timeout"), 0);
  if (timeout > 0) world_later(w, timeout, "failure expires", r->id, node);
}

void on_failure_expires(struct world *w, const char *subject, const char *detail) {
  struct sim_resource *r = world_resource(w, subject);
  int64_t timeout = r ? number_of(resource_meta(w, r, "failure-timeout"), 0) : 0;
  if (!r || timeout <= 0 || get_tally(&r->failed_at, detail) + timeout > w->clock) return; /* it has failed again since */
  drop_tally(&r->fail_count, detail);
  drop_failures(w, r->id, detail);
  pacemaker_think_soon(w);
}

/* ---- the work ---- */

struct outcome { int64_t rc; const char *reason; };

static bool config_readable(const struct world *w, const struct sim_host *h, const char *path) {
  const char *rest;
  const struct sim_volume *v = volume_at(w, h, path, &rest);
  if (!v) return pairs_get(&h->files, path) != NULL;
  const struct sim_file *f = world_file(w, v->name, rest);
  return f && volume_writes(w, v, f->set, h);
}

/* Before anything is started pacemaker asks each node what runs there. Where the agent cannot read the definition it answers "not
 * installed" to that as well, and the node is none for that resource until it is cleaned up. */
void pacemaker_probe(struct world *w, struct sim_resource *r, struct sim_host *h) {
  const char *path = pairs_get(&r->params, "config");
  if (!str_ends(r->agent, ":VirtualDomain") || !path || h->joined != JOIN_ONLINE || !host_up(h)) return;
  if (texts_have(&r->not_on, h->name) || file_waits(w, h, path) || config_readable(w, h, path)) return;
  add_text(w, &r->not_on, h->name);
  note_failure(w, r, h->name, "monitor", RC_NOT_INSTALLED, "");
}

static void say_output(struct world *w, const struct sim_op *o, const char *why);

static struct outcome start_domain(struct world *w, struct sim_resource *r, const struct sim_op *o, struct sim_host *h) {
  struct sim_domain *d = resource_domain(w, r);
  const char *path = pairs_get(&r->params, "config"), *why = NULL;
  if (path && !config_readable(w, h, path))
    return (struct outcome){RC_NOT_INSTALLED, world_words(w, "Configuration file %s does not exist or not readable.", path)};
  const struct sim_file *definition = path ? file_at(w, h, path) : NULL;
  if (!d && definition && guest_define(w, definition->content, &d, &why)) d = NULL;
  if (!d) return (struct outcome){RC_NOT_INSTALLED, "Unable to determine domain name."};
  if (guest_active(d, h->name)) return (struct outcome){RC_OK, NULL};
  CLEANUP(mem_freep) char *known = guest_xml(d, false);
  if (definition && definition->content && strcmp(definition->content, known) && guest_define(w, definition->content, &d, &why)) return say_output(w, o, why), (struct outcome){RC_ERROR, world_words(w, "Failed to start virtual domain %s.", d->name)};
  if (!guest_start(w, d, h, &why)) return (struct outcome){RC_OK, NULL};
  const char *monitor = why ? strstr(why, "monitor: ") : NULL; /* what came before that qemu wrote into its own log */
  if (w->log && monitor) daemon_log_add(w->log, h->name, TO_QEMU, d->name, 3, "qemu-system-x86_64: -device virtio-blk-pci,drive=libvirt-1-format: %s", monitor + 9);
  say_output(w, o, why);
  return (struct outcome){RC_ERROR, world_words(w, "Failed to start virtual domain %s.", d->name)};
}

static struct outcome work(struct world *w, struct sim_resource *r, struct sim_op *o, struct sim_host *h) {
  struct sim_domain *d = resource_domain(w, r);
  if (str_starts(r->agent, "stonith:") && !strcmp(o->task, "start") && !device_answers(w, r, h)) return (struct outcome){RC_ERROR, ""};
  if (!str_ends(r->agent, ":VirtualDomain")) return (struct outcome){RC_OK, NULL};
  if (!strcmp(o->task, "start")) return start_domain(w, r, o, h);
  if (!strcmp(o->task, "stop")) {
    if (d) guest_end(w, d, h->name);
    return (struct outcome){RC_OK, NULL};
  }
  if (!strcmp(o->task, "monitor") && d && !guest_active(d, h->name)) return (struct outcome){RC_NOT_RUNNING, "not running"};
  return (struct outcome){RC_OK, NULL};
}

/* ---- the end of an operation ---- */

static void failed(struct world *w, struct sim_resource *r, const char *node, const char *task, int64_t rc, const char *reason) {
  const char *fatal = cluster_property(w, "start-failure-is-fatal");
  bool final = !strcmp(task, "start") && (!fatal || is_true(fatal));
  note_failure(w, r, node, task, rc, reason);
  if (!strcmp(task, "stop")) {
    struct sim_host *h = world_host(w, node);
    r->failed = TRUTH_YES;
    if (fencing_enabled(w) && h) h->condemned = TRUTH_YES; /* on-fail=fence */
    else r->blocked = TRUTH_YES;
    count_failure(w, r, node, true);
    return;
  }
  r->failed = TRUTH_YES;
  add_text(w, &r->nodes, node); /* what state it left there is not known: a stop comes first */
  if (rc == RC_NOT_INSTALLED) add_text(w, &r->not_on, node);
  count_failure(w, r, node, final);
}

static void well(struct world *w, struct sim_resource *r, const struct sim_op *o) {
  if (!strcmp(o->task, "start")) {
    add_text(w, &r->nodes, o->node);
    drop_text(&r->apart, o->node); /* whatever was stopped there before */
    r->failed = TRUTH_NO;
    op_begin(w, r, o->node, "monitor", NULL, o->dc);
  } else if (!strcmp(o->task, "stop")) {
    const struct sim_host *h = world_host(w, o->node);
    if (h && node_apart(w, h)) add_text(w, &r->apart, o->node);
    else drop_text(&r->nodes, o->node);
    if (!r->nodes.count) r->failed = TRUTH_NO;
  }
}

static void finish(struct world *w, int64_t id, struct outcome out) {
  struct sim_op *at = NULL;
  EACH(w->ops, struct sim_op, x)
    if (x->id == id) at = x;
  struct sim_resource *r = at ? world_resource(w, at->resource) : NULL;
  if (!at) return;
  struct sim_op o = *at;
  drop_op(w, id);
  if (!r) return;
  if (out.rc) failed(w, r, o.node, o.task, out.rc, out.reason);
  else well(w, r, &o);
  pacemaker_think_soon(w);
}

/* What the agent's virsh wrote is in pacemaker's log, and nowhere else. */
static void say_output(struct world *w, const struct sim_op *o, const char *why) {
  if (w->log && why) daemon_log_add(w->log, o->node, TO_PACEMAKER, "pacemaker-execd", 5, "%s_%s_0[%" PRId64 "] error output [ error: %s ]", o->resource, o->task, 2000 + o->id, why);
}

/* Both: first the target has it too, then only the target. */
void pacemaker_migrated(struct world *w, const char *resource, bool is_well, const char *why) {
  struct sim_resource *r = world_resource(w, resource);
  struct sim_op *o = r ? op_of(w, resource, NULL) : NULL;
  if (!o || strcmp(o->task, "migrate_to")) return;
  char id[24];
  snprintf(id, sizeof id, "%" PRId64, o->id);
  if (is_well) {
    add_text(w, &r->nodes, o->target);
    drop_text(&r->apart, o->target);
    world_later(w, 480, "op", id, "arrived");
  } else {
    const char *to = o->target;
    const struct sim_domain *d = resource_domain(w, r);
    say_output(w, o, why);
    finish(w, o->id, (struct outcome){RC_ERROR, world_words(w, "%s: live migration to %s failed: 1", resource, to)});
    if (d && guest_active(d, to)) add_text(w, &r->nodes, to);
  }
  world_touch(w, LAYER_PACEMAKER);
}

static void begin_migration(struct world *w, struct sim_resource *r, struct sim_op *o, struct sim_host *h) {
  struct sim_domain *d = resource_domain(w, r);
  struct sim_host *to = world_host(w, o->target);
  const char *why = "no such node";
  int64_t id = o->id;
  if (d && to && !guest_migrate(w, d, h, to, r->id, &why)) return;
  say_output(w, o, why);
  finish(w, id, (struct outcome){RC_ERROR, world_words(w, "%s: live migration to %s failed: 1", r->id, to ? to->name : "?")});
}

/* The agent asks libvirt, and that does not answer: until the operation's own time is over. True: nothing to do now. */
static bool waits_for_libvirt(struct world *w, const struct sim_resource *r, const struct sim_op *o, const struct sim_host *h, const char *detail) {
  const struct sim_daemon *d = host_daemon(h, "libvirtd");
  bool asks = str_ends(r->agent, ":VirtualDomain") && strcmp(o->task, "monitor") && (str_eq(detail, "work") || str_eq(detail, "hangs"));
  if (!asks || !d || d->life != LIFE_HUNG) return false;
  int64_t limit = op_value(r, o->task, "timeout", 90000), left = o->began + limit - w->clock;
  char id[24];
  snprintf(id, sizeof id, "%" PRId64, o->id);
  if (left > 0) world_later(w, left, "op", id, "hangs");
  else finish(w, o->id, (struct outcome){RC_TIMEOUT, world_words(w, "%s did not complete within %" PRId64 "s", o->task, limit / 1000)});
  return true;
}

/* The agent reads the definition and qemu opens the image: both wait for as long as the volume does. True: nothing to do now. */
static bool waits_for_storage(struct world *w, const struct sim_resource *r, const struct sim_op *o, const struct sim_host *h, const char *detail) {
  const struct sim_domain *d = resource_domain(w, r);
  const char *config = pairs_get(&r->params, "config");
  if (!d || strcmp(o->task, "start") || (!str_eq(detail, "work") && !str_eq(detail, "hangs"))) return false;
  int64_t until = guest_waits(w, d, h), of_config = config ? file_waits(w, h, config) : 0;
  if (of_config > until) until = of_config;
  int64_t limit = op_value(r, "start", "timeout", 90000), end = o->began + limit;
  char id[24];
  snprintf(id, sizeof id, "%" PRId64, o->id);
  if (!until) return false;
  if (w->clock < end) world_at(w, until < end ? until : end, "op", id, "hangs");
  else finish(w, o->id, (struct outcome){RC_TIMEOUT, world_words(w, "start did not complete within %" PRId64 "s", limit / 1000)});
  return true;
}

void on_op(struct world *w, const char *subject, const char *detail) {
  int64_t id = number_of(subject, 0) / 1000;
  struct sim_op *o = NULL;
  EACH(w->ops, struct sim_op, x)
    if (x->id == id) o = x;
  if (!o) return; /* its node was lost */
  struct sim_resource *r = world_resource(w, o->resource);
  struct sim_host *h = world_host(w, o->node);
  if (!r || !h) {
    drop_op(w, id);
    return;
  }
  if (!host_up(h)) { /* it stands still with its host, until that is declared lost */
    world_later(w, 1000, "op", subject, detail);
    return;
  }
  if (waits_for_libvirt(w, r, o, h, detail) || waits_for_storage(w, r, o, h, detail)) return;
  if (str_eq(detail, "arrived")) {
    drop_text(&r->nodes, o->node);
    struct sim_op done = *o;
    drop_op(w, id);
    op_begin(w, r, done.target, "monitor", NULL, done.dc);
    pacemaker_think_soon(w);
  } else if (!strcmp(o->task, "migrate_to")) {
    begin_migration(w, r, o, h);
  } else if (str_eq(detail, "work") || str_eq(detail, "hangs")) {
    struct outcome out = work(w, r, o, h);
    bool domain_start = !out.rc && !strcmp(o->task, "start") && str_ends(r->agent, ":VirtualDomain");
    if (domain_start) world_later(w, world_about(w, 440, 15), "op", subject, "started"); /* it runs; the agent looks once more */
    else finish(w, id, out);
  } else {
    finish(w, id, (struct outcome){RC_OK, NULL});
  }
}

/* ---- recurring monitors: they find what has changed behind pacemaker's back ---- */

void pacemaker_domain_changed(struct world *w, const struct sim_domain *d, const char *host) {
  EACH(w->resources, struct sim_resource, r) {
    if (resource_domain(w, r) != d || !texts_have(&r->nodes, host)) continue;
    int64_t interval = op_value(r, "monitor", "interval", 0);
    if (interval <= 0) continue;
    int64_t phase = (int64_t)(mix((uint64_t)w->seed, (uint64_t)(r - w->resources.item)) % (uint64_t)interval);
    world_later(w, interval - (w->clock + phase) % interval, "monitor", r->id, host);
  }
}

void pacemaker_bmc_changed(struct world *w, const struct sim_host *h) {
  EACH(w->resources, struct sim_resource, r) {
    if (!fence_device_for(r, h->name)) continue;
    for (size_t i = 0; i < r->nodes.count; i++) world_later(w, world_about(w, 40000, 50), "monitor", r->id, r->nodes.item[i]);
  }
}

/* A fence device is asked for its state: the BMCs of all hosts that it is for must answer. */
static bool device_answers(const struct world *w, const struct sim_resource *r, const struct sim_host *from) {
  EACH(w->hosts, struct sim_host, h)
    if (KNOWN(h->node_id) && pairs_get(&r->params, "pcmk_host_list") && fence_device_for(r, h->name) && !bmc_lets_in(w, from, h)) return false;
  return true;
}

static bool device_heard(const struct world *w, const struct sim_resource *r, const struct sim_host *from) {
  EACH(w->hosts, struct sim_host, h)
    if (KNOWN(h->node_id) && fence_device_for(r, h->name) && !bmc_answers(w, from, h)) return false;
  return true;
}

void on_monitor(struct world *w, const char *subject, const char *detail) {
  struct sim_resource *r = world_resource(w, subject);
  const struct sim_domain *d = r ? resource_domain(w, r) : NULL;
  const struct sim_host *h = world_host(w, detail);
  bool device = r && str_starts(r->agent, "stonith:");
  if ((!d && !device) || !h || !texts_have(&r->nodes, h->name) || op_of(w, r->id, NULL) || h->joined != JOIN_ONLINE) return;
  if (!host_up(h) || (device ? device_answers(w, r, h) : guest_active(d, h->name))) return;
  note_failure(w, r, h->name, "monitor", device ? RC_ERROR : RC_NOT_RUNNING, "");
  r->failed = TRUTH_YES;
  count_failure(w, r, h->name, false);
  pacemaker_think_soon(w);
}
