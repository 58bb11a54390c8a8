/* What is asked of the log while it is written: events, whether all is well, copies; and snapshots, which
 * change nothing but how long a start takes. */
#include "bench_dir.h"

#include <sys/stat.h>

#include <sqlite3.h>

#include "session/session.h"
#include "store/replay.h"
#include "store/schema.h"
#include "store/snapshots.h"
#include "store/verify.h"

#define AT_MS 1790000000000

/* A session as the desk would run it, whose events go into the store. */
struct talk {
    struct session *session;
    struct bench *bench;
    char id[SESSION_ID_MAX + 1];
    uint64_t row;
};

static void put_row(struct talk *t, enum desk_row_kind kind, uint64_t n, const char *text)
{
    struct desk_row row = {
        .row = ++t->row, .kind = kind, .n = n, .at_ms = AT_MS, .text = text, .len = strlen(text)};
    memcpy(row.session, t->id, sizeof row.session);
    memset(row.token_sha256, (int)t->row, sizeof row.token_sha256);
    assert_int_equal(store_append(t->bench->store, &row), ERR_NONE);
}

static void command(struct talk *t, const struct command *c)
{
    struct decision d;
    const char *why;
    assert_int_equal(session_decide(t->session, c, &d, &why), ERR_NONE);
    for (size_t i = 0; i < d.count; i++) {
        struct json_out o;
        json_out_init(&o);
        event_write(&o, NULL, &d.events[i]);
        assert_int_equal(session_apply(t->session, &d.events[i]), ERR_NONE);
        put_row(t, ROW_EVENT, d.events[i].n, o.text);
        json_out_finish(&o);
    }
}

static void begin(struct talk *t, struct bench *b, const char *id)
{
    *t = (struct talk){.bench = b};
    strcpy(t->id, id);
    assert_int_equal(session_create(id, &t->session), ERR_NONE);
    struct command c = {.kind = COMMAND_CREATE, .at_ms = AT_MS};
    c.create.title = "Ten days";
    command(t, &c);
    put_row(t, ROW_LINK, 0, "{\"number\":1}");
}

static void act(struct talk *t, enum verb verb, const char *text)
{
    struct action a = {.verb = verb, .text = text};
    struct command c = {.kind = COMMAND_ACTION, .at_ms = AT_MS + (int64_t)t->row};
    c.action.action = &a;
    command(t, &c);
}

static void talk_on(struct talk *t, int words)
{
    for (int i = 0; i < words; i++)
        act(t, VERB_CHAT, "Word");
}

static void path_of(const struct bench *b, char path[80])
{
    snprintf(path, 80, "%s/aula.db", b->dir);
}

static void sql(const struct bench *b, const char *text)
{
    char path[80];
    sqlite3 *db;
    path_of(b, path);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 5000);
    assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static int64_t number(const struct bench *b, const char *query)
{
    char path[80];
    sqlite3 *db;
    int64_t n = -1;
    path_of(b, path);
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_true(schema_ask_number(db, query, &n) != SQLITE_ERROR);
    sqlite3_close(db);
    return n;
}

static const char *ask(struct bench *b, const struct store_ask *what)
{
    static uint32_t request = 100;
    struct store_ask asked = *what;
    asked.request = ++request;
    assert_int_equal(store_ask(b->store, &asked), ERR_NONE);
    uint64_t until = uv_hrtime() + 60 * (uint64_t)1000000000;
    while (b->told.request != request && uv_hrtime() < until) {
        uv_run(&b->loop, UV_RUN_NOWAIT);
        usleep(1000);
    }
    assert_int_equal(b->told.request, request);
    return b->told.answer;
}

static void says(struct bench *b, const struct store_ask *what, const char *part)
{
    const char *answer = ask(b, what);
    if (strstr(answer, part) == NULL)
        fail_msg("\"%s\" is not in %.300s", part, answer);
}

