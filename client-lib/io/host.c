#include "host.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static enum aula_result fail(char *why, enum aula_result result, const char *sentence)
{
    if (why != NULL)
        snprintf(why, AULA_WHY_MAX, "%s", sentence);
    return result;
}

static void timed_out(uv_timer_t *timer)
{
    struct aula_host *h = timer->data;
    h->timed_out = true;
}

static enum aula_result make_parts(struct aula_host *h, const struct aula_host_config *config, char *why)
{
    const char *ca_file = config != NULL ? config->ca_file : NULL;
    if (ca_file != NULL && access(ca_file, R_OK) != 0) {
        if (why != NULL)
            snprintf(why, AULA_WHY_MAX, "the certificate file %.180s cannot be read", ca_file);
        return AULA_SYSTEM;
    }
    if (link_identity_create(&h->identity) != ERR_NONE)
        return fail(why, AULA_SYSTEM, "no key could be made for the sound's encryption");
    if (websockets_create(&h->loop, ca_file, config != NULL && config->insecure, &h->websockets) != ERR_NONE)
        return fail(why, AULA_SYSTEM,
                    ca_file != NULL
                        ? "the certificate file holds no certificate, or libwebsockets cannot start"
                        : "libwebsockets cannot start; is libwebsockets-evlib-uv installed?");
    return AULA_OK;
}

static void network_changed(void *self)
{
    struct aula_host *h = self;
    for (struct aula_participant *p = h->participants; p != NULL; p = p->next)
        participant_network_changed(p);
}

enum aula_result aula_host_create(const struct aula_host_config *config, struct aula_host **ret_host,
                                  char *why)
{
    struct aula_host *h = calloc(1, sizeof *h);
    if (h == NULL)
        return fail(why, AULA_NO_MEMORY, "out of memory");
    h->entropy = system_entropy();
    if (uv_loop_init(&h->loop) != 0) {
        free(h);
        return fail(why, AULA_SYSTEM, "no event loop could be made");
    }
    enum aula_result result = make_parts(h, config, why);
    if (result != AULA_OK) {
        link_identity_destroy(h->identity);
        uv_run(&h->loop, UV_RUN_NOWAIT);
        (void)uv_loop_close(&h->loop);
        free(h);
        return result;
    }
    uv_timer_init(&h->loop, &h->timeout);
    h->timeout.data = h;
    if (network_watch(&h->loop, network_changed, h, &h->network) != ERR_NONE)
        h->network = NULL; /* changes are then noticed by what does not come */
    *ret_host = h;
    return AULA_OK;
}

void aula_host_destroy(struct aula_host *h)
{
    if (h == NULL)
        return;
    while (h->participants != NULL)
        aula_leave_now(h->participants);
    /* Once round, so that sentences and BYEs that were just put leave. */
    uv_timer_start(&h->timeout, timed_out, 10, 0);
    uv_run(&h->loop, UV_RUN_ONCE);
    uv_close((uv_handle_t *)&h->timeout, NULL);
    network_close(h->network);
    websockets_shut(h->websockets);
    uv_run(&h->loop, UV_RUN_DEFAULT);
    websockets_free(h->websockets);
    (void)uv_loop_close(&h->loop);
    link_identity_destroy(h->identity);
    free(h);
}

/* The timer says when the time is over, not the clock: uv's runs up to a millisecond ahead of ours, and a
 * second uv_run without a timer sleeps for as long as nobody says anything. What happened between two calls
 * (a command that was refused at once) counts as having happened now. */
enum aula_result aula_host_run(struct aula_host *h, int timeout_ms)
{
    h->timed_out = timeout_ms == 0;
    uv_update_time(&h->loop);
    if (timeout_ms > 0)
        uv_timer_start(&h->timeout, timed_out, (uint64_t)timeout_ms, 0);
    do {
        uv_run(&h->loop, h->timed_out || h->progressed ? UV_RUN_NOWAIT : UV_RUN_ONCE);
    } while (!h->progressed && !h->timed_out);
    uv_timer_stop(&h->timeout);
    h->progressed = false;
    return AULA_OK;
}

int aula_host_fd(const struct aula_host *h)
{
    return uv_backend_fd(&h->loop);
}

int aula_host_timeout(const struct aula_host *h)
{
    return uv_backend_timeout(&h->loop);
}
