/* Where fragments come from, as the console sees it: live sources, a recording or a simulation. Lines go in, the store is kept, and
 * whoever asked is told that something changed. One feed, one loop, one store. */
#ifndef SOURCES_FEED_H
#define SOURCES_FEED_H
#include "base/config.h"
#include "base/err.h"
#include "base/loop.h"
#include "model/tape.h"

struct feed;

/* A stream that is made inside the program (the simulation). Its time passes in run() and nowhere else. */
typedef void stream_line_fn(void *owner, const char *line, size_t len, int64_t at);
struct stream {
  void *self;
  int64_t (*now)(void *self);        /* wall ms of its own clock */
  int64_t (*next)(void *self);       /* when it has something to say next */
  int64_t (*end)(void *self);        /* when it is over, for who plays it as fast as it can */
  const char *(*here)(void *self);   /* the host that it is seen from */
  void (*place)(void *self, const char *nodes); /* feed_place() */
  void (*run)(void *self, int64_t until, stream_line_fn *line, void *owner);
  void (*listen)(void *self, void (*begun)(void *listener), void *listener); /* told when something begins in it between two runs; NULL: nothing ever does */
};

struct feed_options {
  const struct stream *stream; /* borrowed; NULL: none */
  bool standing;               /* its time stands still but for feed_advance() and feed_step() */
  const char *replay;         /* file, or "-" for stdin; NULL: live */
  const char *command;        /* words of one that prints a recording; it is started again when it ends. NULL: none */
  const struct config *config;
  const char *only;           /* "gluster,libvirt": the layers to read; NULL: all */
  double speed;               /* of a replay; 0: as fast as it can be read */
  bool read_only;
  const char *who;            /* who sits before the screen; NULL: not known */
  bool raw;                   /* the sources are to print what they received as well (on_line gets it, nothing else does) */
  bool patient;               /* complete only with what each host says of its own setup (lint) */
  bool tape;                  /* what is shown can be another moment than the newest: the time machine, see below */
  bool paused;                /* with a tape: begin at the beginning, paused */
  bool simulated;             /* its clock is feed_pass() */
  bool stepwise;              /* a replay at full speed: on_change after each moment of it, not only when there is time */
  void (*judge)(struct snapshot *s); /* adds its verdicts to each snapshot (merge_options); NULL: none */
  /* Each line as it came, before it is parsed (for record): with its newline. May be NULL. */
  void (*on_line)(void *owner, const char *line, size_t len);
  /* The store changed, or time made something stale. Coalesced: once for all that arrived in one turn of the loop. */
  void (*on_change)(void *owner);
  /* With a tape: what is shown changed. NULL without one. */
  void (*on_shown)(void *owner);
  /* A replay has come to its end. */
  void (*on_end)(void *owner);
  void *owner;
};

/* Owned by the caller; NULL with e set when the recording cannot be opened (code -ENOENT, -EINVAL...). */
struct feed *feed_open(struct loop *l, const struct feed_options *o, struct err *e);
void feed_close(struct feed *f); /* ends the sources */

/* Merges the newest that is known. before as for snapshot_make(). One reference, the caller's. */
struct snapshot *feed_snapshot(struct feed *f, const struct snapshot *before);
/* What pacemaker would do without all of these nodes ("kvm01,kvm02") is wanted as well; each alone is always read. It comes as
 * a fact, which feed_complete() waits for. A recording knows no more than it holds. */
void feed_place(struct feed *f, const char *nodes);
bool feed_complete(const struct feed *f); /* live: every source has said how it is, and disks were asked; replay: at its end */
void feed_give_up(struct feed *f);        /* nobody waits any longer: sources that have said nothing are hung */
bool feed_ended(const struct feed *f);    /* a replay that is over */
int feed_error(const struct feed *f, struct err *e); /* a recording that could not be read to its end: -errno, else 0 */
const struct store *feed_store(const struct feed *f);
int64_t feed_now(const struct feed *f); /* the newest, on the stream's time line ... */
int64_t feed_wall(const struct feed *f); /* ... and by the wall clock */
struct moment feed_newest(const struct feed *f);
/* Of a stream made inside the program: so much of its time passes now. False: it is no such feed. */
bool feed_advance(struct feed *f, int64_t ms);

/* An operation of ours runs, or no more: until then no console takes gluster's volume lock to read. */
void feed_quiet(struct feed *f, bool quiet);
void feed_look_again(struct feed *f); /* something was done: what hosts say of how they are set up is asked anew */

/* From now on the stream is kept, so that one can go back in it; or it is no more (and what is shown is the newest). */
void feed_keep(struct feed *f, bool keep);

/* ---- the time machine: what is shown may stand or play in the past, while the newest goes on being taken in ---- */

enum feed_kind { FEED_LIVE, FEED_FILE, FEED_STREAM }; /* STREAM: a recording that comes by a pipe, while it is made */
struct feed_shown {
  enum feed_kind kind;
  struct moment at;            /* what is shown */
  bool past, paused, ended;    /* past: not the newest; ended: the recording or the feed is over */
  double speed;                /* 0: as fast as it can */
  int64_t begin, end;          /* how far one can go back and on, on the time line (a file: its last line) */
  int64_t silent_ms;           /* a feed: since its last line */
  int64_t newest;              /* wall clock of the newest */
  const char *trouble;         /* a command's: why it ended; NULL: it runs. Borrowed, until the loop goes on */
  int64_t again_ms;            /* ... and when it is started again */
};
void feed_shown(const struct feed *f, struct feed_shown *ret);
/* What is shown, merged. newest: the newest snapshot, given back with one more reference when that is what is shown. */
struct snapshot *feed_see(struct feed *f, struct snapshot *newest);
/* As it was at that time of the stream's line, or the oldest that is kept. One reference; NULL: there is no tape, or nothing on it. */
struct snapshot *feed_at(struct feed *f, int64_t now, struct moment *ret);
void feed_pause(struct feed *f, bool paused);
void feed_step(struct feed *f, int step); /* one change back (-1) or on (1), paused */
void feed_speed(struct feed *f, int step); /* slower (-1), faster (1) */
void feed_seek(struct feed *f, const struct moment *m); /* there, paused */
void feed_to_begin(struct feed *f);
void feed_to_end(struct feed *f); /* the end of a recording, back to live */
void feed_pass(struct feed *f, int64_t ms); /* simulated: so much time goes by */

/* ---- internal to the two kinds of feed ---- */
/* A line has arrived. taken: its time on the stream's line; -errno when it is no fragment (a raw line is none: -EPROTONOSUPPORT). */
int feed_take(struct feed *f, const char *line, size_t len, int64_t taken, struct err *e);
/* The same with its own times. place: where it begins in a file. */
int feed_take_line(struct feed *f, const struct tape_line *line, const struct tape_place *place, struct err *e);
void feed_expect(struct feed *f, enum layer layer, const char *host); /* a source is about to be started */
void feed_renew(struct feed *f); /* another recording begins: what was known is no more */
void feed_touch(struct feed *f); /* tell the owner soon */
void feed_tell(struct feed *f);  /* tell it now, if something changed */
#endif
