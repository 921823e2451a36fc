/* Who reads, over generated worlds: consoles that see some of the others, that come, go, and change their rank. */
#include "sources/gluster_elect.h"
#include "tests/unit/unit.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NODES = 9, STEP_MS = 500, WORLDS = 400, CHANGES = 4, SETTLE_MS = ELECT_SILENT_MS + 2 * NODES * STEP_MS + ELECT_BEAT_MS };

struct node {
  bool alive;
  struct elect_self self;
  bool to[NODES]; /* it is connected to that one */
  struct elect_link link[NODES];
  int chosen; /* a node, ELECT_SELF, ELECT_NOBODY */
  int64_t beat;
  bool tells;
  struct leader word; /* what it told last */
};
static struct node world[NODES];
static unsigned long dice;
static unsigned roll(unsigned sides) { return (unsigned)((dice = dice * 6364136223846793005UL + 1442695040888963407UL) >> 33) % sides; }

static void place(struct node *n, size_t i) {
  memset(n, 0, sizeof *n);
  n->alive = true;
  n->chosen = ELECT_NOBODY;
  n->self = (struct elect_self){.rank = {.level = (int64_t)roll(4) - 1, .since = roll(3)}, .able = roll(5) != 0, .heard = roll(4) != 0};
  snprintf(n->self.rank.id, ELECT_ID, "%02x%016lx", (unsigned)i, dice);
  n->self.able &= n->self.heard || roll(2);
}

static void hear_one(struct node *n, size_t j, int64_t now) {
  bool stands = n->to[j] && world[j].alive && world[j].self.heard;
  if (!stands) {
    n->link[j] = (struct elect_link){0};
    return;
  }
  struct leader word = world[j].word;
  word.hops++;
  n->link[j].ready = true;
  elect_hear(&n->link[j], world[j].tells ? &word : NULL, now);
}

static void choose(struct node *n, int64_t now) {
  const struct elect_link *links[NODES];
  for (size_t j = 0; j < NODES; j++) links[j] = &n->link[j];
  n->chosen = elect(&n->self, links, NODES, n->chosen, now);
}

static void tell(struct node *n) {
  n->tells = n->chosen != ELECT_NOBODY;
  if (n->chosen >= 0) n->word = n->link[n->chosen].leader;
  else n->word = (struct leader){.rank = n->self.rank, .beat = n->beat};
}

static void run(int64_t *now, int64_t for_ms) {
  for (int64_t end = *now + for_ms; *now < end; *now += STEP_MS)
    for (size_t k = 0; k < NODES; k++) {
      size_t i = (k * 7 + (size_t)(*now / STEP_MS)) % NODES; /* no two rounds in the same order */
      if (!world[i].alive) continue;
      if (*now % ELECT_BEAT_MS == 0) world[i].beat++;
      for (size_t j = 0; j < NODES; j++) hear_one(&world[i], j, *now);
      choose(&world[i], *now);
      tell(&world[i]);
    }
}

/* The best that can be come to from i over those who are heard. */
static const struct rank *best_for(size_t i, bool *been) {
  const struct node *n = &world[i];
  const struct rank *best = n->self.able && n->self.heard ? &n->self.rank : NULL;
  been[i] = true;
  for (size_t j = 0; j < NODES; j++) {
    if (!n->to[j] || !world[j].alive || !world[j].self.heard || been[j]) continue;
    const struct rank *other = best_for(j, been);
    if (other && (!best || rank_order(other, best) > 0)) best = other;
  }
  if (!best && n->self.able) best = &n->self.rank;
  return best;
}

static void check(unsigned w) {
  for (size_t i = 0; i < NODES; i++) {
    bool been[NODES] = {false};
    if (!world[i].alive) continue;
    const struct rank *best = best_for(i, been);
    const struct node *n = &world[i];
    if (!best != (n->chosen == ELECT_NOBODY)) fail_msg("world %u: %zu follows %d", w, i, n->chosen);
    if (best && strcmp(best->id, n->word.rank.id) != 0) fail_msg("world %u: %zu follows %s, not %s", w, i, n->word.rank.id, best->id);
  }
}

static void one_change(unsigned what) {
  size_t i = roll(NODES), j = roll(NODES);
  if (what == 0) world[i].alive = false;
  else if (what == 1) place(&world[i], i);
  else if (what == 2) world[i].self.rank.level = (int64_t)roll(4) - 1;
  else if (what == 3) world[i].self.able = !world[i].self.able && world[i].self.heard;
  else if (i != j) world[i].to[j] = !world[i].to[j];
}

