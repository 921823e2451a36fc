#include "base/clock.h"
#include "base/utf8.h"
#include "tui/modal.h"
#include "tui/text.h"
#include "views/screen/app.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

/* ---- the window ---- */

static const struct { int64_t ms; const char *words; } spans[] = {{10000, "10 s"}, {60000, "1 min"}, {600000, "10 min"}, {3600000, "1 h"}, {21600000, "6 h"}};

int64_t logs_span_ms(const struct logs_state *s) { return spans[s->span].ms; }

void logs_window(const struct logs_state *s, int64_t now, int64_t *ret_since, int64_t *ret_until) {
  *ret_since = s->moment - logs_span_ms(s);
  *ret_until = s->follow || now < s->moment + logs_span_ms(s) ? now : s->moment + logs_span_ms(s);
  if (s->now && !s->follow) *ret_until = s->moment;
  if (*ret_until < *ret_since) *ret_until = *ret_since;
}

void logs_state_free(struct logs_state *s) {
  for (size_t i = 0; i < s->rules.count; i++) {
    struct logs_rule *r = &s->rules.item[i];
    mem_free(r->host), mem_free(r->file), mem_free(r->word), mem_free(r->what);
  }
  mem_free(s->rules.item);
  mem_free(s->about);
  mem_free(s->why);
  mem_free(s->save);
  prompt_free(&s->name);
  *s = (struct logs_state){0};
}

/* ---- the list ---- */

enum { WHEN, HOST, WHAT, SIGN, TEXT };
static const struct list_column columns[] = {
    [WHEN] = {{.title = "TIME", .min = 12, .max = 12, .priority = 90}, "at"},
    [HOST] = {{.title = "HOST", .min = 5, .max = 12, .priority = 80, .whole = true}, "host"},
    [WHAT] = {{.title = "WHO", .min = 6, .max = 14, .priority = 50, .whole = true}, "what"},
    [SIGN] = {{.title = "!", .min = 1, .max = 1, .priority = 95}, "priority"},
    [TEXT] = {{.title = "WHAT IT SAYS", .min = 16, .weight = 4, .priority = 99}, NULL},
};

static const struct { enum role role; enum symbol sign; bool blank; } looks[] = {
    [PRIORITY_UNKNOWN] = {ROLE_UNKNOWN, SYMBOL_UNKNOWN, false}, [PRIORITY_DEBUG] = {ROLE_DIM, SYMBOL_BULLET, true}, [PRIORITY_INFO] = {ROLE_DIM, SYMBOL_BULLET, true},
    [PRIORITY_NOTICE] = {ROLE_NORMAL, SYMBOL_BULLET, false}, [PRIORITY_WARNING] = {ROLE_WARN, SYMBOL_WARN, false}, [PRIORITY_ERROR] = {ROLE_BAD, SYMBOL_BAD, false},
    [PRIORITY_CRITICAL] = {ROLE_BAD, SYMBOL_BAD, false}};

static const char MARK[] = "moment", NOTHING[] = "nothing";

static bool current(const struct input *in) { return in->logs && in->logs_asked && in->logs->serial == in->logs_asked->serial; }
static bool visible(const struct logs_state *s, const struct log_entry *e) { return (!s->narrow || e->concerns) && (!e->priority || e->priority >= s->least); }

static const char *stamp_text(const struct input *in, int64_t at) {
  const char *clock = clock_text(in, at);
  return clock ? arena_printf(in->arena, "%s.%03d", clock, (int)(at % 1000 + (at % 1000 < 0 ? 1000 : 0))) : NULL;
}

static const struct log_entry *mark_of(const struct input *in) {
  const struct logs_state *s = in->logs_asked;
  struct log_entry *e = arena_alloc(in->arena, sizeof *e);
  const char *line = symbol(in->glyphs, SYMBOL_HORIZONTAL), *what = s->why ? s->why : s->now ? "now, as it was asked" : "the moment asked about";
  *e = (struct log_entry){.at = s->moment, .id = MARK, .host = line, .what = line, .kind = -1, .priority = PRIORITY_NOTICE};
  e->line = e->text = arena_printf(in->arena, "%s%s %s%s%s %s%s", line, line, s->about && s->why ? s->about : "", s->about && s->why ? ": " : "", what, line, line);
  return e;
}

