/* Keys: names both ways, bytes into keys, and the headless screen on the loop. */
#include "base/str.h"
#include "tui/decode.h"
#include "tui/screen.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct key key(const char *name) {
  struct key k = {0};
  if (key_parse(name, &k)) fail_msg("no key %s", name);
  return k;
}

static void names_round_trip(void **state) {
  (void)state;
  static const char *const names[] = {"F5",     "F24",  "C-l",   "M-x",     "C-M-x", "Enter",   "Esc",        "Tab", "S-Tab", "Up",        "S-Up",
                                      "C-PgDn", "PgUp", "Space", "C-Space", "/",     "-",       "C--",        "M--", "é",     "中",        "?",
                                      "!",      "G",    "[",     "]",       "#",     "M-Enter", "C-M-S-Home", "Ins", "Del",   "Backspace", "M-S"};
  char out[KEY_NAME];
  for (size_t i = 0; i < COUNT(names); i++) assert_string_equal(key_print(out, key(names[i])), names[i]);
  struct key k;
  for (size_t n = 0; (k = key_special(n)).code; n++)
    for (uint8_t mods = 0; mods < 8; mods++) {
      struct key want = key_canonical((struct key){.code = k.code, .mods = mods}), got;
      assert_int_equal(key_parse(key_print(out, want), &got), 0);
      assert_true(key_equal(want, got));
    }
  for (uint32_t c = 1; c < 0x300; c++) {
    struct key want = key_canonical((struct key){.code = c}), got;
    if (!strcmp(key_print(out, want), "?") && c != '?') continue; /* nothing to print */
    if (key_parse(out, &got)) continue;
    assert_true(key_equal(want, got));
  }
}

static void aliases_become_one(void **state) {
  (void)state;
  static const char *const same[][2] = {{"C-i", "Tab"},      {"C-m", "Enter"},     {"C-[", "Esc"}, {"C-L", "C-l"},
                                        {"Return", "Enter"}, {"PageDown", "PgDn"}, {"Hash", "#"},  {"M-C-x", "C-M-x"}};
  for (size_t i = 0; i < COUNT(same); i++) assert_true(key_equal(key(same[i][0]), key(same[i][1])));
}

static void nonsense_is_refused(void **state) {
  (void)state;
  static const char *const bad[] = {"", "F0", "F25", "F05", "Foo", "C-", "X-a", "C-C-a", "S-a", "ab", "\033", "\xff", "\u0301", "enter", " "};
  struct key k = {.code = 7};
  for (size_t i = 0; i < COUNT(bad); i++) assert_int_equal(key_parse(bad[i], &k), -EINVAL);
  assert_int_equal(k.code, 7);
}

/* All keys that bytes give, fed `step` bytes at a time with 20 ms between: "Up a ~b"; ~ is pasted. */
static void assert_keys(const char *bytes, size_t len, const char *expected) {
  for (size_t step = 1; step <= len; step++) {
    struct decoder *d = decoder_new();
    CLEANUP(str_free) struct str s = {0};
    struct key k;
    char name[KEY_NAME];
    int64_t now = 1000;
    decoder_learn(d, "\033[Q~", (struct key){.code = KEYSYM_F1 + 7});
    for (size_t at = 0; at < len + step; at += step, now += 20) {
      if (at < len) decoder_feed(d, bytes + at, len - at < step ? len - at : step, now);
      else now += DECODE_ESC_MS;
      while (decoder_next(d, now, &k)) str_addf(&s, "%s%s%s", s.len ? " " : "", k.pasted ? "~" : "", key_print(name, k));
    }
    if (strcmp(str_text(&s), expected) != 0) fail_msg("step %zu: %s, not %s", step, str_text(&s), expected);
    decoder_free(d);
  }
}
#define KEYS(bytes, expected) assert_keys(bytes, sizeof(bytes) - 1, expected)

static void sequences_survive_being_split(void **state) {
  (void)state;
  KEYS("q", "q");
  KEYS("\033", "Esc");
  KEYS("\033[A\033OB", "Up Down");
  KEYS("\033[1;5C\033[1;2P\033[5~\033[6;3~", "C-Right S-F1 PgUp M-PgDn");
  KEYS("\033OP\033[15~\033[24~\033[[E", "F1 F5 F12 F5");
  KEYS("\033[Z\t\r\n", "S-Tab Tab Enter C-j");
  KEYS("\033x\033\r\033\x7f", "M-x M-Enter M-Backspace");
  KEYS("\x0c\x1a\x03", "C-l C-z C-c");
  KEYS("\xc3\xa9\xe4\xb8\xad", "é 中");
  KEYS("\033[Q~", "F8");
  KEYS("\033[27;5;105~\033[105;5u\033[97;3u", "Tab Tab M-a");
  KEYS("\033\033[A", "M-Up");
  assert_keys("\0", 1, "C-Space");
}

