#include "views/console.h"
#include "analysis/lint.h"
#include "base/clock.h"
#include "base/log.h"
#include "tui/theme.h"
#include "run/audit.h"
#include "views/columns_kept.h"
#include "views/command.h"
#include "views/guider.h"
#include "views/operator.h"
#include "views/reader.h"
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

void console_input(const struct console *c, struct input *in, struct arena *a) {
  *in = (struct input){.snap = c->snap, .events = timeline_events(&c->timeline), .event_count = c->timeline.count, .event_again = timeline_again(&c->timeline), .event_least = c->app.event_least, .keymap = c->keymap, .glyphs = c->glyphs, .arena = a,
                       .utc = c->utc, .read_only = c->read_only || c->away, .simulated = c->simulated && !c->away, .now_health = c->newest ? c->newest->health : HEALTH_NONE, .trends = c->away ? NULL : &c->trends};
  in->lint = c->lint_of && c->lint_of == c->snap ? c->lint : NULL;
  in->pending = c->behind;
  feed_shown(c->feed, &in->time);
  in->event_past = in->time.past ? timeline_past(&c->timeline, &in->time.at) : in->event_count;
  in->wall = in->time.at.wall;
  in->own_wall = c->fixed ? in->time.newest : clock_wall_ms();
  in->mono = c->fixed ? in->time.newest : clock_mono_ms();
  in->rotate_ms = c->rotate_ms;
  const struct then *t = &c->then;
  bool compared = !c->behind && t->snap && t->arena && c->app.view == VIEW_FIRST_LIST + LIST_HISTORY;
  if (compared) in->then = (struct then_shown){.set = true, .oldest = t->oldest, .how = t->how, .at = t->at, .changes = &t->changes};
  if (c->operator) operator_input(c->operator, in);
  if (c->reader) reader_input(c->reader, in);
  if (c->guider) guider_input(c->guider, in);
  elsewhere_input(c, in);
}

static bool wants_lint(const struct console *c) {
  bool shown = c->app.view == VIEW_FIRST_LIST + LIST_LINT || (c->app.view == VIEW_DETAIL && c->app.detail_list == LIST_LINT);
  return shown && c->snap && !(c->lint && c->lint_of == c->snap);
}

/* Once a snapshot, and only while it is looked at. */
static void look_for_lint(struct console *c) {
  if (!wants_lint(c)) return;
  arena_free(c->lint_arena);
  c->lint_arena = arena_new();
  c->lint = lint_make(c->snap, c->lint_arena);
  if (guider_form(c->guider)) guide_chosen(guider_form(c->guider), c->lint, c->lint_arena);
  c->lint_of = c->snap;
}

/* Several nodes lost at once: pacemaker is asked only for what is looked at. */
static void look_for_place(struct console *c) {
  struct arena *a = arena_new();
  struct input in = {.snap = c->snap, .arena = a};
  const char *nodes = whatif_nodes(&c->app, &in);
  if (nodes && !str_eq(nodes, c->placed)) {
    mem_free(c->placed);
    c->placed = mem_strdup(nodes);
    feed_place(c->feed, nodes);
  }
  arena_free(a);
}

/* A jump that waits for an event to become known. */
static void take_waiting(struct console *c) {
  struct feed_shown shown;
  if (!c->next_event) return;
  feed_shown(c->feed, &shown);
  const struct moment *m = timeline_near(&c->timeline, &shown.at, 1);
  if (m) feed_seek(c->feed, m);
  if (m || shown.ended) c->next_event = false;
}

void console_take(struct console *c) {
  struct snapshot *now = feed_snapshot(c->feed, c->newest);
  struct moment m = feed_newest(c->feed);
  struct arena *a = arena_new();
  struct events events;
  snapshot_difference(c->newest, now, a, &events);
  for (size_t i = 0; i < events.count; i++) timeline_add(&c->timeline, &events.item[i], &m);
  arena_free(a);
  snapshot_drop(c->newest);
  c->newest = now;
  if (!c->replay && !c->away) trends_add(&c->trends, now); /* of this cluster only: names are not unique among several */
  if (c->operator && !c->away) operator_see(c->operator);
  guider_see(c->guider);
  take_waiting(c);
}

