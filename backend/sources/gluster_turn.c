#include "sources/gluster_turn.h"
#include "base/clock.h"
#include "sources/gluster_asked.h"
#include "sources/gluster_cache.h"
#include "sources/gluster_lock.h"
#include "sources/gluster_probe.h"
#include "sources/gluster_read.h"
#include "sources/gluster_rpc.h"
#include "sources/gluster_share.h"
#include "sources/gluster_shell.h"
#include "sources/gluster_text.h"
#include "sources/gluster_unsettled.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
  TICK_MS = 500,
  EAGER_MS = 100,
  CONNECT_MS = 2000,
  CALL_MS = 15000,
  BESIDE_MS = 3000,
  NEXT_MS = 50,
  SOON_MS = 1500,
  FRESH_MS = 60000,
  SSH_AGAIN_MS = 300000,
  SPLIT_EVERY_MS = 60000,
  SPLIT_PAUSE_MS = 120000, /* longer than that after the minute nobody shall wait to hear of a split-brain */
  SPLIT_THEIRS_MS = 90000, /* for so long who reads is left to crawl as well */
  HAND_ON_MS = 100,        /* while it is being decided who follows whom, two may for a moment follow each other */
  SAME_MS = 500            /* two ages of one reading, each as its way made it */
};
enum { SPACE_GOOD_MS = 300000, HEAL_GOOD_MS = 150000 }; /* so old a reading of another console still counts as one */
enum { STATUS_OF_VOLUME = 0x100, STATUS_DETAIL = 0x20, STATUS_TASKS = 0x40, HEAL_COUNT = 8, LOCK_ERROR = 30800, LOCK_ERROR_OTHER = 30802 };

struct turn { /* one started volume */
  struct turn *next;
  struct turns *all;
  char *name, *id;
  bool wanted, heals, has_task, tasks_known, tried_space, tried_heal;
  struct lock_past past;                   /* wall ms: it is shared with other processes */
  struct unsettled unsettled;              /* wall ms */
  int64_t jitter, beside, stamp, split_at; /* beside: another console reads, look again then */
  struct arena *space_arena, *heal_arena;
  struct gluster_space space;
  struct gluster_heal heal;
  int64_t space_at, heal_at; /* UNKNOWN_INT: not known */
  int64_t theirs;            /* when another host's heal came, monotonic; 0: it is our own */
  int64_t said;              /* when its news were handed on last, monotonic */
  bool unsaid;               /* there are more */
};

struct turns {
  struct world *w;
  struct timer *timer;
  struct turn *first, *busy; /* at most one request at a time */
  enum lock_turn doing;
  int cache;
  struct rpc *rpc;
  struct shell *shell, *splitter;
  struct turn *split_of;
  int64_t split_began, silent_at, ssh_again;
  char note[256], ssh_note[256];
};

static void on_timer(void *owner);
static void publish(const struct turn *v);

struct turns *turns_new(struct world *w) {
  struct turns *t = mem_alloc(sizeof *t);
  *t = (struct turns){.w = w, .cache = -1, .silent_at = UNKNOWN_INT};
  t->rpc = rpc_new(w->loop, t, NULL, NULL);
  if (w->options->raw) rpc_print_raw(t->rpc, w->emit, "turn");
  t->timer = loop_timer(w->loop, EAGER_MS, on_timer, t);
  return t;
}

static void free_turn(struct turn *v) {
  arena_free(v->space_arena);
  arena_free(v->heal_arena);
  mem_free(v->name);
  mem_free(v->id);
  mem_free(v);
}

void turns_free(struct turns *t) {
  if (!t) return;
  for (struct turn *v; (v = t->first);) {
    t->first = v->next;
    free_turn(v);
  }
  shell_drop(t->shell);
  shell_drop(t->splitter);
  cache_unlock(t->cache);
  rpc_free(t->rpc);
  timer_end(t->timer);
  mem_free(t);
}

const char *turns_note(const struct turns *t) { return t->note[0] ? t->note : t->ssh_note; }

