/* Lint: what would keep this cluster from failing over, as a list. What is found is made outside, once a snapshot. */
#include "analysis/lint.h"
#include "views/screen/list.h"

enum { MARK, CHECK, SUBJECT, EVIDENCE };
static const struct list_column columns[] = {
    [MARK] = {{.title = "HOW BAD", .min = 10, .max = 10, .priority = 95}, "severity"},
    [CHECK] = {{.title = "CHECK", .min = 12, .max = 24, .priority = 60}, "id"},
    [SUBJECT] = {{.title = "SUBJECT", .min = 8, .max = 24, .priority = 80}, "subject"},
    [EVIDENCE] = {{.title = "WHAT WAS SEEN", .min = 32, .weight = 4, .priority = 99}, "evidence"},
};

static size_t collect(const struct input *in, const void ***ret) {
  size_t n = in->lint ? in->lint->findings.count : 0;
  *ret = arena_array(in->arena, n + 1, sizeof **ret);
  for (size_t i = 0; i < n; i++) (*ret)[i] = &in->lint->findings.item[i];
  return n;
}

static const char *id(const struct input *in, const void *item) {
  const struct finding *f = item;
  return arena_printf(in->arena, "%s %s %s", f->id, f->subject ? f->subject : "", f->evidence ? f->evidence : "");
}

static void fill(const struct input *in, const void *item, struct row *out) {
  const struct finding *f = item;
  row_put(out, MARK, severity_role(f->severity), arena_printf(in->arena, "%s %s", symbol(in->glyphs, severity_symbol(f->severity)), severity_names[f->severity]));
  row_put(out, CHECK, ROLE_DIM, f->id);
  row_put(out, SUBJECT, ROLE_NORMAL, f->subject);
  row_put(out, EVIDENCE, severity_role(f->severity), f->evidence);
}

/* What could not be checked is not passed over. */
static const char *note(const struct input *in) {
  size_t n = in->lint ? in->lint->unknown.count : 0;
  return n ? arena_printf(in->arena, "%zu check%s could not be made: %s", n, n == 1 ? "" : "s", in->lint->unknown.item[0].text) : NULL;
}

const struct list list_lint = {.name = "lint", .title = "Lint", .help = "what would keep this cluster from failing over, found before the day", .action = ACTION_VIEW_LINT, .shape = &finding_shape,
                               .columns = columns, .column_count = COUNT(columns), .empty = "nothing was found", .collect = collect, .id = id, .fill = fill, .note = note};
