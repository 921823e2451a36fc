/* Drills of the screen: the one that runs, and the reports of those that ran. Belongs to the operator, who begins them. */
#ifndef VIEWS_DRILLER_H
#define VIEWS_DRILLER_H
#include "run/drill_run.h"
#include "views/console.h"

struct driller;
struct driller *driller_new(struct console *c, struct tasks *t, struct executor *x, const char *state_dir, const char *who);
void driller_free(struct driller *d); /* NULL is fine */
/* The id of its task; NULL with e set: nothing runs. */
const char *driller_start(struct driller *d, const struct drill *row, const struct run_wish *r, struct err *e);
/* Several, as drill_window has them: the name of the first; NULL with e set. */
const char *driller_order(struct driller *d, const struct run_wish *r, struct err *e);
void driller_see(struct driller *d);
void driller_input(const struct driller *d, struct input *in);
bool driller_busy(const struct driller *d);
void driller_wind_down(struct driller *d);
#endif
