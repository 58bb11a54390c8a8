/* The relay's web side alone, for test_web_guards.py: an echo in place of the desk. A sentence comes back as
 * it is; "flood N BYTES" brings N messages of so many bytes, "drop N BYTES" N droppable ones, "close" closes.
 *
 * usage: web_echo DIR WEB_DIR   (tls.crt and tls.key are made in DIR; decks/ is served from there)
 * Prints "ready PORT"; on SIGTERM it says goodbye and exits 0 with nothing left open. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/certificate.h"
#include "io/socket_address.h"
#include "io/web.h"

#define LINE_MAX_BYTES 256

struct echo {
    uv_loop_t loop;
    struct web *web;
    uv_check_t after;
    uv_prepare_t before;
    uv_signal_t term;
    uv_timer_t goodbye;
    struct { /* what was heard in this turn: web_ calls wait until libwebsockets has returned */
        uint32_t connection;
        char *text;
        size_t len;
    } heard[4096];
    size_t heard_count;
};

/* deck/ is not linked: uploads are tested with the relay itself. */
enum err deck_begin(struct decks *d, const char *title, const struct deck_listener *listener,
                    char why[DECK_WHY_MAX], struct deck_job **ret_job)
{
    static int job;
    (void)d;
    (void)title;
    (void)listener;
    (void)why;
    *ret_job = (struct deck_job *)&job;
    return ERR_NONE;
}
enum err deck_bytes(struct deck_job *job, const void *bytes, size_t len, char why[DECK_WHY_MAX])
{
    (void)job;
    if (len == 0 || memchr(bytes, '%', len) != NULL)
        return ERR_NONE;
    snprintf(why, DECK_WHY_MAX, "This is no PDF.");
    return ERR_MALFORMED;
}
void deck_end(struct deck_job *job)
{
    (void)job; /* never finishes: a client that sends more meanwhile is to be cut */
}
void deck_cancel(struct deck_job *job)
{
    (void)job;
}

static void connected(void *self, uint32_t connection, const struct address *from)
{
    (void)self;
    (void)connection;
    (void)from;
}

static void disconnected(void *self, uint32_t connection)
{
    (void)self;
    (void)connection;
}

static void sentence(void *self, uint32_t connection, const char *text, size_t len)
{
    struct echo *e = self;
    if (e->heard_count == sizeof e->heard / sizeof e->heard[0])
        return;
    char *copy = malloc(len + 1);
    if (copy == NULL)
        return;
    memcpy(copy, text, len);
    copy[len] = 0;
    e->heard[e->heard_count].connection = connection;
    e->heard[e->heard_count].text = copy;
    e->heard[e->heard_count++].len = len;
}

static enum err may_upload(void *self, const char *token, char ret_session[SESSION_ID_MAX + 1],
                           uint32_t *ret_number)
{
    (void)self;
    snprintf(ret_session, SESSION_ID_MAX + 1, "s");
    *ret_number = 1;
    return strcmp(token, "good") == 0 ? ERR_NONE : strcmp(token, "weak") == 0 ? ERR_FORBIDDEN : ERR_UNKNOWN;
}

static enum err deck_added(void *self, const char *session, uint32_t by, const struct deck_result *deck)
{
    (void)self;
    (void)session;
    (void)by;
    (void)deck;
    return ERR_NONE;
}

static const char *unwell(void *self)
{
    (void)self;
    return NULL;
}

/* The interface /api/v1 is tested with the relay itself: here no token is right. */
static void request(void *self, uint32_t number, const char *text, size_t len)
{
    (void)self;
    (void)number;
    (void)text;
    (void)len;
}

static enum err token_rights(void *self, const char *token, unsigned *ret_rights, uint32_t *ret_number)
{
    (void)self;
    (void)token;
    (void)ret_rights;
    (void)ret_number;
    return ERR_UNKNOWN;
}

static enum err certificate(void *self, const char *number, struct desk_certificate *ret_certificate)
{
    (void)self;
    (void)number;
    (void)ret_certificate;
    return ERR_UNKNOWN;
}

static uint64_t session_version(void *self, const char *session)
{
    (void)self;
    (void)session;
    return 0;
}

