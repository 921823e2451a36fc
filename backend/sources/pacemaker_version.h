/* Which crm_mon this is, and how it is to be called. */
#ifndef SOURCES_PACEMAKER_VERSION_H
#define SOURCES_PACEMAKER_VERSION_H
#include <stdbool.h>

struct crm_mon_call { /* arguments for one reading; fast leaves out what the fencing daemon must be asked for */
  const char *full[8], *fast[8];
  char version[32]; /* "2.1.5", "" when it does not say */
};

/* said: what `crm_mon --version` printed; NULL or anything else: a recent one is assumed. */
void crm_mon_call_for(const char *said, struct crm_mon_call *ret);
#endif
