/* Host names to addresses, without ever blocking: the C library's resolver may take tens of seconds over a dead name
 * server, so it is asked in a child (getent, which is part of it). Answers are kept. */
#ifndef SOURCES_GLUSTER_NAME_H
#define SOURCES_GLUSTER_NAME_H
#include "base/loop.h"
#include "model/shape.h"
#include <stddef.h>
#include <sys/socket.h>

struct names;
/* news: called when a look-up ended, whichever it was of. */
struct names *names_new(struct loop *l, void (*news)(void *owner), void *owner);
void names_free(struct names *n);

/* 0 and the address; -EAGAIN: being looked up; -ENOENT: nobody knows the name; -EINVAL: it is none. */
int name_find(struct names *n, const char *host, int port, struct sockaddr_storage *ret, socklen_t *ret_len);
/* Its address did not work: the next one is tried, and it is looked up anew before long. */
void name_doubt(struct names *n, const char *host);
/* What it resolves to as far as is known, numeric; without loopback addresses, which are everybody's. */
void name_addresses(const struct names *n, const char *host, struct arena *a, struct texts *ret);
bool name_valid(const char *host); /* may be given to a program as an argument */
#endif
