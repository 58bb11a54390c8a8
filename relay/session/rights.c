/* What a role may do. */
#include "session/state.h"

bool role_leads(enum role role)
{
    return role == ROLE_CHAIR || role == ROLE_OPERATOR;
}

bool role_presents(enum role role)
{
    return role == ROLE_CHAIR || role == ROLE_LECTURER;
}

bool role_has_floor(enum role role)
{
    return role == ROLE_CHAIR || role == ROLE_LECTURER || role == ROLE_ROOM;
}

/* Who may be heard before the session opens. */
static bool tests_backstage(enum role role)
{
    return role != ROLE_TRAINEE && role != ROLE_OPERATOR;
}

bool presents(const struct session *s, uint32_t by)
{
    const struct person *p = person_find(s, by);
    return by == 0 || (p && !p->removed && role_presents(p->seen.role));
}

bool session_presents(const struct session *s, uint32_t number)
{
    return number != 0 && presents(s, number);
}

bool session_may_hear(const struct session *s, uint32_t number)
{
    const struct person *p = person_find(s, number);
    if (!p || p->removed)
        return false;
    return s->state == SESSION_OPEN || p->seen.role == ROLE_OPERATOR ||
           (s->state == SESSION_BACKSTAGE && tests_backstage(p->seen.role));
}

bool session_may_send(const struct session *s, uint32_t number)
{
    const struct person *p = person_find(s, number);
    if (!p || p->removed || !p->seen.floor || p->seen.muted)
        return false;
    return s->state == SESSION_OPEN || (s->state == SESSION_BACKSTAGE && tests_backstage(p->seen.role));
}
