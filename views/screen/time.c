/* What is shown of another moment than now says so: words in the title bar, and a line of its own that cannot be missed. */
#include "base/clock.h"
#include "views/screen/app.h"
#include <time.h>

/* "2 min 10 s", "0.8 s": exact enough to find it again. */
static const char *span_text(const struct input *in, int64_t ms) {
  char out[CLOCK_TEXT];
  int64_t s = ms / 1000;
  if (ms < 0) return "?";
  if (s < 60) return arena_strdup(in->arena, clock_age(out, ms));
  if (s < 3600) return arena_printf(in->arena, "%lld min %lld s", (long long)(s / 60), (long long)(s % 60));
  if (s < 48 * 3600) return arena_printf(in->arena, "%lld h %lld min", (long long)(s / 3600), (long long)(s / 60 % 60));
  return arena_printf(in->arena, "%lld d %lld h", (long long)(s / 86400), (long long)(s / 3600 % 24));
}

/* "0:14", "1:02:03": a place in a recording. */
static const char *place_text(const struct input *in, int64_t ms) {
  int64_t s = ms > 0 ? ms / 1000 : 0;
  if (s < 3600) return arena_printf(in->arena, "%lld:%02lld", (long long)(s / 60), (long long)(s % 60));
  return arena_printf(in->arena, "%lld:%02lld:%02lld", (long long)(s / 3600), (long long)(s / 60 % 60), (long long)(s % 60));
}

static const char *speed_text(const struct input *in) {
  double x = in->time.speed;
  if (x <= 0) return "xmax";
  return x < 1 ? arena_printf(in->arena, "x1/%.3g", 1 / x) : arena_printf(in->arena, "x%.4g", x);
}

static const char *of_text(const struct input *in) {
  return arena_printf(in->arena, "%s of %s", place_text(in, in->time.at.now - in->time.begin), place_text(in, in->time.end - in->time.begin));
}

/* With its date, where it may be another day's. */
static const char *when_text(const struct input *in) {
  time_t t = (time_t)(in->time.at.wall / 1000);
  struct tm tm;
  char out[CLOCK_TEXT];
  bool dated = in->time.kind == FEED_FILE || in->time.newest - in->time.at.wall > 12 * 3600000;
  if (!(in->utc ? gmtime_r(&t, &tm) : localtime_r(&t, &tm))) return "?";
  strftime(out, sizeof out, dated ? "%Y-%m-%d %H:%M:%S" : "%H:%M:%S", &tm);
  return arena_strdup(in->arena, out);
}

/* A recording that plays says so in the title bar; one that stands still, and all that is past of what is live, on a line
 * of its own. */
bool shows_time(const struct input *in) { return in->snap && in->time.past && (in->time.kind != FEED_FILE || in->time.paused); }

const char *time_words(const struct input *in, enum role *role) {
  enum { SILENT_MS = 5000 };
  const struct feed_shown *t = &in->time;
  *role = ROLE_ACCENT;
  if (t->kind == FEED_LIVE || shows_time(in)) return NULL;
  if (t->kind == FEED_FILE) return t->past ? arena_printf(in->arena, "replay %s %s", speed_text(in), of_text(in)) : t->ended ? "replay ended" : "replay";
  if (t->ended) {
    *role = ROLE_BAD;
    return t->silent_ms < SILENT_MS ? "feed ended" : arena_printf(in->arena, "feed ended %s ago", span_text(in, t->silent_ms));
  }
  if (t->silent_ms < SILENT_MS) return "feed";
  *role = ROLE_WARN;
  return arena_printf(in->arena, "feed silent for %s", span_text(in, t->silent_ms));
}

/* The longest of these that fits is taken: what matters most stands in all of them. */
static void line_words(const struct input *in, const char *words[3]) {
  const struct feed_shown *t = &in->time;
  const char *when = when_text(in), *dot = symbol(in->glyphs, SYMBOL_BULLET);
  char play[KEY_NAME], end[KEY_NAME];
  keymap_hint(in->keymap, CONTEXT_TABLE, ACTION_TIME_PAUSE, play);
  keymap_hint(in->keymap, CONTEXT_TABLE, ACTION_TIME_END, end);
  if (t->kind == FEED_FILE) {
    words[0] = arena_printf(in->arena, "PAUSED at %s %s %s %s %s %s %s plays, %s to the end", when, dot, of_text(in), dot, speed_text(in), dot, play, end);
    words[1] = arena_printf(in->arena, "PAUSED at %s %s %s %s %s", when, dot, of_text(in), dot, speed_text(in));
    words[2] = arena_printf(in->arena, "PAUSED at %s", when);
    return;
  }
  const char *ago = span_text(in, t->newest - t->at.wall), *how = !t->paused ? speed_text(in) : t->at.now - t->begin <= 1000 ? "oldest kept" : "paused";
  const char *live = t->ended ? "the feed has ended" : "live goes on";
  words[0] = arena_printf(in->arena, "PAST %s, %s ago %s %s %s %s %s %s returns", when, ago, dot, how, dot, live, dot, end);
  words[1] = arena_printf(in->arena, "PAST %s, %s ago %s %s %s %s returns", when, ago, dot, how, dot, end);
  words[2] = arena_printf(in->arena, "PAST %s, %s ago", when, ago);
}

void draw_time(struct pen p, const struct input *in) {
  static const enum role badges[] = {[HEALTH_NONE] = ROLE_BADGE_UNKNOWN, [HEALTH_HEALTHY] = ROLE_BADGE_OK, [HEALTH_DEGRADED] = ROLE_BADGE_WARN,
                                     [HEALTH_OUTAGE] = ROLE_BADGE_BAD, [HEALTH_UNKNOWN] = ROLE_BADGE_UNKNOWN};
  static const char *const now[] = {[HEALTH_NONE] = " now: unknown ", [HEALTH_HEALTHY] = " now: healthy ", [HEALTH_DEGRADED] = " now: DEGRADED ",
                                    [HEALTH_OUTAGE] = " now: OUTAGE ", [HEALTH_UNKNOWN] = " now: UNKNOWN "};
  if (p.h < 1) return;
  const char *words[3];
  const char *badge = in->time.kind == FEED_FILE ? NULL : now[in->now_health];
  struct style style = {.role = ROLE_WARN, .attrs = ATTR_REVERSE | ATTR_BOLD};
  int room = p.w - 2 - (badge ? text_columns(badge) : 0), i = 0;
  line_words(in, words);
  while (i < 2 && text_columns(words[i]) > room) i++;
  pen_clear(p, style);
  pen_field(p, 1, 0, room, style, words[i]);
  if (badge) pen_text(p, p.w - text_columns(badge), 0, style_of(badges[in->now_health]), badge);
}
