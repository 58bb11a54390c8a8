/* Words and lists that events, views and sentences share. */
#include "wire/event_members.h"

#include <string.h>

static const char *const inks[INK_COUNT] = {"red", "blue", "green", "yellow", "black", "white"};
static const char *const locks[LOCK_COUNT] = {"doors", "hands", "chat"};
static const char *const roles[ROLE_COUNT] = {"chair",       "lecturer", "trainee",
                                              "interpreter", "room",     "operator"};
static const char *const states[SESSION_STATE_COUNT] = {"planned", "backstage", "open", "ended"};

const char *role_text(enum role role)
{
    return roles[role];
}

enum err role_read(const char *text, enum role *ret_role)
{
    for (int i = 0; i < ROLE_COUNT; i++) {
        if (strcmp(text, roles[i]) == 0) {
            *ret_role = (enum role)i;
            return ERR_NONE;
        }
    }
    return ERR_UNKNOWN;
}

const char *session_state_text(enum session_state state)
{
    return states[state];
}

enum role role_member(struct json_in in, const char *member)
{
    enum role role = ROLE_TRAINEE;
    const char *text = json_in_string(in, member, JSON_TEXT_ID, 20);
    if (role_read(text, &role))
        json_doc_fail(in.doc, ERR_UNSUPPORTED,
                      "\"role\" must be chair, lecturer, trainee, interpreter, room or operator.");
    return role;
}

enum session_state state_member(struct json_in in, const char *member)
{
    const char *text = json_in_string(in, member, JSON_TEXT_ID, 20);
    for (int i = 0; i < SESSION_STATE_COUNT; i++) {
        if (strcmp(text, states[i]) == 0)
            return (enum session_state)i;
    }
    json_doc_fail(in.doc, ERR_UNSUPPORTED, "\"state\" must be planned, backstage, open or ended.");
    return SESSION_PLANNED;
}

struct name_list name_list_read(struct json_in in, const char *member, enum json_text text,
                                size_t max_characters, size_t max_count)
{
    size_t count = json_in_array_or_none(in, member, max_count);
    const char **at = count ? json_doc_alloc(in.doc, count, sizeof *at) : NULL;
    if (!at)
        return (struct name_list){NULL, 0};
    for (size_t i = 0; i < count; i++)
        at[i] = json_in_array_string(in, member, i, text, max_characters);
    return (struct name_list){at, count};
}

void name_list_write(struct json_out *o, const char *name, const struct name_list *list)
{
    json_open_array(o, name);
    for (size_t i = 0; i < list->count; i++)
        json_put_string(o, NULL, list->at[i]);
    json_close_array(o);
}

/* An absent one is the doors: older logs know no other. */
enum lock lock_member(struct json_in in)
{
    const char *text = json_in_string_or_null(in, "what", JSON_TEXT_ID, 20);
    for (int i = 0; text && i < LOCK_COUNT; i++) {
        if (strcmp(text, locks[i]) == 0)
            return (enum lock)i;
    }
    if (text)
        json_doc_fail(in.doc, ERR_UNSUPPORTED, "\"what\" must be doors, hands or chat.");
    return LOCK_DOORS;
}

void lock_write(struct json_out *o, enum lock lock)
{
    if (lock != LOCK_DOORS)
        json_put_string(o, "what", locks[lock]);
}

static enum ink ink_member(struct json_in in)
{
    const char *text = json_in_string(in, "ink", JSON_TEXT_ID, 20);
    for (int i = 0; i < INK_COUNT; i++) {
        if (strcmp(text, inks[i]) == 0)
            return (enum ink)i;
    }
    json_doc_fail(in.doc, ERR_UNSUPPORTED, "\"ink\" must be red, blue, green, yellow, black or white.");
    return INK_RED;
}

struct stroke stroke_read(struct json_in in)
{
    struct stroke s = {.ink = ink_member(in),
                       .width = (uint32_t)json_in_integer(in, "width", 1, STROKE_WIDTH_MAX)};
    size_t numbers = json_in_array(in, "points", 2 * STROKE_POINTS_MAX);
    if (!json_doc_error(in.doc) && (numbers == 0 || numbers % 2))
        json_doc_fail(in.doc, ERR_UNSUPPORTED, "\"points\" must be pairs of x and y, at least one.");
    uint16_t *points = numbers ? json_doc_alloc(in.doc, numbers, sizeof *points) : NULL;
    for (size_t i = 0; points && i < numbers; i++)
        points[i] = (uint16_t)json_in_array_integer(in, "points", i, 0, STROKE_SCALE);
    s.points = points;
    s.count = points ? numbers / 2 : 0;
    return s;
}

void stroke_write(struct json_out *o, const struct stroke *s)
{
    json_put_string(o, "ink", inks[s->ink]);
    json_put_integer(o, "width", s->width);
    json_open_array(o, "points");
    for (size_t i = 0; i < 2 * s->count; i++)
        json_put_integer(o, NULL, s->points[i]);
    json_close_array(o);
}

struct number_list number_list_read(struct json_in in, const char *member, size_t max_count)
{
    size_t count = json_in_array(in, member, max_count);
    uint32_t *at = count ? json_doc_alloc(in.doc, count, sizeof *at) : NULL;
    for (size_t i = 0; at && i < count; i++)
        at[i] = (uint32_t)json_in_array_integer(in, member, i, 1, UINT32_MAX);
    return (struct number_list){at, at ? count : 0};
}

void number_list_write(struct json_out *o, const char *name, const struct number_list *list)
{
    json_open_array(o, name);
    for (size_t i = 0; i < list->count; i++)
        json_put_integer(o, NULL, list->at[i]);
    json_close_array(o);
}
