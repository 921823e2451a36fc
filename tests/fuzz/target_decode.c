/* Bytes from a terminal. In one piece or in two with a pause in between, nothing is waited for for ever, there are never
 * more keys than bytes, and what was pasted is only ever text. Two bytes say where to cut and how long to pause. */
#include "tests/fuzz/fuzz.h"
#include "tui/decode.h"
#include <string.h>

static size_t take(struct decoder *d, int64_t now) {
  struct key k;
  size_t keys = 0;
  while (decoder_next(d, now, &k)) {
    char name[KEY_NAME];
    MUST(k.code && (k.code < KEYSYM_END_OF_LIST || key_is_mouse(k)), "a key is one");
    MUST(!key_is_mouse(k) || (k.x >= 0 && k.y >= 0 && !k.pasted), "the mouse is somewhere, and is no paste");
    key_print(name, k);
    MUST(strlen(name) < KEY_NAME, "its name has room");
    key_canonical(k);
    keys++;
  }
  return keys;
}

void target_setup(void) {}

void target(const uint8_t *data, size_t len) {
  if (len < 2) return;
  size_t cut = data[0], keys = 0;
  int64_t now = 1000;
  int pause = data[1];
  data += 2, len -= 2;
  if (cut > len) cut = len;
  struct decoder *d = decoder_new();
  decoder_mouse(d, pause % 2);
  decoder_learn(d, "\033[99~", (struct key){.code = KEYSYM_F1});
  decoder_feed(d, data, cut, now);
  keys += take(d, now);
  now += pause;
  keys += take(d, now);
  decoder_feed(d, data + cut, len - cut, now);
  keys += take(d, now);
  int wait = decoder_wait(d, now);
  MUST(wait <= 60000, "it waits for no more than a while");
  for (int i = 0; i < 10 && (wait = decoder_wait(d, now)) >= 0; i++) keys += take(d, now += wait + 1);
  MUST(wait < 0, "what is unfinished ends");
  MUST(keys <= len, "no more keys than bytes: %zu of %zu", keys, len);
  decoder_free(d);
}