/* Lines that were read and are not shown are said, not silently missing. */
static const struct log_entry *nothing_of(const struct input *in, size_t read) {
  const struct logs_state *s = in->logs_asked;
  size_t concern = 0;
  for (size_t i = 0; i < read; i++) concern += in->logs->item[i].concerns;
  char all[KEY_NAME], wider[KEY_NAME], severity[KEY_NAME];
  keymap_hint(in->keymap, CONTEXT_LOGS, ACTION_LOGS_ALL, all);
  keymap_hint(in->keymap, CONTEXT_LOGS, ACTION_LOGS_WIDER, wider);
  keymap_hint(in->keymap, CONTEXT_LOGS, ACTION_LOGS_SEVERITY, severity);
  struct log_entry *e = arena_alloc(in->arena, sizeof *e);
  *e = (struct log_entry){.at = s->moment, .id = NOTHING, .host = "-", .what = "-", .kind = -1, .priority = PRIORITY_NOTICE};
  if (s->narrow && concern) e->text = arena_printf(in->arena, "none of %zu lines that concern %s is so grave: %s shows the others", concern, s->about, severity);
  else if (s->narrow && s->about) e->text = arena_printf(in->arena, "none of %zu lines concerns %s: %s shows them all, %s a longer time", read, s->about, all, wider);
  else if (read) e->text = arena_printf(in->arena, "none of %zu lines is so grave: %s shows the others", read, severity);
  else e->text = arena_printf(in->arena, "no line in this time: %s a longer one", wider);
  e->line = e->text;
  return e;
}

static size_t collect(const struct input *in, const void ***ret) {
  if (!in->logs_asked || !in->logs_asked->serial) return 0;
  const struct logs_state *s = in->logs_asked;
  const struct log_book *b = in->logs;
  size_t count = current(in) ? b->count : 0, notes = current(in) ? b->note_count : 0, n = 0, i = 0, lines = 0;
  *ret = arena_array(in->arena, count + notes + 2, sizeof **ret);
  for (; i < count && b->item[i].at < s->moment; i++)
    if (visible(s, &b->item[i])) (*ret)[n++] = &b->item[i];
  lines = n;
  (*ret)[n++] = mark_of(in);
  for (size_t k = 0; k < notes; k++) (*ret)[n++] = &b->notes[k];
  for (; i < count; i++)
    if (visible(s, &b->item[i])) (*ret)[n++] = &b->item[i], lines++;
  if (!lines && current(in) && !b->reading && !b->cannot && b->answered) (*ret)[n++] = nothing_of(in, count);
  return n;
}

static const char *id_of(const struct input *in, const void *item) {
  (void)in;
  return ((const struct log_entry *)item)->id;
}

/* Pacemaker's daemons all begin with its name, which would fill the column. */
static const char *who(const struct log_entry *e) { return e->what && str_starts(e->what, "pacemaker-") ? e->what + strlen("pacemaker-") : e->what; }

static void fill(const struct input *in, const void *item, struct row *out) {
  const struct log_entry *e = item;
  enum role role = e->id == MARK ? ROLE_ACCENT : looks[e->priority].role;
  row_put(out, WHEN, e->id == MARK ? ROLE_ACCENT : ROLE_DIM, stamp_text(in, e->at));
  row_put(out, HOST, e->kind < 0 ? role : ROLE_NORMAL, e->host);
  row_put(out, WHAT, e->kind < 0 ? role : ROLE_DIM, who(e));
  row_put(out, SIGN, role, e->id == MARK || looks[e->priority].blank ? " " : symbol(in->glyphs, looks[e->priority].sign));
  row_put(out, TEXT, role == ROLE_DIM || role == ROLE_UNKNOWN ? ROLE_NORMAL : role, e->text);
}

