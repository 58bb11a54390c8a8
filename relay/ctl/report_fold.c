/* A session's events, folded into what a report tells of it. */
#include <string.h>

#include "ctl/report_parts.h"

const char *report_text(const json_t *object, const char *member)
{
    const char *text = json_string_value(json_object_get(object, member));
    return text != NULL ? text : "";
}

long long report_number(const json_t *object, const char *member)
{
    return (long long)json_integer_value(json_object_get(object, member));
}

static json_t *by_id(json_t *list, long long id)
{
    size_t i;
    json_t *one;
    json_array_foreach(list, i, one) if (report_number(one, "id") == id) return one;
    return NULL;
}

static void copy_members(json_t *to, const json_t *from, const char *const *members)
{
    for (; *members != NULL; members++)
        if (json_object_get(from, *members) != NULL)
            json_object_set(to, *members, json_object_get(from, *members));
}

static void take(json_t *list, const json_t *event, const char *const *members, long long id)
{
    json_t *one = json_object();
    copy_members(one, event, members);
    json_object_set_new(one, "id", json_integer(id));
    json_array_append_new(list, one);
}

static void drop(json_t *list, long long id)
{
    size_t i;
    json_t *one;
    json_array_foreach(list, i, one) if (report_number(one, "id") == id)
    {
        json_array_remove(list, i);
        return;
    }
}

static void take_question(json_t *questions, const json_t *e, const char *kind)
{
    static const char *const members[] = {"who", "text", "at", NULL};
    long long id = report_number(e, "question");
    if (strcmp(kind, "question") == 0)
        take(questions, e, members, id != 0 ? id : report_number(e, "n"));
    else if (strcmp(kind, "dismissed") == 0)
        drop(questions, id);
    else if (strcmp(kind, "voted") == 0 && by_id(questions, id) != NULL)
        json_object_set(by_id(questions, id), "votes", json_object_get(e, "votes"));
    else if (strcmp(kind, "answered") == 0 && by_id(questions, id) != NULL)
        json_object_set_new(by_id(questions, id), "answered", json_true());
}

static void take_poll(json_t *polls, const json_t *e, const char *kind)
{
    static const char *const members[] = {"text", "options", "quiz", NULL}, *const results[] = {
                                                                                "counts", "people", "right",
                                                                                NULL};
    long long id = report_number(e, "poll");
    if (strcmp(kind, "poll") == 0)
        take(polls, e, members, id);
    else if (strcmp(kind, "poll-results") == 0 && by_id(polls, id) != NULL)
        copy_members(by_id(polls, id), e, results);
}

static void take_joined(json_t *facts, const json_t *e)
{
    char who[24];
    snprintf(who, sizeof who, "%lld", report_number(e, "who"));
    json_object_set(json_object_get(facts, "names"), who, json_object_get(e, "name"));
    json_object_set(json_object_get(facts, "roles"), who, json_object_get(e, "role"));
}

static void take_state(json_t *facts, const json_t *e)
{
    const char *state = report_text(e, "state");
    const char *member = strcmp(state, "open") == 0 ? "opened" : strcmp(state, "ended") == 0 ? "ended" : NULL;
    if (member != NULL && (json_object_get(facts, member) == NULL || strcmp(member, "ended") == 0))
        json_object_set(facts, member, json_object_get(e, "at"));
}

/* When an item of the running order began, in the words that it had then. */
static void take_item(json_t *facts, const json_t *e)
{
    static const char *const members[] = {"title", "name", NULL};
    const json_t *item =
        json_array_get(json_object_get(facts, "agenda"), (size_t)(report_number(e, "item") - 1));
    json_t *one = item != NULL ? json_object() : NULL;
    if (one == NULL)
        return;
    copy_members(one, item, members);
    json_object_set(one, "at", json_object_get(e, "at"));
    json_object_set(one, "item", json_object_get(e, "item"));
    json_array_append_new(json_object_get(facts, "items"), one);
}

static void take_event(json_t *facts, const json_t *e)
{
    static const char *const chat[] = {"who", "text", "at", NULL}, *const deck[] = {"title", "pages",
                                                                                    "manifest", NULL};
    const char *kind = report_text(e, "kind");
    if (json_is_string(json_object_get(e, "title")) &&
        (strcmp(kind, "created") == 0 || strcmp(kind, "changed") == 0))
        json_object_set(facts, "title", json_object_get(e, "title"));
    if (strcmp(kind, "joined") == 0)
        take_joined(facts, e);
    else if (strcmp(kind, "created") == 0 || strcmp(kind, "state") == 0)
        take_state(facts, e);
    else if (strcmp(kind, "chat") == 0)
        take(json_object_get(facts, "chat"), e, chat, report_number(e, "n"));
    else if (strcmp(kind, "deck-added") == 0)
        take(json_object_get(facts, "decks"), e, deck, report_number(e, "n"));
    else if (strcmp(kind, "agenda") == 0 && json_is_array(json_object_get(e, "items")))
        json_object_set(facts, "agenda", json_object_get(e, "items"));
    else if (strcmp(kind, "item") == 0)
        take_item(facts, e);
    else {
        take_question(json_object_get(facts, "questions"), e, kind);
        take_poll(json_object_get(facts, "polls"), e, kind);
    }
}

json_t *report_fold(const json_t *events)
{
    json_t *facts = json_pack("{s:{},s:{},s:[],s:[],s:[],s:[],s:[],s:[]}", "names", "roles", "questions",
                              "polls", "chat", "decks", "agenda", "items");
    size_t i;
    const json_t *e;
    json_array_foreach(events, i, e) if (facts != NULL) take_event(facts, e);
    return facts;
}
