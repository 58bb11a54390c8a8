/* The report's page: HTML and CSS alone, so that it opens from any disk in any browser. */
#include <string.h>

#include "ctl/report_parts.h"
#include "ctl/zone.h"

static const char style[] =
    ":root{color-scheme:light;--ink:#1c2430;--dim:#566070;--line:#d9dee6;--bar:#2f6fb3}"
    "body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:#fff;max-width:60rem;margin:2rem "
    "auto;padding:0 1rem}"
    "h1{line-height:1.2}h2{margin-top:3rem;border-top:1px solid "
    "var(--line);padding-top:1.5rem}h3{margin-top:1.8rem}"
    "table{border-collapse:collapse;width:100%;margin:1rem 0}th,td{text-align:left;padding:.35rem "
    ".6rem;border-bottom:1px solid "
    "var(--line);vertical-align:top}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}"
    ".dim{color:var(--dim)}figure{margin:1.5rem "
    "0}figcaption{font-weight:600;margin-bottom:.4rem}svg{width:100%;height:auto}"
    "svg text{font:13px system-ui,sans-serif;fill:var(--ink)}svg rect,svg path{fill:var(--bar)}"
    ".slides{display:flex;flex-wrap:wrap;gap:.6rem}.slides img{width:14rem;height:auto;border:1px solid "
    "var(--line)}"
    "blockquote{margin:.8rem 0;padding-left:.8rem;border-left:3px solid var(--line);white-space:pre-line}"
    "@media print{h2{break-before:page}a{color:inherit}}";

static void say_text(FILE *out, const char *tag, const char *text)
{
    fprintf(out, "<%s>", tag);
    html_text(out, text);
    fprintf(out, "</%s>\n", tag);
}

static const json_t *facts_of(const struct report *r, const json_t *session)
{
    return json_object_get(r->facts, report_text(session, "session"));
}

/* Who said something: a name, or in a public report a role. */
static const char *speaker(const struct report *r, const json_t *facts, long long who)
{
    char key[24];
    snprintf(key, sizeof key, "%lld", who);
    if (who == 0)
        return "the operator";
    const char *said = report_text(json_object_get(facts, r->is_public ? "roles" : "names"), key);
    return said[0] != '\0' ? said : "a participant";
}

/* ---- one session ---- */

static void put_when(FILE *out, const json_t *session)
{
    char from[ZONE_TEXT_SIZE], to[ZONE_TEXT_SIZE];
    const char *zone = report_text(session, "zone");
    if (report_number(session, "starts") == 0)
        return;
    zone_print(zone, report_number(session, "starts"), "%A, %d %B %Y, %H:%M", from);
    zone_print(zone, report_number(session, "ends"), "%H:%M", to);
    fprintf(out, "<p class=\"dim\">Planned: %s to %s, ", from, to);
    html_text(out, zone);
    fputs("</p>\n", out);
}

static void put_held(FILE *out, const json_t *session, const json_t *facts)
{
    char from[ZONE_TEXT_SIZE], to[ZONE_TEXT_SIZE] = "it goes on";
    const char *zone = report_text(session, "zone");
    long long opened = report_number(facts, "opened"), ended = report_number(facts, "ended");
    if (opened == 0) {
        fputs("<p>It has not been held.</p>\n", out);
        return;
    }
    zone_print(zone, opened, "%Y-%m-%d %H:%M", from);
    if (ended != 0)
        zone_print(zone, ended, "%Y-%m-%d %H:%M", to);
    fprintf(out, "<p class=\"dim\">Held: %s to %s</p>\n", from, to);
}

static void put_named(FILE *out, const struct report *r, const json_t *session, const char *list,
                      const char *heading)
{
    const json_t *keys = json_object_get(session, list), *key;
    size_t i;
    if (r->is_public || json_array_size(keys) == 0)
        return;
    fprintf(out, "<p>%s: ", heading);
    json_array_foreach(keys, i, key)
    {
        fputs(i ? ", " : "", out);
        html_text(out, report_text(report_person(r, json_string_value(key)), "name"));
    }
    fputs("</p>\n", out);
}

static void put_order(FILE *out, const struct report *r, const json_t *session)
{
    const json_t *slots = json_object_get(session, "slots"), *slot;
    char at[ZONE_TEXT_SIZE];
    size_t i;
    if (json_array_size(slots) == 0)
        return;
    fputs("<h3>Running order</h3>\n<table><thead><tr><th scope=\"col\">Time</th><th scope=\"col\" "
          "class=\"n\">Minutes</th>"
          "<th scope=\"col\">What</th></tr></thead><tbody>\n",
          out);
    json_array_foreach(slots, i, slot)
    {
        const char *who = r->is_public ? "" : report_text(report_person(r, report_text(slot, "who")), "name");
        zone_print(report_text(session, "zone"), report_number(slot, "starts"), "%H:%M", at);
        fprintf(out, "<tr><td>%s</td><td class=\"n\">%lld</td><td>", at, report_number(slot, "seconds") / 60);
        html_text(out, who);
        fputs(who[0] != '\0' && report_text(slot, "title")[0] != '\0' ? ": " : "", out);
        html_text(out, report_text(slot, "title"));
        fputs("</td></tr>\n", out);
    }
    fputs("</tbody></table>\n", out);
}

