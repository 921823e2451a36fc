/* Who works for the guide's page: as long as it is looked at it asks the hosts what no source reads, tells how far each step is,
 * plans what the step in sight would run; and does all that is left when that was wished. It asks by an executor of its own for
 * commands that only read, so that a console that may run nothing has the guide's states too; what runs, runs by the operator. */
#ifndef VIEWS_GUIDER_H
#define VIEWS_GUIDER_H
#include "views/command.h"
#include "views/console.h"

struct guider;
struct guider *guider_new(struct console *c, struct arguments *a); /* never NULL: one that can ask nobody knows why */
void guider_free(struct guider *g);                                /* NULL is fine */
/* After each key and each new snapshot. */
const struct values *guider_form(const struct guider *g);         /* what was chosen; NULL: nothing */
void guider_see(struct guider *g);
void guider_input(struct guider *g, struct input *in);
void guider_wish(struct guider *g); /* APP_GUIDE */
/* That was confirmed by the operator, and began. */
void guider_began(struct guider *g, const struct operation *o, const struct values *v);
bool guider_busy(const struct guider *g); /* it asks, or goes on by itself. NULL: no */
#endif
