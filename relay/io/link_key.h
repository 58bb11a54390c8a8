/* The key that personal links of programmes are made of: 32 random bytes in DIR/links.key. With it a link can
 * be told again, though the log keeps only its hash. */
#ifndef AULA_RELAY_IO_LINK_KEY_H
#define AULA_RELAY_IO_LINK_KEY_H

#include <stddef.h>
#include <stdint.h>

#include "base/errors.h"

#define LINK_KEY_LEN 32

/* Reads it, or makes it where there is none. ERR_SYSTEM, with a sentence in `why`; a file that is no key
 * stays as it is. */
enum err link_key_open(const char *data_dir, uint8_t ret_key[LINK_KEY_LEN], char *why,
                       size_t why_size) MUST_USE;

#endif
