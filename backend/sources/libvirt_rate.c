#include "sources/libvirt_rate.h"
#include "model/shape.h"
#include <math.h>

enum { SPAN_MIN_US = 200000 };

static bool usable(int64_t before, int64_t now, int64_t span_us) { return before >= 0 && now >= before && span_us >= SPAN_MIN_US; }

int64_t counter_rate(int64_t before, int64_t now, int64_t span_us) {
  if (!usable(before, now, span_us)) return UNKNOWN_INT; /* UNKNOWN_INT itself is negative */
  double rate = (double)(now - before) * 1e6 / (double)span_us;
  return rate < 9e18 ? (int64_t)rate : UNKNOWN_INT;
}

double cpu_percent(int64_t before_ns, int64_t now_ns, int64_t span_us, int64_t cpus) {
  if (!usable(before_ns, now_ns, span_us) || cpus < 1) return NAN;
  double percent = (double)(now_ns - before_ns) / ((double)span_us * 10 * (double)cpus); /* ns per us, times 100 */
  return percent > 100 ? 100 : percent;                                                  /* the two clocks are not read at the same instant */
}

int64_t settled_rate(int64_t printed, int64_t rate) {
  int64_t unit = 1;
  if (printed > 0 && rate >= 0 && (printed > rate ? printed - rate : rate - printed) <= printed / 10) return printed;
  if (rate < 100) return rate;
  while (rate / unit >= 100) unit *= 10;
  return (rate / unit + (rate % unit >= unit / 2 && unit > 1)) * unit;
}

double settled_percent(double printed, double now) {
  if (isnan(now)) return NAN;
  return !isnan(printed) && fabs(now - printed) < 0.75 ? printed : round(now);
}

int64_t settled_bytes(int64_t printed, int64_t now, int64_t step) {
  if (now < 0) return UNKNOWN_INT;
  if (printed >= 0 && (printed > now ? printed - now : now - printed) < step / 4 * 3) return printed;
  return now > INT64_MAX - step ? now : (now + step / 2) / step * step;
}
