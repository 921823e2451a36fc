#include "run/guide_notes.h"
#include "base/clock.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define T struct noted_value
SHAPE(noted_value_shape, T, FIELD(T, name, TEXT), FIELD(T, value, TEXT));
#undef T
#define T struct noted_command
SHAPE(noted_command_shape, T, FIELD(T, host, TEXT), FIELD(T, argv, TEXTS), FIELD(T, state, TEXT), FIELD(T, took_ms, INT), FIELD(T, say, TEXT));
#undef T
#define T struct noted_run
SHAPE(noted_run_shape, T, FIELD(T, at, TIME), FIELD(T, ended, TIME), FIELD(T, operation, TEXT), FIELD(T, title, TEXT), FIELD(T, by, TEXT), FIELD(T, state, TEXT), FIELD(T, text, TEXT), LIST(T, commands, noted_command_shape),
      FIELD(T, output, TEXTS), FIELD(T, report, TEXT));
#undef T
#define T struct noted_step
SHAPE(noted_step_shape, T, FIELD(T, name, TEXT), FIELD(T, done_at, TIME), FIELD(T, note, TEXT), LIST(T, runs, noted_run_shape));
#undef T
#define T struct guide_notes
SHAPE(guide_notes_shape, T, FIELD(T, schema, INT), LIST(T, form, noted_value_shape), LIST(T, steps, noted_step_shape));
#undef T

/* ---- the file ---- */

static void empty(struct guide_notes *n) {
  shape_init(&guide_notes_shape, n);
  n->schema = 1;
}

const char *guide_notes_path(const char *state, const char *world, struct arena *a) {
  return world ? arena_printf(a, "%s.guide", world) : state ? arena_printf(a, "%s/guide.json", state) : NULL;
}

int guide_notes_parse(const char *text, size_t len, struct arena *a, struct guide_notes *ret, struct err *e) {
  struct guide_notes n;
  shape_init(&guide_notes_shape, &n);
  int code = shape_decode_text(&guide_notes_shape, text, len, &n, a, e);
  if (code) return code;
  if (n.schema != 1) return err_set(e, -EINVAL, "move the file away to begin anew", "the guide's notes are of a version that this console does not know");
  for (size_t i = 0; i < n.steps.count; i++)
    if (!guide_step_named(n.steps.item[i].name)) n.steps.item[i--] = n.steps.item[--n.steps.count];
  *ret = n;
  return 0;
}

int guide_notes_read(const char *path, struct arena *a, struct guide_notes *ret, struct err *e) {
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK), code = fd < 0 ? -errno : 0;
  struct stat st;
  if (code == -ENOENT) return empty(ret), 0;
  if (!code && fstat(fd, &st)) code = -errno;
  if (!code && (!S_ISREG(st.st_mode) || st.st_uid != geteuid() || st.st_size > NOTES_MAX)) code = -EINVAL;
  CLEANUP(mem_freep) char *text = code ? NULL : mem_alloc((size_t)st.st_size + 1);
  ssize_t n = code ? -1 : read(fd, text, (size_t)st.st_size);
  if (fd >= 0) close(fd);
  if (code || n < 0) return err_set(e, code ? code : -EIO, "see that it is yours, and a plain file; or move it away to begin anew", "%s: %s", path, strerror(code ? -code : EIO));
  struct err why = {0};
  code = guide_notes_parse(text, (size_t)n, a, ret, &why);
  return code ? err_set(e, code, "move the file away to begin anew: nothing but the record is lost", "%s: %s", path, why.text) : 0;
}

int guide_notes_write(const char *path, const struct guide_notes *n, struct err *e) {
  CLEANUP(str_free) struct str out = {0};
  CLEANUP(mem_freep) char *fresh = mem_printf("%s.new", path);
  shape_encode(&guide_notes_shape, n, &out);
  str_addc(&out, '\n');
  unlink(fresh);
  int fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  bool good = fd >= 0 && write(fd, out.data, out.len) == (ssize_t)out.len && !fdatasync(fd);
  int code = good ? 0 : -errno;
  if (fd >= 0) close(fd);
  if (good && rename(fresh, path)) code = -errno;
  return code ? err_set(e, code, "see that there is room and that it is yours", "%s: %s", path, strerror(-code)) : 0;
}

