#include "sources/feed.h"
#include "base/clock.h"
#include "base/host.h"
#include "base/log.h"
#include "model/fragment.h"
#include "sources/live.h"
#include "sources/replay.h"
#include "sources/stream.h"
#include <errno.h>

enum { COALESCE_MS = 5, TICK_MS = 1000 };

struct feed {
  struct loop *loop;
  struct feed_options options;
  struct store store;
  struct live *live;
  struct replay *replay;
  struct streaming *streaming;
  struct timer *soon, *tick;
  struct alias *aliases;
  size_t alias_count;
};

static void tell(void *owner) {
  struct feed *f = owner;
  if (f->options.on_change) f->options.on_change(f->options.owner);
}

void feed_touch(struct feed *f) {
  if (!timer_armed(f->soon)) timer_set(f->soon, COALESCE_MS);
}

void feed_tell(struct feed *f) {
  if (!timer_armed(f->soon)) return;
  timer_set(f->soon, -1);
  tell(f);
}

/* Ages grow and facts become stale without a word from anybody. */
static void on_tick(void *owner) {
  struct feed *f = owner;
  timer_set(f->tick, TICK_MS);
  tell(f);
}

int feed_take(struct feed *f, const char *line, size_t len, int64_t now, struct err *e) {
  struct fragment *fragment;
  int code = fragment_parse(line, len, &fragment, e);
  if (code) {
    log_line("feed", LOG_LEVEL_WARNING, "%s", e ? e->text : "not a fragment");
    return code;
  }
  if (f->options.on_line) f->options.on_line(f->options.owner, line, len);
  if (store_add(&f->store, fragment, now)) feed_touch(f);
  fragment_drop(fragment);
  return 0;
}

static void take_aliases(struct feed *f, const struct config *c) {
  for (size_t i = 0; c && i < c->host_count; i++)
    for (size_t j = 0; j < c->hosts[i].alias_count; j++) {
      f->aliases = mem_grow(f->aliases, f->alias_count + 1, sizeof *f->aliases);
      f->aliases[f->alias_count++] = (struct alias){c->hosts[i].name, c->hosts[i].aliases[j]};
    }
}

struct feed *feed_open(struct loop *l, const struct feed_options *o, struct err *e) {
  struct feed *f = mem_alloc(sizeof *f);
  *f = (struct feed){.loop = l, .options = *o};
  f->soon = loop_timer(l, -1, tell, f);
  f->tick = loop_timer(l, (o->replay || o->stream) && o->speed <= 0 ? -1 : TICK_MS, on_tick, f); /* played as fast as it can, time is only in the lines */
  take_aliases(f, o->config);
  if (o->replay) f->replay = replay_open(l, f, o, e);
  else if (o->stream) f->streaming = streaming_open(l, f, o);
  else f->live = live_start(l, f, o);
  if (f->live || f->replay || f->streaming) return f;
  feed_close(f);
  return NULL;
}

void feed_close(struct feed *f) {
  if (!f) return;
  live_end(f->live);
  replay_close(f->replay);
  streaming_close(f->streaming);
  timer_end(f->soon);
  timer_end(f->tick);
  store_clear(&f->store);
  mem_free(f->aliases);
  mem_free(f);
}

/* A stream of our own and a recording have one clock for both. */
static bool own_clock(const struct feed *f, int64_t *ret) {
  if (f->options.stream) *ret = f->streaming ? streaming_now(f->streaming) : f->options.stream->now(f->options.stream->self);
  else if (f->replay) *ret = replay_now(f->replay);
  else return false;
  return true;
}

int64_t feed_wall(const struct feed *f) {
  int64_t now;
  return own_clock(f, &now) ? now : clock_wall_ms();
}

int64_t feed_now(const struct feed *f) {
  int64_t now;
  return own_clock(f, &now) ? now : clock_mono_ms();
}

bool feed_advance(struct feed *f, int64_t ms) {
  if (f->streaming) streaming_advance(f->streaming, ms);
  return f->streaming != NULL;
}

bool feed_step(struct feed *f) {
  if (f->streaming) streaming_step(f->streaming);
  return f->streaming != NULL;
}

struct snapshot *feed_snapshot(struct feed *f, const struct snapshot *before) {
  struct merge_options o = {.aliases = f->aliases, .alias_count = f->alias_count, .here = f->live ? this_host() : f->options.stream ? f->options.stream->here(f->options.stream->self) : NULL};
  if (f->options.config) {
    o.volume_warn = (int)config_number(f->options.config, SET_VOLUME_WARN);
    o.volume_crit = (int)config_number(f->options.config, SET_VOLUME_CRIT);
  }
  struct snapshot *s = snapshot_make(&f->store, feed_now(f), feed_wall(f), &o, before);
  if (f->live) live_discover(f->live, s);
  return s;
}

bool feed_complete(const struct feed *f) { return f->live ? live_complete(f->live) : f->streaming || replay_ended(f->replay); }
void feed_give_up(struct feed *f) {
  for (size_t i = 0; i < f->store.source_count; i++) {
    struct source *s = &f->store.sources[i];
    if (s->state == SOURCE_UNKNOWN) store_judge(&f->store, s->layer, s->host, SOURCE_HUNG, "it did not answer within the time given", feed_now(f));
  }
}

bool feed_ended(const struct feed *f) { return (f->replay && replay_ended(f->replay)) || (f->streaming && streaming_ended(f->streaming)); }
int feed_error(const struct feed *f, struct err *e) { return f->replay ? replay_error(f->replay, e) : 0; }
const struct store *feed_store(const struct feed *f) { return &f->store; }
