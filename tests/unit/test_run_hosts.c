/* Commands here and elsewhere: words arrive as given, and how a command ended is known or said not to be. What is elsewhere is
 * reached by an ssh of our own making (the shell of the far side is real), and by the real one where an sshd is installed. */
#include "unit.h"
#include "base/clock.h"
#include "base/str.h"
#include "ops/survey.h"
#include "run/executor.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct loop *loop;
static struct executor *hosts;
static char folder[] = "/tmp/kvmconsole-run.XXXXXX";

struct seen { struct str out, err; enum exec_end end; int code; char text[512]; int ends; };

static void on_out(void *owner, char *line, size_t len, bool cut) { (void)cut, str_addn(&((struct seen *)owner)->out, line, len), str_addc(&((struct seen *)owner)->out, '\n'); }
static void on_err(void *owner, char *line, size_t len, bool cut) { (void)cut, str_addn(&((struct seen *)owner)->err, line, len), str_addc(&((struct seen *)owner)->err, '\n'); }
static void on_end(void *owner, const struct exec_result *r) {
  struct seen *s = owner;
  s->end = r->end;
  s->code = r->code;
  snprintf(s->text, sizeof s->text, "%s", r->text ? r->text : "");
  s->ends++;
}

static void forget(struct seen *s) {
  str_free(&s->out);
  str_free(&s->err);
  *s = (struct seen){0};
}

static struct exec *begin(const char *host, const char *const *argv, const char *input, int64_t deadline_ms, struct seen *s) {
  struct err e = {0};
  forget(s);
  struct exec *c = executor_start(hosts, &(struct exec_request){.host = host, .argv = argv, .input = input, .input_len = input ? strlen(input) : 0, .deadline_ms = deadline_ms, .on_out = on_out, .on_err = on_err, .on_end = on_end, .owner = s}, &e);
  assert_int_equal(s->ends, 0);
  if (!c) snprintf(s->text, sizeof s->text, "%s", e.text);
  return c;
}

static void wait_end(struct seen *s) {
  int64_t until = clock_mono_ms() + 30000;
  while (!s->ends && clock_mono_ms() < until) loop_step(loop, 100);
  assert_int_equal(s->ends, 1);
}

static void run(const char *host, const char *const *argv, const char *input, int64_t deadline_ms, struct seen *s) {
  assert_non_null(begin(host, argv, input, deadline_ms, s));
  wait_end(s);
}

#define ARGV(...) (const char *const[]){__VA_ARGS__, NULL}

/* ---- here, and by the shell of the far side ---- */

static const char *const places[] = {NULL, "far"};

static void ends_are_told_apart(void **state) {
  struct seen s = {0};
  (void)state;
  for (size_t i = 0; i < COUNT(places); i++) {
    run(places[i], ARGV("sh", "-c", "echo one; echo two >&2; exit 7"), NULL, 10000, &s);
    assert_int_equal(s.end, EXEC_EXITED);
    assert_int_equal(s.code, 7);
    assert_string_equal(str_text(&s.out), "one\n");
    assert_string_equal(str_text(&s.err), "two\n");
    run(places[i], ARGV("sh", "-c", "exit 255"), NULL, 10000, &s);
    assert_int_equal(s.end, EXEC_EXITED); /* its own, not ssh's */
    assert_int_equal(s.code, 255);
    run(places[i], ARGV("kvmconsole-no-such-program"), NULL, 10000, &s);
    assert_int_equal(s.end, EXEC_REFUSED);
    assert_int_equal(s.code, 127);
    run(places[i], ARGV("sleep", "20"), NULL, 1000, &s);
    assert_int_equal(s.end, EXEC_LATE);
    run(places[i], ARGV("sh", "-c", "exit 124"), NULL, 10000, &s);
    assert_int_equal(s.end, EXEC_EXITED); /* 124 before its deadline is its own */
  }
  forget(&s);
}

static void output_is_as_it_was(void **state) {
  static const struct { const char *script, *out; } cases[] = {{"true", ""}, {"echo a", "a\n"}, {"printf a", "a\n"}, {"printf 'a\\n\\n'", "a\n\n"}, {"printf '\\n\\nb\\n'", "\n\nb\n"}, {"printf '\\n'", "\n"}};
  struct seen s = {0};
  (void)state;
  for (size_t i = 0; i < COUNT(places); i++)
    for (size_t k = 0; k < COUNT(cases); k++) {
      run(places[i], ARGV("sh", "-c", cases[k].script), NULL, 10000, &s);
      assert_string_equal(str_text(&s.out), cases[k].out);
    }
  forget(&s);
}

