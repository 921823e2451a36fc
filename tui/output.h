/* Bytes to a terminal that may not take them now: a stalled ssh connection must not stop the one thread of the console.
 * What does not go out is kept and sent when the descriptor is ready again. */
#ifndef TUI_OUTPUT_H
#define TUI_OUTPUT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct output;

/* fd stays the caller's and is not set to O_NONBLOCK: that would hold for the shell too. The terminal is opened a second
 * time instead; where that is forbidden (after su) it is written to in small pieces, each when there is room. */
struct output *output_new(int fd);
void output_free(struct output *o); /* NULL is fine; what was not sent is dropped */
void output_add(struct output *o, const void *bytes, size_t len);
/* Sends what goes. 0: all of it; -EAGAIN: some is left, poll output_fd() for POLLOUT; -EIO: the terminal is gone. */
int output_send(struct output *o);
/* The same, waiting at most max_ms: for the way out. */
int output_drain(struct output *o, int max_ms);
size_t output_left(const struct output *o);
uint64_t output_sent(const struct output *o); /* bytes since the start */
int output_fd(const struct output *o);
#endif
