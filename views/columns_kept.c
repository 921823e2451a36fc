#include "views/columns_kept.h"
#include "base/ini.h"
#include "base/log.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int list_named(const char *name) {
  for (int i = 0; i < LIST_COUNT; i++)
    if (str_eq(lists[i]->name, name)) return i;
  return -1;
}

void columns_check(struct config *c) {
  for (size_t i = 0; i < c->column_count; i++) {
    const struct columns_config *k = &c->columns[i];
    int list = list_named(k->list);
    struct columns_choice choice;
    CLEANUP(str_free) struct str bad = {0};
    if (list < 0) str_addf(&c->warnings, "%s: [columns] %s: there is no such list\n", k->origin, k->list);
    else if (!columns_parse(lists[list], k->names, &choice, &bad)) {
      CLEANUP(str_free) struct str all = {0};
      for (int n = 0; n < lists[list]->column_count; n++) {
        char name[COLUMN_NAME];
        str_addf(&all, " %s", column_name(name, lists[list], n));
      }
      str_addf(&c->warnings, "%s: [columns] %s: %s is none of its columns, or there twice; they are:%s\n", k->origin, k->list, str_text(&bad), str_text(&all));
    } else if (!choice.count) str_addf(&c->warnings, "%s: [columns] %s: no column is named\n", k->origin, k->list);
  }
}

void columns_configure(const struct config *c, struct app *a) {
  CLEANUP(str_free) struct str bad = {0};
  for (size_t i = 0; i < c->column_count; i++) {
    int list = list_named(c->columns[i].list);
    if (list >= 0) columns_parse(lists[list], c->columns[i].names, &a->lists[list].configured, &bad);
  }
}

/* ---- the file ---- */

static int on_kept(void *owner, const char *section, const char *name, const char *key, const char *value, int line) {
  struct app *a = owner;
  int list = list_named(key);
  CLEANUP(str_free) struct str bad = {0};
  (void)line;
  if (str_eq(section, "columns") && !*name && list >= 0) columns_parse(lists[list], value, &a->lists[list].chosen, &bad); /* what another version knew is left out */
  return 0;
}

void columns_restore(const char *state_dir, struct app *a) {
  if (!state_dir) return;
  CLEANUP(mem_freep) char *path = mem_printf("%s/columns", state_dir);
  struct err e = {0};
  struct stat st;
  if (lstat(path, &st) || !S_ISREG(st.st_mode) || st.st_uid != geteuid()) return;
  if (ini_read(path, on_kept, a, &e)) log_line("console", LOG_LEVEL_WARNING, "%s", e.text);
}

static void make_folders(const char *dir) {
  CLEANUP(mem_freep) char *path = mem_strdup(dir);
  for (char *at = path + 1; (at = strchr(at, '/')) != NULL; at++) {
    *at = 0;
    mkdir(path, 0700);
    *at = '/';
  }
  mkdir(path, 0700);
}

int columns_keep(const char *state_dir, const struct app *a, struct err *e) {
  if (!state_dir) return 0;
  make_folders(state_dir);
  CLEANUP(str_free) struct str out = {0};
  CLEANUP(mem_freep) char *path = mem_printf("%s/columns", state_dir), *fresh = mem_printf("%s/columns.new", state_dir);
  str_add(&out, "# The columns chosen on the screen; the configuration's hold where a list is not here.\n[columns]\n");
  for (int i = 0; i < LIST_COUNT; i++) {
    if (!a->lists[i].chosen.count) continue;
    str_addf(&out, "%s = ", lists[i]->name);
    columns_print(lists[i], &a->lists[i].chosen, &out);
    str_addc(&out, '\n');
  }
  int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  bool good = fd >= 0 && write(fd, out.data, out.len) == (ssize_t)out.len;
  int code = errno;
  if (fd >= 0) close(fd);
  if (good && !rename(fresh, path)) return 0;
  return err_set(e, -(good || fd < 0 ? errno : code), "they hold until the console ends", "the columns cannot be kept in %s: %s", path, strerror(good || fd < 0 ? errno : code));
}