static void settle(struct console *c, bool at_leisure) {
  struct arena *a = arena_new();
  struct input in;
  console_input(c, &in, a);
  in.at_leisure = at_leisure;
  app_settle(&c->app, &in, c->w, c->h);
  arena_free(a);
}

void console_look(struct console *c) {
  if (!c->newest) console_take(c);
  struct snapshot *now = feed_see(c->feed, c->newest);
  snapshot_drop(c->snap);
  c->snap = now;
  c->lint_of = NULL;
  c->behind = false;
  look_for_lint(c);
  look_for_place(c);
  if (c->replay) trends_add(&c->trends, now); /* a recording may be read far ahead of what is shown */
  console_compare(c);
  settle(c, false);
  if (c->reader) reader_see(c->reader);
  guider_see(c->guider);
}

/* ---- time: what the operator wished, one row each ---- */

static void to_near(struct console *c, int step) {
  struct feed_shown shown;
  feed_shown(c->feed, &shown);
  const struct moment *m = timeline_near(&c->timeline, &shown.at, step);
  if (m) feed_seek(c->feed, m);
  else if (step < 0) feed_to_begin(c->feed);
  else if (shown.kind == FEED_FILE && !shown.ended) c->next_event = true;
  else feed_to_end(c->feed);
}

static void to_event(struct console *c) {
  const struct moment *m = timeline_moment(&c->timeline, c->app.wish_event);
  if (m) feed_seek(c->feed, m);
}

static void pause_or_play(struct console *c) {
  struct feed_shown shown;
  feed_shown(c->feed, &shown);
  feed_pause(c->feed, !shown.paused);
}

static void travel(struct console *c) {
  enum time_wish wish = c->app.wish;
  c->app.wish = TIME_NONE;
  c->next_event = false;
  switch (wish) {
  case TIME_PAUSE: pause_or_play(c); break;
  case TIME_STEP_BACK: feed_step(c->feed, -1); break;
  case TIME_STEP: feed_step(c->feed, 1); break;
  case TIME_EVENT_BACK: to_near(c, -1); break;
  case TIME_EVENT: to_near(c, 1); break;
  case TIME_MOMENT: to_event(c); break;
  case TIME_BEGIN: feed_to_begin(c->feed); break;
  case TIME_END: feed_to_end(c->feed); break;
  case TIME_SLOWER: feed_speed(c->feed, -1); break;
  case TIME_FASTER: feed_speed(c->feed, 1); break;
  case TIME_MARK: console_mark(c); break;
  case TIME_NONE: return;
  }
  console_look(c);
}

void console_draw(struct console *c) {
  struct arena *a = arena_new();
  struct input in;
  console_input(c, &in, a);
  app_draw(&c->app, &in, c->canvas);
  arena_free(a);
}

static void keep_columns(struct console *c) {
  struct err e = {0};
  if (!columns_keep(c->state_dir, &c->app, &e)) return;
  CLEANUP(mem_freep) char *says = mem_printf("%s; %s", e.text, e.todo);
  app_say(&c->app, says);
}

void console_catch_up(struct console *c) {
  if (!c->behind) return;
  if (app_waits(&c->app)) {
    settle(c, true);
    c->behind = app_waits(&c->app);
    return;
  }
  console_look(c); /* the list is another: its selection settles */
}

/* In a large cluster what takes long is done after the key's own frame, which says so. */
static bool may_wait(const struct console *c) {
  enum { LARGE = 500 };
  return c->at_leisure && c->snap && c->snap->hosts.count + c->snap->domains.count + c->snap->resources.count > LARGE;
}

