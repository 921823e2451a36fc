#include "tui/scroll.h"
#include <stdint.h>
#include <stdio.h>

size_t scroll_move(size_t top, size_t page, enum move m) {
  switch (m) {
  case MOVE_UP: return top - (top > 0);
  case MOVE_DOWN: return top + 1;
  case MOVE_PAGE_UP: return top - (top < page ? top : page);
  case MOVE_PAGE_DOWN: return top + page;
  case MOVE_HOME: return 0;
  case MOVE_END: return INT32_MAX;
  }
  return top;
}

char *scroll_range(char *out, size_t top, size_t height, size_t count) {
  out[0] = 0;
  if (!count || (!top && height >= count)) return out;
  if (top >= count) top = count - 1;
  size_t last = height > count - top ? count : top + height;
  snprintf(out, RANGE_TEXT, "%zu-%zu of %zu", top + 1, last > top ? last : top + 1, count);
  return out;
}
