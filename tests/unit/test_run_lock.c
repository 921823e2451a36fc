/* The operator lock: never two holders that are sure, whoever stops, comes back, or answers late. On a CIB of our own making
 * whose answers come when the test says (or are lost), and on the simulated cluster. */
#include "unit.h"
#include "base/str.h"
#include "run/lock.h"
#include "sim/sim.h"
#include "views/simulation_executor.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- a cluster whose commands end in any order ---- */

struct cib { char holder[300], beats[8][80]; bool there; };
struct slow {
  struct executor base;
  struct cib *cib;
  int node;          /* whose attributes it writes */
  struct exec *execs;
  bool lost;         /* connections are: what was sent may be done or not */
};
struct exec { struct exec *next; struct slow *x; char **argv; struct exec_request r; };

static uint64_t chance = 88172645463325252u;
static unsigned draw(unsigned below) {
  chance ^= chance << 13, chance ^= chance >> 7, chance ^= chance << 17;
  return (unsigned)(chance % below);
}

static struct exec *start(struct executor *base, const struct exec_request *r, struct err *e) {
  struct exec *c = mem_alloc(sizeof *c);
  size_t n = 0;
  (void)e;
  while (r->argv[n]) n++;
  *c = (struct exec){.next = ((struct slow *)base)->execs, .x = (struct slow *)base, .r = *r, .argv = mem_alloc((n + 1) * sizeof(char *))};
  for (size_t i = 0; i < n; i++) c->argv[i] = mem_strdup(r->argv[i]);
  ((struct slow *)base)->execs = c;
  return c;
}

static void drop(struct exec *c) {
  for (struct exec **at = &c->x->execs; *at; at = &(*at)->next)
    if (*at == c) {
      *at = c->next;
      break;
    }
  for (size_t i = 0; c->argv[i]; i++) mem_free(c->argv[i]);
  mem_free(c->argv);
  mem_free(c);
}

static void leave(struct exec *c) {
  struct exec_request r = c->r;
  drop(c);
  r.on_end(r.owner, &(struct exec_result){EXEC_LEFT, -1, ""});
}
static const struct executor_class slow_class = {.start = start, .leave = leave};

static const char *after(struct exec *c, const char *option) {
  for (size_t i = 0; c->argv[i]; i++)
    if (!strcmp(c->argv[i], option)) return c->argv[i + 1];
  return NULL;
}
static bool has(struct exec *c, const char *option) {
  for (size_t i = 0; c->argv[i]; i++)
    if (!strcmp(c->argv[i], option)) return true;
  return false;
}

static void value_in(const char *text, char out[300]) {
  const char *at = strstr(text, "value=\"");
  assert_non_null(at);
  at += 7;
  snprintf(out, 300, "%.*s", (int)strcspn(at, "\""), at);
}

/* As pacemaker's own tools do (FACTS 5.6). */
static int do_cibadmin(struct exec *c, char *out, size_t room) {
  struct cib *b = c->x->cib;
  char value[300] = "";
  if (has(c, "--create")) {
    if (b->there) return 108;
    value_in(after(c, "--xml-text"), b->holder);
    b->there = true;
    return 0;
  }
  if (has(c, "--query")) {
    if (!b->there) return 105;
    snprintf(out, room, "<nvpair id=\"kvmconsole-lock-holder\" name=\"kvmconsole-lock\" value=\"%s\"/>", b->holder);
    return 0;
  }
  const char *old = strstr(after(c, "--xpath"), "@value=\"");
  assert_non_null(old);
  snprintf(value, sizeof value, "%.*s", (int)strcspn(old + 8, "\""), old + 8);
  bool same = b->there && !strcmp(value, b->holder);
  if (has(c, "--modify")) {
    if (!same) return 105;
    value_in(after(c, "--xml-text"), b->holder);
  } else if (has(c, "--delete") && same) {
    b->there = false;
  }
  return 0;
}