static void send_many(struct echo *e, uint32_t connection, unsigned count, unsigned bytes, bool droppable)
{
    char *text = calloc(1, bytes + 1);
    if (text == NULL)
        return;
    memset(text, 'x', bytes);
    struct message *m = message_create(text, bytes);
    for (unsigned i = 0; i < count && m != NULL; i++)
        web_send(e->web, connection, m, droppable);
    message_release(m);
    free(text);
}

static void turn(struct echo *e)
{
    for (size_t i = 0; i < e->heard_count; i++) {
        unsigned count, bytes;
        uint32_t connection = e->heard[i].connection;
        const char *text = e->heard[i].text;
        if (sscanf(text, "flood %u %u", &count, &bytes) == 2) {
            send_many(e, connection, count, bytes, false);
        } else if (sscanf(text, "drop %u %u", &count, &bytes) == 2) {
            send_many(e, connection, count, bytes, true);
        } else if (strcmp(text, "close") == 0) {
            web_close(e->web, connection);
        } else {
            struct message *m = message_create(text, e->heard[i].len);
            if (m != NULL)
                web_send(e->web, connection, m, false);
            message_release(m);
        }
        free(e->heard[i].text);
    }
    e->heard_count = 0;
    web_sweep(e->web);
}

static void before(uv_prepare_t *handle)
{
    turn(handle->data);
}

static void after(uv_check_t *handle)
{
    turn(handle->data);
}

static void goodbye(uv_timer_t *timer)
{
    struct echo *e = timer->data;
    web_end(e->web);
    uv_close((uv_handle_t *)&e->after, NULL);
    uv_close((uv_handle_t *)&e->before, NULL);
    uv_close((uv_handle_t *)&e->term, NULL);
    uv_close((uv_handle_t *)&e->goodbye, NULL);
}

static void term(uv_signal_t *handle, int number)
{
    struct echo *e = handle->data;
    (void)number;
    web_stop(e->web);
    uv_timer_start(&e->goodbye, goodbye, 300, 0);
}

static void start_handles(struct echo *e)
{
    uv_check_init(&e->loop, &e->after);
    uv_prepare_init(&e->loop, &e->before);
    uv_signal_init(&e->loop, &e->term);
    uv_timer_init(&e->loop, &e->goodbye);
    e->after.data = e->before.data = e->term.data = e->goodbye.data = e;
    uv_check_start(&e->after, after);
    uv_prepare_start(&e->before, before);
    uv_signal_start(&e->term, term, SIGTERM);
}

int main(int argc, char **argv)
{
    static struct echo e;
    char cert[600], key[600], decks[600], recordings[600], why[600];
    struct address at = address_v4((const uint8_t[]){127, 0, 0, 1}, 0), bound;
    bool made;
    int fd;
    if (argc != 3)
        return 2;
    signal(SIGPIPE, SIG_IGN);
    snprintf(cert, sizeof cert, "%s/tls.crt", argv[1]);
    snprintf(key, sizeof key, "%s/tls.key", argv[1]);
    snprintf(decks, sizeof decks, "%s/decks", argv[1]);
    snprintf(recordings, sizeof recordings, "%s/recordings", argv[1]);
    uv_loop_init(&e.loop);
    if (certificate_ensure(cert, key, &at, 1, NULL, &made, why, sizeof why) != ERR_NONE ||
        socket_open(SOCK_STREAM, &at, &fd, &bound, why, sizeof why) != ERR_NONE)
        return fprintf(stderr, "%s\n", why), 2;
    const struct web_config c = {.loop = &e.loop,
                                 .listen_fd = fd,
                                 .cert_file = cert,
                                 .key_file = key,
                                 .web_dir = argv[2],
                                 .decks_dir = decks,
                                 .recordings_dir = recordings,
                                 .limits = {.connections = 300, .per_address = 200, .handshakes_per_s = 500},
                                 .seed = 1,
                                 .listener = {connected, sentence, disconnected, may_upload, deck_added,
                                              unwell, unwell, request, token_rights, session_version,
                                              certificate, &e}};
    if (web_create(&c, why, sizeof why, &e.web) != ERR_NONE)
        return fprintf(stderr, "%s\n", why), 2;
    start_handles(&e);
    printf("ready %u\n", bound.port);
    fflush(stdout);
    uv_run(&e.loop, UV_RUN_DEFAULT);
    web_destroy(e.web);
    return uv_loop_close(&e.loop) == 0 ? 0 : 1;
}
