/* The console without its terminal: answers of the relay and keys go in, cells and requests come out. It
 * reads no clock and no socket, so a test says what an operator would see. One thread. */
#ifndef AULA_RELAY_CTL_CONSOLE_MODEL_H
#define AULA_RELAY_CTL_CONSOLE_MODEL_H

#include "ctl/console/cells.h"

#define CONSOLE_WIDTH_MIN  60 /* a smaller terminal is told so */
#define CONSOLE_HEIGHT_MIN 12
#define CONSOLE_HISTORY    120 /* looks, one a second */

/* Keys that are no characters; characters are their Unicode number. */
enum console_key {
    CONSOLE_UP = 0x200000,
    CONSOLE_DOWN,
    CONSOLE_PAGE_UP,
    CONSOLE_PAGE_DOWN,
    CONSOLE_HOME,
    CONSOLE_END,
    CONSOLE_ENTER,
    CONSOLE_BACK, /* Escape, left */
    CONSOLE_ERASE
};

struct console;

/* `ascii`: the terminal knows no blocks. The caller owns *ret_console. ERR_MEMORY. */
enum err console_create(bool ascii, struct console **ret_console) MUST_USE;
void console_destroy(struct console *c);

/* The request of the next look; valid until the next call. */
const char *console_look(struct console *c);
/* Its answer; or NULL, and why there is none: the last picture stays, marked as old. */
void console_seen(struct console *c, const char *reply, const char *why);
/* A request that the operator has confirmed, or NULL; valid until the next call. */
const char *console_action(struct console *c);
void console_acted(struct console *c, const char *reply, const char *why);

void console_key(struct console *c, int key);
bool console_over(const struct console *c);
void console_draw(struct console *c, struct cells *cells);

#endif
