/* How a program of this folder says what it takes: asked for, on standard output with status 0; after a
 * mistake, on standard error with 2. */
#ifndef AULA_BENCH_USAGE_H
#define AULA_BENCH_USAGE_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static inline bool help_wanted(int argc, char **argv)
{
    return argc == 2 && strcmp(argv[1], "--help") == 0;
}

/* The exit status that goes with it. */
static inline int say_usage(bool wanted, const char *text)
{
    fputs(text, wanted ? stdout : stderr);
    return wanted ? 0 : 2;
}

#endif
