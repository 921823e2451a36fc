#include "sources/gluster_cache.h"
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define T struct lock_cache
SHAPE(lock_cache_shape, T, FIELD(T, asked, TIME), FIELD(T, not_before, TIME), FIELD(T, space_at, TIME), FIELD(T, heal_at, TIME), FIELD(T, heals, INT),
      OBJECT(T, space, gluster_space_shape), OBJECT(T, heal, gluster_heal_shape));
#undef T

enum { CACHE_MAX = 4 << 20 };
static const char *folder = "/run/kvmconsole";
void cache_folder(const char *path) { folder = path; }

static bool id_valid(const char *id) {
  if (!id || strlen(id) != 36) return false;
  for (; *id; id++)
    if (!isxdigit((unsigned char)*id) && *id != '-') return false;
  return true;
}

/* The folder and the file are ours alone, or they are not used: what others could write is not believed. */
static int open_folder(bool create) {
  struct stat st;
  if (create && mkdir(folder, 0700) && errno != EEXIST) return -errno;
  int fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return -errno;
  if (!fstat(fd, &st) && st.st_uid == geteuid() && !(st.st_mode & 022)) return fd;
  close(fd);
  return -EPERM;
}

static int open_file(const char *id, int flags, struct stat *st) {
  char name[64];
  if (!id_valid(id)) return -EINVAL;
  snprintf(name, sizeof name, "gluster-%s.json", id);
  int dir = open_folder(flags & O_CREAT);
  if (dir < 0) return dir;
  int fd = openat(dir, name, flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600), code = fd < 0 ? -errno : 0;
  close(dir);
  if (fd < 0) return code;
  if (!fstat(fd, st) && S_ISREG(st->st_mode) && st->st_uid == geteuid() && !(st->st_mode & 077) && st->st_nlink == 1) return fd;
  close(fd);
  return -EPERM;
}

int64_t cache_stamp(const char *id) {
  struct stat st;
  int fd = open_file(id, O_RDONLY, &st);
  if (fd < 0) return 0;
  close(fd);
  return (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
}

int cache_read(struct arena *a, const char *id, struct lock_cache *ret) {
  struct stat st;
  int fd = open_file(id, O_RDONLY, &st);
  if (fd < 0) return -ENOENT;
  CLEANUP(str_free) struct str text = {0};
  char part[65536];
  for (ssize_t n; text.len < CACHE_MAX && (n = read(fd, part, sizeof part)) > 0;) str_addn(&text, part, (size_t)n);
  close(fd);
  struct lock_cache c;
  shape_init(&lock_cache_shape, &c);
  /* One that is being written is cut short: it is no JSON then, and is read at the next look. */
  if (!text.len || shape_decode_text(&lock_cache_shape, text.data, text.len, &c, a, NULL)) return -ENOENT;
  *ret = c;
  return 0;
}

int cache_lock(const char *id) {
  struct stat st;
  int fd = open_file(id, O_RDWR | O_CREAT, &st);
  if (fd < 0) return fd;
  if (!flock(fd, LOCK_EX | LOCK_NB)) return fd;
  int code = errno == EWOULDBLOCK ? -EBUSY : -errno;
  close(fd);
  return code;
}

void cache_write(int fd, const struct lock_cache *c) {
  CLEANUP(str_free) struct str text = {0};
  if (fd < 0) return;
  shape_encode(&lock_cache_shape, c, &text);
  str_addc(&text, '\n');
  if (ftruncate(fd, 0) || pwrite(fd, text.data, text.len, 0) != (ssize_t)text.len) (void)!ftruncate(fd, 0);
}

void cache_unlock(int fd) {
  if (fd >= 0) close(fd);
}
