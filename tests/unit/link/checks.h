/* A lite side, and checks of it as a browser sends them. Include cmocka first. */
#ifndef AULA_TEST_LINK_CHECKS_H
#define AULA_TEST_LINK_CHECKS_H

#include <string.h>

#include "link/ice.h"

#define OURS_UFRAG   "relay"
#define OURS_PWD     "relay-password-of-22-chars"
#define THEIRS_UFRAG "peer"

static inline struct ice lite(point_us now_us)
{
    struct ice ice;
    const struct ice_credentials ours = ice_credentials(OURS_UFRAG, OURS_PWD);
    const struct ice_credentials theirs = ice_credentials(THEIRS_UFRAG, "unused-by-the-lite-side");
    ice_init(&ice, &ours, &theirs, now_us);
    return ice;
}

static inline struct address at(uint16_t port)
{
    static const uint8_t ip[4] = {192, 0, 2, 7};
    return address_v4(ip, port);
}

/* A check as a browser sends it. */
static inline struct stun_message good_check(void)
{
    static const char username[] = OURS_UFRAG ":" THEIRS_UFRAG;
    struct stun_message m = {.kind = STUN_REQUEST,
                             .id = "transaction",
                             .username = {.at = username, .len = sizeof username - 1},
                             .has_priority = true,
                             .priority = 7,
                             .controlling = true};
    return m;
}

static inline size_t sealed(const struct stun_message *m, const char *pwd, uint8_t bytes[ICE_DATAGRAM_MAX])
{
    struct ice_datagram d;
    assert_int_equal(ice_seal(m, pwd, &d), ERR_NONE);
    memcpy(bytes, d.bytes, d.len);
    return d.len;
}

static inline enum err check_from(struct ice *ice, uint16_t port, bool nominate, point_us now_us,
                                  enum ice_news *news)
{
    struct stun_message m = good_check();
    const struct address from = at(port);
    uint8_t bytes[ICE_DATAGRAM_MAX];
    m.use_candidate = nominate;
    size_t len = sealed(&m, OURS_PWD, bytes);
    return ice_input(ice, &from, bytes, len, now_us, news);
}

static inline void must_check(struct ice *ice, uint16_t port, bool nominate, point_us now_us,
                              enum ice_news want)
{
    enum ice_news news = ICE_NOTHING;
    assert_int_equal(check_from(ice, port, nominate, now_us, &news), ERR_NONE);
    assert_int_equal(news, want);
}

static inline uint16_t selected_port(const struct ice *ice)
{
    const struct address *a = ice_selected(ice);
    return a ? a->port : 0;
}

static inline struct stun_text text(const char *s)
{
    return (struct stun_text){.at = s, .len = strlen(s)};
}

#endif
