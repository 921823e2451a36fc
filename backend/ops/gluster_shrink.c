/* Bricks that leave a volume: whole sets, whose files gluster moves away first (start, stop, commit), or one copy of each set. */
#include "ops/gluster.h"
#include <string.h>

enum { TASK_SEEN_MS = 420000, DEFRAG_COMPLETED = 3, DEFRAG_FAILED = 4 };
static const char REMOVAL[] = "Remove brick";

/* ---- which bricks ---- */

struct leaving { const struct volume_view *v; struct texts bricks, hosts; int64_t sets; };

static bool volume_of_bricks(struct planning *p, struct leaving *l) {
  for (size_t i = 0; i < value_count(p->values, "brick"); i++) {
    const struct volume_view *v = NULL;
    const char *name = value_at(p->values, "brick", i);
    if (!volumes_known(p->snap)) refuse_always(p, "when gluster is read again", "cannot tell whose brick %s is: the volumes are not read, or long ago", name);
    else if (!brick_named(p->snap, p->arena, name, &v)) refuse_always(p, "when a volume has it", "no volume has a brick %s", name);
    else if (l->v && v != l->v) refuse_always(p, "with bricks of one volume", "%s is of volume %s, and not of %s", name, v->name, l->v->name);
    else l->v = v;
  }
  return l->v && !refused(p);
}

static void add_leaving(struct planning *p, struct leaving *l, const struct brick_view *b) {
  const struct host_view *h = snapshot_host(p->snap, b->host);
  const char *host = h ? h->name : b->host;
  texts_add(p->arena, &l->bricks, brick_text(p, b));
  if (!texts_have(&l->hosts, host)) texts_add(p->arena, &l->hosts, host);
}

/* Of the sets that the named bricks are of, all bricks. */
static bool whole_sets(struct planning *p, struct leaving *l) {
  if (!volume_of_bricks(p, l)) return false;
  for (size_t set = 0; set < volume_sets(l->v); set++) {
    bool goes = false;
    for (size_t i = 0; i < value_count(p->values, "brick"); i++) {
      const struct brick_view *b = brick_named(p->snap, p->arena, value_at(p->values, "brick", i), NULL);
      goes |= b && b->set == (int64_t)set;
    }
    l->sets += goes;
    for (size_t i = 0; goes && i < l->v->bricks.count; i++)
      if (l->v->bricks.item[i].set == (int64_t)set) add_leaving(p, l, &l->v->bricks.item[i]);
  }
  return true;
}

static const struct gluster_task *removal_of(const struct volume_view *v) {
  for (size_t i = 0; i < v->tasks.count; i++)
    if (str_eq(v->tasks.item[i].type, REMOVAL)) return &v->tasks.item[i];
  return NULL;
}

static void removal_words(struct planning *p, struct step *s, const struct leaving *l, const char *verb) {
  for (size_t i = 0; i < l->bricks.count; i++) step_word(p, s, "%s", l->bricks.item[i]);
  step_word(p, s, "%s", verb);
}

/* ---- what is known of a removal: glusterd's own file on each host, read without any lock ---- */

static void ask_removal(struct planning *p, bool left_too) {
  struct leaving l = {0};
  struct planning quiet = *p; /* what is wrong is said by the plan */
  struct plan ignored = {0};
  quiet.plan = &ignored;
  if (!whole_sets(&quiet, &l)) return;
  for (size_t i = 0; i < l.bricks.count; i++) {
    const char *host, *path;
    if (!brick_split(p->arena, l.bricks.item[i], &host, &path)) continue;
    ask_command(p, host, "state", "cat", planf(p, "/var/lib/glusterd/vols/%s/node_state.info", l.v->name), NULL);
    if (left_too) ask_command(p, host, planf(p, "left %s", path), "find", path, "-path", planf(p, "%s/.glusterfs", path), "-prune", "-o", "-type", "f", "!", "-perm", "/1000", "-print", "-quit", NULL);
  }
}
void brick_remove_stop_survey(struct planning *p) { ask_removal(p, false); }
void brick_remove_commit_survey(struct planning *p) { ask_removal(p, true); }

