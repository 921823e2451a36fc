/* The real terminal device against a pseudo-terminal: what it sends, that it gives everything back, and that a terminal which
 * stalls or dies stops nobody. */
#include "base/clock.h"
#include "base/str.h"
#include "tui/output.h"
#include "tui/screen.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

struct pair {
  int master, slave;
};

static struct pair pair_new(int w, int h) {
  struct pair p = {.master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK)};
  struct winsize size = {.ws_row = (unsigned short)h, .ws_col = (unsigned short)w};
  assert_true(p.master >= 0 && !grantpt(p.master) && !unlockpt(p.master));
  p.slave = open(ptsname(p.master), O_RDWR | O_NOCTTY);
  assert_true(p.slave >= 0);
  assert_int_equal(ioctl(p.slave, TIOCSWINSZ, &size), 0);
  return p;
}

static void pair_free(struct pair p) {
  close(p.slave);
  if (p.master >= 0) close(p.master);
}

/* All that has come to the terminal. */
static void hear(struct pair p, struct str *out) {
  char bytes[4096];
  struct pollfd f = {.fd = p.master, .events = POLLIN};
  str_reset(out);
  while (poll(&f, 1, 50) > 0) {
    ssize_t n = read(p.master, bytes, sizeof(bytes));
    if (n <= 0) return;
    str_addn(out, bytes, (size_t)n);
  }
}

static struct screen *open_on(struct pair p, const char *term) {
  struct err e = {0};
  struct screen *s = screen_open_curses(&(struct screen_options){.in = p.slave, .out = p.slave, .term = term}, &e);
  if (!s) fail_msg("%s: %s", term, e.text);
  return s;
}

static void type_in(int fd, const char *bytes) { assert_int_equal(write(fd, bytes, strlen(bytes)), strlen(bytes)); }

static void opens_draws_and_gives_back(void **state) {
  (void)state;
  static const char *const terms[] = {"xterm-256color", "xterm", "linux", "screen", "tmux-256color", "vt100"};
  for (size_t i = 0; i < COUNT(terms); i++) {
    struct pair p = pair_new(80, 24);
    struct termios before, during, after;
    CLEANUP(str_free) struct str out = {0};
    int w, h;
    tcgetattr(p.slave, &before);
    struct screen *s = open_on(p, terms[i]);
    tcgetattr(p.slave, &during);
    assert_false(during.c_lflag & (ICANON | ECHO | ISIG));
    assert_false(fcntl(p.slave, F_GETFL) & O_NONBLOCK);
    screen_size(s, &w, &h);
    assert_true(w == 80 && h == 24);
    CLEANUP(canvas_freep) struct canvas *c = canvas_new(w, h, screen_glyphs(s));
    pen_text(canvas_pen(c), 3, 3, STYLE(BAD), "kvm01\033[2Jhello");
    assert_int_equal(screen_blit(s, c), 0);
    hear(p, &out);
    assert_non_null(strstr(str_text(&out), "kvm01"));
    assert_null(strstr(str_text(&out), "kvm01\033[2J"));
    uint64_t sent = screen_sent(s);
    assert_int_equal(screen_blit(s, c), 0); /* nothing changed: nothing is sent */
    assert_int_equal(screen_sent(s), sent);
    pen_text(canvas_pen(c), 3, 3, STYLE(BAD), "K");
    assert_int_equal(screen_blit(s, c), 0);
    assert_true(screen_sent(s) > sent && screen_sent(s) - sent < 80);
    screen_close(s);
    tcgetattr(p.slave, &after);
    assert_int_equal(before.c_lflag, after.c_lflag);
    assert_int_equal(before.c_iflag, after.c_iflag);
    assert_int_equal(before.c_oflag, after.c_oflag);
    pair_free(p);
  }
}

static void keys_and_resize(void **state) {
  (void)state;
  struct pair p = pair_new(80, 24);
  struct screen *s = open_on(p, "xterm");
  struct key k;
  int w, h;
  assert_int_equal(screen_key(s, &k), 0);
  type_in(p.master, "q\033[A\003");
  usleep(20000);
  assert_int_equal(screen_key(s, &k), 1);
  assert_int_equal(k.code, 'q');
  assert_int_equal(screen_key(s, &k), 1);
  assert_int_equal(k.code, KEYSYM_UP);
  assert_int_equal(screen_key(s, &k), 1);
  assert_true(k.code == 'c' && k.mods == KEY_CTRL); /* a key, and no signal */
  assert_int_equal(screen_wait(s), -1);
  type_in(p.master, "\033");
  usleep(20000);
  assert_int_equal(screen_key(s, &k), 0);
  assert_true(screen_wait(s) > 0);
  usleep(110000);
  assert_int_equal(screen_key(s, &k), 1);
  assert_int_equal(k.code, KEYSYM_ESC);
  assert_false(screen_resized(s));
  ioctl(p.slave, TIOCSWINSZ, &(struct winsize){.ws_row = 15, .ws_col = 60});
  assert_true(screen_resized(s));
  screen_size(s, &w, &h);
  assert_true(w == 60 && h == 15);
  /* A canvas of another size than the screen is cut, not refused: the resize may come between drawing and showing. */
  CLEANUP(canvas_freep) struct canvas *c = canvas_new(80, 24, screen_glyphs(s));
  pen_text(canvas_pen(c), 59, 14, STYLE(NORMAL), "中");
  assert_int_equal(screen_blit(s, c), 0);
  screen_close(s);
  pair_free(p);
}

