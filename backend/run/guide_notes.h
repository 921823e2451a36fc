/* The guide's notes in the state directory: the form and its choices, and for the record what was run, when, and what it printed.
 * Nothing of it says how far the guide is: that is asked anew each time. 0600, replaced as a whole, hostile until parsed. No secret
 * is ever in it: values that are secret are left out, commands hold none. */
#ifndef RUN_GUIDE_NOTES_H
#define RUN_GUIDE_NOTES_H
#include "ops/guide.h"
#include "run/task.h"

struct noted_value { const char *name, *value; };
struct noted_command { const char *host; struct texts argv; const char *state; int64_t took_ms; const char *say; };
struct noted_run {
  int64_t at, ended;             /* wall ms */
  const char *operation, *title, *by, *state, *text; /* by: who; state: of task_state_names[] */
  LIST_OF(struct noted_command) commands;
  struct texts output;           /* its last lines */
  const char *report;            /* a drill's, as Markdown; NULL: it was none */
};
struct noted_step {
  const char *name;
  int64_t done_at;               /* when it was first seen done; unknown: never */
  const char *note;              /* the operator's own words */
  LIST_OF(struct noted_run) runs;
};
struct guide_notes {
  int64_t schema;
  LIST_OF(struct noted_value) form;
  LIST_OF(struct noted_step) steps;
};
enum { NOTED_RUNS_MAX = 20, NOTED_OUTPUT_MAX = 200, NOTES_MAX = 8 << 20 };
extern const struct shape guide_notes_shape;

/* Where they are, in a: beside the file of a simulated world, else in the state directory; NULL: nowhere, both are NULL. */
const char *guide_notes_path(const char *state, const char *world, struct arena *a);
int guide_notes_parse(const char *text, size_t len, struct arena *a, struct guide_notes *ret, struct err *e); /* -EINVAL: they are none */
/* An empty one when there is no such file; -EINVAL with e set when what is there is none: it is left as it is, and not written over. */
int guide_notes_read(const char *path, struct arena *a, struct guide_notes *ret, struct err *e);
int guide_notes_write(const char *path, const struct guide_notes *n, struct err *e);

void guide_notes_keep_form(struct guide_notes *n, const struct values *form, struct arena *a); /* instead of what was kept; secrets left out */
void guide_notes_form(const struct guide_notes *n, struct values *ret, struct arena *a);       /* what ret lacks; values that are no arguments of the form are left out */
void guide_notes_task(struct guide_notes *n, const char *step, const struct task_view *t, struct arena *a);
void guide_notes_drill(struct guide_notes *n, const char *step, const struct plan *p, int64_t at, int64_t ended, const char *by, const char *state, const char *report, struct arena *a);
void guide_notes_found(struct guide_notes *n, const struct guide_book *b, const struct guide_found *found, int64_t at, struct arena *a); /* all steps: when they were first done; of a book that builds */
struct texts guide_notes_done(const struct guide_notes *n, struct arena *a);                    /* steps that were done once: for guide_look */

/* The record of how it was built: every step, its state and evidence now, what was run, when, by whom, what it printed. */
void guide_record_markdown(const struct guide_notes *n, const struct guide_book *b, const struct values *form, const struct guide_found *found, int64_t at, struct str *out);
void guide_record_json(const struct guide_notes *n, const struct guide_book *b, const struct values *form, const struct guide_found *found, int64_t at, struct str *out);
#endif
