/* gluster's own command line tool, for the little the RPC does not give: run here, or by ssh on a gluster host when this
 * one is only a client (HEAL is refused over TCP). Reading only, in a child with a deadline. */
#ifndef SOURCES_GLUSTER_SHELL_H
#define SOURCES_GLUSTER_SHELL_H
#include "base/loop.h"

struct shell;
/* code 0 and what it wrote on stdout; -EACCES: ssh was refused (complaint says how); -ETIMEDOUT; -EIO. */
typedef void shell_fn(void *owner, int code, const char *text, const char *complaint);
/* `gluster volume heal VOLUME` and one or two words. host NULL: here; ssh: "root@%h". NULL when it could not be started. */
struct shell *shell_heal(struct loop *l, const char *ssh, const char *host, const char *volume, const char *first, const char *second, shell_fn *fn, void *owner);
void shell_drop(struct shell *s); /* without an answer; NULL is fine */
#endif
