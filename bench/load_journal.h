/* What happened to whom, one line each, for the scripts that work it out. Words are divided by one space:
 *
 *     AT KIND PERSON …
 *
 * AT is µs of the monotonic clock, PERSON counts from 0 in the order of the URLs.
 *     joined, up, lost, sound-lost, over      (joined and up again after each loss)
 *     page    SHOWN N                          shown when, number of the event (0: the page of a welcome)
 *     sent    RTP HASH                         a payload and its RTP time
 *     got     SESSION SEQ CSRCS HASH LEN       low 32 bits of its session time; how many speak in it
 *     begun                                    the first begins to join (PERSON 0)
 *     counting                                 PERSON is 1 when it begins and 0 when it ends */
#ifndef AULA_BENCH_LOAD_JOURNAL_H
#define AULA_BENCH_LOAD_JOURNAL_H

#include <stdint.h>
#include <stdio.h>

#include "aula/aula.h"

/* `journal` NULL: nothing is written. */
void load_journal_mark(FILE *journal, int64_t at_us, const char *kind, int value);
void load_journal_event(FILE *journal, size_t person, const struct aula_event *e);

#endif
