/* What a shared definition says of how its domain will be started: read from lines of its text, of which only those with the
 * elements below are given. It is written a line an element, as virsh does; what stands otherwise is not known. Pure. */
#ifndef MODEL_SHARED_H
#define MODEL_SHARED_H
#include "model/facts.h"

struct shared_reading { /* {0}, one a definition */
  int within; /* 0, 'd' a disk, 'n' a network card */
  const char *target, *source, *mac;
};
void shared_line(struct shared_reading *r, struct setup_shared *to, const char *line, struct arena *a);
#endif
