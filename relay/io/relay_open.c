/* Everything that is opened, step by step, in the order in which mistakes are best found. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/activation.h"
#include "io/clock.h"
#include "io/entropy.h"
#include "io/figures.h"
#include "io/link_key.h"
#include "io/relay_parts.h"
#include "io/socket_address.h"
#include "link/link.h"

#define DESCRIPTORS_MAX 17000 /* connections and some; a container's limit of 10^9 would eat memory */

static enum err open_folder(struct relay *r, char *why, size_t why_size)
{
    const char *dir = r->options.data;
    struct stat st;
    if (mkdir(dir, 0700) != 0 && errno != EEXIST)
        snprintf(why, why_size, "%s: the data folder cannot be made: %s", dir, strerror(errno));
    else if (stat(dir, &st) != 0)
        snprintf(why, why_size, "%s: cannot be read: %s", dir, strerror(errno));
    else if (!S_ISDIR(st.st_mode))
        snprintf(why, why_size, "%s: is no folder", dir);
    else if (access(dir, R_OK | W_OK | X_OK) != 0)
        snprintf(why, why_size, "%s: the data folder cannot be written: %s", dir, strerror(errno));
    else
        return ERR_NONE;
    return ERR_SYSTEM;
}

static void name_files(struct relay *r)
{
    const char *dir = r->options.data;
    snprintf(r->control_file, sizeof r->control_file, "%s/control.sock", dir);
    snprintf(r->decks_dir, sizeof r->decks_dir, "%s/decks", dir);
    snprintf(r->recordings_dir, sizeof r->recordings_dir, "%s/recordings", dir);
}

static enum err open_sockets(struct relay *r, char *why, size_t why_size)
{
    struct activation passed;
    enum err error = activation_read(&passed, why, why_size);
    struct address metrics;
    if (error == ERR_NONE)
        error = activation_socket(&passed, SOCK_STREAM, &r->options.listen, &r->listen_fd, &r->listen, why,
                                  why_size);
    if (error == ERR_NONE && r->options.has_metrics)
        error = activation_socket(&passed, SOCK_STREAM, &r->options.metrics, &r->metrics_fd, &metrics, why,
                                  why_size);
    for (int i = 0; i < r->options.workers && error == ERR_NONE; i++) {
        struct address at = r->options.media;
        at.port = at.port == 0 ? 0 : (uint16_t)(at.port + i);
        error = activation_socket(&passed, SOCK_DGRAM, &at, &r->media_fds[i], &r->media[i], why, why_size);
    }
    return error == ERR_NONE ? activation_done(&passed, why, why_size) : error;
}

/* Where members reach worker `i`, as far as its socket takes part in the family. */
static int media_addresses(const struct relay *r, int i, struct address ret_addresses[DESK_ADDRESSES_MAX])
{
    const struct address *bound = &r->media[i];
    struct address all[DESK_ADDRESSES_MAX] = {*bound};
    size_t count = 1;
    if (r->options.public_count > 0) {
        count = (size_t)r->options.public_count;
        memcpy(all, r->options.public_addresses, sizeof all);
    } else if (address_is_any(bound)) {
        count = socket_own_addresses(all);
    }
    bool both = !address_is_v4(bound) && address_is_any(bound);
    int n = 0;
    for (size_t k = 0; k < count; k++)
        if (both || address_is_v4(&all[k]) == address_is_v4(bound)) {
            ret_addresses[n] = all[k];
            ret_addresses[n++].port = bound->port;
        }
    return n;
}

static enum err describe(struct relay *r, char *why, size_t why_size)
{
    struct desk_config *c = &r->desk_config;
    c->entropy = entropy_of_system();
    c->identity = r->identity;
    c->workers = r->options.workers;
    c->record_chat = r->options.record_chat;
    enum err error = secrets_read(&r->secrets, &r->options, why, why_size);
    if (error != ERR_NONE)
        return error;
    c->jwt_secret = r->secrets.jwt.bytes;
    c->jwt_secret_len = r->secrets.jwt.len;
    if (link_key_open(r->options.data, c->link_key, why, why_size) != ERR_NONE)
        return ERR_SYSTEM;
    c->wall_minus_monotonic_us = clock_wall_us() - clock_monotonic_us();
    for (int i = 0; i < c->workers; i++)
        if (media_addresses(r, i, c->media[i]) == 0) {
            snprintf(why, why_size, "--public-address: the socket of --media has no address of that family");
            return ERR_SYSTEM;
        }
    struct address host = r->listen, own[2];
    if (r->options.public_count > 0)
        host = r->options.public_addresses[0];
    else if (address_is_any(&host) && socket_own_addresses(own) > 0)
        host = own[0];
    host.port = r->listen.port;
    char text[ADDRESS_TEXT_MAX], media[ADDRESS_TEXT_MAX];
    address_print(&host, text);
    c->url_is_public = r->options.url[0] != 0;
    if (c->url_is_public)
        snprintf(c->url, sizeof c->url, "%s", r->options.url);
    else
        snprintf(c->url, sizeof c->url, "https://%s", text);
    address_print(&r->listen, text);
    address_print(&r->media[0], media);
    snprintf(r->ready_line, sizeof r->ready_line, "ready https://%s media %s", text, media);
    return ERR_NONE;
}

static enum err restore_row(void *self, const struct desk_row *row)
{
    struct relay *r = self;
    return desk_restore(r->pump.desk, row);
}

