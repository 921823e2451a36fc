/* The fewest moves. Whatever brings the spread down takes something off the fullest host or gives something to the emptiest, so only
 * such moves are tried: all ways of one move, of two, as far as that is quick, then always the best next one. */
#include "analysis/balance.h"
#include "base/mem.h"
#include <string.h>

enum { THOROUGH = 3, WORK = 30000 };

struct search {
  struct balance_room *room;
  size_t rooms, loads, most;
  const struct balance_load *load;
  int64_t enough;
  char *moved;
  struct balance_pick *path, *best;
  size_t best_count;
  int64_t best_memory, best_spread;
  int work;
};

static int64_t share(const struct balance_room *r) { return r->memory > 0 ? (int64_t)((double)r->given * 1000 / (double)r->memory) : 0; }

int64_t balance_spread(const struct balance_room *room, size_t rooms) {
  int64_t least = INT64_MAX, most = 0;
  for (size_t i = 0; i < rooms; i++) {
    if (share(&room[i]) < least) least = share(&room[i]);
    if (share(&room[i]) > most) most = share(&room[i]);
  }
  return rooms ? most - least : 0;
}

static void ends_of(const struct search *x, int64_t *ret_least, int64_t *ret_most) {
  *ret_least = INT64_MAX, *ret_most = 0;
  for (size_t i = 0; i < x->rooms; i++) {
    int64_t s = share(&x->room[i]);
    if (s < *ret_least) *ret_least = s;
    if (s > *ret_most) *ret_most = s;
  }
}

static void shift(struct search *x, size_t n, size_t from, size_t to, bool back) {
  int64_t memory = x->load[n].memory;
  x->room[from].given -= back ? -memory : memory;
  x->room[to].given += back ? -memory : memory;
  x->room[to].used += back ? -memory : memory; /* what it left behind is not counted on */
  x->moved[n] = !back;
}

/* Room for it, in both ways of counting. */
static bool fits(const struct search *x, size_t n, size_t to) {
  const struct balance_load *l = &x->load[n];
  const struct balance_room *r = &x->room[to];
  if (to == l->at || !r->takes || !l->may || !l->may[to] || x->moved[n]) return false;
  return l->memory > 0 && l->memory <= r->memory - r->given && l->memory <= r->memory - r->used;
}

/* One that is like another that stays: the first of them is as good. */
static bool is_twin(const struct search *x, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (!x->moved[i] && x->load[i].at == x->load[n].at && x->load[i].memory == x->load[n].memory && x->load[i].may && x->load[n].may && !memcmp(x->load[i].may, x->load[n].may, x->rooms * sizeof *x->load[n].may)) return true;
  return false;
}

static void keep(struct search *x, size_t count, int64_t spread) {
  int64_t memory = 0;
  for (size_t i = 0; i < count; i++) memory += x->load[x->path[i].load].memory;
  if (x->best_count && (memory > x->best_memory || (memory == x->best_memory && spread >= x->best_spread))) return;
  if (count) memcpy(x->best, x->path, count * sizeof *x->path);
  x->best_count = count, x->best_memory = memory, x->best_spread = spread;
}

/* All ways of exactly `left` more moves. */
static void descend(struct search *x, size_t depth, size_t left) {
  int64_t least, most;
  ends_of(x, &least, &most);
  for (size_t n = 0; n < x->loads; n++) {
    size_t from = x->load[n].at;
    if (x->moved[n] || !x->load[n].may || is_twin(x, n)) continue;
    bool off_the_fullest = share(&x->room[from]) == most;
    for (size_t to = 0; to < x->rooms && x->work > 0; to++) {
      if ((!off_the_fullest && share(&x->room[to]) != least) || !fits(x, n, to)) continue;
      x->work--;
      shift(x, n, from, to, false);
      x->path[depth] = (struct balance_pick){n, to};
      int64_t now = balance_spread(x->room, x->rooms);
      if (left == 1 && now <= x->enough) keep(x, depth + 1, now);
      else if (left > 1 && now <= most - least) descend(x, depth + 1, left - 1);
      shift(x, n, from, to, true);
    }
  }
}

/* How uneven all of it is together: falls also where two hosts are equally full, and one move cannot bring the spread down. */
static double unevenness(const struct search *x) {
  double sum = 0, squares = 0;
  for (size_t i = 0; i < x->rooms; i++) sum += (double)share(&x->room[i]), squares += (double)share(&x->room[i]) * (double)share(&x->room[i]);
  return squares - sum * sum / (double)x->rooms;
}

static bool best_next(struct search *x, struct balance_pick *ret) {
  int64_t at = balance_spread(x->room, x->rooms), best = at;
  double uneven = unevenness(x);
  bool found = false;
  for (size_t n = 0; n < x->loads; n++)
    for (size_t to = 0; to < x->rooms; to++) {
      size_t from = x->load[n].at;
      if (!fits(x, n, to)) continue;
      shift(x, n, from, to, false);
      int64_t now = balance_spread(x->room, x->rooms);
      double then = unevenness(x);
      if (now < best || (now == best && then < uneven)) best = now, uneven = then, *ret = (struct balance_pick){n, to}, found = true;
      shift(x, n, from, to, true);
    }
  return found;
}

/* Always the best next one; what did not bring it nearer in the end is left out. */
static void follow(struct search *x) {
  int64_t nearest = balance_spread(x->room, x->rooms);
  size_t count = 0;
  while (count < x->most && balance_spread(x->room, x->rooms) > x->enough && best_next(x, &x->path[count])) {
    shift(x, x->path[count].load, x->load[x->path[count].load].at, x->path[count].to, false);
    count++;
    int64_t now = balance_spread(x->room, x->rooms);
    if (nearest - now < 10 && now > x->enough) continue; /* less than one percent is not worth a move */
    nearest = now;
    memcpy(x->best, x->path, count * sizeof *x->path);
    x->best_count = count;
  }
}

size_t balance_search(const struct balance_room *room, size_t rooms, const struct balance_load *load, size_t loads, int64_t spread, size_t most, struct balance_pick *ret) {
  CLEANUP(mem_freep) struct balance_room *copy = mem_alloc((rooms + 1) * sizeof *copy);
  CLEANUP(mem_freep) char *moved = mem_alloc(loads + 1);
  CLEANUP(mem_freep) struct balance_pick *path = mem_alloc((most + 1) * sizeof *path);
  struct search x = {.room = copy, .rooms = rooms, .loads = loads, .most = most, .load = load, .enough = spread * 10, .moved = moved, .path = path, .best = ret, .work = WORK};
  for (size_t i = 0; i < rooms; i++) copy[i] = room[i];
  if (rooms < 2 || balance_spread(copy, rooms) <= x.enough) return 0;
  for (size_t n = 1; n <= most && n <= THOROUGH && !x.best_count && x.work > 0; n++) descend(&x, 0, n);
  if (!x.best_count) follow(&x);
  return x.best_count;
}
