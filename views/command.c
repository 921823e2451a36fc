#include "views/command.h"
#include "analysis/stop.h"
#include "base/log.h"
#include "base/str.h"
#include "model/facts.h"
#include "sources/feed.h"
#include "run/audit.h"
#include "views/simulation.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define AT(command) (1u << (command))
#define READS (AT(CMD_CONSOLE) | AT(CMD_STATUS) | AT(CMD_WATCH) | AT(CMD_OK_TO_STOP) | AT(CMD_LINT) | AT(CMD_PLAN) | AT(CMD_RUN) | AT(CMD_DRILL) | AT(CMD_GUIDE) | AT(CMD_RECORD) | AT(CMD_RENDER))

const struct option_row option_rows[OPT_COUNT] = {
    [OPT_DEMO] = {"--demo", "[=SCENARIO]", ~0u, "a simulated cluster instead of a real one (see list scenarios), or a scenario file", "@scenarios"},
    [OPT_WORLD] = {"--world", "FILE", ~0u, "keep the simulated cluster in this file; it goes on where it was", "@files"},
    [OPT_SEED] = {"--seed", "N", ~0u, "the simulation's chance: the same number gives the same run", NULL},
    [OPT_REPLAY] = {"--replay", "FILE", ~0u, "read a recording instead of the cluster; - is stdin", "@files"},
    [OPT_READ_ONLY] = {"--read-only", NULL, ~0u, "ask every daemon for a connection that can only read", NULL},
    [OPT_NOC] = {"--noc", NULL, AT(CMD_CONSOLE) | AT(CMD_RENDER), "a wall screen: large, read-only, nobody at the keyboard; also of a feed (--replay -)", NULL},
    [OPT_VIEW] = {"--view", "VIEW", AT(CMD_CONSOLE) | AT(CMD_RENDER), "the view to begin with (see list views)", "@views"},
    [OPT_THEME] = {"--theme", "THEME", AT(CMD_CONSOLE) | AT(CMD_RENDER), "colours (see list themes)", "@themes"},
    [OPT_KEYMAP] = {"--keymap", "KEYMAP", AT(CMD_CONSOLE) | AT(CMD_RENDER) | AT(CMD_LIST), "default, vi, fkeys, or a file; list keys shows it, or its mistakes", "default vi fkeys @files"},
    [OPT_MOUSE] = {"--mouse", NULL, AT(CMD_CONSOLE), "clicks select and open, the wheel moves; a key turns it on and off too", NULL},
    [OPT_CONFIG] = {"--config", "FILE", ~0u, "this configuration file and no other", "@files"},
    [OPT_LOG] = {"--log", "FILE", ~0u, "the program's own log; KVMCONSOLE_LOG=gluster:debug sets levels", "@files"},
    [OPT_SPEED] = {"--speed", "N", ~0u, "how fast a recording or a simulation plays: 2 is twice as fast, max as fast as it can; step: one change a key", "max step"},
    [OPT_JSON] = {"--json", NULL, AT(CMD_STATUS) | AT(CMD_WATCH) | AT(CMD_OK_TO_STOP) | AT(CMD_LINT) | AT(CMD_PLAN) | AT(CMD_RUN) | AT(CMD_DRILL) | AT(CMD_GUIDE) | AT(CMD_LIST), "for scripts", NULL},
    [OPT_TEXT] = {"--text", NULL, AT(CMD_STATUS), "for people and monitoring plug-ins (the default)", NULL},
    [OPT_METRICS] = {"--openmetrics", NULL, AT(CMD_STATUS), "for Prometheus", NULL},
    [OPT_ONLY] = {"--only", "LAYER,..", AT(CMD_STATUS) | AT(CMD_WATCH), "read only these: corosync, pacemaker, gluster, libvirt", "corosync pacemaker gluster libvirt"},
    [OPT_TIMEOUT] = {"--timeout", "S", AT(CMD_STATUS) | AT(CMD_OK_TO_STOP) | AT(CMD_LINT), "wait at most so many seconds for the slowest answer (10)", NULL},
    [OPT_DEAD] = {"--dead", NULL, AT(CMD_OK_TO_STOP), "as if they just died, by a power cut or a broken network, instead of being stopped in order", NULL},
    [OPT_SAMPLE] = {"--sample", "S", AT(CMD_STATUS), "watch for so many seconds first, so that rates are known", NULL},
    [OPT_SIZE] = {"--size", "WxH", AT(CMD_RENDER), "of the frame (80x24)", NULL},
    [OPT_SCRIPT] = {"--script", "FILE", AT(CMD_RENDER), "keys to press: lines of key, type, wait, size, click, wheel, frame", "@files"},
    [OPT_FORMAT] = {"--format", "F", AT(CMD_RENDER), "text, ansi, state, or svg: a picture", "text ansi state svg"},
    [OPT_RAW] = {"--raw", NULL, AT(CMD_RECORD), "also the bytes as they were received, secrets masked: for making test fixtures", NULL},
    [OPT_SHELL] = {"--shell", NULL, AT(CMD_PLAN), "as a shell script that does the same by hand", NULL},
    [OPT_YES] = {"--yes", NULL, AT(CMD_RUN) | AT(CMD_DRILL) | AT(CMD_GUIDE), "run it without asking; what destroys something needs --confirm as well", NULL},
    [OPT_CONFIRM] = {"--confirm", "TARGET", AT(CMD_RUN) | AT(CMD_DRILL) | AT(CMD_GUIDE), "the name that the plan wants typed, for what destroys something", NULL},
    [OPT_REPORT] = {"--report", "FILE", AT(CMD_DRILL), "the report also goes there: .json, .md (Markdown) or .xml (JUnit)", "@files"},
    [OPT_SELF_TEST] = {"--self-test", NULL, AT(CMD_CONSOLE), "check the program's own tables", NULL},
    [OPT_BOOK] = {"--book", "BOOK", AT(CMD_GUIDE) | AT(CMD_CONSOLE) | AT(CMD_RENDER), "of the guide: that book (see guide books); for the screen, the one that --view guide opens", "@books"},
    [OPT_HELP] = {"--help", NULL, ~0u, "this help", NULL},
    [OPT_VERSION] = {"--version", NULL, ~0u, "version, what is built in, what is found", NULL},
};

