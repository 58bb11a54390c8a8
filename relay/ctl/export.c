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

#include "ctl/fetch.h"

#define PART_NAME_MAX 80
#define LINE_BYTES    4096 /* of the page */
#define FOLDER_MODE   0755

struct export
{
    const char *out;
    struct fetch from;
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

/* `must` false: what is not there is no harm. */
static enum err copy(struct export *x, enum fetch_place place, const char *name, const char *to_folder,
                     bool must)
{
    return fetch_file(&x->from, place, name, to_folder, must, x->why, x->why_size);
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
            const char *url = json_string_value(json_object_get(json_object_get(page, sizes[k]), "url"));
            const char *name = url != NULL ? fetch_deck_name(url) : NULL;
            enum err e = name != NULL ? copy(x, FETCH_DECK, name, decks, false) : ERR_NONE;
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
    const char *name = json_is_string(url) ? fetch_deck_name(json_string_value(url)) : NULL;
    if (name == NULL || json_object_get(x->manifests, json_string_value(url)) != NULL ||
        !join(decks, x->out, "d") || !join(path, decks, name))
        return ERR_NONE;
    enum err e = copy(x, FETCH_DECK, name, decks, false);
    if (e != ERR_NONE)
        return e;
    json_t *manifest = json_load_file(path, 0, NULL);
    if (manifest == NULL)
        return ERR_NONE;
    if (json_object_set_new(x->manifests, json_string_value(url), manifest) != 0)
        return ERR_MEMORY;
    return copy_images(x, manifest);
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

/* A file of the page's that `at` begins with, as in src="replay.js"; false where it is none. */
static bool page_part(const char *at, char ret_name[PART_NAME_MAX])
{
    size_t len = strspn(at, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-.");
    const char *dot = NULL;
    if (len == 0 || len >= PART_NAME_MAX || at[len] != '"' || at[0] == '.')
        return false;
    memcpy(ret_name, at, len);
    ret_name[len] = '\0';
    dot = strrchr(ret_name, '.');
    return dot != NULL && (strcmp(dot, ".js") == 0 || strcmp(dot, ".css") == 0 || strcmp(dot, ".svg") == 0);
}

/* The page, and what it names. */
static enum err copy_page(struct export *x)
{
    static const char *const attributes[] = {"src=\"", "href=\""};
    char path[PATH_MAX], line[LINE_BYTES], name[PART_NAME_MAX];
    enum err e = copy(x, FETCH_PAGE, "index.html", x->out, true);
    FILE *f = e == ERR_NONE && join(path, x->out, "index.html") ? fopen(path, "rb") : NULL;
    while (f != NULL && e == ERR_NONE && fgets(line, sizeof line, f) != NULL)
        for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++)
            for (char *at = line; e == ERR_NONE && (at = strstr(at, attributes[i])) != NULL;) {
                at += strlen(attributes[i]);
                if (page_part(at, name))
                    e = copy(x, FETCH_PAGE, name, x->out, true);
            }
    if (f != NULL)
        fclose(f);
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
        e = copy(x, FETCH_RECORDING, files[i].name, x->out, files[i].must);
    return e;
}

static enum err run(struct export *x, const json_t *reply, const struct web_door *web)
{
    if (!json_is_string(json_object_get(reply, "session")) || !fetch_find(&x->from, reply, web)) {
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

enum err export_recording(const char *reply, const struct web_door *web, const char *out, char *why,
                          size_t why_size)
{
    struct export x = {
        .out = out, .lines = json_array(), .manifests = json_object(), .why = why, .why_size = why_size};
    json_t *parsed = json_loads(reply, 0, NULL);
    snprintf(why, why_size, "There is not enough memory.");
    enum err e = parsed != NULL && x.lines != NULL && x.manifests != NULL ? run(&x, parsed, web) : ERR_MEMORY;
    json_decref(parsed);
    json_decref(x.lines);
    json_decref(x.manifests);
    return e;
}
