/* A domain's definition as operations judge it: read from text that may be anything, compared line by line, and the small changes
 * that are made in it without an editor. Pure. What libvirt makes of it libvirt is asked; this is what must hold besides. */
#ifndef OPS_DEFINITION_H
#define OPS_DEFINITION_H
#include "base/str.h"
#include "model/shape.h"

/* Passwords and keys are as long as three stars, for whatever is shown: a part of a shell's line. */
#define DEFINITION_MASKED "sed -E -e '/name=\"[^\"]*(pass|secret|key)[^\"]*\"/s/(value=\")[^\"]*/\\1***/' -e \"s/(passwd=['\\\"])[^'\\\"]*/\\1***/g\" -e '/<password|<secret|<key>/s/>[^<]*</>***</'"

/* $1 a definition: what qemu-img says of each of its disks; fails where one cannot be read. */
#define DEFINITION_IMAGES "sed -nE \"s,^.*<source file=['\\\"]([^'\\\"]*)['\\\"].*$,\\1,p\" -- \"$1\" | while IFS= read -r f; do qemu-img info --force-share \"$f\" || exit 1; done"

struct definition_disk { const char *source, *target, *device, *format; bool file; }; /* file: of the host's file system; else what it is, in source */
struct definition {
  const char *name, *uuid;   /* NULL: not told */
  int64_t vcpus, memory;     /* bytes; UNKNOWN_INT */
  bool name_alone;           /* the name's element has a line of its own, as pacemaker's agent wants it */
  bool vcpu_parts;           /* topology, or fewer at the start than at most: vcpus is not all there is to it */
  bool memory_parts;         /* NUMA cells or memory that is plugged in: memory is not all there is to it */
  bool agent, agent_answers; /* it has a channel for a guest agent; of what runs: somebody in the guest has opened it */
  bool tpm;
  size_t hostdevs, filesystems;
  const char *nvram;         /* NULL: none, or where libvirt likes */
  struct definition_disk disk[32];
  size_t disks;              /* of these; more are not read */
};
/* NULL: well-formed, and a domain's; else why not, a clause. */
const char *definition_read(const char *text, struct arena *a, struct definition *ret);
/* What may not become of a domain's shared definition; NULL: nothing. mount: where its volume is mounted, NULL: not known. */
const char *definition_fault(const struct definition *was, const struct definition *now, const char *mount, struct arena *a);
/* Lines of a unified difference, at most so many; *ret_more: how many there were beyond. */
struct texts definition_difference(const char *was, const char *now, size_t most, struct arena *a, size_t *ret_more);
/* The content of the first such element, with its attributes or new ones, in a copy of the text; NULL: there is none on one line. */
const char *definition_with(const char *text, const char *element, const char *attributes, const char *content, struct arena *a);
#endif
