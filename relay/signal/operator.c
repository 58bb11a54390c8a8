/* The operator's door: what is asked, and who answers. README.md here lists the requests. */
#include "signal/parts.h"
#include "signal/refusal.h"

#include <stdio.h>
#include <string.h>

void reply_open(struct json_out *o)
{
    json_out_init(o);
    json_open_object(o, NULL);
    json_put_boolean(o, "ok", true);
}

void reply_send(struct desk *d, uint32_t request, struct json_out *o, uint64_t row, point_us now_us)
{
    json_close_object(o);
    struct pending *p = pending_make(PENDING_REPLY, text_from(o));
    if (!p) {
        reply_refuse(d, request, false, "The relay is out of memory; try again in a moment.");
        return;
    }
    p->request = request;
    p->row = row;
    pending_push(d, p, now_us);
}

void reply_refuse(struct desk *d, uint32_t request, bool usage, const char *why)
{
    struct json_out o;
    refusal_write(&o, usage, why);
    out_reply(d, request, text_from(&o));
}

bool request_misread(struct desk *d, const struct request *r)
{
    if (!json_doc_error(r->in.doc))
        return false;
    reply_refuse(d, r->number, true, json_doc_why(r->in.doc));
    return true;
}

struct sitting *request_sitting(struct desk *d, const struct request *r)
{
    const char *id = json_in_string(r->in, "session", JSON_TEXT_ID, 200);
    if (request_misread(d, r))
        return NULL;
    struct sitting *s = sitting_find(d, id);
    char why[WHY_MAX];
    snprintf(why, sizeof why,
             past_find(d, id) ? "The session \"%.60s\" is over: \"aulactl log show\" has what happened in it."
                              : "There is no session \"%.60s\"; \"aulactl list\" shows those there are.",
             id);
    if (!s)
        reply_refuse(d, r->number, false, why);
    return s;
}

/* Carries out what a chair could do too. */
static void act(struct desk *d, const struct request *r, struct sitting *s, const struct action *a)
{
    struct command c = {.kind = COMMAND_ACTION, .by = 0, .at_ms = wall_ms(d, r->now_us)};
    uint64_t n;
    const char *why = "";
    struct json_out o;
    c.action.action = a;
    c.action.media = sitting_clock(d, s, r->now_us);
    if (sitting_do(d, s, &c, r->now_us, &n, &why)) {
        reply_refuse(d, r->number, false, why);
        return;
    }
    reply_open(&o);
    reply_send(d, r->number, &o, s->last_row, r->now_us);
    farewell(d, s, r->now_us);
}

/* `what`: the doors where it is missing. */
static enum lock lock_of(const struct request *r)
{
    const char *what = json_in_string_or_null(r->in, "what", JSON_TEXT_ID, 20);
    if (!what || strcmp(what, "doors") == 0)
        return LOCK_DOORS;
    if (strcmp(what, "hands") != 0 && strcmp(what, "chat") != 0)
        json_doc_fail(r->in.doc, ERR_UNSUPPORTED, "\"what\" must be doors, hands or chat.");
    return strcmp(what, "hands") == 0 ? LOCK_HANDS : LOCK_CHAT;
}

static void on_session(struct desk *d, const struct request *r, enum verb verb)
{
    struct sitting *s = request_sitting(d, r);
    struct action a = {.verb = verb};
    if (!s)
        return;
    a.lock = lock_of(r);
    if (!request_misread(d, r))
        act(d, r, s, &a);
}

static void on_person(struct desk *d, const struct request *r, enum verb verb)
{
    struct sitting *s = request_sitting(d, r);
    char why[WHY_MAX];
    struct action a = {.verb = verb};
    if (!s)
        return;
    a.who = request_who(s, r, false, why);
    if (a.who)
        act(d, r, s, &a);
    else
        reply_refuse(d, r->number, json_doc_error(r->in.doc) != ERR_NONE, why);
}

