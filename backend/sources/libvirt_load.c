#include "sources/libvirt_load.h"
#include "sources/libvirt_rate.h"
#include "sources/libvirt_words.h"
#include <math.h>
#include <string.h>

enum { MEMORY_STEP = 16 << 20, SWEEP = 64, NODE_STATS_MAX = 64 };

void load_init(struct load_reader *l) {
  *l = (struct load_reader){.host_busy_ns = UNKNOWN_INT, .host_total_ns = UNKNOWN_INT, .printed_memory = UNKNOWN_INT, .printed_cpu = NAN};
}

void load_drop(struct load_reader *l) {
  mem_free(l->item);
  load_init(l);
}

static void read_host_cpu(struct load_reader *l, virConnectPtr c, struct libvirt_load *ret) {
  int n = 0;
  virNodeCPUStats stats[NODE_STATS_MAX];
  int64_t idle = 0, total = 0;
  if (virNodeGetCPUStats(c, VIR_NODE_CPU_STATS_ALL_CPUS, NULL, &n, 0) || n < 1 || n > NODE_STATS_MAX) return;
  if (virNodeGetCPUStats(c, VIR_NODE_CPU_STATS_ALL_CPUS, stats, &n, 0)) return;
  for (int i = 0; i < n; i++) {
    const char *field = stats[i].field;
    bool waits = !strcmp(field, VIR_NODE_CPU_STATS_IDLE) || !strcmp(field, VIR_NODE_CPU_STATS_IOWAIT);
    if (!waits && strcmp(field, VIR_NODE_CPU_STATS_KERNEL) && strcmp(field, VIR_NODE_CPU_STATS_USER) && strcmp(field, VIR_NODE_CPU_STATS_INTR))
      continue;
    total += (int64_t)stats[i].value;
    if (waits) idle += (int64_t)stats[i].value;
  }
  int64_t busy = total - idle;
  /* The sum of all is the span itself, in ns of CPU: no clock of ours is needed. */
  double now = cpu_percent(l->host_busy_ns, busy, l->host_total_ns < 0 ? 0 : (total - l->host_total_ns) / 1000, 1);
  ret->cpu_percent = l->printed_cpu = settled_percent(l->printed_cpu, now);
  l->host_busy_ns = busy;
  l->host_total_ns = total;
}

static void read_host_memory(struct load_reader *l, virConnectPtr c, struct libvirt_load *ret) {
  int n = 0;
  virNodeMemoryStats stats[NODE_STATS_MAX];
  int64_t used = UNKNOWN_INT, spare = 0;
  if (virNodeGetMemoryStats(c, VIR_NODE_MEMORY_STATS_ALL_CELLS, NULL, &n, 0) || n < 1 || n > NODE_STATS_MAX) return;
  if (virNodeGetMemoryStats(c, VIR_NODE_MEMORY_STATS_ALL_CELLS, stats, &n, 0)) return;
  for (int i = 0; i < n; i++) {
    const char *field = stats[i].field;
    if (stats[i].value > INT64_MAX / 4096) return;
    int64_t bytes = (int64_t)stats[i].value * 1024;
    if (!strcmp(field, VIR_NODE_MEMORY_STATS_TOTAL)) used = bytes;
    else if (!strcmp(field, VIR_NODE_MEMORY_STATS_FREE) || !strcmp(field, VIR_NODE_MEMORY_STATS_BUFFERS) ||
             !strcmp(field, VIR_NODE_MEMORY_STATS_CACHED))
      spare += bytes;
  }
  if (used == UNKNOWN_INT) return;
  used = used > spare ? used - spare : 0;
  ret->memory_used = l->printed_memory = settled_bytes(l->printed_memory, used, MEMORY_STEP);
}

static int64_t as_int(const virTypedParameter *p) {
  switch (p->type) {
  case VIR_TYPED_PARAM_ULLONG: return p->value.ul <= INT64_MAX ? (int64_t)p->value.ul : UNKNOWN_INT;
  case VIR_TYPED_PARAM_LLONG: return p->value.l;
  case VIR_TYPED_PARAM_UINT: return p->value.ui;
  case VIR_TYPED_PARAM_INT: return p->value.i;
  default: return UNKNOWN_INT;
  }
}

static void sum(int64_t *total, int64_t value) {
  if (value < 0) return;
  if (*total < 0) *total = 0;
  if (__builtin_add_overflow(*total, value, total)) *total = UNKNOWN_INT;
}

