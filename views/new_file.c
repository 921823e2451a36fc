#include "views/new_file.h"
#include "base/mem.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static int write_all(int fd, const char *text, size_t len) {
  while (len) {
    ssize_t n = write(fd, text, len);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return -errno;
    text += n, len -= (size_t)n;
  }
  return fsync(fd) && errno != EINVAL && errno != EROFS ? -errno : 0;
}

static const char *why_not(int code) {
  switch (code) {
  case -EEXIST: return "there is such a file: give another name";
  case -ENOENT: return "there is no such directory";
  case -EACCES:
  case -EPERM:
  case -EROFS: return "that may not be written: give another place";
  case -ENOSPC:
  case -EDQUOT: return "there is no room for it";
  case -ELOOP:
  case -EISDIR: return "that is no place for a file";
  default: return "it could not be written";
  }
}

const char *new_file(const char *name, const char *text, size_t len, char **ret_whole) {
  int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600), code = fd < 0 ? -errno : write_all(fd, text, len);
  if (fd >= 0 && close(fd) && !code) code = -errno;
  if (fd >= 0 && code) unlink(name); /* half a file is none: it is ours, it was not there before */
  if (code) return why_not(code);
  char *whole = realpath(name, NULL);
  *ret_whole = mem_strdup(whole ? whole : name);
  free(whole);
  return NULL;
}

int own_file(const char *name) { return open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600); }