static void worlds_settle(void **state) {
  (void)state;
  for (unsigned w = 0; w < WORLDS; w++) {
    int64_t now = 0;
    unsigned density = 1 + w % 5;
    dice = w + 1;
    for (size_t i = 0; i < NODES; i++) place(&world[i], i);
    for (size_t i = 0; i < NODES; i++)
      for (size_t j = 0; j < NODES; j++) world[i].to[j] = i != j && roll(6) < density;
    for (unsigned c = 0; c <= CHANGES; c++) {
      run(&now, SETTLE_MS);
      check(w);
      one_change(roll(5));
    }
  }
}

/* Where who sees somebody is seen by it: one reader in each part that hangs together. */
static void one_reader(void **state) {
  (void)state;
  for (unsigned w = 0; w < WORLDS; w++) {
    int64_t now = 0;
    dice = w + 1000;
    for (size_t i = 0; i < NODES; i++) {
      place(&world[i], i);
      world[i].self.able = world[i].self.heard = true;
    }
    for (size_t i = 0; i < NODES; i++)
      for (size_t j = 0; j < i; j++) world[i].to[j] = world[j].to[i] = roll(6) < 1 + w % 4;
    run(&now, SETTLE_MS);
    size_t part[NODES], parts = 0, readers = 0;
    for (size_t i = 0; i < NODES; i++) part[i] = i;
    for (size_t again = 0; again < NODES; again++)
      for (size_t i = 0; i < NODES; i++)
        for (size_t j = 0; j < NODES; j++)
          if (world[i].to[j] && part[j] < part[i]) part[i] = part[j];
    for (size_t i = 0; i < NODES; i++) {
      parts += part[i] == i;
      readers += world[i].chosen == ELECT_SELF;
    }
    if (parts != readers) fail_msg("world %u: %zu parts, %zu readers", w, parts, readers);
  }
}

/* A leader that dies unseen, with two that tell each other of it for ever. */
static void word_of_a_dead_one_ends(void **state) {
  (void)state;
  int64_t now = 0;
  for (size_t i = 0; i < NODES; i++) {
    place(&world[i], i);
    world[i].self.able = world[i].self.heard = true;
    world[i].self.rank.level = i == 0 ? 2 : 1;
    for (size_t j = 0; j < NODES; j++) world[i].to[j] = i != j && i < 4 && j < 4;
  }
  run(&now, SETTLE_MS);
  assert_string_equal(world[3].word.rank.id, world[0].self.rank.id);
  world[0].alive = false;
  int64_t died = now;
  while (world[1].chosen != ELECT_SELF && world[2].chosen != ELECT_SELF && world[3].chosen != ELECT_SELF) {
    run(&now, STEP_MS);
    assert_in_range(now - died, 0, ELECT_SILENT_MS + 4 * STEP_MS);
  }
}

static void the_order(void **state) {
  (void)state;
  const struct rank low = {0, 1, "a", ""}, young = {1, 9, "a", ""}, old = {1, 1, "b", ""}, twin = {1, 1, "a", ""};
  assert_true(rank_order(&young, &low) > 0 && rank_order(&low, &young) < 0);
  assert_true(rank_order(&old, &young) > 0 && rank_order(&young, &old) < 0);
  assert_true(rank_order(&twin, &old) > 0 && rank_order(&old, &twin) < 0);
  assert_int_equal(rank_order(&old, &old), 0);
}

/* Two ways to one leader: the shorter is taken, unless its word stands still. */
static void a_way_that_stands_still(void **state) {
  (void)state;
  struct elect_link near = {.ready = true}, far = {.ready = true};
  const struct elect_link *links[] = {&far, &near};
  struct elect_self self = {.rank = {.id = "self"}, .able = true, .heard = true};
  struct leader word = {.rank = {.level = 2, .id = "leader"}};
  int chosen = ELECT_NOBODY;
  for (int64_t now = 0; now < 60000; now += 1000) {
    word.beat = now / ELECT_BEAT_MS;
    word.hops = 3;
    elect_hear(&far, &word, now);
    word.hops = 1;
    if (now < 30000) elect_hear(&near, &word, now);
    chosen = elect(&self, links, 2, chosen, now);
    if (now < 30000) assert_int_equal(chosen, 1);
    if (now >= 30000 + ELECT_SILENT_MS) assert_int_equal(chosen, 0);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(the_order), cmocka_unit_test(worlds_settle), cmocka_unit_test(one_reader),
                                     cmocka_unit_test(word_of_a_dead_one_ends), cmocka_unit_test(a_way_that_stands_still)};
  return RUN(tests);
}