/* What was held, and when each began: the chapters of the recording. */
static void put_items(FILE *out, const struct report *r, const json_t *session, const json_t *facts)
{
    const json_t *items = json_object_get(facts, "items"), *item;
    char at[ZONE_TEXT_SIZE];
    size_t i;
    if (json_array_size(items) == 0)
        return;
    fputs("<h3>As it was held</h3>\n<table><thead><tr><th scope=\"col\">Began</th><th "
          "scope=\"col\">What</th></tr></thead><tbody>\n",
          out);
    json_array_foreach(items, i, item)
    {
        const char *title = report_text(item, "title"), *who = r->is_public ? "" : report_text(item, "name");
        zone_print(report_text(session, "zone"), report_number(item, "at"), "%H:%M", at);
        fprintf(out, "<tr><td>%s</td><td>", at);
        html_text(out, who);
        fputs(who[0] != '\0' && title[0] != '\0' ? ": " : "", out);
        html_text(out, title);
        if (who[0] == '\0' && title[0] == '\0')
            fprintf(out, "Item %lld", report_number(item, "item"));
        fputs("</td></tr>\n", out);
    }
    fputs("</tbody></table>\n", out);
}

static void put_page_image(FILE *out, const json_t *page, size_t number)
{
    const char *url = report_text(json_object_get(page, "small"), "url");
    char words[400];
    if (strncmp(url, "/d/", 3) != 0)
        return;
    snprintf(words, sizeof words, "Page %zu: %.300s", number, report_text(page, "text"));
    for (size_t len = strlen(words); len > 0 && ((unsigned char)words[len - 1] & 0xc0) == 0x80; len--)
        words[len - 1] = len == 1 || ((unsigned char)words[len - 2] & 0xc0) != 0x80 ? '\0' : words[len - 1];
    for (char *c = words; *c != '\0'; c++)
        if (*c == '\n' || *c == '\t')
            *c = ' ';
    fputs("<img src=\"slides/", out);
    html_text(out, url + 3);
    fputs("\" alt=\"", out);
    html_text(out, words);
    fputs("\">\n", out);
}

static void put_slides(FILE *out, const struct report *r, const json_t *facts)
{
    const json_t *deck, *page;
    size_t i, k;
    json_array_foreach(json_object_get(facts, "decks"), i, deck)
    {
        const json_t *pages =
            json_object_get(json_object_get(r->decks, report_text(deck, "manifest")), "pages");
        fputs("<h3>Slides: ", out);
        html_text(out, report_text(deck, "title"));
        fputs("</h3>\n", out);
        if (json_array_size(pages) == 0) {
            fputs("<p class=\"dim\">Its pages are not kept any more.</p>\n", out);
            continue;
        }
        fprintf(out, "<details><summary>%zu pages</summary>\n<div class=\"slides\">\n",
                json_array_size(pages));
        json_array_foreach(pages, k, page) put_page_image(out, page, k + 1);
        fputs("</div></details>\n", out);
    }
}

static void put_questions(FILE *out, const struct report *r, const json_t *facts)
{
    const json_t *questions = json_object_get(facts, "questions"), *q;
    size_t i;
    if (json_array_size(questions) == 0)
        return;
    fputs("<h3>Questions</h3>\n", out);
    json_array_foreach(questions, i, q)
    {
        say_text(out, "blockquote", report_text(q, "text"));
        fputs("<p class=\"dim\">", out);
        html_text(out, speaker(r, facts, report_number(q, "who")));
        long long votes = report_number(q, "votes");
        fprintf(out, ", %lld vote%s%s</p>\n", votes, votes == 1 ? "" : "s",
                json_is_true(json_object_get(q, "answered")) ? ", answered in the session" : "");
    }
}

#define OPTIONS_MAX 10

static void put_poll(FILE *out, const json_t *poll)
{
    struct bar bars[OPTIONS_MAX];
    const json_t *options = json_object_get(poll, "options"), *option, *right;
    const json_t *counts = json_object_get(poll, "counts");
    size_t i, k, count = 0;
    json_array_foreach(options, i, option)
    {
        if (count == OPTIONS_MAX)
            break;
        long long n = (long long)json_integer_value(json_array_get(counts, i));
        bool is_right = false;
        json_array_foreach(json_object_get(poll, "right"), k, right) is_right =
            is_right || json_integer_value(right) == (json_int_t)(i + 1);
        bars[count] = (struct bar){.label = json_string_value(option), .value = (double)n};
        snprintf(bars[count].shown, sizeof bars[count].shown, "%lld%s", n, is_right ? " (right)" : "");
        count++;
    }
    if (counts == NULL) {
        say_text(out, "p", report_text(poll, "text"));
        fputs("<p class=\"dim\">Its results were not shown.</p>\n", out);
        return;
    }
    chart_bars(out, report_text(poll, "text"), bars, count);
    fprintf(out, "<p class=\"dim\">%lld people answered.</p>\n", report_number(poll, "people"));
}