/* KEY=NUMBER of that file; UNKNOWN_INT: it has none. */
static int64_t state_number(const char *text, const char *key) {
  size_t len = strlen(key);
  int64_t n;
  for (const char *line = text; line && *line; line = strchr(line, '\n'), line = line ? line + 1 : NULL) {
    char digits[24];
    if (strncmp(line, key, len) || line[len] != '=') continue;
    size_t k = strspn(line + len + 1, "0123456789");
    if (!k || k >= sizeof digits) return UNKNOWN_INT;
    memcpy(digits, line + len + 1, k);
    digits[k] = 0;
    return str_int(digits, 0, INT64_MAX, &n) ? UNKNOWN_INT : n;
  }
  return UNKNOWN_INT;
}

/* Stopped, or never begun: its id is none. The bricks that it was of stand there all the same (gluster 10.3). */
static bool removal_over(const struct answer *q) { return q && q->code == 0 && q->out && strstr(q->out, "rebalance-id=00000000-0000-0000-0000-000000000000"); }

static bool removal_is_over(const struct planning *p, const struct leaving *l) { /* by the word of one of their hosts, while the list of tasks is older */
  for (size_t i = 0; i < l->hosts.count; i++)
    if (removal_over(survey_answer(p->survey, l->hosts.item[i], "state"))) return true;
  return false;
}

/* ---- start ---- */

/* Gluster's own word on a brick's room is read every few minutes: of one that is new, or was not read since, its disk is asked. */
void brick_remove_survey(struct planning *p) {
  const struct volume_view *v;
  const char *first = value_at(p->values, "brick", 0);
  if (!first || !brick_named(p->snap, p->arena, first, &v) || !v) return;
  ask_removal(p, false);
  for (size_t i = 0; i < v->bricks.count; i++) {
    const struct brick_view *b = &v->bricks.item[i];
    if (b->size == UNKNOWN_INT || b->free == UNKNOWN_INT) ask_command(p, b->host, planf(p, "room %s", b->path), "df", "-P", "-T", "-B1", "--", b->path, NULL);
  }
}

static bool room_of(struct planning *p, const struct brick_view *b, int64_t *ret_used, int64_t *ret_free) {
  const char *id = planf(p, "room %s", b->path), *line = exit_of(p, b->host, id) == 0 ? line_next(printed(p, b->host, id)) : NULL;
  const char *size = line ? line_word(p, line, 2, false) : NULL, *left = line ? line_word(p, line, 4, false) : NULL;
  int64_t whole;
  if (b->size != UNKNOWN_INT && b->free != UNKNOWN_INT) return *ret_used = b->size - b->free, *ret_free = b->free, true;
  if (!size || !left || str_int(size, 0, INT64_MAX, &whole) || str_int(left, 0, INT64_MAX, ret_free)) return false;
  return *ret_used = whole - *ret_free, true;
}

/* What lies on the sets that go must find room on those that stay. */
static void check_room(struct planning *p, const struct leaving *l) {
  int64_t moved = 0, room = 0;
  bool unknown = false;
  for (size_t set = 0; set < volume_sets(l->v); set++) {
    int64_t most = UNKNOWN_INT, least = UNKNOWN_INT;
    bool goes = false;
    for (size_t i = 0; i < l->v->bricks.count; i++) {
      const struct brick_view *b = &l->v->bricks.item[i];
      if (b->set != (int64_t)set) continue;
      goes = texts_have(&l->bricks, brick_text(p, b));
      int64_t used, left;
      if (b->arbiter == TRUTH_YES || !room_of(p, b, &used, &left)) continue;
      if (most == UNKNOWN_INT || used > most) most = used;
      if (least == UNKNOWN_INT || left < least) least = left;
    }
    unknown |= most == UNKNOWN_INT;
    if (most == UNKNOWN_INT) continue;
    if (goes) moved += most;
    else room += least;
  }
  char a[SIZE_TEXT], b[SIZE_TEXT];
  if (unknown) refuse(p, "when it is read", "cannot tell whether what lies there finds room on the other sets");
  else if (moved > room / 10 * 9) refuse_always(p, "with more room: gluster-brick-add", "%s lie there, and the sets that stay have %s left: it finds no room", str_size(a, moved), str_size(b, room));
  else consequence(p, "%s %s moved to the sets that stay; they have %s left.", str_size(a, moved), moved == 1 ? "is" : "are", str_size(b, room));
}

