#include "ctl/rates.h"

#include <stddef.h>

struct rate {
    const char *of, *name; /* a count, and what it is called by the second */
    double scale;
};

static const struct rate relay_rates[] = {{"events", "events_per_s", 1},
                                          {"control_cpu_us", "control_cpu_percent", 1e-4}};
static const struct rate worker_rates[] = {{"cpu_us", "cpu_percent", 1e-4},
                                           {"datagrams_in", "datagrams_in_per_s", 1},
                                           {"datagrams_out", "datagrams_out_per_s", 1}};
static const struct rate flow_rates[] = {{"packets_in", "packets_in_per_s", 1},
                                         {"packets_out", "packets_out_per_s", 1},
                                         {"bytes_in", "bits_in_per_s", 8},
                                         {"bytes_out", "bits_out_per_s", 8}};
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void add(const json_t *before, const json_t *now, json_t *target, const struct rate *rates,
                size_t count, double seconds)
{
    for (size_t i = 0; i < count; i++) {
        const json_t *a = json_object_get(before, rates[i].of), *b = json_object_get(now, rates[i].of);
        double step = (double)(json_integer_value(b) - json_integer_value(a));
        if (json_is_integer(a) && json_is_integer(b) && step >= 0)
            json_object_set_new(target, rates[i].name,
                                json_integer((json_int_t)(step * rates[i].scale / seconds + 0.5)));
    }
}

static const json_t *row_with(const json_t *rows, const char *key, const json_t *wanted)
{
    const json_t *row;
    size_t i;
    json_array_foreach(rows, i, row) if (json_equal(json_object_get(row, key), wanted)) return row;
    return NULL;
}

/* The row of `rows` with the same `key`; rows mostly stand where they stood, so that is looked at first. */
static const json_t *same(const json_t *rows, size_t place, const json_t *row, const char *key)
{
    const json_t *wanted = json_object_get(row, key);
    const json_t *there = json_array_get(rows, place);
    if (wanted == NULL || json_equal(json_object_get(there, key), wanted))
        return wanted ? there : NULL;
    return row_with(rows, key, wanted);
}

static const json_t *flow_of(const json_t *row)
{
    const json_t *counters = json_object_get(row, "counters");
    return counters ? counters : row;
}

/* Counters that were not read again since: what was said of them still holds. */
static void keep(const json_t *before, json_t *now, const struct rate *rates, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        json_t *rate = json_object_get(before, rates[i].name);
        if (rate != NULL)
            json_object_set(now, rates[i].name, rate);
    }
}

/* Between the moments when the counters of two looks at a session were read; `seconds` where they are not
 * told.
 */
static double counted_span(const json_t *before, const json_t *now, double seconds)
{
    const json_t *a = json_object_get(before, "counted_us"), *b = json_object_get(now, "counted_us");
    return a != NULL && b != NULL ? (double)(json_integer_value(b) - json_integer_value(a)) / 1e6 : seconds;
}

static void add_rows(const json_t *before, json_t *now, const char *key, const struct rate *rates,
                     size_t count, double seconds)
{
    size_t i;
    json_t *row;
    json_array_foreach(now, i, row)
    {
        const json_t *old = same(before, i, row, key);
        double span = counted_span(old, row, seconds);
        if (old != NULL && span > 0)
            add(flow_of(old), flow_of(row), row, rates, count, span);
        else if (old != NULL)
            keep(old, row, rates, count);
    }
}

void rates_add(const json_t *before, json_t *now)
{
    const json_t *old = json_object_get(before, "relay");
    json_t *relay = json_object_get(now, "relay");
    double seconds = (double)(json_integer_value(json_object_get(relay, "at_us")) -
                              json_integer_value(json_object_get(old, "at_us"))) /
                     1e6;
    if (seconds <= 0) /* one look, or another relay since */
        return;
    add(old, relay, relay, relay_rates, COUNT(relay_rates), seconds);
    add_rows(json_object_get(old, "workers"), json_object_get(relay, "workers"), "worker", worker_rates,
             COUNT(worker_rates), seconds);
    add_rows(json_object_get(before, "sessions"), json_object_get(now, "sessions"), "id", flow_rates,
             COUNT(flow_rates), seconds);
    const json_t *was = json_object_get(before, "session"), *is = json_object_get(now, "session");
    if (was == NULL || is == NULL || !json_equal(was, is))
        return;
    const json_t *session = row_with(json_object_get(now, "sessions"), "id", is),
                 *session_before = row_with(json_object_get(before, "sessions"), "id", was);
    seconds = counted_span(session_before, session, seconds);
    add_rows(json_object_get(before, "people"), json_object_get(now, "people"), "id", flow_rates,
             COUNT(flow_rates), seconds);
}
