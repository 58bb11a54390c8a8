#include "ctl/top.h"

#include <stdlib.h>
#include <time.h>

#include "ctl/rates.h"
#include "ctl/table.h"

static const struct table_column session_columns[] = {{"id", "ID"},
                                                      {"state", "STATE"},
                                                      {"present", "PRESENT"},
                                                      {"peers", "SOUND"},
                                                      {"speaking", "SPEAK"},
                                                      {"level_dbov", "-DBOV"},
                                                      {"packets_in_per_s", "IN/S"},
                                                      {"packets_out_per_s", "OUT/S"},
                                                      {"bits_in_per_s", "BIT/S IN"},
                                                      {"bits_out_per_s", "BIT/S OUT"},
                                                      {"title", "TITLE"},
                                                      {0}};

static const struct table_column people_columns[] = {{"id", "NO"},
                                                     {"name", "NAME"},
                                                     {"role", "ROLE"},
                                                     {"place", "PLACE"},
                                                     {"audible", "HEARD"},
                                                     {"level_dbov", "-DBOV"},
                                                     {"packets_in", "IN"},
                                                     {"packets_out", "OUT"},
                                                     {"lost_in_percent", "LOST% IN"},
                                                     {"lost_out_percent", "LOST% OUT"},
                                                     {"jitter_in_ms", "JITTER IN"},
                                                     {"jitter_out_ms", "JITTER OUT"},
                                                     {"round_trip_ms", "RTT MS"},
                                                     {"quality_in", "R IN"},
                                                     {"quality_out", "R OUT"},
                                                     {0}};

static const struct table_column worker_columns[] = {
    {"worker", "WORKER"},           {"cpu_percent", "CPU %"},
    {"datagrams_in_per_s", "IN/S"}, {"datagrams_out_per_s", "OUT/S"},
    {"dropped", "DROPPED"},         {"orders_waiting", "ORDERS"},
    {"facts_waiting", "FACTS"},     {0}};

static const struct table_column alarm_columns[] = {
    {"severity", "ALARM"}, {"session", "SESSION"}, {"text", "WHAT TO DO"}, {0}};

static long long number(const json_t *object, const char *member)
{
    return (long long)json_integer_value(json_object_get(object, member));
}

static void print_relay(FILE *out, const json_t *relay)
{
    long long up_s = number(relay, "uptime_s");
    char version[TABLE_CELL_MAX];
    table_cell(json_object_get(relay, "version"), version);
    fprintf(out, "aula %s, up %lld d %02lld:%02lld: %lld sessions, %lld connections, %lld with sound\n",
            version, up_s / 86400, up_s / 3600 % 24, up_s / 60 % 60, number(relay, "sessions"),
            number(relay, "members"), number(relay, "peers"));
    fprintf(out, "control loop %lld %% of a core, %lld events a second, %lld waiting for the disk",
            number(relay, "control_cpu_percent"), number(relay, "events_per_s"),
            number(relay, "events_waiting"));
    if (json_object_get(relay, "disk_free_bytes") != NULL)
        fprintf(out, ", %.1f GB left", (double)number(relay, "disk_free_bytes") / 1e9);
    if (json_object_get(relay, "certificate_days") != NULL)
        fprintf(out, ", certificate good for %lld days", number(relay, "certificate_days"));
    fputc('\n', out);
    const json_t *webhook = json_object_get(relay, "webhook");
    if (webhook != NULL)
        fprintf(out, "webhook: %lld events told, %lld wait, %lld deliveries failed, at row %lld of the log\n",
                number(webhook, "delivered"), number(webhook, "waiting"), number(webhook, "failed"),
                number(webhook, "position"));
    fputc('\n', out);
}

void top_print(FILE *out, const json_t *reply)
{
    const json_t *relay = json_object_get(reply, "relay");
    print_relay(out, relay);
    table_print(out, worker_columns, json_object_get(relay, "workers"), "There is no worker.");
    fputc('\n', out);
    table_print(out, session_columns, json_object_get(reply, "sessions"), "There is no session.");
    if (json_object_get(reply, "people") != NULL) {
        fputc('\n', out);
        table_print(out, people_columns, json_object_get(reply, "people"), "Nobody has joined.");
    }
    fputc('\n', out);
    table_print(out, alarm_columns, json_object_get(reply, "alarms"), "Nothing is wrong.");
    long long all = number(reply, "alarms_all"),
              shown = (long long)json_array_size(json_object_get(reply, "alarms"));
    if (all > shown)
        fprintf(out, "and %lld more\n", all - shown);
}

static void wait_for_next(void)
{
    const struct timespec span = {TOP_LOOK_MS / 1000, TOP_LOOK_MS % 1000 * 1000000L};
    nanosleep(&span, NULL);
}

static void show(FILE *out, const json_t *now, bool json)
{
    if (json)
        json_dumpf(now, out, JSON_COMPACT);
    else
        top_print(out, now);
    fputc('\n', out);
}

/* One look; NULL where the reply is no picture, which then is the caller's. */
static enum err look(const struct door_ask *ask, json_t **ret_now, char **ret_reply, char *why,
                     size_t why_size)
{
    char *reply = NULL;
    enum err e = door_call(ask, &reply, why, why_size);
    if (e != ERR_NONE)
        return e;
    json_t *now = json_loads(reply, JSON_REJECT_DUPLICATES, NULL);
    if (json_is_true(json_object_get(now, "ok")) && json_is_object(json_object_get(now, "relay"))) {
        free(reply);
        *ret_now = now;
        return ERR_NONE;
    }
    json_decref(now);
    *ret_reply = reply;
    return ERR_NONE;
}

enum err top_run(FILE *out, const struct door_ask *ask, bool json, bool once, char **ret_reply, char *why,
                 size_t why_size)
{
    json_t *before = NULL, *now = NULL;
    enum err e = look(ask, &before, ret_reply, why, why_size);
    while (e == ERR_NONE && before != NULL) {
        wait_for_next();
        now = NULL;
        e = look(ask, &now, ret_reply, why, why_size);
        if (now != NULL) {
            rates_add(before, now);
            json_object_del(now, "ok");
            show(out, now, json);
        }
        json_decref(before);
        before = now;
        if (once || ferror(out) || fflush(out) != 0)
            break;
    }
    json_decref(before);
    return e;
}
