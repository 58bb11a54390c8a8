#include "io/log_door.h"

#include <stdio.h>
#include <string.h>

#include "io/clock.h"
#include "signal/refusal.h"
#include "wire/json_in.h"

#define ERASED_ANSWER_MAX 65536 /* of an erasure: sessions and identities of one person */

static void read_session(struct json_in in, struct store_ask *ask)
{
    snprintf(ask->session, sizeof ask->session, "%s",
             json_in_string(in, "session", JSON_TEXT_ID, SESSION_ID_MAX));
}

static void read_show(struct json_in in, struct store_ask *ask)
{
    read_session(in, ask);
    ask->from = (uint64_t)json_in_integer_or(in, "from", 1, JSON_INTEGER_MAX, 1);
}

static void read_nothing(struct json_in in, struct store_ask *ask)
{
    (void)in;
    (void)ask;
}

static void read_path(struct json_in in, struct store_ask *ask)
{
    const char *file = json_in_string(in, "file", JSON_TEXT_BYTES, sizeof ask->path - 1);
    if (file[0] != '/')
        json_doc_fail(in.doc, ERR_UNSUPPORTED,
                      "\"file\" must be a whole path, from / on: the relay has a folder of its own.");
    snprintf(ask->path, sizeof ask->path, "%s", file);
}

static void read_form(struct json_in in, struct store_ask *ask)
{
    const char *form = json_in_string_or_null(in, "format", JSON_TEXT_ID, 20);
    ask->form = STORE_JSON;
    if (form != NULL && strcmp(form, "csv") == 0)
        ask->form = STORE_CSV;
    else if (form != NULL && strcmp(form, "xapi") == 0)
        ask->form = STORE_XAPI;
    else if (form != NULL && strcmp(form, "json") != 0)
        json_doc_fail(in.doc, ERR_UNSUPPORTED, "\"format\" must be json, csv or xapi.");
}

static void read_erase(struct json_in in, struct store_ask *ask)
{
    const char *session = json_in_string_or_null(in, "session", JSON_TEXT_ID, SESSION_ID_MAX);
    snprintf(ask->session, sizeof ask->session, "%s", session != NULL ? session : "");
    snprintf(ask->path, sizeof ask->path, "%s", json_in_string(in, "person", JSON_TEXT_LINE, PERSON_ID_MAX));
}

static void read_attendance(struct json_in in, struct store_ask *ask)
{
    ask->session_count = json_in_array_or_none(in, "sessions", STORE_SESSIONS_MAX);
    for (size_t i = 0; i < ask->session_count; i++)
        snprintf(ask->sessions[i], sizeof ask->sessions[i], "%s",
                 json_in_array_string(in, "sessions", i, JSON_TEXT_ID, SESSION_ID_MAX));
    if ((ask->session_count == 0) == !json_in_has(in, "programme"))
        json_doc_fail(in.doc, ERR_UNSUPPORTED,
                      "Name sessions, or a programme: whose attendance is asked for?");
    ask->per_cent = (unsigned)json_in_integer_or(in, "threshold", 1, 100, 0);
    ask->now_ms = clock_wall_us() / 1000;
    read_form(in, ask);
}

static const struct {
    const char *verb;
    enum store_question question;
    void (*read)(struct json_in in, struct store_ask *ask);
} verbs[] = {
    {"log-show", STORE_LOG_SHOW, read_show},   {"log-verify", STORE_LOG_VERIFY, read_nothing},
    {"backup", STORE_BACKUP, read_path},       {"attendance", STORE_ATTENDANCE, read_attendance},
    {"person-erase", STORE_ERASE, read_erase},
};

