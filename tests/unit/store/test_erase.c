/* A person goes out of the log: his name, his identity and his words; all else is as it was, and folds as
 * before. */
#include "bench_dir.h"

#include <sys/stat.h>

#include <sqlite3.h>

#include "session/session.h"
#include "store/schema.h"

#define AT_MS 1790000000000

static uint64_t rows; /* of the log under way */

static void put(struct bench *b, const char *session, enum desk_row_kind kind, uint64_t n, const char *text)
{
    struct desk_row row = {
        .row = ++rows, .kind = kind, .n = n, .at_ms = AT_MS, .text = text, .len = strlen(text)};
    snprintf(row.session, sizeof row.session, "%s", session);
    memset(row.token_sha256, (int)rows, sizeof row.token_sha256);
    assert_int_equal(store_append(b->store, &row), ERR_NONE);
}

static void put_link(struct bench *b, const char *session, int number, const char *name, const char *person)
{
    char text[300];
    snprintf(text, sizeof text,
             "{\"number\":%d,\"name\":\"%s\",\"role\":\"trainee\",\"place\":\"remote\"%s%s%s,\"expires\":1,"
             "\"revoked\":false}",
             number, name, person ? ",\"person\":\"" : "", person ? person : "", person ? "\"" : "");
    put(b, session, ROW_LINK, 0, text);
}

/* Ada and Bob in a session: they join, chat, ask; and it ends. */
static void day(struct bench *b, const char *session, const char *ada, const char *person)
{
    char text[400];
    uint64_t n = 1;
    put(b, session, ROW_EVENT, n++,
        "{\"n\":1,\"at\":1,\"kind\":\"created\",\"title\":\"Day\",\"rooms\":[\"A\"],\"languages\":[],"
        "\"recorded\":false,\"state\":\"open\"}");
    put_link(b, session, 1, ada, person);
    put_link(b, session, 2, "Bob", NULL);
    snprintf(text, sizeof text,
             "{\"n\":2,\"at\":2,\"kind\":\"joined\",\"who\":1,\"name\":\"%s\",\"role\":\"trainee\",\"place\":"
             "\"remote\"%s%s%s}",
             ada, person ? ",\"person\":\"" : "", person ? person : "", person ? "\"" : "");
    put(b, session, ROW_EVENT, n++, text);
    put(b, session, ROW_EVENT, n++,
        "{\"n\":3,\"at\":3,\"kind\":\"joined\",\"who\":2,\"name\":\"Bob\",\"role\":\"trainee\",\"place\":"
        "\"remote\"}");
    put(b, session, ROW_EVENT, n++,
        "{\"n\":4,\"at\":4,\"kind\":\"chat\",\"who\":1,\"text\":\"SECRET of Ada\"}");
    put(b, session, ROW_EVENT, n++,
        "{\"n\":5,\"at\":5,\"kind\":\"chat\",\"who\":2,\"text\":\"Word of Bob\"}");
    put(b, session, ROW_EVENT, n++,
        "{\"n\":6,\"at\":6,\"kind\":\"asked\",\"who\":1,\"text\":\"SECRET question\"}");
    put(b, session, ROW_EVENT, n++,
        "{\"n\":7,\"at\":7,\"kind\":\"question\",\"question\":6,\"who\":1,\"text\":\"SECRET "
        "question\",\"by\":0}");
    put(b, session, ROW_EVENT, n++, "{\"n\":8,\"at\":8,\"kind\":\"hand-up\",\"who\":1}");
    put(b, session, ROW_EVENT, n++, "{\"n\":9,\"at\":9,\"kind\":\"state\",\"state\":\"ended\"}");
}

