/* The HTTP interface /api/v1 as a table: each route, and the request of the operator's door that it becomes.
 * The relay reads it forwards, aulactl --url backwards; proto/openapi.json describes the same. */
#ifndef AULA_WIRE_API_H
#define AULA_WIRE_API_H

#include <stdbool.h>
#include <stddef.h>

#include "wire/json_out.h"

#define API_ROOT            "/api/v1"
#define API_BODY_MAX        60000 /* bytes of a JSON body: with its path it still is one request of the door */
#define API_VALUE_MAX       64    /* characters of a part of the path that is a value */
#define API_PATH_VALUES     2
#define API_ARGUMENTS_MAX   4  /* of one route */
#define API_PAIRS_MAX       80 /* of one query: all sessions of a programme, and some */
#define API_RIGHTS_TEXT_MAX 48 /* "read,sessions,people,admin" */

enum api_method { API_GET, API_POST, API_DELETE };

/* What a token may do. API_ADMIN includes the others. */
enum api_right {
    API_READ = 1,     /* look at sessions, people, attendance, logs, recordings */
    API_SESSIONS = 2, /* make, lead and end sessions */
    API_PEOPLE = 4,   /* make, list and withdraw join links */
    API_ADMIN = 8     /* tokens, erasure, backup, drain */
};
#define API_RIGHTS_ALL (API_READ | API_SESSIONS | API_PEOPLE | API_ADMIN)

enum api_sort {
    API_TEXT,
    API_NUMBER, /* from 0, in digits */
    API_FLAG,   /* true or false */
    API_LIST    /* texts: may be given again */
};

struct api_argument {
    const char *name; /* in the query, and of the request's member; NULL ends the list */
    enum api_sort sort;
};

enum api_body {
    API_NOTHING,
    API_JSON, /* one object, whose members become the request's */
    API_PDF
};

struct api_route {
    enum api_method method;
    const char *path; /* below API_ROOT; {session} is the request's member "session". NULL ends the table */
    const char *verb; /* at the operator's door */
    enum api_right right;
    enum api_body body;
    bool creates; /* answered with 201 */
    struct api_argument query[API_ARGUMENTS_MAX + 1];
};

extern const struct api_route api_routes[];

/* A path that was found in the table. */
struct api_match {
    const struct api_route *route;
    struct {
        char name[16];
        char value[API_VALUE_MAX + 1]; /* A-Z a-z 0-9 - _ . */
    } values[API_PATH_VALUES];
    size_t count;
};

struct api_pair {
    const char *name, *value; /* decoded; borrowed */
};

/* `path` is what follows API_ROOT, decoded. ERR_UNKNOWN: there is no such path; ERR_UNSUPPORTED: there is,
 * with other methods. */
enum err api_find(enum api_method method, const char *path, struct api_match *ret_match) MUST_USE;
/* The route of a verb, NULL. */
const struct api_route *api_route_of(const char *verb);
/* The value of a path's part, NULL where the route has none of that name. */
const char *api_value(const struct api_match *m, const char *name);
/* Writes the request: *o is begun, and the caller finishes it in any case. `body` NULL: none. ERR_MALFORMED
 * with a sentence. */
enum err api_request(const struct api_match *m, const struct api_pair *pairs, size_t count, const char *body,
                     size_t body_len, struct json_out *o, char ret_why[240]) MUST_USE;

/* "read", "sessions" …; 0 where it is none of them. */
unsigned api_right_read(const char *word);
/* The bit's word. */
const char *api_right_text(enum api_right right);
/* Whether these rights include that one. */
bool api_allows(unsigned rights, enum api_right right);

#endif