/* What was read grows at its end while it is read; how a time is written is the zone's, which stays. */
static uint64_t stamp(const struct input *in) {
  const struct logs_state *s = in->logs_asked;
  const struct log_book *b = in->logs;
  if (!s || !current(in)) return 0;
  uint64_t x = (uint64_t)(uintptr_t)b->item;
  const uint64_t parts[] = {s->serial, s->again, b->round, (uint64_t)s->moment, s->narrow, (uint64_t)s->least, (uint64_t)(uintptr_t)s->about, b->count, b->count ? (uint64_t)b->item[b->count - 1].at : 0, b->note_count, (uint64_t)(uintptr_t)b->notes, b->reading, b->answered, in->utc};
  for (size_t i = 0; i < COUNT(parts); i++) x = (x ^ parts[i]) * UINT64_C(0x9E3779B97F4A7C15) + (x >> 29);
  return x ? x : 1;
}

/* "Logs of test01, 1 min before and after 12:03:44, warning and worse". */
static const char *heading(const struct input *in) {
  const struct logs_state *s = in->logs_asked;
  if (!s || !s->serial) return NULL;
  const char *when = s->follow ? "followed" : s->now ? arena_printf(in->arena, "the last %s", spans[s->span].words) : arena_printf(in->arena, "%s before and after %s", spans[s->span].words, clock_text(in, s->moment));
  const char *grave = s->least > PRIORITY_DEBUG ? arena_printf(in->arena, ", %s and worse", log_priority_names[s->least]) : "";
  return arena_printf(in->arena, "Logs of %s, %s%s", s->narrow && s->about ? s->about : "all hosts", when, grave);
}

static const char *note(const struct input *in) {
  const struct log_book *b = in->logs;
  if (!current(in) || !b->asked) return NULL;
  if (b->reading) return arena_printf(in->arena, "reading, %zu of %zu hosts", b->answered, b->asked);
  return b->answered < b->asked ? arena_printf(in->arena, "%zu of %zu hosts", b->answered, b->asked) : NULL;
}

const struct list list_logs = {.name = "logs", .title = "Logs", .help = "what the daemons of all hosts wrote around a moment", .action = ACTION_VIEW_LOGS,
                               .shape = &log_entry_shape, .columns = columns, .column_count = COUNT(columns), .tail = true,
                               .empty = "nothing was asked for yet", .collect = collect, .stamp = stamp, .id = id_of, .fill = fill, .heading = heading, .note = note};

/* ---- opening, and where the selection is ---- */

bool logs_shown(const struct app *a) { return a->view == VIEW_FIRST_LIST + LIST_LOGS || (a->view == VIEW_DETAIL && a->detail_list == LIST_LOGS); }

void logs_open(struct app *a, const struct input *in) {
  const char *id;
  const void **items, *item = NULL;
  int list = app_selected(a, in, &id);
  size_t n = in->snap && list >= 0 && id ? lists[list]->collect(in, &items) : 0;
  for (size_t i = 0; i < n && !item; i++)
    if (str_eq(lists[list]->id(in, items[i]), id)) item = items[i];
  logs_about(&a->logs, in, item ? lists[list] : NULL, item);
  a->lists[LIST_LOGS].touched = false;
  if (a->view != VIEW_DETAIL || a->detail_list != LIST_LOGS) {
    app_go(a, VIEW_FIRST_LIST + LIST_LOGS);
    return;
  }
  a->view = VIEW_FIRST_LIST + LIST_LOGS; /* the line that was open is of another question, and so is the list behind it */
  if (a->back_count && a->back[a->back_count - 1].view == a->view) a->back_count--;
}

