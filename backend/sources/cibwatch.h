/* The parts of kvmconsole-cibwatch. */
#ifndef SOURCES_CIBWATCH_H
#define SOURCES_CIBWATCH_H
#include <stdbool.h>

struct _GString; /* glib's GString */
struct cib_s;    /* pacemaker's cib_t */
void say(const char *line); /* to whoever started us; does not return when nobody listens any more */
void daemons_begin(struct cib_s *cib);   /* from now on a "daemons" line every few seconds */
/* Adds the controllers and the CIB's daemons of nodes that do not answer; well: our own answers, and may be used to ask them. True when one
 * is awaited: the next round is to come soon. */
bool nodes_round(struct _GString *line, struct cib_s *cib, bool well);
#endif
