/* Shapes: a C struct described once as data, and from that description both directions of JSON, the comparison of two
 * values and access by name. Facts (what sources print) and snapshots (what status prints) are all shapes, so there is
 * one JSON schema and no second list of fields anywhere.
 *
 * Every kind of field has a value for "not known", null in JSON; a field that is absent is not known either. Objects
 * may carry more than the shape lists: what is not listed is skipped. */
#ifndef MODEL_SHAPE_H
#define MODEL_SHAPE_H
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UNKNOWN_INT INT64_MIN /* int64_t; also for times */
enum truth { TRUTH_UNKNOWN, TRUTH_NO, TRUTH_YES };

#define LIST_OF(type) struct { type *item; size_t count; }
struct texts { const char **item; size_t count; };
struct pair { const char *key, *value; };
struct pairs { struct pair *item; size_t count; };
struct tally { const char *key; int64_t value; };
struct tallies { struct tally *item; size_t count; };

enum field_type {
  FIELD_TEXT,    /* const char *: NULL unknown */
  FIELD_INT,     /* int64_t: UNKNOWN_INT */
  FIELD_REAL,    /* double: NaN; printed with one decimal */
  FIELD_BOOL,    /* enum truth */
  FIELD_TIME,    /* int64_t wall milliseconds, RFC 3339 in JSON: UNKNOWN_INT */
  FIELD_CHOICE,  /* int, index into of.choices; 0 unknown; a word that is not listed is read as unknown */
  FIELD_TEXTS,   /* struct texts */
  FIELD_SOME,    /* struct texts of which there is always one: empty is unknown */
  FIELD_PAIRS,   /* struct pairs, an object of strings */
  FIELD_TALLIES, /* struct tallies, an object of numbers */
  FIELD_LIST,    /* LIST_OF(struct of of.shape) */
  FIELD_OBJECT,  /* a struct of of.shape, in place */
  FIELD_MAYBE,   /* const struct of of.shape *: NULL there is none */
};

struct field {
  const char *name;
  enum field_type type;
  size_t offset;
  union {
    const struct shape *shape;
    const char *const *choices; /* [0] is NULL (unknown), ends with a NULL */
  } of;
};

struct shape {
  const char *name;
  size_t size;
  const struct field *fields; /* ends with name NULL */
};

/* Rows of a shape's table: FIELD(struct host, name, TEXT), CHOICE(struct host, state, state_names), ... */
#define FIELD(type_, member_, kind_) {.name = #member_, .type = FIELD_##kind_, .offset = offsetof(type_, member_)}
#define NAMED(type_, member_, name_, kind_) {.name = name_, .type = FIELD_##kind_, .offset = offsetof(type_, member_)}
#define CHOICE(type_, member_, names_) {.name = #member_, .type = FIELD_CHOICE, .offset = offsetof(type_, member_), .of.choices = names_}
#define LIST(type_, member_, shape_) {.name = #member_, .type = FIELD_LIST, .offset = offsetof(type_, member_), .of.shape = &(shape_)}
#define OBJECT(type_, member_, shape_) {.name = #member_, .type = FIELD_OBJECT, .offset = offsetof(type_, member_), .of.shape = &(shape_)}
#define MAYBE(type_, member_, shape_) {.name = #member_, .type = FIELD_MAYBE, .offset = offsetof(type_, member_), .of.shape = &(shape_)}
#define SHAPE(variable_, type_, ...)                                                        \
  static const struct field variable_##_fields[] = {__VA_ARGS__, {.name = NULL}};           \
  const struct shape variable_ = {.name = #variable_, .size = sizeof(type_), .fields = variable_##_fields}

enum { SHAPE_LIST_MAX = 200000, SHAPE_TEXT_MAX = 65536, SHAPE_DEPTH_MAX = 16 };

/* Once, first of all: JSON is taken and given in memory of base/mem, so that where there is none the program ends, and no value is
 * taken for one that is not there. */
void shape_memory(void);
void shape_init(const struct shape *s, void *object); /* everything unknown or empty */
/* Appends one initialised element to a LIST_OF (list points to it) and returns it; earlier pointers into it are dead. */
void *list_add(struct arena *a, void *list, const struct shape *s);
void texts_add(struct arena *a, struct texts *t, const char *text); /* text is copied */
void pairs_add(struct arena *a, struct pairs *p, const char *key, const char *value); /* both copied */
void tallies_add(struct arena *a, struct tallies *t, const char *key, int64_t value);
void tallies_raise(struct arena *a, struct tallies *t, const char *key, int64_t value); /* one that is there stays, with the greater value */
const char *pairs_get(const struct pairs *p, const char *key); /* NULL when it has none */
bool texts_have(const struct texts *t, const char *text);
bool texts_same(const struct texts *a, const struct texts *b); /* the same, in the same order */
static inline enum truth truth_of(bool b) { return b ? TRUTH_YES : TRUTH_NO; }

/* JSON out: one line, fields in the order of the table, valid UTF-8 whatever the strings hold. */
void shape_encode(const struct shape *s, const void *object, struct str *out);
void json_text(struct str *out, const char *text); /* a quoted JSON string; NULL gives null */

/* JSON in. json is a jansson value (opaque here: foreign types stay out of headers). What does not fit its field's type
 * is -EINVAL with e naming the field; *object is then half filled and not to be used. */
int shape_decode(const struct shape *s, const void *json, void *object, struct arena *a, struct err *e);
int shape_decode_text(const struct shape *s, const char *text, size_t len, void *object, struct arena *a, struct err *e);

bool shape_equal(const struct shape *s, const void *a, const void *b);
const struct field *shape_field(const struct shape *s, const char *name); /* NULL when it has none */
bool field_equal(const struct field *f, const void *a, const void *b);    /* a and b: the objects, not the members */
/* The value as a word for people and events: "running", "2", "yes"; "unknown" when it is not known. Borrowed or in a. */
const char *field_text(const struct field *f, const void *object, struct arena *a);
#endif
