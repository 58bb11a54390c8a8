#include "io/option_keys.h"

#include <stdlib.h>
#include <string.h>

#include "io/guards.h"

static bool set_text(char *place, size_t size, const char *value, char why[OPTION_WHY_MAX])
{
    if (value[0] == 0) {
        snprintf(why, OPTION_WHY_MAX, "is empty");
        return false;
    }
    if (strlen(value) >= size) {
        snprintf(why, OPTION_WHY_MAX, "is longer than %zu characters", size - 1);
        return false;
    }
    memcpy(place, value, strlen(value) + 1);
    return true;
}

static bool set_data(struct options *o, const char *value, char why[OPTION_WHY_MAX])
{
    return set_text(o->data, sizeof o->data, value, why);
}

static bool set_config(struct options *o, const char *value, char why[OPTION_WHY_MAX])
{
    return set_text(o->config, sizeof o->config, value, why);
}

static bool set_cert(struct options *o, const char *value, char why[OPTION_WHY_MAX])
{
    return set_text(o->tls_cert, sizeof o->tls_cert, value, why);
}

static bool set_key(struct options *o, const char *value, char why[OPTION_WHY_MAX])
{
    return set_text(o->tls_key, sizeof o->tls_key, value, why);
}

static bool set_url(struct options *o, const char *value, char why[OPTION_WHY_MAX])
{
    size_t len = strlen(value);
    bool host = strncmp(value, "https://", 8) == 0 && len > 8 && strpbrk(value + 8, "/?#@ \"\\") == NULL;
    if (!host) {
        snprintf(why, OPTION_WHY_MAX,
                 "must be https:// and a host with nothing after it, as https://hall.example.org:8443");
        return false;
    }
    return set_text(o->url, sizeof o->url, value, why);
}

static bool set_jwt_secret(struct options *o, const char *value, char why[OPTION_WHY_MAX])
{
    return set_text(o->jwt_secret_file, sizeof o->jwt_secret_file, value, why);
}

static bool set_webhook(struct options *o, const char *value, char why[OPTION_WHY_MAX])
{
    if (guard_webhook_url(value))
        return set_text(o->webhook_url, sizeof o->webhook_url, value, why);
    snprintf(why, OPTION_WHY_MAX,
             "must be https:// and an address, or http:// and one of this machine (127.0.0.1, localhost, "
             "[::1]), not "
             "'%.60s'",
             value);
    return false;
}

static bool set_webhook_secret(struct options *o, const char *value, char why[OPTION_WHY_MAX])
{
    return set_text(o->webhook_secret_file, sizeof o->webhook_secret_file, value, why);
}

static bool set_webhook_ca(struct options *o, const char *value, char why[OPTION_WHY_MAX])
{
    return set_text(o->webhook_ca, sizeof o->webhook_ca, value, why);
}

static bool set_endpoint(struct address *place, const char *value, char why[OPTION_WHY_MAX])
{
    struct address address;
    if (address_parse(value, &address) != ERR_NONE) {
        snprintf(why, OPTION_WHY_MAX,
                 "must be an IP address and a port, as 127.0.0.1:8443 or [::1]:8443, not '%.60s'", value);
        return false;
    }
    *place = address;
    return true;
}

static bool set_listen(struct options *o, const char *value, char why[OPTION_WHY_MAX])
{
    return set_endpoint(&o->listen, value, why);
}

static bool set_media(struct options *o, const char *value, char why[OPTION_WHY_MAX])
{
    return set_endpoint(&o->media, value, why);
}

static bool set_metrics(struct options *o, const char *value, char why[OPTION_WHY_MAX])
{
    o->has_metrics = set_endpoint(&o->metrics, value, why);
    return o->has_metrics;
}

static bool set_public(struct options *o, const char *value, char why[OPTION_WHY_MAX])
{
    struct address address;
    if (address_parse_ip(value, 0, &address) != ERR_NONE) {
        snprintf(why, OPTION_WHY_MAX, "must be an IP address without a port, as 203.0.113.7, not '%.60s'",
                 value);
        return false;
    }
    for (int i = 0; i < o->public_count; i++)
        if (address_is_v4(&o->public_addresses[i]) == address_is_v4(&address)) {
            snprintf(why, OPTION_WHY_MAX, "was given already for this family: at most one IPv4 and one IPv6");
            return false;
        }
    o->public_addresses[o->public_count++] = address;
    return true;
}

static bool set_number(int *place, const char *value, int least, int most, char why[OPTION_WHY_MAX])
{
    size_t digits = strspn(value, "0123456789");
    long n = digits > 0 && digits < 8 && value[digits] == 0 ? strtol(value, NULL, 10) : -1;
    if (n < least || n > most) {
        snprintf(why, OPTION_WHY_MAX, "must be a whole number from %d to %d, not '%.60s'", least, most,
                 value);
        return false;
    }
    *place = (int)n;
    return true;
}

static bool set_workers(struct options *o, const char *value, char why[OPTION_WHY_MAX])
{
    return set_number(&o->workers, value, 1, OPTIONS_WORKERS, why);
}

