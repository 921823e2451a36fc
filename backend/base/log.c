#include "base/log.h"
#include "base/clock.h"
#include "base/str.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEPT = 64, LINE = 256, RULES = 16 };

/* One log a process, as stderr is. */
static struct {
  int fd; /* 0: none (0 is never a log file: stdin is open) */
  enum log_level level;
  struct rule {
    char component[16];
    enum log_level level;
  } rules[RULES];
  size_t rule_count;
  char kept[KEPT][LINE];
  unsigned next;
} the_log = {.level = LOG_LEVEL_WARNING};

static const char *const level_names[] = {"error", "warning", "info", "debug"};

static int level_of(const char *name, size_t len) {
  for (size_t i = 0; i < COUNT(level_names); i++)
    if (strlen(level_names[i]) == len && !strncmp(level_names[i], name, len)) return (int)i;
  return -1;
}

static int parse_levels(const char *s, struct err *e) {
  while (*s) {
    size_t len = strcspn(s, ",");
    const char *colon = memchr(s, ':', len);
    const char *name = colon ? colon + 1 : s;
    int level = level_of(name, len - (size_t)(name - s));
    if (level < 0)
      return err_set(e, -EINVAL, "write component:level with error, warning, info or debug", "KVMCONSOLE_LOG: no such level: %.*s", (int)len, s);
    if (!colon) {
      the_log.level = (enum log_level)level;
    } else if (the_log.rule_count < RULES) {
      struct rule *r = &the_log.rules[the_log.rule_count++];
      snprintf(r->component, sizeof r->component, "%.*s", (int)(colon - s), s);
      r->level = (enum log_level)level;
    }
    s += len + (s[len] == ',');
  }
  return 0;
}

int log_open(const char *path, const char *levels, struct err *e) {
  int code = levels ? parse_levels(levels, e) : 0;
  if (code || !path) return code;
  int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return err_set(e, -errno, "choose another file for --log", "cannot write %s: %s", path, strerror(errno));
  the_log.fd = fd;
  return 0;
}

void log_close(void) {
  if (the_log.fd > 0) close(the_log.fd);
  the_log.fd = 0;
}

static enum log_level wanted(const char *component) {
  for (size_t i = 0; i < the_log.rule_count; i++)
    if (!strcmp(the_log.rules[i].component, component)) return the_log.rules[i].level;
  return the_log.level;
}

void log_line(const char *component, enum log_level level, const char *format, ...) {
  if (level > wanted(component)) return;
  char text[LINE - 64], when[CLOCK_TEXT];
  va_list ap;
  va_start(ap, format);
  vsnprintf(text, sizeof text, format, ap);
  va_end(ap);
  char *line = the_log.kept[the_log.next++ % KEPT];
  int n = snprintf(line, LINE, "%s %s %s: %s\n", clock_rfc3339(when, clock_wall_ms()), level_names[level], component, text);
  if (n >= LINE) line[(n = LINE - 1) - 1] = '\n';
  if (the_log.fd > 0 && write(the_log.fd, line, (size_t)n) < 0) log_close(); /* a full disk must not stop the console */
}

void log_dump(int fd) {
  for (unsigned i = 0; i < KEPT; i++) {
    const char *line = the_log.kept[(the_log.next + i) % KEPT];
    size_t len = strnlen(line, LINE);
    if (len && write(fd, line, len) < 0) return;
  }
}
