/* Looking at another cluster: its feed takes the place of this one's in the console, read-only, and gives it back. */
#include "views/console.h"
#include "views/operator.h"

/* The two change places: what is shown, and what waits. */
static void swap(struct console *c) {
  struct console_scene now = {c->feed, c->newest, c->snap, c->timeline};
  c->feed = c->own.feed, c->newest = c->own.newest, c->snap = c->own.snap, c->timeline = c->own.timeline;
  c->own = now;
  c->next_event = false;
}

void elsewhere_open(struct console *c) {
  struct snapshot *newest = NULL;
  const char *name = c->app.cluster;
  if (operator_busy(c->operator)) {
    app_say(&c->app, "an operation runs in this cluster");
    return;
  }
  struct feed *f = clusters_open(c->clusters, name, &newest);
  if (!f) {
    app_say(&c->app, "that feed has not begun yet");
    return;
  }
  c->own = (struct console_scene){.feed = f, .newest = newest};
  swap(c);
  c->away = mem_strdup(name);
  operator_away(c->operator, "this is another cluster's feed: it is only looked at");
  app_open(&c->app, "overview");
  console_take(c);
}

void elsewhere_leave(struct console *c) {
  if (!c->away) return;
  swap(c);
  clusters_leave(c->clusters, c->own.newest);
  snapshot_drop(c->own.snap);
  timeline_free(&c->own.timeline);
  c->own = (struct console_scene){.feed = NULL};
  mem_free(c->away);
  c->away = NULL;
  operator_away(c->operator, NULL);
  if (c->feed) console_take(c);
}

/* What came in of this cluster meanwhile. */
void elsewhere_own(struct console *c) {
  if (!c->away || !c->own_dirty) return;
  char *away = c->away;
  c->own_dirty = false;
  swap(c);
  c->away = NULL; /* it is taken in as ever */
  console_take(c);
  c->away = away;
  swap(c);
}

void elsewhere_input(const struct console *c, struct input *in) {
  const struct snapshot *here = c->away ? c->own.newest : c->newest;
  size_t n = clusters_count(c->clusters);
  in->away = c->away;
  if (!n || (c->app.view != VIEW_CLUSTERS && !c->app.noc.on)) return;
  bool own = here && here->hosts.count; /* a machine that only looks is no cluster */
  struct cluster_tile *t = arena_array(in->arena, n + 1, sizeof *t);
  for (size_t i = 0; i < n; i++) clusters_tile(c->clusters, i, &t[i]);
  if (own) {
    t[n] = (struct cluster_tile){.name = here->cluster.name ? here->cluster.name : "this cluster", .snap = here, .here = true};
    feed_shown(c->away ? c->own.feed : c->feed, &t[n].time);
    t[n].time.at.wall = t[n].time.newest;
  }
  in->clusters = t;
  in->cluster_count = n + own;
}

unsigned elsewhere_wish(struct console *c, unsigned wants) {
  enum cluster_wish wish = wants & APP_CLUSTER ? c->app.cluster_wish : CLUSTER_STAY;
  bool away = c->away != NULL;
  c->app.cluster_wish = CLUSTER_STAY;
  if (wish == CLUSTER_OPEN) {
    elsewhere_leave(c);
    elsewhere_open(c);
  } else if (wish == CLUSTER_LEAVE) {
    elsewhere_leave(c);
    app_open(&c->app, away ? "clusters" : "overview"); /* from the tile of this cluster, to it */
  } else if (away && c->app.view == VIEW_CLUSTERS) elsewhere_leave(c);
  else return wants;
  console_look(c);
  return wants | APP_CHANGED;
}
