/* render: a frame without a terminal. Clock, locale and zone are fixed: the same input gives the same bytes. */
#include "base/clock.h"
#include "base/utf8.h"
#include "tui/screen.h"
#include "views/columns_kept.h"
#include "tui/svg.h"
#include "views/command.h"
#include "views/console.h"
#include "views/guider.h"
#include "views/operator.h"
#include "views/reader.h"
#include <errno.h>
#include <inttypes.h>
#include <string.h>

enum format { FORMAT_TEXT, FORMAT_ANSI, FORMAT_SVG, FORMAT_STATE };
static const char *const formats[] = {"text", "ansi", "svg", "state"};

struct rendering {
  struct console console; /* first: the feed's owner */
  const struct theme *theme;
  enum format format;
};

static void on_change(void *owner) {
  struct rendering *r = owner;
  if (r->console.feed) console_take(&r->console);
}

static void on_shown(void *owner) {
  struct rendering *r = owner;
  if (r->console.feed && r->console.newest) console_look(&r->console);
}

static void on_end(void *owner) {
  struct rendering *r = owner;
  on_change(r);
  loop_stop(r->console.loop);
}

static void print_frame(struct rendering *r) {
  CLEANUP(str_free) struct str out = {0};
  console_draw(&r->console);
  if (r->format == FORMAT_TEXT) canvas_text(r->console.canvas, &out, false);
  else if (r->format == FORMAT_SVG) canvas_svg(r->console.canvas, r->theme, &out);
  else if (r->format == FORMAT_ANSI) canvas_ansi(r->console.canvas, r->theme, COLOURS_256, &out);
  else {
    struct arena *a = arena_new();
    struct input in;
    console_input(&r->console, &in, a);
    app_state(&r->console.app, &in, r->console.w, r->console.h, &out);
    arena_free(a);
  }
  fputs(str_text(&out), stdout);
}

static bool parse_size(const char *s, int *w, int *h) {
  int n = 0;
  int x, y;
  if (sscanf(s, "%4dx%4d%n", &x, &y, &n) != 2 || s[n] || x < 1 || y < 1 || x > CANVAS_MAX || y > CANVAS_MAX) return false;
  *w = x, *h = y;
  return true;
}

static void resize(struct rendering *r, int w, int h) {
  r->console.w = w, r->console.h = h;
  canvas_resize(r->console.canvas, w, h);
  console_look(&r->console);
}

/* ---- the script: one table of its words ---- */

static int do_key(struct rendering *r, const char *rest) {
  struct key k;
  if (key_parse(rest, &k)) return -EINVAL;
  return console_key(&r->console, key_canonical(k)) & APP_QUIT ? 1 : 0;
}

static int do_type(struct rendering *r, const char *rest) {
  for (size_t len = strlen(rest), used; len; rest += used, len -= used) {
    struct key k = {.code = utf8_next(rest, len, &used)};
    if (console_key(&r->console, k) & APP_QUIT) return 1;
  }
  return 0;
}

static bool feed_simulated(struct rendering *r) { return feed_advance(r->console.feed, 0); }

/* While something runs in the simulation its ends are told as they come, and tasks see what follows. */
static void pass(struct rendering *r, int64_t ms) {
  enum { SLICE_MS = 200 };
  struct console *c = &r->console;
  while (ms > 0) {
    bool busy = operator_busy(c->operator) || reader_busy(c->reader) || guider_busy(c->guider);
    int64_t now = busy && ms > SLICE_MS ? SLICE_MS : ms;
    feed_advance(c->feed, now);
    ms -= now;
    if (!busy) continue;
    console_take(c);
    loop_step(c->loop, 0);
  }
  console_look(c);
}

/* Simulated time: a recording goes on by so much where it plays; live sources are given it. */
static int do_wait(struct rendering *r, const char *rest) {
  int64_t s;
  size_t n = strlen(rest);
  CLEANUP(mem_freep) char *digits = mem_strndup(rest, n && rest[n - 1] == 's' ? n - 1 : n);
  if (str_int(digits, 0, 3600, &s)) return -EINVAL;
  if (feed_simulated(r)) pass(r, s * 1000);
  else if (r->console.replay) feed_pass(r->console.feed, s * 1000);
  else loop_run(r->console.loop, s * 1000);
  on_change(r);
  console_look(&r->console);
  return 0;
}

static int do_size(struct rendering *r, const char *rest) {
  int w, h;
  if (!parse_size(rest, &w, &h)) return -EINVAL;
  resize(r, w, h);
  return 0;
}

static bool parse_place(const char *s, struct key *k) {
  int n = 0;
  return sscanf(s, "%4hd %4hd%n", &k->x, &k->y, &n) == 2 && !s[n];
}

static int do_click(struct rendering *r, const char *rest) {
  struct key k = {.code = KEYSYM_CLICK};
  return parse_place(rest, &k) ? console_key(&r->console, k) & APP_QUIT ? 1 : 0 : -EINVAL;
}

static int do_wheel(struct rendering *r, const char *rest) {
  bool up = !strncmp(rest, "up ", 3), down = !strncmp(rest, "down ", 5);
  struct key k = {.code = up ? KEYSYM_WHEEL_UP : KEYSYM_WHEEL_DOWN};
  if ((!up && !down) || !parse_place(rest + (up ? 3 : 5), &k)) return -EINVAL;
  return console_key(&r->console, k) & APP_QUIT ? 1 : 0;
}

static int do_frame(struct rendering *r, const char *rest) {
  if (*rest) return -EINVAL;
  print_frame(r);
  return 0;
}

