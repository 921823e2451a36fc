/* Rows of copy_operations (copies.c): the configuration as a whole, copied at will, and the support bundle. */
#ifndef OPS_KEEPING_H
#define OPS_KEEPING_H
#include "ops/operation.h"

extern const struct operation_argument export_arguments[], bundle_arguments[];
void survey_export(struct planning *p);
void plan_export(struct planning *p);
void plan_bundle(struct planning *p);
#endif