/* ---- which volumes there are ---- */
static struct turn *turn_of(struct turns *t, const struct gluster_volume *volume) {
  for (struct turn *v = t->first; v; v = v->next)
    if (!strcmp(v->name, volume->name) && str_eq(v->id, volume->id)) return v;
  struct turn *v = mem_alloc(sizeof *v);
  *v = (struct turn){
      .next = t->first, .all = t, .name = mem_strdup(volume->name), .id = mem_strdup(volume->id), .space_at = UNKNOWN_INT, .heal_at = UNKNOWN_INT, .unsettled = {.forgiven = UNKNOWN_INT}};
  v->past = (struct lock_past){.asked = UNKNOWN_INT, .space = UNKNOWN_INT, .heal = UNKNOWN_INT, .not_before = UNKNOWN_INT};
  return t->first = v;
}

/* A volume that is gone or stopped has no space and no heal; unless another one of its name (made anew) goes on. */
static void forget(struct turns *t, const struct turn *v) {
  for (const struct turn *o = t->first; o; o = o->next)
    if (o->wanted && !strcmp(o->name, v->name)) return;
  if (v->space_at != UNKNOWN_INT) emit_fact(t->w->emit, "gluster.space", v->name, NULL);
  if (v->heal_at != UNKNOWN_INT) emit_fact(t->w->emit, "gluster.heal", v->name, NULL);
}

void turns_pool_read(struct turns *t) {
  const struct gluster_volumes *all = &t->w->volumes;
  for (struct turn *v = t->first; v; v = v->next) v->wanted = false;
  for (size_t i = 0; i < all->volumes.count; i++) {
    if (!volume_started(&all->volumes.item[i])) continue;
    struct turn *v = turn_of(t, &all->volumes.item[i]);
    v->wanted = true;
    v->heals = volume_heals(&all->volumes.item[i]);
    v->has_task = t->w->tasks[i];
  }
  for (struct turn **link = &t->first, *v; (v = *link);)
    if (v->wanted || v == t->busy || v == t->split_of) link = &v->next;
    else {
      *link = v->next;
      forget(t, v);
      free_turn(v);
    }
}

/* ---- what is known, printed and shared ---- */
static void copy_fact(const struct shape *s, const void *from, void *to, struct arena **arena) {
  CLEANUP(str_free) struct str text = {0};
  struct arena *fresh = arena_new();
  shape_encode(s, from, &text); /* before the old one goes: from may lie in it */
  shape_init(s, to);
  shape_decode_text(s, text.data, text.len, to, fresh, NULL);
  arena_free(*arena);
  *arena = fresh;
}

static void print(struct turn *v, bool space, bool heal) {
  struct world *w = v->all->w;
  if (!v->wanted) return;
  if (space) emit_fact_at(w->emit, "gluster.space", v->name, &v->space, v->space_at);
  if (heal) emit_fact_at(w->emit, "gluster.heal", v->name, &v->heal, v->heal_at);
  world_dirty(w);
}

static int64_t later(int64_t a, int64_t b) { return a > b ? a : b; } /* UNKNOWN_INT is the earliest */

static bool young(int64_t at, int64_t now, int64_t limit) { return at != UNKNOWN_INT && at <= now && now - at < limit; }

/* Of all bricks; UNKNOWN_INT when one could not be counted. */
static int64_t counted(const struct gluster_heal *h) {
  int64_t sum = 0;
  for (size_t i = 0; i < h->bricks.count; i++) {
    if (h->bricks.item[i].pending < 0) return UNKNOWN_INT;
    sum += h->bricks.item[i].pending;
  }
  return h->bricks.count ? sum : UNKNOWN_INT;
}

/* A brick that was away has missed what was written meanwhile: a count from before its return is not its word now. */
static void doubt_returned(struct turn *v) {
  bool any = false;
  for (size_t i = 0; v->heal_at != UNKNOWN_INT && i < v->heal.bricks.count; i++) {
    struct gluster_brick_heal *b = &v->heal.bricks.item[i];
    if (b->pending == UNKNOWN_INT || probe_brick_back(v->all->w->probe, b->host, b->path) <= v->heal_at) continue;
    b->pending = UNKNOWN_INT;
    any = true;
  }
  if (!any) return;
  unsettled_doubt(&v->unsettled);
  print(v, false, true);
}