const struct command_row command_rows[CMD_COUNT] = {
    [CMD_CONSOLE] = {"console", "kvmconsole", "the full screen", "Opens the full screen on the cluster this host belongs to.", "kvmconsole --view problems", 0, 0, run_console},
    [CMD_STATUS] = {"status", "kvmconsole status", "one reading", "Reads everything once and prints it. Exit code: 0 healthy, 1 degraded, 2 outage, 3 unknown.",
                    "kvmconsole status --json | jq .health", 0, 0, run_status},
    [CMD_WATCH] = {"watch", "kvmconsole watch", "one line a change, as it happens", "Prints each change of the cluster until it is interrupted.", "kvmconsole watch --json", 0, 0, run_watch},
    [CMD_OK_TO_STOP] = {"ok-to-stop", "kvmconsole ok-to-stop TARGET...", "may these hosts (or HOST:/BRICK) go down now?",
                        "Tells what would come of stopping all of them now, each reason with what it saw and how old that is: votes, copies, heals, fencing, where pacemaker would put the domains, memory. "
                        "With --dead: what if they just die. A network is a target too: link:HOST cut off from all others, link:NUMBER or link:HOST:NUMBER a link of corosync, link:HOST:/BRICK the way to a brick. "
                        "Exit code: 0 safe, 1 wait, 2 unsafe, 3 unknown.",
                        "kvmconsole ok-to-stop kvm02 && kvmconsole run node-drain host=kvm02", 1, 63, run_ok_to_stop},
    [CMD_LINT] = {"lint", "kvmconsole lint", "what would keep this cluster from failing over",
                  "Checks the configuration of all layers against what is known to break a failover, each finding with its evidence, why it matters, and the operation that mends it. "
                  "Exit code: 0 nothing but hints, 1 warnings, 2 something critical, 3 something could not be checked.",
                  "kvmconsole lint --json | jq '.findings[].id'", 0, 0, run_lint},
    [CMD_PLAN] = {"plan", "kvmconsole plan OPERATION [key=value..]", "the exact commands, host by host; runs nothing",
                  "Prints what an operation would do: each command, its host, what it changes, how it is undone and proven. key=value repeats for lists; a secret is key=@FILE or key=@-. "
                  "Exit code: 0 it may run, 2 it is refused.",
                  "kvmconsole plan resource-move resource=test01 to=kvm02", 1, 63, run_plan},
    [CMD_RUN] = {"run", "kvmconsole run OPERATION [key=value..]", "the same plan, run and verified",
                 "Shows the plan, asks, makes the plan again, runs it step by step and waits until later readings prove it. On a terminal: the word yes confirms, or the target's name where something "
                 "is destroyed; without one: --yes, and --confirm TARGET. A secret is key=@FILE, key=@- or asked on the terminal. With --json: a line with the plan, a line with the end. "
                 "Exit code: 0 verified, 1 failed, 2 refused (nothing ran), 3 outcome unknown, 75 another operator holds the lock, 77 read-only or rights missing, 130 interrupted.",
                 "kvmconsole run resource-move resource=test01 to=kvm02", 1, 63, run_run},
    [CMD_DRILL] = {"drill", "kvmconsole drill NAME[,NAME..] [key=value..]", "try failover: break something, measure, take it back", "Shows what is expected and the plan, asks for the target's name, arms a timer on a host that takes the injection "
                   "back by itself, injects, and measures what the domains' users would have felt, until all is as it was. Ends at once, and takes it back, when anything else breaks. Several names are run in order, each with the "
                   "arguments that it knows, until one does not pass, or the window is over: until=HH:MM begins no other one after that. What failed is explained, with the check that foresees it and the operation that mends it. Without a terminal: --yes and --confirm TARGET[,TARGET..]. "
                   "Exit code: 0 passed, 1 failed, aborted or slower than expected, 2 refused (nothing ran), 3 outcome unknown, 75, 77 and 130 as for run.",
                   "kvmconsole drill power-lost host=kvm02 --report drill.md", 1, 63, run_drill},
    [CMD_GUIDE] = {"guide", "kvmconsole guide [books | list | check | run STEP | export FILE] [--book BOOK] [key=value..]", "from bare hosts to a proven failover, and out of a bad day, step by step",
                   "24 steps, each with why, the commands, and a check of the live hosts that tells whether it is done, to do, blocked, or broken; nothing is remembered but the form and the record. key=value fills in the form "
                   "(kvm=, gluster=, entry=NAME=ADDRESS, image=, ...; see kvmconsole list steps): it is kept, and what is live already is proposed. STEP is a name, a number, or all: all that is left, up to the first surprise. Each runs as "
                   "'run' does, with --yes and --confirm NAME[,NAME..] without a terminal; secrets are hacluster_password=@FILE, bmc_password=@FILE, root_password=@FILE, or asked. export writes how it was built, as Markdown or (.json) JSON. "
                   "Exit code: 0 done, 1 something to do or failed, 2 refused (nothing ran), 3 cannot tell, 75, 77 and 130 as for run.",
                   "kvmconsole guide check kvm=kvm01 kvm=kvm02 gluster=node1 gluster=node2 gluster=node3", 0, 63, run_guide},
    [CMD_RECORD] = {"record", "kvmconsole record FILE|-", "the stream of fragments", "Writes what the sources say, for --replay, a wall screen, a bug report. It holds no password; a file is made readable by its owner only.",
                    "ssh kvm01 kvmconsole record - | kvmconsole --replay -", 1, 1, run_record},
    [CMD_BUNDLE] = {"bundle", "kvmconsole bundle FILE.tar.gz [around=TIME] [minutes=N] [seconds=N] [anonymous=yes]", "what another needs to understand this cluster, in one file without secrets",
                    "A recording of now, status, lint, ok-to-stop of every host, versions, the configuration, the last of the audit and of the drills' reports, and all hosts' logs of the last 10 minutes (minutes=), or as long before and after "
                    "around=, a time as 2026-11-22T12:03:44Z. Secrets are masked; names and addresses stay, unless anonymous=yes gives hosts other ones. manifest.json in it has a checksum of each part, and names what could not be had, and why. "
                    "Nothing is waited for without end; the file is new, and its owner's alone. Exit code: 0 written, 65 the file cannot be made, 74 no room for it, 130 interrupted.",
                    "kvmconsole bundle /var/tmp/friday.tar.gz around=2026-11-20T17:42:00Z", 1, 5, run_bundle},
    [CMD_RENDER] = {"render", "kvmconsole render", "a frame, no terminal needed", "Draws a view to stdout. Clock, locale and zone are fixed, so that the same input gives the same frame.",
                    "kvmconsole render --replay FILE --view nodes --size 120x40", 0, 0, run_render},
    [CMD_LIST] = {"list", "kvmconsole list WHAT", "the program's tables", "WHAT is views, scenarios, operations, drills, checks, problems, keys, themes, steps, books or settings (the keys of the configuration). "
                "For a shell that completes words: list words -- WORD.. says, a line each, what may stand in place of the last one.",
                "kvmconsole list problems", 1, 63, run_list},
    [CMD_CONFIG] = {"config", "kvmconsole config", "the effective configuration", "Prints each value and where it comes from.", "kvmconsole config", 0, 0, run_config},
    [CMD_HELP] = {"help", "kvmconsole help [SUBCOMMAND]", "help", "Without a subcommand: of all.", "kvmconsole help status", 0, 1, run_help},
};