static void input_arrives_whole(void **state) {
  struct seen s = {0};
  struct str big = {0};
  (void)state;
  for (int i = 0; i < 40000; i++) str_addf(&big, "line %d of what is read\n", i);
  CLEANUP(mem_freep) char *size = mem_printf("%zu\n", big.len);
  for (size_t i = 0; i < COUNT(places); i++) {
    run(places[i], ARGV("wc", "-c"), str_text(&big), 10000, &s);
    assert_string_equal(str_text(&s.out), size);
    run(places[i], ARGV("cat"), "a secret\n", 10000, &s);
    assert_string_equal(str_text(&s.out), "a secret\n");
    run(places[i], ARGV("cat"), NULL, 10000, &s); /* nothing to read is the end, not the terminal */
    assert_string_equal(str_text(&s.out), "");
    run(places[i], ARGV("true"), str_text(&big), 10000, &s); /* who does not read is not waited for */
    assert_int_equal(s.code, 0);
  }
  str_free(&big);
  forget(&s);
}

/* ---- words ---- */

static uint64_t chance = 88172645463325252u;
static unsigned draw(unsigned below) {
  chance ^= chance << 13, chance ^= chance >> 7, chance ^= chance << 17;
  return (unsigned)(chance % below);
}

static char *random_word(void) {
  static const char *const nasty[] = {"", " ", "'", "\"", "\\", "$(touch /tmp/kvmconsole-was-here)", "`id`", "-rf", "--", "\n", "\t", ";", "|", "&&", ">", "<", "*", "?", "~", "!", "#", "{a,b}", "$HOME", "${x}", "\x01", "\xff\xfe", "ä", "'\\''", "%s", "=", "a=b", "\r"};
  struct str s = {0};
  for (unsigned n = draw(6); n; n--)
    if (draw(3)) str_add(&s, nasty[draw(COUNT(nasty))]);
    else str_addc(&s, (char)(1 + draw(255)));
  return s.data ? str_take(&s) : mem_strdup("");
}

/* Each word in hexadecimal on a line of its own. */
static const char spell[] = "for w; do printf %s \"$w\" | od -An -v -tx1 | tr -d ' \\n'; echo; done";

static void spell_it(const char *word, struct str *out) {
  for (; *word; word++) str_addf(out, "%02x", (unsigned char)*word);
  str_addc(out, '\n');
}

static void words_arrive(const char *host, int rounds) {
  struct seen s = {0};
  while (rounds--) {
    const char *argv[16] = {"sh", "-c", spell, "sh"};
    struct str wanted = {0};
    size_t n = 4, more = draw(8);
    for (; more; more--) spell_it(argv[n++] = random_word(), &wanted);
    run(host, argv, NULL, 10000, &s);
    assert_int_equal(s.end, EXEC_EXITED);
    assert_int_equal(s.code, 0);
    assert_string_equal(str_text(&s.out), str_text(&wanted));
    while (n > 4) mem_free((char *)argv[--n]);
    str_free(&wanted);
  }
  assert_int_not_equal(access("/tmp/kvmconsole-was-here", F_OK), 0);
  forget(&s);
}

static void words_arrive_as_given(void **state) {
  (void)state;
  words_arrive(NULL, 60);
  words_arrive("far", 150);
}

/* ---- the connection ---- */

static void how_ssh_behaves(const char *how) {
  CLEANUP(mem_freep) char *path = mem_printf("%s/how", folder);
  FILE *f = fopen(path, "w");
  assert_non_null(f);
  fputs(how, f);
  fclose(f);
}

static bool left_a_mark(void) {
  CLEANUP(mem_freep) char *path = mem_printf("%s/ran", folder);
  return !unlink(path);
}

static void what_never_ran_is_known(void **state) {
  static const char *const refusals[] = {"refuse", "deny", "cut-before", "silent"};
  CLEANUP(mem_freep) char *mark = mem_printf("%s/ran", folder);
  struct seen s = {0};
  (void)state;
  for (size_t i = 0; i < COUNT(refusals); i++) {
    how_ssh_behaves(refusals[i]);
    run("far", ARGV("touch", mark), NULL, 10000, &s);
    assert_int_equal(s.end, EXEC_REFUSED);
    assert_false(left_a_mark());
  }
  how_ssh_behaves("refuse");
  run("far", ARGV("true"), NULL, 10000, &s);
  assert_non_null(strstr(s.text, "Connection refused"));
  how_ssh_behaves("cut-after"); /* told to begin, then the connection was lost: it did run, and nobody here can know */
  run("far", ARGV("touch", mark), NULL, 10000, &s);
  assert_int_equal(s.end, EXEC_UNKNOWN);
  usleep(300000);
  assert_true(left_a_mark());
  how_ssh_behaves("noise"); /* a shell that greets, an ssh that warns */
  run("far", ARGV("echo", "yes"), NULL, 10000, &s);
  assert_string_equal(str_text(&s.out), "yes\n");
  assert_int_equal(s.code, 0);
  how_ssh_behaves("well");
  forget(&s);
}

