#include "sources/gluster_probe.h"
#include "base/clock.h"
#include "sources/gluster_asked.h"
#include "sources/gluster_lock.h"
#include "sources/gluster_read.h"
#include "sources/gluster_rpc.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { ROUND_MS = 5000, ROUND_GAP_MS = 1000, SOON_MS = 50, CALL_MS = 2000, CONNECT_MS = 2000, HELD_MAX = 128, WAIT_NAME_MS = 100 };

struct host { /* one peer's daemon */
  struct host *next;
  struct probe *probe;
  char *name, *uuid;
  bool wanted, peer, busy, refused; /* peer: in the pool's list, not only named by a brick */
  struct rpc *rpc;
  enum truth answers, reachable;
  char text[160];
  char *others; /* "uuid name\n": how it calls the others */
  char *seen;   /* "uuid\n" of those it is connected to; NULL: its list was never read */
};

struct brick {
  struct brick *next;
  struct probe *probe;
  struct host *host;
  char *at, *path; /* at: its host, as the volume names it */
  bool wanted, started;
  struct rpc *rpc;
  int64_t port;   /* the last one the portmapper told */
  bool confirmed; /* rpc stands since the portmapper named its port: whoever answers there is this brick */
  int busy;       /* answers that are still to come in this round */
  int asked_port; /* what the portmapper's answer was worth this round: 0, -errno; 1: not yet */
  int answer;     /* what the brick's was; 1: not asked */
  enum truth online, answers;
  bool missed;  /* it was not known to live, since it was seen for the first time */
  int64_t back; /* wall ms: when that ended; UNKNOWN_INT: never */
  int64_t hung_since; /* wall ms, 0: it does not hang */
  char text[160];
};

struct probe {
  struct world *w;
  struct timer *timer;
  struct host *hosts;
  struct brick *bricks; /* in the order of the volumes */
  size_t brick_count, hosts_busy, bricks_busy;
  bool under_way, again, done; /* again: something changed within the round */
  int64_t began;
};

static void on_timer(void *owner);
static void on_lost(void *owner) { probe_look(((struct host *)owner)->probe); }
static void on_brick_lost(void *owner) {
  struct brick *b = owner;
  b->confirmed = false;
  probe_look(b->probe);
}
static void on_hint(void *owner) { world_changed(((struct host *)owner)->probe->w); }
static void on_brick_hint(void *owner) { asked_look(((struct brick *)owner)->probe->w->asked); }

struct probe *probe_new(struct world *w) {
  struct probe *p = mem_alloc(sizeof *p);
  *p = (struct probe){.w = w, .began = -ROUND_MS};
  p->timer = loop_timer(w->loop, -1, on_timer, p);
  return p;
}

static void free_host(struct host *h) {
  rpc_free(h->rpc);
  mem_free(h->name);
  mem_free(h->uuid);
  mem_free(h->others);
  mem_free(h->seen);
  mem_free(h);
}

static void free_brick(struct brick *b) {
  rpc_free(b->rpc);
  mem_free(b->at);
  mem_free(b->path);
  mem_free(b);
}

void probe_free(struct probe *p) {
  if (!p) return;
  for (struct brick *b; (b = p->bricks);) {
    p->bricks = b->next;
    free_brick(b);
  }
  for (struct host *h; (h = p->hosts);) {
    p->hosts = h->next;
    free_host(h);
  }
  timer_end(p->timer);
  mem_free(p);
}

void probe_look(struct probe *p) {
  if (p->under_way) {
    p->again = true;
    return;
  }
  int64_t since = clock_mono_ms() - p->began;
  timer_set(p->timer, since < ROUND_GAP_MS ? ROUND_GAP_MS - since : SOON_MS);
}

/* ---- who there is: brought in step with the pool between two rounds, never within one ---- */
static struct host *host_named(struct probe *p, const char *name, const char *uuid) {
  for (struct host *h = p->hosts; h; h = h->next)
    if (!strcmp(h->name, name) && str_eq(h->uuid, uuid)) return h;
  struct host *h = mem_alloc(sizeof *h);
  *h = (struct host){.probe = p, .name = mem_strdup(name), .uuid = mem_strdup(uuid)};
  h->rpc = rpc_new(p->w->loop, h, on_hint, on_lost);
  if (p->w->options->raw) rpc_print_raw(h->rpc, p->w->emit, h->name);
  struct host **end = &p->hosts;
  while (*end) end = &(*end)->next;
  return *end = h;
}

