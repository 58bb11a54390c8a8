#include "io/webhook_post.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "io/webhook.h"
#include "link/crypto.h"

#define ANSWER_MAX 65536 /* bytes of an answer nobody reads */
#define POLL_MS    1000

struct webhook_post {
    const char *url, *ca;
    CURLM *multi; /* its poll can be woken from another thread */
    size_t answered;
    char detail[CURL_ERROR_SIZE]; /* libcurl's words for what failed; "" = none */
    atomic_bool broken;
};

struct webhook_post *webhook_post_create(const char *url, const char *ca)
{
    struct webhook_post *p = calloc(1, sizeof *p);
    if (p == NULL)
        return NULL;
    p->url = url;
    p->ca = ca;
    p->multi = curl_multi_init();
    if (p->multi != NULL)
        return p;
    free(p);
    return NULL;
}

void webhook_post_destroy(struct webhook_post *p)
{
    if (p != NULL)
        curl_multi_cleanup(p->multi);
    free(p);
}

void webhook_post_break(struct webhook_post *p)
{
    atomic_store(&p->broken, true);
    curl_multi_wakeup(p->multi);
}

static size_t ignore(char *bytes, size_t size, size_t count, void *self)
{
    struct webhook_post *p = self;
    (void)bytes;
    p->answered += size * count;
    return p->answered <= ANSWER_MAX ? size * count : 0;
}

/* "Aula-Signature: t=SECONDS,v1=HEX", HEX being HMAC-SHA256 over "SECONDS.BODY". */
static enum err sign(const struct secret *secret, int64_t now_s, const char *body, size_t len, char line[160])
{
    uint8_t sum[CRYPTO_SHA256_LEN];
    char *text = malloc(len + 32);
    if (text == NULL)
        return ERR_MEMORY;
    int head = snprintf(text, 32, "%lld.", (long long)now_s);
    memcpy(text + head, body, len);
    enum err e = crypto_hmac_sha256(secret->bytes, secret->len, text, (size_t)head + len, sum);
    free(text);
    int at = snprintf(line, 160, "Aula-Signature: t=%lld,v1=", (long long)now_s);
    for (size_t i = 0; i < sizeof sum; i++)
        at += snprintf(line + at, 160 - (size_t)at, "%02x", sum[i]);
    return e;
}

static void describe(struct webhook_post *p, CURL *curl, struct curl_slist *headers, const char *body,
                     size_t len)
{
    curl_easy_setopt(curl, CURLOPT_URL, p->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https,http");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_PROXY, ""); /* where it goes is the configuration's to say alone */
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    if (p->ca[0] != '\0') {
        curl_easy_setopt(curl, CURLOPT_CAINFO, p->ca);
        curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
    }
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)WEBHOOK_CONNECT_MS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)WEBHOOK_ANSWER_MS);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "aulad/" AULA_VERSION);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)len);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, ignore);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, p);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, p->detail);
    p->detail[0] = '\0';
}

/* Until it is over, or broken off. */
static CURLcode perform(struct webhook_post *p)
{
    int running = 1, left;
    while (running > 0) {
        if (atomic_load(&p->broken))
            return CURLE_ABORTED_BY_CALLBACK;
        if (curl_multi_perform(p->multi, &running) != CURLM_OK ||
            (running > 0 && curl_multi_poll(p->multi, NULL, 0, POLL_MS, NULL) != CURLM_OK))
            return CURLE_FAILED_INIT;
    }
    const CURLMsg *m = curl_multi_info_read(p->multi, &left);
    return m != NULL && m->msg == CURLMSG_DONE ? m->data.result : CURLE_FAILED_INIT;
}

static enum err judge(const struct webhook_post *p, CURL *curl, CURLcode code, char *why, size_t why_size)
{
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (status >= 200 && status < 300 && (code == CURLE_OK || code == CURLE_WRITE_ERROR))
        return ERR_NONE; /* an answer too long to be read was a yes all the same */
    if (code == CURLE_OK)
        snprintf(why, why_size, "it answers with status %ld", status);
    else
        snprintf(why, why_size, "%s", p->detail[0] != '\0' ? p->detail : curl_easy_strerror(code));
    return ERR_CLOSED;
}

enum err webhook_post(struct webhook_post *p, const struct secret *secret, int64_t now_s, const char *body,
                      size_t len, char *why, size_t why_size)
{
    char signature[160];
    CURL *curl = curl_easy_init();
    struct curl_slist *type = curl_slist_append(NULL, "Content-Type: application/json");
    bool good = sign(secret, now_s, body, len, signature) == ERR_NONE;
    struct curl_slist *headers = type != NULL && good ? curl_slist_append(type, signature) : NULL;
    enum err e = ERR_MEMORY;
    snprintf(why, why_size, "there is not enough memory");
    p->answered = 0;
    if (curl != NULL && headers != NULL) {
        describe(p, curl, headers, body, len);
        curl_multi_add_handle(p->multi, curl);
        e = judge(p, curl, perform(p), why, why_size);
        curl_multi_remove_handle(p->multi, curl);
    }
    if (curl != NULL)
        curl_easy_cleanup(curl);
    curl_slist_free_all(type);
    return e;
}
