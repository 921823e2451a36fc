/* Who acts for the screen: the executor, the tasks, the questions to the hosts. It does what the app hands back and gives
 * the app to see how it goes; where the console may only look, there is no executor in it to begin with. */
#ifndef VIEWS_OPERATOR_H
#define VIEWS_OPERATOR_H
#include "views/command.h"
#include "views/console.h"

struct operator;
/* For c, which it tells by c->acted and c->terminal. Never NULL: one that can run nothing knows why. */
struct operator *operator_new(struct console *c, struct arguments *a);
void operator_free(struct operator *o); /* NULL is fine; what runs is left to its far side, and kept as interrupted */
void operator_see(struct operator *o);  /* the newest snapshot is another */
void operator_input(const struct operator *o, struct input *in);
/* What needs no more word: a task or a drill of that plan. Its task's id; NULL with e set: nothing runs. */
const char *operator_begin(struct operator *o, const struct operation *op, const struct values *v, const struct plan *plan, struct err *e);
bool operator_look(const struct operator *o, const char *task, struct task_view *ret); /* false: there is no such task */
bool operator_drilling(const struct operator *o);
void operator_wants(struct operator *o, unsigned wants); /* APP_ASK, APP_RUN, APP_TASK; another's are no matter */
bool operator_can(const struct operator *o); /* something can be run from here, now or later */
/* Another cluster is looked at: nothing is asked or run, and that is why; NULL: no more. */
void operator_away(struct operator *o, const char *why);
bool operator_busy(const struct operator *o);
void operator_wind_down(struct operator *o); /* the running step ends, no other starts */
#endif
