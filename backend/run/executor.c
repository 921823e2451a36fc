#include "run/executor.h"

void executor_see(struct executor *x, struct snapshot *s) {
  if (x && x->class->see) x->class->see(x, s);
}

const char *executor_way(struct executor *x, const char *host) { return x->class->way(x, host); }

void executor_free(struct executor *x) {
  if (x) x->class->free(x);
}
