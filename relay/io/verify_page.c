#include "io/verify_page.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "wire/json_out.h"

const char verify_style[] =
    ":root{color-scheme:light dark}body{font:18px/1.6 system-ui,sans-serif;margin:0;padding:1rem;"
    "background:Canvas;color:CanvasText}main{max-width:40rem;margin:3rem auto}h1{line-height:1.2}"
    "dt{font-size:.875rem}dd{margin:0 0 1rem;font-size:1.125rem;overflow-wrap:anywhere}"
    "pre{white-space:pre-wrap;overflow-wrap:anywhere;font-size:.875rem}";

enum words { TITLE, GOOD, NAME, EVENT, TIME, DAY, NUMBER, SAID, ERASED, BAD, CHECK, SLOW, SIGNED, WORDS };

/* One a line; what breaks lines would break words of the other alphabet. */
/* clang-format off */
static const char *const words[][WORDS] = {
    [VERIFY_EN] =
        {"Certificate of attendance", "This certificate is genuine: it was issued here.", "Name", "Attended",
         "Time", "Issued on", "Number", "It says",
         "A certificate of this number was issued here. Whom it was for has been erased on request.",
         "No certificate of this number was issued here.",
         "Check the number: twelve letters and digits, with - after four and eight of them.",
         "Too many numbers were asked for from your address. Wait a minute and try again.",
         "Signature (Ed25519) and key"},
    [VERIFY_FA] = {"گواهی حضور", "این گواهی درست است: همین‌جا صادر شده است.",
                   "نام", "حضور در", "مدت", "تاریخ صدور", "شماره", "متن گواهی",
                   "گواهی‌ای با این شماره همین‌جا صادر شده است. نام دارندهٔ آن به درخواست پاک شده "
                   "است.",
                   "گواهی‌ای با این شماره اینجا صادر نشده است.",
                   "شماره را بررسی کنید: دوازده حرف و رقم، با خط تیره پس از چهارمین و هشتمین.",
                   "از نشانی شما شماره‌های زیادی پرسیده شد. یک دقیقه صبر کنید و دوباره "
                   "بکوشید.",
                   "امضا (Ed25519) و کلید"}};
/* clang-format on */

bool verify_number(const char *text, char ret_number[16])
{
    if (strlen(text) != 14)
        return false;
    for (int i = 0; i < 14; i++) {
        char c = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] - 'A' + 'a') : text[i];
        bool dash = i == 4 || i == 9;
        if (dash ? c != '-' : !((c >= 'a' && c <= 'z') || (c >= '2' && c <= '9')))
            return false;
        ret_number[i] = c;
    }
    ret_number[14] = '\0';
    return true;
}

enum verify_language verify_language(const char *accept_language)
{
    for (const char *at = accept_language; *at != '\0'; at += strcspn(at, ","), at += strspn(at, ", ")) {
        bool ends = at[0] != '\0' && at[1] != '\0' && strchr("-;, ", at[2]) != NULL;
        if (ends && strncasecmp(at, "fa", 2) == 0)
            return VERIFY_FA;
        if (ends && strncasecmp(at, "en", 2) == 0)
            return VERIFY_EN;
    }
    return VERIFY_EN;
}

bool verify_wants_json(const char *accept)
{
    return strstr(accept, "application/json") != NULL && strstr(accept, "text/html") == NULL;
}

struct page {
    char *text;
    size_t len;
    bool failed;
};

static void put(struct page *p, const char *form, ...) __attribute__((format(printf, 2, 3)));

static void put(struct page *p, const char *form, ...)
{
    va_list arguments;
    va_start(arguments, form);
    int n = vsnprintf(p->text + p->len, VERIFY_PAGE_MAX - p->len, form, arguments);
    va_end(arguments);
    p->failed = p->failed || n < 0 || (size_t)n >= VERIFY_PAGE_MAX - p->len;
    p->len += p->failed ? 0 : (size_t)n;
}

/* What strangers typed is only ever text. */
static void put_text(struct page *p, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '<' || *text == '>' || *text == '&' || *text == '"')
            put(p, "&#%d;", *text);
        else
            put(p, "%c", *text);
    }
}

