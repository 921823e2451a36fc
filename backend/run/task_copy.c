/* Before danger 2: the configuration as it is, in files of root's beside the audit. A layer that runs and does not give its
 * copy keeps the operation from beginning. */
#include "run/task_parts.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { COPY_CIB, COPY_COROSYNC, COPY_GLUSTER, COPY_DOMAIN, COPIES };

static const struct { const char *file; const char *argv[8]; } copies[COPIES] = {
    [COPY_CIB] = {"cib.xml", {"cibadmin", "--query"}},
    [COPY_COROSYNC] = {"corosync.conf", {"cat", "/etc/corosync/corosync.conf"}},
    [COPY_GLUSTER] = {"gluster-volume-info.txt", {"gluster", "--mode=script", "volume", "info"}},
    [COPY_DOMAIN] = {"domain.xml", {"virsh", "-c", "qemu:///system", "dumpxml", "--security-info"}},
};

static const char *domain_host(const struct task *t) {
  const struct domain_view *d = t->plan->target ? snapshot_domain(t->tasks->snap, t->plan->target) : NULL;
  return !d ? NULL : d->hosts.count ? d->hosts.item[0] : d->defined_on.count ? d->defined_on.item[0] : NULL;
}

/* Where that copy is to be had; NULL: there is nothing of that kind. */
static const char *copy_host(struct task *t) {
  struct planning p = {.snap = t->tasks->snap, .arena = t->arena};
  switch (t->copy) {
  case COPY_CIB:
  case COPY_COROSYNC: return cluster_host(&p);
  case COPY_GLUSTER: return gluster_host(&p);
  default: return domain_host(t);
  }
}

static int write_copy(struct task *t) {
  CLEANUP(mem_freep) char *folder = mem_printf("%s/copies/%s", t->tasks->state_dir, t->id), *path = mem_printf("%s/%s", folder, copies[t->copy].file);
  const struct str *out = &t->outputs[0];
  if (mkdir(folder, 0700) && errno != EEXIST) return -errno;
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return -errno;
  bool good = write(fd, str_text(out), out->len) == (ssize_t)out->len && !fsync(fd);
  int code = good ? 0 : errno ? -errno : -ENOSPC;
  close(fd);
  if (!code) texts_add(t->arena, &t->copies, path);
  return code;
}

static void no_copy(struct task *t, const char *why) {
  if (value_yes(&t->values, "force")) {
    CLEANUP(mem_freep) char *text = mem_printf("no copy of %s: %s", copies[t->copy].file, why);
    line_add(t, true, text, strlen(text));
    t->copy++;
    return;
  }
  task_end(t, TASK_REFUSED, "nothing ran: no copy of %s could be made beforehand: %s (force=yes goes on without it)", copies[t->copy].file, why);
}

void copied(struct task *t, const struct exec_result *r) {
  int code = 0;
  if (r->end == EXEC_EXITED && !r->code) code = write_copy(t);
  str_free(&t->outputs[0]);
  if (r->end != EXEC_EXITED || r->code) no_copy(t, r->text ? r->text : *t->last ? t->last : "the command failed");
  else if (code) no_copy(t, strerror(-code));
  else t->copy++;
}

void copies_turn(struct task *t) {
  struct texts words = {0};
  struct err e = {0};
  while (t->phase == PHASE_COPY && !t->exec) {
    const char *host = t->copy < COPIES ? copy_host(t) : NULL;
    if (t->copy == COPIES) {
      steps_begin(t);
      return;
    }
    if (!host) {
      t->copy++;
      continue;
    }
    words = (struct texts){0};
    for (size_t i = 0; i < COUNT(copies[0].argv) && copies[t->copy].argv[i]; i++) texts_add(t->arena, &words, copies[t->copy].argv[i]);
    if (t->copy == COPY_DOMAIN) texts_add(t->arena, &words, t->plan->target);
    task_say(t, "a copy of %s", copies[t->copy].file);
    if (!task_exec(t, USE_COPY, host, &words, &e)) no_copy(t, e.text);
  }
}
