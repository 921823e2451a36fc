#include "sources/live.h"
#include "base/child.h"
#include "base/clock.h"
#include "base/host.h"
#include "base/log.h"
#include "base/ssh.h"
#include "model/fragment.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

/* What comes back is to be read again well within half a minute, so the longest pause is short. */
enum { WATCH_MS = 500, HUNG_MS = 5000, FIRST_WORD_MS = 12000, END_MS = 20000, BACKOFF_MAX_MS = 5000, WELL_MS = 30000 };

/* One row a layer: the program that reads it. */
static const struct {
  enum layer layer;
  const char *program;
} programs[] = {{LAYER_COROSYNC, "kvmconsole-corosync"}, {LAYER_PACEMAKER, "kvmconsole-pacemaker"}, {LAYER_GLUSTER, "kvmconsole-gluster"}, {LAYER_LIBVIRT, "kvmconsole-libvirt"}};

enum told { TOLD_WAYS, TOLD_WHO, TOLD_NEIGHBOURS, TOLD_QUIET, TOLD_PLACEMENT, TOLD_COUNT };

struct process {
  struct live *live;
  enum layer layer;
  char *host, *target, *ssh, *port; /* target: what to connect to, or NULL; ssh: for a source's own road to another host; port: gluster's, where consoles share */
  struct str told[TOLD_COUNT];      /* requests that stand until they change; lines, of this run of the program */
  struct str setup;                 /* libvirt's: what its host is to be asked, lines; a long list is told in parts */
  size_t setup_told;
  struct child *child;
  struct timer *again;
  int64_t started, heard; /* monotonic; heard 0: nothing yet from this process */
  int64_t backoff;
  char lacks[96];         /* a library that it did not find when it was started */
  bool ending;
};

struct live {
  struct loop *loop;
  struct feed *feed;
  const struct config *config;
  const char *only;
  bool read_only, raw, quiet, patient; /* patient: how hosts are set up is waited for */
  unsigned tasks;                      /* that ended: what they changed of a host is to be looked at again */
  struct process **processes; /* pointers: children hold on to them */
  size_t count;
  struct timer *watchdog;
  struct str placement; /* a request, a line; empty: none */
  int64_t placement_at;
  char **asked; /* "VOLUME PATH" of each disk that was asked for */
  size_t asked_count;
  int64_t asked_at;
};

static const char *program_of(enum layer layer) {
  for (size_t i = 0; i < COUNT(programs); i++)
    if (programs[i].layer == layer) return programs[i].program;
  return NULL;
}

/* The console's own judgement takes the same road as a source's word: it is a line, recorded like any other. */
static void judge(struct process *p, enum source_state state, const char *text) {
  CLEANUP(str_free) struct str line = {0};
  struct state_fact s = {.state = (int)state, .text = text};
  const struct source *known = store_source(feed_store(p->live->feed), p->layer, p->host);
  if (known && known->state == state && str_eq(known->text, text)) return;
  int64_t seen = known ? known->seen : UNKNOWN_INT;
  fragment_print(&line, clock_wall_ms(), p->layer, p->host, "state", NULL, &s);
  feed_take(p->live->feed, line.data, line.len, seen == UNKNOWN_INT ? clock_mono_ms() : seen, NULL); /* not the source's word: its age goes on */
}

static void on_line(void *owner, char *line, size_t len, bool cut) {
  struct process *p = owner;
  struct err e = {0};
  p->heard = clock_mono_ms();
  if (cut) {
    log_line("feed", LOG_LEVEL_WARNING, "%s on %s: a line that is too long was dropped", layer_names[p->layer], p->host);
    return;
  }
  line[len] = '\n'; /* where its NUL was; takers get len + 1 bytes */
  feed_take(p->live->feed, line, len + 1, p->heard, &e);
  line[len] = 0;
}

/* "kvmconsole-libvirt: error while loading shared libraries: libvirt.so.0: cannot open shared object file: ..." */
static void note_library(struct process *p, const char *line) {
  static const char words[] = "error while loading shared libraries: ";
  const char *at = strstr(line, words);
  if (at) snprintf(p->lacks, sizeof p->lacks, "%.*s", (int)strcspn(at + sizeof words - 1, ":"), at + sizeof words - 1);
}

