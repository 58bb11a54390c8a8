#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "aula/aula.h"
#include "ring.h"

/* The host against nobody: what can be seen of it without a relay. tests/live has the rest. */

static void wrong_words_are_refused(void **state)
{
    (void)state;
    struct aula_host *host = NULL;
    struct aula_participant *p = NULL;
    char why[AULA_WHY_MAX] = "";
    char agent[200];
    const struct aula_host_config no_file = {.ca_file = "/nonexistent"};
    assert_int_equal(aula_host_create(&no_file, &host, why), AULA_SYSTEM);
    assert_non_null(strstr(why, "/nonexistent"));
    assert_null(host);
    assert_int_equal(aula_host_create(NULL, &host, why), AULA_OK);
    struct aula_join join = {.url = "http://h/j/x"};
    assert_int_equal(aula_join(host, &join, &p, why), AULA_BAD_ARGUMENT);
    assert_non_null(strstr(why, "https://"));
    memset(agent, 'a', sizeof agent - 1);
    agent[sizeof agent - 1] = 0;
    join.url = "https://127.0.0.1:1/j/x";
    join.agent = agent;
    assert_int_equal(aula_join(host, &join, &p, why), AULA_BAD_ARGUMENT);
    assert_null(p);
    aula_host_destroy(host);
    aula_host_destroy(NULL);
    aula_leave_now(NULL);
}

static void nobody_there_is_told(void **state)
{
    (void)state;
    struct aula_host *host = NULL;
    struct aula_participant *p = NULL, *other = NULL;
    struct aula_event e = {0};
    char why[AULA_WHY_MAX];
    const struct aula_join join = {.url = "https://127.0.0.1:1/j/x", .first_connect_ms = 300};
    assert_int_equal(aula_host_create(NULL, &host, why), AULA_OK);
    assert_int_equal(aula_join(host, &join, &p, why), AULA_OK);
    assert_int_equal(aula_join(host, &join, &other, why), AULA_OK);
    assert_int_equal(aula_hand(p, true, NULL), AULA_NOT_NOW);
    assert_int_equal(aula_number(p), 0);
    assert_int_equal(aula_joined_us(p), 0);
    assert_false(aula_may_send(p));
    for (int i = 0; i < 1000 && e.kind != AULA_OVER; i++) {
        aula_host_run(host, 50);
        aula_next_event(p, &e);
    }
    assert_int_equal(e.kind, AULA_OVER);
    assert_int_equal(e.over, AULA_OVER_NOBODY);
    assert_true(e.why[0] != 0);
    aula_leave_now(other);
    aula_host_run(host, 20);
    aula_host_destroy(host);
}

/* Takes callers in and says nothing. */
static int mute_listener(char ret_url[64])
{
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof name;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&name, len), 0);
    assert_int_equal(listen(fd, 1), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&name, &len), 0);
    snprintf(ret_url, 64, "https://127.0.0.1:%d/j/x", ntohs(name.sin_port));
    return fd;
}

/* Each call comes back by itself, and not when something else happens: the connection is given up after 8 s.
 */
static void a_turn_ends_when_its_time_is_over(void **state)
{
    (void)state;
    struct aula_host *host = NULL;
    struct aula_participant *p = NULL;
    char url[64];
    int fd = mute_listener(url);
    struct aula_event e;
    const struct aula_join join = {.url = url, .no_sound = true, .first_connect_ms = 8000};
    assert_int_equal(aula_host_create(NULL, &host, NULL), AULA_OK);
    assert_int_equal(aula_join(host, &join, &p, NULL), AULA_OK);
    for (int i = 0; i < 400; i++)
        assert_int_equal(aula_host_run(host, 1), AULA_OK);
    assert_int_equal(aula_host_run(host, 0), AULA_OK);
    assert_false(aula_next_event(p, &e));
    aula_host_destroy(host);
    close(fd);
}

static void a_second_of_sound_waits_and_no_more(void **state)
{
    (void)state;
    static float pcm[AULA_BUFFER_MAX + 10];
    struct aula_host *host = NULL;
    struct aula_participant *p = NULL;
    struct aula_join join = {.url = "https://127.0.0.1:1/j/x"};
    assert_int_equal(aula_host_create(NULL, &host, NULL), AULA_OK);
    assert_int_equal(aula_join(host, &join, &p, NULL), AULA_OK);
    assert_int_equal(aula_send(p, pcm, AULA_BUFFER_MAX + 10), AULA_BUFFER_MAX);
    assert_int_equal(aula_send_waiting(p), AULA_BUFFER_MAX);
    assert_int_equal(aula_receive(p, pcm, 10), 0); /* the stream begins at the join */
    aula_leave_now(p);
    join.no_sound = true;
    assert_int_equal(aula_join(host, &join, &p, NULL), AULA_OK);
    assert_int_equal(aula_send(p, pcm, 960), 0);
    aula_host_destroy(host);
}

static void a_ring_keeps_order_over_its_end(void **state)
{
    (void)state;
    static struct ring r;
    float in[700], out[700], next_in = 0, next_out = 0;
    for (int turn = 0; turn < 500; turn++) {
        size_t n = (size_t)(turn * 37 % 700);
        for (size_t i = 0; i < n; i++)
            in[i] = next_in + (float)i;
        size_t put = ring_put(&r, in, n);
        next_in += (float)put;
        size_t taken = ring_take(&r, out, (size_t)(turn * 53 % 700));
        for (size_t i = 0; i < taken; i++)
            assert_true(out[i] == next_out + (float)i);
        next_out += (float)taken;
    }
    assert_true(next_out > 2 * AULA_BUFFER_MAX);
}

static void every_result_has_words(void **state)
{
    (void)state;
    for (int r = AULA_OK; r <= AULA_SYSTEM; r++)
        assert_true(strlen(aula_result_text((enum aula_result)r)) > 3);
    assert_true(strlen(aula_version()) >= 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(wrong_words_are_refused),
                                       cmocka_unit_test(nobody_there_is_told),
                                       cmocka_unit_test(a_turn_ends_when_its_time_is_over),
                                       cmocka_unit_test(a_second_of_sound_waits_and_no_more),
                                       cmocka_unit_test(a_ring_keeps_order_over_its_end),
                                       cmocka_unit_test(every_result_has_words)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
