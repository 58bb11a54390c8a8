/* A secret that lies in a file of its own, so that it stands in no command line and no configuration. */
#ifndef AULA_RELAY_IO_SECRET_FILE_H
#define AULA_RELAY_IO_SECRET_FILE_H

#include <stddef.h>

#include "base/errors.h"

#define SECRET_MIN 32 /* bytes: less is guessed */
#define SECRET_MAX 1024

struct secret {
    unsigned char bytes[SECRET_MAX];
    size_t len; /* 0: there is none */
};

/* The file's bytes without line ends at its end. `path` "": no secret. ERR_SYSTEM with a sentence that names
 * the key. */
enum err secret_file_read(const char *key, const char *path, struct secret *ret_secret, char *why,
                          size_t why_size) MUST_USE;

#endif
