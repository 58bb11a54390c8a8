/* A recording under its link: /r/SESSION/KEY/. The page and its scripts are the web folder's; the recording's
 * own files are sent in pieces and by range, which libwebsockets cannot do by itself. Whoever has the key may
 * watch; a wrong key and a session that was never recorded are answered alike. */
#include "io/web_parts.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/guards.h"
#include "record/recording.h"

#define REPLAY_PATH_MAX 1400
#define PIECE_BYTES     16384 /* a time: nobody waits long for his turn */
#define IDLE_SECONDS    60    /* a browser that has enough for now comes back by range */

struct sending {
    int fd;
    uint64_t at, left;
};

static bool is_recorded_file(const char *name)
{
    static const char *const names[] = {"floor.opus", "floor.mp4", "timeline.jsonl", "index.json"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static int open_file(const struct web *w, const char *session, const char *name)
{
    char path[REPLAY_PATH_MAX];
    int len = snprintf(path, sizeof path, "%s/%s/%s", w->recordings_dir, session, name);
    return len < (int)sizeof path ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
}

static bool key_is_right(const struct web *w, const char *session, const char *key)
{
    char right[RECORDING_KEY_CHARACTERS + 1];
    return recording_find(w->recordings_dir, session, right) == ERR_NONE &&
           guard_same_secret(key, right, RECORDING_KEY_CHARACTERS);
}

static int nothing_here(struct lws *wsi)
{
    return http_refuse(wsi, 404, "There is no recording under this link.");
}

/* Head of the answer; 0, or -1. */
static int write_head(struct lws *wsi, const char *name, enum guard_range range, uint64_t first,
                      uint64_t length, uint64_t size)
{
    unsigned char buffer[LWS_PRE + RESPONSE_MAX], *start = buffer + LWS_PRE, *at = start;
    unsigned char *end = buffer + sizeof buffer;
    const char *type = guard_media_type(name);
    char text[80];
    if (lws_add_http_header_status(wsi, range == RANGE_PART ? 206 : 200, &at, end) != 0 ||
        lws_add_http_header_by_token(wsi, WSI_TOKEN_HTTP_CONTENT_TYPE, (const unsigned char *)type,
                                     (int)strlen(type), &at, end) != 0 ||
        lws_add_http_header_by_token(wsi, WSI_TOKEN_HTTP_CACHE_CONTROL, (const unsigned char *)"no-cache", 8,
                                     &at, end) != 0 ||
        lws_add_http_header_by_token(wsi, WSI_TOKEN_HTTP_ACCEPT_RANGES, (const unsigned char *)"bytes", 5,
                                     &at, end) != 0)
        return -1;
    int len = snprintf(text, sizeof text, "bytes %llu-%llu/%llu", (unsigned long long)first,
                       (unsigned long long)(first + length - 1), (unsigned long long)size);
    if (range == RANGE_PART && lws_add_http_header_by_token(wsi, WSI_TOKEN_HTTP_CONTENT_RANGE,
                                                            (const unsigned char *)text, len, &at, end) != 0)
        return -1;
    if (lws_add_http_header_content_length(wsi, length, &at, end) != 0)
        return -1;
    return lws_finalize_write_http_header(wsi, start, &at, end) != 0 ? -1 : 0;
}

static int outside(struct lws *wsi, uint64_t size)
{
    char extra[80];
    snprintf(extra, sizeof extra, "content-range: bytes */%llu\r\n", (unsigned long long)size);
    return http_answer(wsi, 416, "application/json", extra, "{\"error\":\"The file is shorter than that.\"}");
}

static int begin(struct lws *wsi, struct http_request *request, const char *name, int fd, uint64_t size)
{
    char text[100] = "";
    uint64_t first = 0, last = size - 1;
    enum guard_range range = RANGE_ALL;
    if (web_header(wsi, WSI_TOKEN_HTTP_RANGE, text, sizeof text) && text[0] != 0)
        range = guard_range(text, size, &first, &last);
    struct sending *s = range == RANGE_OUTSIDE ? NULL : calloc(1, sizeof *s);
    uint64_t length = size == 0 ? 0 : last - first + 1;
    if (s == NULL || write_head(wsi, name, range, first, length, size) != 0) {
        free(s);
        close(fd);
        return range == RANGE_OUTSIDE ? outside(wsi, size) : -1;
    }
    *s = (struct sending){fd, first, length};
    request->sending = s;
    if (lws_hdr_total_length(wsi, WSI_TOKEN_HEAD_URI) != 0)
        s->left = 0;
    lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, IDLE_SECONDS);
    lws_callback_on_writable(wsi);
    return 0;
}

static int serve_recorded(struct lws *wsi, struct http_request *request, const char *session,
                          const char *name)
{
    struct stat st;
    int fd = open_file(web_of(wsi), session, name);
    if (fd < 0)
        return nothing_here(wsi);
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
        return begin(wsi, request, name, fd, (uint64_t)st.st_size);
    close(fd);
    return nothing_here(wsi);
}

int replay_serve(struct lws *wsi, struct http_request *request, const char *path)
{
    char session[17], key[RECORDING_KEY_CHARACTERS + 1], asset[64];
    const char *name;
    if (!guard_replay(path, session, key, &name) || !key_is_right(web_of(wsi), session, key))
        return nothing_here(wsi);
    if (is_recorded_file(name))
        return serve_recorded(wsi, request, session, name);
    snprintf(asset, sizeof asset, "/replay/%s", name[0] != 0 ? name : "index.html");
    return files_serve_asset(wsi, asset);
}

int replay_writeable(struct lws *wsi, struct http_request *request)
{
    struct sending *s = request->sending;
    unsigned char buffer[LWS_PRE + PIECE_BYTES];
    size_t wanted = s->left < PIECE_BYTES ? (size_t)s->left : PIECE_BYTES;
    if (wanted > 0) {
        ssize_t n = pread(s->fd, buffer + LWS_PRE, wanted, (off_t)s->at);
        if (n <= 0) /* it was cut meanwhile */
            return -1;
        s->at += (uint64_t)n;
        s->left -= (uint64_t)n;
        if (lws_write(wsi, buffer + LWS_PRE, (size_t)n,
                      s->left > 0 ? LWS_WRITE_HTTP : LWS_WRITE_HTTP_FINAL) != (int)n)
            return -1;
    }
    if (s->left > 0) {
        lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, IDLE_SECONDS);
        lws_callback_on_writable(wsi);
        return 0;
    }
    replay_gone(request);
    return lws_http_transaction_completed(wsi) != 0 ? -1 : 0;
}

void replay_gone(struct http_request *request)
{
    if (request == NULL || request->sending == NULL)
        return;
    close(request->sending->fd);
    free(request->sending);
    request->sending = NULL;
}
