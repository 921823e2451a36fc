#include "ops/operation.h"

const struct operation node_operations[] = {
    {.name = NULL},
};
