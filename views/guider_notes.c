/* What the guide keeps beside what it sees: the form, what was run with its output, when a step was first done; and the record of all
 * that, as a file. A console that may run nothing reads the notes and writes none. */
#include "views/guider_parts.h"
#include "base/clock.h"
#include "ops/drill.h"
#include "run/drill_run.h"
#include "views/new_file.h"
#include "views/operator.h"
#include <string.h>
#include <sys/stat.h>

void notes_open(struct guider *g, const char *state_dir, const char *world) {
  struct notes *n = &g->notes;
  struct err e = {0};
  n->arena = arena_new();
  n->path = state_dir ? mem_printf("%s/guide.json", state_dir) : world ? mem_printf("%s.guide", world) : NULL;
  shape_init(&guide_notes_shape, &n->kept);
  n->kept.schema = 1;
  if (n->path && guide_notes_read(n->path, n->arena, &n->kept, &e)) {
    n->wrong = mem_printf("%s; it is left as it is, and nothing is noted", e.text);
    mem_free(n->path);
    n->path = NULL;
  }
  n->were_done = guide_notes_done(&n->kept, n->arena);
}

void notes_free(struct notes *n) {
  arena_free(n->arena);
  mem_free(n->path);
  mem_free(n->wrong);
  *n = (struct notes){0};
}

static void write_notes(struct guider *g) {
  struct notes *n = &g->notes;
  struct err e = {0};
  n->were_done = guide_notes_done(&n->kept, n->arena);
  if (!n->path || !operator_can(g->console->operator)) return;
  char *slash = strrchr(n->path, '/');
  CLEANUP(mem_freep) char *dir = slash && slash != n->path ? mem_strndup(n->path, (size_t)(slash - n->path)) : NULL;
  if (dir) mkdir(dir, 0700);
  if (guide_notes_write(n->path, &n->kept, &e)) app_say(&g->console->app, e.text);
}

void notes_form(struct guider *g) {
  guide_notes_keep_form(&g->notes.kept, &g->given, g->notes.arena);
  write_notes(g);
}

void notes_found(struct guider *g) {
  size_t before = g->notes.were_done.count;
  guide_notes_found(&g->notes.kept, g->book, g->found, guider_wall(g), g->notes.arena);
  if (guide_notes_done(&g->notes.kept, g->notes.arena).count != before) write_notes(g);
}

/* It was taken back on purpose: to do again, and not broken. */
static void forget_done(struct notes *n, const char *step) {
  for (size_t i = 0; i < n->kept.steps.count; i++)
    if (str_eq(n->kept.steps.item[i].name, step)) n->kept.steps.item[i].done_at = UNKNOWN_INT;
}

void notes_task(struct guider *g, const struct task_view *t) {
  struct notes *n = &g->notes;
  const struct guide_page *page = &g->console->app.guide;
  const char *step = g->book->steps[page->ran - 1].name;
  const struct drill *d = t->operation ? drill_find(t->operation) : NULL;
  if (d) {
    CLEANUP(str_free) struct str report = {0};
    struct arena *a = arena_new();
    struct input in = {.snap = g->console->newest, .arena = a};
    operator_input(g->console->operator, &in);
    const struct drill_report *last = NULL;
    for (size_t i = 0; in.drilled && i < in.drilled->count; i++)
      if (str_eq(in.drilled->item[i]->drill, t->operation)) last = in.drilled->item[i];
    if (last) drill_markdown(last, &report);
    guide_notes_drill(&n->kept, step, t->plan, t->began, t->ended, t->who, last ? drill_verdict_names[last->verdict] : task_state_names[t->state], report.len ? str_text(&report) : NULL, n->arena);
    arena_free(a);
  } else guide_notes_task(&n->kept, step, t, n->arena);
  if (page->undoes && t->state == TASK_VERIFIED) forget_done(n, step);
  write_notes(g);
}

void notes_export(struct guider *g, const char *name) {
  struct guide_page *page = &g->console->app.guide;
  CLEANUP(str_free) struct str out = {0};
  CLEANUP(mem_freep) char *whole = NULL;
  int64_t now = guider_wall(g);
  if (!g->looked) page->wrong = "the hosts have not answered yet: there is nothing to be written down";
  else {
    if (str_ends(name, ".json")) guide_record_json(&g->notes.kept, g->book, &g->form, g->found, now, &out);
    else guide_record_markdown(&g->notes.kept, g->book, &g->form, g->found, now, &out);
    page->wrong = new_file(name, str_text(&out), out.len, &whole);
  }
  if (page->wrong) return;
  page->over = GUIDE_OVER_NONE;
  CLEANUP(mem_freep) char *says = mem_printf("the record was written to %s, for your eyes only", whole);
  app_say(&g->console->app, says);
}
