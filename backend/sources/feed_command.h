/* A feed that a command prints ("ssh noc@kvm01 kvmconsole record -"): started without a shell, read line by line, and started
 * again when it ends or falls silent, later each time. Internal to the feed. */
#ifndef SOURCES_FEED_COMMAND_H
#define SOURCES_FEED_COMMAND_H
#include "base/loop.h"
#include "sources/replay.h"

struct feed_command;
struct feed_command *feed_command_open(struct loop *l, struct feed *f, struct replay *r, const char *command);
void feed_command_close(struct feed_command *c); /* ends it; NULL is fine */
/* Why it gives nothing; NULL: it runs and has said something. Borrowed. *ret_again_ms: when it is started again; 0: it is. */
const char *feed_command_trouble(const struct feed_command *c, int64_t *ret_again_ms);
/* The words of a command line: blanks part them, '..' and ".." keep them together, nothing else means anything. -EINVAL: a
 * quote is not closed, or there are none or too many words. out: pointers into room, which holds strlen(command) + 1. */
int feed_command_words(const char *command, char *room, const char **out, size_t most);
#endif
