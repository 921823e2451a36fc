#include "sources/pacemaker_version.h"
#include "base/mem.h"
#include <stdio.h>
#include <string.h>

/* --output-as came with 2.0.3, --fence-history with 1.1.20 and 2.0.1. Level 2 is successes too, but of each kind the
 * newest only; the old ones print all there is in XML whatever the level. */
void crm_mon_call_for(const char *said, struct crm_mon_call *ret) {
  static const char *const full[] = {"crm_mon", "--output-as=xml", "-1", "--inactive", "--fence-history=2", NULL};
  static const char *const fast[] = {"crm_mon", "--output-as=xml", "-1", "--inactive", "--fence-history=0", NULL};
  static const char *const old_full[] = {"crm_mon", "--as-xml", "--inactive", "--fence-history=3", NULL};
  static const char *const old_fast[] = {"crm_mon", "--as-xml", "--inactive", NULL};
  int major = 99, minor = 0, patch = 0, used = 0;
  *ret = (struct crm_mon_call){0};
  const char *number = said ? strstr(said, "Pacemaker ") : NULL;
  size_t digits = number ? strspn(number + 10, "0123456789.") : 0; /* sscanf() would skip a line's end, and take a sign */
  if (number && sscanf(number + 10, "%3d.%3d.%4d%n", &major, &minor, &patch, &used) == 3 && (size_t)used <= digits)
    snprintf(ret->version, sizeof ret->version, "%.*s", used, number + 10);
  else major = 99;
  long v = major * 1000000L + minor * 10000L + patch;
  bool modern = v >= 2000003, history = v >= 2000001 || (v >= 1010020 && v < 2000000);
  memcpy(ret->full, modern ? full : history ? old_full : old_fast, modern ? sizeof full : history ? sizeof old_full : sizeof old_fast);
  memcpy(ret->fast, modern ? fast : old_fast, modern ? sizeof fast : sizeof old_fast);
}
