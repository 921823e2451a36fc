#include "views/reader.h"
#include "base/clock.h"
#include "run/log_ask.h"
#include "sources/raw.h"
#include "views/new_file.h"
#include "views/simulation.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { FOLLOW_MS = 4000, OVERLAP_MS = 3000, GATHER_MS = 40, LINES_EACH = 4000, HOSTS_FEW = 8, BYTES_ALL = 32 << 20 };

struct host_log { char *name, *why; bool answered; }; /* why: it could not be read; NULL: it was, or is being */

struct reader {
  struct console *console;
  struct executor *executor; /* NULL: none */
  char *never;               /* why nobody can be asked; owned */
  struct log_asking *asking;
  struct timer *next, *gather; /* gather: what hosts have said in a short while is taken up at once */
  /* the question that is being answered, or was */
  uint64_t serial, again, round;
  int64_t since, until, from; /* from: of this round, later than since while it is followed */
  bool put;                   /* it was */
  struct host_log *hosts;
  size_t host_count;
  struct log_part *parts;
  size_t part_count;
  struct log_entry *item;
  size_t count, dropped;
  struct arena *notes_arena;
  struct log_entry *notes;
  size_t note_count;
};

static int64_t now_of(const struct reader *r) { return r->console->feed ? feed_wall(r->console->feed) : clock_wall_ms(); }
static int64_t clock_now(void *owner) { return now_of(owner); }

bool reader_busy(const struct reader *r) { return r && (r->asking || timer_armed(r->gather)); }

/* ---- what is to be said of the hosts ---- */

static void note(struct reader *r, const char *host, enum log_priority priority, const char *text) {
  r->notes = mem_grow(r->notes, r->note_count + 1, sizeof *r->notes);
  r->notes[r->note_count] = (struct log_entry){.at = r->console->app.logs.moment, .id = arena_printf(r->notes_arena, "note %zu %s", r->note_count, host), .host = arena_strdup(r->notes_arena, host),
                                               .what = "console", .file = "this console", .text = text, .line = text, .kind = -1, .priority = (int)priority};
  r->note_count++;
}

static void note_part(struct reader *r, const struct log_part *p) {
  char age[CLOCK_TEXT];
  int64_t skew = p->skew_ms;
  if (skew != UNKNOWN_INT && (skew >= LOG_SKEW_MS || skew <= -LOG_SKEW_MS))
    note(r, p->host, PRIORITY_WARNING, arena_printf(r->notes_arena, "its clock is %s %s: its lines stand here where they belong", clock_age(age, skew < 0 ? -skew : skew), skew < 0 ? "behind" : "ahead"));
  for (size_t i = 0; i < p->denied.count; i++) note(r, p->host, PRIORITY_WARNING, arena_printf(r->notes_arena, "%s may not be read: be root there", p->denied.item[i]));
  if (p->no_journal) note(r, p->host, PRIORITY_INFO, "no journal there: files only");
  if (p->left_out) note(r, p->host, PRIORITY_NOTICE, arena_printf(r->notes_arena, "%" PRId64 " older lines are left out: a shorter time shows them", p->left_out));
  if (p->full || !p->whole) note(r, p->host, PRIORITY_WARNING, "not read to the end: it had too much, or took too long; a shorter time shows more");
}

static void make_notes(struct reader *r) {
  arena_free(r->notes_arena);
  r->notes_arena = arena_new();
  r->note_count = 0;
  if (r->never) note(r, "-", PRIORITY_WARNING, arena_strdup(r->notes_arena, r->never));
  for (size_t i = 0; i < r->host_count; i++) {
    const struct host_log *h = &r->hosts[i];
    if (h->why) note(r, h->name, PRIORITY_ERROR, arena_strdup(r->notes_arena, h->why));
    for (size_t k = r->part_count; k-- > 0;)
      if (!h->why && str_eq(r->parts[k].host, h->name)) {
        note_part(r, &r->parts[k]);
        break; /* the newest says how it is */
      }
  }
  if (r->dropped) note(r, "-", PRIORITY_NOTICE, arena_printf(r->notes_arena, "%zu lines further away are left out: more than %d are not kept", r->dropped, LOG_LINES_MAX));
}

/* ---- what was read, as one ---- */

static int by_time(const void *a, const void *b) {
  const struct log_entry *x = *(const struct log_entry *const *)a, *y = *(const struct log_entry *const *)b;
  int order;
  if (x->at != y->at) return x->at < y->at ? -1 : 1;
  if ((order = strcmp(x->host, y->host)) != 0) return order;
  return strcmp(x->id, y->id);
}

