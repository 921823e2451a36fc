/* Internal to the guide: what its steps' files share. A step's functions see the form as p->values, the answers as p->survey. */
#ifndef OPS_GUIDE_PARTS_H
#define OPS_GUIDE_PARTS_H
#include "ops/asked.h"
#include "ops/guide.h"
#include "ops/system.h"

struct guide_checking {
  struct guide_found *found;
  int64_t asked_ms;            /* how long ago the hosts were asked */
  const struct guide_look *look;
};

/* ---- evidence: of a host that was asked, of the cluster as a source reads it (layer), or of the cluster as a whole ---- */
void seen_good(struct planning *p, struct guide_checking *c, const char *host, const char *format, ...) PRINTF(4, 5);
void seen_bad(struct planning *p, struct guide_checking *c, const char *host, const char *format, ...) PRINTF(4, 5);
void seen_unclear(struct planning *p, struct guide_checking *c, const char *host, const char *format, ...) PRINTF(4, 5);
void seen_as(struct planning *p, struct guide_checking *c, bool good, const char *host, const char *yes, const char *no); /* one of both */
void read_as(struct planning *p, struct guide_checking *c, enum truth good, enum layer layer, const char *text); /* of a snapshot: as old as that source's word */
/* It was asked; else that is the evidence, and false. */
bool seen_asked(struct planning *p, struct guide_checking *c, const char *host, const char *id);

/* ---- the form ---- */
struct texts kvm_hosts(const struct planning *p), store_hosts(const struct planning *p), all_hosts(const struct planning *p);
int roles_in_form(const struct planning *p, const char *host); /* of enum system_role */
const char *disk_of(struct planning *p);      /* the domain's: as it is defined, else below the mount */
const char *shared_file(struct planning *p);  /* its shared definition */
struct texts layout_bricks(struct planning *p, const char **ret_type, int64_t *ret_replica); /* by the hosts and the choice of copies */
bool way_is(const struct planning *p, const char *argument, const char *word);

/* ---- what is left ---- */
struct guide_run *run_of(struct planning *p, struct guide_runs *r, const char *operation, const char *say); /* a drill's name too */
void with(struct planning *p, struct guide_run *x, const char *name, const char *value); /* NULL: not given */
void wants_secret(struct guide_run *x, const char *from); /* for its argument `password` */
void with_list(struct planning *p, struct guide_run *x, const char *name, const struct texts *t);

/* ---- where the domain is, by virsh of each host and by what is read ---- */
enum domain_there { THERE_UNKNOWN, THERE_ABSENT, THERE_DEFINED, THERE_RUNS };
void domains_ask(struct planning *p);
int domain_there(struct planning *p, const char *host);
struct texts hosts_with(struct planning *p, int there, bool *ret_all_known);

/* ---- proofs: that something was seen is kept in the CIB, where every console finds it ---- */
#define GUIDE_PROOF_SET "kvmconsole-guide"
const char *proof_of(const struct planning *p, const char *step); /* NULL: none is read */
void proof_step(struct planning *p, const char *step, const char *text);

#define GUIDE_STEP(name_) void ask_##name_(struct planning *p); void check_##name_(struct planning *p, struct guide_checking *c); void left_##name_(struct planning *p, struct guide_runs *r); void undo_##name_(struct planning *p, struct guide_runs *r);
GUIDE_STEP(platform) GUIDE_STEP(guards) GUIDE_STEP(names) GUIDE_STEP(packages) GUIDE_STEP(glusterd) GUIDE_STEP(peers) GUIDE_STEP(volume) GUIDE_STEP(started) GUIDE_STEP(mounted) GUIDE_STEP(image) GUIDE_STEP(domain)
GUIDE_STEP(shared) GUIDE_STEP(pcsd) GUIDE_STEP(authenticated) GUIDE_STEP(setup) GUIDE_STEP(cluster) GUIDE_STEP(absence) GUIDE_STEP(fencing) GUIDE_STEP(resource) GUIDE_STEP(place) GUIDE_STEP(cleared) GUIDE_STEP(moved) GUIDE_STEP(unbound) GUIDE_STEP(failover)
void left_client(struct planning *p, struct guide_runs *r); /* gluster's client on the KVM hosts */
#endif
