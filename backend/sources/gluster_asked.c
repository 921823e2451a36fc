#include "sources/gluster_asked.h"
#include "base/child.h"
#include "base/clock.h"
#include "sources/gluster_place.h"
#include "sources/gluster_probe.h"
#include "sources/gluster_read.h"
#include "sources/gluster_rpc.h"
#include "sources/gluster_text.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { READ_EVERY_MS = 2000, CALL_MS = 2000, LOOK_GAP_MS = 250, AT_ONCE_MS = 50, RETRY_MAX_MS = 10000, CANDIDATES_MAX = 64 };

struct slot { /* one volume's answer within a reading */
  struct reading *reading;
  struct gluster_volume volume;
  bool there, task;
};
struct reading { /* of the whole pool; published only when all of it came */
  struct asked *asked;
  struct arena *arena;
  struct gluster_peers peers;
  struct slot *slot;
  size_t slots, open; /* open: answers that are still to come */
  int code;
};

struct asked {
  struct world *w;
  struct timer *timer;
  enum place place;
  struct rpc *home, *away;  /* the local daemon; another host's */
  bool over_home;           /* the last good reading's road */
  int home_code, away_code; /* of the last attempt; 1: none yet */
  struct arena *arena;
  struct texts candidates; /* hosts for away, the wanted one first */
  size_t turn;             /* which of them */
  size_t failures;         /* in a row, of away */
  bool well, tried;
  int64_t began;
  struct reading *reading;
  char *version;
  struct child *versioner;
};

static void on_timer(void *owner);
static void on_hint(void *owner) { world_changed(((struct asked *)owner)->w); }
static void on_lost(void *owner) { asked_look(owner); }

struct asked *asked_new(struct world *w) {
  struct asked *a = mem_alloc(sizeof *a);
  *a = (struct asked){.w = w, .home_code = 1, .away_code = 1, .arena = arena_new()};
  a->home = rpc_new(w->loop, a, on_hint, on_lost);
  a->away = rpc_new(w->loop, a, on_hint, on_lost);
  if (w->options->raw) rpc_print_raw(a->home, w->emit, "home"), rpc_print_raw(a->away, w->emit, "away");
  a->timer = loop_timer(w->loop, 0, on_timer, a);
  return a;
}

void asked_free(struct asked *a) {
  if (!a) return;
  rpc_free(a->home);
  rpc_free(a->away);
  timer_end(a->timer);
  child_drop(a->versioner);
  if (a->reading) arena_free(a->reading->arena);
  mem_free(a->version);
  arena_free(a->arena);
  mem_free(a);
}

void asked_look(struct asked *a) {
  if (a->reading) return; /* one is under way; the regular one follows within two seconds */
  int64_t since = clock_mono_ms() - a->began;
  timer_set(a->timer, since < LOOK_GAP_MS ? LOOK_GAP_MS - since : 20);
}

/* ---- the version, which only a local daemon's program can tell ---- */
static void version_line(void *owner, char *line, size_t len, bool cut) {
  struct asked *a = owner;
  (void)len, (void)cut;
  if (a->version || !str_starts(line, "glusterfs ")) return;
  line += strlen("glusterfs ");
  a->version = mem_strndup(line, strspn(line, "0123456789.abcdefghijklmnopqrstuvwxyz"));
}
static void version_end(void *owner, int status) {
  (void)status;
  ((struct asked *)owner)->versioner = NULL;
}
static void ask_version(struct asked *a) {
  static const char *const argv[] = {"glusterd", "--version", NULL};
  if (a->version || a->versioner) return;
  a->versioner =
      child_start(a->w->loop, &(struct child_spec){.argv = argv, .max_line = 256, .on_out = version_line, .on_exit = version_end, .owner = a}, NULL);
  if (!a->versioner) a->version = mem_strdup("");
}

/* ---- a reading ---- */
static void add_candidate(struct asked *a, const char *name) {
  if (a->candidates.count < CANDIDATES_MAX && name_valid(name) && !texts_have(&a->candidates, name)) texts_add(a->arena, &a->candidates, name);
}

