#include "ingress/measure.h"

#include <stdlib.h>

#include "media/level.h"
#include "media/opus_codec.h"

struct measure {
    struct opus_receiver *receiver;
    float pcm[OPUS_PACKET_SAMPLES_MAX];
};

enum err measure_create(struct measure **ret_measure)
{
    struct measure *m = malloc(sizeof *m);
    if (!m)
        return ERR_MEMORY;
    enum err e = opus_receiver_create(&m->receiver);
    if (e != ERR_NONE) {
        free(m);
        return e;
    }
    *ret_measure = m;
    return ERR_NONE;
}

void measure_destroy(struct measure *m)
{
    if (!m)
        return;
    opus_receiver_destroy(m->receiver);
    free(m);
}

uint8_t measure_packet(struct measure *m, const struct source_packet *packet)
{
    int samples;
    if (opus_receiver_decode(m->receiver, packet->payload, packet->len, m->pcm, &samples) != ERR_NONE)
        return SILENCE_DBOV;
    return level_measure(m->pcm, (size_t)samples);
}
