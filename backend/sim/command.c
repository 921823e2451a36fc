/* The executor: finds the row, runs it, lets the world's time pass. */
#include "sim/command.h"
#include "sim/host.h"
#include "sim/net.h"
#include <stdio.h>
#include <string.h>

enum { FIRST_MS = 40, WAIT_MS = 200, WAIT_MAX_MS = 3600000, SSH_MS = 3000, ARGS_MAX = 512 };

static const struct command *const tables[] = {gluster_commands, gluster_brick_commands, pcs_commands, crm_commands, cib_commands, virsh_commands, system_commands, host_commands, link_commands, tool_commands, log_commands, drill_commands, guard_commands, store_commands, domain_commands, member_commands};

/* The package that brings a program; NULL: it is always there. */
static const struct { const char *program, *packages; } owners[] = {
    {"gluster", "glusterfs-server glusterfs-client"}, {"pcs", "pcs"}, {"crm_mon", "pacemaker"}, {"crm_resource", "pacemaker"}, {"crm_node", "pacemaker"}, {"crm_standby", "pacemaker"},
    {"stonith_admin", "pacemaker"}, {"crm_attribute", "pacemaker"}, {"cibadmin", "pacemaker"}, {"crm_simulate", "pacemaker"}, {"attrd_updater", "pacemaker"}, {"corosync-quorumtool", "corosync"}, {"corosync-cfgtool", "corosync"}, {"virsh", "libvirt-daemon-system"}, {"qemu-img", "qemu-system-x86"},
    {"sbd", "sbd"}, {"firewall-cmd", "firewalld"}, {"ufw", "ufw"}};

/* ---- for the commands ---- */

static void add_line(struct str *to, const char *format, va_list ap) {
  char text[8192];
  vsnprintf(text, sizeof text, format, ap);
  str_add(to, text);
  str_addc(to, '\n');
}

void say(struct call *c, const char *format, ...) {
  va_list ap;
  va_start(ap, format);
  add_line(&c->r->out, format, ap);
  va_end(ap);
}

static int end_with(struct call *c, int code, struct str *to, const char *format, va_list ap) {
  add_line(to, format, ap);
  c->r->code = code;
  return COMMAND_DONE;
}

int fail(struct call *c, int code, const char *format, ...) {
  va_list ap;
  va_start(ap, format);
  int done = end_with(c, code, &c->r->err, format, ap);
  va_end(ap);
  return done;
}

int fail_out(struct call *c, int code, const char *format, ...) {
  va_list ap;
  va_start(ap, format);
  int done = end_with(c, code, &c->r->out, format, ap);
  va_end(ap);
  return done;
}

const char *value_of(const struct call *c, const char *shorter, const char *longer) {
  size_t len = longer ? strlen(longer) : 0;
  for (size_t i = 1; i < c->argc; i++) {
    bool named = (shorter && str_eq(c->argv[i], shorter)) || (longer && str_eq(c->argv[i], longer));
    if (named && i + 1 < c->argc) return c->argv[i + 1];
    if (longer && !strncmp(c->argv[i], longer, len) && c->argv[i][len] == '=') return c->argv[i] + len + 1;
  }
  return NULL;
}

bool has_flag(const struct call *c, const char *shorter, const char *longer) {
  for (size_t i = 1; i < c->argc; i++)
    if ((shorter && str_eq(c->argv[i], shorter)) || (longer && str_eq(c->argv[i], longer))) return true;
  return false;
}

const char *word_at(const struct call *c, size_t n) {
  for (size_t i = 0; i < c->count; i++)
    if (c->rest[i][0] != '-' && n-- == 0) return c->rest[i];
  return NULL;
}

const char *assigned(const struct call *c, const char *key) {
  size_t len = strlen(key);
  for (size_t i = 0; i < c->count; i++)
    if (!strncmp(c->rest[i], key, len) && c->rest[i][len] == '=') return c->rest[i] + len + 1;
  return NULL;
}

/* ---- the table ---- */

static bool installed(const struct sim_host *h, const char *program) {
  for (size_t i = 0; i < COUNT(owners); i++) {
    if (strcmp(owners[i].program, program)) continue;
    for (size_t k = 0; k < h->packages.count; k++) {
      const char *at = strstr(owners[i].packages, h->packages.item[k]);
      size_t len = strlen(h->packages.item[k]);
      if (at && (at[len] == ' ' || !at[len])) return true;
    }
    return false;
  }
  return true;
}