static void on_page(struct desk *d, const struct request *r)
{
    struct sitting *s = request_sitting(d, r);
    if (!s)
        return;
    struct action a = {.verb = VERB_PAGE};
    a.deck = json_in_string(r->in, "deck", JSON_TEXT_ID, DECK_ID_MAX);
    a.page = (uint32_t)json_in_integer(r->in, "page", 1, PAGES_MAX);
    if (!request_misread(d, r))
        act(d, r, s, &a);
}

static void on_timer(struct desk *d, const struct request *r)
{
    struct sitting *s = request_sitting(d, r);
    char why[WHY_MAX];
    struct action a = {.verb = VERB_TIMER};
    if (!s)
        return;
    a.seconds = (uint32_t)json_in_integer(r->in, "seconds", 1, TIMER_SECONDS_MAX);
    if (request_misread(d, r))
        return;
    if (json_in_has(r->in, "participant") && !(a.who = request_who(s, r, false, why)))
        reply_refuse(d, r->number, json_doc_error(r->in.doc) != ERR_NONE, why);
    else
        act(d, r, s, &a);
}

static void on_item(struct desk *d, const struct request *r)
{
    struct sitting *s = request_sitting(d, r);
    struct action a = {.verb = VERB_ITEM};
    if (!s)
        return;
    a.item = (uint32_t)json_in_integer(r->in, "item", 0, AGENDA_MAX);
    if (!request_misread(d, r))
        act(d, r, s, &a);
}

static void on_schedule(struct desk *d, const struct request *r)
{
    struct sitting *s = request_sitting(d, r);
    struct action a = {.verb = VERB_SCHEDULE};
    if (!s)
        return;
    a.starts_ms = json_in_integer_or(r->in, "starts", 0, JSON_INTEGER_MAX, 0);
    if (!request_misread(d, r))
        act(d, r, s, &a);
}

/* A new code, and what it is. */
static void on_code(struct desk *d, const struct request *r)
{
    struct sitting *s = request_sitting(d, r);
    char code[CODE_MAX + 1];
    struct action a = {.verb = VERB_CODE};
    struct command c = {.kind = COMMAND_ACTION, .at_ms = wall_ms(d, r->now_us)};
    uint64_t n;
    const char *why = "";
    struct json_out o;
    if (!s)
        return;
    a.room = json_in_string(r->in, "room", JSON_TEXT_LINE, NAME_CHARACTERS_MAX);
    if (request_misread(d, r))
        return;
    code_make(d, code);
    c.action.action = &a;
    c.action.new_code = code;
    if (sitting_do(d, s, &c, r->now_us, &n, &why)) {
        reply_refuse(d, r->number, false, why);
        return;
    }
    reply_open(&o);
    json_put_string(&o, "code", code);
    reply_send(d, r->number, &o, s->last_row, r->now_us);
}

/* Somebody who has a link, whether he has joined or not. */
static void on_check_in(struct desk *d, const struct request *r)
{
    struct sitting *s = request_sitting(d, r);
    char why[WHY_MAX];
    struct action a = {.verb = VERB_CHECK_IN};
    if (!s)
        return;
    a.room = json_in_string(r->in, "room", JSON_TEXT_LINE, NAME_CHARACTERS_MAX);
    uint32_t who = request_who(s, r, true, why);
    a.people = (struct number_list){&who, 1};
    if (who)
        act(d, r, s, &a);
    else
        reply_refuse(d, r->number, json_doc_error(r->in.doc) != ERR_NONE, why);
}

