#include "ops/operation.h"

const struct operation gluster_operations[] = {
    {.name = NULL},
};
