#include "sources/libvirt_uri.h"
#include "base/child.h"
#include "base/clock.h"
#include "base/str.h"
#include <ctype.h>
#include <errno.h>
#include <libxml/uri.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ADDRESSES_MAX = 8 };

static bool is_host_name(const char *s) {
  if (!isalnum((unsigned char)*s) || strlen(s) > 253) return false;
  for (; *s; s++)
    if (!isalnum((unsigned char)*s) && !strchr(".-_", *s)) return false;
  return true;
}

int uri_default(const char *host, bool here, char **ret_uri, struct err *e) {
  if (!here && !is_host_name(host)) return err_set(e, -EINVAL, "give its libvirt URI in the configuration", "%.200s is not the name of a host", host);
  *ret_uri = here ? mem_strdup("qemu:///system") : mem_printf("qemu+ssh://root@%s/system", host);
  return 0;
}

/* Drivers that speak to their hypervisor themselves, over https and not through a libvirt daemon. */
static bool is_direct_driver(const char *driver) {
  return !strcmp(driver, "esx") || !strcmp(driver, "vpx") || !strcmp(driver, "gsx") || !strcmp(driver, "hyperv");
}

static enum transport transport_of(const char *driver, const char *word, bool has_host) {
  if (!has_host) return word && !strcmp(word, "ext") ? TRANSPORT_OTHER : TRANSPORT_LOCAL;
  if (is_direct_driver(driver)) return TRANSPORT_OTHER;
  if (!word) return TRANSPORT_TLS; /* what libvirt takes for a URI with a host and no transport */
  if (!strcmp(word, "ssh")) return TRANSPORT_SSH;
  if (!strcmp(word, "libssh") || !strcmp(word, "libssh2")) return TRANSPORT_LIBSSH;
  if (!strcmp(word, "tcp")) return TRANSPORT_TCP;
  if (!strcmp(word, "tls")) return TRANSPORT_TLS;
  if (!strcmp(word, "unix")) return TRANSPORT_LOCAL;
  return TRANSPORT_OTHER;
}

static int default_port(enum transport t) {
  switch (t) {
  case TRANSPORT_SSH:
  case TRANSPORT_LIBSSH: return 22;
  case TRANSPORT_TCP: return 16509;
  case TRANSPORT_TLS: return 16514;
  case TRANSPORT_LOCAL:
  case TRANSPORT_OTHER: break;
  }
  return 0;
}

static void free_uri(xmlURI **u) { xmlFreeURI(*u); }

int uri_address(const char *uri, struct libvirt_address *ret, struct err *e) {
  CLEANUP(free_uri) xmlURI *u = xmlParseURI(uri);
  struct libvirt_address to = {0};
  if (!u || !u->scheme) return err_set(e, -EINVAL, "it reads like qemu+ssh://root@kvm02/system", "%.200s is not a libvirt URI", uri);
  char driver[32];
  size_t len = strcspn(u->scheme, "+");
  snprintf(driver, sizeof driver, "%.*s", (int)(len < sizeof driver ? len : sizeof driver - 1), u->scheme);
  const char *word = u->scheme[len] ? u->scheme + len + 1 : NULL, *host = u->server ? u->server : "";
  size_t host_len = strlen(host);
  if (*host == '[' && host_len > 2 && host[host_len - 1] == ']') host++, host_len -= 2; /* an IPv6 address */
  if (host_len >= sizeof to.host || *host == '-') return err_set(e, -EINVAL, "", "the host in %.200s is not the name of one", uri);
  memcpy(to.host, host, host_len);
  memcpy(to.real_host, host, host_len);
  snprintf(to.user, sizeof to.user, "%s", u->user ? u->user : "");
  to.user[strcspn(to.user, ":")] = 0; /* whatever else stands there is no user's name, and may be secret */
  to.transport = transport_of(driver, word, host_len > 0);
  to.port = default_port(to.transport);
  to.own_port = to.port && u->port > 0 && u->port < 65536;
  if (to.own_port) to.port = u->port;
  *ret = to;
  return 0;
}

static bool has_parameter(const char *uri, const char *name) {
  const char *at = strchr(uri, '?');
  size_t len = strlen(name);
  while (at) {
    at++;
    if (!strncasecmp(at, name, len) && at[len] == '=') return true;
    at = strpbrk(at, "&;");
  }
  return false;
}

char *uri_without_prompts(const char *uri, const struct libvirt_address *to) {
  struct str s = {0};
  size_t len = strcspn(uri, "#");
  str_addn(&s, uri, len);
  char mark = memchr(uri, '?', len) ? '&' : '?';
  if (to->transport == TRANSPORT_SSH && !has_parameter(uri, "command")) {
    str_addf(&s, "%ccommand=" SSH_PROGRAM, mark);
    mark = '&';
  }
  if ((to->transport == TRANSPORT_SSH || to->transport == TRANSPORT_LIBSSH) && !has_parameter(uri, "no_tty")) str_addf(&s, "%cno_tty=1", mark);
  return str_take(&s);
}

int become_ssh(int argc, char **argv) {
  static const char *const calm[] = {
      "ssh", "-o", "BatchMode=yes", "-o", "ConnectTimeout=3", "-o", "ServerAliveInterval=2", "-o", "ServerAliveCountMax=3"};
  const char **args = mem_alloc((COUNT(calm) + (size_t)argc + 1) * sizeof *args);
  size_t n = 0;
  for (size_t i = 0; i < COUNT(calm); i++) args[n++] = calm[i];
  for (int i = 1; i < argc; i++) args[n++] = argv[i];
  args[n] = NULL;
  execvp("ssh", (char *const *)args);
  fprintf(stderr, "ssh cannot be run: %s\n", strerror(errno));
  return 127;
}

