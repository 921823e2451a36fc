#include "run/proof.h"
#include "model/proven.h"
#include "base/map.h"
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct said_plan { const char *operation, *target; };
struct said { int64_t at; const char *task, *what, *state; struct said_plan plan; };
#define T struct said_plan
SHAPE(said_plan_shape, T, FIELD(T, operation, TEXT), FIELD(T, target, TEXT));
#undef T
#define T struct said
SHAPE(said_shape, T, FIELD(T, at, TIME), FIELD(T, task, TEXT), FIELD(T, what, TEXT), FIELD(T, state, TEXT), OBJECT(T, plan, said_plan_shape));
#undef T

static bool cuts_power(const char *operation) { return str_eq(operation, "fencing-test") || str_eq(operation, "fencing-fence"); }
static bool changes_device(const char *operation) { return str_eq(operation, "fencing-create") || str_eq(operation, "fencing-password"); }
static const char *key_of(const char *operation, const char *target, struct arena *a) { return changes_device(operation) ? arena_printf(a, FENCE_CHANGED "%s", target) : target; }

/* The end of the file, from the beginning of a line. */
static char *last_of(const char *path, size_t *ret_len) {
  struct stat st;
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return NULL;
  bool ours = !fstat(fd, &st) && S_ISREG(st.st_mode) && (st.st_uid == geteuid() || st.st_uid == 0);
  off_t from = ours && st.st_size > PROOF_BYTES ? st.st_size - PROOF_BYTES : 0;
  size_t room = ours ? (size_t)(st.st_size - from) : 0, len = 0;
  char *data = mem_alloc(room + 1);
  for (ssize_t n; len < room && (n = pread(fd, data + len, room - len, from + (off_t)len)) > 0;) len += (size_t)n;
  close(fd);
  const char *line = from ? memchr(data, '\n', len) : NULL;
  if (line) len -= (size_t)(line + 1 - data), memmove(data, line + 1, len);
  *ret_len = len;
  return data;
}

static void read_one(const char *state_dir, const char *name, struct arena *a, struct tallies *ret) {
  CLEANUP(map_free) struct map plans = {0};
  struct texts targets = {0};
  CLEANUP(mem_freep) char *path = mem_printf("%s/%s", state_dir, name);
  size_t len = 0;
  CLEANUP(mem_freep) char *data = last_of(path, &len);
  for (char *line = data, *end; line && line < data + len; line = end + 1) {
    struct said said;
    struct err e = {0};
    end = memchr(line, '\n', (size_t)(data + len - line));
    if (!end) break; /* half of a line: it is being written */
    size_t size = (size_t)(end - line);
    *end = '\0';
    if (!strstr(line, "\"what\":\"verdict\"") && !strstr(line, "\"fencing-")) continue;
    shape_init(&said_shape, &said);
    if (shape_decode_text(&said_shape, line, size, &said, a, &e) || !said.task) continue;
    if (str_eq(said.what, "plan") && (cuts_power(said.plan.operation) || changes_device(said.plan.operation)) && said.plan.target) {
      map_set(&plans, said.task, targets.count);
      texts_add(a, &targets, key_of(said.plan.operation, said.plan.target, a));
    }
    int64_t plan = str_eq(said.what, "verdict") && str_eq(said.state, task_state_names[TASK_VERIFIED]) && said.at != UNKNOWN_INT ? map_get(&plans, said.task) : MAP_NONE;
    if (plan != MAP_NONE) tallies_raise(a, ret, targets.item[plan], said.at);
  }
}

void proofs_read(const char *state_dir, struct arena *a, struct tallies *ret) {
  read_one(state_dir, "audit.jsonl.1", a, ret); /* as logrotate has called the one before */
  read_one(state_dir, "audit.jsonl", a, ret);
}

void proofs_take(const struct task_view *tasks, size_t count, struct arena *a, struct tallies *ret) {
  for (size_t i = 0; i < count; i++)
    if (tasks[i].state == TASK_VERIFIED && (cuts_power(tasks[i].operation) || changes_device(tasks[i].operation)) && tasks[i].target && tasks[i].ended != UNKNOWN_INT) tallies_raise(a, ret, key_of(tasks[i].operation, tasks[i].target, a), tasks[i].ended);
}
