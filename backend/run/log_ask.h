/* The logs of all hosts: each is asked once, by one command that only reads, a few hosts at a time, and says what it has
 * as soon as it has it. Nothing here waits. */
#ifndef RUN_LOG_ASK_H
#define RUN_LOG_ASK_H
#include "model/logs.h"
#include "run/executor.h"

struct log_question {
  struct texts hosts;     /* names, as the executor knows them */
  int64_t since, until;   /* wall ms */
  int64_t now;            /* by our clock */
  int64_t lines;          /* of one file or journal, at most: the newest */
  int64_t bytes;          /* of a host */
  uint64_t round;
  void (*mask)(char *bytes, size_t len);
};
struct log_answers { /* part: read, now the owner's; NULL: why it could not be */
  int64_t (*clock)(void *owner); /* now by our clock, to see how a host's differs */
  void (*part)(void *owner, const char *host, struct log_part *part, const char *why);
  void (*done)(void *owner);     /* once, after the last host; never before log_ask() returns */
  void *owner;
};

struct log_asking;
struct log_asking *log_ask(struct loop *l, struct executor *x, const struct log_question *q, const struct log_answers *to); /* q is copied */
void log_asking_end(struct log_asking *a); /* what runs is left; nothing more is told. Not after done; NULL is fine */

/* The words of the command, in a: sh, -c, the script, its name, then what it is to read; ends with NULL. */
const char *const *log_command(struct arena *a, const struct log_question *q);
#endif
