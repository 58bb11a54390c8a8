/* The media plane with two members whose links are up, driven by records: any datagram from a member's or a
 * stranger's address, RTP and RTCP that is sealed rightly and says anything, orders, and time. Handshakes are
 * dear, so the plane lives on from input to input, until a link has died. */
#include <string.h>

#include "base/cursor.h"
#include "bench.h"
#include "fuzz.h"

#define MEMBERS 3

static struct bench *bench;
static uint64_t indexes[MEMBERS]; /* next SRTP index of each */

static void begin(void)
{
    bench = bench_create(2);
    for (int i = 0; i < MEMBERS; i++) {
        bench_join(bench, i == 1 ? 1 : GROUP_REMOTE, SOURCE_SEAT, i == 2 ? TIER_LEAN : TIER_FULL);
        indexes[i] = 1000;
    }
}

/* Up to n bytes of the input into `bytes`. */
static size_t take(struct reader *in, size_t n, uint8_t *bytes)
{
    size_t len = n < reader_left(in) ? n : reader_left(in);
    const uint8_t *p = read_bytes(in, len);
    if (p && len)
        memcpy(bytes, p, len);
    return p ? len : 0;
}

static void any_datagram(struct reader *in, const struct member *m)
{
    uint8_t bytes[LINK_DATAGRAM_MAX + 64];
    size_t len = take(in, read_u16(in) % sizeof bytes, bytes);
    bench_input(bench, m, bytes, len);
}

/* The header's first 12 bytes are made good, the rest is as it comes. */
static void sealed_rtp(struct reader *in, unsigned who)
{
    uint8_t bytes[LINK_DATAGRAM_MAX + 64];
    struct member *m = bench->members[who];
    indexes[who] += read_u8(in);
    uint8_t first = read_u8(in), second = read_u8(in);
    m->rtp_time += read_u16(in);
    size_t len = 12 + take(in, read_u8(in) * 8u % 1400, bytes + 12);
    struct writer w = writer_on(bytes, 12);
    write_u8(&w, (uint8_t)(0x80 | (first & 0x3f)));
    write_u8(&w, second & 1 ? BENCH_OPUS_PT : second & 0xbf);
    write_u16(&w, (uint16_t)indexes[who]);
    write_u32(&w, m->rtp_time);
    write_u32(&w, m->ssrc + (second >> 7));
    if (link_seal_rtp(m->link, bytes, &len, indexes[who]) == ERR_NONE)
        bench_input(bench, m, bytes, len);
    indexes[who]++;
}

static void sealed_rtcp(struct reader *in, struct member *m)
{
    uint8_t bytes[LINK_DATAGRAM_MAX + 64];
    size_t len = take(in, read_u8(in) * 4u, bytes);
    if (len < 8)
        return;
    bytes[0] |= 0x80;
    if (link_seal_rtcp(m->link, bytes, &len) == ERR_NONE)
        bench_input(bench, m, bytes, len);
}

static void order(struct reader *in, const struct member *m)
{
    uint8_t what = read_u8(in);
    struct media_order o = {.kind = what & 1 ? ORDER_PEER_RIGHT : ORDER_PEER_PIN, .peer = m->number};
    if (what & 1)
        o.may_send = what & 6;
    else
        o.pinned = what & 2;
    PROMISE(media_order(bench->media, &o, bench->now_us) == ERR_NONE);
}

static void step(struct reader *in)
{
    uint8_t op = read_u8(in);
    unsigned who = op / 8 % MEMBERS;
    switch (op % 8) {
    case 0:
        any_datagram(in, NULL);
        break;
    case 1:
        any_datagram(in, bench->members[who]);
        break;
    case 2:
        sealed_rtcp(in, bench->members[who]);
        break;
    case 3:
        order(in, bench->members[who]);
        break;
    case 4:
        bench_run(bench, read_u8(in) * US_PER_MS);
        PROMISE(media_deadline(bench->media) > bench->now_us);
        break;
    default:
        sealed_rtp(in, who);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct reader in = reader_on(bytes, len);
    if (!bench)
        begin();
    for (int i = 0; i < MEMBERS; i++)
        bench->members[i]->count = 0;
    for (int n = 0; n < 200 && reader_left(&in) > 0 && bench->downs == 0; n++)
        step(&in);
    bench_counters(bench);
    if (bench->downs > 0 || bench->now_us > 1000 * (point_us)US_PER_S) {
        bench_destroy(bench);
        bench = NULL;
    }
    return 0;
}
