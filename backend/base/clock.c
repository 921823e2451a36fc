#include "base/clock.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static int64_t read_us(clockid_t id) {
  struct timespec t;
  clock_gettime(id, &t);
  return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t clock_mono_us(void) { return read_us(CLOCK_MONOTONIC); }
int64_t clock_mono_ms(void) { return read_us(CLOCK_MONOTONIC) / 1000; }
int64_t clock_wall_ms(void) { return read_us(CLOCK_REALTIME) / 1000; }

/* What can be written as RFC 3339, the years 0 to 9999: nothing else is read, or it would be another moment when it is
 * written again. */
static int writable(int64_t s) { return s >= -62167219200 && s <= 253402300799; }

char *clock_rfc3339(char *out, int64_t wall_ms) {
  time_t s = (time_t)(wall_ms / 1000);
  int ms = (int)(wall_ms % 1000);
  if (ms < 0) ms += 1000, s--;
  struct tm tm;
  if (!writable(s) || !gmtime_r(&s, &tm)) {
    snprintf(out, CLOCK_TEXT, "1970-01-01T00:00:00.000Z");
    return out;
  }
  size_t n = strftime(out, CLOCK_TEXT, "%04Y-%m-%dT%H:%M:%S", &tm);
  snprintf(out + n, CLOCK_TEXT - n, ".%03dZ", ms);
  return out;
}

static int zone_offset(const char *z, int *ret_seconds) {
  if (!strcmp(z, "Z") || !strcmp(z, "z")) {
    *ret_seconds = 0;
    return 0;
  }
  int h, m, n = 0;
  if ((z[0] != '+' && z[0] != '-') || sscanf(z + 1, "%2d:%2d%n", &h, &m, &n) != 2 || z[1 + n] || h > 23 || m > 59) return -EINVAL;
  *ret_seconds = (z[0] == '-' ? -1 : 1) * (h * 3600 + m * 60);
  return 0;
}

int clock_parse(const char *s, int64_t *ret_wall_ms) {
  struct tm tm = {0};
  const char *rest = s ? strptime(s, "%Y-%m-%d", &tm) : NULL;
  if (!rest || (*rest != 'T' && *rest != ' ' && *rest != 't')) return -EINVAL;
  rest = strptime(rest + 1, "%H:%M:%S", &tm);
  if (!rest) return -EINVAL;
  int ms = 0, scale = 100, offset;
  if (*rest == '.')
    for (rest++; *rest >= '0' && *rest <= '9'; rest++, scale /= 10) ms += (*rest - '0') * scale;
  while (*rest == ' ') rest++; /* pacemaker 2.1.6 and later write "12:47:58 +01:00" */
  if (zone_offset(rest, &offset)) return -EINVAL;
  int64_t t = (int64_t)timegm(&tm) - offset;
  if (!writable(t)) return -EINVAL;
  *ret_wall_ms = t * 1000 + ms;
  return 0;
}

int clock_parse_loose(const char *s, int64_t *ret_wall_ms) {
  if (!clock_parse(s, ret_wall_ms)) return 0;
  struct tm tm = {.tm_isdst = -1};
  const char *rest = s ? strptime(s, "%a %b %d %H:%M:%S %Y", &tm) : NULL;
  if (!rest) {
    tm = (struct tm){.tm_isdst = -1};
    rest = s ? strptime(s, "%Y-%m-%d %H:%M:%S", &tm) : NULL;
  }
  if (!rest || *rest) return -EINVAL;
  time_t t = mktime(&tm);
  if (t == (time_t)-1 || !writable(t)) return -EINVAL;
  *ret_wall_ms = (int64_t)t * 1000;
  return 0;
}

char *clock_age(char *out, int64_t ms) {
  int64_t s = ms / 1000;
  if (ms < 0) snprintf(out, CLOCK_TEXT, "?");
  else if (ms < 9950) snprintf(out, CLOCK_TEXT, "%.1f s", (double)ms / 1000);
  else if (s < 100) snprintf(out, CLOCK_TEXT, "%" PRId64 " s", s);
  else if (s < 100 * 60) snprintf(out, CLOCK_TEXT, "%" PRId64 " min", s / 60);
  else if (s < 48 * 3600) snprintf(out, CLOCK_TEXT, "%" PRId64 " h", s / 3600);
  else snprintf(out, CLOCK_TEXT, "%" PRId64 " d", s / 86400);
  return out;
}
