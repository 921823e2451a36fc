/* What things cost inside this process, a line each on stdout: KIND <tab> NAME <tab> milliseconds of CPU or bytes (median of
 * 20). Under callgrind, started with --instr-atstart=no, each thing is done once and counted by itself.
 *   speed keys                    each of keys.h at `big` on 220x60: the key and its frame
 *   speed stream [SCENARIO]       a line that says something new, one that says the same again, a beat; merge, difference, frame */
#include "model/difference.h"
#include "tests/bench/keys.h"
#include "tests/unit/guided.h"
#include "views/timeline.h"
#include <stdlib.h>
#include <time.h>
#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#else
#define RUNNING_ON_VALGRIND 0
#define CALLGRIND_START_INSTRUMENTATION ((void)0)
#define CALLGRIND_ZERO_STATS ((void)0)
#define CALLGRIND_DUMP_STATS_AT(name) ((void)(name))
#endif

enum { TRIES = 20, WIDTH = 220, HEIGHT = 60, LINES_OF_LOGS = 20000 };

struct bench { struct acted *x; struct log_book book; struct log_entry *lines; bool later; };

static double cpu_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int by_size(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* ---- counting: once under callgrind, else the median ---- */

struct count { const char *kind; char name[96]; double ms[TRIES], begun; int n; };

static int tries(void) { return RUNNING_ON_VALGRIND ? 1 : TRIES; }
static void begin(struct count *c) {
  CALLGRIND_ZERO_STATS;
  c->begun = cpu_ms();
}
static void end(struct count *c) {
  double took = cpu_ms() - c->begun;
  CLEANUP(mem_freep) char *name = mem_printf("%s %s", c->kind, c->name);
  CALLGRIND_DUMP_STATS_AT(name);
  c->ms[c->n++] = took;
}
static void report(struct count *c) {
  qsort(c->ms, (size_t)c->n, sizeof *c->ms, by_size);
  if (!RUNNING_ON_VALGRIND) printf("%s\t%s\t%.4f\n", c->kind, c->name, c->ms[c->n / 2]);
}

/* ---- keys ---- */

static void input_of(struct bench *b, struct input *in, struct arena *a) {
  acted_input(b->x, in, a);
  if (!b->lines) return;
  b->book.serial = b->x->app.logs.serial;
  in->logs = &b->book;
  in->logs_asked = &b->x->app.logs;
}

static void settle(struct bench *b) {
  struct arena *a = arena_new();
  struct input in;
  input_of(b, &in, a);
  app_settle(&b->x->app, &in, WIDTH, HEIGHT);
  arena_free(a);
}

static void press(struct bench *b, struct key k) {
  struct arena *a = arena_new();
  struct input in;
  input_of(b, &in, a);
  in.at_leisure = true;
  app_key(&b->x->app, &in, WIDTH, HEIGHT, key_canonical(k));
  arena_free(a);
}

static void draw(struct bench *b) {
  struct arena *a = arena_new();
  struct input in;
  input_of(b, &in, a);
  in.pending = b->later;
  app_draw(&b->x->app, &in, b->x->canvas);
  arena_free(a);
}

static void read_logs(struct bench *b) {
  static const char *const says[] = {"pacemaker-controld[812]: notice: State transition S_IDLE -> S_POLICY_ENGINE", "0-models-client-3: disconnected from models-client-3", "corosync[731]: [TOTEM ] A new membership was formed",
                                     "internal error: End of file from qemu monitor", "web17: warning: host doesn't support requested feature"};
  b->lines = mem_grow(NULL, LINES_OF_LOGS, sizeof *b->lines);
  for (int i = 0; i < LINES_OF_LOGS; i++)
    b->lines[i] = (struct log_entry){.at = sim_now(b->x->sim) - (LINES_OF_LOGS - i) * 3, .id = mem_printf("%d", i), .host = mem_printf("kvm%02d", 1 + i % 32), .what = i % 3 ? "pacemaker-controld" : "bricks/data", .file = "journal",
                                     .line = says[i % 5], .text = mem_printf("%s %d", says[i % 5], i * 7919 % 1000), .layer = LAYER_PACEMAKER, .priority = 1 + i % 6};
  b->book = (struct log_book){.item = b->lines, .count = LINES_OF_LOGS, .asked = 32, .answered = 32};
}

static void free_logs(struct bench *b) {
  for (int i = 0; b->lines && i < LINES_OF_LOGS; i++) mem_free((char *)b->lines[i].id), mem_free((char *)b->lines[i].host), mem_free((char *)b->lines[i].text);
  mem_free(b->lines);
}

static void measure_key(struct bench *b, const struct measured_key *m) {
  struct count c = {.kind = "key"};
  char before[64], *rest = before;
  struct key k;
  snprintf(c.name, sizeof c.name, "%s%s%s %s", m->view, *m->before ? " " : "", m->before, m->key);
  if (key_parse(m->key, &k)) abort();
  for (int i = 0; i < tries(); i++) {
    app_free(&b->x->app);
    b->later = false;
    if (!app_open(&b->x->app, m->view)) abort();
    if (m->how & OF_GUIDE) guide_take_book(&b->x->app, guide_books[0]);
    if (m->how & OF_LOGS) b->x->app.logs = (struct logs_state){.serial = 1, .moment = sim_now(b->x->sim), .span = 3};
    settle(b);
    draw(b);
    snprintf(before, sizeof before, "%s", m->before);
    rest = before;
    for (char *one; *m->before && (one = strsep(&rest, " "));) {
      struct key first;
      if (key_parse(one, &first)) abort();
      press(b, first);
      draw(b);
    }
    b->later = m->how & MADE_LATER;
    begin(&c);
    press(b, k);
    draw(b);
    end(&c);
  }
  report(&c);
}

static void measure_keys(void) {
  struct guided *g = guided_new("big", WIDTH, HEIGHT);
  struct bench b = {.x = g->x};
  const struct guide_shown *guide = g->x->guide;
  CALLGRIND_START_INSTRUMENTATION;
  for (size_t i = 0; i < COUNT(measured_keys); i++) {
    const struct measured_key *m = &measured_keys[i];
    b.x->guide = m->how & OF_GUIDE ? guide : NULL;
    if (m->how & OF_LOGS && !b.lines) read_logs(&b);
    measure_key(&b, m);
  }
  free_logs(&b);
  guided_free(g);
}

/* ---- the stream ---- */

struct said_line { char *text; size_t len; };
struct said { struct said_line *item; size_t count; };

static void keep_line(void *owner, const char *line, size_t len, int64_t at) {
  struct said *l = owner;
  (void)at;
  l->item = mem_grow(l->item, l->count + 1, sizeof *l->item);
  l->item[l->count++] = (struct said_line){mem_strndup(line, len), len};
}

static struct fragment *read_line(const struct said_line *l) {
  struct fragment *f;
  const char *text = l->text;
  size_t len = l->len;
  return fragment_read(&text, &len, &f, NULL) ? NULL : f;
}

/* The longest of those that say this. */
static const struct said_line *longest(const struct said *l, const char *kind) {
  const struct said_line *best = NULL;
  for (size_t i = 0; i < l->count; i++)
    if (strstr(l->item[i].text, kind) && (!best || l->item[i].len > best->len)) best = &l->item[i];
  return best;
}

/* As a feed takes it. */
static void take_line(struct store *s, const struct said_line *l, int64_t now) {
  struct heard h = store_heard(s, l->text, l->len);
  if (h.fact || h.source) {
    store_again(s, &h, now);
    return;
  }
  struct fragment *f = read_line(l);
  if (f) store_add_heard(s, f, &h, now);
  fragment_drop(f);
}

static void measure_line(struct store *s, const char *name, const struct said_line *one, const struct said_line *other, int64_t now) {
  struct count c = {.kind = "stream"};
  snprintf(c.name, sizeof c.name, "%s", name);
  for (int i = 0; i < tries(); i++) {
    take_line(s, other, now);
    begin(&c);
    take_line(s, one, now);
    end(&c);
  }
  report(&c);
}

/* A copy in which the first of that word is another one of the same length. */
static struct said_line changed(const struct said_line *l, const char *from, const char *to) {
  struct said_line c = {mem_strndup(l->text, l->len), l->len};
  char *at = strstr(c.text, from);
  if (!at || strlen(from) != strlen(to)) abort();
  memcpy(at, to, strlen(to));
  return c;
}

static void measure_merge(struct acted *x, int64_t now) {
  struct count merge = {.kind = "stream", .name = "merge"}, difference = {.kind = "stream", .name = "difference"}, frame = {.kind = "stream", .name = "frame of the overview"};
  struct merge_options o = {.here = sim_here(x->sim)};
  struct bench b = {.x = x};
  for (int i = 0; i < tries(); i++) {
    begin(&merge);
    struct snapshot *s = snapshot_make(&x->store, now, now, &o, x->snap);
    end(&merge);
    struct arena *a = arena_new();
    struct events events;
    begin(&difference);
    snapshot_difference(x->snap, s, a, &events);
    end(&difference);
    arena_free(a);
    snapshot_drop(x->snap);
    x->snap = s;
    settle(&b);
    begin(&frame);
    draw(&b);
    end(&frame);
  }
  printf("size\tsnapshot\t%zu\n", arena_bytes(x->snap->arena));
  printf("size\thosts, domains, bricks\t%zu\n", x->snap->hosts.count + x->snap->domains.count + x->snap->volumes.count * 4);
  report(&merge);
  report(&difference);
  report(&frame);
}

static void measure_stream(const char *scenario) {
  struct acted *x = acted_new(scenario, WIDTH, HEIGHT);
  struct said l = {0};
  struct sim *again;
  struct err e = {0};
  if (sim_open(&(struct sim_options){.scenario = scenario}, &again, &e)) abort();
  sim_run(again, sim_now(again) + 20000, keep_line, &l);
  int64_t now = sim_now(x->sim);
  const struct said_line *domains = longest(&l, "\"kind\":\"libvirt.domains\""), *beat = longest(&l, "\"kind\":\"beat\"");
  if (!domains || !beat) abort();
  struct said_line other = changed(domains, "\"running\"", "\"crashed\"");
  printf("size\tline of a host's domains\t%zu\n", domains->len);
  CALLGRIND_START_INSTRUMENTATION;
  measure_line(&x->store, "a line with one changed domain", domains, &other, now);
  measure_line(&x->store, "the same line again", domains, domains, now);
  measure_line(&x->store, "a beat", beat, beat, now);
  measure_merge(x, now);
  for (size_t i = 0; i < l.count; i++) mem_free(l.item[i].text);
  mem_free(l.item);
  mem_free(other.text);
  sim_close(again);
  acted_free(x);
}

int main(int argc, char **argv) {
  if (argc == 2 && str_eq(argv[1], "keys")) measure_keys();
  else if (argc >= 2 && str_eq(argv[1], "stream")) measure_stream(argc > 2 ? argv[2] : "big");
  else return fprintf(stderr, "speed keys | stream [SCENARIO]\n"), 64;
  return 0;
}
