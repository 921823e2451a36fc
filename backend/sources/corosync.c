/* kvmconsole-corosync: membership, votes and links as corosync sees them, from its own libraries. Corosync tells of
 * changes; besides, everything is read anew every 2 s, which costs less than a millisecond. A call into these libraries
 * blocks for as long as corosync hangs: this program then hangs too, and is watched and ended from outside. */
#include "base/child.h"
#include "base/clock.h"
#include "sources/corosync_facts.h"
#include "sources/corosync_names.h"
#include "sources/corosync_outlook.h"
#include "sources/emit.h"
#include "sources/preset.h"
#include <corosync/cmap.h>
#include <corosync/corotypes.h>
#include <corosync/quorum.h>
#include <corosync/votequorum.h>
#include <dlfcn.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { READ_MS = 2000, LINKS_MS = 4000, GATHER_MS = 20, RELOAD_MS = 300, RETRY_MS = 1000, VERSION_MS = 2000, ONCE_MS = 20000, REQUEST_MAX = 8192 };
enum { ON_CMAP, ON_STATS, ON_QUORUM, ON_VOTES, FDS };

static const char CONFIG_FILE[] = "/etc/corosync/corosync.conf";

struct source {
  struct emitter *out;
  struct source_options options;
  cmap_handle_t cmap, stats;
  quorum_handle_t quorum;
  votequorum_handle_t votes;
  bool have_cmap, have_stats, have_quorum, have_votes, well;
  struct loop *loop;
  struct timer *wake;
  struct channel { /* a connection's descriptor; it changes when corosync was started anew */
    int fd;
    bool readable;
    struct watch *watch;
    int watched; /* the descriptor of watch */
  } channels[FDS];
  struct watch *input;
  struct str request;
  bool over; /* whoever started us wants us to leave */
  int64_t read_due, links_due; /* monotonic ms */
  bool reload;                 /* the list of nodes changed: links are to be tracked anew */
  struct arena *version_arena;
  const char *version;
  struct arena *links_arena; /* of the links as last printed */
  struct corosync_links links;
  struct names names;
  struct outlook *outlook;
};

/* ---- tracking ---- */

/* Only that something changed is taken from an event: what it is now is read. */
static void sooner(struct source *s, int64_t in_ms) {
  int64_t due = clock_mono_ms() + in_ms;
  if (due < s->read_due) s->read_due = due;
}

static void on_key(cmap_handle_t handle, cmap_track_handle_t track, int32_t event, const char *key, struct cmap_notify_value now,
                   struct cmap_notify_value before, void *owner) {
  struct source *s = owner;
  (void)handle, (void)track, (void)event, (void)now, (void)before;
  bool reload = str_starts(key, "nodelist.") || str_starts(key, "config.");
  if (reload) s->reload = true;
  if (str_starts(key, "stats.")) s->links_due = 0;
  sooner(s, reload ? RELOAD_MS : GATHER_MS);
}

static void on_quorum(quorum_handle_t handle, uint32_t quorate, uint64_t ring, uint32_t count, uint32_t *list) {
  const void *owner = NULL;
  (void)quorate, (void)ring, (void)count, (void)list;
  if (quorum_context_get(handle, &owner) == CS_OK && owner) sooner((struct source *)owner, GATHER_MS);
}

static void on_expected(votequorum_handle_t handle, uint64_t context, uint32_t expected) {
  void *owner = NULL;
  (void)context, (void)expected;
  if (votequorum_context_get(handle, &owner) == CS_OK && owner) sooner(owner, GATHER_MS);
}

static void disconnect(struct source *s) {
  if (s->have_votes) votequorum_finalize(s->votes);
  if (s->have_quorum) quorum_finalize(s->quorum);
  if (s->have_stats) cmap_finalize(s->stats);
  if (s->have_cmap) cmap_finalize(s->cmap);
  s->have_votes = s->have_quorum = s->have_stats = s->have_cmap = false;
  outlook_stop(s->outlook);
  for (int i = 0; i < FDS; i++) s->channels[i].fd = -1;
}

/* Corosync 2.4 has no map of statistics, nor a function to open one: it is looked up when it is needed. */
static void connect_stats(struct source *s) {
  enum { STATS_MAP = 1 };
  cs_error_t (*open_map)(cmap_handle_t *, int) = (cs_error_t(*)(cmap_handle_t *, int))dlsym(RTLD_DEFAULT, "cmap_initialize_map");
  s->channels[ON_STATS].fd = -1;
  s->have_stats = open_map && open_map(&s->stats, STATS_MAP) == CS_OK;
  if (s->have_stats) cmap_fd_get(s->stats, &s->channels[ON_STATS].fd);
}

