/* One connection to a gluster daemon (glusterd or a brick) on the loop. Calls may be many at once, each has a deadline
 * and is answered exactly once, by the daemon or by its deadline. Never blocks.
 *
 * A daemon that is hung is told from a host that is cut: the kernel of the first still acknowledges what was sent. The
 * connection to a hung one is kept (each new one would wait in its queue and flood it when it wakes up), the one to a
 * cut host is given up, since a new one finds out sooner that the way is open again. */
#ifndef SOURCES_GLUSTER_RPC_H
#define SOURCES_GLUSTER_RPC_H
#include "base/loop.h"
#include <stddef.h>
#include <sys/socket.h>

struct rpc;
struct emitter;
/* code 0 and the reply's body, or -errno: -ETIMEDOUT (connected, no answer), -EHOSTUNREACH (no way to it), -ECONNREFUSED,
 * -ECONNRESET (it went away), -EACCES, -EOPNOTSUPP, -EPROTO. */
typedef void reply_fn(void *owner, int code, const unsigned char *body, size_t len);
typedef void event_fn(void *owner);

struct rpc_proc { uint32_t program, version, procedure; };
extern const struct rpc_proc RPC_FRIENDS, RPC_GET_VOLUME, RPC_LIST_VOLUME, RPC_STATUS, RPC_HEAL, RPC_PORT_OF_BRICK, RPC_DUMP;

/* on_hint: the daemon called us, as it does when a volume's definition changed. on_lost: a connection that stood is gone.
 * Both may be NULL. */
struct rpc *rpc_new(struct loop *l, void *owner, event_fn *on_hint, event_fn *on_lost);
/* Each answer is printed as it came, for `record --raw`. whose: the daemon, for its name. */
void rpc_print_raw(struct rpc *r, struct emitter *e, const char *whose);
void rpc_free(struct rpc *r); /* NULL is fine; calls under way are forgotten, unanswered; not from its own handlers */
/* Starts to connect. Failure is told to the calls made on it. Ends an older connection. */
void rpc_connect(struct rpc *r, const struct sockaddr *to, socklen_t len, int64_t timeout_ms);
void rpc_close(struct rpc *r); /* calls under way are forgotten, unanswered */
/* On a connection that is none the answer comes at once: why the last one failed. */
void rpc_call(struct rpc *r, const struct rpc_proc *proc, const void *args, size_t len, int64_t timeout_ms, reply_fn *fn, void *owner);
bool rpc_open(const struct rpc *r);      /* connected, or about to be */
bool rpc_connected(const struct rpc *r);
int64_t rpc_mute_ms(const struct rpc *r); /* how long it owes an answer whose deadline has passed; 0: it owes none */
#endif
