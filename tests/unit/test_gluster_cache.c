/* What the consoles of one host share, and what they do not believe. */
#include "sources/gluster_cache.h"
#include "tests/unit/unit.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char ID[] = "a82bde99-b47f-4653-a811-126fcf470cca";
static char folder[64], file[160];

static int begin(void **state) {
  (void)state;
  strcpy(folder, "/tmp/kvmconsole-cache-XXXXXX");
  if (!mkdtemp(folder)) return -1;
  snprintf(file, sizeof file, "%s/gluster-%s.json", folder, ID);
  cache_folder(folder);
  return 0;
}

static int end(void **state) {
  (void)state;
  unlink(file);
  rmdir(folder);
  return 0;
}

static void write_one(void) {
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct lock_cache c;
  shape_init(&lock_cache_shape, &c);
  c.asked = c.heal_at = 1700000000000;
  c.heals = 3;
  struct gluster_brick_heal *b = list_add(a, &c.heal.bricks, &gluster_brick_heal_shape);
  b->host = "node1";
  b->path = "/data";
  b->pending = 5;
  int fd = cache_lock(ID);
  assert_true(fd >= 0);
  cache_write(fd, &c);
  cache_unlock(fd);
}

static void written_and_read(void **state) {
  (void)state;
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct lock_cache c;
  assert_int_equal(cache_read(a, ID, &c), -ENOENT);
  assert_int_equal(cache_stamp(ID), 0);
  write_one();
  assert_int_equal(cache_read(a, ID, &c), 0);
  assert_int_equal(c.heal_at, 1700000000000);
  assert_true(c.space_at == UNKNOWN_INT);
  assert_int_equal(c.heals, 3);
  assert_int_equal(c.heal.bricks.count, 1);
  assert_int_equal(c.heal.bricks.item[0].pending, 5);
  assert_true(cache_stamp(ID) > 0);
}

static void one_reader_at_a_time(void **state) {
  (void)state;
  int first = cache_lock(ID);
  assert_true(first >= 0);
  assert_int_equal(cache_lock(ID), -EBUSY);
  cache_unlock(first);
  int second = cache_lock(ID);
  assert_true(second >= 0);
  cache_unlock(second);
}

static void what_others_could_have_written_is_not_believed(void **state) {
  (void)state;
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct lock_cache c;
  write_one();
  chmod(file, 0666);
  assert_int_equal(cache_read(a, ID, &c), -ENOENT);
  chmod(file, 0600);
  chmod(folder, 0777);
  assert_int_equal(cache_read(a, ID, &c), -ENOENT);
  chmod(folder, 0700);
  unlink(file);
  assert_int_equal(symlink("/etc/passwd", file), 0);
  assert_true(cache_lock(ID) < 0);
  unlink(file);
  mkfifo(file, 0600); /* must not wait for a writer either */
  assert_int_equal(cache_read(a, ID, &c), -ENOENT);
}

static void one_cut_short_is_none(void **state) {
  (void)state;
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct lock_cache c;
  write_one();
  assert_int_equal(truncate(file, 40), 0);
  assert_int_equal(cache_read(a, ID, &c), -ENOENT);
}

static void names_that_are_no_ids(void **state) {
  (void)state;
  assert_int_equal(cache_lock(NULL), -EINVAL);
  assert_int_equal(cache_lock("../../etc/passwd"), -EINVAL);
  assert_int_equal(cache_lock("../../../../../../../../tmp/aaaaaaaaaa"), -EINVAL);
}

int main(void) {
#define TEST(function) cmocka_unit_test_setup_teardown(function, begin, end)
  const struct CMUnitTest tests[] = {TEST(written_and_read), TEST(one_reader_at_a_time), TEST(what_others_could_have_written_is_not_believed),
                                     TEST(one_cut_short_is_none), TEST(names_that_are_no_ids)};
  return RUN(tests);
}
