/* Requests of operators, whichever door they came through: the shell's own verbs, those for the log, and all
 * else for the desk. */
#include "io/pump.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "io/api.h"
#include "io/clock.h"
#include "io/figures.h"
#include "io/log.h"
#include "io/log_door.h"
#include "record/recording.h"
#include "signal/refusal.h"
#include "wire/json_in.h"

void pump_reply(struct pump *p, uint32_t request, const char *text, size_t len)
{
    if (request & API_REQUEST)
        api_reply(p->web, request, text, len);
    else
        control_reply(p->door, request, text, len);
}

/* Gives the reply and finishes it. */
static void reply(struct pump *p, uint32_t request, struct json_out *o)
{
    static const char no_memory[] = "{\"ok\":false,\"why\":\"There is not enough memory.\"}";
    if (o->failed)
        pump_reply(p, request, no_memory, sizeof no_memory - 1);
    else
        pump_reply(p, request, o->text, o->len);
    json_out_finish(o);
}

static void refuse(struct pump *p, uint32_t request, bool usage, const char *why)
{
    struct json_out o;
    refusal_write(&o, usage, why);
    reply(p, request, &o);
}

static void drain(struct pump *p, uint32_t request, struct json_in in)
{
    struct json_out o;
    (void)in;
    log_info("Draining: the relay ends when its last session is over.");
    p->draining = true;
    desk_drain(p->desk);
    json_out_init(&o);
    json_open_object(&o, NULL);
    json_put_boolean(&o, "ok", true);
    json_close_object(&o);
    reply(p, request, &o);
}

/* Whoever asks may stand in another folder. */
static void put_whole_path(struct json_out *o, const char *name, const char *path)
{
    char whole[PATH_MAX];
    json_put_string(o, name, realpath(path, whole) != NULL ? whole : path);
}

/* Folders are for those on this machine alone; without a session it is they that are asked for. */
static void recording(struct pump *p, uint32_t request, struct json_in in)
{
    char key[RECORDING_KEY_CHARACTERS + 1], url[URL_MAX + 1];
    const char *session = json_in_string_or_null(in, "session", JSON_TEXT_ID, SESSION_ID_MAX);
    struct json_out o;
    if (json_doc_error(in.doc) != ERR_NONE) {
        refuse(p, request, true, json_doc_why(in.doc));
        return;
    }
    if (session != NULL && recording_find(p->places.recordings, session, key) != ERR_NONE) {
        refuse(p, request, false, "Nothing of that session is recorded.");
        return;
    }
    json_out_init(&o);
    json_open_object(&o, NULL);
    json_put_boolean(&o, "ok", true);
    if (session != NULL) {
        snprintf(url, sizeof url, "%s/r/%s/%s/", p->url, session, key);
        json_put_string(&o, "session", session);
        json_put_string(&o, "url", url);
    }
    if (!(request & API_REQUEST)) {
        put_whole_path(&o, "recordings", p->places.recordings);
        put_whole_path(&o, "decks", p->places.decks);
        put_whole_path(&o, "web", p->places.web);
    }
    json_close_object(&o);
    reply(p, request, &o);
}

static const struct {
    const char *verb;
    void (*answer)(struct pump *p, uint32_t request, struct json_in in);
} own[] = {{"drain", drain}, {"recording", recording}};

/* True where the verb is the shell's own. */
static bool take_own(struct pump *p, uint32_t request, const char *text, size_t len)
{
    struct json_doc *doc;
    char why[JSON_WHY_MAX];
    bool taken = false;
    if (json_doc_read(text, len, SENTENCE_MAX, &doc, why) != ERR_NONE)
        return false; /* the desk says what is wrong */
    struct json_in in = json_doc_root(doc);
    const char *verb = json_in_string(in, "verb", JSON_TEXT_ID, 40);
    for (size_t i = 0; i < sizeof own / sizeof own[0] && !taken; i++) {
        taken = strcmp(verb, own[i].verb) == 0;
        if (taken)
            own[i].answer(p, request, in);
    }
    json_doc_destroy(doc);
    return taken;
}

void pump_request(void *self, uint32_t request, const char *text, size_t len)
{
    struct pump *p = self;
    struct json_out refusal;
    if (take_own(p, request, text, len))
        return;
    switch (log_door_take(p->store, p->desk, request, text, len, p->url, &refusal)) {
    case LOG_DOOR_OTHER:
        figures_tell(p);
        desk_request(p->desk, request, text, len, clock_monotonic_us());
        break;
    case LOG_DOOR_ASKED:
        break;
    case LOG_DOOR_REFUSED:
        reply(p, request, &refusal);
        break;
    }
}