/* Disks and interfaces are summed: "block.0.rd.bytes", "net.1.tx.bytes". */
static void take_counters(const virDomainStatsRecord *r, struct load_sample *s, int64_t *ret_memory) {
  int64_t rss = UNKNOWN_INT, current = UNKNOWN_INT;
  for (int i = 0; i < r->nparams; i++) {
    const virTypedParameter *p = &r->params[i];
    int64_t value = as_int(p);
    if (!strcmp(p->field, "cpu.time")) s->cpu_ns = value;
    else if (!strcmp(p->field, "balloon.rss")) rss = value;
    else if (!strcmp(p->field, "balloon.current")) current = value;
    else if (str_starts(p->field, "block.") && str_ends(p->field, ".rd.bytes")) sum(&s->read_bytes, value);
    else if (str_starts(p->field, "block.") && str_ends(p->field, ".wr.bytes")) sum(&s->write_bytes, value);
    else if (str_starts(p->field, "net.") && str_ends(p->field, ".rx.bytes")) sum(&s->receive_bytes, value);
    else if (str_starts(p->field, "net.") && str_ends(p->field, ".tx.bytes")) sum(&s->send_bytes, value);
  }
  int64_t kib = rss > 0 ? rss : current;
  *ret_memory = kib >= 0 && kib < INT64_MAX / 1024 ? kib * 1024 : UNKNOWN_INT;
}

/* A daemon that may not use control groups leaves CPU time out of the bulk, but knows it from /proc. */
static void take_cpu_time(virDomainPtr d, struct load_sample *s) {
  virDomainInfo info;
  if (s->cpu_ns == UNKNOWN_INT && !virDomainGetInfo(d, &info) && info.cpuTime && info.cpuTime <= INT64_MAX) s->cpu_ns = (int64_t)info.cpuTime;
}

static const struct load_sample *before(const struct load_reader *l, const char *uuid) {
  for (size_t i = 0; i < l->count; i++)
    if (!strcmp(l->item[i].uuid, uuid)) return &l->item[i];
  return NULL;
}

static struct load_sample no_sample(void) {
  struct load_sample s = {
      .cpu_ns = UNKNOWN_INT, .read_bytes = UNKNOWN_INT, .write_bytes = UNKNOWN_INT, .receive_bytes = UNKNOWN_INT, .send_bytes = UNKNOWN_INT};
  shape_init(&libvirt_load_domain_shape, &s.printed);
  return s;
}

static void read_one(const struct load_reader *l, const virDomainStatsRecord *r, const struct known_domain *d, int64_t at_us, struct load_sample *s) {
  const struct load_sample none = no_sample(), *old = before(l, d->uuid);
  if (!old) old = &none;
  const struct libvirt_load_domain *was = &old->printed;
  int64_t memory;
  *s = none;
  strcpy(s->uuid, d->uuid);
  s->at_us = at_us;
  take_counters(r, s, &memory);
  take_cpu_time(r->dom, s);
  int64_t span = s->at_us - old->at_us;
  s->printed = (struct libvirt_load_domain){
      .name = d->fact.name,
      .cpu_percent = settled_percent(was->cpu_percent, cpu_percent(old->cpu_ns, s->cpu_ns, span, d->fact.vcpus)),
      .memory_used = settled_bytes(was->memory_used, memory, MEMORY_STEP),
      .read_bytes_s = settled_rate(was->read_bytes_s, counter_rate(old->read_bytes, s->read_bytes, span)),
      .write_bytes_s = settled_rate(was->write_bytes_s, counter_rate(old->write_bytes, s->write_bytes, span)),
      .receive_bytes_s = settled_rate(was->receive_bytes_s, counter_rate(old->receive_bytes, s->receive_bytes, span)),
      .send_bytes_s = settled_rate(was->send_bytes_s, counter_rate(old->send_bytes, s->send_bytes, span)),
  };
}

static int by_name(const void *a, const void *b) {
  const struct libvirt_load_domain *x = a, *y = b;
  return str_order(x->name, y->name);
}

static void read_domains(struct load_reader *l, struct known_domains *k, const struct dear_answer *answer, struct arena *a,
                         struct libvirt_load *ret) {
  if (answer->load_count < 0) return;
  struct load_sample *samples = mem_alloc(sizeof *samples * (size_t)(answer->load_count ? answer->load_count : 1));
  size_t count = 0;
  for (int i = 0; i < answer->load_count; i++) {
    char uuid[VIR_UUID_STRING_BUFLEN];
    const virDomainStatsRecord *r = answer->load[i];
    const struct known_domain *d = virDomainGetUUIDString(r->dom, uuid) ? NULL : domains_find(k, uuid);
    if (!d || !d->active) continue;
    read_one(l, r, d, answer->given_us, &samples[count]);
    *(struct libvirt_load_domain *)list_add(a, &ret->domains, &libvirt_load_domain_shape) = samples[count++].printed;
  }
  mem_free(l->item);
  l->item = samples;
  l->count = count;
  if (ret->domains.count) qsort(ret->domains.item, ret->domains.count, sizeof *ret->domains.item, by_name);
}

