/* play RECORDING [SPEED]: prints it as if it happened now, line by line at its own pace, over and over: a feed that costs
 * nothing to make. Needs only the C library. */
#define _GNU_SOURCE
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int64_t wall(void) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Of a line that begins {"at":"2026-11-22T15:50:58.815Z"; -1: it does not. */
static int64_t stamp(const char *line) {
  struct tm tm = {0};
  int ms;
  if (sscanf(line, "{\"at\":\"%d-%d-%dT%d:%d:%d.%3dZ\"", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &ms) != 7) return -1;
  tm.tm_year -= 1900, tm.tm_mon -= 1;
  return (int64_t)timegm(&tm) * 1000 + ms;
}

static void print(const char *line, int64_t now) {
  char text[40];
  time_t s = (time_t)(now / 1000);
  struct tm tm;
  gmtime_r(&s, &tm);
  strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm);
  printf("{\"at\":\"%s.%03dZ%s", text, (int)(now % 1000), strchr(line + 7, '"'));
}

int main(int argc, char **argv) {
  double speed = argc > 2 ? atof(argv[2]) : 1;
  char *line = NULL;
  size_t room = 0;
  FILE *f = argc > 1 ? fopen(argv[1], "re") : NULL;
  if (!f || speed <= 0) return fprintf(stderr, "play RECORDING [SPEED]\n"), 64;
  for (;;) {
    int64_t begun = wall(), first = -1;
    rewind(f);
    while (getline(&line, &room, f) > 0) {
      int64_t at = stamp(line), due;
      if (at < 0) continue;
      if (first < 0) first = at;
      due = begun + (int64_t)((double)(at - first) / speed);
      if (due > wall()) {
        fflush(stdout);
        poll(NULL, 0, (int)(due - wall()));
      }
      print(line, wall());
      if (ferror(stdout)) return 1;
    }
    if (first < 0) return fprintf(stderr, "%s: nothing to play\n", argv[1]), 65;
    fflush(stdout);
    poll(NULL, 0, 500);
  }
}
