/* The keys whose cost is measured, by tests/bench/speed and tests/unit/test_speed: a view, the keys before, the key itself. */
#ifndef BENCH_KEYS_H
#define BENCH_KEYS_H
enum { MADE_LATER = 1 /* what the key asks for is made after its own frame: views/console.c */, OF_LOGS = 2 /* 20,000 lines were read */, OF_GUIDE = 4 };
struct measured_key { const char *view, *before, *key; int how; };
static const struct measured_key measured_keys[] = {
    {"overview", "", "Down", 0}, {"overview", "", "Tab", 0}, {"overview", "", "D", 0}, {"overview", "", "N", 0}, {"overview", "", "!", 0}, {"overview", "", "Enter", 0}, {"overview", "", "?", 0},
    {"overview", "", ":", 0}, {"overview", ":", "w", 0}, {"overview", "", "w", 0}, {"overview", "", "a", 0}, {"overview", "", "W", 0}, {"overview", "", "L", MADE_LATER}, {"overview", "", "H", MADE_LATER},
    {"nodes", "", "Down", 0}, {"nodes", "", "End", 0}, {"nodes", "", "s", 0}, {"nodes", "", "a", 0}, {"nodes", "", "Enter", 0}, {"nodes", "", "W", 0}, {"nodes", "Space Down Space", "W", 0},
    {"bricks", "", "Down", 0}, {"bricks", "/", "b", 0}, {"bricks", "", "a", 0}, {"bricks", "", "W", 0}, {"volumes", "", "Down", 0}, {"volumes", "", "a", 0},
    {"domains", "", "Down", 0}, {"domains", "", "End", 0}, {"domains", "", "PgDn", 0}, {"domains", "", "/", 0}, {"domains", "/", "w", 0}, {"domains", "/ w", "e", 0}, {"domains", "/ w", "Esc", 0},
    {"domains", "", "s", 0}, {"domains", "s s", "s", 0}, {"domains", "s s", "I", 0}, {"domains", "", "C", 0}, {"domains", "C", "Down", 0}, {"domains", "", "Space", 0}, {"domains", "", "Enter", 0},
    {"domains", "", "x", 0}, {"domains", "", "a", 0}, {"domains", "a", "Down", 0}, {"domains", "", "W", 0},
    {"resources", "", "Down", 0}, {"resources", "/", "w", 0}, {"resources", "", "s", 0}, {"resources", "", "a", 0}, {"resources", "", "Enter", 0},
    {"events", "", "Down", 0}, {"problems", "", "Down", 0}, {"problems", "", "Enter", 0}, {"sources", "", "Down", 0}, {"sources", "", "Enter", 0}, {"topology", "", "Down", 0}, {"fencing", "", "Down", 0},
    {"tasks", "", "Down", 0}, {"drills", "", "Down", 0}, {"drills", "", "Enter", 0}, {"whatif", "", "Down", 0}, {"whatif", "", "PgDn", 0}, {"whatif", "", "Enter", 0}, {"xray", "", "Down", 0}, {"help", "", "PgDn", 0},
    {"logs", "", "Down", OF_LOGS}, {"logs", "", "s", OF_LOGS}, {"logs", "s s s", "s", OF_LOGS}, {"logs", "s s", "Down", OF_LOGS}, {"logs", "/", "w", OF_LOGS}, {"logs", "/ w", "e", OF_LOGS}, {"logs", "/ w", "Enter", OF_LOGS},
    {"guide", "", "n", OF_GUIDE}, {"guide", "", "Down", OF_GUIDE}, {"guide", "n n n n n", "n", OF_GUIDE}, {"guide", "", "s", OF_GUIDE}, {"guide", "s", "Down", OF_GUIDE}, {"guide", "", "Tab", OF_GUIDE}, {"guide", "", "Enter", OF_GUIDE}};
#endif
