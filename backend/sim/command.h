/* The commands of the simulated cluster: one table of program, subcommand and what it does. A new command is a row. What is
 * printed is what the real tool prints (recorded: tests/fixtures/tools). Internal to the executor. */
#ifndef SIM_COMMAND_H
#define SIM_COMMAND_H
#include "sim/sim.h"
#include "sim/world.h"

struct call { /* one command that runs */
  struct world *w;
  struct sim_host *host;
  const char *const *argv; /* as given, its program first */
  size_t argc;
  const char *const *rest; /* what follows the subcommand */
  size_t count;
  const char *input;
  struct command_result *r;
  int64_t began;
  int64_t takes_ms; /* its row's */
  int64_t step; /* how often it was called before: a command that waits is called again */
  bool wrote;   /* of one that watches a guest: it wrote when it was called last */
};
enum { COMMAND_DONE, COMMAND_WAITS };
typedef int command_fn(struct call *c);
struct command {
  const char *program, *subcommand; /* subcommand "": the program itself */
  command_fn *run;
  int64_t takes_ms;
};
extern const struct command gluster_commands[], pcs_commands[], crm_commands[], cib_commands[], virsh_commands[], system_commands[], host_commands[], link_commands[], tool_commands[], log_commands[], drill_commands[], guard_commands[], store_commands[], domain_commands[], member_commands[]; /* end with program NULL */

void say(struct call *c, const char *format, ...) PRINTF(2, 3);      /* a line on stdout */
int fail(struct call *c, int code, const char *format, ...) PRINTF(3, 4); /* a line on stderr; COMMAND_DONE */
int fail_out(struct call *c, int code, const char *format, ...) PRINTF(3, 4); /* the tools that complain on stdout */
/* An option's value among argv: "-r X", "--resource X", "--resource=X"; NULL: it is not there. */
const char *value_of(const struct call *c, const char *shorter, const char *longer);
bool has_flag(const struct call *c, const char *shorter, const char *longer);
const char *word_at(const struct call *c, size_t n); /* the n-th of rest that is no option; NULL */
int crm_mon_text(struct call *c, struct arena *a, const char *list); /* what crm_mon and pcs status say of the cluster */
const char *host_file(struct call *c, const char *path); /* of that host's own files, those that it has by itself too; NULL: it is not there */
bool is_bridge(const struct call *c, const char *path); /* "br0/bridge" of /sys/class/net is there */
const char *host_interfaces(struct call *c); /* /etc/network/interfaces as it was installed */
bool timer_waits(struct world *w, const struct sim_host *h, const char *unit); /* of systemd-run */
void timer_stop(struct world *w, const struct sim_host *h, const char *unit);
void packets_pass(struct world *w, struct sim_host *h); /* what a drill dropped there passes again; nothing when it dropped none */
void timers_lost(struct world *w, const struct sim_host *h); /* of systemd-run: they do not outlive their host */
void password_told(struct world *w, const struct sim_resource *r); /* whoever has its fence device knows it now */
int power_shell(struct call *c); /* sh SCRIPT prepare|off|on|forget of a drill */
int write_stamps(struct call *c); /* a file that is written each tenth of a second, as long as it is there */
int guest_write_stamps(struct call *c); /* a line a write of the guest, as seen on its brick */
int guest_count_stamps(struct call *c); /* and as counted by its qemu, on its host */
int host_stamps(struct call *c);
int ping_stamps(struct call *c); /* ping -D, each tenth of a second */
bool has_watchdog(const struct sim_host *h, const char *path);
const char *brick_pid_file(struct call *c, const char *path); /* what glusterd keeps of a brick that lives */
/* The host that its hypervisor, whose virsh this is, calls so; NULL: none. What is asked and done with it. */
struct sim_host *machine_of(struct call *c);
int machine_suspend(struct call *c);
int machine_resume(struct call *c);
int machine_state(struct call *c);
int machine_uuid(struct call *c);
const char *process_name(struct call *c, const char *path); /* /proc/PID/comm of a brick; NULL: it is none */
/* Words that tabs join, run as a timer's command; false: it waits for something and wants to be called again. */
bool command_later(struct world *w, struct sim_host *h, const char *line);
const char *task_file(struct call *c, const char *path); /* glusterd's state of a volume's task; NULL: it is another file */
int brick_index(struct call *c);                         /* sh of the script that reads a brick's index */
const char *sim_group(const char *name); /* gluster's group of options, KEY=VALUE lines; NULL: there is none */
/* gluster: its daemon answers, and this command has the lock of the volume (NULL: none is needed) and of all peers' ears.
 * -1: so it is; else what the command must return. failed: how its refusal begins, "volume set: failed: "; NULL: "". */
int gluster_turn(struct call *c, struct sim_volume *v, const char *failed);
extern const struct command gluster_brick_commands[];
const char *assigned(const struct call *c, const char *key); /* KEY=VALUE among rest: the value */

int domain_script(struct call *c); /* sh -c of one of the scripts that edit definitions and copy disks; -1: it is none of them */
int find_printed(struct call *c, const char *path); /* find -printf, of files below a directory of a volume */
int64_t backup_until(struct world *w, const struct sim_host *h, const char *domain); /* a copy of a running guest's disks is under way; 0: none */
void backup_forget(struct world *w, struct sim_host *h, const char *domain);

/* Commands that run: sim.c holds them and moves them on. */
void sim_add(struct sim *s, struct sim_command *k);
void sim_remove(struct sim *s, struct sim_command *k);
int64_t command_due(const struct sim_command *k); /* INT64_MAX: it is over */
void command_turn(struct sim_command *k, int64_t now);
#endif
