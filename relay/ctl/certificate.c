#include "ctl/certificate.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "ctl/report_parts.h"

#define SIGNATURE_LEN 64 /* Ed25519, RFC 8032 */
#define KEY_LEN       32

static const char style[] =
    "body{font:18px/1.6 Georgia,serif;color:#1c2430;background:#fff;margin:0}"
    "main{box-sizing:border-box;max-width:52rem;min-height:34rem;margin:2rem auto;padding:4rem;border:6px "
    "double "
    "#2f6fb3;text-align:center}"
    "h1{font-size:2.2rem;font-weight:400;margin:0 0 2rem}.name{font-size:2rem;margin:1rem 0}"
    "footer{margin-top:3rem;font:13px/1.5 system-ui,sans-serif;color:#566070}code{overflow-wrap:anywhere}"
    "@page{size:A4 landscape;margin:1cm}@media print{main{margin:0 auto;max-width:none}}";

static bool unhex(const char *hex, uint8_t *bytes, size_t len)
{
    bool good = strlen(hex) == 2 * len && strspn(hex, "0123456789abcdef") == 2 * len;
    for (size_t i = 0; i < len && good; i++) {
        unsigned byte;
        good = sscanf(hex + 2 * i, "%2x", &byte) == 1;
        bytes[i] = (uint8_t)byte;
    }
    return good;
}

/* A number becomes a file's name. */
static bool is_number(const char *text)
{
    size_t len = strlen(text);
    return len > 0 && len < 40 && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

static enum err write_file(const char *folder, const char *name, const char *end, const void *bytes,
                           size_t len)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/%s%s", folder, name, end) >= PATH_MAX)
        return ERR_SYSTEM;
    FILE *f = fopen(path, "wb");
    bool good = f != NULL && fwrite(bytes, 1, len, f) == len;
    if (f != NULL && fclose(f) != 0)
        good = false;
    return good ? ERR_NONE : ERR_SYSTEM;
}

/* SubjectPublicKeyInfo of Ed25519 (RFC 8410 §4) in PEM. */
static enum err write_key(const char *folder, const uint8_t key[KEY_LEN])
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    static const uint8_t head[12] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
    uint8_t der[sizeof head + KEY_LEN + 1] = {0}; /* 44 bytes, and one that fills the last three */
    char base64[61] = "", pem[160];
    memcpy(der, head, sizeof head);
    memcpy(der + sizeof head, key, KEY_LEN);
    for (size_t i = 0; i < 15; i++) {
        unsigned v = (unsigned)der[3 * i] << 16 | (unsigned)der[3 * i + 1] << 8 | der[3 * i + 2];
        for (size_t k = 0; k < 4; k++)
            base64[4 * i + k] = digits[v >> (18 - 6 * k) & 63];
    }
    base64[59] = '='; /* 44 is two over a multiple of three */
    int n = snprintf(pem, sizeof pem, "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n", base64);
    return write_file(folder, "key", ".pem", pem, (size_t)n);
}

static void put_page(FILE *out, const json_t *reply, const char *name, const char *title)
{
    const char *number = report_text(reply, "number"), *statement = report_text(reply, "statement");
    const char *url = report_text(reply, "url"); /* where the relay has a public one */
    fputs("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Certificate of "
          "attendance: ",
          out);
    html_text(out, name);
    fprintf(out,
            "</title>\n<style>%s</style></head>\n<body>\n<main>\n<h1>Certificate of attendance</h1>\n<p "
            "class=\"name\">",
            style);
    html_text(out, name);
    fputs("</p>\n<p>", out);
    html_text(out, title);
    fputs("</p>\n<p>", out);
    html_text(out, statement);
    fprintf(out, "</p>\n<footer>\n<p>Number <strong>%s</strong>. ", number);
    if (strncmp(url, "https://", 8) == 0) {
        fputs("Anybody verifies it at <a href=\"", out);
        html_text(out, url);
        fputs("\">", out);
        html_text(out, url);
        fputs("</a>, ", out);
    }
    fprintf(out, "%s organiser verifies it with <code>aulactl verify %s</code>.",
            url[0] != '\0' ? "the" : "The", number);
    fprintf(
        out,
        "<br>Without a relay: <code>openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in %s.txt -sigfile "
        "%s.sig</code></p>\n",
        number, number);
    fprintf(out, "<p>Signature (Ed25519) <code>%s</code></p>\n</footer>\n</main>\n</body></html>\n",
            report_text(reply, "signature"));
}

static enum err write_page(const char *folder, const json_t *reply, const char *name, const char *title)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/%s.html", folder, report_text(reply, "number")) >= PATH_MAX)
        return ERR_SYSTEM;
    FILE *f = fopen(path, "wb");
    if (f == NULL)
        return ERR_SYSTEM;
    put_page(f, reply, name, title);
    bool good = !ferror(f);
    return fclose(f) == 0 && good ? ERR_NONE : ERR_SYSTEM;
}

enum err certificate_files(const char *folder, const json_t *reply, const char *name, const char *title)
{
    const char *number = report_text(reply, "number"), *statement = report_text(reply, "statement");
    uint8_t signature[SIGNATURE_LEN], key[KEY_LEN];
    if (!is_number(number) || !unhex(report_text(reply, "signature"), signature, sizeof signature) ||
        !unhex(report_text(reply, "key"), key, sizeof key))
        return ERR_MALFORMED;
    enum err e = write_file(folder, number, ".txt", statement, strlen(statement));
    if (e == ERR_NONE)
        e = write_file(folder, number, ".sig", signature, sizeof signature);
    if (e == ERR_NONE)
        e = write_key(folder, key);
    return e == ERR_NONE ? write_page(folder, reply, name, title) : e;
}
