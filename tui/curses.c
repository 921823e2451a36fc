/* The terminal, by ncursesw. Curses works out the least that must be sent, and only that: what changed since the last canvas
 * goes into its window; what it has to say goes into a file in memory and from there to the terminal by output.c, so that a
 * terminal that takes nothing stops nobody. Terminal modes are set here, keys are read and decoded by decode.c. */
#include "base/clock.h"
#include "tui/decode.h"
#include "tui/output.h"
#include "tui/screen_class.h"
/* Last: it defines short words as macros. */
#define NCURSES_NOMACROS 1
#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <term.h>
#undef bell /* a capability there, a field of ours */
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

enum { PAIRS_MAX = 256, LAST_WORDS_MS = 500 };

/* Presses and the wheel, places as numbers in decimal: all that have a mouse know it, and no older form is asked for. */
#define MOUSE_ON "\033[?1000h\033[?1006h"
#define MOUSE_OFF "\033[?1006l\033[?1000l"

struct terminal {
  struct screen screen;
  SCREEN *curses;
  FILE *said;   /* what curses writes to */
  FILE *unread; /* what it would read from */
  struct output *output;
  int out_fd;
  struct termios before, raw;
  struct decoder *decoder;
  struct canvas *shown; /* what the terminal shows or will, once all is sent */
  bool valid;           /* shown is true */
  struct canvas *late;  /* came while the terminal took nothing; NULL: none */
  struct {              /* colour pairs in use; the n-th is curses' pair n + 1 */
    int16_t fg, bg;
  } pairs[PAIRS_MAX];
  int pair_count, pair_limit;
  bool own_background; /* curses may use the terminal's own colours */
  bool hides_cursor, mouse;
  bool dead;
};

/* One terminal a process: curses has no more, and screen_restore() must find it. */
static struct terminal *current;

static bool has(const char *capability) {
  const char *s = tigetstr(capability);
  return s && s != (const char *)-1;
}

/* ---- giving it back from a signal handler ---- */

static struct {
  volatile sig_atomic_t armed;
  int in, out;
  struct termios before;
  char bytes[256];
  size_t len;
} way_out;

static void add_way_out(const char *bytes) {
  for (; *bytes && way_out.len < sizeof(way_out.bytes); bytes++) way_out.bytes[way_out.len++] = *bytes;
}

/* A capability without its padding, "$<20/>"; only ones without parameters. */
static void add_capability(const char *name) {
  const char *s = tigetstr(name);
  if (!s || s == (const char *)-1) return;
  while (*s && way_out.len < sizeof(way_out.bytes)) {
    const char *end = s[0] == '$' && s[1] == '<' ? strchr(s, '>') : NULL;
    if (end) s = end + 1;
    else way_out.bytes[way_out.len++] = *s++;
  }
}

static void arm(struct terminal *t) {
  way_out.armed = 0;
  way_out.in = t->screen.fd;
  way_out.out = t->out_fd;
  way_out.before = t->before;
  way_out.len = 0;
  add_capability("sgr0");
  add_capability("op");
  add_capability("cnorm");
  add_capability("BD");
  if (t->mouse) add_way_out(MOUSE_OFF);
  if (has("rmcup")) add_capability("rmcup");
  else add_way_out("\r\n");
  way_out.armed = 1;
}

void screen_restore(void) {
  if (!way_out.armed) return;
  way_out.armed = 0;
  /* A terminal that takes no more bytes must not keep a dying program. */
  struct pollfd p = {.fd = way_out.out, .events = POLLOUT};
  if (poll(&p, 1, 200) == 1 && (p.revents & POLLOUT))
    if (write(way_out.out, way_out.bytes, way_out.len) < 0) return;
  tcsetattr(way_out.in, TCSANOW, &way_out.before);
}

/* ---- what curses says ---- */

static void fail_if(struct terminal *t, int code) {
  if (code == -EIO) t->dead = true;
}

static void collect(struct terminal *t) {
  char bytes[4096];
  int fd = fileno(t->said);
  off_t end = lseek(fd, 0, SEEK_CUR), at = 0;
  if (end <= 0) return;
  while (at < end) {
    ssize_t n = pread(fd, bytes, sizeof(bytes), at);
    if (n <= 0) break;
    output_add(t->output, bytes, (size_t)n);
    at += n;
  }
  if (lseek(fd, 0, SEEK_SET) < 0 || ftruncate(fd, 0) < 0) t->dead = true;
}

