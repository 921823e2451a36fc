/* The whole program on a terminal of the test's own: what it sends at rest, how it takes what terminals and their users do to
 * it, and how it ends. Nothing here waits for a time to pass where there is something to wait for. */
#include "base/clock.h"
#include "base/str.h"
#include "unit.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

enum { PATIENCE_MS = 20000 };

struct terminal { int fd; pid_t pid; struct str heard; struct termios before; };
struct setting { const char *term, *lang, *no_color; int w, h; };

static const char *program(void) {
  static char path[4096];
  const char *build = getenv("BUILD");
  snprintf(path, sizeof path, "%s/kvmconsole", build && *build ? build : "build");
  return path;
}

/* Everything after the program's name, at most 8 words. */
static void open_with(struct terminal *t, const struct setting *s, const char *const *words) {
  struct winsize size = {.ws_row = (unsigned short)(s->h ? s->h : 24), .ws_col = (unsigned short)(s->w ? s->w : 80)};
  char *argv[10] = {(char *)"kvmconsole"};
  int slave;
  for (size_t i = 0; i < 8 && words[i]; i++) argv[i + 1] = (char *)words[i];
  *t = (struct terminal){0};
  assert_int_equal(openpty(&t->fd, &slave, NULL, NULL, &size), 0);
  tcgetattr(slave, &t->before);
  t->pid = fork();
  assert_true(t->pid >= 0);
  if (!t->pid) {
    setsid();
    ioctl(slave, TIOCSCTTY, 0);
    for (int i = 0; i < 3; i++) dup2(slave, i);
    close(slave);
    close(t->fd);
    setenv("TERM", s->term ? s->term : "xterm-256color", 1);
    setenv("LC_ALL", s->lang ? s->lang : "C.UTF-8", 1);
    if (s->no_color) setenv("NO_COLOR", s->no_color, 1);
    else unsetenv("NO_COLOR");
    unsetenv("LINES"), unsetenv("COLUMNS");
    execv(program(), argv);
    _exit(127);
  }
  close(slave);
}

static void open_demo(struct terminal *t, const struct setting *s) { open_with(t, s, (const char *const[]){"--demo=lab", NULL}); }

/* What came within ms, or until nothing comes any more (false: it is gone). */
static bool hear(struct terminal *t, int ms, size_t *ret) {
  char bytes[16384];
  struct pollfd f = {.fd = t->fd, .events = POLLIN};
  *ret = 0;
  if (poll(&f, 1, ms) <= 0) return true;
  ssize_t n = read(t->fd, bytes, sizeof bytes);
  if (n <= 0) return false;
  str_addn(&t->heard, bytes, (size_t)n);
  *ret = (size_t)n;
  return true;
}

static void until(struct terminal *t, const char *words) {
  size_t n;
  for (int64_t end = clock_mono_ms() + PATIENCE_MS; !strstr(str_text(&t->heard), words);)
    if (clock_mono_ms() > end || !hear(t, 100, &n)) fail_msg("never saw \"%s\"; heard %zu bytes: %.600s", words, t->heard.len, str_text(&t->heard));
}

static void forget(struct terminal *t) { str_reset(&t->heard); }
static void type_in(struct terminal *t, const char *bytes) { assert_int_equal(write(t->fd, bytes, strlen(bytes)), strlen(bytes)); }

/* All of the screen anew, on a blank one: whatever was there is not what is seen. */
static void see(struct terminal *t, const char *words) {
  forget(t);
  type_in(t, "\014");
  until(t, words);
}

