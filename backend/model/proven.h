/* What is proven of fencing, as tallies: a host's name, and when its power was cut by a device; with FENCE_CHANGED before the name, when that
 * device was made or changed: what was proven before counts no more. */
#ifndef MODEL_PROVEN_H
#define MODEL_PROVEN_H
#define FENCE_CHANGED "changed:"
#endif
