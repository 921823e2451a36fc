#include "sources/gluster_who.h"
#include "base/clock.h"
#include "sources/gluster_read.h"
#include "sources/gluster_rpc.h"
#include <string.h>

enum { EVERY_MS = 60000, AGAIN_MS = 10000, CONNECT_MS = 1500, CALL_MS = 2000, ADDRESSES_MAX = 16, HOSTS_MAX = 256 };

struct somebody {
  struct who *who;
  char *name;
  char *address[ADDRESSES_MAX];
  size_t count, at; /* at: the address in use */
  struct rpc *rpc;
  struct timer *timer;
  bool asked; /* its answer is still to come */
};

struct who {
  struct world *w;
  struct somebody *host[HOSTS_MAX]; /* pointers: connections hold on to them */
  size_t count;
};

struct who *who_new(struct world *w) {
  struct who *o = mem_alloc(sizeof *o);
  *o = (struct who){.w = w};
  return o;
}

static void forget_addresses(struct somebody *s) {
  for (size_t i = 0; i < s->count; i++) mem_free(s->address[i]);
  s->count = s->at = 0;
}

void who_free(struct who *o) {
  if (!o) return;
  for (size_t i = 0; i < o->count; i++) {
    struct somebody *s = o->host[i];
    rpc_free(s->rpc);
    timer_end(s->timer);
    forget_addresses(s);
    mem_free(s->name);
    mem_free(s);
  }
  mem_free(o);
}

static void take_answer(struct somebody *s, struct arena *a, const struct dict *d) {
  struct gluster_peers peers;
  read_peers(a, d, &peers);
  for (size_t i = 0; i < peers.peers.count; i++) {
    struct gluster_identity fact = {.uuid = peers.peers.item[i].uuid, .address = s->address[s->at]};
    if (peers.peers.item[i].self != TRUTH_YES || !fact.uuid || !*fact.uuid) continue;
    emit_fact(s->who->w->emit, "gluster.identity", s->name, &fact);
    world_dirty(s->who->w);
    return;
  }
}

static void on_answer(void *owner, int code, const unsigned char *body, size_t len) {
  struct somebody *s = owner;
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct answer answer;
  s->asked = false;
  if (!code) code = answer_parse(a, body, len, false, &answer);
  if (!code) take_answer(s, a, &answer.dict);
  else s->at++;
  bool more = code && s->at < s->count;
  if (s->at >= s->count) s->at = 0;
  timer_set(s->timer, more ? 0 : code ? AGAIN_MS : EVERY_MS);
}

static void on_timer(void *owner) {
  struct somebody *s = owner;
  struct sockaddr_storage to;
  socklen_t len;
  timer_set(s->timer, AGAIN_MS);
  if (s->asked || !s->count || !s->who->w->pool_known) return;
  if (name_find(s->who->w->names, s->address[s->at], GLUSTERD_PORT, &to, &len)) return;
  s->asked = true;
  rpc_connect(s->rpc, (struct sockaddr *)&to, len, CONNECT_MS);
  rpc_call(s->rpc, &RPC_FRIENDS, "\0\0\0\2\0\0\0\0", 8, CALL_MS, on_answer, s);
}

static struct somebody *named(struct who *o, const char *name) {
  for (size_t i = 0; i < o->count; i++)
    if (!strcmp(o->host[i]->name, name)) return o->host[i];
  if (o->count == HOSTS_MAX) return NULL;
  struct somebody *s = mem_alloc(sizeof *s);
  *s = (struct somebody){.who = o, .name = mem_strdup(name)};
  s->rpc = rpc_new(o->w->loop, s, NULL, NULL);
  s->timer = loop_timer(o->w->loop, -1, on_timer, s);
  return o->host[o->count++] = s;
}

void who_want(struct who *o, char *line) {
  char *rest = NULL, *name = strtok_r(line, " ", &rest);
  struct somebody *s = name ? named(o, name) : NULL;
  if (!s) return;
  rpc_close(s->rpc);
  s->asked = false;
  forget_addresses(s);
  for (char *one; (one = strtok_r(NULL, " ", &rest)) && s->count < ADDRESSES_MAX;)
    if (is_address(one)) s->address[s->count++] = mem_strdup(one);
  timer_set(s->timer, 0);
}
