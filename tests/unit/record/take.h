/* For the recorder's tests: packets that name their place, and a reader of Ogg pages that owes nothing to the
 * code under test. */
#ifndef AULA_TEST_RECORD_TAKE_H
#define AULA_TEST_RECORD_TAKE_H

#include "../rows.h"
#include "record/track.h"

#define TAKE_PACKET_BYTES 81
#define TAKE_TOC          0x78 /* hybrid, full band, 20 ms, mono, one frame */

/* A packet of 20 ms whose bytes say which it is. */
void take_packet(uint32_t which, uint8_t ret_packet[TAKE_PACKET_BYTES]);
/* The same number again. */
uint32_t take_which(const uint8_t *packet);

struct take_page {
    uint32_t serial, number;
    int64_t granule;
    uint8_t flags;
    unsigned packets;
    size_t offset, len, body_len;
    session_samples samples; /* of its packets */
    uint8_t first_packet[TAKE_PACKET_BYTES];
};

/* Reads the page at *offset and moves on; fails the test where it is not whole. False: the end. */
bool take_page(const uint8_t *ogg, size_t len, size_t *offset, struct take_page *ret_page);
/* Walks all pages: numbers without gap, granules the sum of the samples; returns the sum. */
int64_t take_check(const uint8_t *ogg, size_t len, uint32_t serial);

#endif
