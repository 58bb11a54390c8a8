#define _DEFAULT_SOURCE /* ioctl's window size */
#include "meter.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "aula/aula.h"

#define EVERY_US      100000
#define FALL_DB       0.6f /* a tick: 30 dB a second */
#define YELLOW_DB     (-20.0f)
#define RED_DB        (-6.0f)
#define BAR_MAX       30
#define BESIDE_BARS   48 /* columns of words and figures */
#define ROWS_LEAST    3
#define COLUMNS_LEAST 64

void meter_init(struct meter *m, bool wanted)
{
    const char *term = getenv("TERM"), *no_colour = getenv("NO_COLOR");
    *m = (struct meter){.input.db = METER_LOWEST, .output.db = METER_LOWEST};
    if (!wanted || !isatty(STDERR_FILENO) || term == NULL || strcmp(term, "dumb") == 0)
        return;
    m->colour = no_colour == NULL || no_colour[0] == 0;
    m->rows = -1; /* not asked yet */
}

void meter_heard(struct meter_level *level, const float *pcm, size_t samples)
{
    float peak = 0;
    for (size_t i = 0; i < samples; i++)
        peak = fmaxf(peak, fabsf(pcm[i]));
    float fallen = level->db - FALL_DB * (float)samples / AULA_TICK;
    level->db = fmaxf(METER_LOWEST, fmaxf(fallen, 20 * log10f(peak + 1e-6f)));
}

/* ---- the line ---- */

static size_t put(char *text, size_t len, const char *more)
{
    size_t n = strlen(more);
    if (len + n >= METER_TEXT_MAX)
        return len;
    memcpy(text + len, more, n + 1);
    return len + n;
}

static const char *colour(float db)
{
    return db >= RED_DB ? "\033[31m" : db >= YELLOW_DB ? "\033[33m" : "\033[32m";
}

static size_t put_bar(const struct meter *m, const struct meter_level *l, int width, char *text, size_t len)
{
    char figure[16];
    int full = (int)lrintf((l->db - METER_LOWEST) / -METER_LOWEST * (float)width);
    len = put(text, len, "[");
    len = put(text, len, m->colour ? colour(l->db) : "");
    for (int i = 0; i < width; i++)
        len = put(text, len, i < full ? "#" : "-");
    snprintf(figure, sizeof figure, "] %3.0f dB", (double)fminf(l->db, 0));
    len = put(text, len, m->colour ? "\033[0m" : "");
    return put(text, len, figure);
}

size_t meter_text(const struct meter *m, bool on_air, int columns, char text[METER_TEXT_MAX])
{
    int sides = m->input.used + m->output.used, width = (columns - BESIDE_BARS) / (sides > 1 ? 2 : 1);
    size_t len = 0;
    text[0] = 0;
    width = width > BAR_MAX ? BAR_MAX : width;
    if (m->input.used) {
        len = put(text, len, "mic ");
        len = put_bar(m, &m->input, width, text, len);
        len = put(text, len, on_air ? " on air " : " closed ");
    }
    if (m->output.used) {
        len = put(text, len, m->input.used ? " out " : "out ");
        len = put_bar(m, &m->output, width, text, len);
    }
    return len;
}

/* ---- the terminal ---- */

/* Makes the lines above the last one scroll alone. */
static void take_line(struct meter *m, int rows)
{
    fprintf(stderr, "\n\0337\033[1;%dr\0338\033[1A", rows - 1);
    m->rows = rows;
    m->drawn = true;
}

void meter_finish(struct meter *m)
{
    if (m->drawn)
        fprintf(stderr, "\0337\033[%d;1H\033[2K\033[r\0338", m->rows);
    m->drawn = false;
}

static bool fits(struct meter *m)
{
    struct winsize size;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row < ROWS_LEAST ||
        size.ws_col < COLUMNS_LEAST) {
        meter_finish(m);
        return false;
    }
    m->columns = size.ws_col;
    if (!m->drawn || m->rows != size.ws_row) {
        meter_finish(m);
        take_line(m, size.ws_row);
    }
    return true;
}

void meter_draw(struct meter *m, bool on_air, int64_t now_us)
{
    char text[METER_TEXT_MAX];
    if (m->rows == 0 || now_us < m->next_us)
        return;
    m->next_us = now_us + EVERY_US;
    if (!fits(m))
        return;
    meter_text(m, on_air, m->columns, text);
    fprintf(stderr, "\0337\033[%d;1H\033[2K%s\0338", m->rows, text);
    fflush(stderr);
}
