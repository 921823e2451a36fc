#include "views/text/bundle_file.h"
#include "base/child.h"
#include "model/shape.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PART_MAX = 32 << 20, ALL_MAX = 96 << 20, TAR_MS = 120000, SUM_LEN = 64 };
static const char top[] = "kvmconsole-bundle";

struct part { char *name, *what; size_t len, left_out; char sum[SUM_LEN + 1]; };
struct miss { char *name, *why; };
struct bundle_file {
  char *path, *folder, *packed;
  struct part *parts;
  size_t count, all;
  struct miss *misses;
  size_t missed;
};

static int no_room_or(struct err *e, int code, const char *what) {
  bool full = code == -ENOSPC || code == -EDQUOT || code == -EFBIG;
  return err_set(e, code, full ? "give a place with more room" : "give another place", "%s: %s", what, full ? "there is no room for it" : strerror(-code));
}

struct bundle_file *bundle_open(const char *path, struct err *e) {
  struct stat st;
  if (!str_ends(path, ".tar.gz") && !str_ends(path, ".tgz")) return err_set(e, -EINVAL, "name it so", "%s: a bundle's name ends in .tar.gz", path), NULL;
  if (!lstat(path, &st)) return err_set(e, -EEXIST, "give another name", "%s: there is such a file", path), NULL;
  CLEANUP(mem_freep) char *copy = mem_strdup(path);
  char *folder = mem_printf("%s/.kvmconsole-bundle-XXXXXX", dirname(copy));
  if (!mkdtemp(folder)) {
    no_room_or(e, -errno, path);
    mem_free(folder);
    return NULL;
  }
  struct bundle_file *b = mem_alloc(sizeof *b);
  *b = (struct bundle_file){.path = mem_strdup(path), .folder = folder, .packed = mem_printf("%s/packed.tar.gz", folder)};
  CLEANUP(mem_freep) char *inside = mem_printf("%s/%s", folder, top);
  if (!mkdir(inside, 0700)) return b;
  no_room_or(e, -errno, path);
  bundle_close(b);
  return NULL;
}

static char *place_of(const struct bundle_file *b, const char *name) { return mem_printf("%s/%s/%s", b->folder, top, name); }

static int write_part(const char *path, const char *text, size_t len) {
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600), code = fd < 0 ? -errno : 0;
  while (!code && len) {
    ssize_t n = write(fd, text, len);
    if (n < 0 && errno != EINTR) code = -errno;
    if (n > 0) text += n, len -= (size_t)n;
  }
  if (fd >= 0 && close(fd) && !code) code = -errno;
  return code;
}

int bundle_add(struct bundle_file *b, const char *name, const char *text, size_t len, const char *what, struct err *e) {
  size_t whole = len, most = b->all >= ALL_MAX ? 0 : ALL_MAX - b->all < PART_MAX ? ALL_MAX - b->all : PART_MAX;
  if (len > most) {
    const char *line = most ? memrchr(text, '\n', most) : NULL;
    len = line ? (size_t)(line - text) + 1 : 0;
  }
  CLEANUP(mem_freep) char *path = place_of(b, name);
  char *slash = strrchr(path, '/');
  if (strchr(name, '/')) {
    *slash = 0;
    int made = mkdir(path, 0700) && errno != EEXIST ? -errno : 0;
    *slash = '/';
    if (made) return no_room_or(e, made, name);
  }
  int code = write_part(path, text, len);
  b->parts = mem_grow(b->parts, b->count + 1, sizeof *b->parts);
  b->parts[b->count++] = (struct part){.name = mem_strdup(name), .what = mem_strdup(what), .len = len, .left_out = whole - len};
  b->all += len;
  return code ? no_room_or(e, code, name) : 0;
}

void bundle_missing(struct bundle_file *b, const char *name, const char *why) {
  b->misses = mem_grow(b->misses, b->missed + 1, sizeof *b->misses);
  b->misses[b->missed++] = (struct miss){mem_strdup(name), mem_strdup(why && *why ? why : "it said nothing")};
}

size_t bundle_count(const struct bundle_file *b) { return b->count; }
size_t bundle_missed(const struct bundle_file *b) { return b->missed; }
const char *bundle_folder(const struct bundle_file *b) { return b->folder; }

/* ---- the manifest ---- */

static int add_sums(struct bundle_file *b, struct err *e) {
  CLEANUP(mem_freep) const char **argv = mem_alloc((b->count + 3) * sizeof *argv);
  CLEANUP(mem_freep) char *out = NULL;
  size_t len = 0, n = 0;
  int exit_code = 0, code;
  argv[n++] = "sha256sum";
  argv[n++] = "--";
  for (size_t i = 0; i < b->count; i++) argv[n++] = place_of(b, b->parts[i].name);
  code = child_capture(argv, TAR_MS, &out, &len, &exit_code, e);
  for (size_t i = 2; i < n; i++) mem_free((char *)argv[i]);
  if (!code && exit_code) code = err_set(e, -EIO, "", "sha256sum could not read the bundle's parts");
  const char *line = out;
  for (size_t i = 0; !code && i < b->count; i++) {
    if (line && *line == '\\') line++; /* a path with a backslash in it */
    if (!line || strspn(line, "0123456789abcdef") != SUM_LEN) return err_set(e, -EIO, "", "sha256sum said what is no checksum");
    memcpy(b->parts[i].sum, line, SUM_LEN);
    line = strchr(line, '\n');
    if (line) line++;
  }
  return code;
}