unsigned console_key(struct console *c, struct key k) {
  console_catch_up(c); /* it is meant for what the key before asked for */
  struct arena *a = arena_new();
  struct input in;
  console_input(c, &in, a);
  in.at_leisure = may_wait(c);
  unsigned wants = app_key(&c->app, &in, c->w, c->h, k);
  arena_free(a);
  look_for_place(c);
  if (c->reader && wants & APP_SAVE) reader_save(c->reader);
  if (c->reader) reader_see(c->reader);
  if (wants & APP_GUIDE) guider_wish(c->guider);
  guider_see(c->guider);
  if (wants & APP_KEEP) keep_columns(c);
  if (wants & APP_TIME) travel(c);
  else {
    c->behind = wants_lint(c) || console_compares(c) || app_waits(&c->app);
    if (c->behind && !may_wait(c)) console_catch_up(c);
  }
  if (c->operator && wants & (APP_ASK | APP_RUN | APP_TASK)) {
    operator_wants(c->operator, wants);
    console_look(c);
  }
  return elsewhere_wish(c, wants);
}

void console_free(struct console *c) {
  reader_free(c->reader);
  guider_free(c->guider);
  operator_free(c->operator);
  timeline_free(&c->timeline);
  trends_free(&c->trends);
  mem_free(c->state_dir);
  then_free(&c->then);
  arena_free(c->lint_arena);
  mem_free(c->placed);
  app_free(&c->app);
  keymap_free(c->keymap);
  canvas_free(c->canvas);
  snapshot_drop(c->newest);
  snapshot_drop(c->snap);
}

/* ---- the full screen ---- */

struct full {
  struct console console; /* first: the feed's owner */
  struct screen *screen;
  struct timer *frame;
  int64_t drawn; /* monotonic ms of the last frame */
  int keys;      /* the terminal's descriptor that keys come from */
  bool gone;     /* the terminal is */
  bool leaving;  /* as soon as what runs has ended its step */
  uint64_t rung; /* the bell, by the wall screen's count */
  bool mouse;    /* reports clicks */
  bool looked;   /* whether there is a cluster at all */
  bool behind_drawn; /* the last frame says that what was asked for is being worked out */
  char *nothing; /* the sentence when there is no cluster at all; owned */
};

enum { FRAME_MS = 100 }; /* what comes in is drawn at most 10 times a second, for slow links; a key is answered at once */

/* The terminal is gone: the running step ends, no other starts. */
static void leave(struct full *f) {
  f->gone = f->leaving = true;
  operator_wind_down(f->console.operator);
  if (!operator_busy(f->console.operator)) loop_stop(f->console.loop);
}

static void on_frame(void *owner) {
  struct full *f = owner;
  if (f->gone) return;
  timer_set(f->frame, -1); /* a key was faster: its frame has what was to be drawn */
  if (f->behind_drawn) console_catch_up(&f->console);
  f->behind_drawn = f->console.behind;
  console_draw(&f->console);
  int code = screen_blit(f->screen, f->console.canvas);
  f->drawn = clock_mono_ms();
  if (code == -EAGAIN) timer_set(f->frame, FRAME_MS);
  else if (!code && f->behind_drawn) timer_set(f->frame, 0); /* the key is answered; now what it asked for */
  else if (code) leave(f);
}

static void draw_soon(struct full *f) {
  int64_t since = clock_mono_ms() - f->drawn;
  if (!timer_armed(f->frame)) timer_set(f->frame, since >= FRAME_MS ? 0 : FRAME_MS - since);
}

/* A machine with nothing on it gets a sentence and not an empty screen: on the screen with the wizards, for who may set a
 * cluster up, else on the way out. A cluster that is lost later stays on the screen. */
