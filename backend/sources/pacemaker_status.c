#include "sources/pacemaker_status.h"
#include "base/clock.h"
#include "sources/pacemaker_xml.h"
#include <ctype.h>
#include <errno.h>
#include <string.h>

bool pacemaker_secret_text(const char *text) {
  static const char *const words[] = {"passwd", "password", "passphrase", "secret", "token"};
  for (size_t i = 0; text && i < COUNT(words); i++)
    for (const char *at = text; (at = strcasestr(at, words[i]));) {
      at += strlen(words[i]);
      if (*at == '=' || *at == ':' || (*at == ' ' && (at[1] == '=' || at[1] == ':'))) return true; /* "password: x", not "wrong password" */
    }
  const char *scheme = text ? strstr(text, "://") : NULL; /* user:password@host */
  if (!scheme) return false;
  size_t authority = strcspn(scheme + 3, "/?# ");
  const char *at = memchr(scheme + 3, '@', authority);
  return at && memchr(scheme + 3, ':', (size_t)(at - scheme - 3));
}

static const char *public_text(const xml_node *n, const char *attribute, struct arena *a) {
  const char *text = xml_text(n, attribute, a);
  return pacemaker_secret_text(text) ? "(not shown: it may hold a password)" : text;
}

/* Pacemaker 2.1 escapes what an agent said before it writes it as an attribute, where it is escaped once more. */
static const char *said_text(const char *text, struct arena *a) {
  static const struct { const char *escaped; char plain; } signs[] = {{"&apos;", '\''}, {"&quot;", '"'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}};
  if (!text || !strchr(text, '&')) return text;
  CLEANUP(str_free) struct str out = {0};
  while (*text) {
    size_t i = 0;
    while (i < COUNT(signs) && !str_starts(text, signs[i].escaped)) i++;
    str_addc(&out, i < COUNT(signs) ? signs[i].plain : *text);
    text += i < COUNT(signs) ? strlen(signs[i].escaped) : 1;
  }
  return arena_strdup(a, str_text(&out));
}

/* ---- failures of the tool itself ---- */

static bool mentions(const char *text, const char *const *words) {
  for (; *words; words++)
    if (strcasestr(text, *words)) return true;
  return false;
}

int pacemaker_failure(int exit_code, const char *said, struct err *e) {
  static const char *const denied[] = {"permission denied", "insufficient privileges", "operation not permitted", NULL};
  static const char *const gone[] = {"not connected",
                                     "connection refused",
                                     "no such device",
                                     "connection to cluster failed",
                                     "cluster is not available",
                                     "cluster is not running",
                                     NULL};
  if (!said) said = "";
  if (exit_code == 4 || mentions(said, denied))
    return err_set(e, -EACCES, "become root or join group haclient", "pacemaker: root or a member of group haclient is needed");
  /* 102 is "not connected" since 2.0; 107 is ENOTCONN, 111 ECONNREFUSED, as 1.1 exits */
  if (exit_code == 102 || exit_code == 107 || exit_code == 111 || mentions(said, gone))
    return err_set(e, -ENOTCONN, "start pacemaker", "pacemaker is not running on this host");
  if (pacemaker_secret_text(said)) said = "";
  if (!exit_code) return err_set(e, -EPROTO, "", "crm_mon could not read the cluster: %.300s", *said ? said : "it does not say why");
  return err_set(e, -EPROTO, "", "crm_mon failed with exit code %d%s%.300s", exit_code, *said ? ": " : "", said);
}

/* rc 0 with an error inside was seen when the CIB's daemon hung. */
static int check_answer(const xml_node *root, struct arena *a, struct err *e) {
  const xml_node *status = xml_child(root, "status");
  int64_t code = xml_int(status, "code");
  const xml_node *error = xml_find(status ? status : root, "error");
  const char *message = xml_text(status, "message", a), *said = xml_content(error, a);
  if (code != UNKNOWN_INT && code > 0 && code < 1000000) {
    CLEANUP(str_free) struct str all = {0};
    str_addf(&all, "%s%s%s", message ? message : "", message && said ? ", " : "", said ? said : "");
    return pacemaker_failure((int)code, str_text(&all), e);
  }
  if (error || xml_child(root, "errors")) return pacemaker_failure(0, said, e);
  if (xml_child(root, "nodes")) return 0;
  const xml_node *daemon = xml_child(root, "pacemakerd");
  if (daemon && !xml_says(daemon, "state", "running")) {
    const char *state = xml_text(daemon, "state", a);
    return err_set(e, -ENOTCONN, "", "pacemaker is not ready on this host: %s", state ? state : "it does not say why");
  }
  return err_set(e, -EPROTO, "", "crm_mon gave no list of nodes");
}