static void print_manifest(const struct bundle_file *b, const char *head, struct str *out) {
  str_addf(out, "{\"schema\":1,%s,\n \"parts\":[", head);
  for (size_t i = 0; i < b->count; i++) {
    const struct part *p = &b->parts[i];
    str_add(out, i ? ",\n  {\"name\":" : "\n  {\"name\":");
    json_text(out, p->name);
    str_addf(out, ",\"bytes\":%zu,\"left_out\":%zu,\"sha256\":\"%s\",\"what\":", p->len, p->left_out, p->sum);
    json_text(out, p->what);
    str_add(out, "}");
  }
  str_add(out, "],\n \"missing\":[");
  for (size_t i = 0; i < b->missed; i++) {
    str_add(out, i ? ",\n  {\"name\":" : "\n  {\"name\":");
    json_text(out, b->misses[i].name);
    str_add(out, ",\"why\":");
    json_text(out, b->misses[i].why);
    str_add(out, "}");
  }
  str_add(out, "]}\n");
}

/* ---- the file ---- */

static int pack(struct bundle_file *b, struct err *e) {
  const char *argv[] = {"tar", "--create", "--gzip", "--file", b->packed, "--owner=0", "--group=0", "--numeric-owner", "--directory", b->folder, "--", top, NULL};
  CLEANUP(mem_freep) char *out = NULL;
  size_t len = 0;
  int exit_code = 0, code = child_capture(argv, TAR_MS, &out, &len, &exit_code, e);
  if (code == -ENOENT) return err_set(e, code, "install tar and gzip", "the bundle cannot be packed: there is no tar");
  if (!code && exit_code) code = err_set(e, -ENOSPC, "give a place with more room, and have tar and gzip installed", "%s: tar could not write it", b->path);
  return code;
}

/* It takes its name in one go, and never that of another file, nor of a link. */
static int give_name(struct bundle_file *b, int64_t *ret_size, struct err *e) {
  struct stat st;
  int fd = open(b->packed, O_RDONLY | O_CLOEXEC | O_NOFOLLOW), code = fd < 0 ? -errno : 0;
  if (!code && (fchmod(fd, 0600) || fsync(fd) || fstat(fd, &st))) code = -errno;
  if (fd >= 0) close(fd);
  if (!code && renameat2(AT_FDCWD, b->packed, AT_FDCWD, b->path, RENAME_NOREPLACE)) code = -errno;
  if (code == -EINVAL) code = link(b->packed, b->path) ? -errno : 0; /* a file system that knows no such renaming */
  if (code == -EEXIST) return err_set(e, code, "give another name", "%s: there is such a file", b->path);
  if (code) return no_room_or(e, code, b->path);
  *ret_size = st.st_size;
  return 0;
}

int bundle_finish(struct bundle_file *b, const char *head, int64_t *ret_size, struct err *e) {
  CLEANUP(str_free) struct str manifest = {0};
  CLEANUP(mem_freep) char *path = place_of(b, "manifest.json");
  int code = add_sums(b, e);
  if (code) return code;
  print_manifest(b, head, &manifest);
  code = write_part(path, str_text(&manifest), manifest.len);
  if (code) return no_room_or(e, code, b->path);
  code = pack(b, e);
  return code ? code : give_name(b, ret_size, e);
}

/* What it made and nothing else: deepest first. */
void bundle_close(struct bundle_file *b) {
  if (!b) return;
  CLEANUP(mem_freep) char *manifest = place_of(b, "manifest.json"), *inside = mem_printf("%s/%s", b->folder, top);
  unlink(manifest);
  unlink(b->packed);
  for (size_t i = 0; i < b->count; i++) {
    CLEANUP(mem_freep) char *path = place_of(b, b->parts[i].name);
    unlink(path);
    if (strchr(b->parts[i].name, '/')) *strrchr(path, '/') = 0, rmdir(path);
    mem_free(b->parts[i].name), mem_free(b->parts[i].what);
  }
  for (size_t i = 0; i < b->missed; i++) mem_free(b->misses[i].name), mem_free(b->misses[i].why);
  rmdir(inside);
  rmdir(b->folder);
  mem_free(b->parts), mem_free(b->misses), mem_free(b->path), mem_free(b->folder), mem_free(b->packed);
  mem_free(b);
}
