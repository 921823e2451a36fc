/* Words for what libvirt says in numbers: states, reasons, jobs, and the ways a connection fails. Numbers that this
 * version does not know have a word too ("unknown"), for newer daemons. No function here calls the library. */
#ifndef SOURCES_LIBVIRT_WORDS_H
#define SOURCES_LIBVIRT_WORDS_H
#include "model/facts.h"
#include "sources/libvirt_uri.h"

/* virsh's words, but "shutoff" for "shut off" and "blocked" (waits for a resource) for "idle". Never NULL. */
const char *domain_state_word(int state);
/* virsh domstate --reason: "booted", "I/O error", "migration" is "migrating". Never NULL. */
const char *domain_reason_word(int state, int reason);
/* VIR_DOMAIN_JOB_OPERATION_*: "migration out", "save", ... Never NULL. */
const char *job_word(int operation);

enum { SENTENCE_MAX = 384 };
/* Why an open failed, for the operator. code: virErrorPtr's; system_errno: its int1 for a system error, else 0; message:
 * the library's own; local_daemon: whether there is any trace of libvirt on this machine. Fills text, SENTENCE_MAX. */
enum source_state open_failure(int code, int system_errno, const char *message, const struct libvirt_address *to, bool local_daemon, char *text);
#endif
