/* The table. A view gives columns and rows; the state (what is selected, what is on top) is apart from both, so that the
 * same state survives a new snapshot: the selection stays on its row by the row's identity, wherever that row moves. When
 * it vanishes, the row that followed it is selected, else the one before. Drawing reads the state and does not change it:
 * after a new snapshot, a resize or a sort call table_follow(); after a key table_move().
 *
 *   static const struct column columns[] = {
 *     {.title = "NODE", .min = 5, .max = 24, .weight = 1, .priority = 9},
 *     {.title = "CPU", .min = 4, .align = ALIGN_RIGHT, .priority = 5},
 *   };
 *   static const char *id(const void *owner, size_t row) { ... }
 *   static void fill(const void *owner, size_t row, struct row *out) {
 *     row_put(out, 0, ROLE_NORMAL, node->name);
 *     row_putf(out, 1, ROLE_WARN, "%d%%", node->cpu);
 *   }
 *   struct table t = {.columns = columns, .column_count = COUNT(columns), .row_count = n, .id = id, .fill = fill, .owner = x};
 */
#ifndef TUI_TABLE_H
#define TUI_TABLE_H
#include "tui/canvas.h"
#include "tui/scroll.h"

enum { TABLE_COLUMNS = 24 };
enum align { ALIGN_LEFT, ALIGN_RIGHT };

struct column {
  const char *title;
  int min;      /* columns it needs to be worth showing */
  int max;      /* 0: no limit */
  int weight;   /* its share of what is left over once every text fits; 0: none */
  int priority; /* the lowest leaves first when there is no room; the last one stays, shortened, whatever its priority */
  enum align align;
  bool whole;   /* its texts are not cut while they fit into max: others leave first */
  bool extra;   /* not among those that are shown when nobody chooses */
  bool picture; /* no text: neither found by a filter nor sorted by */
  bool spare;   /* only where something stands in it and the others have room for all their texts */
};

/* A row being filled. Texts given to row_put() must live until the frame is drawn; row_putf() keeps its own copy. */
struct row {
  struct {
    const char *text;
    enum role role;
  } cell[TABLE_COLUMNS];
  enum role role; /* of the whole row; a cell's own role, if not NORMAL, is stronger */
  uint32_t hidden; /* bits of the cells that nobody will see: filling them is in vain */
  size_t used;
  char room[2048];
};
static inline bool row_wants(const struct row *r, int column) { return !(r->hidden >> column & 1); }
void row_put(struct row *r, int column, enum role role, const char *text); /* NULL is drawn as unknown: "?" */
void row_putf(struct row *r, int column, enum role role, const char *format, ...) PRINTF(4, 5);

struct table {
  const struct column *columns;
  int column_count;
  size_t row_count;
  const char *(*id)(const void *owner, size_t row); /* stable name of the row, unique; borrowed */
  void (*fill)(const void *owner, size_t row, struct row *out);
  const void *owner;
  int sorted; /* 1 + column that carries the sort mark, 0: none */
  bool reversed;
  bool unselected;   /* nobody moves in it: no row is marked */
  const signed char *cell; /* which cell of the row each column shows; NULL: the one of its own number */
  bool (*marked)(const void *owner, size_t row); /* a sign before the row, in a column of its own; NULL: none is */
  const char *empty; /* said when there are no rows, e.g. "no volumes yet"; NULL: nothing */
};

struct table_state {     /* {0} selects the first row */
  char *selected;        /* identity */
  char *next, *previous; /* its neighbours when it was last seen: who is selected should it vanish */
  size_t row, top;       /* where that was */
};
void table_state_free(struct table_state *s); /* leaves it {0} */

/* Rows that fit into a pen of height h (the header takes one). */
int table_height(int pen_height);
/* Where state points in the table as it is now: both row_count when empty. A pure question. */
struct table_place {
  size_t row, top;
};
struct table_place table_place(const struct table *t, const struct table_state *s, int pen_height);
/* Stores that. Returns true when another row is selected now than before. */
bool table_follow(const struct table *t, struct table_state *s, int pen_height);
/* Returns true when the selection moved. */
bool table_move(const struct table *t, struct table_state *s, int pen_height, enum move m);
bool table_select(const struct table *t, struct table_state *s, int pen_height, const char *id); /* false: not there */
const char *table_selected(const struct table *t, const struct table_state *s);                  /* id now selected, NULL when empty */

/* All cells of a row, as they are drawn. */
void table_fill(const struct table *t, size_t row, struct row *r);

/* Header and rows, a column of its own for the mark of the selected row. focused: the keys go here. */
void table_draw(struct pen p, const struct table *t, const struct table_state *s, bool focused);
/* "12-30 of 214" for the frame's footer, "" when all rows are seen. Returns out (RANGE_TEXT bytes). */
char *table_range(char *out, const struct table *t, const struct table_state *s, int pen_height);
/* The widths that table_draw() uses for a pen of width w, 0 for a column left out. Returns how many are shown. */
int table_layout(const struct table *t, const struct table_state *s, int w, int pen_height, int width[TABLE_COLUMNS]);
#endif
