/* Words as a shell is given them: read by a shell's own rules (POSIX 2.2, of which only what may occur is known here, and
 * nothing that means more than itself is let through) they are the words they were. */
#include "ops/plan.h"
#include "tests/fuzz/fuzz.h"
#include <string.h>

void target_setup(void) {}

/* One word from *at on; everything that is neither quoted nor plainly itself is a finding. mem_free(). */
static char *read_word(const char **at) {
  static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:,+@%=";
  struct str word = {0};
  const char *s = *at;
  bool quoted = false;
  while (*s && (quoted || *s != ' ')) {
    if (*s == '\'') quoted = !quoted;
    else if (quoted) str_addc(&word, *s);
    else if (*s == '\\' && s[1] == '\'') str_addc(&word, *++s);
    else MUST(strchr(plain, *s), "a shell reads %c as its own: %s", *s, *at), str_addc(&word, *s);
    s++;
  }
  MUST(!quoted, "a quote is closed: %s", *at);
  *at = *s ? s + 1 : s;
  return word.data ? str_take(&word) : mem_strdup("");
}

static void must_read(const char *line, const struct texts *words) {
  const char *at = line;
  for (size_t i = 0; i < words->count; i++) {
    char *word = read_word(&at);
    MUST(!strcmp(word, words->item[i]), "a word is read as it was: %s, not %s", words->item[i], word);
    mem_free(word);
  }
  MUST(!*at, "and there are no more: %s", at);
}

void target(const uint8_t *data, size_t len) {
  struct arena *a = arena_new();
  struct texts words = {0};
  struct str quoted = {0}, line = {0};
  char *text = input_text(data, len);
  for (size_t from = 0; from < len && words.count < 64; from += strlen(text + from) + 1) texts_add(a, &words, text + from);
  for (size_t i = 0; i < words.count; i++) {
    if (i) str_addc(&quoted, ' ');
    shell_quote(&quoted, words.item[i]);
  }
  shell_words(&line, &words);
  must_read(str_text(&quoted), &words);
  must_read(str_text(&line), &words);
  const char *equals = words.count ? strchr(words.item[0], '=') : NULL;
  MUST(!equals || str_text(&line)[0] == '\'', "a first word that holds = sets no variable");
  /* A line that is quoted once more, as for ssh by hand, is one word. */
  struct str twice = {0};
  shell_quote(&twice, str_text(&line));
  must_read(str_text(&twice), &(struct texts){(const char *[]){str_text(&line)}, 1});
  str_free(&twice);
  str_free(&quoted);
  str_free(&line);
  mem_free(text);
  arena_free(a);
}