void brick_remove_plan(struct planning *p) {
  struct leaving l = {0};
  const char *host = the_speaker(p, NULL);
  if (!host || !whole_sets(p, &l)) return;
  const struct volume_view *v = l.v;
  refuse_unless_pool_well(p);
  refuse_while_tasks(p, v);
  if (removal_of(v) && !removal_is_over(p, &l)) refuse_always(p, "when it is: gluster-brick-remove-commit, or gluster-brick-remove-stop", "an earlier removal of bricks of %s is not yet committed or stopped", v->name);
  if (l.sets >= (int64_t)volume_sets(v)) refuse_always(p, "never: gluster-volume-delete deletes a volume", "%s has no other set: there is nowhere to move its files", v->name);
  refuse_unless_whole(p, v, NULL, "files are moved only when every copy is there");
  check_room(p, &l);
  refuse_moving_open_images(p, v, &l.bricks);
  if (refused(p)) return;
  for (size_t i = 0; i < l.hosts.count; i++) consequence(p, "On %s the files of its brick are read and moved to other sets; what is new goes there from now on.", l.hosts.item[i]);
  consequence(p, "%s %s on serving until gluster-brick-remove-commit, which is refused until nothing is left there. gluster-brick-remove-stop takes it back.", names_text(p->arena, &l.bricks), l.bricks.count > 1 ? "go" : "goes");
  consequence(p, "It goes on by itself: this is over when it runs. How it stands is in the volume's detail.");
  struct step *s = gluster_step(p, host, "begin to move their files away", "volume", "remove-brick", v->name, NULL);
  removal_words(p, s, &l, "start");
  undo_by(p, s, GLUSTER, "volume", "remove-brick", v->name, NULL);
  for (size_t i = 0; i < l.bricks.count; i++) texts_add(p->arena, &s->undo, l.bricks.item[i]);
  texts_add(p->arena, &s->undo, "stop");
  verify_that(p, "task-began", v->name, REMOVAL, NULL);
  p->plan->verify_ms = TASK_SEEN_MS;
}

/* The removal that is under way is of just these bricks, as far as anybody tells. */
static bool is_of_these(struct planning *p, const struct leaving *l) {
  const struct gluster_task *t = removal_of(l->v);
  if (!t || !t->bricks.count) return true;
  bool same = t->bricks.count == l->bricks.count;
  for (size_t i = 0; i < l->bricks.count; i++) same &= texts_have(&t->bricks, l->bricks.item[i]);
  if (!same) refuse_always(p, planf(p, "with brick=%s", t->bricks.item[0]), "what is removed from %s is %s", l->v->name, names_text(p->arena, &t->bricks));
  return same;
}

