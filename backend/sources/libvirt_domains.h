/* What is known of a host's domains: their definitions, read when something changed or once a minute, and their states,
 * read often because that costs one call for all of them. */
#ifndef SOURCES_LIBVIRT_DOMAINS_H
#define SOURCES_LIBVIRT_DOMAINS_H
#include "model/facts.h"
#include <libvirt/libvirt.h>
#include <stdbool.h>

struct known_domain {
  char uuid[VIR_UUID_STRING_BUFLEN];
  virDomainPtr handle; /* a reference of ours */
  struct arena *arena; /* owns what fact points to, but for state and reason */
  struct libvirt_domain fact;
  bool doubted, present, active; /* doubted: its definition is read again at the next reading */
  int64_t read_at;               /* monotonic ms of its definition */
  bool watched, has_job;         /* watched: something hints at a job, look soon */
  struct libvirt_job job;        /* when has_job; its name is fact.name */
};

struct known_domains {
  struct emitter *raw; /* where definitions are printed as they came, or NULL */
  struct known_domain **item; /* sorted by name, then uuid */
  size_t count, cursor;       /* cursor: where the next look-up starts; libvirt's order rarely changes */
  int64_t flags_at;           /* monotonic ms of persistent and autostart, 0: never */
};

/* Reads states, and the definitions that are in doubt. 0; -EIO when the library refused: ask it why. */
int domains_read(struct known_domains *k, virConnectPtr c);
struct known_domain *domains_find(struct known_domains *k, const char *uuid);                   /* NULL when it is not known */
void domains_fact(const struct known_domains *k, struct arena *a, struct libvirt_domains *ret); /* borrows from k */
void domains_drop(struct known_domains *k); /* forgets all, and gives the library's handles back */
#endif