static struct host *host_of_brick(struct probe *p, const struct gluster_brick *b) {
  const struct gluster_peer *peer = peer_by_uuid(&p->w->peers, b->uuid);
  if (!peer) peer = peer_by_name(&p->w->peers, b->host);
  struct host *h = peer ? host_named(p, peer->hostname, peer->uuid) : host_named(p, b->host, NULL);
  h->wanted = true;
  return h;
}

static struct brick *take_brick(struct probe *p, const char *at, const char *path) {
  for (struct brick **link = &p->bricks, *b; (b = *link); link = &b->next)
    if (!strcmp(b->at, at) && !strcmp(b->path, path)) {
      *link = b->next;
      return b;
    }
  struct brick *b = mem_alloc(sizeof *b);
  *b = (struct brick){.probe = p, .at = mem_strdup(at), .path = mem_strdup(path), .back = UNKNOWN_INT};
  b->rpc = rpc_new(p->w->loop, b, on_brick_hint, on_brick_lost);
  return b;
}

static void in_step(struct probe *p) {
  const struct world *w = p->w;
  for (struct host *h = p->hosts; h; h = h->next) h->wanted = h->peer = false;
  for (size_t i = 0; i < w->peers.peers.count; i++) {
    struct host *h = host_named(p, w->peers.peers.item[i].hostname, w->peers.peers.item[i].uuid);
    h->wanted = h->peer = true;
  }
  struct brick *kept = NULL, **end = &kept;
  p->brick_count = 0;
  for (size_t v = 0; v < w->volumes.volumes.count; v++) {
    const struct gluster_volume *volume = &w->volumes.volumes.item[v];
    for (size_t i = 0; i < volume->bricks.count; i++) {
      struct brick *b = take_brick(p, volume->bricks.item[i].host, volume->bricks.item[i].path);
      b->host = host_of_brick(p, &volume->bricks.item[i]);
      b->started = volume_started(volume);
      b->next = NULL;
      *end = b;
      end = &b->next;
      p->brick_count++;
    }
  }
  for (struct brick *b; (b = p->bricks);) { /* what is left belongs to no volume any more */
    p->bricks = b->next;
    free_brick(b);
  }
  p->bricks = kept;
  for (struct host **link = &p->hosts, *h; (h = *link);) {
    if (h->wanted) {
      link = &h->next;
      continue;
    }
    *link = h->next;
    free_host(h);
  }
}

static bool in_pool(const struct probe *p) { /* every peer and brick is known here already */
  const struct world *w = p->w;
  size_t peers = 0, bricks = 0;
  for (const struct host *h = p->hosts; h; h = h->next)
    if (h->peer && ++peers && !peer_by_uuid(&w->peers, h->uuid)) return false;
  const struct brick *b = p->bricks;
  for (size_t v = 0; v < w->volumes.volumes.count; v++)
    for (size_t i = 0; i < w->volumes.volumes.item[v].bricks.count; i++, b = b->next, bricks++)
      if (!b || strcmp(b->at, w->volumes.volumes.item[v].bricks.item[i].host) || strcmp(b->path, w->volumes.volumes.item[v].bricks.item[i].path) ||
          b->started != volume_started(&w->volumes.volumes.item[v]))
        return false;
  return peers == w->peers.peers.count && bricks == p->brick_count;
}

void probe_pool_read(struct probe *p) {
  if (!p->under_way && (!p->done || !in_pool(p))) timer_set(p->timer, 0);
}

/* ---- a round ---- */
/* Whom of the pool it does not see: the cable between two others is felt by nobody else. */
static void add_unseen(const struct probe *p, const struct host *h, struct arena *a, struct texts *ret) {
  for (const struct host *o = p->hosts; o && h->seen && h->answers == TRUTH_YES; o = o->next)
    if (o != h && o->peer && o->uuid && !strstr(h->seen, o->uuid)) texts_add(a, ret, o->name);
}

static void print_hosts(struct probe *p) {
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct gluster_probe fact;
  shape_init(&gluster_probe_shape, &fact);
  for (const struct host *h = p->hosts; h; h = h->next) {
    if (!h->peer) continue;
    struct gluster_alive *one = list_add(a, &fact.hosts, &gluster_alive_shape);
    *one = (struct gluster_alive){.host = h->name, .answers = h->answers, .reachable = h->reachable, .text = h->text[0] ? h->text : NULL};
    name_addresses(p->w->names, h->name, a, &one->addresses);
    add_unseen(p, h, a, &one->unseen);
  }
  emit_fact(p->w->emit, "gluster.probe", NULL, &fact);
  world_dirty(p->w);
}

