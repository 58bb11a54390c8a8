#include "deck/shelf.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "link/crypto.h"

static bool write_all(int fd, const uint8_t *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes += n;
        len -= (size_t)n;
    }
    return true;
}

/* The name is on disk when its folder is. */
static void sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    fsync(fd);
    close(fd);
}

static enum err put_file(const char *folder, const char *path, const void *bytes, size_t len)
{
    char temporary[PATH_MAX];
    snprintf(temporary, sizeof temporary, "%s/.work/put-XXXXXX", folder);
    int fd = mkstemp(temporary);
    if (fd < 0)
        return ERR_SYSTEM;
    bool good = write_all(fd, bytes, len) && fchmod(fd, 0644) == 0 && fsync(fd) == 0;
    int why = errno;
    if (close(fd) == 0 && good && rename(temporary, path) == 0) {
        sync_folder(folder);
        return ERR_NONE;
    }
    if (good)
        why = errno;
    unlink(temporary);
    errno = why;
    return ERR_SYSTEM;
}

enum err shelf_put(const char *folder, const char *extension, const void *bytes, size_t len,
                   char ret_name[SHELF_NAME_MAX + 1])
{
    uint8_t sum[CRYPTO_SHA256_LEN];
    enum err e = crypto_sha256(bytes, len, sum);
    if (e != ERR_NONE)
        return e;
    char name[SHELF_NAME_MAX + 1], path[PATH_MAX];
    for (size_t i = 0; i < sizeof sum; i++)
        snprintf(name + 2 * i, 3, "%02x", sum[i]);
    snprintf(name + 2 * sizeof sum, sizeof name - 2 * sizeof sum, ".%s", extension);
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path) {
        errno = ENAMETOOLONG;
        return ERR_SYSTEM;
    }
    struct stat st;
    bool there = stat(path, &st) == 0 && (size_t)st.st_size == len;
    e = there ? ERR_NONE : put_file(folder, path, bytes, len);
    if (e == ERR_NONE)
        snprintf(ret_name, SHELF_NAME_MAX + 1, "%s", name);
    return e;
}