int usage_error(const char *format, ...) {
  va_list ap;
  va_start(ap, format);
  fputs("kvmconsole: ", stderr);
  vfprintf(stderr, format, ap);
  fputs("; see 'kvmconsole help'\n", stderr);
  va_end(ap);
  return EXIT_USAGE;
}

static int find_option(const char *word, size_t len) {
  for (int i = 0; i < OPT_COUNT; i++)
    if (strlen(option_rows[i].name) == len && !strncmp(option_rows[i].name, word, len)) return i;
  return -1;
}

static int take_option(struct arguments *a, int argc, char **argv, int *i) {
  const char *word = argv[*i], *equals = strchr(word, '=');
  int id = find_option(word, equals ? (size_t)(equals - word) : strlen(word));
  if (id < 0) return usage_error("no such option: %s", word);
  const struct option_row *o = &option_rows[id];
  if (!o->argument) {
    if (equals) return usage_error("%s takes no value", o->name);
    a->option[id] = "";
  } else if (equals) {
    a->option[id] = equals + 1;
  } else if (*o->argument == '[') {
    a->option[id] = "";
    return 0;
  } else {
    if (*i + 1 >= argc) return usage_error("%s needs %s", o->name, o->argument);
    a->option[id] = argv[++*i];
  }
  if (o->argument && !*a->option[id]) return usage_error("%s needs %s", o->name, o->argument);
  return 0;
}

