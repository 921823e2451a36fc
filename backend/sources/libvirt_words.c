#include "sources/libvirt_words.h"
#include "base/str.h"
#include "sources/emit.h"
#include <errno.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <stdio.h>
#include <string.h>

#define WORD(table, index) ((index) >= 0 && (size_t)(index) < COUNT(table) && (table)[index] ? (table)[index] : "unknown")

const char *domain_state_word(int state) {
  static const char *const words[] = {[VIR_DOMAIN_NOSTATE] = "no state", [VIR_DOMAIN_RUNNING] = "running",        [VIR_DOMAIN_BLOCKED] = "blocked",
                                      [VIR_DOMAIN_PAUSED] = "paused",    [VIR_DOMAIN_SHUTDOWN] = "in shutdown",   [VIR_DOMAIN_SHUTOFF] = "shutoff",
                                      [VIR_DOMAIN_CRASHED] = "crashed",  [VIR_DOMAIN_PMSUSPENDED] = "pmsuspended"};
  return WORD(words, state);
}

/* By number and not by the header's names: an older header lacks the newer ones, a newer daemon sends them all the same. */
static const char *const running_words[] = {"unknown",       "booted",   "migrated",           "restored",
                                            "from snapshot", "unpaused", "migration canceled", "save canceled",
                                            "event wakeup",  "crashed",  "post-copy",          "post-copy failed"};
static const char *const paused_words[] = {"unknown",   "user",        "migrating",     "saving",           "dumping",
                                           "I/O error", "watchdog",    "from snapshot", "shutting down",    "creating snapshot",
                                           "crashed",   "starting up", "post-copy",     "post-copy failed", "api error"};
static const char *const shutdown_words[] = {"unknown", "user"};
static const char *const shutoff_words[] = {"unknown", "shutdown", "destroyed", "crashed", "migrated", "saved", "failed", "from snapshot", "daemon"};
static const char *const crashed_words[] = {"unknown", "panicked"};

const char *domain_reason_word(int state, int reason) {
  switch (state) {
  case VIR_DOMAIN_RUNNING: return WORD(running_words, reason);
  case VIR_DOMAIN_PAUSED: return WORD(paused_words, reason);
  case VIR_DOMAIN_SHUTDOWN: return WORD(shutdown_words, reason);
  case VIR_DOMAIN_SHUTOFF: return WORD(shutoff_words, reason);
  case VIR_DOMAIN_CRASHED: return WORD(crashed_words, reason);
  default: return "unknown";
  }
}

const char *job_word(int operation) {
  static const char *const words[] = {NULL,       "start",           "save", "restore", "migration in",   "migration out",
                                      "snapshot", "snapshot revert", "dump", "backup",  "snapshot delete"};
  return WORD(words, operation);
}

static bool says(const char *message, const char *what) { return strcasestr(message, what) != NULL; }

static bool says_any(const char *message, const char *const *what) {
  for (; *what; what++)
    if (says(message, *what)) return true;
  return false;
}

static enum source_state say(enum source_state state, char *text, const char *format, ...) PRINTF(3, 4);
static enum source_state say(enum source_state state, char *text, const char *format, ...) {
  va_list ap;
  va_start(ap, format);
  vsnprintf(text, SENTENCE_MAX, format, ap);
  va_end(ap);
  return state;
}

