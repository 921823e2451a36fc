/* A recording as it is played: a file of any bytes comes to its end, every line that is given on is a fragment, time never
 * runs backwards, and a file without one is refused with a sentence. */
#include "model/fragment.h"
#include "sources/feed.h"
#include "tests/fuzz/fuzz.h"
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct played {
  struct loop *loop;
  struct feed *feed;
  size_t lines;
  int64_t now;
};

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t max, unsigned seed) { return mutate_lines_of_json(data, len, max, seed); }

static void on_line(void *owner, const char *line, size_t len) {
  struct played *p = owner;
  struct fragment *f;
  p->lines++;
  MUST(len && len <= FRAGMENT_LINE_MAX + 1, "a line has a length");
  MUST(!fragment_parse(line, len, &f, NULL), "what is given on is a fragment");
  fragment_drop(f);
  if (!p->feed) return;
  MUST(feed_now(p->feed) >= p->now, "time never runs backwards");
  p->now = feed_now(p->feed);
}

static void on_end(void *owner) { loop_stop(((struct played *)owner)->loop); }

static int file;
static char path[64];

void target_setup(void) {
  file = memfd_create("recording", 0);
  snprintf(path, sizeof path, "/proc/self/fd/%d", file);
}

void target(const uint8_t *data, size_t len) {
  struct played p = {.loop = loop_new(), .now = INT64_MIN};
  struct feed_options o = {.replay = path, .stepwise = len & 1, .on_line = on_line, .on_end = on_end, .owner = &p};
  struct err e = {0};
  if (ftruncate(file, 0) || pwrite(file, data, len, 0) != (ssize_t)len) return;
  p.feed = feed_open(p.loop, &o, &e);
  MUST(p.feed, "a file is opened: %s", e.text);
  loop_run(p.loop, 5000);
  MUST(feed_ended(p.feed), "it comes to its end");
  MUST(p.lines || feed_error(p.feed, &e), "without a fragment it is refused");
  if (feed_error(p.feed, &e)) MUST(e.text[0], "a refusal says why");
  must_be_harmless(e.text, strlen(e.text));
  feed_close(p.feed);
  loop_free(p.loop);
}
