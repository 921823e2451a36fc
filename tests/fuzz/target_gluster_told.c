/* Lines that the gluster programs of other hosts send. What is taken is within its bounds and reads back as itself. */
#include "sources/gluster_told.h"
#include "tests/fuzz/fuzz.h"
#include <string.h>

static void reads_back(const struct told *t) {
  CLEANUP(arena_freep) struct arena *a = arena_new();
  CLEANUP(str_free) struct str out = {0};
  struct told back;
  struct rank self = {0};
  memcpy(self.id, t->id, sizeof self.id);
  memcpy(self.host, t->host, sizeof self.host);
  switch (t->kind) {
  case TOLD_HELLO: told_hello(&out, &self, t->sent); break;
  case TOLD_QUIET: told_quiet(&out, t->id, t->host, t->quiet); break;
  case TOLD_LEADER: told_leader(&out, &t->leader, t->sent); break;
  case TOLD_NOBODY: told_leader(&out, NULL, 0); break;
  case TOLD_VOLUME: told_volume(&out, &t->volume, t->sent); break;
  case TOLD_READY: told_ready(&out); break;
  }
  MUST(out.len && out.data[out.len - 1] == '\n' && !memchr(out.data, '\n', out.len - 1), "it is one line");
  out.data[--out.len] = 0;
  MUST(!told_parse(a, out.data, out.len, &back) && back.kind == t->kind, "it reads back");
  MUST(!strcmp(back.id, t->id) && !strcmp(back.host, t->host), "with the same names");
}

void target_setup(void) {}

void target(const uint8_t *data, size_t len) {
  struct arena *a = arena_new();
  char *line = input_text(data, len);
  struct told t;
  if (!told_parse(a, line, strlen(line), &t)) {
    MUST(t.sent >= 0 && t.sent <= INT64_MAX / 4, "a clock can be reckoned with");
    if (t.kind == TOLD_QUIET) MUST(t.quiet >= 0 && t.quiet <= TOLD_QUIET_MS, "quiet ends");
    if (t.kind == TOLD_LEADER) MUST(t.leader.hops >= 0 && t.leader.hops <= ELECT_HOPS, "a way is short");
    if (t.kind == TOLD_HELLO || t.kind == TOLD_QUIET) MUST(told_host_valid(t.host), "a host is a host");
    reads_back(&t);
  }
  mem_free(line);
  arena_free(a);
}
