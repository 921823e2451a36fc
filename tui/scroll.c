#include "tui/scroll.h"
#include <stdio.h>

char *scroll_range(char *out, size_t top, size_t height, size_t count) {
  out[0] = 0;
  if (!count || (!top && height >= count)) return out;
  if (top >= count) top = count - 1;
  size_t last = height > count - top ? count : top + height;
  snprintf(out, RANGE_TEXT, "%zu-%zu of %zu", top + 1, last > top ? last : top + 1, count);
  return out;
}