/* The desk as the log left it. */
static enum err open_desk(struct relay *r, char *why, size_t why_size)
{
    uint64_t last_row = 0;
    enum err error = desk_create(&r->desk_config, &r->pump.desk);
    if (error != ERR_NONE)
        snprintf(why, why_size, "there is not enough memory");
    else
        error = store_replay(r->pump.store, restore_row, r, why, why_size, &last_row);
    if (error != ERR_NONE)
        return error;
    error = desk_restored(r->pump.desk, last_row, clock_monotonic_us());
    if (error == ERR_NONE)
        error = store_start(r->pump.store);
    if (error != ERR_NONE)
        snprintf(why, why_size, "%s/aula.db: the sessions of the event log cannot be taken up: %s",
                 r->options.data, err_text(error));
    return error;
}

/* In the build folder the page lies where the build put it, else where it was installed. */
static const char *web_folder(void)
{
    char self[1024];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self);
    size_t root = strlen(AULA_BUILD_ROOT);
    bool built = len > (ssize_t)root && memcmp(self, AULA_BUILD_ROOT, root) == 0 && self[root] == '/';
    return built ? AULA_WEB_BUILT : AULA_WEB_INSTALLED;
}

struct accept_limits relay_limits(const struct options *o)
{
    return (struct accept_limits){o->connections, o->connections_per_address, o->handshakes_per_s};
}

static void write_figures(void *self, struct metrics_text *t)
{
    const struct relay *r = self;
    figures_write(&r->pump, t);
}

static enum err open_shells(struct relay *r, char *why, size_t why_size)
{
    const struct recorder_listener recorder = pump_recorder_listener(&r->pump);
    const struct control_listener control = pump_control_listener(&r->pump);
    const struct web_config web = {.loop = &r->loop,
                                   .listen_fd = r->listen_fd,
                                   .cert_file = r->certificate.cert_file,
                                   .key_file = r->certificate.key_file,
                                   .web_dir = web_folder(),
                                   .decks_dir = r->decks_dir,
                                   .recordings_dir = r->recordings_dir,
                                   .decks = r->decks,
                                   .limits = relay_limits(&r->options),
                                   .seed = entropy_u64(entropy_of_system()),
                                   .listener = pump_web_listener(&r->pump)};
    const struct webhook_target hook = {r->options.webhook_url, r->options.webhook_ca, &r->secrets.webhook};
    enum err error = web_create(&web, why, why_size, &r->pump.web);
    if (error == ERR_NONE)
        error =
            control_door_create(&r->loop, r->control_file, r->decks, &control, why, why_size, &r->pump.door);
    if (error == ERR_NONE && r->options.has_metrics)
        error = metrics_create(&r->loop, r->metrics_fd, write_figures, r, &r->metrics);
    if (error == ERR_NONE)
        error =
            recorder_create(&r->loop, r->recordings_dir, r->options.workers, &recorder, &r->pump.recorder);
    if (error == ERR_NONE)
        error = webhook_create(r->options.data, &hook, why, why_size, &r->pump.webhook);
    const struct worker_listener workers = pump_worker_listener(&r->pump);
    for (int i = 0; i < r->options.workers && error == ERR_NONE; i++) {
        error = worker_create(&r->loop, i, r->media_fds[i], &r->media[i], &workers, &r->pump.workers[i]);
        if (error != ERR_NONE)
            snprintf(why, why_size, "worker %d cannot start: %s", i, err_text(error));
    }
    return error;
}

static void tell_pump(struct relay *r)
{
    r->pump.url = r->desk_config.url;
    r->pump.certificate = &r->certificate;
    r->pump.data = r->options.data;
    r->pump.started_us = clock_monotonic_us();
    r->pump.places.recordings = r->recordings_dir;
    r->pump.places.decks = r->decks_dir;
    r->pump.places.web = web_folder();
    r->pump.retention_days = r->options.retention_days;
}

static void limit_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max < DESCRIPTORS_MAX ? limit.rlim_max : DESCRIPTORS_MAX;
    setrlimit(RLIMIT_NOFILE, &limit);
}

enum err relay_open(const struct options *options, int argc, char *const argv[], char *why, size_t why_size,
                    struct relay **ret_relay)
{
    struct relay *r = calloc(1, sizeof *r);
    if (r == NULL || uv_loop_init(&r->loop) != 0)
        return ERR_MEMORY;
    uv_loop_configure(&r->loop, UV_METRICS_IDLE_TIME);
    r->options = *options;
    r->argc = argc;
    r->argv = argv;
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a limit on files' sizes is a full disk, not an end */
    limit_descriptors();
    name_files(r);
    const struct store_listener store = pump_store_listener(&r->pump);
    enum err error = open_folder(r, why, why_size);
    if (error == ERR_NONE)
        error = store_open(r->options.data, &r->loop, &store, why, why_size, &r->pump.store);
    if (error == ERR_NONE)
        error = open_sockets(r, why, why_size);
    if (error == ERR_NONE)
        error = certificate_care_open(&r->certificate, &r->options, &r->listen, why, why_size);
    if (error == ERR_NONE)
        error = link_identity_create(&r->identity);
    if (error == ERR_NONE)
        error = describe(r, why, why_size);
    if (error == ERR_NONE)
        error = decks_create(r->options.data, &r->loop, entropy_of_system(), why, why_size, &r->decks);
    if (error == ERR_NONE)
        error = open_desk(r, why, why_size);
    if (error == ERR_NONE)
        error = open_shells(r, why, why_size);
    if (error != ERR_NONE)
        return error;
    tell_pump(r);
    relay_watch_signals(r);
    pump_start(&r->pump, &r->loop);
    *ret_relay = r;
    return ERR_NONE;
}