static void say(struct terminal *t, const char *capability) {
  const char *s = tigetstr(capability);
  if (s && s != (const char *)-1) output_add(t->output, s, strlen(s));
}

/* ---- sizes ---- */

static int from_environment(const char *name) {
  int64_t n;
  const char *s = getenv(name);
  return s && !str_int(s, 1, CANVAS_MAX, &n) ? (int)n : 0;
}

static int pick(int window, int wanted, int fallback) {
  if (window <= 0) return wanted ? wanted : fallback > 0 ? fallback : 24;
  if (window > CANVAS_MAX) window = CANVAS_MAX;
  return wanted && wanted < window ? wanted : window; /* LINES and COLUMNS never make it larger than it is */
}

static void ask_size(const struct terminal *t, int *ret_w, int *ret_h) {
  struct winsize size = {0};
  if (ioctl(t->out_fd, TIOCGWINSZ, &size) < 0) memset(&size, 0, sizeof(size));
  *ret_w = pick(size.ws_col, from_environment("COLUMNS"), tigetnum("cols"));
  *ret_h = pick(size.ws_row, from_environment("LINES"), tigetnum("lines"));
}

static bool terminal_resized(struct screen *s) {
  struct terminal *t = (struct terminal *)s;
  int w, h;
  ask_size(t, &w, &h);
  if (w == s->w && h == s->h) return false;
  s->w = w;
  s->h = h;
  resize_term(h, w);
  t->valid = false;
  return true;
}

/* ---- drawing ---- */

static short pair_of(struct terminal *t, struct look l) {
  if (l.fg < 0 && l.bg < 0) return 0;
  for (int i = 0; i < t->pair_count; i++)
    if (t->pairs[i].fg == l.fg && t->pairs[i].bg == l.bg) return (short)(i + 1);
  if (t->pair_count >= t->pair_limit) return 0;
  short fg = l.fg, bg = l.bg;
  if (!t->own_background) {
    if (fg < 0) fg = COLOR_WHITE;
    if (bg < 0) bg = COLOR_BLACK;
  }
  if (init_pair((short)(t->pair_count + 1), fg, bg) == ERR) return 0;
  t->pairs[t->pair_count].fg = l.fg;
  t->pairs[t->pair_count].bg = l.bg;
  return (short)++t->pair_count;
}

static attr_t attributes_of(uint8_t attrs) {
  return (attrs & ATTR_BOLD ? A_BOLD : A_NORMAL) | (attrs & ATTR_REVERSE ? A_REVERSE : A_NORMAL) | (attrs & ATTR_UNDERLINE ? A_UNDERLINE : A_NORMAL) |
         (attrs & ATTR_DIM ? A_DIM : A_NORMAL);
}

/* Curses moves the cursor by the C library's widths. Where they differ from ours the line would shift: such a character is
 * replaced, a mark left out. */
static bool agreed(const struct cell *c, wchar_t out[CELL_POINTS + 1]) {
  size_t n = 0;
  for (size_t i = 0; i < CELL_POINTS && c->point[i]; i++) {
    int width = wcwidth((wchar_t)c->point[i]);
    if (i == 0 && width != c->width) return false;
    if (i == 0 || width == 0) out[n++] = (wchar_t)c->point[i];
  }
  out[n] = 0;
  return n > 0;
}

struct drawing {
  struct terminal *terminal;
  const struct canvas *canvas;
};

static void draw_run(void *owner, int x, int y, int w) {
  const struct drawing *d = owner;
  struct terminal *t = d->terminal;
  struct style last = {.role = UINT8_MAX};
  attr_t attrs = A_NORMAL;
  short pair = 0;
  if (y >= t->screen.h) return;
  for (int end = x + w; x < end && x < t->screen.w; x++) {
    const struct cell *c = canvas_at(d->canvas, x, y);
    wchar_t text[CELL_POINTS + 1];
    cchar_t cc;
    if (!c->width) continue;
    if (memcmp(&last, &c->style, sizeof(last)) != 0) {
      struct look l = theme_look(t->screen.theme, t->screen.colours, c->style);
      attrs = attributes_of(l.attrs);
      pair = t->screen.colours == COLOURS_NONE ? 0 : pair_of(t, l);
      last = c->style;
    }
    bool fits = x + c->width <= t->screen.w;
    int cells = fits && agreed(c, text) ? 1 : c->width;
    if (!fits || !agreed(c, text)) wcscpy(text, !fits ? L" " : t->screen.glyphs == GLYPHS_ASCII ? L"?" : L"\uFFFD");
    setcchar(&cc, text, attrs, pair, NULL);
    for (int i = 0; i < cells && x + i < t->screen.w; i++) mvadd_wch(y, x + i, &cc);
  }
}

