/* What a report is made of. Within ctl/ only.
 *
 *   report.c        asks the relay
 *   report_files.c  copies slides and recordings
 *   report_fold.c   a session's events → questions, polls, chat, slides, names (pure)
 *   report_page.c   the page (pure)
 *   report_people.c its part about attendance (pure)
 *   report_chart.c  charts as SVG (pure) */
#ifndef AULA_RELAY_CTL_REPORT_PARTS_H
#define AULA_RELAY_CTL_REPORT_PARTS_H

#include <stdbool.h>
#include <stdio.h>

#include <jansson.h>

#define REPORT_FEW                                                                                           \
    3 /* in a public report a group of fewer people is "others": one of two can be recognised */

struct report {
    bool is_public, chat;
    int threshold;           /* per cent */
    const json_t *programme; /* id, title, zone, text, sessions, people */
    const json_t *facts;     /* session id → report_fold, with "replay": a folder, where it was copied */
    const json_t *decks;     /* manifest URL → manifest */
    const json_t *attendance;
    long long now_ms;
};

/* {"names":{"7":"Ada"},"roles":{"7":"chair"},"questions":[{who,text,votes,answered}],"polls":[{text,options,counts,
 * people,right}],"chat":[{who,text,at}],"decks":[{title,pages,manifest}],"agenda","items":[{item,at,title,name}],"opened","ended"}.
 * The caller owns it. */
json_t *report_fold(const json_t *events);
/* The whole page. */
void report_page(FILE *out, const struct report *r);

/* The programme's person of a key, or NULL. */
const json_t *report_person(const struct report *r, const char *key);
/* The page's part about attendance. */
void report_attendance(FILE *out, const struct report *r);

/* Text within an element or a quoted attribute. */
void html_text(FILE *out, const char *text);
const char *report_text(const json_t *object, const char *member);
long long report_number(const json_t *object, const char *member);

struct bar {
    const char *label;
    double value;
    char shown[40]; /* the value as people read it */
};
/* A figure of horizontal bars. */
void chart_bars(FILE *out, const char *title, const struct bar *bars, size_t count);
/* How many people were there over the time of one session: `spans` is [{"from","to"}] in ms. */
void chart_presence(FILE *out, const char *title, const json_t *spans, long long from_ms, long long to_ms,
                    const char *zone);

#endif
