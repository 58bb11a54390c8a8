/* The command line of `aula`. */
#ifndef AULA_TOOL_OPTIONS_H
#define AULA_TOOL_OPTIONS_H

#include <stdbool.h>

#define OPTIONS_PLAY_MAX 1024 /* files played one after the other: a day of talks in pieces */

enum tool_exit { EXIT_DONE = 0, EXIT_REFUSED = 1, EXIT_USAGE = 2, EXIT_NOBODY = 3 };

struct options {
    bool room;    /* `aula room`: reconnects for ever */
    bool devices; /* `aula devices`: says which there are, and nothing else holds */
    const char *url;
    const char *play[OPTIONS_PLAY_MAX];
    int play_count;
    const char *record, *events, *payloads, *ca;
    const char *input, *output; /* devices (io/devices.h); NULL = not used */
    bool no_audio, insecure;
    double for_s; /* 0 = until told otherwise */
};

/* True: go on with *ret_options. False: said what there was to say (help, version or what is wrong), end with
 * *ret_exit. Strings borrow argv. */
bool options_parse(int argc, char **argv, struct options *ret_options, int *ret_exit);

#endif
