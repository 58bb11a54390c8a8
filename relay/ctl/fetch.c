#include "ctl/fetch.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define COPY_BYTES    65536
#define DECK_PREFIX   "/d/"
#define DECK_NAME_MAX 100 /* "HASH.webp" */
#define REPLAY_MAX    200 /* "/r/SESSION/KEY/" */

/* --- where --- */

/* "/r/SESSION/KEY/" of the replay's URL: the relay may be known to others by another name than to us. */
static bool replay_path(const char *url, char ret_path[PATH_MAX])
{
    const char *host = url != NULL && strncmp(url, "https://", 8) == 0 ? url + 8 : NULL;
    const char *path = host != NULL ? strchr(host, '/') : NULL;
    size_t len = path != NULL ? strlen(path) : 0;
    bool good = len > 4 && len < REPLAY_MAX && strncmp(path, "/r/", 3) == 0 && path[len - 1] == '/' &&
                strspn(path, "/0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-") == len;
    if (good)
        memcpy(ret_path, path, len + 1);
    return good;
}

static bool join(char path[PATH_MAX], const char *folder, const char *name)
{
    return folder != NULL && name != NULL && snprintf(path, PATH_MAX, "%s/%s", folder, name) < PATH_MAX;
}

bool fetch_find(struct fetch *f, const json_t *reply, const struct web_door *web)
{
    const char *session = json_string_value(json_object_get(reply, "session"));
    *f = (struct fetch){.web = web};
    if (web != NULL) {
        snprintf(f->deck, sizeof f->deck, DECK_PREFIX);
        if (session == NULL)
            return true;
        if (!replay_path(json_string_value(json_object_get(reply, "url")), f->recording))
            return false;
        memcpy(f->page, f->recording, sizeof f->page);
        return true;
    }
    const char *decks = json_string_value(json_object_get(reply, "decks"));
    return join(f->page, json_string_value(json_object_get(reply, "web")), "replay") && decks != NULL &&
           snprintf(f->deck, sizeof f->deck, "%s", decks) < PATH_MAX &&
           (session == NULL ||
            join(f->recording, json_string_value(json_object_get(reply, "recordings")), session));
}

/* --- fetching --- */

static enum err fail(const char *path, char *why, size_t why_size)
{
    snprintf(why, why_size, "%s: %s", path, strerror(errno));
    return ERR_SYSTEM;
}

static bool pour(FILE *from, FILE *to)
{
    char bytes[COPY_BYTES];
    size_t n;
    while ((n = fread(bytes, 1, sizeof bytes, from)) > 0)
        if (fwrite(bytes, 1, n, to) != n)
            return false;
    return !ferror(from);
}

static enum err from_folder(const char *source, const char *target, bool must, char *why, size_t why_size)
{
    FILE *from = fopen(source, "rb");
    if (from == NULL)
        return must || errno != ENOENT ? fail(source, why, why_size) : ERR_NONE;
    FILE *to = fopen(target, "wb");
    enum err e = to != NULL && pour(from, to) ? ERR_NONE : fail(target, why, why_size);
    if (to != NULL && fclose(to) != 0 && e == ERR_NONE)
        e = fail(target, why, why_size);
    fclose(from);
    return e;
}

static enum err from_web(const struct web_door *web, const char *path, const char *target, bool must,
                         char *why, size_t why_size)
{
    FILE *to = fopen(target, "wb");
    if (to == NULL)
        return fail(target, why, why_size);
    enum err e = web_door_fetch(web, path, to, why, why_size);
    if (fclose(to) != 0 && e == ERR_NONE)
        e = fail(target, why, why_size);
    if (e != ERR_NONE)
        unlink(target); /* half of it is of no use */
    return e == ERR_UNKNOWN ? must ? ERR_SYSTEM : ERR_NONE : e;
}

enum err fetch_file(const struct fetch *f, enum fetch_place place, const char *name, const char *folder,
                    bool must, char *why, size_t why_size)
{
    const char *at = place == FETCH_RECORDING ? f->recording : place == FETCH_DECK ? f->deck : f->page;
    char source[PATH_MAX], target[PATH_MAX];
    const char *between = f->web != NULL ? "" : "/"; /* a path on the web ends with one */
    if (snprintf(source, sizeof source, "%s%s%s", at, between, name) >= PATH_MAX ||
        !join(target, folder, name)) {
        errno = ENAMETOOLONG;
        return fail(name, why, why_size);
    }
    return f->web != NULL ? from_web(f->web, source, target, must, why, why_size)
                          : from_folder(source, target, must, why, why_size);
}

const char *fetch_deck_name(const char *url)
{
    const char *name = url + sizeof DECK_PREFIX - 1;
    if (strncmp(url, DECK_PREFIX, sizeof DECK_PREFIX - 1) != 0 || name[0] == '.')
        return NULL;
    size_t len = strspn(name, "0123456789abcdefghijklmnopqrstuvwxyz.");
    return len > 0 && len < DECK_NAME_MAX && name[len] == '\0' ? name : NULL;
}