static void place_cursor(struct terminal *t, const struct canvas *c) {
  bool wanted = c->cursor_x >= 0 && c->cursor_x < t->screen.w && c->cursor_y < t->screen.h;
  /* Hidden, it may stay where the last output left it: that saves bytes. Where it cannot be hidden it waits in the corner. */
  leaveok(stdscr, !wanted && t->hides_cursor);
  curs_set(wanted);
  if (wanted) move(c->cursor_y, c->cursor_x);
  else if (!t->hides_cursor) move(0, 0);
}

static void show(struct terminal *t, const struct canvas *c) {
  struct drawing d = {t, c};
  if (!t->valid || t->shown->w != c->w || t->shown->h != c->h) {
    erase();
    clearok(curscr, !t->valid);
    for (int y = 0; y < c->h; y++) draw_run(&d, 0, y, c->w);
  } else {
    canvas_diff(t->shown, c, draw_run, &d);
  }
  canvas_copy(t->shown, c);
  t->valid = true;
  place_cursor(t, c);
  wnoutrefresh(stdscr);
  doupdate();
  collect(t);
  fail_if(t, output_send(t->output));
}

static int terminal_blit(struct screen *s, const struct canvas *c) {
  struct terminal *t = (struct terminal *)s;
  if (!t->dead) fail_if(t, output_send(t->output));
  if (t->dead) return -EIO;
  if (!output_left(t->output)) {
    canvas_free(t->late);
    t->late = NULL;
    show(t, c);
    return t->dead ? -EIO : 0;
  }
  /* Frames are not queued: only the newest one is shown when the terminal is ready again. */
  if (!t->late) t->late = canvas_new(c->w, c->h, c->glyphs);
  canvas_copy(t->late, c);
  return 0;
}

static bool terminal_flush(struct screen *s) {
  struct terminal *t = (struct terminal *)s;
  if (!t->dead) fail_if(t, output_send(t->output));
  if (t->dead || output_left(t->output)) return !t->dead;
  struct canvas *late = t->late;
  t->late = NULL;
  if (late) show(t, late);
  canvas_free(late);
  return !t->dead && output_left(t->output) > 0;
}

static uint64_t terminal_sent(const struct screen *s) { return output_sent(((const struct terminal *)s)->output); }

static void terminal_redraw(struct screen *s) { ((struct terminal *)s)->valid = false; }
static void terminal_bell(struct screen *s) {
  struct terminal *t = (struct terminal *)s;
  beep();
  collect(t);
  fail_if(t, output_send(t->output));
}

static bool terminal_mouse(struct screen *s, bool on) {
  struct terminal *t = (struct terminal *)s;
  if (on && !has("kmous")) return false;
  if (on == t->mouse) return true;
  t->mouse = on;
  decoder_mouse(t->decoder, on);
  if (s->suspended) return true;
  output_add(t->output, on ? MOUSE_ON : MOUSE_OFF, strlen(on ? MOUSE_ON : MOUSE_OFF));
  fail_if(t, output_send(t->output));
  arm(t);
  return true;
}

/* ---- keys ---- */

static int terminal_key(struct screen *s, struct key *ret) {
  struct terminal *t = (struct terminal *)s;
  if (decoder_next(t->decoder, clock_mono_ms(), ret)) return 1;
  if (t->dead) return -EIO;
  struct pollfd p = {.fd = s->fd, .events = POLLIN};
  if (poll(&p, 1, 0) <= 0) return 0;
  /* Asked only when something is there, and never O_NONBLOCK: that would stay set for the shell. */
  char bytes[1024];
  ssize_t n = p.revents & POLLIN ? read(s->fd, bytes, sizeof(bytes)) : 0;
  if (n < 0 && (errno == EINTR || errno == EAGAIN)) return 0;
  if (n <= 0) {
    t->dead = true;
    return -EIO;
  }
  decoder_feed(t->decoder, bytes, (size_t)n, clock_mono_ms());
  return decoder_next(t->decoder, clock_mono_ms(), ret);
}

static int terminal_wait(const struct screen *s) { return decoder_wait(((const struct terminal *)s)->decoder, clock_mono_ms()); }

/* What terminfo knows of this terminal's keys. The function keys above 12 are left out: terminals send them for Shift-F1,
 * which decode.c names so. */
