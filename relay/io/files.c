/* The page, its assets, and decks' pages: files from two folders, never by a path that guards.c did not pass.
 */
#include "io/web_parts.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "io/guards.h"

#define FILE_PATH_MAX 1024
#define IMMUTABLE     "cache-control: public, max-age=31536000, immutable\r\n"
#define CHANGING      "cache-control: no-cache\r\n"
/* Every page and tab asks for the sign; its name does not say what is in it. */
#define ICONS "cache-control: max-age=300\r\n"

struct file {
    char path[FILE_PATH_MAX];
    const char *media_type;
    bool immutable;
    const char *coding; /* `path` is the compressed one beside the file; NULL: it is not */
};

static bool is_file(const char *path, struct stat *ret_stat)
{
    return stat(path, ret_stat) == 0 && S_ISREG(ret_stat->st_mode);
}

/* Takes the .br or else the .gz beside the file where there is one and the client reads it. */
static void prefer_compressed(struct lws *wsi, struct file *file, struct stat *st)
{
    static const struct {
        const char *coding, *ending;
    } codings[] = {{"br", ".br"}, {"gzip", ".gz"}};
    char accepted[256], path[FILE_PATH_MAX];
    struct stat compressed;
    if (!web_header(wsi, WSI_TOKEN_HTTP_ACCEPT_ENCODING, accepted, sizeof accepted))
        return;
    for (size_t i = 0; file->coding == NULL && i < sizeof codings / sizeof codings[0]; i++) {
        int len = snprintf(path, sizeof path, "%s%s", file->path, codings[i].ending);
        if (!guard_list_holds(accepted, codings[i].coding) || len >= (int)sizeof path ||
            !is_file(path, &compressed) || compressed.st_mtime < st->st_mtime)
            continue;
        memcpy(file->path, path, (size_t)len + 1);
        file->coding = codings[i].coding;
        *st = compressed;
    }
}

static const char *keeping(const struct file *file)
{
    if (file->immutable)
        return IMMUTABLE;
    return strcmp(file->media_type, "image/svg+xml") == 0 ? ICONS : CHANGING;
}

static int serve(struct lws *wsi, struct file *file)
{
    struct stat st;
    char extra[320], tag[64], known[128];
    if (!is_file(file->path, &st))
        return http_refuse(wsi, 404, "There is nothing here.");
    prefer_compressed(wsi, file, &st);
    snprintf(tag, sizeof tag, "\"%llx-%llx%lx\"", (unsigned long long)st.st_size,
             (unsigned long long)st.st_mtim.tv_sec, (unsigned long)st.st_mtim.tv_nsec);
    int len = snprintf(extra, sizeof extra, "%s%s%s%setag: %s\r\nvary: accept-encoding\r\n", keeping(file),
                       file->coding != NULL ? "content-encoding: " : "",
                       file->coding != NULL ? file->coding : "", file->coding != NULL ? "\r\n" : "", tag);
    if (web_header(wsi, WSI_TOKEN_HTTP_IF_NONE_MATCH, known, sizeof known) && strcmp(known, tag) == 0)
        return http_answer(wsi, 304, file->media_type, NULL, "");
    int result = lws_serve_http_file(wsi, file->path, file->media_type, extra, len);
    return result < 0 || (result > 0 && lws_http_transaction_completed(wsi) != 0) ? -1 : 0;
}

int files_serve_page(struct lws *wsi)
{
    struct file file = {.media_type = "text/html; charset=utf-8"};
    snprintf(file.path, sizeof file.path, "%s/index.html", web_of(wsi)->web_dir);
    return serve(wsi, &file);
}

int files_serve_asset(struct lws *wsi, const char *path)
{
    struct file file = {.media_type = guard_media_type(path), .immutable = guard_name_is_hashed(path)};
    int len = snprintf(file.path, sizeof file.path, "%s%s", web_of(wsi)->web_dir, path);
    if (file.media_type == NULL || len >= (int)sizeof file.path)
        return http_refuse(wsi, 404, "There is nothing here.");
    return serve(wsi, &file);
}

int files_serve_deck(struct lws *wsi, const char *name)
{
    struct file file = {.media_type = guard_media_type(name), .immutable = true};
    int len = snprintf(file.path, sizeof file.path, "%s/%s", web_of(wsi)->decks_dir, name);
    if (len >= (int)sizeof file.path)
        return http_refuse(wsi, 404, "There is nothing here.");
    return serve(wsi, &file);
}
