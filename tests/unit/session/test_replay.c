/* The state is the fold of its events: random histories, replayed through their JSON, give the same dump at
 * every prefix. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "history.h"

#define COMMANDS   4000
#define PEOPLE     12
#define DUMP_EVERY 97

static uint64_t random_state;

static uint32_t pick(uint32_t below)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 33) % below;
}

/* One random command, half of them nonsense. */
static void random_command(struct command *c, struct action *a)
{
    static const char *const texts[] = {"Ciao", "a \"quoted\" \\ text\n", "שלום", "🎓"};
    static const char *const decks[] = {"d1", "d2", "d3", "none"};
    *c =
        (struct command){.kind = COMMAND_ACTION, .by = pick(PEOPLE + 2), .at_ms = 1790000000000 + pick(1000)};
    *a = (struct action){.verb = (enum verb)pick(VERB_COUNT), .who = pick(PEOPLE + 3)};
    a->text = texts[pick(4)];
    a->deck = decks[pick(4)];
    a->page = pick(12);
    uint32_t sort = pick(10);
    if (a->verb == VERB_END && pick(COMMANDS) > 4)
        a->verb = VERB_HAND_UP;
    if (a->verb == VERB_REMOVE && pick(100) > 4)
        a->verb = VERB_GRANT;
    if (sort < 3) {
        c->kind = COMMAND_JOIN;
        c->join.who = 1 + c->by % PEOPLE;
        c->join.name = texts[pick(4) & 2];
        c->join.role = (enum role)(c->join.who % ROLE_COUNT);
        c->join.place = c->join.who % 2 ? PLACE_REMOTE : "A";
        c->join.language = c->join.who % 3 ? NULL : "it";
    } else if (sort == 3) {
        c->kind = pick(8) ? COMMAND_AWAY : COMMAND_RESTART;
    } else if (sort == 4) {
        c->kind = COMMAND_DECK;
        c->deck.deck = decks[pick(3)];
        c->deck.title = "Slides";
        c->deck.manifest = "/d/x.json";
        c->deck.pages = 10;
    } else {
        c->action.action = a;
        c->action.media = (session_samples)pick(1000000) - 500;
    }
}

/* The log, as it is on disk. */
struct log {
    char *events[COMMANDS * DECISION_EVENTS_MAX + 1];
    size_t count;
    char *dumps[COMMANDS * DECISION_EVENTS_MAX + 1]; /* the state after that event, now and then */
};

static char *event_text(const struct event *e)
{
    struct json_out o;
    char *text;
    size_t len;
    json_out_init(&o);
    event_write(&o, NULL, e);
    assert_int_equal(json_out_take(&o, &text, &len), ERR_NONE);
    return text;
}

static void live_one(struct session *s, const struct command *c, struct log *log)
{
    struct decision d;
    const char *why = NULL;
    char *before = pick(50) == 0 ? history_dump(s) : NULL;
    enum err e = session_decide(s, c, &d, &why);
    if (before) {
        char *after = history_dump(s);
        assert_string_equal(before, after); /* deciding changes nothing */
        free(after);
        free(before);
    }
    if (e) {
        assert_true(why && strlen(why) > 10);
        return;
    }
    for (size_t i = 0; i < d.count; i++) {
        assert_int_equal(d.events[i].n, session_n(s) + 1);
        log->events[log->count] = event_text(&d.events[i]);
        assert_int_equal(session_apply(s, &d.events[i]), ERR_NONE);
        if (log->count % DUMP_EVERY == 0)
            log->dumps[log->count] = history_dump(s);
        log->count++;
    }
}

static void apply_text(struct session *s, const char *text)
{
    struct json_doc *doc;
    char why[JSON_WHY_MAX];
    struct event e;
    assert_int_equal(json_doc_read(text, strlen(text), SENTENCE_MAX, &doc, why), ERR_NONE);
    event_read(json_doc_root(doc), &e);
    assert_int_equal(json_doc_error(doc), ERR_NONE);
    assert_int_equal(session_apply(s, &e), ERR_NONE);
    json_doc_destroy(doc);
}