static void on_complaint(void *owner, char *line, size_t len, bool cut) {
  struct process *p = owner;
  (void)len, (void)cut;
  if (!p->heard) note_library(p, line);
  log_line(layer_names[p->layer], LOG_LEVEL_INFO, "%s: %s", p->host, line);
}

/* A program that is started anew knows nothing of what the one before it was told. */
static void forget_asked(struct process *p) {
  for (int i = 0; i < TOLD_COUNT; i++) str_reset(&p->told[i]);
  str_reset(&p->setup);
  p->setup_told = 0;
  if (p->layer != LAYER_GLUSTER) return;
  for (size_t i = 0; i < p->live->asked_count; i++) mem_free(p->live->asked[i]);
  p->live->asked_count = 0;
}

static void start(struct process *p);
static void on_again(void *owner) { start(owner); }

static void on_exit_of(void *owner, int status) {
  struct process *p = owner;
  char text[256];
  p->child = NULL;
  if (!p->ending && *p->lacks) { /* the library comes with the layer's own packages: it is not installed, and may be later */
    snprintf(text, sizeof text, "%s is not installed on this host, which %s is built with", p->lacks, program_of(p->layer));
    judge(p, SOURCE_ABSENT, text);
  } else if (!p->ending) {
    if (WIFEXITED(status)) snprintf(text, sizeof text, "%s ended with code %d", program_of(p->layer), WEXITSTATUS(status));
    else snprintf(text, sizeof text, "%s was ended by signal %d", program_of(p->layer), WTERMSIG(status));
    judge(p, SOURCE_DOWN, text);
  }
  if (p->heard && clock_mono_ms() - p->started > WELL_MS) p->backoff = 0; /* it had been well */
  p->backoff = p->backoff ? (p->backoff * 2 > BACKOFF_MAX_MS ? BACKOFF_MAX_MS : p->backoff * 2) : 1000;
  if (!p->again) p->again = loop_timer(p->live->loop, -1, on_again, p);
  timer_set(p->again, p->backoff);
}

static void start(struct process *p) {
  struct err e = {0};
  p->lacks[0] = 0;
  CLEANUP(mem_freep) char *path = child_find(program_of(p->layer));
  if (!path) {
    char text[128];
    snprintf(text, sizeof text, "%s is not installed", program_of(p->layer));
    judge(p, SOURCE_ABSENT, text);
    return;
  }
  const char *argv[12];
  size_t n = 0;
  argv[n++] = path;
  argv[n++] = "--host";
  argv[n++] = p->host;
  if (p->live->read_only) argv[n++] = "--read-only";
  if (p->live->raw) argv[n++] = "--raw";
  if (p->ssh) argv[n++] = "--ssh", argv[n++] = p->ssh;
  if (p->port) argv[n++] = "--share-port", argv[n++] = p->port;
  if (p->target) argv[n++] = "--", argv[n++] = p->target;
  argv[n] = NULL;
  p->started = clock_mono_ms();
  p->heard = 0;
  p->ending = false;
  forget_asked(p);
  p->child = child_start(p->live->loop, &(struct child_spec){.argv = argv, .max_line = FRAGMENT_LINE_MAX, .on_out = on_line, .on_err = on_complaint,
                                                            .on_exit = on_exit_of, .owner = p, .with_input = true}, &e);
  if (!p->child) judge(p, SOURCE_DOWN, e.text);
}

static struct process *find(const struct live *v, enum layer layer, const char *host) {
  for (size_t i = 0; i < v->count; i++)
    if (v->processes[i]->layer == layer && str_eq(v->processes[i]->host, host)) return v->processes[i];
  return NULL;
}

static bool wanted(const struct live *v, enum layer layer) {
  if (!v->only) return true;
  for (const char *s = v->only; *s;) {
    size_t len = strcspn(s, ",");
    if (strlen(layer_names[layer]) == len && !strncmp(s, layer_names[layer], len)) return true;
    s += len + (s[len] == ',');
  }
  return false;
}

/* A host that begins with a dash would be an option of ssh or of our own programs. */
static bool sane_name(const char *host) { return host && *host && *host != '-'; }