/* Sessions that go on are in memory, and on everyone's screens: their log is not rewritten under them. */
static bool is_in_memory(const struct desk *d, const struct store_ask *ask, struct json_out *ret_refusal)
{
    char why[300];
    const char *session = desk_knows_person(d, ask->session[0] ? ask->session : NULL, ask->path);
    if (session == NULL)
        return false;
    snprintf(why, sizeof why,
             "\"%.100s\" is in session %s, which is not over, or has been for less than ten minutes. End it, "
             "and try again then.",
             ask->path, session);
    refusal_write(ret_refusal, false, why);
    return true;
}

/* All sessions of the programme that is asked for, if one is. */
static bool fill_programme(const struct desk *d, struct json_in in, struct store_ask *ask,
                           struct json_out *ret_refusal)
{
    char why[200];
    if (ask->question != STORE_ATTENDANCE || !json_in_has(in, "programme"))
        return true;
    const char *id = json_in_string(in, "programme", JSON_TEXT_ID, 200);
    ask->of_programme = true;
    if (json_doc_error(in.doc) == ERR_NONE &&
        desk_programme_sessions(d, id, ask->sessions, &ask->session_count) == ERR_NONE)
        return true;
    snprintf(why, sizeof why,
             "There is no programme \"%.60s\"; \"aulactl programme list\" shows those there are.", id);
    refusal_write(ret_refusal, json_doc_error(in.doc) != ERR_NONE,
                  json_doc_error(in.doc) != ERR_NONE ? json_doc_why(in.doc) : why);
    return false;
}

static enum log_door ask_it(struct store *s, const struct desk *d, size_t verb, uint32_t request,
                            struct json_in in, const char *url, struct json_out *ret_refusal)
{
    struct store_ask ask = {.question = verbs[verb].question, .request = request};
    snprintf(ask.path, sizeof ask.path, "%s", url);
    verbs[verb].read(in, &ask);
    if (json_doc_error(in.doc) != ERR_NONE) {
        refusal_write(ret_refusal, true, json_doc_why(in.doc));
        return LOG_DOOR_REFUSED;
    }
    if (!fill_programme(d, in, &ask, ret_refusal))
        return LOG_DOOR_REFUSED;
    if (ask.question == STORE_ERASE && is_in_memory(d, &ask, ret_refusal))
        return LOG_DOOR_REFUSED;
    if (store_ask(s, &ask) == ERR_NONE)
        return LOG_DOOR_ASKED;
    refusal_write(ret_refusal, false, "The relay is busy with the log; try again in a moment.");
    return LOG_DOOR_REFUSED;
}

enum log_door log_door_take(struct store *s, const struct desk *d, uint32_t request, const char *text,
                            size_t len, const char *url, struct json_out *ret_refusal)
{
    struct json_doc *doc;
    char why[JSON_WHY_MAX];
    enum log_door answer = LOG_DOOR_OTHER;
    if (json_doc_read(text, len, SENTENCE_MAX, &doc, why) != ERR_NONE)
        return LOG_DOOR_OTHER; /* the desk says what is wrong */
    struct json_in in = json_doc_root(doc);
    const char *verb = json_in_string(in, "verb", JSON_TEXT_ID, 40);
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (strcmp(verb, verbs[i].verb) == 0)
            answer = ask_it(s, d, i, request, in, url, ret_refusal);
    }
    json_doc_destroy(doc);
    return answer;
}

void log_door_answered(struct desk *d, const char *text, size_t len)
{
    struct json_doc *doc;
    char why[JSON_WHY_MAX];
    if (len > ERASED_ANSWER_MAX || json_doc_read(text, len, ERASED_ANSWER_MAX, &doc, why) != ERR_NONE)
        return;
    struct json_in in = json_doc_root(doc);
    size_t count = json_in_has(in, "erased") ? json_in_array(in, "erased", PEOPLE_MAX) : 0;
    for (size_t i = 0; i < count; i++) {
        const char *identity = json_in_array_string(in, "erased", i, JSON_TEXT_LINE, PERSON_ID_MAX);
        if (json_doc_error(doc) == ERR_NONE)
            desk_erased(d, identity);
    }
    json_doc_destroy(doc);
}
