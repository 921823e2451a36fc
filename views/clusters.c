#include "views/clusters.h"
#include "analysis/stop.h"

enum { EVERY_MS = 2000 };

struct cluster {
  struct clusters *all;
  char *name;
  const char *command; /* the configuration's */
  struct feed *feed;   /* NULL: not begun yet */
  struct snapshot *newest;
  bool dirty;
};

struct clusters {
  struct loop *loop;
  struct clusters_options options;
  struct cluster *item;
  size_t count, next, opened; /* next: whose turn it is; opened: 1 + which, 0: none */
  struct timer *turn;
};

static bool is_opened(const struct cluster *k) { return k->all->opened == (size_t)(k - k->all->item) + 1; }

static void on_change(void *owner) {
  struct cluster *k = owner;
  k->dirty = true;
  if (k->feed && is_opened(k)) k->all->options.opened(k->all->options.owner);
}

static void on_shown(void *owner) {
  struct cluster *k = owner;
  if (k->feed && is_opened(k)) k->all->options.shown(k->all->options.owner);
}

static void begin(struct cluster *k) {
  struct err e = {0};
  k->feed = feed_open(k->all->loop, &(struct feed_options){.command = k->command, .read_only = true, .speed = 1, .judge = stop_judge_hosts, .on_change = on_change, .on_shown = on_shown, .owner = k}, &e);
}

static void look(struct cluster *k) {
  struct snapshot *now = feed_snapshot(k->feed, k->newest);
  snapshot_drop(k->newest);
  k->newest = now;
  k->dirty = false;
  k->all->options.changed(k->all->options.owner);
}

/* One after the other, so that neither their beginning nor their merging comes all at once. */
static void on_turn(void *owner) {
  struct clusters *c = owner;
  struct cluster *k = &c->item[c->next];
  c->next = (c->next + 1) % c->count;
  timer_set(c->turn, EVERY_MS / (int64_t)c->count > 0 ? EVERY_MS / (int64_t)c->count : 1);
  if (!k->feed) begin(k);
  else if (k->dirty && !is_opened(k)) look(k);
}

struct clusters *clusters_new(struct loop *l, const struct clusters_options *o) {
  size_t n = o->config ? o->config->feed_count : 0;
  if (!n) return NULL;
  struct clusters *c = mem_alloc(sizeof *c);
  *c = (struct clusters){.loop = l, .options = *o, .count = n, .item = mem_grow(NULL, n, sizeof *c->item)};
  for (size_t i = 0; i < n; i++) c->item[i] = (struct cluster){.all = c, .name = mem_strdup(o->config->feeds[i].name), .command = o->config->feeds[i].command};
  c->turn = loop_timer(l, 0, on_turn, c);
  for (size_t i = 0; i < n && i < 8; i++) begin(&c->item[i]); /* a few at once: nobody waits for the only one */
  return c;
}

void clusters_free(struct clusters *c) {
  if (!c) return;
  timer_end(c->turn);
  for (size_t i = 0; i < c->count; i++) {
    struct feed *f = c->item[i].feed;
    c->item[i].feed = NULL;
    feed_close(f);
    snapshot_drop(c->item[i].newest);
    mem_free(c->item[i].name);
  }
  mem_free(c->item);
  mem_free(c);
}

size_t clusters_count(const struct clusters *c) { return c ? c->count : 0; }

void clusters_tile(const struct clusters *c, size_t i, struct cluster_tile *ret) {
  const struct cluster *k = &c->item[i];
  *ret = (struct cluster_tile){.name = k->name, .snap = k->newest};
  if (k->feed) feed_shown(k->feed, &ret->time);
  else ret->time = (struct feed_shown){.kind = FEED_STREAM, .ended = true, .trouble = "connecting"};
}

struct feed *clusters_open(struct clusters *c, const char *name, struct snapshot **ret_newest) {
  for (size_t i = 0; c && i < c->count; i++) {
    struct cluster *k = &c->item[i];
    if (!str_eq(k->name, name) || !k->feed) continue;
    c->opened = i + 1;
    feed_keep(k->feed, true);
    *ret_newest = k->newest ? snapshot_keep(k->newest) : NULL;
    return k->feed;
  }
  return NULL;
}

void clusters_leave(struct clusters *c, struct snapshot *newest) {
  struct cluster *k = &c->item[c->opened - 1];
  c->opened = 0;
  feed_keep(k->feed, false);
  if (newest) { /* problems keep the time that they were seen first */
    snapshot_drop(k->newest);
    k->newest = newest;
  }
}
