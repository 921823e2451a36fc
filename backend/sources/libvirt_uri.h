/* Where a libvirt URI leads: what has to answer before the library may be let loose on it, and what is added to it so
 * that ssh neither asks nor waits. Pure, except for the probe. */
#ifndef SOURCES_LIBVIRT_URI_H
#define SOURCES_LIBVIRT_URI_H
#include "base/err.h"
#include <stdbool.h>

enum transport { TRANSPORT_LOCAL, TRANSPORT_SSH, TRANSPORT_LIBSSH, TRANSPORT_TCP, TRANSPORT_TLS, TRANSPORT_OTHER };

struct libvirt_address {
  enum transport transport;
  char host[256], user[64]; /* as the URI names them; "" for this machine, "" when it names no user */
  char real_host[256];      /* where the connection goes: the host, unless ssh's configuration says otherwise */
  char peer[64];            /* the numeric address that answered the probe, "" before */
  int port;                 /* 0: nothing to probe */
  bool own_port;            /* the URI says which */
};

/* The program that libvirt runs in the place of ssh is this one again: the link leads there whatever its path is, and
 * nobody calls a program by this name by hand. */
#define SSH_PROGRAM "/proc/self/exe"

/* The URI to open when none was given: the local daemon, or NAME's over ssh. Owned by the caller. -EINVAL with e set
 * when the name is none (it came from a cluster's configuration). */
int uri_default(const char *host, bool here, char **ret_uri, struct err *e);
/* -EINVAL with e set when it is no URI. */
int uri_address(const char *uri, struct libvirt_address *ret, struct err *e);
/* The URI with no_tty=1 and command=SSH_PROGRAM for ssh, unless it says otherwise itself. Owned by the caller. */
char *uri_without_prompts(const char *uri, const struct libvirt_address *to);
/* Becomes ssh with the arguments that libvirt gave and those that keep it from asking and waiting. Only returns when
 * there is no ssh: the exit code. */
int become_ssh(int argc, char **argv);
/* What "ssh -G" printed, into real_host and port; port 0 when ssh goes through a proxy. */
void ssh_destination(const char *printed, struct libvirt_address *to);
/* Asks ssh for it. What it does not tell stays as the URI says. */
void ask_ssh(struct libvirt_address *to);
/* Connects within ms, keeps the address that answered in peer, and hangs up. 0; -ETIMEDOUT, -ECONNREFUSED, -EHOSTUNREACH, ... with e set: a sentence.
 * A name that does not resolve is -ENOENT. */
int probe(struct libvirt_address *to, int ms, struct err *e);
#endif
