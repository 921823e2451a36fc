/* The tape: going back and forth gives what was; it is bounded; clocks that jump do not confuse it. */
#include "base/clock.h"
#include "model/tape.h"
#include "sources/player.h"
#include "tests/unit/unit.h"
#include "views/timeline.h"
#include <stdio.h>
#include <string.h>

static const struct merge_options plain;
static const char *const recordings[] = {"host-lost", "gluster-frozen", "brick-killed", "migration"};

struct world { /* what a console does with what it hears */
  struct store store;
  struct snapshot *snap;
  struct tape *tape;
  struct timeline timeline;
  struct str *seen; /* after each line: what a snapshot said */
  uint64_t lines;
};

static void begin(struct world *w, size_t limit) { *w = (struct world){.tape = tape_new(limit, &plain, NULL, NULL)}; }

static void end(struct world *w) {
  for (uint64_t i = 0; w->seen && i < w->lines; i++) str_free(&w->seen[i]);
  mem_free(w->seen);
  timeline_free(&w->timeline);
  tape_free(w->tape);
  store_clear(&w->store);
  snapshot_drop(w->snap);
}

/* Whether the store changed. */
static bool hear(struct world *w, const char *text, int64_t now, int64_t wall) {
  struct fragment *f;
  const struct tape_line line = {text, strlen(text), now, now, wall};
  assert_int_equal(fragment_parse(text, line.len, &f, NULL), 0);
  tape_add(w->tape, &w->store, w->snap, &line, NULL);
  bool changed = store_add(&w->store, f, now);
  fragment_drop(f);
  w->lines++;
  return changed;
}

static void look(struct world *w, int64_t now, int64_t wall) {
  struct snapshot *s = snapshot_make(&w->store, now, wall, &plain, w->snap);
  struct arena *a = arena_new();
  struct events events;
  const struct moment m = {tape_end(w->tape).line, now, wall};
  snapshot_difference(w->snap, s, a, &events);
  for (size_t i = 0; i < events.count; i++) timeline_add(&w->timeline, &events.item[i], &m);
  arena_free(a);
  snapshot_drop(w->snap);
  w->snap = s;
}

static void play(struct world *w, const char *name) {
  char path[128], line[65536];
  snprintf(path, sizeof path, "tests/fixtures/recordings/%s.jsonl", name);
  FILE *f = fopen(path, "re");
  int64_t at, now = 0;
  if (!f) fail_msg("%s", path);
  while (fgets(line, sizeof line, f)) {
    char stamp[CLOCK_TEXT];
    assert_int_equal(sscanf(line, "{\"at\":\"%31[^\"]", stamp), 1);
    assert_int_equal(clock_parse(stamp, &at), 0);
    if (at > now) now = at;
    if (hear(w, line, now, now)) look(w, now, now);
  }
  fclose(f);
}

static void json_at(struct cursor *c, struct str *out) {
  struct snapshot *s = snapshot_make(&c->store, c->at.now, c->at.wall, &plain, c->snap);
  str_reset(out);
  snapshot_json(s, out);
  snapshot_drop(s);
}

static void there_and_back_is_the_same(void **state) {
  (void)state;
  for (size_t r = 0; r < COUNT(recordings); r++) {
    struct world w;
    struct cursor c = {0}, d = {0};
    struct str now = {0}, again = {0};
    size_t steps = 0, back = 0;
    uint64_t last = 0;
    begin(&w, TAPE_BYTES);
    play(&w, recordings[r]);
    w.seen = mem_alloc(w.lines * sizeof *w.seen);
    tape_seek(w.tape, &c, 0);
    while (tape_step(w.tape, &c)) { /* on, change by change */
      json_at(&c, &w.seen[c.at.line - 1]);
      last = c.at.line;
      steps++;
    }
    assert_int_equal(c.at.line, w.lines);
    assert_true(steps > 20);
    if (last == w.lines) back = 1; /* it stands at that one already */
    while (tape_step_back(w.tape, &c)) { /* and back: the same, at the same places */
      json_at(&c, &now);
      assert_string_equal(str_text(&now), str_text(&w.seen[c.at.line - 1]));
      back++;
    }
    assert_int_equal(back, steps);
    assert_int_equal(c.at.line, 0);
    for (uint64_t i = 1; i <= w.lines; i += 7) { /* and from anywhere */
      tape_seek(w.tape, &d, (i * 31) % w.lines + 1);
      tape_seek(w.tape, &c, d.at.line);
      json_at(&c, &now);
      cursor_free(&d);
      tape_seek(w.tape, &d, c.at.line);
      json_at(&d, &again);
      assert_string_equal(str_text(&now), str_text(&again));
    }
    str_free(&now), str_free(&again);
    cursor_free(&c), cursor_free(&d);
    end(&w);
  }
}