static void add(struct live *v, enum layer layer, const char *host, const char *target) {
  if (!wanted(v, layer) || !sane_name(host) || find(v, layer, host)) return;
  struct process *p = mem_alloc(sizeof *p);
  *p = (struct process){.live = v, .layer = layer, .host = mem_strdup(host), .target = mem_strdup(target)};
  if (layer == LAYER_GLUSTER || layer == LAYER_COROSYNC) p->ssh = mem_strdup(config_text(v->config, SET_CLUSTER_SSH));
  if (layer == LAYER_LIBVIRT) p->ssh = config_ssh(v->config, host);
  if (layer == LAYER_GLUSTER) p->port = mem_strdup(config_text(v->config, SET_GLUSTER_SHARE_PORT));
  v->processes = mem_grow(v->processes, v->count + 1, sizeof(struct process *));
  v->processes[v->count++] = p;
  feed_expect(v->feed, layer, host);
  start(p);
}

/* Silence is the one thing a blocked library still tells. */
static void watch_one(struct process *p) {
  if (!p->child) return;
  int64_t now = clock_mono_ms(), silent = now - (p->heard ? p->heard : p->started);
  if (silent < (p->heard ? HUNG_MS : FIRST_WORD_MS)) return;
  judge(p, SOURCE_HUNG, p->heard ? "it does not answer" : "it does not answer: the connection does not come about");
  if (silent >= END_MS && !p->ending) {
    p->ending = true;
    child_end(p->child);
  }
}

static void on_watch(void *owner) {
  struct live *v = owner;
  timer_set(v->watchdog, WATCH_MS);
  for (size_t i = 0; i < v->count; i++) watch_one(v->processes[i]);
}

struct live *live_start(struct loop *l, struct feed *f, const struct feed_options *o) {
  static const struct config defaults;
  struct live *v = mem_alloc(sizeof *v);
  *v = (struct live){.loop = l, .feed = f, .config = o->config ? o->config : &defaults, .only = o->only, .read_only = o->read_only, .raw = o->raw, .patient = o->patient};
  const char *gluster = config_text(v->config, SET_GLUSTER_HOST);
  const struct host_config *here = config_host(v->config, this_host());
  add(v, LAYER_COROSYNC, this_host(), NULL);
  add(v, LAYER_PACEMAKER, this_host(), NULL);
  add(v, LAYER_GLUSTER, this_host(), *gluster ? gluster : NULL);
  add(v, LAYER_LIBVIRT, this_host(), here ? here->libvirt : NULL);
  for (size_t i = 0; i < v->config->host_count; i++)
    if (v->config->hosts[i].libvirt) add(v, LAYER_LIBVIRT, v->config->hosts[i].name, v->config->hosts[i].libvirt);
  v->watchdog = loop_timer(l, WATCH_MS, on_watch, v);
  return v;
}

void live_end(struct live *v) {
  if (!v) return;
  for (size_t i = 0; i < v->count; i++) {
    struct process *p = v->processes[i];
    child_drop(p->child);
    timer_end(p->again);
    mem_free(p->host), mem_free(p->target), mem_free(p->ssh), mem_free(p->port);
    for (int j = 0; j < TOLD_COUNT; j++) str_free(&p->told[j]);
    str_free(&p->setup);
    mem_free(p);
  }
  for (size_t i = 0; i < v->asked_count; i++) mem_free(v->asked[i]);
  str_free(&v->placement);
  mem_free(v->asked);
  mem_free(v->processes);
  timer_end(v->watchdog);
  mem_free(v);
}

/* ---- what the first answers tell us to read as well ---- */

static void add_hypervisor(struct live *v, const struct host_view *h) {
  if (h->here == TRUTH_YES || find(v, LAYER_LIBVIRT, h->name)) return;
  for (size_t i = 0; i < h->aliases.count; i++)
    if (find(v, LAYER_LIBVIRT, h->aliases.item[i])) return;
  const struct host_config *c = config_host(v->config, h->name);
  if (c && c->libvirt) {
    add(v, LAYER_LIBVIRT, h->name, c->libvirt);
    return;
  }
  CLEANUP(mem_freep) char *ssh = config_ssh(v->config, h->name);
  CLEANUP(mem_freep) char *uri = mem_printf("qemu+ssh://%s/system", ssh);
  add(v, LAYER_LIBVIRT, h->name, uri);
}

