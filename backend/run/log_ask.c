#include "run/log_ask.h"
#include "base/str.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { JOBS = 8, READ_MS = 20000, WHY_MAX = 400 };

/* What runs on the host: it writes nothing, its words are this table's and numbers, and it ends by itself. Its own lines
 * begin with a letter, those of a log with '|':
 *   C its clock  Z its zone  K kind and path of what follows  X lines left out  D what it may not read  N no journal  E the end
 * A file is looked at from its end, as far back as can matter, and only if it was written to since; of a line that has
 * a stamp the stamp decides, one that has none goes with the line before it. A clock that is wrong by more than the
 * margin is taken into account here, less is cut off when the lines are read. */
static const char script[] =
    "s=$1 u=$2 now=$3 n=$4 b=$5; shift 5; renice -n 10 $$ >/dev/null 2>&1\n"
    "printf 'C %s\\n' \"$(date +%s.%N)\"\n"
    "d=$(($(date +%s) - now)); if [ $d -lt 30 ] && [ $d -gt -30 ]; then d=0; fi\n"
    "s=$((s + d)) u=$((u + d))\n"
    "Z=$(date -d @$u +%z); printf 'Z %s\\n' $Z\n"
    "S=$(date -u -d @$s '+%Y-%m-%d %H:%M:%S') U=$(date -u -d @$u '+%Y-%m-%d %H:%M:%S')\n"
    "L=$(date -d @$s '+%Y-%m-%d %H:%M:%S') M=$(date -d @$u '+%Y-%m-%d %H:%M:%S')\n"
    "V=$(date -u -d @$((s - 50400)) '+%Y-%m-%d %H:%M:%S') W=$(date -u -d @$((u + 50400)) '+%Y-%m-%d %H:%M:%S')\n"
    "A='BEGIN { l = substr(L, 6); m = substr(M, 6) }\n"
    "{ x = substr($0, 1, 4000); y = substr(x, 1, 1) == \"[\" ? substr(x, 2) : x\n"
    "  if (y ~ /^[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9][ T][0-9][0-9]:/) {\n"
    "    t = substr(y, 1, 10) \" \" substr(y, 12, 8); z = substr(y, 20, 24); sub(/^[.,][0-9]+/, \"\", z); sub(/^ /, \"\", z)\n"
    "    k = z !~ /^[+-][0-9][0-9]/ || z ~ /^[+-]00/ ? t >= S && t <= U : index(z, Z) == 1 ? t >= L && t <= M : t >= V && t <= W\n"
    "  } else if (y ~ /^[JFMASOND][a-z][a-z] [ 0-9][0-9] [0-9][0-9]:[0-9][0-9]:/) {\n"
    "    t = sprintf(\"%02d-%02d %s\", (index(\"JanFebMarAprMayJunJulAugSepOctNovDec\", substr(y, 1, 3)) + 2) / 3, substr(y, 5, 2), substr(y, 8, 8))\n"
    "    k = l <= m ? t >= l && t <= m : t >= l || t <= m\n"
    "  }\n"
    "  if (k) a[c++ % N] = x }\n"
    "END { if (c > N) print \"X \" (c - N); for (i = c > N ? c - N : 0; i < c; i++) print \"|\" a[i % N] }'\n"
    "files() { for f in \"$3\"/$4-[0-9]* \"$3\"/$4.1 \"$3\"/$4; do\n"
    "    case $f in *.gz|*.xz|*.bz2|*.zst) continue ;; esac\n"
    "    [ -f \"$f\" ] && [ \"$(date -r \"$f\" +%s)\" -ge $s ] || continue\n"
    "    p=$(printf %s \"$f\" | tr '\\n\\r' '  ')\n"
    "    if [ -r \"$f\" ]; then printf 'K %s %s\\n' \"$1\" \"$p\"; tail -c 33554432 \"$f\" | awk -v S=\"$S\" -v U=\"$U\" -v L=\"$L\" -v M=\"$M\" -v Z=$Z -v V=\"$V\" -v W=\"$W\" -v N=$n \"$A\"\n"
    "    else printf 'D %s\\n' \"$p\"; fi\n"
    "  done; if [ -d \"$3\" ] && { [ ! -r \"$3\" ] || [ ! -x \"$3\" ]; }; then printf 'D %s\\n' \"$3\"; fi; }\n"
    "journal() { k=$1; shift; printf 'K %s journal\\n' $k\n"
    "  journalctl -q --no-pager -o json $w --since=@$s --until=@$((u + 1)) -n $n \"$@\" 2>/dev/null | sed 's/^/|/'; }\n"
    "w=--output-fields=MESSAGE,PRIORITY,SYSLOG_IDENTIFIER,_COMM,_SYSTEMD_UNIT; journalctl -q -n 0 $w >/dev/null 2>&1 || w=\n"
    "j=N; for f in /var/log/journal/*/*.journal /run/log/journal/*/*.journal; do [ -e \"$f\" ] || continue; j=D; if [ -r \"$f\" ]; then j=; break; fi; done\n"
    "case $j in N) echo N ;; D) echo 'D the journal' ;; esac\n"
    "{ while [ $# -ge 4 ]; do case $2 in\n"
    "  files) files \"$@\" ;;\n"
    "  kernel) [ \"$j\" ] || journal $1 _TRANSPORT=kernel ;;\n"
    "  units) [ \"$j\" ] || { i=$1; q=; for v in $3; do q=\"$q -u $v\"; done; journal $i $q; } ;;\n"
    "  esac; shift 4; done; echo E; } | head -c $b\n";

