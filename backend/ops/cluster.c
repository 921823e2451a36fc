#include "ops/operation.h"

const struct operation cluster_operations[] = {
    {.name = NULL},
};
