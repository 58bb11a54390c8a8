#include "io/secrets.h"

#include <stdio.h>
#include <string.h>

#include "io/log.h"

#define JWT_KEY     "jwt-secret-file"
#define WEBHOOK_KEY "webhook-secret-file"
#define WHY_MAX     (OPTIONS_PATH_MAX + 200)

enum err secrets_read(struct secrets *s, const struct options *options, char *why, size_t why_size)
{
    char first[WHY_MAX] = "", second[WHY_MAX] = "";
    enum err jwt = secret_file_read(JWT_KEY, options->jwt_secret_file, &s->jwt, first, sizeof first);
    enum err webhook =
        secret_file_read(WEBHOOK_KEY, options->webhook_secret_file, &s->webhook, second, sizeof second);
    if (jwt == ERR_NONE && webhook == ERR_NONE)
        return ERR_NONE;
    snprintf(why, why_size, "%s%s%s", jwt != ERR_NONE ? first : "",
             jwt != ERR_NONE && webhook != ERR_NONE ? "\naulad: " : "", webhook != ERR_NONE ? second : "");
    return ERR_SYSTEM;
}

static void reload(const char *key, const char *file, bool may_go, struct secret *kept)
{
    struct secret fresh;
    char why[WHY_MAX];
    if (secret_file_read(key, file, &fresh, why, sizeof why) != ERR_NONE) {
        log_error("The secret stays as it was: %s", why);
        return;
    }
    bool same = fresh.len == kept->len && memcmp(fresh.bytes, kept->bytes, fresh.len) == 0;
    if (same || (fresh.len == 0 && !may_go))
        return;
    *kept = fresh;
    log_info("%s: a new secret was read.", key);
}

void secrets_reload(struct secrets *s, const struct options *options)
{
    reload(JWT_KEY, options->jwt_secret_file, true, &s->jwt);
    reload(WEBHOOK_KEY, options->webhook_secret_file, false, &s->webhook);
}
