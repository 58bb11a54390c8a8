/* ICE-lite (RFC 8445 §2.5, §7.3): answers the peer's checks, remembers the addresses from which they came
 * with the right password, and knows which of them sound goes to. It never sends a check.
 *
 * Nothing that is not authenticated changes anything here, and only authenticated requests are answered:
 * else the relay could be made to shoot at others. */
#ifndef AULA_LINK_ICE_H
#define AULA_LINK_ICE_H

#include "link/ice_message.h"

#define ICE_PATHS_MAX 8 /* validated addresses kept; the one unheard for longest goes, never the selected */
/* After a nomination or a move, sound from another address does not move the path for this long: stragglers
 * of the old path must not pull it back. */
#define ICE_SETTLE_US (500 * (span_us)US_PER_MS)

struct ice_path {
    struct address address;
    point_us heard_us; /* last authenticated check */
};

struct ice {
    struct ice_credentials ours, theirs;
    struct ice_credentials old_ours, old_theirs; /* good until the first check with the new ones */
    bool has_old;
    struct ice_path paths[ICE_PATHS_MAX];
    size_t count;
    size_t selected;   /* counts only where count > 0 */
    point_us moved_us; /* when selected last changed or was nominated */
    point_us heard_us; /* last authenticated check from anywhere: consent (RFC 7675) */
    bool forgot;       /* `forgotten` waits to be asked for */
    struct address forgotten;
    struct ice_datagram answer;
};

/* What a check turned out to be. */
enum ice_news {
    ICE_NOTHING, /* answered or ignored */
    ICE_LEARNED  /* its address is newly validated */
};

void ice_init(struct ice *ice, const struct ice_credentials *ours, const struct ice_credentials *theirs,
              point_us now_us);
/* Wipes the passwords. */
void ice_finish(struct ice *ice);
/* RFC 8445 §9. The addresses and the selected path stay. */
void ice_restart(struct ice *ice, const struct ice_credentials *ours, const struct ice_credentials *theirs);
/* One STUN datagram; an answer may wait afterwards. Drops: what stun_parse says; ERR_MALFORMED without
 * FINGERPRINT; ERR_UNSUPPORTED no request; ERR_UNKNOWN not our USERNAME; ERR_AUTH. */
enum err ice_input(struct ice *ice, const struct address *from, const uint8_t *bytes, size_t len,
                   point_us now_us, enum ice_news *ret_news) MUST_USE;
bool ice_output(struct ice *ice, struct address *ret_to, uint8_t *bytes, size_t *ret_len);
point_us ice_deadline(const struct ice *ice);
/* ERR_TIMEOUT: no authenticated check for LINK_CONSENT_US. */
enum err ice_expire(const struct ice *ice, point_us now_us) MUST_USE;

bool ice_is_validated(const struct ice *ice, const struct address *from);
/* Authenticated sound came from this address: the path goes there if the address is validated. Firefox
 * nominates every pair it tries; where it sends from is where it listens. */
void ice_media_arrived(struct ice *ice, const struct address *from, point_us now_us);
/* Where sound goes, or NULL before the first validated address. */
const struct address *ice_selected(const struct ice *ice);
/* The nth validated address, or NULL. */
const struct address *ice_address(const struct ice *ice, size_t n);
/* An address that had to go, once. */
bool ice_forgotten(struct ice *ice, struct address *ret_address);

#endif
