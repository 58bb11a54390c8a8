/* Answers kept for those who ask again with the same Idempotency-Key: what was done once is not done twice.
 * In memory alone, and bounded: the oldest make room. */
#ifndef AULA_RELAY_IO_API_MEMORY_H
#define AULA_RELAY_IO_API_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#include "base/errors.h"
#include "base/time.h"

#define API_MEMORY_ANSWERS 1000
#define API_MEMORY_BYTES   (4 * 1024 * 1024)
#define API_MEMORY_US      (24 * 3600 * (span_us)US_PER_S)

struct api_key {
    uint8_t name[32];    /* SHA-256 of the token's number and the key */
    uint8_t request[32]; /* SHA-256 of what was asked */
};

struct api_answer {
    unsigned status;
    const char *text; /* borrowed until the next api_memory_keep */
    size_t len;
};

struct api_memory;

enum err api_memory_create(struct api_memory **ret_memory) MUST_USE;
/* NULL is legal. */
void api_memory_destroy(struct api_memory *m);
/* ERR_NONE: it was answered so. ERR_UNKNOWN: it is new. ERR_FORBIDDEN: the key was used for another request.
 */
enum err api_memory_find(const struct api_memory *m, const struct api_key *key, point_us now_us,
                         struct api_answer *ret_answer) MUST_USE;
/* Copies the answer; where memory is short it is not kept. */
void api_memory_keep(struct api_memory *m, const struct api_key *key, const struct api_answer *answer,
                     point_us now_us);

#endif
