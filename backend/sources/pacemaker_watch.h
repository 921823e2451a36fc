/* Who tells that the CIB changed: kvmconsole-cibwatch, started here and started again when it ends; or, where CIB_file
 * names a file, the kernel. Without either there is nobody, and the reader polls. */
#ifndef SOURCES_PACEMAKER_WATCH_H
#define SOURCES_PACEMAKER_WATCH_H
#include "base/loop.h"
#include "base/str.h"

enum cib_event { CIB_CONNECTED, CIB_STATUS_CHANGED, CIB_CONFIG_CHANGED, CIB_LOST, CIB_DAEMONS };
typedef void cib_event_fn(void *owner, enum cib_event event);

struct cib_watcher;
struct cib_watcher *cib_watcher_start(struct loop *l, cib_event_fn *fn, void *owner); /* owned by the caller */
bool cib_watcher_connected(const struct cib_watcher *w);                              /* NULL: no */
/* After CIB_DAEMONS, and as long as it holds: what does not answer, in words; "" when all do, as far as is known. Of other
 * nodes only those in online (" kvm01 kvm02 ", or NULL: none) count: who is off need not answer. True when one hangs. */
bool cib_watcher_trouble(const struct cib_watcher *w, const char *online, struct str *out);
void cib_watcher_free(struct cib_watcher *w);                                         /* NULL is fine */
#endif
