#include "ops/operation.h"

const struct operation host_operations[] = {
    {.name = NULL},
};
