/* What a `do` may ask for, and which members each verb has. */
#include "wire/signal_verb.h"
#include "wire/event_members.h"

#include <string.h>

enum {
    NAMES = 1 << 0,    /* who */
    MAY_NAME = 1 << 1, /* who, or oneself */
    HAS_PAGE = 1 << 2, /* deck, page, rtp */
    HAS_TEXT = 1 << 3,
    HAS_LOCK = 1 << 4,
    HAS_SECONDS = 1 << 5,
    HAS_STARTS = 1 << 6,
    HAS_LANGUAGE = 1 << 7,
    HAS_ROOM = 1 << 8,
    HAS_CHECK_IN = 1 << 9, /* code, or room and people */
    HAS_PEOPLE = 1 << 10,  /* or oneself */
    HAS_STROKE = 1 << 11,
    HAS_MODERATED = 1 << 12,
    HAS_QUESTION_TEXT = 1 << 13,
    HAS_QUESTION = 1 << 14,
    HAS_POLL_TEXT = 1 << 15,
    HAS_POLL = 1 << 16,
    HAS_CHOICES = 1 << 17,
    HAS_ITEM = 1 << 18
};

static const struct {
    const char *text;
    unsigned members;
} verbs[VERB_COUNT] = {
    [VERB_HAND_UP] = {"hand-up", 0},
    [VERB_HAND_DOWN] = {"hand-down", MAY_NAME},
    [VERB_GRANT] = {"grant", NAMES},
    [VERB_RELEASE] = {"release", MAY_NAME},
    [VERB_MUTE] = {"mute", MAY_NAME},
    [VERB_UNMUTE] = {"unmute", MAY_NAME},
    [VERB_MUTE_ALL] = {"mute-all", 0},
    [VERB_ASK_UNMUTE] = {"ask-unmute", NAMES},
    [VERB_LOCK] = {"lock", HAS_LOCK},
    [VERB_UNLOCK] = {"unlock", HAS_LOCK},
    [VERB_REMOVE] = {"remove", NAMES},
    [VERB_PIN] = {"pin", NAMES},
    [VERB_UNPIN] = {"unpin", NAMES},
    [VERB_OPEN_BOTH] = {"open-both", NAMES},
    [VERB_CLOSE_BOTH] = {"close-both", NAMES},
    [VERB_OPEN] = {"open", 0},
    [VERB_END] = {"end", 0},
    [VERB_PAGE] = {"page", HAS_PAGE},
    [VERB_CHAT] = {"chat", HAS_TEXT},
    [VERB_LEAVE] = {"leave", 0},
    [VERB_CHAIR] = {"chair", NAMES},
    [VERB_STEP_DOWN] = {"step-down", 0},
    [VERB_DEPUTY] = {"deputy", NAMES},
    [VERB_NO_DEPUTY] = {"no-deputy", NAMES},
    [VERB_TIMER] = {"timer", HAS_SECONDS | MAY_NAME},
    [VERB_TIMER_CHANGE] = {"timer-change", HAS_SECONDS},
    [VERB_TIMER_STOP] = {"timer-stop", 0},
    [VERB_SCHEDULE] = {"schedule", HAS_STARTS},
    [VERB_RECORD] = {"record", 0},
    [VERB_RECORD_STOP] = {"record-stop", 0},
    [VERB_LANGUAGE] = {"language", HAS_LANGUAGE},
    [VERB_CODE] = {"code", HAS_ROOM},
    [VERB_CHECK_IN] = {"check-in", HAS_CHECK_IN},
    [VERB_CHECK_OUT] = {"check-out", HAS_PEOPLE},
    [VERB_STROKE] = {"stroke", HAS_PAGE | HAS_STROKE},
    [VERB_CLEAR] = {"clear", HAS_PAGE},
    [VERB_MODERATE] = {"moderate", HAS_MODERATED},
    [VERB_ASK] = {"ask", HAS_QUESTION_TEXT},
    [VERB_APPROVE] = {"approve", HAS_QUESTION},
    [VERB_DISMISS] = {"dismiss", HAS_QUESTION},
    [VERB_VOTE] = {"vote", HAS_QUESTION},
    [VERB_UNVOTE] = {"unvote", HAS_QUESTION},
    [VERB_ANSWERED] = {"answered", HAS_QUESTION},
    [VERB_POLL] = {"poll", HAS_POLL_TEXT},
    [VERB_POLL_OPEN] = {"poll-open", HAS_POLL},
    [VERB_ANSWER] = {"answer", HAS_POLL | HAS_CHOICES},
    [VERB_POLL_CLOSE] = {"poll-close", HAS_POLL},
    [VERB_POLL_SHOW] = {"poll-show", HAS_POLL},
    [VERB_POLL_DROP] = {"poll-drop", HAS_POLL},
    [VERB_ITEM] = {"item", HAS_ITEM},
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

static void read_check_in(struct json_in in, struct action *a)
{
    a->code = json_in_string_or_null(in, "code", JSON_TEXT_ID, CODE_MAX);
    if (a->code)
        return;
    a->room = json_in_string(in, "room", JSON_TEXT_LINE, NAME_CHARACTERS_MAX);
    a->people = number_list_read(in, "people", PEOPLE_MAX);
    if (!json_doc_error(in.doc) && a->people.count == 0)
        json_doc_fail(in.doc, ERR_UNSUPPORTED, "\"people\" must name at least one participant.");
}

static void read_slides(struct json_in in, unsigned has, struct action *a)
{
    if (has & HAS_PAGE) {
        a->deck = json_in_string(in, "deck", JSON_TEXT_ID, DECK_ID_MAX);
        a->page = (uint32_t)json_in_integer(in, "page", 1, PAGES_MAX);
        a->has_rtp = json_in_has(in, "rtp");
        a->rtp = (uint32_t)json_in_integer_or(in, "rtp", 0, UINT32_MAX, 0);
    }
    if (has & HAS_STROKE)
        a->stroke = stroke_read(in);
}

static void read_talk(struct json_in in, unsigned has, struct action *a)
{
    if (has & HAS_TEXT)
        a->text = json_in_string(in, "text", JSON_TEXT_BLOCK, CHAT_CHARACTERS_MAX);
    if (has & HAS_QUESTION_TEXT)
        a->text = json_in_string(in, "text", JSON_TEXT_BLOCK, QUESTION_CHARACTERS_MAX);
    if (has & HAS_QUESTION)
        a->subject = (uint64_t)json_in_integer(in, "question", 1, JSON_INTEGER_MAX);
    if (has & HAS_POLL_TEXT)
        a->poll = poll_text_read(in);
    if (has & HAS_POLL)
        a->subject = (uint64_t)json_in_integer(in, "poll", 1, JSON_INTEGER_MAX);
    if (has & HAS_CHOICES)
        a->choices = choices_read(in, "choices");
}

static void read_order(struct json_in in, unsigned has, struct action *a)
{
    if (has & HAS_LOCK)
        a->lock = lock_member(in);
    if (has & HAS_SECONDS)
        a->seconds = (uint32_t)json_in_integer(in, "seconds", 1, TIMER_SECONDS_MAX);
    if (has & HAS_STARTS)
        a->starts_ms = json_in_integer_or(in, "starts", 0, JSON_INTEGER_MAX, 0);
    if (has & HAS_LANGUAGE)
        a->language = json_in_string_or_null(in, "language", JSON_TEXT_ID, LANGUAGE_MAX);
    if (has & HAS_ROOM)
        a->room = json_in_string(in, "room", JSON_TEXT_LINE, NAME_CHARACTERS_MAX);
    if (has & HAS_CHECK_IN)
        read_check_in(in, a);
    if (has & HAS_PEOPLE && json_in_has(in, "people"))
        a->people = number_list_read(in, "people", PEOPLE_MAX);
    if (has & HAS_MODERATED)
        a->moderated = json_in_boolean(in, "moderated");
    if (has & HAS_ITEM)
        a->item = (uint32_t)json_in_integer(in, "item", 0, AGENDA_MAX);
}

void action_read(struct json_in in, struct action *ret_action)
{
    struct action a = {.id = json_in_integer(in, "id", 0, JSON_INTEGER_MAX), .verb = verb_member(in)};
    unsigned has = a.verb < VERB_COUNT ? verbs[a.verb].members : 0;
    if (has & NAMES)
        a.who = (uint32_t)json_in_integer(in, "who", 1, UINT32_MAX);
    if (has & MAY_NAME)
        a.who = (uint32_t)json_in_integer_or(in, "who", 1, UINT32_MAX, 0);
    read_slides(in, has, &a);
    read_talk(in, has, &a);
    read_order(in, has, &a);
    *ret_action = a;
}

static void write_check_in(struct json_out *o, const struct action *a)
{
    if (a->code) {
        json_put_string(o, "code", a->code);
        return;
    }
    json_put_string(o, "room", a->room);
    number_list_write(o, "people", &a->people);
}

static void write_slides(struct json_out *o, unsigned has, const struct action *a)
{
    if (has & HAS_PAGE) {
        json_put_string(o, "deck", a->deck);
        json_put_integer(o, "page", a->page);
        if (a->has_rtp)
            json_put_integer(o, "rtp", a->rtp);
    }
    if (has & HAS_STROKE)
        stroke_write(o, &a->stroke);
}

static void write_talk(struct json_out *o, unsigned has, const struct action *a)
{
    if (has & (HAS_TEXT | HAS_QUESTION_TEXT))
        json_put_string(o, "text", a->text);
    if (has & HAS_QUESTION)
        json_put_integer(o, "question", (int64_t)a->subject);
    if (has & HAS_POLL_TEXT)
        poll_text_write(o, &a->poll, true);
    if (has & HAS_POLL)
        json_put_integer(o, "poll", (int64_t)a->subject);
    if (has & HAS_CHOICES)
        choices_write(o, "choices", a->choices);
}

static void write_order(struct json_out *o, unsigned has, const struct action *a)
{
    if (has & HAS_LOCK)
        lock_write(o, a->lock);
    if (has & HAS_SECONDS)
        json_put_integer(o, "seconds", a->seconds);
    if (has & HAS_STARTS && a->starts_ms)
        json_put_integer(o, "starts", a->starts_ms);
    if (has & HAS_LANGUAGE && a->language)
        json_put_string(o, "language", a->language);
    if (has & HAS_ROOM)
        json_put_string(o, "room", a->room);
    if (has & HAS_CHECK_IN)
        write_check_in(o, a);
    if (has & HAS_PEOPLE && a->people.count)
        number_list_write(o, "people", &a->people);
    if (has & HAS_MODERATED)
        json_put_boolean(o, "moderated", a->moderated);
    if (has & HAS_ITEM)
        json_put_integer(o, "item", a->item);
}

void action_write_members(struct json_out *o, const struct action *a)
{
    unsigned has = verbs[a->verb].members;
    json_put_integer(o, "id", a->id);
    json_put_string(o, "verb", verb_text(a->verb));
    if (has & NAMES || (has & MAY_NAME && a->who))
        json_put_integer(o, "who", a->who);
    write_slides(o, has, a);
    write_talk(o, has, a);
    write_order(o, has, a);
}