static void publish(struct asked *a, struct reading *r) {
  struct world *w = a->w;
  struct gluster_volumes volumes;
  bool *tasks = arena_array(r->arena, r->slots + 1, sizeof *tasks);
  shape_init(&gluster_volumes_shape, &volumes);
  for (size_t i = 0; i < r->slots; i++) {
    if (!r->slot[i].there) continue; /* deleted between the two questions */
    tasks[volumes.volumes.count] = r->slot[i].task;
    *(struct gluster_volume *)list_add(r->arena, &volumes.volumes, &gluster_volume_shape) = r->slot[i].volume;
  }
  const char *uuid = NULL, *fallback = a->over_home || !asked_host(a) ? w->options->host : asked_host(a);
  for (size_t i = 0; i < r->peers.peers.count; i++)
    if (r->peers.peers.item[i].self == TRUTH_YES) uuid = r->peers.peers.item[i].uuid;
  pool_name_self(r->arena, &r->peers, &volumes, probe_name_of(w->probe, uuid), fallback);
  for (size_t i = 0; i < r->peers.peers.count; i++)
    if (!a->over_home || r->peers.peers.item[i].self != TRUTH_YES) add_candidate(a, r->peers.peers.item[i].hostname);
  arena_free(w->pool);
  w->pool = r->arena;
  w->peers = r->peers;
  w->volumes = volumes;
  w->tasks = tasks;
  w->pool_known = true;
  emit_fact(w->emit, "gluster.peers", NULL, &w->peers);
  emit_fact(w->emit, "gluster.volumes", NULL, &w->volumes);
  world_pool_read(w);
}

static void next_candidate(struct asked *a) {
  size_t n = a->candidates.count, to = a->turn;
  for (size_t i = 1; i < n && to == a->turn; i++) {
    size_t c = (a->turn + i) % n;
    if (probe_answers(a->w->probe, a->candidates.item[c]) != TRUTH_NO) to = c;
  }
  if (to == a->turn && n > 1) to = (a->turn + 1) % n;
  if (to == a->turn) return; /* nobody else: a connection to a hung one is kept, it will answer when it wakes up */
  a->turn = to;
  rpc_close(a->away);
}

static void finish(struct asked *a) {
  struct reading *r = a->reading;
  int64_t next = READ_EVERY_MS;
  a->reading = NULL;
  a->well = r->code == 0;
  a->tried = true;
  if (a->over_home) a->home_code = r->code;
  else a->away_code = r->code;
  if (r->code == 0) {
    a->failures = 0;
    if (a->over_home) ask_version(a);
    publish(a, r);
  } else {
    arena_free(r->arena);
    if (a->over_home) next = a->candidates.count ? AT_ONCE_MS : READ_EVERY_MS; /* at once to another */
    else {
      name_doubt(a->w->names, asked_host(a));
      next_candidate(a);
      if (++a->failures < a->candidates.count) next = AT_ONCE_MS;
      else next = a->failures * 1000 < RETRY_MAX_MS ? READ_EVERY_MS + (int64_t)a->failures * 500 : RETRY_MAX_MS;
    }
  }
  mem_free(r->slot);
  mem_free(r);
  int64_t left = next - (clock_mono_ms() - a->began);
  timer_set(a->timer, left > AT_ONCE_MS ? left : AT_ONCE_MS);
}

static void answered(struct reading *r, int code) {
  if (code && !r->code) r->code = code;
  if (--r->open == 0) finish(r->asked);
}

static void on_peers(void *owner, int code, const unsigned char *body, size_t len) {
  struct reading *r = owner;
  struct answer a;
  if (!code) code = answer_parse(r->arena, body, len, false, &a);
  if (!code) read_peers(r->arena, &a.dict, &r->peers);
  answered(r, code);
}

static void on_volume(void *owner, int code, const unsigned char *body, size_t len) {
  struct slot *s = owner;
  struct answer a;
  if (!code) code = answer_parse(s->reading->arena, body, len, true, &a);
  if (!code && a.ret == 0) s->there = !read_volume(s->reading->arena, &a.dict, &s->volume, &s->task);
  answered(s->reading, code);
}

static struct rpc *road(const struct asked *a) { return a->over_home ? a->home : a->away; }

static void ask_volume(struct reading *r, struct slot *s, const char *name) {
  CLEANUP(str_free) struct str args = {0};
  struct dict_out d = {0};
  dict_put_int(&d, "flags", 2);
  dict_put(&d, "volname", name);
  dict_send(&args, &d);
  str_free(&d.bytes);
  s->reading = r;
  rpc_call(road(r->asked), &RPC_GET_VOLUME, args.data, args.len, CALL_MS, on_volume, s);
}