/* What the console saw then is what the tape gives back: health and problems with their beginnings. */
static void the_past_is_what_was_seen(void **state) {
  struct world w;
  struct cursor c = {0};
  struct str then = {0}, now = {0};
  (void)state;
  begin(&w, TAPE_BYTES);
  play(&w, "host-lost");
  json_at(&(struct cursor){.store = w.store, .snap = w.snap, .at = tape_end(w.tape)}, &then);
  tape_seek(w.tape, &c, w.lines);
  json_at(&c, &now);
  assert_string_equal(str_text(&now), str_text(&then));
  str_free(&now), str_free(&then);
  cursor_free(&c);
  end(&w);
}

static void a_jump_lands_at_the_event(void **state) {
  struct world w;
  struct cursor c = {0};
  (void)state;
  begin(&w, TAPE_BYTES);
  play(&w, "host-lost");
  bool found = false;
  for (size_t i = 0; i < w.timeline.count; i++) {
    const struct event *e = &timeline_events(&w.timeline)[i];
    const struct moment *m = timeline_moment(&w.timeline, i);
    tape_seek(w.tape, &c, m->line);
    assert_int_equal(c.at.line, m->line);
    assert_int_equal(c.snap->at, e->at);
    if (str_eq(e->kind, "node") && str_eq(e->to, "unclean")) {
      const struct host_view *h = snapshot_host(c.snap, e->subject);
      found = true;
      assert_int_equal(h->pacemaker, NODE_UNCLEAN);
      tape_step_back(w.tape, &c); /* just before it was not so */
      assert_int_equal(snapshot_host(c.snap, "kvm02")->pacemaker, NODE_ONLINE);
    }
  }
  assert_true(found);
  /* Next and previous: each event's moment once, in order, both ways. */
  const struct moment *m = timeline_near(&w.timeline, &(struct moment){0}, 1);
  size_t moments = 0;
  for (struct moment at; m; m = timeline_near(&w.timeline, &at, 1), moments++) {
    at = *m;
    assert_true(timeline_past(&w.timeline, &at) > moments);
  }
  const struct moment last = tape_end(w.tape);
  for (m = timeline_near(&w.timeline, &(struct moment){last.line + 1, last.now, 0}, -1); m; moments--) {
    struct moment at = *m;
    m = timeline_near(&w.timeline, &at, -1);
  }
  assert_int_equal(moments, 0);
  cursor_free(&c);
  end(&w);
}

static const char beat[] = "{\"at\":\"2026-11-22T12:00:00.000Z\",\"source\":\"corosync\",\"host\":\"kvm01\",\"kind\":\"beat\",\"data\":{\"kinds\":[\"corosync.nodes\"]}}\n";
static const char *nodes(int n) {
  static char line[400];
  snprintf(line, sizeof line, "{\"at\":\"2026-11-22T12:00:00.000Z\",\"source\":\"corosync\",\"host\":\"kvm01\",\"kind\":\"corosync.nodes\",\"data\":{\"nodes\":[{\"id\":1,\"name\":\"kvm01\","
                              "\"addresses\":[],\"member\":true,\"local\":true,\"votes\":%d}]}}\n", n);
  return line;
}

