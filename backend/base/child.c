#include "base/child.h"
#include "base/clock.h"
#include "base/str.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DEFAULT_LINE = 4 << 20, CAPTURE_MAX = 8 << 20, GRACE_MS = 300 };

struct stream {
  struct child *child;
  int fd;
  struct watch *watch;
  struct lines lines;
  line_fn *fn;
};

struct child {
  struct loop *loop;
  pid_t pid; /* > 1 while it lives, 0 afterwards: a signal is only ever sent to what is > 1 */
  int in;
  struct stream out, err;
  struct timer *grace;
  size_t max_line;
  exit_fn *on_exit;
  void *owner;
  bool exited, dropped, outlives, terminal;
  int status;
};

static void close_fd(int *fd) {
  if (*fd >= 0) close(*fd);
  *fd = -1;
}

static void signal_group(const struct child *c, int signo) {
  if (c->pid > 1) kill(-c->pid, signo);
}

static void release(struct child *c) {
  watch_end(c->out.watch);
  watch_end(c->err.watch);
  timer_end(c->grace);
  close_fd(&c->in);
  close_fd(&c->out.fd);
  close_fd(&c->err.fd);
  str_free(&c->out.lines.text);
  str_free(&c->err.lines.text);
  loop_signal_end(c->loop, SIGCHLD, c);
  mem_free(c);
}

static void give_line(void *owner, char *line, size_t len, bool cut) {
  const struct stream *s = owner;
  if (!s->child->dropped && s->fn) s->fn(s->child->owner, line, len, cut);
}

static void maybe_done(struct child *c) {
  if (!c->exited || c->out.fd >= 0 || c->err.fd >= 0) return;
  exit_fn *fn = c->on_exit;
  void *owner = c->owner;
  int status = c->status;
  bool dropped = c->dropped;
  release(c);
  if (fn && !dropped) fn(owner, status);
}

/* Reads what is there, a bounded amount a turn so that a flood cannot starve the keyboard. False at its end. */
static bool drain(struct stream *s) {
  char buffer[65536];
  for (int turn = 0; turn < 4 && !s->child->dropped; turn++) {
    ssize_t n = read(s->fd, buffer, sizeof buffer);
    if (n > 0) lines_take(&s->lines, s->child->max_line, buffer, (size_t)n, give_line, s);
    else if (n < 0 && errno == EINTR) continue;
    else return n < 0 && errno == EAGAIN;
    if ((size_t)n < sizeof buffer) return true;
  }
  return true;
}

static void on_readable(void *owner, int fd, short revents) {
  struct stream *s = owner;
  (void)fd, (void)revents;
  if (drain(s)) return;
  lines_end(&s->lines, give_line, s);
  watch_end(s->watch);
  s->watch = NULL;
  close_fd(&s->fd);
  maybe_done(s->child);
}

/* A child's own children may keep its pipe open for ever: what is readable at its exit is all that counts. */
static void finish_stream(struct stream *s) {
  if (s->fd < 0) return;
  while (drain(s)) {
    struct pollfd p = {.fd = s->fd, .events = POLLIN};
    if (poll(&p, 1, 0) <= 0) break;
  }
  lines_end(&s->lines, give_line, s);
  watch_end(s->watch);
  s->watch = NULL;
  close_fd(&s->fd);
}

/* Who is not in front may not say so, unless it ignores that it may not. */
static void take_terminal(pid_t group) {
  signal(SIGTTOU, SIG_IGN);
  tcsetpgrp(0, group);
  signal(SIGTTOU, SIG_DFL);
}

static void on_child_signal(void *owner, int signo) {
  struct child *c = owner;
  (void)signo;
  if (c->exited || waitpid(c->pid, &c->status, WNOHANG) != c->pid) return;
  c->exited = true;
  if (c->terminal) take_terminal(getpgrp());
  if (!c->outlives) signal_group(c, SIGKILL); /* what it left behind in its group */
  c->pid = 0;
  finish_stream(&c->out);
  finish_stream(&c->err);
  maybe_done(c);
}