static void put_fact(struct page *p, const char *name, const char *value)
{
    put(p, "<dt>%s</dt><dd dir=\"auto\">", name);
    put_text(p, value);
    put(p, "</dd>\n");
}

static void put_facts(struct page *p, const struct desk_certificate *c, const char *const *w)
{
    char text[80];
    put(p, "<p>%s</p>\n<dl>\n", w[GOOD]);
    if (c->name != NULL && c->title != NULL) {
        put_fact(p, w[NAME], c->name);
        put_fact(p, w[EVENT], c->title);
        snprintf(text, sizeof text, "%" PRId64 ":%02d:%02d / %" PRId64 ":%02d:%02d", c->seconds / 3600,
                 (int)(c->seconds / 60 % 60), (int)(c->seconds % 60), c->of / 3600, (int)(c->of / 60 % 60),
                 (int)(c->of % 60));
        put_fact(p, w[TIME], text);
    } else {
        put_fact(p, w[SAID], c->statement);
    }
    if (c->day[0] != '\0')
        put_fact(p, w[DAY], c->day);
    put_fact(p, w[NUMBER], c->number);
    put(p, "</dl>\n<details><summary>%s</summary><pre dir=\"ltr\">%s\n%s</pre></details>\n", w[SIGNED],
        c->signature, c->key);
}

bool verify_html(enum verify_finding finding, const struct desk_certificate *c, const char *number,
                 enum verify_language language, char ret_page[VERIFY_PAGE_MAX])
{
    const char *const *w = words[language];
    struct page p = {ret_page, 0, false};
    put(&p,
        "<!DOCTYPE html>\n<html lang=\"%s\" dir=\"%s\"><head><meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"robots\" content=\"noindex\">\n<title>%s</title>\n"
        "<link rel=\"stylesheet\" href=\"/verify/style.css\"><link rel=\"icon\" href=\"/icon.svg\">\n"
        "</head><body><main>\n<h1>%s</h1>\n",
        language == VERIFY_FA ? "fa" : "en", language == VERIFY_FA ? "rtl" : "ltr", w[TITLE], w[TITLE]);
    if (finding == VERIFY_FOUND && !c->erased) {
        put_facts(&p, c, w);
    } else {
        put(&p, "<p>%s</p>\n",
            finding == VERIFY_FOUND      ? w[ERASED]
            : finding == VERIFY_TOO_FAST ? w[SLOW]
                                         : w[BAD]);
        if (finding == VERIFY_NONE)
            put(&p, "<p>%s</p>\n", w[CHECK]);
        put(&p, "<dl>");
        put_fact(&p, w[NUMBER], number);
        put(&p, "</dl>\n");
    }
    put(&p, "</main></body></html>\n");
    return !p.failed;
}

static void json_facts(struct json_out *o, const struct desk_certificate *c)
{
    if (c->erased) {
        json_put_boolean(o, "erased", true);
        return;
    }
    if (c->name != NULL)
        json_put_string(o, "name", c->name);
    if (c->title != NULL)
        json_put_string(o, "title", c->title);
    json_put_integer(o, "seconds", c->seconds);
    json_put_integer(o, "of", c->of);
    if (c->day[0] != '\0')
        json_put_string(o, "day", c->day);
    json_put_string(o, "statement", c->statement);
    json_put_string(o, "signature", c->signature);
    json_put_string(o, "key", c->key);
}

bool verify_json(enum verify_finding finding, const struct desk_certificate *c, const char *number,
                 char ret_text[VERIFY_PAGE_MAX])
{
    struct json_out o;
    json_out_init(&o);
    json_open_object(&o, NULL);
    if (finding == VERIFY_TOO_FAST) {
        json_put_string(&o, "error", words[VERIFY_EN][SLOW]);
    } else {
        json_put_boolean(&o, "issued", finding == VERIFY_FOUND);
        json_put_string(&o, "number", number);
    }
    if (finding == VERIFY_FOUND)
        json_facts(&o, c);
    json_close_object(&o);
    bool fits = !o.failed && o.len < VERIFY_PAGE_MAX;
    if (fits)
        memcpy(ret_text, o.text, o.len + 1);
    json_out_finish(&o);
    return fits;
}