static void who_leaves_is_told_at_once(void **state) {
  CLEANUP(mem_freep) char *mark = mem_printf("%s/ran", folder);
  CLEANUP(mem_freep) char *script = mem_printf("sleep 0.4; touch %s", mark);
  struct seen s = {0};
  (void)state;
  struct exec *c = begin(NULL, ARGV("sh", "-c", script), NULL, 10000, &s);
  assert_non_null(c);
  loop_step(loop, 50);
  hosts->class->leave(c);
  assert_int_equal(s.end, EXEC_LEFT);
  for (int i = 0; i < 15; i++) loop_step(loop, 50), usleep(50000);
  assert_int_equal(s.ends, 1); /* and not a second time */
  assert_true(left_a_mark());  /* while it went on */
  forget(&s);
}

/* ---- the survey ---- */

static void set_done(void *owner) { *(bool *)owner = true; }

static void ask_for(struct arena *a, struct survey *s, const char *host, const char *const *argv) {
  struct answer *q = list_add(a, &s->answers, &answer_shape);
  q->host = host;
  q->id = "id";
  while (*argv) texts_add(a, &q->argv, *argv++);
}

static void a_survey_is_answered(void **state) {
  struct arena *a = arena_new();
  struct survey s = {0};
  bool done = false;
  (void)state;
  for (int i = 0; i < 20; i++) ask_for(a, &s, i % 2 ? "far" : "localhost", ARGV("echo", i % 2 ? "far" : "here"));
  ask_for(a, &s, "far", ARGV("sh", "-c", "echo why >&2; exit 3"));
  ask_for(a, &s, "far", ARGV("kvmconsole-no-such-program"));
  ask_for(a, &s, "-bad-", ARGV("true"));
  assert_non_null(survey_ask(loop, hosts, &s, a, set_done, &done));
  assert_false(done);
  int64_t until = clock_mono_ms() + 20000;
  while (!done && clock_mono_ms() < until) loop_step(loop, 100);
  assert_true(done);
  for (size_t i = 0; i < 20; i++) assert_string_equal(s.answers.item[i].out, i % 2 ? "far\n" : "here\n"), assert_int_equal(s.answers.item[i].code, 0);
  assert_int_equal(s.answers.item[20].code, 3);
  assert_string_equal(s.answers.item[20].text, "why");
  assert_int_equal(s.answers.item[21].code, 127);
  assert_true(s.answers.item[22].code == UNKNOWN_INT);
  assert_non_null(strstr(s.answers.item[22].text, "no name that ssh"));
  asking_end(survey_ask(loop, hosts, &(struct survey){0}, a, set_done, &done)); /* before it begins */
  arena_free(a);
}

/* Asked together, each answer is what it would have been alone: with and without a last newline, empty lines, both streams apart. */
static void answers_are_told_apart(void **state) {
  static const struct { const char *script, *out, *text; int64_t code; } rows[] = {
      {"printf one", "one\n", "", 0},
      {":", "", "", 0},
      {"printf 'a\\n\\n\\nb\\n\\n'", "a\n\n\nb\n\n", "", 0},
      {"echo", "\n", "", 0},
      {"echo out; echo 'it is' >&2; echo \"bad\" >&2; exit 7", "out\n", "it is bad", 7},
      {"echo asked-0 0; echo 'a$b`c'", "asked-0 0\na$b`c\n", "", 0},
      {"cat", "", "", 0}, /* nobody types */
      {"exit 255", "", "", 255},
  };
  struct arena *a = arena_new();
  struct survey s = {0};
  bool done = false;
  (void)state;
  for (int i = 0; i < 160; i++) ask_for(a, &s, i % 2 ? "far" : "localhost", ARGV("sh", "-c", rows[i / 2 % (int)COUNT(rows)].script));
  assert_non_null(survey_ask(loop, hosts, &s, a, set_done, &done));
  int64_t until = clock_mono_ms() + 60000;
  while (!done && clock_mono_ms() < until) loop_step(loop, 100);
  assert_true(done);
  for (size_t i = 0; i < 160; i++) {
    const struct answer *q = &s.answers.item[i];
    size_t k = i / 2 % COUNT(rows);
    assert_int_equal(q->code, rows[k].code);
    assert_string_equal(q->out, rows[k].out);
    assert_string_equal(q->text, rows[k].text);
  }
  arena_free(a);
}

