/* The root of the state plane: makes and unmakes it, and lets time pass. */
#include "signal/programme.h"

#include <stdlib.h>
#include <string.h>

static const void *sitting_key(const void *value)
{
    return ((const struct sitting *)value)->id;
}

static const void *seat_key(const void *value)
{
    return ((const struct seat *)value)->token_sha256;
}

static const void *token_key(const void *value)
{
    return ((const struct api_token *)value)->sha256;
}

static const void *past_key(const void *value)
{
    return ((const struct past *)value)->id;
}

static const void *enrolled_key(const void *value)
{
    return ((const struct enrolled *)value)->token_sha256;
}

static enum err make_tables(struct desk *d)
{
    uint64_t seed = entropy_u64(d->config.entropy);
    size_t workers = (size_t)d->config.workers;
    enum err e = registry_create(seed, sitting_key, SESSION_ID_MAX, &d->sittings);
    if (!e)
        e = registry_create(seed, seat_key, TOKEN_SHA256, &d->seats);
    if (!e)
        e = registry_create(seed, past_key, SESSION_ID_MAX, &d->pasts);
    if (!e)
        e = registry_create(seed, enrolled_key, TOKEN_SHA256, &d->enrolled);
    if (!e)
        e = registry_create(seed, token_key, TOKEN_SHA256, &d->tokens);
    if (!e)
        e = table_create(CONNECTIONS_MAX, seed, &d->members);
    if (!e)
        e = table_create(PEERS_MAX * workers, seed, &d->peers);
    if (!e)
        e = table_create(SESSIONS_MAX, seed, &d->handles);
    return e;
}

enum err desk_create(const struct desk_config *config, struct desk **ret_desk)
{
    if (config->workers < 1 || config->workers > DESK_WORKERS_MAX)
        return ERR_STATE;
    struct desk *d = calloc(1, sizeof *d);
    if (!d)
        return ERR_MEMORY;
    d->config = *config;
    d->next_session = d->next_peer = 1;
    d->planned_known = true;
    d->planned_at_us = NEVER_US;
    d->look.next_us = NEVER_US;
    d->pending_last = &d->pending_first;
    out_init(d);
    enum err e = make_tables(d);
    if (e) {
        desk_destroy(d);
        return e;
    }
    *ret_desk = d;
    return ERR_NONE;
}

static void destroy_all(struct table *t, void (*destroy)(void *value))
{
    size_t at = 0;
    void *value;
    while (t && (value = table_next(t, &at)))
        destroy(value);
}

static void destroy_sitting(void *value)
{
    sitting_destroy(value);
}

static void destroy_token(void *value)
{
    api_token_destroy(value);
}

static void destroy_past(void *value)
{
    past_destroy(value);
}

void desk_destroy(struct desk *d)
{
    if (!d)
        return;
    pending_finish(d);
    out_finish(d);
    show_finish(d);
    look_finish(d);
    destroy_all(d->members, free);
    destroy_all(d->sittings.table, destroy_sitting);
    destroy_all(d->pasts.table, destroy_past);
    programmes_finish(d);
    certificates_finish(d);
    destroy_all(d->tokens.table, destroy_token);
    registry_finish(&d->tokens);
    registry_finish(&d->sittings);
    registry_finish(&d->pasts);
    registry_finish(&d->seats);
    table_destroy(d->members);
    table_destroy(d->peers);
    table_destroy(d->handles);
    free(d);
}

void desk_committed(struct desk *d, uint64_t row, point_us now_us)
{
    if (row > d->committed)
        d->committed = row;
    pending_release(d, now_us);
}

void desk_not_saved(struct desk *d, bool refused, point_us now_us)
{
    if (d->refused == refused)
        return;
    d->refused = refused;
    d->refused_since_ms = wall_ms(d, now_us);
    size_t at = 0;
    struct member *m;
    while ((m = table_next(d->members, &at))) {
        if (m->welcomed)
            tell_not_saved(d, m);
    }
    pending_release(d, now_us);
}

void desk_full(struct desk *d, bool full)
{
    d->full = full;
}

enum err desk_may_upload(struct desk *d, const char *token, point_us now_us,
                         char ret_session[SESSION_ID_MAX + 1], uint32_t *ret_number)
{
    const struct seat *seat = seat_of_token(d, token, now_us);
    if (!seat)
        return ERR_UNKNOWN;
    bool known = session_person(seat->sitting->state, seat->number);
    bool presents = known ? session_presents(seat->sitting->state, seat->number) : role_presents(seat->role);
    if (!presents || session_phase(seat->sitting->state) == SESSION_ENDED)
        return ERR_FORBIDDEN;
    memcpy(ret_session, seat->sitting->id, SESSION_ID_MAX + 1);
    *ret_number = seat->number;
    return ERR_NONE;
}

enum err desk_deck_added(struct desk *d, const char *session, const char *deck, const char *title, int pages,
                         const char *manifest_url, uint32_t by, point_us now_us)
{
    struct sitting *s = sitting_find(d, session);
    struct command c = {.kind = COMMAND_DECK, .by = by, .at_ms = wall_ms(d, now_us)};
    uint64_t n;
    const char *why;
    if (!s)
        return ERR_UNKNOWN;
    if (pages < 1 || pages > PAGES_MAX)
        return ERR_LONG;
    c.deck.deck = deck;
    c.deck.title = title;
    c.deck.manifest = manifest_url;
    c.deck.pages = (uint32_t)pages;
    return sitting_do(d, s, &c, now_us, &n, &why);
}

bool desk_session_exists(const struct desk *d, const char *session)
{
    return sitting_find(d, session) != NULL;
}

uint64_t desk_session_n(const struct desk *d, const char *session)
{
    const struct sitting *s = sitting_find(d, session);
    return s ? session_n(s->state) : 0;
}

bool desk_takes_sessions(const struct desk *d)
{
    return !d->draining && !d->full && d->open_count < SESSIONS_MAX;
}

bool desk_busy(const struct desk *d)
{
    return d->open_count > 0;
}

struct desk_figures desk_figures(const struct desk *d)
{
    return (struct desk_figures){
        .sessions = d->open_count, .members = table_count(d->members), .peers = table_count(d->peers)};
}

void desk_drain(struct desk *d)
{
    d->draining = true;
}

point_us desk_deadline(const struct desk *d)
{
    point_us at = earlier_us(strangers_deadline(d), tell_deadline(d));
    at = earlier_us(at, show_deadline(d));
    at = earlier_us(at, look_deadline(d));
    at = earlier_us(at, past_deadline(d));
    at = earlier_us(at, programme_deadline(d));
    return d->broken ? INT64_MIN : at;
}

void desk_expire(struct desk *d, point_us now_us)
{
    strangers_expire(d, now_us);
    tell_due(d, now_us);
    show_expire(d, now_us);
    look_expire(d, now_us);
    past_expire(d, now_us);
    programme_expire(d, now_us);
    members_mend(d, now_us);
}
