#include "sources/gluster_share.h"
#include "base/clock.h"
#include "sources/gluster_asked.h"
#include "sources/gluster_turn.h"
#include "sources/gluster_wire.h"
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

enum { TICK_MS = 1000, EAGER_MS = 50, CONNECT_MS = 2000, HELLO_MS = 5000, SUSPENDED_MS = 5000 };
enum { AGAIN_LEADER_MS = 5000, AGAIN_MS = 30000, AGAIN_LOST_MS = 200, AGAIN_OTHER_MS = 300000, BIND_MS = 5000, NAME_MS = 100 };
enum { GRACE_MS = 1500, GRACE_ONCE_MS = 300 };
enum { LINKS_MAX = 128, GUESTS_MAX = 256, GUESTS_OF_ONE_MAX = 32, QUIETS_MAX = 64 };
static const char LOCAL[] = "127.0.0.1";

struct link { /* to the program that listens on a host */
  struct link *next;
  struct share *all;
  char *host;
  bool wanted, tried, hello; /* tried: what came of it is known */
  struct sockaddr_storage to;
  socklen_t to_len; /* 0: not known yet */
  struct wire *wire;
  char id[ELECT_ID];
  int64_t due, heard;
  int64_t fastest; /* the least that our clock was ahead of a line's own; more is how long it lay on the way */
  struct elect_link e;
};
struct guest { /* one that follows us, or may */
  struct guest *next;
  struct share *all;
  struct wire *wire;
  bool hello;
  int64_t since;
  struct sockaddr_storage from;
};
struct quiet { /* an operation somewhere */
  char id[ELECT_ID], host[ELECT_HOST];
  int64_t until;
  const struct guest *by;
};

struct share {
  struct world *w;
  int port, fd; /* fd -1: we do not listen */
  bool root, member, told_neighbours, decided;
  struct rank rank;
  struct timer *timer;
  struct watch *knock;
  struct link *links, *followed;
  struct guest *guests;
  size_t link_count, guest_count, quiet_count;
  struct quiet quiets[QUIETS_MAX];
  bool leads;
  int64_t beat, beat_at, bind_at, pool_at, ticked;
  struct arena *arena; /* of the neighbours */
  struct texts neighbours;
};

static void decide(struct share *s);

/* ---- what is said to those who are connected to us ---- */
static void tell(struct share *s, const struct str *line) {
  for (struct guest *g = s->guests; g; g = g->next)
    if (g->hello) wire_send(g->wire, line->data, line->len);
}

static void leader_line(const struct share *s, struct str *out) {
  struct leader own = {.rank = s->rank, .beat = s->beat};
  told_leader(out, s->leads ? &own : s->followed ? &s->followed->e.leader : NULL, clock_mono_ms());
}

static void tell_leader(struct share *s) {
  CLEANUP(str_free) struct str line = {0};
  leader_line(s, &line);
  tell(s, &line);
}

void share_volume(struct share *s, const struct told_volume *v) {
  CLEANUP(str_free) struct str line = {0};
  if (!s->guests) return;
  told_volume(&line, v, clock_mono_ms());
  tell(s, &line);
}

static void add_volume(void *owner, const struct told_volume *v) { told_volume(owner, v, clock_mono_ms()); }

static void welcome(struct guest *g) {
  CLEANUP(str_free) struct str all = {0};
  told_hello(&all, &g->all->rank, clock_mono_ms());
  leader_line(g->all, &all);
  turns_tell(g->all->w->turns, add_volume, &all);
  told_ready(&all);
  g->hello = true;
  wire_send(g->wire, all.data, all.len);
}

/* ---- operations: whoever runs one says so, again and again; word of it goes on to who reads ---- */
static void quiet_lines(struct share *s, bool relayed, struct str *out) {
  int64_t now = clock_mono_ms();
  if (s->w->quiet) told_quiet(out, s->rank.id, s->rank.host, TOLD_QUIET_MS);
  for (size_t i = 0; relayed && i < s->quiet_count; i++)
    if (s->quiets[i].until > now) told_quiet(out, s->quiets[i].id, s->quiets[i].host, s->quiets[i].until - now);
}

