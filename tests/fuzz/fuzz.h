/* What every fuzz target has: the entry that libFuzzer and replay.c call, and a promise that must hold. */
#ifndef AULA_FUZZ_H
#define AULA_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Returns 0. A broken promise aborts; memory errors are the sanitizers' to find. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#define PROMISE(holds)                                                                                       \
    do {                                                                                                     \
        if (!(holds)) {                                                                                      \
            fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #holds);                              \
            abort();                                                                                         \
        }                                                                                                    \
    } while (0)

#endif
