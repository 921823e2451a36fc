/* This machine's own name, and what tells an address from a name. */
#ifndef BASE_HOST_H
#define BASE_HOST_H
#include <stdbool.h>
const char *this_host(void); /* short host name, borrowed, the same for the whole run */
bool is_address(const char *s); /* a numeric IPv4 or IPv6 address */
#endif