static void drop_part(struct reader *r, size_t i) {
  log_part_free(&r->parts[i]);
  memmove(r->parts + i, r->parts + i + 1, (r->part_count - i - 1) * sizeof *r->parts);
  r->part_count--;
}

static void drop_parts(struct reader *r) {
  while (r->part_count) drop_part(r, r->part_count - 1);
  r->count = r->dropped = 0;
}

/* Those nearest to the moment stay; while it is followed, the newest. */
static size_t first_kept(const struct reader *r, struct log_entry **all, size_t n) {
  const struct logs_state *s = &r->console->app.logs;
  size_t from = 0, to = n;
  if (s->follow || s->now) return n - LOG_LINES_MAX;
  while (to - from > LOG_LINES_MAX) {
    if (s->moment - all[from]->at > all[to - 1]->at - s->moment) from++;
    else to--;
  }
  return from;
}

static void take_up(struct reader *r) {
  size_t n = 0;
  for (size_t i = 0; i < r->part_count; i++) n += r->parts[i].count;
  CLEANUP(mem_freep) struct log_entry **all = mem_alloc((n + 1) * sizeof *all);
  n = 0;
  for (size_t i = 0; i < r->part_count; i++)
    for (size_t k = 0; k < r->parts[i].count; k++) all[n++] = &r->parts[i].item[k];
  if (n) qsort(all, n, sizeof *all, by_time);
  size_t from = n > LOG_LINES_MAX ? first_kept(r, all, n) : 0;
  r->dropped = n > LOG_LINES_MAX ? n - LOG_LINES_MAX : 0;
  r->count = n - r->dropped;
  r->item = mem_grow(r->item, r->count + 1, sizeof *r->item);
  for (size_t i = 0; i < r->count; i++) r->item[i] = *all[from + i];
  make_notes(r);
}

static void on_gather(void *owner) {
  struct reader *r = owner;
  take_up(r);
  if (r->console->acted) r->console->acted(r->console);
  else console_look(r->console);
}

/* ---- asking ---- */

static void on_part(void *owner, const char *host, struct log_part *part, const char *why) {
  struct reader *r = owner;
  for (size_t i = 0; i < r->host_count; i++)
    if (str_eq(r->hosts[i].name, host)) {
      mem_free(r->hosts[i].why);
      r->hosts[i].why = mem_strdup(why);
      r->hosts[i].answered = !why;
    }
  if (part) {
    for (size_t i = 0; i < part->count; i++) part->item[i].concerns = logs_concern(&r->console->app.logs.rules, &part->item[i]);
    for (size_t i = r->part_count; i-- > 0;) { /* what it said before of this time is said anew */
      struct log_part *p = &r->parts[i];
      if (!str_eq(p->host, host)) continue;
      while (p->count && p->item[p->count - 1].at >= r->from) p->count--;
      if (!p->count) drop_part(r, i);
    }
    r->parts = mem_grow(r->parts, r->part_count + 1, sizeof *r->parts);
    r->parts[r->part_count++] = *part;
    *part = (struct log_part){0};
  }
  if (!timer_armed(r->gather)) timer_set(r->gather, r->console->simulated ? 0 : GATHER_MS);
}

static void on_done(void *owner) {
  struct reader *r = owner;
  r->asking = NULL;
  if (r->console->app.logs.follow && logs_shown(&r->console->app)) timer_set(r->next, FOLLOW_MS);
  if (!timer_armed(r->gather)) timer_set(r->gather, 0);
}

static void forget_hosts(struct reader *r) {
  for (size_t i = 0; i < r->host_count; i++) mem_free(r->hosts[i].name), mem_free(r->hosts[i].why);
  r->host_count = 0;
}

/* All that are known now; one that is surely off is not waited for. */
static void choose_hosts(struct reader *r, struct arena *a, struct texts *ret) {
  const struct snapshot *s = r->console->newest;
  *ret = (struct texts){0};
  forget_hosts(r);
  r->hosts = mem_grow(r->hosts, s->hosts.count + 1, sizeof *r->hosts);
  for (size_t i = 0; i < s->hosts.count; i++) {
    const struct host_view *h = &s->hosts.item[i];
    bool off = snapshot_off(s, h);
    r->hosts[r->host_count++] = (struct host_log){mem_strdup(h->name), off ? mem_strdup("not asked: it is off") : NULL, false};
    if (!off) texts_add(a, ret, h->name);
  }
}

