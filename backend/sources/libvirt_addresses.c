#include "sources/libvirt_addresses.h"
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

enum { KEPT_MAX = 32 };

static bool is_virtual(const char *interface) {
  static const char *const prefixes[] = {"virbr", "vnet", "docker", "podman", "cni", "lxcbr", "lxdbr", "veth", "flannel", "cali"};
  for (size_t i = 0; i < COUNT(prefixes); i++)
    if (str_starts(interface, prefixes[i])) return true;
  return strchr(interface, ':') != NULL; /* a label: what a cluster's address agent sets */
}

/* The kernel lists an interface's own address before those added to the same network later; it is these that move. */
static bool is_added(const struct ifaddrs *list, const struct ifaddrs *one) {
  if (one->ifa_addr->sa_family != AF_INET || !one->ifa_netmask) return false;
  const struct sockaddr_in *mine = (const void *)one->ifa_addr, *mask = (const void *)one->ifa_netmask;
  bool alone = mask->sin_addr.s_addr == INADDR_BROADCAST; /* a /32 is added when it stands beside another */
  for (const struct ifaddrs *i = list; i != one; i = i->ifa_next) {
    const struct sockaddr_in *other = (const void *)i->ifa_addr;
    if (!other || other->sin_family != AF_INET || strcmp(i->ifa_name, one->ifa_name)) continue;
    if (alone || !((other->sin_addr.s_addr ^ mine->sin_addr.s_addr) & mask->sin_addr.s_addr)) return true;
  }
  return false;
}

static bool is_global(const struct sockaddr *s) {
  if (s->sa_family == AF_INET) {
    uint32_t v4 = ntohl(((const struct sockaddr_in *)(const void *)s)->sin_addr.s_addr);
    return v4 >> 24 != 127 && v4 >> 16 != 0xa9fe && v4; /* 169.254: link-local */
  }
  if (s->sa_family != AF_INET6) return false;
  const struct in6_addr *v6 = &((const struct sockaddr_in6 *)(const void *)s)->sin6_addr;
  return !IN6_IS_ADDR_LOOPBACK(v6) && !IN6_IS_ADDR_LINKLOCAL(v6) && !IN6_IS_ADDR_UNSPECIFIED(v6) && !IN6_IS_ADDR_MULTICAST(v6);
}

void addresses_of(const struct ifaddrs *list, struct arena *a, struct texts *ret) {
  for (const struct ifaddrs *i = list; i && ret->count < KEPT_MAX; i = i->ifa_next) {
    char text[INET6_ADDRSTRLEN];
    if (!i->ifa_addr || !is_global(i->ifa_addr) || is_virtual(i->ifa_name) || is_added(list, i)) continue;
    const void *raw = i->ifa_addr->sa_family == AF_INET ? (const void *)&((const struct sockaddr_in *)(const void *)i->ifa_addr)->sin_addr
                                                        : (const void *)&((const struct sockaddr_in6 *)(const void *)i->ifa_addr)->sin6_addr;
    if (inet_ntop(i->ifa_addr->sa_family, raw, text, sizeof text) && !texts_have(ret, text)) texts_add(a, ret, text);
  }
}

void own_addresses(struct arena *a, struct texts *ret) {
  struct ifaddrs *list;
  if (getifaddrs(&list)) return;
  addresses_of(list, a, ret);
  freeifaddrs(list);
}

void address_add(struct arena *a, struct texts *ret, const char *numeric) {
  struct sockaddr_in v4 = {.sin_family = AF_INET};
  struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
  bool good = inet_pton(AF_INET, numeric, &v4.sin_addr) == 1     ? is_global((struct sockaddr *)&v4)
              : inet_pton(AF_INET6, numeric, &v6.sin6_addr) == 1 ? is_global((struct sockaddr *)&v6)
                                                                 : false;
  if (good) texts_add(a, ret, numeric);
}
