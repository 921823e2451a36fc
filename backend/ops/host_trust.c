/* root's ssh between KVM hosts, by the cluster's names of them: libvirt migrates over it. Keys are read from each host over
 * the connection that the console has to it, so nobody in between can give his own. */
#include "ops/host.h"
#include "analysis/store_view.h"
#include <string.h>

static const char key_file[] = "/root/.ssh/id_ed25519";

void trust_ask(struct planning *p, const struct texts *hosts) {
  for (size_t i = 0; i < hosts->count && hosts->count > 1; i++) {
    ask_command(p, hosts->item[i], "root key", "ssh-keygen", "-y", "-P", "", "-f", key_file, NULL); /* the .pub beside it may be lost */
    ask_command(p, hosts->item[i], "authorized", "cat", "/root/.ssh/authorized_keys", NULL);
    ask_command(p, hosts->item[i], "host key", "cat", "/etc/ssh/ssh_host_ed25519_key.pub", NULL);
    for (size_t k = 0; k < hosts->count; k++)
      if (k != i) ask_command(p, hosts->item[i], planf(p, "known %s", hosts->item[k]), "ssh-keygen", "-F", hosts->item[k], NULL);
  }
}

void trust_check(struct planning *p, const struct texts *hosts) {
  for (size_t i = 0; i < hosts->count && hosts->count > 1; i++) {
    const char *host = hosts->item[i];
    if (refuse_unasked(p, host, "host key", planf(p, "which key sshd on %s has", host))) continue;
    if (!answered(p, host, "host key")) refuse_always(p, "when it has one: ssh-keygen -A there", "sshd on %s has no ed25519 key", host);
  }
}

/* "ssh-ed25519 AAAA...", without the comment behind it. */
static const char *key_of(struct planning *p, const char *line) {
  const char *type = line_word(p, line, 0, false), *key = line_word(p, line, 1, false);
  return type && key && str_starts(type, "ssh-") ? planf(p, "%s %s", type, key) : NULL;
}

static struct step *let_in(struct planning *p, const char *host, const char *who) {
  struct step *s = step_run(p, host, planf(p, "let root of %s in", who), "tee", "-a", "/root/.ssh/authorized_keys", NULL);
  return s;
}

/* A key that is there can be named; one that is made now is handed on as it is printed. */
static void spread_key(struct planning *p, const char *host, const struct texts *hosts) {
  const char *key = key_of(p, answered(p, host, "root key"));
  struct step *s;
  if (!key) {
    s = step_run(p, host, "make a key for root", "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key_file, NULL);
    tested_by(p, s, "test", "-s", key_file, NULL);
  }
  for (size_t i = 0; i < hosts->count; i++) {
    if (str_eq(hosts->item[i], host)) continue;
    const char *has = answered(p, hosts->item[i], "authorized");
    if (key && has && strstr(has, key)) continue;
    if (!key) {
      s = step_run(p, host, "read its public half", "ssh-keygen", "-y", "-P", "", "-f", key_file, NULL);
      s->harmless = TRUTH_YES;
      int64_t at = (int64_t)p->plan->steps.count - 1;
      let_in(p, hosts->item[i], host)->input_of = at;
    } else {
      s = let_in(p, hosts->item[i], host);
      s->input = planf(p, "%s root@%s\n", key, host);
      tested_by(p, s, "grep", "-q", "-F", "--", key, "/root/.ssh/authorized_keys", NULL);
    }
  }
}

static void know_hosts(struct planning *p, const char *host, const struct texts *hosts) {
  for (size_t i = 0; i < hosts->count; i++) {
    const char *other = hosts->item[i], *key = key_of(p, answered(p, other, "host key")), *known = answered(p, host, planf(p, "known %s", other));
    if (str_eq(other, host) || !key || (known && strstr(known, key))) continue;
    struct step *s = step_run(p, host, planf(p, "have it know the key of %s", other), "tee", "-a", "/root/.ssh/known_hosts", NULL);
    s->input = planf(p, "%s %s\n", other, key);
    tested_by(p, s, "grep", "-q", "-F", "--", planf(p, "%s %s", other, key), "/root/.ssh/known_hosts", NULL);
    undo_by(p, s, "ssh-keygen", "-R", other, NULL);
  }
}

void trust_steps(struct planning *p, const struct texts *hosts) {
  if (hosts->count < 2) return;
  consequence(p, "root of %s may log in at each other: whoever is root on one of them is root on all.", names_text(p->arena, hosts));
  for (size_t i = 0; i < hosts->count; i++) {
    struct step *s = step_run(p, hosts->item[i], "make root's directory for keys", "mkdir", "-p", "-m", "700", "/root/.ssh", NULL);
    s->harmless = TRUTH_YES;
  }
  for (size_t i = 0; i < hosts->count; i++) spread_key(p, hosts->item[i], hosts);
  for (size_t i = 0; i < hosts->count; i++) know_hosts(p, hosts->item[i], hosts);
  for (size_t i = 0; i < hosts->count; i++)
    for (size_t k = 0; k < hosts->count; k++) {
      if (i == k) continue;
      struct step *s = step_run(p, hosts->item[i], planf(p, "see that root gets to %s", hosts->item[k]), "ssh", "-o", "BatchMode=yes", "-o", "ConnectTimeout=5", planf(p, "root@%s", hosts->item[k]), "true", NULL);
      s->harmless = TRUTH_YES;
    }
}
