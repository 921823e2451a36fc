/* What a program gives up before it reads a byte from outside. None of it can fail in a way that matters: what the kernel
 * will not take was not held. */
#ifndef BASE_RIGHTS_H
#define BASE_RIGHTS_H
/* No core file, and no other process of the same user looks into this one: passwords pass through it. A child of it is as
 * any other again, after its exec. */
void rights_closed(void);
/* For programs that only read. Root: the rights that no reading needs (to mount, to load modules, to change clocks, networks
 * or security policies, ...) are given up for good, for everything that is started as well. */
void rights_to_read(void);
#endif
