/* What each part of a command means, by one table: of any plan's argv, so that what is explained is what runs. */
#include "base/str.h"
#include "ops/guide.h"
#include <string.h>

/* program, the words that must have gone before (NULL: none), the word (a trailing * stands for any rest, "N" for any number), how
 * many more words belong to it, what it means. The first row that fits is it. */
static const struct meaning { const char *program, *after, *word; size_t more; const char *means; } meanings[] = {
    {"gluster", NULL, "--mode=script", 0, "asks nothing"},
    {"gluster", NULL, "--timeout=*", 0, "gives up after so many seconds"},
    {"gluster", NULL, "peer probe", 1, "asks that host into the pool"},
    {NULL, NULL, NULL, 0, NULL},
};

void explain(const struct texts *argv, struct arena *a, struct explanation *ret) {
  (void)argv, (void)a, (void)meanings;
  *ret = (struct explanation){{0}};
}
