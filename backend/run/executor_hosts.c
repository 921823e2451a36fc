/* This host and all others: a child process, or ssh. Over ssh the far side prints a mark and waits for a word before it
 * runs anything: whether a command was told to begin is known, whatever becomes of the connection. A second mark carries
 * its exit code, so that 255 of the command is not 255 of ssh. */
#include "base/clock.h"
#include "base/host.h"
#include "base/log.h"
#include "base/ssh.h"
#include "ops/plan.h"
#include "run/executor.h"
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/wait.h>

enum { LINE_MAX_BYTES = 1 << 20, CONNECT_MS = 20000, KILL_S = 5, MARGIN_MS = 10000, SEND_AGAIN_MS = 5, EARLY_BYTES = 8192, WORDS_MAX = 4096 };

struct hosts {
  struct executor base; /* first */
  struct loop *loop;
  const struct config *config;
  struct snapshot *snap;
  struct exec *execs;
  struct str said; /* of way() */
};

enum stage { STAGE_REACHING, STAGE_RUNS, STAGE_OVER };
struct exec {
  struct exec *next;
  struct hosts *hosts;
  struct exec_request r; /* its argv is not kept */
  struct child *child;
  char *host, *line;     /* line: what the far side's shell reads; NULL: it runs here */
  char **targets;        /* of ssh, in the order they are tried */
  size_t target_count, target;
  char *known_as;
  char mark[48];
  enum stage stage;
  size_t empty;          /* empty lines held back: one of them may belong to the mark */
  int far_code;          /* -1: not known */
  struct str early;      /* stderr before it began: ssh's own words, mostly */
  char last[256];        /* the last line of stderr */
  size_t sent;
  int64_t began;
  struct timer *guard, *sender;
  bool left, ended_here;
};

/* ---- the end ---- */

static void forget(struct exec *c) {
  for (struct exec **at = &c->hosts->execs; *at; at = &(*at)->next)
    if (*at == c) {
      *at = c->next;
      break;
    }
  timer_end(c->guard);
  timer_end(c->sender);
  for (size_t i = 0; i < c->target_count; i++) mem_free(c->targets[i]);
  mem_free(c->targets);
  mem_free(c->known_as);
  mem_free(c->host);
  mem_free(c->line);
  str_free(&c->early);
  mem_free(c);
}

static void finish(struct exec *c, enum exec_end end, int code, const char *text) {
  struct exec_result result = {end, code, text};
  void (*fn)(void *, const struct exec_result *) = c->left ? NULL : c->r.on_end;
  void *owner = c->r.owner;
  CLEANUP(mem_freep) char *kept = mem_strdup(text);
  result.text = kept;
  forget(c);
  if (fn) fn(owner, &result);
}

static bool not_started(const struct exec *c, int code) {
  return (code == 126 || code == 127) && (str_starts(c->last, "timeout: failed to run command") || strstr(c->last, "timeout: not found") || strstr(c->last, "timeout: command not found"));
}

static void exited(struct exec *c, int code) {
  bool late = (code == 124 || code == 137) && c->r.deadline_ms > 0 && clock_mono_ms() - c->began >= c->r.deadline_ms - 50;
  if (not_started(c, code)) finish(c, EXEC_REFUSED, 127, c->last);
  else finish(c, late ? EXEC_LATE : EXEC_EXITED, code, late ? "it was ended at its deadline" : NULL);
}

/* The last line that ssh wrote says why; what it warns of comes before. */
static void last_line(const char *text, char *out, size_t room) {
  const char *end = text + strlen(text);
  while (end > text && end[-1] == '\n') end--;
  const char *from = end;
  while (from > text && from[-1] != '\n') from--;
  snprintf(out, room, "%.*s", (int)(end - from), from);
}

static bool start_ssh(struct exec *c, struct err *e);

static void ended_far(struct exec *c, int status) {
  char why[256], text[512];
  if (c->far_code >= 0) {
    exited(c, c->far_code);
    return;
  }
  last_line(str_text(&c->early), why, sizeof why);
  if (c->stage == STAGE_REACHING) {
    bool other_way = strstr(why, "connect to host") || strstr(why, "resolve hostname");
    struct err e;
    str_reset(&c->early);
    if (!c->left && !c->ended_here && other_way && ++c->target < c->target_count && start_ssh(c, &e)) return;
    if (c->ended_here) snprintf(text, sizeof text, "%s did not let anybody in within %d s", c->host, CONNECT_MS / 1000);
    else snprintf(text, sizeof text, "%s was not reached: %s", c->host, *why ? why : "ssh ended without a word");
    finish(c, EXEC_REFUSED, WIFEXITED(status) ? 0 : -1, text);
    return;
  }
  if (c->ended_here) snprintf(text, sizeof text, "%s does not answer any more", c->host);
  else snprintf(text, sizeof text, "the connection to %s was lost%s%s", c->host, *c->last ? ": " : "", c->last);
  if (c->ended_here || !WIFEXITED(status) || WEXITSTATUS(status) == 255) finish(c, EXEC_UNKNOWN, -1, text);
  else exited(c, WEXITSTATUS(status));
}

