/* Runs every file of a folder through a fuzz target: the corpus as an ordinary test. TAP on standard output.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

#define PATH_BYTES 4096
#define FILE_MAX   (1 << 20) /* bytes; seeds are small */

static int visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* Reads into a block of exactly the file's size, so that a read past its end is seen by ASan. */
static uint8_t *read_file(const char *path, size_t *ret_len)
{
    FILE *f = fopen(path, "rb");
    uint8_t *whole = malloc(FILE_MAX);
    if (!f || !whole)
        abort();
    *ret_len = fread(whole, 1, FILE_MAX, f);
    fclose(f);
    uint8_t *exact = malloc(*ret_len ? *ret_len : 1);
    if (!exact)
        abort();
    memcpy(exact, whole, *ret_len);
    free(whole);
    return exact;
}

static void replay(const char *folder, const char *name, int row)
{
    char path[PATH_BYTES];
    size_t len;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    uint8_t *bytes = read_file(path, &len);
    int result = LLVMFuzzerTestOneInput(bytes, len);
    free(bytes);
    printf("%sok %d - %s\n", result == 0 ? "" : "not ", row, name);
}

int main(int argc, char **argv)
{
    struct dirent **entries;
    int n = argc == 2 ? scandir(argv[1], &entries, visible, alphasort) : -1;
    if (n <= 0) {
        fprintf(stderr, "usage: %s FOLDER, with at least one file in it\n", argv[0]);
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("1..%d\n", n);
    for (int i = 0; i < n; i++) {
        replay(argv[1], entries[i]->d_name, i + 1);
        free(entries[i]);
    }
    free(entries);
    return 0;
}