/* What another console of this host has read and noted since we looked. */
static void take_over(struct turn *v, int64_t now) {
  CLEANUP(arena_freep) struct arena *scratch = arena_new();
  struct lock_cache c;
  if (cache_read(scratch, v->id, &c)) return;
  int64_t heal_good = v->all->w->options->once ? FRESH_MS : HEAL_GOOD_MS;
  bool space = young(c.space_at, now, SPACE_GOOD_MS), heal = young(c.heal_at, now, heal_good);
  v->past.asked = later(v->past.asked, c.asked);
  v->past.not_before = c.not_before;
  if (space) v->past.space = later(v->past.space, c.space_at);
  if (heal) v->past.heal = later(v->past.heal, c.heal_at);
  if (c.heals >= 0 && c.heals < 100) v->past.heals = (int)c.heals;
  lock_clamp(&v->past, now);
  v->tried_space |= space; /* --once asks what is not as good as new */
  v->tried_heal |= young(c.heal_at, now, FRESH_MS);
  space = space && c.space_at > v->space_at;
  heal = heal && c.heal_at > v->heal_at;
  if (space) {
    copy_fact(&gluster_space_shape, &c.space, &v->space, &v->space_arena);
    v->space_at = c.space_at;
    v->tasks_known = v->space.tasks.count > 0;
  }
  if (heal) {
    copy_fact(&gluster_heal_shape, &c.heal, &v->heal, &v->heal_arena);
    v->heal_at = c.heal_at;
    unsettled_counted(&v->unsettled, counted(&v->heal));
  }
  print(v, space, heal);
}

static void keep(const struct turn *v, int fd) {
  struct lock_cache c = {
      .asked = v->past.asked, .not_before = v->past.not_before, .space_at = v->space_at, .heal_at = v->heal_at, .heals = v->past.heals};
  shape_init(&gluster_space_shape, &c.space);
  shape_init(&gluster_heal_shape, &c.heal);
  if (v->space_at != UNKNOWN_INT) c.space = v->space;
  if (v->heal_at != UNKNOWN_INT) c.heal = v->heal;
  cache_write(fd, &c);
}

/* ---- the same, with other hosts ---- */
static int64_t age(int64_t at, int64_t now) { return at == UNKNOWN_INT ? UNKNOWN_INT : now > at ? now - at : 0; }

static struct told_volume known(const struct turn *v) {
  int64_t now = clock_wall_ms();
  struct told_volume c = {.id = v->id, .asked = age(v->past.asked, now), .space_age = age(v->space_at, now), .heal_age = age(v->heal_at, now),
                          .muted = v->past.not_before > now ? v->past.not_before - now : UNKNOWN_INT, .heals = v->past.heals};
  shape_init(&gluster_space_shape, &c.space);
  shape_init(&gluster_heal_shape, &c.heal);
  if (v->space_at != UNKNOWN_INT) c.space = v->space;
  if (v->heal_at != UNKNOWN_INT) c.heal = v->heal;
  return c;
}

static void publish(const struct turn *v) {
  struct told_volume c = known(v);
  if (v->wanted) share_volume(v->all->w->share, &c);
}

static void hand_on(struct turn *v) {
  int64_t now = clock_mono_ms();
  v->unsaid = now - v->said < HAND_ON_MS;
  if (v->unsaid) return;
  v->said = now;
  publish(v);
}

void turns_tell(const struct turns *t, void (*each)(void *owner, const struct told_volume *v), void *owner) {
  for (const struct turn *v = t->first; v; v = v->next) {
    struct told_volume c = known(v);
    if (v->wanted) each(owner, &c);
  }
}

static bool apart(int64_t a, int64_t b) { return (a == UNKNOWN_INT) != (b == UNKNOWN_INT) || (a != UNKNOWN_INT && (a > b ? a - b : b - a) > SAME_MS); }

/* True when it is news, for those who follow us too. What is none must not be handed on: it would go round for ever. */
static bool hear_past(struct turn *v, const struct told_volume *c, int64_t now, int64_t late) {
  struct lock_past was = v->past;
  int64_t asked = c->asked == UNKNOWN_INT ? UNKNOWN_INT : now - c->asked - late;
  if (asked == UNKNOWN_INT || (was.asked != UNKNOWN_INT && asked < was.asked - SAME_MS)) return false; /* we know of a later one */
  v->past.asked = later(was.asked, asked);
  v->past.not_before = c->muted == UNKNOWN_INT || c->muted <= late ? UNKNOWN_INT : now + c->muted - late;
  v->past.heals = (int)c->heals;
  lock_clamp(&v->past, now);
  return apart(was.asked, v->past.asked) || apart(was.not_before, v->past.not_before);
}