static const char *ask(struct bench *b, enum store_question question, const char *who, const char *session)
{
    static uint32_t request = 100;
    struct store_ask asked = {.question = question, .request = ++request};
    snprintf(asked.path, sizeof asked.path, "%s", who);
    snprintf(asked.session, sizeof asked.session, "%s", session);
    assert_int_equal(store_ask(b->store, &asked), ERR_NONE);
    uint64_t until = uv_hrtime() + 60 * (uint64_t)1000000000;
    while (b->told.request != request && uv_hrtime() < until) {
        uv_run(&b->loop, UV_RUN_NOWAIT);
        usleep(1000);
    }
    assert_int_equal(b->told.request, request);
    return b->told.answer;
}

/* How often the bytes stand in the folder's files: the log, its write-ahead file, all. */
static size_t found(const char *dir, const char *bytes)
{
    static const char *const names[] = {"aula.db", "aula.db-wal"};
    size_t count = 0, len = strlen(bytes);
    for (size_t i = 0; i < 2; i++) {
        char path[100];
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        FILE *f = fopen(path, "r");
        if (f == NULL)
            continue;
        static char all[4 << 20];
        size_t size = fread(all, 1, sizeof all, f);
        fclose(f);
        for (size_t at = 0; at + len <= size; at++)
            count += memcmp(all + at, bytes, len) == 0;
    }
    return count;
}

static void begin(struct bench *b)
{
    rows = 0;
    dir_make(b->dir);
    assert_int_equal(bench_open(b), ERR_NONE);
    assert_int_equal(store_start(b->store), ERR_NONE);
    day(b, "mon", "Ada", "ada@example.org");
    day(b, "tue", "Ada B.", "ada@example.org");
    day(b, "wed", "Ada", NULL);
    bench_await(b, rows, 60);
    store_past(b->store, "mon");
    store_past(b->store, "tue");
    assert_non_null(strstr(ask(b, STORE_LOG_VERIFY, "", ""), "\"snapshots\":2,\"wrong\":0"));
}

static void end(struct bench *b)
{
    bench_close(b);
    dir_remove(b->dir);
}

static void by_identity_everywhere(void **state)
{
    (void)state;
    struct bench b = {0};
    begin(&b);
    assert_true(found(b.dir, "ada@example.org") > 0);
    const char *answer = ask(&b, STORE_ERASE, "ada@example.org", "");
    if (strstr(answer, "\"sessions\":[\"mon\",\"tue\"],\"rows\":10,\"erased\":[\"ada@example.org\"]}") ==
        NULL)
        fail_msg("%s", answer);
    assert_int_equal(found(b.dir, "ada@example.org"), 0);
    assert_int_equal(found(b.dir, "Ada B."), 0);
    assert_true(found(b.dir, "SECRET of Ada") > 0); /* the Ada of Wednesday is another */
    assert_true(found(b.dir, "Word of Bob") > 0);
    const char *log = ask(&b, STORE_LOG_SHOW, "", "mon");
    assert_null(strstr(log, "SECRET"));
    assert_non_null(strstr(log, "{\"n\":4,\"at\":4,\"kind\":\"chat\",\"who\":1,\"text\":\"(erased)\"}"));
    assert_non_null(strstr(log, "\"kind\":\"hand-up\",\"who\":1"));
    assert_non_null(
        strstr(ask(&b, STORE_LOG_VERIFY, "", ""), "\"events\":27,\"links\":6,\"snapshots\":2,\"wrong\":0"));
    assert_non_null(strstr(ask(&b, STORE_ERASE, "ada@example.org", ""), "Nobody of the name"));
    assert_non_null(
        strstr(ask(&b, STORE_ERASE, "Ada", ""), "\"sessions\":[\"wed\"]")); /* now she is the only one */
    assert_int_equal(found(b.dir, "SECRET"), 0);
    end(&b);
}

