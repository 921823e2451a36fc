/* This machine's own name. */
#ifndef BASE_HOST_H
#define BASE_HOST_H
const char *this_host(void); /* short host name, borrowed, the same for the whole run */
#endif