static void learn_keys(struct decoder *d) {
  static const struct {
    const char *capability;
    struct key key;
  } keys[] = {
      {"kcuu1", {.code = KEYSYM_UP}},
      {"kcud1", {.code = KEYSYM_DOWN}},
      {"kcub1", {.code = KEYSYM_LEFT}},
      {"kcuf1", {.code = KEYSYM_RIGHT}},
      {"khome", {.code = KEYSYM_HOME}},
      {"kend", {.code = KEYSYM_END}},
      {"kpp", {.code = KEYSYM_PAGE_UP}},
      {"knp", {.code = KEYSYM_PAGE_DOWN}},
      {"kich1", {.code = KEYSYM_INSERT}},
      {"kdch1", {.code = KEYSYM_DELETE}},
      {"kent", {.code = KEYSYM_ENTER}},
      {"kbs", {.code = KEYSYM_BACKSPACE}},
      {"kcbt", {.code = KEYSYM_TAB, .mods = KEY_SHIFT}},
  };
  for (size_t i = 0; i < COUNT(keys); i++) {
    const char *sequence = tigetstr(keys[i].capability);
    if (!sequence || sequence == (const char *)-1) continue;
    /* A single byte is a key of its own everywhere, but for Backspace, which is two different ones. */
    if (sequence[0] && (sequence[1] || !strcmp(keys[i].capability, "kbs"))) decoder_learn(d, sequence, keys[i].key);
  }
  for (int i = 1; i <= 12; i++) {
    char name[16];
    snprintf(name, sizeof(name), "kf%d", i);
    const char *sequence = tigetstr(name);
    if (sequence && sequence != (const char *)-1 && sequence[0] == '\033')
      decoder_learn(d, sequence, (struct key){.code = (uint32_t)(KEYSYM_F1 + i - 1)});
  }
}

/* ---- away, back, closed ---- */

/* BE and BD: pasted text comes marked as such (bracketed paste), where the terminal can. */
static void terminal_suspend(struct screen *s) {
  struct terminal *t = (struct terminal *)s;
  canvas_free(t->late);
  t->late = NULL;
  say(t, "BD");
  if (t->mouse) output_add(t->output, MOUSE_OFF, strlen(MOUSE_OFF));
  curs_set(1);
  endwin();
  collect(t);
  /* Without an alternate screen the last frame stays: what is said next begins on a line of its own. */
  if (!has("rmcup")) output_add(t->output, "\r\n", 2);
  if (!t->dead) fail_if(t, output_drain(t->output, LAST_WORDS_MS));
  way_out.armed = 0;
  tcsetattr(s->fd, TCSANOW, &t->before);
}

static void terminal_resume(struct screen *s) {
  struct terminal *t = (struct terminal *)s;
  tcsetattr(s->fd, TCSANOW, &t->raw);
  terminal_resized(s);
  t->valid = false;
  refresh(); /* into the alternate screen again */
  collect(t);
  say(t, "BE");
  if (t->mouse) output_add(t->output, MOUSE_ON, strlen(MOUSE_ON));
  fail_if(t, output_send(t->output));
  arm(t);
}

static void terminal_close(struct screen *s) {
  struct terminal *t = (struct terminal *)s;
  if (!s->suspended) terminal_suspend(s);
  delscreen(t->curses);
  fclose(t->said);
  fclose(t->unread);
  output_free(t->output);
  decoder_free(t->decoder);
  canvas_free(t->shown);
  canvas_free(t->late);
  current = NULL;
}

static const struct screen_class class = {
    .close = terminal_close,
    .blit = terminal_blit,
    .flush = terminal_flush,
    .sent = terminal_sent,
    .redraw = terminal_redraw,
    .resized = terminal_resized,
    .bell = terminal_bell,
    .mouse = terminal_mouse,
    .key = terminal_key,
    .wait = terminal_wait,
    .suspend = terminal_suspend,
    .resume = terminal_resume,
};

/* ---- opening ---- */

/* The character set by the environment. A locale that is named but not installed, which is common for those who come by ssh,
 * still says whether it is UTF-8. */
static enum glyphs pick_glyphs(const char *term, bool ascii) {
  if (!setlocale(LC_CTYPE, "")) {
    const char *name = getenv("LC_ALL");
    if (!name || !*name) name = getenv("LC_CTYPE");
    if (!name || !*name) name = getenv("LANG");
    const char *codeset = name ? strchr(name, '.') : NULL;
    if (codeset && (!strncasecmp(codeset, ".utf-8", 6) || !strncasecmp(codeset, ".utf8", 5))) setlocale(LC_CTYPE, "C.UTF-8");
  }
  if (ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0) return GLYPHS_ASCII;
  return str_eq(term, "linux") || str_starts(term, "linux-") ? GLYPHS_CONSOLE : GLYPHS_UTF8;
}

