/* The columns that an operator chose: read from the configuration, kept from one run to the next in the state directory. */
#ifndef VIEWS_COLUMNS_KEPT_H
#define VIEWS_COLUMNS_KEPT_H
#include "base/config.h"
#include "views/screen/app.h"

/* What [columns] says that cannot be is added to the configuration's warnings, with file and line. */
void columns_check(struct config *c);
void columns_configure(const struct config *c, struct app *a);
/* state_dir: of the file; NULL: nothing is kept. A file that is not there, or says nothing of use, changes nothing. */
void columns_restore(const char *state_dir, struct app *a);
int columns_keep(const char *state_dir, const struct app *a, struct err *e);
#endif
