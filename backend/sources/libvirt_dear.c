#include "sources/libvirt_dear.h"
#include "base/clock.h"
#include "base/mem.h"
#include <errno.h>
#include <pthread.h>
#include <unistd.h>

/* NOWAIT: a domain that something else holds (a migration) gives what it gives at once. It is no help against an
 * emulator that waits for its disk. */
static void read_load(struct dear_answer *a) {
  const unsigned groups = VIR_DOMAIN_STATS_CPU_TOTAL | VIR_DOMAIN_STATS_BALLOON | VIR_DOMAIN_STATS_BLOCK | VIR_DOMAIN_STATS_INTERFACE;
  const unsigned flags = VIR_CONNECT_GET_ALL_DOMAINS_STATS_ACTIVE | VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT;
  a->load_count = virConnectGetAllDomainStats(a->connection, groups, &a->load, flags);
}

static void read_jobs(struct dear_answer *a) {
  for (size_t i = 0; i < a->job_count; i++) {
    struct dear_job *j = &a->jobs[i];
    if (virDomainGetJobStats(j->domain, &j->type, &j->params, &j->count, 0)) j->type = -1;
  }
}

static void *answer(void *call) {
  struct dear_answer *a = call;
  if (a->kind == DEAR_LOAD) read_load(a);
  else read_jobs(a);
  a->given_us = clock_mono_us();
  if (write(a->pipe, &a, sizeof a) != sizeof a) dear_free(a); /* so short a write is whole or not at all */
  return NULL;
}

static int ask(struct dear_answer *a) {
  pthread_attr_t detached;
  pthread_t thread;
  virConnectRef(a->connection);
  a->asked_us = clock_mono_us();
  pthread_attr_init(&detached);
  pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
  int error = pthread_create(&thread, &detached, answer, a);
  pthread_attr_destroy(&detached);
  if (error) dear_free(a);
  return -error;
}

int dear_ask_load(virConnectPtr c, int pipe) {
  struct dear_answer *a = mem_alloc(sizeof *a);
  *a = (struct dear_answer){.kind = DEAR_LOAD, .connection = c, .pipe = pipe, .load_count = -1};
  return ask(a);
}

int dear_ask_jobs(virConnectPtr c, struct dear_job *jobs, size_t count, int pipe) {
  struct dear_answer *a = mem_alloc(sizeof *a);
  *a = (struct dear_answer){.kind = DEAR_JOBS, .connection = c, .pipe = pipe, .load_count = -1, .jobs = jobs, .job_count = count};
  return ask(a);
}

struct dear_answer *dear_take(int pipe) {
  struct dear_answer *a;
  return read(pipe, &a, sizeof a) == sizeof a ? a : NULL;
}

void dear_free(struct dear_answer *a) {
  if (a->load_count >= 0) virDomainStatsRecordListFree(a->load);
  for (size_t i = 0; i < a->job_count; i++) {
    virTypedParamsFree(a->jobs[i].params, a->jobs[i].count);
    virDomainFree(a->jobs[i].domain);
  }
  mem_free(a->jobs);
  virConnectClose(a->connection);
  mem_free(a);
}