static void meet_nothing(struct full *f, const char *says) {
  struct app *app = &f->console.app;
  if (f->console.clusters || app->noc.on) {
    if (app->view == VIEW_OVERVIEW && f->console.clusters) app_open(app, "clusters");
    app->noc.many = f->console.clusters != NULL; /* a machine that looks at others */
    return;
  }
  if (geteuid() || !operator_can(f->console.operator)) {
    f->nothing = mem_strdup(says);
    loop_stop(f->console.loop);
    return;
  }
  if (app->view != VIEW_OVERVIEW || app->acting.sheet) return; /* he is at something already: nothing comes between his keys */
  acting_menu(&app->acting, MENU_WIZARDS, -1, NULL);
  char key[KEY_NAME];
  keymap_hint(f->console.keymap, CONTEXT_TABLE, ACTION_VIEW_GUIDE, key);
  CLEANUP(mem_freep) char *offer = mem_printf("no cluster found from here: these set one up; Esc %s explains it step by step", key);
  app_say(app, offer); /* why stands among the problems */
}

static void look_for_nothing(struct full *f) {
  const struct snapshot *s = f->console.newest;
  if (f->console.away || f->console.replay || f->console.simulated || f->looked || !feed_complete(f->console.feed)) return;
  f->looked = true;
  for (size_t i = 0; i < s->problems.count; i++)
    if (str_eq(s->problems.item[i].id, "nothing-found")) meet_nothing(f, s->problems.item[i].text);
}

static void on_change(void *owner) {
  struct full *f = owner;
  if (!f->console.feed) return;
  if (f->console.away) {
    f->console.own_dirty = true; /* taken in when the tiles are */
    return;
  }
  console_take(&f->console);
  look_for_nothing(f);
}

static void show(struct full *f) {
  if (!f->console.feed || !f->console.newest) return;
  console_look(&f->console);
  if (f->screen && f->console.app.noc.rings != f->rung) {
    f->rung = f->console.app.noc.rings;
    screen_bell(f->screen);
  }
  if (f->screen) draw_soon(f);
}

static void on_shown(void *owner) {
  struct full *f = owner;
  if (!f->console.away) show(f);
}

/* ---- other clusters ---- */

static void on_tiles(void *owner) {
  struct full *f = owner;
  elsewhere_own(&f->console);
  if (f->console.app.view == VIEW_CLUSTERS || f->console.app.noc.on) show(f);
}

static void on_opened(void *owner) {
  struct full *f = owner;
  if (f->console.away) console_take(&f->console);
}

static void on_opened_shown(void *owner) {
  struct full *f = owner;
  if (f->console.away) show(f);
}

/* The operator did something: seen at once. */
static void on_acted(struct console *c) {
  struct full *f = (struct full *)c;
  if (f->leaving && !operator_busy(c->operator)) loop_stop(c->loop);
  show(f);
}

/* A command gets the terminal, and gives it back. */
static void lend_terminal(struct console *c, bool away) {
  struct full *f = (struct full *)c;
  if (away) screen_suspend(f->screen);
  else screen_resume(f->screen);
}

static void resize(struct full *f) {
  screen_size(f->screen, &f->console.w, &f->console.h);
  canvas_resize(f->console.canvas, f->console.w, f->console.h);
  console_look(&f->console);
  on_frame(f);
}

static void toggle_mouse(struct full *f) {
  char key[KEY_NAME];
  keymap_hint(f->console.keymap, CONTEXT_TABLE, ACTION_MOUSE, key);
  if (!screen_mouse(f->screen, !f->mouse)) {
    app_say(&f->console.app, "this terminal has no mouse");
    return;
  }
  f->mouse = !f->mouse;
  CLEANUP(mem_freep) char *says = f->mouse ? mem_printf("mouse on; with Shift the terminal selects text as before; %s turns it off", key) : mem_printf("mouse off; %s turns it on", key);
  app_say(&f->console.app, says);
}

static void on_key(void *owner, int code, const struct key *key) {
  struct full *f = owner;
  if (code) {
    leave(f);
    return;
  }
  unsigned wants = console_key(&f->console, *key);
  if (wants & APP_QUIT) {
    loop_stop(f->console.loop);
    return;
  }
  if (wants & APP_SUSPEND) {
    screen_stop(f->screen);
    resize(f);
    return;
  }
  if (wants & APP_MOUSE) toggle_mouse(f);
  if (wants & APP_REDRAW) screen_redraw(f->screen);
  if (wants & APP_CHANGED) on_frame(f); /* a key is answered at once */
}

