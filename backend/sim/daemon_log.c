#include "sim/daemon_log.h"
#include "sim/host.h"
#include "sim/net.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LINES_KEPT = 8192, LINES_DROPPED = 1024, BEFORE_MS = 90000 };

struct line { int64_t at; char *host, *who, *text; int to, priority; };
struct fact { const char *key, *value; };
struct facts { struct arena *arena; struct fact *item; size_t count, room; };

struct daemon_log {
  struct line *lines; /* by time */
  size_t count;
  struct facts facts[LAYER_COUNT]; /* as they were; of LAYER_NONE: the hosts themselves */
  bool begun;
  size_t shooting; /* fencing begins without a word: nothing else has changed then */
  int64_t now;
};

struct daemon_log *daemon_log_new(void) { return mem_alloc(sizeof(struct daemon_log)); }

static void free_line(struct line *x) { mem_free(x->host), mem_free(x->who), mem_free(x->text); }

void daemon_log_free(struct daemon_log *l) {
  if (!l) return;
  for (size_t i = 0; i < l->count; i++) free_line(&l->lines[i]);
  mem_free(l->lines);
  for (int i = 0; i < LAYER_COUNT; i++) arena_free(l->facts[i].arena), mem_free(l->facts[i].item);
  mem_free(l);
}

void daemon_log_add(struct daemon_log *l, const char *host, enum log_to to, const char *who, int priority, const char *format, ...) {
  char text[2048];
  va_list ap;
  va_start(ap, format);
  vsnprintf(text, sizeof text, format, ap);
  va_end(ap);
  if (l->count == LINES_KEPT) {
    for (size_t i = 0; i < LINES_DROPPED; i++) free_line(&l->lines[i]);
    memmove(l->lines, l->lines + LINES_DROPPED, (LINES_KEPT - LINES_DROPPED) * sizeof *l->lines);
    l->count -= LINES_DROPPED;
  }
  if (!l->lines) l->lines = mem_grow(NULL, LINES_KEPT, sizeof *l->lines);
  l->lines[l->count++] = (struct line){l->now, mem_strdup(host), mem_strdup(who), mem_strdup(text), (int)to, priority};
}

/* ---- the facts that are looked at ---- */

static void put(struct facts *f, const char *value, const char *format, ...) PRINTF(3, 4);
static void put(struct facts *f, const char *value, const char *format, ...) {
  char key[1024];
  va_list ap;
  va_start(ap, format);
  vsnprintf(key, sizeof key, format, ap);
  va_end(ap);
  if (f->count == f->room) f->item = mem_grow(f->item, f->room = f->room ? f->room * 2 : 64, sizeof *f->item);
  f->item[f->count++] = (struct fact){arena_strdup(f->arena, key), arena_strdup(f->arena, value ? value : "")};
}

static void look_hosts(struct facts *f, const struct world *w) {
  EACH(w->hosts, struct sim_host, h) {
    if (h->power == POWER_OFF || h->power == POWER_BOOTING) continue;
    put(f, "up", "1host\t%s", h->name); /* the first to be told of, so that a boot stands before what comes of it */
    EACH(h->daemons, struct sim_daemon, d) put(f, life_names[d->life], "daemon\t%s\t%s", h->name, d->name);
  }
}

static void look_corosync(struct facts *f, const struct world *w) {
  EACH(w->hosts, struct sim_host, h) {
    if (!KNOWN(h->node_id) || !daemon_runs(h, "corosync")) continue;
    for (size_t i = 0; i < h->members.count; i++) put(f, "member", "member\t%s\t%s", h->name, h->members.item[i]);
    if (h->members.count) put(f, YES(h->quorate) ? "yes" : "no", "quorate\t%s", h->name);
    EACH(w->hosts, struct sim_host, o)
      if (o != h && KNOWN(o->node_id) && !hosts_reach(w, h, o, TRAFFIC_COROSYNC)) put(f, "down", "link\t%s\t%" PRId64, h->name, o->node_id);
  }
}

static void look_pacemaker(struct facts *f, const struct world *w) {
  EACH(w->hosts, struct sim_host, h)
    if (daemon_runs(h, "pacemaker") && h->joined == JOIN_ONLINE) put(f, h->dc, "dc\t%s", h->name);
  EACH(w->failures, struct pcmk_failure, x) put(f, x->reason, "afailure\t%s\t%s\t%s\t%" PRId64, x->resource, x->node, x->task, x->at); /* before the operation that is over */
  EACH(w->ops, struct sim_op, o) put(f, o->dc, "op\t%s\t%s\t%s\t%s\t%" PRId64, o->resource, o->node, o->task, o->target ? o->target : "", o->id);
  EACH(w->shooting, struct sim_fencing, x) put(f, x->from, "shoot\t%s\t%s\t%s\t%s\t%" PRId64, x->target, x->action, x->device ? x->device : "", x->client, x->began);
  EACH(w->fenced, struct pcmk_fence_event, e) put(f, e->status, "fenced\t%s\t%s\t%s\t%s\t%" PRId64, e->target, e->action, e->delegate ? e->delegate : "", e->client, e->at);
}

