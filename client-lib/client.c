#include "client_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *copy_of(const char *text)
{
    return strdup(text != NULL ? text : "");
}

static enum err make_parts(struct client *c, const struct client_config *config)
{
    c->token = copy_of(config->token);
    c->agent = copy_of(config->agent);
    if (c->token == NULL || c->agent == NULL)
        return ERR_MEMORY;
    c->config.token = c->token;
    c->config.agent = c->agent;
    enum err e = playout_create(config->sound && config->decode, &c->playout);
    if (e == ERR_NONE && config->sound)
        e = uplink_create(&c->uplink);
    return e;
}

enum err client_create(const struct client_config *config, point_us now_us, struct client **ret_client)
{
    struct client *c = calloc(1, sizeof *c);
    if (c == NULL)
        return ERR_MEMORY;
    c->config = *config;
    mirror_init(&c->mirror);
    pages_init(&c->pages);
    notices_init(&c->notices);
    backoff_init(&c->backoff);
    backoff_init(&c->peer_backoff);
    c->due_us = now_us;
    c->nobody_us = config->first_connect_us > 0 ? now_us + config->first_connect_us : NEVER_US;
    c->goodbye_us = c->offer_us = c->answer_us = c->restart_us = c->line_us = c->page_us = NEVER_US;
    enum err e = make_parts(c, config);
    if (e != ERR_NONE) {
        client_destroy(c);
        return e;
    }
    client_expire(c, now_us); /* puts the first attempt */
    *ret_client = c;
    return ERR_NONE;
}

void client_destroy(struct client *c)
{
    if (c == NULL)
        return;
    client_sound_end(c);
    client_pages_forget(c);
    playout_destroy(c->playout);
    uplink_destroy(c->uplink);
    mirror_finish(&c->mirror);
    notices_finish(&c->notices);
    for (unsigned i = 0; i < c->out_count; i++)
        free(c->out[(c->out_first + i) % CLIENT_OUT_MAX].text);
    free(c->out_taken);
    free(c->token);
    free(c->agent);
    free(c);
}

/* ---- output ---- */

void client_put(struct client *c, enum client_output_kind kind, char *text, size_t len)
{
    if (c->out_count == CLIENT_OUT_MAX) { /* nobody takes them: the program does not run its loop */
        free(text);
        return;
    }
    c->out[(c->out_first + c->out_count) % CLIENT_OUT_MAX] =
        (struct client_out){.kind = kind, .text = text, .len = len};
    c->out_count++;
}

void client_say(struct client *c, const struct client_sentence *sentence)
{
    struct json_out o;
    char *text;
    size_t len;
    json_out_init(&o);
    client_sentence_write(&o, sentence);
    if (json_out_take(&o, &text, &len) == ERR_NONE)
        client_put(c, CLIENT_OUT_SENTENCE, text, len);
    json_out_finish(&o);
}

bool client_output(struct client *c, struct client_output *ret_output)
{
    free(c->out_taken);
    c->out_taken = NULL;
    if (c->out_count == 0)
        return false;
    struct client_out *out = &c->out[c->out_first];
    c->out_taken = out->text;
    *ret_output = (struct client_output){.kind = out->kind, .text = out->text, .len = out->len};
    c->out_first = (c->out_first + 1) % CLIENT_OUT_MAX;
    c->out_count--;
    return true;
}

bool client_event(struct client *c, struct aula_event *ret_event)
{
    return notices_take(&c->notices, ret_event);
}

bool client_has_event(const struct client *c)
{
    return c->notices.count > 0;
}

void client_tell(struct client *c, enum aula_event_kind kind, const char *name, const char *text,
                 const char *why, uint64_t n, point_us now_us)
{
    const struct aula_event event = {
        .kind = kind, .at_us = now_us, .shown_us = now_us, .n = n, .name = name, .text = text, .why = why};
    notices_add(&c->notices, &event, kind == AULA_SIGNAL);
}

/* ---- the connection's life ---- */

void client_end(struct client *c, enum aula_over over, const char *why, point_us now_us)
{
    if (c->stage == CLIENT_OVER)
        return;
    const struct aula_event event = {
        .kind = AULA_OVER, .at_us = now_us, .name = "over", .why = why, .over = over};
    if (c->stage != CLIENT_WAITING)
        client_put(c, CLIENT_OUT_DISCONNECT, NULL, 0);
    c->stage = CLIENT_OVER;
    c->due_us = c->nobody_us = c->goodbye_us = NEVER_US;
    if (c->peer != NULL)
        peer_bye(c->peer);
    c->offer_us = c->answer_us = c->line_us = NEVER_US;
    notices_add(&c->notices, &event, false);
}

static void connect_again(struct client *c, point_us now_us)
{
    c->stage = CLIENT_CONNECTING;
    c->due_us = now_us + CLIENT_CONNECT_US;
    client_put(c, CLIENT_OUT_CONNECT, NULL, 0);
}

