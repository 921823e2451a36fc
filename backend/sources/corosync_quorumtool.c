#include "sources/corosync_quorumtool.h"
#include "base/str.h"
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The tool says "Cannot initialize QUORUM service" of a corosync that does not run, of one that may not be asked, and of
 * none at all: whether there is a process tells them apart. */
const char QUORUMTOOL_SCRIPT[] = "PATH=$PATH:/usr/sbin:/sbin LC_ALL=C; export PATH LC_ALL; timeout -k 1 4 corosync-quorumtool -s; echo kvmconsole-asked $?; "
                                 "pgrep -x corosync >/dev/null 2>&1 || pidof corosync >/dev/null 2>&1; echo kvmconsole-process $?";

static bool number_after(const char *line, const char *word, int64_t *ret) {
  char *end;
  if (!str_starts(line, word)) return false;
  line += strlen(word);
  if (!isdigit((unsigned char)*line)) return false;
  *ret = strtol(line, &end, 10);
  return *end == 0;
}

/* "Quorate:          Yes" */
static enum truth yes_or_no(const char *value) {
  value += strspn(value, " \t");
  return str_starts(value, "Yes") ? TRUTH_YES : str_starts(value, "No") ? TRUTH_NO : TRUTH_UNKNOWN;
}

/* "         2          1    A,V,NMW kvm02 (local)": the device for quorum has a row of its own, with the number 0. */
static void read_member(const char *line, struct quorumtool *ret) {
  unsigned long id;
  int used = 0;
  line += strspn(line, " ");
  if (!isdigit((unsigned char)*line) || sscanf(line, "%10lu%n", &id, &used) != 1 || !id || id > UINT32_MAX || line[used] != ' ') return;
  if (ret->member_count < QUORUMTOOL_MEMBERS) ret->members[ret->member_count++] = (int64_t)id;
}

static void conclude(struct quorumtool *ret, int64_t asked, int64_t process) {
  ret->answered = truth_of(asked != UNKNOWN_INT && process != UNKNOWN_INT);
  if (ret->quorate != TRUTH_UNKNOWN) ret->running = TRUTH_YES;
  else if (process == 0) ret->running = TRUTH_YES;
  else if (process == 1) ret->running = TRUTH_NO;
  if (ret->answered != TRUTH_YES || ret->quorate != TRUTH_UNKNOWN || ret->running == TRUTH_NO) ret->text[0] = 0;
  else if (asked == 124 || asked == 137) snprintf(ret->text, sizeof ret->text, "corosync there does not answer");
  else if (asked == 127) snprintf(ret->text, sizeof ret->text, "there is no corosync-quorumtool there");
  else if (!ret->text[0]) snprintf(ret->text, sizeof ret->text, "corosync-quorumtool there ended with code %" PRId64, asked);
}

void quorumtool_read(const char *text, struct quorumtool *ret) {
  int64_t asked = UNKNOWN_INT, process = UNKNOWN_INT;
  bool members = false;
  *ret = (struct quorumtool){0};
  for (size_t len; *text; text += len + (text[len] == '\n')) {
    char line[256];
    len = strcspn(text, "\n");
    snprintf(line, sizeof line, "%.*s", (int)(len < sizeof line - 1 ? len : sizeof line - 1), text);
    line[strcspn(line, "\r")] = 0;
    if (number_after(line, "kvmconsole-asked ", &asked) || number_after(line, "kvmconsole-process ", &process)) continue;
    if (str_starts(line, "Quorate:")) ret->quorate = yes_or_no(line + strlen("Quorate:"));
    else if (str_starts(line, "Membership information")) members = true;
    else if (members && asked == UNKNOWN_INT) read_member(line, ret);
    else if (str_starts(line, "Cannot ")) snprintf(ret->text, sizeof ret->text, "%.*s", QUORUMTOOL_TEXT - 1, line);
  }
  conclude(ret, asked, process);
}
