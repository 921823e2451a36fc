#include "sources/gluster_text.h"
#include "sources/gluster_name.h"
#include "sources/gluster_read.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LINE_ROOM = 8192, BRICKS_MAX = 10000, PATH_LONGEST = 4096 };

/* Copies the next line of *text, without its end and the blanks before it, into out. False when there is none. */
static bool next_line(const char **text, char out[LINE_ROOM]) {
  if (!**text) return false;
  size_t len = strcspn(*text, "\n"), keep = len < LINE_ROOM - 1 ? len : LINE_ROOM - 1;
  memcpy(out, *text, keep);
  while (keep && isspace((unsigned char)out[keep - 1])) keep--;
  out[keep] = 0;
  *text += len + ((*text)[len] == '\n');
  return true;
}

static const char *after(const char *line, const char *prefix) { return str_starts(line, prefix) ? line + strlen(prefix) : NULL; }

bool text_lock_taken(const char *text) {
  return strstr(text, "Another transaction") || strstr(text, "Locking failed") || strstr(text, "Another Transaction");
}

int text_heal_count(struct arena *a, const char *text, struct gluster_heal *ret) {
  char line[LINE_ROOM];
  int64_t sum = 0;
  bool all = true, successful = strstr(text, "has been successful") != NULL;
  shape_init(&gluster_heal_shape, ret);
  if (!successful) return text_lock_taken(text) ? -EBUSY : -EPROTO;
  struct gluster_brick_heal *b = NULL;
  while (next_line(&text, line)) {
    const char *value, *colon;
    if ((value = after(line, "Brick ")) && (colon = strstr(value, ":/")) && ret->bricks.count < BRICKS_MAX) {
      if (b && b->pending == UNKNOWN_INT) all = false;
      b = list_add(a, &ret->bricks, &gluster_brick_heal_shape);
      b->host = arena_strndup(a, value, (size_t)(colon - value));
      b->path = arena_strdup(a, colon + 1);
    } else if (b && (value = after(line, "Number of entries: "))) {
      int64_t n;
      if (!str_int(value, 0, INT32_MAX, &n)) sum += b->pending = n;
    } else if (b && (value = after(line, "Status: "))) {
      b->text = arena_strdup(a, value);
    }
  }
  if (!b) return -EPROTO;
  if (all && b->pending != UNKNOWN_INT && sum == 0) ret->split_brain = 0;
  return 0;
}

int text_split_brain(const char *text, const struct gluster_volume *v, int64_t *ret) {
  char line[LINE_ROOM];
  int64_t sum = 0, most = 0, set = -1, told = 0, bricks = 0;
  while (next_line(&text, line)) {
    const char *value;
    int64_t n;
    if ((value = after(line, "Brick ")) && strstr(value, ":/")) {
      int64_t of = (size_t)bricks < v->bricks.count ? v->bricks.item[bricks].set : set; /* in brick order */
      if (of != set) {
        sum += most;
        most = 0;
        set = of;
      }
      bricks++;
    } else if ((value = after(line, "Number of entries in split-brain: ")) && !str_int(value, 0, INT32_MAX, &n)) {
      if (n > most) most = n;
      told++;
    }
  }
  if (!bricks || bricks != (int64_t)v->bricks.count) return -EPROTO;
  /* A brick that is away cannot tell; what the others of its set found is known all the same, if they found anything. */
  if (told < bricks && sum + most == 0) return -EPROTO;
  *ret = sum + most;
  return 0;
}

/* The next word of a mounts line with its \040 undone; NULL at its end. */
static char *next_word(char **at) {
  char *from = *at + strspn(*at, " \t");
  if (!*from) return NULL;
  size_t len = strcspn(from, " \t");
  *at = from + len + (from[len] != 0);
  from[len] = 0;
  char *to = from;
  for (const char *c = from; *c; to++)
    if (c[0] == '\\' && c[1] >= '0' && c[1] <= '3' && c[2] >= '0' && c[2] <= '7' && c[3] >= '0' && c[3] <= '7') {
      *to = (char)((c[1] - '0') << 6 | (c[2] - '0') << 3 | (c[3] - '0'));
      c += 4;
    } else {
      *to = *c++;
    }
  *to = 0;
  return from;
}

