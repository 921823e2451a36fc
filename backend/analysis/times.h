/* How long things take, by the configuration: what FACTS of clusters have shown, as formulas. Seconds; UNKNOWN_INT when a
 * part is not known. */
#ifndef ANALYSIS_TIMES_H
#define ANALYSIS_TIMES_H
#include "model/snapshot.h"

/* A dead client's locks on a volume, as measured: max(tcp-user-timeout, keepalive-time + interval); without the former
 * keepalive-time + interval x count. By its options as they are set; they hold for clients that have connected since. */
int64_t lock_release_seconds(const struct volume_view *v);
int64_t stall_seconds(const struct volume_view *v);     /* of a writer when a brick's host dies silently, at most: 2 x ping-timeout */
int64_t detection_seconds(const struct snapshot *s);    /* until a dead node has left: token + consensus */
/* Of a host that hangs, its locks live until its fence device cuts its power: so long from then on until a disk of it is opened on another host,
 * at the least, ms. Pacemaker waits for what the agent waits: power_wait, and when it is told to reboot once more with the power back. Of
 * an agent whose waiting is not known: as if it did not wait. */
int64_t fenced_to_start_ms(const struct snapshot *s, const char *host);
int64_t failover_seconds(const struct snapshot *s, const struct domain_view *d); /* from the death of its host to its start elsewhere */
#endif
