/* Acknowledgements: an operator's word that a problem is known, until a time. They are kept in the CIB, so that every
 * console and every feed of the cluster reads the same: a property set of our own that pacemaker ignores, a pair a problem,
 * its value JSON of one shape. A text of the CIB is hostile: what is not sound, too long, over, or not meant for the problem
 * its key names counts for nothing. */
#ifndef MODEL_ACKNOWLEDGED_H
#define MODEL_ACKNOWLEDGED_H
#include "model/shape.h"

#define ACKNOWLEDGED_SET "kvmconsole-acknowledged" /* the property set */
#define ACKNOWLEDGED_PREFIX "kvmconsole-ack-"      /* of a pair's name; 16 hexadecimal digits follow */

enum { ACKNOWLEDGED_MAX = 500, ACKNOWLEDGED_VALUE_MAX = 1500, ACKNOWLEDGED_TEXT_MAX = 200, ACKNOWLEDGED_KEY = 40 };
static const int64_t ACKNOWLEDGED_MS_MAX = (int64_t)8 * 86400000; /* one that claims to hold longer was not written by us */

struct acknowledgement { /* all that stand in the CIB, also those that are over (they are to be removed) */
  const char *key, *problem, *subject, *by, *text; /* problem NULL: it could not be read */
  int64_t until;
};
struct acknowledged { const char *by, *text; int64_t until; }; /* of one problem */
extern const struct shape acknowledgement_shape, acknowledged_shape;

/* The pair's name for that problem; out has ACKNOWLEDGED_KEY bytes. Returns out. */
char *acknowledged_key(char *out, const char *problem, const char *subject);
/* A pair as it stands: false when its name is none of ours. What cannot be read has no `problem`. */
bool acknowledged_read(const char *key, const char *value, struct arena *a, struct acknowledgement *ret);
void acknowledged_write(const struct acknowledgement *k, struct str *out); /* the pair's value */
bool acknowledged_holds(const struct acknowledgement *k, int64_t wall);    /* it can be read and is not over */
#endif
