/* The operator's own actions, on the screen: made at start of what the configuration says (ops/own.h), and their keys. */
#ifndef VIEWS_OWN_KEYS_H
#define VIEWS_OWN_KEYS_H
#include "views/command.h"

void own_configure(struct arguments *a); /* what is wrong is added to the configuration's warnings */
void own_forget(struct arguments *a);
#endif
