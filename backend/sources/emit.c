#include "sources/emit.h"
#include "base/clock.h"
#include "base/rights.h"
#include "model/fragment.h"
#include "sources/raw.h"
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct printed { /* the last word on one fact */
  char *kind, *key, *data; /* data: as encoded */
};

struct received { /* the last answer of one call: the same again is not printed again */
  char *call;
  uint64_t sum;
};

struct emitter {
  enum layer layer;
  char *host;
  int fd;
  struct printed *printed;
  size_t count;
  struct str out;
  bool raw;
  struct received *received;
  size_t received_count;
  struct arena *beat_arena; /* renewed at each beat */
  struct beat_fact beat;
  enum source_state state;
  char state_text[512];
  int64_t said; /* monotonic ms of the last state line */
};

/* What each does first: it gives up what no reading needs, and its memory is out where ours is. */
static void begin(void) {
  rights_closed();
  rights_to_read();
  shape_memory();
}

int source_options_parse(int argc, char **argv, const char *usage, struct source_options *ret) {
  static const struct option options[] = {{"once", no_argument, NULL, 'o'}, {"read-only", no_argument, NULL, 'r'}, {"raw", no_argument, NULL, 'b'},
                                          {"host", required_argument, NULL, 'h'}, {"ssh", required_argument, NULL, 's'}, {"help", no_argument, NULL, 'u'}, {0}};
  *ret = (struct source_options){.ssh = "root@%h"};
  begin();
  opterr = 0;
  for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) switch (c) {
    case 'o': ret->once = true; break;
    case 'r': ret->read_only = true; break;
    case 'b': ret->raw = true; break;
    case 'h': ret->host = optarg; break;
    case 's': ret->ssh = optarg; break;
    case 'u': printf("usage: %s\n", usage); return -1;
    default: fprintf(stderr, "usage: %s\n", usage); return 64;
    }
  if (optind < argc) ret->target = argv[optind++];
  if (optind < argc) {
    fprintf(stderr, "%s: too many arguments\nusage: %s\n", argv[0], usage);
    return 64;
  }
  if (!ret->host) ret->host = this_host();
  signal(SIGPIPE, SIG_IGN);
  return 0;
}

struct emitter *emitter_new(enum layer layer, const char *host, int fd) {
  struct emitter *e = mem_alloc(sizeof *e);
  *e = (struct emitter){.layer = layer, .host = mem_strdup(host), .fd = fd, .beat_arena = arena_new()};
  return e;
}

void emit_forget(struct emitter *e) {
  for (size_t i = 0; i < e->count; i++) mem_free(e->printed[i].kind), mem_free(e->printed[i].key), mem_free(e->printed[i].data);
  e->count = 0;
}

void emitter_free(struct emitter *e) {
  if (!e) return;
  emit_forget(e);
  for (size_t i = 0; i < e->received_count; i++) mem_free(e->received[i].call);
  mem_free(e->received);
  mem_free(e->printed);
  mem_free(e->host);
  str_free(&e->out);
  arena_free(e->beat_arena);
  mem_free(e);
}

static struct printed *last_word(struct emitter *e, const char *kind, const char *key) {
  for (size_t i = 0; i < e->count; i++)
    if (!strcmp(e->printed[i].kind, kind) && !strcmp(e->printed[i].key, key)) return &e->printed[i];
  e->printed = mem_grow(e->printed, e->count + 1, sizeof *e->printed);
  e->printed[e->count] = (struct printed){mem_strdup(kind), mem_strdup(key), NULL};
  return &e->printed[e->count++];
}

static void confirm(struct emitter *e, const char *kind, const char *key) {
  char *name = *key ? arena_printf(e->beat_arena, "%s/%s", kind, key) : (char *)kind;
  if (!texts_have(&e->beat.kinds, name)) texts_add(e->beat_arena, &e->beat.kinds, name);
}

bool emit_fact(struct emitter *e, const char *kind, const char *key, const void *data) { return emit_fact_at(e, kind, key, data, clock_wall_ms()); }

bool emit_fact_at(struct emitter *e, const char *kind, const char *key, const void *data, int64_t at) {
  CLEANUP(str_free) struct str now = {0};
  if (!key) key = "";
  if (data) shape_encode(fact_kind_find(kind)->shape, data, &now);
  else str_add(&now, "null");
  struct printed *p = last_word(e, kind, key);
  if (p->data && !strcmp(p->data, now.data) && clock_wall_ms() - at < 2000) { /* a beat says "just now" */
    confirm(e, kind, key);
    return false;
  }
  mem_free(p->data);
  p->data = str_take(&now);
  fragment_print(&e->out, at, e->layer, e->host, kind, key, data);
  return true;
}

void emit_state(struct emitter *e, enum source_state state, const char *format, ...) {
  char text[sizeof e->state_text];
  va_list ap;
  va_start(ap, format);
  vsnprintf(text, sizeof text, format, ap);
  va_end(ap);
  if (state != e->state || strcmp(text, e->state_text)) e->said = 0;
  e->state = state;
  strcpy(e->state_text, text);
}

void emitter_want_raw(struct emitter *e, bool raw) { e->raw = raw; }

static bool is_new(struct emitter *e, const char *call, const unsigned char *bytes, size_t len) {
  uint64_t sum = 14695981039346656037u; /* FNV-1a */
  for (size_t i = 0; i < len; i++) sum = (sum ^ bytes[i]) * 1099511628211u;
  for (size_t i = 0; i < e->received_count; i++)
    if (!strcmp(e->received[i].call, call)) {
      bool same = e->received[i].sum == sum;
      e->received[i].sum = sum;
      return !same;
    }
  e->received = mem_grow(e->received, e->received_count + 1, sizeof *e->received);
  e->received[e->received_count++] = (struct received){mem_strdup(call), sum};
  return true;
}

void emit_raw(struct emitter *e, const char *call, const void *bytes, size_t len) {
  if (e->raw && bytes && is_new(e, call, bytes, len)) raw_print(&e->out, clock_wall_ms(), e->layer, e->host, call, bytes, len);
}

static void write_all(int fd, const char *data, size_t len) {
  while (len) {
    ssize_t n = write(fd, data, len);
    if (n > 0) data += n, len -= (size_t)n;
    else if (n < 0 && errno == EAGAIN) poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, -1);
    else if (n < 0 && errno != EINTR) exit(0); /* nobody listens any more */
  }
}

void emit_flush(struct emitter *e) {
  int64_t now = clock_mono_ms();
  if (e->beat.kinds.count) {
    fragment_print(&e->out, clock_wall_ms(), e->layer, e->host, "beat", NULL, &e->beat);
    arena_free(e->beat_arena);
    e->beat_arena = arena_new();
    e->beat = (struct beat_fact){0};
  }
  if (e->state && (!e->said || now - e->said >= 2000)) {
    struct state_fact s = {.state = (int)e->state, .text = e->state_text};
    fragment_print(&e->out, clock_wall_ms(), e->layer, e->host, "state", NULL, &s);
    e->said = now;
  }
  write_all(e->fd, str_text(&e->out), e->out.len);
  str_reset(&e->out);
}