void operator_message(struct desk *d, const struct request *r)
{
    struct sitting *s = request_sitting(d, r);
    if (!s)
        return;
    struct action a = {.verb = VERB_CHAT};
    a.text = json_in_string(r->in, "text", JSON_TEXT_BLOCK, CHAT_CHARACTERS_MAX);
    if (request_misread(d, r))
        return;
    if (!json_in_has(r->in, "participant")) {
        act(d, r, s, &a);
        return;
    }
    char why[WHY_MAX] = "That participant is not here now.";
    uint32_t who = request_who(s, r, false, why);
    struct seat *seat = seat_find(s, who);
    if (!seat || !seat->member || !seat->member->welcomed) {
        reply_refuse(d, r->number, json_doc_error(r->in.doc) != ERR_NONE, why);
        return;
    }
    struct relay_sentence sentence = {.kind = RELAY_MESSAGE, .message = a.text};
    struct json_out o;
    member_say(d, seat->member, sentence_text(&sentence), false);
    reply_open(&o);
    reply_send(d, r->number, &o, 0, r->now_us);
}

/* Verbs that a chair has too, by whether they name a person. */
static const struct {
    enum verb verb;
    bool names;
} shared[] = {
    {VERB_OPEN, false},      {VERB_END, false},    {VERB_MUTE_ALL, false},    {VERB_LOCK, false},
    {VERB_UNLOCK, false},    {VERB_GRANT, true},   {VERB_RELEASE, true},      {VERB_MUTE, true},
    {VERB_REMOVE, true},     {VERB_PIN, true},     {VERB_UNPIN, true},        {VERB_OPEN_BOTH, true},
    {VERB_CLOSE_BOTH, true}, {VERB_CHAIR, true},   {VERB_DEPUTY, true},       {VERB_NO_DEPUTY, true},
    {VERB_ASK_UNMUTE, true}, {VERB_RECORD, false}, {VERB_RECORD_STOP, false}, {VERB_TIMER_STOP, false}};

static const struct {
    const char *verb;
    void (*answer)(struct desk *d, const struct request *r);
} own[] = {{"session-create", operator_create},
           {"list", operator_list},
           {"show", operator_show},
           {"top", operator_top},
           {"link", operator_link},
           {"link-list", operator_link_list},
           {"link-revoke", operator_link_revoke},
           {"page", on_page},
           {"timer", on_timer},
           {"item", on_item},
           {"schedule", on_schedule},
           {"code", on_code},
           {"check-in", on_check_in},
           {"programme", operator_programme},
           {"certificate", operator_certificate},
           {"verify", operator_verify},
           {"programme-session", operator_programme_session},
           {"programme-person", operator_programme_person},
           {"programme-withdraw", operator_programme_withdraw},
           {"programme-list", operator_programme_list},
           {"programme-show", operator_programme_show},
           {"message", operator_message},
           {"token-create", operator_token_create},
           {"token-list", operator_token_list},
           {"token-revoke", operator_token_revoke}};

static void answer(struct desk *d, const struct request *r)
{
    const char *verb = json_in_string(r->in, "verb", JSON_TEXT_ID, 40);
    if (request_misread(d, r))
        return;
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        if (strcmp(verb, own[i].verb) == 0) {
            own[i].answer(d, r);
            return;
        }
    }
    for (size_t i = 0; i < sizeof shared / sizeof shared[0]; i++) {
        if (strcmp(verb, verb_text(shared[i].verb)) != 0)
            continue;
        if (shared[i].names)
            on_person(d, r, shared[i].verb);
        else
            on_session(d, r, shared[i].verb);
        return;
    }
    char why[WHY_MAX];
    snprintf(why, sizeof why, "The relay does not know the request \"%.40s\".", verb);
    reply_refuse(d, r->number, true, why);
}

void desk_request(struct desk *d, uint32_t request, const char *text, size_t len, point_us now_us)
{
    struct json_doc *doc;
    char why[JSON_WHY_MAX];
    if (json_doc_read(text, len, SENTENCE_MAX, &doc, why)) {
        reply_refuse(d, request, true, why);
        return;
    }
    struct request r = {.number = request, .in = json_doc_root(doc), .now_us = now_us};
    answer(d, &r);
    json_doc_destroy(doc);
}
