/* What aulactl can be told, as a table: each command, its options, and how its answer is shown. */
#ifndef AULA_RELAY_CTL_COMMANDS_H
#define AULA_RELAY_CTL_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>

#define CTL_OPTIONS_MAX 8 /* of one command */

enum ctl_value {
    CTL_TEXT,    /* a string */
    CTL_LIST,    /* a string; the option may be given again */
    CTL_WORDS,   /* words with commas between them: sent as a list */
    CTL_WHO,     /* a participant's number, or name */
    CTL_NUMBER,  /* a whole number from 1 */
    CTL_SPAN,    /* 90s, 30m, 48h, 14d: sent in seconds */
    CTL_TIME,    /* 2026-11-24T09:30 in local time: sent in ms since 1970 */
    CTL_PERCENT, /* 80 or 80% */
    CTL_FLAG,    /* takes no value: true where given */
    CTL_FILE,    /* a file that the relay writes: sent as a whole path */
    CTL_OUT      /* a folder that aulactl writes: not sent */
};

struct ctl_option {
    const char *flag;   /* "--session" */
    const char *member; /* of the request */
    enum ctl_value value;
    bool required;
};

/* How the answer is shown to people. */
enum ctl_show {
    CTL_SHOW_NOTHING,
    CTL_SHOW_MEMBER,     /* one member of the reply, alone on a line */
    CTL_SHOW_SESSIONS,   /* a table */
    CTL_SHOW_LINKS,      /* a table */
    CTL_SHOW_TOKENS,     /* a table */
    CTL_SHOW_SESSION,    /* everything about one session */
    CTL_SHOW_EVENTS,     /* one JSON object a line */
    CTL_SHOW_VERDICT,    /* of a check of the log: status 1 where it found something */
    CTL_SHOW_ATTENDANCE, /* a table; or the text or the statements that were asked for */
    CTL_SHOW_ERASED,
    CTL_SHOW_CONSOLE, /* a program of its own on the terminal */
    CTL_SHOW_TOP,     /* the live picture, look by look */
    CTL_SHOW_BACKUP,
    CTL_SHOW_REPORT,     /* says itself what it made (report.h) */
    CTL_SHOW_LOADED,     /* says itself what it did (load.h) */
    CTL_SHOW_PROGRAMMES, /* a table */
    CTL_SHOW_PROGRAMME,  /* these three: programme_print.h */
    CTL_SHOW_PROGRAMME_LINKS,
    CTL_SHOW_PROGRAMME_CALENDAR
};

struct ctl_command {
    const char *words; /* "session create"; NULL ends the table */
    const char *verb;  /* of the request */
    const char *synopsis;
    const char *about; /* one sentence */
    const char *example;
    struct ctl_option options[CTL_OPTIONS_MAX];
    const char *operand; /* what stands without an option: "TEXT", "FILE.pdf"; NULL = nothing */
    enum ctl_show show;
    const char *member; /* CTL_SHOW_MEMBER */
    bool patient;       /* it may take minutes */
};

/* Ended by an entry without words. */
extern const struct ctl_command ctl_commands[];

/* The command that these words begin with, the longest; *ret_words says how many they are. NULL = none. */
const struct ctl_command *ctl_command_find(int count, char *const *words, int *ret_words);

#endif
