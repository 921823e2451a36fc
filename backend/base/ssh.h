/* ssh that asks nothing and does not wait for ever: the words of such a command, for whoever reads another host. */
#ifndef BASE_SSH_H
#define BASE_SSH_H
#include <stdbool.h>
#include <stddef.h>

enum { SSH_WORDS = 16 }; /* room that ssh_words() needs at most */

/* A host's name or address that may stand in a command: letters, digits and ".-_:", and no dash at its front. */
bool ssh_host_valid(const char *host);
/* "root@kvm01" of "root@%h"; owned by the caller. */
char *ssh_target(const char *pattern, const char *host);
/* Fills argv up to and with the destination and returns how many words that are. known_as: "HostKeyAlias=NAME", so that
 * a host reached by another address is still known by its name's key; or NULL. The words live as long as the strings
 * given. What follows them is handed to a shell on the far side. */
size_t ssh_words(const char **argv, const char *to, const char *known_as);
#endif
