/* The calls that may take as long as the storage they ask about. A domain's disk counters come from its emulator, and
 * while a brick's host is silent the emulator waits; its jobs wait for whoever asks it something. Measured: 6 s at a
 * ping-timeout of 5, by default it would be 42 to 84. Just then the states of the domains matter most, so each of these
 * two has a thread to wait in. The thread touches nothing of ours: it makes its calls, and hands the answer to the loop
 * through a pipe. */
#ifndef SOURCES_LIBVIRT_DEAR_H
#define SOURCES_LIBVIRT_DEAR_H
#include <libvirt/libvirt.h>
#include <stddef.h>
#include <stdint.h>

enum dear_kind { DEAR_LOAD, DEAR_JOBS, DEAR_KINDS };

struct dear_job {
  virDomainPtr domain; /* a reference */
  int type;            /* VIR_DOMAIN_JOB_*, < 0: refused */
  virTypedParameterPtr params;
  int count;
};

struct dear_answer {
  enum dear_kind kind;
  virConnectPtr connection;   /* a reference: as long as the answer is kept, no other connection has this address */
  int pipe;                   /* where to */
  int64_t asked_us, given_us; /* monotonic */
  virDomainStatsRecordPtr *load;
  int load_count; /* < 0: refused */
  struct dear_job *jobs;
  size_t job_count;
};

/* 0; -errno when there is no thread to be had. The answer comes as one pointer into pipe; of each kind no more than one
 * is asked for at a time. */
int dear_ask_load(virConnectPtr c, int pipe);
int dear_ask_jobs(virConnectPtr c, struct dear_job *jobs, size_t count, int pipe); /* jobs: domain set; taken over */
struct dear_answer *dear_take(int pipe);                                           /* waits for one; owned by the caller */
void dear_free(struct dear_answer *answer);
#endif