/* How much is kept at most of the same long stream, after a cluster of so many nodes. */
static size_t kept_with(int count, size_t limit) {
  struct world w;
  struct str line = {0};
  size_t most = 0;
  int64_t t = 1000000;
  begin(&w, limit);
  str_add(&line, "{\"at\":\"2026-11-22T12:00:00.000Z\",\"source\":\"corosync\",\"host\":\"kvm01\",\"kind\":\"corosync.nodes\",\"data\":{\"nodes\":[");
  for (int i = 1; i <= count; i++) str_addf(&line, "%s{\"id\":%d,\"name\":\"kvm%04d\",\"addresses\":[],\"member\":true,\"local\":%s,\"votes\":1}", i > 1 ? "," : "", i, i, i == 1 ? "true" : "false");
  str_add(&line, "]}}\n");
  if (hear(&w, line.data, t, t)) look(&w, t, t);
  for (int i = 0; i < 60000; i++, t += 100) {
    hear(&w, beat, t, t);
    if (i > 30000 && tape_bytes(w.tape) > most) most = tape_bytes(w.tape);
  }
  str_free(&line);
  end(&w);
  return most;
}

/* What a large cluster takes by itself the tape does not take again. */
static void a_large_cluster_leaves_it_less(void **state) {
  enum { LIMIT = 3000000 };
  (void)state;
  size_t small = kept_with(2, LIMIT), large = kept_with(400, LIMIT);
  if (small < LIMIT / 8 * 7 || large > LIMIT / 2 || large < LIMIT / 3) fail_msg("%zu, %zu of %d", small, large, LIMIT);
}

static void it_is_bounded(void **state) {
  enum { LIMIT = 300000, LINES = 20000 };
  struct world w;
  struct cursor c = {0};
  int64_t t = 1000000;
  (void)state;
  begin(&w, LIMIT);
  for (int i = 0; i < LINES; i++, t += 100) {
    if (hear(&w, i % 10 ? beat : nodes(i), t, t)) look(&w, t, t);
    assert_true(tape_bytes(w.tape) < LIMIT * 3);
    if (i == 5) tape_seek(w.tape, &c, 3);
  }
  const struct moment from = tape_begin(w.tape), to = tape_end(w.tape);
  assert_int_equal(to.line, LINES);
  assert_true(from.line > LINES / 2 && from.line < LINES);
  assert_true(tape_bytes(w.tape) > LIMIT / 3);
  /* A cursor that stood where nothing is kept any more is taken along. */
  assert_true(tape_next(w.tape, &c) >= 0);
  assert_int_equal(c.at.line, from.line + 1);
  assert_true(tape_seek(w.tape, &c, 0));
  assert_int_equal(c.at.line, from.line);
  assert_false(tape_step_back(w.tape, &c));
  assert_true(tape_seek(w.tape, &c, LINES * 2));
  assert_int_equal(c.at.line, LINES);
  assert_int_equal(tape_next(w.tape, &c), -1);
  cursor_free(&c);
  end(&w);
}

static bool read_lines(void *owner, struct tape_place *p, struct tape_line *ret) {
  const char *text = p->at % 10 ? beat : nodes((int)p->at);
  (void)owner;
  p->now += 100;
  p->at++;
  *ret = (struct tape_line){text, strlen(text), p->now, p->now, p->now};
  return true;
}

/* A file keeps its lines: its beginning can always be gone back to, however few keyframes there is room for. */
static void a_file_is_kept_from_its_beginning(void **state) {
  enum { LIMIT = 50000, LINES = 50000 };
  struct world w = {0};
  struct tape_place p = {0};
  struct tape_line line;
  struct cursor c = {0};
  size_t most = 0;
  (void)state;
  w.tape = tape_new(LIMIT, &plain, read_lines, NULL);
  for (int i = 0; i < LINES; i++) {
    struct fragment *f;
    const struct tape_place place = p;
    read_lines(NULL, &p, &line);
    assert_int_equal(fragment_parse(line.text, line.len, &f, NULL), 0);
    tape_add(w.tape, &w.store, w.snap, &line, &place);
    if (store_add(&w.store, f, line.taken)) look(&w, line.now, line.wall);
    fragment_drop(f);
    if (tape_keyframes(w.tape) > most) most = tape_keyframes(w.tape);
    assert_true(tape_bytes(w.tape) < LIMIT * 2);
  }
  assert_true(tape_keyframes(w.tape) < most);
  assert_int_equal(tape_begin(w.tape).line, 0);
  for (uint64_t i = 1; i < LINES; i += 9973) {
    tape_seek(w.tape, &c, LINES - i);
    const struct corosync_nodes *n = store_fact(&c.store, "corosync.nodes", "kvm01", NULL)->fragment->data;
    assert_int_equal(n->nodes.item[0].votes, (LINES - i - 1) / 10 * 10);
    assert_int_equal(c.at.now, (int64_t)(LINES - i) * 100);
  }
  cursor_free(&c);
  end(&w);
}