static const struct store_ask verify = {.question = STORE_LOG_VERIFY};

static void start(struct bench *b)
{
    dir_make(b->dir);
    assert_int_equal(bench_open(b), ERR_NONE);
    assert_int_equal(store_start(b->store), ERR_NONE);
}

static void end(struct bench *b, struct talk *t)
{
    session_destroy(t->session);
    bench_close(b);
    dir_remove(b->dir);
}

/* The state and the number of rows that a start of the relay takes. */
struct taken {
    struct session *state;
    size_t events, snapshots, pasts, links;
    uint64_t first;
};

static enum err apply(struct session *s, const struct desk_row *row)
{
    struct json_doc *doc;
    struct event e;
    char why[JSON_WHY_MAX];
    if (json_doc_read(row->text, row->len, SENTENCE_MAX, &doc, why) != ERR_NONE)
        return ERR_MALFORMED;
    event_read(json_doc_root(doc), &e);
    enum err error = json_doc_error(doc) || e.n != row->n ? ERR_MALFORMED : session_apply(s, &e);
    json_doc_destroy(doc);
    return error;
}

static enum err take(void *self, const struct desk_row *row)
{
    struct taken *t = self;
    t->links += row->kind == ROW_LINK;
    t->pasts += row->kind == ROW_PAST;
    t->snapshots += row->kind == ROW_SNAPSHOT;
    if (row->kind == ROW_SNAPSHOT)
        return session_load(row->session, row->text, row->len, &t->state);
    if (row->kind != ROW_EVENT)
        return ERR_NONE;
    if (t->state == NULL)
        assert_int_equal(session_create(row->session, &t->state), ERR_NONE);
    t->events++;
    t->first = t->first ? t->first : row->n;
    return t->snapshots && row->n <= session_n(t->state) ? ERR_NONE : apply(t->state, row);
}

static enum err reopen(struct bench *b, struct taken *t)
{
    uint64_t last;
    *t = (struct taken){.state = NULL};
    assert_int_equal(bench_open(b), ERR_NONE);
    return store_replay(b->store, take, t, b->why, sizeof b->why, &last);
}

static enum err restart(struct bench *b, struct taken *t)
{
    bench_close(b);
    return reopen(b, t);
}

static void same(const struct session *a, const struct session *b)
{
    struct json_out one, other;
    json_out_init(&one);
    json_out_init(&other);
    session_dump(a, &one);
    session_dump(b, &other);
    assert_string_equal(one.text, other.text);
    json_out_finish(&one);
    json_out_finish(&other);
}

static void await_snapshot(struct bench *b, const char *query)
{
    uint64_t until = uv_hrtime() + 60 * (uint64_t)1000000000;
    while (number(b, query) < 1 && uv_hrtime() < until) {
        uv_run(&b->loop, UV_RUN_NOWAIT);
        usleep(2000);
    }
    assert_true(number(b, query) >= 1);
}

static void a_long_history_starts_from_its_snapshot(void **state)
{
    (void)state;
    struct bench b = {0};
    struct talk t;
    struct taken taken;
    start(&b);
    begin(&t, &b, "long");
    talk_on(&t, SNAPSHOT_EVERY + 100);
    bench_await(&b, t.row, 60);
    await_snapshot(&b, "SELECT count(*) FROM snapshot WHERE ended_ms IS NULL AND n >= 5000");
    uint64_t at = (uint64_t)number(&b, "SELECT n FROM snapshot");
    says(&b, &verify, "\"good\":true,\"sessions\":1,\"events\":5101,\"links\":1,\"snapshots\":1");
    assert_int_equal(restart(&b, &taken), ERR_NONE);
    assert_int_equal(taken.snapshots, 1);
    assert_int_equal(taken.links, 1);
    assert_int_equal(taken.first, at - RESUME_EVENTS_MAX + 1);
    assert_int_equal(taken.events, 5101 - taken.first + 1);
    same(taken.state, t.session);
    session_destroy(taken.state);
    end(&b, &t);
}

