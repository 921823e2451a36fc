/* status: one reading, for people, plug-ins and scripts. */
#include "base/clock.h"
#include "base/utf8.h"
#include "views/command.h"
#include "views/text/metrics.h"
#include "views/text/reading.h"
#include <inttypes.h>
#include <string.h>

static const char *word(const char *s) { return s ? s : "?"; }

/* Names come from the cluster: none steers a terminal, begins a line or moves a column. In so many columns, 0: as many as
 * it has. */
static void add_name(struct str *out, int columns, const char *name) {
  for (int n = add_clean(out, word(name)); n < columns; n++) str_addc(out, ' ');
}

static void add_size(struct str *out, int64_t bytes) {
  char text[SIZE_TEXT];
  str_addf(out, "%6s", bytes == UNKNOWN_INT ? "?" : str_size(text, bytes));
}

static void add_number(struct str *out, int width, int64_t n) {
  if (n == UNKNOWN_INT) str_addf(out, "%*s", width, "?");
  else str_addf(out, "%*" PRId64, width, n);
}

static void add_texts(struct str *out, const struct texts *t) {
  for (size_t i = 0; i < t->count; i++) str_add(out, i ? "," : ""), add_name(out, 0, t->item[i]);
  if (!t->count) str_add(out, "-");
}

/* The first line is what a monitoring plug-in shows: NAME STATE - what | perfdata */
static void add_headline(struct str *out, const struct snapshot *s) {
  static const char *const words[] = {[HEALTH_NONE] = "UNKNOWN", [HEALTH_HEALTHY] = "HEALTHY", [HEALTH_DEGRADED] = "DEGRADED", [HEALTH_OUTAGE] = "OUTAGE", [HEALTH_UNKNOWN] = "UNKNOWN"};
  size_t known, problems = snapshot_problems(s, &known), running = 0, up = 0, bricks = 0;
  int64_t heal = 0;
  bool counted = true;
  str_addf(out, "KVMCONSOLE %s - ", words[s->health]);
  str_addf(out, "%zu problem%s", problems, problems == 1 ? "" : "s");
  if (known) str_addf(out, ", %zu acknowledged", known);
  if (problems) str_add(out, ": ");
  for (size_t i = 0, said = 0; i < s->problems.count && said < 3; i++)
    if (s->problems.item[i].severity > SEVERITY_INFO) str_add(out, said++ ? "; " : ""), add_name(out, 0, s->problems.item[i].text);
  for (size_t i = 0; i < out->len; i++)
    if (out->data[i] == '|') out->data[i] = ' '; /* it means something in that line */
  for (size_t i = 0; i < s->domains.count; i++) running += str_eq(s->domains.item[i].state, "running");
  for (size_t i = 0; i < s->volumes.count; i++) {
    if (s->volumes.item[i].heal_pending == UNKNOWN_INT) counted = false;
    else heal += s->volumes.item[i].heal_pending;
    for (size_t j = 0; j < s->volumes.item[i].bricks.count; j++) bricks++, up += s->volumes.item[i].bricks.item[j].online == TRUTH_YES;
  }
  str_addf(out, " | problems=%zu domains_running=%zu domains=%zu bricks_up=%zu bricks=%zu hosts=%zu heal_pending=", problems, running, s->domains.count, up, bricks, s->hosts.count);
  if (counted) str_addf(out, "%" PRId64 "\n", heal);
  else str_add(out, "U\n"); /* a plug-in's word for not known */
}

static void add_problems(struct str *out, const struct snapshot *s) {
  if (s->problems.count) str_add(out, "\nproblems\n");
  for (size_t i = 0; i < s->problems.count; i++) {
    str_addf(out, "  %-9s %-20s ", word(severity_names[s->problems.item[i].severity]), s->problems.item[i].id);
    add_name(out, 0, s->problems.item[i].text);
    const struct acknowledged *k = s->problems.item[i].acknowledged;
    if (k) {
      char when[CLOCK_TEXT];
      str_add(out, "\n            acknowledged by ");
      add_name(out, 0, k->by);
      str_addf(out, " until %s: ", clock_rfc3339(when, k->until));
      add_name(out, 0, k->text);
    }
    str_addc(out, '\n');
  }
}