/* "ssh -G" prints a word and its value a line, the first that holds. */
static bool ssh_setting(const char *printed, const char *name, char *out, size_t size) {
  size_t len = strlen(name);
  for (const char *line = printed; line && *line;) {
    size_t line_len = strcspn(line, "\n");
    if (line_len > len + 1 && !strncasecmp(line, name, len) && line[len] == ' ') {
      snprintf(out, size, "%.*s", (int)(line_len - len - 1), line + len + 1);
      return true;
    }
    line = line[line_len] ? line + line_len + 1 : NULL;
  }
  return false;
}

void ssh_destination(const char *printed, struct libvirt_address *to) {
  char value[sizeof to->real_host];
  int64_t port;
  if ((ssh_setting(printed, "proxycommand", value, sizeof value) || ssh_setting(printed, "proxyjump", value, sizeof value)) &&
      strcmp(value, "none")) {
    to->port = 0;
    return;
  }
  if (ssh_setting(printed, "hostname", value, sizeof value) && *value != '-') strcpy(to->real_host, value);
  if (ssh_setting(printed, "port", value, sizeof value) && !str_int(value, 1, 65535, &port)) to->port = (int)port;
}

void ask_ssh(struct libvirt_address *to) {
  char port[8];
  const char *argv[8] = {"ssh", "-G"}, *user = to->user[0] ? to->user : NULL;
  size_t n = 2, len;
  snprintf(port, sizeof port, "%d", to->port);
  if (user) argv[n++] = "-l", argv[n++] = user;
  if (to->own_port) argv[n++] = "-p", argv[n++] = port;
  argv[n++] = to->host;
  CLEANUP(mem_freep) char *printed = NULL;
  int code = -1;
  if (!child_capture(argv, 1000, &printed, &len, &code, NULL) && !code) ssh_destination(printed, to);
}

/* The descriptor, or -errno. */
static int begin_connect(const struct addrinfo *a) {
  int fd = socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -errno;
  if (connect(fd, a->ai_addr, a->ai_addrlen) && errno != EINPROGRESS) {
    int error = -errno;
    close(fd);
    return error;
  }
  return fd;
}

/* Index of the first of the descriptors to be connected; the last error when none can be. */
static int first_connected(struct pollfd *fds, nfds_t count, int64_t deadline, int error) {
  for (nfds_t open = count; open;) {
    int64_t left = deadline - clock_mono_ms();
    if (left <= 0) return -ETIMEDOUT;
    int n = poll(fds, count, (int)left);
    if (n < 0 && errno != EINTR) return -errno;
    for (nfds_t i = 0; n > 0 && i < count; i++) {
      int result = 0;
      socklen_t size = sizeof result;
      if (fds[i].fd < 0 || !fds[i].revents) continue;
      if (getsockopt(fds[i].fd, SOL_SOCKET, SO_ERROR, &result, &size)) result = errno;
      if (!result) return (int)i;
      error = -result;
      close(fds[i].fd);
      fds[i].fd = -1;
      open--;
    }
  }
  return error;
}

static void keep_peer(int fd, struct libvirt_address *to) {
  struct sockaddr_storage a;
  socklen_t size = sizeof a;
  to->peer[0] = 0;
  if (!getpeername(fd, (struct sockaddr *)&a, &size)) getnameinfo((struct sockaddr *)&a, size, to->peer, sizeof to->peer, NULL, 0, NI_NUMERICHOST);
}

int probe(struct libvirt_address *to, int ms, struct err *e) {
  char port[8];
  struct addrinfo want = {.ai_socktype = SOCK_STREAM}, *found = NULL;
  int64_t deadline = clock_mono_ms() + ms;
  snprintf(port, sizeof port, "%d", to->port);
  int rc = getaddrinfo(to->real_host, port, &want, &found);
  if (rc) return err_set(e, -ENOENT, "name it in /etc/hosts on every host", "the name %s is not known: %s", to->host, gai_strerror(rc));
  struct pollfd fds[ADDRESSES_MAX];
  nfds_t count = 0;
  int error = -EHOSTUNREACH;
  for (const struct addrinfo *a = found; a && count < ADDRESSES_MAX; a = a->ai_next) {
    int fd = begin_connect(a);
    if (fd < 0) error = fd;
    else fds[count++] = (struct pollfd){.fd = fd, .events = POLLOUT};
  }
  freeaddrinfo(found);
  error = first_connected(fds, count, deadline, error);
  if (error >= 0) keep_peer(fds[error].fd, to);
  for (nfds_t i = 0; i < count; i++)
    if (fds[i].fd >= 0) close(fds[i].fd);
  if (error >= 0) return 0;
  if (error == -ETIMEDOUT)
    return err_set(e, error, "is it powered on, is the network whole?", "%s does not answer on port %d (%d s)", to->host, to->port, ms / 1000);
  if (error == -ECONNREFUSED) return err_set(e, error, "", "%s refuses port %d", to->host, to->port);
  return err_set(e, error, "", "%s cannot be reached on port %d: %s", to->host, to->port, strerror(-error));
}
