/* The configuration as a whole, copied at will into files that copy-compare and copy-restore take; and the support bundle, which
 * the program itself makes. */
#include "ops/keeping.h"
#include "ops/asked.h"
#include "ops/cluster_rows.h"
#include <inttypes.h>
#include <string.h>
#include <time.h>

enum { BUNDLE_MS = 600000 };

static const char *of_now(struct planning *p, const char *before, const char *after) {
  time_t at = (time_t)(p->snap->at / 1000);
  struct tm tm;
  char text[32] = "";
  if (gmtime_r(&at, &tm)) strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", &tm);
  return planf(p, "%s%s%s", before, text, after);
}

/* ---- configuration-export ---- */

static void propose_folder(struct planning *p, struct texts *ret) { texts_add(p->arena, ret, of_now(p, "/var/lib/kvmconsole/exports/", "")); }

const struct operation_argument export_arguments[] = {
    {.name = "to", .title = "DIRECTORY", .help = "a new directory on this console's host, absolute; what is put into it holds secrets, so it is root's alone", .kind = ARG_PATH, .required = true, .propose = propose_folder}, {.name = NULL}};

void survey_export(struct planning *p) { ask_command(p, here(p), "new", "test", "!", "-e", given(p, "to"), NULL); }

/* What is read and where it goes. First all are counted up, so that the folders are made before. */
struct kept { const char *host, *folder, *file, *what, *domain; };
struct keeping { struct kept *item; size_t count; };

static void keep(struct planning *p, struct keeping *k, const char *host, const char *folder, const char *file, const char *what, const char *domain) {
  struct kept *more = arena_array(p->arena, k->count + 1, sizeof *more);
  if (k->count) memcpy(more, k->item, k->count * sizeof *more);
  more[k->count++] = (struct kept){host, folder, file, what, domain};
  k->item = more;
}

/* A folder is called after it. */
static bool is_folder_name(const char *name) { return *name && *name != '.' && *name != '-' && strlen(name) < 200 && !strchr(name, '/'); }

static void keep_domain(struct planning *p, struct keeping *k, const struct domain_view *d, struct texts *ret_left) {
  struct texts hosts = {0};
  for (size_t i = 0; i < d->hosts.count; i++) texts_add(p->arena, &hosts, d->hosts.item[i]);
  for (size_t i = 0; i < d->defined_on.count; i++)
    if (!texts_have(&hosts, d->defined_on.item[i])) texts_add(p->arena, &hosts, d->defined_on.item[i]);
  for (size_t i = 0; i < hosts.count; i++) {
    const struct host_view *h = snapshot_host(p->snap, hosts.item[i]);
    if (!h || h->libvirt != LIBVIRT_CONNECTED || texts_have(&h->stale, layer_names[LAYER_LIBVIRT]) || !is_folder_name(d->name)) texts_add(p->arena, ret_left, planf(p, "%s of %s", d->name, hosts.item[i]));
    else keep(p, k, h->name, planf(p, "%s/domains/%s/%s", given(p, "to"), h->name, d->name), "domain.xml", planf(p, "the definition of %s", d->name), d->name);
  }
}

static void collect(struct planning *p, struct keeping *k, struct texts *ret_left) {
  const char *to = given(p, "to"), *cluster = cluster_host(p), *gluster = gluster_host(p);
  struct texts online = online_nodes(p);
  if (cluster) keep(p, k, cluster, to, "cib.xml", "the cluster's configuration", NULL);
  else texts_add(p->arena, ret_left, "the cluster's configuration");
  for (size_t i = 0; i < online.count; i++) keep(p, k, online.item[i], planf(p, "%s/hosts/%s", to, online.item[i]), "corosync.conf", "corosync's configuration", NULL);
  for (size_t i = 0; i < p->snap->hosts.count; i++) {
    const struct host_view *h = &p->snap->hosts.item[i];
    if ((h->membership || h->pacemaker) && !texts_have(&online, h->name)) texts_add(p->arena, ret_left, planf(p, "corosync.conf of %s", h->name));
  }
  if (gluster) keep(p, k, gluster, to, "gluster-volume-info.txt", "gluster's volumes", NULL);
  else texts_add(p->arena, ret_left, "gluster's volumes");
  for (size_t i = 0; i < p->snap->domains.count; i++) keep_domain(p, k, &p->snap->domains.item[i], ret_left);
}

