#include "io/secret_file.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum err secret_file_read(const char *key, const char *path, struct secret *ret_secret, char *why,
                          size_t why_size)
{
    unsigned char bytes[SECRET_MAX + 3]; /* with a line's end, and one more to see that it is too long */
    ret_secret->len = 0;
    if (path[0] == '\0')
        return ERR_NONE;
    FILE *f = fopen(path, "rb");
    size_t len = f != NULL ? fread(bytes, 1, sizeof bytes, f) : 0;
    if (f == NULL || ferror(f)) {
        snprintf(why, why_size, "%s: %s cannot be read: %s", key, path, strerror(errno));
        if (f != NULL)
            fclose(f);
        return ERR_SYSTEM;
    }
    fclose(f);
    bool whole = len < sizeof bytes;
    while (len > 0 && (bytes[len - 1] == '\n' || bytes[len - 1] == '\r'))
        len--;
    if (!whole || len < SECRET_MIN || len > SECRET_MAX) {
        snprintf(why, why_size,
                 "%s: %s must hold a secret of %d to %d bytes; \"openssl rand -hex 32\" makes one", key, path,
                 SECRET_MIN, SECRET_MAX);
        return ERR_SYSTEM;
    }
    memcpy(ret_secret->bytes, bytes, len);
    ret_secret->len = len;
    return ERR_NONE;
}