static void ask_disk(struct live *v, const struct disk_view *d) {
  struct process *p = find(v, LAYER_GLUSTER, this_host());
  if (!p || !p->child || !d->volume || !d->path || strpbrk(d->path, "\n\r") || strpbrk(d->volume, " \n\r")) return;
  CLEANUP(mem_freep) char *line = mem_printf("disks %s %s\n", d->volume, d->path);
  for (size_t i = 0; i < v->asked_count; i++)
    if (str_eq(v->asked[i], line)) return;
  if (child_send(p->child, line, strlen(line))) return;
  v->asked = mem_grow(v->asked, v->asked_count + 1, sizeof(char *));
  v->asked[v->asked_count++] = mem_strdup(line);
  v->asked_at = clock_mono_ms();
}

/* Requests, lines, that stand until they change. */
static void tell(struct process *p, enum told what, const struct str *lines) {
  if (!p || !p->child || str_eq(str_text(lines), str_text(&p->told[what]))) return;
  for (const char *at = str_text(lines), *end; (end = strchr(at, '\n')); at = end + 1)
    if (child_send(p->child, at, (size_t)(end + 1 - at))) return; /* all of it again, later */
  str_reset(&p->told[what]);
  str_add(&p->told[what], str_text(lines));
}

/* A node that is no member is asked for its own view over ssh: by every name and address that any layer knows of it. */
static void tell_ways(struct live *v, const struct snapshot *s) {
  CLEANUP(str_free) struct str lines = {0};
  for (size_t i = 0; i < s->hosts.count; i++) {
    const struct host_view *h = &s->hosts.item[i];
    if (h->membership != MEMBERSHIP_LEFT || h->here == TRUTH_YES || !ssh_host_valid(h->name)) continue;
    str_addf(&lines, "ways %s", h->name);
    const struct texts self = {(const char *[]){h->name}, 1}, *const names[] = {&self, &h->aliases, &h->addresses};
    for (size_t j = 0; j < COUNT(names); j++)
      for (size_t k = 0; k < names[j]->count; k++) {
        CLEANUP(mem_freep) char *to = ssh_host_valid(names[j]->item[k]) ? config_ssh(v->config, names[j]->item[k]) : NULL;
        if (to && !strpbrk(to, " \n\r")) str_addf(&lines, " %s", to);
      }
    str_addc(&lines, '\n');
  }
  tell(find(v, LAYER_COROSYNC, this_host()), TOLD_WAYS, &lines);
}

/* A host that runs domains may be a peer under another name: the daemon at its address knows. */
static void tell_who(struct live *v, const struct snapshot *s) {
  CLEANUP(str_free) struct str lines = {0};
  bool pool = false;
  for (size_t i = 0; i < s->hosts.count; i++) {
    const struct host_view *h = &s->hosts.item[i];
    pool |= texts_have(&h->roles, "gluster");
    if (!texts_have(&h->roles, "kvm") || !h->addresses.count || !ssh_host_valid(h->name)) continue;
    str_addf(&lines, "who %s", h->name);
    for (size_t j = 0; j < h->addresses.count; j++) str_addf(&lines, " %s", h->addresses.item[j]);
    str_addc(&lines, '\n');
  }
  if (pool) tell(find(v, LAYER_GLUSTER, this_host()), TOLD_WHO, &lines);
}

static void add_word(struct str *line, const char *word) {
  enum { LINE_MAX_BYTES = 7000 };
  if (sane_name(word) && !strpbrk(word, " \n\r") && line->len + strlen(word) < LINE_MAX_BYTES) str_addf(line, " %s", word);
}