static int do_attrd(struct exec *c, struct str *out) {
  struct cib *b = c->x->cib;
  if (has(c, "-U")) snprintf(b->beats[c->x->node], sizeof b->beats[0], "%s", after(c, "-U"));
  if (has(c, "-D")) b->beats[c->x->node][0] = 0;
  for (int i = 0; has(c, "-Q") && i < 8; i++)
    if (b->beats[i][0]) str_addf(out, "name=\"kvmconsole-beat\" host=\"n%d\" value=\"%s\"\n", i, b->beats[i]);
  return has(c, "-Q") && !out->len ? 105 : 0;
}

/* Does it, and says so: or says nothing of what it did, or did nothing. */
static void end_one(struct exec *c) {
  struct exec_request r = c->r;
  struct str out = {0};
  char line[600] = "";
  bool lost = c->x->lost, done = !lost || draw(2);
  int code = !done ? -1 : !strcmp(c->argv[0], "cibadmin") ? do_cibadmin(c, line, sizeof line) : do_attrd(c, &out);
  drop(c);
  if (*line) str_addf(&out, "%s\n", line);
  char *rest = out.data, *text;
  while (!lost && out.data && (text = strsep(&rest, "\n")) && rest) r.on_out(r.owner, text, strlen(text), false);
  str_free(&out);
  r.on_end(r.owner, lost ? &(struct exec_result){EXEC_UNKNOWN, -1, "the connection was lost"} : &(struct exec_result){EXEC_EXITED, code, NULL});
}

/* ---- consoles ---- */

struct console { struct slow x; struct lock *lock; enum lock_state state; char text[500]; bool told, frozen; int64_t now; };

static void on_state(void *owner, enum lock_state state, const char *text) {
  struct console *c = owner;
  c->state = state;
  c->told = true;
  snprintf(c->text, sizeof c->text, "%s", text);
}

static void new_console(struct console *c, struct cib *cib, int node) {
  *c = (struct console){.x = {.base = {&slow_class}, .cib = cib, .node = node}};
  char who[32];
  snprintf(who, sizeof who, "root@n%d \"quoted\" <x>", node);
  c->lock = lock_take(&c->x.base, "kvm01", NULL, who, on_state, c);
}

static void turn(struct console *c, int64_t now) {
  if (c->frozen || !c->lock) return;
  c->now = now;
  lock_tick(c->lock, now);
  struct exec *e = c->x.execs;
  if (e && draw(3)) end_one(e);
}

static bool sure(const struct console *c) { return c->lock && !c->frozen && lock_sure(c->lock); }

static void end_console(struct console *c) {
  if (c->lock) lock_drop(c->lock);
  c->lock = NULL;
}

static void gone(void *owner) { ((struct console *)owner)->lock = NULL; }

/* ---- tests ---- */

static void two_at_once_are_never_two_holders(void **state) {
  (void)state;
  for (int pair = 0; pair < 200; pair++) {
    struct cib cib = {0};
    struct console c[2];
    new_console(&c[0], &cib, 0);
    new_console(&c[1], &cib, 1);
    int64_t now = 1000;
    for (int i = 0; i < 400 && !(c[0].told && c[1].told && c[0].state != LOCK_TRYING && c[1].state != LOCK_TRYING); i++, now += 50) {
      turn(&c[0], now);
      turn(&c[1], now);
      assert_false(sure(&c[0]) && sure(&c[1]));
    }
    assert_int_equal((c[0].state == LOCK_HELD) + (c[1].state == LOCK_HELD), 1);
    int winner = c[0].state == LOCK_HELD ? 0 : 1, loser = 1 - winner;
    assert_int_equal(c[loser].state, LOCK_BUSY);
    char who[8];
    snprintf(who, sizeof who, "root@n%d", winner);
    assert_non_null(strstr(c[loser].text, who)); /* it says who */
    /* What the loser leaves takes nothing from the winner; what the winner leaves is free. */
    lock_give_back(c[loser].lock, gone, &c[loser]);
    for (int i = 0; c[loser].lock && i < 50; i++) turn(&c[loser], now += 50);
    assert_true(cib.there);
    lock_give_back(c[winner].lock, gone, &c[winner]);
    for (int i = 0; c[winner].lock && i < 50; i++) if (c[winner].x.execs) end_one(c[winner].x.execs);
    assert_null(c[winner].lock);
    assert_false(cib.there);
    assert_int_equal(cib.beats[winner][0], 0);
  }
}

