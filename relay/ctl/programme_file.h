/* A programme's file, aula-programme(5): sections, each of lines "name = value". All mistakes are found at
 * once. */
#ifndef AULA_RELAY_CTL_PROGRAMME_FILE_H
#define AULA_RELAY_CTL_PROGRAMME_FILE_H

#include <jansson.h>

#include "base/errors.h"

#define PROGRAMME_FILE_MAX     (4 * 1024 * 1024) /* bytes: 2,000 people are some 400 kB */
#define PROGRAMME_MISTAKES_MAX 100               /* told; more are counted */

/* Reads the text. The caller owns *ret_plan: {"programme":{…},"sessions":[…],"people":[…]}, each the members
 * of the relay's request for it, and in sessions "decks" [files] and everywhere "line". ERR_MALFORMED: the
 * caller owns *ret_mistakes, lines "NAME:LINE: sentence". ERR_MEMORY. */
enum err programme_file_read(const char *name, const char *text, size_t len, json_t **ret_plan,
                             char **ret_mistakes) MUST_USE;

#endif