/* ---- the form ---- */

void guide_notes_keep_form(struct guide_notes *n, const struct values *form, struct arena *a) {
  n->form.count = 0;
  n->form.item = NULL;
  for (size_t i = 0; i < form->list.count; i++) {
    const struct value *v = &form->list.item[i];
    const struct operation_argument *arg = operation_argument(&guide_form, v->name);
    if (v->secret || !arg || arg->kind == ARG_SECRET || str_eq(v->name, GUIDE_WITHOUT)) continue;
    struct noted_value *k = list_add(a, &n->form, &noted_value_shape);
    *k = (struct noted_value){arena_strdup(a, v->name), arena_strdup(a, v->text)};
  }
}

void guide_notes_form(const struct guide_notes *n, struct values *ret, struct arena *a) {
  struct snapshot none = {0};
  struct planning p = {.operation = &guide_form, .snap = &none, .values = ret, .arena = a};
  struct texts had = {0};
  for (size_t i = 0; i < ret->list.count; i++) texts_add(a, &had, ret->list.item[i].name);
  for (size_t i = 0; i < n->form.count; i++) {
    const struct noted_value *v = &n->form.item[i];
    const struct operation_argument *arg = v->name && v->value && *v->value ? operation_argument(&guide_form, v->name) : NULL;
    if (!arg || arg->kind == ARG_SECRET || str_eq(v->name, GUIDE_WITHOUT) || texts_have(&had, v->name) || operation_check(&p, arg, v->value)) continue;
    values_add(a, ret, v->name, v->value, false);
  }
}

/* ---- what was run ---- */

static struct noted_step *step_of(struct guide_notes *n, const char *name, struct arena *a) {
  for (size_t i = 0; i < n->steps.count; i++)
    if (str_eq(n->steps.item[i].name, name)) return &n->steps.item[i];
  struct noted_step *s = list_add(a, &n->steps, &noted_step_shape);
  s->name = arena_strdup(a, name);
  return s;
}

static struct noted_run *run_added(struct guide_notes *n, const char *step, struct arena *a) {
  struct noted_step *s = step_of(n, step, a);
  if (s->runs.count >= NOTED_RUNS_MAX) { /* the first of them stays: it is how it was built */
    memmove(&s->runs.item[1], &s->runs.item[2], (s->runs.count - 2) * sizeof *s->runs.item);
    s->runs.count--;
  }
  return list_add(a, &s->runs, &noted_run_shape);
}

static void add_commands(struct noted_run *r, const struct plan *p, const struct task_view *t, struct arena *a) {
  for (size_t i = 0; p && i < p->steps.count; i++) {
    const struct step *s = &p->steps.item[i];
    struct noted_command *c = list_add(a, &r->commands, &noted_command_shape);
    c->host = arena_strdup(a, s->host);
    c->say = arena_strdup(a, s->say);
    for (size_t k = 0; k < s->argv.count; k++) texts_add(a, &c->argv, s->argv.item[k]);
    if (!t || !t->steps) continue;
    c->state = step_state_names[t->steps[i]];
    c->took_ms = t->took_ms[i];
  }
}

void guide_notes_task(struct guide_notes *n, const char *step, const struct task_view *t, struct arena *a) {
  struct noted_run *r = run_added(n, step, a);
  r->at = t->began;
  r->ended = t->ended;
  r->operation = arena_strdup(a, t->operation);
  r->title = arena_strdup(a, t->title);
  r->by = arena_strdup(a, t->who);
  r->state = task_state_names[t->state];
  r->text = arena_strdup(a, t->text);
  add_commands(r, t->plan, t, a);
  for (size_t i = t->line_count > NOTED_OUTPUT_MAX ? t->line_count - NOTED_OUTPUT_MAX : 0; i < t->line_count; i++) texts_add(a, &r->output, t->lines[i].text);
}

