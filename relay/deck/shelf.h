/* Files named by the SHA-256 of what they hold, put whole or not at all. Blocks on the disk: for the thread
 * pool. */
#ifndef AULA_RELAY_DECK_SHELF_H
#define AULA_RELAY_DECK_SHELF_H

#include <stddef.h>
#include <stdint.h>

#include "base/errors.h"

#define SHELF_NAME_MAX 72 /* 64 hexadecimal digits, a dot, the extension */

/* Writes FOLDER/<sha256>.EXTENSION through a temporary file in FOLDER/.work, on disk before it gets its name;
 * a file that is there already is left. Any thread. ERR_SYSTEM: the disk refuses, errno says how. */
enum err shelf_put(const char *folder, const char *extension, const void *bytes, size_t len,
                   char ret_name[SHELF_NAME_MAX + 1]) MUST_USE;

#endif
