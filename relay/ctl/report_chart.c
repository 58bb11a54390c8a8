/* Charts as SVG: no script, and what they show is in their text too. */
#include <stdlib.h>
#include <string.h>

#include "ctl/report_parts.h"
#include "ctl/zone.h"

#define WIDTH      720
#define LABEL      220 /* pixels for labels */
#define VALUE      90  /* and for values behind a bar */
#define BAR        26  /* from one bar to the next */
#define CURVE_H    160
#define CURVE_LEFT 40
#define CURVE_LOW  24

void html_text(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        default:
            if ((unsigned char)*text >= 0x20 || *text == '\n' || *text == '\t')
                fputc(*text, out);
        }
    }
}

void chart_bars(FILE *out, const char *title, const struct bar *bars, size_t count)
{
    double most = 0;
    for (size_t i = 0; i < count; i++)
        most = bars[i].value > most ? bars[i].value : most;
    if (count == 0)
        return;
    fputs("<figure><figcaption>", out);
    html_text(out, title);
    fprintf(out, "</figcaption><svg class=\"bars\" viewBox=\"0 0 %d %zu\" role=\"img\"><title>", WIDTH,
            count * BAR);
    html_text(out, title);
    fputs("</title>\n", out);
    for (size_t i = 0; i < count; i++) {
        size_t y = i * BAR;
        double length = most > 0 ? bars[i].value / most * (WIDTH - LABEL - VALUE) : 0;
        fprintf(out, "<text x=\"%d\" y=\"%zu\" text-anchor=\"end\">", LABEL - 8, y + 18);
        html_text(out, bars[i].label);
        fprintf(out,
                "</text><rect x=\"%d\" y=\"%zu\" width=\"%.1f\" height=\"%d\" rx=\"3\"></rect><text "
                "x=\"%.1f\" y=\"%zu\">",
                LABEL, y + 4, length > 1 ? length : 1, BAR - 8, LABEL + length + 8, y + 18);
        html_text(out, bars[i].shown);
        fputs("</text>\n", out);
    }
    fputs("</svg></figure>\n", out);
}

struct step {
    long long at;
    int by;
};

static int by_time(const void *a, const void *b)
{
    const struct step *x = a, *y = b;
    return x->at != y->at ? (x->at > y->at) - (x->at < y->at) : y->by - x->by;
}

static void put_curve(FILE *out, const struct step *steps, size_t count, long long from_ms, long long to_ms,
                      int most)
{
    int here = 0;
    double wide = (double)(WIDTH - CURVE_LEFT - 8) / (double)(to_ms - from_ms),
           high = CURVE_H - CURVE_LOW - 12;
    fprintf(out, "<path d=\"M%d %d", CURVE_LEFT, CURVE_H - CURVE_LOW);
    for (size_t i = 0; i < count; i++) {
        here += steps[i].by;
        if (i + 1 < count && steps[i + 1].at == steps[i].at)
            continue;
        fprintf(out, "H%.1fV%.1f", CURVE_LEFT + wide * (double)(steps[i].at - from_ms),
                CURVE_H - CURVE_LOW - high * here / most);
    }
    fputs("Z\"></path>", out);
}

void chart_presence(FILE *out, const char *title, const json_t *spans, long long from_ms, long long to_ms,
                    const char *zone)
{
    size_t count = 2 * json_array_size(spans), i;
    struct step *steps = calloc(count + 1, sizeof *steps);
    const json_t *span;
    char begin[ZONE_TEXT_SIZE], end[ZONE_TEXT_SIZE];
    int here = 0, most = 0;
    if (steps == NULL || count == 0 || to_ms <= from_ms) {
        free(steps);
        return;
    }
    json_array_foreach(spans, i, span)
    {
        steps[2 * i] = (struct step){report_number(span, "from"), 1};
        steps[2 * i + 1] = (struct step){report_number(span, "to"), -1};
    }
    qsort(steps, count, sizeof *steps, by_time);
    for (i = 0; i < count; i++) {
        here += steps[i].by;
        most = here > most ? here : most;
    }
    zone_print(zone, from_ms, "%H:%M", begin);
    zone_print(zone, to_ms, "%H:%M", end);
    fputs("<figure><figcaption>", out);
    html_text(out, title);
    fprintf(out, "</figcaption><svg class=\"curve\" viewBox=\"0 0 %d %d\" role=\"img\"><title>", WIDTH,
            CURVE_H);
    html_text(out, title);
    fprintf(out, ": at most %d at once</title>\n", most);
    put_curve(out, steps, count, from_ms, to_ms, most);
    fprintf(out,
            "<text x=\"%d\" y=\"16\" text-anchor=\"end\">%d</text><text x=\"%d\" y=\"%d\" "
            "text-anchor=\"end\">0</text>",
            CURVE_LEFT - 6, most, CURVE_LEFT - 6, CURVE_H - CURVE_LOW);
    fprintf(out,
            "<text x=\"%d\" y=\"%d\">%s</text><text x=\"%d\" y=\"%d\" "
            "text-anchor=\"end\">%s</text></svg></figure>\n",
            CURVE_LEFT, CURVE_H - 6, begin, WIDTH - 8, CURVE_H - 6, end);
    free(steps);
}
