/* WHO: a number, or a name where only one has it. */
#include "signal/parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The person (or link) is one that can be named. */
static bool is_there(const struct sitting *s, const struct seat *seat, bool with_links)
{
    if (!seat || session_removed(s->state, seat->number))
        return false;
    return with_links ? !seat->revoked : session_person(s->state, seat->number) != NULL;
}

static uint32_t by_number(const struct sitting *s, int64_t number, bool with_links, char ret_why[WHY_MAX])
{
    if (number >= 1 && number <= PEOPLE_MAX && is_there(s, seat_find(s, (uint32_t)number), with_links))
        return (uint32_t)number;
    snprintf(ret_why, WHY_MAX, "Nobody in this session has the number %lld.", (long long)number);
    return 0;
}

/* Adds ", 7" to a sentence as long as there is room. */
static void add_number(char why[WHY_MAX], uint32_t number, bool first)
{
    size_t len = strlen(why);
    if (len + 16 < WHY_MAX)
        snprintf(why + len, WHY_MAX - len, "%s%u", first ? "" : ", ", number);
}

static uint32_t by_name(const struct sitting *s, const char *name, bool with_links, char ret_why[WHY_MAX])
{
    uint32_t found = 0;
    int count = 0;
    snprintf(ret_why, WHY_MAX, "Several are called \"%.60s\"; say which by number: ", name);
    for (uint32_t i = 0; i < s->seat_count; i++) {
        const struct seat *seat = s->seats[i];
        if (!is_there(s, seat, with_links) || strcmp(seat->name, name) != 0)
            continue;
        found = seat->number;
        add_number(ret_why, found, count++ == 0);
    }
    if (count == 1)
        return found;
    if (count == 0)
        snprintf(ret_why, WHY_MAX, "Nobody in this session is called \"%.60s\".", name);
    else
        strcat(ret_why, ".");
    return 0;
}

uint32_t request_who(const struct sitting *s, const struct request *r, bool with_links, char ret_why[WHY_MAX])
{
    const char *name = "";
    int64_t number = 0;
    if (json_in_is_string(r->in, "participant"))
        name = json_in_string(r->in, "participant", JSON_TEXT_LINE, NAME_CHARACTERS_MAX);
    else
        number = json_in_integer(r->in, "participant", 1, UINT32_MAX);
    if (json_doc_error(r->in.doc)) {
        snprintf(ret_why, WHY_MAX, "%s", json_doc_why(r->in.doc));
        return 0;
    }
    if (!*name)
        return by_number(s, number, with_links, ret_why);
    char *end;
    number = strtoll(name, &end, 10);
    bool digits = *name >= '0' && *name <= '9' && *end == '\0';
    return digits ? by_number(s, number, with_links, ret_why) : by_name(s, name, with_links, ret_why);
}