static bool set_connections(struct options *o, const char *value, char why[OPTION_WHY_MAX])
{
    return set_number(&o->connections, value, 10, 16000, why);
}

static bool set_per_address(struct options *o, const char *value, char why[OPTION_WHY_MAX])
{
    return set_number(&o->connections_per_address, value, 1, 16000, why);
}

static bool set_handshakes(struct options *o, const char *value, char why[OPTION_WHY_MAX])
{
    return set_number(&o->handshakes_per_s, value, 10, 10000, why);
}

static bool set_log_format(struct options *o, const char *value, char why[OPTION_WHY_MAX])
{
    o->log_json = strcmp(value, "json") == 0;
    if (o->log_json || strcmp(value, "text") == 0)
        return true;
    snprintf(why, OPTION_WHY_MAX, "must be text or json, not '%.60s'", value);
    return false;
}

static bool set_record_chat(struct options *o, const char *value, char why[OPTION_WHY_MAX])
{
    o->record_chat = strcmp(value, "yes") == 0;
    if (o->record_chat || strcmp(value, "no") == 0)
        return true;
    snprintf(why, OPTION_WHY_MAX, "must be yes or no, not '%.60s'", value);
    return false;
}

static bool set_check(struct options *o, const char *value, char why[OPTION_WHY_MAX])
{
    (void)value;
    (void)why;
    o->check_config = true;
    return true;
}

static bool set_retention(struct options *o, const char *value, char why[OPTION_WHY_MAX])
{
    return set_number(&o->retention_days, value, 0, 36500, why);
}

static bool set_verify(struct options *o, const char *value, char why[OPTION_WHY_MAX])
{
    (void)value;
    (void)why;
    o->verify_log = true;
    return true;
}

const struct option_key option_keys[] = {
    {"data", "DIR", true, true, false, set_data, "everything the relay keeps lies here (needed)"},
    {"config", "FILE.ini", true, false, false, set_config, "the same names as keys: listen = 0.0.0.0:8443"},
    {"listen", "ADDR:PORT", true, true, false, set_listen, "HTTPS and WSS (127.0.0.1:8443)"},
    {"media", "ADDR:PORT", true, true, false, set_media,
     "sound over UDP (127.0.0.1:8444); worker i: PORT + i"},
    {"public-address", "ADDR", true, true, true, set_public,
     "how the world reaches us, behind a NAT; IPv4, IPv6 or both"},
    {"metrics", "ADDR:PORT", true, true, false, set_metrics, "figures for Prometheus (off)"},
    {"tls-cert", "FILE", true, true, false, set_cert,
     "certificate chain, PEM; without one a self-signed one is made in DIR"},
    {"tls-key", "FILE", true, true, false, set_key, "its private key, PEM"},
    {"url", "https://HOST:PORT", true, true, false, set_url,
     "what join links begin with (made from the addresses)"},
    {"workers", "N", true, true, false, set_workers, "threads for sound (1)"},
    {"connections", "N", true, true, false, set_connections, "held at once (4000)"},
    {"connections-per-address", "N", true, true, false, set_per_address,
     "of these from one IP address (1000)"},
    {"handshakes-per-second", "N", true, true, false, set_handshakes,
     "TLS handshakes begun; more wait (250)"},
    {"log-format", "text|json", true, true, false, set_log_format, "one line each on standard error (text)"},
    {"record-chat", "yes|no", true, true, false, set_record_chat,
     "whether recordings hold the chat too (yes)"},
    {"webhook-url", "URL", true, true, false, set_webhook,
     "where events of sessions and attendance are posted (nowhere)"},
    {"webhook-secret-file", "FILE", true, true, false, set_webhook_secret, "what they are signed with"},
    {"webhook-ca", "FILE", true, true, false, set_webhook_ca,
     "certificates that its address is trusted by (the system's)"},
    {"jwt-secret-file", "FILE", true, true, false, set_jwt_secret,
     "shared secret of a portal whose JWTs are join links (none)"},
    {"check-config", NULL, true, false, false, set_check, "say what is wrong, serve nothing"},
    {"retention-days", "N", true, true, false, set_retention,
     "sessions are kept so long after their end; 0 = for ever (0)"},
    {"verify-log", NULL, true, false, false, set_verify, "look through the event log, serve nothing"},
    {NULL, NULL, false, false, false, NULL, NULL}};

/* Edits between two names, cut at a small number: enough to find a slip of the fingers. */
static int distance(const char *a, const char *b)
{
    if (*a == 0 || *b == 0)
        return (int)(strlen(a) + strlen(b));
    if (*a == *b)
        return distance(a + 1, b + 1);
    /* the first difference: one letter changed, left out or added, and no other */
    if (strcmp(a + 1, b + 1) == 0 || strcmp(a + 1, b) == 0 || strcmp(a, b + 1) == 0)
        return 1;
    return 9;
}

const char *option_nearest(const char *name)
{
    for (const struct option_key *k = option_keys; k->name != NULL; k++) {
        if (distance(name, k->name) <= 2)
            return k->name;
        size_t len = strlen(name);
        if (len >= 3 && strncmp(k->name, name, len) == 0)
            return k->name;
    }
    return NULL;
}
