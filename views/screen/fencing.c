/* Fencing: whether it is on, what cuts whose power, whether that was ever proven, and what was fenced. */
#include "analysis/fences.h"
#include "run/proof.h"
#include "views/screen/list.h"

enum { WHAT, TARGET, STATE, PROVEN, WHEN, NAME, ON, BY };

static const struct list_column columns[] = {
    [WHAT] = {{.title = "WHAT", .min = 6, .max = 9, .priority = 60}, "kind"},
    [TARGET] = {{.title = "TARGET", .min = 6, .max = 32, .whole = true, .priority = 95}, "targets"},
    [STATE] = {{.title = "STATE", .min = 7, .max = 28, .whole = true, .priority = 99}, "state"},
    [PROVEN] = {{.title = "PROVEN", .min = 6, .max = 18, .whole = true, .priority = 98}, "proven"},
    [WHEN] = {{.title = "AGE", .min = 6, .align = ALIGN_RIGHT, .priority = 70}, "at"},
    [NAME] = {{.title = "NAME", .min = 6, .max = 40, .weight = 1, .whole = true, .priority = 80}, "id"},
    [ON] = {{.title = "FROM", .min = 5, .max = 24, .priority = 50}, "hosts"},
    [BY] = {{.title = "BY", .min = 6, .max = 40, .weight = 1, .priority = 40}, "agent"},
};

const struct tallies *proofs_shown(const struct input *in) {
  struct tallies *t = arena_alloc(in->arena, sizeof *t);
  for (size_t i = 0; in->proofs && i < in->proofs->count; i++) tallies_raise(in->arena, t, in->proofs->item[i].key, in->proofs->item[i].value);
  proofs_take(in->tasks, in->task_count, in->arena, t);
  return t;
}

static size_t collect(const struct input *in, const void ***ret) {
  struct fences f;
  fences_of(in->snap, proofs_shown(in), in->arena, &f);
  *ret = arena_array(in->arena, f.count, sizeof **ret);
  for (size_t i = 0; i < f.count; i++) (*ret)[i] = &f.item[i];
  return f.count;
}

static const char *id(const struct input *in, const void *item) {
  (void)in;
  return ((const struct fence_view *)item)->id;
}

static void put_proof(const struct input *in, const struct fence_view *f, struct row *out) {
  const char *warn = symbol(in->glyphs, SYMBOL_WARN);
  if (f->kind != FENCE_DEVICE) row_put(out, PROVEN, ROLE_DIM, "-");
  else if (f->proven == TRUTH_YES) put_fact(out, in, PROVEN, ROLE_OK, arena_printf(in->arena, "%s yes", symbol(in->glyphs, SYMBOL_OK)), &f->stale);
  else if (f->proven == TRUTH_NO) put_fact(out, in, PROVEN, ROLE_BAD, arena_printf(in->arena, "%s never here", warn), &f->stale);
  else row_put(out, PROVEN, ROLE_UNKNOWN, f->at != UNKNOWN_INT ? "? it or another" : NULL);
}

static void put_by(const struct fence_view *f, struct row *out) {
  switch (f->kind) {
  case FENCE_ACTION:
    row_put(out, ON, ROLE_DIM, f->delegate ? f->delegate : "-");
    row_put(out, BY, ROLE_DIM, f->client ? f->client : "-");
    break;
  case FENCE_DEVICE:
    row_put(out, BY, ROLE_DIM, f->agent);
    break;
  default:
    row_put(out, ON, ROLE_DIM, "-");
    row_put(out, BY, ROLE_DIM, "-");
  }
}

static void fill(const struct input *in, const void *item, struct row *out) {
  static const char *const kinds[] = {[FENCE_SWITCH] = "switch", [FENCE_DEVICE] = "device", [FENCE_BARE] = "host", [FENCE_ACTION] = "action"};
  const struct fence_view *f = item;
  enum level level = (enum level)f->level;
  row_put(out, WHAT, ROLE_DIM, kinds[f->kind]);
  if (f->kind == FENCE_SWITCH) row_put(out, TARGET, ROLE_DIM, "all hosts");
  else if (f->kind == FENCE_DEVICE && f->told != TRUTH_YES) row_put(out, TARGET, f->told == TRUTH_NO ? ROLE_DIM : ROLE_UNKNOWN, f->told == TRUTH_NO ? "it finds out" : NULL);
  else row_put(out, TARGET, ROLE_NORMAL, join_text(in, &f->targets));
  put_fact(out, in, STATE, level_role(level), !f->state || f->stale.count ? f->state : arena_printf(in->arena, "%s %s", symbol(in->glyphs, level_symbol(level)), f->state), &f->stale);
  put_proof(in, f, out);
  put_fact(out, in, WHEN, ROLE_NORMAL, f->at == UNKNOWN_INT ? "-" : age_text(in, f->at), NULL);
  row_put(out, NAME, ROLE_NORMAL, f->kind == FENCE_ACTION ? f->action : f->kind == FENCE_BARE ? "-" : f->id);
  if (f->kind == FENCE_DEVICE) put_fact(out, in, ON, ROLE_NORMAL, join_text(in, &f->hosts), f->hosts.count ? &f->stale : NULL);
  put_by(f, out);
}

const struct list list_fencing = {.name = "fencing", .title = "Fencing", .help = "what cuts whose power, whether that is proven, and what was fenced", .action = ACTION_VIEW_FENCING,
                                  .shape = &fence_view_shape, .columns = columns, .column_count = COUNT(columns), .empty = "no cluster that could fence is known", .collect = collect, .id = id, .fill = fill};
