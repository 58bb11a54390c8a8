#include "io/certificate_care.h"

#include <stdio.h>
#include <string.h>

#include "io/certificate.h"
#include "io/clock.h"
#include "io/log.h"
#include "io/socket_address.h"

#define DAY_MS (24 * 60 * 60 * (uint64_t)1000)
#define DAY_S  (24 * 60 * 60)

static void name_files(struct certificate_care *c, const struct options *options)
{
    c->own = options->tls_cert[0] == 0;
    if (c->own) {
        snprintf(c->cert_file, sizeof c->cert_file, "%s/tls.crt", options->data);
        snprintf(c->key_file, sizeof c->key_file, "%s/tls.key", options->data);
    } else {
        snprintf(c->cert_file, sizeof c->cert_file, "%s", options->tls_cert);
        snprintf(c->key_file, sizeof c->key_file, "%s", options->tls_key);
    }
}

static void name_addresses(struct certificate_care *c, const struct options *options,
                           const struct address *listen)
{
    c->names[c->name_count++] = *listen;
    for (int i = 0; i < options->public_count; i++)
        c->names[c->name_count++] = options->public_addresses[i];
    if (address_is_any(listen) && options->public_count == 0)
        c->name_count += socket_own_addresses(c->names + c->name_count);
}

/* Makes our own where it is not there, is about to end or names other addresses. */
static enum err make(struct certificate_care *c, bool *ret_made, char *why, size_t why_size)
{
    enum err error =
        certificate_ensure(c->cert_file, c->key_file, c->names, c->name_count, NULL, ret_made, why, why_size);
    if (error == ERR_NONE && *ret_made)
        log_info(
            "A self-signed certificate was made: %s. Browsers warn of it; give a real one with --tls-cert.",
            c->cert_file);
    return error;
}

int64_t certificate_care_days(const struct certificate_care *c)
{
    int64_t left_s = c->ends_s - clock_wall_us() / US_PER_S;
    return left_s >= 0 ? left_s / DAY_S : -1 - (-left_s - 1) / DAY_S;
}

static void look_at_its_end(struct certificate_care *c)
{
    c->ends_s = certificate_ends_s(c->cert_file);
    int64_t days = certificate_care_days(c);
    if (c->ends_s == 0 || days >= CERTIFICATE_WARN_DAYS)
        return;
    if (days < 0)
        log_error("The certificate %s has ended: browsers refuse it. Renew it, then send SIGHUP.",
                  c->cert_file);
    else
        log_warning("The certificate %s ends in %lld days. Renew it, then send SIGHUP.", c->cert_file,
                    (long long)days);
}

enum err certificate_care_open(struct certificate_care *c, const struct options *options,
                               const struct address *listen, char *why, size_t why_size)
{
    bool made;
    *c = (struct certificate_care){0};
    name_files(c, options);
    name_addresses(c, options, listen);
    enum err error =
        c->own ? make(c, &made, why, why_size) : certificate_check(c->cert_file, c->key_file, why, why_size);
    if (error == ERR_NONE)
        look_at_its_end(c);
    return error;
}

void certificate_care_reload(struct certificate_care *c)
{
    char why[1200];
    if (certificate_check(c->cert_file, c->key_file, why, sizeof why) != ERR_NONE)
        log_error("The certificate stays as it was: %s", why);
    else if (web_reload_certificate(c->web) != ERR_NONE)
        log_error("The certificate stays as it was: libwebsockets refused it.");
    else
        log_info("The certificate was read again.");
    look_at_its_end(c);
}

static void each_day(uv_timer_t *timer)
{
    struct certificate_care *c = timer->data;
    char why[1200];
    bool made = false;
    if (c->own && make(c, &made, why, sizeof why) != ERR_NONE)
        log_error("The certificate could not be made anew: %s", why);
    if (made)
        certificate_care_reload(c);
    else
        look_at_its_end(c);
}

void certificate_care_start(struct certificate_care *c, uv_loop_t *loop, struct web *web)
{
    c->web = web;
    uv_timer_init(loop, &c->daily);
    c->daily.data = c;
    uv_timer_start(&c->daily, each_day, DAY_MS, DAY_MS);
}

void certificate_care_end(struct certificate_care *c)
{
    uv_close((uv_handle_t *)&c->daily, NULL);
}
