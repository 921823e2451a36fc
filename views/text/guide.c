/* guide: the books and their steps: listed, checked, run one by one or all that is left, and the record of it. The book of building is
 * the one that is meant where none is named. */
#include "base/clock.h"
#include "run/audit.h"
#include "run/guide_notes.h"
#include "sources/feed.h"
#include "views/new_file.h"
#include "views/text/operate.h"
#include "views/text/running.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SETTLE_MS = 90000, LOOK_AGAIN_MS = 2000 };

struct guiding {
  struct session session;
  struct running running;
  struct arguments arguments;     /* as the operations that are run see them */
  bool json;
  struct values form;
  struct survey survey;
  struct guide_notes notes;
  const char *notes_path;         /* NULL: a simulated world that nobody keeps */
  struct texts were_done;
  const struct guide_book *book;
  struct guide_found found[GUIDE_STEPS_MAX];
  struct values more;             /* what was given that is no part of the form: for the operations of the step that is run */
  char *state, *who;
};

/* ---- looking ---- */

static int64_t wall(const struct guiding *g) { return g->session.feed ? feed_wall(g->session.feed) : clock_wall_ms(); }

static struct guide_look look_of(const struct guiding *g) {
  return (struct guide_look){.snap = g->session.snap, .form = &g->form, .survey = &g->survey, .survey_age_ms = 0, .were_done = &g->were_done, .book = g->book};
}

static int look(struct guiding *g) {
  struct session *s = &g->session;
  g->survey = (struct survey){0};
  guide_survey(g->book, NULL, s->snap, &g->form, s->arena, &g->survey);
  int code = session_survey(s, &g->survey);
  struct guide_look l = look_of(g);
  guide_check(&l, s->arena, g->found);
  guide_notes_found(&g->notes, g->book, g->found, wall(g), s->arena);
  return code;
}

static void keep(struct guiding *g) {
  struct err e = {0};
  guide_notes_keep_form(&g->notes, &g->form, g->session.arena);
  if (g->notes_path && guide_notes_write(g->notes_path, &g->notes, &e)) err_print(&e);
}

/* An argument of something that a step of a bad day's book runs, which only who sits here can fill in: seen="I saw it without power". */
static bool is_of_step(const struct guiding *g, const char *name) {
  static const char *const words[] = {"seen", "brick", "file", "source"};
  for (size_t i = 0; i < COUNT(words) && !g->book->builds; i++)
    if (str_eq(words[i], name)) return true;
  return false;
}

/* What is given now goes before what was noted, and that before what is proposed. `from`: the first word that may be key=value. */
static int read_form(struct guiding *g, int from) {
  struct session *s = &g->session;
  struct arguments some = *s->arguments;
  struct err e = {0};
  struct values typed = {0};
  some.words = 1;
  for (int i = from; i < s->arguments->words; i++) {
    const char *word = s->arguments->word[i], *eq = strchr(word, '=');
    const char *name = eq ? arena_strndup(s->arena, word, (size_t)(eq - word)) : NULL;
    if (name && !operation_argument(&guide_form, name) && is_of_step(g, name)) values_add(s->arena, &g->more, name, eq + 1, false);
    else if (strncmp(word, "force=", 6)) some.word[some.words++] = word;
  }
  int code = operation_typed(&some, &guide_form, s->snap, s->arena, &typed);
  if (code) return code;
  for (size_t i = 0; i < typed.list.count; i++) values_add(s->arena, &g->form, typed.list.item[i].name, typed.list.item[i].text, typed.list.item[i].secret);
  guide_notes_form(&g->notes, &g->form, s->arena);
  guide_form_fill(s->snap, &g->form, s->arena);
  struct planning p = {.operation = &guide_form, .snap = s->snap, .arena = s->arena};
  if (!operation_complete(&p, &g->form, &e)) return 0;
  err_print(&e);
  if (e.code == -EINVAL && !value_of_name(&g->form, "kvm")) fputs("kvmconsole: for instance: kvmconsole guide check kvm=kvm01 kvm=kvm02 gluster=node1 gluster=node2 gluster=node3 gluster=node4\n", stderr);
  return EXIT_USAGE;
}

