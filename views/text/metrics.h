/* A snapshot as OpenMetrics text, for Prometheus. */
#ifndef TEXT_METRICS_H
#define TEXT_METRICS_H
#include "model/snapshot.h"
void print_metrics(const struct snapshot *s, struct str *out);
#endif
