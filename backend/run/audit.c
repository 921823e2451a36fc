#include "run/audit.h"
#include "base/clock.h"
#include "base/host.h"
#include "base/utf8.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

struct audit {
  int fd;
  char *path, *who;
};

/* ---- where, who ---- */

char *state_directory(void) {
  const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
  if (state && *state == '/') return mem_printf("%s/kvmconsole", state);
  if (geteuid() == 0) return mem_strdup("/var/lib/kvmconsole");
  return home && *home == '/' ? mem_printf("%s/.local/state/kvmconsole", home) : NULL;
}

static void add_login(struct str *out) {
  char text[32] = "";
  FILE *f = fopen("/proc/self/loginuid", "re");
  int64_t id = -1;
  if (f && fgets(text, sizeof text, f) && !str_int(text, 0, UINT32_MAX - 1, &id)) id = id == (int64_t)geteuid() ? -1 : id;
  if (f) fclose(f);
  const struct passwd *p = id >= 0 ? getpwuid((uid_t)id) : NULL;
  const char *sudo = getenv("SUDO_USER");
  if (p) str_addf(out, ", logged in as %s", p->pw_name);
  else if (sudo && *sudo) str_addf(out, ", by sudo of %s", sudo);
}

char *operator_name(void) {
  struct str s = {0};
  const struct passwd *p = getpwuid(geteuid());
  const char *tty = isatty(0) ? ttyname(0) : isatty(2) ? ttyname(2) : NULL, *ssh = getenv("SSH_CONNECTION");
  if (p) str_add(&s, p->pw_name);
  else str_addf(&s, "uid %u", (unsigned)geteuid());
  str_addf(&s, "@%s", this_host());
  add_login(&s);
  if (tty && str_starts(tty, "/dev/")) str_addf(&s, ", %s", tty + 5);
  if (ssh && *ssh) str_addf(&s, ", ssh from %.*s", (int)strcspn(ssh, " "), ssh);
  size_t room = s.len * 3 + 1;
  char *clean = utf8_clean(mem_alloc(room), room, str_text(&s)); /* the environment is anybody's */
  str_free(&s);
  return clean;
}

/* ---- writing ---- */

static int open_file(const char *path, struct err *e) {
  struct stat st;
  int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_uid == geteuid() && !fchmod(fd, 0600)) return fd;
  int code = err_set(e, fd < 0 ? -errno : -EPERM, "nothing runs without its audit: make it a file of yours", "the audit %s cannot be written: %s", path, fd < 0 ? strerror(errno) : "it is not a file of this user");
  if (fd >= 0) close(fd);
  return code;
}

struct audit *audit_open(const char *state_dir, const char *who, struct err *e) {
  char *path = mem_printf("%s/audit.jsonl", state_dir);
  int fd = open_file(path, e);
  if (fd < 0) {
    mem_free(path);
    return NULL;
  }
  struct audit *a = mem_alloc(sizeof *a);
  *a = (struct audit){.fd = fd, .path = path, .who = mem_strdup(who)};
  return a;
}

void audit_close(struct audit *a) {
  if (!a) return;
  close(a->fd);
  mem_free(a->path);
  mem_free(a->who);
  mem_free(a);
}

static void begin(const struct audit *a, struct str *line, const char *task, const char *what) {
  char when[CLOCK_TEXT];
  str_addf(line, "{\"at\":\"%s\",\"task\":", clock_rfc3339(when, clock_wall_ms()));
  json_text(line, task);
  str_add(line, ",\"who\":");
  json_text(line, a->who);
  str_addf(line, ",\"what\":\"%s\"", what);
}

/* logrotate renames it while a console runs: what comes after that belongs into the new one. */
static int follow(struct audit *a, struct err *e) {
  struct stat ours, there;
  if (!fstat(a->fd, &ours) && !lstat(a->path, &there) && ours.st_dev == there.st_dev && ours.st_ino == there.st_ino) return 0;
  int fd = open_file(a->path, e);
  if (fd < 0) return fd;
  close(a->fd);
  a->fd = fd;
  return 0;
}

static int write_line(struct audit *a, struct str *line, struct err *e) {
  int code = follow(a, e);
  if (code) return code;
  str_add(line, "}\n");
  ssize_t n = write(a->fd, line->data, line->len); /* one write: lines of two consoles do not mix */
  if (n == (ssize_t)line->len && !fdatasync(a->fd)) return 0;
  return err_set(e, n < 0 ? -errno : -ENOSPC, "make room; nothing runs without its audit", "the audit %s could not be written: %s", a->path, n < 0 ? strerror(errno) : "the disk is full");
}

/* For whoever reads the system's log: short, one line. */
static void say(const struct audit *a, const char *task, const char *text) {
  size_t room = strlen(text) * 3 + 1;
  CLEANUP(mem_freep) char *clean = mem_alloc(room);
  syslog(LOG_AUTHPRIV | LOG_NOTICE, "kvmconsole[%d]: task %s: %.600s; %s", (int)getpid(), task, utf8_clean(clean, room, text), a->who);
}

int audit_plan(struct audit *a, const char *task, const struct plan *p, struct err *e) {
  CLEANUP(str_free) struct str line = {0}, said = {0};
  begin(a, &line, task, "plan");
  str_add(&line, ",\"plan\":");
  plan_json(p, &line);
  int code = write_line(a, &line, e);
  str_addf(&said, "%s%s%s: %zu steps", p->operation ? p->operation : p->title ? p->title : "?", p->target ? " " : "", p->target ? p->target : "", p->steps.count);
  if (!code) say(a, task, str_text(&said));
  return code;
}

void audit_step(struct audit *a, const char *task, size_t step, const char *state, int64_t code, int64_t took_ms, const char *text) {
  CLEANUP(str_free) struct str line = {0}, said = {0};
  begin(a, &line, task, "step");
  str_addf(&line, ",\"step\":%zu,\"state\":\"%s\",\"code\":", step + 1, state);
  if (code == UNKNOWN_INT) str_add(&line, "null");
  else str_addf(&line, "%" PRId64, code);
  str_addf(&line, ",\"took_ms\":%" PRId64 ",\"text\":", took_ms == UNKNOWN_INT ? 0 : took_ms);
  json_text(&line, text);
  write_line(a, &line, NULL);
  str_addf(&said, "step %zu %s%s%s", step + 1, state, text && *text ? ": " : "", text ? text : "");
  say(a, task, str_text(&said));
}

void audit_verdict(struct audit *a, const char *task, const char *state, const char *text) {
  CLEANUP(str_free) struct str line = {0}, said = {0};
  begin(a, &line, task, "verdict");
  str_addf(&line, ",\"state\":\"%s\",\"text\":", state);
  json_text(&line, text);
  write_line(a, &line, NULL);
  str_addf(&said, "%s: %s", state, text ? text : "");
  say(a, task, str_text(&said));
}
