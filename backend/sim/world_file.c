#include "sim/world_file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 64 << 20 };

struct world_file { char *path; int fd; };

static int read_all(int fd, const char *path, struct str *ret, struct err *e) {
  char buffer[65536];
  for (ssize_t n; (n = read(fd, buffer, sizeof buffer)) != 0;) {
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return err_set(e, -errno, "", "%s: %s", path, strerror(errno));
    str_addn(ret, buffer, (size_t)n);
    if (ret->len > FILE_MAX) return err_set(e, -EINVAL, "give a file that --world wrote", "%s is larger than %d MiB", path, FILE_MAX >> 20);
  }
  struct stat st;
  if (!fstat(fd, &st) && (off_t)ret->len < st.st_size) return err_set(e, -EIO, "", "%s: it cannot be read to its end", path);
  return 0;
}

/* The file may have been replaced between open and lock: only the one that bears the name now counts. */
static int open_locked(const char *path, int *ret, struct err *e) {
  for (int turn = 0; turn < 10; turn++) {
    struct stat mine, named;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (fd < 0) return err_set(e, -errno, "choose another file", "cannot use %s: %s", path, strerror(errno));
    if (flock(fd, LOCK_EX | LOCK_NB)) {
      int code = errno == EWOULDBLOCK ? err_set(e, -EBUSY, "wait for it, or use another file", "%s is in use by another program", path) : err_set(e, -errno, "", "%s: %s", path, strerror(errno));
      close(fd);
      return code;
    }
    if (!fstat(fd, &mine) && !stat(path, &named) && mine.st_dev == named.st_dev && mine.st_ino == named.st_ino && S_ISREG(mine.st_mode)) {
      *ret = fd;
      return 0;
    }
    close(fd);
  }
  return err_set(e, -EINVAL, "choose another file", "%s is no plain file", path);
}

int world_file_open(const char *path, struct world_file **ret, struct world **ret_world, struct err *e) {
  CLEANUP(str_free) struct str text = {0};
  int fd = -1, code = open_locked(path, &fd, e);
  if (code) return code;
  struct world_file *f = mem_alloc(sizeof *f);
  *f = (struct world_file){mem_strdup(path), fd};
  *ret = f;
  code = read_all(fd, path, &text, e);
  if (code || !text.len) return code;
  code = world_parse(text.data, text.len, ret_world, e);
  return code ? err_prefix(e, "%s", path) : 0;
}

static int write_all(int fd, const char *data, size_t len) {
  while (len) {
    ssize_t n = write(fd, data, len);
    if (n < 0 && errno != EINTR) return -errno;
    if (n > 0) data += n, len -= (size_t)n;
  }
  return 0;
}

/* The new file is locked before it takes the name, so that nobody comes in between. */
int world_file_write(struct world_file *f, const struct world *w, struct err *e) {
  CLEANUP(str_free) struct str text = {0};
  CLEANUP(mem_freep) char *path = mem_printf("%s.new", f->path);
  world_print(w, &text);
  unlink(path);
  int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  int code = fd < 0 ? -errno : flock(fd, LOCK_EX | LOCK_NB) ? -errno : write_all(fd, text.data, text.len);
  if (!code && fsync(fd)) code = -errno;
  if (!code && rename(path, f->path)) code = -errno;
  if (code) {
    if (fd >= 0) close(fd);
    unlink(path);
    return err_set(e, code, "check the disk", "%s could not be written: %s", f->path, strerror(-code));
  }
  close(f->fd);
  f->fd = fd;
  return 0;
}

void world_file_close(struct world_file *f) {
  if (!f) return;
  struct stat st;
  if (!fstat(f->fd, &st) && !st.st_size) unlink(f->path); /* one that never held a world leaves no trace */
  close(f->fd);
  mem_free(f->path);
  mem_free(f);
}

int scenario_file(const char *path, const int64_t *seed, struct world **ret, struct err *e) {
  CLEANUP(str_free) struct str text = {0};
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0 && errno == ENOENT && !strchr(path, '/')) return err_set(e, -ENOENT, "see 'kvmconsole list scenarios', or give a file", "there is no scenario %s", path);
  if (fd < 0) return err_set(e, -errno, "check the name", "cannot read %s: %s", path, strerror(errno));
  int code = read_all(fd, path, &text, e);
  close(fd);
  return code ? code : scenario_read(path, str_text(&text), text.len, seed, ret, e);
}
