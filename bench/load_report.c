#include "load_people.h"

#include <stdlib.h>

#include "wire/json_out.h"

static void put_delays(struct json_out *o, const char *name, const struct load_delays *d)
{
    json_open_object(o, name);
    json_put_integer(o, "count", (int64_t)d->count);
    json_put_integer(o, "p50", (int64_t)load_delays_percentile(d, 0.5));
    json_put_integer(o, "p99", (int64_t)load_delays_percentile(d, 0.99));
    json_put_integer(o, "max", (int64_t)d->most_us);
    json_close_object(o);
}

static struct aula_counters since(const struct person *p)
{
    struct aula_counters c;
    aula_counters(p->participant, &c);
    c.received -= p->before.received;
    c.lost -= p->before.lost;
    c.duplicate -= p->before.duplicate;
    c.dropped -= p->before.dropped;
    return c;
}

static void put_person(struct json_out *o, const struct person *p)
{
    struct aula_counters c = since(p), all;
    aula_counters(p->participant, &all);
    json_open_object(o, NULL);
    json_put_integer(o, "number", aula_number(p->participant));
    json_put_integer(o, "sent", (int64_t)p->sent);
    json_put_integer(o, "received", (int64_t)c.received);
    json_put_integer(o, "lost", (int64_t)c.lost);
    json_put_integer(o, "duplicate", (int64_t)c.duplicate);
    json_put_integer(o, "dropped", (int64_t)c.dropped);
    json_put_integer(o, "passed", (int64_t)p->passed);
    json_put_integer(o, "other", (int64_t)p->others);
    json_put_integer(o, "closing", (int64_t)p->closing);
    json_put_integer(o, "pages", (int64_t)p->pages);
    json_put_boolean(o, "over", p->over);
    json_open_object(o, "since_joining");
    json_put_integer(o, "sent", (int64_t)all.sent);
    json_put_integer(o, "received", (int64_t)all.received);
    json_put_integer(o, "lost", (int64_t)all.lost);
    json_close_object(o);
    json_close_object(o);
}

bool load_print(const struct load *l, double cpu)
{
    struct json_out o;
    char *text;
    size_t len;
    uint64_t received = 0, lost = 0, duplicate = 0, sent = 0, events_lost = 0;
    bool good = l->up == l->begun;
    json_out_init(&o);
    json_open_object(&o, NULL);
    for (size_t i = 0; i < l->begun; i++) {
        struct aula_counters c = since(&l->people[i]);
        received += c.received;
        lost += c.lost;
        duplicate += c.duplicate;
        events_lost += c.events_lost;
        sent += l->people[i].sent;
        good = good && !l->people[i].over && (l->talk == 0 || i < (size_t)l->talk || c.received > 0);
    }
    json_put_integer(&o, "participants", (int64_t)l->begun);
    json_put_integer(&o, "joined", (int64_t)l->joined);
    json_put_integer(&o, "with_sound", (int64_t)l->up);
    json_put_integer(&o, "talkers", l->talk);
    json_put_fraction(&o, "seconds", l->for_s);
    json_put_fraction(&o, "own_cpu_s", cpu);
    json_put_integer(&o, "sent", (int64_t)sent);
    json_put_integer(&o, "received", (int64_t)received);
    json_put_integer(&o, "lost", (int64_t)lost);
    json_put_integer(&o, "duplicate", (int64_t)duplicate);
    json_put_integer(&o, "events_lost", (int64_t)events_lost);
    put_delays(&o, "pass_us", &l->delays);
    put_delays(&o, "joined_us", &l->joins);
    put_delays(&o, "sound_up_us", &l->ups);
    json_open_array(&o, "each");
    for (size_t i = 0; i < l->begun; i++)
        put_person(&o, &l->people[i]);
    json_close_array(&o);
    json_close_object(&o);
    if (json_out_take(&o, &text, &len) == ERR_NONE)
        puts(text);
    free(text);
    return good;
}