static void wait_and_retry(struct client *c, const char *why, point_us now_us)
{
    if (c->leaving) { /* the relay closes after a goodbye */
        client_end(c, AULA_OVER_LEFT, "left", now_us);
        return;
    }
    if (c->stage == CLIENT_JOINED) {
        client_tell(c, AULA_LOST, "lost", NULL, why, 0, now_us);
        c->stage = CLIENT_WAITING;
        client_sound_network_changed(c, now_us);
        if (c->config.reconnect_us > 0)
            c->nobody_us = now_us + c->config.reconnect_us;
    }
    if (why != c->last_why)
        snprintf(c->last_why, sizeof c->last_why, "%s", why);
    c->stage = CLIENT_WAITING;
    c->due_us = now_us + backoff_failed(&c->backoff, entropy_u32(c->config.entropy));
    c->answer_us = c->restart_us = NEVER_US;
}

void client_retry(struct client *c, const char *why, point_us now_us)
{
    client_put(c, CLIENT_OUT_DISCONNECT, NULL, 0);
    wait_and_retry(c, why, now_us);
}

void client_connected(struct client *c, point_us now_us)
{
    if (c->stage != CLIENT_CONNECTING)
        return;
    c->stage = CLIENT_GREETING;
    c->due_us = now_us + CLIENT_WELCOME_US;
    struct client_sentence hello = {.kind = CLIENT_HELLO};
    hello.hello = (struct hello){
        .token = c->token, .has_last = c->mirror.n > 0, .last = c->mirror.n, .agent = c->agent};
    client_say(c, &hello);
}

void client_disconnected(struct client *c, const char *why, point_us now_us)
{
    if (c->stage != CLIENT_OVER && c->stage != CLIENT_WAITING)
        wait_and_retry(c, why, now_us);
}

void client_network_changed(struct client *c, point_us now_us)
{
    client_sound_network_changed(c, now_us);
}

void client_untrusted(struct client *c, const char *why, point_us now_us)
{
    if (c->joined_us == 0)
        client_end(c, AULA_OVER_UNTRUSTED, why, now_us);
    else
        client_disconnected(c, why, now_us);
}

static void expire_connection(struct client *c, point_us now_us)
{
    if (now_us >= c->goodbye_us)
        client_end(c, AULA_OVER_LEFT, "left; the relay did not answer", now_us);
    else if (now_us >= c->nobody_us && c->stage != CLIENT_JOINED)
        client_end(c, AULA_OVER_NOBODY, c->last_why, now_us);
    if (now_us < c->due_us)
        return;
    if (c->stage == CLIENT_WAITING)
        connect_again(c, now_us);
    else if (c->stage == CLIENT_CONNECTING || c->stage == CLIENT_GREETING)
        client_retry(c, "the relay did not answer in time", now_us);
}

point_us client_deadline(const struct client *c)
{
    if (c->stage == CLIENT_OVER)
        return NEVER_US;
    point_us due = earlier_us(c->due_us, c->goodbye_us);
    if (c->stage != CLIENT_JOINED)
        due = earlier_us(due, c->nobody_us);
    return earlier_us(due, client_sound_deadline(c));
}

void client_expire(struct client *c, point_us now_us)
{
    if (c->stage == CLIENT_OVER)
        return;
    expire_connection(c, now_us);
    if (c->stage == CLIENT_OVER)
        return;
    client_pages_due(c, now_us);
    client_sound_expire(c, now_us);
}

/* ---- commands and questions ---- */

enum err client_do(struct client *c, const struct action *action, point_us now_us, int64_t *ret_id)
{
    if (c->stage != CLIENT_JOINED)
        return ERR_STATE;
    struct client_sentence s = {.kind = CLIENT_DO, .action = *action};
    if (action->verb == VERB_PAGE) {
        if (s.action.deck == NULL)
            s.action.deck = mirror_deck(&c->mirror);
        if (s.action.deck == NULL)
            return ERR_UNKNOWN;
        s.action.has_rtp = client_sound_rtp(c, now_us, &s.action.rtp);
    }
    s.action.id = ++c->next_command;
    if (action->verb == VERB_LEAVE) {
        c->leaving = true;
        c->goodbye_us = now_us + CLIENT_GOODBYE_US;
    }
    client_say(c, &s);
    *ret_id = s.action.id;
    return ERR_NONE;
}

enum err client_search(struct client *c, const struct people_query *query, int64_t *ret_id)
{
    if (c->stage != CLIENT_JOINED)
        return ERR_STATE;
    struct client_sentence s = {.kind = CLIENT_PEOPLE, .people = *query};
    s.people.id = ++c->next_command;
    client_say(c, &s);
    *ret_id = s.people.id;
    return ERR_NONE;
}

const struct mirror *client_mirror(const struct client *c)
{
    return &c->mirror;
}

point_us client_joined_us(const struct client *c)
{
    return c->joined_us;
}

bool client_is_over(const struct client *c)
{
    return c->stage == CLIENT_OVER;
}
