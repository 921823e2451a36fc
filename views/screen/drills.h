/* Drills on the screen: the list of them with how they went, one of them with its chart, live while it runs. */
#ifndef SCREEN_DRILLS_H
#define SCREEN_DRILLS_H
#include "run/drill_run.h"
#include "tui/text.h"

struct drill_shown { /* the one that runs */
  const char *name, *target;
  const struct drill_report *report; /* as it stands, while its page is looked at; NULL: it is not */
  const char *task, *text;           /* its task; what is being done */
  int64_t reverts_at, now;           /* when its timer takes it back, wall ms; unknown: it is not armed, or need not any more */
};
struct input;
struct text *drill_text(const struct input *in, const char *name); /* text_free() */
const char *drill_heading(const struct input *in, const char *name);
/* The task of that drill while it runs; NULL: it does not. */
const char *drill_task(const struct input *in, const char *name);
#endif
