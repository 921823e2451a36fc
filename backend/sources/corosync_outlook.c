#include "sources/corosync_outlook.h"
#include "base/child.h"
#include "base/clock.h"
#include "base/ssh.h"
#include "sources/corosync_quorumtool.h"
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

enum { EVERY_MS = 10000, EAGER_MS = 3000, EAGER_TIMES = 4, DEADLINE_MS = 9000, ROUND_MS = 15000, SAID_MAX = 65536, WAYS_MAX = 12, NODES_MAX = 64 };

struct ways { /* to one node: those that we were told of, then those of our own list of nodes */
  char *to[WAYS_MAX];
  size_t count, told; /* the first told of them */
};

struct lost { /* a node that is no member */
  struct outlook *o;
  int64_t id;
  char *name;
  struct ways ways;
  bool wanted;
  struct child *child;
  struct timer *timer; /* of the next question, or the deadline of this one */
  size_t way, tried;   /* way: the one in use; tried: how many of this round have failed */
  int times;           /* rounds so far */
  int64_t began;
  struct str said;
  char complaint[QUORUMTOOL_TEXT], first_complaint[QUORUMTOOL_TEXT]; /* of ssh; of the best way */
  enum truth asked;
  struct quorumtool answer;
};

struct outlook {
  struct loop *loop;
  struct emitter *out;
  const char *ssh;
  struct lost *lost[NODES_MAX]; /* pointers: children and timers hold on to them */
  size_t count;
  struct arena *names; /* of the list of nodes as last read, to call members by their names */
  struct corosync_nodes nodes;
};

struct outlook *outlook_new(struct loop *l, struct emitter *out, const char *ssh) {
  struct outlook *o = mem_alloc(sizeof *o);
  *o = (struct outlook){.loop = l, .out = out, .ssh = ssh};
  return o;
}

static void free_lost(struct lost *n) {
  child_drop(n->child);
  timer_end(n->timer);
  for (size_t i = 0; i < n->ways.count; i++) mem_free(n->ways.to[i]);
  str_free(&n->said);
  mem_free(n->name);
  mem_free(n);
}

void outlook_free(struct outlook *o) {
  if (!o) return;
  for (size_t i = 0; i < o->count; i++) free_lost(o->lost[i]);
  arena_free(o->names);
  mem_free(o);
}

/* ---- what is known, printed ---- */

static const char *name_of(const struct outlook *o, int64_t id, struct arena *a) {
  for (size_t i = 0; i < o->nodes.nodes.count; i++)
    if (o->nodes.nodes.item[i].id == id) return o->nodes.nodes.item[i].name;
  return arena_printf(a, "node %lld", (long long)id);
}

static void print(struct outlook *o) {
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct corosync_outlooks fact;
  shape_init(&corosync_outlooks_shape, &fact);
  for (size_t i = 0; i < o->count; i++) {
    const struct lost *n = o->lost[i];
    struct corosync_outlook *row = list_add(a, &fact.nodes, &corosync_outlook_shape);
    *row = (struct corosync_outlook){.id = n->id, .name = n->name, .asked = n->asked};
    if (n->asked != TRUTH_YES && n->first_complaint[0]) row->text = n->first_complaint;
    if (n->asked != TRUTH_YES) continue;
    row->running = n->answer.running;
    row->quorate = n->answer.quorate;
    if (n->answer.text[0]) row->text = n->answer.text;
    for (size_t j = 0; j < n->answer.member_count; j++) texts_add(a, &row->members, name_of(o, n->answer.members[j], a));
  }
  emit_fact(o->out, "corosync.outlook", NULL, &fact);
}

/* ---- one question ---- */

static void begin(struct lost *n);

static void conclude(struct lost *n, enum truth asked) {
  n->asked = asked;
  n->times++;
  timer_set(n->timer, n->times <= EAGER_TIMES ? EAGER_MS : EVERY_MS); /* right after it left its own view is still in the making */
  print(n->o);
}

/* The next way, until all were tried or it has taken too long: then whoever it is cannot be asked. */
static void failed(struct lost *n, const char *why) {
  if (!n->tried++) snprintf(n->first_complaint, sizeof n->first_complaint, "%.*s", QUORUMTOOL_TEXT - 1, why);
  n->way++;
  if (n->asked == TRUTH_UNKNOWN) print(n->o); /* why it takes so long */
  if (n->tried < n->ways.count && clock_mono_ms() - n->began < ROUND_MS) begin(n);
  else conclude(n, TRUTH_NO);
}

static void on_line(void *owner, char *line, size_t len, bool cut) {
  struct lost *n = owner;
  (void)cut;
  if (n->said.len + len + 1 > SAID_MAX) return;
  str_addn(&n->said, line, len);
  str_addc(&n->said, '\n');
}

static void on_complaint(void *owner, char *line, size_t len, bool cut) {
  struct lost *n = owner;
  line[strcspn(line, "\r")] = 0;
  if (*line) snprintf(n->complaint, sizeof n->complaint, "%.*s", QUORUMTOOL_TEXT - 1, line);
  on_line(owner, line, strlen(line), cut);
  (void)len;
}