static int take_word(struct arguments *a, const char *word, bool *named) {
  for (int c = CMD_STATUS; !*named && c < CMD_COUNT; c++)
    if (!strcmp(command_rows[c].name, word)) {
      a->command = (enum command_id)c;
      *named = true;
      return 0;
    }
  if (!*named) return usage_error("no such subcommand: %s", word);
  if (a->words == (int)COUNT(a->word)) return usage_error("too many arguments");
  a->word[a->words++] = word;
  return 0;
}

static int check(const struct arguments *a) {
  const struct command_row *c = &command_rows[a->command];
  if (a->option[OPT_HELP] || a->option[OPT_VERSION]) return 0;
  for (int i = 0; i < OPT_COUNT; i++)
    if (a->option[i] && !(option_rows[i].commands & AT(a->command))) return usage_error("%s does not belong to %s", option_rows[i].name, c->name);
  if (a->words < c->min_words) return usage_error("%s: what is missing is shown here: %s", c->name, c->usage);
  if (a->words > c->max_words) return usage_error("%s: too many arguments: %s", c->name, a->word[c->max_words]);
  return 0;
}

int arguments_parse(int argc, char **argv, struct arguments *ret) {
  bool named = false, only_words = false;
  *ret = (struct arguments){.command = CMD_CONSOLE};
  for (int i = 1; i < argc; i++) {
    int code;
    if (!only_words && !strcmp(argv[i], "--")) {
      only_words = true;
      continue;
    }
    bool option = !only_words && argv[i][0] == '-' && argv[i][1];
    code = option ? take_option(ret, argc, argv, &i) : take_word(ret, argv[i], &named);
    if (code) return code;
  }
  return check(ret);
}

