/* Memory of one execution. The sanitizer's own allocator costs more than most parsers do, so while a parser runs,
 * everything it allocates (ours, jansson's, libxml2's) comes from one region, one thing after the other with poisoned
 * bytes between them. Nothing is used twice before the execution ends: a byte too far, a byte too early, anything read
 * after it was freed, freed twice or never freed ends the program at once, and no execution can see what the one before
 * left behind. FUZZ_PLAIN=1 in the environment leaves all to the sanitizer, which then says where a thing was allocated.
 * (This file itself is compiled without checks and without builtins: it writes where nobody may.) */
#include "tests/fuzz/memory.h"
#include "tests/fuzz/fuzz.h"
#include <jansson.h>
#include <string.h>
#include <sys/mman.h>

void __asan_get_shadow_mapping(size_t *shadow_scale, size_t *shadow_offset);

struct head { /* stands in the poisoned bytes before what is allocated */
  size_t size, state;
};
enum { REGION = 1 << 30, AHEAD = 1 << 20, KEPT = 32 << 20, EDGE = 16, MOST_EDGE = 512, GRAIN = 8, POISON = 0xFA, RUBBISH = 0xA5 };
static const size_t alive = 0xA11FEA11FE, freed = 0xDEADDEAD;

static struct {
  char *start;
  size_t used, poisoned, live, bytes, shadow;
  bool inside, plain;
} region;

static size_t round_up(size_t n, size_t to) { return (n + to - 1) / to * to; }
static unsigned char *shadow_of(const void *p) { return (unsigned char *)(((size_t)p >> 3) + region.shadow); }
static struct head *head_of(void *p) { return (struct head *)(void *)((char *)p - sizeof(struct head)); }
static bool ours(const void *p) { return region.start && (const char *)p >= region.start && (const char *)p < region.start + REGION; }

static void fill(void *to, size_t len, unsigned char with) {
  for (unsigned char *at = to, *end = at + len; at < end; at++) *at = with;
}

static void copy(void *to, const void *from, size_t len) {
  const unsigned char *in = from;
  unsigned char *out = to;
  for (size_t i = 0; i < len; i++) out[i] = in[i];
}

void memory_setup(void) {
  size_t scale;
  region.plain = getenv("FUZZ_PLAIN") != NULL;
  if (region.plain) return;
  __asan_get_shadow_mapping(&scale, &region.shadow);
  region.start = mmap(NULL, REGION, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  MUST(scale == 3 && region.start != MAP_FAILED, "the sanitizer has the shadow that is known here");
}

void memory_begin(void) { region.inside = !region.plain; }

void memory_end(void) {
  if (!region.inside) return;
  region.inside = false;
  if (region.live) {
    size_t at = EDGE;
    while (head_of(region.start + at)->state != alive) at += GRAIN;
    must_fail(__FILE__, __LINE__, "all is freed: %zu allocations are not, the first of %zu bytes (FUZZ_PLAIN=1 says where)", region.live,
              head_of(region.start + at)->size);
  }
  if (region.used > KEPT) madvise(region.start, region.used, MADV_DONTNEED);
  region.used = 0;
}

/* Far apart when it is large, as a write beyond an array may be by more than one byte. */
static size_t edge_of(size_t size) { return size <= 64 ? EDGE : size <= 512 ? 4 * EDGE : size <= 8192 ? 8 * EDGE : MOST_EDGE; }

static void *take(size_t size, unsigned char with) {
  if (size > REGION / 2 || region.used > REGION / 2) must_fail(__FILE__, __LINE__, "one input takes no more than half a GiB: %zu and %zu", region.used, size);
  size_t need = EDGE + round_up(size, EDGE) + edge_of(size);
  if (region.used + need > region.poisoned) {
    size_t more = round_up(region.used + need - region.poisoned, AHEAD);
    fill(shadow_of(region.start + region.poisoned), more / GRAIN, POISON);
    region.poisoned += more;
  }
  char *p = region.start + region.used + EDGE;
  unsigned char *shadow = shadow_of(p);
  fill(shadow, size / GRAIN, 0);
  if (size % GRAIN) shadow[size / GRAIN] = size % GRAIN;
  *head_of(p) = (struct head){size, alive};
  fill(p, size, with);
  region.used += need;
  region.live++;
  return p;
}

static void give_back(void *p) {
  struct head *h = head_of(p);
  if (h->state != alive) must_fail(__FILE__, __LINE__, h->state == freed ? "nothing is freed twice" : "only what was allocated is freed");
  h->state = freed;
  fill(shadow_of(p), (h->size + GRAIN - 1) / GRAIN, POISON);
  region.live--;
}

void *fuzz_malloc(size_t size) { return region.inside ? take(size, RUBBISH) : malloc(size); }

void *fuzz_calloc(size_t count, size_t one) {
  size_t size;
  if (!region.inside) return calloc(count, one);
  MUST(!__builtin_mul_overflow(count, one, &size), "a size is one");
  return take(size, 0);
}

void fuzz_free(void *p) {
  if (ours(p)) give_back(p);
  else free(p);
}

void *fuzz_realloc(void *p, size_t size) {
  if (!p) return fuzz_malloc(size);
  if (!ours(p)) return realloc(p, size);
  void *more = take(size, RUBBISH);
  size_t old = head_of(p)->size;
  copy(more, p, old < size ? old : size);
  give_back(p);
  return more;
}

char *fuzz_strdup(const char *s) {
  size_t len = strlen(s) + 1;
  char *more = fuzz_malloc(len);
  copy(more, s, len);
  return more;
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
  (void)argc, (void)argv;
  memory_setup();
  json_object_seed(1);
  json_set_alloc_funcs(fuzz_malloc, fuzz_free);
  target_setup();
  return 0;
}

/* Of some of its bytes: enough to choose by. */
static uint32_t hash(const uint8_t *data, size_t len) {
  uint32_t h = 2166136261u ^ (uint32_t)len;
  for (size_t i = 0, step = len / 64 + 1; i < len; i += step) h = (h ^ data[i]) * 16777619u;
  return h ^ h >> 15;
}

static bool dear;
bool input_is_dear(void) { return dear; }

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
  dear = region.plain || hash(data, len) % DEAR == 0;
  memory_begin();
  target(data, len);
  memory_end();
  return 0;
}
