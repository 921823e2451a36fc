/* One reading of everything, for the subcommands that look once. */
#ifndef TEXT_READING_H
#define TEXT_READING_H
#include "model/snapshot.h"
#include "views/command.h"

struct reading {
  int64_t timeout_ms, sample_ms; /* sample_ms: watch so long first, so that rates are known */
  /* Once all was read: nodes ("kvm01,kvm02") of which it is wanted as well what pacemaker would do without them; NULL: none. */
  const char *(*wants)(void *owner, const struct snapshot *s);
  void *owner;
  bool setups;                   /* how each host is set up is waited for as well */
  struct snapshot *snap;         /* one reference, the caller's; may be set whatever is returned */
};
/* What comes from the cluster steers no terminal and begins no line. Returns how many columns it takes. */
int add_clean(struct str *out, const char *text);
/* 0, or the exit code of what was said on stderr (130: interrupted). */
int reading_take(struct arguments *a, struct reading *r);
#endif
