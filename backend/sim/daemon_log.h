/* What the daemons of the simulated cluster write into their logs. Nothing in the world knows of it: it is looked at after
 * whatever happened, and what is another way than before is a line, or several, on the hosts that notice. Kept by this
 * process; a world that is read back from its file has none of what was before. */
#ifndef SIM_DAEMON_LOG_H
#define SIM_DAEMON_LOG_H
#include "sim/world.h"

struct daemon_log;
struct daemon_log *daemon_log_new(void);
void daemon_log_free(struct daemon_log *l); /* NULL is fine */
void daemon_log_watch(struct daemon_log *l, const struct world *w); /* after something of w->changed happened */
/* The lines of a host's log, as its daemon wrote them, between two times; how, place, files: as in log_kinds[]. Each
 * file begins with "K NUMBER PATH". At most `most` lines each, the newest. */
void daemon_log_print(const struct daemon_log *l, const char *host, const char *number, const char *how, const char *place, int64_t since, int64_t until, int64_t most, struct str *out);

/* daemon_log_lines.c: a fact of a host or thing is another than it was. key: words apart by tabs, its kind first; NULL: not there. */
void daemon_log_changed(struct daemon_log *l, const struct world *w, const char *key, const char *was, const char *is);
enum log_to { TO_JOURNAL, TO_PACEMAKER, TO_COROSYNC, TO_GLUSTERD, TO_SHD, TO_MOUNT, TO_BRICK, TO_LIBVIRTD, TO_QEMU, TO_COUNT };
/* priority: syslog's number. who: the program; of a mount, brick or domain its name. */
void daemon_log_add(struct daemon_log *l, const char *host, enum log_to to, const char *who, int priority, const char *format, ...) PRINTF(6, 7);
#endif
