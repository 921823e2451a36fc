/* bundle: what somebody else needs to understand this cluster, in one file that holds no secret. Everything is asked with a
 * time-out of its own, and what does not come is named in the manifest with its reason. */
#include "analysis/drill.h"
#include "analysis/lint.h"
#include "analysis/stop.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "run/audit.h"
#include "run/drill_run.h"
#include "run/log_ask.h"
#include "sources/mask_json.h"
#include "sources/raw.h"
#include "views/text/anonymous.h"
#include "views/text/bundle_file.h"
#include "views/text/session.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

enum { MINUTES = 10, MINUTES_MAX = 1440, SECONDS = 5, SECONDS_MAX = 600, RECORD_MAX = 24 << 20, LOG_LINES = 4000, LOGS_ALL = 32 << 20, AUDIT_BYTES = 1 << 20, AUDIT_LINES = 200, REPORTS = 5, EXIT_NOT_WRITTEN = 74 };

struct bundling {
  struct session session;
  struct bundle_file *file;
  struct anonymous *anonymous; /* NULL: names stay */
  struct str recording;        /* as it came, masked: names are learnt later */
  size_t lines_lost, lines_bad;
  int64_t around, minutes, seconds, since, until, began;
  bool wants_anonymous, asked;
  struct err err;
};

/* ---- parts ---- */

static void anonymize(struct bundling *b, struct str *s) {
  if (b->anonymous) anonymous_text(b->anonymous, s);
}

/* Names of files are ours: a host's may be anything. */
static const char *file_name(struct bundling *b, const char *folder, const char *name, const char *end) {
  CLEANUP(str_free) struct str s = {0};
  str_add(&s, name);
  anonymize(b, &s);
  for (size_t i = 0; i < s.len; i++)
    if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-", s.data[i]) || (!i && s.data[i] == '.')) s.data[i] = '_';
  return arena_printf(b->session.arena, "%s/%.100s%s", folder, str_text(&s), end);
}

static void put(struct bundling *b, const char *name, struct str *text, const char *what) {
  if (!b->err.code) bundle_add(b->file, name, str_text(text), text->len, what, &b->err);
}

static void put_text(struct bundling *b, const char *name, struct str *text, const char *what) {
  if (text->len) raw_mask(text->data, text->len);
  anonymize(b, text);
  put(b, name, text, what);
}

/* One document, or one a line. */
static void put_json(struct bundling *b, const char *name, const struct str *text, bool lines, const char *what) {
  CLEANUP(str_free) struct str out = {0};
  const char *p = str_text(text), *end = p + text->len;
  for (const char *next; p < end; p = next) {
    const char *newline = lines ? memchr(p, '\n', (size_t)(end - p)) : NULL;
    next = newline ? newline + 1 : end;
    if (mask_json(p, (size_t)((newline ? newline : end) - p), b->anonymous ? anonymous_text : NULL, b->anonymous, &out)) b->lines_bad++;
    else str_addc(&out, '\n');
  }
  put(b, name, &out, what);
}

static void missing(struct bundling *b, const char *name, const char *why) {
  CLEANUP(str_free) struct str text = {0};
  str_add(&text, why ? why : "");
  if (text.len) raw_mask(text.data, text.len);
  anonymize(b, &text);
  bundle_missing(b->file, name, str_text(&text));
}

/* ---- what is known ---- */

/* Lines of the stream hold no secret; what this program itself adds to be sure of it is done before anything is kept. */
static void on_line(void *owner, const char *line, size_t len) {
  struct bundling *b = owner;
  size_t before = b->recording.len;
  if (b->recording.len + len > RECORD_MAX) b->lines_lost++;
  else if (mask_json(line, len, NULL, NULL, &b->recording)) b->lines_bad++, b->recording.len = before;
  else str_addc(&b->recording, '\n');
}

static void put_recording(struct bundling *b) {
  CLEANUP(mem_freep) char *what = mem_printf("what the sources said within %" PRId64 " s: kvmconsole --replay shows it", b->seconds);
  if (b->lines_lost) bundle_missing(b->file, "recording.jsonl", "it is cut: the cluster says more in that time than a bundle holds");
  if (!b->anonymous) put(b, "recording.jsonl", &b->recording, what);
  else put_json(b, "recording.jsonl", &b->recording, true, what);
}

