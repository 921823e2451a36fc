/* The lines of a scenario, each taken by a function of its own; scenario.c holds the table. Internal to the two. */
#ifndef SIM_SCENARIO_WORDS_H
#define SIM_SCENARIO_WORDS_H
#include "sim/world.h"

enum { WORDS_MAX = 300, HOSTS_MAX = 64, DOMAINS_MAX = 4000, VOLUMES_MAX = 200 };
struct words { const char *word[WORDS_MAX]; size_t count; };
struct reader {
  const char *name, *rest, *form; /* rest: of the line after its first word; form: how it is written */
  int line;
  struct err *e;
  const int64_t *seed;
  struct world *w;
  struct arena *scratch;
  LIST_OF(struct sim_event) later; /* at: from the beginning, may be before it */
  struct pairs plain;              /* domain, host: started by libvirt alone */
  int64_t before;                  /* how long before the beginning the first of them is */
};

int wrong(struct reader *r, const char *format, ...) PRINTF(2, 3);
const char *option_of(const struct words *l, const char *key); /* KEY=VALUE: the value, or NULL */
bool flag_of(const struct words *l, const char *flag);
size_t after(const struct words *l, const char *word);         /* the place after that word, 0: it is not there */
int only(struct reader *r, const struct words *l, size_t from, const char *const *keys); /* a key that ends in '.' is a prefix */
int size_of(struct reader *r, const char *text, int64_t otherwise, int64_t *ret);
int count_of(struct reader *r, const char *text, int64_t otherwise, int64_t least, int64_t most, int64_t *ret);
int time_of(struct reader *r, const char *text, int64_t otherwise, int64_t *ret);
int spread(struct reader *r, const char *text, struct texts *ret);

int take_seed(struct reader *r, const struct words *l);
int take_host(struct reader *r, const struct words *l);
int take_cluster(struct reader *r, const struct words *l);
int take_qdevice(struct reader *r, const struct words *l);
int take_here(struct reader *r, const struct words *l);
int take_pool(struct reader *r, const struct words *l);
int take_volume(struct reader *r, const struct words *l);
int take_mount(struct reader *r, const struct words *l);
int take_file(struct reader *r, const struct words *l);
int take_domain(struct reader *r, const struct words *l);
int take_setup(struct reader *r, const struct words *l);
int take_fencing(struct reader *r, const struct words *l);
int take_resource(struct reader *r, const struct words *l);
int take_constraint(struct reader *r, const struct words *l);
int take_property(struct reader *r, const struct words *l);
int take_level(struct reader *r, const struct words *l);
int take_at(struct reader *r, const struct words *l);
int take_end(struct reader *r, const struct words *l);
#endif
