/* watch: one line a change. record: the stream itself. Both run until they are interrupted or nobody listens. */
#include "base/clock.h"
#include "base/loop.h"
#include "base/utf8.h"
#include "model/difference.h"
#include "sources/feed.h"
#include "views/new_file.h"
#include "views/command.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct watching {
  struct loop *loop;
  struct feed *feed;
  struct snapshot *snap;
  bool json, interrupted;
  int out, write_error;
};

static void on_signal(void *owner, int signo) {
  struct watching *w = owner;
  (void)signo;
  w->interrupted = true;
  loop_stop(w->loop);
}

static void write_all(struct watching *w, const char *data, size_t len) {
  while (len && !w->write_error) {
    ssize_t n = write(w->out, data, len);
    if (n > 0) data += n, len -= (size_t)n;
    else if (n < 0 && errno == EAGAIN) poll(&(struct pollfd){.fd = w->out, .events = POLLOUT}, 1, 1000);
    else if (n < 0 && errno != EINTR) {
      w->write_error = errno;
      loop_stop(w->loop);
    }
  }
}

static void print_event(struct watching *w, const struct event *e) {
  CLEANUP(str_free) struct str line = {0};
  char when[CLOCK_TEXT];
  if (w->json) shape_encode(&event_shape, e, &line);
  else {
    CLEANUP(mem_freep) char *clean = mem_alloc(strlen(e->text) * 3 + 1);
    str_addf(&line, "%s %s", clock_rfc3339(when, e->at), utf8_clean(clean, strlen(e->text) * 3 + 1, e->text));
  }
  str_addc(&line, '\n');
  write_all(w, line.data, line.len);
}

static void look(void *owner) {
  struct watching *w = owner;
  if (!w->feed) return;
  struct snapshot *now = feed_snapshot(w->feed, w->snap);
  struct arena *a = arena_new();
  struct events events;
  snapshot_difference(w->snap, now, a, &events);
  for (size_t i = 0; i < events.count; i++) print_event(w, &events.item[i]);
  arena_free(a);
  snapshot_drop(w->snap);
  w->snap = now;
}

static void at_end(void *owner) {
  struct watching *w = owner;
  look(w);
  loop_stop(w->loop);
}

static int run(struct watching *w, struct feed_options *o) {
  struct err e = {0};
  int code = 0;
  w->loop = loop_new();
  o->owner = w;
  if (!o->on_end) o->on_end = at_end;
  loop_signal(w->loop, SIGINT, on_signal, w);
  loop_signal(w->loop, SIGTERM, on_signal, w);
  w->feed = feed_open(w->loop, o, &e);
  if (w->feed) {
    look(w);
    loop_run(w->loop, -1);
    code = feed_error(w->feed, &e);
    struct feed *f = w->feed;
    w->feed = NULL;
    feed_close(f);
  }
  snapshot_drop(w->snap);
  loop_free(w->loop);
  if (e.code) {
    err_print(&e);
    return EXIT_INPUT;
  }
  if (w->write_error && w->write_error != EPIPE) {
    fprintf(stderr, "kvmconsole: the output could not be written: %s\n", strerror(w->write_error));
    return 74;
  }
  return code ? EXIT_INPUT : w->interrupted ? EXIT_INTERRUPTED : 0;
}

int run_watch(struct arguments *a) {
  struct watching w = {.json = a->option[OPT_JSON] != NULL, .out = STDOUT_FILENO};
  struct feed_options o;
  int code = feed_arguments(a, &o);
  if (code) return code;
  if (!a->option[OPT_SPEED]) o.speed = o.stream || (o.replay && !strcmp(o.replay, "-")) ? 1 : 0;
  if (o.standing) return usage_error("--speed step needs the screen");
  o.on_change = look;
  o.stepwise = true;
  return run(&w, &o);
}

/* ---- record ---- */

static void keep(void *owner, const char *line, size_t len) {
  struct watching *w = owner;
  write_all(w, line, len);
  if (!len || line[len - 1] != '\n') write_all(w, "\n", 1);
}

/* A stream that is over: nothing is added to it. */
static void stop(void *owner) {
  struct watching *w = owner;
  loop_stop(w->loop);
}

/* Merging tells the feed which hosts to read as well. */
static void follow(void *owner) {
  struct watching *w = owner;
  if (!w->feed) return;
  struct snapshot *now = feed_snapshot(w->feed, w->snap);
  snapshot_drop(w->snap);
  w->snap = now;
}

int run_record(struct arguments *a) {
  struct watching w = {.out = STDOUT_FILENO};
  struct feed_options o;
  const char *path = a->word[0];
  int code = feed_arguments(a, &o);
  if (code) return code;
  if (!a->option[OPT_SPEED]) o.speed = o.stream ? 1 : 0;
  if (o.standing) return usage_error("--speed step needs the screen");
  if (strcmp(path, "-")) w.out = own_file(path);
  if (w.out < 0) {
    fprintf(stderr, "kvmconsole: cannot write %s: %s; choose another file\n", path, strerror(errno));
    return EXIT_INPUT;
  }
  struct stat st;
  if (w.out != STDOUT_FILENO && !fstat(w.out, &st) && S_ISREG(st.st_mode)) fchmod(w.out, 0600); /* also one that was there before */
  o.on_line = keep;
  o.raw = a->option[OPT_RAW] != NULL;
  o.on_change = follow;
  o.on_end = stop;
  code = run(&w, &o);
  if (w.out != STDOUT_FILENO && close(w.out) && !code) code = 74;
  return w.interrupted && !w.write_error && code == EXIT_INTERRUPTED ? 0 : code; /* ended by Ctrl-C is how a recording ends */
}
