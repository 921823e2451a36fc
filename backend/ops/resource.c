#include "ops/operation.h"

const struct operation resource_operations[] = {
    {.name = NULL},
};
