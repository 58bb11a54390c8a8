#include "link/dtls_flight.h"

#include <stdlib.h>
#include <string.h>

enum err dtls_flight_init(struct dtls_flight *f)
{
    *f = (struct dtls_flight){.datagrams = calloc(DTLS_FLIGHT_MAX, DTLS_MTU)};
    return f->datagrams ? ERR_NONE : ERR_MEMORY;
}

void dtls_flight_finish(struct dtls_flight *f)
{
    free(f->datagrams);
    *f = (struct dtls_flight){0};
}

void dtls_flight_open(struct dtls_flight *f)
{
    f->fresh = true;
}

bool dtls_flight_is_new(const struct dtls_flight *f)
{
    return !f->fresh;
}

void dtls_flight_add(struct dtls_flight *f, const uint8_t *bytes, size_t len)
{
    if (f->fresh) {
        f->count = f->next = 0;
        f->fresh = false;
    }
    if (!f->datagrams || f->count == DTLS_FLIGHT_MAX || len > DTLS_MTU)
        return;
    memcpy(f->datagrams[f->count], bytes, len);
    f->lens[f->count++] = len;
}

void dtls_flight_rewind(struct dtls_flight *f)
{
    f->next = 0;
}

bool dtls_flight_next(struct dtls_flight *f, uint8_t *bytes, size_t *ret_len)
{
    if (f->next == f->count)
        return false;
    *ret_len = f->lens[f->next];
    memcpy(bytes, f->datagrams[f->next], *ret_len);
    f->next++;
    return true;
}