/* Live, the wall clock is set back by an hour: time goes on, and both sides of the jump can be gone to. */
static void a_clock_that_jumps(void **state) {
  struct world w;
  struct cursor c = {0};
  const int64_t wall = 1800000000000;
  (void)state;
  begin(&w, TAPE_BYTES);
  hear(&w, "{\"at\":\"2026-11-22T12:00:00.000Z\",\"source\":\"corosync\",\"host\":\"kvm01\",\"kind\":\"state\",\"data\":{\"state\":\"ok\",\"text\":\"\"}}", 0, wall);
  for (int i = 0; i < 20; i++) hear(&w, nodes(i), 1000 * i, wall + 1000 * i), look(&w, 1000 * i, wall + 1000 * i);
  for (int i = 20; i < 40; i++) hear(&w, nodes(i), 1000 * i, wall + 1000 * i - 3600000), look(&w, 1000 * i, wall + 1000 * i - 3600000);
  size_t jumps = 0;
  for (size_t i = 0; i < w.timeline.count; i++)
    if (str_eq(timeline_events(&w.timeline)[i].kind, "clock")) {
      jumps++;
      assert_int_equal(timeline_moment(&w.timeline, i)->line, 22);
    }
  assert_int_equal(jumps, 1);
  tape_seek(w.tape, &c, 22);
  assert_int_equal(c.snap->at, wall + 20000 - 3600000);
  assert_true(tape_step_back(w.tape, &c));
  assert_int_equal(c.snap->at, wall + 19000);
  assert_int_equal(c.snap->now, 19000);
  assert_true(tape_step(w.tape, &c));
  assert_int_equal(c.snap->now, 20000);
  cursor_free(&c);
  end(&w);
}

static void nothing(void *owner) { (void)owner; }
static bool goes_on(void *owner) { return !owner; }

/* A player that begins before there is anything to play begins with the first line, whenever that comes. */
static void a_player_waits_for_its_first_line(void **state) {
  struct world w;
  struct loop *l = loop_new();
  (void)state;
  begin(&w, TAPE_BYTES);
  const struct player_options o = {.tape = w.tape, .merge = &plain, .speed = 1, .changed = nothing, .complete = goes_on, .owner = &w};
  struct player *p = player_new(l, &o);
  player_seek(p, &(struct moment){0});
  loop_run(l, 30);
  assert_false(player_attached(p));
  assert_int_equal(player_at(p).now, 0);
  const int64_t t = 1800000000000;
  hear(&w, nodes(1), t, t), player_more(p);
  loop_run(l, 30);
  assert_int_equal(player_at(p).line, 1);
  hear(&w, nodes(2), t + 100, t + 100), player_more(p);
  for (int i = 0; i < 200 && player_at(p).line < 2; i++) loop_run(l, 10);
  assert_int_equal(player_at(p).line, 2);
  assert_in_range(player_at(p).now - t, 100, 5000);
  hear(&w, nodes(3), t + 900000, t + 900000), player_more(p); /* a quarter of an hour later: not yet */
  loop_run(l, 30);
  assert_int_equal(player_at(p).line, 2);
  player_set_speed(p, 0); /* as fast as it can: at once */
  for (int i = 0; i < 200 && player_at(p).line < 3; i++) loop_run(l, 10);
  assert_int_equal(player_at(p).line, 3);
  assert_int_equal(player_at(p).now, t + 900000);
  player_free(p);
  loop_free(l);
  end(&w);
}