/* Options before the subcommand ("gluster --mode=script", "virsh -c URI"): how many words they are. */
static size_t global_options(const char *const *argv, size_t argc) {
  size_t i = 1;
  while (i < argc && argv[i][0] == '-') i += str_eq(argv[i], "-c") || str_eq(argv[i], "--connect") ? 2 : 1;
  return i < argc ? i : argc;
}

/* How many words of argv from there are the subcommand's; 0: they are not it. */
static size_t matches(const char *subcommand, const char *const *argv, size_t argc, size_t from) {
  size_t words = 0;
  for (const char *p = subcommand; *p;) {
    size_t len = strcspn(p, " ");
    if (from + words >= argc || strlen(argv[from + words]) != len || strncmp(argv[from + words], p, len)) return 0;
    words++;
    p += len + (p[len] == ' ');
  }
  return words;
}

static const struct command *find(const char *const *argv, size_t argc, size_t *ret_skip) {
  const struct command *best = NULL;
  size_t most = 0, from = global_options(argv, argc);
  for (size_t t = 0; t < COUNT(tables); t++)
    for (const struct command *k = tables[t]; k->program; k++) {
      if (strcmp(k->program, argv[0])) continue;
      size_t words = matches(k->subcommand, argv, argc, from);
      if (*k->subcommand && !words) continue;
      if (best && words <= most) continue;
      best = k;
      most = words;
      *ret_skip = *k->subcommand ? from + words : 1;
    }
  return best;
}

bool command_exists(const char *program, const char *subcommand) {
  for (size_t t = 0; t < COUNT(tables); t++)
    for (const struct command *k = tables[t]; k->program; k++)
      if (!strcmp(k->program, program) && (!subcommand || str_eq(k->subcommand, subcommand))) return true;
  return false;
}

/* ---- running ---- */

struct sim_command {
  struct sim *sim;
  struct call call;
  const struct command *kind; /* NULL: it never ran */
  char *host, *input, **argv, *program;
  struct command_result result;
  int64_t due, limit; /* limit: when it is ended; INT64_MAX: never */
  bool ran, over;     /* ran: what it does is done, it only takes its time */
};

static int64_t sooner(int64_t a, int64_t b) { return a < b ? a : b; }

static void ends_at(struct sim_command *k, int64_t at) {
  k->ran = true;
  k->due = at;
}

/* Not run at all: how the shell, or ssh, says so. */
static bool ready(struct sim_command *k) {
  struct call *c = &k->call;
  const struct sim_host *here = world_host(c->w, c->w->here);
  k->result.end = COMMAND_NEVER;
  if (!c->host) {
    fail(c, 255, "ssh: Could not resolve hostname %s: Name or service not known", k->host);
  } else if (!hosts_reach(c->w, here, c->host, TRAFFIC_CLUSTER)) {
    fail(c, 255, "ssh: connect to host %s port 22: Connection timed out", k->host);
    ends_at(k, c->began + SSH_MS);
  } else if (c->host != here && !daemon_runs(c->host, "sshd")) {
    fail(c, 255, "ssh: connect to host %s port 22: Connection refused", k->host);
  } else {
    k->result.end = COMMAND_EXITED;
    return true;
  }
  return false;
}

static bool cut_off(const struct sim_command *k) {
  const struct world *w = k->call.w;
  const struct sim_host *here = world_host(w, w->here), *h = world_host(w, k->host);
  return !h || !host_up(h) || !hosts_reach(w, here, h, TRAFFIC_CLUSTER);
}

static void lose(struct sim_command *k) {
  str_reset(&k->result.out);
  str_reset(&k->result.err);
  fail(&k->call, 255, "Connection to %s closed by remote host.", k->host);
  k->result.end = COMMAND_CUT;
}

static void turn(struct sim_command *k) {
  struct call *c = &k->call;
  if (k->ran) {
    if (k->result.end == COMMAND_EXITED && cut_off(k)) lose(k); /* it did what it does, and nobody hears of it */
    k->over = true;
    k->result.took_ms = c->w->clock - c->began;
    return;
  }
  c->host = world_host(c->w, k->host);
  if (c->step && cut_off(k)) {
    lose(k);
    ends_at(k, c->w->clock);
  } else if (c->w->clock >= k->limit) {
    c->r->code = 124;
    k->result.end = COMMAND_LATE;
    ends_at(k, c->w->clock);
  } else if (k->kind->run(c) == COMMAND_WAITS && c->w->clock - c->began < WAIT_MAX_MS) {
    k->due = sooner(c->w->clock + (c->step++ ? WAIT_MS : FIRST_MS), k->limit > c->w->clock ? k->limit : c->w->clock);
  } else {
    ends_at(k, c->began + k->kind->takes_ms > c->w->clock ? c->began + k->kind->takes_ms : c->w->clock);
  }
}