/* ---- the summary and the nodes ---- */

static void read_cluster(const xml_node *root, struct arena *a, struct pcmk_cluster *c) {
  shape_init(&pcmk_cluster_shape, c);
  const xml_node *summary = xml_child(root, "summary");
  const xml_node *dc = xml_child(summary, "current_dc"), *options = xml_child(summary, "cluster_options");
  const xml_node *count = xml_child(summary, "resources_configured"), *change = xml_child(summary, "last_change");
  if (!xml_says(dc, "present", "false")) c->dc = xml_text(dc, "name", a);
  c->dc_version = xml_text(dc, "version", a);
  c->quorate = xml_truth(dc, "with_quorum");
  c->no_quorum_policy = xml_text(options, "no-quorum-policy", a);
  c->fencing = xml_truth(options, "stonith-enabled");
  if (!c->fencing) c->fencing = xml_truth(options, "fencing-enabled");
  c->maintenance = xml_truth(options, "maintenance-mode");
  c->symmetric = xml_truth(options, "symmetric-cluster");
  c->stop_all = xml_truth(options, "stop-all-resources");
  c->resources_disabled = xml_int(count, "disabled");
  c->resources_blocked = xml_int(count, "blocked");
  c->feed_state = xml_text(xml_child(root, "pacemakerd"), "state", a);
  const char *time = xml_text(change, "time", a), *user = xml_text(change, "user", a), *client = xml_text(change, "client", a),
             *origin = xml_text(change, "origin", a);
  if (!time) return;
  char stamp[CLOCK_TEXT]; /* one way to write it, whatever the version and the zone */
  int64_t at = xml_time(change, "time");
  c->last_change = arena_printf(a, "%s%s%s%s%s%s%s", at == UNKNOWN_INT ? time : clock_rfc3339(stamp, at), user ? " by " : "", user ? user : "",
                                client ? " via " : "", client ? client : "", origin ? " on " : "", origin ? origin : "");
}

static int by_node_name(const void *a, const void *b) {
  return str_natural(((const struct pcmk_node *)a)->name, ((const struct pcmk_node *)b)->name);
}

static void read_nodes(const xml_node *root, struct arena *a, struct pacemaker_status *s) {
  s->all_offline = true;
  const xml_node *list = xml_child(root, "nodes");
  for (const xml_node *n = xml_child(list, "node"); n && s->nodes.nodes.count < XML_LIST_MAX; n = xml_next(n, "node")) {
    const char *name = xml_text(n, "name", a);
    if (!name) continue;
    struct pcmk_node *p = list_add(a, &s->nodes.nodes, &pcmk_node_shape);
    p->name = name;
    p->id = xml_text(n, "id", a);
    p->type = xml_text(n, "id_as_resource", a) ? "guest" : xml_text(n, "type", a);
    p->online = xml_truth(n, "online");
    p->standby = xml_truth(n, "standby");
    p->standby_onfail = xml_truth(n, "standby_onfail");
    p->maintenance = xml_truth(n, "maintenance");
    p->pending = xml_truth(n, "pending");
    p->unclean = xml_truth(n, "unclean");
    p->shutdown = xml_truth(n, "shutdown");
    p->expected_up = xml_truth(n, "expected_up");
    p->is_dc = xml_truth(n, "is_dc");
    p->resources_running = xml_int(n, "resources_running");
    p->health = xml_text(n, "health", a);
    if (p->online != TRUTH_NO) s->all_offline = false;
  }
  if (!s->nodes.nodes.count) s->all_offline = false;
  else qsort(s->nodes.nodes.item, s->nodes.nodes.count, sizeof(struct pcmk_node), by_node_name);
}

/* ---- resources ---- */

struct place {          /* where in the tree of resources we are */
  const char *top;      /* the outermost group, clone or bundle: what a move or a disable would act on */
  const char *instance; /* of the clone or bundle around, or NULL */
  enum truth disabled, managed;
  int depth;
};

/* "vm" of "vm:0"; *ret_instance "0", untouched when it has none. */
static const char *base_id(const char *id, const char **ret_instance, struct arena *a) {
  const char *colon = id ? strrchr(id, ':') : NULL;
  if (!colon || colon == id || !colon[1] || colon[1 + strspn(colon + 1, "0123456789")]) return id;
  *ret_instance = arena_strdup(a, colon + 1);
  return arena_strndup(a, id, (size_t)(colon - id));
}

/* 1.1 writes ocf::heartbeat:VirtualDomain. */
static const char *one_colon(const char *agent, struct arena *a) {
  const char *two = agent ? strstr(agent, "::") : NULL;
  return two ? arena_printf(a, "%.*s%s", (int)(two - agent), agent, two + 1) : agent;
}