/* What ssh wrote, or the shell and the daemon at its far end, all of which libvirt passes on within one message. */
static enum source_state ssh_failure(const char *message, const struct libvirt_address *to, char *text) {
  static const char *const no_daemon[] = {"libvirt-sock", "virtqemud-sock", "Failed to connect socket", NULL};
  static const char *const no_program[] = {"command not found", "nc: not found", "nc: invalid", "netcat: not found", NULL};
  const char *user = to->user[0] ? to->user : "this user";
  if (says(message, "Host key verification failed") || says(message, "HOST IDENTIFICATION HAS CHANGED"))
    return say(SOURCE_DENIED, text, "the ssh host key of %s is not known here or has changed: ssh to it once by hand as %s", to->host, user);
  if (says(message, "Permission denied (") || says(message, "Too many authentication failures"))
    return say(SOURCE_DENIED, text, "ssh as %s to %s without a password is needed", user, to->host);
  if (says(message, "timed out")) return say(SOURCE_DOWN, text, "%s does not answer on port %d (3 s)", to->host, to->port ? to->port : 22);
  if (says(message, "Could not resolve hostname")) return say(SOURCE_DOWN, text, "the name %s is not known", to->host);
  if (says(message, "No route to host")) return say(SOURCE_DOWN, text, "no route to %s", to->host);
  if (says_any(message, no_daemon) && says(message, "Permission denied"))
    return say(SOURCE_DENIED, text, "root or group libvirt is needed on %s", to->host);
  if (says_any(message, no_daemon)) return say(SOURCE_DOWN, text, "libvirtd (or virtqemud) is not running on %s", to->host);
  if (says_any(message, no_program))
    return say(SOURCE_ABSENT, text, "libvirt is not installed on %s (neither virt-ssh-helper nor nc is there)", to->host);
  if (says(message, "Connection refused")) return say(SOURCE_DOWN, text, "%s refuses port %d", to->host, to->port ? to->port : 22);
  size_t len = strlen(message);
  return say(SOURCE_DOWN, text, "libvirt of %s: %.250s", to->host, len > 250 ? message + len - 250 : message);
}

static enum source_state local_failure(int system_errno, const char *message, bool local_daemon, char *text) {
  static const char *const no_daemon[] = {"Failed to connect socket", "Cannot recv data", "End of file", "Unable to find", NULL};
  if (!local_daemon) return say(SOURCE_ABSENT, text, "libvirt is not installed on %s", this_host());
  if (system_errno == EACCES || system_errno == EPERM || says(message, "Permission denied"))
    return say(SOURCE_DENIED, text, "root or group libvirt is needed on %s", this_host());
  if (system_errno == ENOENT || system_errno == ECONNREFUSED || says_any(message, no_daemon))
    return say(SOURCE_DOWN, text, "libvirtd (or virtqemud) is not running on this host");
  return say(SOURCE_DOWN, text, "libvirt: %.300s", message);
}

enum source_state open_failure(int code, int system_errno, const char *message, const struct libvirt_address *to, bool local_daemon, char *text) {
  char line[4096]; /* ssh's warnings are a page long, and what it died of comes last */
  snprintf(line, sizeof line, "%s", message ? message : "no reason given");
  for (char *p = line; *p; p++)
    if (*p == '\n' || *p == '\r') *p = ' ';
  const char *where = to->host[0] ? to->host : this_host();
  switch (code) {
  case VIR_ERR_AUTH_FAILED:
  case VIR_ERR_AUTH_CANCELLED:
  case VIR_ERR_AUTH_UNAVAILABLE:
  case VIR_ERR_OPERATION_DENIED:
  case VIR_ERR_ACCESS_DENIED:
    if (to->transport == TRANSPORT_LIBSSH)
      return say(SOURCE_DENIED, text, "ssh as %s to %s without a password is needed", to->user[0] ? to->user : "this user", where);
    if (to->transport == TRANSPORT_TCP || to->transport == TRANSPORT_TLS)
      return say(SOURCE_DENIED, text, "%s wants a login for libvirt: %.200s", where, line);
    return say(SOURCE_DENIED, text, "root or group libvirt is needed on %s", where);
  case VIR_ERR_NO_CONNECT: return say(SOURCE_ABSENT, text, "libvirt has no driver for this here: %.250s", line);
  default: break;
  }
  if (to->transport == TRANSPORT_SSH) return ssh_failure(line, to, text);
  if (to->transport == TRANSPORT_LOCAL) return local_failure(system_errno, line, local_daemon, text);
  return say(SOURCE_DOWN, text, "libvirt of %s: %.300s", where, line);
}
