#include "base/ini.h"
#include "base/str.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { LARGEST = 1 << 20 };

static char *trim(char *s) {
  while (isspace((unsigned char)*s)) s++;
  size_t n = strlen(s);
  while (n && isspace((unsigned char)s[n - 1])) s[--n] = 0;
  return s;
}

static int section_line(char *s, char **ret_section, char **ret_name) {
  char *end = strchr(s, ']');
  if (!end || *trim(end + 1)) return -EINVAL;
  *end = 0;
  s = trim(s + 1);
  size_t word = strcspn(s, " \t");
  char *name = s + word;
  if (*name) *name++ = 0;
  if (!*s) return -EINVAL;
  *ret_section = s;
  *ret_name = trim(name);
  return 0;
}

int ini_parse(char *text, const char *path, ini_fn *fn, void *owner, struct err *e) {
  char empty[1] = "", *section = empty, *name = empty;
  int number = 0;
  for (char *next, *s = text; s && *s; s = next) {
    number++;
    next = strchr(s, '\n');
    if (next) *next++ = 0;
    s = trim(s);
    if (!*s || *s == '#' || *s == ';') continue;
    if (*s == '[') {
      if (section_line(s, &section, &name))
        return err_set(e, -EINVAL, "write it as [section] or [section name]", "%s:%d: not a section: %s", path, number, s);
      continue;
    }
    char *equals = strchr(s, '=');
    if (!equals || equals == s) return err_set(e, -EINVAL, "write it as key = value", "%s:%d: neither a section nor key = value: %s", path, number, s);
    *equals = 0;
    int code = fn(owner, section, name, trim(s), trim(equals + 1), number);
    if (code) return code;
  }
  return 0;
}

int ini_read(const char *path, ini_fn *fn, void *owner, struct err *e) {
  FILE *f = fopen(path, "re");
  if (!f) return err_set(e, -errno, "", "%s: %s", path, strerror(errno));
  CLEANUP(str_free) struct str text = {0};
  char part[4096];
  for (size_t n; text.len <= LARGEST && (n = fread(part, 1, sizeof part, f)) > 0;) str_addn(&text, part, n);
  int failed = ferror(f), code;
  fclose(f);
  if (failed) code = err_set(e, -EIO, "", "%s: cannot be read", path);
  else if (text.len > LARGEST) code = err_set(e, -EFBIG, "", "%s: larger than 1 MiB", path);
  else if (strlen(str_text(&text)) != text.len) code = err_set(e, -EINVAL, "it must be a text file", "%s: has a NUL byte", path);
  else code = text.len ? ini_parse(text.data, path, fn, owner, e) : 0;
  return code;
}
