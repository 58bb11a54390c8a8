#include "ctl/export.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <jansson.h>

#define COPY_BYTES      65536
#define HASH_NAME_MAX   80 /* "HASH.webp" */
#define FOLDER_MODE     0755
#define MANIFEST_PREFIX "/d/"

struct export
{
    const char *out, *decks, *web;
    char recording[PATH_MAX];
    json_t *lines, *manifests; /* owned */
    char *why;
    size_t why_size;
};

static enum err fail(struct export *x, const char *path)
{
    snprintf(x->why, x->why_size, "%s: %s", path, strerror(errno));
    return ERR_SYSTEM;
}

static bool join(char path[PATH_MAX], const char *folder, const char *name)
{
    return snprintf(path, PATH_MAX, "%s/%s", folder, name) < PATH_MAX;
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

/* `must` false: what is not there is no harm. */
static enum err copy(struct export *x, const char *folder, const char *name, const char *to_folder, bool must)
{
    char source[PATH_MAX], target[PATH_MAX];
    if (!join(source, folder, name) || !join(target, to_folder, name)) {
        errno = ENAMETOOLONG;
        return fail(x, name);
    }
    FILE *from = fopen(source, "rb");
    if (from == NULL)
        return must || errno != ENOENT ? fail(x, source) : ERR_NONE;
    FILE *to = fopen(target, "wb");
    enum err e = to != NULL && pour(from, to) ? ERR_NONE : fail(x, target);
    if (to != NULL && fclose(to) != 0 && e == ERR_NONE)
        e = fail(x, target);
    fclose(from);
    return e;
}

/* --- where it goes --- */

static enum err make_folder(struct export *x, const char *path)
{
    return mkdir(path, FOLDER_MODE) == 0 || errno == EEXIST ? ERR_NONE : fail(x, path);
}

static enum err make_out(struct export *x)
{
    char decks[PATH_MAX];
    enum err e = make_folder(x, x->out);
    DIR *d = e == ERR_NONE ? opendir(x->out) : NULL;
    if (e == ERR_NONE && d == NULL)
        return fail(x, x->out);
    for (struct dirent *entry; e == ERR_NONE && (entry = readdir(d)) != NULL;)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            snprintf(
                x->why, x->why_size,
                "%s: something is in this folder already. Name a new one, so that nothing is written over.",
                x->out);
            e = ERR_FORBIDDEN;
        }
    if (d != NULL)
        closedir(d);
    if (e == ERR_NONE && join(decks, x->out, "d"))
        e = make_folder(x, decks);
    return e;
}

/* --- slides --- */

/* The name in "/d/NAME", or NULL where it is none of a deck's: it becomes a path. */
static const char *deck_name(const json_t *url)
{
    const char *text = json_string_value(url);
    if (text == NULL || strncmp(text, MANIFEST_PREFIX, strlen(MANIFEST_PREFIX)) != 0)
        return NULL;
    text += strlen(MANIFEST_PREFIX);
    size_t len = strspn(text, "0123456789abcdefghijklmnopqrstuvwxyz.");
    return text[len] == '\0' && len > 0 && len < HASH_NAME_MAX && text[0] != '.' ? text : NULL;
}

static enum err copy_images(struct export *x, const json_t *manifest)
{
    static const char *const sizes[] = {"full", "small"};
    char decks[PATH_MAX];
    size_t i;
    json_t *page;
    join(decks, x->out, "d");
    json_array_foreach(json_object_get(manifest, "pages"), i, page)
    {
        for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
            const char *name = deck_name(json_object_get(json_object_get(page, sizes[k]), "url"));
            enum err e = name != NULL ? copy(x, x->decks, name, decks, false) : ERR_NONE;
            if (e != ERR_NONE)
                return e;
        }
    }
    return ERR_NONE;
}

/* A deck whose files are gone is shown without pictures. */
static enum err take_manifest(struct export *x, const json_t *url)
{
    char path[PATH_MAX], decks[PATH_MAX];
    const char *name = deck_name(url);
    if (name == NULL || json_object_get(x->manifests, json_string_value(url)) != NULL ||
        !join(path, x->decks, name))
        return ERR_NONE;
    json_t *manifest = json_load_file(path, 0, NULL);
    if (manifest == NULL)
        return ERR_NONE;
    if (json_object_set_new(x->manifests, json_string_value(url), manifest) != 0)
        return ERR_MEMORY;
    join(decks, x->out, "d");
    enum err e = copy(x, x->decks, name, decks, true);
    return e == ERR_NONE ? copy_images(x, manifest) : e;
}

static enum err take_decks(struct export *x, const json_t *line)
{
    size_t i;
    json_t *deck;
    enum err e = take_manifest(x, json_object_get(line, "manifest"));
    json_array_foreach(json_object_get(json_object_get(line, "session"), "decks"), i, deck)
    {
        if (e == ERR_NONE)
            e = take_manifest(x, json_object_get(deck, "manifest"));
    }
    return e;
}

