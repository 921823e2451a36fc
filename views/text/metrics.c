/* status --openmetrics: the snapshot as gauges. What is not known has no sample, and says so by an age that grows or by
 * kvmconsole_source_ok; a missing sample must never read as zero. */
#include "views/text/metrics.h"
#include "base/utf8.h"
#include <inttypes.h>
#include <math.h>
#include <string.h>

struct writer { struct str *out; const struct snapshot *s; const char *name; };

/* What a terminal would obey stands there by its number: two names that differ by it alone stay two series. */
static void label(struct str *out, const char *text) {
  for (size_t len = strlen(text), used; len; text += used, len -= used) {
    uint32_t cp = utf8_next(text, len, &used);
    char bytes[4];
    if (cp == '\n') str_add(out, "\\n");
    else if (cp == '"' || cp == '\\') str_addf(out, "\\%c", (char)cp);
    else if (utf8_hostile(cp)) str_addf(out, "\\\\u%04x", cp);
    else str_addn(out, bytes, utf8_put(cp, bytes));
  }
}

/* labels: pairs of name and value, ended by NULL. */
static void sample(struct writer *w, double value, const char *const *labels) {
  str_add(w->out, w->name);
  for (size_t i = 0; labels[i]; i += 2) {
    str_addf(w->out, "%s%s=\"", i ? "," : "{", labels[i]);
    label(w->out, labels[i + 1] ? labels[i + 1] : "");
    str_addc(w->out, '"');
  }
  bool whole = value == floor(value) && fabs(value) < 1e15; /* bytes to the last one */
  str_addf(w->out, "%s %.*f\n", labels[0] ? "}" : "", whole ? 0 : 3, value);
}

#define LABELS(...) ((const char *const[]){__VA_ARGS__, NULL, NULL})
#define EACH(list, type, x) for (const type *x = (list).item, *x##_end = x + (list).count; x < x##_end; x++)

static void known(struct writer *w, int64_t value, const char *const *labels) {
  if (value != UNKNOWN_INT) sample(w, (double)value, labels);
}
static void truth(struct writer *w, enum truth value, const char *const *labels) {
  if (value != TRUTH_UNKNOWN) sample(w, value == TRUTH_YES, labels);
}

static void put_health(struct writer *w) {
  for (int h = HEALTH_HEALTHY; h <= HEALTH_UNKNOWN; h++) sample(w, w->s->health == h, LABELS("state", health_names[h]));
}
static void put_problems(struct writer *w) {
  for (int severity = SEVERITY_INFO; severity <= SEVERITY_CRITICAL; severity++) {
    size_t n = 0;
    EACH(w->s->problems, struct problem, p) n += p->severity == severity;
    sample(w, (double)n, LABELS("severity", severity_names[severity]));
  }
}
/* One of several failed actions of a resource is the same problem here. */
static bool said_before(const struct snapshot *s, const struct problem *p) {
  for (const struct problem *x = s->problems.item; x < p; x++)
    if (str_eq(x->id, p->id) && str_eq(x->subject, p->subject)) return true;
  return false;
}
static void put_problem(struct writer *w) {
  EACH(w->s->problems, struct problem, p) if (!said_before(w->s, p)) sample(w, 1, LABELS("id", p->id, "subject", p->subject, "severity", severity_names[p->severity]));
}
static void put_source_ok(struct writer *w) {
  EACH(w->s->sources, struct source_view, x) if (x->state != SOURCE_ABSENT) sample(w, x->state == SOURCE_OK, LABELS("source", x->name, "host", x->host));
}
static void put_source_age(struct writer *w) {
  EACH(w->s->sources, struct source_view, x) if (x->age_ms != UNKNOWN_INT) sample(w, (double)x->age_ms / 1000, LABELS("source", x->name, "host", x->host));
}
static void put_quorate(struct writer *w) { truth(w, w->s->cluster.quorate, LABELS("cluster", w->s->cluster.name)); }
static void put_fencing(struct writer *w) { truth(w, w->s->cluster.fencing, LABELS("cluster", w->s->cluster.name)); }
static void put_votes(struct writer *w) { known(w, w->s->cluster.votes, LABELS("cluster", w->s->cluster.name)); }
static void put_online(struct writer *w) {
  EACH(w->s->hosts, struct host_view, h) if (h->pacemaker) sample(w, h->pacemaker == NODE_ONLINE, LABELS("host", h->name));
}
static void put_peer(struct writer *w) {
  EACH(w->s->hosts, struct host_view, h) if (h->peer) sample(w, h->peer == PEER_CONNECTED, LABELS("host", h->name));
}
static void put_host_cpu(struct writer *w) {
  EACH(w->s->hosts, struct host_view, h) if (isfinite(h->cpu_percent)) sample(w, h->cpu_percent / 100, LABELS("host", h->name));
}
static void put_host_memory(struct writer *w) { EACH(w->s->hosts, struct host_view, h) known(w, h->memory, LABELS("host", h->name)); }
static void put_host_used(struct writer *w) { EACH(w->s->hosts, struct host_view, h) known(w, h->memory_used, LABELS("host", h->name)); }
static void put_size(struct writer *w) { EACH(w->s->volumes, struct volume_view, v) known(w, v->size, LABELS("volume", v->name)); }
static void put_free(struct writer *w) { EACH(w->s->volumes, struct volume_view, v) known(w, v->free, LABELS("volume", v->name)); }
static void put_heal(struct writer *w) { EACH(w->s->volumes, struct volume_view, v) known(w, v->heal_pending, LABELS("volume", v->name)); }
static void put_split(struct writer *w) { EACH(w->s->volumes, struct volume_view, v) known(w, v->split_brain, LABELS("volume", v->name)); }
static void put_brick(struct writer *w) {
  EACH(w->s->volumes, struct volume_view, v) EACH(v->bricks, struct brick_view, b) truth(w, b->online, LABELS("volume", v->name, "host", b->host, "path", b->path));
}
static void put_domain(struct writer *w) {
  EACH(w->s->domains, struct domain_view, d) if (d->state) sample(w, str_eq(d->state, "running"), LABELS("domain", d->name, "host", d->hosts.count ? d->hosts.item[0] : ""));
}
/* A clone's instances share their count. */
static bool counted_before(const struct snapshot *s, const struct resource_view *r) {
  for (const struct resource_view *x = s->resources.item; x < r; x++)
    if (str_eq(x->id, r->id)) return true;
  return false;
}
static void put_fails(struct writer *w) {
  EACH(w->s->resources, struct resource_view, r)
    for (size_t i = 0; i < r->fail_count.count && !counted_before(w->s, r); i++) known(w, r->fail_count.item[i].value, LABELS("resource", r->id, "host", r->fail_count.item[i].key));
}