static void one_history(uint64_t seed)
{
    random_state = seed * 0x9e3779b97f4a7c15u + 1;
    struct log *log = calloc(1, sizeof *log);
    assert_non_null(log);
    struct session *s, *again;
    assert_int_equal(session_create("s1", &s), ERR_NONE);
    assert_int_equal(session_create("s1", &again), ERR_NONE);
    static const char *const rooms[] = {"A", "B"};
    struct command c = {.kind = COMMAND_CREATE, .at_ms = 1790000000000};
    struct action a;
    c.create.title = "Day one";
    c.create.rooms = (struct name_list){rooms, 2};
    c.create.planned = seed % 2;
    live_one(s, &c, log);
    for (int i = 0; i < COMMANDS; i++) {
        random_command(&c, &a);
        live_one(s, &c, log);
    }
    assert_true(log->count > 200);
    for (size_t i = 0; i < log->count; i++) {
        apply_text(again, log->events[i]);
        if (log->dumps[i]) {
            char *dump = history_dump(again);
            assert_string_equal(dump, log->dumps[i]);
            free(dump);
        }
    }
    char *last = history_dump(s), *last_again = history_dump(again);
    assert_string_equal(last, last_again);
    free(last);
    free(last_again);
    for (size_t i = 0; i < log->count; i++) {
        free(log->events[i]);
        free(log->dumps[i]);
    }
    free(log);
    session_destroy(s);
    session_destroy(again);
}

static void random_histories(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 8; seed++)
        one_history(seed);
}

/* Events that do not follow change nothing. */
static void what_does_not_follow(void **state)
{
    (void)state;
    struct session *s = history_session(false);
    history_join(s, 1, ROLE_CHAIR, PLACE_REMOTE);
    history_join(s, 2, ROLE_TRAINEE, "A");
    history_act(s, 2, VERB_HAND_UP, 0);
    history_deck(s, "d1", 10);
    const uint64_t n = session_n(s) + 1;
    const struct {
        int row;
        struct event event;
        enum err want;
    } rows[] = {
        {1, {.n = n - 1, .kind = EVENT_LOCKED}, ERR_MALFORMED},
        {2, {.n = n + 1, .kind = EVENT_LOCKED}, ERR_MALFORMED},
        {3, {.n = 0, .kind = EVENT_LOCKED}, ERR_MALFORMED},
        {4, {.n = n, .kind = EVENT_CREATED, .title = "again"}, ERR_MALFORMED},
        {5, {.n = n, .kind = EVENT_OTHER}, ERR_MALFORMED},
        {6, {.n = n, .kind = EVENT_HAND_UP, .who = 2}, ERR_MALFORMED},
        {7, {.n = n, .kind = EVENT_HAND_DOWN, .who = 1}, ERR_MALFORMED},
        {8, {.n = n, .kind = EVENT_HAND_UP, .who = 3}, ERR_MALFORMED},
        {9, {.n = n, .kind = EVENT_GRANTED, .who = 0}, ERR_MALFORMED},
        {10, {.n = n, .kind = EVENT_MUTED, .who = UINT32_MAX}, ERR_MALFORMED},
        {11, {.n = n, .kind = EVENT_AWAY, .who = 9}, ERR_MALFORMED},
        {12, {.n = n, .kind = EVENT_JOINED, .who = 1, .name = "x", .place = "A"}, ERR_MALFORMED},
        {13, {.n = n, .kind = EVENT_JOINED, .who = 0, .name = "x", .place = "A"}, ERR_MALFORMED},
        {14, {.n = n, .kind = EVENT_JOINED, .who = PEOPLE_MAX + 1, .name = "x", .place = "A"}, ERR_FULL},
        {15, {.n = n, .kind = EVENT_PAGE, .deck = "d2", .page = 1}, ERR_MALFORMED},
        {16, {.n = n, .kind = EVENT_PAGE, .deck = "d1", .page = 11}, ERR_MALFORMED},
        {17, {.n = n, .kind = EVENT_PAGE, .deck = "d1", .page = 0}, ERR_MALFORMED},
        {18, {.n = n, .kind = EVENT_DECK_ADDED, .deck = "d1", .title = "x", .manifest = "y"}, ERR_MALFORMED},
        {19, {.n = n, .kind = EVENT_CHAT, .who = 9, .text = "x"}, ERR_MALFORMED},
        {20, {.n = n, .kind = EVENT_REMOVED, .who = 9}, ERR_MALFORMED},
    };
    char *before = history_dump(s);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *after;
        if (session_apply(s, &rows[i].event) != rows[i].want)
            fail_msg("row %d", rows[i].row);
        after = history_dump(s);
        if (strcmp(before, after) != 0)
            fail_msg("row %d changed the state", rows[i].row);
        free(after);
    }
    free(before);
    session_destroy(s);
    session_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_histories),
        cmocka_unit_test(what_does_not_follow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
