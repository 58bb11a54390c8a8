/* Figures of the load generator: when each payload was sent, how long it took to each listener, and
 * percentiles of it. */
#ifndef AULA_BENCH_LOAD_H
#define AULA_BENCH_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOAD_SENT_SLOTS   65536    /* payloads remembered: 20 minutes of one talker, a power of two */
#define LOAD_DELAY_US_MAX 10000000 /* longer delays count as this */

/* Payloads by their hash, the newest in each slot. */
struct load_sent {
    struct {
        uint64_t hash;
        int64_t sent_us;
    } slots[LOAD_SENT_SLOTS];
};

/* Delays in steps of 10 µs. */
struct load_delays {
    uint64_t count, sum_us, most_us;
    uint32_t steps[LOAD_DELAY_US_MAX / 10 + 1];
};

uint64_t load_hash(const uint8_t *bytes, size_t len);
void load_sent_put(struct load_sent *s, uint64_t hash, int64_t sent_us);
/* False where it is none of ours: a mix. */
bool load_sent_find(const struct load_sent *s, uint64_t hash, int64_t *ret_sent_us);

void load_delays_add(struct load_delays *d, int64_t us);
/* The delay that `share` (0 to 1) of all stay within, in µs; 0 where there is none. */
uint64_t load_delays_percentile(const struct load_delays *d, double share);

#endif
