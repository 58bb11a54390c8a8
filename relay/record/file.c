#include "record/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MODE 0600
#define ASIDE_MAX 1000

void file_init(struct file *f)
{
    *f = (struct file){.fd = -1};
}

static enum err path_of(char path[FILE_PATH_MAX], const char *folder, const char *name)
{
    if (snprintf(path, FILE_PATH_MAX, "%s/%s", folder, name) < FILE_PATH_MAX)
        return ERR_NONE;
    errno = ENAMETOOLONG;
    return ERR_SYSTEM;
}

enum err file_open(struct file *f, const char *folder, const char *name)
{
    char path[FILE_PATH_MAX];
    struct stat st;
    if (path_of(path, folder, name) != ERR_NONE)
        return ERR_SYSTEM;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
    if (fd < 0)
        return ERR_SYSTEM;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        return ERR_SYSTEM;
    }
    *f = (struct file){.fd = fd, .good = (uint64_t)st.st_size};
    return ERR_NONE;
}

static enum err write_at(int fd, const uint8_t *bytes, size_t len, uint64_t offset)
{
    while (len > 0) {
        ssize_t n = pwrite(fd, bytes, len, (off_t)offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return ERR_SYSTEM;
        bytes += n;
        len -= (size_t)n;
        offset += (uint64_t)n;
    }
    return ERR_NONE;
}

enum err file_append(struct file *f, const void *bytes, size_t len)
{
    if (write_at(f->fd, bytes, len, f->good) == ERR_NONE) {
        f->good += len;
        f->dirty = true;
        return ERR_NONE;
    }
    int why = errno;
    if (ftruncate(f->fd, (off_t)f->good) != 0)
        why = errno; /* the next append writes over it */
    errno = why;
    return ERR_SYSTEM;
}

enum err file_cut(struct file *f, uint64_t len)
{
    if (len == f->good)
        return ERR_NONE;
    if (ftruncate(f->fd, (off_t)len) != 0)
        return ERR_SYSTEM;
    f->good = len;
    f->dirty = true;
    return ERR_NONE;
}

enum err file_patch(struct file *f, uint64_t offset, const void *bytes, size_t len)
{
    f->dirty = true;
    return write_at(f->fd, bytes, len, offset);
}

enum err file_sync(struct file *f)
{
    if (f->fd < 0 || !f->dirty)
        return ERR_NONE;
    if (fdatasync(f->fd) != 0)
        return ERR_SYSTEM;
    f->dirty = false;
    return ERR_NONE;
}

void file_close(struct file *f)
{
    if (f->fd >= 0)
        close(f->fd);
    file_init(f);
}

const uint8_t *file_map(const struct file *f, size_t *ret_len)
{
    *ret_len = (size_t)f->good;
    void *bytes = f->good > 0 ? mmap(NULL, (size_t)f->good, PROT_READ, MAP_SHARED, f->fd, 0) : MAP_FAILED;
    return bytes == MAP_FAILED ? NULL : bytes;
}

void file_unmap(const uint8_t *bytes, size_t len)
{
    if (bytes)
        munmap((void *)(uintptr_t)bytes, len);
}

enum err file_put_aside(struct file *f, const char *folder, const char *name)
{
    char from[FILE_PATH_MAX], to[FILE_PATH_MAX];
    file_close(f);
    if (path_of(from, folder, name) != ERR_NONE)
        return ERR_SYSTEM;
    for (int i = 1; i <= ASIDE_MAX; i++) {
        int len = snprintf(to, sizeof to, "%s.damaged-%d", from, i);
        if (len >= (int)sizeof to)
            return ERR_SYSTEM;
        if (access(to, F_OK) != 0)
            return rename(from, to) == 0 ? ERR_NONE : ERR_SYSTEM;
    }
    errno = EEXIST;
    return ERR_SYSTEM;
}

enum err file_replace(const char *folder, const char *name, const void *bytes, size_t len)
{
    char path[FILE_PATH_MAX], fresh[FILE_PATH_MAX];
    if (path_of(path, folder, name) != ERR_NONE ||
        snprintf(fresh, sizeof fresh, "%s~", path) >= (int)sizeof fresh)
        return ERR_SYSTEM;
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
    if (fd < 0)
        return ERR_SYSTEM;
    enum err e = write_at(fd, bytes, len, 0);
    if (e == ERR_NONE && fdatasync(fd) != 0)
        e = ERR_SYSTEM;
    int why = errno;
    close(fd);
    if (e == ERR_NONE && rename(fresh, path) != 0)
        return ERR_SYSTEM;
    errno = why;
    return e;
}
