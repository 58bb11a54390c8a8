#include "house.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WALL_US 1790000000000000 /* at the monotonic clock's zero */

static void fill(void *state, uint8_t *bytes, size_t len)
{
    struct house *h = state;
    for (size_t i = 0; i < len; i++) {
        h->random = h->random * 6364136223846793005u + 1442695040888963407u;
        bytes[i] = (uint8_t)(h->random >> 56);
    }
}

struct house *house_open(void)
{
    struct house *h = calloc(1, sizeof *h);
    static const uint8_t ip[4] = {192, 0, 2, 1};
    h->random = 1;
    h->entropy = (struct entropy){fill, h};
    if (link_identity_create(&h->identity))
        abort();
    h->config = (struct desk_config){
        .entropy = &h->entropy, .identity = h->identity, .workers = 2, .wall_minus_monotonic_us = WALL_US};
    strcpy(h->config.url, "https://hall.example:8443");
    h->config.media[0][0] = address_v4(ip, 8444);
    h->config.media[1][0] = address_v4(ip, 8445);
    h->now_us = 1000000;
    if (desk_create(&h->config, &h->desk) || desk_restored(h->desk, 0, h->now_us))
        abort();
    return h;
}

void house_forget(struct house *h, uint32_t connection)
{
    struct heard *heard = &h->heard[connection];
    for (size_t i = 0; i < heard->count; i++)
        free(heard->texts[i]);
    free(heard->texts);
    memset(heard, 0, sizeof *heard);
}

void house_close(struct house *h)
{
    desk_destroy(h->desk);
    link_identity_destroy(h->identity);
    for (uint32_t i = 0; i < HOUSE_CONNECTIONS; i++)
        house_forget(h, i);
    for (size_t i = 0; i < h->row_count; i++)
        free(h->rows[i].text);
    free(h->rows);
    free(h->orders);
    for (size_t i = 0; i < h->record_count; i++)
        free(h->records[i].text);
    free(h->records);
    free(h->order_workers);
    free(h->reply);
    free(h);
}

static char *copy(const char *text, size_t len)
{
    char *c = malloc(len + 1);
    memcpy(c, text, len);
    c[len] = '\0';
    return c;
}

static void take_row(struct house *h, const struct desk_row *row)
{
    h->rows = realloc(h->rows, (h->row_count + 1) * sizeof *h->rows);
    struct house_row *kept = &h->rows[h->row_count++];
    kept->row = *row;
    kept->text = copy(row->text, row->len);
    kept->row.text = kept->text;
    if (row->row != h->row_count)
        abort();
}

static void take_sentence(struct house *h, const struct desk_output *o)
{
    struct heard *heard = &h->heard[o->connection];
    if (heard->closed)
        abort();
    heard->texts = realloc(heard->texts, (heard->count + 1) * sizeof *heard->texts);
    heard->texts[heard->count++] = copy(o->text, o->len);
    h->shared += o->text == h->last_text;
    h->last_text = o->text;
}

static void take_order(struct house *h, const struct desk_output *o)
{
    h->orders = realloc(h->orders, (h->order_count + 1) * sizeof *h->orders);
    h->order_workers = realloc(h->order_workers, (h->order_count + 1) * sizeof *h->order_workers);
    h->order_workers[h->order_count] = o->worker;
    h->orders[h->order_count++] = o->order;
}

static void take_record(struct house *h, const struct desk_output *o)
{
    h->records = realloc(h->records, (h->record_count + 1) * sizeof *h->records);
    struct house_record *r = &h->records[h->record_count++];
    *r = (struct house_record){.record = o->record, .text = o->text ? copy(o->text, o->len) : NULL};
}

static void take(struct house *h, const struct desk_output *o)
{
    switch (o->kind) {
    case DESK_SENTENCE:
        take_sentence(h, o);
        break;
    case DESK_CLOSE:
        h->heard[o->connection].closed = true;
        break;
    case DESK_ORDER:
        take_order(h, o);
        break;
    case DESK_ROW:
        take_row(h, &o->row);
        break;
    case DESK_RECORD:
        take_record(h, o);
        break;
    case DESK_REPLY:
        free(h->reply);
        h->reply = copy(o->text, o->len);
        h->reply_request = o->request;
        h->reply_count++;
        break;
    case DESK_PAST:
        h->past_count++;
        h->past = o->row;
        break;
    }
}

static void drain_once(struct house *h)
{
    struct desk_output o;
    while (desk_output(h->desk, &o))
        take(h, &o);
}

void house_commit(struct house *h)
{
    drain_once(h);
    desk_committed(h->desk, h->row_count, h->now_us);
    drain_once(h);
}

void house_drain(struct house *h)
{
    drain_once(h);
    if (!h->slow_disk)
        house_commit(h);
}

void house_kill(struct house *h, size_t rows, int64_t pause_us)
{
    desk_destroy(h->desk);
    h->now_us += pause_us;
    while (h->row_count > rows)
        free(h->rows[--h->row_count].text);
    if (desk_create(&h->config, &h->desk))
        abort();
    for (size_t i = 0; i < h->row_count; i++) {
        if (desk_restore(h->desk, &h->rows[i].row))
            abort();
    }
    if (desk_restored(h->desk, h->row_count, h->now_us))
        abort();
    house_drain(h);
}

void house_wait(struct house *h, span_us span)
{
    point_us until = h->now_us + span;
    while (desk_deadline(h->desk) <= until) {
        if (desk_deadline(h->desk) > h->now_us)
            h->now_us = desk_deadline(h->desk);
        desk_expire(h->desk, h->now_us);
        house_drain(h);
    }
    h->now_us = until;
}

