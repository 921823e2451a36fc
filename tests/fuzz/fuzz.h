/* What the fuzz targets share. A target is target_NAME.c: target() takes bytes from outside, hands them to a parser, and
 * says what must hold of the result besides that nothing crashes; target_setup() is what it needs once. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H
#include "base/arena.h"
#include "base/str.h"
#include "model/shape.h"
#include <stdint.h>

void target_setup(void);
void target(const uint8_t *data, size_t len);
/* True for one input in DEAR, always the same ones: what costs more than the parser (a fact printed, taken and printed
 * again, secrets planted) is then looked at too. With FUZZ_PLAIN (memory.c) it is for all. */
enum { DEAR = 8 };
bool input_is_dear(void);

/* What the engine calls. */
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
/* The engine's own mutation; a target may put one that knows its format before it. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t max, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t len, size_t max);

/* Ends the program with the sentence when it does not hold: a finding. */
#define MUST(holds, ...) ((holds) ? (void)0 : must_fail(__FILE__, __LINE__, __VA_ARGS__))
_Noreturn void must_fail(const char *file, int line, const char *format, ...) PRINTF(3, 4);

/* The input as a string of its own that ends with a NUL and stands in memory of exactly its size. mem_free(). */
char *input_text(const uint8_t *data, size_t len);

void must_be_json(const char *text, size_t len);
/* Nothing that a terminal would obey, no character that is not seen; newlines are fine. */
void must_be_harmless(const char *text, size_t len);
/* The fact as the source would print it: it must be a line the console takes, and one that says the same when it is
 * printed again. Returns the line, mem_free(). */
char *must_travel(const char *kind, const char *key, const void *fact);
void travels(const char *kind, const char *key, const void *fact); /* the same of dear inputs, and no line */

/* ---- mutations that keep the format (mutate.c, xml.c) ---- */
size_t mutate_lines_of_json(uint8_t *data, size_t len, size_t max, unsigned seed);
size_t mutate_xml(uint8_t *data, size_t len, size_t max, unsigned seed);
unsigned draw(unsigned *seed, unsigned below);                            /* 0 .. below - 1 */
void new_text(char out[256], const char *old, unsigned *seed);            /* one that parsers trip over, or the old one changed */
size_t put_back(uint8_t *data, size_t max, const char *text, size_t len); /* 0 when there is no room */

/* ---- libxml2 (xml.c) ---- */
void xml_setup(void);  /* for target_setup(): its memory is of the execution, too */
void xml_settle(void); /* at the end of an execution: what it kept to explain the last error */

/* ---- secrets (xml.c) ---- */
#define SECRET "S3CRET"
/* The document with SECRET put where one could stand, and nowhere else: in each attribute of the given names, and in the
 * value of each nvpair that `secret` says is one (set: the element around it). NULL when it is no XML. mem_free(). */
typedef bool secret_fn(const char *set, const char *nvpair);
char *plant_in_xml(const uint8_t *data, size_t len, const char *const *attributes, secret_fn *secret, size_t *ret_len);
#endif
