/* The state is the fold of its events: random histories of commands of every kind, killed between any two and
 * replayed through their JSON, from the first event or from any snapshot, give the same bytes.
 * usage: test_session_replay [HISTORIES] */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "history.h"

#define COMMANDS       500
#define PEOPLE         12
#define FOLLOWERS      4  /* sessions out of snapshots that go on with the history */
#define SNAPSHOT_EVERY 13 /* events */
#define AT_MS          1790000000000

static uint64_t histories = 60;
static uint64_t random_state;
static size_t did[VERB_COUNT], happened[EVENT_OTHER]; /* over all histories */

static uint32_t pick(uint32_t below)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 33) % below;
}

static const char *const texts[] = {"Ciao", "a \"quoted\" \\ text", "שלום", "🎓"};
static const char *const decks[] = {"d1", "d2", "d3", "none"};

#define SUBJECTS 3
static uint64_t questions[SUBJECTS], polls[SUBJECTS]; /* the newest, that commands are about */
static size_t question_count, poll_count;

static void numbers(struct json_out *o, const char *name, uint32_t count, uint32_t below)
{
    json_open_array(o, name);
    for (uint32_t i = 0; i < count; i++)
        json_put_integer(o, NULL, 1 + pick(below));
    json_close_array(o);
}

/* What the verbs of timer, rooms, strokes, questions and polls want. */
static void more_members(struct json_out *o)
{
    static const char *const locks[] = {"doors", "hands", "chat"}, *const languages[] = {"it", "fr", "xx"},
                             *const rooms[] = {"A", "B", "C"}, *const inks[] = {"red", "blue", "white"};
    uint64_t question = questions[pick(SUBJECTS)], poll = polls[pick(SUBJECTS)];
    json_put_string(o, "what", locks[pick(3)]);
    json_put_integer(o, "seconds", 1 + pick(600));
    json_put_integer(o, "starts", AT_MS + pick(3));
    json_put_integer(o, "item", pick(5));
    if (pick(4))
        json_put_string(o, "language", languages[pick(3)]);
    json_put_string(o, "room", rooms[pick(3)]);
    if (pick(2))
        json_put_string(o, "code", pick(2) ? "code1" : "CODE2");
    numbers(o, "people", 1 + pick(3), PEOPLE + 2);
    json_put_string(o, "ink", inks[pick(3)]);
    json_put_integer(o, "width", 1 + pick(STROKE_WIDTH_MAX));
    numbers(o, "points", 2 * (1 + pick(3)), STROKE_SCALE);
    json_put_boolean(o, "moderated", pick(2));
    json_put_integer(o, "question", (int64_t)(question ? question : 1));
    json_put_integer(o, "poll", (int64_t)(poll ? poll : 1));
    json_open_array(o, "options");
    for (int i = 0; i < 3; i++)
        json_put_string(o, NULL, texts[i]);
    json_close_array(o);
    json_put_boolean(o, "several", pick(2));
    if (pick(2))
        numbers(o, "right", 1, 3);
    numbers(o, "choices", 1 + pick(2), 3);
}

/* A `do` with every member that there is: the reader takes those that the verb has. A verb with a member that
 * is not here is never done, and every_kind_was_there says so. */