static int64_t until(struct console *c, size_t n, int64_t now, int64_t ms, bool (*stop)(struct console *c)) {
  for (int64_t end = now + ms; now < end; now += 100) {
    size_t holders = 0;
    for (size_t i = 0; i < n; i++) turn(&c[i], now), holders += sure(&c[i]);
    assert_true(holders < 2);
    if (stop && stop(c)) break;
  }
  return now;
}
static bool first_holds(struct console *c) { return c[0].state == LOCK_HELD; }
static bool second_holds(struct console *c) { return c[1].state == LOCK_HELD; }
static bool first_lost(struct console *c) { return c[0].state == LOCK_LOST; }

static void a_dead_holder_is_taken_over(void **state) {
  struct cib cib = {0};
  struct console c[2];
  (void)state;
  new_console(&c[0], &cib, 0);
  int64_t now = until(c, 1, 0, 10000, first_holds), died;
  now = until(c, 1, now, 30000, NULL); /* it lives, and stays sure */
  assert_true(sure(&c[0]));
  end_console(&c[0]);
  died = now;
  new_console(&c[1], &cib, 1);
  now = until(c, 2, now, 120000, second_holds);
  assert_int_equal(c[1].state, LOCK_HELD);
  assert_true(now - died >= LOCK_STILL_MS && now - died < 2 * LOCK_STILL_MS);
  end_console(&c[1]);
}

/* Two consoles of one host, one after the other: the file that the first one held says whose lock that was. */
static void a_dead_holder_of_this_host_is_known_at_once(void **state) {
  char folder[] = "/tmp/kvmconsole-lock.XXXXXX", path[64];
  struct cib cib = {0};
  struct console c[3] = {{.told = false}};
  (void)state;
  assert_non_null(mkdtemp(folder));
  snprintf(path, sizeof path, "%s/operator.lock", folder);
  for (int i = 0; i < 3; i++) c[i].x = (struct slow){.base = {&slow_class}, .cib = &cib, .node = i};
  c[0].lock = lock_take(&c[0].x.base, "kvm01", folder, "root@kvm01", on_state, &c[0]);
  int64_t now = until(c, 1, 0, 10000, first_holds), died;
  c[1].lock = lock_take(&c[1].x.base, "kvm01", folder, "root@kvm01", on_state, &c[1]);
  now = until(c, 2, now, 20000, NULL);
  assert_int_equal(c[1].state, LOCK_BUSY); /* while it lives */
  assert_non_null(strstr(c[1].text, "another console on this host"));
  assert_non_null(strstr(c[1].text, "root@kvm01"));
  end_console(&c[1]);
  end_console(&c[0]);
  died = now;
  c[1] = (struct console){.x = {.base = {&slow_class}, .cib = &cib, .node = 1}};
  c[1].lock = lock_take(&c[1].x.base, "kvm01", folder, "root@kvm01", on_state, &c[1]);
  now = until(c, 2, now, 120000, second_holds);
  assert_true(sure(&c[1]));
  assert_true(now - died < LOCK_BEAT_MS);
  /* Of another host's dead holder nothing is known: it is watched for as long as ever. */
  end_console(&c[1]);
  new_console(&c[2], &cib, 2);
  lock_drop(c[2].lock);
  assert_int_equal(truncate(path, 0), 0);
  c[2].lock = lock_take(&c[2].x.base, "kvm01", folder, "root@kvm02", on_state, &c[2]);
  died = now;
  while (!sure(&c[2]) && now - died < 120000) turn(&c[2], now += 100);
  assert_true(now - died >= LOCK_STILL_MS);
  end_console(&c[2]);
  unlink(path);
  rmdir(folder);
}