int64_t seconds_option(const struct arguments *a, enum option_id id, int64_t fallback_ms, int64_t max_s) {
  const char *s = a->option[id];
  if (!s) return fallback_ms;
  char *end;
  double v = strtod(s, &end);
  if (*end || end == s || !isfinite(v) || v <= 0 || v > (double)max_s) {
    usage_error("%s needs a number of seconds up to %d, not %s", option_rows[id].name, (int)max_s, s);
    return -1;
  }
  return (int64_t)(v * 1000 + 0.5);
}

static int check_layers(const char *only) {
  for (const char *s = only; *s;) {
    size_t len = strcspn(s, ",");
    bool known = false;
    for (int l = LAYER_COROSYNC; l < LAYER_COUNT; l++) known |= strlen(layer_names[l]) == len && !strncmp(layer_names[l], s, len);
    if (!known) return usage_error("--only: no such layer: %.*s (corosync, pacemaker, gluster, libvirt)", (int)len, s);
    s += len + (s[len] == ',');
  }
  return 0;
}

static int take_speed(const struct arguments *a, struct feed_options *ret) {
  const char *speed = a->option[OPT_SPEED];
  char *end;
  if (!speed || !strcmp(speed, "max")) return 0;
  if (!strcmp(speed, "step") && a->command == CMD_CONSOLE) {
    ret->speed = 1;
    ret->standing = ret->stream != NULL; /* the simulation goes on by a key, a recording begins paused */
    ret->paused = !ret->standing;
    return 0;
  }
  ret->speed = strtod(speed, &end);
  if (*end || !isfinite(ret->speed) || ret->speed <= 0 || ret->speed > 1e6) return usage_error("--speed needs a number, max or step, not %s", speed);
  return 0;
}

int feed_arguments(struct arguments *a, struct feed_options *ret) {
  const char *only = a->option[OPT_ONLY];
  *ret = (struct feed_options){.replay = a->option[OPT_REPLAY], .config = &a->config, .only = only, .read_only = a->option[OPT_READ_ONLY] || a->option[OPT_NOC], .judge = stop_judge_hosts};
  if (only && check_layers(only)) return EXIT_USAGE;
  int code = simulation_open(a, &a->simulation);
  if (code) return code;
  if (a->simulation) ret->stream = simulation_stream(a->simulation);
  if (a->command == CMD_CONSOLE || a->command == CMD_PLAN || a->command == CMD_RUN || a->command == CMD_DRILL || a->command == CMD_RENDER)
    ret->who = a->who = a->simulation || a->command == CMD_RENDER ? mem_strdup("you") : operator_name();
  return take_speed(a, ret);
}
