#include "base/ssh.h"
#include "base/str.h"
#include <string.h>

bool ssh_host_valid(const char *host) {
  static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:";
  size_t len = host ? strlen(host) : 0;
  return len && len < 256 && *host != '-' && strspn(host, allowed) == len;
}

char *ssh_target(const char *pattern, const char *host) {
  struct str to = {0};
  for (const char *c = pattern; *c; c++)
    if (c[0] == '%' && c[1] == 'h') {
      str_add(&to, host);
      c++;
    } else {
      str_addc(&to, *c);
    }
  return str_take(&to);
}

size_t ssh_words(const char **argv, const char *to, const char *known_as) {
  static const char *const options[] = {"ssh", "-o", "BatchMode=yes", "-o", "ConnectTimeout=3", "-o", "ServerAliveInterval=2", "-o", "ServerAliveCountMax=3"};
  size_t n = 0;
  for (size_t i = 0; i < COUNT(options); i++) argv[n++] = options[i];
  if (known_as) argv[n++] = "-o", argv[n++] = known_as;
  argv[n++] = "--";
  argv[n++] = to;
  return n;
}
