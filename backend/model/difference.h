/* What happened between two snapshots: a table of watched fields, each change of one an event. */
#ifndef MODEL_DIFFERENCE_H
#define MODEL_DIFFERENCE_H
#include "model/snapshot.h"

struct event {
  int64_t at; /* wall ms */
  const char *kind, *subject, *from, *to, *text;
  int severity; /* enum severity: of a problem that begins; info for the rest */
};
struct events { struct event *item; size_t count; };
extern const struct shape event_shape;

/* Events in a. before NULL: none (a first look is not news). What a layer says for the first time is no event either. */
void snapshot_difference(const struct snapshot *before, const struct snapshot *now, struct arena *a, struct events *ret);
/* The list of the snapshot that events of that kind are about, "hosts"; "cluster" for the rest. */
const char *difference_list(const char *kind);
#endif
