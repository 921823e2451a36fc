/* Counters into rates. Pure. A counter that was not read, that went backwards (the domain was started again, moved) or
 * a span too short give "not known", never a guess. What is printed is rounded and settles: the stream is to be quiet
 * when nothing happens. */
#ifndef SOURCES_LIBVIRT_RATE_H
#define SOURCES_LIBVIRT_RATE_H
#include <stdint.h>

/* A second's worth of a counter, between two readings span_us apart; UNKNOWN_INT. */
int64_t counter_rate(int64_t before, int64_t now, int64_t span_us);
/* Percent that used nanoseconds are of what was there, capacity (1 for one CPU) CPUs over span_us; NaN. */
double cpu_percent(int64_t before_ns, int64_t now_ns, int64_t span_us, int64_t cpus);
/* Two significant digits: 1234567 is 1200000. What was printed stays while the rate is within a tenth of it. */
int64_t settled_rate(int64_t printed, int64_t now);
/* Nearest multiple of step, but what was printed stays as long as the new value is within three quarters of a step of
 * it: a value on the edge does not flap. */
double settled_percent(double printed, double now);
int64_t settled_bytes(int64_t printed, int64_t now, int64_t step);
#endif
