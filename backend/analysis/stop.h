/* May these go down now, and what comes of it: the verdict of `ok-to-stop`, of the column of nodes, of previews and drills.
 * Pure: a snapshot and what is to be lost in, reasons out. Each reason says what it saw and how old that is. What is not
 * known or old makes the verdict unknown, which means no; what is known to do harm makes it unsafe whatever else is not
 * known. WAIT is only for what time cures. */
#ifndef ANALYSIS_STOP_H
#define ANALYSIS_STOP_H
#include "model/snapshot.h"

enum durability { DURABILITY_NONE, DURABILITY_KEPT, DURABILITY_REDUCED, DURABILITY_LOST, DURABILITY_UNKNOWN };
enum effect { EFFECT_NONE, EFFECT_UNAFFECTED, EFFECT_MIGRATES, EFFECT_RESTARTS, EFFECT_STALLS, EFFECT_STOPS };
extern const char *const durability_names[], *const effect_names[];

struct loss { /* what goes */
  struct texts hosts;  /* by any of their names */
  struct texts bricks; /* "node1:/data" */
  /* A network: "link:kvm02", the host cut off from all others; "link:kvm02:1", its link 1 of corosync; "link:1", that of every
   * host; "link:node1:/data", the way to a brick. Never in order. */
  struct texts links;
  bool dead;           /* at once, as by a power cut; else stopped in order: drained, then shut down */
};

struct stop_reason {
  const char *layer; /* "hosts", "links", "quorum", "copies", "heal", "placement", "memory", "fencing", "domains", "bricks" */
  int verdict;       /* enum verdict */
  const char *text;
  int64_t age_ms;    /* of the oldest reading it rests on; unknown: nothing was read */
  int64_t wait_s;    /* how long to wait, where that can be told */
};
struct stop_domain {
  const char *name;
  int effect;      /* 0: not known */
  const char *to;  /* the host it goes to; NULL: none, or it stays */
  int64_t seconds; /* without service, about; 0: none; unknown: not told, or without end */
  const char *text;
};
struct stop {
  int64_t schema;
  struct texts targets;
  int verdict, durability;
  LIST_OF(struct stop_reason) reasons;
  LIST_OF(struct stop_domain) domains; /* those that are active, and those on what is lost */
};
extern const struct shape stop_shape, stop_reason_shape, stop_domain_shape;

/* A target as an operator writes it, a host by any name, HOST:/BRICK or link:..., added to the loss. -ENOENT: there is no such thing. */
int loss_add(const struct snapshot *s, struct loss *l, const char *target, struct arena *a, struct err *e);
/* The nodes among them as pacemaker calls them, "kvm01,kvm02": the key of the placement that the verdict looks for; "": none. */
const char *loss_nodes(const struct snapshot *s, const struct loss *l, struct arena *a);
/* In a, as all of its texts. */
struct stop *stop_judge(const struct snapshot *s, const struct loss *l, struct arena *a);
/* For several verdicts on one snapshot: what they all look up, made once. */
struct judge_index;
struct judge_index *stop_index(const struct snapshot *s);
void stop_index_free(struct judge_index *x); /* NULL is fine */
struct stop *stop_judge_by(const struct judge_index *x, const struct snapshot *s, const struct loss *l, struct arena *a);
struct stop *stop_brief(const struct judge_index *x, const struct snapshot *s, const struct loss *l, struct arena *a); /* without the domains */
/* How bad the worst reason of that layer is: enum verdict; VERDICT_NONE: there is none. */
int stop_worst(const struct stop *v, const char *layer);
enum { VERDICT_COUNT = VERDICT_UNKNOWN + 1 };
int stop_rank(int verdict); /* how bad it is: unsafe is the worst, then unknown, wait, safe, none (0) */
/* The verdict of each host alone into its take_down, and what the cluster survives: s is still being made. */
void stop_judge_hosts(struct snapshot *s);
#endif
