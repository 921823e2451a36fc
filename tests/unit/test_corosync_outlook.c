/* Lost nodes, asked over an ssh of our own making: by which ways, one at a time, and what is printed of it. */
#include "base/clock.h"
#include "model/fragment.h"
#include "sources/corosync_outlook.h"
#include "tests/unit/unit.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Each call is noted with its destination; what it answers stands in files. */
static const char SSH[] = "#!/bin/sh\nfor w; do [ \"$w\" != -- ] || break; shift; done; shift\n"
                          "[ ! -e $DIR/busy ] || echo twice >>$DIR/calls\n: >$DIR/busy\necho \"$1\" >>$DIR/calls\n"
                          "case $1 in *slow*) sleep 100 ;; *refused*) echo 'Permission denied' >&2; rm -f $DIR/busy; exit 255 ;; esac\ncat $DIR/answer\nrm -f $DIR/busy\n";

static char dir[] = "/tmp/outlook-XXXXXX";
static struct loop *loop;
static struct emitter *out;
static int pipe_in;

static void write_file(const char *name, const char *text, mode_t mode) {
  char path[200];
  snprintf(path, sizeof path, "%s/%s", dir, name);
  FILE *f = fopen(path, "w");
  assert_non_null(f);
  fputs(text, f);
  fclose(f);
  chmod(path, mode);
}

static char *calls(void) {
  static char text[4096];
  char path[200];
  snprintf(path, sizeof path, "%s/calls", dir);
  FILE *f = fopen(path, "r");
  size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;
  text[n] = 0;
  if (f) fclose(f);
  return text;
}

static int set_up(void **state) {
  int ends[2];
  (void)state;
  strcpy(dir, "/tmp/outlook-XXXXXX");
  assert_non_null(mkdtemp(dir));
  setenv("DIR", dir, 1);
  CLEANUP(mem_freep) char *path = mem_printf("%s:/usr/bin:/bin", dir);
  setenv("PATH", path, 1);
  write_file("ssh", SSH, 0755);
  write_file("answer", "Quorate:          Yes\nMembership information\n    Nodeid      Votes Name\n 2 1 kvm2 (local)\n 7 1 x\nkvmconsole-asked 0\nkvmconsole-process 0\n", 0644);
  assert_int_equal(pipe(ends), 0);
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  pipe_in = ends[0];
  loop = loop_new();
  out = emitter_new(LAYER_COROSYNC, "kvm1", ends[1]);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  emitter_free(out);
  loop_free(loop);
  close(pipe_in);
  CLEANUP(mem_freep) char *remove = mem_printf("rm -rf %s", dir);
  return system(remove);
}

static void list(struct corosync_nodes *n, struct arena *a, bool member) {
  shape_init(&corosync_nodes_shape, n);
  for (int i = 1; i <= 2; i++) {
    struct corosync_node *node = list_add(a, &n->nodes, &corosync_node_shape);
    node->id = i;
    node->name = i == 1 ? "kvm1" : "kvm2";
    node->local = truth_of(i == 1);
    node->member = truth_of(i == 1 || member);
    texts_add(a, &node->addresses, i == 1 ? "10.0.0.1" : "10.0.0.2");
  }
}

/* The last word on the outlook, from what was printed; in a. */
static const struct corosync_outlooks *printed(struct arena *a) {
  static char bytes[65536];
  const struct corosync_outlooks *last = NULL;
  emit_flush(out);
  ssize_t n = read(pipe_in, bytes, sizeof bytes - 1);
  bytes[n > 0 ? n : 0] = 0;
  for (char *line = bytes, *next; (next = strchr(line, '\n')); line = next + 1) {
    struct fragment *f = NULL;
    if (strncmp(line, "{", 1) || fragment_parse(line, (size_t)(next + 1 - line), &f, NULL)) continue;
    if (!strcmp(f->kind->name, "corosync.outlook")) {
      struct corosync_outlooks *copy = arena_alloc(a, sizeof *copy);
      CLEANUP(str_free) struct str text = {0};
      shape_encode(&corosync_outlooks_shape, f->data, &text);
      shape_init(&corosync_outlooks_shape, copy);
      assert_int_equal(shape_decode_text(&corosync_outlooks_shape, text.data, text.len, copy, a, NULL), 0);
      last = copy;
    }
    fragment_drop(f);
  }
  return last;
}