static bool hear_space(struct turn *v, const struct told_volume *c, int64_t at) {
  if (v->space_at != UNKNOWN_INT && at <= v->space_at + SAME_MS) return false;
  copy_fact(&gluster_space_shape, &c->space, &v->space, &v->space_arena);
  v->space_at = at;
  v->past.space = later(v->past.space, at);
  v->tasks_known = v->space.tasks.count > 0;
  return v->tried_space = true;
}

/* A crawl may follow its reading: then the same one comes again, and tells more. */
static bool hear_heal(struct turn *v, const struct told_volume *c, int64_t at) {
  bool same = v->heal_at != UNKNOWN_INT && at <= v->heal_at + SAME_MS;
  if (same && (at < v->heal_at - SAME_MS || c->heal.split_brain == UNKNOWN_INT || c->heal.split_brain == v->heal.split_brain)) return false;
  copy_fact(&gluster_heal_shape, &c->heal, &v->heal, &v->heal_arena);
  if (!same) {
    v->heal_at = at;
    v->theirs = clock_mono_ms();
    unsettled_counted(&v->unsettled, counted(&v->heal)); /* or who reads next would doubt what others have long counted */
  }
  v->past.heal = later(v->past.heal, at);
  return v->tried_heal = true;
}

void turns_heard(struct turns *t, const struct told_volume *c, int64_t late) {
  struct turn *v = t->first;
  int64_t now = clock_wall_ms();
  while (v && !(v->wanted && str_eq(v->id, c->id))) v = v->next;
  if (!v || v == t->busy) return; /* our own answer is on its way */
  bool past = hear_past(v, c, now, late);
  bool space = c->space_age != UNKNOWN_INT && hear_space(v, c, now - c->space_age - late);
  bool heal = c->heal_age != UNKNOWN_INT && hear_heal(v, c, now - c->heal_age - late);
  print(v, space, heal);
  if (past || space || heal) hand_on(v); /* to those who follow us */
  int fd = t->w->options->once || !(space || heal) ? -1 : cache_lock(v->id);
  if (fd < 0) return;
  keep(v, fd);
  cache_unlock(fd);
  v->stamp = cache_stamp(v->id);
}

/* ---- split-brain: a crawl without the lock, only while something waits to heal ---- */
static int64_t pending(const struct gluster_heal *h) {
  int64_t sum = 0;
  for (size_t i = 0; i < h->bricks.count; i++) sum += h->bricks.item[i].pending > 0 ? h->bricks.item[i].pending : 0;
  return sum;
}

static void on_split(void *owner, int code, const char *text, const char *complaint) {
  struct turns *t = owner;
  struct turn *v = t->split_of;
  const struct gluster_volume *volume = volume_by_name(t->w, v->name);
  int64_t n;
  (void)complaint;
  t->splitter = NULL;
  t->split_of = NULL;
  /* A crawl over thousands of entries is dear for the bricks' host: then it comes seldom. One that failed is no such. */
  int64_t now = clock_mono_ms(), pause = 20 * (now - t->split_began);
  v->split_at = now + (code ? 0 : pause < SPLIT_PAUSE_MS ? pause : SPLIT_PAUSE_MS);
  if (!code) emit_raw(t->w->emit, "heal info summary", text, strlen(text));
  if (code || !volume || v->heal_at == UNKNOWN_INT || text_split_brain(text, volume, &n)) return;
  v->heal.split_brain = n;
  print(v, false, true);
  publish(v);
}

static bool ssh_allowed(const struct turns *t) { return clock_mono_ms() >= t->ssh_again; }
static const char *far_host(const struct turns *t) { return asked_is_local(t->w->asked) ? NULL : asked_host(t->w->asked); }

static bool crawls(const struct turns *t) { return asked_well(t->w->asked) && (!far_host(t) || ssh_allowed(t)); }

