#include "base/host.h"
#include <limits.h>
#include <string.h>
#include <unistd.h>

const char *this_host(void) {
  static char name[HOST_NAME_MAX + 1];
  if (!name[0]) {
    if (gethostname(name, sizeof name - 1)) strcpy(name, "localhost");
    name[strcspn(name, ".")] = 0;
  }
  return name;
}
