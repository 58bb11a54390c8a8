#include "take.h"

#include <ogg/ogg.h>

void take_packet(uint32_t which, uint8_t ret_packet[TAKE_PACKET_BYTES])
{
    memset(ret_packet, (int)(which * 7 % 251), TAKE_PACKET_BYTES);
    ret_packet[0] = TAKE_TOC;
    memcpy(ret_packet + 1, &which, sizeof which);
}

uint32_t take_which(const uint8_t *packet)
{
    uint32_t which;
    memcpy(&which, packet + 1, sizeof which);
    return which;
}

/* RFC 6716 §3.1, written down apart: frame length by configuration, frames by code. */
static session_samples samples_of(const uint8_t *packet, size_t len)
{
    static const int silk[] = {480, 960, 1920, 2880}, celt[] = {120, 240, 480, 960};
    int config = packet[0] >> 3, code = packet[0] & 3;
    int frame = config < 12 ? silk[config % 4] : config < 16 ? 480 << config % 2 : celt[config % 4];
    int frames = code == 0 ? 1 : code < 3 ? 2 : packet[1] & 63;
    assert_true(len >= 1 && (code != 3 || len >= 2));
    return (session_samples)frame * frames;
}

static void read_packets(const uint8_t *at, struct take_page *p)
{
    const uint8_t *segments = at + 27, *body = segments + at[26];
    size_t packet = 0;
    for (unsigned i = 0; i < at[26]; i++) {
        packet += segments[i];
        if (segments[i] == 255)
            continue;
        if (p->packets == 0)
            memcpy(p->first_packet, body, packet < TAKE_PACKET_BYTES ? packet : TAKE_PACKET_BYTES);
        if (memcmp(body, "Opus", 4) != 0)
            p->samples += samples_of(body, packet);
        p->packets++;
        body += packet;
        packet = 0;
    }
    assert_int_equal(packet, 0); /* no packet goes on in the next page */
}

bool take_page(const uint8_t *ogg, size_t len, size_t *offset, struct take_page *ret_page)
{
    ogg_sync_state sync;
    ogg_page page;
    if (*offset == len)
        return false;
    ogg_sync_init(&sync);
    size_t feed = len - *offset < 70000 ? len - *offset : 70000;
    memcpy(ogg_sync_buffer(&sync, (long)feed), ogg + *offset, feed);
    ogg_sync_wrote(&sync, (long)feed);
    long got = ogg_sync_pageseek(&sync, &page);
    if (got <= 0)
        fail_msg("no whole page at byte %zu of %zu", *offset, len);
    *ret_page = (struct take_page){.serial = (uint32_t)ogg_page_serialno(&page),
                                   .number = (uint32_t)ogg_page_pageno(&page),
                                   .granule = ogg_page_granulepos(&page),
                                   .flags = ogg[*offset + 5],
                                   .offset = *offset,
                                   .len = (size_t)got,
                                   .body_len = (size_t)page.body_len};
    read_packets(ogg + *offset, ret_page);
    *offset += (size_t)got;
    ogg_sync_clear(&sync);
    return true;
}

int64_t take_check(const uint8_t *ogg, size_t len, uint32_t serial)
{
    struct take_page p;
    size_t offset = 0;
    uint32_t number = 0;
    int64_t granule = 0;
    while (take_page(ogg, len, &offset, &p)) {
        granule += p.samples;
        ROW_EQUAL(number, p.number, number);
        ROW_EQUAL(number, p.serial, serial);
        ROW_EQUAL(number, p.granule, granule);
        ROW_EQUAL(number, p.flags & 2, number == 0 ? 2 : 0);
        ROW_EQUAL(number, p.flags & 1, 0);
        number++;
    }
    return granule;
}
