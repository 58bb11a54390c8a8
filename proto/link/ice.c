#include "link/ice.h"

#include <string.h>

#include "link/crypto.h"

void ice_init(struct ice *ice, const struct ice_credentials *ours, const struct ice_credentials *theirs,
              point_us now_us)
{
    *ice = (struct ice){.ours = *ours, .theirs = *theirs, .heard_us = now_us, .moved_us = now_us};
}

void ice_finish(struct ice *ice)
{
    crypto_wipe(ice, sizeof *ice);
}

void ice_restart(struct ice *ice, const struct ice_credentials *ours, const struct ice_credentials *theirs)
{
    /* Of two restarts without a check between them the first never happened. */
    if (!ice->has_old) {
        ice->old_ours = ice->ours;
        ice->old_theirs = ice->theirs;
        ice->has_old = true;
    }
    ice->ours = *ours;
    ice->theirs = *theirs;
}

/* --- whose check is it --- */

/* "ours:theirs" */
static bool names(const struct stun_text *username, const struct ice_credentials *ours,
                  const struct ice_credentials *theirs)
{
    size_t a = strlen(ours->ufrag), b = strlen(theirs->ufrag);
    return a && username->len == a + 1 + b && memcmp(username->at, ours->ufrag, a) == 0 &&
           username->at[a] == ':' && memcmp(username->at + a + 1, theirs->ufrag, b) == 0;
}

/* Checks in order, the cheap ones first; *ret_pwd is the password to answer with. */
static enum err authenticate(struct ice *ice, const uint8_t *bytes, const struct stun_message *m,
                             const char **ret_pwd)
{
    if (!m->has_fingerprint)
        return ERR_MALFORMED;
    bool is_new = names(&m->username, &ice->ours, &ice->theirs);
    bool is_old = !is_new && ice->has_old && names(&m->username, &ice->old_ours, &ice->old_theirs);
    if (!is_new && !is_old)
        return ERR_UNKNOWN; /* unanswered: an answer would make a reflector */
    const char *pwd = is_new ? ice->ours.pwd : ice->old_ours.pwd;
    enum err e = ice_check_seal(bytes, m, pwd);
    if (e)
        return e;
    if (is_new && ice->has_old) {
        crypto_wipe(&ice->old_ours, sizeof ice->old_ours);
        ice->has_old = false;
    }
    *ret_pwd = is_new ? ice->ours.pwd : ice->old_ours.pwd;
    return ERR_NONE;
}

/* 0 for a check that is in order (RFC 8489 §6.3.1, RFC 8445 §7.3.1.1). */
static uint16_t fault(const struct stun_message *m)
{
    if (m->unknown_count)
        return STUN_ERROR_UNKNOWN_ATTRIBUTE;
    if (!m->has_priority)
        return STUN_ERROR_BAD_REQUEST;
    return m->controlled ? STUN_ERROR_ROLE_CONFLICT : 0; /* a lite side is always the controlled one */
}

static enum err answer(struct ice *ice, const struct address *from, const struct stun_message *m,
                       uint16_t code, const char *pwd)
{
    struct stun_message a = {.kind = code ? STUN_ERROR : STUN_SUCCESS, .error_code = code};
    memcpy(a.id, m->id, sizeof a.id);
    if (code == STUN_ERROR_UNKNOWN_ATTRIBUTE) {
        memcpy(a.unknown, m->unknown, sizeof a.unknown);
        a.unknown_count = m->unknown_count;
    } else if (!code) {
        a.has_mapped = true;
        a.mapped = *from;
    }
    enum err e = ice_seal(&a, pwd, &ice->answer);
    ice->answer.to = *from;
    return e;
}

/* --- addresses --- */

static struct ice_path *find(const struct ice *ice, const struct address *from)
{
    for (size_t i = 0; i < ice->count; i++)
        if (address_equal(&ice->paths[i].address, from))
            return (struct ice_path *)&ice->paths[i];
    return NULL;
}

/* The place of the unselected address that was silent for longest; its address is forgotten. */
static struct ice_path *make_room(struct ice *ice)
{
    struct ice_path *oldest = NULL;
    for (size_t i = 0; i < ice->count; i++) {
        struct ice_path *p = &ice->paths[i];
        if (i != ice->selected && (!oldest || p->heard_us < oldest->heard_us))
            oldest = p;
    }
    ice->forgot = true;
    ice->forgotten = oldest->address;
    return oldest;
}

static enum ice_news learn(struct ice *ice, const struct address *from, point_us now_us, bool nominated)
{
    struct ice_path *p = find(ice, from);
    enum ice_news news = p ? ICE_NOTHING : ICE_LEARNED;
    if (!p) {
        p = ice->count < ICE_PATHS_MAX ? &ice->paths[ice->count++] : make_room(ice);
        p->address = *from;
    }
    p->heard_us = now_us;
    size_t at = (size_t)(p - ice->paths);
    /* The first of all is selected anyway. */
    if (nominated ? ice->selected != at : ice->count == 1 && news == ICE_LEARNED) {
        ice->selected = at;
        ice->moved_us = now_us;
    }
    return news;
}

enum err ice_input(struct ice *ice, const struct address *from, const uint8_t *bytes, size_t len,
                   point_us now_us, enum ice_news *ret_news)
{
    struct stun_message m;
    const char *pwd = NULL;
    enum err e = stun_parse(bytes, len, &m);
    if (e)
        return e;
    if (m.kind == STUN_INDICATION) { /* a keep-alive: nothing to do, nothing to believe */
        *ret_news = ICE_NOTHING;
        return ERR_NONE;
    }
    if (m.kind != STUN_REQUEST)
        return ERR_UNSUPPORTED;
    e = authenticate(ice, bytes, &m, &pwd);
    if (e)
        return e;
    uint16_t code = fault(&m);
    e = answer(ice, from, &m, code, pwd);
    if (e)
        return e;
    *ret_news = ICE_NOTHING;
    if (code)
        return ERR_NONE;
    ice->heard_us = now_us;
    *ret_news = learn(ice, from, now_us, m.use_candidate);
    return ERR_NONE;
}

bool ice_output(struct ice *ice, struct address *ret_to, uint8_t *bytes, size_t *ret_len)
{
    return ice_datagram_take(&ice->answer, ret_to, bytes, ret_len);
}

point_us ice_deadline(const struct ice *ice)
{
    return ice->heard_us + LINK_CONSENT_US;
}

enum err ice_expire(const struct ice *ice, point_us now_us)
{
    return now_us >= ice_deadline(ice) ? ERR_TIMEOUT : ERR_NONE;
}

bool ice_is_validated(const struct ice *ice, const struct address *from)
{
    return find(ice, from) != NULL;
}

void ice_media_arrived(struct ice *ice, const struct address *from, point_us now_us)
{
    if (!ice->count || address_equal(&ice->paths[ice->selected].address, from))
        return;
    const struct ice_path *p = find(ice, from);
    if (!p || now_us - ice->moved_us < ICE_SETTLE_US)
        return;
    ice->selected = (size_t)(p - ice->paths);
    ice->moved_us = now_us;
}

const struct address *ice_selected(const struct ice *ice)
{
    return ice->count ? &ice->paths[ice->selected].address : NULL;
}

const struct address *ice_address(const struct ice *ice, size_t n)
{
    return n < ice->count ? &ice->paths[n].address : NULL;
}

bool ice_forgotten(struct ice *ice, struct address *ret_address)
{
    if (!ice->forgot)
        return false;
    *ret_address = ice->forgotten;
    ice->forgot = false;
    return true;
}
