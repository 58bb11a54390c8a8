/* A file that only grows, and knows up to where it is good: whatever a full or failing disk left behind the
 * last whole piece is cut off again. The one file of record/ that touches the disk, with recording.c. */
#ifndef AULA_RECORD_FILE_H
#define AULA_RECORD_FILE_H

#include "base/errors.h"
#include "record/buffer.h"

#define FILE_PATH_MAX 1200

struct file {
    int fd;        /* -1: not open */
    uint64_t good; /* bytes of whole pieces */
    bool dirty;    /* something is not on the disk for sure */
};

void file_init(struct file *f);
/* Opens or makes it; all that is in it counts as good. ERR_SYSTEM: errno says why. */
enum err file_open(struct file *f, const char *folder, const char *name) MUST_USE;
/* All of it or nothing. ERR_SYSTEM: errno says why. */
enum err file_append(struct file *f, const void *bytes, size_t len) MUST_USE;
/* Cuts it off there. ERR_SYSTEM. */
enum err file_cut(struct file *f, uint64_t len) MUST_USE;
/* Writes over bytes within it. ERR_SYSTEM. */
enum err file_patch(struct file *f, uint64_t offset, const void *bytes, size_t len) MUST_USE;
/* Waits until all of it lies on the disk. ERR_SYSTEM. */
enum err file_sync(struct file *f) MUST_USE;
void file_close(struct file *f);

/* The bytes of an open file, read only; NULL where it is empty or cannot be mapped. file_unmap ends it. */
const uint8_t *file_map(const struct file *f, size_t *ret_len);
void file_unmap(const uint8_t *bytes, size_t len);
/* Gives the file another name beside it, NAME.damaged-1 and up, which nobody has. ERR_SYSTEM. */
enum err file_put_aside(struct file *f, const char *folder, const char *name) MUST_USE;
/* Replaces a small file whole. ERR_SYSTEM. */
enum err file_replace(const char *folder, const char *name, const void *bytes, size_t len) MUST_USE;

#endif