/* No vote service runs where quorum has no provider. */
static cs_error_t connect_all(struct source *s) {
  static const char *const prefixes[] = {"runtime.members.", "runtime.totem.pg.mrp.srp.members.", "runtime.votequorum.", "nodelist.", "quorum.", "config."};
  quorum_callbacks_t quorum_calls = {.quorum_notify_fn = on_quorum};
  votequorum_callbacks_t vote_calls = {.votequorum_expectedvotes_notify_fn = on_expected};
  cmap_track_handle_t track;
  uint32_t type;
  cs_error_t code = cmap_initialize(&s->cmap);
  s->have_cmap = code == CS_OK;
  if (code != CS_OK) return code;
  for (size_t i = 0; i < COUNT(prefixes); i++)
    cmap_track_add(s->cmap, prefixes[i], CMAP_TRACK_ADD | CMAP_TRACK_MODIFY | CMAP_TRACK_DELETE | CMAP_TRACK_PREFIX, on_key, s, &track);
  cmap_fd_get(s->cmap, &s->channels[ON_CMAP].fd);
  code = quorum_initialize(&s->quorum, &quorum_calls, &type);
  s->have_quorum = code == CS_OK;
  if (code != CS_OK) return code;
  quorum_context_set(s->quorum, s);
  quorum_trackstart(s->quorum, CS_TRACK_CHANGES);
  quorum_fd_get(s->quorum, &s->channels[ON_QUORUM].fd);
  s->have_votes = votequorum_initialize(&s->votes, &vote_calls) == CS_OK;
  if (s->have_votes) {
    votequorum_context_set(s->votes, s);
    votequorum_trackstart(s->votes, 0, CS_TRACK_CHANGES);
    votequorum_fd_get(s->votes, &s->channels[ON_VOTES].fd);
  }
  connect_stats(s);
  return CS_OK;
}

/* Tracking stats by prefix is accepted and delivers nothing: each link's key is tracked by its whole name. */
static void track_links(struct source *s, const struct corosync_nodes *nodes) {
  for (size_t i = 0; s->have_stats && i < nodes->nodes.count; i++) {
    const struct corosync_node *n = &nodes->nodes.item[i];
    for (size_t link = 0; n->local != TRUTH_YES && link < corosync_link_count(n); link++) {
      char name[CMAP_KEYNAME_MAXLEN + 1];
      cmap_track_handle_t track;
      snprintf(name, sizeof name, "stats.knet.node%" PRId64 ".link%zu.connected", n->id, link);
      cmap_track_add(s->stats, name, CMAP_TRACK_ADD | CMAP_TRACK_MODIFY | CMAP_TRACK_DELETE, on_key, s, &track);
    }
  }
}

/* ---- reading ---- */

static int64_t number_of(const void *bytes, size_t len, cmap_value_types_t type) {
  union {
    int8_t i8;
    uint8_t u8;
    int16_t i16;
    uint16_t u16;
    int32_t i32;
    uint32_t u32;
    int64_t i64;
    uint64_t u64;
  } v = {0};
  memcpy(&v, bytes, len < sizeof v ? len : sizeof v);
  switch (type) {
  case CMAP_VALUETYPE_INT8: return v.i8;
  case CMAP_VALUETYPE_UINT8: return v.u8;
  case CMAP_VALUETYPE_INT16: return v.i16;
  case CMAP_VALUETYPE_UINT16: return v.u16;
  case CMAP_VALUETYPE_INT32: return v.i32;
  case CMAP_VALUETYPE_UINT32: return v.u32;
  case CMAP_VALUETYPE_INT64: return v.i64;
  case CMAP_VALUETYPE_UINT64: return v.u64 > INT64_MAX ? INT64_MAX : (int64_t)v.u64;
  default: return UNKNOWN_INT;
  }
}

/* A key that is not there is no error; whatever else fails is. */
static cs_error_t read_key(cmap_handle_t from, const char *name, struct corosync_keys *k) {
  char value[1024];
  size_t len = sizeof value;
  cmap_value_types_t type;
  cs_error_t code = cmap_get(from, name, value, &len, &type);
  if (code == CS_ERR_INVALID_PARAM) return CS_OK; /* longer than this: none that we ask for is */
  if (code != CS_OK) return code == CS_ERR_NOT_EXIST ? CS_OK : code;
  if (type == CMAP_VALUETYPE_STRING) corosync_key_text(k, name, value, len);
  else corosync_key_number(k, name, number_of(value, len, type));
  return CS_OK;
}

