#include "io/web_parts.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/table.h"
#include "io/clock.h"
#include "io/log.h"
#include "io/socket_address.h"

#define CSP                                                                                                  \
    "default-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; form-action 'self'"

/* On every answer. The names end in a colon: libwebsockets writes them as they stand. */
static const struct lws_protocol_vhost_options security_headers[] = {
    {&security_headers[1], NULL, "content-security-policy:", CSP},
    {&security_headers[2], NULL, "x-content-type-options:", "nosniff"},
    {&security_headers[3], NULL, "strict-transport-security:", "max-age=31536000"},
    {&security_headers[4], NULL, "cross-origin-opener-policy:", "same-origin"},
    {&security_headers[5], NULL, "cross-origin-embedder-policy:", "require-corp"},
    {&security_headers[6], NULL, "cross-origin-resource-policy:", "same-origin"},
    {NULL, NULL, "referrer-policy:", "no-referrer"}};

/* protocols[0] is HTTP; its name must be nothing a client would ask for. 4096 bytes a frame at a time. */
static const struct lws_protocols protocols[] = {
    {"http-only", http_callback, sizeof(struct http_request), 0, 0, NULL, 0},
    {WEB_PROTOCOL, ws_callback, sizeof(struct ws_connection), 4096, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0}};

/* A dead line is found by a ping after 15 s without traffic, and cut 10 s later. */
static const lws_retry_bo_t validity = {.secs_since_valid_ping = 15, .secs_since_valid_hangup = 25};

static void lws_says(int level, const char *line)
{
    size_t len = strcspn(line, "\n");
    if (level == LLL_ERR)
        log_warning("libwebsockets: %.*s", (int)len, line);
}

struct web *web_of(struct lws *wsi)
{
    return lws_context_user(lws_get_context(wsi));
}

struct address web_caller(struct lws *wsi)
{
    struct sockaddr_storage name = {0};
    socklen_t len = sizeof name;
    getpeername(lws_get_socket_fd(wsi), (struct sockaddr *)&name, &len);
    return socket_address_get(&name);
}

bool web_header(struct lws *wsi, enum lws_token_indexes header, char *ret_value, size_t size)
{
    ret_value[0] = 0;
    int len = lws_hdr_total_length(wsi, header);
    return len == 0 || ((size_t)len < size && lws_hdr_copy(wsi, ret_value, (int)size, header) >= 0);
}

static void adopt(void *self, int fd, struct caller *caller)
{
    struct web *w = self;
    const lws_adopt_desc_t description = {
        .vh = w->vhost, .type = LWS_ADOPT_SOCKET | LWS_ADOPT_HTTP | LWS_ADOPT_ALLOW_SSL, .fd.sockfd = fd};
    int bytes = SOCKET_SEND_BYTES;
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    struct lws *wsi = lws_adopt_descriptor_vhost_via_info(&description);
    if (wsi == NULL)
        accept_release(w->accept, caller); /* libwebsockets has closed it */
    else
        lws_set_opaque_user_data(wsi, caller); /* given back in LWS_CALLBACK_WSI_DESTROY */
}

static enum err make_context(struct web *w, char *why, size_t why_size)
{
    void *loops[1] = {w->loop};
    struct lws_context_creation_info info = {
        .foreign_loops = loops,
        /* EXPLICIT_VHOSTS: else a failure gives a context that vanishes later instead of NULL */
        .options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT |
                   LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_VALIDATE_UTF8,
        .port = CONTEXT_PORT_NO_LISTEN_SERVER, /* we accept ourselves */
        .pcontext = &w->context,
        .user = w,
        .alpn = "http/1.1",       /* HTTP/2 loses long WebSocket messages in this version */
        .server_string = "aulad", /* an empty one aborts the process */
        .headers = security_headers,
        .protocols = protocols,
        .timeout_secs = 10,
        .keepalive_timeout = 15,
        .max_http_header_data = HEADERS_MAX_BYTES,
        .pt_serv_buf_size = 16384,
        .retry_and_idle_policy = &validity,
        .extensions = NULL, /* permessage-deflate stalls in this version */
        .ssl_cert_filepath = w->cert_file,
        .ssl_private_key_filepath = w->key_file,
    };
    lws_set_log_level(LLL_ERR, lws_says);
    w->context = lws_create_context(&info);
    if (w->context == NULL) {
        snprintf(why, why_size, "libwebsockets did not start; is libwebsockets-evlib-uv installed?");
        return ERR_SYSTEM;
    }
    w->vhost = lws_create_vhost(w->context, &info);
    if (w->vhost == NULL) {
        snprintf(why, why_size, "%s: libwebsockets does not take this certificate", w->cert_file);
        return ERR_SYSTEM;
    }
    return ERR_NONE;
}

enum err web_create(const struct web_config *config, char *why, size_t why_size, struct web **ret_web)
{
    struct web *w = calloc(1, sizeof *w);
    if (w != NULL) {
        w->loop = config->loop;
        w->decks = config->decks;
        w->listener = config->listener;
        w->cert_file = strdup(config->cert_file);
        w->key_file = strdup(config->key_file);
        w->web_dir = strdup(config->web_dir);
        w->decks_dir = strdup(config->decks_dir);
        w->recordings_dir = strdup(config->recordings_dir);
    }
    snprintf(why, why_size, "there is not enough memory");
    if (w == NULL || w->cert_file == NULL || w->key_file == NULL || w->web_dir == NULL ||
        w->decks_dir == NULL || w->recordings_dir == NULL)
        return ERR_MEMORY;
    enum err error = ws_shell_init(w, config->seed);
    if (error == ERR_NONE)
        error = api_init(w);
    if (error == ERR_NONE)
        error = make_context(w, why, why_size);
    if (error == ERR_NONE)
        error = accept_create(config->loop, config->listen_fd, &config->limits, config->seed, adopt, w,
                              &w->accept);
    if (error == ERR_NONE)
        *ret_web = w; /* a relay that cannot start its web side ends: what is half made ends with it */
    return error;
}

enum err web_reload_certificate(struct web *w)
{
    int refused = lws_tls_cert_updated(w->context, w->cert_file, w->key_file, NULL, 0, NULL, 0);
    return refused == 0 ? ERR_NONE : ERR_SYSTEM;
}

void web_set_limits(struct web *w, const struct accept_limits *limits)
{
    accept_set_limits(w->accept, limits);
}

void web_stop(struct web *w)
{
    accept_stop(w->accept);
    ws_close_all(w, LWS_CLOSE_STATUS_GOINGAWAY);
    web_sweep(w);
}

int web_sockets(const struct web *w)
{
    return w->counters.sockets;
}

void web_end(struct web *w)
{
    accept_stop(w->accept);
    uv_close((uv_handle_t *)&w->ws.deadline, NULL);
    uv_close((uv_handle_t *)&w->ws.more, NULL);
    lws_context_destroy(w->context);
}

void web_destroy(struct web *w)
{
    if (w->context != NULL)
        lws_context_destroy(w->context);
    accept_destroy(w->accept);
    ws_shell_finish(w);
    api_finish(w);
    free(w->cert_file);
    free(w->key_file);
    free(w->web_dir);
    free(w->decks_dir);
    free(w->recordings_dir);
    free(w);
}

struct web_counters web_counters(const struct web *w)
{
    return w->counters;
}

const struct accept_counters *web_accept_counters(const struct web *w)
{
    return accept_counters(w->accept);
}