static void a_frozen_holder_is_not_sure_when_it_wakes(void **state) {
  (void)state;
  for (int round = 0; round < 60; round++) {
    struct cib cib = {0};
    struct console c[2];
    new_console(&c[0], &cib, 0);
    int64_t now = until(c, 1, 0, 10000, first_holds);
    now = until(c, 1, now, 1000 + draw(9000), NULL);
    c[0].frozen = true;
    new_console(&c[1], &cib, 1);
    now = until(c, 2, now, 1000 * (1 + draw(40)), NULL); /* it wakes before it is taken over, while that happens, or after */
    c[0].frozen = false;
    now = until(c, 2, now, 60000, NULL);
    assert_int_equal((c[0].state == LOCK_HELD) + (c[1].state == LOCK_HELD), 1);
    if (c[1].state == LOCK_HELD) assert_int_equal(c[0].state, LOCK_LOST);
    else assert_true(sure(&c[0]) && c[1].state == LOCK_BUSY);
    end_console(&c[0]);
    end_console(&c[1]);
  }
}

/* The holder wakes when the other one has already seen its counter stand still, and its compare-and-set is on the way. */
static void a_holder_that_wakes_last_of_all(void **state) {
  struct cib cib = {0};
  struct console c[2];
  (void)state;
  new_console(&c[0], &cib, 0);
  int64_t now = until(c, 1, 0, 10000, first_holds);
  now = until(c, 1, now, 6000, NULL);
  c[0].frozen = true;
  new_console(&c[1], &cib, 1);
  while (!c[1].x.execs || !has(c[1].x.execs, "--modify")) turn(&c[1], now += 100);
  c[0].frozen = false;
  lock_tick(c[0].lock, now);
  assert_false(sure(&c[0]));
  for (int i = 0; i < 100 && !(sure(&c[0]) && !c[0].x.execs); i++) turn(&c[0], now += 10);
  assert_true(sure(&c[0]));
  end_one(c[1].x.execs); /* it comes too late */
  assert_false(sure(&c[1]));
  until(c, 2, now, 60000, NULL);
  assert_true(sure(&c[0]));
  assert_int_equal(c[1].state, LOCK_BUSY);
  end_console(&c[0]);
  end_console(&c[1]);
}

/* Stopped, and woken by something else than the time: it is not sure before it is told how late it is. */
static void who_does_not_know_the_time_is_not_sure(void **state) {
  struct cib cib = {0};
  struct console c[1];
  (void)state;
  new_console(&c[0], &cib, 0);
  until(c, 1, 0, 10000, first_holds);
  assert_true(sure(&c[0]));
  usleep((LOCK_TOLD_MS + 50) * 1000);
  assert_false(sure(&c[0]));
  end_console(&c[0]);
}

static void what_was_lost_on_the_way_is_looked_up(void **state) {
  (void)state;
  for (int round = 0; round < 200; round++) {
    struct cib cib = {0};
    struct console c[3];
    for (int i = 0; i < 3; i++) new_console(&c[i], &cib, i);
    int64_t now = 0;
    for (int i = 0; i < 60; i++) { /* connections come and go, consoles freeze */
      struct console *x = &c[draw(3)];
      if (draw(2)) x->x.lost = !x->x.lost;
      else if (draw(2)) x->frozen = !x->frozen;
      now = until(c, 3, now, 100 * (1 + draw(60)), NULL);
    }
    for (int i = 0; i < 3; i++) end_console(&c[i]);
  }
}

static void who_is_not_reached_is_told(void **state) {
  struct cib cib = {0};
  struct console c[1];
  (void)state;
  new_console(&c[0], &cib, 0);
  lock_tick(c[0].lock, 0);
  struct exec_request r = c[0].x.execs->r;
  drop(c[0].x.execs);
  r.on_end(r.owner, &(struct exec_result){EXEC_EXITED, 102, NULL});
  assert_int_equal(c[0].state, LOCK_UNREACHABLE);
  assert_non_null(strstr(c[0].text, "kvm01"));
  end_console(&c[0]);
}

static void somebody_removed_it(void **state) {
  struct cib cib = {0};
  struct console c[1];
  (void)state;
  new_console(&c[0], &cib, 0);
  int64_t now = until(c, 1, 0, 10000, first_holds);
  cib.there = false;
  until(c, 1, now, 20000, first_lost);
  assert_int_equal(c[0].state, LOCK_LOST);
  assert_false(sure(&c[0]));
  end_console(&c[0]);
}