static void put_status(struct bundling *b) {
  const struct snapshot *s = b->session.snap;
  CLEANUP(str_free) struct str status = {0}, lint = {0};
  snapshot_json(s, &status);
  put_json(b, "status.json", &status, false, "kvmconsole status --json");
  shape_encode(&lint_shape, lint_make(s, b->session.arena), &lint);
  put_json(b, "lint.json", &lint, false, "kvmconsole lint --json");
  for (size_t i = 0; i < s->hosts.count; i++) {
    CLEANUP(str_free) struct str out = {0};
    struct loss loss = {0};
    struct err e = {0};
    const char *name = file_name(b, "ok-to-stop", s->hosts.item[i].name, ".json");
    if (loss_add(s, &loss, s->hosts.item[i].name, b->session.arena, &e)) {
      missing(b, name, e.text);
      continue;
    }
    shape_encode(&stop_shape, stop_judge(s, &loss, b->session.arena), &out);
    put_json(b, name, &out, false, "kvmconsole ok-to-stop --json");
  }
  for (size_t i = 0; i < s->sources.count; i++) {
    const struct source_view *v = &s->sources.item[i];
    if (v->state == SOURCE_OK) continue;
    CLEANUP(mem_freep) char *why = mem_printf("%s%s%s", source_state_names[v->state], v->text ? ": " : "", v->text ? v->text : "");
    missing(b, file_name(b, "sources", planf(&(struct planning){.arena = b->session.arena}, "%s-%s", v->name, v->host ? v->host : ""), ""), why);
  }
}

static void put_config(struct bundling *b, const struct arguments *a) {
  CLEANUP(str_free) struct str out = {0};
  config_print(&a->config, &out);
  put_text(b, "kvmconsole.conf", &out, "the configuration in effect, and where each value comes from");
}

/* ---- versions: asked of each host ---- */

static const struct { const char *id, *argv[4]; } versions[] = {{"os", {NULL}}, {"pcs", {NULL}}, {"pacemaker", {NULL}}, {"gluster", {NULL}}, {"libvirt", {NULL}}, {"corosync", {"corosync", "-v"}}, {"kernel", {"uname", "-r"}}};

static void add_program(struct str *out) {
  char *text = NULL;
  size_t len = 0;
  FILE *f = open_memstream(&text, &len);
  if (!f) return;
  print_version(f);
  fclose(f);
  str_addn(out, text, len);
  free(text);
}

static void put_versions(struct bundling *b) {
  struct session *s = &b->session;
  struct survey q = {0};
  struct planning p = {.snap = s->snap, .arena = s->arena, .survey = &q};
  CLEANUP(str_free) struct str out = {0};
  add_program(&out);
  for (size_t i = 0; s->executor && i < s->snap->hosts.count; i++) {
    const struct host_view *h = &s->snap->hosts.item[i];
    for (size_t v = 0; v < COUNT(versions) && !snapshot_off(s->snap, h); v++) {
      if (versions[v].argv[0]) ask_command(&p, h->name, versions[v].id, versions[v].argv[0], versions[v].argv[1], NULL);
      else ask(&p, h->name, versions[v].id);
    }
  }
  if (session_survey(s, &q)) return;
  for (size_t i = 0; i < q.answers.count; i++) {
    const struct answer *r = &q.answers.item[i];
    bool said = r->code == 0 && r->out;
    const char *text = said ? r->out : r->text && *r->text ? r->text : "it said nothing";
    bool os = str_eq(r->id, "os");
    str_addf(&out, "\n%s %s%s: %s", r->host, r->id, said ? "" : " is not known", os && said ? "\n" : "");
    str_addn(&out, text, os ? strlen(text) : strcspn(text, "\n"));
  }
  str_addc(&out, '\n');
  put_text(b, "versions.txt", &out, "of this program, and of the daemons of each host");
}

/* ---- logs ---- */

static int64_t clock_now(void *owner) {
  struct bundling *b = owner;
  return b->session.feed ? feed_wall(b->session.feed) : clock_wall_ms();
}

static void on_part(void *owner, const char *host, struct log_part *part, const char *why) {
  struct bundling *b = owner;
  const char *name = file_name(b, "logs", host, ".log");
  CLEANUP(str_free) struct str out = {0};
  char when[CLOCK_TEXT];
  if (!part) {
    missing(b, name, why);
    return;
  }
  for (size_t i = 0; i < part->count; i++) {
    const struct log_entry *e = &part->item[i];
    CLEANUP(mem_freep) char *line = mem_printf("%s %s %s: %s", clock_rfc3339(when, e->at), log_priority_names[e->priority] ? log_priority_names[e->priority] : "?", str_eq(e->file, "journal") ? e->what : e->file, e->line);
    size_t room = 3 * strlen(line) + 1;
    CLEANUP(mem_freep) char *clean = mem_alloc(room);
    str_addf(&out, "%s\n", utf8_clean(clean, room, line));
  }
  CLEANUP(mem_freep) char *what = mem_printf("its logs of that time, masked%s%s", part->no_journal ? "; it has no journal" : "", part->left_out || part->full || !part->whole ? "; older lines are left out" : "");
  for (size_t i = 0; i < part->denied.count; i++) {
    CLEANUP(mem_freep) char *denied = mem_printf("%s may not be read", part->denied.item[i]);
    missing(b, name, denied);
  }
  put_text(b, name, &out, what);
  log_part_free(part);
}

