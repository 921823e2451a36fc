#include "base/lines.h"
#include <string.h>

static void give(struct lines *l, bool cut, line_fn *fn, void *owner) {
  if (!l->text.data) str_add(&l->text, "");
  fn(owner, l->text.data, l->text.len, cut);
  str_reset(&l->text);
}

void lines_take(struct lines *l, size_t most, const char *bytes, size_t len, line_fn *fn, void *owner) {
  while (len) {
    const char *end = memchr(bytes, '\n', len);
    size_t part = end ? (size_t)(end - bytes) : len;
    if (!l->skipping) {
      size_t room = most - l->text.len;
      str_addn(&l->text, bytes, part < room ? part : room);
      if (part > room) {
        give(l, true, fn, owner);
        l->skipping = true;
      }
    }
    if (!end) return;
    if (!l->skipping) give(l, false, fn, owner);
    l->skipping = false;
    bytes = end + 1;
    len -= part + 1;
  }
}

void lines_end(struct lines *l, line_fn *fn, void *owner) {
  if (l->text.len) give(l, false, fn, owner);
}