static void on_signal(void *owner, int signo) {
  struct full *f = owner;
  if (signo == SIGWINCH) {
    if (screen_resized(f->screen)) resize(f);
    return;
  }
  if (signo == SIGHUP) {
    leave(f);
    return;
  }
  f->console.interrupted = true;
  loop_stop(f->console.loop);
}

/* A crash gives the terminal back, then leaves what is needed to find it: the last log lines and where it was. Where and
 * what to say is written down beforehand: a handler may not format. */
static char crash_path[64], crash_said[160];

static void on_crash(int signo) {
  void *frames[64];
  screen_restore();
  int fd = open(crash_path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd >= 0) {
    log_dump(fd);
    backtrace_symbols_fd(frames, backtrace(frames, 64), fd);
    close(fd);
    if (write(STDERR_FILENO, crash_said, strlen(crash_said)) < 0) _exit(128 + signo);
  }
  signal(signo, SIG_DFL);
  raise(signo);
}

static void restore_and_say(size_t wanted) {
  char line[96];
  screen_restore();
  int n = snprintf(line, sizeof line, "kvmconsole: out of memory (%zu bytes wanted)\n", wanted);
  if (n > 0 && write(STDERR_FILENO, line, (size_t)n) < 0) _exit(71);
  _exit(70);
}

static void catch_crashes(void) {
  void *warm[1];
  backtrace(warm, 1); /* loads what it needs now: in a handler it could not */
  snprintf(crash_path, sizeof crash_path, "/tmp/kvmconsole-crash.%d", (int)getpid());
  snprintf(crash_said, sizeof crash_said, "kvmconsole: it crashed; what is needed to find out why is in %s\n", crash_path);
  static const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
  for (size_t i = 0; i < COUNT(fatal); i++) sigaction(fatal[i], &(struct sigaction){.sa_handler = on_crash, .sa_flags = (int)SA_RESETHAND}, NULL);
  mem_on_exhausted(restore_and_say);
}

static int setting_error(const char *what, const char *value, const char *list) {
  fprintf(stderr, "kvmconsole: there is no %s %s; see 'kvmconsole list %s'\n", what, value, list);
  return EXIT_USAGE;
}

static int open_all(struct full *f, const struct arguments *a, struct feed_options *o, struct err *e) {
  struct console *c = &f->console;
  const char *theme = a->option[OPT_THEME] ? a->option[OPT_THEME] : config_text(&a->config, SET_THEME);
  const char *keys = a->option[OPT_KEYMAP] ? a->option[OPT_KEYMAP] : config_text(&a->config, SET_KEYMAP);
  const char *no_color = getenv("NO_COLOR");
  c->app.noc.on = a->option[OPT_NOC] != NULL;
  c->rotate_ms = config_number(&a->config, SET_NOC_ROTATE) * 1000;
  const char *mouse = config_text(&a->config, SET_MOUSE);
  if (!str_eq(mouse, "on") && !str_eq(mouse, "off")) return err_set(e, -EINVAL, "write mouse = on or mouse = off in [screen]", "mouse is on or off, not %s", mouse), EXIT_CONFIG;
  if (!theme_find(theme)) return setting_error("theme", theme, "themes");
  if (a->option[OPT_VIEW] && !app_open(&c->app, a->option[OPT_VIEW])) return setting_error("view", a->option[OPT_VIEW], "views");
  if (a->option[OPT_BOOK] && !guide_book(a->option[OPT_BOOK])) return usage_error("there is no book %s (see guide books)", a->option[OPT_BOOK]);
  if (a->option[OPT_BOOK]) guide_take_book(&c->app, guide_book(a->option[OPT_BOOK])), c->app.guide.pinned = true;
  columns_configure(&a->config, &c->app);
  c->state_dir = c->simulated ? NULL : state_directory(); /* a simulation leaves nothing behind */
  columns_restore(c->state_dir, &c->app);
  c->keymap = keymap_load(keys, e);
  if (!c->keymap) return EXIT_CONFIG;
  c->app.noc.many = c->app.view == VIEW_CLUSTERS;
  c->feed = feed_open(c->loop, o, e);
  if (!c->feed) return EXIT_INPUT;
  f->keys = isatty(0) ? 0 : open("/dev/tty", O_RDONLY | O_CLOEXEC); /* a recording comes in by stdin, the keys by the terminal itself */
  if (f->keys < 0) return usage_error("the full screen needs a terminal for its keys");
  f->screen = screen_open_curses(&(struct screen_options){.in = f->keys, .out = 1, .theme = theme_find(theme), .no_color = no_color && *no_color}, e);
  if (!f->screen) return EXIT_USAGE;
  f->mouse = (a->option[OPT_MOUSE] || str_eq(mouse, "on")) && screen_mouse(f->screen, true);
  c->glyphs = screen_glyphs(f->screen);
  screen_size(f->screen, &c->w, &c->h);
  c->canvas = canvas_new(c->w, c->h, c->glyphs);
  return 0;
}