static void on_logs(void *owner) { ((struct bundling *)owner)->asked = true; }

static void put_logs(struct bundling *b) {
  struct session *s = &b->session;
  const struct log_answers to = {clock_now, on_part, on_logs, b};
  struct log_question q = {.since = b->since, .until = b->until, .now = clock_now(b), .round = 1, .lines = LOG_LINES, .mask = raw_mask};
  if (!s->executor) {
    bundle_missing(b->file, "logs", "a recording has no hosts that could be asked");
    return;
  }
  for (size_t i = 0; i < s->snap->hosts.count; i++) {
    const struct host_view *h = &s->snap->hosts.item[i];
    if (snapshot_off(s->snap, h)) missing(b, file_name(b, "logs", h->name, ".log"), "not asked: it is off");
    else texts_add(s->arena, &q.hosts, h->name);
  }
  if (!q.hosts.count) return;
  q.bytes = q.hosts.count > LOGS_ALL / LOG_BYTES_MAX ? LOGS_ALL / (int64_t)q.hosts.count : LOG_BYTES_MAX;
  struct log_asking *asking = log_ask(s->loop, s->executor, &q, &to);
  while (!b->asked && !s->interrupted && !s->hung_up) session_step(s);
  if (!b->asked) log_asking_end(asking);
}

/* ---- what is kept here ---- */

/* The last lines of a file that is ours, as much of it as is wanted. */
static bool read_end(const char *path, struct str *out, const char **ret_why) {
  int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
  *ret_why = fd < 0 ? strerror(errno) : NULL;
  if (fd < 0) return false;
  off_t size = lseek(fd, 0, SEEK_END), from = size > AUDIT_BYTES ? size - AUDIT_BYTES : 0;
  CLEANUP(mem_freep) char *bytes = mem_alloc(AUDIT_BYTES);
  ssize_t n = size >= 0 ? pread(fd, bytes, AUDIT_BYTES, from) : -1;
  *ret_why = n < 0 ? strerror(errno) : NULL;
  close(fd);
  if (n < 0) return false;
  const char *begin = bytes, *end = bytes + n;
  if (from) begin = memchr(bytes, '\n', (size_t)n), begin = begin ? begin + 1 : end;
  size_t lines = 0;
  const char *first = end;
  while (first > begin && (first[-1] != '\n' || first == end || ++lines < AUDIT_LINES)) first--;
  str_addn(out, first, (size_t)(end - first));
  return true;
}

static void put_kept(struct bundling *b) {
  CLEANUP(mem_freep) char *state = b->session.simulated || b->session.arguments->option[OPT_REPLAY] ? NULL : state_directory();
  CLEANUP(mem_freep) char *path = state ? mem_printf("%s/audit.jsonl", state) : NULL;
  CLEANUP(str_free) struct str audit = {0};
  const char *why = NULL;
  if (!state) {
    bundle_missing(b->file, "audit.jsonl", "a simulation and a recording keep none");
    return;
  }
  if (read_end(path, &audit, &why)) put_json(b, "audit.jsonl", &audit, true, "the last operations: who, what, how they ended");
  else missing(b, "audit.jsonl", why);
  struct drill_reports reports;
  drills_kept(state, b->session.arena, &reports);
  for (size_t i = reports.count > REPORTS ? reports.count - REPORTS : 0; i < reports.count; i++) {
    CLEANUP(str_free) struct str out = {0};
    CLEANUP(mem_freep) char *name = mem_printf("drills/%zu.json", i + 1);
    shape_encode(&drill_report_shape, reports.item[i], &out);
    put_json(b, name, &out, false, "the report of a drill");
  }
  if (!reports.count) bundle_missing(b->file, "drills", "no drill was run from here");
}

/* ---- the whole ---- */

static bool stopped(const struct bundling *b) { return b->session.interrupted || b->session.hung_up || b->err.code; }

