#include "ops/operation.h"

const struct operation domain_operations[] = {
    {.name = NULL},
};