struct mount_line {
  char *source, *where, *type, *options;
};

static bool mount_line(char *line, struct mount_line *ret) {
  char *at = line;
  if (line[0] == '#') return false;
  ret->source = next_word(&at);
  ret->where = ret->source ? next_word(&at) : NULL;
  ret->type = ret->where ? next_word(&at) : NULL;
  ret->options = ret->type ? next_word(&at) : NULL;
  return ret->options && (!strcmp(ret->type, "fuse.glusterfs") || !strcmp(ret->type, "glusterfs"));
}

/* "node1:models", "node1:/models/sub", "node1,node2:/models", "[fe80::1]:/models". Changes source. */
static bool split_source(char *source, char **ret_servers, char **ret_volume) {
  char *colon = strrchr(source, ':');
  if (!colon || colon == source) return false;
  *colon = 0;
  *ret_servers = source;
  *ret_volume = colon + 1 + (colon[1] == '/');
  (*ret_volume)[strcspn(*ret_volume, "/")] = 0;
  if (source[0] == '[' && str_ends(source, "]")) {
    source[strlen(source) - 1] = 0;
    ++*ret_servers;
  }
  return true;
}

void text_mounts(struct arena *a, const char *text, struct gluster_mounts *ret) {
  char line[LINE_ROOM], *servers, *volume;
  struct mount_line m;
  shape_init(&gluster_mounts_shape, ret);
  while (next_line(&text, line)) {
    if (!mount_line(line, &m) || !split_source(m.source, &servers, &volume)) continue;
    servers[strcspn(servers, ",")] = 0;
    struct gluster_mount *one = list_add(a, &ret->mounts, &gluster_mount_shape);
    one->mount = arena_strdup(a, m.where);
    one->server = arena_strdup(a, servers);
    one->volume = arena_strdup(a, volume);
    one->options = arena_strdup(a, m.options);
  }
}

static void add_hosts(struct arena *a, char *list, const char *between, struct texts *ret) {
  for (char *rest = NULL, *host = strtok_r(list, between, &rest); host; host = strtok_r(NULL, between, &rest))
    if (!texts_have(ret, host)) texts_add(a, ret, host);
}

void text_servers(struct arena *a, const char *text, struct texts *ret) {
  static const char *const keys[] = {"backup-volfile-servers=", "backup-volfile-server=", "backupvolfile-server="};
  char line[LINE_ROOM], *servers, *volume;
  struct mount_line m;
  while (next_line(&text, line)) {
    if (!mount_line(line, &m) || !split_source(m.source, &servers, &volume)) continue;
    add_hosts(a, servers, ",", ret);
    for (char *rest = NULL, *o = strtok_r(m.options, ",", &rest); o; o = strtok_r(NULL, ",", &rest))
      for (size_t k = 0; k < COUNT(keys); k++)
        if (str_starts(o, keys[k])) add_hosts(a, o + strlen(keys[k]), ":", ret);
  }
}

bool volume_sharded(const struct gluster_volume *v) {
  static const char *const yes[] = {"on", "enable", "true", "yes", "1"};
  const char *value = pairs_get(&v->options, "features.shard");
  for (size_t i = 0; value && i < COUNT(yes); i++)
    if (!strcasecmp(value, yes[i])) return true;
  return false;
}

bool volume_everywhere(const struct gluster_volume *v) { return volume_sharded(v) || set_count(v) == 1; }

static void add_brick(struct arena *a, const struct gluster_brick *b, struct texts *ret) {
  texts_add(a, ret, arena_printf(a, "%s:%s", b->host, b->path));
}

void bricks_everywhere(struct arena *a, const struct gluster_volume *v, struct texts *ret) {
  for (size_t i = 0; i < v->bricks.count; i++) add_brick(a, &v->bricks.item[i], ret);
}

