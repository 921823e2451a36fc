/* The audit: JSON Lines in the state directory (0600, one write a line, appended) and syslog: who, from where, which plan,
 * each step's end, the verdict. Never a secret: it is written from the plan, which holds none. */
#ifndef RUN_AUDIT_H
#define RUN_AUDIT_H
#include "run/task.h"

struct audit;
struct audit *audit_open(const char *state_dir, const char *who, struct err *e); /* NULL with e set: nothing may run then */
void audit_close(struct audit *a);
int audit_plan(struct audit *a, const char *task, const struct plan *p, struct err *e); /* -errno: it was not written, so nothing runs */
void audit_step(struct audit *a, const char *task, size_t step, const char *state, int64_t code, int64_t took_ms, const char *text);
void audit_verdict(struct audit *a, const char *task, const char *state, const char *text);
/* The state directory: $XDG_STATE_HOME/kvmconsole, /var/lib/kvmconsole for root; owned by the caller. */
char *state_directory(void);
char *operator_name(void); /* "root", or the user that became root, with tty and ssh client */
#endif
