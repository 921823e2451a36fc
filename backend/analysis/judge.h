/* Internal to the verdict: what its parts share. */
#ifndef ANALYSIS_JUDGE_H
#define ANALYSIS_JUDGE_H
#include "analysis/stop.h"
#include "base/map.h"

struct judge_index { /* of a snapshot, for all the verdicts on it */
  struct map resources, configs; /* by name: places in snapshot.resources, in config->resources */
  const struct pcmk_config *config;    /* NULL: not known now */
  bool pacemaker;                      /* its facts are fresh */
};
struct judge {
  const struct snapshot *s;
  const struct judge_index *index;
  bool brief;                    /* the verdict is all that is wanted: no effects */
  const struct host_view **lost; /* the hosts of the loss, and those that it cuts off */
  size_t lost_count, cut_count;  /* cut: the last so many, which live on alone */
  struct texts bricks;           /* bricks that it takes by name */
  bool dead;                     /* nothing of it is stopped in order */
  bool stops, freezes;           /* quorum is lost: all that is managed is stopped; or runs on, and nothing is started */
  bool race;                     /* two halves with quorum fence each other: which one wins is not known */
  const struct loss *loss;
  struct arena *a;
  struct stop *out;
};

void reason(struct judge *j, const char *layer, int verdict, int64_t age_ms, const char *format, ...) PRINTF(5, 6);
void reason_wait(struct judge *j, const char *layer, int64_t age_ms, int64_t wait_s, const char *format, ...) PRINTF(5, 6);
bool host_lost(const struct judge *j, const char *name);                    /* by any of its names */
bool lost_is_node(const struct judge *j, const struct host_view *h);          /* of pacemaker, whatever is known of how it is */
bool brick_lost(const struct judge *j, const struct brick_view *b);         /* it, or its host */
int64_t oldest(int64_t a, int64_t b);                                       /* of two ages, either may be unknown */
const char *lost_names(const struct judge *j);

void find_cut(struct judge *j);    /* hosts and bricks that a network takes: after those that are lost by name */
void judge_links(struct judge *j);
void judge_votes(struct judge *j);
void judge_copies(struct judge *j);  /* and heals, server quorum, durability */
void judge_domains(struct judge *j); /* and placement, memory */
void judge_fencing(struct judge *j);

/* How a set stands once the loss has happened. */
bool set_serves(const struct judge *j, const struct volume_view *v, int64_t set); /* it surely can be written then */
bool set_touched(const struct judge *j, const struct volume_view *v, int64_t set); /* a brick of it that may live is lost */
#endif