void guide_notes_drill(struct guide_notes *n, const char *step, const struct plan *p, int64_t at, int64_t ended, const char *by, const char *state, const char *report, struct arena *a) {
  struct noted_run *r = run_added(n, step, a);
  r->at = at;
  r->ended = ended;
  r->operation = p ? arena_strdup(a, p->operation) : NULL;
  r->title = p ? arena_strdup(a, p->title) : NULL;
  r->by = arena_strdup(a, by);
  r->state = arena_strdup(a, state);
  r->report = arena_strdup(a, report);
  add_commands(r, p, NULL, a);
}

void guide_notes_found(struct guide_notes *n, const struct guide_book *b, const struct guide_found *found, int64_t at, struct arena *a) {
  for (size_t i = 0; b->builds && i < b->count; i++) {
    if (found[i].state != GUIDE_DONE) continue;
    struct noted_step *s = step_of(n, found[i].step, a);
    if (s->done_at == UNKNOWN_INT) s->done_at = at;
  }
}

struct texts guide_notes_done(const struct guide_notes *n, struct arena *a) {
  struct texts t = {0};
  for (size_t i = 0; i < n->steps.count; i++)
    if (n->steps.item[i].done_at != UNKNOWN_INT) texts_add(a, &t, n->steps.item[i].name);
  return t;
}

/* ---- the record ---- */

static const struct noted_step *noted(const struct guide_notes *n, const char *name) {
  for (size_t i = 0; i < n->steps.count; i++)
    if (str_eq(n->steps.item[i].name, name)) return &n->steps.item[i];
  return NULL;
}

/* Within a line of Markdown: what comes from hosts makes none of its own. */
static void plain(struct str *out, const char *text) {
  for (const char *s = text ? text : ""; *s; s++) {
    if ((unsigned char)*s < ' ' || *s == 127) str_addc(out, ' ');
    else if (strchr("\\`*_<>[]#|", *s)) str_addc(out, '\\'), str_addc(out, *s);
    else str_addc(out, *s);
  }
}

static void code_lines(struct str *out, const struct texts *lines) { /* indented: no line of it can end it */
  str_addc(out, '\n');
  for (size_t i = 0; i < lines->count; i++) {
    str_add(out, "    ");
    for (const char *s = lines->item[i] ? lines->item[i] : ""; *s; s++) str_addc(out, (unsigned char)*s < ' ' || *s == 127 ? ' ' : *s);
    str_addc(out, '\n');
  }
  str_addc(out, '\n');
}

static void stamp(struct str *out, int64_t at) {
  char text[CLOCK_TEXT];
  str_add(out, at == UNKNOWN_INT ? "an unknown time" : clock_rfc3339(text, at));
}

static void run_markdown(const struct noted_run *r, struct str *out) {
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct texts lines = {0};
  str_add(out, "\n- ");
  stamp(out, r->at);
  str_add(out, " to ");
  stamp(out, r->ended);
  str_add(out, ": ");
  plain(out, r->title ? r->title : r->operation);
  str_add(out, " (");
  plain(out, r->operation);
  str_add(out, "), by ");
  plain(out, r->by ? r->by : "somebody");
  str_add(out, ": ");
  plain(out, r->state);
  if (r->text) str_add(out, ", "), plain(out, r->text);
  str_addc(out, '\n');
  for (size_t i = 0; i < r->commands.count; i++) {
    const struct noted_command *c = &r->commands.item[i];
    CLEANUP(str_free) struct str line = {0};
    str_addf(&line, "%s%s", c->host ? c->host : "", c->argv.count ? "# " : "(");
    if (c->argv.count) shell_words(&line, &c->argv);
    else str_addf(&line, "%s)", c->say ? c->say : "");
    if (c->state && strcmp(c->state, "done")) str_addf(&line, "   [%s]", c->state);
    texts_add(a, &lines, str_text(&line));
  }
  if (lines.count) code_lines(out, &lines);
  if (r->output.count) str_add(out, "  It printed:\n"), code_lines(out, &r->output);
  if (r->report) {
    str_addc(out, '\n');
    str_add(out, r->report);
    str_addc(out, '\n');
  }
}

