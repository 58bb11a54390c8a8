/* How loud microphone and loudspeaker are, in the terminal's last line. Text scrolls above it, and what is
 * typed stays whole. Only on a terminal; colour unless NO_COLOR is set. */
#ifndef AULA_TOOL_METER_H
#define AULA_TOOL_METER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define METER_TEXT_MAX 512 /* bytes of a line, colours counted */
#define METER_LOWEST   (-60.0f)

/* One side's loudness. */
struct meter_level {
    bool used;
    float db; /* peak of full scale, falling slowly */
};

struct meter {
    bool drawn; /* the last line is ours */
    bool colour;
    int rows, columns; /* as they were when it was drawn; 0 = no terminal */
    int64_t next_us;   /* when it is drawn again */
    struct meter_level input, output;
};

/* `wanted`: there is something to show. Draws nothing yet. */
void meter_init(struct meter *m, bool wanted);
/* Samples went by. */
void meter_heard(struct meter_level *level, const float *pcm, size_t samples);
/* One line of at most `columns` characters; `on_air`: what the microphone hears is sent. Returns its length
 * in bytes. */
size_t meter_text(const struct meter *m, bool on_air, int columns, char text[METER_TEXT_MAX]);
/* Draws it, at most ten times a second. */
void meter_draw(struct meter *m, bool on_air, int64_t now_us);
/* Gives the terminal its last line back. */
void meter_finish(struct meter *m);

#endif