static const struct { const char *name, *unit, *help; void (*put)(struct writer *w); } metrics[] = {
    {"kvmconsole_health", NULL, "1 at the state that holds", put_health},
    {"kvmconsole_problems", NULL, "problems by severity", put_problems},
    {"kvmconsole_problem", NULL, "1 for each problem that stands, by the ids of list problems", put_problem},
    {"kvmconsole_source_ok", NULL, "1 while the source can be read", put_source_ok},
    {"kvmconsole_source_age_seconds", "seconds", "age of a source's last word", put_source_age},
    {"kvmconsole_quorate", NULL, "1 with quorum", put_quorate},
    {"kvmconsole_votes", NULL, "votes present", put_votes},
    {"kvmconsole_fencing", NULL, "1 while fencing is enabled", put_fencing},
    {"kvmconsole_node_online", NULL, "1 while pacemaker says online", put_online},
    {"kvmconsole_peer_connected", NULL, "1 while the peer is connected and answers", put_peer},
    {"kvmconsole_host_cpu_ratio", "ratio", "CPU in use", put_host_cpu},
    {"kvmconsole_host_memory_bytes", "bytes", "memory", put_host_memory},
    {"kvmconsole_host_memory_used_bytes", "bytes", "memory in use", put_host_used},
    {"kvmconsole_volume_size_bytes", "bytes", "room of a volume", put_size},
    {"kvmconsole_volume_free_bytes", "bytes", "free room of a volume", put_free},
    {"kvmconsole_volume_heal_pending", NULL, "entries that wait to heal", put_heal},
    {"kvmconsole_volume_split_brain", NULL, "entries in split-brain", put_split},
    {"kvmconsole_brick_online", NULL, "1 while the brick answers", put_brick},
    {"kvmconsole_domain_running", NULL, "1 while the domain runs", put_domain},
    {"kvmconsole_resource_failures", NULL, "pacemaker's fail-count; 1000000 is for ever", put_fails},
};

void print_metrics(const struct snapshot *s, struct str *out) {
  for (size_t i = 0; i < COUNT(metrics); i++) {
    str_addf(out, "# TYPE %s gauge\n", metrics[i].name);
    if (metrics[i].unit) str_addf(out, "# UNIT %s %s\n", metrics[i].name, metrics[i].unit);
    str_addf(out, "# HELP %s %s\n", metrics[i].name, metrics[i].help);
    metrics[i].put(&(struct writer){out, s, metrics[i].name});
  }
  str_add(out, "# EOF\n");
}
