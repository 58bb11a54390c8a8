/* What aula.h lets a program ask and say; host.c and participant.c are what happens. */
#include <stdio.h>
#include <string.h>

#include "host.h"

const char *aula_version(void)
{
    return AULA_VERSION;
}

const char *aula_result_text(enum aula_result result)
{
    switch (result) {
    case AULA_OK:
        return "done";
    case AULA_BAD_ARGUMENT:
        return "that cannot be right";
    case AULA_NOT_NOW:
        return "not connected to the relay just now";
    case AULA_UNKNOWN:
        return "there is nobody or nothing of that name";
    case AULA_AMBIGUOUS:
        return "several people are called so; use the number";
    case AULA_NO_MEMORY:
        return "out of memory";
    case AULA_SYSTEM:
        return "the operating system refused";
    }
    return "unknown result";
}

static enum aula_result result_of(enum err e)
{
    switch (e) {
    case ERR_NONE:
        return AULA_OK;
    case ERR_STATE:
        return AULA_NOT_NOW;
    case ERR_UNKNOWN:
        return AULA_UNKNOWN;
    case ERR_FULL:
        return AULA_AMBIGUOUS;
    case ERR_MEMORY:
        return AULA_NO_MEMORY;
    default:
        return AULA_SYSTEM;
    }
}

/* ---- events ---- */

bool aula_next_event(struct aula_participant *p, struct aula_event *ret_event)
{
    return client_event(p->client, ret_event);
}

int64_t aula_joined_us(const struct aula_participant *p)
{
    return client_joined_us(p->client);
}

/* ---- sound ---- */

size_t aula_send(struct aula_participant *p, const float *pcm, size_t samples)
{
    size_t taken = p->out != NULL ? ring_put(p->out, pcm, samples) : 0;
    participant_settle(p); /* ticks begin with the first samples */
    return taken;
}

size_t aula_send_waiting(const struct aula_participant *p)
{
    return p->out != NULL ? p->out->count : 0;
}

size_t aula_receive(struct aula_participant *p, float *pcm, size_t samples)
{
    return p->in != NULL ? ring_take(p->in, pcm, samples) : 0;
}

bool aula_may_send(const struct aula_participant *p)
{
    return client_may_send(p->client);
}

void aula_counters(const struct aula_participant *p, struct aula_counters *ret_counters)
{
    client_counters(p->client, ret_counters);
    ret_counters->receive_overrun = p->receive_overrun;
}

/* ---- commands ---- */

static enum aula_result say(struct aula_participant *p, const struct action *action, int64_t *ret_command)
{
    int64_t id = 0;
    enum err e = client_do(p->client, action, clock_us(), &id);
    if (e == ERR_NONE && ret_command != NULL)
        *ret_command = id;
    participant_settle(p);
    return result_of(e);
}

static enum aula_result say_of(struct aula_participant *p, enum verb verb, const char *who,
                               int64_t *ret_command)
{
    struct action action = {.verb = verb};
    enum err e = mirror_find(client_mirror(p->client), who, &action.who);
    return e != ERR_NONE ? result_of(e) : say(p, &action, ret_command);
}

enum aula_result aula_hand(struct aula_participant *p, bool up, int64_t *ret_command)
{
    const struct action action = {.verb = up ? VERB_HAND_UP : VERB_HAND_DOWN};
    return say(p, &action, ret_command);
}

enum aula_result aula_mute(struct aula_participant *p, bool muted, int64_t *ret_command)
{
    const struct action action = {.verb = muted ? VERB_MUTE : VERB_UNMUTE};
    return say(p, &action, ret_command);
}

enum aula_result aula_page(struct aula_participant *p, unsigned page, int64_t *ret_command)
{
    const struct action action = {.verb = VERB_PAGE, .page = page};
    if (page < 1 || page > PAGES_MAX)
        return AULA_BAD_ARGUMENT;
    return say(p, &action, ret_command);
}

