/* The client that a local mount is (gluster_files.h says what is asked of it). */
#include "sources/gluster_files.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>

static void say_capacity(const char *folder) {
  struct statvfs s;
  if (statvfs(folder, &s)) printf("error %s\n", strerror(errno));
  else
    printf("capacity %llu %llu %llu %llu\n", (unsigned long long)s.f_blocks * s.f_frsize, (unsigned long long)s.f_bavail * s.f_frsize,
           (unsigned long long)s.f_files, (unsigned long long)s.f_ffree);
}

static void say_disk(const char *folder, const char *path) {
  char value[65536];
  CLEANUP(mem_freep) char *whole = mem_printf("%s%s", folder, path);
  ssize_t n = lgetxattr(whole, "glusterfs.pathinfo", value, sizeof value - 1);
  if (n < 0) {
    printf("error %s\n", strerror(errno));
    return;
  }
  value[n] = 0;
  for (char *c = value; *c; c++)
    if (*c == '\n') *c = ' ';
  printf("disk %s\n", value);
}

int mount_serve(const char *folder) {
  char line[8192];
  setvbuf(stdout, NULL, _IOLBF, 0);
  while (fgets(line, sizeof line, stdin)) {
    line[strcspn(line, "\n")] = 0;
    if (!strcmp(line, "capacity")) say_capacity(folder);
    else if (str_starts(line, "disk /") && !strstr(line, "/../")) say_disk(folder, line + 5);
    else printf("error no such request\n");
  }
  return 0;
}