static void ended_here(struct exec *c, int status) {
  char text[128];
  if (WIFEXITED(status) && !c->ended_here) {
    exited(c, WEXITSTATUS(status));
    return;
  }
  snprintf(text, sizeof text, c->ended_here ? "it did not end at its deadline" : "it was ended by signal %d", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
  finish(c, EXEC_UNKNOWN, -1, text);
}

static void flush_empty(struct exec *c, size_t count) {
  char nothing[1] = "";
  for (; count && !c->left && c->r.on_out; count--) c->r.on_out(c->r.owner, nothing, 0, false);
  c->empty = 0;
}

static void child_exit(void *owner, int status) {
  struct exec *c = owner;
  c->child = NULL;
  flush_empty(c, c->empty);
  if (c->line && !c->r.terminal) ended_far(c, status);
  else ended_here(c, status);
}

/* ---- while it runs ---- */

static void send_more(void *owner) {
  struct exec *c = owner;
  size_t len = c->r.input ? c->r.input_len : 0;
  while (!c->left && c->sent < len) {
    size_t some = len - c->sent < PIPE_BUF ? len - c->sent : PIPE_BUF; /* all or nothing */
    int code = child_send(c->child, c->r.input + c->sent, some);
    if (code == -EAGAIN) {
      timer_set(c->sender, SEND_AGAIN_MS);
      return;
    }
    if (code && code != -EINTR) break; /* it does not read: its own business */
    if (!code) c->sent += some;
  }
  child_close_input(c->child);
}

static void begin(struct exec *c) {
  c->began = clock_mono_ms();
  timer_set(c->guard, c->r.deadline_ms > 0 ? c->r.deadline_ms + KILL_S * 1000 + MARGIN_MS : -1);
  send_more(c);
}

static void keep_err(struct exec *c, const char *line, size_t len) {
  snprintf(c->last, sizeof c->last, "%s", line);
  if (c->early.len + len > EARLY_BYTES) return;
  str_addn(&c->early, line, len);
  str_addc(&c->early, '\n');
}

static void give_early(struct exec *c) {
  char *rest = c->early.len ? c->early.data : NULL, *line;
  while ((line = strsep(&rest, "\n")))
    if (*line && !c->left && c->r.on_err) c->r.on_err(c->r.owner, line, strlen(line), false);
  str_reset(&c->early);
  c->last[0] = 0;
}

static void take_mark(struct exec *c, const char *line) {
  static const char go[] = "go\n";
  const char *at = strstr(line, c->mark);
  if (!at || at[strlen(c->mark)]) return; /* what the shell of the far side has to say */
  if (c->left) {
    child_end(c->child);
    return;
  }
  c->stage = STAGE_RUNS;
  give_early(c);
  if (child_send(c->child, go, sizeof go - 1)) {
    child_end(c->child);
    c->stage = STAGE_REACHING;
    return;
  }
  begin(c);
}

static void on_out(void *owner, char *line, size_t len, bool cut) {
  struct exec *c = owner;
  size_t mark = strlen(c->mark);
  if (c->line && c->stage == STAGE_REACHING) {
    take_mark(c, line);
    return;
  }
  if (c->line && c->stage == STAGE_RUNS && !strncmp(line, c->mark, mark) && line[mark] == ' ') {
    int64_t code;
    if (!str_int(line + mark + 1, 0, 255, &code)) c->far_code = (int)code;
    c->stage = STAGE_OVER;
    flush_empty(c, c->empty ? c->empty - 1 : 0);
    return;
  }
  if (c->stage == STAGE_OVER) return;
  if (c->line && !len) {
    c->empty++;
    return;
  }
  flush_empty(c, c->empty);
  if (!c->left && c->r.on_out) c->r.on_out(c->r.owner, line, len, cut);
}

static void on_err(void *owner, char *line, size_t len, bool cut) {
  struct exec *c = owner;
  if (c->stage == STAGE_REACHING) {
    keep_err(c, line, len);
    return;
  }
  snprintf(c->last, sizeof c->last, "%s", line);
  if (!c->left && c->r.on_err) c->r.on_err(c->r.owner, line, len, cut);
}

static void on_guard(void *owner) {
  struct exec *c = owner;
  c->ended_here = true;
  if (c->child) child_end(c->child);
}

/* ---- the start ---- */

static const char *own_name(const struct hosts *x) {
  for (size_t i = 0; x->snap && i < x->snap->hosts.count; i++)
    if (x->snap->hosts.item[i].here == TRUTH_YES) return x->snap->hosts.item[i].name;
  return this_host();
}

static bool is_here(const struct hosts *x, const char *host) {
  if (!host || str_eq(host, "localhost") || str_eq(host, own_name(x)) || str_eq(host, this_host())) return true;
  const struct host_view *h = x->snap ? snapshot_host(x->snap, host) : NULL;
  return h && h->here == TRUTH_YES;
}

static void add_target(struct exec *c, const char *pattern, const char *name) {
  if (!ssh_host_valid(name)) return;
  char *to = ssh_target(pattern, name);
  for (size_t i = 0; i < c->target_count; i++)
    if (!strcmp(c->targets[i], to)) {
      mem_free(to);
      return;
    }
  c->targets = mem_grow(c->targets, c->target_count + 1, sizeof *c->targets);
  c->targets[c->target_count++] = to;
}

/* As the configuration says; else by its name, its other names, its addresses, one after the other until one is reached:
 * a command that was not told to begin may be sent again. */
static void find_targets(struct exec *c) {
  static const struct config none;
  const struct config *conf = c->hosts->config ? c->hosts->config : &none;
  const struct host_config *own = config_host(conf, c->host);
  const struct host_view *h = c->hosts->snap ? snapshot_host(c->hosts->snap, c->host) : NULL;
  const char *pattern = own && own->ssh ? own->ssh : config_text(conf, SET_CLUSTER_SSH);
  add_target(c, pattern, c->host);
  for (size_t i = 0; h && !(own && own->ssh) && i < h->aliases.count; i++) add_target(c, pattern, h->aliases.item[i]);
  for (size_t i = 0; h && !(own && own->ssh) && i < h->addresses.count; i++) add_target(c, pattern, h->addresses.item[i]);
  c->known_as = mem_printf("HostKeyAlias=%s", c->host);
}

/* What the shell there reads. Built of quoted words and numbers only. */
static char *far_line(const struct exec *c, const char *const *argv) {
  struct str s = {0};
  if (!c->r.terminal) str_addf(&s, "printf '\\n%%s\\n' %s; read -r go && [ \"$go\" = go ] || exit 1; ", c->mark);
  if (!c->r.terminal) str_add(&s, "LC_ALL=C ");
  if (!c->r.terminal && c->r.deadline_ms > 0) str_addf(&s, "timeout -k %d %" PRId64, KILL_S, (c->r.deadline_ms + 999) / 1000);
  for (size_t i = 0; argv[i]; i++) {
    if (i || (!c->r.terminal && c->r.deadline_ms > 0)) str_addc(&s, ' ');
    shell_quote(&s, argv[i]);
  }
  if (!c->r.terminal) str_addf(&s, "; c=$?; printf '\\n%%s %%d\\n' %s $c; exit $c", c->mark);
  return str_take(&s);
}

static bool start_ssh(struct exec *c, struct err *e) {
  const char *words[SSH_WORDS + 3] = {"ssh"}, *plain[SSH_WORDS];
  size_t n = ssh_words(plain, c->targets[c->target], c->target ? c->known_as : NULL), at = 1;
  if (c->r.terminal) words[at++] = "-t";
  for (size_t i = 1; i < n; i++) words[at++] = plain[i];
  words[at++] = c->line;
  struct child_spec spec = {.argv = words, .max_line = LINE_MAX_BYTES, .on_out = on_out, .on_err = c->r.terminal ? NULL : on_err, .on_exit = child_exit, .owner = c, .with_input = !c->r.terminal, .terminal = c->r.terminal};
  c->child = child_start(c->hosts->loop, &spec, e);
  if (!c->child) return false;
  log_line("run", LOG_LEVEL_DEBUG, "ssh to %s", c->targets[c->target]);
  timer_set(c->guard, c->r.terminal ? -1 : CONNECT_MS);
  return true;
}

static bool start_here(struct exec *c, const char *const *argv, struct err *e) {
  const char *words[WORDS_MAX];
  char kill_s[16], limit[32];
  size_t n = 0;
  snprintf(kill_s, sizeof kill_s, "%d", KILL_S);
  snprintf(limit, sizeof limit, "%" PRId64, (c->r.deadline_ms + 999) / 1000);
  if (!c->r.terminal && c->r.deadline_ms > 0) words[n++] = "timeout", words[n++] = "-k", words[n++] = kill_s, words[n++] = limit;
  for (size_t i = 0; argv[i] && n + 1 < WORDS_MAX; i++) words[n++] = argv[i];
  words[n] = NULL;
  struct child_spec spec = {.argv = words, .max_line = LINE_MAX_BYTES, .on_out = on_out, .on_err = c->r.terminal ? NULL : on_err, .on_exit = child_exit, .owner = c,
                            .with_input = !c->r.terminal, .terminal = c->r.terminal, .outlives = c->r.deadline_ms > 0 && !c->r.terminal};
  c->child = child_start(c->hosts->loop, &spec, e);
  if (!c->child) return false;
  c->stage = STAGE_RUNS;
  if (!c->r.terminal) begin(c);
  return true;
}

static size_t count_words(const char *const *argv) {
  size_t n = 0;
  while (argv[n]) n++;
  return n;
}

static struct exec *start(struct executor *base, const struct exec_request *r, struct err *e) {
  struct hosts *x = (struct hosts *)base;
  unsigned char chance[12];
  if (!r->argv[0] || count_words(r->argv) + 8 > WORDS_MAX) {
    err_set(e, -E2BIG, "", "a command of %zu words cannot be run", count_words(r->argv));
    return NULL;
  }
  struct exec *c = mem_alloc(sizeof *c);
  *c = (struct exec){.hosts = x, .r = *r, .far_code = -1, .next = x->execs, .host = mem_strdup(r->host ? r->host : own_name(x))};
  c->r.argv = NULL;
  x->execs = c;
  c->guard = loop_timer(x->loop, -1, on_guard, c);
  c->sender = loop_timer(x->loop, -1, send_more, c);
  bool here = is_here(x, r->host), started;
  if (here) {
    started = start_here(c, r->argv, e);
  } else if (find_targets(c), !c->target_count) {
    started = false;
    err_set(e, -EINVAL, "name it as [host] in the configuration", "%s is no name that ssh could be given", c->host);
  } else {
    if (getrandom(chance, sizeof chance, 0) != (ssize_t)sizeof chance) memset(chance, 0, sizeof chance);
    strcpy(c->mark, "kvmconsole-");
    for (size_t i = 0; i < sizeof chance; i++) snprintf(c->mark + strlen(c->mark), 3, "%02x", chance[i]);
    c->line = far_line(c, r->argv);
    started = start_ssh(c, e);
  }
  if (started) return c;
  forget(c);
  return NULL;
}

/* The command goes on; nobody is told any more. What was not told to begin is not. */
static void leave(struct exec *c) {
  void (*fn)(void *, const struct exec_result *) = c->r.on_end;
  if (c->left) return;
  c->left = true;
  if (c->stage == STAGE_REACHING && c->child) child_end(c->child);
  else if (c->child) child_close_input(c->child);
  fn(c->r.owner, &(struct exec_result){EXEC_LEFT, -1, "nobody waits for it any more"});
}

static void see(struct executor *base, struct snapshot *s) {
  struct hosts *x = (struct hosts *)base;
  if (x->snap == s) return;
  snapshot_drop(x->snap);
  x->snap = snapshot_keep(s);
}

static const char *way(struct executor *base, const char *host) {
  struct hosts *x = (struct hosts *)base;
  struct exec c = {.hosts = x, .host = mem_strdup(host ? host : own_name(x))};
  str_reset(&x->said);
  if (is_here(x, host)) {
    str_add(&x->said, "here");
  } else {
    find_targets(&c);
    str_addf(&x->said, "ssh %s", c.target_count ? c.targets[0] : "?");
  }
  for (size_t i = 0; i < c.target_count; i++) mem_free(c.targets[i]);
  mem_free(c.targets);
  mem_free(c.known_as);
  mem_free(c.host);
  return str_text(&x->said);
}

static void free_hosts(struct executor *base) {
  struct hosts *x = (struct hosts *)base;
  while (x->execs) {
    child_drop(x->execs->child);
    forget(x->execs);
  }
  snapshot_drop(x->snap);
  str_free(&x->said);
  mem_free(x);
}

static const struct executor_class class = {.start = start, .leave = leave, .free = free_hosts, .way = way, .see = see, .shell = true};

struct executor *executor_hosts(struct loop *l, const struct config *c) {
  struct hosts *x = mem_alloc(sizeof *x);
  *x = (struct hosts){.base = {&class}, .loop = l, .config = c};
  return &x->base;
}