static int by_text(const void *a, const void *b) { return str_natural(*(const char *const *)a, *(const char *const *)b); }

static bool switched_off(const xml_node *n) { return xml_truth(n, "disabled") == TRUTH_YES || xml_says(n, "target_role", "Stopped"); }

static void read_resource(const xml_node *n, struct place at, struct arena *a, struct pcmk_resources *list) {
  const char *id = base_id(xml_text(n, "id", a), &at.instance, a);
  if (!id || list->resources.count >= XML_LIST_MAX) return;
  struct pcmk_resource *r = list_add(a, &list->resources, &pcmk_resource_shape);
  r->id = id;
  r->instance = at.instance;
  r->parent = at.top;
  r->agent = one_colon(xml_text(n, "resource_agent", a), a);
  r->role = xml_text(n, "role", a);
  r->target_role = xml_text(n, "target_role", a);
  r->pending = xml_text(n, "pending", a);
  r->active = xml_truth(n, "active");
  r->orphaned = xml_truth(n, "orphaned");
  if (!r->orphaned) r->orphaned = xml_truth(n, "removed"); /* its name since 3.0 */
  r->blocked = xml_truth(n, "blocked");
  r->managed = at.managed == TRUTH_NO ? TRUTH_NO : xml_truth(n, "managed");
  r->failed = xml_truth(n, "failed");
  r->disabled = at.disabled == TRUTH_YES || switched_off(n) ? TRUTH_YES : TRUTH_NO;
  for (const xml_node *w = xml_child(n, "node"); w && r->nodes.count < XML_LIST_MAX; w = xml_next(w, "node")) {
    const char *name = xml_text(w, "name", a);
    if (name && !texts_have(&r->nodes, name)) texts_add(a, &r->nodes, name);
  }
  if (r->nodes.count) qsort(r->nodes.item, r->nodes.count, sizeof(char *), by_text);
}

/* Instances of an anonymous clone all print the same id: their place among the clone's children tells them apart. */
static void read_resources(const xml_node *parent, struct place at, struct arena *a, struct pcmk_resources *list) {
  bool in_clone = xml_is(parent, "clone");
  size_t number = 0;
  if (at.depth++ > XML_NEST_MAX) return;
  for (const xml_node *n = xml_child(parent, NULL); n && list->resources.count < XML_LIST_MAX; n = xml_next(n, NULL), number++) {
    struct place in = at;
    if (in_clone) in.instance = arena_printf(a, "%zu", number);
    if (xml_is(n, "resource")) {
      read_resource(n, in, a, list);
    } else if (xml_is(n, "replica")) {
      in.instance = xml_text(n, "id", a);
      read_resources(n, in, a, list);
    } else if (xml_is(n, "group") || xml_is(n, "clone") || xml_is(n, "bundle")) {
      const char *id = base_id(xml_text(n, "id", a), &in.instance, a);
      if (!in.top) in.top = id;
      if (switched_off(n)) in.disabled = TRUTH_YES;
      if (xml_truth(n, "managed") == TRUTH_NO) in.managed = TRUTH_NO;
      read_resources(n, in, a, list);
    }
  }
}

void pacemaker_resources_read(const xml_node *resources, struct arena *a, struct pcmk_resources *ret) {
  if (resources) read_resources(resources, (struct place){0}, a, ret);
}

static int by_tally_name(const void *a, const void *b) { return str_natural(((const struct tally *)a)->key, ((const struct tally *)b)->key); }

/* Fail counts are kept by node and resource in the history of what ran there. */
static void read_fail_counts(const xml_node *root, struct arena *a, struct pcmk_resources *list) {
  const xml_node *history = xml_child(root, "node_history");
  size_t left = XML_LIST_MAX;
  for (const xml_node *node = xml_child(history, "node"); node; node = xml_next(node, "node"))
    for (const xml_node *h = xml_child(node, "resource_history"); h && left; h = xml_next(h, "resource_history")) {
      int64_t count = xml_int(h, "fail-count");
      const char *instance = NULL, *name = xml_text(node, "name", a), *id = base_id(xml_text(h, "id", a), &instance, a);
      if (count == UNKNOWN_INT || !count || !id || !name) continue;
      left--;
      for (size_t i = 0; i < list->resources.count; i++) {
        struct pcmk_resource *r = &list->resources.item[i];
        if (str_eq(r->id, id) && (!instance || str_eq(r->instance, instance))) tallies_raise(a, &r->fail_count, name, count);
      }
    }
  for (size_t i = 0; i < list->resources.count; i++) {
    struct tallies *t = &list->resources.item[i].fail_count;
    if (t->count) qsort(t->item, t->count, sizeof *t->item, by_tally_name);
  }
}

