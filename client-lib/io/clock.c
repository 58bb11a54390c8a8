#include "clock.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

point_us clock_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (point_us)t.tv_sec * US_PER_S + t.tv_nsec / 1000;
}

static void fill(void *state, uint8_t *bytes, size_t len)
{
    (void)state;
    while (len > 0) {
        ssize_t n = getrandom(bytes, len, 0);
        if (n < 0 && errno != EINTR)
            abort(); /* no randomness, no keys: nothing may go on */
        if (n > 0) {
            bytes += n;
            len -= (size_t)n;
        }
    }
}

struct entropy system_entropy(void)
{
    return (struct entropy){.fill = fill, .state = NULL};
}
