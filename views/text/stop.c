/* ok-to-stop: may these hosts or bricks go down now? */
#include "analysis/stop.h"
#include "base/clock.h"
#include "views/command.h"
#include "views/text/reading.h"
#include <inttypes.h>
#include <string.h>

static const char *const words[] = {[VERDICT_NONE] = "UNKNOWN", [VERDICT_SAFE] = "SAFE", [VERDICT_WAIT] = "WAIT", [VERDICT_UNSAFE] = "UNSAFE", [VERDICT_UNKNOWN] = "UNKNOWN"};
static const int exits[] = {[VERDICT_NONE] = 3, [VERDICT_SAFE] = 0, [VERDICT_WAIT] = 1, [VERDICT_UNSAFE] = 2, [VERDICT_UNKNOWN] = 3};

static void add_reason(struct str *out, const struct stop_reason *r) {
  char age[CLOCK_TEXT];
  str_addf(out, "  %-7s %-9s ", words[r->verdict], r->layer);
  add_clean(out, r->text);
  if (r->wait_s != UNKNOWN_INT) str_addf(out, ", about %s", clock_age(age, r->wait_s * 1000));
  if (r->age_ms != UNKNOWN_INT) str_addf(out, " (%s old)", clock_age(age, r->age_ms));
  str_addc(out, '\n');
}

static void add_domain(struct str *out, const struct stop_domain *d) {
  str_add(out, "  ");
  add_clean(out, d->name ? d->name : "?");
  str_addf(out, " %s", d->effect ? effect_names[d->effect] : "not known what becomes of it");
  if (d->to) str_add(out, " to "), add_clean(out, d->to);
  if (d->seconds != UNKNOWN_INT && d->seconds > 0) str_addf(out, ", about %" PRId64 " s", d->seconds);
  if (d->text) str_add(out, ": "), add_clean(out, d->text);
  str_addc(out, '\n');
}

static void print_text(const struct stop *v, bool dead, struct str *out) {
  for (size_t i = 0; i < v->targets.count; i++) str_add(out, i ? " " : ""), add_clean(out, v->targets.item[i]);
  str_addf(out, "%s: %s, data %s\n", dead ? " (it just dies)" : "", words[v->verdict], v->durability ? durability_names[v->durability] : "unknown");
  for (int worst = VERDICT_COUNT; worst-- > 0;) /* the worst first */
    for (size_t i = 0; i < v->reasons.count; i++)
      if (stop_rank(v->reasons.item[i].verdict) == worst) add_reason(out, &v->reasons.item[i]);
  if (v->domains.count) str_add(out, "domains\n");
  size_t quiet = 0;
  for (size_t i = 0; i < v->domains.count; i++) {
    if (v->domains.item[i].effect == EFFECT_UNAFFECTED) quiet++;
    else add_domain(out, &v->domains.item[i]);
  }
  if (quiet) str_addf(out, "  %zu unaffected\n", quiet);
}

struct asking { const struct arguments *a; struct arena *arena; };

/* Several nodes at once: each alone is read anyway. */
static const char *wants(void *owner, const struct snapshot *s) {
  struct asking *q = owner;
  struct loss l = {0};
  for (int i = 0; i < q->a->words; i++) loss_add(s, &l, q->a->word[i], q->arena, NULL);
  const char *nodes = loss_nodes(s, &l, q->arena);
  return strchr(nodes, ',') ? nodes : NULL;
}

int run_ok_to_stop(struct arguments *a) {
  CLEANUP(str_free) struct str out = {0};
  CLEANUP(arena_freep) struct arena *arena = arena_new();
  struct asking asking = {a, arena};
  struct reading r = {.timeout_ms = seconds_option(a, OPT_TIMEOUT, 10000, 3600), .wants = wants, .owner = &asking};
  struct loss loss = {.dead = a->option[OPT_DEAD] != NULL};
  struct err e = {0};
  if (r.timeout_ms < 0) return EXIT_USAGE;
  int code = reading_take(a, &r);
  for (int i = 0; r.snap && !code && i < a->words; i++) {
    code = loss_add(r.snap, &loss, a->word[i], arena, &e) ? EXIT_USAGE : 0;
    if (code) err_print(&e);
  }
  if (r.snap && !code) {
    const struct stop *v = stop_judge(r.snap, &loss, arena);
    if (a->option[OPT_JSON]) shape_encode(&stop_shape, v, &out), str_addc(&out, '\n');
    else print_text(v, loss.dead || loss.links.count, &out);
    fputs(str_text(&out), stdout);
    code = exits[v->verdict];
  }
  snapshot_drop(r.snap);
  return code;
}
