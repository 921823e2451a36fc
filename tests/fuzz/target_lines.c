/* Bytes from a pipe, in pieces of any size, cut into lines: the same lines whatever the pieces were, none longer than is
 * allowed. The first bytes are the sizes. What a child prints, what is asked of a source on stdin. */
#include "base/lines.h"
#include "tests/fuzz/fuzz.h"
#include <string.h>

struct seen {
  const uint8_t *at, *end;
  size_t most;
};

/* The same without being told piece by piece. */
static void on_line(void *owner, char *line, size_t len, bool cut) {
  struct seen *s = owner;
  MUST(s->at < s->end, "no line comes of nothing");
  const uint8_t *stop = memchr(s->at, '\n', (size_t)(s->end - s->at));
  size_t whole = (size_t)((stop ? stop : s->end) - s->at);
  MUST(line[len] == 0, "a NUL is behind a line");
  MUST(cut == (whole > s->most), "a line is cut when it is too long: %zu of %zu", whole, s->most);
  MUST(len == (cut ? s->most : whole) && !memcmp(line, s->at, len), "it is what was sent");
  s->at += whole + (stop != NULL);
}

void target_setup(void) {}

void target(const uint8_t *data, size_t len) {
  if (len < 4) return;
  struct lines l = {0};
  size_t sizes[3] = {data[0] % 16 + 1u, data[1] + 1u, data[2] * 8u + 1u}, turn = 0;
  struct seen s = {.at = data + 4, .end = data + len, .most = data[3] + 1u};
  for (const uint8_t *at = data + 4; at < data + len; turn++) {
    size_t part = sizes[turn % 3], left = (size_t)(data + len - at);
    if (part > left) part = left;
    char *piece = input_text(at, part); /* of its own: a read beyond it is seen */
    lines_take(&l, s.most, piece, part, on_line, &s);
    MUST(l.text.len <= s.most, "no more is kept than is allowed");
    mem_free(piece);
    at += part;
  }
  lines_end(&l, on_line, &s);
  MUST(s.at == s.end, "every line has come: %zu bytes have not", (size_t)(s.end - s.at));
  str_free(&l.text);
}