static cs_error_t read_prefix(cmap_handle_t from, const char *prefix, struct corosync_keys *k) {
  char name[CMAP_KEYNAME_MAXLEN + 1];
  cmap_iter_handle_t iterator;
  cmap_value_types_t type;
  size_t len;
  cs_error_t code = cmap_iter_init(from, prefix, &iterator), result = CS_OK;
  if (code != CS_OK) return code;
  while (result == CS_OK && k->list.count < COROSYNC_KEYS_MAX && (code = cmap_iter_next(from, iterator, name, &len, &type)) == CS_OK)
    if (!str_ends(name, "config_version") && !str_ends(name, "join_count")) result = read_key(from, name, k);
  cmap_iter_finalize(from, iterator);
  return result != CS_OK ? result : code == CS_ERR_NO_SECTIONS || code == CS_OK ? CS_OK : code;
}

static cs_error_t read_keys(struct source *s, struct corosync_keys *k) {
  static const char *const single[] = {"totem.cluster_name", "runtime.votequorum.this_node_id", "runtime.config.totem.token",
                                       "runtime.config.totem.consensus", "quorum.device.model", "quorum.auto_tie_breaker_node"};
  cs_error_t code = read_prefix(s->cmap, "nodelist.", k);
  for (size_t i = 0; code == CS_OK && i < COROSYNC_MEMBERS; i++) code = read_prefix(s->cmap, corosync_members[i], k);
  for (size_t i = 0; code == CS_OK && i < COUNT(single); i++) code = read_key(s->cmap, single[i], k);
  return code;
}

static cs_error_t read_links(struct source *s, const struct corosync_nodes *nodes, struct corosync_keys *k) {
  static const char *const parts[] = {"connected", "enabled", "latency_ave", "down_count", "mtu"};
  cs_error_t code = CS_OK;
  for (size_t i = 0; i < nodes->nodes.count; i++) {
    const struct corosync_node *n = &nodes->nodes.item[i];
    for (size_t link = 0; n->local != TRUTH_YES && link < corosync_link_count(n); link++)
      for (size_t p = 0; code == CS_OK && p < COUNT(parts); p++) {
        char name[CMAP_KEYNAME_MAXLEN + 1];
        snprintf(name, sizeof name, "stats.knet.node%" PRId64 ".link%zu.%s", n->id, link, parts[p]);
        code = read_key(s->stats, name, k);
      }
  }
  return code;
}

static void read_votes(struct source *s, struct corosync_nodes *nodes, struct corosync_cluster *c, struct arena *a) {
  struct votequorum_info v;
  int quorate;
  if (quorum_getquorate(s->quorum, &quorate) == CS_OK) c->quorate = truth_of(quorate != 0);
  memset(&v, 0, sizeof v);
  if (!s->have_votes || votequorum_getinfo(s->votes, 0, &v) != CS_OK) return;
  c->votes = v.total_votes;
  c->expected_votes = v.highest_expected;
  c->quorum = v.quorum;
  c->two_node = truth_of(v.flags & VOTEQUORUM_INFO_TWONODE);
  c->wait_for_all = truth_of(v.flags & VOTEQUORUM_INFO_WAIT_FOR_ALL);
  c->last_man_standing = truth_of(v.flags & VOTEQUORUM_INFO_LAST_MAN_STANDING);
  c->auto_tie_breaker = truth_of(v.flags & VOTEQUORUM_INFO_AUTO_TIE_BREAKER);
  if (v.flags & VOTEQUORUM_INFO_QDEVICE_REGISTERED) {
    c->qdevice = TRUTH_YES;
    v.qdevice_name[sizeof v.qdevice_name - 1] = 0;
    if (v.qdevice_name[0]) c->qdevice_name = arena_strdup(a, v.qdevice_name);
  }
  for (size_t i = 0; i < nodes->nodes.count; i++) {
    struct corosync_node *n = &nodes->nodes.item[i];
    memset(&v, 0, sizeof v);
    if (n->member == TRUTH_YES && votequorum_getinfo(s->votes, (unsigned)n->id, &v) == CS_OK) n->votes = v.node_votes;
  }
}

