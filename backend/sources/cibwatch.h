/* The parts of kvmconsole-cibwatch. */
#ifndef SOURCES_CIBWATCH_H
#define SOURCES_CIBWATCH_H
#include <stdbool.h>

void say(const char *line); /* to whoever started us; does not return when nobody listens any more */
void daemons_begin(void);   /* from now on a "daemons" line every few seconds */
struct _GString; /* glib's GString */
/* Adds the controllers of other nodes that do not answer; well: our own answers, and may be used to ask them. True when one
 * is awaited: the next round is to come soon. */
bool nodes_round(struct _GString *line, bool well);
#endif
