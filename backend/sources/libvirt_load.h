/* Rates of a host and its domains, and the jobs that run on domains. */
#ifndef SOURCES_LIBVIRT_LOAD_H
#define SOURCES_LIBVIRT_LOAD_H
#include "sources/libvirt_dear.h"
#include "sources/libvirt_domains.h"

struct load_sample { /* one domain's counters, and what was printed of it */
  char uuid[VIR_UUID_STRING_BUFLEN];
  int64_t at_us, cpu_ns, read_bytes, write_bytes, receive_bytes, send_bytes;
  struct libvirt_load_domain printed;
};

struct load_reader {
  struct load_sample *item;
  size_t count;
  int64_t host_busy_ns, host_total_ns, printed_memory; /* totals: UNKNOWN_INT before the first reading */
  double printed_cpu;
};

void load_init(struct load_reader *l);
void load_drop(struct load_reader *l);
/* answer: the domains' counters. cpu_percent of a domain is of all its virtual CPUs, of the host of all its CPUs. Never
 * fails: what was not given is not known. Names are borrowed from k. */
void load_read(struct load_reader *l, struct known_domains *k, const struct dear_answer *answer, struct arena *a, struct libvirt_load *ret);

/* The domains to ask about their jobs: those that are watched or have one; with sweep set, the next 64 active ones too
 * (a daemon tells of no job's beginning but a migration's). Owned by the caller, for dear_ask_jobs(); NULL: none. */
struct dear_job *jobs_wanted(struct known_domains *k, bool sweep, size_t *sweep_at, size_t *ret_count);
void jobs_take(struct known_domains *k, const struct dear_answer *answer);
bool jobs_any(const struct known_domains *k);
void jobs_fact(const struct known_domains *k, struct arena *a, struct libvirt_jobs *ret);
#endif