static void on_end(void *owner, int status) {
  struct lost *n = owner;
  struct quorumtool answer;
  n->child = NULL;
  quorumtool_read(str_text(&n->said), &answer);
  if (answer.answered != TRUTH_YES) {
    bool refused = WIFEXITED(status) && WEXITSTATUS(status) == 255; /* ssh's own word; else the far shell's */
    failed(n, n->complaint[0] ? n->complaint : refused ? "ssh gave up" : "the answer was cut short");
    return;
  }
  n->answer = answer;
  conclude(n, TRUTH_YES);
}

static void on_timer(void *owner) {
  struct lost *n = owner;
  if (n->child) {
    child_drop(n->child); /* whatever it does: it is over */
    n->child = NULL;
    failed(n, "ssh did not come back in time");
    return;
  }
  n->tried = 0;
  n->began = clock_mono_ms();
  begin(n);
}

static void begin(struct lost *n) {
  const char *argv[SSH_WORDS + 2];
  CLEANUP(mem_freep) char *alias = NULL;
  struct err e = {0};
  if (n->way >= n->ways.count) n->way = 0;
  const char *to = n->ways.to[n->way];
  if (n->way) alias = mem_printf("HostKeyAlias=%s", n->name); /* by another address it must show the same key */
  size_t words = ssh_words(argv, to, alias);
  argv[words++] = QUORUMTOOL_SCRIPT;
  argv[words] = NULL;
  str_reset(&n->said);
  n->complaint[0] = 0;
  timer_set(n->timer, DEADLINE_MS);
  n->child = child_start(n->o->loop, &(struct child_spec){.argv = argv, .max_line = 4096, .on_out = on_line, .on_err = on_complaint, .on_exit = on_end, .owner = n}, &e);
  if (!n->child) failed(n, e.text);
}

/* ---- who is asked, and by which ways ---- */

static void add_way(struct ways *w, char *to) {
  bool known = !to || !*to || *to == '-' || w->count == WAYS_MAX;
  for (size_t i = 0; !known && i < w->count; i++) known = !strcmp(w->to[i], to);
  if (known) mem_free(to);
  else w->to[w->count++] = to;
}

static void add_own_ways(struct lost *n, const struct corosync_node *node) {
  if (ssh_host_valid(node->name)) add_way(&n->ways, ssh_target(n->o->ssh, node->name));
  for (size_t i = 0; i < node->addresses.count; i++)
    if (ssh_host_valid(node->addresses.item[i])) add_way(&n->ways, ssh_target(n->o->ssh, node->addresses.item[i]));
}

static struct lost *find(const struct outlook *o, int64_t id) {
  for (size_t i = 0; i < o->count; i++)
    if (o->lost[i]->id == id) return o->lost[i];
  return NULL;
}

static void want(struct outlook *o, const struct corosync_node *node) {
  struct lost *n = find(o, node->id);
  if (n && !strcmp(n->name, node->name)) {
    n->wanted = true;
    add_own_ways(n, node);
    if (!n->child && !timer_armed(n->timer)) timer_set(n->timer, 0); /* it was stopped */
    return;
  }
  if (n || o->count == NODES_MAX) return; /* the number's old owner goes first */
  n = mem_alloc(sizeof *n);
  *n = (struct lost){.o = o, .id = node->id, .name = mem_strdup(node->name), .wanted = true};
  add_own_ways(n, node);
  n->timer = loop_timer(o->loop, 0, on_timer, n);
  o->lost[o->count++] = n;
}

void outlook_nodes(struct outlook *o, const struct corosync_nodes *nodes) {
  size_t before = o->count, kept = 0;
  for (size_t i = 0; i < o->count; i++) o->lost[i]->wanted = false;
  for (size_t i = 0; i < nodes->nodes.count; i++) {
    const struct corosync_node *node = &nodes->nodes.item[i];
    if (node->member == TRUTH_NO && node->local != TRUTH_YES && node->name) want(o, node);
  }
  bool changed = o->count != before;
  for (size_t i = 0; i < o->count; i++) {
    if (o->lost[i]->wanted) o->lost[kept++] = o->lost[i];
    else free_lost(o->lost[i]), changed = true;
  }
  o->count = kept;
  arena_free(o->names);
  o->names = arena_new();
  CLEANUP(str_free) struct str copy = {0};
  shape_encode(&corosync_nodes_shape, nodes, &copy);
  shape_init(&corosync_nodes_shape, &o->nodes);
  shape_decode_text(&corosync_nodes_shape, copy.data, copy.len, &o->nodes, o->names, NULL);
  if (changed || !o->count) print(o); /* an answer's age is that of its question */
}

void outlook_ways(struct outlook *o, char *line) {
  char *rest = NULL, *name = strtok_r(line, " ", &rest);
  for (size_t i = 0; name && i < o->count; i++) {
    struct lost *n = o->lost[i];
    if (strcmp(n->name, name)) continue;
    struct ways own = n->ways;
    n->ways = (struct ways){0};
    for (char *to; (to = strtok_r(NULL, " ", &rest));) add_way(&n->ways, mem_strdup(to));
    for (size_t j = 0; j < own.count; j++) add_way(&n->ways, own.to[j]);
    n->way = 0;
    return;
  }
}

void outlook_stop(struct outlook *o) {
  for (size_t i = 0; i < o->count; i++) {
    struct lost *n = o->lost[i];
    child_drop(n->child);
    n->child = NULL;
    timer_set(n->timer, -1);
  }
}

bool outlook_settled(const struct outlook *o) {
  for (size_t i = 0; i < o->count; i++)
    if (o->lost[i]->asked == TRUTH_UNKNOWN) return false;
  return true;
}