static void who_is_meant(void **state)
{
    (void)state;
    static const struct {
        const char *who, *session, *says;
    } table[] = {
        /* 0 */ {"Nobody", "", "Nobody of the name"},
        /* 1 */ {"Ada", "", "Several are called \\\"Ada\\\""},
        /* 2 */ {"Ada", "thu", "Nobody of the name"},
        /* 3: numbers are of a session */ {"1", "", "Nobody of the name"},
        /* 4 */ {"Ada", "wed", "\"sessions\":[\"wed\"],\"rows\":5"},
        /* 5 */ {"2", "mon", "\"sessions\":[\"mon\"],\"rows\":3"},
        /* 6 */ {"Ada B.", "", "\"sessions\":[\"tue\"],\"rows\":5"},
        /* 7: what is no text of a name is no pattern either */ {"%", "", "Nobody of the name"},
        /* 8 */ {"' OR 1=1 --", "", "Nobody of the name"},
    };
    struct bench b = {0};
    begin(&b);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const char *answer = ask(&b, STORE_ERASE, table[i].who, table[i].session);
        if (strstr(answer, table[i].says) == NULL)
            fail_msg("row %zu: %s", i, answer);
        assert_non_null(strstr(ask(&b, STORE_LOG_VERIFY, "", ""), "\"wrong\":0"));
    }
    end(&b);
}

/* A programme with Ada, who was in a session and has a certificate, and with Eve, who came to none. */
static void programme(struct bench *b)
{
    put(b, "", ROW_PROGRAMME, 0,
        "{\"piece\":\"programme\",\"programme\":\"p1\",\"key\":\"k\",\"title\":\"P\",\"zone\":\"UTC\"}");
    put(b, "", ROW_PROGRAMME, 0,
        "{\"piece\":\"person\",\"programme\":\"p1\",\"key\":\"a\",\"name\":\"Ada "
        "P.\",\"address\":\"ada@p.example\","
        "\"country\":\"Atlantis\",\"role\":\"lecturer\",\"seats\":[],\"withdrawn\":false,\"token\":\"00\"}");
    put(b, "", ROW_PROGRAMME, 0,
        "{\"piece\":\"person\",\"programme\":\"p1\",\"key\":\"e\",\"name\":\"Eve\",\"role\":\"trainee\","
        "\"seats\":[],"
        "\"withdrawn\":false,\"token\":\"01\"}");
    put(b, "", ROW_CERTIFICATE, 0,
        "{\"number\":\"aaaa-bbbb-cccc\",\"person\":\"p1.a\",\"seconds\":5,\"of\":9,\"statement\":"
        "\"Certificate: Ada P. "
        "attended\",\"name\":\"Ada P.\",\"title\":\"P\"}");
    put(b, "", ROW_CERTIFICATE, 0,
        "{\"number\":\"dddd-bbbb-cccc\",\"person\":\"p1.z\",\"seconds\":5,\"of\":9,\"statement\":"
        "\"Certificate: Zoe\"}");
    day(b, "thu", "Ada P.", "p1.a");
    put(b, "fri", ROW_EVENT, 1,
        "{\"n\":1,\"at\":1,\"kind\":\"created\",\"title\":\"Day\",\"rooms\":[\"A\"],\"languages\":[],"
        "\"recorded\":false,\"state\":\"planned\"}");
    put_link(b, "fri", 1, "Ada P.", "p1.a");
    put(b, "fri", ROW_EVENT, 2,
        "{\"n\":2,\"at\":2,\"kind\":\"agenda\",\"items\":[{\"title\":\"Talk\",\"name\":\"Ada "
        "P.\",\"who\":1,\"seconds\":60},"
        "{\"name\":\"Zoe\",\"who\":2,\"seconds\":60}],\"by\":0}");
    bench_await(b, rows, 60);
}

/* Name, address and country go out of the programme's list, out of running orders and out of certificates,
 * whichever way the person is named; numbers of certificates stay. */
