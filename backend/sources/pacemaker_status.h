/* What crm_mon says, as facts. Pure: bytes in, facts in an arena out. */
#ifndef SOURCES_PACEMAKER_STATUS_H
#define SOURCES_PACEMAKER_STATUS_H
#include "base/arena.h"
#include "base/err.h"
#include "model/facts.h"
#include "sources/pacemaker_xml.h"

struct pacemaker_status {
  struct pcmk_cluster cluster;
  struct pcmk_nodes nodes;
  struct pcmk_resources resources;
  struct pcmk_failures failures;
  struct pcmk_fencing fencing;
  bool all_offline; /* there are nodes, and none of them is online */
};

/* The root may be <pacemaker-result> (2.0.3 and later) or <crm_mon> (before). An answer that carries errors, or has no
 * list of nodes, is a failure whatever the tool's exit code was: -ENOTCONN pacemaker does not run here, -EACCES the
 * reader may not, -EPROTO anything else, -EBADMSG, -E2BIG no XML; e holds a sentence. */
int pacemaker_status_parse(const char *bytes, size_t len, struct arena *a, struct pacemaker_status *ret, struct err *e);

/* The resources below <resources>, as crm_mon and crm_simulate print them; NULL: none. */
void pacemaker_resources_read(const xml_node *resources, struct arena *a, struct pcmk_resources *ret);

/* The same classes, for a tool that failed without XML: its exit code and what it said on stderr. */
int pacemaker_failure(int exit_code, const char *said, struct err *e);

/* "test01" of "test01_monitor_10000"; in a. */
const char *pacemaker_operation_resource(const char *key, const char *task, struct arena *a);
/* True for a text that may hold a password: such a one goes into no fragment. */
bool pacemaker_secret_text(const char *text);
#endif