static void on_names(void *owner, int code, const unsigned char *body, size_t len) {
  struct reading *r = owner;
  struct answer a;
  struct texts names = {0};
  if (!code) code = answer_parse(r->arena, body, len, true, &a);
  if (!code) read_volume_names(r->arena, &a.dict, &names);
  r->slot = mem_alloc((names.count + 1) * sizeof *r->slot);
  r->slots = names.count;
  r->open += names.count;
  for (size_t i = 0; i < names.count; i++) ask_volume(r, &r->slot[i], names.item[i]);
  answered(r, code);
}

static void begin_reading(struct asked *a) {
  CLEANUP(str_free) struct str friends = {0}, none = {0};
  struct reading *r = mem_alloc(sizeof *r);
  *r = (struct reading){.asked = a, .arena = arena_new(), .open = 2};
  shape_init(&gluster_peers_shape, &r->peers);
  a->reading = r;
  xdr_u32(&friends, 2); /* the whole pool, itself included */
  xdr_u32(&friends, 0);
  xdr_u32(&none, 0);
  rpc_call(road(a), &RPC_FRIENDS, friends.data, friends.len, CALL_MS, on_peers, r);
  rpc_call(road(a), &RPC_LIST_VOLUME, none.data, none.len, CALL_MS, on_names, r);
}

/* ---- where to ask ---- */
static void connect_home(struct asked *a) {
  struct sockaddr_un where;
  if (!place_socket(&where)) a->home_code = -ENOENT;
  else rpc_connect(a->home, (struct sockaddr *)&where, sizeof where, CALL_MS);
}

static void on_home_ping(void *owner, int code, const unsigned char *body, size_t len) {
  struct asked *a = owner;
  (void)body, (void)len;
  a->home_code = code;
  if (code == 0) asked_look(a);
}

/* While another host is asked: is the local daemon back? Not asked again while it still owes an answer. */
static void ping_home(struct asked *a) {
  if (rpc_mute_ms(a->home)) return;
  if (!rpc_open(a->home)) connect_home(a);
  if (!rpc_open(a->home) && a->home_code == -ENOENT) return;
  rpc_call(a->home, &RPC_FRIENDS, "\0\0\0\1\0\0\0\0", 8, CALL_MS, on_home_ping, a);
}

/* False when there is nothing to ask at the moment; *code says why. */
static bool take_away(struct asked *a) {
  if (rpc_open(a->away)) return rpc_mute_ms(a->away) == 0;
  struct sockaddr_storage to;
  socklen_t len;
  if (a->turn >= a->candidates.count) return false;
  int code = name_find(a->w->names, asked_host(a), GLUSTERD_PORT, &to, &len);
  if (code) {
    a->away_code = code;
    return false;
  }
  rpc_connect(a->away, (struct sockaddr *)&to, len, CALL_MS);
  return true;
}

static void choose_place(struct asked *a) {
  struct texts hosts;
  CLEANUP(arena_freep) struct arena *scratch = arena_new();
  a->place = place_find(scratch, a->w->options->target, &hosts);
  for (size_t i = 0; i < hosts.count; i++) add_candidate(a, hosts.item[i]);
}

static bool can_ask(struct asked *a) {
  if (a->place == PLACE_NOWHERE) return false;
  if (a->place == PLACE_LOCAL) {
    bool lost = a->home_code < 0 && a->candidates.count; /* then it is pinged, and somebody else is asked */
    a->over_home = !lost;
    if (lost) ping_home(a);
    else {
      if (rpc_mute_ms(a->home)) return false;
      if (!rpc_open(a->home)) connect_home(a);
      if (a->home_code != -ENOENT) return true;
      if (!a->candidates.count) return false;
      a->over_home = false;
    }
  } else {
    a->over_home = false;
  }
  return take_away(a);
}

static void on_timer(void *owner) {
  struct asked *a = owner;
  if (a->reading) return;
  a->began = clock_mono_ms();
  if (!a->well) choose_place(a);
  if (can_ask(a)) {
    begin_reading(a);
    return;
  }
  a->well = false;
  /* A name that is being looked up is asked for again soon; a name nobody knows, or a silence, may have others to ask. */
  bool soon = !a->over_home && a->place != PLACE_NOWHERE && a->away_code == -EAGAIN;
  if (!soon) a->tried = true;
  if (!soon && !a->over_home && a->place != PLACE_NOWHERE) next_candidate(a);
  timer_set(a->timer, soon ? AT_ONCE_MS : READ_EVERY_MS);
}

