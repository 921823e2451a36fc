/* The logs of all hosts around a moment: what is asked for is state of the screen and follows keys; what was read is given
 * by whoever asks the hosts (views/reader.h), and may be of an earlier question. */
#ifndef SCREEN_LOGS_H
#define SCREEN_LOGS_H
#include "model/logs.h"
#include "tui/prompt.h"
#include "views/screen/list.h"

struct logs_rule { char *host, *file, *word, *what; int least; }; /* a line concerns it that has all that are not NULL, and is so grave; file: how its path ends */
struct logs_rules { struct logs_rule *item; size_t count; };

struct logs_state {
  uint64_t serial;      /* of the question: another moment, another thing; 0: none yet */
  uint64_t again;       /* how often it was put anew: a wider window, a fresh look */
  int64_t moment;       /* wall ms */
  bool now;             /* the moment is that of the question itself */
  size_t span;          /* of the table of spans */
  bool narrow, follow;
  int least;            /* enum log_priority; what is not known is always shown */
  char *about, *why;    /* whose logs, NULL: of all; what happened at the moment, NULL */
  struct logs_rules rules;
  bool settled;         /* the moment was brought into sight */
  bool naming;          /* a name for a file is being typed */
  struct prompt name;
  const char *wrong;
  char *save;           /* APP_SAVE: the name that was given; owned */
};
void logs_state_free(struct logs_state *s);

struct log_book { /* what was read, borrowed for one frame */
  uint64_t serial;      /* of which question: one of another is not shown */
  uint64_t round;       /* how often the hosts were asked */
  const struct log_entry *item; size_t count;   /* by time */
  const struct log_entry *notes; size_t note_count; /* what is to be said of the hosts */
  size_t asked, answered;
  bool reading;
  const char *cannot;   /* why nothing can be asked from here */
};

/* logs_about.c: whose lines, from what is selected. item NULL: nothing is. */
void logs_about(struct logs_state *s, const struct input *in, const struct list *list, const void *item);
bool logs_concern(const struct logs_rules *r, const struct log_entry *e);

/* logs.c */
int64_t logs_span_ms(const struct logs_state *s);
void logs_window(const struct logs_state *s, int64_t now, int64_t *ret_since, int64_t *ret_until);
struct app;
bool logs_shown(const struct app *a);
void logs_open(struct app *a, const struct input *in);   /* about what is selected */
void logs_settle(struct app *a, const struct input *in, int height);
unsigned logs_act(struct app *a, const struct input *in, enum action action); /* APP_*; 0: not one of its own */
unsigned logs_name_key(struct app *a, const struct input *in, struct key k, enum action action);
void logs_draw_name(struct pen body, const struct app *a);
struct text *logs_text(const struct input *in, const char *id); /* one line, all of it; text_free() */
size_t logs_print(const struct input *in, struct str *out); /* what is shown, as a file has it; how many lines */
void logs_saved(struct app *a, const char *says);
#endif