/* What ssh itself says is no answer's, and a host that lets nobody in answers none. */
static void questions_of_a_host_share_a_login(void **state) {
  static const struct { const char *script, *out, *text; int code; } cases[] = {
      {"true", "", "", 0}, {"printf a", "a\n", "", 0}, {"printf 'a\\n\\n'", "a\n\n", "", 0}, {"printf '\\n\\nb\\n'; exit 9", "\n\nb\n", "", 9}, {"printf '\\n'", "\n", "", 0},
      {"echo out; echo one >&2; echo two >&2; exit 1", "out\n", "one two", 1}, {"cat; echo 'it'\\''s'", "it's\n", "", 0}, {"printf e >&2", "", "e", 0}, {"echo answer- 0; echo answer-", "answer- 0\nanswer-\n", "", 0}};
  struct arena *a = arena_new();
  (void)state;
  for (int reached = 1; reached >= 0; reached--) {
    struct survey s = {0};
    bool done = false;
    how_ssh_behaves(reached ? "noise" : "refuse");
    for (size_t i = 0; i < 4 * COUNT(cases); i++) ask_for(a, &s, "far", ARGV("sh", "-c", cases[i % COUNT(cases)].script));
    ask_for(a, &s, "far", ARGV("kvmconsole-no-such-program"));
    assert_non_null(survey_ask(loop, hosts, &s, a, set_done, &done));
    for (int64_t until = clock_mono_ms() + 20000; !done && clock_mono_ms() < until;) loop_step(loop, 100);
    assert_true(done);
    for (size_t i = 0; i < s.answers.count; i++) {
      const struct answer *q = &s.answers.item[i];
      if (!reached) {
        assert_true(q->code == UNKNOWN_INT);
        assert_non_null(strstr(q->text, "Connection refused"));
      } else if (i == s.answers.count - 1) {
        assert_int_equal(q->code, 127);
      } else {
        assert_int_equal(q->code, cases[i % COUNT(cases)].code);
        assert_string_equal(q->out, cases[i % COUNT(cases)].out);
        assert_string_equal(q->text, cases[i % COUNT(cases)].text);
      }
    }
  }
  how_ssh_behaves("well");
  arena_free(a);
}

/* ---- a real sshd ---- */

static const char *find_sshd(void) {
  static const char *const paths[] = {"/usr/sbin/sshd", "/usr/local/sbin/sshd", "/usr/lib/ssh/sshd"};
  const char *given = getenv("SSHD");
  if (given && !access(given, X_OK)) return given;
  for (size_t i = 0; i < COUNT(paths); i++)
    if (!access(paths[i], X_OK)) return paths[i];
  return NULL;
}

static void write_file(const char *name, const char *text) {
  CLEANUP(mem_freep) char *path = mem_printf("%s/%s", folder, name);
  FILE *f = fopen(path, "w");
  assert_non_null(f);
  fputs(text, f);
  fclose(f);
  chmod(path, 0700);
}