static void pass_quiet(struct share *s) {
  for (struct link *l = s->links; l; l = l->next) {
    CLEANUP(str_free) struct str lines = {0};
    if (!l->wire || !l->hello) continue;
    quiet_lines(s, l == s->followed, &lines);
    if (lines.len) wire_send(l->wire, lines.data, lines.len);
  }
}

void share_quiet_set(struct share *s) {
  CLEANUP(str_free) struct str over = {0};
  told_quiet(&over, s->rank.id, s->rank.host, 0);
  for (struct link *l = s->links; l && !s->w->quiet; l = l->next)
    if (l->wire && l->hello) wire_send(l->wire, over.data, over.len);
  pass_quiet(s);
}

static void pass_one(struct share *s, const char *id, const char *host, int64_t ms) {
  CLEANUP(str_free) struct str line = {0};
  if (!s->followed || !s->followed->wire) return;
  told_quiet(&line, id, host, ms);
  wire_send(s->followed->wire, line.data, line.len);
}

static void hear_quiet(struct share *s, const struct guest *by, const struct told *t) {
  struct quiet *q = NULL;
  if (!strcmp(t->id, s->rank.id)) return; /* our own word has gone round */
  for (size_t i = 0; i < s->quiet_count && !q; i++)
    if (s->quiets[i].by == by && !strcmp(s->quiets[i].id, t->id)) q = &s->quiets[i];
  if (!q && (s->quiet_count == QUIETS_MAX || !t->quiet)) return;
  if (!q) q = &s->quiets[s->quiet_count++];
  *q = (struct quiet){.until = clock_mono_ms() + t->quiet, .by = by};
  strcpy(q->id, t->id);
  strcpy(q->host, t->host);
  pass_one(s, t->id, t->host, t->quiet);
}

static void forget_quiets(struct share *s, const struct guest *gone) {
  int64_t now = clock_mono_ms();
  size_t kept = 0;
  for (size_t i = 0; i < s->quiet_count; i++) {
    const struct quiet *q = &s->quiets[i];
    bool over = q->until <= now, left = gone && q->by == gone;
    if (left && !over) pass_one(s, q->id, q->host, 0);
    if (!left && !over) s->quiets[kept++] = *q;
  }
  s->quiet_count = kept;
}

const char *share_quiet(const struct share *s) {
  int64_t now = clock_mono_ms();
  for (size_t i = 0; i < s->quiet_count; i++)
    if (s->quiets[i].until > now) return s->quiets[i].host;
  return NULL;
}

/* ---- those who connect to us ---- */
static void drop_guest(struct guest *g) {
  struct share *s = g->all;
  struct guest **at = &s->guests;
  while (*at != g) at = &(*at)->next;
  *at = g->next;
  s->guest_count--;
  forget_quiets(s, g);
  wire_drop(g->wire);
  mem_free(g);
}

static void on_guest_line(void *owner, char *line, size_t len) {
  struct guest *g = owner;
  struct told t;
  CLEANUP(arena_freep) struct arena *a = arena_new();
  enum told_kind wanted = g->hello ? TOLD_QUIET : TOLD_HELLO;
  if (told_parse(a, line, len, &t) || t.kind != wanted || (t.kind == TOLD_HELLO && t.version != TOLD_VERSION)) drop_guest(g);
  else if (t.kind == TOLD_HELLO) welcome(g);
  else hear_quiet(g->all, g, &t);
}

static void on_guest_end(void *owner, int code) {
  struct guest *g = owner;
  (void)code;
  g->wire = NULL;
  drop_guest(g);
}

static const struct wire_hooks guest_hooks = {NULL, on_guest_line, on_guest_end};

static bool same_host(const struct sockaddr_storage *a, const struct sockaddr_storage *b) { /* whatever the port */
  if (a->ss_family != b->ss_family) return false;
  if (a->ss_family == AF_INET)
    return ((const struct sockaddr_in *)a)->sin_addr.s_addr == ((const struct sockaddr_in *)b)->sin_addr.s_addr;
  return !memcmp(&((const struct sockaddr_in6 *)a)->sin6_addr, &((const struct sockaddr_in6 *)b)->sin6_addr, sizeof(struct in6_addr));
}

static void stop_listening(struct share *s) {
  watch_end(s->knock);
  close(s->fd);
  s->fd = -1;
  s->bind_at = clock_mono_ms() + BIND_MS;
}

