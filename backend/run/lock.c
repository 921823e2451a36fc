#include "run/lock.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>

#define SET_ID "kvmconsole-lock"
#define HOLDER "//nvpair[@id=\"kvmconsole-lock-holder\"]"
enum { LOOK_MS = 2000, COMMAND_MS = 10000, SIGHTINGS = 4, TOKEN_BYTES = 8, OUT_MAX = 8192, TEXT_MAX = 400 };
enum { RC_NOSUCH = 105, RC_EXISTS = 108 };

struct lock {
  struct executor *executor;
  char *host, *who, *path;
  lock_fn *fn;
  void *owner;
  enum lock_state state;
  int flocked;             /* descriptor, -1: none */
  struct exec *exec;
  void (*then)(struct lock *k, const struct exec_result *r);
  struct str out, err;
  int64_t now, sent, next; /* sent: when the command that runs was started; next: when to go on */
  int64_t ticked;          /* monotonic: when it was told the time last */
  char token[2 * TOKEN_BYTES + 1];
  char mine[256];          /* the value in the CIB while it is ours */
  char wanted[256];        /* what it is being made */
  bool maybe_ours;         /* what was sent may have made it ours */
  int64_t epoch, beats;
  int64_t beat_ok;         /* when the last heartbeat that was shown, and confirmed, was sent */
  char theirs[256], beat[64]; /* of another holder: its value, its counter */
  char dead[2 * TOKEN_BYTES + 1]; /* whose lock this host's console before us held: its process is gone, or we had not its file */
  int64_t still_since;
  int sightings;
  bool releasing, begun;
  void (*done)(void *owner);
  void *done_owner;
};

static void look_at_holder(struct lock *k);
static void watch_beat(struct lock *k);
static void show_beat(struct lock *k);
static void delete_it(struct lock *k);

/* ---- words ---- */