/* "<REPLICATE:models-replicate-1>" names the set; -1 when there is no such word before the first brick. */
static int64_t set_named(const char *text, const struct gluster_volume *v) {
  const char *words[] = {"<REPLICATE:", "<DISPERSE:", "<EC:"}, *bricks = strstr(text, "<POSIX(");
  for (size_t i = 0; i < COUNT(words); i++) {
    const char *from = strstr(text, words[i]);
    if (!from || (bricks && from > bricks)) continue;
    from += strlen(words[i]);
    const char *end = strchr(from, '>'), *digits = end;
    if (!end || strncmp(from, v->name, strlen(v->name))) continue;
    while (digits > from && isdigit((unsigned char)digits[-1])) digits--;
    if (digits == end || digits == from || digits[-1] != '-' || end - digits > 9) continue;
    return strtol(digits, NULL, 10);
  }
  return -1;
}

/* The brick's own host name stands in the text, which need not be the name the volume has for it. */
static bool same_host(const struct gluster_brick *b, const char *name, size_t len, const struct gluster_peers *peers) {
  char host[256];
  snprintf(host, sizeof host, "%.*s", (int)(len < 255 ? len : 255), name);
  if (!strcmp(host, b->host)) return true;
  const struct gluster_peer *p = peers ? peer_by_name(peers, host) : NULL;
  return p && p->uuid && str_eq(p->uuid, b->uuid);
}

void bricks_of_pathinfo(struct arena *a, const char *pathinfo, const struct gluster_volume *v, const struct gluster_peers *peers, struct texts *ret) {
  *ret = (struct texts){0};
  int64_t set = set_named(pathinfo, v);
  for (size_t i = 0; set >= 0 && i < v->bricks.count; i++)
    if (v->bricks.item[i].set == set) add_brick(a, &v->bricks.item[i], ret);
  if (ret->count) return;
  for (const char *at = pathinfo; (at = strstr(at, "<POSIX("));) {
    at += strlen("<POSIX(");
    for (size_t i = 0; i < v->bricks.count; i++) {
      const struct gluster_brick *b = &v->bricks.item[i];
      size_t len = strlen(b->path);
      if (strncmp(at, b->path, len) || strncmp(at + len, "):", 2)) continue;
      const char *host = at + len + 2, *end = strstr(host, ":/");
      if (end && same_host(b, host, (size_t)(end - host), peers)) add_brick(a, b, ret);
    }
  }
}

/* ---- a client of a volume, and who may be asked for what ---- */

int text_capacity(const char *text, struct gluster_capacity *ret) {
  int64_t n[4];
  for (size_t i = 0; i < COUNT(n); i++) {
    char digits[24];
    size_t len = strcspn(text, " ");
    if (len >= sizeof digits) return -EPROTO;
    memcpy(digits, text, len);
    digits[len] = 0;
    if (str_int(digits, 0, INT64_MAX, &n[i])) return -EPROTO;
    text += len + (text[len] == ' ');
  }
  if (*text) return -EPROTO;
  *ret = (struct gluster_capacity){n[0], n[1], n[2], n[3]};
  return 0;
}

bool text_disk(char *text, char **ret_path) {
  char *path = strchr(text, ' ');
  if (!path) return false;
  *path++ = 0;
  *ret_path = path;
  return volume_name_valid(text) && path[0] == '/' && strlen(path) <= PATH_LONGEST;
}

const char *text_peer(struct arena *a, const char *text) {
  static const char key[] = "hostname1=";
  const char *at = strstr(text, key);
  if (!at) return NULL;
  at += strlen(key);
  const char *host = arena_strndup(a, at, strcspn(at, "\r\n"));
  return name_valid(host) ? host : NULL;
}

void text_hosts(struct arena *a, const char *text, struct texts *ret) {
  for (const char *line = text; *line;) {
    size_t len = strcspn(line, "\n"), word = strcspn(line, " \t\n#");
    const char *name = arena_strndup(a, line, word);
    if (*name && !texts_have(ret, name)) texts_add(a, ret, name);
    line += len + (line[len] == '\n');
  }
}
