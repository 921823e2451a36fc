/* Internal to the operations of hosts. */
#ifndef OPS_HOST_H
#define OPS_HOST_H
#include "ops/system.h"

void prepare_survey(struct planning *p), prepare_plan(struct planning *p);
void platform_survey(struct planning *p), platform_plan(struct planning *p);
void bridge_survey(struct planning *p), bridge_plan(struct planning *p);
/* root of each of them may log in at each other, by those names. */
void trust_ask(struct planning *p, const struct texts *hosts);
void trust_check(struct planning *p, const struct texts *hosts);
void trust_steps(struct planning *p, const struct texts *hosts);
/* /etc/hosts, the firewall, SELinux. */
void names_ask(struct planning *p, const char *host, const struct texts *names), names_steps(struct planning *p, const char *host, const struct texts *names);
void names_check(struct planning *p, const char *host); /* refuses one that this console does not find */
void guards_ask(struct planning *p, const char *host), guards_steps(struct planning *p, const char *host, int roles);
/* Parts of prepare, each alone. */
void packages_survey(struct planning *p), packages_plan(struct planning *p), services_survey(struct planning *p), services_plan(struct planning *p);
void names_survey(struct planning *p), names_plan(struct planning *p), guards_survey(struct planning *p), guards_plan(struct planning *p);
void trust_survey(struct planning *p), trust_plan(struct planning *p);
extern const struct operation_argument packages_arguments[], trust_arguments[], services_arguments[], names_arguments[], guards_arguments[];
extern const struct operation_argument prepare_arguments[], platform_arguments[], bridge_arguments[];
#endif
