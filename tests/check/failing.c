/* Preloaded into a program: its Nth allocation, or its Nth reading, fails. Only what the program itself, jansson and libxml2
 * ask for counts: other libraries have their own ways of ending.
 *   FAIL_ALLOC=N              there is no memory for the Nth, once
 *   FAIL_READ=N FAIL_AS=HOW   eio: every reading from the Nth on; eintr: the Nth; end: as if there were no more from there on;
 *                             short: from there on a byte at a time
 *   FAIL_COUNT=FILE           "ALLOCATIONS READINGS", at the end
 * In the program of the name FAIL_IN alone: not in those that it starts. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { RANGES = 8, EARLY = 1 << 16 };
static struct { uintptr_t from, to; } range[RANGES];
static size_t ranges;
static unsigned long allocations, readings, fail_alloc, fail_read;
static const char *how = "eio", *count_in;
static bool armed;
static void *(*real_malloc)(size_t), *(*real_calloc)(size_t, size_t), *(*real_realloc)(void *, size_t);
static ssize_t (*real_read)(int, void *, size_t), (*real_pread)(int, void *, size_t, off_t), (*real_recv)(int, void *, size_t, int);
static size_t (*real_fread)(void *, size_t, size_t, FILE *);
static char *(*real_fgets)(char *, int, FILE *);
static char early[EARLY]; /* what dlsym() itself asks for */
static size_t early_used;

static int note(struct dl_phdr_info *info, size_t size, void *owner) {
  (void)size, (void)owner;
  const char *name = info->dlpi_name;
  bool ours = !*name || strstr(name, "libjansson") || strstr(name, "libxml2");
  for (int i = 0; ours && i < info->dlpi_phnum && ranges < RANGES; i++)
    if (info->dlpi_phdr[i].p_type == PT_LOAD && (info->dlpi_phdr[i].p_flags & PF_X)) {
      range[ranges].from = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
      range[ranges].to = range[ranges].from + info->dlpi_phdr[i].p_memsz;
      ranges++;
    }
  return 0;
}

static bool ours(const void *caller) {
  if (!armed) return false;
  for (size_t i = 0; i < ranges; i++)
    if ((uintptr_t)caller >= range[i].from && (uintptr_t)caller < range[i].to) return true;
  return false;
}

static void find(void *to, const char *name) {
  void *found = dlsym(RTLD_NEXT, name);
  memcpy(to, &found, sizeof found);
}

static void resolve(void) {
  static bool busy;
  if (real_read || busy) return;
  busy = true; /* what is asked for meanwhile is early */
  find(&real_calloc, "calloc"), find(&real_malloc, "malloc"), find(&real_realloc, "realloc");
  find(&real_pread, "pread"), find(&real_recv, "recv"), find(&real_fread, "fread"), find(&real_fgets, "fgets"), find(&real_read, "read");
}

static void tell(void) {
  char text[64];
  int fd = open(count_in, O_WRONLY | O_CREAT | O_TRUNC, 0600), n = snprintf(text, sizeof text, "%lu %lu\n", allocations, readings);
  if (fd >= 0 && write(fd, text, (size_t)n) == n) close(fd);
}

void _exit(int code) {
  if (armed && count_in) tell();
  for (;;) syscall(SYS_exit_group, code);
}

__attribute__((constructor)) static void begin(void) {
  const char *a = getenv("FAIL_ALLOC"), *r = getenv("FAIL_READ"), *as = getenv("FAIL_AS"), *in = getenv("FAIL_IN");
  resolve();
  if (in && strcmp(in, program_invocation_short_name)) return;
  dl_iterate_phdr(note, NULL);
  fail_alloc = a ? strtoul(a, NULL, 10) : 0;
  fail_read = r ? strtoul(r, NULL, 10) : 0;
  if (as) how = as;
  count_in = getenv("FAIL_COUNT");
  if (count_in) atexit(tell);
  armed = true;
}

static bool no_memory(const void *caller) { return ours(caller) && ++allocations == fail_alloc; }

static void *at_first(size_t size) {
  size_t at = (early_used + 15) & ~(size_t)15;
  early_used = at + size;
  return early_used <= EARLY ? early + at : NULL;
}

static bool is_early(const void *p) { return (const char *)p >= early && (const char *)p < early + EARLY; }

void *malloc(size_t size) {
  resolve();
  if (!real_malloc) return at_first(size);
  return no_memory(__builtin_return_address(0)) ? NULL : real_malloc(size);
}

void *calloc(size_t count, size_t one) {
  resolve();
  if (!real_calloc) return at_first(count * one);
  return no_memory(__builtin_return_address(0)) ? NULL : real_calloc(count, one);
}

void *realloc(void *old, size_t size) {
  if (is_early(old)) {
    void *p = real_malloc ? real_malloc(size) : at_first(size);
    return p ? memcpy(p, old, size) : p;
  }
  return no_memory(__builtin_return_address(0)) ? NULL : real_realloc(old, size);
}

void free(void *p) {
  static void (*real)(void *);
  if (is_early(p)) return;
  if (!real) find(&real, "free");
  if (real) real(p);
}

/* Signals, timers and changes of files come by what has no kind: the kernel's own words are not what is doubted here. */
static bool is_bytes(int fd) {
  struct stat st;
  return fd < 0 || (!fstat(fd, &st) && (st.st_mode & S_IFMT));
}

/* -2: as it is; else the answer, and errno. *len may become less. */
static ssize_t misread(const void *caller, int fd, size_t *len) {
  if (!ours(caller) || !is_bytes(fd)) return -2;
  readings++;
  if (!fail_read || readings < fail_read) return -2;
  if (!strcmp(how, "short")) {
    if (*len) *len = 1;
    return -2;
  }
  if (!strcmp(how, "end")) return 0;
  if (!strcmp(how, "eintr")) {
    if (readings > fail_read) return -2;
    errno = EINTR;
    return -1;
  }
  errno = EIO;
  return -1;
}

ssize_t read(int fd, void *to, size_t len) {
  resolve();
  ssize_t n = misread(__builtin_return_address(0), fd, &len);
  return n != -2 ? n : real_read(fd, to, len);
}

ssize_t __read_chk(int fd, void *to, size_t len, size_t room);
ssize_t __read_chk(int fd, void *to, size_t len, size_t room) {
  (void)room;
  ssize_t n = misread(__builtin_return_address(0), fd, &len);
  return n != -2 ? n : real_read(fd, to, len);
}

ssize_t pread(int fd, void *to, size_t len, off_t at) {
  ssize_t n = misread(__builtin_return_address(0), fd, &len);
  return n != -2 ? n : real_pread(fd, to, len, at);
}

ssize_t recv(int fd, void *to, size_t len, int flags) {
  ssize_t n = flags & MSG_TRUNC ? -2 : misread(__builtin_return_address(0), fd, &len);
  return n != -2 ? n : real_recv(fd, to, len, flags);
}

/* A stream: a reading that fails is its error, as the C library would have it. */
static bool stream_fails(const void *caller, FILE *f) {
  size_t len = 0;
  if (!strcmp(how, "short") || !strcmp(how, "eintr")) return false; /* the C library's own to put right */
  ssize_t n = misread(caller, -1, &len);
  if (n == -1) f->_flags |= 0x20; /* _IO_ERR_SEEN */
  return n != -2;
}

size_t fread(void *to, size_t one, size_t count, FILE *f) { return stream_fails(__builtin_return_address(0), f) ? 0 : real_fread(to, one, count, f); }
char *fgets(char *to, int room, FILE *f) { return stream_fails(__builtin_return_address(0), f) ? NULL : real_fgets(to, room, f); }
