#include "sources/feed.h"
#include "base/clock.h"
#include "base/host.h"
#include "base/log.h"
#include "model/fragment.h"
#include "sources/feed_command.h"
#include "sources/live.h"
#include "sources/player.h"
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
  struct feed_command *command; /* who fills the replay */
  struct streaming *streaming;
  struct timer *soon, *tick;
  struct alias *aliases;
  size_t alias_count;
  struct merge_options merge;
  struct tape *tape;
  struct player *player;
  struct snapshot *known; /* the newest that was merged, for keyframes */
  char *who;              /* owned */
  char *here;             /* the host that a stream of our own is seen from; owned */
  bool to_end;            /* as soon as the file has been read so far */
};

static void show(void *owner) {
  struct feed *f = owner;
  if (f->options.on_shown) f->options.on_shown(f->options.owner);
}

static void tell(void *owner) {
  struct feed *f = owner;
  if (f->options.on_change) f->options.on_change(f->options.owner);
  if (f->player && player_attached(f->player)) show(f);
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
  if (f->player && !player_attached(f->player)) show(f);
}

int feed_take_line(struct feed *f, const struct tape_line *line, const struct tape_place *place, struct err *e) {
  struct fragment *fragment;
  struct tape_line own = *line;
  if (fragment_is_raw(line->text, line->len)) {
    if (f->options.raw && f->options.on_line && fragment_raw_is_sound(line->text, line->len)) f->options.on_line(f->options.owner, line->text, line->len);
    return -EPROTONOSUPPORT;
  }
  struct heard heard = store_heard(&f->store, line->text, line->len);
  if (heard.fact || heard.source) { /* it only lives on: there is nothing to read */
    if (f->options.on_line) f->options.on_line(f->options.owner, own.text, own.len);
    if (f->tape) tape_add(f->tape, &f->store, f->known, &own, place);
    store_again(&f->store, &heard, line->taken);
    if (f->player) player_more(f->player);
    return 0;
  }
  int code = fragment_read(&own.text, &own.len, &fragment, e);
  if (code) {
    log_line("feed", LOG_LEVEL_WARNING, "%s", e ? e->text : "not a fragment");
    return code;
  }
  if (own.len != line->len) heard = store_heard(&f->store, own.text, own.len); /* something torn stood before it */
  if (f->options.on_line) f->options.on_line(f->options.owner, own.text, own.len);
  if (f->tape) tape_add(f->tape, &f->store, f->known, &own, place);
  if (store_add_heard(&f->store, fragment, &heard, line->taken)) feed_touch(f);
  if (f->player) player_more(f->player);
  fragment_drop(fragment);
  return 0;
}

int feed_take(struct feed *f, const char *line, size_t len, int64_t taken, struct err *e) {
  return feed_take_line(f, &(struct tape_line){line, len, taken, clock_mono_ms(), clock_wall_ms()}, NULL, e);
}

void feed_renew(struct feed *f) {
  uint64_t version = f->store.version;
  store_clear(&f->store);
  f->store.version = version + 1;
  if (f->tape) tape_mark(f->tape);
  feed_touch(f);
}

void feed_expect(struct feed *f, enum layer layer, const char *host) {
  store_expect(&f->store, layer, host);
  if (f->tape) tape_mark(f->tape);
}

static void take_config(struct feed *f, const struct config *c) {
  for (size_t i = 0; c && i < c->host_count; i++)
    for (size_t j = 0; j < c->hosts[i].alias_count; j++) {
      f->aliases = mem_grow(f->aliases, f->alias_count + 1, sizeof *f->aliases);
      f->aliases[f->alias_count++] = (struct alias){c->hosts[i].name, c->hosts[i].aliases[j]};
    }
  if (f->options.stream) f->here = mem_strdup(f->options.stream->here(f->options.stream->self));
  f->merge = (struct merge_options){.aliases = f->aliases, .alias_count = f->alias_count, .here = f->options.stream ? f->here : f->options.replay || f->options.command ? NULL : this_host(),
                                      .judge = f->options.judge};
  f->merge.who = f->who = mem_strdup(f->options.who);
  if (c) {
    f->merge.volume_warn = (int)config_number(c, SET_VOLUME_WARN);
    f->merge.volume_crit = (int)config_number(c, SET_VOLUME_CRIT);
  }
}

