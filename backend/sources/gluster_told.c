#include "sources/gluster_told.h"
#include <ctype.h>
#include <errno.h>
#include <string.h>

#define T struct told_volume
SHAPE(told_volume_shape, T, FIELD(T, id, TEXT), FIELD(T, asked, INT), FIELD(T, space_age, INT), FIELD(T, heal_age, INT), FIELD(T, muted, INT),
      FIELD(T, heals, INT), OBJECT(T, space, gluster_space_shape), OBJECT(T, heal, gluster_heal_shape));
#undef T

static const char HELLO[] = "kvmconsole-gluster";
enum { WORDS_MAX = 9, AGE_MAX_MS = 86400000, HEALS_MAX = 100 };
static const int64_t NUMBER_MAX = INT64_MAX / 4; /* of clocks and beats: they are added and subtracted */

bool told_host_valid(const char *host) {
  size_t len = strlen(host);
  if (!len || len >= ELECT_HOST) return false;
  for (; *host; host++)
    if (!isalnum((unsigned char)*host) && !strchr("._-", *host)) return false;
  return true;
}

static int take_host(const char *word, char ret[ELECT_HOST]) {
  if (!told_host_valid(word)) return -EPROTO;
  strcpy(ret, word);
  return 0;
}

static int take_id(const char *word, char ret[ELECT_ID]) {
  if (strlen(word) != ELECT_ID - 1) return -EPROTO;
  for (const char *c = word; *c; c++)
    if (!isxdigit((unsigned char)*c)) return -EPROTO;
  strcpy(ret, word);
  return 0;
}

static int take_int(const char *word, int64_t min, int64_t max, int64_t *ret) { return str_int(word, min, max, ret) ? -EPROTO : 0; }

static int hello(char *const *word, struct told *ret) {
  ret->kind = TOLD_HELLO;
  return take_int(word[1], 1, INT32_MAX, &ret->version) || take_id(word[2], ret->id) || take_host(word[3], ret->host) ||
                 take_int(word[4], 0, NUMBER_MAX, &ret->sent)
             ? -EPROTO
             : 0;
}

static int quiet(char *const *word, struct told *ret) {
  ret->kind = TOLD_QUIET;
  return take_id(word[1], ret->id) || take_host(word[2], ret->host) || take_int(word[3], 0, TOLD_QUIET_MS, &ret->quiet) ? -EPROTO : 0;
}

static int leader(char *const *word, struct told *ret) {
  struct leader *l = &ret->leader;
  ret->kind = TOLD_LEADER;
  return take_int(word[1], -9, 9, &l->rank.level) || take_int(word[2], 0, NUMBER_MAX, &l->rank.since) || take_id(word[3], l->rank.id) ||
                 take_host(word[4], l->rank.host) || take_int(word[5], 0, NUMBER_MAX, &l->beat) || take_int(word[6], 0, ELECT_HOPS, &l->hops) ||
                 take_int(word[7], 0, NUMBER_MAX, &ret->sent)
             ? -EPROTO
             : 0;
}

static bool age_valid(int64_t age) { return age == UNKNOWN_INT || (age >= 0 && age <= AGE_MAX_MS); }

static int volume(struct arena *a, const char *line, size_t len, struct told *ret) {
  const char *number = line + strlen("volume "), *json = strchr(number, ' ');
  char word[24];
  ret->kind = TOLD_VOLUME;
  if (!json || (size_t)(json - number) >= sizeof word) return -EPROTO;
  memcpy(word, number, (size_t)(json - number));
  word[json - number] = 0;
  json++;
  struct told_volume *v = &ret->volume;
  shape_init(&told_volume_shape, v);
  if (take_int(word, 0, NUMBER_MAX, &ret->sent) || shape_decode_text(&told_volume_shape, json, len - (size_t)(json - line), v, a, NULL)) return -EPROTO;
  if (!v->id || !age_valid(v->asked) || !age_valid(v->space_age) || !age_valid(v->heal_age) || !age_valid(v->muted)) return -EPROTO;
  if (v->heals < 0 || v->heals > HEALS_MAX) v->heals = 0;
  return 0;
}

/* One row a kind of line: how many words it has. */
static const struct {
  const char *name;
  int words;
  int (*take)(char *const *word, struct told *ret);
} lines[] = {{HELLO, 5, hello}, {"quiet", 4, quiet}, {"leader", 8, leader}};

int told_parse(struct arena *a, const char *line, size_t len, struct told *ret) {
  char copy[TOLD_UP_MAX], *word[WORDS_MAX];
  int n = 0;
  memset(ret, 0, sizeof *ret);
  if (strlen(line) != len) return -EPROTO;
  if (str_starts(line, "volume ")) return volume(a, line, len, ret);
  if (len >= sizeof copy) return -EPROTO;
  memcpy(copy, line, len + 1);
  for (char *rest = copy; rest && n < WORDS_MAX; n++) word[n] = strsep(&rest, " ");
  if (n == 1 && !strcmp(word[0], "ready")) {
    ret->kind = TOLD_READY;
    return 0;
  }
  if (n == 2 && !strcmp(word[0], "leader") && !strcmp(word[1], "-")) {
    ret->kind = TOLD_NOBODY;
    return 0;
  }
  for (size_t i = 0; i < COUNT(lines); i++)
    if (n == lines[i].words && !strcmp(word[0], lines[i].name)) return lines[i].take(word, ret);
  return -EPROTO;
}

void told_hello(struct str *out, const struct rank *self, int64_t sent) {
  str_addf(out, "%s %d %s %s %lld\n", HELLO, TOLD_VERSION, self->id, self->host, (long long)sent);
}

void told_quiet(struct str *out, const char *id, const char *host, int64_t ms) { str_addf(out, "quiet %s %s %lld\n", id, host, (long long)ms); }

void told_leader(struct str *out, const struct leader *l, int64_t sent) {
  if (!l) str_add(out, "leader -\n");
  else
    str_addf(out, "leader %lld %lld %s %s %lld %lld %lld\n", (long long)l->rank.level, (long long)l->rank.since, l->rank.id, l->rank.host,
             (long long)l->beat, (long long)l->hops, (long long)sent);
}

void told_volume(struct str *out, const struct told_volume *v, int64_t sent) {
  str_addf(out, "volume %lld ", (long long)sent);
  shape_encode(&told_volume_shape, v, out);
  str_addc(out, '\n');
}

void told_ready(struct str *out) { str_add(out, "ready\n"); }
