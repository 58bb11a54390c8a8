#include "../rows.h"
#include "io/mailbox.h"

#define MESSAGES_PER_SLOT 2000 /* a small ring changes threads at nearly every message */
#define MESSAGES_MAX      100000

struct post {
    uint64_t number;
    uint8_t filling[40]; /* the number's low byte, so that a torn message shows */
};

struct reader_side {
    uv_loop_t loop;
    struct mailbox mailbox;
    uint64_t next; /* the number that must come */
    uint64_t wrong;
    int arrivals;
    uint64_t until;
};

static void arrived(void *self)
{
    struct reader_side *r = self;
    struct post post;
    r->arrivals++;
    while (mailbox_take(&r->mailbox, &post)) {
        if (post.number != r->next)
            r->wrong++;
        for (size_t i = 0; i < sizeof post.filling; i++)
            if (post.filling[i] != (uint8_t)post.number)
                r->wrong++;
        r->next = post.number + 1;
    }
    if (r->next == r->until)
        mailbox_close(&r->mailbox);
}

static struct post post_of(uint64_t number)
{
    struct post post = {.number = number};
    memset(post.filling, (int)(uint8_t)number, sizeof post.filling);
    return post;
}

static void open_reader(struct reader_side *r, size_t count, uint64_t until)
{
    memset(r, 0, sizeof *r);
    r->until = until;
    assert_int_equal(uv_loop_init(&r->loop), 0);
    assert_int_equal(mailbox_open(&r->mailbox, &r->loop, sizeof(struct post), count, arrived, r), ERR_NONE);
}

static void close_reader(struct reader_side *r)
{
    mailbox_finish(&r->mailbox);
    assert_int_equal(uv_loop_close(&r->loop), 0);
}

static void send_all(void *argument)
{
    struct reader_side *r = argument;
    for (uint64_t n = 0; n < r->until;) {
        struct post post = post_of(n);
        if (mailbox_put(&r->mailbox, &post) == ERR_NONE)
            n++;
        else
            sched_yield();
    }
}

static void two_threads_lose_and_tear_nothing(void **state)
{
    (void)state;
    static const size_t counts[] = {1, 2, 64, 4096};
    for (size_t i = 0; i < COUNT(counts); i++) {
        struct reader_side r;
        uv_thread_t sender;
        uint64_t messages =
            counts[i] * MESSAGES_PER_SLOT < MESSAGES_MAX ? counts[i] * MESSAGES_PER_SLOT : MESSAGES_MAX;
        open_reader(&r, counts[i], messages);
        assert_int_equal(uv_thread_create(&sender, send_all, &r), 0);
        uv_run(&r.loop, UV_RUN_DEFAULT);
        uv_thread_join(&sender);
        assert_int_equal(r.next, messages);
        assert_int_equal(r.wrong, 0);
        close_reader(&r);
    }
}

static void a_full_mailbox_refuses_and_takes_again(void **state)
{
    (void)state;
    struct reader_side r;
    struct post post;
    open_reader(&r, 4, 6);
    for (uint64_t n = 0; n < 4; n++) {
        post = post_of(n);
        assert_true(mailbox_has_room(&r.mailbox));
        assert_int_equal(mailbox_put(&r.mailbox, &post), ERR_NONE);
    }
    post = post_of(4);
    assert_false(mailbox_has_room(&r.mailbox));
    assert_int_equal(mailbox_put(&r.mailbox, &post), ERR_FULL);
    uv_run(&r.loop, UV_RUN_NOWAIT);
    assert_int_equal(r.next, 4);
    assert_int_equal(r.arrivals, 1); /* wake-ups merge: one for all */
    for (uint64_t n = 4; n < 6; n++) {
        post = post_of(n);
        assert_int_equal(mailbox_put(&r.mailbox, &post), ERR_NONE);
    }
    uv_run(&r.loop, UV_RUN_DEFAULT);
    assert_int_equal(r.next, 6);
    assert_int_equal(r.wrong, 0);
    close_reader(&r);
}

static void wake_without_a_message(void **state)
{
    (void)state;
    struct reader_side r;
    open_reader(&r, 4, 0);
    mailbox_wake(&r.mailbox);
    uv_run(&r.loop, UV_RUN_DEFAULT); /* until = 0: the first arrival closes */
    assert_int_equal(r.arrivals, 1);
    close_reader(&r);
}

static void a_count_that_is_no_power_of_two(void **state)
{
    (void)state;
    struct mailbox m;
    uv_loop_t loop;
    assert_int_equal(uv_loop_init(&loop), 0);
    static const size_t counts[] = {0, 3, 100};
    for (size_t i = 0; i < COUNT(counts); i++)
        assert_int_equal(mailbox_open(&m, &loop, 8, counts[i], arrived, NULL), ERR_STATE);
    assert_int_equal(uv_loop_close(&loop), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_threads_lose_and_tear_nothing),
        cmocka_unit_test(a_full_mailbox_refuses_and_takes_again),
        cmocka_unit_test(wake_without_a_message),
        cmocka_unit_test(a_count_that_is_no_power_of_two),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
