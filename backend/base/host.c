#include "base/host.h"
#include <arpa/inet.h>
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

bool is_address(const char *s) {
  unsigned char raw[sizeof(struct in6_addr)];
  return inet_pton(AF_INET, s, raw) == 1 || inet_pton(AF_INET6, s, raw) == 1;
}
