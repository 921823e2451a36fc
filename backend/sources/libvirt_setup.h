/* How the host is set up, asked of the host itself: by one command that only reads (libvirt_setup_text.h), run here or over
 * ssh, at first and then every ten minutes. A process beside libvirt's event loop, never waited for: its pipes are handles of
 * that loop. The machine types, the processor and the sizes of disks come from libvirt's own answers. Prints libvirt.setup. */
#ifndef SOURCES_LIBVIRT_SETUP_H
#define SOURCES_LIBVIRT_SETUP_H
#include "sources/emit.h"
#include "sources/libvirt_dear.h"

struct setup_road {
  bool here;           /* this machine */
  const char *to;      /* else ssh's destination */
  int port;            /* of ssh; 0: its own */
  const char *why_not; /* set: the host is not to be asked, and why */
};

struct setup;
/* read_only: no host is told to log in at another. watched: in libvirt's event loop; else by setup_wait(). */
struct setup *setup_new(struct emitter *out, bool read_only, bool watched);
void setup_free(struct setup *s);
/* A line of stdin: "setup begin", then "setup peer NAME" and "setup definition /PATH" as often as there are any, "setup end".
 * What is not complete is not used. */
void setup_request(struct setup *s, const char *line);
/* What libvirt said of the host by the way. */
void setup_abilities(struct setup *s, const char *xml, size_t len);
void setup_sizes(struct setup *s, const struct dear_answer *load);
void setup_opened(struct setup *s); /* a connection: what is known has to be printed anew */

int64_t setup_next(const struct setup *s); /* monotonic ms when setup_turn() is to be called */
/* Ends what is late; begins when it is due and the way is known (NULL: nobody is asked now). */
void setup_turn(struct setup *s, const struct setup_road *road);
void setup_wait(struct setup *s, int ms); /* until the answer is there */
#endif
