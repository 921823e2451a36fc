/* The program's own log, for debugging it: a file (--log), levels by component (KVMCONSOLE_LOG=gluster:debug,loop:info).
 * Never the screen. The last lines are kept in memory for the report of a crash. */
#ifndef BASE_LOG_H
#define BASE_LOG_H
#include "base/err.h"

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* path NULL: only the lines in memory. levels as in KVMCONSOLE_LOG, NULL for the default (warning). -errno. */
int log_open(const char *path, const char *levels, struct err *e);
void log_close(void);
void log_line(const char *component, enum log_level level, const char *format, ...) PRINTF(3, 4);
/* The kept lines, oldest first, newest last; for a crash report: async-signal-safe. */
void log_dump(int fd);
#endif