static void run_screen(struct full *f) {
  static const int signals[] = {SIGWINCH, SIGINT, SIGTERM, SIGHUP};
  for (size_t i = 0; i < COUNT(signals); i++) loop_signal(f->console.loop, signals[i], on_signal, f);
  catch_crashes();
  screen_listen(f->screen, f->console.loop, on_key, f);
  on_change(f);
  on_shown(f);
  on_frame(f);
  loop_run(f->console.loop, -1);
}

int run_console(struct arguments *a) {
  struct feed_options o;
  struct err e = {0};
  int code = feed_arguments(a, &o);
  if (code) return code;
  if (!isatty(0) || !isatty(1)) {
    if (!(isatty(1) && o.replay && !strcmp(o.replay, "-")))
      return usage_error("the full screen needs a terminal; for scripts there is 'kvmconsole status'");
  }
  struct full *f = mem_alloc(sizeof *f);
  f->console = (struct console){.loop = loop_new(), .replay = o.replay != NULL, .simulated = o.stream != NULL, .utc = o.stream != NULL, .read_only = o.read_only};
  if (!a->option[OPT_SPEED]) o.speed = 1;
  o.tape = o.stepwise = true;
  o.on_change = o.on_end = on_change;
  o.on_shown = on_shown;
  o.owner = f;
  f->frame = loop_timer(f->console.loop, -1, on_frame, f);
  code = open_all(f, a, &o, &e);
  if (!code) {
    f->console.acted = on_acted;
    f->console.terminal = lend_terminal;
    f->console.operator = operator_new(&f->console, a);
    f->console.at_leisure = true;
    f->console.reader = reader_new(&f->console, a);
    f->console.guider = guider_new(&f->console, a);
    f->console.clusters = clusters_new(f->console.loop, &(struct clusters_options){.config = &a->config, .changed = on_tiles, .opened = on_opened, .shown = on_opened_shown, .owner = f});
    run_screen(f);
  }
  reader_free(f->console.reader);
  f->console.reader = NULL;
  guider_free(f->console.guider);
  f->console.guider = NULL;
  elsewhere_leave(&f->console);
  clusters_free(f->console.clusters);
  f->console.clusters = NULL;
  operator_free(f->console.operator); /* before the simulation it acts in */
  f->console.operator = NULL;
  struct feed *feed = f->console.feed;
  f->console.feed = NULL;
  if (feed && !code && feed_error(feed, &e)) code = EXIT_INPUT;
  screen_close(f->screen);
  if (f->keys > 0) close(f->keys);
  feed_close(feed);
  if (e.code) err_print(&e);
  if (f->nothing) fprintf(stderr, "kvmconsole: %s\n", f->nothing), code = EXIT_UNKNOWN;
  else if (f->console.interrupted) code = EXIT_INTERRUPTED;
  mem_free(f->nothing);
  console_free(&f->console);
  loop_free(f->console.loop);
  mem_free(f);
  return code;
}