/* ---- the tape ---- */

static bool is_file(const struct feed *f) { return f->replay && !replay_stream(f->replay); }
/* At the end of what is live one is back at now; a file that is still being read goes on. */
static bool tape_complete(void *owner) {
  const struct feed *f = owner;
  return !is_file(f) || replay_ended(f->replay);
}

static void open_tape(struct feed *f) {
  bool file = is_file(f);
  f->tape = tape_new(TAPE_BYTES, &f->merge, file ? replay_read : NULL, f->replay);
  f->player = player_new(f->loop, &(struct player_options){.tape = f->tape, .merge = &f->merge, .speed = f->options.speed > 0 ? f->options.speed : 1,
                                                           .simulated = f->options.simulated, .changed = show, .complete = tape_complete, .owner = f});
  if (file && (f->options.speed > 0 || f->options.paused)) player_seek(f->player, &(struct moment){0});
  if (f->options.paused) player_pause(f->player, true);
}

void feed_shown(const struct feed *f, struct feed_shown *ret) {
  bool past = f->player && !player_attached(f->player);
  *ret = (struct feed_shown){.kind = !f->replay ? FEED_LIVE : replay_stream(f->replay) ? FEED_STREAM : FEED_FILE, .at = past ? player_at(f->player) : feed_newest(f),
                             .past = past, .paused = past && player_paused(f->player), .ended = feed_ended(f), .speed = f->player ? player_speed(f->player) : 1,
                             .newest = feed_wall(f)};
  struct moment newest = feed_newest(f), begin = f->tape ? tape_begin(f->tape) : newest;
  if (!ret->at.now) ret->at = begin; /* before its first line */
  ret->begin = begin.now;
  ret->end = newest.now;
  if (is_file(f) && replay_last(f->replay) > ret->end) ret->end = replay_last(f->replay);
  if (f->replay && !f->options.simulated) ret->silent_ms = replay_silent(f->replay);
  if (f->command) {
    ret->trouble = feed_command_trouble(f->command, &ret->again_ms);
    ret->ended = ret->trouble != NULL;
  }
}

struct snapshot *feed_see(struct feed *f, struct snapshot *newest) {
  return !f->player || player_attached(f->player) ? snapshot_keep(newest) : player_snapshot(f->player);
}

struct snapshot *feed_at(struct feed *f, int64_t now, struct moment *ret) { return f->tape ? tape_at(f->tape, now, ret) : NULL; }

void feed_pause(struct feed *f, bool paused) {
  f->to_end = false;
  player_pause(f->player, paused);
}

/* A simulation that stands still at its newest moment goes on to the next. */
void feed_step(struct feed *f, int step) {
  f->to_end = false;
  if (step > 0 && f->options.standing && f->streaming && player_attached(f->player)) {
    streaming_step(f->streaming);
    return;
  }
  player_step(f->player, step);
}

void feed_speed(struct feed *f, int step) {
  static const double speeds[] = {0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 0};
  double now = player_speed(f->player);
  size_t i = 0;
  while (i + 1 < COUNT(speeds) && speeds[i] < now) i++; /* one of its own goes to the next of these */
  if (now <= 0) i = COUNT(speeds) - 1;
  if (step > 0 && i + 1 < COUNT(speeds)) i++;
  if (step < 0 && i > 0) i--;
  player_set_speed(f->player, speeds[i]);
}

void feed_seek(struct feed *f, const struct moment *m) {
  f->to_end = false;
  player_pause(f->player, true);
  player_seek(f->player, m);
}

/* Where it all begins nothing is known; a second later the first answers are there. */
static struct moment first_answers(struct feed *f) {
  enum { FIRST_MS = 1000 };
  struct moment begin = tape_begin(f->tape);
  struct cursor c = {0};
  int64_t due;
  tape_seek(f->tape, &c, begin.line);
  while (!begin.line && tape_due(f->tape, &c, &due) && due <= begin.now + FIRST_MS && tape_next(f->tape, &c) >= 0) continue;
  if (c.set) begin = c.at;
  cursor_free(&c);
  return begin;
}

void feed_to_begin(struct feed *f) {
  struct moment begin = first_answers(f);
  f->to_end = false;
  if (!is_file(f)) player_pause(f->player, true);
  player_seek(f->player, &begin);
}

