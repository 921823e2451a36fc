/* kvmconsole-gfapi SERVER VOLUME: one volume as a client sees it, by libgfapi. A process of its own, because the library
 * blocks for as long as a brick's host is silent (81 s were seen) and ends slowly: whoever started it ends it when it
 * does not answer. Requests and answers are gluster_files.h's, a line each. SERVER: a host, or the path of glusterd's
 * socket. */
#include "base/mem.h"
#include <errno.h>
#include <glusterfs/api/glfs.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { GLUSTERD_PORT = 24007, LOG_NOTHING = 0 };

static glfs_t *open_volume(const char *server, const char *volume) {
  glfs_t *fs = glfs_new(volume);
  if (!fs) return NULL;
  glfs_set_logging(fs, "/dev/null", LOG_NOTHING);
  glfs_set_volfile_server(fs, strchr(server, '/') ? "unix" : "tcp", server, GLUSTERD_PORT);
  return glfs_init(fs) ? NULL : fs; /* never given back: glfs_fini() may take 13 s */
}

static void say_capacity(glfs_t *fs) {
  struct statvfs s;
  if (glfs_statvfs(fs, "/", &s)) printf("error %s\n", strerror(errno));
  else
    printf("capacity %llu %llu %llu %llu\n", (unsigned long long)s.f_blocks * s.f_frsize, (unsigned long long)s.f_bavail * s.f_frsize,
           (unsigned long long)s.f_files, (unsigned long long)s.f_ffree);
}

static void say_disk(glfs_t *fs, const char *path) {
  static char value[65536];
  ssize_t n = glfs_lgetxattr(fs, path, "glusterfs.pathinfo", value, sizeof value - 1);
  if (n < 0) {
    printf("error %s\n", strerror(errno));
    return;
  }
  value[n] = 0;
  for (char *c = value; *c; c++)
    if (*c == '\n') *c = ' ';
  printf("disk %s\n", value);
}

int main(int argc, char **argv) {
  char line[8192];
  glfs_t *fs = NULL;
  if (argc == 2 && !strcmp(argv[1], "--help")) {
    puts("usage: kvmconsole-gfapi SERVER VOLUME");
    return 0;
  }
  if (argc != 3) {
    fputs("usage: kvmconsole-gfapi SERVER VOLUME\n", stderr);
    return 64;
  }
  setvbuf(stdout, NULL, _IOLBF, 0);
  while (fgets(line, sizeof line, stdin)) {
    line[strcspn(line, "\n")] = 0;
    if (!fs && !(fs = open_volume(argv[1], argv[2]))) {
      printf("error cannot open volume %s: %s\n", argv[2], strerror(errno));
      fflush(stdout);
      _exit(1); /* the next attempt begins anew: a half-made client is of no use */
    }
    if (!strcmp(line, "capacity")) say_capacity(fs);
    else if (!strncmp(line, "disk /", 6)) say_disk(fs, line + 5);
    else printf("error no such request\n");
  }
  fflush(stdout);
  _exit(0);
}