static const struct sim_host *host_named(const struct world *w, const char *name) { return name ? world_host(w, name) : NULL; }

static void look_gluster(struct facts *f, const struct world *w) {
  EACH(w->volumes, struct sim_volume, v) {
    put(f, v->status, "volume\t%s", v->name);
    EACH(v->bricks, struct sim_brick, b) {
      const struct sim_host *on = host_named(w, b->host);
      if (!on || !host_up(on)) continue;
      put(f, life_names[b->life], "brick\t%s\t%s\t%s\t%" PRId64, b->host, b->path, v->name, b->port);
      put(f, b->behind > 0 ? "behind" : "whole", "heal\t%s\t%s\t%s\t%" PRId64, b->host, b->path, v->name, b->set);
    }
    EACH(w->hosts, struct sim_host, h) {
      if (!host_up(h)) continue;
      EACH(h->mounts, struct sim_mount, m) {
        if (!str_eq(m->volume, v->name)) continue;
        for (size_t i = 0; i < v->bricks.count; i++) {
          const struct sim_host *on = host_named(w, v->bricks.item[i].host);
          bool there = on && v->bricks.item[i].life == LIFE_RUNNING && hosts_reach(w, h, on, TRAFFIC_GLUSTER);
          put(f, there ? "yes" : "no", "client\t%s\t%s\t%s\t%zu\t%s", h->name, m->mount, v->name, i, v->bricks.item[i].path);
        }
      }
    }
  }
}

static void look_libvirt(struct facts *f, const struct world *w) {
  EACH(w->domains, struct sim_domain, d)
    EACH(d->instances, struct sim_instance, i) put(f, i->state, "vm\t%s\t%s", i->host, d->name);
}

static int by_key(const void *a, const void *b) { return strcmp(((const struct fact *)a)->key, ((const struct fact *)b)->key); }

static void compare(struct daemon_log *l, const struct world *w, const struct facts *was, const struct facts *is) {
  for (size_t a = 0, b = 0; a < was->count || b < is->count;) {
    int c = a == was->count ? 1 : b == is->count ? -1 : strcmp(was->item[a].key, is->item[b].key);
    if (c < 0) daemon_log_changed(l, w, was->item[a].key, was->item[a].value, NULL);
    else if (c > 0) daemon_log_changed(l, w, is->item[b].key, NULL, is->item[b].value);
    else if (strcmp(was->item[a].value, is->item[b].value)) daemon_log_changed(l, w, is->item[b].key, was->item[a].value, is->item[b].value);
    a += c <= 0;
    b += c >= 0;
  }
}

/* What was there before time began was written a while before. */
void daemon_log_watch(struct daemon_log *l, const struct world *w) {
  static void (*const look[LAYER_COUNT])(struct facts *f, const struct world *w) = {
      [LAYER_NONE] = look_hosts, [LAYER_COROSYNC] = look_corosync, [LAYER_PACEMAKER] = look_pacemaker, [LAYER_GLUSTER] = look_gluster, [LAYER_LIBVIRT] = look_libvirt};
  bool shot = l->shooting != w->shooting.count;
  if (l->begun && !w->changed && !shot) return;
  l->shooting = w->shooting.count;
  l->now = l->begun ? w->clock : w->clock - BEFORE_MS;
  for (int i = 0; i < LAYER_COUNT; i++) {
    if (!look[i] || (i != LAYER_NONE && l->begun && !(w->changed & (1u << i)) && !(i == LAYER_PACEMAKER && shot))) continue;
    struct facts is = {.arena = arena_new()};
    look[i](&is, w);
    if (is.count) qsort(is.item, is.count, sizeof *is.item, by_key);
    compare(l, w, &l->facts[i], &is);
    arena_free(l->facts[i].arena);
    mem_free(l->facts[i].item);
    l->facts[i] = is;
  }
  l->begun = true;
}

/* ---- as it stands in the files ---- */

static const struct { const char *how, *place; } places[TO_COUNT] = { /* as log_kinds[] has them */
    [TO_JOURNAL] = {"units", NULL}, [TO_PACEMAKER] = {"files", "/var/log/pacemaker"}, [TO_COROSYNC] = {"files", "/var/log/cluster"}, [TO_GLUSTERD] = {"files", "/var/log/glusterfs"},
    [TO_SHD] = {"files", "/var/log/glusterfs"}, [TO_MOUNT] = {"files", "/var/log/glusterfs"}, [TO_BRICK] = {"files", "/var/log/glusterfs/bricks"},
    [TO_LIBVIRTD] = {"files", "/var/log/libvirt"}, [TO_QEMU] = {"files", "/var/log/libvirt/qemu"}};

