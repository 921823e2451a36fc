/* What the operator has chosen of a list: which columns in which order, by which it is sorted, what is filtered out, what is
 * marked. Each list has its own, and it lives as long as the screen; the columns are kept for later runs. */
#ifndef SCREEN_CHOICE_H
#define SCREEN_CHOICE_H
#include "base/str.h"
#include "tui/filter.h"
#include "tui/prompt.h"
#include "tui/table.h"

struct input;
struct list;
struct list_state;
struct list_rows;

/* ---- columns.c ---- */
struct columns_choice { signed char at[TABLE_COLUMNS]; int count; }; /* columns of the list; count 0: nothing was chosen */
enum { COLUMN_NAME = 32 };
char *column_name(char *out, const struct list *l, int column); /* its title, with - for blanks: "READ/s", "ON-BRICKS"; COLUMN_NAME bytes */
int column_find(const struct list *l, const char *name, size_t len); /* in either case; -1: none */
/* "NODE HA CPU". False: *ret_bad is the first word that names no column, or one twice; what could be read is in *ret. */
bool columns_parse(const struct list *l, const char *text, struct columns_choice *ret, struct str *ret_bad);
void columns_print(const struct list *l, const struct columns_choice *c, struct str *out);
void columns_default(const struct list *l, struct columns_choice *ret); /* those that are shown when nobody chooses */
/* What is shown: what was chosen, else what is configured, else the default. */
struct columns_choice columns_of(const struct list *l, const struct list_state *s);

/* ---- sorting.c ---- */
struct sort_key { bool known; double number; const char *text; }; /* text NULL: by the number. Not known is always last */
static inline struct sort_key sort_number(bool known, double number) { return (struct sort_key){known, number, NULL}; }
static inline struct sort_key sort_text(const char *text) { return (struct sort_key){text != NULL, 0, text}; }
void sort_rows(struct list_rows *r, int column, bool reversed);

/* ---- filtering.c ---- */
struct list_filter {
  struct prompt line;        /* as it is being typed */
  struct filter *pattern;    /* of the last good one; NULL: nothing is left out */
  char *text;                /* that one */
  bool typed;                /* its line is open: the texts are gathered before the first letter */
  bool inverted;             /* "!web": what does not match */
  int column;                /* "HOST:kvm01": 1 + the column; 0: all texts of a row */
  struct filter_wrong wrong; /* what is wrong with the line as it is; text "": nothing */
  uint64_t serial;           /* another for each pattern */
  struct { uint64_t stamp; size_t count; struct str text; size_t *end; unsigned char *state; } hay; /* the texts of all rows, so that a key costs no more than looking through them */
  struct { uint64_t stamp, serial; unsigned char *out; } pass; /* FILTERED_* of each row */
};
enum { FILTERED_OUT = 1, FILTERED_ILL = 2, FILTERED_UNKNOWN = 4, FILTERED_UNDECIDED = 8 };
struct filtered { size_t all, out, ill, unknown, undecided; }; /* rows; ill, unknown: of those that are out, what they would have shown */
void filter_take_line(const struct list *l, struct list_filter *f); /* the line was changed */
void filter_clear(struct list_filter *f);                            /* everything is seen again; also frees it */
struct filtered filter_rows(struct list_rows *r, const struct list_state *s); /* r->item becomes those that are left */
void filter_refresh(const struct list *l, struct list_state *s, const struct input *in); /* what filter_rows() would find out again and again */

/* ---- marking.c ---- */
struct marks { char **id; size_t count; uint64_t stamp; }; /* sorted */
bool mark_has(const struct marks *m, const char *id);
void mark_toggle(struct marks *m, const char *id);
void marks_add(struct marks *m, const char *id);
void marks_clear(struct marks *m); /* also frees it */
size_t marks_follow(const struct list *l, struct list_state *s, const struct input *in); /* marks go with their rows; how many did */
#endif
