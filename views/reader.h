/* Who reads the logs for the screen: as long as they are shown it asks the hosts for what the screen wants, keeps what they
 * said, and asks again while it is followed. It has an executor of its own for one command that only reads, so that a
 * console that may run nothing has logs too. */
#ifndef VIEWS_READER_H
#define VIEWS_READER_H
#include "views/command.h"
#include "views/console.h"

struct reader;
struct reader *reader_new(struct console *c, struct arguments *a); /* never NULL: one that can ask nobody knows why */
void reader_free(struct reader *r); /* NULL is fine */
/* After each key and each new snapshot: what is wanted now is asked, what is wanted no more is given up. */
void reader_see(struct reader *r);
void reader_input(struct reader *r, struct input *in);
void reader_save(struct reader *r); /* APP_SAVE */
bool reader_busy(const struct reader *r); /* NULL: no */
#endif