static void on_grace(void *owner) { signal_group(owner, SIGKILL); }

/* Between fork and exec: only what is async-signal-safe. */
static _Noreturn void become(const struct child_spec *spec, pid_t parent, int in, int out, int err) {
  sigset_t none;
  sigemptyset(&none);
  for (int s = 1; s < NSIG; s++) signal(s, SIG_DFL);
  sigprocmask(SIG_SETMASK, &none, NULL);
  setpgid(0, 0);
  if (!spec->outlives) prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);
  if (spec->terminal) take_terminal(getpid());
  else if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || (err >= 0 && dup2(err, 2) < 0)) _exit(127);
  setenv("LC_ALL", "C", 1);
  execvp(spec->argv[0], (char *const *)spec->argv);
  _exit(errno == ENOENT ? 127 : 126);
}

struct pipes {
  int in[2], out[2], err[2], null;
};

static void pipes_close(struct pipes *p) {
  for (int i = 0; i < 2; i++) close_fd(&p->in[i]), close_fd(&p->out[i]), close_fd(&p->err[i]);
  close_fd(&p->null);
}

static int pipes_open(struct pipes *p, const struct child_spec *spec) {
  *p = (struct pipes){{-1, -1}, {-1, -1}, {-1, -1}, -1};
  if ((p->null = open("/dev/null", O_RDWR | O_CLOEXEC)) < 0 || (!spec->terminal && pipe2(p->out, O_CLOEXEC) < 0) ||
      (spec->on_err && pipe2(p->err, O_CLOEXEC) < 0) || (spec->with_input && pipe2(p->in, O_CLOEXEC) < 0)) {
    int code = -errno;
    pipes_close(p);
    return code;
  }
  return 0;
}

static int keep(int *from) {
  int fd = *from;
  *from = -1;
  if (fd >= 0) fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  return fd;
}

static bool runnable(const char *program) {
  if (strchr(program, '/')) return access(program, X_OK) == 0;
  char *found = child_find(program);
  mem_free(found);
  return found != NULL;
}

struct child *child_start(struct loop *l, const struct child_spec *spec, struct err *e) {
  struct pipes p;
  if (!runnable(spec->argv[0])) {
    err_set(e, -ENOENT, "install it or set PATH", "%s: no such program", spec->argv[0]);
    return NULL;
  }
  int code = pipes_open(&p, spec);
  if (code) {
    err_set(e, code, "", "cannot make a pipe for %s: %s", spec->argv[0], strerror(-code));
    return NULL;
  }
  struct child *c = mem_alloc(sizeof *c);
  *c = (struct child){.loop = l, .in = -1, .max_line = spec->max_line ? spec->max_line : DEFAULT_LINE,
                      .on_exit = spec->on_exit, .owner = spec->owner, .outlives = spec->outlives, .terminal = spec->terminal};
  loop_signal(l, SIGCHLD, on_child_signal, c); /* before the fork: its end cannot be missed */
  pid_t parent = getpid();
  c->pid = fork();
  if (c->pid == 0)
    become(spec, parent, spec->with_input ? p.in[0] : p.null, p.out[1], spec->on_err ? p.err[1] : spec->to_stderr ? -1 : p.null);
  if (c->pid < 0) {
    code = -errno;
    pipes_close(&p);
    c->out.fd = c->err.fd = -1;
    release(c);
    err_set(e, code, "", "cannot start %s: %s", spec->argv[0], strerror(-code));
    return NULL;
  }
  setpgid(c->pid, c->pid);
  c->in = keep(&p.in[1]);
  c->out = (struct stream){.child = c, .fd = keep(&p.out[0]), .fn = spec->on_out};
  c->err = (struct stream){.child = c, .fd = keep(&p.err[0]), .fn = spec->on_err};
  pipes_close(&p);
  if (c->out.fd >= 0) c->out.watch = loop_watch(l, c->out.fd, POLLIN, on_readable, &c->out);
  if (c->err.fd >= 0) c->err.watch = loop_watch(l, c->err.fd, POLLIN, on_readable, &c->err);
  return c;
}