/* --- timeline --- */

/* Whole lines; the last may be under way. */
static enum err read_timeline(struct export *x)
{
    char path[PATH_MAX], *line = NULL;
    size_t size = 0;
    enum err e = ERR_NONE;
    if (!join(path, x->out, "timeline.jsonl"))
        return ERR_SYSTEM;
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return fail(x, path);
    for (ssize_t len; e == ERR_NONE && (len = getline(&line, &size, f)) > 0;) {
        json_t *parsed = line[len - 1] == '\n' ? json_loadb(line, (size_t)len, 0, NULL) : NULL;
        if (parsed == NULL)
            continue;
        e = take_decks(x, parsed);
        if (json_array_append_new(x->lines, parsed) != 0)
            e = ERR_MEMORY;
    }
    free(line);
    fclose(f);
    return e;
}

/* All that the page cannot fetch from a disk, as a script. */
static enum err write_data(struct export *x)
{
    char path[PATH_MAX], index_path[PATH_MAX];
    if (!join(path, x->out, "data.js") || !join(index_path, x->out, "index.json"))
        return ERR_SYSTEM;
    json_t *index = json_load_file(index_path, 0, NULL);
    json_t *data =
        json_pack("{s:o*, s:O, s:O}", "index", index, "lines", x->lines, "manifests", x->manifests);
    FILE *f = data != NULL ? fopen(path, "wb") : NULL;
    bool good = f != NULL && fputs("var aula = aula || {};\naula.data = ", f) >= 0 &&
                json_dumpf(data, f, JSON_COMPACT | JSON_ENSURE_ASCII) == 0 && fputs(";\n", f) >= 0;
    if (f != NULL && fclose(f) != 0)
        good = false;
    json_decref(data);
    return good ? ERR_NONE : fail(x, path);
}

/* --- the page --- */

static enum err copy_page(struct export *x)
{
    char folder[PATH_MAX];
    if (!join(folder, x->web, "replay"))
        return ERR_SYSTEM;
    DIR *d = opendir(folder);
    enum err e = d != NULL ? ERR_NONE : fail(x, folder);
    for (struct dirent *entry; e == ERR_NONE && (entry = readdir(d)) != NULL;) {
        const char *dot = strrchr(entry->d_name, '.');
        if (entry->d_name[0] != '.' && dot != NULL &&
            (strcmp(dot, ".html") == 0 || strcmp(dot, ".js") == 0 || strcmp(dot, ".css") == 0 ||
             strcmp(dot, ".svg") == 0))
            e = copy(x, folder, entry->d_name, x->out, true);
    }
    if (d != NULL)
        closedir(d);
    return e;
}

static enum err copy_recording(struct export *x)
{
    static const struct {
        const char *name;
        bool must;
    } files[] = {{"floor.opus", false}, {"floor.mp4", false}, {"timeline.jsonl", true}, {"index.json", true}};
    enum err e = ERR_NONE;
    for (size_t i = 0; i < sizeof files / sizeof files[0] && e == ERR_NONE; i++)
        e = copy(x, x->recording, files[i].name, x->out, files[i].must);
    return e;
}

static enum err run(struct export *x, const json_t *reply)
{
    const char *recordings = json_string_value(json_object_get(reply, "recordings"));
    const char *session = json_string_value(json_object_get(reply, "session"));
    x->decks = json_string_value(json_object_get(reply, "decks"));
    x->web = json_string_value(json_object_get(reply, "web"));
    if (recordings == NULL || session == NULL || x->decks == NULL || x->web == NULL ||
        !join(x->recording, recordings, session)) {
        snprintf(x->why, x->why_size, "What answered is no relay of this version.");
        return ERR_MALFORMED;
    }
    enum err e = make_out(x);
    if (e == ERR_NONE)
        e = copy_recording(x);
    if (e == ERR_NONE)
        e = read_timeline(x);
    if (e == ERR_NONE)
        e = write_data(x);
    if (e == ERR_NONE)
        e = copy_page(x);
    return e;
}

enum err export_recording(const char *reply, const char *out, char *why, size_t why_size)
{
    struct export x = {
        .out = out, .lines = json_array(), .manifests = json_object(), .why = why, .why_size = why_size};
    json_t *parsed = json_loads(reply, 0, NULL);
    snprintf(why, why_size, "There is not enough memory.");
    enum err e = parsed != NULL && x.lines != NULL && x.manifests != NULL ? run(&x, parsed) : ERR_MEMORY;
    json_decref(parsed);
    json_decref(x.lines);
    json_decref(x.manifests);
    return e;
}