static int check(const struct screen_options *o, const char *term, struct err *e) {
  if (current) return err_set(e, -EBUSY, "", "the terminal is already in use by this program");
  if (!isatty(o->in) || !isatty(o->out))
    return err_set(e, -ENOTTY, "use `kvmconsole status` without a terminal, or `ssh -t`", "this is not a terminal");
  if (!term || !*term) return err_set(e, -EINVAL, "set TERM, for example TERM=xterm", "TERM is not set");
  int why = 0;
  if (setupterm(term, o->out, &why) != OK)
    return err_set(e, -ENOENT, "set TERM to one that this host knows, for example TERM=xterm, or install its terminfo entry (ncurses-term)",
                   "the terminal type '%s' is not known on this host", term);
  bool able = has("cup") && has("clear");
  del_curterm(cur_term);
  return able ? 0
              : err_set(e, -EINVAL, "use a terminal of another type, or `kvmconsole status`", "a terminal of type '%s' cannot place text on a screen",
                        term);
}

/* newterm() with the signals left as they are: they belong to the loop. */
static SCREEN *new_curses(const char *term, FILE *said, FILE *unread) {
  static const int signals[] = {SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
  struct sigaction before[COUNT(signals)];
  for (size_t i = 0; i < COUNT(signals); i++) sigaction(signals[i], NULL, &before[i]);
  SCREEN *s = newterm(term, said, unread);
  for (size_t i = 0; i < COUNT(signals); i++) sigaction(signals[i], &before[i], NULL);
  return s;
}

static void pick_colours(struct terminal *t, bool no_color) {
  t->screen.colours = COLOURS_NONE;
  if (no_color || !has_colors()) return;
  start_color();
  t->own_background = use_default_colors() == OK;
  t->screen.colours = theme_depth(COLORS, false);
  t->pair_limit = COLOR_PAIRS - 1 > PAIRS_MAX ? PAIRS_MAX : COLOR_PAIRS - 1;
}

/* Bytes as they are, both ways; no signals from keys. */
static void set_raw(struct terminal *t) {
  tcgetattr(t->screen.fd, &t->before);
  t->raw = t->before;
  cfmakeraw(&t->raw);
  t->raw.c_cflag = t->before.c_cflag; /* parity and speed of a serial line are its own */
  t->raw.c_cc[VMIN] = 1;
  t->raw.c_cc[VTIME] = 0;
  tcsetattr(t->screen.fd, TCSANOW, &t->raw);
  /* Curses cannot ask: it must not count on the terminal's driver to turn a newline into two. */
  nonl();
  typeahead(-1);
}

struct screen *screen_open_curses(const struct screen_options *o, struct err *e) {
  const char *term = o->term ? o->term : getenv("TERM");
  if (check(o, term, e) < 0) return NULL;
  struct terminal *t = mem_alloc(sizeof(*t));
  t->screen = (struct screen){.class = &class, .fd = o->in, .theme = o->theme ? o->theme : theme_find(NULL)};
  t->out_fd = o->out;
  t->screen.glyphs = pick_glyphs(term, o->ascii);
  int said = memfd_create("screen", MFD_CLOEXEC);
  t->said = said >= 0 ? fdopen(said, "w") : NULL;
  t->unread = fopen("/dev/null", "re");
  t->curses = t->said && t->unread ? new_curses(term, t->said, t->unread) : NULL;
  if (!t->curses) {
    err_set(e, -EIO, "try another TERM, for example TERM=xterm", "the terminal of type '%s' cannot be opened", term);
    if (t->said) fclose(t->said);
    if (t->unread) fclose(t->unread);
    mem_free(t);
    return NULL;
  }
  current = t;
  t->output = output_new(o->out);
  t->screen.out_fd = output_fd(t->output);
  set_raw(t);
  t->hides_cursor = curs_set(0) != ERR;
  pick_colours(t, o->no_color);
  t->shown = canvas_new(1, 1, t->screen.glyphs);
  t->decoder = decoder_new();
  learn_keys(t->decoder);
  ask_size(t, &t->screen.w, &t->screen.h);
  resize_term(t->screen.h, t->screen.w);
  collect(t);
  say(t, "BE");
  arm(t);
  return &t->screen;
}