/* ---- failures, fencing ---- */

const char *pacemaker_operation_resource(const char *key, const char *task, struct arena *a) {
  const char *ignored = NULL;
  size_t len = key ? strlen(key) : 0, id = len;
  while (id && isdigit((unsigned char)key[id - 1])) id--;
  if (id == len || !id || key[id - 1] != '_') return key; /* no interval at its end: not an operation's key */
  id--;
  static const char *const ends[] = {"_last_failure", "_last",       "_monitor",      "_start",  "_stop",  "_promote",
                                     "_demote",       "_migrate_to", "_migrate_from", "_notify", "_reload"};
  size_t n = task ? strlen(task) : 0;
  if (n && id > n + 1 && !memcmp(key + id - n, task, n) && key[id - n - 1] == '_') return base_id(arena_strndup(a, key, id - n - 1), &ignored, a);
  for (size_t i = 0; i < COUNT(ends); i++) {
    n = strlen(ends[i]);
    if (id > n && !memcmp(key + id - n, ends[i], n)) return base_id(arena_strndup(a, key, id - n), &ignored, a);
  }
  return key;
}

static int by_failure(const void *one, const void *two) {
  const struct pcmk_failure *a = one, *b = two;
  int order = str_natural(a->resource ? a->resource : "", b->resource ? b->resource : "");
  if (!order) order = str_natural(a->node ? a->node : "", b->node ? b->node : "");
  if (!order) order = str_order(a->task, b->task);
  return order ? order : (a->at > b->at) - (a->at < b->at);
}

static void read_failures(const xml_node *root, struct arena *a, struct pcmk_failures *list) {
  const xml_node *failures = xml_child(root, "failures");
  for (const xml_node *n = xml_child(failures, "failure"); n && list->failures.count < XML_LIST_MAX; n = xml_next(n, "failure")) {
    struct pcmk_failure *f = list_add(a, &list->failures, &pcmk_failure_shape);
    const char *key = xml_text(n, "op_key", a), *reason = said_text(public_text(n, "exitreason", a), a);
    f->task = xml_text(n, "task", a);
    f->resource = pacemaker_operation_resource(key ? key : xml_text(n, "id", a), f->task, a);
    f->node = xml_text(n, "node", a);
    f->reason = reason && strcmp(reason, "none") ? reason : xml_text(n, "exitstatus", a); /* an agent need not give a reason */
    f->status = xml_text(n, "status", a);
    f->rc = xml_int(n, "exitcode");
    f->at = xml_time(n, "last-rc-change");
  }
  /* crm_mon's order changes from reading to reading; the same failures must be the same fact. */
  if (list->failures.count) qsort(list->failures.item, list->failures.count, sizeof(struct pcmk_failure), by_failure);
}

static void read_fencing(const xml_node *root, struct arena *a, struct pcmk_fencing *list) {
  const xml_node *history = xml_child(root, "fence_history");
  for (const xml_node *n = xml_child(history, "fence_event"); n && list->events.count < XML_LIST_MAX; n = xml_next(n, "fence_event")) {
    struct pcmk_fence_event *f = list_add(a, &list->events, &pcmk_fence_event_shape);
    f->target = xml_text(n, "target", a);
    f->action = xml_text(n, "action", a);
    f->status = xml_text(n, "status", a);
    if (!f->status) f->status = xml_text(n, "state", a); /* before 2.0.3 */
    f->client = xml_text(n, "client", a);
    f->origin = xml_text(n, "origin", a);
    f->delegate = xml_text(n, "delegate", a);
    f->reason = said_text(public_text(n, "exit-reason", a), a);
    f->at = xml_time(n, "completed");
  }
}

int pacemaker_status_parse(const char *bytes, size_t len, struct arena *a, struct pacemaker_status *ret, struct err *e) {
  CLEANUP(xml_free) struct _xmlDoc *doc = NULL;
  int code = xml_read(bytes, len, &doc, e);
  if (code) return code;
  const xml_node *root = xml_root(doc);
  if (!xml_is(root, "pacemaker-result") && !xml_is(root, "crm_mon"))
    return err_set(e, -EBADMSG, "", "the answer is no status of a cluster but <%.40s>", xml_name(root));
  code = check_answer(root, a, e);
  if (code) return code;
  struct pacemaker_status s = {0};
  read_cluster(root, a, &s.cluster);
  read_nodes(root, a, &s);
  pacemaker_resources_read(xml_child(root, "resources"), a, &s.resources);
  read_fail_counts(root, a, &s.resources);
  read_failures(root, a, &s.failures);
  read_fencing(root, a, &s.fencing);
  *ret = s;
  return 0;
}
