#include "model/shared.h"
#include "base/str.h"
#include <string.h>

enum { ROWS_MAX = 64, VALUE_MAX = 1024 };

/* The value of name='..' or name=".." behind `from`, within its element; NULL: it has none. */
static const char *value_in(const char *from, const char *name, struct arena *a) {
  const char *end = strchr(from, '>');
  size_t len = strlen(name);
  for (const char *s = from; end && (s = strstr(s, name)) != NULL && s < end; s += len) {
    char quote = s[len] == '=' ? s[len + 1] : 0;
    const char *stop = quote == '\'' || quote == '"' ? strchr(s + len + 2, quote) : NULL;
    if (s > from && (s[-1] == ' ' || s[-1] == '\t') && stop && stop - s < VALUE_MAX) return arena_strndup(a, s + len + 2, (size_t)(stop - s - (ptrdiff_t)len - 2));
  }
  return NULL;
}

/* <name ..>NUMBER</name> on this line. */
static int64_t number_in(const char *element) {
  const char *text = strchr(element, '>');
  char digits[20] = "";
  int64_t n;
  size_t len = text ? strspn(text + 1, "0123456789") : 0;
  if (!len || len >= sizeof digits || text[1 + len] != '<') return UNKNOWN_INT;
  memcpy(digits, text + 1, len);
  return str_int(digits, 1, INT64_MAX, &n) ? UNKNOWN_INT : n;
}

static int64_t bytes_in(const char *element, struct arena *a) {
  static const struct { const char *unit; int shift; } units[] = {{"b", 0}, {"bytes", 0}, {"k", 10}, {"KiB", 10}, {"M", 20}, {"MiB", 20}, {"G", 30}, {"GiB", 30}, {"T", 40}, {"TiB", 40}};
  const char *unit = value_in(element, "unit", a);
  int64_t n = number_in(element);
  for (size_t i = 0; n != UNKNOWN_INT && i < COUNT(units); i++)
    if (!strcmp(unit ? unit : "KiB", units[i].unit)) return n <= INT64_MAX >> units[i].shift ? n << units[i].shift : UNKNOWN_INT;
  return UNKNOWN_INT;
}

static const char *first_value(const char *element, const char *const *names, size_t count, struct arena *a) {
  const char *value = NULL;
  for (size_t i = 0; i < count && !value; i++) value = value_in(element, names[i], a);
  return value;
}

static void end_disk(struct shared_reading *r, struct setup_shared *to, struct arena *a) {
  if (r->target && to->disks.count < ROWS_MAX) texts_add(a, &to->disks, arena_printf(a, "%s=%s", r->target, r->source ? r->source : ""));
  *r = (struct shared_reading){0};
}

static void end_nic(struct shared_reading *r, struct setup_shared *to, struct arena *a) {
  if (r->source && to->nics.count < ROWS_MAX) texts_add(a, &to->nics, arena_printf(a, "%s=%s", r->mac ? r->mac : "", r->source));
  *r = (struct shared_reading){0};
}

void shared_line(struct shared_reading *r, struct setup_shared *to, const char *line, struct arena *a) {
  static const char *const files[] = {"file", "dev", "dir"}, *const nets[] = {"network", "bridge", "dev"};
  const char *s;
  if ((s = strstr(line, "<vcpu ")) != NULL || (s = strstr(line, "<vcpu>")) != NULL) {
    const char *current = value_in(s, "current", a);
    if (!current || str_int(current, 1, INT32_MAX, &to->vcpus)) to->vcpus = number_in(s);
  }
  if ((s = strstr(line, "<memory ")) != NULL || (s = strstr(line, "<memory>")) != NULL)
    if (!r->within && to->memory == UNKNOWN_INT) to->memory = bytes_in(s, a);
  if (strstr(line, "<disk ")) *r = (struct shared_reading){.within = 'd'};
  if (strstr(line, "<interface ")) *r = (struct shared_reading){.within = 'n'};
  if (r->within == 'd' && (s = strstr(line, "<source ")) != NULL && !r->source) r->source = first_value(s, files, COUNT(files), a);
  if (r->within == 'd' && (s = strstr(line, "<target ")) != NULL) r->target = value_in(s, "dev", a);
  if (r->within == 'n' && (s = strstr(line, "<source ")) != NULL && !r->source) r->source = first_value(s, nets, COUNT(nets), a);
  if (r->within == 'n' && (s = strstr(line, "<mac ")) != NULL) r->mac = value_in(s, "address", a);
  if (r->within == 'd' && strstr(line, "</disk>")) end_disk(r, to, a);
  if (r->within == 'n' && strstr(line, "</interface>")) end_nic(r, to, a);
}
