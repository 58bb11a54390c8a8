#include "io/link_key.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "io/entropy.h"

/* Whole and on disk before it has its name: half a key would be one that never was. */
static bool make(const char *path, const char *draft, uint8_t key[LINK_KEY_LEN])
{
    entropy_fill(entropy_of_system(), key, LINK_KEY_LEN);
    int fd = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool good = fd >= 0 && write(fd, key, LINK_KEY_LEN) == LINK_KEY_LEN && fsync(fd) == 0;
    if (fd >= 0 && close(fd) != 0)
        good = false;
    return good && rename(draft, path) == 0;
}

enum err link_key_open(const char *data_dir, uint8_t ret_key[LINK_KEY_LEN], char *why, size_t why_size)
{
    char path[PATH_MAX], draft[PATH_MAX];
    uint8_t key[LINK_KEY_LEN + 1];
    int n = snprintf(path, sizeof path, "%s/links.key", data_dir);
    int m = snprintf(draft, sizeof draft, "%s/links.key.new", data_dir);
    int fd = n > 0 && n < PATH_MAX && m < PATH_MAX ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    bool good = fd < 0 && errno == ENOENT && make(path, draft, key);
    if (fd >= 0) {
        ssize_t got = read(fd, key, sizeof key);
        close(fd);
        good = got == LINK_KEY_LEN;
        if (!good) {
            snprintf(why, why_size, "%s: is no key of %d bytes. Put a copy of it back.", path, LINK_KEY_LEN);
            return ERR_SYSTEM;
        }
    }
    if (!good) {
        snprintf(why, why_size, "%s: %s", path, strerror(errno));
        return ERR_SYSTEM;
    }
    memcpy(ret_key, key, LINK_KEY_LEN);
    return ERR_NONE;
}