static int open_notes(struct guiding *g) {
  struct session *s = &g->session;
  const char *world = s->arguments->option[OPT_WORLD];
  struct err e = {0};
  g->state = s->simulated ? NULL : state_directory();
  g->who = operator_name();
  if (g->state) mkdir(g->state, 0700);
  g->notes_path = guide_notes_path(g->state, s->simulated ? world : NULL, s->arena);
  shape_init(&guide_notes_shape, &g->notes);
  g->notes.schema = 1;
  if (!g->notes_path || !guide_notes_read(g->notes_path, s->arena, &g->notes, &e)) {
    g->were_done = guide_notes_done(&g->notes, s->arena);
    return 0;
  }
  err_print(&e);
  return EXIT_INPUT;
}

/* ---- printing ---- */

static void print_found(const struct guide_found *f) {
  static const char *const marks[] = {"?", "+", " ", "-", "!"};
  CLEANUP(str_free) struct str out = {0};
  str_addf(&out, "%s %2lld %-20s %-11s %s", marks[f->state], (long long)f->number, f->step, guide_state_words[f->state], f->text);
  if (f->blocked_by) str_addf(&out, " (first: %s)", f->blocked_by);
  print_clean(stdout, str_text(&out));
}

static void print_evidence(const struct guide_found *f) {
  for (size_t i = 0; i < f->evidence.count; i++) {
    const struct guide_evidence *e = &f->evidence.item[i];
    CLEANUP(mem_freep) char *line = mem_printf("      %s %s%s%s", e->good == TRUTH_YES ? "+" : e->good == TRUTH_NO ? "!" : "?", e->host ? e->host : "", e->host ? ": " : "", e->text);
    print_clean(stdout, line);
  }
}

static void found_json(const struct guiding *g, struct str *out) {
  size_t next = guide_next(g->book, g->found);
  str_addf(out, "{\"schema\":1,\"book\":\"%s\",\"next\":", g->book->name);
  json_text(out, next < g->book->count ? g->found[next].step : NULL);
  str_add(out, ",\"steps\":[");
  for (size_t i = 0; i < g->book->count; i++) {
    if (i) str_addc(out, ',');
    shape_encode(&guide_found_shape, &g->found[i], out);
  }
  str_add(out, "]}\n");
}

static int state_exit(const struct guiding *g) {
  bool unknown = false;
  for (size_t i = 0; i < g->book->count; i++) {
    if (g->found[i].state == GUIDE_TODO || g->found[i].state == GUIDE_BROKEN) return 1;
    unknown |= g->found[i].state != GUIDE_DONE;
  }
  return unknown ? 3 : 0;
}

static void say_over(const struct guiding *g) { printf("\n%s%s\n", g->book->builds ? "" : "Nothing to do here. ", g->book->over); }

static void print_by_hand(const struct guide_step *step) {
  if (step->by_hand) printf("By hand: %s\n", step->by_hand);
}

static int check(struct guiding *g) {
  CLEANUP(str_free) struct str out = {0};
  int code = look(g);
  if (code) return code;
  keep(g);
  if (g->json) {
    found_json(g, &out);
    fputs(str_text(&out), stdout);
  } else {
    size_t next = guide_next(g->book, g->found);
    for (size_t i = 0; i < g->book->count; i++) {
      print_found(&g->found[i]);
      if (g->found[i].state == GUIDE_BROKEN || g->found[i].state == GUIDE_UNKNOWN || i == next) print_evidence(&g->found[i]);
    }
    if (next == g->book->count) say_over(g);
    else if (g->book->builds) printf("\nNext: kvmconsole guide run %s\n", g->found[next].step);
    else printf("\nNext: kvmconsole guide --book %s run %s\n", g->book->name, g->found[next].step), print_by_hand(&g->book->steps[next]);
  }
  return state_exit(g);
}

/* ---- running ---- */