/* The moment in the middle, as long as nobody has moved; when followed, the end. */
void logs_settle(struct app *a, const struct input *in, int height) {
  struct list_state *s = &a->lists[LIST_LOGS];
  struct list_rows r;
  list_open(&r, &list_logs, s, in);
  if (s->touched) {
    table_follow(&r.table, &s->table, height);
    return;
  }
  if (a->logs.follow || !r.table.row_count || s->sorted) {
    table_move(&r.table, &s->table, height, MOVE_END);
    return;
  }
  size_t at = 0;
  while (at < r.table.row_count && ((const struct log_entry *)r.item[at])->id != MARK) at++;
  size_t below = at + (size_t)(height > 2 ? (height - 1) / 2 : 0);
  if (below >= r.table.row_count) below = r.table.row_count - 1;
  table_move(&r.table, &s->table, height, MOVE_HOME);
  table_select(&r.table, &s->table, height, id_of(in, r.item[below]));
  table_select(&r.table, &s->table, height, MARK);
}

/* ---- keys ---- */

static unsigned ask_name(struct app *a, const struct input *in) {
  struct logs_state *s = &a->logs;
  char name[64], when[CLOCK_TEXT];
  if (!current(in) || !in->logs->count) {
    app_say(a, "there is nothing to be saved");
    return APP_CHANGED;
  }
  clock_rfc3339(when, s->moment);
  snprintf(name, sizeof name, "kvmconsole-logs-%.4s%.2s%.2sT%.2s%.2s%.2sZ.txt", when, when + 5, when + 8, when + 11, when + 14, when + 17);
  prompt_set(&s->name, name);
  s->naming = true;
  s->wrong = NULL;
  return APP_CHANGED;
}

static unsigned span(struct app *a, int step) {
  struct logs_state *s = &a->logs;
  size_t last = COUNT(spans) - 1;
  if ((step < 0 && !s->span) || (step > 0 && s->span == last)) return APP_CHANGED;
  s->span = step < 0 ? s->span - 1 : s->span + 1;
  s->again++;
  return APP_CHANGED;
}

static unsigned follow(struct app *a, const struct input *in) {
  struct logs_state *s = &a->logs;
  if (in->time.past && !s->follow) {
    app_say(a, "another moment than now is shown: what happens now is followed live");
    return APP_CHANGED;
  }
  s->follow = !s->follow;
  if (s->follow) a->lists[LIST_LOGS].touched = false;
  s->again++;
  return APP_CHANGED;
}

unsigned logs_act(struct app *a, const struct input *in, enum action action) {
  static const int steps[] = {PRIORITY_UNKNOWN, PRIORITY_NOTICE, PRIORITY_WARNING, PRIORITY_ERROR};
  struct logs_state *s = &a->logs;
  size_t i = 0;
  switch (action) {
  case ACTION_LOGS_ALL:
    if (s->about) s->narrow = !s->narrow;
    else app_say(a, "these are the lines of all: nothing was selected");
    return APP_CHANGED;
  case ACTION_LOGS_SEVERITY:
    while (i < COUNT(steps) && steps[i] != s->least) i++;
    s->least = steps[(i + 1) % COUNT(steps)];
    return APP_CHANGED;
  case ACTION_LOGS_WIDER: return span(a, 1);
  case ACTION_LOGS_NARROWER: return span(a, -1);
  case ACTION_LOGS_FOLLOW: return follow(a, in);
  case ACTION_LOGS_AGAIN:
    if (s->now) s->moment = in->wall;
    s->again++;
    return APP_CHANGED;
  case ACTION_LOGS_SAVE: return ask_name(a, in);
  default: return 0;
  }
}

/* ---- a name for the file ---- */

unsigned logs_name_key(struct app *a, const struct input *in, struct key k, enum action action) {
  struct logs_state *s = &a->logs;
  (void)in;
  if (k.pasted && k.code >= KEYSYM_FIRST) return 0;
  if (prompt_key(&s->name, k) != PROMPT_NOT) {
    s->wrong = NULL;
    return APP_CHANGED;
  }
  if (action == ACTION_BACK || action == ACTION_QUIT) {
    s->naming = false;
    return APP_CHANGED;
  }
  if (action != ACTION_OPEN) return 0;
  if (!s->name.len) {
    s->wrong = "it needs a name";
    return APP_CHANGED;
  }
  mem_free(s->save);
  s->save = mem_strdup(prompt_text(&s->name));
  return APP_SAVE | APP_CHANGED;
}