void guide_record_markdown(const struct guide_notes *n, const struct guide_book *b, const struct values *form, const struct guide_found *found, int64_t at, struct str *out) {
  size_t done = 0;
  for (size_t i = 0; i < b->count; i++) done += found[i].state == GUIDE_DONE;
  str_addf(out, "# %s\n\nAs it is seen at ", b->builds ? "How this cluster was built" : b->title);
  stamp(out, at);
  str_addf(out, ": %zu of %zu steps are done.\n\n## %s\n\n", done, b->count, b->builds ? "What was to be built, and how" : "The cluster, and what was chosen");
  for (size_t i = 0; i < form->list.count; i++) {
    const struct value *v = &form->list.item[i];
    const struct guide_choice *c = guide_choice(v->name);
    if (v->secret) continue;
    str_add(out, "- ");
    plain(out, v->name);
    str_add(out, ": ");
    plain(out, v->text);
    if (c && str_eq(v->text, c->lab)) str_addf(out, " (the lab's way, chosen: %s; %s)", c->lab_text, c->lab_why);
    else if (c && str_eq(v->text, c->better)) str_addf(out, " (%s)", c->better_text);
    str_addc(out, '\n');
  }
  for (size_t i = 0; i < b->count; i++) {
    const struct guide_found *f = &found[i];
    const struct noted_step *s = noted(n, f->step);
    str_addf(out, "\n## %zu %s\n\n%s: ", i, b->steps[i].title, guide_state_words[f->state]);
    plain(out, f->text);
    if (s && s->done_at != UNKNOWN_INT) str_add(out, " (first seen done at "), stamp(out, s->done_at), str_addc(out, ')');
    str_add(out, "\n\n");
    for (size_t k = 0; k < f->evidence.count; k++) {
      const struct guide_evidence *e = &f->evidence.item[k];
      str_addf(out, "- %s", e->good == TRUTH_YES ? "" : e->good == TRUTH_NO ? "NOT: " : "not known: ");
      if (e->host) plain(out, e->host), str_add(out, ": ");
      plain(out, e->text);
      str_addc(out, '\n');
    }
    if (s && s->note) str_addc(out, '\n'), plain(out, s->note), str_addc(out, '\n');
    if (!s || !s->runs.count) str_add(out, "\nNothing was run for it by this console.\n");
    for (size_t k = 0; s && k < s->runs.count; k++) run_markdown(&s->runs.item[k], out);
  }
}

void guide_record_json(const struct guide_notes *n, const struct guide_book *b, const struct values *form, const struct guide_found *found, int64_t at, struct str *out) {
  char text[CLOCK_TEXT];
  str_addf(out, "{\"schema\":1,\"book\":\"%s\",\"at\":\"%s\",\"form\":[", b->name, clock_rfc3339(text, at));
  bool first = true;
  for (size_t i = 0; i < form->list.count; i++) {
    if (form->list.item[i].secret) continue;
    str_add(out, first ? "{\"name\":" : ",{\"name\":");
    json_text(out, form->list.item[i].name);
    str_add(out, ",\"value\":");
    json_text(out, form->list.item[i].text);
    str_add(out, "}");
    first = false;
  }
  str_add(out, "],\"steps\":[");
  for (size_t i = 0; i < b->count; i++) {
    const struct noted_step *s = noted(n, found[i].step);
    if (i) str_addc(out, ',');
    shape_encode(&guide_found_shape, &found[i], out);
    out->len--; /* its closing brace: what was noted goes in before it */
    str_add(out, ",\"noted\":");
    if (s) shape_encode(&noted_step_shape, s, out);
    else str_add(out, "null");
    str_addc(out, '}');
  }
  str_add(out, "]}\n");
}
