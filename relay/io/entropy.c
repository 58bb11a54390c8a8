#include "io/entropy.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

static void fill(void *state, uint8_t *bytes, size_t len)
{
    (void)state;
    while (len > 0) {
        ssize_t n = getrandom(bytes, len, 0);
        if (n < 0 && errno != EINTR)
            abort();
        if (n > 0) {
            bytes += n;
            len -= (size_t)n;
        }
    }
}

const struct entropy *entropy_of_system(void)
{
    static const struct entropy entropy = {fill, NULL};
    return &entropy;
}