static void run_until_settled(struct outlook *o) {
  int64_t end = clock_mono_ms() + 20000;
  while (!outlook_settled(o) && clock_mono_ms() < end) loop_step(loop, 200);
  assert_true(outlook_settled(o));
}

static void nobody_is_asked_while_all_are_members(void **state) {
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct corosync_nodes n;
  (void)state;
  struct outlook *o = outlook_new(loop, out, "root@%h");
  list(&n, a, true);
  for (int i = 0; i < 3; i++) outlook_nodes(o, &n), loop_step(loop, 20);
  const struct corosync_outlooks *said = printed(a);
  assert_non_null(said);
  assert_int_equal(said->nodes.count, 0);
  assert_true(outlook_settled(o));
  assert_string_equal(calls(), "");
  outlook_free(o);
}

static void a_lost_node_is_asked_by_the_next_way(void **state) {
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct corosync_nodes n;
  char ways[] = "kvm2 refused@kvm2 -oProxyCommand=x admin@10.9.0.2";
  (void)state;
  struct outlook *o = outlook_new(loop, out, "root@%h");
  list(&n, a, false);
  outlook_nodes(o, &n);
  outlook_ways(o, ways);
  const struct corosync_outlooks *said = printed(a);
  assert_int_equal(said->nodes.item[0].asked, TRUTH_UNKNOWN); /* not known before it was asked */
  run_until_settled(o);
  assert_string_equal(calls(), "refused@kvm2\nadmin@10.9.0.2\n");
  said = printed(a);
  assert_int_equal(said->nodes.count, 1);
  assert_int_equal(said->nodes.item[0].asked, TRUTH_YES);
  assert_int_equal(said->nodes.item[0].quorate, TRUTH_YES);
  assert_int_equal(said->nodes.item[0].members.count, 2);
  assert_string_equal(said->nodes.item[0].members.item[0], "kvm2");
  assert_string_equal(said->nodes.item[0].members.item[1], "node 7");
  list(&n, a, true); /* it is back */
  outlook_nodes(o, &n);
  assert_int_equal(printed(a)->nodes.count, 0);
  outlook_free(o);
}

static void one_that_cannot_be_asked(void **state) {
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct corosync_nodes n;
  (void)state;
  struct outlook *o = outlook_new(loop, out, "refused@%h");
  list(&n, a, false);
  outlook_nodes(o, &n);
  run_until_settled(o);
  const struct corosync_outlooks *said = printed(a);
  assert_int_equal(said->nodes.item[0].asked, TRUTH_NO);
  assert_int_equal(said->nodes.item[0].running, TRUTH_UNKNOWN);
  assert_string_equal(said->nodes.item[0].text, "Permission denied");
  assert_string_equal(calls(), "refused@kvm2\nrefused@10.0.0.2\n");
  outlook_free(o);
}

/* A way that hangs is ended by its deadline, and the next one is tried; never two at once. */
static void a_way_that_hangs(void **state) {
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct corosync_nodes n;
  char ways[] = "kvm2 slow@kvm2 root@kvm2";
  (void)state;
  struct outlook *o = outlook_new(loop, out, "root@%h");
  list(&n, a, false);
  outlook_nodes(o, &n);
  outlook_ways(o, ways);
  while (!*calls()) loop_step(loop, 50);
  char busy[200];
  snprintf(busy, sizeof busy, "%s/busy", dir);
  outlook_nodes(o, &n); /* read again meanwhile: no second question */
  loop_step(loop, 100);
  assert_string_equal(calls(), "slow@kvm2\n");
  unlink(busy); /* what was killed cannot do it */
  run_until_settled(o);
  assert_string_equal(calls(), "slow@kvm2\nroot@kvm2\n");
  assert_int_equal(printed(a)->nodes.item[0].asked, TRUTH_YES);
  outlook_free(o);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
int main(void) {
  const struct CMUnitTest tests[] = {TEST(nobody_is_asked_while_all_are_members), TEST(a_lost_node_is_asked_by_the_next_way), TEST(one_that_cannot_be_asked), TEST(a_way_that_hangs)};
  return RUN(tests);
}