void logs_saved(struct app *a, const char *says) {
  a->logs.naming = false;
  app_say(a, says);
}

void logs_draw_name(struct pen body, const struct app *a) {
  int w = 70, h = 4;
  modal_size(body.w, body.h, &w, &h);
  struct pen p = modal_open(body, w, h, &(struct box){.title = "Save what is shown", .focused = true});
  pen_field(p, 1, 0, p.w - 2, STYLE(NORMAL), "into a new file, for your eyes only; Esc: not at all");
  prompt_draw(pen_sub(p, 1, 2, p.w - 2, 1), &a->logs.name, STYLE(INPUT), false, true);
  if (a->logs.wrong) pen_field(p, 1, 3, p.w - 2, STYLE(WARN), a->logs.wrong);
}

/* ---- one line, and all of them as a file ---- */

static void put(struct text *t, const char *name, struct style s, const char *value) {
  text_indent(t, 0, 11);
  text_addf(t, STYLE(DIM), "%-10s ", name);
  text_more(t, s, value && *value ? value : "-");
}

struct text *logs_text(const struct input *in, const char *id) {
  const void **items;
  struct text *t = text_new();
  size_t n = collect(in, &items), i = 0;
  char when[CLOCK_TEXT];
  while (i < n && !str_eq(id_of(in, items[i]), id)) i++;
  if (i == n) {
    text_add(t, STYLE(WARN), "this line is not there any more: the hosts were asked anew");
    return t;
  }
  const struct log_entry *e = items[i];
  put(t, "time", STYLE(NORMAL), stamp_text(in, e->at));
  put(t, "", STYLE(DIM), clock_rfc3339(when, e->at));
  if (e->id != MARK) put(t, "host", STYLE(NORMAL), e->host);
  if (e->kind < 0) { /* the console's own words */
    text_indent(t, 0, 0);
    text_add(t, STYLE(NORMAL), "");
    text_add(t, style_of(e->id == MARK ? ROLE_NORMAL : looks[e->priority].role), e->text);
    return t;
  }
  put(t, "who", STYLE(NORMAL), e->what);
  put(t, "severity", style_of(looks[e->priority].role), e->priority ? log_priority_names[e->priority] : "it does not say");
  put(t, "read from", STYLE(NORMAL), e->file);
  text_indent(t, 0, 0);
  text_add(t, STYLE(NORMAL), "");
  text_add(t, STYLE(NORMAL), e->text);
  if (e->line && strcmp(e->line, e->text)) {
    text_add(t, STYLE(NORMAL), "");
    text_add(t, STYLE(DIM), "as it was written");
    text_add(t, STYLE(DIM), e->line);
  }
  return t;
}

size_t logs_print(const struct input *in, struct str *out) {
  const void **items;
  size_t n = collect(in, &items), lines = 0;
  char when[CLOCK_TEXT];
  str_addf(out, "# %s\n", heading(in) ? heading(in) : "Logs");
  for (size_t i = 0; i < n; i++) {
    const struct log_entry *e = items[i];
    bool read = e->kind >= 0;
    const char *line = arena_printf(in->arena, "%s%s %s %s %s: %s", read ? "" : "# ", clock_rfc3339(when, e->at), e->host, e->priority ? log_priority_names[e->priority] : "?", read && !str_eq(e->file, "journal") ? e->file : e->what, read ? e->line : e->text);
    size_t room = 3 * strlen(line) + 1;
    str_addf(out, "%s\n", utf8_clean(arena_alloc(in->arena, room), room, line)); /* a line stays a line */
    lines += read;
  }
  return lines;
}