static void events_are_a_ring(void **state) {
  struct timeline t = {0};
  (void)state;
  assert_null(timeline_near(&t, &(struct moment){1, 1, 1}, 1));
  for (int i = 0; i < TIMELINE_EVENTS * 3; i++) {
    char text[32];
    snprintf(text, sizeof text, "event %d", i);
    timeline_add(&t, &(struct event){.at = i, .kind = "node", .subject = "kvm01", .to = "online", .text = text}, &(struct moment){(uint64_t)i, i, i});
  }
  assert_int_equal(t.count, TIMELINE_EVENTS);
  assert_int_equal(timeline_moment(&t, 0)->line, TIMELINE_EVENTS * 2);
  assert_string_equal(timeline_events(&t)[0].text, "event 10000");
  assert_int_equal(timeline_near(&t, &(struct moment){12345, 12345, 0}, 1)->line, 12346);
  assert_int_equal(timeline_near(&t, &(struct moment){12345, 12345, 0}, -1)->line, 12344);
  assert_int_equal(timeline_past(&t, &(struct moment){12345, 12345, 0}), 2346);
  assert_null(timeline_near(&t, &(struct moment){10000, 10000, 0}, -1));
  timeline_free(&t);
}

/* Straight to a time: what was known then, as by going there line by line; before the beginning the first answers. */
static void a_time_is_found(void **state) {
  (void)state;
  for (size_t r = 0; r < COUNT(recordings); r++) {
    struct world w;
    begin(&w, TAPE_BYTES);
    play(&w, recordings[r]);
    int64_t first = tape_begin(w.tape).now, last = tape_end(w.tape).now;
    struct cursor c = {0};
    size_t looked = 0;
    while (tape_next(w.tape, &c) >= 0) {
      int64_t due;
      if (c.at.line % 17 || (tape_due(w.tape, &c, &due) && due <= c.at.now) || c.at.now < first + 1000) continue;
      struct moment m;
      struct snapshot *s = tape_at(w.tape, c.at.now, &m), *t = snapshot_make(&c.store, c.at.now, c.at.wall, &plain, NULL);
      assert_non_null(s);
      assert_int_equal(m.line, c.at.line);
      assert_int_equal(m.now, c.at.now);
      assert_int_equal(s->hosts.count, t->hosts.count);
      assert_int_equal(s->problems.count, t->problems.count);
      assert_int_equal(s->health, t->health);
      for (size_t i = 0; i < s->domains.count; i++) assert_true(shape_equal(&domain_view_shape, &s->domains.item[i], &t->domains.item[i]));
      for (size_t i = 0; i < s->hosts.count; i++) assert_true(shape_equal(&host_view_shape, &s->hosts.item[i], &t->hosts.item[i]));
      snapshot_drop(s);
      snapshot_drop(t);
      looked++;
    }
    assert_true(looked > 3);
    struct moment m;
    struct snapshot *s = tape_at(w.tape, first - 3600000, &m);
    assert_int_equal(m.now, first + 1000);
    snapshot_drop(s);
    s = tape_at(w.tape, last + 5000, &m);
    assert_int_equal(m.line, tape_end(w.tape).line);
    assert_int_equal(m.now, last + 5000); /* and as old as it is by then */
    snapshot_drop(s);
    cursor_free(&c);
    end(&w);
  }
  struct moment m;
  struct tape *empty = tape_new(TAPE_BYTES, &plain, NULL, NULL);
  assert_null(tape_at(empty, 1, &m));
  tape_free(empty);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(there_and_back_is_the_same), cmocka_unit_test(a_time_is_found), cmocka_unit_test(the_past_is_what_was_seen), cmocka_unit_test(a_jump_lands_at_the_event),
                                     cmocka_unit_test(a_large_cluster_leaves_it_less), cmocka_unit_test(it_is_bounded), cmocka_unit_test(a_file_is_kept_from_its_beginning), cmocka_unit_test(a_clock_that_jumps),
                                     cmocka_unit_test(a_player_waits_for_its_first_line),
                                     cmocka_unit_test(events_are_a_ring)};
  return RUN(tests);
}
