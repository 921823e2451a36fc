/* A feed's command line cut into words: they lie in the room that is promised, and hold nothing that was not there. */
#include "sources/feed_command.h"
#include "tests/fuzz/fuzz.h"
#include <string.h>

void target_setup(void) {}

void target(const uint8_t *data, size_t len) {
  const char *word[9];
  char *text = input_text(data, len), *room = mem_alloc(strlen(text) + 1);
  size_t n = 0, used = 0;
  if (!feed_command_words(text, room, word, 8)) {
    for (; word[n]; n++) {
      MUST(word[n] >= room && word[n] + strlen(word[n]) <= room + strlen(text), "word %zu lies in its room", n);
      used += strlen(word[n]);
    }
    MUST(n >= 1 && n <= 8 && used <= strlen(text), "%zu words of %zu bytes", n, used);
  }
  mem_free(room);
  mem_free(text);
}
