/* lint: what would keep this cluster from failing over. */
#include "analysis/lint.h"
#include "run/audit.h"
#include "run/guide_notes.h"
#include "views/command.h"
#include "views/text/reading.h"
#include <string.h>

enum { COLUMNS = 100 };

/* Our own words, in lines of so many columns. */
static void add_wrapped(struct str *out, const char *text) {
  size_t at = 0;
  str_add(out, "           ");
  for (const char *word = text; *word;) {
    size_t len = strcspn(word, " ");
    if (at && at + len + 1 > COLUMNS - 11) str_add(out, "\n           "), at = 0;
    if (at) str_addc(out, ' '), at++;
    str_addn(out, word, len);
    at += len;
    word += len;
    while (*word == ' ') word++;
  }
  str_addc(out, '\n');
}

static void print_text(const struct lint *l, struct str *out) {
  for (size_t i = 0; i < l->findings.count; i++) {
    const struct finding *f = &l->findings.item[i];
    bool again = i && str_eq(l->findings.item[i - 1].id, f->id);
    str_addf(out, "%-9s  %s: ", severity_names[f->severity], f->id);
    add_clean(out, f->subject);
    str_add(out, ": ");
    add_clean(out, f->evidence);
    str_addc(out, '\n');
    if (!again) add_wrapped(out, f->why);
    if (!again && f->operation) str_addf(out, "           kvmconsole plan %s\n", f->operation);
  }
  for (size_t i = 0; i < l->unknown.count; i++) str_addf(out, "unknown    %s: %s\n", l->unknown.item[i].id, l->unknown.item[i].text);
  if (!l->findings.count && !l->unknown.count) str_add(out, "nothing found\n");
}

static int exit_code(const struct lint *l) {
  int worst = SEVERITY_NONE;
  for (size_t i = 0; i < l->findings.count; i++)
    if (l->findings.item[i].severity > worst) worst = l->findings.item[i].severity;
  return worst == SEVERITY_CRITICAL ? EXIT_OUTAGE : l->unknown.count ? EXIT_UNKNOWN : worst == SEVERITY_WARNING ? EXIT_DEGRADED : EXIT_HEALTHY;
}

/* By the notes of the guide, where there are any. */
static void say_chosen(struct arguments *a, struct lint *l, struct arena *arena) {
  bool simulated = a->option[OPT_DEMO] != NULL;
  CLEANUP(mem_freep) char *state = simulated || a->option[OPT_REPLAY] ? NULL : state_directory();
  const char *path = guide_notes_path(state, simulated ? a->option[OPT_WORLD] : NULL, arena);
  struct guide_notes notes;
  struct values form = {0};
  struct err e;
  shape_init(&guide_notes_shape, &notes);
  if (!path || guide_notes_read(path, arena, &notes, &e)) return;
  guide_notes_form(&notes, &form, arena);
  guide_chosen(&form, l, arena);
}

int run_lint(struct arguments *a) {
  CLEANUP(str_free) struct str out = {0};
  CLEANUP(arena_freep) struct arena *arena = arena_new();
  struct reading r = {.timeout_ms = seconds_option(a, OPT_TIMEOUT, 10000, 3600), .setups = true};
  if (r.timeout_ms < 0) return EXIT_USAGE;
  int code = reading_take(a, &r);
  if (r.snap && !code) {
    struct lint *l = lint_make(r.snap, arena);
    say_chosen(a, l, arena);
    if (a->option[OPT_JSON]) shape_encode(&lint_shape, l, &out), str_addc(&out, '\n');
    else print_text(l, &out);
    fputs(str_text(&out), stdout);
    code = exit_code(l);
  }
  snapshot_drop(r.snap);
  return code;
}
