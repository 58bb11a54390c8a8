/* The report's folder: made, and filled with slides and recordings of the relay's. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/export.h"
#include "ctl/making.h"

enum err making_folder(struct making *m, const char *name, char ret_path[PATH_MAX])
{
    int n = snprintf(ret_path, PATH_MAX, "%s%s%s", m->wish->out, name[0] ? "/" : "", name);
    if (n < 0 || n >= PATH_MAX)
        errno = ENAMETOOLONG;
    else if (mkdir(ret_path, 0755) == 0 || errno == EEXIST)
        return ERR_NONE;
    return making_fail(m, ret_path);
}

enum err making_out(struct making *m)
{
    char path[PATH_MAX];
    enum err e = making_folder(m, "", path);
    DIR *d = e == ERR_NONE ? opendir(path) : NULL;
    if (e == ERR_NONE && d == NULL)
        e = making_fail(m, path);
    for (struct dirent *entry; d != NULL && (entry = readdir(d)) != NULL;)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            snprintf(
                m->why, m->why_size,
                "%s: something is in this folder already. Name a new one, so that nothing is written over.",
                path);
            e = ERR_FORBIDDEN;
        }
    if (d != NULL)
        closedir(d);
    return e;
}

/* A deck whose files are gone is told without pictures. */
static enum err copy_deck(struct making *m, const char *url)
{
    char path[PATH_MAX], folder[PATH_MAX];
    const char *name = fetch_deck_name(url);
    const json_t *page;
    size_t i;
    if (name == NULL || json_object_get(m->decks, url) != NULL)
        return ERR_NONE;
    enum err e = making_folder(m, "slides", folder);
    if (e == ERR_NONE)
        e = fetch_file(&m->from, FETCH_DECK, name, folder, false, m->why, m->why_size);
    if (e != ERR_NONE || snprintf(path, sizeof path, "%s/%s", folder, name) >= PATH_MAX)
        return e;
    json_t *manifest = json_load_file(path, 0, NULL);
    unlink(path); /* what is in it is in the page */
    if (manifest == NULL)
        return ERR_NONE;
    json_object_set_new(m->decks, url, manifest);
    json_array_foreach(json_object_get(manifest, "pages"), i, page)
    {
        const char *file = fetch_deck_name(report_text(json_object_get(page, "small"), "url"));
        if (e == ERR_NONE && file != NULL)
            e = fetch_file(&m->from, FETCH_DECK, file, folder, true, m->why, m->why_size);
    }
    return e;
}

/* The session's recording, with its replay page. Where there is none, nothing. */
static enum err copy_recording(struct making *m, const char *session, size_t number)
{
    char folder[PATH_MAX], name[40], *text;
    json_t *reply = NULL;
    enum err e = making_ask(m, json_pack("{s:s,s:s}", "verb", "recording", "session", session), &reply);
    if (e == ERR_FORBIDDEN)
        return ERR_NONE;
    if (e == ERR_NONE)
        e = making_folder(m, "recordings", folder);
    if (e != ERR_NONE)
        return e;
    snprintf(name, sizeof name, "recordings/%zu", number);
    text = json_dumps(reply, JSON_COMPACT);
    json_decref(reply);
    if (text == NULL || snprintf(folder, sizeof folder, "%s/%s", m->wish->out, name) >= PATH_MAX)
        e = ERR_MEMORY;
    else
        e = export_recording(text, m->wish->web, folder, m->why, m->why_size);
    free(text);
    if (e == ERR_NONE)
        json_object_set_new(json_object_get(m->facts, session), "replay", json_string(name));
    else /* the report is worth having without it */
        fprintf(m->wish->complaints, "The recording of session %s is left out: %s\n", session, m->why);
    return ERR_NONE;
}

enum err making_copies(struct making *m)
{
    size_t i, k;
    const json_t *session, *deck;
    json_t *places = NULL;
    enum err e = ERR_NONE;
    if (m->wish->web == NULL)
        e = making_ask(m, json_pack("{s:s}", "verb", "recording"), &places);
    if (e == ERR_NONE && !fetch_find(&m->from, places, m->wish->web)) {
        snprintf(m->why, m->why_size, "What answered is no relay of this version.");
        e = ERR_MALFORMED;
    }
    json_decref(places);
    json_array_foreach(json_object_get(m->programme, "sessions"), i, session)
    {
        const char *id = report_text(session, "session");
        json_array_foreach(json_object_get(json_object_get(m->facts, id), "decks"), k,
                           deck) if (e == ERR_NONE) e = copy_deck(m, report_text(deck, "manifest"));
        if (e == ERR_NONE && !m->r.is_public)
            e = copy_recording(m, id, i + 1);
    }
    return e;
}
