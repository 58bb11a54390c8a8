/* What comes on the sound's path. Records of two bytes of length and as many bytes: each goes to a client
 * that waits for its link, as it is; and, as though its seal had been right, to what lies behind the seal:
 * line, reports and playout. */
#include <string.h>

#include "client.h"
#include "fuzz.h"
#include "line.h"
#include "media/opus_codec.h"
#include "reports.h"
#include "wire/rtp.h"

static void fill(void *state, uint8_t *bytes, size_t len)
{
    (void)state;
    memset(bytes, 7, len);
}

static const struct entropy entropy = {.fill = fill};
static const struct address from = {.ip = {[10] = 0xff, [11] = 0xff, [12] = 192}, .port = 8444};

struct behind {
    struct line line;
    struct reports reports;
    struct playout *playout;
};

static void behind_the_seal(struct behind *b, const uint8_t *bytes, size_t len, point_us now_us)
{
    float pcm[TICK_SAMPLES];
    uint8_t report[REPORTS_PACKET_MAX];
    struct rtp_packet packet;
    const struct reports_sent sent = {.packets = (uint32_t)now_us};
    reports_input(&b->reports, 0x01010101, bytes, len, now_us);
    PROMISE(reports_write(&b->reports, &sent, &b->line, 0x01010101, b->line.seen, report, now_us) <=
            sizeof report);
    if (rtp_parse(bytes, len, &packet) != ERR_NONE || !line_packet(&b->line, packet.seq, packet.time, now_us))
        return;
    (void)!playout_packet(b->playout, packet.time, packet.payload, packet.payload_bytes, now_us);
    for (unsigned i = 0; i <= packet.ssrc % 3; i++) {
        playout_tick(b->playout, pcm, now_us);
        for (int s = 0; s < TICK_SAMPLES; s++)
            PROMISE(pcm[s] >= -OPUS_PCM_MAX && pcm[s] <= OPUS_PCM_MAX);
    }
    PROMISE(playout_wait(b->playout) <= 2 * 9600);
}

static struct client *fresh_client(point_us now_us)
{
    static struct link_identity *identity;
    struct client *c = NULL;
    if (identity == NULL)
        PROMISE(link_identity_create(&identity) == ERR_NONE);
    const struct client_config config = {
        .token = "t", .agent = "fuzz", .identity = identity, .entropy = &entropy, .sound = true};
    PROMISE(client_create(&config, now_us, &c) == ERR_NONE);
    return c;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    point_us now_us = US_PER_S;
    struct behind b;
    struct client *c = fresh_client(now_us);
    line_init(&b.line);
    reports_init(&b.reports, 0x02020202, "fuzz");
    PROMISE(playout_create(true, &b.playout) == ERR_NONE);
    playout_clock(b.playout, 0, now_us);
    while (len >= 2) {
        uint8_t datagram[LINK_DATAGRAM_MAX];
        size_t n = (size_t)(bytes[0] << 8 | bytes[1]);
        bytes += 2;
        len -= 2;
        n = n < len ? n : len;
        n = n < sizeof datagram ? n : sizeof datagram;
        memcpy(datagram, bytes, n);
        behind_the_seal(&b, datagram, n, now_us);
        client_datagram(c, &from, datagram, n, now_us, now_us);
        bytes += n;
        len -= n;
        now_us += TICK_US;
    }
    playout_destroy(b.playout);
    client_destroy(c);
    return 0;
}
