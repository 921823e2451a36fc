/* The room of a volume in its detail: what guests were promised, the fullest brick, inodes, when it is full, what a task moves. */
#include "analysis/capacity.h"
#include "analysis/store_view.h"
#include "base/clock.h"
#include "views/screen/detail.h"
#include "views/screen/list.h"
#include <math.h>
#include <string.h>

enum { MUCH = 80, FULL = 90, SOON_DAYS = 30, AT_ONCE_DAYS = 7 };

static enum role role_of(double percent) { return percent >= FULL ? ROLE_BAD : percent >= MUCH ? ROLE_WARN : ROLE_NORMAL; }
static const char *plural(size_t n) { return n == 1 ? "" : "s"; }

static void add_promised(struct detail *d, const struct volume_view *v, const struct capacity *c) {
  struct arena *a = d->in->arena;
  const char *unknown = c->unknown ? arena_printf(a, "%s%zu more not known, of domains on %s", c->images ? "; " : "", c->unknown, names_text(a, &c->unread)) : "";
  if (!c->images && !c->unknown) return;
  if (!c->images) detail_put(d, "promised", STYLE(UNKNOWN), arena_printf(a, "?  (%s)", unknown));
  else
    detail_put(d, "promised", v->size > 0 && c->promised > v->size ? STYLE(WARN) : STYLE(NORMAL),
               arena_printf(a, "%s to %zu image%s of running domains%s%s%s", size_text(d->in, c->promised), c->images, plural(c->images), v->size > 0 && c->promised > v->size ? ": more than it has" : "", c->unknown ? "  (" : "",
                            c->unknown ? arena_printf(a, "%s)", unknown + 2) : ""));
}

static void add_growth(struct detail *d, const struct volume_view *v) {
  struct arena *a = d->in->arena;
  int64_t over = 0;
  char age[CLOCK_TEXT];
  if (!d->in->trends) return;
  double rate = growth_a_day(&d->in->trends->growth, v->name, d->in->snap->now, &over), days = days_to_full(v->free, rate);
  if (isnan(rate) || isnan(days)) return;
  clock_age(age, over);
  if (isinf(days)) detail_put(d, "growth", STYLE(NORMAL), arena_printf(a, "none, seen for %s", age));
  else if (days > 3650) detail_put(d, "growth", STYLE(NORMAL), arena_printf(a, "%s a day, seen for %s: not full for years", size_text(d->in, (int64_t)rate), age));
  else
    detail_put(d, "growth", days < AT_ONCE_DAYS ? STYLE(BAD) : days < SOON_DAYS ? STYLE(WARN) : STYLE(NORMAL),
               arena_printf(a, "%s a day, seen for %s: full in %s%.0f day%s, if it goes on so", size_text(d->in, (int64_t)rate), age, days < 1 ? "less than " : "", days < 1 ? 1 : days, days < 1.5 ? "" : "s"));
}

void detail_room(struct detail *d) {
  const struct volume_view *v = d->item;
  struct arena *a = d->in->arena;
  struct capacity c = volume_capacity(d->in->snap, v, a);
  double used = used_percent(v->size, v->free);
  if (isfinite(used)) detail_put(d, "used", style_of(v->stale.count ? ROLE_STALE : role_of(used)), arena_printf(a, "%s%.0f%%", v->stale.count ? "~" : "", used));
  add_promised(d, v, &c);
  if (c.fullest && v->bricks.count > 1)
    detail_put(d, "fullest brick", style_of(role_of(c.fullest_used)), arena_printf(a, "%s:%s, %.0f%% used, %s free", c.fullest->host, c.fullest->path, c.fullest_used, size_text(d->in, c.fullest->free)));
  if (c.inodes_of) detail_put(d, "inodes", style_of(role_of(c.inodes_used)), arena_printf(a, "%.0f%% used on %s", c.inodes_used, c.inodes_of));
  add_growth(d, v);
}

/* What lies on the bricks that leave is what is left to be moved. */
void detail_tasks(struct detail *d) {
  const struct volume_view *v = d->item;
  struct arena *a = d->in->arena;
  if (v->split_brain > 0) detail_put(d, "", STYLE(NORMAL), "which files, and what each brick has of them: gluster-splitbrain");
  for (size_t i = 0; i < v->tasks.count; i++) {
    const struct gluster_task *t = &v->tasks.item[i];
    int64_t left = 0;
    for (size_t k = 0; k < t->bricks.count; k++) {
      const struct brick_view *b = brick_named(d->in->snap, a, t->bricks.item[k], NULL);
      int64_t lies = b && b->size != UNKNOWN_INT && b->free != UNKNOWN_INT ? b->size - b->free : UNKNOWN_INT;
      if (lies == UNKNOWN_INT) left = UNKNOWN_INT;
      else if (left != UNKNOWN_INT && lies > left) left = lies;
    }
    const char *how = t->status ? t->status : "state not known yet", *bricks = t->bricks.count ? arena_printf(a, " of %s", names_text(a, &t->bricks)) : "";
    const char *more = !t->bricks.count ? "" : left == UNKNOWN_INT ? "; what is left there is not known" : arena_printf(a, "; %s in use there still", size_text(d->in, left));
    bool runs = t->status && strstr(t->status, "progress"), bad = t->status && strstr(t->status, "failed");
    detail_put(d, "task", bad ? STYLE(BAD) : runs ? STYLE(WARN) : STYLE(NORMAL), detail_line(d->in, arena_printf(a, "%s%s: %s%s", t->type ? t->type : "a task", bricks, how, more)));
    if (str_eq(t->type, "Remove brick") && str_eq(t->status, "completed")) detail_put(d, "", STYLE(NORMAL), "next: gluster-brick-remove-commit, or gluster-brick-remove-stop");
  }
}
