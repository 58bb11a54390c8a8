/* The controlling side of ICE towards one candidate of a lite peer (RFC 8445 §7.2, aggressive in that every
 * check nominates: there is nothing to choose from). Checks until answered, then keeps the path and the
 * peer's consent alive (RFC 7675). */
#ifndef AULA_LINK_ICE_CLIENT_H
#define AULA_LINK_ICE_CLIENT_H

#include "base/entropy.h"
#include "link/ice_message.h"

#define ICE_CHECKS_MAX 8 /* checks under way whose answers are still taken */
#define ICE_CHECK_FIRST_US                                                                                   \
    (50 * (span_us)US_PER_MS) /* Ta (RFC 8445 §14.2): until the second check; doubles */
#define ICE_CHECK_LAST_US (1600 * (span_us)US_PER_MS) /* to here, while none is answered */
#define ICE_KEEP_US       (5 * (span_us)US_PER_S)     /* between checks of a good path; RFC 7675 §5.1 */

struct ice_check {
    bool pending;
    uint8_t id[STUN_ID_BYTES];
    point_us sent_us;
    struct address to; /* an answer from elsewhere is none */
};

struct ice_client {
    const struct entropy *entropy; /* borrowed */
    struct ice_credentials ours, theirs;
    uint64_t tie_breaker;
    struct address remote; /* the candidate being checked */
    struct address path;   /* where sound goes: the last candidate that answered */
    bool has_path;
    struct ice_check checks[ICE_CHECKS_MAX];
    size_t next_check;  /* place of the next; overwrites the oldest */
    bool answered;      /* since the last check went out */
    point_us check_us;  /* when the next check goes out */
    span_us wait_us;    /* and how long after it another if unanswered */
    point_us heard_us;  /* last answer: consent */
    span_us round_trip; /* of the last answered check; -1 while unknown */
    struct ice_datagram out;
};

/* The first check waits at once. */
void ice_client_init(struct ice_client *c, const struct entropy *entropy, const struct ice_credentials *ours,
                     const struct ice_credentials *theirs, const struct address *remote, point_us now_us);
/* Wipes the passwords. */
void ice_client_finish(struct ice_client *c);
/* RFC 8445 §9: sound keeps its path until the new candidate answers. */
void ice_client_restart(struct ice_client *c, const struct ice_credentials *ours,
                        const struct ice_credentials *theirs, const struct address *remote, point_us now_us);
/* The network may be another one: a check goes out at once, so that the relay learns our new address before
 * the next keep-alive. */
void ice_client_network_changed(struct ice_client *c, point_us now_us);
/* One STUN datagram. *ret_learned: the candidate is newly validated. Drops: what stun_parse says;
 * ERR_UNSUPPORTED no answer, or an error answer; ERR_UNKNOWN to no check of ours; ERR_AUTH. */
enum err ice_client_input(struct ice_client *c, const struct address *from, const uint8_t *bytes, size_t len,
                          point_us now_us, bool *ret_learned) MUST_USE;
/* True where DTLS and sound may come from: the path, and after a restart also the new candidate. */
bool ice_client_takes_from(const struct ice_client *c, const struct address *from);
bool ice_client_output(struct ice_client *c, struct address *ret_to, uint8_t *bytes, size_t *ret_len);
point_us ice_client_deadline(const struct ice_client *c);
/* ERR_TIMEOUT: no answer for LINK_CONSENT_US. */
enum err ice_client_expire(struct ice_client *c, point_us now_us) MUST_USE;

#endif
