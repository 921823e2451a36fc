/* The player: what is shown of the tape. It stands at the newest (attached: nothing to do), or somewhere in the past,
 * where it plays at its speed or is paused. Internal to the feed. */
#ifndef SOURCES_PLAYER_H
#define SOURCES_PLAYER_H
#include "base/loop.h"
#include "model/tape.h"

struct player;
struct player_options {
  struct tape *tape;
  const struct merge_options *merge;
  double speed;    /* 1: as it was; 0: as fast as it can */
  bool simulated;  /* its clock is player_pass() */
  void (*changed)(void *owner);     /* what is shown is another moment's */
  bool (*complete)(void *owner);    /* the tape will not grow any more: at its end is the end */
  void *owner;
};
struct player *player_new(struct loop *l, const struct player_options *o);
void player_free(struct player *p); /* NULL is fine */

bool player_attached(const struct player *p);
bool player_paused(const struct player *p);
double player_speed(const struct player *p);
struct moment player_at(const struct player *p);  /* detached: what is shown */
/* Merged from what was known at that moment. One reference. */
struct snapshot *player_snapshot(struct player *p);

void player_attach(struct player *p);                             /* to the newest */
void player_seek(struct player *p, const struct moment *m);       /* line, and not before its time; detaches */
bool player_step(struct player *p, int step);                     /* one change on (1) or back (-1), paused */
void player_pause(struct player *p, bool paused);                 /* detaches */
void player_set_speed(struct player *p, double speed);
void player_more(struct player *p);                               /* the tape has grown */
void player_pass(struct player *p, int64_t ms);                   /* simulated: so much time goes by */
#endif