/* What goes into XML and XPath: nothing that either reads as its own. */
static void add_plain(char *out, size_t room, const char *text) {
  size_t n = strlen(out);
  for (; *text && n + 1 < room; text++) {
    bool good = (*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z') || strchr("0123456789 @._:,()/+-", *text);
    out[n++] = good ? *text : '_';
  }
  out[n] = 0;
}

static void make_value(struct lock *k, char *out, size_t room) {
  char when[CLOCK_TEXT];
  snprintf(out, room, "%s.%" PRId64 " ", k->token, k->epoch);
  add_plain(out, room - 40, k->who);
  add_plain(out, room, " since ");
  add_plain(out, room, clock_rfc3339(when, clock_wall_ms()));
}

/* "root@kvm01 since ..": a holder's value without its token. */
static const char *people(const char *value) {
  const char *blank = strchr(value, ' ');
  return blank ? blank + 1 : value;
}

/* The value of the first value="..." ; false: there is none, or one that we would not have written. */
static bool parse_value(const char *text, char *out, size_t room) {
  const char *at = strstr(text, "value=\"");
  if (!at) return false;
  at += strlen("value=\"");
  size_t len = strcspn(at, "\"");
  if (!at[len] || len >= room || !len) return false;
  snprintf(out, room, "%.*s", (int)len, at);
  char again[256] = "";
  add_plain(again, sizeof again, out);
  return !strcmp(again, out);
}

/* ---- commands ---- */

static void keep(struct str *to, const char *line, size_t len) {
  if (to->len + len > OUT_MAX) return;
  str_addn(to, line, len);
  str_addc(to, '\n');
}
static void on_out(void *owner, char *line, size_t len, bool cut) { (void)cut, keep(&((struct lock *)owner)->out, line, len); }
static void on_err(void *owner, char *line, size_t len, bool cut) { (void)cut, keep(&((struct lock *)owner)->err, line, len); }

static void on_end(void *owner, const struct exec_result *r) {
  struct lock *k = owner;
  k->exec = NULL;
  if (r->end == EXEC_LEFT) return;
  k->then(k, r);
}

static void run(struct lock *k, const char *const *argv, void (*then)(struct lock *, const struct exec_result *)) {
  struct err e = {0};
  str_reset(&k->out);
  str_reset(&k->err);
  k->then = then;
  k->sent = k->now;
  k->exec = executor_start(k->executor, &(struct exec_request){.host = k->host, .argv = argv, .deadline_ms = COMMAND_MS, .on_out = on_out, .on_err = on_err, .on_end = on_end, .owner = k}, &e);
  if (!k->exec) then(k, &(struct exec_result){EXEC_REFUSED, e.code == -ENOENT ? 127 : 0, e.text});
}

static bool ended_with(const struct exec_result *r, int code) { return r->end == EXEC_EXITED && r->code == code; }

/* ---- telling ---- */

static void tell(struct lock *k, enum lock_state state, const char *text) {
  k->state = state;
  log_line("lock", LOG_LEVEL_INFO, "state %d: %s", (int)state, text);
  k->fn(k->owner, state, text);
}

static void unreachable(struct lock *k, const struct exec_result *r) {
  char text[TEXT_MAX];
  char *err = k->err.len ? k->err.data : NULL, *line = strsep(&err, "\n");
  snprintf(text, sizeof text, "the operator lock cannot be asked for on %s: %s", k->host, r->text ? r->text : line && *line ? line : "pacemaker does not answer");
  tell(k, LOCK_UNREACHABLE, text);
}

static void now_held(struct lock *k, const char *value, int64_t since) {
  snprintf(k->mine, sizeof k->mine, "%s", value);
  k->maybe_ours = true;
  k->beat_ok = since;
  k->next = k->now; /* the first heartbeat at once */
  if (k->releasing) delete_it(k);
  else if (k->state != LOCK_HELD) tell(k, LOCK_HELD, "the operator lock is held");
}

static void lost(struct lock *k) {
  char text[TEXT_MAX];
  k->maybe_ours = false;
  snprintf(text, sizeof text, "the operator lock was taken over by %.250s, because this console did not show that it lives", people(k->theirs));
  tell(k, LOCK_LOST, text);
}

/* ---- getting it ---- */

static void created(struct lock *k, const struct exec_result *r) {
  if (k->releasing) delete_it(k);
  else if (ended_with(r, 0)) now_held(k, k->wanted, k->sent);
  else if (ended_with(r, RC_EXISTS)) k->maybe_ours = false, look_at_holder(k);
  else if (r->end == EXEC_UNKNOWN || r->end == EXEC_LATE) look_at_holder(k); /* it may have been done */
  else unreachable(k, r);
}

static void create(struct lock *k) {
  char xml[512];
  make_value(k, k->wanted, sizeof k->wanted);
  snprintf(xml, sizeof xml, "<cluster_property_set id=\"" SET_ID "\"><nvpair id=\"kvmconsole-lock-holder\" name=\"kvmconsole-lock\" value=\"%s\"/></cluster_property_set>", k->wanted);
  k->maybe_ours = true;
  run(k, (const char *const[]){"cibadmin", "--create", "--scope", "crm_config", "--xml-text", xml, NULL}, created);
}

static void swapped(struct lock *k, const struct exec_result *r) {
  bool had = k->state == LOCK_HELD;
  if (k->releasing) delete_it(k);
  else if (ended_with(r, 0)) now_held(k, k->wanted, k->sent);
  else if (r->end == EXEC_EXITED || r->end == EXEC_UNKNOWN || r->end == EXEC_LATE || had) look_at_holder(k);
  else unreachable(k, r);
}

/* Compare-and-set: from is what it must be. */
static void swap(struct lock *k, const char *from) {
  char path[400], xml[400];
  k->epoch++;
  make_value(k, k->wanted, sizeof k->wanted);
  k->maybe_ours = true;
  snprintf(path, sizeof path, "//nvpair[@id=\"kvmconsole-lock-holder\" and @value=\"%s\"]", from);
  snprintf(xml, sizeof xml, "<nvpair id=\"kvmconsole-lock-holder\" value=\"%s\"/>", k->wanted);
  run(k, (const char *const[]){"cibadmin", "--modify", "--xpath", path, "--xml-text", xml, NULL}, swapped);
}

static void saw_holder(struct lock *k, const struct exec_result *r) {
  char value[256];
  if (k->releasing) {
    delete_it(k);
  } else if (ended_with(r, 0) && parse_value(str_text(&k->out), value, sizeof value)) {
    if (!strcmp(value, k->wanted) || !strcmp(value, k->mine)) {
      if (k->state == LOCK_HELD && !strcmp(value, k->mine)) return; /* a swap that was not done: the next tick tries again */
      now_held(k, value, k->beat_ok > 0 && !strcmp(value, k->mine) ? k->beat_ok : k->sent);
      return;
    }
    bool other = strcmp(value, k->theirs) != 0;
    snprintf(k->theirs, sizeof k->theirs, "%s", value);
    if (k->state == LOCK_HELD) {
      lost(k);
      return;
    }
    k->maybe_ours = false;
    if (other) k->sightings = 0;
    if (*k->dead && !strncmp(value, k->dead, strlen(k->dead)) && value[strlen(k->dead)] == '.') swap(k, k->theirs);
    else watch_beat(k);
  } else if (k->state == LOCK_HELD) {
    if (ended_with(r, RC_NOSUCH)) snprintf(k->theirs, sizeof k->theirs, "? somebody who removed it"), lost(k);
    /* else: it cannot be read now; being sure of it ends by itself */
  } else if (ended_with(r, RC_NOSUCH)) {
    create(k);
  } else if (ended_with(r, 0)) {
    snprintf(k->theirs, sizeof k->theirs, "? somebody");
    tell(k, LOCK_BUSY, "the operator lock is held by something that is no console; look at crm_config in the CIB");
  } else {
    unreachable(k, r);
  }
}

static void look_at_holder(struct lock *k) { run(k, (const char *const[]){"cibadmin", "--query", "--xpath", HOLDER, NULL}, saw_holder); }

/* The counter of that holder among all nodes' attributes: value="TOKEN:N"; "" when there is none. */
static void find_beat(const char *text, const char *holder, char *out, size_t room) {
  size_t len = strcspn(holder, ".");
  *out = 0;
  for (const char *at = text; (at = strstr(at, "value=\"")) != NULL;) {
    at += strlen("value=\"");
    if (strncmp(at, holder, len) || at[len] != ':') continue;
    snprintf(out, room, "%.*s", (int)strcspn(at, "\"\n"), at);
    return;
  }
}

static void saw_beat(struct lock *k, const struct exec_result *r) {
  char beat[sizeof k->beat], text[TEXT_MAX];
  if (k->releasing) {
    delete_it(k);
    return;
  }
  if (r->end != EXEC_EXITED) {
    unreachable(k, r);
    return;
  }
  find_beat(str_text(&k->out), k->theirs, beat, sizeof beat);
  k->next = k->now + LOOK_MS;
  if (!k->sightings++) {
    k->still_since = k->now;
    snprintf(k->beat, sizeof k->beat, "%s", beat);
    snprintf(text, sizeof text, "the operator lock is held by %.250s; watching for %d s whether that console lives", people(k->theirs), LOCK_STILL_MS / 1000);
    tell(k, LOCK_TRYING, text);
  } else if (strcmp(beat, k->beat)) {
    snprintf(text, sizeof text, "the operator lock is held by %.250s", people(k->theirs));
    tell(k, LOCK_BUSY, text);
  } else if (k->now - k->still_since >= LOCK_STILL_MS && k->sightings >= SIGHTINGS) {
    k->sightings = 0;
    swap(k, k->theirs);
  }
}

static void watch_beat(struct lock *k) { run(k, (const char *const[]){"attrd_updater", "-n", "kvmconsole-beat", "-Q", "-A", NULL}, saw_beat); }

/* ---- keeping it ---- */

/* Only a heartbeat that was written while the lock was still ours afterwards counts. */
static void confirmed(struct lock *k, const struct exec_result *r) {
  char value[256];
  int64_t sent = k->next - LOCK_BEAT_MS;
  if (!k->releasing && ended_with(r, 0) && parse_value(str_text(&k->out), value, sizeof value) && !strcmp(value, k->mine)) k->beat_ok = sent;
  else saw_holder(k, r);
}

static void beat_shown(struct lock *k, const struct exec_result *r) {
  if (k->releasing) delete_it(k);
  else if (ended_with(r, 0)) run(k, (const char *const[]){"cibadmin", "--query", "--xpath", HOLDER, NULL}, confirmed);
}

static void show_beat(struct lock *k) {
  char value[64];
  snprintf(value, sizeof value, "%s:%" PRId64, k->token, ++k->beats);
  k->next = k->now + LOCK_BEAT_MS;
  run(k, (const char *const[]){"attrd_updater", "-n", "kvmconsole-beat", "-p", "-U", value, NULL}, beat_shown);
}

/* A console that was stopped knows the time of before until it is told again. */
bool lock_sure(const struct lock *k) {
  return k->state == LOCK_HELD && (!k->host || (k->now - k->beat_ok < LOCK_SURE_MS && clock_mono_ms() - k->ticked < LOCK_TOLD_MS));
}

/* ---- the consoles of one host ---- */

static bool take_flock(struct lock *k, char *who, size_t room) {
  if (!k->path) return true;
  k->flocked = open(k->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (k->flocked < 0) {
    snprintf(who, room, "%s: %s", k->path, strerror(errno));
    return false;
  }
  bool ours = !flock(k->flocked, LOCK_EX | LOCK_NB);
  char text[400] = "", plain[200] = "";
  ssize_t n = read(k->flocked, text, sizeof text - 1);
  text[n > 0 ? n : 0] = 0;
  if (ours) {
    CLEANUP(mem_freep) char *mine = mem_printf("%s %.200s", k->token, k->who);
    snprintf(k->dead, sizeof k->dead, "%.*s", (int)strcspn(text, " "), text);
    if (strspn(k->dead, "0123456789abcdef") != 2 * TOKEN_BYTES) k->dead[0] = 0;
    if (ftruncate(k->flocked, 0) || pwrite(k->flocked, mine, strlen(mine), 0) < 0) log_line("lock", LOG_LEVEL_WARNING, "%s: %s", k->path, strerror(errno));
    return true;
  }
  add_plain(plain, sizeof plain, people(text));
  snprintf(who, room, "another console on this host runs an operation: %s", *plain ? plain : "somebody");
  close(k->flocked);
  k->flocked = -1;
  return false;
}

void lock_tick(struct lock *k, int64_t now) {
  char who[TEXT_MAX];
  if (now > k->now) k->now = now;
  k->ticked = clock_mono_ms();
  if (k->exec || k->releasing) return;
  if (!k->begun) {
    k->begun = true;
    if (!take_flock(k, who, sizeof who)) tell(k, LOCK_BUSY, who);
    else if (k->host) create(k);
    else tell(k, LOCK_HELD, "there is no cluster that could hold the operator lock; the consoles of this host are kept away");
  } else if (!k->host) {
    return;
  } else if (k->state == LOCK_HELD && k->now - k->beat_ok >= LOCK_SURE_MS) {
    swap(k, k->mine);
  } else if (k->state == LOCK_HELD && k->now >= k->next) {
    show_beat(k);
  } else if (k->state == LOCK_TRYING && k->now >= k->next) {
    look_at_holder(k); /* and then its counter */
  }
}

struct lock *lock_take(struct executor *x, const char *host, const char *state_dir, const char *who, lock_fn *fn, void *owner) {
  struct lock *k = mem_alloc(sizeof *k);
  unsigned char chance[TOKEN_BYTES] = {0};
  *k = (struct lock){.executor = x, .host = mem_strdup(host), .who = mem_strdup(who), .path = state_dir ? mem_printf("%s/operator.lock", state_dir) : NULL, .fn = fn, .owner = owner, .flocked = -1};
  if (getrandom(chance, sizeof chance, 0) != (ssize_t)sizeof chance) snprintf((char *)chance, sizeof chance, "%d", (int)getpid());
  for (size_t i = 0; i < sizeof chance; i++) snprintf(k->token + 2 * i, 3, "%02x", chance[i]);
  return k;
}

/* ---- giving it back ---- */

void lock_drop(struct lock *k) {
  if (!k) return;
  k->releasing = true;
  if (k->exec) k->executor->class->leave(k->exec);
  if (k->flocked >= 0) close(k->flocked);
  mem_free(k->host);
  mem_free(k->who);
  mem_free(k->path);
  str_free(&k->out);
  str_free(&k->err);
  mem_free(k);
}

static void gone(struct lock *k, const struct exec_result *r) {
  void (*done)(void *) = k->done;
  void *owner = k->done_owner;
  (void)r;
  lock_drop(k);
  if (done) done(owner);
}

static void deleted(struct lock *k, const struct exec_result *r) {
  if (r->end == EXEC_EXITED) run(k, (const char *const[]){"attrd_updater", "-n", "kvmconsole-beat", "-D", NULL}, gone);
  else gone(k, r);
}

/* Only what is ours: nothing matches what another one has made of it. Of two values it may have, the one that was confirmed
 * goes after the one that was sent last. */
static void delete_mine(struct lock *k, const struct exec_result *r) {
  char path[400];
  (void)r;
  snprintf(path, sizeof path, "//cluster_property_set[@id=\"" SET_ID "\"][nvpair/@value=\"%s\"]", k->mine);
  if (*k->mine && strcmp(k->mine, k->wanted)) run(k, (const char *const[]){"cibadmin", "--delete", "--xpath", path, NULL}, deleted);
  else deleted(k, r);
}

static void delete_it(struct lock *k) {
  char path[400];
  snprintf(path, sizeof path, "//cluster_property_set[@id=\"" SET_ID "\"][nvpair/@value=\"%s\"]", k->wanted);
  if (k->maybe_ours) run(k, (const char *const[]){"cibadmin", "--delete", "--xpath", path, NULL}, delete_mine);
  else gone(k, NULL);
}

void lock_give_back(struct lock *k, void (*done)(void *owner), void *owner) {
  if (k->state == LOCK_HELD) log_line("lock", LOG_LEVEL_INFO, "given back"); /* nothing that needs it begins from here on */
  k->releasing = true;
  k->done = done;
  k->done_owner = owner;
  if (!k->exec) delete_it(k); /* else when that has ended */
}