/* The secret that this run wants: given for the guide, or typed now. 0, or the exit code of what was said. */
static int add_secret(struct guiding *g, const struct guide_run *r) {
  struct session *s = &g->session;
  const struct operation_argument *arg = r->secret ? operation_argument(&guide_form, r->secret_from) : NULL;
  if (!arg) return 0;
  const char *known = value_of_name(&g->form, arg->name);
  if (!known && !session_has_terminal()) {
    fprintf(stderr, "kvmconsole: nothing ran: %s=@FILE or %s=@- is wanted: the password %s\n", arg->name, arg->name, arg->help);
    return SESSION_REFUSED;
  }
  if (!known) {
    CLEANUP(mem_freep) char *prompt = mem_printf("%s (%s): ", arg->title, arg->help);
    char *typed = session_ask(s, prompt, true);
    if (!typed) return EXIT_INTERRUPTED;
    values_set(s->arena, &g->form, arg->name, typed, true); /* once for all steps of this run */
    explicit_bzero(typed, strlen(typed));
    mem_free(typed);
    known = value_of_name(&g->form, arg->name);
  }
  values_set(s->arena, &s->preset, r->secret, known, true);
  return 0;
}

static int run_operation(struct guiding *g, const struct guide_step *step) {
  struct session *s = &g->session;
  struct running *r = &g->running;
  *r = (struct running){.session = s, .state = g->state, .json = g->json};
  running_watch(r);
  int code = running_go(r);
  if (r->tasks && tasks_count(r->tasks)) {
    struct task_view v;
    task_look(r->tasks, 0, &v);
    guide_notes_task(&g->notes, step->name, &v, s->arena);
  }
  running_end(r);
  return code;
}

static int run_drill_of(struct guiding *g, const struct guide_step *step, const struct drill *d) {
  struct session *s = &g->session;
  CLEANUP(str_free) struct str report = {0};
  int64_t began = wall(g);
  int code = drill_here(s, d, g->state, s->simulated ? "you" : g->who, g->json, &report);
  if (report.len) guide_notes_drill(&g->notes, step->name, s->plan, began, wall(g), s->simulated ? "you" : g->who, code ? "failed" : "passed", str_text(&report), s->arena);
  return code;
}

static int run_one(struct guiding *g, const struct guide_step *step, const struct guide_run *x, bool force) {
  struct session *s = &g->session;
  const struct drill *d = drill_of(x->operation);
  s->preset = (struct values){0};
  for (size_t i = 0; i < x->values.list.count; i++) values_add(s->arena, &s->preset, x->values.list.item[i].name, x->values.list.item[i].text, false);
  for (size_t i = 0; i < g->more.list.count; i++) {
    const struct value *v = &g->more.list.item[i];
    if (operation_argument(x->operation, v->name) && !value_of_name(&s->preset, v->name)) values_add(s->arena, &s->preset, v->name, v->text, false);
  }
  if (force) values_set(s->arena, &s->preset, "force", "yes", false);
  int code = add_secret(g, x);
  if (code) return code;
  if (!g->json) printf("\n-- %s: %s\n", step->title, x->say), fflush(stdout);
  g->arguments.command = d ? CMD_DRILL : CMD_RUN;
  g->arguments.words = 1;
  if (d) return run_drill_of(g, step, d);
  code = session_again(s, x->operation);
  return code ? code : run_operation(g, step);
}

/* Sources read what was done a moment later; some once a minute. */
static int look_until_done(struct guiding *g, size_t n) {
  int64_t settles = g->book->steps[n].settles_ms, most = settles > SETTLE_MS ? settles : SETTLE_MS;
  int code = look(g);
  for (int64_t end = wall(g) + most; !code && g->found[n].state != GUIDE_DONE && wall(g) < end && !g->session.interrupted;) {
    for (int64_t again = wall(g) + LOOK_AGAIN_MS; wall(g) < again && !g->session.interrupted && !g->session.hung_up;) session_step(&g->session);
    code = look(g);
  }
  return code;
}

static int says_no(const struct guiding *g, const struct guide_found *f, int code) {
  CLEANUP(mem_freep) char *line = f->state == GUIDE_BLOCKED ? mem_printf("kvmconsole: nothing ran: %s needs %s first, which is not done (force=yes tries it all the same)", f->step, f->blocked_by)
                                                            : mem_printf("kvmconsole: nothing ran: %s: %s: %s", f->step, guide_state_words[f->state], f->text);
  print_clean(stderr, line);
  if (!g->json) print_evidence(f);
  if (!g->json) print_by_hand(guide_step(g->book, f->step));
  return code;
}