static int ended(struct terminal *t) {
  int status = 0;
  size_t n;
  pid_t got = 0;
  for (int64_t end = clock_mono_ms() + PATIENCE_MS; (got = waitpid(t->pid, &status, WNOHANG)) == 0;) {
    if (clock_mono_ms() > end) fail_msg("it does not end");
    if (t->fd < 0 || !hear(t, 10, &n)) poll(NULL, 0, 5);
  }
  assert_int_equal(got, t->pid);
  while (t->fd >= 0 && hear(t, 0, &n) && n);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void drop(struct terminal *t) {
  if (t->fd >= 0) close(t->fd);
  str_free(&t->heard);
}

static void leave(struct terminal *t) {
  type_in(t, "q");
  assert_int_equal(ended(t), 0);
  drop(t);
}

/* ---- at rest and in a storm ---- */

static void at_rest_the_clock_only(void **state) {
  (void)state;
  enum { LISTEN_MS = 6000, BYTES_A_SECOND = 15 };
  struct terminal t;
  size_t sum = 0, n;
  open_demo(&t, &(struct setting){0});
  until(&t, "4 Domains");
  int quiet = 0; /* what had to be drawn at first is drawn when seconds are small */
  for (int64_t end = clock_mono_ms() + PATIENCE_MS; quiet < 3 && clock_mono_ms() < end;) {
    assert_true(hear(&t, 1500, &n));
    quiet = n && n < 40 ? quiet + 1 : 0;
  }
  assert_int_equal(quiet, 3);
  for (int64_t now = clock_mono_ms(), end = now + LISTEN_MS; now < end; now = clock_mono_ms()) {
    assert_true(hear(&t, (int)(end - now), &n));
    sum += n;
  }
  print_message("%zu bytes in %d s\n", sum, LISTEN_MS / 1000);
  assert_true(sum > 0); /* the clock goes: who looks sees that it lives */
  assert_true(sum <= BYTES_A_SECOND * LISTEN_MS / 1000);
  leave(&t);
}

/* Many changes: at most 10 frames a second, and a key between two of them is not kept waiting. On a machine that has other
 * things to do there are fewer, and some keys wait: never more, and never all. */
static void frames_are_few_and_keys_are_first(void **state) {
  (void)state;
  enum { FRAMES = 20, FRAME_MS = 80, GAP_MS = 15, SOON_MS = 60, TRIES = 80, ENOUGH = 4 };
  struct terminal t;
  size_t n;
  int frames = 0, soon = 0, tries = 0;
  open_with(&t, &(struct setting){0}, (const char *const[]){"--demo=storm", "--speed", "30", NULL});
  until(&t, "4 Domains");
  int64_t start = clock_mono_ms(), last = start;
  while (frames < FRAMES && clock_mono_ms() - start < PATIENCE_MS) {
    assert_true(hear(&t, 1000, &n));
    if (!n) continue;
    frames += clock_mono_ms() - last > GAP_MS;
    last = clock_mono_ms();
  }
  print_message("%d frames in %d ms\n", frames, (int)(last - start));
  assert_true(frames > 0 && last - start >= (int64_t)frames * FRAME_MS - FRAME_MS);
  while (soon < ENOUGH && tries++ < TRIES) {
    while (hear(&t, 1000, &n) && !n);          /* one has just been drawn: the next is 100 ms away */
    while (hear(&t, GAP_MS, &n) && n);
    start = clock_mono_ms();
    type_in(&t, "\t");
    while (hear(&t, 500, &n) && !n);
    soon += clock_mono_ms() - start <= SOON_MS;
    while (hear(&t, GAP_MS, &n) && n);
  }
  print_message("%d of %d keys answered before the next frame was due\n", soon, tries);
  assert_true(soon == ENOUGH);
  leave(&t);
}

/* What takes long in a large cluster comes after the key's own frame, which says that it is being looked for and not that
 * there is none. A key that follows at once finds it. */
static void what_takes_long_comes_second(void **state) {
  (void)state;
  struct terminal t;
  open_with(&t, &(struct setting){0}, (const char *const[]){"--demo=big", NULL});
  until(&t, "4 Domains");
  assert_null(strstr(str_text(&t.heard), "looking"));
  type_in(&t, "L");
  until(&t, "looking");
  assert_null(strstr(str_text(&t.heard), "nothing was found"));
  until(&t, "critical");
  type_in(&t, "OL\r");
  until(&t, "evidence");
  leave(&t);
}

/* ---- what comes in ---- */

static void a_paste_is_no_keys(void **state) {
  (void)state;
  struct terminal t;
  open_demo(&t, &(struct setting){0});
  until(&t, "4 Domains");
  assert_non_null(strstr(str_text(&t.heard), "\033[?2004h"));
  type_in(&t, "\033[200~q!?\rV\033[201~");
  see(&t, "4 Domains");
  type_in(&t, "\033[200~");
  for (int i = 0; i < 500; i++) type_in(&t, "qqqq!!!!yes\r\003\032");
  type_in(&t, "\033[201~");
  see(&t, "4 Domains"); /* neither left nor anywhere else */
  type_in(&t, "!");
  until(&t, "HOW BAD");
  leave(&t);
}

static void rubbish_is_survived(void **state) {
  (void)state;
  struct terminal t;
  open_demo(&t, &(struct setting){0});
  until(&t, "4 Domains");
  type_in(&t, "\033[?1;2c\033[>41;354;0c\033]11;rgb:0000/0000/0000\033\\\033[<0;5;5M\033[M !!\033P+r\033\\\033[999999999999~\033[;;;;;;;;;;m\377\376\300\200\033");
  type_in(&t, "[99;99R");
  type_in(&t, "\033\033\033");
  see(&t, "1 Nodes");
  leave(&t);
}

static void split_sequences_are_whole(void **state) {
  (void)state;
  struct terminal t;
  size_t n;
  open_demo(&t, &(struct setting){0});
  until(&t, "4 Domains");
  type_in(&t, "N");
  see(&t, "Nodes");
  for (int i = 0; i < 3; i++) { /* in pieces as a slow link delivers them */
    type_in(&t, "\033");
    hear(&t, 30, &n);
    type_in(&t, "[");
    hear(&t, 30, &n);
    type_in(&t, "B");
  }
  type_in(&t, "\r");
  see(&t, "node2"); /* the fourth: Esc would have left the list */
  until(&t, "Esc");
  forget(&t);
  type_in(&t, "\033"); /* and a lone one is the key */
  until(&t, "PEER");
  leave(&t);
}

static void the_mouse_when_it_is_wanted(void **state) {
  (void)state;
  struct terminal t;
  open_demo(&t, &(struct setting){0});
  until(&t, "4 Domains");
  assert_null(strstr(str_text(&t.heard), "\033[?1000h"));
  type_in(&t, "\033[<0;5;5M\033[<0;5;5M"); /* not asked for: nothing */
  see(&t, "4 Domains");
  type_in(&t, "\033m");
  until(&t, "\033[?1000h\033[?1006h");
  type_in(&t, "\033[<0;5;5M\033[<0;5;5M");
  until(&t, "Esc");
  forget(&t);
  type_in(&t, "q");
  assert_int_equal(ended(&t), 0);
  assert_non_null(strstr(str_text(&t.heard), "\033[?1000l"));
  drop(&t);
  open_demo(&t, &(struct setting){.term = "vt100"});
  until(&t, "4 Domains");
  type_in(&t, "\033m");
  until(&t, "no mouse");
  assert_null(strstr(str_text(&t.heard), "\033[?1000h"));
  leave(&t);
}

static void a_littered_screen_is_drawn_anew(void **state) {
  (void)state;
  static const char *const words[] = {"cluster-kvm", "1 Nodes", "2 Bricks", "3 Volumes", "4 Domains", "node4:/data", "test01"};
  struct terminal t;
  open_demo(&t, &(struct setting){0});
  until(&t, "4 Domains");
  until(&t, "test01");
  for (size_t i = 0; i < COUNT(words); i++) see(&t, words[i]);
  leave(&t);
}

static void a_storm_of_sizes(void **state) {
  (void)state;
  struct terminal t;
  size_t n;
  open_demo(&t, &(struct setting){0});
  until(&t, "4 Domains");
  for (unsigned i = 0; i < 400; i++) {
    struct winsize size = {.ws_row = (unsigned short)(1 + i * 7919 % 120), .ws_col = (unsigned short)(1 + i * 104729 % 400)};
    assert_int_equal(ioctl(t.fd, TIOCSWINSZ, &size), 0); /* the kernel sends SIGWINCH */
    if (i % 4 == 0) hear(&t, 0, &n);
  }
  assert_int_equal(ioctl(t.fd, TIOCSWINSZ, &(struct winsize){.ws_row = 10, .ws_col = 40}), 0);
  until(&t, "40 x 10 is too small");
  assert_int_equal(ioctl(t.fd, TIOCSWINSZ, &(struct winsize){.ws_row = 24, .ws_col = 80}), 0);
  see(&t, "4 Domains");
  leave(&t);
}

/* ---- the end ---- */

static void assert_given_back(struct terminal *t) {
  struct termios after;
  assert_non_null(strstr(str_text(&t->heard), "\033[?1049l"));
  assert_non_null(strstr(str_text(&t->heard), "\033[?2004l"));
  assert_int_equal(tcgetattr(t->fd, &after), 0);
  assert_int_equal(after.c_lflag, t->before.c_lflag);
  assert_int_equal(after.c_iflag, t->before.c_iflag);
  assert_int_equal(after.c_oflag, t->before.c_oflag);
}

static void signals_end_it_cleanly(void **state) {
  (void)state;
  static const struct { int signo, code; } signals[] = {{SIGTERM, 130}, {SIGINT, 130}, {SIGHUP, 0}};
  for (size_t i = 0; i < COUNT(signals); i++) {
    struct terminal t;
    open_demo(&t, &(struct setting){0});
    until(&t, "4 Domains");
    kill(t.pid, signals[i].signo);
    assert_int_equal(ended(&t), signals[i].code);
    assert_given_back(&t);
    drop(&t);
  }
}

/* The connection is cut: within a second it is over, and no second of work was spent on that. */
static void a_dead_terminal_ends_it(void **state) {
  (void)state;
  for (int typing = 0; typing < 2; typing++) {
    struct terminal t;
    struct rusage before, after;
    open_demo(&t, &(struct setting){0});
    until(&t, "4 Domains");
    getrusage(RUSAGE_CHILDREN, &before);
    if (typing) type_in(&t, "!!OO??NNVVa");
    close(t.fd);
    t.fd = -1;
    int64_t start = clock_mono_ms();
    ended(&t);
    getrusage(RUSAGE_CHILDREN, &after);
    assert_true(clock_mono_ms() - start < 5000); /* of a machine that does other things too; 1000 of its own: */
    assert_true((after.ru_utime.tv_sec - before.ru_utime.tv_sec) * 1000 + (after.ru_utime.tv_usec - before.ru_utime.tv_usec) / 1000 < 1000);
    drop(&t);
  }
}

/* ---- kinds of terminals ---- */

static size_t count_of(const struct terminal *t, const char *words) {
  size_t n = 0;
  for (const char *at = str_text(&t->heard); (at = strstr(at, words)) != NULL; at += strlen(words)) n++;
  return n;
}

/* ESC [ ... m with a number of a colour in it. */
static bool any_colour(const struct terminal *t) {
  for (const char *at = str_text(&t->heard); (at = strstr(at, "\033[")) != NULL;) {
    at += 2;
    size_t len = strspn(at, "0123456789;");
    if (at[len] != 'm') continue;
    for (const char *n = at; n < at + len; n += strcspn(n, ";m") + 1) {
      int value = atoi(n);
      if ((value >= 30 && value <= 48 && value != 39) || value >= 90) return true;
    }
  }
  return false;
}

static bool any_byte(const struct terminal *t, unsigned char from) {
  for (size_t i = 0; i < t->heard.len; i++)
    if ((unsigned char)t->heard.data[i] >= from) return true;
  return false;
}

static void each_kind_gets_what_it_can(void **state) {
  (void)state;
  static const struct { struct setting s; bool bytes8, colour, c256; } kinds[] = {
      {{.term = "xterm-256color"}, true, true, true},           {{.term = "tmux-256color"}, true, true, true}, {{.term = "xterm"}, true, true, false},
      {{.term = "screen"}, true, true, false},                  {{.term = "tmux"}, true, true, false},         {{.term = "linux"}, true, true, false},
      {{.term = "vt100"}, true, false, false},                  {{.term = "xterm-mono"}, true, false, false},  {{.term = "xterm-256color", .no_color = "1"}, true, false, false},
      {{.term = "xterm-256color", .lang = "C"}, false, true, true}, {{.term = "vt100", .lang = "POSIX"}, false, false, false},
  };
  for (size_t i = 0; i < COUNT(kinds); i++) {
    struct terminal t;
    open_demo(&t, &kinds[i].s);
    until(&t, "4 Domains");
    until(&t, "online");
    see(&t, "node4:/data");
    until(&t, "help");
    bool colour = any_colour(&t);
    if (any_byte(&t, 0x80) != kinds[i].bytes8 || colour != kinds[i].colour || (count_of(&t, "38;5;") > 0) != kinds[i].c256)
      fail_msg("%s %s: eight bits %d, colours %d, of 256 %d", kinds[i].s.term, kinds[i].s.lang ? kinds[i].s.lang : "", any_byte(&t, 0x80), colour, count_of(&t, "38;5;") > 0);
    leave(&t);
  }
}

static void what_cannot_be_is_said(void **state) {
  (void)state;
  static const struct { const char *term, *says, *todo; } kinds[] = {
      {"no-such-terminal", "the terminal type 'no-such-terminal' is not known on this host", "TERM=xterm"}, {"dumb", "cannot place text", "kvmconsole status"}, {"", "TERM is not set", "TERM=xterm"}};
  for (size_t i = 0; i < COUNT(kinds); i++) {
    struct terminal t;
    open_demo(&t, &(struct setting){.term = kinds[i].term});
    assert_int_equal(ended(&t), 64);
    assert_non_null(strstr(str_text(&t.heard), kinds[i].says));
    assert_non_null(strstr(str_text(&t.heard), kinds[i].todo));
    assert_null(strchr(str_text(&t.heard), 033));
    drop(&t);
  }
}

int main(void) {
  if (access(program(), X_OK)) {
    printf("ok - the program on a terminal # SKIP %s is not built\n", program());
    return 0;
  }
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(at_rest_the_clock_only),      cmocka_unit_test(frames_are_few_and_keys_are_first), cmocka_unit_test(what_takes_long_comes_second), cmocka_unit_test(a_paste_is_no_keys),       cmocka_unit_test(rubbish_is_survived),
      cmocka_unit_test(split_sequences_are_whole),   cmocka_unit_test(the_mouse_when_it_is_wanted),       cmocka_unit_test(a_littered_screen_is_drawn_anew),
      cmocka_unit_test(a_storm_of_sizes),            cmocka_unit_test(signals_end_it_cleanly),            cmocka_unit_test(a_dead_terminal_ends_it),
      cmocka_unit_test(each_kind_gets_what_it_can),  cmocka_unit_test(what_cannot_be_is_said),
  };
  return RUN(tests);
}
