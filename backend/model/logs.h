/* Log lines as the hosts' daemons write them: which logs there are, and how one host's answer is read into entries. Pure:
 * whoever asked the host hands the lines in (run/log_ask.h). A log line is hostile: each is bounded, its controls are made
 * harmless, and nothing in it can be taken for what the reading command itself says (that begins with a letter, a line of
 * a log with '|'). */
#ifndef MODEL_LOGS_H
#define MODEL_LOGS_H
#include "model/facts.h"

enum log_priority { PRIORITY_UNKNOWN, PRIORITY_DEBUG, PRIORITY_INFO, PRIORITY_NOTICE, PRIORITY_WARNING, PRIORITY_ERROR, PRIORITY_CRITICAL };
extern const char *const log_priority_names[];

struct log_entry {
  int64_t at;        /* wall ms by this host's clock: that of its own is corrected; UNKNOWN_INT: never of one that was read */
  const char *id;    /* unique among all that are shown together */
  const char *host;
  const char *what;  /* who wrote it: "pacemaker-fenced", "glusterd", "bricks/data", "qemu/test01" */
  const char *file;  /* path, or "journal" */
  const char *line;  /* all of it, without its time; harmless */
  const char *text;  /* within line: without what who wrote it and where in its source */
  int kind, layer, priority; /* kind: of log_kinds[]; layer: enum layer */
  bool concerns;     /* what was asked about */
};
extern const struct shape log_entry_shape;

/* How a kind of log is read: units and kernel lines of the journal, or files. How a time stamp looks is seen by its first
 * characters, and so is its zone: gluster, libvirt and qemu write UTC or their offset, pacemaker and corosync that host's
 * local time without a year, the journal microseconds since 1970. */
struct log_kind {
  const char *name;
  enum layer layer;  /* LAYER_NONE: said by each entry itself */
  const char *how;   /* "units", "kernel", "files" */
  const char *place; /* the units, or the directory */
  const char *files; /* a pattern of the shell */
  const char *roles; /* of the hosts that have it: "kvm gluster"; a host whose roles are not known is asked for all */
  const char *stamp; /* an example, for the manual and the tests */
};
extern const struct log_kind log_kinds[]; /* ends with name NULL */
int log_kind_count(void);

enum { LOG_LINES_MAX = 20000, LOG_BYTES_MAX = 2 << 20, LOG_TEXT_MAX = 4000, LOG_PAD_MS = 30000, LOG_SKEW_MS = 500 };

/* One host's answer. */
struct log_part {
  struct arena *arena;         /* of all texts below */
  const char *host;
  uint64_t round;              /* of the asking: makes its entries' ids unlike those of another */
  struct log_entry *item;      /* by time once it is over */
  size_t count, room;
  int64_t asked;               /* by our clock; unknown: not known */
  int64_t skew_ms;             /* its clock is at least so far ahead of ours; 0: as far as can be told it is right; unknown: it did not say */
  int64_t zone_s;              /* its local time is so far ahead of UTC */
  struct texts denied;         /* what may not be read */
  int64_t left_out;            /* lines, of files and journals that had more than asked for */
  bool no_journal, whole, full; /* whole: it was read to its end; full: more came than is taken */
  /* while it is read */
  int64_t until, bytes, most; /* most: bytes that are taken */
  int kind;
  const char *file, *what;
  bool open;                   /* the last entry still takes lines */
  struct str text;
  struct log_entry next;
  void (*mask)(char *bytes, size_t len); /* secrets; NULL: none are looked for */
};
/* until: when the window ends, wall ms: the year of stamps that have none is the one that comes nearest. */
void log_part_begin(struct log_part *p, const char *host, int64_t until, void (*mask)(char *bytes, size_t len));
/* A line of the answer; now: by our clock, when it arrived. False: enough, nothing more is taken. line is written to. */
bool log_part_take(struct log_part *p, char *line, size_t len, int64_t now);
/* No more lines. Sorts; leaves out what lies outside the window and what the journal says of what a file has, too. */
void log_part_end(struct log_part *p, int64_t since, int64_t until);
void log_part_free(struct log_part *p); /* leaves it {0}; the entries die */

/* ---- the parts, each in its file ---- */
/* log_stamp.c: the stamp at the beginning of a line, wall ms; returns how many bytes it is, 0: there is none. near: what
 * a stamp without a year is near to. *ret_local: its zone is not said, and is that host's own (zone_s was taken off). */
size_t log_stamp(const char *line, size_t len, int64_t near, int64_t zone_s, int64_t *ret_at, bool *ret_local);
/* journal.c: one entry of `journalctl -o json`. The texts are the caller's (mem_free); -EINVAL: it is none. */
struct journal_line { char *message, *identifier; int64_t at; int priority; };
int journal_line(const char *text, size_t len, struct journal_line *ret);
void journal_line_free(struct journal_line *j);
#endif