/* Each host tells of the bricks that it has itself. */
static void check_moved(struct planning *p, const struct leaving *l) {
  for (size_t i = 0; i < l->hosts.count; i++) {
    const char *host = l->hosts.item[i];
    const struct answer *q = survey_answer(p->survey, host, "state");
    if (!q || q->code != 0) {
      refuse_always(p, planf(p, "when %s can be asked", host), "cannot tell whether all was moved away from %s: %s", host, !q || q->code == UNKNOWN_INT ? "it was not asked" : "glusterd has no state of it there");
      continue;
    }
    int64_t status = state_number(q->out, "status"), failures = state_number(q->out, "failures"), skipped = state_number(q->out, "skipped"), bricks = state_number(q->out, "count");
    if (bricks == UNKNOWN_INT || removal_over(q)) refuse_always(p, "when it was begun: gluster-brick-remove-start", "no removal of bricks of %s is under way on %s", l->v->name, host);
    else if (status == DEFRAG_FAILED || failures > 0 || skipped > 0)
      refuse_always(p, "when it was stopped (gluster-brick-remove-stop) and begun again", "not all was moved away from %s: %lld failures, %lld skipped%s", host, (long long)(failures < 0 ? 0 : failures), (long long)(skipped < 0 ? 0 : skipped),
                    status == DEFRAG_FAILED ? ", and it ended as failed" : "");
    else if (status != DEFRAG_COMPLETED || failures == UNKNOWN_INT) refuse_always(p, "when it is completed", "files are still moved away from %s, or that was stopped", host);
  }
}

static void check_left(struct planning *p, const struct leaving *l) {
  for (size_t i = 0; i < l->bricks.count; i++) {
    const char *host, *path;
    if (!brick_split(p->arena, l->bricks.item[i], &host, &path)) continue;
    const struct answer *q = survey_answer(p->survey, host, planf(p, "left %s", path));
    if (!q || q->code != 0) refuse_always(p, planf(p, "when %s can be asked", host), "cannot tell whether files are left in %s: it could not be looked at", l->bricks.item[i]);
    else if (q->out && *q->out) refuse_always(p, "when it was stopped (gluster-brick-remove-stop) and begun again", "a file is left in %s, which would be lost to the volume: %s", l->bricks.item[i], first_line(p, q->out));
  }
}

void brick_remove_commit_plan(struct planning *p) {
  struct leaving l = {0};
  const char *host = the_speaker(p, NULL);
  if (!host || !whole_sets(p, &l)) return;
  const struct volume_view *v = l.v;
  refuse_unless_pool_well(p);
  refuse_while_tasks(p, v);
  if (l.sets >= (int64_t)volume_sets(v)) refuse_always(p, "never", "%s has no other set", v->name);
  if (!is_of_these(p, &l)) return;
  check_moved(p, &l);
  check_left(p, &l);
  if (refused(p)) return;
  for (size_t i = 0; i < l.bricks.count; i++) consequence(p, "%s is no brick of %s any more: its process ends. Nothing was left there but gluster's own bookkeeping, which stays.", l.bricks.item[i], v->name);
  consequence(p, "There is no way back but gluster-brick-add, with empty directories.");
  struct step *s = gluster_step(p, host, "take the empty bricks out", "volume", "remove-brick", v->name, NULL);
  removal_words(p, s, &l, "commit");
  already_when(p, s, "volume-lacks-brick", v->name, l.bricks.item[0], NULL);
  for (size_t i = 0; i < l.bricks.count; i++) verify_that(p, "volume-lacks-brick", v->name, l.bricks.item[i], NULL);
}