static void over_a_real_sshd(void **state) {
  const char *sshd = find_sshd();
  struct seen s = {0};
  (void)state;
  int port = 20000 + (int)(getpid() % 20000);
  CLEANUP(mem_freep) char *script = mem_printf(
      "cd %s && ssh-keygen -q -t ed25519 -N '' -f host && ssh-keygen -q -t ed25519 -N '' -f user && cp user.pub keys && chmod 700 . && "
      "printf 'Port %d\\nListenAddress 127.0.0.1\\nHostKey %s/host\\nAuthorizedKeysFile %s/keys\\nPermitRootLogin yes\\nUsePAM no\\nStrictModes no\\nPidFile none\\n' >sshd.conf && "
      "printf 'Host *\\n Hostname 127.0.0.1\\n Port %d\\n IdentityFile %s/user\\n IdentitiesOnly yes\\n StrictHostKeyChecking no\\n UserKnownHostsFile /dev/null\\n LogLevel ERROR\\n' >ssh.conf && "
      "printf '#!/bin/sh\\nexec /usr/bin/ssh -F %s/ssh.conf \"$@\"\\n' >ssh && chmod 755 ssh", folder, port, folder, folder, port, folder, folder);
  assert_int_equal(system(script), 0);
  bool made = !mkdir("/run/sshd", 0755);
  CLEANUP(mem_freep) char *check = mem_printf("%s -t -f %s/sshd.conf", sshd, folder);
  if (system(check)) {
    printf("ok - words over a real sshd # SKIP %s cannot be started here\n", sshd);
    return;
  }
  pid_t child = fork();
  if (!child) {
    CLEANUP(mem_freep) char *conf = mem_printf("%s/sshd.conf", folder);
    CLEANUP(mem_freep) char *log = mem_printf("%s/sshd.log", folder);
    prctl(PR_SET_PDEATHSIG, SIGTERM); /* a test that fails leaves none behind */
    execl(sshd, sshd, "-D", "-E", log, "-f", conf, NULL);
    _exit(127);
  }
  assert_true(child > 1);
  int64_t until = clock_mono_ms() + 10000;
  do run("far", ARGV("true"), NULL, 5000, &s);
  while (s.end != EXEC_EXITED && clock_mono_ms() < until && !usleep(100000));
  if (s.end != EXEC_EXITED) print_message("%s\n", s.text);
  int end = s.end;
  if (end == EXEC_EXITED) {
    words_arrive("far", 40);
    ends_are_told_apart(NULL);
    output_is_as_it_was(NULL);
    input_arrives_whole(NULL);
  }
  if (child > 1) kill(child, SIGTERM), waitpid(child, NULL, 0);
  if (made) rmdir("/run/sshd");
  assert_int_equal(end, EXEC_EXITED);
  run("far", ARGV("true"), NULL, 5000, &s);
  assert_int_equal(s.end, EXEC_REFUSED);
  forget(&s);
}

/* What stands for ssh: takes its words, and hands the line to a shell, as the far side does. */
static const char fake_ssh[] =
    "#!/bin/sh\n"
    "how=$(cat \"${0%/*}/how\" 2>/dev/null)\n"
    "while [ \"$1\" != -- ]; do shift; done\n"
    "[ \"$2\" = root@far ] || { echo \"ssh: Could not resolve hostname $2: Name or service not known\" >&2; exit 255; }\n"
    "case $how in\n"
    "refuse) echo 'ssh: connect to host far port 22: Connection refused' >&2; exit 255 ;;\n"
    "deny) echo 'root@far: Permission denied (publickey).' >&2; exit 255 ;;\n"
    "silent) exit 255 ;;\n"
    "cut-before) sh -c \"$3\" </dev/null | head -c 5; exit 255 ;;\n"
    "cut-after) read -r line_of_input_is_kept_by_nobody </dev/null; (sh -c \"$3\"; :) | (read -r a; echo; read -r b; echo \"$b\"; sleep 0.2; kill -9 $$); exit 255 ;;\n"
    "noise) echo 'Warning: Permanently added' >&2; echo 'Welcome to far'; printf 'no newline'; exec sh -c \"$3\" ;;\n"
    "*) exec sh -c \"$3\" ;;\n"
    "esac\n";

static int set_up(void **state) {
  (void)state;
  assert_non_null(mkdtemp(folder));
  write_file("ssh", fake_ssh);
  CLEANUP(mem_freep) char *path = mem_printf("%s:%s", folder, getenv("PATH"));
  setenv("PATH", path, 1);
  loop = loop_new();
  hosts = executor_hosts(loop, NULL);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  executor_free(hosts);
  loop_free(loop);
  CLEANUP(mem_freep) char *script = mem_printf("rm -rf %s", folder);
  return system(script);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(ends_are_told_apart),    cmocka_unit_test(output_is_as_it_was),    cmocka_unit_test(input_arrives_whole), cmocka_unit_test(words_arrive_as_given),
                                     cmocka_unit_test(what_never_ran_is_known), cmocka_unit_test(who_leaves_is_told_at_once), cmocka_unit_test(a_survey_is_answered), cmocka_unit_test(answers_are_told_apart),
                                     cmocka_unit_test(questions_of_a_host_share_a_login)};
  const struct CMUnitTest real[] = {cmocka_unit_test(over_a_real_sshd)};
  signal(SIGPIPE, SIG_IGN); /* as the console does at its start: an ssh that ends before it has read its input ends no test */
  int code = cmocka_run_group_tests_name(__FILE__, tests, set_up, tear_down);
  if (find_sshd() && !geteuid()) {
    strcpy(folder, "/tmp/kvmconsole-run.XXXXXX");
    return code + cmocka_run_group_tests_name("a real sshd", real, set_up, tear_down);
  }
  printf("ok - words over a real sshd # SKIP %s\n", geteuid() ? "it takes root to start one" : "none is installed here (SSHD=PATH names one)");
  return code;
}