static void print_bricks(struct probe *p) {
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct gluster_bricks fact;
  shape_init(&gluster_bricks_shape, &fact);
  for (const struct brick *b = p->bricks; b; b = b->next) {
    struct gluster_brick_life *one = list_add(a, &fact.bricks, &gluster_brick_life_shape);
    *one = (struct gluster_brick_life){b->at, b->path, b->online, b->answers, b->port > 0 ? b->port : UNKNOWN_INT, b->text[0] ? b->text : NULL};
  }
  emit_fact(p->w->emit, "gluster.bricks", NULL, &fact);
  world_dirty(p->w);
}

static void maybe_end(struct probe *p) {
  if (!p->under_way || p->hosts_busy || p->bricks_busy) return;
  p->under_way = false;
  p->done = true;
  print_bricks(p);
  int64_t left = p->began + (p->again ? ROUND_GAP_MS : ROUND_MS) - clock_mono_ms();
  p->again = false;
  timer_set(p->timer, left > SOON_MS ? left : SOON_MS);
}

/* We do not know where it is: that says nothing about it. */
static bool name_trouble(int code) { return code == -ENOENT || code == -EINVAL || code == -EAGAIN; }

static void why_not(const struct rpc *r, int code, char out[160]) {
  if (rpc_mute_ms(r) || code == -ETIMEDOUT) snprintf(out, 160, "connected, but no answer"); /* since when: the fact is older, the longer it is so */
  else if (code == -EHOSTUNREACH) snprintf(out, 160, "cannot be reached");
  else if (code == -ECONNREFUSED) snprintf(out, 160, "connection refused: it does not run");
  else if (code == -ECONNRESET || code == -ENOTCONN) snprintf(out, 160, "it went away");
  else if (code == -ENOENT || code == -EINVAL) snprintf(out, 160, "the name is not known on %s", this_host());
  else if (code == -EAGAIN) snprintf(out, 160, "the name is still being looked up");
  else snprintf(out, 160, "%s", strerror(-code));
}

static void host_end(struct host *h, int code) {
  struct probe *p = h->probe;
  h->answers = truth_of(code == 0);
  h->refused = code == -ECONNREFUSED;
  h->reachable = truth_of(code == 0 || rpc_connected(h->rpc) || code == -EPROTO || code == -EOPNOTSUPP || code == -EACCES);
  h->text[0] = 0;
  if (name_trouble(code)) h->answers = h->reachable = TRUTH_UNKNOWN;
  if (code) why_not(h->rpc, code, h->text);
  /* The local daemon answers on its socket, though nothing (a firewall, an address it is bound to) leads to its port. */
  const struct gluster_peer *peer = peer_by_uuid(&p->w->peers, h->uuid);
  if (code && peer && peer->self == TRUTH_YES && asked_well(p->w->asked) && asked_is_local(p->w->asked)) h->answers = TRUTH_YES;
  if (!h->busy) return;
  h->busy = false;
  if (--p->hosts_busy == 0) print_hosts(p);
  maybe_end(p);
}

/* Its own view of the pool: how it calls the others is how the asked daemon, itself "localhost", is called. */
static void on_host(void *owner, int code, const unsigned char *body, size_t len) {
  struct host *h = owner;
  CLEANUP(arena_freep) struct arena *a = arena_new();
  CLEANUP(str_free) struct str others = {0}, seen = {0};
  struct gluster_peers peers;
  struct answer answer;
  if (!code) code = answer_parse(a, body, len, false, &answer);
  if (!code) {
    read_peers(a, &answer.dict, &peers);
    for (size_t i = 0; i < peers.peers.count; i++) {
      const struct gluster_peer *o = &peers.peers.item[i];
      if (o->self != TRUTH_YES && o->uuid) str_addf(&others, "%s %s\n", o->uuid, o->hostname);
      if (o->connected != TRUTH_NO && o->uuid) str_addf(&seen, "%s\n", o->uuid);
    }
    mem_free(h->others);
    mem_free(h->seen);
    h->others = str_take(&others);
    h->seen = str_take(&seen);
  }
  host_end(h, code);
}

