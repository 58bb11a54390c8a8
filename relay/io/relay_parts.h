/* What the files of the relay share: relay_open makes it, relay runs and ends it. */
#ifndef AULA_RELAY_IO_RELAY_PARTS_H
#define AULA_RELAY_IO_RELAY_PARTS_H

#include <uv.h>

#include "io/certificate_care.h"
#include "io/metrics.h"
#include "io/notify.h"
#include "io/pump.h"
#include "io/relay.h"
#include "io/secrets.h"

#define FILE_NAME_MAX (OPTIONS_PATH_MAX + 32)

struct relay {
    uv_loop_t loop;
    struct options options;
    int argc;
    char *const *argv;
    struct address listen, media[DESK_WORKERS_MAX];
    int metrics_fd, listen_fd, media_fds[DESK_WORKERS_MAX];
    struct certificate_care certificate;
    char control_file[FILE_NAME_MAX], decks_dir[FILE_NAME_MAX], recordings_dir[FILE_NAME_MAX];
    char ready_line[4 * ADDRESS_TEXT_MAX];
    struct desk_config desk_config;
    struct secrets secrets;
    struct link_identity *identity;
    struct decks *decks;
    struct metrics *metrics; /* NULL: off */
    struct pump pump;
    uv_signal_t on_term, on_int, on_hup;
    uv_timer_t goodbye;
    struct watchdog watchdog;
    bool stopping;
    point_us stopped_us;
};

struct accept_limits relay_limits(const struct options *o);
/* Takes signals from now on, and looks after the certificate. */
void relay_watch_signals(struct relay *r);

#endif
