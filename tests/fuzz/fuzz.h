/* What the fuzz targets share. A target is target_NAME.c: one function that takes bytes from outside, hands them to a
 * parser, and says what must hold of the result besides that nothing crashes. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H
#include "base/arena.h"
#include "base/str.h"
#include "model/shape.h"
#include <stdint.h>

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
 * printed again. Returns the line; str_free() or mem_free() of it is the caller's. */
char *must_travel(const char *kind, const char *key, const void *fact);

/* ---- mutations that keep the format (mutate.c, xml.c) ---- */
size_t mutate_lines_of_json(uint8_t *data, size_t len, size_t max, unsigned seed);
size_t mutate_xml(uint8_t *data, size_t len, size_t max, unsigned seed);
unsigned draw(unsigned *seed, unsigned below);                            /* 0 .. below - 1 */
void new_text(char out[256], const char *old, unsigned *seed);            /* one that parsers trip over, or the old one changed */
size_t put_back(uint8_t *data, size_t max, const char *text, size_t len); /* 0 when there is no room */

/* ---- secrets (xml.c) ---- */
#define SECRET "S3CRET"
/* The document with SECRET put where one could stand, and nowhere else: in each attribute of the given names, and in the
 * value of each nvpair that `secret` says is one (set: the element around it). NULL when it is no XML. mem_free(). */
typedef bool secret_fn(const char *set, const char *nvpair);
char *plant_in_xml(const uint8_t *data, size_t len, const char *const *attributes, secret_fn *secret, size_t *ret_len);
#endif
