/* What sessions have counted, for the metrics. */
#include "signal/parts.h"

void counters_add(struct session_counters *sum, const struct session_counters *c)
{
    sum->decodes += c->decodes;
    sum->encodes += c->encodes;
    sum->packets_in += c->packets_in;
    sum->packets_out += c->packets_out;
    sum->dropped += c->dropped;
    sum->bytes_in += c->bytes_in;
    sum->bytes_out += c->bytes_out;
    sum->mixes += c->mixes;
    sum->late_mixes += c->late_mixes;
}

static void figures_of(const struct sitting *s, struct session_figures *f)
{
    f->present += session_present_count(s->state);
    f->peers += s->peer_count;
    f->speaking += s->audible_count;
    counters_add(&f->counters, &s->counters);
}

/* One sum, so that it never falls while sessions come and go. */
static void rest(const struct desk *d, struct session_figures *f)
{
    size_t at = 0;
    const struct sitting *s;
    f->counters = d->gone_unlabelled;
    while ((s = table_next(d->sittings.table, &at)))
        if (s->handle && !s->labelled)
            figures_of(s, f);
}

bool desk_next_session(const struct desk *d, size_t *at, struct session_figures *ret_session)
{
    const struct sitting *s = NULL;
    if (*at == SIZE_MAX)
        return false;
    while ((s = table_next(d->sittings.table, at)) && !(s->handle && s->labelled))
        ;
    *ret_session = (struct session_figures){.id = s ? s->id : NULL};
    if (s) {
        figures_of(s, ret_session);
        return true;
    }
    rest(d, ret_session);
    *at = SIZE_MAX;
    return true;
}

struct session_counters desk_totals(const struct desk *d)
{
    struct session_counters sum = d->gone;
    size_t at = 0;
    const struct sitting *s;
    while ((s = table_next(d->sittings.table, &at)))
        if (s->handle)
            counters_add(&sum, &s->counters);
    return sum;
}

void desk_watch(struct desk *d, point_us now_us)
{
    look_watch(d, now_us);
}