static void add_tables(struct str *out, const struct snapshot *s) {
  const struct cluster_view *c = &s->cluster;
  if (c->name) {
    str_add(out, "\ncluster ");
    add_name(out, 0, c->name);
    str_addf(out, ": %s, votes ", c->quorate == TRUTH_YES ? "quorate" : c->quorate == TRUTH_NO ? "NO QUORUM" : "quorum not known");
    add_number(out, 1, c->votes);
    str_add(out, " of ");
    add_number(out, 1, c->expected_votes);
    str_add(out, ", DC ");
    add_name(out, 0, c->dc ? c->dc : "none");
    str_addf(out, ", fencing %s\n", c->fencing == TRUTH_YES ? "on" : c->fencing == TRUTH_NO ? "OFF" : "not known");
  }
  if (s->survives.count) str_add(out, "survives: ");
  for (size_t i = 0; i < s->survives.count; i++) {
    str_addf(out, "%s%s ", i ? ", " : "", s->survives.item[i].layer);
    add_name(out, 0, s->survives.item[i].text);
    if (i + 1 == s->survives.count) str_addc(out, '\n');
  }
  add_problems(out, s);
  if (s->hosts.count) str_add(out, "\nhost                 corosync  pacemaker    peer          libvirt      domains\n");
  for (size_t i = 0; i < s->hosts.count; i++) {
    const struct host_view *h = &s->hosts.item[i];
    add_name(out, 20, h->name);
    str_addf(out, " %-9s %-12s %-13s %-12s", h->membership ? membership_names[h->membership] : "-", h->pacemaker ? node_state_names[h->pacemaker] : "-",
             h->peer ? peer_state_names[h->peer] : "-", h->libvirt ? libvirt_state_names[h->libvirt] : "-");
    if (h->libvirt) add_number(out, 8, h->domains);
    str_addf(out, "%s\n", h->stale.count ? "  old" : "");
  }
  for (size_t i = 0; i < s->volumes.count; i++) {
    const struct volume_view *v = &s->volumes.item[i];
    str_add(out, "\nvolume ");
    add_name(out, 0, v->name);
    str_add(out, ": ");
    add_name(out, 0, v->type);
    str_add(out, ", ");
    add_name(out, 0, v->status);
    str_add(out, ", size");
    add_size(out, v->size);
    str_add(out, ", free");
    add_size(out, v->free);
    str_add(out, ", to heal ");
    add_number(out, 1, v->heal_pending);
    str_addc(out, '\n');
    for (size_t j = 0; j < v->bricks.count; j++) {
      const struct brick_view *b = &v->bricks.item[j];
      str_addf(out, "  set %" PRId64 "  ", b->set);
      add_name(out, 0, b->host);
      str_addc(out, ':');
      add_name(out, 0, b->path);
      str_addf(out, "%s  %s\n", b->arbiter == TRUTH_YES ? " (arbiter)" : "",
               b->online == TRUTH_YES ? "up" : b->online == TRUTH_NO ? "DOWN" : "not known");
    }
  }
  if (s->domains.count) str_add(out, "\ndomain               state     host                 pacemaker\n");
  for (size_t i = 0; i < s->domains.count; i++) {
    const struct domain_view *d = &s->domains.item[i];
    add_name(out, 20, d->name);
    str_addc(out, ' ');
    add_name(out, 9, d->state);
    str_addc(out, ' ');
    size_t at = out->len;
    add_texts(out, &d->hosts);
    for (int n = utf8_width(out->data + at); n < 21; n++) str_addc(out, ' ');
    add_name(out, 0, d->resource ? d->role : "-");
    str_addc(out, '\n');
  }
  str_add(out, "\nsource               host                 state   says\n");
  for (size_t i = 0; i < s->sources.count; i++) {
    const struct source_view *v = &s->sources.item[i];
    add_name(out, 20, v->name);
    str_addc(out, ' ');
    add_name(out, 20, v->host);
    str_addf(out, " %-7s ", v->state ? source_state_names[v->state] : "silent");
    add_name(out, 0, v->text);
    str_addc(out, '\n');
  }
}

static void print(const struct arguments *a, const struct snapshot *s) {
  CLEANUP(str_free) struct str out = {0};
  if (a->option[OPT_JSON]) {
    snapshot_json(s, &out);
    str_addc(&out, '\n');
  } else if (a->option[OPT_METRICS]) {
    print_metrics(s, &out);
  } else {
    add_headline(&out, s);
    add_tables(&out, s);
  }
  fputs(str_text(&out), stdout);
}

static int exit_code(int health) {
  static const int codes[] = {[HEALTH_NONE] = EXIT_UNKNOWN, [HEALTH_HEALTHY] = EXIT_HEALTHY, [HEALTH_DEGRADED] = EXIT_DEGRADED, [HEALTH_OUTAGE] = EXIT_OUTAGE, [HEALTH_UNKNOWN] = EXIT_UNKNOWN};
  return codes[health];
}

int run_status(struct arguments *a) {
  int64_t timeout = seconds_option(a, OPT_TIMEOUT, 10000, 3600), sample = seconds_option(a, OPT_SAMPLE, 0, 3600);
  if (timeout < 0 || sample < 0) return EXIT_USAGE;
  if (!!a->option[OPT_JSON] + !!a->option[OPT_TEXT] + !!a->option[OPT_METRICS] > 1) return usage_error("one of --json, --text and --openmetrics");
  struct reading r = {.timeout_ms = timeout, .sample_ms = sample};
  int code = reading_take(a, &r);
  if (!code) print(a, r.snap), code = exit_code(r.snap->health);
  snapshot_drop(r.snap);
  return code;
}
