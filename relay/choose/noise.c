#include "choose/noise.h"

#include "base/time.h"

void noise_init(struct noise *n)
{
    n->floor_dbov = NOISE_START_DBOV;
}

bool noise_hears(struct noise *n, uint8_t level, int32_t samples)
{
    double dbov = -(double)level;
    bool above = dbov > NOISE_GATE_DBOV && dbov > n->floor_dbov + NOISE_MARGIN_DB;
    double risen = n->floor_dbov + NOISE_RISE_DB_PER_S * samples / SAMPLES_PER_S;
    n->floor_dbov = dbov < risen ? dbov : risen;
    if (n->floor_dbov < NOISE_LOWEST_DBOV)
        n->floor_dbov = NOISE_LOWEST_DBOV;
    if (n->floor_dbov > NOISE_HIGHEST_DBOV)
        n->floor_dbov = NOISE_HIGHEST_DBOV;
    return above;
}