static void rubbish_is_dropped_whole(void **state) {
  (void)state;
  KEYS("a\033[999;999;999;999;999Xb", "a b");
  KEYS("a\033[<0;10;10Mb", "a b");
  KEYS("a\033[M !!b", "a b");
  KEYS("a\xff\xc0\xaf"
       "b",
       "a b");
  KEYS("\033[1;\033[A", "Up"); /* damaged, then whole */
  KEYS("\033[12", "");         /* the rest never came */
  char flood[200];
  memset(flood, '1', sizeof(flood));
  memcpy(flood, "\033[", 2);
  struct decoder *d = decoder_new();
  struct key k;
  decoder_feed(d, flood, sizeof(flood), 0);
  while (decoder_next(d, 1000, &k)) assert_int_equal(k.code, '1');
  decoder_free(d);
}

static void pastes_are_marked(void **state) {
  (void)state;
  KEYS("\033[200~y\rq\033[201~q", "~y ~Enter ~q q");
  KEYS("\033[200~\033[A\033[201~a", "~[ ~A a");
  struct decoder *d = decoder_new();
  struct key k;
  decoder_feed(d, "\033[200~ab", 8, 0);
  while (decoder_next(d, 0, &k)) assert_true(k.pasted);
  decoder_feed(d, "q", 1, 10000); /* its end was lost: the keys must not be dead for ever */
  assert_true(decoder_next(d, 10000, &k));
  assert_false(k.pasted);
  decoder_free(d);
}

static void lone_escape_waits_without_blocking(void **state) {
  (void)state;
  struct decoder *d = decoder_new();
  struct key k;
  assert_int_equal(decoder_wait(d, 0), -1);
  decoder_feed(d, "\033", 1, 50);
  assert_false(decoder_next(d, 50, &k));
  assert_int_equal(decoder_wait(d, 60), DECODE_ESC_MS - 10);
  assert_false(decoder_next(d, 149, &k));
  assert_true(decoder_next(d, 150, &k));
  assert_int_equal(k.code, KEYSYM_ESC);
  assert_int_equal(decoder_wait(d, 200), -1);
  decoder_free(d);
}

/* The rest of a sequence comes when its Esc was long given up: it is no Esc again, and not the keys [ and A. */
static void late_rest_is_no_keys(void **state) {
  (void)state;
  static const char *const rests[] = {"[A", "[5~", "[1;5C", "[15~"};
  struct key k;
  for (size_t i = 0; i < COUNT(rests); i++) {
    struct decoder *d = decoder_new();
    decoder_feed(d, "\033", 1, 1000);
    assert_true(decoder_next(d, 1100, &k) && k.code == KEYSYM_ESC);
    decoder_feed(d, rests[i], strlen(rests[i]), 1400);
    assert_false(decoder_next(d, 1400, &k));
    decoder_feed(d, "\033", 1, 2000); /* now it is known that the link is slow */
    assert_false(decoder_next(d, 2400, &k));
    decoder_feed(d, "[B", 2, 2400);
    assert_true(decoder_next(d, 2400, &k) && k.code == KEYSYM_DOWN);
    decoder_feed(d, "\033", 1, 3000);
    assert_true(decoder_next(d, 3000 + DECODE_SLOW_ESC_MS, &k) && k.code == KEYSYM_ESC);
    decoder_feed(d, "[", 1, 3700); /* typed, as people do: one at a time */
    assert_true(decoder_next(d, 3700, &k) && k.code == '[');
    decoder_feed(d, "[A", 2, 9000); /* much later it is typed ahead */
    assert_true(decoder_next(d, 9000, &k) && k.code == '[');
    decoder_free(d);
  }
  struct decoder *d = decoder_new(); /* the beginning of a paste, too */
  decoder_feed(d, "\033", 1, 0);
  assert_true(decoder_next(d, 100, &k));
  decoder_feed(d, "[200~q", 6, 200);
  assert_true(decoder_next(d, 200, &k) && k.code == 'q' && k.pasted);
  decoder_free(d);
}