/* A snapshot that cannot be read, or of another form, costs time and nothing else. */
static void a_spoilt_snapshot_is_left_out(void **state)
{
    (void)state;
    static const char *const spoils[] = {"UPDATE snapshot SET text = '{}'",
                                         "UPDATE snapshot SET version = 77"};
    struct bench b = {0};
    struct talk t;
    struct taken taken;
    start(&b);
    begin(&t, &b, "spoilt");
    talk_on(&t, SNAPSHOT_EVERY - 1);
    bench_await(&b, t.row, 60);
    await_snapshot(&b, "SELECT count(*) FROM snapshot");
    for (size_t i = 0; i < 2; i++) {
        sql(&b, spoils[i]);
        assert_int_equal(restart(&b, &taken), ERR_NONE);
        assert_int_equal(taken.first, 1);
        same(taken.state, t.session);
        session_destroy(taken.state);
    }
    end(&b, &t);
}

/* One of before there were running orders is taken as it is. */
static void an_older_snapshot_is_taken(void **state)
{
    (void)state;
    struct bench b = {0};
    struct talk t;
    struct taken taken;
    start(&b);
    begin(&t, &b, "older");
    talk_on(&t, SNAPSHOT_EVERY + 10);
    bench_await(&b, t.row, 60);
    await_snapshot(&b, "SELECT count(*) FROM snapshot");
    sql(&b, "UPDATE snapshot SET version = 2");
    assert_int_equal(restart(&b, &taken), ERR_NONE);
    assert_int_equal(taken.snapshots, 1);
    same(taken.state, t.session);
    session_destroy(taken.state);
    end(&b, &t);
}

static void a_session_that_is_over_is_a_line(void **state)
{
    (void)state;
    struct bench b = {0};
    struct talk t;
    struct taken taken;
    start(&b);
    begin(&t, &b, "over");
    talk_on(&t, 10);
    act(&t, VERB_END, NULL);
    bench_await(&b, t.row, 60);
    store_past(b.store, "over");
    store_past(b.store, "nobody"); /* is no matter */
    await_snapshot(&b, "SELECT count(*) FROM snapshot WHERE ended_ms > 0 AND title = 'Ten days'");
    assert_int_equal(restart(&b, &taken), ERR_NONE);
    assert_int_equal(taken.pasts, 1);
    assert_int_equal(taken.events + taken.links + taken.snapshots, 0);
    assert_null(taken.state);
    end(&b, &t);
}

static void events_come_in_parts(void **state)
{
    (void)state;
    struct bench b = {0};
    struct talk t;
    start(&b);
    begin(&t, &b, "show");
    talk_on(&t, 4000);
    bench_await(&b, t.row, 60);
    uint64_t seen = 0, parts = 0;
    for (uint64_t from = 1; from > 0; parts++) {
        const struct store_ask show = {.question = STORE_LOG_SHOW, .session = "show", .from = from};
        const char *answer = ask(&b, &show);
        for (const char *at = answer; (at = strstr(at, "{\"n\":")) != NULL; at++)
            assert_int_equal(strtoull(at + 5, NULL, 10), ++seen);
        const char *next = strstr(answer, "\"next\":");
        from = next ? strtoull(next + 7, NULL, 10) : 0;
        assert_true(from == 0 || from == seen + 1);
    }
    assert_int_equal(seen, 4001);
    assert_true(parts > 1);
    says(&b, &(struct store_ask){.question = STORE_LOG_SHOW, .session = "nope"}, "no events of a session");
    says(&b, &(struct store_ask){.question = STORE_LOG_SHOW, .session = "show", .from = 4002},
         "no such events");
    end(&b, &t);
}