static void look_for_split(struct turns *t) {
  int64_t now = clock_mono_ms();
  if (t->splitter || !crawls(t)) return;
  for (struct turn *v = t->first; v; v = v->next) {
    if (!v->wanted || v->heal_at == UNKNOWN_INT || pending(&v->heal) == 0 || (v->split_at && now < v->split_at + SPLIT_EVERY_MS)) continue;
    if (v->theirs && now - v->theirs < SPLIT_THEIRS_MS) continue;
    v->split_at = now;
    t->split_began = now;
    t->split_of = v;
    t->splitter = shell_heal(t->w->loop, t->w->ssh, far_host(t), v->name, "info", "summary", on_split, t);
    if (!t->splitter) t->split_of = NULL;
    return;
  }
}

/* ---- one request ---- */
static void end(struct turns *t, int code) {
  struct turn *v = t->busy;
  lock_answered(&v->past, code, clock_wall_ms());
  keep(v, t->cache);
  cache_unlock(t->cache);
  publish(v);
  v->stamp = cache_stamp(v->id); /* our own writing is no news */
  t->cache = -1;
  t->busy = NULL;
  t->doing = LOCK_NONE;
  timer_set(t->timer, NEXT_MS);
}

static void take_heal(struct turn *v, const struct gluster_heal *fresh) {
  int64_t split = v->heal_at != UNKNOWN_INT ? v->heal.split_brain : UNKNOWN_INT;
  copy_fact(&gluster_heal_shape, fresh, &v->heal, &v->heal_arena);
  if (v->heal.split_brain == UNKNOWN_INT && split > 0) v->heal.split_brain = split; /* until the next crawl; "none" does not last so long */
  v->heal_at = clock_wall_ms();
  unsettled_counted(&v->unsettled, counted(&v->heal));
  v->theirs = 0;
  print(v, false, true);
}

static void take_space(struct turn *v, enum lock_turn turn, struct arena *a, const struct dict *d) {
  struct gluster_space fresh;
  shape_init(&gluster_space_shape, &fresh);
  bool known = v->space_at != UNKNOWN_INT;
  if (turn == LOCK_SPACE) read_space(a, d, &fresh);
  else if (known) fresh.bricks.item = v->space.bricks.item, fresh.bricks.count = v->space.bricks.count;
  if (turn == LOCK_TASKS) read_tasks(a, d, &fresh);
  else if (v->has_task && !v->tasks_known) list_add(a, &fresh.tasks, &gluster_task_shape); /* there is one; the list must not say there is none */
  else if (known && v->has_task) fresh.tasks.item = v->space.tasks.item, fresh.tasks.count = v->space.tasks.count;
  copy_fact(&gluster_space_shape, &fresh, &v->space, &v->space_arena);
  v->space_at = clock_wall_ms();
  v->tasks_known |= turn == LOCK_TASKS;
  if (!v->has_task) v->tasks_known = false;
  print(v, true, false);
}

static void on_answer(void *owner, int code, const unsigned char *body, size_t len) {
  struct turns *t = owner;
  struct turn *v = t->busy;
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct answer answer;
  rpc_close(t->rpc);
  if (!code) code = answer_parse(a, body, len, true, &answer);
  if (!code && answer.ret != 0) code = answer.code == LOCK_ERROR || answer.code == LOCK_ERROR_OTHER || text_lock_taken(answer.text) ? -EBUSY : -EIO;
  if (!code && t->doing == LOCK_HEAL) {
    struct gluster_heal heal;
    read_heal(a, &answer.dict, &heal);
    take_heal(v, &heal);
  } else if (!code) {
    take_space(v, t->doing, a, &answer.dict);
  }
  end(t, code);
}

static void on_heal_text(void *owner, int code, const char *text, const char *complaint) {
  struct turns *t = owner;
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct gluster_heal heal;
  t->shell = NULL;
  t->ssh_note[0] = 0;
  if (code == -EACCES) {
    snprintf(t->ssh_note, sizeof t->ssh_note, "heal counts are unknown: ssh to %s: %s", asked_host(t->w->asked) ? asked_host(t->w->asked) : "it",
             complaint[0] ? complaint : "refused");
    t->ssh_again = clock_mono_ms() + SSH_AGAIN_MS;
  }
  if (!code) emit_raw(t->w->emit, "heal statistics heal-count", text, strlen(text));
  if (!code) code = text_heal_count(a, text, &heal);
  if (!code) take_heal(t->busy, &heal);
  end(t, code);
}