enum aula_result aula_chat(struct aula_participant *p, const char *text, int64_t *ret_command)
{
    const struct action action = {.verb = VERB_CHAT, .text = text};
    size_t characters = json_text_characters(text);
    if (characters < 1 || characters > CHAT_CHARACTERS_MAX || !json_text_is(text, JSON_TEXT_BLOCK))
        return AULA_BAD_ARGUMENT;
    return say(p, &action, ret_command);
}

enum aula_result aula_grant(struct aula_participant *p, const char *who, int64_t *ret_command)
{
    return say_of(p, VERB_GRANT, who, ret_command);
}

enum aula_result aula_release(struct aula_participant *p, const char *who, int64_t *ret_command)
{
    return say_of(p, VERB_RELEASE, who, ret_command);
}

enum aula_result aula_pin(struct aula_participant *p, const char *who, bool pinned, int64_t *ret_command)
{
    return say_of(p, pinned ? VERB_PIN : VERB_UNPIN, who, ret_command);
}

enum aula_result aula_both(struct aula_participant *p, const char *who, bool both, int64_t *ret_command)
{
    return say_of(p, both ? VERB_OPEN_BOTH : VERB_CLOSE_BOTH, who, ret_command);
}

enum aula_result aula_find(const struct aula_participant *p, const char *who, uint32_t *ret_number)
{
    return result_of(mirror_find(client_mirror(p->client), who, ret_number));
}

enum aula_result aula_command(struct aula_participant *p, const char *verb, const char *members,
                              int64_t *ret_command, char *why)
{
    struct client_sentence s;
    struct sentence_refusal refusal;
    struct json_out o;
    size_t len = strlen(members);
    bool object = len >= 2 && members[0] == '{';
    json_out_init(&o);
    json_open_object(&o, NULL);
    json_put_string(&o, "kind", "do");
    json_put_integer(&o, "id", 0);
    json_put_string(&o, "verb", verb);
    if (object && len > 2)
        json_put_members(&o, members, len);
    json_close_object(&o);
    enum err e = o.failed ? ERR_MEMORY : ERR_NONE;
    if (!e && client_sentence_read(o.text, o.len, &s, &refusal))
        e = ERR_MALFORMED;
    json_out_finish(&o);
    if (why != NULL)
        snprintf(why, AULA_WHY_MAX, "%s", e == ERR_MALFORMED ? refusal.why : "");
    if (e)
        return e == ERR_MALFORMED ? AULA_BAD_ARGUMENT : result_of(e);
    enum aula_result result = say(p, &s.action, ret_command);
    client_sentence_finish(&s);
    return result;
}

enum aula_result aula_people(struct aula_participant *p, const char *text, uint32_t after,
                             int64_t *ret_command)
{
    const struct people_query query = {.text = text != NULL && text[0] != 0 ? text : NULL, .after = after};
    int64_t id = 0;
    enum err e = client_search(p->client, &query, &id);
    if (e == ERR_NONE && ret_command != NULL)
        *ret_command = id;
    participant_settle(p);
    return result_of(e);
}

enum aula_result aula_leave(struct aula_participant *p, int64_t *ret_command)
{
    const struct action action = {.verb = VERB_LEAVE};
    return say(p, &action, ret_command);
}

/* ---- what is known ---- */

uint32_t aula_number(const struct aula_participant *p)
{
    return client_mirror(p->client)->you;
}

bool aula_has_floor(const struct aula_participant *p)
{
    const struct mirror_person *self = mirror_self(client_mirror(p->client));
    return self != NULL && self->floor;
}

unsigned aula_queue_place(const struct aula_participant *p)
{
    const struct mirror *m = client_mirror(p->client);
    return mirror_queue(m, m->you);
}

const char *aula_name(const struct aula_participant *p, uint32_t number)
{
    const struct mirror_person *person = mirror_person(client_mirror(p->client), number);
    return person != NULL ? person->name : NULL;
}

int64_t aula_playing(const struct aula_participant *p)
{
    return client_playing(p->client, clock_us());
}
