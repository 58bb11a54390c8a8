/* aulad, the relay. What it is: relay/README.md. */
#include <stdio.h>
#include <unistd.h>

#include "io/certificate.h"
#include "io/log.h"
#include "io/options.h"
#include "io/relay.h"
#include "io/secrets.h"
#include "io/verify_log.h"

#define EXIT_WRONG 2 /* a wrong flag, a busy port, an unreadable folder */

/* Ends at once: what was opened half way, the system takes back. */
static int give_up(const char *why)
{
    fprintf(stderr, "aulad: %s\n", why);
    _exit(EXIT_WRONG);
}

static int check(const struct options *options)
{
    char certificate[1200] = "", secret[1600] = "", why[3000];
    struct secrets secrets;
    bool good = options->tls_cert[0] == 0 || certificate_check(options->tls_cert, options->tls_key,
                                                               certificate, sizeof certificate) == ERR_NONE;
    if (secrets_read(&secrets, options, secret, sizeof secret) != ERR_NONE || !good) {
        snprintf(why, sizeof why, "%s%s%s", certificate, !good && secret[0] != 0 ? "\naulad: " : "", secret);
        return give_up(why);
    }
    printf("The configuration is good.\n");
    return 0;
}

int main(int argc, char *argv[])
{
    struct options options;
    struct relay *relay;
    char why[1200] = "there is not enough memory";
    switch (options_read(argc, argv, stdout, stderr, &options)) {
    case OPTIONS_DONE:
        return 0;
    case OPTIONS_WRONG:
        return EXIT_WRONG;
    case OPTIONS_RUN:
        break;
    }
    log_use_json(options.log_json);
    if (options.check_config)
        return check(&options);
    if (options.verify_log)
        return verify_log_print(options.data);
    if (relay_open(&options, argc, argv, why, sizeof why, &relay) != ERR_NONE)
        return give_up(why);
    printf("%s\n", relay_ready_line(relay));
    fflush(stdout);
    relay_run(relay);
    return 0;
}