static void ask(struct turns *t, struct turn *v) {
  struct sockaddr_storage to;
  socklen_t len;
  int code = asked_address(t->w->asked, &to, &len);
  CLEANUP(str_free) struct str args = {0};
  struct dict_out d = {0};
  if (code) {
    end(t, code);
    return;
  }
  if (t->doing == LOCK_HEAL && far_host(t)) {
    t->shell = shell_heal(t->w->loop, t->w->ssh, far_host(t), v->name, "statistics", "heal-count", on_heal_text, t);
    if (t->shell) return;
    snprintf(t->ssh_note, sizeof t->ssh_note, "heal counts are unknown: ssh cannot be started");
    t->ssh_again = clock_mono_ms() + SSH_AGAIN_MS;
    end(t, -EIO);
    return;
  }
  dict_put(&d, "volname", v->name);
  if (t->doing == LOCK_HEAL) dict_put_int(&d, "heal-op", HEAL_COUNT);
  else dict_put_int(&d, "cmd", STATUS_OF_VOLUME | (t->doing == LOCK_SPACE ? STATUS_DETAIL : STATUS_TASKS));
  dict_send(&args, &d);
  str_free(&d.bytes);
  rpc_connect(t->rpc, (struct sockaddr *)&to, len, CONNECT_MS);
  rpc_call(t->rpc, t->doing == LOCK_HEAL ? &RPC_HEAL : &RPC_STATUS, args.data, args.len, CALL_MS, on_answer, t);
}

/* ---- whose turn it is ---- */
static bool suspect(struct turns *t) {
  const char *who = NULL;
  int64_t now = clock_mono_ms();
  enum suspicion s = probe_suspicion(t->w->probe, &who);
  if (s == SUSPECT_SILENT) t->silent_at = now;
  bool settling = t->silent_at != UNKNOWN_INT && now - t->silent_at < LOCK_SETTLE_MS;
  t->note[0] = 0;
  if (s != SUSPECT_NONE && probe_done(t->w->probe)) snprintf(t->note, sizeof t->note, "space and heals are not read while %s is suspect", who);
  return s != SUSPECT_NONE || settling || !probe_done(t->w->probe) || !asked_well(t->w->asked);
}

static bool task_runs(const struct turn *v) {
  if (v->space_at == UNKNOWN_INT || !v->tasks_known) return true; /* one that just began is read soon */
  for (size_t i = 0; i < v->space.tasks.count; i++) {
    const char *status = v->space.tasks.item[i].status;
    if (!status || strstr(status, "progress")) return true; /* also one of which no more is known than that it is there */
  }
  return false;
}

static struct lock_now view(const struct turns *t, const struct turn *v, bool suspected) {
  int64_t hung_since = 0;
  const struct gluster_volume *volume = volume_by_name(t->w, v->name);
  if (volume) probe_brick_hung(t->w->probe, volume, &hung_since);
  return (struct lock_now){.hung_since = hung_since,
                           .now = clock_wall_ms(),
                           .jitter = v->jitter,
                           .quiet = t->w->quiet || share_quiet(t->w->share),
                           .suspect = suspected,
                           .heals = v->heals && (!far_host(t) || ssh_allowed(t)),
                           .has_task = v->has_task,
                           .task_runs = v->has_task && task_runs(v),
                           .changing = lock_changing(&t->w->changes, clock_mono_ms())};
}

static bool once_was_enough(const struct turns *t, const struct turn *v, enum lock_turn turn) {
  if (!t->w->options->once) return false;
  return turn == LOCK_HEAL ? v->tried_heal : turn == LOCK_SPACE ? v->tried_space : true;
}

