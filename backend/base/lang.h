/* The operator's language. What an operator reads is English in the source and passes through here on its way out: sentences
 * through functions marked SAYS (they translate their format), words of tables marked N_ (whoever shows them translates them with
 * said()), everything else through _(). What a machine reads never does: commands, JSON, names of keys, what tools print.
 * The program's own locale stays as it is: libraries and tools answer in English, numbers have a point. */
#ifndef BASE_LANG_H
#define BASE_LANG_H
#include "base/mem.h"

#define LANG_DOMAIN "kvmconsole"
/* A printf whose format is translated; po/extract reads these from the headers. */
#define SAYS(text, first) PRINTF(text, first)
#define _(text) said(text)
#define N_(text) text /* marked here, translated where it is shown */

/* wanted: "auto" or NULL follows LC_ALL, LC_MESSAGES, LANG as the user set them, else a locale ("zh_CN", "en"). catalogs: where
 * they lie, DIR/zh_CN/LC_MESSAGES/kvmconsole.mo. Also for the programs started later, which call lang_follow. */
void lang_start(const char *wanted, const char *catalogs);
void lang_follow(void); /* a program of ours, as the one that started it has it */
const char *lang_now(void); /* "en", "zh_CN" */
/* The text in the operator's language, borrowed for good; itself when there is none. NULL and "" are themselves. */
const char *said(const char *text) __attribute__((format_arg(1)));
/* "%d host" or "%d hosts", as n and the language want it. */
const char *said_of(const char *one, const char *many, unsigned long n) __attribute__((format_arg(1))) __attribute__((format_arg(2)));
#endif