/* Where other consoles may be, for those that read what is read only once: every host known, and those configured. */
static void tell_neighbours(struct live *v, const struct snapshot *s) {
  CLEANUP(str_free) struct str line = {0}, hosts = {0};
  bool member = false;
  for (size_t i = 0; i < s->hosts.count; i++) {
    const struct host_view *h = &s->hosts.item[i];
    if (h->here == TRUTH_YES) {
      member = h->membership || h->pacemaker;
      continue;
    }
    for (size_t j = 0; j < h->addresses.count; j++) add_word(&hosts, h->addresses.item[j]);
    if (!h->addresses.count) add_word(&hosts, h->name);
  }
  for (size_t i = 0; i < v->config->host_count; i++)
    if (strcmp(v->config->hosts[i].name, this_host()) != 0) add_word(&hosts, v->config->hosts[i].name);
  str_addf(&line, "neighbours %s%s\n", member ? "member" : "outsider", str_text(&hosts));
  tell(find(v, LAYER_GLUSTER, this_host()), TOLD_NEIGHBOURS, &line);
}

/* What each KVM host is to be asked about itself: whether root gets to the other nodes, and reads the definitions of pacemaker's domains. */
static void add_peers(const struct snapshot *s, const struct pcmk_nodes *n, const struct process *p, struct str *lines) {
  for (size_t i = 0; i < n->nodes.count; i++) {
    const char *name = n->nodes.item[i].name;
    if (!ssh_host_valid(name) || str_eq(n->nodes.item[i].type, "remote") || str_eq(n->nodes.item[i].type, "guest") || snapshot_host(s, name) == snapshot_host(s, p->host)) continue;
    str_addf(lines, "setup peer %s\n", name);
  }
}

/* A pipe that is full takes the rest of it later. */
static void tell_setup(struct process *p, const struct str *lines) {
  if (!str_eq(str_text(lines), str_text(&p->setup))) {
    str_reset(&p->setup);
    str_addn(&p->setup, lines->data, lines->len);
    p->setup_told = 0;
  }
  for (const char *end; p->setup_told < p->setup.len && (end = strchr(p->setup.data + p->setup_told, '\n')); p->setup_told = (size_t)(end + 1 - p->setup.data))
    if (child_send(p->child, p->setup.data + p->setup_told, (size_t)(end + 1 - p->setup.data) - p->setup_told)) return;
}

static void tell_setups(struct live *v, const struct snapshot *s) {
  const struct store *store = feed_store(v->feed);
  const struct fact *nodes = store_fact(store, "pacemaker.nodes", NULL, NULL), *config = store_fact(store, "pacemaker.config", NULL, NULL);
  CLEANUP(str_free) struct str definitions = {0}, lines = {0}; /* the former are the same for all */
  if (!nodes || !config) return;
  const struct pcmk_config *c = config->fragment->data;
  for (size_t i = 0; i < c->resources.count; i++) {
    const char *path = definition_path(&c->resources.item[i]);
    if (path) str_addf(&definitions, "setup definition %s\n", path);
  }
  for (size_t i = 0; i < v->count; i++) {
    if (v->processes[i]->layer != LAYER_LIBVIRT || !v->processes[i]->child) continue;
    str_reset(&lines);
    const struct host_view *h = snapshot_host(s, v->processes[i]->host);
    str_addf(&lines, "setup begin %u %d %zu\n", v->tasks, h ? h->membership : 0, s->failures.count); /* a host that came back, or what failed: its mount may be gone */
    add_peers(s, nodes->fragment->data, v->processes[i], &lines);
    str_add(&lines, str_text(&definitions));
    str_add(&lines, "setup end\n");
    tell_setup(v->processes[i], &lines);
  }
}

void live_look_again(struct live *v) { v->tasks++; }

/* While an operation runs here nobody takes a volume's lock to read: our program passes it on to those of the other consoles. */
void live_quiet(struct live *v, bool quiet) {
  CLEANUP(str_free) struct str line = {0};
  v->tasks += v->quiet && !quiet;
  v->quiet = quiet;
  str_add(&line, quiet ? "quiet on\n" : "quiet off\n");
  tell(find(v, LAYER_GLUSTER, this_host()), TOLD_QUIET, &line);
}

void live_place(struct live *v, const char *nodes) {
  str_reset(&v->placement);
  if (strpbrk(nodes, "\n\r")) return;
  str_addf(&v->placement, "placement %s\n", nodes);
  v->placement_at = clock_mono_ms();
  tell(find(v, LAYER_PACEMAKER, this_host()), TOLD_PLACEMENT, &v->placement);
}