static int run_step(struct guiding *g, const struct guide_step *step, bool force) {
  size_t n = guide_number(step);
  int code = 0;
  const struct guide_found *f = &g->found[n];
  struct guide_runs left;
  struct guide_look l = look_of(g);
  if (f->state == GUIDE_DONE) {
    if (!g->json) print_found(f);
    return 0;
  }
  if (f->state == GUIDE_BLOCKED && !force) return says_no(g, f, SESSION_REFUSED);
  guide_left(&l, step, false, g->session.arena, &left);
  if (!left.list.count && step->settles_ms && (code = look_until_done(g, n))) return code;
  if (!left.list.count && f->state == GUIDE_DONE) return print_found(f), 0;
  if (!left.list.count || (f->state == GUIDE_UNKNOWN && !force)) return says_no(g, f, f->state == GUIDE_UNKNOWN ? 3 : step->left ? SESSION_REFUSED : 1);
  for (size_t i = 0; i < left.list.count; i++) {
    code = run_one(g, step, &left.list.item[i], force);
    keep(g);
    if (code) return code;
  }
  code = look_until_done(g, n);
  keep(g);
  if (code) return code;
  if (!g->json) putchar('\n'), print_found(f), print_evidence(f);
  if (f->state == GUIDE_DONE) return 0;
  fprintf(stderr, "kvmconsole: all of it ran, and %s is %s\n", f->step, guide_state_words[f->state]);
  return f->state == GUIDE_UNKNOWN ? 3 : 1;
}

static int run(struct guiding *g, const char *which) {
  const struct guide_step *step = guide_step(g->book, which);
  bool all = !strcmp(which, "all"), force = false;
  for (int i = 2; i < g->session.arguments->words; i++) force |= !strcmp(g->session.arguments->word[i], "force=yes");
  int code = look(g);
  if (code) return code;
  keep(g);
  g->arguments = *g->session.arguments;
  g->session.arguments = &g->arguments;
  if (!all) return run_step(g, step, force);
  for (size_t n; !code && (n = guide_next(g->book, g->found)) < g->book->count;) code = run_step(g, &g->book->steps[n], force);
  if (!code && !g->json) printf("\n%s\n", g->book->over);
  return code;
}

/* ---- the record ---- */

static int export(struct guiding *g, const char *path) {
  CLEANUP(str_free) struct str out = {0};
  int code = look(g);
  if (code) return code;
  keep(g);
  if (str_ends(path, ".json")) guide_record_json(&g->notes, g->book, &g->form, g->found, wall(g), &out);
  else guide_record_markdown(&g->notes, g->book, &g->form, g->found, wall(g), &out);
  int fd = strcmp(path, "-") ? own_file(path) : STDOUT_FILENO;
  FILE *f = fd < 0 ? NULL : fd == STDOUT_FILENO ? stdout : fdopen(fd, "w");
  bool good = f && fputs(str_text(&out), f) >= 0;
  if (f && f != stdout && fclose(f)) good = false;
  if (good) return 0;
  fprintf(stderr, "kvmconsole: %s: %s; give a file that can be written\n", path, strerror(errno));
  return EXIT_INPUT;
}

/* ---- */

static int list(const struct guide_book *b, bool json) {
  CLEANUP(str_free) struct str out = {0};
  if (json) str_add(&out, "{\"schema\":1,\"steps\":[");
  for (size_t i = 0; i < b->count; i++) {
    if (!json) {
      str_addf(&out, "%2zu %-20s %s\n", i, b->steps[i].name, b->steps[i].title);
      continue;
    }
    str_add(&out, i ? ",{\"name\":" : "{\"name\":");
    json_text(&out, b->steps[i].name);
    str_add(&out, ",\"title\":");
    json_text(&out, b->steps[i].title);
    str_add(&out, ",\"help\":");
    json_text(&out, b->steps[i].why);
    str_add(&out, "}");
  }
  if (json) str_add(&out, "]}\n");
  fputs(str_text(&out), stdout);
  return 0;
}