static struct client_sentence *random_do(struct client_sentence *ret_sentence)
{
    struct json_out o;
    struct sentence_refusal refusal;
    enum verb verb = (enum verb)pick(VERB_COUNT);
    /* What ends a history, or its people, is rare. */
    if (verb == VERB_END && pick(80))
        verb = VERB_HAND_UP;
    if (verb == VERB_DISMISS && pick(4))
        verb = pick(2) ? VERB_VOTE : VERB_UNVOTE;
    if (verb == VERB_REMOVE && pick(10))
        verb = VERB_GRANT;
    json_out_init(&o);
    json_open_object(&o, NULL);
    json_put_string(&o, "kind", "do");
    json_put_integer(&o, "id", 1);
    json_put_string(&o, "verb", verb_text(verb));
    bool room = verb == VERB_PIN || verb == VERB_UNPIN || verb == VERB_OPEN_BOTH || verb == VERB_CLOSE_BOTH;
    if (room && pick(3))
        json_put_integer(&o, "who", ROLE_ROOM);
    else if (pick(3))
        json_put_integer(&o, "who", 1 + pick(PEOPLE + 2));
    json_put_string(&o, "deck", decks[pick(4)]);
    json_put_integer(&o, "page", 1 + pick(11));
    json_put_string(&o, "text", texts[pick(4)]);
    more_members(&o);
    json_close_object(&o);
    enum err e = client_sentence_read(o.text, o.len, ret_sentence, &refusal);
    json_out_finish(&o);
    return e ? NULL : ret_sentence;
}

static void random_join(struct command *c)
{
    c->join.who = 1 + pick(PEOPLE);
    c->join.name = texts[pick(4)];
    c->join.role = (enum role)(c->join.who % ROLE_COUNT);
    c->join.place = c->join.who % 2 ? PLACE_REMOTE : "A";
    c->join.language = c->join.who % 3 ? NULL : "it";
    c->join.deputy = c->join.who % 5 == 0;
    c->join.person = c->join.who % 4 ? NULL : "p-17";
}

static void random_change(struct command *c)
{
    static const char *const rooms[] = {"A", "B", "C", "D"}, *const languages[] = {"it", "fr"};
    uint32_t from = pick(3);
    c->create.title = texts[pick(4)];
    c->create.rooms = (struct name_list){rooms + from, pick(5 - from)};
    c->create.languages = (struct name_list){languages, pick(3)};
    c->create.recorded = pick(2);
    c->create.starts_ms = pick(2) ? AT_MS + 7 : 0;
}

static void random_agenda(struct command *c)
{
    static const struct agenda_item items[] = {{"Welcome", "Ada", 1, 900, AT_MS},
                                               {"שלום", NULL, 0, 60, 0},
                                               {NULL, "Bo", 30, 3600, 0},
                                               {"Welcome", "Ada", 2, 60, AT_MS + 1},
                                               {NULL, NULL, 0, 1, 0}};
    uint32_t from = pick(4);
    c->agenda = (struct agenda){items + from, pick(6 - from)};
}

/* One random command, many of them nonsense; `sentence` is to be finished where it has a doc. */
static void random_command(struct command *c, struct client_sentence *sentence)
{
    static const enum command_kind kinds[] = {
        COMMAND_JOIN,   COMMAND_JOIN,   COMMAND_JOIN,   COMMAND_AWAY,   COMMAND_BACKSTAGE,
        COMMAND_DECK,   COMMAND_ACTION, COMMAND_ACTION, COMMAND_ACTION, COMMAND_ACTION,
        COMMAND_ACTION, COMMAND_ACTION, COMMAND_CHANGE, COMMAND_AGENDA};
    *c = (struct command){.kind = pick(100) ? kinds[pick(sizeof kinds / sizeof kinds[0])] : COMMAND_RESTART,
                          .by = pick(3) ? pick(PEOPLE + 2) : 0,
                          .at_ms = AT_MS + pick(1000)};
    *sentence = (struct client_sentence){.doc = NULL};
    switch (c->kind) {
    case COMMAND_JOIN:
        random_join(c);
        break;
    case COMMAND_DECK:
        c->deck.deck = decks[pick(3)];
        c->deck.title = "Slides";
        c->deck.manifest = "/d/x.json";
        c->deck.pages = 10;
        break;
    case COMMAND_ACTION:
        while (!random_do(sentence))
            continue;
        c->action.action = &sentence->action;
        c->action.new_code = pick(2) ? "CODE1" : "CODE2";
        c->action.media = (session_samples)pick(1000000) - 500;
        break;
    case COMMAND_CHANGE:
        random_change(c);
        break;
    case COMMAND_AGENDA:
        random_agenda(c);
        break;
    case COMMAND_CREATE:
    case COMMAND_OPEN:
    case COMMAND_AWAY:
    case COMMAND_RESTART:
    case COMMAND_BACKSTAGE:
        break;
    }
}

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

