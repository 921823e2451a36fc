#include "views/text/operate.h"
#include "ops/drill.h"
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

enum { SECRET_MAX = 4096 };

const struct operation *operation_word(const struct arguments *a) {
  const struct drill *d = a->command == CMD_PLAN ? drill_find(a->word[0]) : NULL; /* run by `drill` only, but shown as any other */
  const struct operation *o = d ? &d->operation : operation_find(a->word[0]);
  if (!o) usage_error("no such operation: %s (see kvmconsole list operations)", a->word[0]);
  return o;
}

/* The first line of a file or of stdin; the buffer is the caller's and wiped by it. */
static int read_secret(const char *from, char *buf, size_t room, struct err *e) {
  FILE *f = strcmp(from, "-") ? fopen(from, "re") : stdin;
  if (!f) return err_set(e, -errno, "give the path of a file that holds it", "%s: %s", from, strerror(errno));
  char *got = fgets(buf, (int)room, f);
  bool whole = got && (strchr(buf, '\n') || feof(f));
  if (f != stdin) fclose(f);
  if (!got || *buf == '\n') return err_set(e, -EINVAL, "put it on the first line", "%s: there is no secret in it", from);
  if (!whole) return err_set(e, -EINVAL, "", "%s: its first line is too long for a secret", from);
  buf[strcspn(buf, "\r\n")] = '\0';
  return 0;
}

static int take_secret(const struct operation_argument *arg, const char *from, struct arena *arena, struct values *ret, struct err *e) {
  char buf[SECRET_MAX];
  int code = read_secret(from, buf, sizeof buf, e);
  if (!code) values_set(arena, ret, arg->name, buf, true);
  explicit_bzero(buf, sizeof buf);
  return code;
}

/* As it is meant here: "@x.xml" below the directory that this was called in. */
static const char *whole_path(struct arena *arena, const char *word, const char *value) {
  char here[PATH_MAX];
  if (*value != '@' || value[1] == '/' || !value[1] || !getcwd(here, sizeof here)) return word;
  return arena_printf(arena, "%.*s@%s/%s", (int)(value - word), word, strcmp(here, "/") ? here : "", value + 1);
}

/* Secrets are taken from their files; the others are left for the operation to read. */
static size_t take_words(const struct arguments *a, const struct operation *o, struct arena *arena, const char **words, struct values *ret, struct err *e) {
  size_t count = 0;
  for (int i = 1; i < a->words && !e->code; i++) {
    const char *equals = strchr(a->word[i], '=');
    const struct operation_argument *arg = equals ? operation_argument(o, arena_strndup(arena, a->word[i], (size_t)(equals - a->word[i]))) : NULL;
    if (arg && arg->kind == ARG_SECRET && equals[1] == '@') take_secret(arg, equals + 2, arena, ret, e);
    else words[count++] = arg && arg->kind == ARG_FILE ? whole_path(arena, a->word[i], equals + 1) : a->word[i];
  }
  return count;
}

int operation_words(const struct arguments *a, const struct operation *o, const struct snapshot *s, struct arena *arena, struct values *ret) {
  const char *words[COUNT(a->word)];
  struct err e = {0};
  size_t count = take_words(a, o, arena, words, ret, &e);
  if (!e.code) operation_values(o, s, words, count, arena, ret, &e);
  if (!e.code) return 0;
  err_print(&e);
  return EXIT_USAGE;
}

int operation_typed(const struct arguments *a, const struct operation *o, const struct snapshot *s, struct arena *arena, struct values *ret) {
  const char *words[COUNT(a->word)];
  struct err e = {0};
  size_t count = take_words(a, o, arena, words, ret, &e);
  if (!e.code) operation_take(o, s, words, count, arena, ret, &e);
  if (!e.code) return 0;
  err_print(&e);
  return EXIT_USAGE;
}