static void put_question(struct reader *r, int64_t from) {
  struct arena *a = arena_new();
  const struct log_answers to = {clock_now, on_part, on_done, r};
  struct log_question q = {.since = from, .until = r->until, .now = now_of(r), .round = ++r->round, .mask = raw_mask};
  log_asking_end(r->asking);
  r->from = from;
  choose_hosts(r, a, &q.hosts);
  q.lines = q.hosts.count > HOSTS_FEW ? LINES_EACH * HOSTS_FEW / (int64_t)q.hosts.count : LINES_EACH; /* of many hosts each may say less: all of it has to be kept */
  q.bytes = q.hosts.count > BYTES_ALL / LOG_BYTES_MAX ? BYTES_ALL / (int64_t)q.hosts.count : LOG_BYTES_MAX;
  executor_see(r->executor, r->console->newest);
  r->asking = log_ask(r->console->loop, r->executor, &q, &to);
  make_notes(r);
  arena_free(a);
}

static void on_next(void *owner) {
  struct reader *r = owner;
  struct logs_state *s = &r->console->app.logs;
  if (!s->follow || r->asking || !r->console->newest || !logs_shown(&r->console->app)) return;
  int64_t from = r->until - OVERLAP_MS;
  logs_window(s, now_of(r), &r->since, &r->until);
  put_question(r, from > r->since ? from : r->since);
}

void reader_see(struct reader *r) {
  const struct app *app = &r->console->app;
  const struct logs_state *s = &app->logs;
  const struct snapshot *snap = r->console->newest;
  if (!logs_shown(app)) { /* nobody looks: nobody is asked */
    log_asking_end(r->asking);
    if (r->asking) r->put = false; /* half of it was read: anew when it is looked at again */
    r->asking = NULL;
    timer_set(r->next, -1);
    return;
  }
  if (!s->serial || (r->put && r->serial == s->serial && r->again == s->again)) {
    if (s->follow && r->executor && r->put && !r->asking && !timer_armed(r->next)) timer_set(r->next, 0); /* the view was left meanwhile */
    return;
  }
  if (r->serial != s->serial) {
    drop_parts(r);
    forget_hosts(r);
  }
  r->serial = s->serial;
  make_notes(r);
  if (!r->executor) r->again = s->again, r->put = true;
  if (!r->executor || !snap || !snap->hosts.count) return;
  r->again = s->again;
  r->put = true;
  logs_window(s, now_of(r), &r->since, &r->until);
  put_question(r, r->since);
}

void reader_input(struct reader *r, struct input *in) {
  struct log_book *b = arena_alloc(in->arena, sizeof *b);
  size_t answered = 0;
  for (size_t i = 0; i < r->host_count; i++) answered += r->hosts[i].answered;
  *b = (struct log_book){.serial = r->serial, .round = r->round, .item = r->item, .count = r->count, .notes = r->notes, .note_count = r->note_count, .asked = r->host_count, .answered = answered, .reading = r->asking != NULL, .cannot = r->never};
  in->logs = b;
  in->logs_asked = &r->console->app.logs;
}

/* ---- a file ---- */

void reader_save(struct reader *r) {
  struct logs_state *s = &r->console->app.logs;
  CLEANUP(mem_freep) char *name = s->save;
  CLEANUP(str_free) struct str text = {0};
  struct arena *a = arena_new();
  struct input in;
  s->save = NULL;
  if (!name) return arena_free(a);
  console_input(r->console, &in, a);
  size_t lines = logs_print(&in, &text);
  CLEANUP(mem_freep) char *whole = NULL;
  const char *why = new_file(name, str_text(&text), text.len, &whole);
  if (why) s->wrong = why;
  else logs_saved(&r->console->app, arena_printf(a, "%zu lines saved to %s, for your eyes only", lines, whole));
  arena_free(a);
}

/* ---- its life ---- */

struct reader *reader_new(struct console *c, struct arguments *a) {
  struct reader *r = mem_alloc(sizeof *r);
  *r = (struct reader){.console = c, .never = c->replay ? mem_strdup("this is a recording: there are no hosts to be asked for their logs") : NULL};
  r->next = loop_timer(c->loop, -1, on_next, r);
  r->gather = loop_timer(c->loop, -1, on_gather, r);
  if (!r->never) r->executor = c->simulated ? simulation_reader(a->simulation, c->loop) : executor_hosts(c->loop, &a->config);
  return r;
}

void reader_free(struct reader *r) {
  if (!r) return;
  log_asking_end(r->asking);
  executor_free(r->executor);
  drop_parts(r);
  forget_hosts(r);
  timer_end(r->next);
  timer_end(r->gather);
  mem_free(r->hosts);
  mem_free(r->parts);
  mem_free(r->item);
  mem_free(r->notes);
  arena_free(r->notes_arena);
  mem_free(r->never);
  mem_free(r);
}