void brick_remove_stop_plan(struct planning *p) {
  struct leaving l = {0};
  const char *host = the_speaker(p, NULL);
  if (!host || !whole_sets(p, &l) || !is_of_these(p, &l)) return;
  bool there = removal_of(l.v) != NULL;
  for (size_t i = 0; i < l.hosts.count; i++) {
    const struct answer *q = survey_answer(p->survey, l.hosts.item[i], "state");
    there |= q && q->code == 0 && state_number(q->out, "count") != UNKNOWN_INT;
  }
  there &= !removal_is_over(p, &l);
  refuse_unless_pool_well(p);
  if (!there) refuse_always(p, "when one was begun: gluster-brick-remove-start", "no removal of %s is under way", names_text(p->arena, &l.bricks));
  if (refused(p)) return;
  consequence(p, "%s %s in %s as before. What was moved away stays on the other sets, and nothing is lost.", names_text(p->arena, &l.bricks), l.bricks.count > 1 ? "remain" : "remains", l.v->name);
  struct step *s = gluster_step(p, host, "end the removal", "volume", "remove-brick", l.v->name, NULL);
  removal_words(p, s, &l, "stop");
  s->harmless = TRUTH_YES;
  step_good(p, s, 1, "not started"); /* it was stopped meanwhile */
  verify_that(p, "task-stands", l.v->name, REMOVAL, NULL);
  for (size_t i = 0; i < l.bricks.count; i++) verify_that(p, "volume-has-brick", l.v->name, l.bricks.item[i], NULL);
  p->plan->verify_ms = TASK_SEEN_MS;
}

/* ---- fewer copies ---- */

static bool one_of_each(struct planning *p, struct leaving *l) {
  struct texts arbiters = {0}, data = {0};
  if (!volume_of_bricks(p, l)) return false;
  for (size_t set = 0; set < volume_sets(l->v); set++) {
    size_t n = 0;
    for (size_t i = 0; i < value_count(p->values, "brick"); i++) {
      const struct brick_view *b = brick_named(p->snap, p->arena, value_at(p->values, "brick", i), NULL);
      if (!b || b->set != (int64_t)set) continue;
      n++;
      add_leaving(p, l, b);
      texts_add(p->arena, b->arbiter == TRUTH_YES ? &arbiters : &data, brick_text(p, b));
    }
    if (n != 1) refuse_always(p, planf(p, "with one brick of each of the %zu sets", volume_sets(l->v)), "%zu bricks of set %zu of %s are named: every set loses one", n, set, l->v->name);
  }
  if (l->v->arbiter > 0 && data.count) refuse_always(p, "with the arbiters", "%s holds data, and %s has arbiters: those go first", data.item[0], l->v->name);
  return !refused(p);
}

void copies_lower_plan(struct planning *p) {
  struct leaving l = {0};
  const char *host = the_speaker(p, NULL);
  if (!host || !volume_of_bricks(p, &l)) return;
  if (l.v->disperse > 0 || l.v->replica < 2) {
    refuse_always(p, "never", "%s has no copies that could be fewer", l.v->name);
    return;
  }
  if (!one_of_each(p, &l)) return;
  const struct volume_view *v = l.v;
  const char *copies = planf(p, "%lld", (long long)v->replica - 1);
  refuse_unless_pool_well(p);
  refuse_while_tasks(p, v);
  refuse_unless_whole(p, v, &l.bricks, "the copies that stay must have all there is");
  if (v->replica == 2) refuse(p, "never, while its data is wanted", "one copy would be left of everything on %s: the first disk that fails takes it", v->name);
  if (refused(p)) return;
  for (size_t i = 0; i < l.bricks.count; i++) consequence(p, "%s ends to be %s of %s at once; its directory keeps what it has, and no longer follows.", l.bricks.item[i], v->arbiter > 0 ? "the arbiter of its set" : "a copy", v->name);
  consequence(p, "%s has %s %s left: %s", v->name, copies, v->replica == 2 ? "copy" : "copies",
              v->replica == 3 ? "two copies cannot tell which is right when each was written while the other was away, and the first brick of each set must live for any write." : v->replica == 2 ? "no brick of it may fail any more." : "fewer of its bricks may fail.");
  struct step *s = gluster_step(p, host, "take the copies away", "volume", "remove-brick", v->name, "replica", copies, NULL);
  removal_words(p, s, &l, "force");
  already_when(p, s, "volume-copies", v->name, copies, NULL);
  verify_that(p, "volume-copies", v->name, copies, NULL);
  for (size_t i = 0; i < l.bricks.count; i++) verify_that(p, "volume-lacks-brick", v->name, l.bricks.item[i], NULL);
}
