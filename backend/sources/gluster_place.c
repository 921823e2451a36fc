#include "sources/gluster_place.h"
#include "sources/emit.h"
#include "sources/gluster_name.h"
#include "sources/gluster_text.h"
#include "sources/gluster_world.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char STATE[] = "/var/lib/glusterd";
enum { PEERS_MAX = 64, FILE_MAX = 1 << 20 };

char *small_file(const char *path) {
  FILE *f = fopen(path, "re");
  if (!f) return NULL;
  struct str text = {0};
  char part[4096];
  for (size_t n; text.len < FILE_MAX && (n = fread(part, 1, sizeof part, f)) > 0;) str_addn(&text, part, n);
  bool failed = ferror(f); /* half of it would be taken for all */
  fclose(f);
  if (failed) str_free(&text);
  return failed ? NULL : str_take(&text);
}

bool place_socket(struct sockaddr_un *ret) {
  static const char *const paths[] = {"/run/glusterd.socket", "/var/run/glusterd.socket"};
  *ret = (struct sockaddr_un){.sun_family = AF_UNIX};
  for (size_t i = COUNT(paths); i-- > 0;) {
    strcpy(ret->sun_path, paths[i]);
    if (access(paths[i], F_OK) == 0 || errno == EACCES) return true;
  }
  strcpy(ret->sun_path, paths[1]);
  return false;
}

/* Its identity is written at its first start. A package that merely lies there (clients often have it) says nothing. */
bool place_installed(void) {
  char path[64];
  snprintf(path, sizeof path, "%s/glusterd.info", STATE);
  return access(path, F_OK) == 0;
}

/* The pool as this host's glusterd wrote it down: whom to ask while it does not run. */
static void stored_peers(struct arena *a, struct texts *hosts) {
  char path[512];
  snprintf(path, sizeof path, "%s/peers", STATE);
  DIR *d = opendir(path);
  if (!d) return;
  for (const struct dirent *e; hosts->count < PEERS_MAX && (e = readdir(d));) {
    if (e->d_name[0] == '.') continue;
    snprintf(path, sizeof path, "%s/peers/%s", STATE, e->d_name);
    CLEANUP(mem_freep) char *text = small_file(path);
    const char *host = text ? text_peer(a, text) : NULL;
    if (host && !texts_have(hosts, host)) texts_add(a, hosts, host);
  }
  closedir(d);
}

static void mounted_servers(struct arena *a, struct texts *hosts) {
  static const char *const files[] = {"/proc/self/mounts", "/etc/fstab"};
  struct texts found = {0};
  for (size_t i = 0; i < COUNT(files); i++) {
    CLEANUP(mem_freep) char *text = small_file(files[i]);
    if (text) text_servers(a, text, &found);
  }
  for (size_t i = 0; i < found.count && hosts->count < PEERS_MAX; i++)
    if (name_valid(found.item[i]) && !texts_have(hosts, found.item[i])) texts_add(a, hosts, found.item[i]);
}

/* Written by gluster-peer-probe where nothing else tells of the pool yet: before the first volume is mounted. */
static void told_hosts(struct arena *a, struct texts *hosts) {
  struct texts found = {0};
  CLEANUP(mem_freep) char *text = small_file("/var/lib/kvmconsole/gluster-hosts");
  if (text) text_hosts(a, text, &found);
  for (size_t i = 0; i < found.count && hosts->count < PEERS_MAX; i++)
    if (name_valid(found.item[i]) && !texts_have(hosts, found.item[i])) texts_add(a, hosts, found.item[i]);
}

static bool this_machine(const char *name) { return str_eq(name, "localhost") || str_eq(name, "127.0.0.1") || str_eq(name, this_host()); }

enum place place_find(struct arena *a, const char *target, struct texts *hosts) {
  struct sockaddr_un where;
  bool socket_there = place_socket(&where);
  *hosts = (struct texts){0};
  if (target && !(socket_there && this_machine(target))) {
    texts_add(a, hosts, target);
    return PLACE_HOSTS;
  }
  stored_peers(a, hosts);
  bool pooled = hosts->count > 0;
  mounted_servers(a, hosts);
  told_hosts(a, hosts);
  if (socket_there || pooled) return PLACE_LOCAL;
  return hosts->count ? PLACE_HOSTS : PLACE_NOWHERE;
}
