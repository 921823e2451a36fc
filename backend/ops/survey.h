/* The survey: what only the hosts themselves can tell before a plan is made (which pcs, which distribution, does that path
 * exist). An operation says what it asks, commands that change nothing; whoever has an executor runs them and fills in
 * the answers; tests read them from a file. */
#ifndef OPS_SURVEY_H
#define OPS_SURVEY_H
#include "base/err.h"
#include "model/shape.h"

struct answer {
  const char *host, *id; /* id: the operation's own name for the question, "pcs" */
  struct texts argv;
  int64_t code;          /* exit code; UNKNOWN_INT: not asked yet, or the host could not be reached (text says why) */
  const char *out;       /* what it printed, at most ANSWER_MAX bytes */
  const char *text;      /* of a failure: stderr or why it could not be asked */
};
enum { ANSWER_MAX = 65536 };
struct survey { LIST_OF(struct answer) answers; };
extern const struct shape survey_shape, answer_shape;

const struct answer *survey_answer(const struct survey *s, const char *host, const char *id); /* NULL: never asked */
/* The questions that many operations ask, by id; the command is the table's. */
struct question { const char *id; const char *argv[8]; };
extern const struct question questions[]; /* ends with id NULL: os, pcs, pacemaker, gluster, virsh, ... */

/* "0.11.5.. " of `pcs --version`: major and minor as 1000 * major + minor; 0: not known. */
int64_t version_of(const char *text);
enum package_tool { PACKAGE_UNKNOWN, PACKAGE_APT, PACKAGE_DNF, PACKAGE_YUM, PACKAGE_ZYPPER };
enum package_tool package_tool_of(const char *os_release); /* of /etc/os-release: ID, ID_LIKE, VERSION_ID */
#endif
