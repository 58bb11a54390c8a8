/* What the files of the model share. */
#ifndef AULA_RELAY_CTL_CONSOLE_PARTS_H
#define AULA_RELAY_CTL_CONSOLE_PARTS_H

#include <jansson.h>

#include "ctl/console/model.h"

#define CONSOLE_TEXT_MAX 256 /* bytes of what is typed */
#define CONSOLE_ID_MAX   64
#define CONSOLE_WHY_MAX  512
#define ALARMS_SHARE     4   /* of the screen for alarms: one in so many rows */
#define WIDE             120 /* columns from which more is told in a row */

enum view { VIEW_SESSIONS, VIEW_PEOPLE, VIEW_PERSON, VIEW_ALARMS, VIEW_HELP, VIEW_COUNT };
enum filter { FILTER_ALL, FILTER_SOUND, FILTER_TROUBLE, FILTER_COUNT };
enum prompt { PROMPT_NONE, PROMPT_CONFIRM, PROMPT_SEARCH, PROMPT_MESSAGE };

/* What one row's figure was, look by look. */
struct history {
    char key[CONSOLE_ID_MAX];
    double values[CONSOLE_HISTORY];
    int count;
    bool seen; /* in this look */
};

struct console {
    bool ascii, over;
    bool too_small;            /* when it was last drawn: keys do nothing that cannot be seen */
    json_t *now;               /* the newest picture; NULL */
    char why[CONSOLE_WHY_MAX]; /* it is old, because of this; "" = it is fresh */
    json_t *histories;         /* key → array of reals */
    enum view view, before_help;
    enum filter filter;
    int sort[VIEW_COUNT]; /* column of the list */
    char search[CONSOLE_TEXT_MAX];
    char session[CONSOLE_ID_MAX]; /* that is selected, */
    long long person;             /* and who of it */
    int top[VIEW_COUNT];          /* first row shown */
    int alarm;                    /* selected */
    int page_rows;                /* of the list, when it was last drawn */
    enum prompt prompt;
    char text[CONSOLE_TEXT_MAX]; /* being typed */
    char question[CONSOLE_WHY_MAX];
    json_t *asked;                /* what is done when it is confirmed; NULL */
    char *action;                 /* confirmed, and not yet fetched */
    char *given;                  /* what was fetched last */
    char notice[CONSOLE_WHY_MAX]; /* what came of the last action */
};

/* A list as it is shown: borrowed rows, filtered and sorted. */
struct listing {
    const json_t **rows; /* owned */
    int count, selected; /* -1: nothing */
};

long long member_number(const json_t *object, const char *name);
const char *member_text(const json_t *object, const char *name);

/* list.c: the sessions or people of the picture. Frees with listing_free. */
void listing_make(struct console *c, struct listing *ret);
void listing_free(struct listing *l);
void listing_select(struct console *c, const struct listing *l, int place);
const char *listing_sort_name(const struct console *c);
void listing_sort_next(struct console *c);
/* Alarms of the picture about this session (and this person, where not 0): how many; *ret_bad: any is bad. */
int alarms_about(const struct console *c, const char *session, long long person, bool *ret_bad);
/* The selected row of the view above; NULL. */
const json_t *selected_session(const struct console *c);
const json_t *selected_person(const struct console *c);

/* history.c */
void history_keep(struct console *c);
/* Copies the values; how many. */
int history_get(const struct console *c, const char *session, long long person, const char *figure,
                double ret_values[CONSOLE_HISTORY]);

/* draw_*.c */
void draw_list(struct console *c, struct cells *s, int y, int height);
void draw_person(const struct console *c, struct cells *s, int y, int height);
/* Rows that the alarms above the lists take: whole sentences, a fifth of the screen at the most. */
int alarms_rows(const struct console *c, const struct cells *s);
void draw_alarms(const struct console *c, struct cells *s, int y, int rows);
void draw_all_alarms(struct console *c, struct cells *s, int y, int height);
void draw_help(struct cells *s, int y);

#endif