static void mouse_is_asked_for(void **state) {
  (void)state;
  static const struct { const char *bytes; uint32_t code; int x, y; } cases[] = {
      {"\033[<0;1;1M", KEYSYM_CLICK, 0, 0},         {"\033[<0;220;60M", KEYSYM_CLICK, 219, 59},    {"\033[<64;5;7M", KEYSYM_WHEEL_UP, 4, 6},
      {"\033[<65;5;7M", KEYSYM_WHEEL_DOWN, 4, 6},   {"\033[<0;5;7m", 0, 0, 0} /* released */,       {"\033[<2;5;7M", 0, 0, 0} /* the right button */,
      {"\033[<32;5;7M", 0, 0, 0} /* dragged */,     {"\033[<4;5;7M", 0, 0, 0} /* with Shift */,    {"\033[<0;0;7M", 0, 0, 0},
      {"\033[<0;5;0M", 0, 0, 0},                    {"\033[<0;999999999;7M", 0, 0, 0},             {"\033[<0;5M", 0, 0, 0},
      {"\033[<0;5;7;9M", 0, 0, 0},                  {"\033[<-1;5;7M", 0, 0, 0},                    {"\033[>0;5;7M", 0, 0, 0},
  };
  for (size_t i = 0; i < COUNT(cases); i++)
    for (int on = 0; on < 2; on++) {
      struct decoder *d = decoder_new();
      struct key k = {0};
      decoder_mouse(d, on);
      for (const char *s = cases[i].bytes; *s; s++) decoder_feed(d, s, 1, 0); /* in pieces */
      bool any = decoder_next(d, 0, &k);
      if (any != (on && cases[i].code)) fail_msg("%s, mouse %d: %s", cases[i].bytes + 1, on, any ? "a key" : "no key");
      if (any) assert_true(k.code == cases[i].code && k.x == cases[i].x && k.y == cases[i].y && key_is_mouse(k));
      assert_false(decoder_next(d, 1000, &k));
      decoder_free(d);
    }
}

struct heard {
  struct screen *screen;
  struct loop *loop;
  char keys[64];
};

static void hear(void *owner, int code, const struct key *k) {
  struct heard *h = owner;
  char name[KEY_NAME];
  assert_int_equal(code, 0);
  strcat(h->keys, key_print(name, *k));
  if (k->code == 'q') { /* closed from its own handler, with a key still waiting */
    screen_close(h->screen);
    h->screen = NULL;
    loop_stop(h->loop);
  }
}

static void headless_screen(void **state) {
  (void)state;
  struct heard h = {.loop = loop_new(), .screen = screen_open_headless(10, 2, GLYPHS_UTF8)};
  CLEANUP(canvas_freep) struct canvas *c = canvas_new(10, 2, GLYPHS_UTF8);
  int w, rows;
  assert_null(headless_frame(h.screen));
  pen_text(canvas_pen(c), 0, 0, STYLE(NORMAL), "hello");
  assert_int_equal(screen_blit(h.screen, c), 0);
  assert_int_equal(headless_changed(h.screen), 20);
  pen_text(canvas_pen(c), 0, 0, STYLE(NORMAL), "jello");
  screen_blit(h.screen, c);
  assert_int_equal(headless_changed(h.screen), 1);
  assert_true(canvas_equal(headless_frame(h.screen), c));
  screen_redraw(h.screen);
  screen_blit(h.screen, c);
  assert_int_equal(headless_changed(h.screen), 20);
  assert_false(screen_resized(h.screen));
  headless_size(h.screen, 60, 15);
  assert_true(screen_resized(h.screen));
  screen_size(h.screen, &w, &rows);
  assert_int_equal(w, 60);
  assert_int_equal(rows, 15);
  screen_suspend(h.screen);
  assert_int_equal(screen_blit(h.screen, c), -EAGAIN);
  screen_resume(h.screen);
  headless_push(h.screen, key("a"));
  screen_listen(h.screen, h.loop, hear, &h);
  headless_push(h.screen, key("q"));
  headless_push(h.screen, key("b"));
  loop_run(h.loop, 1000);
  assert_string_equal(h.keys, "aq");
  assert_null(h.screen);
  loop_free(h.loop);
}

static void no_terminal_is_said(void **state) {
  (void)state;
  int fds[2];
  struct err e = {0};
  assert_int_equal(pipe(fds), 0);
  assert_null(screen_open_curses(&(struct screen_options){.in = fds[0], .out = fds[1], .term = "xterm"}, &e));
  assert_int_equal(e.code, -ENOTTY);
  assert_true(e.text[0] && e.todo[0]);
  screen_restore(); /* nothing is open: nothing happens */
  close(fds[0]);
  close(fds[1]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names_round_trip),
      cmocka_unit_test(aliases_become_one),
      cmocka_unit_test(nonsense_is_refused),
      cmocka_unit_test(sequences_survive_being_split),
      cmocka_unit_test(rubbish_is_dropped_whole),
      cmocka_unit_test(pastes_are_marked),
      cmocka_unit_test(lone_escape_waits_without_blocking),
      cmocka_unit_test(late_rest_is_no_keys),
      cmocka_unit_test(mouse_is_asked_for),
      cmocka_unit_test(headless_screen),
      cmocka_unit_test(no_terminal_is_said),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
