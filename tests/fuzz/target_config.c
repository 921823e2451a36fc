/* A configuration file: taken or refused with a sentence; numbers stay within their bounds. */
#include "base/config.h"
#include "base/ini.h"
#include "tests/fuzz/fuzz.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int on_value(void *owner, const char *section, const char *name, const char *key, const char *value, int line) {
  size_t *values = owner;
  MUST(section && name && value && !strpbrk(value, "\n") && line > 0, "a value is of one line");
  MUST(!strchr(key, '='), "a key ends at the first =");
  return ++*values > 100000 ? -1 : 0;
}

static void must_be_config(struct config *c, int code, const struct err *e) {
  struct str out = {0};
  if (code) {
    MUST(e->text[0], "a refusal says why");
    must_be_harmless(e->text, strlen(e->text));
  } else {
    MUST(config_number(c, SET_VOLUME_WARN) >= 1 && config_number(c, SET_VOLUME_WARN) <= 100, "a number is within its bounds");
    for (size_t i = 0; i < c->host_count; i++) {
      char *ssh = config_ssh(c, c->hosts[i].name);
      MUST(ssh, "there is a way to every host");
      mem_free(ssh);
    }
    if (input_is_dear()) config_print(c, &out);
  }
  config_free(c);
  str_free(&out);
}

/* Through a file, as it comes: a NUL byte is seen there. */
static int from_file(const uint8_t *data, size_t len, struct config *c, struct err *e) {
  static int fd = -1;
  static char path[64];
  if (fd < 0) {
    fd = memfd_create("config", 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  }
  return ftruncate(fd, 0) || pwrite(fd, data, len, 0) != (ssize_t)len ? err_set(e, -EIO, "", "no file") : config_load(c, path, e);
}

void target_setup(void) {}

void target(const uint8_t *data, size_t len) {
  size_t values = 0;
  struct err e = {0};
  struct config c = {0};
  char *text = input_text(data, len), *again = input_text(data, len);
  if (ini_parse(text, "file", on_value, &values, &e)) MUST(e.text[0], "a refusal says why");
  e = (struct err){0};
  must_be_config(&c, config_take(&c, again, "file", &e), &e);
  mem_free(text), mem_free(again);
  if (!input_is_dear()) return;
  e = (struct err){0};
  must_be_config(&c, from_file(data, len, &c, &e), &e);
}