static void apply_text(struct session *s, const char *text)
{
    struct json_doc *doc;
    char why[JSON_WHY_MAX];
    struct event e;
    assert_int_equal(json_doc_read(text, strlen(text), SENTENCE_MAX, &doc, why), ERR_NONE);
    event_read(json_doc_root(doc), &e);
    assert_int_equal(json_doc_error(doc), ERR_NONE);
    if (session_apply(s, &e))
        fail_msg("not taken: %s", text);
    json_doc_destroy(doc);
}

static void same(const struct session *a, const struct session *b)
{
    char *one = history_dump(a), *other = history_dump(b);
    assert_string_equal(one, other);
    free(one);
    free(other);
}

/* A relay that was killed here and read its newest snapshot: the same bytes. */
static struct session *out_of_snapshot(const struct session *s)
{
    char *dump = history_dump(s);
    struct session *loaded;
    enum err e = session_load("s1", dump, strlen(dump), &loaded);
    if (e)
        fail_msg("%s: %s", err_text(e), dump);
    free(dump);
    same(s, loaded);
    return loaded;
}

struct history {
    struct session *live, *replayed;
    struct session *followers[FOLLOWERS];
    size_t count; /* events */
};

static void take(struct history *h, const struct event *e)
{
    char *text = event_text(e);
    happened[e->kind]++;
    if (e->kind == EVENT_ASKED || (e->kind == EVENT_QUESTION && e->subject == e->n))
        questions[question_count++ % SUBJECTS] = e->n;
    if (e->kind == EVENT_POLL_MADE)
        polls[poll_count++ % SUBJECTS] = e->n;
    assert_int_equal(e->n, session_n(h->live) + 1);
    assert_int_equal(session_apply(h->live, e), ERR_NONE);
    apply_text(h->replayed, text);
    same(h->live, h->replayed); /* killed after this event */
    for (size_t i = 0; i < FOLLOWERS; i++) {
        if (h->followers[i])
            apply_text(h->followers[i], text);
    }
    if (h->count % SNAPSHOT_EVERY == 0) {
        struct session **follower = &h->followers[h->count / SNAPSHOT_EVERY % FOLLOWERS];
        if (*follower)
            same(h->live, *follower);
        session_destroy(*follower);
        *follower = out_of_snapshot(h->live);
    }
    h->count++;
    free(text);
}

static void command(struct history *h, const struct command *c)
{
    struct decision d;
    const char *why = NULL;
    char *before = pick(20) == 0 ? history_dump(h->live) : NULL;
    enum err e = session_decide(h->live, c, &d, &why);
    if (before) {
        char *after = history_dump(h->live);
        assert_string_equal(before, after); /* deciding changes nothing */
        free(after);
        free(before);
    }
    if (e) {
        assert_true(why && strlen(why) > 10);
        return;
    }
    for (size_t i = 0; i < d.count; i++)
        take(h, &d.events[i]);
    if (c->kind == COMMAND_ACTION)
        did[c->action.action->verb] += d.count > 0;
}

static void one_history(uint64_t seed)
{
    static const char *const rooms[] = {"A", "B"}, *const languages[] = {"it", "fr"};
    struct history h = {.count = 0};
    memset(questions, 0, sizeof questions);
    memset(polls, 0, sizeof polls);
    random_state = seed * 0x9e3779b97f4a7c15u + 1;
    assert_int_equal(session_create("s1", &h.live), ERR_NONE);
    assert_int_equal(session_create("s1", &h.replayed), ERR_NONE);
    struct command c = {.kind = COMMAND_CREATE, .at_ms = AT_MS};
    c.create.title = "Day one";
    c.create.rooms = (struct name_list){rooms, 2};
    c.create.languages = (struct name_list){languages, 2};
    c.create.planned = seed % 2;
    c.create.starts_ms = seed % 3 ? AT_MS : 0;
    command(&h, &c);
    for (int i = 0; i < COMMANDS; i++) {
        struct client_sentence sentence;
        random_command(&c, &sentence);
        command(&h, &c);
        if (sentence.doc)
            client_sentence_finish(&sentence);
    }
    for (size_t i = 0; i < FOLLOWERS; i++) {
        if (h.followers[i])
            same(h.live, h.followers[i]);
        session_destroy(h.followers[i]);
    }
    session_destroy(out_of_snapshot(h.live));
    session_destroy(h.live);
    session_destroy(h.replayed);
}