int child_send(struct child *c, const void *bytes, size_t len) {
  if (c->in < 0) return -EPIPE;
  ssize_t n = write(c->in, bytes, len); /* up to PIPE_BUF all or nothing; longer requests are not made */
  if (n == (ssize_t)len) return 0;
  return n < 0 ? -errno : -EAGAIN;
}

void child_close_input(struct child *c) { close_fd(&c->in); }

void child_end(struct child *c) {
  signal_group(c, SIGTERM);
  if (!c->grace) c->grace = loop_timer(c->loop, GRACE_MS, on_grace, c);
}

void child_drop(struct child *c) {
  if (!c) return;
  c->dropped = true;
  if (!c->outlives) signal_group(c, SIGKILL);
  if (!c->outlives && c->pid > 1) waitpid(c->pid, &c->status, 0);
  c->pid = 0;
  release(c);
}

int child_pid(const struct child *c) { return c->pid; }

struct capture {
  struct str out;
  int status;
  bool done;
};

static void capture_line(void *owner, char *line, size_t len, bool cut) {
  struct capture *k = owner;
  (void)cut;
  if (k->out.len + len > CAPTURE_MAX) return;
  str_addn(&k->out, line, len);
  str_addc(&k->out, '\n');
}

static void capture_exit(void *owner, int status) {
  struct capture *k = owner;
  k->status = status;
  k->done = true;
}

int child_capture(const char *const *argv, int64_t timeout_ms, char **ret_out, size_t *ret_len, int *ret_code, struct err *e) {
  struct capture k = {0};
  struct loop *l = loop_new();
  struct child_spec spec = {.argv = argv, .on_out = capture_line, .on_exit = capture_exit, .owner = &k, .max_line = CAPTURE_MAX};
  struct child *c = child_start(l, &spec, e);
  int code = c ? 0 : e ? e->code : -ENOENT;
  int64_t end = clock_mono_ms() + timeout_ms;
  while (c && !k.done && clock_mono_ms() < end) loop_step(l, end - clock_mono_ms());
  if (c && !k.done) {
    child_drop(c);
    code = err_set(e, -ETIMEDOUT, "", "%s did not end within %d ms", argv[0], (int)timeout_ms);
  }
  loop_free(l);
  if (!code) {
    *ret_code = WIFEXITED(k.status) ? WEXITSTATUS(k.status) : 128 + WTERMSIG(k.status);
    *ret_len = k.out.len;
    *ret_out = str_take(&k.out);
  }
  str_free(&k.out);
  return code;
}

static char *in_folder(const char *folder, size_t len, const char *name) {
  char *path = mem_printf("%.*s/%s", (int)len, folder, name);
  if (access(path, X_OK) == 0) return path;
  mem_free(path);
  return NULL;
}

char *child_find(const char *name) {
  char self[PATH_MAX];
  ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
  char *found = NULL;
  if (n > 0) {
    self[n] = 0;
    char *slash = strrchr(self, '/');
    size_t folder = slash ? (size_t)(slash - self) : 0;
    found = in_folder(self, folder, name);
    if (!found) {
      char *libexec = mem_printf("%.*s/../libexec/kvmconsole", (int)folder, self);
      found = in_folder(libexec, strlen(libexec), name);
      mem_free(libexec);
    }
  }
  const char *path = getenv("PATH");
  for (const char *p = path ? path : "/usr/sbin:/usr/bin:/sbin:/bin"; !found && *p;) {
    size_t len = strcspn(p, ":");
    found = in_folder(p, len, name);
    p += len + (p[len] == ':');
  }
  return found;
}