const char *const *log_command(struct arena *a, const struct log_question *q) {
  enum { WORDS = 16 };
  size_t n = 0;
  const char **argv = arena_array(a, WORDS + 4 * (size_t)log_kind_count(), sizeof *argv);
  argv[n++] = "sh";
  argv[n++] = "-c";
  argv[n++] = script;
  argv[n++] = "kvmconsole-logs";
  argv[n++] = arena_printf(a, "%" PRId64, (q->since - LOG_PAD_MS) / 1000);
  argv[n++] = arena_printf(a, "%" PRId64, (q->until + LOG_PAD_MS) / 1000);
  argv[n++] = arena_printf(a, "%" PRId64, q->now / 1000);
  argv[n++] = arena_printf(a, "%" PRId64, q->lines);
  argv[n++] = arena_printf(a, "%" PRId64, q->bytes);
  for (int k = 0; k < log_kind_count(); k++) {
    argv[n++] = arena_printf(a, "%d", k);
    argv[n++] = log_kinds[k].how;
    argv[n++] = log_kinds[k].place;
    argv[n++] = log_kinds[k].files;
  }
  argv[n] = NULL;
  return argv;
}

struct job {
  struct log_asking *asking;
  struct exec *exec;
  const char *host;
  struct log_part part;
  char why[WHY_MAX];
  bool enough;
};

struct log_asking {
  struct executor *executor;
  struct arena *arena;
  struct log_question q;
  struct log_answers to;
  const char *const *argv;
  struct job jobs[JOBS];
  size_t next, running;
  struct timer *turn; /* a host that could not be asked, one that has said enough, or all are done: never from within a call */
  bool ending;
};

static void take_out(void *owner, char *line, size_t len, bool cut) {
  struct job *j = owner;
  (void)cut;
  if (j->enough || log_part_take(&j->part, line, len, j->asking->to.clock(j->asking->to.owner))) return;
  j->enough = true;
  timer_set(j->asking->turn, 0);
}

static void take_err(void *owner, char *line, size_t len, bool cut) {
  struct job *j = owner;
  size_t at = strlen(j->why);
  (void)cut;
  if (len && at + len + 3 < sizeof j->why) snprintf(j->why + at, sizeof j->why - at, "%s%s", at ? "; " : "", line);
}

static void answer(struct job *j, const char *why) {
  struct log_asking *a = j->asking;
  if (why || a->ending) log_part_free(&j->part);
  else log_part_end(&j->part, a->q.since, a->q.until);
  if (!a->ending) a->to.part(a->to.owner, j->host, why ? NULL : &j->part, why);
}

static void on_end(void *owner, const struct exec_result *r) {
  struct job *j = owner;
  struct log_asking *a = j->asking;
  char why[WHY_MAX + 64] = "";
  bool read = j->enough || (r->end == EXEC_EXITED && j->part.whole) || (j->part.count && r->end != EXEC_REFUSED);
  j->exec = NULL;
  a->running--;
  if (!read && r->end == EXEC_EXITED) snprintf(why, sizeof why, "its logs could not be read: %s", *j->why ? j->why : "the command said nothing");
  else if (!read) snprintf(why, sizeof why, "%s", r->text ? r->text : "it could not be asked");
  answer(j, read ? NULL : why);
  if (!a->ending) timer_set(a->turn, 0);
}

static void start(struct log_asking *a, struct job *j, const char *host) {
  struct err e = {0};
  *j = (struct job){.asking = a, .host = host};
  log_part_begin(&j->part, host, a->q.until, a->q.mask);
  j->part.round = a->q.round;
  j->part.most = a->q.bytes;
  j->part.asked = a->to.clock(a->to.owner);
  j->exec = executor_start(a->executor, &(struct exec_request){.host = host, .argv = a->argv, .deadline_ms = READ_MS, .on_out = take_out, .on_err = take_err, .on_end = on_end, .owner = j}, &e);
  if (j->exec) a->running++;
  else answer(j, e.text);
}

static void on_turn(void *owner) {
  struct log_asking *a = owner;
  for (size_t i = 0; i < JOBS; i++)
    if (a->jobs[i].exec && a->jobs[i].enough) a->executor->class->leave(a->jobs[i].exec);
  while (a->running < JOBS && a->next < a->q.hosts.count) {
    size_t i = 0;
    while (a->jobs[i].exec) i++;
    start(a, &a->jobs[i], a->q.hosts.item[a->next++]);
  }
  if (a->running || timer_armed(a->turn)) return;
  struct log_answers to = a->to;
  log_asking_end(a);
  to.done(to.owner);
}

struct log_asking *log_ask(struct loop *l, struct executor *x, const struct log_question *q, const struct log_answers *to) {
  struct log_asking *a = mem_alloc(sizeof *a);
  *a = (struct log_asking){.executor = x, .arena = arena_new(), .q = *q, .to = *to};
  a->q.hosts = (struct texts){0};
  for (size_t i = 0; i < q->hosts.count; i++) texts_add(a->arena, &a->q.hosts, q->hosts.item[i]);
  a->argv = log_command(a->arena, q);
  a->turn = loop_timer(l, 0, on_turn, a);
  return a;
}

void log_asking_end(struct log_asking *a) {
  if (!a) return;
  a->ending = true;
  for (size_t i = 0; i < JOBS; i++)
    if (a->jobs[i].exec) a->executor->class->leave(a->jobs[i].exec);
  timer_end(a->turn);
  arena_free(a->arena);
  mem_free(a);
}