static void random_histories(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= histories; seed++)
        one_history(seed);
}

/* A command or an event that is new is not left out: where this fails, random_do or random_command above
 * lacks a member or a value of it. */
static void every_kind_was_there(void **state)
{
    (void)state;
    for (int verb = 0; verb < VERB_COUNT; verb++) {
        if (did[verb] == 0)
            fail_msg("no history did \"%s\"", verb_text((enum verb)verb));
    }
    for (int kind = 0; kind < EVENT_OTHER; kind++) {
        if (happened[kind] == 0)
            fail_msg("no history had \"%s\"", event_kind_text((enum event_kind)kind));
    }
}

/* Texts that are no dump are refused, and nothing is kept of them. */
static void bad_snapshots(void **state)
{
    (void)state;
    struct session *s = history_session(false), *loaded;
    history_join(s, 1, ROLE_CHAIR, PLACE_REMOTE);
    history_join(s, 2, ROLE_TRAINEE, "A");
    history_act(s, 2, VERB_HAND_UP, 0);
    history_deck(s, "d1", 10);
    history_page(s, 1, "d1", 3);
    history_chat(s, 1, "Ciao");
    char *dump = history_dump(s);
    const struct {
        int row;
        const char *from, *to; /* this part becomes that */
    } rows[] = {
        {1, "{\"n\"", "[\"n\""},
        {2, "\"created\"", "\"made\""},
        {3, "\"view\":", "\"vista\":"},
        {4, "\"queue\":1", "\"queue\":2"},
        {5, "\"queue\":1", "\"queue\":0"},
        {6, "\"queue\":1", "\"queue\":2000"},
        {7, "\"id\":2", "\"id\":1"},
        {8, "\"removed\":[]", "\"removed\":[3]"},
        {9, "\"page\":3", "\"page\":11"},
        {10, "\"who\":1,\"text\"", "\"who\":7,\"text\""},
        {11, "\"state\":\"open\"", "\"state\":\"shut\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t size = strlen(dump) + 100;
        char *text = malloc(size), *at = strstr(dump, rows[i].from);
        if (!text)
            abort();
        if (!at)
            fail_msg("row %d is not in %s", rows[i].row, dump);
        snprintf(text, size, "%.*s%s%s", (int)(at - dump), dump, rows[i].to, at + strlen(rows[i].from));
        if (session_load("s1", text, strlen(text), &loaded) != ERR_MALFORMED)
            fail_msg("row %d", rows[i].row);
        free(text);
    }
    for (size_t len = 0; len < strlen(dump); len++)
        assert_int_equal(session_load("s1", dump, len, &loaded), ERR_MALFORMED);
    free(dump);
    session_destroy(s);
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
        {21, {.n = n, .kind = EVENT_ITEM, .item = 1}, ERR_MALFORMED},
        {22, {.n = n, .kind = EVENT_AGENDA, .item = 1}, ERR_MALFORMED},
        {23, {.n = n, .kind = EVENT_CHANGED, .title = "x"}, ERR_MALFORMED}, /* it is open */
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

int main(int argc, char *argv[])
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_histories),
        cmocka_unit_test(every_kind_was_there),
        cmocka_unit_test(bad_snapshots),
        cmocka_unit_test(what_does_not_follow),
    };
    if (argc > 1)
        histories = strtoull(argv[1], NULL, 10);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
