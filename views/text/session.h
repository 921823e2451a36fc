/* What `plan` and `run` begin with: everything read, the values, the survey, the plan. */
#ifndef TEXT_SESSION_H
#define TEXT_SESSION_H
#include "ops/operation.h"
#include "run/executor.h"
#include "sources/feed.h"
#include "views/command.h"
#include <stdio.h>

struct session {
  struct arguments *arguments;
  struct loop *loop;
  struct feed *feed;
  struct executor *executor; /* NULL: read-only (but only_asks), a recording */
  struct snapshot *snap;
  bool simulated, standing;  /* standing: its time passes as fast as it can, in session_step() */
  const struct operation *operation;
  struct arena *arena;
  struct values values;
  struct values preset;      /* what an operation has before its words are read; {0}: nothing */
  struct survey survey;
  struct plan *plan;
  bool wants_operation;      /* internal */
  bool only_asks;            /* what it runs changes nothing: hosts are asked in read-only mode too */
  bool patient;              /* what each host says of its own setup is waited for too */
  bool confirm_list;         /* --confirm is a list: several plans are confirmed in order */
  bool interrupted, hung_up; /* a signal came */
  void (*on_snapshot)(void *owner, struct snapshot *s); /* each new one, and at least one a second; NULL: nobody wants to know */
  void (*on_signal)(void *owner, int signo);
  void (*on_line)(void *owner, const char *line, size_t len); /* each line of the stream, as in feed_options; NULL: nobody wants it */
  void *owner;
};
/* 0 with the plan made, else the exit code of what was said. To be closed whatever it returned. */
int session_open(struct session *s, struct arguments *a);
/* The same without any operation: everything is read, no plan is made. */
int session_read(struct session *s, struct arguments *a);
/* Questions asked of the hosts, to their end; 0, or 130. */
int session_survey(struct session *s, struct survey *q);
/* Another operation with the same words, as far as it has such arguments: values, survey and plan anew, of what is read now. */
int session_again(struct session *s, const struct operation *o);
/* Is the plan to run? By --yes and --confirm, or typed. 0, else the exit code of what was said; json: nobody is asked. */
int session_confirm(struct session *s, bool json);
enum { SESSION_REFUSED = 2 };
void session_close(struct session *s);
void session_step(struct session *s); /* a turn of the loop */
/* A line typed on the terminal (without its newline), while time goes on; NULL: a signal, or the terminal's end. hidden: not
 * shown while it is typed. Owned by the caller, who wipes it. */
char *session_ask(struct session *s, const char *prompt, bool hidden);
bool session_has_terminal(void);
void print_clean(FILE *f, const char *text); /* line by line: what comes from the cluster steers no terminal */
#endif