static int open_to(struct probe *p, struct rpc *r, const char *name, int port) {
  struct sockaddr_storage to;
  socklen_t len;
  int code = name_find(p->w->names, name, port, &to, &len);
  if (!code) rpc_connect(r, (struct sockaddr *)&to, len, CONNECT_MS);
  return code;
}

/* 0 when it can be asked now. */
static int ready_host(struct host *h) {
  if (rpc_mute_ms(h->rpc)) return -ETIMEDOUT;
  if (rpc_open(h->rpc)) return 0;
  if (h->refused || h->answers == TRUTH_NO) name_doubt(h->probe->w->names, h->name);
  return open_to(h->probe, h->rpc, h->name, GLUSTERD_PORT);
}

static void brick_end(struct brick *b) {
  struct probe *p = b->probe;
  bool lives = b->answer == 0;
  b->text[0] = 0;
  b->answers = b->answer == 1 || name_trouble(b->answer) ? TRUTH_UNKNOWN : truth_of(lives);
  if (!b->started) {
    b->online = TRUTH_NO;
    b->answers = TRUTH_UNKNOWN;
    snprintf(b->text, sizeof b->text, "the volume is not started");
  } else if (b->asked_port == 0) {
    b->online = truth_of(b->port > 0);
    if (b->port == 0) {
      b->answers = TRUTH_NO;
      snprintf(b->text, sizeof b->text, "its process does not run");
    } else if (!lives) {
      why_not(b->rpc, b->answer == 1 ? -ENOTCONN : b->answer, b->text);
    }
  } else { /* nobody tells its port: only a connection that is held since somebody did is proof of its life */
    b->online = lives && b->confirmed ? TRUTH_YES : TRUTH_UNKNOWN;
    snprintf(b->text, sizeof b->text, "glusterd on %s does not answer%s", b->host->name,
             lives            ? "; the brick does"
             : b->answer == 1 ? ""
                              : ", nor does the brick");
  }
  bool serves = b->online == TRUTH_YES && b->answers == TRUTH_YES;
  if (serves && b->missed) b->back = clock_wall_ms();
  b->missed = !serves;
  if (b->online != TRUTH_YES || b->answers != TRUTH_NO) b->hung_since = 0;
  else if (!b->hung_since) b->hung_since = clock_wall_ms();
  if (p->brick_count > HELD_MAX) { /* so many connections are not worth holding */
    rpc_close(b->rpc);
    b->confirmed = false;
  }
  p->bricks_busy--;
  maybe_end(p);
}

static void brick_step(struct brick *b) {
  if (--b->busy == 0) brick_end(b);
}

static void on_dump(void *owner, int code, const unsigned char *body, size_t len) {
  struct brick *b = owner;
  (void)body, (void)len;
  b->answer = code;
  brick_step(b);
}

static void ask_brick(struct brick *b) {
  if (!rpc_open(b->rpc)) {
    b->confirmed = false;
    b->answer = open_to(b->probe, b->rpc, b->at, (int)b->port);
    if (b->answer) return;
  }
  if (rpc_mute_ms(b->rpc)) {
    b->answer = -ETIMEDOUT;
    return;
  }
  b->busy++;
  rpc_call(b->rpc, &RPC_DUMP, "\0\0\0\0\0\0\0\0", 8, CALL_MS, on_dump, b);
}

static void on_port(void *owner, int code, const unsigned char *body, size_t len) {
  struct brick *b = owner;
  struct port_answer answer = {0};
  if (!code) code = port_parse(body, len, &answer);
  b->asked_port = code;
  if (!code) {
    int64_t port = answer.ret == 0 ? answer.port : 0;
    if (port != b->port) {
      rpc_close(b->rpc);
      if (b->busy == 2) b->busy--; /* the question to the old port went with its connection */
      b->answer = 1;
    }
    b->port = port;
    if (port > 0 && b->answer == 1 && b->busy == 1) ask_brick(b);
    if (port > 0 && rpc_open(b->rpc)) b->confirmed = true;
  }
  brick_step(b);
}

static void begin_brick(struct brick *b, int host_code) {
  CLEANUP(str_free) struct str path = {0};
  b->asked_port = 1;
  b->answer = 1;
  b->busy = 1;
  b->probe->bricks_busy++;
  if (!b->started) {
    rpc_close(b->rpc);
    b->port = 0;
    brick_step(b);
    return;
  }
  /* Asked beside the portmapper where the port is likely still good: neither waits for the other's silence. */
  if (b->port > 0 && (rpc_open(b->rpc) || !rpc_connected(b->host->rpc))) ask_brick(b);
  if (host_code) {
    b->asked_port = host_code;
    brick_step(b);
    return;
  }
  xdr_opaque(&path, b->path, strlen(b->path));
  rpc_call(b->host->rpc, &RPC_PORT_OF_BRICK, path.data, path.len, CALL_MS, on_port, b);
}

