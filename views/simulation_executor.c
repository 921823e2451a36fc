#include "views/simulation_executor.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct simulated {
  struct executor base; /* first */
  struct loop *loop;
  struct sim *sim;
  struct timer *tell;
  struct exec *execs;
  struct simulated **place;
  const struct simulated_listener *listener;
};

struct exec {
  struct exec *next;
  struct simulated *x;
  struct sim_command *command;
  void (*on_end)(void *owner, const struct exec_result *result);
  line_fn *on_out, *on_err;
  void *owner;
  size_t told; /* of what it prints, while it goes on */
  bool terminal;
};

static void drop(struct exec *c) {
  for (struct exec **at = &c->x->execs; *at; at = &(*at)->next)
    if (*at == c) {
      *at = c->next;
      break;
    }
  sim_forget(c->command);
  mem_free(c);
}

static void give_lines(const struct exec *c, const struct str *text, size_t from, line_fn *fn) {
  CLEANUP(mem_freep) char *copy = mem_strdup(str_text(text) + (from < text->len ? from : text->len));
  char *rest = *copy ? copy : NULL, *line;
  if (c->terminal && write(STDOUT_FILENO, copy, strlen(copy)) < 0) return;
  while (!c->terminal && fn && (line = strsep(&rest, "\n")))
    if (*line || rest) fn(c->owner, line, strlen(line), false);
}

/* The last line says why. */
static const char *last_line(const struct str *text, char *out, size_t room) {
  CLEANUP(mem_freep) char *copy = mem_strdup(str_text(text));
  for (size_t n = strlen(copy); n && copy[n - 1] == '\n';) copy[--n] = 0;
  const char *at = strrchr(copy, '\n');
  snprintf(out, room, "%s", at ? at + 1 : copy);
  return out;
}

static void end(struct exec *c, const struct command_result *r) {
  static const enum exec_end ends[] = {[COMMAND_EXITED] = EXEC_EXITED, [COMMAND_NEVER] = EXEC_REFUSED, [COMMAND_CUT] = EXEC_UNKNOWN, [COMMAND_LATE] = EXEC_LATE};
  char text[256];
  struct exec_result result = {ends[r->end], r->code, r->end == COMMAND_EXITED ? NULL : last_line(&r->err, text, sizeof text)};
  void (*fn)(void *, const struct exec_result *) = c->on_end;
  void *owner = c->owner;
  if (r->end != COMMAND_NEVER) {
    give_lines(c, &r->out, c->told, c->on_out);
    give_lines(c, &r->err, 0, c->on_err);
  }
  drop(c);
  fn(owner, &result);
}

/* What it has printed so far, of one that goes on. */
static bool tells(const struct exec *c) {
  const struct command_result *r = c->terminal ? NULL : sim_said(c->command);
  return r && r->out.len > c->told;
}

static void tell_more(struct simulated *x) {
  for (struct exec *c = x->execs; c;) {
    if (!tells(c)) {
      c = c->next;
      continue;
    }
    size_t from = c->told;
    c->told = sim_said(c->command)->out.len;
    give_lines(c, &sim_said(c->command)->out, from, c->on_out);
    c = x->execs; /* who was told may have left it */
  }
}

static void on_tell(void *owner) {
  struct simulated *x = owner;
  tell_more(x);
  for (struct exec *c = x->execs; c;) {
    const struct command_result *r = sim_ended(c->command);
    if (!r) {
      c = c->next;
      continue;
    }
    end(c, r);
    c = x->execs; /* what was told may have begun and left others */
  }
}

void simulated_time_passed(struct simulated *x) {
  for (const struct exec *c = x->execs; c; c = c->next)
    if (sim_ended(c->command) || tells(c)) timer_set(x->tell, 0);
}

static struct exec *start(struct executor *base, const struct exec_request *r, struct err *e) {
  struct simulated *x = (struct simulated *)base;
  struct exec *c = mem_alloc(sizeof *c);
  CLEANUP(mem_freep) char *input = r->input ? mem_strndup(r->input, r->input_len) : NULL;
  (void)e;
  *c = (struct exec){.next = x->execs, .x = x, .on_end = r->on_end, .on_out = r->on_out, .on_err = r->on_err, .owner = r->owner, .terminal = r->terminal};
  c->command = sim_begin(x->sim, r->host && strcmp(r->host, "localhost") ? r->host : NULL, r->argv, input, r->terminal ? 0 : r->deadline_ms);
  if (input) explicit_bzero(input, strlen(input));
  x->execs = c;
  simulated_time_passed(x);
  if (x->listener->begun) x->listener->begun(x->listener->owner);
  return c;
}

/* What it has begun goes on in the world, whoever waits for it. */
static void leave(struct exec *c) {
  void (*fn)(void *, const struct exec_result *) = c->on_end;
  void *owner = c->owner;
  drop(c);
  fn(owner, &(struct exec_result){EXEC_LEFT, -1, "nobody waits for it any more"});
}

static const char *way(struct executor *base, const char *host) { return (void)base, (void)host, "simulated"; }

static void free_simulated(struct executor *base) {
  struct simulated *x = (struct simulated *)base;
  while (x->execs) drop(x->execs);
  timer_end(x->tell);
  *x->place = NULL;
  mem_free(x);
}

static const struct executor_class class = {.start = start, .leave = leave, .free = free_simulated, .way = way};

struct executor *simulated_new(struct sim *sim, struct loop *l, struct simulated **place, const struct simulated_listener *listener) {
  struct simulated *x = mem_alloc(sizeof *x);
  *x = (struct simulated){.base = {&class}, .loop = l, .sim = sim, .place = place, .listener = listener};
  x->tell = loop_timer(l, -1, on_tell, x);
  *place = x;
  return &x->base;
}