void load_read(struct load_reader *l, struct known_domains *k, const struct dear_answer *answer, struct arena *a, struct libvirt_load *ret) {
  shape_init(&libvirt_load_shape, ret);
  read_host_cpu(l, answer->connection, ret);
  read_host_memory(l, answer->connection, ret);
  read_domains(l, k, answer, a, ret);
}

static int64_t job_number(virTypedParameterPtr params, int n, const char *name) {
  unsigned long long value;
  return virTypedParamsGetULLong(params, n, name, &value) == 1 && value <= INT64_MAX ? (int64_t)value : UNKNOWN_INT;
}

struct dear_job *jobs_wanted(struct known_domains *k, bool sweep, size_t *sweep_at, size_t *ret_count) {
  struct dear_job *jobs = NULL;
  *ret_count = 0;
  for (size_t n = 0, swept = 0; sweep && n < k->count && swept < SWEEP; n++) {
    struct known_domain *d = k->item[(*sweep_at)++ % k->count];
    swept += d->active;
    d->watched = true;
  }
  for (size_t i = 0; i < k->count; i++) {
    struct known_domain *d = k->item[i];
    bool wanted = d->active && (d->watched || d->has_job);
    d->watched = false;
    if (!d->active) d->has_job = false;
    if (!wanted) continue;
    jobs = mem_grow(jobs, *ret_count + 1, sizeof *jobs);
    jobs[(*ret_count)++] = (struct dear_job){.domain = d->handle, .type = -1};
    virDomainRef(d->handle);
  }
  return jobs;
}

static void take_job(struct known_domain *d, const struct dear_job *j) {
  int operation = 0;
  d->has_job = d->active && (j->type == VIR_DOMAIN_JOB_BOUNDED || j->type == VIR_DOMAIN_JOB_UNBOUNDED);
  if (!d->has_job) return;
  shape_init(&libvirt_job_shape, &d->job);
  virTypedParamsGetInt(j->params, j->count, VIR_DOMAIN_JOB_OPERATION, &operation);
  d->job.type = job_word(operation);
  d->job.elapsed_ms = job_number(j->params, j->count, VIR_DOMAIN_JOB_TIME_ELAPSED);
  d->job.total = job_number(j->params, j->count, VIR_DOMAIN_JOB_DATA_TOTAL);
  d->job.remaining = job_number(j->params, j->count, VIR_DOMAIN_JOB_DATA_REMAINING);
  d->job.rate = job_number(j->params, j->count, VIR_DOMAIN_JOB_MEMORY_BPS);
  int64_t pages = job_number(j->params, j->count, VIR_DOMAIN_JOB_MEMORY_DIRTY_RATE), size = job_number(j->params, j->count, VIR_DOMAIN_JOB_MEMORY_PAGE_SIZE);
  if (pages >= 0 && size > 0 && pages < INT64_MAX / size) d->job.dirty_rate = pages * size; /* libvirt gives it once a round was made */
}

void jobs_take(struct known_domains *k, const struct dear_answer *answer) {
  for (size_t i = 0; i < answer->job_count; i++) {
    char uuid[VIR_UUID_STRING_BUFLEN];
    struct known_domain *d = virDomainGetUUIDString(answer->jobs[i].domain, uuid) ? NULL : domains_find(k, uuid);
    if (d) take_job(d, &answer->jobs[i]);
  }
}

bool jobs_any(const struct known_domains *k) {
  for (size_t i = 0; i < k->count; i++)
    if (k->item[i]->has_job) return true;
  return false;
}

void jobs_fact(const struct known_domains *k, struct arena *a, struct libvirt_jobs *ret) {
  shape_init(&libvirt_jobs_shape, ret);
  for (size_t i = 0; i < k->count; i++) {
    if (!k->item[i]->has_job) continue;
    struct libvirt_job *job = list_add(a, &ret->jobs, &libvirt_job_shape);
    *job = k->item[i]->job;
    job->name = k->item[i]->fact.name;
  }
}