static void away_and_back(void **state) {
  (void)state;
  struct pair p = pair_new(40, 10);
  struct screen *s = open_on(p, "xterm-256color");
  struct termios t;
  CLEANUP(str_free) struct str out = {0};
  CLEANUP(canvas_freep) struct canvas *c = canvas_new(40, 10, screen_glyphs(s));
  pen_text(canvas_pen(c), 0, 0, STYLE(NORMAL), "frame");
  screen_blit(s, c);
  screen_suspend(s);
  tcgetattr(p.slave, &t);
  assert_true(t.c_lflag & ICANON);
  hear(p, &out);
  assert_non_null(strstr(str_text(&out), "\033[?1049l"));
  assert_int_equal(screen_blit(s, c), -EAGAIN);
  screen_resume(s);
  assert_int_equal(screen_blit(s, c), 0);
  hear(p, &out);
  assert_non_null(strstr(str_text(&out), "\033[?1049h"));
  assert_non_null(strstr(str_text(&out), "frame")); /* all of it anew */
  tcgetattr(p.slave, &t);
  assert_false(t.c_lflag & ICANON);
  screen_restore(); /* as from a signal handler */
  tcgetattr(p.slave, &t);
  assert_true(t.c_lflag & ICANON);
  hear(p, &out);
  assert_non_null(strstr(str_text(&out), "\033[?1049l"));
  screen_close(s);
  pair_free(p);
}

static void on_key(void *owner, int code, const struct key *k) {
  (void)k;
  *(int *)owner = code;
}

static void a_stalled_terminal_stops_nobody(void **state) {
  (void)state;
  struct pair p = pair_new(200, 50);
  struct screen *s = open_on(p, "xterm-256color");
  struct loop *l = loop_new();
  CLEANUP(canvas_freep) struct canvas *c = canvas_new(200, 50, screen_glyphs(s));
  CLEANUP(str_free) struct str out = {0}, all = {0};
  int code = 0;
  screen_listen(s, l, on_key, &code);
  int64_t start = clock_mono_ms();
  for (int i = 0; i < 200; i++) { /* nobody reads */
    for (int y = 0; y < 50; y++)
      for (int x = 0; x < 200; x++) pen_text(canvas_pen(c), x, y, STYLE(NORMAL), (x + y + i) % 2 ? "a" : "b");
    if (i == 199) pen_text(canvas_pen(c), 0, 0, STYLE(NORMAL), "THE NEWEST");
    assert_int_equal(screen_blit(s, c), 0);
  }
  assert_true(clock_mono_ms() - start < 5000);
  for (int i = 0; i < 100 && !strstr(str_text(&all), "THE NEWEST"); i++) {
    loop_step(l, 10);
    hear(p, &out);
    str_add(&all, str_text(&out));
  }
  assert_non_null(strstr(str_text(&all), "THE NEWEST")); /* the frames between were left out */
  assert_true(all.len < 300000);
  assert_int_equal(code, 0);
  close(p.master); /* and now it dies */
  for (int i = 0; i < 50 && !code; i++) loop_step(l, 10);
  assert_int_equal(code, -EIO);
  assert_int_equal(screen_blit(s, c), -EIO);
  screen_close(s);
  loop_free(l);
  p.master = -1;
  pair_free(p);
}

static void output_keeps_what_does_not_go(void **state) {
  (void)state;
  int fds[2];
  static char bytes[300000], back[300000];
  assert_int_equal(pipe(fds), 0);
  for (size_t i = 0; i < sizeof(bytes); i++) bytes[i] = (char)(i % 251);
  struct output *o = output_new(fds[1]);
  output_add(o, bytes, sizeof(bytes));
  assert_int_equal(output_send(o), -EAGAIN);
  size_t got = 0;
  while (got < sizeof(back)) {
    ssize_t n = read(fds[0], back + got, 50000);
    assert_true(n > 0);
    got += (size_t)n;
    output_send(o);
  }
  assert_memory_equal(bytes, back, sizeof(back));
  assert_int_equal(output_left(o), 0);
  assert_int_equal(output_sent(o), sizeof(bytes));
  output_free(o);
  close(fds[0]);
  close(fds[1]);
}

static void mistakes_are_said(void **state) {
  (void)state;
  static const char *const terms[] = {"dumb", "no-such-terminal", ""};
  struct pair p = pair_new(80, 24);
  for (size_t i = 0; i < COUNT(terms); i++) {
    struct err e = {0};
    assert_null(screen_open_curses(&(struct screen_options){.in = p.slave, .out = p.slave, .term = terms[i]}, &e));
    assert_true(e.code < 0 && e.text[0] && e.todo[0]);
  }
  struct screen *s = open_on(p, "xterm");
  struct err e = {0};
  assert_null(screen_open_curses(&(struct screen_options){.in = p.slave, .out = p.slave, .term = "xterm"}, &e));
  assert_int_equal(e.code, -EBUSY);
  screen_close(s);
  pair_free(p);
}

int main(void) {
  unsetenv("LINES");
  unsetenv("COLUMNS");
  setenv("LC_ALL", "C.UTF-8", 1);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(opens_draws_and_gives_back),
      cmocka_unit_test(keys_and_resize),
      cmocka_unit_test(away_and_back),
      cmocka_unit_test(a_stalled_terminal_stops_nobody),
      cmocka_unit_test(output_keeps_what_does_not_go),
      cmocka_unit_test(mistakes_are_said),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