/* As corosync-cmapctl prints them. */
static void emit_keys(struct source *s, const char *call, const struct corosync_keys *k) {
  CLEANUP(str_free) struct str text = {0};
  for (size_t i = 0; s->options.raw && i < k->list.count; i++) {
    const struct corosync_key *key = &k->list.item[i];
    if (key->text) str_addf(&text, "%s (str) = %s\n", key->name, key->text);
    else str_addf(&text, "%s (i64) = %" PRId64 "\n", key->name, key->number);
  }
  emit_raw(s->out, call, text.data, text.len);
}

static cs_error_t emit_links(struct source *s, const struct corosync_nodes *nodes) {
  struct arena *a = arena_new();
  struct corosync_keys k = {.arena = a};
  struct corosync_links now;
  cs_error_t code = s->have_stats ? read_links(s, nodes, &k) : CS_OK;
  if (code != CS_OK) {
    arena_free(a);
    return code;
  }
  emit_keys(s, "stats", &k);
  corosync_read_links(&k, nodes, a, &now);
  corosync_calm_links(&s->links, &now);
  emit_fact(s->out, "corosync.links", NULL, &now);
  arena_free(s->links_arena);
  s->links_arena = a;
  s->links = now;
  s->links_due = clock_mono_ms() + LINKS_MS - READ_MS / 2;
  return CS_OK;
}

static cs_error_t read_all(struct source *s) {
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct corosync_keys k = {.arena = a};
  struct corosync_cluster cluster;
  struct corosync_nodes nodes;
  s->read_due = clock_mono_ms() + READ_MS;
  cs_error_t code = read_keys(s, &k);
  if (code != CS_OK) return code;
  emit_keys(s, "cmap", &k);
  corosync_read_nodes(&k, a, &nodes);
  corosync_read_cluster(&k, &cluster);
  cluster.version = s->version;
  read_votes(s, &nodes, &cluster, a);
  if (s->reload || !s->well) track_links(s, &nodes);
  if (s->reload) { /* names are looked up by a program, and one that waits for its child waits for no other */
    outlook_stop(s->outlook);
    names_forget(&s->names);
  }
  s->reload = false;
  emit_fact(s->out, "corosync.cluster", NULL, &cluster);
  if (clock_mono_ms() >= s->links_due && (code = emit_links(s, &nodes)) != CS_OK) return code;
  names_resolve(&s->names, &nodes, a); /* only now: the links are counted by the addresses as written */
  emit_fact(s->out, "corosync.nodes", NULL, &nodes);
  outlook_nodes(s->outlook, &nodes);
  s->well = true;
  emit_state(s->out, SOURCE_OK, "Corosync%s%s, node %" PRId64 " of %zu", s->version ? " " : "", s->version ? s->version : "", cluster.node_id,
             nodes.nodes.count);
  return CS_OK;
}

/* ---- states ---- */

static void lost(struct source *s, cs_error_t code) {
  disconnect(s);
  emit_forget(s->out);
  s->well = false;
  s->links_due = 0;
  s->links = (struct corosync_links){0};
  if (code == CS_ERR_ACCESS) emit_state(s->out, SOURCE_DENIED, "corosync: root, or a uidgid entry in corosync's configuration, is needed");
  else if (access(CONFIG_FILE, F_OK) && errno == ENOENT) emit_state(s->out, SOURCE_ABSENT, "no corosync on this host: no %s", CONFIG_FILE);
  else if (preset_cluster()) emit_state(s->out, SOURCE_ABSENT, "no cluster on this host: corosync has the configuration that its package came with, one node at 127.0.0.1");
  else if (code == CS_ERR_TRY_AGAIN) emit_state(s->out, SOURCE_DOWN, "corosync on this host is not ready");
  else emit_state(s->out, SOURCE_DOWN, "corosync is not running on this host");
}

static void find_version(struct source *s) {
  CLEANUP(mem_freep) char *said = NULL;
  size_t len;
  int code;
  arena_free(s->version_arena); /* it may have been upgraded while it was down */
  s->version_arena = arena_new();
  s->version = NULL;
  if (!child_capture((const char *const[]){"corosync", "-v", NULL}, VERSION_MS, &said, &len, &code, NULL))
    s->version = corosync_version_in(said, s->version_arena);
}

