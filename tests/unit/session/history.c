#include "history.h"

#include <stdlib.h>

#define AT_MS 1790000000000

static const char *last_why = "";

const char *history_why(void)
{
    return last_why;
}

int history_do(struct session *s, const struct command *c, struct decision *ret_decision)
{
    struct decision d;
    last_why = "";
    enum err e = session_decide(s, c, &d, &last_why);
    if (e)
        return -(int)e;
    for (size_t i = 0; i < d.count; i++) {
        if (session_apply(s, &d.events[i]))
            abort();
    }
    if (ret_decision)
        *ret_decision = d;
    return (int)d.count;
}

struct session *history_session(bool planned)
{
    static const char *const rooms[] = {"A", "B"};
    struct session *s;
    if (session_create("s1", &s))
        abort();
    struct command c = {.kind = COMMAND_CREATE, .at_ms = AT_MS};
    c.create.title = "Day one";
    c.create.rooms = (struct name_list){rooms, 2};
    c.create.planned = planned;
    history_do(s, &c, NULL);
    return s;
}

int history_join(struct session *s, uint32_t who, enum role role, const char *place)
{
    struct command c = {.kind = COMMAND_JOIN, .by = who, .at_ms = AT_MS};
    c.join.who = who;
    c.join.name = "Somebody";
    c.join.place = place;
    c.join.role = role;
    return history_do(s, &c, NULL);
}

int history_away(struct session *s, uint32_t who)
{
    struct command c = {.kind = COMMAND_AWAY, .by = who, .at_ms = AT_MS};
    return history_do(s, &c, NULL);
}

static int act(struct session *s, uint32_t by, const struct action *a)
{
    struct command c = {.kind = COMMAND_ACTION, .by = by, .at_ms = AT_MS};
    c.action.action = a;
    c.action.media = 48000;
    return history_do(s, &c, NULL);
}

int history_act(struct session *s, uint32_t by, enum verb verb, uint32_t who)
{
    struct action a = {.verb = verb, .who = who};
    return act(s, by, &a);
}

int history_chat(struct session *s, uint32_t by, const char *text)
{
    struct action a = {.verb = VERB_CHAT, .text = text};
    return act(s, by, &a);
}

int history_deck(struct session *s, const char *deck, uint32_t pages)
{
    struct command c = {.kind = COMMAND_DECK, .at_ms = AT_MS};
    c.deck.deck = deck;
    c.deck.title = "Slides";
    c.deck.manifest = "/d/x.json";
    c.deck.pages = pages;
    return history_do(s, &c, NULL);
}

int history_page(struct session *s, uint32_t by, const char *deck, uint32_t page)
{
    struct action a = {.verb = VERB_PAGE, .deck = deck, .page = page};
    return act(s, by, &a);
}

char *history_dump(const struct session *s)
{
    struct json_out o;
    char *text;
    size_t len;
    json_out_init(&o);
    session_dump(s, &o);
    if (json_out_take(&o, &text, &len))
        abort();
    return text;
}