/* A file that has not been read so far: as soon as it is. */
void feed_to_end(struct feed *f) {
  if (player_attached(f->player)) return;
  f->to_end = is_file(f) && !replay_ended(f->replay);
  if (!f->to_end) player_attach(f->player);
}

void feed_pass(struct feed *f, int64_t ms) {
  if (f->player) player_pass(f->player, ms);
}

void feed_keep(struct feed *f, bool keep) {
  if (keep && !f->tape) open_tape(f);
  if (keep) return;
  player_free(f->player);
  tape_free(f->tape);
  f->player = NULL;
  f->tape = NULL;
}

/* ---- */

static void on_end(void *owner) {
  struct feed *f = owner;
  if (f->to_end) player_attach(f->player);
  f->to_end = false;
  if (f->player) player_more(f->player);
  if (f->options.on_end) f->options.on_end(f->options.owner);
}

struct feed *feed_open(struct loop *l, const struct feed_options *o, struct err *e) {
  struct feed *f = mem_alloc(sizeof *f);
  *f = (struct feed){.loop = l, .options = *o};
  f->soon = loop_timer(l, -1, tell, f);
  f->tick = loop_timer(l, ((o->replay || o->stream) && o->speed <= 0 && !o->tape) || o->simulated ? -1 : TICK_MS, on_tick, f); /* played as fast as it can, time is only in the lines */
  take_config(f, o->config);
  struct feed_options own = *o;
  own.on_end = on_end, own.owner = f;
  if (o->replay) f->replay = replay_open(l, f, &own, e);
  if (o->command) {
    own.speed = 1; /* time goes on between its lines */
    f->replay = replay_given(l, f, &own, o->command);
    f->command = feed_command_open(l, f, f->replay, o->command);
  }
  if (o->tape && (f->replay || !o->replay)) open_tape(f);
  if (o->stream) f->streaming = streaming_open(l, f, &own);
  else if (!o->replay && !o->command) f->live = live_start(l, f, o);
  if (f->live || f->replay || f->streaming) return f;
  feed_close(f);
  return NULL;
}

void feed_close(struct feed *f) {
  if (!f) return;
  live_end(f->live);
  feed_command_close(f->command);
  player_free(f->player);
  tape_free(f->tape);
  replay_close(f->replay);
  streaming_close(f->streaming);
  timer_end(f->soon);
  timer_end(f->tick);
  store_clear(&f->store);
  snapshot_drop(f->known);
  mem_free(f->aliases);
  mem_free(f->here);
  mem_free(f->who);
  mem_free(f);
}

static int64_t stream_time(const struct feed *f) { return f->streaming ? streaming_now(f->streaming) : f->options.stream->now(f->options.stream->self); }
/* A stream of our own has one clock for both. */
int64_t feed_wall(const struct feed *f) { return f->options.stream ? stream_time(f) : f->replay ? replay_wall(f->replay) : clock_wall_ms(); }
int64_t feed_now(const struct feed *f) { return f->options.stream ? stream_time(f) : f->replay ? replay_now(f->replay) : clock_mono_ms(); }

bool feed_advance(struct feed *f, int64_t ms) {
  if (f->streaming) streaming_advance(f->streaming, ms);
  return f->streaming != NULL;
}

struct moment feed_newest(const struct feed *f) { return (struct moment){f->tape ? tape_end(f->tape).line : 0, feed_now(f), feed_wall(f)}; }

struct snapshot *feed_snapshot(struct feed *f, const struct snapshot *before) {
  struct snapshot *s = snapshot_make(&f->store, feed_now(f), feed_wall(f), &f->merge, before);
  if (f->live) live_discover(f->live, s);
  if (f->tape) {
    snapshot_drop(f->known);
    f->known = snapshot_keep(s);
  }
  return s;
}

void feed_quiet(struct feed *f, bool quiet) {
  if (f->live) live_quiet(f->live, quiet);
}

void feed_look_again(struct feed *f) {
  if (f->live) live_look_again(f->live);
}

void feed_place(struct feed *f, const char *nodes) {
  if (f->live) live_place(f->live, nodes);
  else if (f->options.stream) f->options.stream->place(f->options.stream->self, nodes);
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
