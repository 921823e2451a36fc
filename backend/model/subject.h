/* What a problem or an event is about: its subject is a name, and this finds the things of the snapshot that it names. */
#ifndef MODEL_SUBJECT_H
#define MODEL_SUBJECT_H
#include "model/difference.h"

/* How a subject is written. */
enum about {
  ABOUT_CLUSTER,    /* "cluster" */
  ABOUT_HOST,       /* "kvm01" */
  ABOUT_HOSTS,      /* "node1 node2" */
  ABOUT_LINK,       /* "kvm01 link 1" */
  ABOUT_MOUNT,      /* "kvm01:/kvmdata" */
  ABOUT_VOLUME,     /* "models" */
  ABOUT_SET,        /* "models set 0" */
  ABOUT_BRICK,      /* "node1:/data" */
  ABOUT_DOMAIN,     /* "test01" */
  ABOUT_RESOURCE,   /* "test01", "clone:1" */
  ABOUT_CONSTRAINT, /* "cli-ban-test01-on-kvm02" */
  ABOUT_LAYER,      /* "gluster" */
  ABOUT_SOURCE,     /* "libvirt@kvm01", and behind a blank one of its facts */
  ABOUT_COUNT
};
extern const char *const about_names[];

struct subject { /* what is not there, or is not meant, is NULL; borrowed from the snapshot */
  enum about about;
  const struct host_view *host;
  const struct volume_view *volume;
  const struct brick_view *brick; /* of a set: the first that is not up */
  const struct domain_view *domain;
  const struct resource_view *resource;
  const struct constraint_view *constraint;
  const struct source_view *source;
};

struct subject subject_find(const struct snapshot *s, enum about about, const char *name);
enum about problem_about(const struct problem *p);
enum about event_about(const struct event *e);
/* The words "key=value" that an operation named by a problem is given, {host} filled in: a's; empty when there are none. */
struct texts problem_words(const struct snapshot *s, const struct problem *p, struct arena *a);
#endif