static const struct { const char *word, *form; int (*run)(struct rendering *r, const char *rest); } words[] = {
    {"key", "key F5", do_key}, {"type", "type web", do_type}, {"wait", "wait 2s", do_wait}, {"size", "size 60x15", do_size},
    {"click", "click 10 5", do_click}, {"wheel", "wheel down 10 5", do_wheel}, {"frame", "frame", do_frame}};

static int run_line(struct rendering *r, const char *path, int number, char *line, bool *framed) {
  line[strcspn(line, "\r\n")] = 0;
  if (!*line || *line == '#') return 0;
  size_t len = strcspn(line, " ");
  const char *rest = line[len] ? line + len + 1 : "";
  for (size_t i = 0; i < COUNT(words); i++) {
    if (strlen(words[i].word) != len || strncmp(words[i].word, line, len)) continue;
    *framed |= words[i].run == do_frame;
    int code = words[i].run(r, rest);
    if (code < 0) fprintf(stderr, "kvmconsole: %s:%d: %s: write it as '%s'\n", path, number, line, words[i].form);
    return code;
  }
  fprintf(stderr, "kvmconsole: %s:%d: no such word: %s; use key, type, wait, size, click, wheel, frame\n", path, number, line);
  return -EINVAL;
}

static int run_script(struct rendering *r, const char *path, bool *framed) {
  FILE *f = strcmp(path, "-") ? fopen(path, "re") : stdin;
  char line[1024];
  int code = 0;
  if (!f) {
    fprintf(stderr, "kvmconsole: cannot read %s: %s; check the name\n", path, strerror(errno));
    return -errno;
  }
  for (int number = 1; !code && fgets(line, sizeof line, f); number++) code = run_line(r, path, number, line, framed);
  if (f != stdin) fclose(f);
  return code < 0 ? code : 0;
}

static int check_arguments(struct rendering *r, const struct arguments *a) {
  const char *format = a->option[OPT_FORMAT] ? a->option[OPT_FORMAT] : "text", *size = a->option[OPT_SIZE];
  size_t i = 0;
  while (i < COUNT(formats) && strcmp(formats[i], format)) i++;
  if (i == COUNT(formats)) return usage_error("--format is text, ansi, svg or state, not %s", format);
  r->format = (enum format)i;
  r->console.w = 80, r->console.h = 24;
  if (size && !parse_size(size, &r->console.w, &r->console.h)) return usage_error("--size is written as 80x24, not %s", size);
  r->theme = theme_find(a->option[OPT_THEME]);
  if (!r->theme) return usage_error("there is no theme %s (see list themes)", a->option[OPT_THEME]);
  if (a->option[OPT_VIEW] && !app_open(&r->console.app, a->option[OPT_VIEW])) return usage_error("there is no view %s (see list views)", a->option[OPT_VIEW]);
  if (a->option[OPT_BOOK] && !guide_book(a->option[OPT_BOOK])) return usage_error("there is no book %s (see guide books)", a->option[OPT_BOOK]);
  if (a->option[OPT_BOOK]) guide_take_book(&r->console.app, guide_book(a->option[OPT_BOOK])), r->console.app.guide.pinned = true;
  return 0;
}

static int read_and_print(struct rendering *r, const struct arguments *a, const struct feed_options *o, struct err *e) {
  struct console *c = &r->console;
  bool framed = false;
  c->feed = feed_open(c->loop, o, e);
  if (!c->feed) return EXIT_INPUT;
  console_look(c);
  int64_t end = clock_mono_ms() + 15000;
  while (!loop_stopped(c->loop) && (c->replay || (!feed_complete(c->feed) && clock_mono_ms() < end))) loop_step(c->loop, 100);
  if (feed_error(c->feed, e)) return EXIT_INPUT;
  console_look(c);
  if (a->option[OPT_SCRIPT] && run_script(r, a->option[OPT_SCRIPT], &framed)) return EXIT_INPUT;
  if (!framed) print_frame(r);
  return 0;
}

int run_render(struct arguments *a) {
  struct rendering *r = mem_alloc(sizeof *r);
  struct feed_options o;
  struct err e = {0};
  int code = check_arguments(r, a);
  if (!code) code = feed_arguments(a, &o);
  if (!code) {
    struct console *c = &r->console;
    c->loop = loop_new();
    c->replay = o.replay != NULL;
    c->utc = c->fixed = true;
    c->app.noc.on = a->option[OPT_NOC] != NULL;
    c->rotate_ms = config_number(&a->config, SET_NOC_ROTATE) * 1000;
    c->glyphs = GLYPHS_UTF8;
    c->canvas = canvas_new(c->w, c->h, c->glyphs);
    c->keymap = keymap_load(a->option[OPT_KEYMAP] ? a->option[OPT_KEYMAP] : "default", &e);
    o.on_change = on_change;
    o.on_shown = on_shown;
    o.stepwise = o.tape = o.standing = true;
    c->simulated = o.stream != NULL;
    o.simulated = o.replay || o.stream;
    o.on_end = on_end;
    o.owner = r;
    columns_configure(&a->config, &c->app);
    c->operator = operator_new(c, a);
    c->reader = reader_new(c, a);
    c->guider = guider_new(c, a);
    code = c->keymap ? read_and_print(r, a, &o, &e) : EXIT_CONFIG;
    struct feed *feed = c->feed;
    c->feed = NULL;
    feed_close(feed);
    if (e.code) err_print(&e);
    console_free(c);
    loop_free(c->loop);
  }
  mem_free(r);
  return code;
}