static void gather(struct bundling *b, struct arguments *a) {
  struct session *s = &b->session;
  while (!stopped(b) && clock_now(b) - b->began < b->seconds * 1000 && !a->option[OPT_REPLAY]) session_step(s);
  b->until = b->around ? b->around + b->minutes * 60000 : clock_now(b);
  b->since = (b->around ? b->around : b->until) - b->minutes * 60000;
  if (b->wants_anonymous) b->anonymous = anonymous_new(), anonymous_learn(b->anonymous, s->snap);
  static void (*const parts[])(struct bundling *b) = {put_status, put_versions, put_logs, put_kept, put_recording};
  for (size_t i = 0; i < COUNT(parts) && !stopped(b); i++) parts[i](b);
  if (!stopped(b)) put_config(b, a);
}

static int finish(struct bundling *b, const char *path) {
  char at[CLOCK_TEXT], since[CLOCK_TEXT], until[CLOCK_TEXT], size[SIZE_TEXT];
  int64_t bytes = 0;
  CLEANUP(mem_freep) char *head = mem_printf("\"at\":\"%s\",\"version\":\"%s\",\"anonymous\":%s,\"logs_since\":\"%s\",\"logs_until\":\"%s\",\"lines_not_understood\":%zu", clock_rfc3339(at, clock_now(b)), VERSION,
                                             b->anonymous ? "true" : "false", clock_rfc3339(since, b->since), clock_rfc3339(until, b->until), b->lines_bad);
  if (stopped(b) && !b->err.code) return fputs("kvmconsole: interrupted: there is no bundle\n", stderr), EXIT_INTERRUPTED;
  if (!b->err.code) bundle_finish(b->file, head, &bytes, &b->err);
  if (b->err.code) return err_print(&b->err), EXIT_NOT_WRITTEN;
  printf("%s: %zu parts, %s", path, bundle_count(b->file), str_size(size, bytes));
  if (bundle_missed(b->file)) printf("; %zu could not be had, and manifest.json in it says why", bundle_missed(b->file));
  printf("\nSecrets are masked in it%s.\n", b->anonymous ? ", and hosts and their addresses have other names" : "; names and addresses are as they are (anonymous=yes replaces those of hosts)");
  return 0;
}

enum { AROUND, MINUTES_OF, SECONDS_OF, ANONYMOUS };
const char *const bundle_keys[] = {[AROUND] = "around=", [MINUTES_OF] = "minutes=", [SECONDS_OF] = "seconds=", [ANONYMOUS] = "anonymous=", NULL};

static int take_word(struct bundling *b, const char *word) {
  int key = 0;
  while (bundle_keys[key] && strncmp(word, bundle_keys[key], strlen(bundle_keys[key]))) key++;
  const char *value = bundle_keys[key] ? word + strlen(bundle_keys[key]) : "";
  switch (key) {
  case AROUND: return clock_parse(value, &b->around) && clock_parse_loose(value, &b->around) ? usage_error("bundle: around= is a time as 2026-11-22T12:03:44Z, not %s", value) : 0;
  case MINUTES_OF: return str_int(value, 1, MINUTES_MAX, &b->minutes) ? usage_error("bundle: minutes= is a number from 1 to %d, not %s", MINUTES_MAX, value) : 0;
  case SECONDS_OF: return str_int(value, 1, SECONDS_MAX, &b->seconds) ? usage_error("bundle: seconds= is a number from 1 to %d, not %s", SECONDS_MAX, value) : 0;
  case ANONYMOUS:
    b->wants_anonymous = !strcmp(value, "yes");
    return strcmp(value, "yes") && strcmp(value, "no") ? usage_error("bundle: anonymous= is yes or no, not %s", value) : 0;
  default: return usage_error("bundle: there is no %s (around=, minutes=, seconds=, anonymous=)", word);
  }
}

int run_bundle(struct arguments *a) {
  struct bundling b = {.minutes = MINUTES, .seconds = SECONDS, .session = {.only_asks = true, .patient = true}};
  int code = 0;
  for (int i = 1; i < a->words && !code; i++) code = take_word(&b, a->word[i]);
  if (code) return code;
  b.file = bundle_open(a->word[0], &b.err); /* before anything is waited for */
  if (!b.file) return err_print(&b.err), b.err.code == -EINVAL ? EXIT_USAGE : EXIT_INPUT;
  b.session.on_line = on_line;
  b.session.owner = &b;
  b.began = clock_wall_ms();
  code = session_read(&b.session, a);
  if (!code && b.session.simulated) b.began = clock_now(&b);
  if (!code && b.session.snap) {
    gather(&b, a);
    code = finish(&b, a->word[0]);
  }
  bundle_close(b.file);
  session_close(&b.session);
  anonymous_free(b.anonymous);
  str_free(&b.recording);
  return code;
}