static void out_of_a_programme(void **state)
{
    (void)state;
    static const char *const ways[] = {"p1.a", "ada@p.example", "Ada P."};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        struct bench b = {0};
        begin(&b);
        programme(&b);
        const char *answer = ask(&b, STORE_ERASE, ways[i], "");
        if (strstr(answer, "\"erased\":[\"p1.a\"]}") == NULL || strstr(answer, "\"thu\"") == NULL ||
            strstr(answer, "\"fri\"") == NULL)
            fail_msg("%s: %s", ways[i], answer);
        assert_int_equal(found(b.dir, "Ada P."), 0);
        assert_int_equal(found(b.dir, "ada@p.example"), 0);
        assert_int_equal(found(b.dir, "Atlantis"), 0);
        assert_true(found(b.dir, "aaaa-bbbb-cccc: (erased).") > 0);
        assert_true(found(b.dir, "Zoe") > 1);
        assert_non_null(
            strstr(ask(&b, STORE_LOG_SHOW, "", "fri"),
                   "{\"title\":\"Talk\",\"name\":\"(erased)\",\"who\":1,\"seconds\":60},{\"name\":\"Zoe\""));
        assert_non_null(strstr(ask(&b, STORE_LOG_VERIFY, "", ""), "\"wrong\":0"));
        assert_non_null(strstr(ask(&b, STORE_ERASE, ways[i], ""), "Nobody of the name"));
        answer = ask(&b, STORE_ERASE, "Eve", ""); /* who was in no session */
        if (strstr(answer, "\"sessions\":[],\"rows\":1,\"erased\":[\"p1.e\"]}") == NULL)
            fail_msg("%s", answer);
        end(&b);
    }
}

/* A recording's timeline loses the same; the rest of it stays as it is, to the byte. */
static void out_of_a_timeline(void **state)
{
    (void)state;
    static const char before[] =
        "{\"t\":0.5,\"kind\":\"session\",\"at\":7,\"session\":{\"id\":\"mon\",\"title\":\"Day\",\"state\":"
        "\"open\",\"recorded\":true,\"locked\":false,"
        "\"rooms\":[],\"languages\":[],\"participants\":[{\"id\":1,\"name\":\"Ada\",\"role\":\"chair\","
        "\"place\":\"remote\",\"present\":true,"
        "\"floor\":true,\"muted\":false,\"hand\":false,\"queue\":0},{\"id\":2,\"name\":\"Bob\",\"role\":"
        "\"chair\",\"place\":\"remote\",\"present\":"
        "true,\"floor\":true,\"muted\":false,\"hand\":false,\"queue\":0}],\"decks\":[],\"page\":null,"
        "\"chat\":[{\"n\":4,\"at\":4,\"who\":1,"
        "\"text\":\"SECRET\"},{\"n\":5,\"at\":5,\"who\":2,\"text\":\"Word of Bob\"}]}}\n"
        "{\"t\":1.25,\"n\":6,\"at\":6,\"kind\":\"chat\",\"who\":1,\"text\":\"SECRET\"}\n"
        "{\"t\":1.5,\"n\":7,\"at\":7,\"kind\":\"chat\",\"who\":2,\"text\":\"Word of Bob\"}\n"
        "{\"t\":2.5,\"kind\":\"speaking\",\"who\":[1,2]}\n"
        "{\"t\":2.75,\"n\":8,\"kind\":\"joined\",\"at\":8,\"who\":1,\"name\":\"Ada\",\"role\":\"chair\","
        "\"place\":\"remote\"}\n"
        "no line of ours\n{\"t\":3,\"cut";
    static const char *const stays[] = {
        "\"id\":1,\"name\":\"(erased)\",\"role\":\"chair\"", "\"name\":\"Bob\"",
        "{\"t\":1.25,\"n\":6,\"at\":6,\"kind\":\"chat\",\"who\":1,\"text\":\"(erased)\"}\n"
        "{\"t\":1.5,\"n\":7,\"at\":7,\"kind\":\"chat\",\"who\":2,\"text\":\"Word of Bob\"}\n"
        "{\"t\":2.5,\"kind\":\"speaking\",\"who\":[1,2]}\n{\"t\":2.75,\"n\":8,",
        "}\nno line of ours\n{\"t\":3,\"cut", "{\"t\":0.5,\"kind\":\"session\",\"at\":7,\"session\":{"};
    struct bench b = {0};
    char path[120], after[4000] = "";
    begin(&b);
    snprintf(path, sizeof path, "%s/recordings", b.dir);
    assert_int_equal(mkdir(path, 0700), 0);
    strcat(path, "/mon");
    assert_int_equal(mkdir(path, 0700), 0);
    strcat(path, "/timeline.jsonl");
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(before, f);
    fclose(f);
    assert_non_null(strstr(ask(&b, STORE_ERASE, "ada@example.org", ""), "\"sessions\":[\"mon\",\"tue\"]"));
    f = fopen(path, "r");
    assert_non_null(f);
    assert_true(fread(after, 1, sizeof after - 1, f) > 0);
    fclose(f);
    assert_null(strstr(after, "SECRET"));
    assert_null(strstr(after, "Ada"));
    for (size_t i = 0; i < sizeof stays / sizeof stays[0]; i++) {
        if (strstr(after, stays[i]) == NULL)
            fail_msg("row %zu: %s", i, after);
    }
    end(&b);
}