json_t *house_ask(struct house *h, const char *format, ...)
{
    char text[4000];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    size_t before = h->reply_count;
    desk_request(h->desk, ++h->requests, text, (size_t)len, h->now_us);
    house_drain(h);
    if (h->reply_count == before)
        return NULL;
    return json_loads(h->reply, JSON_REJECT_DUPLICATES, NULL);
}

int64_t house_number(const json_t *object, const char *member)
{
    const json_t *v = json_object_get(object, member);
    return json_is_integer(v) ? json_integer_value(v) : json_is_true(v) ? 1 : json_is_false(v) ? 0 : -1;
}

const char *house_text(const json_t *object, const char *member)
{
    const char *s = json_string_value(json_object_get(object, member));
    return s ? s : "";
}

void house_session(struct house *h, char id[SESSION_ID_MAX + 1])
{
    json_t *reply = house_ask(h, "{\"verb\":\"session-create\",\"title\":\"Day one\",\"rooms\":[\"A\",\"B\"],"
                                 "\"languages\":[\"it\",\"cs\"]}");
    snprintf(id, SESSION_ID_MAX + 1, "%s", house_text(reply, "session"));
    json_decref(reply);
    if (!*id)
        abort();
}

void house_link(struct house *h, const char *session, const char *role, const char *name, const char *room,
                char token[64])
{
    json_t *reply =
        house_ask(h, "{\"verb\":\"link\",\"session\":\"%s\",\"role\":\"%s\",\"name\":\"%s\"%s%s%s}", session,
                  role, name, room ? ",\"room\":\"" : "", room ? room : "", room ? "\"" : "");
    const char *slash = strrchr(house_text(reply, "url"), '/');
    if (!slash)
        abort();
    snprintf(token, 64, "%s", slash + 1);
    json_decref(reply);
}

void house_connect(struct house *h, uint32_t connection)
{
    house_forget(h, connection);
    desk_connected(h->desk, connection, &h->config.media[0][0], h->now_us);
    house_drain(h);
}

void house_say(struct house *h, uint32_t connection, const char *format, ...)
{
    char text[16000];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    desk_sentence(h->desk, connection, text, (size_t)len, h->now_us);
    house_drain(h);
}

void house_hello(struct house *h, uint32_t connection, const char *token, uint64_t last)
{
    house_connect(h, connection);
    if (last)
        house_say(h, connection, "{\"kind\":\"hello\",\"v\":1,\"token\":\"%s\",\"last\":%llu}", token,
                  (unsigned long long)last);
    else
        house_say(h, connection, "{\"kind\":\"hello\",\"v\":1,\"token\":\"%s\"}", token);
}

void house_hang_up(struct house *h, uint32_t connection)
{
    desk_disconnected(h->desk, connection, h->now_us);
    house_drain(h);
}

static json_t *of_kind(const char *text, const char *kind)
{
    json_t *s = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    if (!s)
        abort();
    if (strcmp(house_text(s, "kind"), kind) == 0)
        return s;
    json_decref(s);
    return NULL;
}

json_t *house_heard(const struct house *h, uint32_t connection, const char *kind)
{
    const struct heard *heard = &h->heard[connection];
    json_t *s = NULL;
    for (size_t i = heard->count; i > 0 && !s; i--)
        s = of_kind(heard->texts[i - 1], kind);
    return s;
}

size_t house_heard_count(const struct house *h, uint32_t connection, const char *kind)
{
    size_t count = 0;
    for (size_t i = 0; i < h->heard[connection].count; i++) {
        json_t *s = of_kind(h->heard[connection].texts[i], kind);
        count += s != NULL;
        json_decref(s);
    }
    return count;
}

static void add_events(json_t *events, uint64_t *next, uint64_t *first, char ***texts, size_t *count)
{
    size_t i;
    json_t *e;
    json_array_foreach(events, i, e)
    {
        uint64_t n = (uint64_t)house_number(e, "n");
        if (*next && n != *next)
            abort(); /* a gap, or out of order */
        if (!*first)
            *first = n;
        *next = n + 1;
        *texts = realloc(*texts, (*count + 1) * sizeof **texts);
        (*texts)[(*count)++] = json_dumps(e, JSON_COMPACT);
    }
}

size_t house_events(const struct house *h, uint32_t connection, uint64_t *ret_first, char ***ret_texts)
{
    uint64_t next = 0, first = 0;
    char **texts = NULL;
    size_t count = 0;
    for (size_t i = 0; i < h->heard[connection].count; i++) {
        json_t *s = json_loads(h->heard[connection].texts[i], 0, NULL);
        bool welcome = strcmp(house_text(s, "kind"), "welcome") == 0;
        if (welcome && !next && json_is_false(json_object_get(s, "resumed")))
            next = (uint64_t)house_number(s, "n") + 1;
        if (welcome || strcmp(house_text(s, "kind"), "events") == 0)
            add_events(json_object_get(s, "events"), &next, &first, &texts, &count);
        json_decref(s);
    }
    *ret_first = first;
    *ret_texts = texts;
    return count;
}

const struct media_order *house_order(const struct house *h, enum media_order_kind kind)
{
    for (size_t i = h->order_count; i > 0; i--) {
        if (h->orders[i - 1].kind == kind)
            return &h->orders[i - 1];
    }
    return NULL;
}

size_t house_order_count(const struct house *h, enum media_order_kind kind)
{
    size_t count = 0;
    for (size_t i = 0; i < h->order_count; i++)
        count += h->orders[i].kind == kind;
    return count;
}