static bool begin(struct turns *t, struct turn *v, bool suspected) {
  struct lock_now now = view(t, v, suspected);
  if (!unsettled_next(&v->unsettled, &v->past, &now)) return false;
  int fd = cache_lock(v->id);
  if (fd == -EBUSY) { /* its reading will be ours too */
    v->beside = clock_mono_ms() + BESIDE_MS;
    return false;
  }
  take_over(v, now.now);
  enum lock_turn turn = unsettled_next(&v->unsettled, &v->past, &now);
  if (!turn || once_was_enough(t, v, turn)) {
    cache_unlock(fd);
    return false;
  }
  lock_asked(&v->past, turn, now.now);
  v->jitter = (clock_mono_us() / 7) % LOCK_JITTER_MS;
  v->tried_heal |= turn == LOCK_HEAL;
  v->tried_space |= turn == LOCK_SPACE;
  t->busy = v;
  t->doing = turn;
  t->cache = fd;
  keep(v, fd); /* that it was asked counts, even if we do not live to see the answer */
  publish(v);
  lock_waited(&t->w->changes, clock_mono_ms());
  ask(t, v);
  return true;
}

/* Why this program reads nothing itself, when a suspect peer is not the reason. */
static void explain(struct turns *t) {
  int64_t since;
  const char *leader = share_leader(t->w->share), *busy = share_quiet(t->w->share);
  static const char what[] = "space and heals";
  for (size_t i = 0; i < t->w->volumes.volumes.count; i++) {
    const struct gluster_volume *v = &t->w->volumes.volumes.item[i];
    const char *host = probe_brick_hung(t->w->probe, v, &since);
    if (host) snprintf(t->note, sizeof t->note, "heals of %s are not counted while its brick on %s hangs", v->name, host);
  }
  if (!share_settled(t->w->share)) return;
  if (leader && !strcmp(leader, t->w->options->host)) snprintf(t->note, sizeof t->note, "%s are read by another console here", what);
  else if (leader) snprintf(t->note, sizeof t->note, "%s are read by the console on %s", what, leader);
  else if (!share_reads(t->w->share)) snprintf(t->note, sizeof t->note, "%s are read by a console of root only; none is found", what);
  else if (t->w->quiet || busy) snprintf(t->note, sizeof t->note, "%s are not read while an operation runs on %s", what, busy ? busy : this_host());
}

static void on_timer(void *owner) {
  struct turns *t = owner;
  int64_t now = clock_mono_ms();
  timer_set(t->timer, turns_settled(t) ? TICK_MS : EAGER_MS);
  for (struct turn *v = t->first; v; v = v->next)
    if (v->unsaid) hand_on(v);
  if (t->busy || !t->w->pool_known) return;
  bool suspected = suspect(t), reads = share_reads(t->w->share);
  if (!t->note[0]) explain(t);
  for (struct turn *v = t->first; v; v = v->next) {
    if (!v->wanted || now < v->beside) continue;
    int64_t stamp = cache_stamp(v->id);
    if (stamp != v->stamp) take_over(v, clock_wall_ms());
    v->stamp = stamp;
    doubt_returned(v);
    if (suspected) v->unsettled.forgiven = UNKNOWN_INT;
    else if (t->silent_at != UNKNOWN_INT && v->unsettled.forgiven == UNKNOWN_INT) v->unsettled.forgiven = clock_wall_ms();
    if (!t->busy && reads) begin(t, v, suspected);
  }
  if (!suspected) look_for_split(t);
}

void turns_changed(struct turns *t) {
  if (t->busy || !lock_changing(&t->w->changes, clock_mono_ms())) return;
  timer_set(t->timer, LOCK_AFTER_MS);
}

bool turns_heals_denied(const struct turns *t) { return far_host(t) && t->ssh_note[0]; }

bool turns_settled(const struct turns *t) {
  const char *who;
  if (t->busy || !share_settled(t->w->share)) return false;
  if (!share_reads(t->w->share)) return true; /* what others know came with the settling */
  if (t->w->quiet || probe_suspicion(t->w->probe, &who) != SUSPECT_NONE) return true;
  for (const struct turn *v = t->first; v; v = v->next)
    if (v->wanted && v->heal_at != UNKNOWN_INT && crawls(t) && pending(&v->heal) && (!v->split_at || t->split_of == v))
      return false; /* a crawl is still to come */
  for (const struct turn *v = t->first; v; v = v->next) {
    struct lock_now soon = view(t, v, false);
    soon.now += SOON_MS;
    enum lock_turn turn = v->wanted ? lock_next(&v->past, &soon) : LOCK_NONE;
    if ((turn == LOCK_SPACE && !v->tried_space) || (turn == LOCK_HEAL && !v->tried_heal)) return false;
  }
  return true;
}