/* What is done to a log, and what is said of it: by verify, and by a relay that starts on it. */
static void each_damage_is_found(void **state)
{
    (void)state;
    static const struct {
        const char *damage, *found;
        enum err start;
        const char *says;
    } rows[] = {
        /* 0 */ {"SELECT 1", "\"wrong\":0", ERR_NONE, ""},
        /* 1 */
        {"DELETE FROM log WHERE n = 20", "lacks the events 20 to 20", ERR_MALFORMED,
         "event 21 of session bad"},
        /* 2 */
        {"DELETE FROM log WHERE n BETWEEN 10 AND 14", "lacks the events 10 to 14", ERR_MALFORMED, "event 15"},
        /* 3 */
        {"UPDATE log SET text = 'x' WHERE n = 20", "Event 20 of session bad cannot be", ERR_MALFORMED,
         "event 20"},
        /* 4 */
        {"UPDATE log SET text = replace(text, '\"n\":20', '\"n\":21') WHERE n = 20",
         "Event 20 of session bad", ERR_MALFORMED, "event 20"},
        /* 5: a number twice */
        {"UPDATE log SET n = 19 WHERE n = 20", "Event 19 of session bad", ERR_MALFORMED, "bad"},
        /* 6 */ {"UPDATE log SET text = '{' WHERE kind = 2", "is no JSON object", ERR_NONE, ""},
        /* 7 */
        {"UPDATE log SET token = NULL WHERE kind = 2", "is none that aula writes", ERR_MALFORMED, "bad"},
        /* 8 */ {"UPDATE log SET kind = 9 WHERE n = 20", "is none that aula writes", ERR_MALFORMED, "bad"},
        /* 9 */ {"UPDATE log SET kind = 1 WHERE kind = 2", "is none that aula writes", ERR_MALFORMED, "bad"},
        /* 10 */ {"DELETE FROM log WHERE n = 1", "lacks the events 1 to 1", ERR_MALFORMED, "event 2"},
        /* 11: a snapshot that no event explains */
        {"INSERT INTO snapshot SELECT session, 20, 2, 1, 'T', 1, 1, NULL, '{}' FROM log LIMIT 1",
         "The snapshot of session bad at event 20 is not what its events give", ERR_NONE, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bench b = {0};
        struct talk t;
        struct taken taken;
        start(&b);
        begin(&t, &b, "bad");
        talk_on(&t, 30);
        bench_await(&b, t.row, 60);
        sql(&b, rows[i].damage);
        const char *answer = ask(&b, &verify);
        if (strstr(answer, rows[i].found) == NULL)
            fail_msg("row %zu: %s", i, answer);
        enum err e = restart(&b, &taken);
        if (e != rows[i].start || strstr(b.why, rows[i].says) == NULL)
            fail_msg("row %zu: %s, \"%s\"", i, err_text(e), b.why);
        session_destroy(taken.state);
        end(&b, &t);
    }
}

/* The write-ahead file was left behind, or a copy of the day before was put back in part. */
static void a_log_that_lost_its_end_is_found(void **state)
{
    (void)state;
    struct bench b = {0};
    struct talk t;
    struct taken taken;
    start(&b);
    begin(&t, &b, "cut");
    talk_on(&t, 30);
    bench_await(&b, t.row, 60);
    store_past(b.store, "cut");
    await_snapshot(&b, "SELECT count(*) FROM snapshot");
    sql(&b, "DELETE FROM log WHERE n > 25");
    says(&b, &verify, "Session cut has lost its end: its snapshot has 31 events, the log 25.");
    assert_int_equal(restart(&b, &taken), ERR_MALFORMED);
    assert_non_null(strstr(b.why, "has lost its end"));
    session_destroy(taken.state);
    end(&b, &t);
}

static uint64_t events_in(const char *path)
{
    sqlite3 *db = NULL;
    char why[600];
    struct verify_report *r = malloc(sizeof *r);
    assert_non_null(r);
    assert_int_equal(schema_open_to_read(path, &db, why, sizeof why), ERR_NONE);
    verify_log(db, r);
    assert_int_equal(r->wrong, 0);
    uint64_t events = r->events;
    sqlite3_close(db);
    free(r);
    return events;
}

static void a_copy_is_whole(void **state)
{
    (void)state;
    struct bench b = {0};
    struct talk t;
    struct store_ask copy = {.question = STORE_BACKUP};
    char path[80];
    struct stat st;
    start(&b);
    begin(&t, &b, "copy");
    talk_on(&t, 500);
    bench_await(&b, t.row, 60);
    snprintf(copy.path, sizeof copy.path, "%s/copy.db", b.dir);
    talk_on(&t, 300); /* under way meanwhile */
    assert_non_null(strstr(ask(&b, &copy), "\"ok\":true"));
    assert_int_equal(stat(copy.path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_non_null(strstr(ask(&b, &copy), "File exists"));
    bench_await(&b, t.row, 60);
    says(&b, &verify, "\"wrong\":0");
    assert_in_range(events_in(copy.path), 501, 801);

    snprintf(copy.path, sizeof copy.path, "/nowhere/at/all.db");
    says(&b, &copy, "cannot be written");
    snprintf(path, sizeof path, "%s/part.db.part", b.dir);
    snprintf(copy.path, sizeof copy.path, "%s/part.db", b.dir);
    assert_int_equal(mkdir(path, 0700), 0);
    says(&b, &copy, "cannot be written");
    end(&b, &t);
}

/* Damage in what a start does not read is found by the look-through behind it. */
static void damage_far_back_is_said(void **state)
{
    (void)state;
    struct bench b = {0};
    struct talk t;
    struct taken taken;
    char path[80], page[4096];
    start(&b);
    begin(&t, &b, "far");
    talk_on(&t, SNAPSHOT_EVERY + 3000);
    bench_await(&b, t.row, 60);
    await_snapshot(&b, "SELECT count(*) FROM snapshot");
    bench_close(&b);
    sql(&b, "PRAGMA wal_checkpoint(TRUNCATE)");
    path_of(&b, path);
    /* A page full of old words: the tenth of the file is one. */
    memset(page, 0xa5, sizeof page);
    FILE *f = fopen(path, "r+");
    assert_non_null(f);
    fseek(f, 10 * (long)sizeof page, SEEK_SET);
    assert_int_equal(fwrite(page, sizeof page, 1, f), 1);
    fclose(f);
    assert_int_equal(reopen(&b, &taken), ERR_NONE);
    same(taken.state, t.session);
    assert_int_equal(store_start(b.store), ERR_NONE);
    uint64_t until = uv_hrtime() + 60 * (uint64_t)1000000000;
    while (b.told.damages == 0 && uv_hrtime() < until) {
        uv_run(&b.loop, UV_RUN_NOWAIT);
        usleep(1000);
    }
    assert_int_equal(b.told.damages, 1);
    session_destroy(taken.state);
    end(&b, &t);
}

static void too_many_questions_are_refused(void **state)
{
    (void)state;
    struct bench b = {0};
    struct talk t;
    start(&b);
    begin(&t, &b, "ask");
    enum err e = ERR_NONE;
    for (int i = 0; i < 100000 && e == ERR_NONE; i++)
        e = store_ask(b.store, &verify);
    assert_int_equal(e, ERR_FULL);
    end(&b, &t); /* does not wait for them */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_history_starts_from_its_snapshot),
        cmocka_unit_test(a_spoilt_snapshot_is_left_out),
        cmocka_unit_test(an_older_snapshot_is_taken),
        cmocka_unit_test(a_session_that_is_over_is_a_line),
        cmocka_unit_test(events_come_in_parts),
        cmocka_unit_test(each_damage_is_found),
        cmocka_unit_test(a_log_that_lost_its_end_is_found),
        cmocka_unit_test(a_copy_is_whole),
        cmocka_unit_test(damage_far_back_is_said),
        cmocka_unit_test(too_many_questions_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
