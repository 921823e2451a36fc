/* The detail of one thing: a sentence how it stands, what is wrong with it and what to do, then sections by one table, then
 * whatever else is known of it. */
#ifndef SCREEN_DETAIL_H
#define SCREEN_DETAIL_H
#include "tui/text.h"
#include "views/screen/app.h"

struct detail {
  struct text *t;
  const struct input *in;
  enum list_id list;
  const void *item;
  struct texts names; /* what events, problems and constraints call it */
};

/* A section: some of the fields of the item's shape, or what a function adds. Nothing to say, no section. */
struct section {
  enum list_id list;
  const char *title, *fields; /* names, with blanks between them */
  void (*add)(struct detail *d);
};
extern const struct section sections[]; /* ends with title NULL */

void detail_headline(struct detail *d); /* and what it is called */
const char *detail_line(const struct input *in, const char *s); /* without line ends and tabs */
/* Within a section: "  label             value". */
void detail_put(struct detail *d, const char *label, struct style style, const char *value);
void detail_problems(struct detail *d);
void detail_events(struct detail *d);
void detail_room(struct detail *d);  /* of a volume: detail_room.c */
void detail_tasks(struct detail *d);
#endif
