/* The time at the beginning of a log line. Two families: "2026-11-22 12:03:44.123" with a fraction and an offset or
 * without, in brackets or not; and syslog's "Nov 22 12:03:44.123", which has neither year nor zone. */
#include "model/logs.h"
#include <ctype.h>
#include <string.h>
#include <time.h>

struct cursor { const char *at, *end; };

static bool digits(struct cursor *c, int count, int *ret) {
  if (c->end - c->at < count) return false;
  int n = 0;
  for (int i = 0; i < count; i++) {
    if (!isdigit((unsigned char)c->at[i])) return false;
    n = n * 10 + (c->at[i] - '0');
  }
  c->at += count;
  *ret = n;
  return true;
}

static bool take(struct cursor *c, const char *any) {
  if (c->at == c->end || !*c->at || !strchr(any, *c->at)) return false;
  c->at++;
  return true;
}

static bool clock_of(struct cursor *c, struct tm *tm) {
  return digits(c, 2, &tm->tm_hour) && take(c, ":") && digits(c, 2, &tm->tm_min) && take(c, ":") && digits(c, 2, &tm->tm_sec) && tm->tm_hour < 24 && tm->tm_min < 60 && tm->tm_sec < 61;
}

static int64_t fraction(struct cursor *c) {
  int64_t ms = 0, scale = 100;
  if (c->end - c->at < 2 || !strchr(".,", *c->at) || !isdigit((unsigned char)c->at[1])) return 0;
  for (c->at++; c->at < c->end && isdigit((unsigned char)*c->at); c->at++, scale /= 10) ms += (*c->at - '0') * scale;
  return ms;
}

/* "Z", "+0100", " +0100", "+01:00". False: none is there. */
static bool offset(struct cursor *c, int64_t *ret_s) {
  struct cursor at = *c;
  int h, m;
  take(&at, " ");
  if (at.at < at.end && *at.at == 'Z' && (at.at + 1 == at.end || !isalnum((unsigned char)at.at[1]))) {
    at.at++;
    *ret_s = 0;
  } else {
    int sign = at.at < at.end && *at.at == '-' ? -1 : 1;
    if (!take(&at, "+-") || !digits(&at, 2, &h)) return false;
    take(&at, ":");
    if (!digits(&at, 2, &m) || h > 14 || m > 59) return false;
    *ret_s = sign * (h * 3600 + m * 60);
  }
  *c = at;
  return true;
}

static int month_of(const char *s) {
  static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  for (int m = 0; m < 12; m++)
    if (!memcmp(s, names + m * 3, 3)) return m;
  return -1;
}

static bool in_calendar(const struct tm *tm) {
  static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return tm->tm_mon >= 0 && tm->tm_mon < 12 && tm->tm_mday >= 1 && tm->tm_mday <= days[tm->tm_mon];
}

static int64_t wall_of(struct tm tm, int year) {
  tm.tm_year = year - 1900;
  return (int64_t)timegm(&tm) * 1000;
}

/* The year that brings it nearest. */
static int64_t nearest(const struct tm *tm, int64_t near) {
  time_t s = (time_t)(near / 1000);
  struct tm then;
  if (!gmtime_r(&s, &then)) return 0;
  int64_t best = 0, least = INT64_MAX;
  for (int year = then.tm_year + 1899; year <= then.tm_year + 1901; year++) {
    int64_t at = wall_of(*tm, year), far = at > near ? at - near : near - at;
    if (far < least) best = at, least = far;
  }
  return best;
}

static size_t syslog_stamp(const char *line, size_t len, int64_t near, int64_t zone_s, int64_t *ret_at) {
  struct cursor c = {line, line + len};
  struct tm tm = {0};
  if (len < 15 || (tm.tm_mon = month_of(line)) < 0) return 0;
  c.at += 3;
  if (!take(&c, " ") || !(take(&c, " ") ? digits(&c, 1, &tm.tm_mday) : digits(&c, 2, &tm.tm_mday)) || !take(&c, " ") || !clock_of(&c, &tm) || !in_calendar(&tm)) return 0;
  *ret_at = nearest(&tm, near + zone_s * 1000) + fraction(&c) - zone_s * 1000;
  return (size_t)(c.at - line);
}

size_t log_stamp(const char *line, size_t len, int64_t near, int64_t zone_s, int64_t *ret_at, bool *ret_local) {
  struct cursor c = {line, line + len};
  struct tm tm = {0};
  int year;
  int64_t from_utc;
  bool bracket = take(&c, "[");
  *ret_local = false;
  if (!digits(&c, 4, &year)) {
    *ret_local = true;
    return bracket ? 0 : syslog_stamp(line, len, near, zone_s, ret_at);
  }
  if (year < 1970 || !take(&c, "-") || !digits(&c, 2, &tm.tm_mon) || !take(&c, "-") || !digits(&c, 2, &tm.tm_mday) || !take(&c, " T") || !clock_of(&c, &tm)) return 0;
  tm.tm_mon--;
  if (!in_calendar(&tm)) return 0;
  int64_t at = wall_of(tm, year) + fraction(&c);
  if (offset(&c, &from_utc)) at -= from_utc * 1000; /* none: gluster before 7, which wrote UTC */
  if (bracket && !take(&c, "]")) return 0;
  *ret_at = at;
  return (size_t)(c.at - line);
}
