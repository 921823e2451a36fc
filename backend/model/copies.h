/* The rules of a replica or disperse set, alone: with which of its bricks it can be read and written. By gluster's own
 * (afr's quorum options, ec's redundancy). Pure; shared by what is read and by what is simulated. */
#ifndef MODEL_COPIES_H
#define MODEL_COPIES_H
#include "model/shape.h"

struct set_rules {
  int64_t bricks, arbiters, redundancy; /* redundancy: of a disperse set, else 0 */
  int64_t quorum;                       /* bricks that must be there to write; 0: any one copy */
  bool first_counts;                    /* quorum auto on an even set: exactly half will do when the first brick is in it */
};
struct set_living { /* of its bricks, those that live */
  int64_t bricks, data; /* data: without the arbiters, which hold none */
  bool first;           /* the first of them is one */
};
/* replica, arbiter, disperse, redundancy: as gluster says, unknown or 0 where there is none. options: of the volume. */
struct set_rules set_rules_make(int64_t replica, int64_t arbiter, int64_t disperse, int64_t redundancy, const struct pairs *options);
bool set_writes(const struct set_rules *r, const struct set_living *l);
bool set_reads(const struct set_rules *r, const struct set_living *l);
#endif