static void on_knock(void *owner, int fd, short revents) {
  struct share *s = owner;
  struct sockaddr_storage from;
  socklen_t len = sizeof from;
  size_t of_one = 0;
  (void)revents;
  memset(&from, 0, sizeof from);
  int guest = accept4(fd, (struct sockaddr *)&from, &len, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (guest < 0 && (errno == EMFILE || errno == ENFILE)) stop_listening(s); /* it would be asked again at once, for ever */
  if (guest < 0) return;
  for (struct guest *g = s->guests; g; g = g->next) of_one += same_host(&g->from, &from);
  if (s->guest_count == GUESTS_MAX || of_one >= GUESTS_OF_ONE_MAX) {
    close(guest);
    return;
  }
  struct guest *g = mem_alloc(sizeof *g);
  *g = (struct guest){.next = s->guests, .all = s, .since = clock_mono_ms(), .from = from};
  g->wire = wire_accepted(s->w->loop, guest, TOLD_UP_MAX, &guest_hooks, g);
  s->guests = g;
  s->guest_count++;
}

static void try_to_listen(struct share *s, int64_t now) {
  if (s->fd >= 0 || !s->root || s->w->options->once || !s->w->pool_known || now < s->bind_at) return;
  s->bind_at = now + BIND_MS;
  s->fd = wire_listen(s->port);
  if (s->fd >= 0) s->knock = loop_watch(s->w->loop, s->fd, POLLIN, on_knock, s);
}

/* ---- those we connect to ---- */
static void let_go(struct link *l, int64_t again) {
  bool stood = l->e.ready;
  wire_drop(l->wire);
  l->wire = NULL;
  l->hello = false;
  l->e = (struct elect_link){0};
  l->id[0] = 0;
  l->tried = true;
  l->due = clock_mono_ms() + again;
  if (stood && !strcmp(l->host, LOCAL)) { /* its place may be free */
    l->all->bind_at = 0;
    timer_set(l->all->timer, 0);
  }
  decide(l->all);
}

static int64_t again_in(const struct share *s) { return s->followed ? AGAIN_MS : AGAIN_LEADER_MS; }

static void on_link_end(void *owner, int code) {
  struct link *l = owner;
  l->wire = NULL;
  /* What is silent is asked more seldom than what refuses: a SYN costs nothing, a timer on a dead host's way does. */
  let_go(l, l->e.ready ? AGAIN_LOST_MS : code == -ETIMEDOUT || code == -EPROTO ? AGAIN_MS : again_in(l->all));
}

static void on_link_up(void *owner) {
  struct link *l = owner;
  CLEANUP(str_free) struct str line = {0};
  told_hello(&line, &l->all->rank, clock_mono_ms());
  l->heard = clock_mono_ms();
  wire_send(l->wire, line.data, line.len);
}

static int64_t late(struct link *l, int64_t sent) {
  int64_t ahead = clock_mono_ms() - sent;
  if (ahead < l->fastest) l->fastest = ahead;
  return ahead - l->fastest;
}

/* 0, or how long not to come back: one that speaks another language, ourselves, a host we are connected to by another name. */
static int64_t hear_hello(struct link *l, const struct told *t) {
  struct share *s = l->all;
  if (l->hello || t->version != TOLD_VERSION || !strcmp(t->id, s->rank.id)) return AGAIN_OTHER_MS;
  for (const struct link *o = s->links; o; o = o->next)
    if (o != l && o->hello && !strcmp(o->id, t->id)) return AGAIN_MS;
  l->hello = true;
  l->fastest = clock_mono_ms() - t->sent;
  strcpy(l->id, t->id);
  return 0;
}

static void hear_leader(struct link *l, struct told *t) {
  struct share *s = l->all;
  if (t->kind == TOLD_LEADER) t->leader.hops++;
  bool news = elect_hear(&l->e, t->kind == TOLD_LEADER ? &t->leader : NULL, clock_mono_ms());
  decide(s);
  if (news && l == s->followed) tell_leader(s);
}

static void on_link_line(void *owner, char *line, size_t len) {
  struct link *l = owner;
  struct told t;
  CLEANUP(arena_freep) struct arena *a = arena_new();
  int64_t away = AGAIN_OTHER_MS;
  if (told_parse(a, line, len, &t) || (t.kind == TOLD_HELLO ? (away = hear_hello(l, &t)) != 0 : !l->hello)) {
    let_go(l, away);
    return;
  }
  l->heard = clock_mono_ms();
  switch (t.kind) {
  case TOLD_LEADER:
  case TOLD_NOBODY: hear_leader(l, &t); break;
  case TOLD_VOLUME: /* after the welcome only from whom we follow: news comes down a tree, and cannot go round */
    if (!l->e.ready || l == l->all->followed) turns_heard(l->all->w->turns, &t.volume, late(l, t.sent));
    break;
  case TOLD_READY:
    l->e.ready = l->tried = true;
    pass_quiet(l->all);
    decide(l->all);
    break;
  case TOLD_HELLO:
  case TOLD_QUIET: break;
  }
}

static const struct wire_hooks link_hooks = {on_link_up, on_link_line, on_link_end};

static void go(struct link *l) {
  struct share *s = l->all;
  int64_t now = clock_mono_ms();
  int code = name_find(s->w->names, l->host, s->port, &l->to, &l->to_len);
  l->due = now + (code == -EAGAIN ? NAME_MS : AGAIN_MS);
  l->tried |= code && code != -EAGAIN;
  if (code) return;
  for (const struct link *o = s->links; o != l; o = o->next)
    if (o->to_len && same_host(&o->to, &l->to)) { /* known by another name */
      l->tried = true;
      return;
    }
  l->wire = wire_connect(s->w->loop, (struct sockaddr *)&l->to, l->to_len, CONNECT_MS, TOLD_DOWN_MAX, &link_hooks, l, &code);
  l->heard = now;
  if (!l->wire) let_go(l, again_in(s));
}

static void want(struct share *s, const char *host) {
  struct link **end = &s->links;
  for (; *end; end = &(*end)->next)
    if (!strcmp((*end)->host, host)) {
      (*end)->wanted = true;
      return;
    }
  if (s->link_count == LINKS_MAX || !name_valid(host)) return;
  struct link *l = mem_alloc(sizeof *l);
  *l = (struct link){.all = s, .host = mem_strdup(host), .wanted = true};
  *end = l;
  s->link_count++;
}

/* One that is heard on this host knows all that we would learn elsewhere: then it is enough. */
static void in_step(struct share *s) {
  bool local = false;
  for (struct link *l = s->links; l; l = l->next) {
    l->wanted = false;
    local |= l->e.ready && !strcmp(l->host, LOCAL);
  }
  if (s->fd < 0) want(s, LOCAL);
  for (size_t i = 0; !local && i < s->w->peers.peers.count; i++) want(s, s->w->peers.peers.item[i].hostname);
  for (size_t i = 0; !local && i < s->neighbours.count; i++) want(s, s->neighbours.item[i]);
  for (struct link **at = &s->links, *l; (l = *at);) {
    if (l->wanted) {
      at = &l->next;
      continue;
    }
    *at = l->next;
    s->link_count--;
    if (s->followed == l) s->followed = NULL;
    wire_drop(l->wire);
    mem_free(l->host);
    mem_free(l);
  }
}

/* ---- who reads ---- */
static void place_self(struct share *s, struct elect_self *ret) {
  const struct world *w = s->w;
  bool in_pool = false;
  for (size_t i = 0; i < w->peers.peers.count; i++) in_pool |= w->peers.peers.item[i].self == TRUTH_YES && asked_is_local(w->asked);
  s->rank.level = turns_heals_denied(w->turns) ? -1 : in_pool ? 2 : s->member ? 1 : 0;
  *ret = (struct elect_self){.rank = s->rank, .able = s->root && w->pool_known && asked_well(w->asked), .heard = s->fd >= 0};
}

static void decide(struct share *s) {
  const struct elect_link *links[LINKS_MAX];
  struct link *of[LINKS_MAX];
  struct elect_self self;
  int n = 0, current = ELECT_NOBODY;
  place_self(s, &self);
  for (struct link *l = s->links; l; l = l->next) {
    if (l == s->followed) current = n;
    of[n] = l;
    links[n++] = &l->e;
  }
  int chosen = elect(&self, links, (size_t)n, current, clock_mono_ms());
  struct link *followed = chosen >= 0 ? of[chosen] : NULL;
  bool leads = chosen == ELECT_SELF, other = followed != s->followed || leads != s->leads;
  s->followed = followed;
  s->leads = leads;
  if (!other) return;
  if (leads) {
    s->beat++;
    for (struct link *l = s->links; l; l = l->next)
      if (l->due > clock_mono_ms() + AGAIN_LEADER_MS && !l->wire) l->due = clock_mono_ms() + AGAIN_LEADER_MS;
  }
  tell_leader(s);
  pass_quiet(s);
}

/* All that were to be asked have answered, or have had their time. */
static bool all_tried(const struct share *s, int64_t now) {
  if (!s->pool_at) return false;
  if (now - s->pool_at >= (s->w->options->once ? GRACE_ONCE_MS : GRACE_MS)) return true;
  if (!s->told_neighbours && s->rank.level < 2) return false;
  for (const struct link *l = s->links; l; l = l->next)
    if (!l->tried) return false;
  return true;
}

/* We were stopped, for who knows how long. What waited for us meanwhile is old and does not look so, and somebody else may
 * have taken over: everybody is heard anew before anything is read. */
static void begin_anew(struct share *s, int64_t now) {
  for (struct link *l = s->links; l; l = l->next) {
    if (l->wire) let_go(l, 0);
    l->tried = false;
    l->due = now;
  }
  s->decided = false;
  if (s->pool_at) s->pool_at = now;
}

static void on_timer(void *owner) {
  struct share *s = owner;
  int64_t now = clock_mono_ms();
  if (s->ticked && now - s->ticked > SUSPENDED_MS) begin_anew(s, now);
  s->ticked = now;
  try_to_listen(s, now);
  in_step(s);
  for (struct link *l = s->links; l; l = l->next) {
    if (l->wire && now - l->heard > ELECT_SILENT_MS) let_go(l, again_in(s));
    if (!l->wire && l->due <= now) go(l);
  }
  for (struct guest *g = s->guests, *next; g; g = next) {
    next = g->next;
    if (!g->hello && now - g->since > HELLO_MS) drop_guest(g);
  }
  forget_quiets(s, NULL);
  decide(s);
  if (now - s->beat_at >= ELECT_BEAT_MS) {
    s->beat_at = now;
    s->beat++;
    tell_leader(s);
    pass_quiet(s);
  }
  if (!s->decided) s->decided = s->followed || all_tried(s, now);
  timer_set(s->timer, s->decided ? TICK_MS : EAGER_MS);
}

void share_pool_read(struct share *s) {
  if (!s->port || s->pool_at) return;
  s->pool_at = clock_mono_ms();
  on_timer(s);
}

void share_neighbours(struct share *s, char *words) {
  char *word = strsep(&words, " ");
  s->member = str_eq(word, "member");
  s->told_neighbours = true;
  arena_free(s->arena);
  s->arena = arena_new();
  s->neighbours = (struct texts){0};
  while ((word = strsep(&words, " ")) && s->neighbours.count < LINKS_MAX)
    if (name_valid(word)) texts_add(s->arena, &s->neighbours, word);
  if (s->pool_at) on_timer(s);
}

bool share_settled(const struct share *s) { return !s->port || s->decided; }
bool share_reads(const struct share *s) { return s->port ? s->decided && s->leads : s->root; }
const char *share_leader(const struct share *s) { return s->followed ? s->followed->e.leader.rank.host : NULL; }

struct share *share_new(struct world *w, int port) {
  struct share *s = mem_alloc(sizeof *s);
  unsigned char random[(ELECT_ID - 1) / 2];
  *s = (struct share){.w = w, .port = port, .fd = -1, .root = geteuid() == 0, .rank.since = clock_wall_ms()};
  if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random) s->port = 0; /* no two may be the same */
  for (size_t i = 0; i < sizeof random; i++) sprintf(s->rank.id + 2 * i, "%02x", random[i]);
  strcpy(s->rank.host, told_host_valid(w->options->host) ? w->options->host : "another");
  s->timer = loop_timer(w->loop, s->port ? 0 : -1, on_timer, s);
  return s;
}
