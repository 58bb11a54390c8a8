/* What a `do` may ask for, and which members each verb has. */
#include "wire/signal_verb.h"

#include <string.h>

static const struct {
    const char *text;
    unsigned members;
} verbs[VERB_COUNT] = {
    [VERB_HAND_UP] = {"hand-up", 0},
    [VERB_HAND_DOWN] = {"hand-down", ACTION_MAY_NAME},
    [VERB_GRANT] = {"grant", ACTION_NAMES},
    [VERB_RELEASE] = {"release", ACTION_MAY_NAME},
    [VERB_MUTE] = {"mute", ACTION_MAY_NAME},
    [VERB_UNMUTE] = {"unmute", ACTION_MAY_NAME},
    [VERB_MUTE_ALL] = {"mute-all", 0},
    [VERB_ASK_UNMUTE] = {"ask-unmute", ACTION_NAMES},
    [VERB_LOCK] = {"lock", 0},
    [VERB_UNLOCK] = {"unlock", 0},
    [VERB_REMOVE] = {"remove", ACTION_NAMES},
    [VERB_PIN] = {"pin", ACTION_NAMES},
    [VERB_UNPIN] = {"unpin", ACTION_NAMES},
    [VERB_OPEN_BOTH] = {"open-both", ACTION_NAMES},
    [VERB_CLOSE_BOTH] = {"close-both", ACTION_NAMES},
    [VERB_OPEN] = {"open", 0},
    [VERB_END] = {"end", 0},
    [VERB_PAGE] = {"page", ACTION_HAS_PAGE},
    [VERB_CHAT] = {"chat", ACTION_HAS_TEXT},
    [VERB_LEAVE] = {"leave", 0},
};

const char *verb_text(enum verb verb)
{
    return verbs[verb].text;
}

enum err verb_read(const char *text, enum verb *ret_verb)
{
    for (int i = 0; i < VERB_COUNT; i++) {
        if (strcmp(text, verbs[i].text) == 0) {
            *ret_verb = (enum verb)i;
            return ERR_NONE;
        }
    }
    return ERR_UNKNOWN;
}

static enum verb verb_member(struct json_in in)
{
    enum verb verb = VERB_COUNT;
    if (verb_read(json_in_string(in, "verb", JSON_TEXT_ID, 20), &verb))
        json_doc_fail(in.doc, ERR_UNSUPPORTED,
                      "\"verb\" is none that the relay knows; see the list of commands in the protocol.");
    return verb;
}

void action_read(struct json_in in, struct action *ret_action)
{
    struct action a = {.id = json_in_integer(in, "id", 0, JSON_INTEGER_MAX), .verb = verb_member(in)};
    unsigned has = a.verb < VERB_COUNT ? verbs[a.verb].members : 0;
    if (has & ACTION_NAMES)
        a.who = (uint32_t)json_in_integer(in, "who", 1, UINT32_MAX);
    if (has & ACTION_MAY_NAME)
        a.who = (uint32_t)json_in_integer_or(in, "who", 1, UINT32_MAX, 0);
    if (has & ACTION_HAS_PAGE) {
        a.deck = json_in_string(in, "deck", JSON_TEXT_ID, DECK_ID_MAX);
        a.page = (uint32_t)json_in_integer(in, "page", 1, PAGES_MAX);
        a.has_rtp = json_in_has(in, "rtp");
        a.rtp = (uint32_t)json_in_integer_or(in, "rtp", 0, UINT32_MAX, 0);
    }
    if (has & ACTION_HAS_TEXT)
        a.text = json_in_string(in, "text", JSON_TEXT_BLOCK, CHAT_CHARACTERS_MAX);
    *ret_action = a;
}

void action_write_members(struct json_out *o, const struct action *a)
{
    unsigned has = verbs[a->verb].members;
    json_put_integer(o, "id", a->id);
    json_put_string(o, "verb", verb_text(a->verb));
    if (has & ACTION_NAMES || (has & ACTION_MAY_NAME && a->who))
        json_put_integer(o, "who", a->who);
    if (has & ACTION_HAS_PAGE) {
        json_put_string(o, "deck", a->deck);
        json_put_integer(o, "page", a->page);
        if (a->has_rtp)
            json_put_integer(o, "rtp", a->rtp);
    }
    if (has & ACTION_HAS_TEXT)
        json_put_string(o, "text", a->text);
}