/* A path as gluster makes a file's name of it: "/data/b1" is data-b1. */
static void file_of(const struct line *x, const char *place, char out[512]) {
  const char *names[TO_COUNT] = {[TO_PACEMAKER] = "pacemaker", [TO_COROSYNC] = "corosync", [TO_GLUSTERD] = "glusterd", [TO_SHD] = "glustershd", [TO_LIBVIRTD] = "libvirtd"};
  char base[256];
  snprintf(base, sizeof base, "%s", names[x->to] ? names[x->to] : x->who + strspn(x->who, "/"));
  for (char *p = base; *p; p++)
    if (*p == '/') *p = '-';
  snprintf(out, 512, "%s/%s.log", place, base);
}

static void print_line(const struct line *x, struct str *out) {
  static const char *const words[] = {"emerg", "alert", "crit", "error", "warning", "notice", "info", "debug"};
  static const char letters[] = "MACEWNID";
  char day[32], month[32];
  time_t s = (time_t)(x->at / 1000);
  int ms = (int)(x->at % 1000);
  struct tm tm;
  gmtime_r(&s, &tm);
  strftime(day, sizeof day, "%Y-%m-%d %H:%M:%S", &tm);
  strftime(month, sizeof month, "%b %d %H:%M:%S", &tm);
  str_addc(out, '|');
  switch ((enum log_to)x->to) {
  case TO_JOURNAL:
    str_addf(out, "{\"__REALTIME_TIMESTAMP\":\"%" PRId64 "\",\"PRIORITY\":\"%d\",\"SYSLOG_IDENTIFIER\":", x->at * 1000, x->priority);
    json_text(out, x->who);
    str_add(out, ",\"MESSAGE\":");
    json_text(out, x->text);
    str_addc(out, '}');
    break;
  case TO_PACEMAKER: str_addf(out, "%s.%03d %s %-19s [%d] (log_op) \t%s: %s", month, ms, x->host, x->who, 1200 + (int)strlen(x->who), words[x->priority], x->text); break;
  case TO_COROSYNC: str_addf(out, "%s.%03d [1112] %s corosync %-7s %s", month, ms, x->host, words[x->priority], x->text); break;
  case TO_GLUSTERD:
  case TO_SHD:
  case TO_MOUNT:
  case TO_BRICK: str_addf(out, "[%s.%06d +0000] %c %s", day, ms * 1000, letters[x->priority], x->text); break;
  case TO_LIBVIRTD: str_addf(out, "%s.%03d+0000: 987: %s : %s", day, ms, words[x->priority], x->text); break;
  case TO_QEMU:
    if (str_starts(x->text, "qemu-")) str_addf(out, "%.10sT%s.%06dZ %s", day, day + 11, ms * 1000, x->text);
    else str_addf(out, "%s.%03d+0000: %s", day, ms, x->text);
    break;
  case TO_COUNT: break;
  }
  str_addc(out, '\n');
}

/* One file: those of its lines that are not too many. */
static void print_file(const struct daemon_log *l, const struct line *first, const char *number, const char *place, int64_t until, int64_t most, struct str *out) {
  char file[512], other[512];
  int64_t n = 0;
  file_of(first, place, file);
  str_addf(out, "K %s %s\n", number, first->to == TO_JOURNAL ? "journal" : file);
  for (int turn = 0; turn < 2; turn++) {
    int64_t skip = turn && n > most ? n - most : 0;
    if (skip) str_addf(out, "X %" PRId64 "\n", skip);
    for (const struct line *x = first; x < l->lines + l->count && x->at <= until; x++) {
      if (x->to != first->to || strcmp(x->host, first->host)) continue;
      if (x->to != TO_JOURNAL && (file_of(x, place, other), strcmp(file, other))) continue;
      if (!turn) n++;
      else if (skip) skip--;
      else print_line(x, out);
    }
  }
}

void daemon_log_print(const struct daemon_log *l, const char *host, const char *number, const char *how, const char *place, int64_t since, int64_t until, int64_t most, struct str *out) {
  CLEANUP(str_free) struct str seen = {0};
  char file[512];
  for (const struct line *x = l->lines; x && x < l->lines + l->count && x->at <= until; x++) {
    if (x->at < since || strcmp(x->host, host) || strcmp(how, places[x->to].how) || (places[x->to].place && strcmp(place, places[x->to].place))) continue;
    file_of(x, place, file);
    CLEANUP(mem_freep) char *mark = x->to == TO_JOURNAL ? mem_strdup("\njournal\n") : mem_printf("\n%s\n", file);
    if (strstr(str_text(&seen), mark)) continue;
    str_add(&seen, mark);
    print_file(l, x, number, place, until, most, out);
  }
}