/* ---- what is said of it ---- */
void asked_name_known(struct asked *a) {
  if (!a->reading && !a->over_home && a->away_code == -EAGAIN) timer_set(a->timer, 0);
}

bool asked_well(const struct asked *a) { return a->well; }
bool asked_settled(const struct asked *a) { return a->tried; }
bool asked_is_local(const struct asked *a) { return a->over_home; }
const char *asked_host(const struct asked *a) { return a->turn < a->candidates.count ? a->candidates.item[a->turn] : NULL; }

int asked_address(struct asked *a, struct sockaddr_storage *ret, socklen_t *ret_len) {
  if (!a->over_home) return asked_host(a) ? name_find(a->w->names, asked_host(a), GLUSTERD_PORT, ret, ret_len) : -ENOENT;
  struct sockaddr_un where;
  if (!place_socket(&where)) return -ENOENT;
  memcpy(ret, &where, sizeof where);
  *ret_len = sizeof where;
  return 0;
}

/* Why this daemon gives nothing, in words. */
static enum source_state trouble(const struct rpc *r, int code, const char *host, bool here, struct str *text) {
  int64_t mute = rpc_mute_ms(r);
  if (mute || code == -ETIMEDOUT) {
    str_addf(text, "glusterd on %s accepted but has not answered for %lld s", host, (long long)(mute + 999) / 1000);
    return SOURCE_HUNG;
  }
  struct sockaddr_un where;
  place_socket(&where);
  switch (code) {
  case -EACCES:
  case -EPERM:
    if (here) str_addf(text, "root is needed to read %s", where.sun_path);
    else str_addf(text, "glusterd on %s refuses to be asked", host);
    return SOURCE_DENIED;
  case -ENOENT:
    if (here) str_addf(text, "glusterd is not running on %s (no %s)", host, where.sun_path);
    else str_addf(text, "the name %s is not known on %s", host, this_host());
    return SOURCE_DOWN;
  case -ECONNREFUSED: str_addf(text, "glusterd is not running on %s (connection refused)", host); return SOURCE_DOWN;
  case -EHOSTUNREACH: str_addf(text, "%s cannot be reached (TCP %d)", host, GLUSTERD_PORT); return SOURCE_DOWN;
  case -EAGAIN: str_addf(text, "%s is being looked up", host); return SOURCE_DOWN;
  case -ENOTCONN:
  case -ECONNRESET: str_addf(text, "glusterd on %s went away", host); return SOURCE_DOWN;
  case -EOPNOTSUPP:
  case -EPROTO: str_addf(text, "what answers on %s does not speak glusterd's language", host); return SOURCE_DOWN;
  default: str_addf(text, "glusterd on %s: %s", host, strerror(code < 0 ? -code : EIO)); return SOURCE_DOWN;
  }
}

enum source_state asked_state(struct asked *a, struct str *text) {
  const char *away = asked_host(a), *first = a->candidates.count ? a->candidates.item[0] : NULL;
  if (a->place == PLACE_NOWHERE) {
    str_add(text, place_installed() ? "glusterd is not running here (no glusterd.socket); no glusterfs mount, no [gluster] host"
                                    : "no glusterd.socket, no glusterfs mount, no [gluster] host");
    return place_installed() ? SOURCE_DOWN : SOURCE_ABSENT;
  }
  if (a->place == PLACE_LOCAL) {
    if (a->home_code == 0 && !rpc_mute_ms(a->home)) {
      str_addf(text, "glusterd%s%s on %s", a->version && *a->version ? " " : "", a->version ? a->version : "", a->w->options->host);
      return SOURCE_OK;
    }
    enum source_state state = trouble(a->home, a->home_code, this_host(), true, text);
    if (a->well && away) str_addf(text, "; %s is asked instead", away);
    return state;
  }
  if (!a->well) return trouble(a->away, a->away_code, away ? away : "?", false, text);
  str_addf(text, "glusterd on %s", away);
  if (first && strcmp(first, away)) str_addf(text, ", asked instead of %s", first);
  return SOURCE_OK;
}
