/* The datagrams of the last flight, kept so that they can go out again (RFC 6347 §4.2.4). Private to
 * link/dtls. */
#ifndef AULA_LINK_DTLS_FLIGHT_H
#define AULA_LINK_DTLS_FLIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "link/dtls.h"

struct dtls_flight {
    uint8_t (*datagrams)[DTLS_MTU]; /* DTLS_FLIGHT_MAX of them; NULL once finished */
    size_t lens[DTLS_FLIGHT_MAX];
    size_t count; /* datagrams held */
    size_t next;  /* the next to go out */
    bool fresh;   /* the next one added begins a new flight */
};

/* ERR_MEMORY. */
enum err dtls_flight_init(struct dtls_flight *f) MUST_USE;
void dtls_flight_finish(struct dtls_flight *f);
/* What is added from here on replaces what is held. */
void dtls_flight_open(struct dtls_flight *f);
/* True where something was added since dtls_flight_open. */
bool dtls_flight_is_new(const struct dtls_flight *f);
/* A datagram too long or too many is dropped. */
void dtls_flight_add(struct dtls_flight *f, const uint8_t *bytes, size_t len);
/* All of it goes out again. */
void dtls_flight_rewind(struct dtls_flight *f);
bool dtls_flight_next(struct dtls_flight *f, uint8_t *bytes, size_t *ret_len);

#endif