void live_discover(struct live *v, const struct snapshot *s) {
  tell_ways(v, s);
  tell_who(v, s);
  tell_neighbours(v, s);
  tell_setups(v, s);
  if (v->quiet) live_quiet(v, true); /* a program that was started anew meanwhile */
  if (v->placement.len) tell(find(v, LAYER_PACEMAKER, this_host()), TOLD_PLACEMENT, &v->placement);
  for (size_t i = 0; i < s->hosts.count; i++) {
    const struct host_view *h = &s->hosts.item[i];
    if (h->membership || h->pacemaker) add_hypervisor(v, h);
  }
  for (size_t i = 0; i < s->domains.count; i++)
    for (size_t j = 0; j < s->domains.item[i].disks.count; j++) ask_disk(v, &s->domains.item[i].disks.item[j]);
}

/* Disks asked for are waited for, but not long: they are an extra. */
static bool disks_answered(const struct live *v) {
  enum { PATIENCE_MS = 2000 };
  if (!v->asked_count || clock_mono_ms() - v->asked_at > PATIENCE_MS) return true;
  const struct fact *f = store_fact(feed_store(v->feed), "gluster.disks", NULL, NULL);
  const struct gluster_disks *d = f ? f->fragment->data : NULL;
  return d && d->disks.count >= v->asked_count;
}

/* Nor is one that has left asked for long; until then it is not known whether it lives. */
static bool outlooks_answered(const struct live *v) {
  enum { PATIENCE_MS = 8000 };
  const struct fact *f = store_fact(feed_store(v->feed), "corosync.outlook", NULL, NULL);
  const struct corosync_outlooks *o = f ? f->fragment->data : NULL;
  for (size_t i = 0; o && clock_mono_ms() - f->since < PATIENCE_MS && i < o->nodes.count; i++)
    if (o->nodes.item[i].asked == TRUTH_UNKNOWN) return false;
  return true;
}

static bool placed(const struct live *v, const char *key) { return store_fact(feed_store(v->feed), "pacemaker.placement", NULL, key) != NULL; }

/* Where resources would go is read after all else, a node at a time; a verdict waits for it, but not for ever. */
static bool placement_answered(const struct live *v) {
  enum { PATIENCE_MS = 3000, ASKED_MS = 6000 };
  const struct source *p = store_source(feed_store(v->feed), LAYER_PACEMAKER, this_host());
  const struct fact *f = store_fact(feed_store(v->feed), "pacemaker.nodes", NULL, NULL);
  const struct pcmk_nodes *n = f ? f->fragment->data : NULL;
  CLEANUP(mem_freep) char *wanted = v->placement.len ? mem_strndup(v->placement.data + strlen("placement "), v->placement.len - strlen("placement \n")) : NULL;
  if (!p || p->state != SOURCE_OK || !n) return true;
  if (wanted && !placed(v, wanted) && clock_mono_ms() - v->placement_at < ASKED_MS) return false;
  for (size_t i = 0; clock_mono_ms() - f->since < PATIENCE_MS && i < n->nodes.count; i++)
    if (n->nodes.item[i].online == TRUTH_YES && n->nodes.item[i].name && !placed(v, n->nodes.item[i].name)) return false;
  return true;
}

/* How hosts are set up is asked of them at last; only who wants to know that waits for it. */
static bool setups_answered(const struct live *v) {
  enum { PATIENCE_MS = 6000 };
  for (size_t i = 0; v->patient && i < v->count; i++) {
    const struct process *p = v->processes[i];
    const struct source *known = p->layer == LAYER_LIBVIRT ? store_source(feed_store(v->feed), p->layer, p->host) : NULL;
    if (known && known->state == SOURCE_OK && clock_mono_ms() - p->started < PATIENCE_MS && !store_fact(feed_store(v->feed), "libvirt.setup", p->host, NULL)) return false;
  }
  return true;
}

bool live_complete(const struct live *v) {
  const struct store *s = feed_store(v->feed);
  for (size_t i = 0; i < s->source_count; i++)
    if (s->sources[i].state == SOURCE_UNKNOWN) return false;
  return s->source_count > 0 && disks_answered(v) && outlooks_answered(v) && placement_answered(v) && setups_answered(v);
}
