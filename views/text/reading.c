#include "views/text/reading.h"
#include "base/clock.h"
#include "base/loop.h"
#include "base/utf8.h"
#include "sources/feed.h"
#include <signal.h>
#include <string.h>

enum { DISPUTE_MS = 8000 }; /* so long a contradiction is looked at before it is left: sources confirm what they said every 2 s */

struct looking {
  struct loop *loop;
  struct feed *feed;
  struct snapshot *snap;
  int64_t sample_until; /* monotonic; 0: do not wait for rates */
  int64_t dispute_until; /* monotonic; 0: there was none yet */
  bool interrupted, wanted;
  const struct reading *of;
};

/* More may be wanted, now that it is known what there is. */
static bool wants_more(struct looking *r) {
  if (r->wanted || !r->of->wants) return false;
  const char *nodes = r->of->wants(r->of->owner, r->snap);
  r->wanted = true;
  if (!nodes) return false;
  feed_place(r->feed, nodes);
  return !feed_advance(r->feed, 1); /* simulated: it is there at once */
}

/* One reading proves no contradiction, each source having read at its own time: then it is looked on for a moment. */
static bool must_look_on(struct looking *r) {
  if (feed_ended(r->feed) || !r->snap || !r->snap->disputed) return false;
  if (!r->dispute_until) {
    r->dispute_until = clock_mono_ms() + DISPUTE_MS;
    if (feed_advance(r->feed, DISPUTE_MS)) r->dispute_until = 1; /* simulated time is not waited for */
  }
  return clock_mono_ms() < r->dispute_until;
}

static void look(void *owner) {
  struct looking *r = owner;
  if (!r->feed) return;
  if (feed_ended(r->feed) || !r->snap || r->snap->version != feed_store(r->feed)->version) {
    struct snapshot *s = feed_snapshot(r->feed, r->snap);
    snapshot_drop(r->snap);
    r->snap = s;
  }
  if (feed_complete(r->feed) && (feed_ended(r->feed) || clock_mono_ms() >= r->sample_until) && !must_look_on(r) && !wants_more(r)) loop_stop(r->loop);
}

static void on_signal(void *owner, int signo) {
  struct looking *r = owner;
  (void)signo;
  r->interrupted = true;
  loop_stop(r->loop);
}

static void wait_for_all(struct looking *r, int64_t timeout) {
  loop_signal(r->loop, SIGINT, on_signal, r);
  loop_signal(r->loop, SIGTERM, on_signal, r);
  look(r);
  int64_t end = clock_mono_ms() + timeout;
  while (!loop_stopped(r->loop) && clock_mono_ms() < end) {
    loop_step(r->loop, end - clock_mono_ms() < 100 ? end - clock_mono_ms() : 100);
    look(r);
  }
  if (!feed_complete(r->feed)) feed_give_up(r->feed);
  struct snapshot *s = feed_snapshot(r->feed, r->snap);
  snapshot_drop(r->snap);
  r->snap = s;
}

int reading_take(struct arguments *a, struct reading *ret) {
  struct feed_options o;
  struct err e = {0};
  int code = feed_arguments(a, &o);
  if (code) return code;
  o.standing = true;
  o.patient = ret->setups;
  struct looking r = {.of = ret, .loop = loop_new(), .sample_until = ret->sample_ms ? clock_mono_ms() + ret->sample_ms : 0};
  o.on_change = look;
  o.stepwise = true; /* problems of a recording begin when they began */
  o.owner = &r;
  r.feed = feed_open(r.loop, &o, &e);
  if (r.feed) {
    if (ret->sample_ms && feed_advance(r.feed, ret->sample_ms)) r.sample_until = 0; /* simulated time is not waited for */
    wait_for_all(&r, o.replay ? 3600 * 1000 : ret->timeout_ms + ret->sample_ms);
    feed_error(r.feed, &e);
    feed_close(r.feed);
  }
  ret->snap = r.snap;
  loop_free(r.loop);
  if (e.code) err_print(&e);
  return e.code ? EXIT_INPUT : r.interrupted ? EXIT_INTERRUPTED : 0;
}

int add_clean(struct str *out, const char *text) {
  size_t room = strlen(text) * 3 + 1;
  CLEANUP(mem_freep) char *clean = utf8_clean(mem_alloc(room), room, text);
  str_add(out, clean);
  return utf8_width(clean);
}