static void consoles_of_one_host_settle_it_first(void **state) {
  char folder[] = "/tmp/kvmconsole-lock.XXXXXX";
  struct cib cib = {0};
  struct console c[2] = {{.x = {.base = {&slow_class}, .cib = &cib}}, {.x = {.base = {&slow_class}, .cib = &cib}}};
  (void)state;
  assert_non_null(mkdtemp(folder));
  for (int i = 0; i < 2; i++) c[i].lock = lock_take(&c[i].x.base, i ? NULL : "kvm01", folder, "root@kvm01", on_state, &c[i]);
  lock_tick(c[0].lock, 0);
  lock_tick(c[1].lock, 0);
  assert_int_equal(c[1].state, LOCK_BUSY);
  assert_non_null(strstr(c[1].text, "another console on this host"));
  assert_null(c[1].x.execs); /* and never asks the cluster */
  end_console(&c[0]);
  end_console(&c[1]);
  c[1].lock = lock_take(&c[1].x.base, NULL, folder, "root@kvm01", on_state, &c[1]);
  lock_tick(c[1].lock, 0);
  assert_int_equal(c[1].state, LOCK_HELD); /* no cluster: this host's alone */
  assert_true(sure(&c[1]));
  end_console(&c[1]);
  CLEANUP(mem_freep) char *path = mem_printf("%s/operator.lock", folder);
  unlink(path);
  rmdir(folder);
}

/* The same pairs on the simulated cluster, whose cibadmin is as the real one. */
static void two_at_once_in_the_simulated_cluster(void **state) {
  struct sim *sim;
  struct simulated *place = NULL;
  struct loop *l = loop_new();
  struct err e;
  (void)state;
  assert_int_equal(sim_open(&(struct sim_options){.scenario = "lab"}, &sim, &e), 0);
  sim_run(sim, sim_now(sim) + 5000, NULL, NULL);
  struct executor *x = simulated_new(sim, l, &place, &(struct simulated_listener){NULL, NULL});
  for (int pair = 0; pair < 200; pair++) {
    struct console c[2] = {0};
    for (int i = 0; i < 2; i++) c[i].lock = lock_take(x, i ? "kvm02" : "kvm01", NULL, i ? "root@kvm02" : "root@kvm01", on_state, &c[i]);
    for (int i = 0; i < 200 && !(c[0].told && c[1].told && c[0].state != LOCK_TRYING && c[1].state != LOCK_TRYING); i++) {
      for (int k = 0; k < 2; k++) lock_tick(c[k].lock, sim_now(sim));
      assert_false(lock_sure(c[0].lock) && lock_sure(c[1].lock));
      sim_run(sim, sim_now(sim) + 1 + draw(100), NULL, NULL);
      simulated_time_passed(place);
      loop_step(l, 0);
    }
    assert_int_equal((c[0].state == LOCK_HELD) + (c[1].state == LOCK_HELD), 1);
    assert_int_equal((c[0].state == LOCK_BUSY) + (c[1].state == LOCK_BUSY), 1);
    for (int k = 0; k < 2; k++) lock_give_back(c[k].lock, gone, &c[k]);
    for (int i = 0; (c[0].lock || c[1].lock) && i < 100; i++) {
      sim_run(sim, sim_now(sim) + 50, NULL, NULL);
      simulated_time_passed(place);
      loop_step(l, 0);
    }
    assert_true(!c[0].lock && !c[1].lock);
  }
  executor_free(x);
  sim_close(sim);
  loop_free(l);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(two_at_once_are_never_two_holders), cmocka_unit_test(a_dead_holder_is_taken_over), cmocka_unit_test(a_dead_holder_of_this_host_is_known_at_once), cmocka_unit_test(a_frozen_holder_is_not_sure_when_it_wakes), cmocka_unit_test(a_holder_that_wakes_last_of_all), cmocka_unit_test(who_does_not_know_the_time_is_not_sure),
                                     cmocka_unit_test(what_was_lost_on_the_way_is_looked_up), cmocka_unit_test(who_is_not_reached_is_told), cmocka_unit_test(somebody_removed_it),
                                     cmocka_unit_test(consoles_of_one_host_settle_it_first), cmocka_unit_test(two_at_once_in_the_simulated_cluster)};
  return RUN(tests);
}