static void on_timer(void *owner) {
  struct probe *p = owner;
  if (p->under_way || !p->w->pool_known) return;
  in_step(p);
  bool waiting = false; /* for a name: only the very first round, which would else say "unknown" of everybody */
  for (struct host *h = p->hosts; h; h = h->next) {
    struct sockaddr_storage to;
    socklen_t len;
    if (h->answers == TRUTH_UNKNOWN && name_find(p->w->names, h->name, GLUSTERD_PORT, &to, &len) == -EAGAIN) waiting = true;
  }
  if (waiting) {
    timer_set(p->timer, WAIT_NAME_MS);
    return;
  }
  p->under_way = true;
  p->began = clock_mono_ms();
  p->hosts_busy = p->bricks_busy = 1; /* until all are asked: answers may come at once */
  for (struct host *h = p->hosts; h; h = h->next) {
    int code = ready_host(h);
    h->busy = true;
    p->hosts_busy++;
    if (code) host_end(h, code);
    else rpc_call(h->rpc, &RPC_FRIENDS, "\0\0\0\2\0\0\0\0", 8, CALL_MS, on_host, h);
  }
  for (struct brick *b = p->bricks; b; b = b->next) begin_brick(b, ready_host(b->host));
  p->bricks_busy--;
  if (--p->hosts_busy == 0) print_hosts(p);
  maybe_end(p);
}

/* ---- what others want to know ---- */
bool probe_done(const struct probe *p) { return p->done; }

static const struct host *host_called(const struct probe *p, const char *name) {
  const struct gluster_peer *peer = peer_by_name(&p->w->peers, name);
  for (const struct host *h = p->hosts; h; h = h->next)
    if (!strcmp(h->name, name) || (peer && peer->uuid && str_eq(peer->uuid, h->uuid))) return h;
  return NULL;
}

enum truth probe_answers(const struct probe *p, const char *host) {
  const struct host *h = p ? host_called(p, host) : NULL;
  return h ? h->answers : TRUTH_UNKNOWN;
}

const char *probe_name_of(const struct probe *p, const char *uuid) {
  static char name[256];
  for (const struct host *h = uuid && p ? p->hosts : NULL; h; h = h->next) {
    const char *at = h->others ? strstr(h->others, uuid) : NULL;
    if (!at || sscanf(at + strlen(uuid), " %255s", name) != 1) continue;
    return name;
  }
  return NULL;
}

int64_t probe_brick_back(const struct probe *p, const char *host, const char *path) {
  for (const struct brick *b = p->bricks; b; b = b->next)
    if (!strcmp(b->path, path) && !strcmp(b->at, host)) return b->back;
  return UNKNOWN_INT;
}

const char *probe_brick_hung(const struct probe *p, const struct gluster_volume *v, int64_t *ret_since) {
  for (size_t i = 0; i < v->bricks.count; i++)
    for (const struct brick *b = p->bricks; b; b = b->next)
      if (b->hung_since && !strcmp(b->path, v->bricks.item[i].path) && !strcmp(b->at, v->bricks.item[i].host)) {
        *ret_since = b->hung_since;
        return v->bricks.item[i].host;
      }
  return NULL;
}

enum suspicion probe_suspicion(const struct probe *p, const char **ret_who) {
  enum suspicion worst = SUSPECT_NONE;
  for (size_t i = 0; i < p->w->peers.peers.count; i++) {
    const struct gluster_peer *peer = &p->w->peers.peers.item[i];
    const struct host *h = host_called(p, peer->hostname);
    struct gluster_alive alive = {.answers = h ? h->answers : TRUTH_UNKNOWN, .reachable = h ? h->reachable : TRUTH_UNKNOWN};
    if (!peer_suspect(peer, h ? &alive : NULL)) continue;
    enum suspicion one = alive.answers == TRUTH_UNKNOWN ? SUSPECT_UNKNOWN : SUSPECT_SILENT;
    if (one > worst) {
      worst = one;
      *ret_who = peer->hostname;
    }
  }
  return worst;
}