static void read_step(struct planning *p, const struct kept *f) {
  const char *say = planf(p, "read %s", f->what);
  struct step *s = f->domain                        ? step_run(p, f->host, say, "virsh", "-c", "qemu:///system", "dumpxml", "--security-info", "--domain", f->domain, NULL)
                   : str_eq(f->file, "cib.xml")       ? step_run(p, f->host, say, "cibadmin", "--query", NULL)
                   : str_eq(f->file, "corosync.conf") ? step_run(p, f->host, say, "cat", "/etc/corosync/corosync.conf", NULL)
                                                      : step_run(p, f->host, say, "gluster", "--mode=script", "volume", "info", NULL);
  s->harmless = TRUTH_YES;
}

void plan_export(struct planning *p) {
  struct keeping k = {0};
  struct texts left = {0};
  const char *to = given(p, "to");
  if (refuse_unasked(p, here(p), "new", planf(p, "whether %s is there", to))) return;
  if (exit_of(p, here(p), "new") != 0) refuse_always(p, "with a directory that is not there yet", "there is a %s on %s, and nothing is written over", to, here(p));
  collect(p, &k, &left);
  if (!k.count) refuse_always(p, "when a layer is read", "nothing is known that could be copied");
  if (refused(p)) return;
  consequence(p, "the cluster stays as it is; %s has copies of its configuration, passwords among them, that copy-compare and copy-restore take one by one", to);
  if (left.count) consequence(p, "not copied, for nobody there can be asked now: %s", names_of(&left, p->arena));
  struct step *s = step_run(p, here(p), "make the directories, for root alone", "install", "-d", "-m", "700", to, NULL);
  for (size_t i = 0; i < k.count; i++) /* each folder with those above it, which would else be open to all */
    for (const char *slash = k.item[i].folder + strlen(to); *slash; slash += strcspn(slash + 1, "/") + 1) {
      const char *folder = planf(p, "%.*s", (int)(slash + 1 + strcspn(slash + 1, "/") - k.item[i].folder), k.item[i].folder);
      if (!texts_have(&s->argv, folder)) step_word(p, s, "%s", folder);
    }
  for (size_t i = 0; i < k.count; i++) {
    read_step(p, &k.item[i]);
    int64_t at = (int64_t)p->plan->steps.count - 1;
    s = step_run(p, here(p), planf(p, "keep it as %s", k.item[i].file), "dd", NULL);
    step_word(p, s, "of=%s/%s", k.item[i].folder, k.item[i].file);
    step_word(p, s, "conv=excl,fsync");
    step_word(p, s, "status=none");
    s->input_of = at;
  }
}

/* ---- support-bundle ---- */

static void propose_file(struct planning *p, struct texts *ret) { texts_add(p->arena, ret, of_now(p, "/var/tmp/kvmconsole-", ".tar.gz")); }
static const char *check_file(struct planning *p, const char *value) { return (void)p, str_ends(value, ".tar.gz") || str_ends(value, ".tgz") ? NULL : "its name ends in .tar.gz"; }

const struct operation_argument bundle_arguments[] = {
    {.name = "file", .title = "FILE.tar.gz", .help = "a new file on this console's host, absolute", .kind = ARG_PATH, .required = true, .propose = propose_file, .check = check_file},
    {.name = "around", .title = "TIME", .help = "logs before and after that moment, as 2026-11-22T12:03:44Z; none: the last ones", .kind = ARG_TEXT},
    {.name = "minutes", .title = "N", .help = "how long the logs reach back, or around that moment", .kind = ARG_NUMBER, .fallback = "10", .min = 1, .max = 1440},
    {.name = "anonymous", .title = "yes|no", .help = "hosts and their addresses have other names in it", .kind = ARG_YES, .fallback = "no"},
    {.name = NULL}};

void plan_bundle(struct planning *p) {
  consequence(p, "nothing changes: every host is asked for its logs and versions, by commands that only read, and what they say is packed on %s, secrets masked", here(p));
  struct step *s = step_run(p, here(p), "ask, mask and pack", "kvmconsole", "bundle", given(p, "file"), NULL);
  step_word(p, s, "minutes=%s", given(p, "minutes"));
  step_word(p, s, "anonymous=%s", given(p, "anonymous"));
  if (given(p, "around")) step_word(p, s, "around=%s", given(p, "around"));
  s->deadline_ms = BUNDLE_MS;
}
