#include "egress/loss.h"

#define FALL_PERCENT 1 /* a step: bursts come again */

void loss_reported(struct loss *l, uint8_t fraction_lost)
{
    if (fraction_lost > l->worst_fraction)
        l->worst_fraction = fraction_lost;
}

uint8_t loss_step(struct loss *l)
{
    int worst = (l->worst_fraction * 100 + 255) / 256;
    int percent = l->percent - FALL_PERCENT;
    percent = worst > percent ? worst : percent;
    percent = percent < 0 ? 0 : percent;
    l->percent = (uint8_t)(percent > LOSS_PERCENT_MAX ? LOSS_PERCENT_MAX : percent);
    l->worst_fraction = 0;
    return l->percent;
}

uint8_t loss_fraction(const struct loss *l)
{
    return (uint8_t)((l->percent * 256 + 99) / 100);
}
