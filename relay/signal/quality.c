#include "signal/quality.h"

static double delay_impairment(const struct quality_line *l)
{
    double ms = l->round_trip_us / 2000.0 + QUALITY_FIXED_MS + QUALITY_JITTER_BUFFERS * l->jitter_us / 1000.0;
    double over_ms = ms > QUALITY_TALK_OVER_MS ? ms - QUALITY_TALK_OVER_MS : 0;
    return QUALITY_DELAY_SLOPE * ms + QUALITY_TALK_OVER * over_ms;
}

static double loss_impairment(const struct quality_line *l)
{
    double percent = l->lost * 100.0 / 65536;
    return QUALITY_IE + (95 - QUALITY_IE) * percent / (percent + QUALITY_BPL);
}

int quality_r(const struct quality_line *l)
{
    double r = QUALITY_R_BEST - delay_impairment(l) - loss_impairment(l);
    return r < 0 ? 0 : (int)(r + 0.5);
}
