#include "egress/closing.h"

void closing_init(struct closing *c)
{
    *c = (struct closing){.due_us = NEVER_US};
}

void closing_sound(struct closing *c, point_us now_us)
{
    if (now_us - c->sound_us >= CLOSING_AFTER_US)
        c->in_a_row = 0;
    if (c->in_a_row < 2)
        c->in_a_row++;
    c->sound_us = now_us;
    if (c->in_a_row < 2 && c->due_us == NEVER_US)
        return;
    c->frames = CLOSING_FRAMES;
    c->due_us = now_us + CLOSING_AFTER_US;
}

point_us closing_deadline(const struct closing *c)
{
    return c->due_us;
}

bool closing_step(struct closing *c, point_us now_us)
{
    if (now_us < c->due_us)
        return false;
    c->frames--;
    c->due_us = c->frames > 0 ? c->due_us + TICK_US : NEVER_US;
    return true;
}
