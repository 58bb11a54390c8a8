/* The stage's WebSockets: each an ordered, reliable channel with a delay, until it breaks. */
#include "stage.h"

#include <stdlib.h>
#include <string.h>

#include "../unit/rows.h"

enum carry { CARRY_OPEN, CARRY_OPENED, CARRY_UP, CARRY_DOWN, CARRY_CLOSE_UP, CARRY_CLOSE_DOWN };

struct carried {
    enum carry kind;
    struct stage_member *member;
    uint32_t connection;
    char *text; /* owned; NULL but for sentences */
    size_t len;
};

static bool is_up(enum carry kind)
{
    return kind == CARRY_OPEN || kind == CARRY_UP || kind == CARRY_CLOSE_UP;
}

static void carry(struct stage_member *m, enum carry kind, uint32_t connection, const char *text, size_t len)
{
    struct carried *c = calloc(1, sizeof *c);
    point_us *last = is_up(kind) ? &m->last_up_us : &m->last_down_us;
    point_us at = m->stage->now_us + m->sentence_us;
    assert_non_null(c);
    if (at < *last)
        at = *last;
    *last = at;
    *c = (struct carried){.kind = kind, .member = m, .connection = connection, .len = len};
    if (text) {
        c->text = malloc(len + 1);
        assert_non_null(c->text);
        memcpy(c->text, text, len);
        c->text[len] = 0;
    }
    assert_int_equal(sim_heap_put(&m->stage->sentences, at, c), ERR_NONE);
}

void stage_wire_down(struct stage_member *m, uint32_t connection, const char *text, size_t len)
{
    carry(m, CARRY_DOWN, connection, text, len);
}

void stage_wire_close(struct stage_member *m, uint32_t connection)
{
    carry(m, CARRY_CLOSE_DOWN, connection, NULL, 0);
    if (m->desk_connection == connection)
        m->desk_connection = 0;
}

void stage_wire_client(struct stage_member *m, const struct client_output *out)
{
    switch (out->kind) {
    case CLIENT_OUT_CONNECT:
        m->connection = ++m->stage->connections;
        carry(m, CARRY_OPEN, m->connection, NULL, 0);
        break;
    case CLIENT_OUT_SENTENCE:
        if (m->connection)
            carry(m, CARRY_UP, m->connection, out->text, out->len);
        break;
    case CLIENT_OUT_DISCONNECT:
        if (m->connection)
            carry(m, CARRY_CLOSE_UP, m->connection, NULL, 0);
        m->connection = 0;
        break;
    }
}

static void at_relay(struct stage *s, const struct carried *c)
{
    struct stage_member *m = c->member;
    if (c->kind == CARRY_OPEN) {
        carry(m, s->desk ? CARRY_OPENED : CARRY_CLOSE_DOWN, c->connection, NULL, 0);
        if (!s->desk)
            return;
        m->desk_connection = c->connection;
        desk_connected(s->desk, c->connection, &m->address, s->now_us);
    } else if (s->desk && m->desk_connection == c->connection) {
        if (c->kind == CARRY_UP)
            desk_sentence(s->desk, c->connection, c->text, c->len, stage_member_now(m));
        else {
            m->desk_connection = 0;
            desk_disconnected(s->desk, c->connection, s->now_us);
        }
    }
    stage_settle_relay(s);
}

static void at_client(const struct carried *c)
{
    struct stage_member *m = c->member;
    if (!m->client || m->connection != c->connection)
        return;
    if (c->kind == CARRY_OPENED)
        client_connected(m->client, stage_member_now(m));
    else if (c->kind == CARRY_DOWN)
        client_sentence(m->client, c->text, c->len, stage_member_now(m));
    else {
        m->connection = 0;
        client_disconnected(m->client, "the connection was closed", stage_member_now(m));
    }
    stage_settle_member(m);
}

static void discard(struct carried *c)
{
    free(c->text);
    free(c);
}

void stage_wire_deliver(struct stage *s)
{
    const struct sim_heap_entry *first;
    while ((first = sim_heap_first(&s->sentences)) != NULL && first->at_us <= s->now_us) {
        struct carried *c = sim_heap_take(&s->sentences);
        if (is_up(c->kind))
            at_relay(s, c);
        else
            at_client(c);
        discard(c);
    }
}

void stage_wire_relay_died(struct stage *s)
{
    for (size_t i = 0; i < s->member_count; i++) {
        struct stage_member *m = s->members[i];
        m->desk_connection = 0;
        if (m->connection)
            carry(m, CARRY_CLOSE_DOWN, m->connection, NULL, 0);
    }
}

void stage_cut(struct stage_member *m)
{
    struct stage *s = m->stage;
    uint32_t at_desk = m->desk_connection;
    m->desk_connection = 0;
    if (m->connection) {
        m->connection = 0;
        client_disconnected(m->client, "the line was cut", stage_member_now(m));
        stage_settle_member(m);
    }
    if (s->desk && at_desk)
        desk_disconnected(s->desk, at_desk, s->now_us);
    stage_settle_relay(s);
}

void stage_wire_finish(struct stage *s)
{
    struct carried *c;
    while ((c = sim_heap_take(&s->sentences)) != NULL)
        discard(c);
    sim_heap_finish(&s->sentences);
}