/* Which books there are; on a cluster that can be read, which of them it calls for. */
static int books(struct arguments *a, bool json) {
  CLEANUP(str_free) struct str out = {0};
  struct session s = {.only_asks = true, .patient = true}; /* a mount that is gone is told by its host's setup */
  int code = session_read(&s, a);
  if (!code) {
    if (json) str_add(&out, "{\"schema\":1,\"books\":[");
    for (size_t i = 0; guide_books[i]; i++) {
      const struct guide_book *b = guide_books[i];
      const char *why = guide_called(b, s.snap, s.arena);
      if (!json) {
        str_addf(&out, "%s %-20s %s%s%s\n", why ? "!" : " ", b->name, b->title, why ? ": " : "", why ? why : "");
        continue;
      }
      const struct { const char *key, *text; } fields[] = {{"name", b->name}, {"title", b->title}, {"help", b->when}, {"problems", b->problems ? b->problems : ""}, {"called", why}};
      str_addc(&out, i ? ',' : '{');
      if (i) str_addc(&out, '{');
      for (size_t k = 0; k < COUNT(fields); k++) str_addf(&out, k ? ",\"%s\":" : "\"%s\":", fields[k].key), json_text(&out, fields[k].text);
      str_addc(&out, '}');
    }
    if (json) str_add(&out, "]}");
    print_clean(stdout, str_text(&out));
  }
  session_close(&s);
  return code;
}

const char *const guide_verbs[] = {"books", "list", "check", "run", "export", NULL};

static bool is_verb(const char *word) {
  for (size_t i = 0; guide_verbs[i]; i++)
    if (str_eq(guide_verbs[i], word)) return true;
  return false;
}

static int usage(const struct arguments *a, const struct guide_book *b, const char *verb, int *ret_from) {
  bool runs = !strcmp(verb, "run"), exports = !strcmp(verb, "export");
  *ret_from = runs || exports ? 2 : 1;
  if (!is_verb(verb)) return usage_error("guide: there is no %s (books, list, check, run STEP, export FILE)", verb);
  if (!b) return usage_error("guide: there is no book %s (see kvmconsole guide books)", a->option[OPT_BOOK]);
  if ((runs || exports) && a->words < 2) return usage_error("guide %s: %s", verb, runs ? "which step? its name, its number, or all" : "to which file?");
  if (runs && strcmp(a->word[1], "all") && !guide_step(b, a->word[1])) return usage_error("guide: there is no step %s (see kvmconsole guide list%s%s)", a->word[1], b->builds ? "" : " --book ", b->builds ? "" : b->name);
  if (runs && (a->option[OPT_READ_ONLY] || a->option[OPT_REPLAY])) {
    fprintf(stderr, "kvmconsole: nothing ran: %s\n", a->option[OPT_READ_ONLY] ? "--read-only" : "a recording cannot be acted on");
    return EXIT_RIGHTS;
  }
  return 0;
}

int run_guide(struct arguments *a) {
  struct guiding g = {.json = a->option[OPT_JSON] != NULL};
  const char *verb = a->words ? a->word[0] : "list";
  int from, code;
  g.book = a->option[OPT_BOOK] ? guide_book(a->option[OPT_BOOK]) : guide_books[0];
  code = usage(a, g.book, verb, &from);
  if (code || !strcmp(verb, "list")) return code ? code : list(g.book, g.json);
  if (!strcmp(verb, "books")) return books(a, g.json);
  g.session.confirm_list = true;
  g.session.only_asks = strcmp(verb, "run") != 0;
  code = session_read(&g.session, a);
  if (!code) code = open_notes(&g);
  if (!code) code = read_form(&g, from);
  if (!code) code = !strcmp(verb, "check") ? check(&g) : !strcmp(verb, "run") ? run(&g, a->word[1]) : export(&g, a->word[1]);
  for (size_t i = 0; i < g.form.list.count; i++)
    if (g.form.list.item[i].secret && g.form.list.item[i].text) explicit_bzero((char *)g.form.list.item[i].text, strlen(g.form.list.item[i].text));
  mem_free(g.state);
  mem_free(g.who);
  session_close(&g.session);
  return code;
}
