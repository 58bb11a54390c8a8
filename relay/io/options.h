/* What the operator set: flags on the command line, and the same names as keys of an INI file. A flag goes
 * before the file. Every mistake is one line that says where it is, what is wrong and how to mend it; all of
 * them are told at once. */
#ifndef AULA_RELAY_IO_OPTIONS_H
#define AULA_RELAY_IO_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

#include "base/address.h"

#define OPTIONS_PATH_MAX   512 /* bytes of a file's name, closing zero included */
#define OPTIONS_URL_MAX    200 /* join URLs are this, "/j/" and the token */
#define OPTIONS_WORKERS    16  /* at the most (DESK_WORKERS_MAX) */
#define OPTIONS_PUBLIC_MAX 2   /* one IPv4 and one IPv6 */

struct options {
    char data[OPTIONS_PATH_MAX];
    char config[OPTIONS_PATH_MAX]; /* "" = none */
    struct address listen, media;
    struct address public_addresses[OPTIONS_PUBLIC_MAX]; /* port 0 */
    int public_count;
    struct address metrics; /* port 0 and has_metrics false = off */
    bool has_metrics;
    char tls_cert[OPTIONS_PATH_MAX], tls_key[OPTIONS_PATH_MAX]; /* both or neither */
    char url[OPTIONS_URL_MAX];                                  /* "" = made from the addresses */
    int workers;
    bool log_json;
    bool check_config;
    bool verify_log;
    int retention_days; /* sessions that are over are kept for so long; 0 = for ever */
    char webhook_url[OPTIONS_PATH_MAX], webhook_secret_file[OPTIONS_PATH_MAX]; /* both or neither */
    char webhook_ca[OPTIONS_PATH_MAX];                                         /* "" = the system's */
    char jwt_secret_file[OPTIONS_PATH_MAX];                                    /* "" = no JWT is taken */
    bool record_chat;            /* chat goes into recordings too */
    int connections;             /* TCP connections held at once */
    int connections_per_address; /* of these from one IP address: a whole school may stand behind one */
    int handshakes_per_s;        /* TLS handshakes begun a second; more wait their turn */
};

enum options_verdict {
    OPTIONS_RUN,
    OPTIONS_DONE, /* --help or --version was answered: exit 0 */
    OPTIONS_WRONG /* the mistakes were told: exit 2 */
};

/* Reads argv and the file it names. `out` gets what was asked for, `mistakes` what is wrong. *ret_options is
 * complete only on OPTIONS_RUN. */
enum options_verdict options_read(int argc, char *const argv[], FILE *out, FILE *mistakes,
                                  struct options *ret_options);

#endif
