#include "sources/feed_command.h"
#include "base/child.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/utf8.h"
#include "model/fragment.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

enum { WORDS_MAX = 64, FIRST_AGAIN_MS = 1000, LAST_AGAIN_MS = 60000, SILENT_MS = 60000, LOOK_MS = 5000, SAID_MAX = 200 };

struct feed_command {
  struct loop *loop;
  struct feed *feed;
  struct replay *replay;
  char *command, *room;
  const char *word[WORDS_MAX + 1];
  struct child *child;   /* NULL: it does not run */
  struct timer *timer;   /* to start it again; while it runs: to see whether it is silent */
  int64_t again, wait;   /* monotonic: when it is started; how long it waits the next time */
  int64_t heard;         /* monotonic: its last line, or when it was started */
  bool spoke;            /* since it was started */
  char said[SAID_MAX];   /* its last word on stderr */
  char trouble[SAID_MAX + 60];
};

int feed_command_words(const char *command, char *room, const char **out, size_t most) {
  size_t n = 0;
  for (const char *s = command;;) {
    while (*s == ' ' || *s == '\t') s++;
    if (!*s) break;
    if (n == most) return -EINVAL;
    out[n++] = room;
    for (char quote = 0; *s && (quote || (*s != ' ' && *s != '\t')); s++) {
      if (quote && *s == quote) quote = 0;
      else if (!quote && (*s == '\'' || *s == '"')) quote = *s;
      else *room++ = *s;
      if (quote && !s[1]) return -EINVAL;
    }
    *room++ = 0;
  }
  out[n] = NULL;
  return n ? 0 : -EINVAL;
}

/* The first line of another run: what the last one said is no more than memory. */
static void on_out(void *owner, char *line, size_t len, bool cut) {
  struct feed_command *c = owner;
  c->heard = clock_mono_ms();
  if (cut) {
    log_line("feed", LOG_LEVEL_WARNING, "%s: a line of more than %d bytes", c->command, FRAGMENT_LINE_MAX);
    return;
  }
  if (!c->spoke) feed_renew(c->feed);
  c->spoke = true;
  *c->trouble = 0;
  replay_give(c->replay, line, len);
}

static void on_err(void *owner, char *line, size_t len, bool cut) {
  struct feed_command *c = owner;
  (void)cut, (void)len;
  if (line[strspn(line, " \t\r")]) utf8_clean(c->said, sizeof c->said, line); /* a remote host's word */
  log_line("feed", LOG_LEVEL_INFO, "%s: %s", c->command, c->said);
}

static void start_later(struct feed_command *c) {
  c->again = clock_mono_ms() + c->wait;
  timer_set(c->timer, c->wait);
  c->wait = c->wait * 2 > LAST_AGAIN_MS ? LAST_AGAIN_MS : c->wait * 2;
  feed_touch(c->feed);
}

static void say_trouble(struct feed_command *c, const char *why) { snprintf(c->trouble, sizeof c->trouble, "%s", *c->said ? c->said : why); }

static void ended(void *owner, int status) {
  struct feed_command *c = owner;
  char why[60];
  c->child = NULL;
  if (WIFEXITED(status)) snprintf(why, sizeof why, "its command ended with exit code %d", WEXITSTATUS(status));
  else snprintf(why, sizeof why, "its command was ended by signal %d", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
  if (!*c->trouble) say_trouble(c, why);
  start_later(c);
}

static void start(struct feed_command *c) {
  struct err e = {0};
  *c->said = 0;
  c->spoke = false;
  c->heard = clock_mono_ms();
  c->child = child_start(c->loop, &(struct child_spec){.argv = c->word, .max_line = FRAGMENT_LINE_MAX, .on_out = on_out, .on_err = on_err, .on_exit = ended, .owner = c}, &e);
  if (c->child) timer_set(c->timer, LOOK_MS);
  else {
    snprintf(c->trouble, sizeof c->trouble, "%.200s", e.text);
    start_later(c);
  }
  feed_touch(c->feed);
}

/* One that says nothing any more is ended: a connection may hang without end. */
static void on_timer(void *owner) {
  struct feed_command *c = owner;
  if (!c->child) {
    start(c);
    return;
  }
  timer_set(c->timer, LOOK_MS);
  if (c->spoke && clock_mono_ms() - c->heard < LOOK_MS) c->wait = FIRST_AGAIN_MS;
  if (clock_mono_ms() - c->heard < SILENT_MS) return;
  snprintf(c->trouble, sizeof c->trouble, "it said nothing for %d s and was ended", SILENT_MS / 1000);
  c->heard = clock_mono_ms(); /* it is asked once, and has its grace */
  child_end(c->child);
}

struct feed_command *feed_command_open(struct loop *l, struct feed *f, struct replay *r, const char *command) {
  struct feed_command *c = mem_alloc(sizeof *c);
  *c = (struct feed_command){.loop = l, .feed = f, .replay = r, .command = mem_strdup(command), .room = mem_alloc(strlen(command) + 1), .wait = FIRST_AGAIN_MS};
  c->timer = loop_timer(l, -1, on_timer, c);
  if (feed_command_words(command, c->room, c->word, WORDS_MAX)) snprintf(c->trouble, sizeof c->trouble, "its command is none, or a quote in it is not closed"); /* no more is tried */
  else start(c);
  return c;
}

void feed_command_close(struct feed_command *c) {
  if (!c) return;
  child_drop(c->child);
  timer_end(c->timer);
  mem_free(c->command);
  mem_free(c->room);
  mem_free(c);
}

const char *feed_command_trouble(const struct feed_command *c, int64_t *ret_again_ms) {
  int64_t left = c->child ? 0 : c->again - clock_mono_ms();
  *ret_again_ms = left > 0 ? left : 0;
  if (c->child && c->spoke) return NULL;
  return *c->trouble ? c->trouble : "connecting";
}
