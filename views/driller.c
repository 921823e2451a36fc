#include "views/driller.h"
#include "sources/raw.h"
#include "views/screen/drills.h"
#include <string.h>

struct driller {
  struct console *console;
  struct drill_run_options options;
  struct drill_run *run;        /* NULL: none; it stays until the next one begins */
  bool counted;                 /* its report is among those below */
  struct arena *arena;          /* of the reports */
  struct drill_reports reports; /* oldest first */
};

static int64_t now_of(void *owner) {
  const struct driller *d = owner;
  return d->console->feed ? feed_wall(d->console->feed) : 0;
}

struct driller *driller_new(struct console *c, struct tasks *t, struct executor *x, const char *state_dir, const char *who) {
  struct driller *d = mem_alloc(sizeof *d);
  *d = (struct driller){.console = c, .arena = arena_new(), .options = {.loop = c->loop, .tasks = t, .executor = x, .state_dir = state_dir, .who = who, .clock = now_of, .mask = raw_mask, .owner = d}};
  if (state_dir) drills_kept(state_dir, d->arena, &d->reports);
  return d;
}

void driller_free(struct driller *d) {
  if (!d) return;
  drill_run_free(d->run);
  arena_free(d->arena);
  mem_free(d);
}

bool driller_busy(const struct driller *d) { return d && d->run && !drill_run_over(d->run); }

const char *driller_start(struct driller *d, const struct drill *row, const struct run_wish *r, struct err *e) {
  if (driller_busy(d)) return err_set(e, -1, "wait until it is over", "nothing ran: another drill runs"), NULL;
  struct drill_run *run = drill_run_start(&d->options, row, &r->values, r->plan, d->console->newest, e);
  if (!run) return NULL;
  drill_run_free(d->run);
  d->run = run;
  d->counted = false;
  return drill_run_task(run);
}

static void count(struct driller *d) {
  struct drill_report **more = arena_array(d->arena, d->reports.count + 1, sizeof *more);
  if (d->reports.count) memcpy(more, d->reports.item, d->reports.count * sizeof *more);
  more[d->reports.count] = drill_run_report(d->run, d->arena);
  d->reports.item = more;
  d->reports.count++;
  d->counted = true;
}

void driller_see(struct driller *d) {
  if (!d || !d->run || d->counted) return;
  drill_run_see(d->run, d->console->newest);
  if (drill_run_over(d->run)) count(d);
}

void driller_wind_down(struct driller *d) {
  if (driller_busy(d)) drill_run_wind_down(d->run);
}

void driller_input(const struct driller *d, struct input *in) {
  if (!d) return;
  in->drilled = &d->reports;
  if (!driller_busy(d) || !d->console->feed) return;
  const struct app *app = &d->console->app;
  bool shown = app->view == VIEW_DETAIL && app->detail_list == LIST_DRILLS;
  struct drill_shown *s = arena_alloc(in->arena, sizeof *s);
  *s = (struct drill_shown){.name = drill_run_name(d->run), .target = drill_run_target(d->run), .report = shown ? drill_run_report(d->run, in->arena) : NULL, .task = drill_run_task(d->run), .text = drill_run_text(d->run), .reverts_at = drill_run_reverts_at(d->run), .now = feed_wall(d->console->feed)};
  in->drill = s;
}