static void await_gone(struct bench *b, int count)
{
    uint64_t until = uv_hrtime() + 60 * (uint64_t)1000000000;
    while (b->told.gone_count < count && uv_hrtime() < until) {
        uv_run(&b->loop, UV_RUN_NOWAIT);
        usleep(1000);
    }
    assert_int_equal(b->told.gone_count, count);
}

/* What ended before a moment goes, with its recording; what goes on, or ended later, stays. */
static void what_was_kept_for_long_enough_goes(void **state)
{
    (void)state;
    struct bench b = {0};
    char path[100];
    begin(&b);
    snprintf(path, sizeof path, "%s/recordings", b.dir);
    assert_int_equal(mkdir(path, 0700), 0);
    static const char *const sessions[] = {"mon", "wed"};
    for (size_t i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/recordings/%s", b.dir, sessions[i]);
        assert_int_equal(mkdir(path, 0700), 0);
        strcat(path, "/floor.opus");
        FILE *f = fopen(path, "w");
        assert_non_null(f);
        fclose(f);
    }
    struct store_ask retain = {.question = STORE_RETAIN, .now_ms = 9}; /* all ended at 9 ms: nothing goes */
    assert_int_equal(store_ask(b.store, &retain), ERR_NONE);
    assert_non_null(strstr(ask(&b, STORE_LOG_VERIFY, "", ""), "\"sessions\":3"));
    assert_int_equal(b.told.gone_count, 0);
    retain.now_ms = 10;
    assert_int_equal(store_ask(b.store, &retain), ERR_NONE);
    await_gone(&b, 2);
    assert_string_equal(b.told.gone, "tue");
    assert_non_null(strstr(ask(&b, STORE_LOG_VERIFY, "", ""),
                           "\"sessions\":1,\"events\":9,\"links\":2,\"snapshots\":0,\"wrong\":0"));
    assert_int_equal(found(b.dir, "ada@example.org"), 0);
    assert_true(found(b.dir, "Word of Bob") > 0); /* on Wednesday, which the desk has not let go of */
    snprintf(path, sizeof path, "%s/recordings/mon", b.dir);
    assert_int_not_equal(access(path, F_OK), 0);
    snprintf(path, sizeof path, "%s/recordings/wed/floor.opus", b.dir);
    assert_int_equal(access(path, F_OK), 0);
    end(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_identity_everywhere),
        cmocka_unit_test(who_is_meant),
        cmocka_unit_test(out_of_a_programme),
        cmocka_unit_test(out_of_a_timeline),
        cmocka_unit_test(what_was_kept_for_long_enough_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
