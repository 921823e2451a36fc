/* This host's own addresses, by which the console learns which of several names mean it. Only those that are this
 * host's alone: a libvirt network's bridge has the same address on every host, and a service address that a cluster
 * moves about is one host's today and the other's tomorrow; either would make two hosts one. */
#ifndef SOURCES_LIBVIRT_ADDRESSES_H
#define SOURCES_LIBVIRT_ADDRESSES_H
#include "model/facts.h"
#include <ifaddrs.h>

/* Of a list as getifaddrs() gives it; numeric, copied into a. */
void addresses_of(const struct ifaddrs *list, struct arena *a, struct texts *ret);
void own_addresses(struct arena *a, struct texts *ret);
/* Adds a numeric address unless it is a loopback one. */
void address_add(struct arena *a, struct texts *ret, const char *numeric);
#endif