int64_t command_due(const struct sim_command *k) { return k->over ? INT64_MAX : k->due; }

void command_turn(struct sim_command *k, int64_t now) {
  while (command_due(k) <= now) turn(k);
}

struct sim_command *sim_begin(struct sim *s, const char *host, const char *const *argv, const char *input, int64_t limit_ms) {
  struct sim_command *k = mem_alloc(sizeof *k);
  size_t skip = 0;
  *k = (struct sim_command){.sim = s, .host = mem_strdup(host ? host : sim_here(s)), .input = mem_strdup(input), .due = sim_now(s), .limit = limit_ms > 0 ? sim_now(s) + limit_ms : INT64_MAX};
  k->call = (struct call){.w = sim_world(s), .host = world_host(sim_world(s), k->host), .input = k->input, .r = &k->result, .began = sim_now(s)};
  while (argv[k->call.argc] && k->call.argc < ARGS_MAX) k->call.argc++;
  k->argv = mem_alloc((k->call.argc + 1) * sizeof *k->argv);
  for (size_t i = 0; i < k->call.argc; i++) k->argv[i] = mem_strdup(argv[i]);
  sim_add(s, k);
  ends_at(k, k->due);
  if (!k->call.argc || !ready(k)) return k;
  const char *slash = strrchr(k->argv[0], '/');
  if (slash) k->program = k->argv[0], k->argv[0] = mem_strdup(slash + 1); /* /usr/sbin/gluster */
  k->call.argv = (const char *const *)k->argv;
  k->kind = installed(k->call.host, k->argv[0]) ? find(k->call.argv, k->call.argc, &skip) : NULL;
  if (!k->kind) {
    fail(&k->call, 127, "bash: line 1: %s: command not found", argv[0]);
    k->result.end = COMMAND_NEVER;
    return k;
  }
  k->call.takes_ms = k->kind->takes_ms;
  k->call.rest = k->call.argv + skip;
  k->call.count = k->call.argc > skip ? k->call.argc - skip : 0;
  k->ran = false;
  turn(k);
  return k;
}

bool command_later(struct world *w, struct sim_host *h, const char *line) {
  CLEANUP(mem_freep) char *copy = mem_strdup(line);
  const char *argv[32] = {0};
  struct command_result r = {0};
  struct call c = {.w = w, .host = h, .argv = argv, .r = &r, .began = w->clock};
  size_t skip = 0;
  for (char *rest = copy, *word; c.argc < COUNT(argv) - 1 && (word = strsep(&rest, "\t"));) argv[c.argc++] = word;
  const char *slash = c.argc ? strrchr(argv[0], '/') : NULL;
  if (slash) argv[0] = slash + 1;
  const struct command *k = c.argc && installed(h, argv[0]) ? find(argv, c.argc, &skip) : NULL;
  c.rest = argv + skip;
  c.count = c.argc > skip ? c.argc - skip : 0;
  bool waits = k && k->run(&c) == COMMAND_WAITS;
  command_result_free(&r);
  return !waits;
}

const struct command_result *sim_said(const struct sim_command *k) { return k->over || k->ran ? NULL : &k->result; }
const struct command_result *sim_ended(const struct sim_command *k) { return k->over ? &k->result : NULL; }

static void release(struct sim_command *k) {
  for (size_t i = 0; i < k->call.argc; i++) mem_free(k->argv[i]);
  mem_free(k->argv);
  mem_free(k->program);
  mem_free(k->host);
  if (k->input) explicit_bzero(k->input, strlen(k->input));
  mem_free(k->input);
  command_result_free(&k->result);
  mem_free(k);
}

void sim_forget(struct sim_command *k) {
  sim_remove(k->sim, k);
  release(k);
}

void sim_execute(struct sim *s, const char *host, const char *const *argv, const char *input, struct command_result *ret, sim_line_fn *fn, void *owner) {
  struct sim_command *k = sim_begin(s, host, argv, input, 0);
  while (!k->over) sim_run(s, k->due, fn, owner);
  *ret = k->result;
  k->result = (struct command_result){0};
  sim_forget(k);
}

void command_result_free(struct command_result *r) {
  str_free(&r->out);
  str_free(&r->err);
}
