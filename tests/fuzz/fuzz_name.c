/* A name as one looks for it: any bytes at all, into any room. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "session/name_fold.h"

#define LEN_MAX 1024

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static char folded[2 * LEN_MAX + 1];
    if (len > LEN_MAX)
        return 0;
    char *name = malloc(len + 1), *small = malloc(len / 2 + 1);
    PROMISE(name && small);
    memcpy(name, bytes, len);
    name[len] = '\0';
    name_fold(name, folded, sizeof folded);
    PROMISE(strlen(folded) <= 2 * strlen(name));
    name_fold(name, small, len / 2 + 1);
    PROMISE(strlen(small) <= len / 2 && strncmp(small, folded, strlen(small)) == 0);
    free(name);
    free(small);
    return 0;
}