static cs_error_t dispatch(struct source *s, int which) {
  switch (which) {
  case ON_CMAP: return cmap_dispatch(s->cmap, CS_DISPATCH_ALL);
  case ON_STATS: return cmap_dispatch(s->stats, CS_DISPATCH_ALL);
  case ON_QUORUM: return quorum_dispatch(s->quorum, CS_DISPATCH_ALL);
  default: return votequorum_dispatch(s->votes, CS_DISPATCH_ALL);
  }
}

static cs_error_t turn(struct source *s) {
  cs_error_t code = CS_OK;
  if (!s->have_cmap) {
    code = preset_cluster() ? CS_ERR_NOT_EXIST : connect_all(s); /* one that is set up later starts corosync anew */
    if (code == CS_OK) find_version(s);
    s->read_due = 0;
  }
  for (int i = 0; code == CS_OK && i < FDS; i++)
    if (s->channels[i].fd >= 0 && s->channels[i].readable) code = dispatch(s, i);
  if (s->reload && clock_mono_ms() >= s->read_due && s->have_stats) { /* links of another list of nodes: tracked from scratch */
    cmap_finalize(s->stats);
    connect_stats(s);
    s->links_due = 0;
  }
  if (code == CS_OK && clock_mono_ms() >= s->read_due) code = read_all(s);
  return code;
}

static void on_channel(void *owner, int fd, short revents) {
  (void)fd, (void)revents;
  ((struct channel *)owner)->readable = true;
}

static void on_wake(void *owner) { (void)owner; } /* it was only waited for */

static void on_input(void *owner, int fd, short revents) {
  struct source *s = owner;
  char bytes[4096];
  (void)revents;
  ssize_t n = read(fd, bytes, sizeof bytes);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n <= 0) s->over = true;
  for (ssize_t i = 0; i < n; i++) {
    if (bytes[i] != '\n') {
      if (s->request.len < REQUEST_MAX) str_addc(&s->request, bytes[i]);
      continue;
    }
    if (s->request.len < REQUEST_MAX && str_starts(str_text(&s->request), "ways ")) outlook_ways(s->outlook, s->request.data + strlen("ways "));
    str_reset(&s->request);
  }
}

static void wait_for_something(struct source *s) {
  for (int i = 0; i < FDS; i++) {
    struct channel *c = &s->channels[i];
    c->readable = false;
    if (c->watch && c->watched == c->fd) continue;
    watch_end(c->watch);
    c->watch = c->fd >= 0 ? loop_watch(s->loop, c->fd, POLLIN, on_channel, c) : NULL;
    c->watched = c->fd;
  }
  int64_t wait = s->have_cmap ? s->read_due - clock_mono_ms() : RETRY_MS;
  timer_set(s->wake, wait < 0 ? 0 : wait);
  loop_step(s->loop, -1);
}

static bool done_once(const struct source *s, int64_t began) {
  return s->options.once && (!s->well || outlook_settled(s->outlook) || clock_mono_ms() - began > ONCE_MS);
}

int main(int argc, char **argv) {
  struct source s = {0};
  int code = source_options_parse(argc, argv, "kvmconsole-corosync [--once] [--read-only] [--raw] [--host NAME] [--ssh root@%h]", &s.options);
  if (code) return code < 0 ? 0 : code;
  const char *path = getenv("PATH"); /* corosync is in sbin */
  CLEANUP(mem_freep) char *longer = mem_printf("%s:/usr/sbin:/sbin:/usr/local/sbin", path ? path : "/usr/bin:/bin");
  setenv("PATH", longer, 1);
  s.out = emitter_new(LAYER_COROSYNC, s.options.host, STDOUT_FILENO);
  emitter_want_raw(s.out, s.options.raw);
  s.loop = loop_new();
  s.wake = loop_timer(s.loop, -1, on_wake, NULL);
  s.outlook = outlook_new(s.loop, s.out, s.options.ssh);
  for (int i = 0; i < FDS; i++) s.channels[i].fd = -1;
  if (!s.options.once) s.input = loop_watch(s.loop, STDIN_FILENO, POLLIN, on_input, &s);
  int64_t began = clock_mono_ms();
  for (;;) {
    cs_error_t result = turn(&s);
    if (result != CS_OK) lost(&s, result);
    emit_flush(s.out);
    if (s.over || done_once(&s, began)) break;
    wait_for_something(&s);
  }
  disconnect(&s);
  outlook_free(s.outlook);
  emitter_free(s.out);
  loop_free(s.loop);
  str_free(&s.request);
  arena_free(s.links_arena);
  arena_free(s.version_arena);
  return 0;
}
