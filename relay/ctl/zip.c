#define _DEFAULT_SOURCE /* ftw's FTW_PHYS */
#define _XOPEN_SOURCE   700
#include "ctl/zip.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define LOCAL_SIGNATURE   0x04034b50u
#define CENTRAL_SIGNATURE 0x02014b50u
#define END_SIGNATURE     0x06054b50u
#define VERSION           20
#define FLAG_UTF8         0x0800
#define DOS_DAY           0x5a21 /* 2025-01-01: the same folder gives the same bytes */
#define ENTRIES_MAX       65535
#define BYTES_MAX         0xffffffffu
#define COPY_BYTES        65536

struct zip {
    FILE *out, *central; /* `central` in memory */
    char *directory;
    size_t directory_len;
    uint64_t at;
    unsigned entries;
    size_t root_len; /* of the path before the folder's own name */
    char *why;
    size_t why_size;
};

static enum err fail(struct zip *z, enum err e, const char *path)
{
    if (e == ERR_FULL)
        snprintf(z->why, z->why_size,
                 "%s: too much for a ZIP file of 4 GB and 65,535 files; the folder is there.", path);
    else
        snprintf(z->why, z->why_size, "%s: %s", path, strerror(errno));
    return e;
}

/* CRC-32 of ISO 3309, a bit at a time by a table of 16. */
static uint32_t crc_of(uint32_t crc, const unsigned char *bytes, size_t len)
{
    static const uint32_t table[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
                                       0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
                                       0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
    crc = ~crc;
    for (size_t i = 0; i < len; i++) {
        crc = table[(crc ^ bytes[i]) & 15] ^ crc >> 4;
        crc = table[(crc ^ (unsigned)bytes[i] >> 4) & 15] ^ crc >> 4;
    }
    return ~crc;
}

static void put(FILE *f, uint32_t v, int bytes)
{
    for (int i = 0; i < bytes; i++)
        fputc((int)(v >> 8 * i & 0xff), f);
}

/* What a local header and the directory say alike. */
static void put_facts(FILE *f, uint32_t crc, uint32_t size, size_t name_len)
{
    put(f, VERSION, 2);
    put(f, FLAG_UTF8, 2);
    put(f, 0, 2); /* stored */
    put(f, 0, 2);
    put(f, DOS_DAY, 2);
    put(f, crc, 4);
    put(f, size, 4);
    put(f, size, 4);
    put(f, (uint32_t)name_len, 2);
    put(f, 0, 2);
}

static enum err put_entry(struct zip *z, const char *path, FILE *from)
{
    unsigned char bytes[COPY_BYTES];
    const char *name = path + z->root_len;
    uint32_t crc = 0;
    uint64_t size = 0, copied = 0;
    size_t n;
    while ((n = fread(bytes, 1, sizeof bytes, from)) > 0) {
        crc = crc_of(crc, bytes, n);
        size += n;
    }
    if (size > BYTES_MAX || z->at + size + strlen(name) + 30 > BYTES_MAX || z->entries == ENTRIES_MAX)
        return fail(z, ERR_FULL, path);
    put(z->out, LOCAL_SIGNATURE, 4);
    put_facts(z->out, crc, (uint32_t)size, strlen(name));
    fputs(name, z->out);
    rewind(from);
    while (copied < size && (n = fread(bytes, 1, sizeof bytes, from)) > 0) {
        fwrite(bytes, 1, n, z->out);
        copied += n;
    }
    put(z->central, CENTRAL_SIGNATURE, 4);
    put(z->central, VERSION, 2);
    put_facts(z->central, crc, (uint32_t)size, strlen(name));
    put(z->central, 0, 2);
    put(z->central, 0, 2);
    put(z->central, 0, 2);
    put(z->central, 0, 4);
    put(z->central, (uint32_t)z->at, 4);
    fputs(name, z->central);
    z->at += 30 + strlen(name) + size;
    z->entries++;
    return copied == size && !ferror(from) ? ERR_NONE : fail(z, ERR_SYSTEM, path);
}

static enum err put_path(struct zip *z, const char *path);

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static enum err put_folder(struct zip *z, const char *folder)
{
    struct dirent **names = NULL;
    enum err e = ERR_NONE;
    int count = scandir(folder, &names, NULL, by_name);
    if (count < 0)
        return fail(z, ERR_SYSTEM, folder);
    for (int i = 0; i < count; i++) {
        char path[PATH_MAX];
        int n = snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
        bool dots = strcmp(names[i]->d_name, ".") == 0 || strcmp(names[i]->d_name, "..") == 0;
        if (!dots && e == ERR_NONE && n > 0 && n < PATH_MAX)
            e = put_path(z, path);
        free(names[i]);
    }
    free(names);
    return e;
}

static enum err put_path(struct zip *z, const char *path)
{
    struct stat st;
    if (lstat(path, &st) != 0)
        return fail(z, ERR_SYSTEM, path);
    if (S_ISDIR(st.st_mode))
        return put_folder(z, path);
    if (!S_ISREG(st.st_mode))
        return ERR_NONE;
    FILE *from = fopen(path, "rb");
    if (from == NULL)
        return fail(z, ERR_SYSTEM, path);
    enum err e = put_entry(z, path, from);
    fclose(from);
    return e;
}

static void put_end(struct zip *z)
{
    fwrite(z->directory, 1, z->directory_len, z->out);
    put(z->out, END_SIGNATURE, 4);
    put(z->out, 0, 4);
    put(z->out, z->entries, 2);
    put(z->out, z->entries, 2);
    put(z->out, (uint32_t)z->directory_len, 4);
    put(z->out, (uint32_t)z->at, 4);
    put(z->out, 0, 2);
}

enum err zip_folder(const char *folder, const char *file, char *why, size_t why_size)
{
    const char *slash = strrchr(folder, '/');
    struct zip z = {
        .root_len = slash != NULL ? (size_t)(slash - folder) + 1 : 0, .why = why, .why_size = why_size};
    z.out = fopen(file, "wbx");
    if (z.out == NULL)
        return fail(&z, ERR_SYSTEM, file);
    z.central = open_memstream(&z.directory, &z.directory_len);
    enum err e = z.central != NULL ? put_folder(&z, folder) : fail(&z, ERR_MEMORY, file);
    if (z.central != NULL && fclose(z.central) != 0 && e == ERR_NONE)
        e = fail(&z, ERR_MEMORY, file);
    if (e == ERR_NONE)
        put_end(&z);
    bool bad = ferror(z.out) != 0;
    if ((fclose(z.out) != 0 || bad) && e == ERR_NONE)
        e = fail(&z, ERR_SYSTEM, file);
    if (e != ERR_NONE)
        remove(file);
    free(z.directory);
    return e;
}
