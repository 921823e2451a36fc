/* A configuration file: taken or refused with a sentence; numbers stay within their bounds. */
#include "base/config.h"
#include "base/ini.h"
#include "tests/fuzz/fuzz.h"
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

void target_setup(void) {}

void target(const uint8_t *data, size_t len) {
  static int fd = -1;
  static char path[64];
  if (fd < 0) {
    fd = memfd_create("config", 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  }
  size_t values = 0;
  struct err e = {0};
  char *text = input_text(data, len);
  if (ini_parse(text, "file", on_value, &values, &e)) MUST(e.text[0], "a refusal says why");
  mem_free(text);
  if (ftruncate(fd, 0) || pwrite(fd, data, len, 0) != (ssize_t)len) return;
  struct config c = {0};
  struct str out = {0};
  int code = config_load(&c, path, &e);
  if (code) {
    MUST(e.text[0], "a refusal says why");
    must_be_harmless(e.text, strlen(e.text));
  } else {
    MUST(config_number(&c, SET_VOLUME_WARN) >= 1 && config_number(&c, SET_VOLUME_WARN) <= 100, "a number is within its bounds");
    for (size_t i = 0; i < c.host_count; i++) {
      char *ssh = config_ssh(&c, c.hosts[i].name);
      MUST(ssh, "there is a way to every host");
      mem_free(ssh);
    }
    config_print(&c, &out);
  }
  config_free(&c);
  str_free(&out);
}