static void put_talk(FILE *out, const struct report *r, const json_t *session, const json_t *facts)
{
    const json_t *polls = json_object_get(facts, "polls"), *chat = json_object_get(facts, "chat"), *one;
    char at[ZONE_TEXT_SIZE];
    size_t i;
    put_questions(out, r, facts);
    if (json_array_size(polls) > 0)
        fputs("<h3>Polls</h3>\n", out);
    json_array_foreach(polls, i, one) put_poll(out, one);
    if (r->is_public || !r->chat || json_array_size(chat) == 0)
        return;
    fputs("<h3>Chat</h3>\n<table><tbody>\n", out);
    json_array_foreach(chat, i, one)
    {
        zone_print(report_text(session, "zone"), report_number(one, "at"), "%H:%M", at);
        fprintf(out, "<tr><td>%s</td><td>", at);
        html_text(out, speaker(r, facts, report_number(one, "who")));
        fputs("</td><td>", out);
        html_text(out, report_text(one, "text"));
        fputs("</td></tr>\n", out);
    }
    fputs("</tbody></table>\n", out);
}

/* Intervals of everyone in one session. */
static json_t *spans_in(const struct report *r, const char *session)
{
    json_t *spans = json_array(), *person, *span;
    size_t i, k;
    json_array_foreach(json_object_get(r->attendance, "people"), i, person) json_array_foreach(
        json_object_get(person, "intervals"), k, span) if (strcmp(report_text(span, "session"), session) == 0)
        json_array_append(spans, span);
    return spans;
}

static void put_session(FILE *out, const struct report *r, const json_t *session, size_t number)
{
    const json_t *facts = facts_of(r, session);
    fprintf(out, "<section id=\"session-%zu\">\n", number);
    say_text(out, "h2", report_text(session, "title"));
    put_when(out, session);
    put_held(out, session, facts);
    put_named(out, r, session, "chairs", "Chairs");
    put_named(out, r, session, "lecturers", "Lecturers");
    if (report_text(facts, "replay")[0] != '\0') {
        fputs("<p><a href=\"", out);
        html_text(out, report_text(facts, "replay"));
        fputs("/index.html\">Watch the recording</a></p>\n", out);
    }
    put_order(out, r, session);
    put_items(out, r, session, facts);
    put_slides(out, r, facts);
    put_talk(out, r, session, facts);
    json_t *spans = spans_in(r, report_text(session, "session"));
    long long ended = report_number(facts, "ended");
    chart_presence(out, "People present", spans, report_number(facts, "opened"),
                   ended != 0 ? ended : r->now_ms, report_text(session, "zone"));
    json_decref(spans);
    fputs("</section>\n", out);
}

/* ---- the whole ---- */

static void put_contents(FILE *out, const struct report *r)
{
    size_t i;
    const json_t *session;
    fputs("<nav aria-label=\"Contents\"><ul>\n", out);
    json_array_foreach(json_object_get(r->programme, "sessions"), i, session)
    {
        fprintf(out, "<li><a href=\"#session-%zu\">", i + 1);
        html_text(out, report_text(session, "title"));
        fputs("</a></li>\n", out);
    }
    fputs("<li><a href=\"#attendance\">Attendance</a></li>\n</ul></nav>\n", out);
}

void report_page(FILE *out, const struct report *r)
{
    char made[ZONE_TEXT_SIZE];
    size_t i;
    const json_t *session;
    zone_print("UTC", r->now_ms, "%Y-%m-%d %H:%M UTC", made);
    fputs("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
          out);
    say_text(out, "title", report_text(r->programme, "title"));
    fprintf(out, "<style>%s</style></head>\n<body>\n<header>\n", style);
    say_text(out, "h1", report_text(r->programme, "title"));
    if (report_text(r->programme, "text")[0] != '\0')
        say_text(out, "blockquote", report_text(r->programme, "text"));
    fprintf(out, "<p class=\"dim\">Report made by aula on %s.%s</p>\n</header>\n", made,
            r->is_public
                ? " It names nobody: recordings, chat and lists of people are left out, and groups of fewer "
                  "than three people are counted together."
                : " It holds personal data.");
    put_contents(out, r);
    fputs("<main>\n", out);
    json_array_foreach(json_object_get(r->programme, "sessions"), i, session)
        put_session(out, r, session, i + 1);
    report_attendance(out, r);
    fputs("</main>\n</body></html>\n", out);
}
