/* A form: fields to fill, each with its help, and a sentence under one that cannot be as it is. What the fields are, what is
 * proposed and what is wrong is given anew for each frame; the state is what was typed. A field nobody touched shows what
 * is proposed, so that proposals follow what is filled in elsewhere: the first
 * letter typed replaces it, a key that moves within it begins to edit it. Below the fields stands a button. */
#ifndef TUI_FORM_H
#define TUI_FORM_H
#include "tui/prompt.h"

enum form_kind {
  FORM_TEXT,
  FORM_CHOICE, /* one of the choices: Left and Right go through them, letters find one */
  FORM_LIST,   /* texts, a line each, in an order that can be changed; the last line is for one more */
  FORM_SECRET, /* a text that is not shown, nor proposed */
};
struct form_words { const char *const *item; size_t count; };
struct form_field {
  const char *title, *help;
  enum form_kind kind;
  bool required;
  struct form_words choices;  /* FORM_CHOICE: what there is; else what may be offered */
  struct form_words proposed; /* while nobody touched it */
  const char *error;          /* why it cannot be so, NULL: it can */
};
struct form {
  const struct form_field *fields;
  size_t count;
  const char *button; /* "Review the plan" */
  const char *about;  /* said below a field's help where there is room; NULL: nothing */
};

struct form_value { struct prompt *item; size_t count; bool touched; struct prompt find; }; /* item: at least one; find: letters typed at a choice */
struct form_state { /* {0}: the first field */
  struct form_value *values;
  size_t count, field, item; /* field == count: the button */
  size_t top;
  bool tried;                /* the button was pressed: all errors are shown, not only those of touched fields */
};

void form_state_free(struct form_state *s);
/* Values for all fields, proposals taken over, the field with the keys in sight. After new input, a resize; first of all. */
void form_follow(const struct form *f, struct form_state *s, int w, int h);
/* Editing. false: the key is none of the field's. */
bool form_key(const struct form *f, struct form_state *s, struct key k);
/* To the next (1) or the previous (-1) field or line of a list; false: there is none. */
bool form_step(const struct form *f, struct form_state *s, int by);
void form_go(const struct form *f, struct form_state *s, size_t field);
/* The next or previous of what is offered, into the field. false: nothing is. */
bool form_offer(const struct form *f, struct form_state *s, int by);
bool form_shift(const struct form *f, struct form_state *s, int by); /* the line of a list changes places with its neighbour */
bool form_button(const struct form_state *s);                       /* has the keys */
size_t form_wrong(const struct form *f);                            /* the first field with an error; count: none */
/* What is in a field: n-th line of a list, empty lines not counted; NULL: none. Borrowed. */
const char *form_text(const struct form_state *s, size_t field, size_t n);
void form_set(struct form_state *s, size_t field, const char *text); /* as if it had been typed */
void form_add(struct form_state *s, size_t field, const char *text); /* one more line of a list */
void form_draw(struct pen p, const struct form *f, const struct form_state *s);
#endif
