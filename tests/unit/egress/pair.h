/* Two links that are up, for tests that seal. */
#ifndef AULA_TEST_PAIR_H
#define AULA_TEST_PAIR_H

#include "../rows.h"
#include "link/link.h"

struct pair {
    struct link_identity *relay_id, *client_id;
    struct link *relay, *client;
    struct address relay_address, client_address;
    uint64_t dice;
    struct entropy entropy;
};

static inline void pair_dice(void *state, uint8_t *bytes, size_t len)
{
    uint64_t *s = state;
    for (size_t i = 0; i < len; i++) {
        *s = *s * 6364136223846793005u + 1442695040888963407u;
        bytes[i] = (uint8_t)(*s >> 56);
    }
}

static inline bool pair_move(struct link *from, const struct address *from_address, struct link *to,
                             point_us now_us)
{
    struct address ignored;
    uint8_t bytes[LINK_DATAGRAM_MAX];
    size_t len;
    enum link_input what;
    if (!link_output(from, &ignored, bytes, &len))
        return false;
    assert_int_equal(link_input(to, from_address, bytes, &len, now_us, &what), ERR_NONE);
    return true;
}

static inline void pair_init(struct pair *p)
{
    struct link_config relay = {.side = LINK_RELAY, .local_ufrag = "rrrr", .remote_ufrag = "cccc"};
    struct link_config client = {.side = LINK_CLIENT, .local_ufrag = "cccc", .remote_ufrag = "rrrr"};
    *p = (struct pair){.dice = 5};
    p->entropy = (struct entropy){.fill = pair_dice, .state = &p->dice};
    p->relay_address = address_v4((const uint8_t[4]){192, 0, 2, 1}, 1);
    p->client_address = address_v4((const uint8_t[4]){192, 0, 2, 2}, 2);
    assert_int_equal(link_identity_create(&p->relay_id), ERR_NONE);
    assert_int_equal(link_identity_create(&p->client_id), ERR_NONE);
    memset(relay.local_pwd, 'r', 24);
    memset(relay.remote_pwd, 'c', 24);
    memset(client.local_pwd, 'c', 24);
    memset(client.remote_pwd, 'r', 24);
    relay.identity = p->relay_id;
    client.identity = p->client_id;
    client.remote = p->relay_address;
    link_identity_fingerprint(p->client_id, relay.remote_fingerprint);
    link_identity_fingerprint(p->relay_id, client.remote_fingerprint);
    assert_int_equal(link_create(&relay, &p->entropy, 0, &p->relay), ERR_NONE);
    assert_int_equal(link_create(&client, &p->entropy, 0, &p->client), ERR_NONE);
    for (point_us now_us = 0; now_us < US_PER_S; now_us += 10 * US_PER_MS) {
        assert_int_equal(link_expire(p->client, now_us), ERR_NONE);
        while (pair_move(p->client, &p->client_address, p->relay, now_us) ||
               pair_move(p->relay, &p->relay_address, p->client, now_us))
            continue;
        if (link_is_up(p->relay) && link_is_up(p->client))
            return;
    }
    fail_msg("the links do not come up");
}

static inline void pair_finish(struct pair *p)
{
    link_destroy(p->relay);
    link_destroy(p->client);
    link_identity_destroy(p->relay_id);
    link_identity_destroy(p->client_id);
}

#endif
