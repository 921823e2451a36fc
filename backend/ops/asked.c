#include "ops/asked.h"
#include <string.h>

bool was_asked(const struct planning *p, const char *host, const char *id) { return exit_of(p, host, id) != UNKNOWN_INT; }

const char *printed(const struct planning *p, const char *host, const char *id) {
  const struct answer *q = survey_answer(p->survey, host, id);
  return q && q->code != UNKNOWN_INT ? q->out ? q->out : "" : NULL;
}

int64_t exit_of(const struct planning *p, const char *host, const char *id) {
  const struct answer *q = survey_answer(p->survey, host, id);
  return q ? q->code : UNKNOWN_INT;
}

bool refuse_unasked(struct planning *p, const char *host, const char *id, const char *what) {
  const struct answer *q = survey_answer(p->survey, host, id);
  if (q && q->code != UNKNOWN_INT) return false;
  refuse(p, planf(p, "when %s can be asked", host), "cannot tell %s: %s was not asked%s%s", what, host, q && q->text && *q->text ? ": " : "", q ? first_line(p, q->text) : "");
  return true;
}

/* A host may print anything: what moves a cursor is not passed on. */
static const char *visible(struct arena *a, const char *text, size_t len) {
  char *copy = arena_strndup(a, text, len);
  for (char *s = copy; *s; s++)
    if ((unsigned char)*s < ' ' || *s == 127) *s = '?';
  return copy;
}

const char *first_line(const struct planning *p, const char *text) { return text ? visible(p->arena, text, strcspn(text, "\n")) : ""; }

const char *line_word(const struct planning *p, const char *line, size_t n, bool rest) {
  for (const char *s = line; n < LINE_WORDS_MAX && s && *s && *s != '\n';) {
    s += strspn(s, " \t");
    size_t len = strcspn(s, " \t\n");
    if (!len) return NULL;
    if (!n--) return visible(p->arena, s, rest ? strcspn(s, "\n") : len);
    s += len;
  }
  return NULL;
}

const char *line_next(const char *line) {
  const char *end = line ? strchr(line, '\n') : NULL;
  return end && end[1] ? end + 1 : NULL;
}

struct texts given_list(const struct planning *p, const char *name) { return value_list(p->arena, p->values, name); }

/* ---- places ---- */

void place_ask(struct planning *p, const char *host, const char *path) {
  const char *id = planf(p, "place %s", path);
  ask_command(p, host, planf(p, "in %s", path), "ls", "-A", "--", path, NULL);
  if (survey_answer(p->survey, host, id)) return;
  ask_command(p, host, id, "df", "-P", "-T", "-B1", "--", "/", NULL);
  struct answer *q = &p->survey->answers.item[p->survey->answers.count - 1];
  for (const char *s = path; (s = strchr(s + 1, '/')) != NULL;) texts_add(p->arena, &q->argv, arena_strndup(p->arena, path, (size_t)(s - path)));
  if (path[1]) texts_add(p->arena, &q->argv, path);
}

/* A line for each of them that exists: the last one is where it would lie. */
bool place_read(struct planning *p, const char *host, const char *path, struct place *ret) {
  const char *df = printed(p, host, planf(p, "place %s", path)), *list = printed(p, host, planf(p, "in %s", path)), *last = NULL;
  *ret = (struct place){.room = UNKNOWN_INT};
  if (!df || !list) return false;
  ret->exists = truth_of(exit_of(p, host, planf(p, "in %s", path)) == 0);
  ret->empty = truth_of(!*list);
  ret->was_brick = truth_of(str_starts(list, ".glusterfs\n") || strstr(list, "\n.glusterfs\n"));
  for (const char *line = line_next(df); line; line = line_next(line)) last = line;
  if (!last) return false;
  ret->filesystem = line_word(p, last, 1, false);
  ret->mount = line_word(p, last, 6, true);
  const char *room = line_word(p, last, 4, false);
  if (room) str_int(room, 0, INT64_MAX, &ret->room);
  return ret->mount != NULL;
}
