/* wide characters of ncurses, and its own idea of POSIX */
#define NCURSES_WIDECHAR 1
#include "ctl/console/console.h"

#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <langinfo.h>
#include <ncurses.h>

#include "ctl/console/asker.h"
#include "ctl/console/model.h"

#define LOOK_EVERY_MS 1000
#define REDRAW        12 /* Ctrl-L: everything anew, where something else has written on the terminal */
#define ESCAPE_MS     25 /* after Escape: is it a key of several bytes? */

struct terminal {
    struct console *console;
    struct asker *asker;
    bool colour, acting; /* what is under way is an action */
    long long look_at_ms;
};

static long long now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* --- cells to the terminal --- */

static attr_t attributes(const struct terminal *t, enum style style)
{
    static const attr_t plain[STYLE_COUNT] = {
        A_NORMAL, A_DIM, A_BOLD, A_REVERSE, A_REVERSE | A_BOLD, A_BOLD, A_BOLD | A_UNDERLINE, A_NORMAL};
    static const attr_t coloured[STYLE_COUNT] = {A_NORMAL,           A_DIM,  A_BOLD, A_REVERSE,
                                                 A_REVERSE | A_BOLD, A_BOLD, A_BOLD, A_NORMAL};
    short pair = style == STYLE_WARN ? 1 : style == STYLE_BAD ? 2 : style == STYLE_GOOD ? 3 : 0;
    return t->colour ? coloured[style] | (attr_t)COLOR_PAIR(pair) : plain[style];
}

static void paint(const struct terminal *t)
{
    struct cells *cells;
    if (cells_create(COLS, LINES, &cells) != ERR_NONE)
        return;
    console_draw(t->console, cells);
    for (int y = 0; y < LINES; y++)
        for (int x = 0; x < COLS; x++) {
            const struct cell *cell = &cells->at[y * COLS + x];
            if (cell->sign == 0)
                continue; /* a wide sign's right half */
            attr_set(attributes(t, cell->style) & ~(attr_t)A_COLOR,
                     (short)PAIR_NUMBER(attributes(t, cell->style)), NULL);
            mvaddnwstr(y, x, &cell->sign, 1);
        }
    refresh();
    cells_destroy(cells);
}

/* --- keys --- */

static int key_of(wint_t code, bool is_function)
{
    static const struct {
        wint_t code;
        int key;
    } keys[] = {{KEY_UP, CONSOLE_UP},           {KEY_DOWN, CONSOLE_DOWN}, {KEY_PPAGE, CONSOLE_PAGE_UP},
                {KEY_NPAGE, CONSOLE_PAGE_DOWN}, {KEY_HOME, CONSOLE_HOME}, {KEY_END, CONSOLE_END},
                {KEY_ENTER, CONSOLE_ENTER},     {KEY_LEFT, CONSOLE_BACK}, {KEY_BACKSPACE, CONSOLE_ERASE}};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0] && is_function; i++)
        if (keys[i].code == code)
            return keys[i].key;
    if (is_function)
        return 0;
    return code == '\n' || code == '\r' ? CONSOLE_ENTER
           : code == 27                 ? CONSOLE_BACK
           : code == 127 || code == 8   ? CONSOLE_ERASE
                                        : (int)code;
}

/* False: the terminal is gone. */
static bool read_keys(struct terminal *t)
{
    wint_t code;
    int what;
    bool any = false;
    while ((what = get_wch(&code)) != ERR) {
        any = true;
        if (what == OK && code == REDRAW) {
            clearok(curscr, TRUE);
            continue;
        }
        int key = what == KEY_CODE_YES && code == KEY_RESIZE ? 0 : key_of(code, what == KEY_CODE_YES);
        if (key != 0)
            console_key(t->console, key);
    }
    return any;
}

/* --- the loop --- */

static void ask_next(struct terminal *t)
{
    const char *request = console_action(t->console);
    if (request != NULL) {
        t->acting = asker_ask(t->asker, request);
        if (!t->acting)
            console_acted(t->console, NULL, "The relay has not answered the last question yet; try again.");
    } else if (now_ms() >= t->look_at_ms && (request = console_look(t->console)) != NULL &&
               asker_ask(t->asker, request)) {
        t->look_at_ms = now_ms() + LOOK_EVERY_MS;
    }
}

static void take_answer(struct terminal *t)
{
    struct asker_answer answer;
    if (!asker_take(t->asker, &answer))
        return;
    if (t->acting) {
        console_acted(t->console, answer.reply, answer.why);
        t->look_at_ms = 0; /* what came of it */
    } else {
        console_seen(t->console, answer.reply, answer.reply ? NULL : answer.why);
    }
    t->acting = false;
    free(answer.reply);
}

static void run(struct terminal *t)
{
    while (!console_over(t->console)) {
        ask_next(t);
        paint(t);
        long long left = t->look_at_ms - now_ms();
        struct pollfd fds[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                               {.fd = asker_fd(t->asker), .events = POLLIN}};
        int ready = poll(fds, 2, left < 10 ? 10 : (int)left);
        if (ready < 0 && errno != EINTR)
            return;
        bool typed = read_keys(t); /* KEY_RESIZE comes without a byte to read */
        if (!typed && ready > 0 && fds[0].revents & (POLLHUP | POLLERR))
            return;
        take_answer(t);
    }
}

static void open_screen(struct terminal *t)
{
    const char *no_colour = getenv("NO_COLOR");
    initscr();
    cbreak();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    set_escdelay(ESCAPE_MS);
    curs_set(0);
    t->colour = (no_colour == NULL || no_colour[0] == '\0') && has_colors();
    if (!t->colour)
        return;
    start_color();
    use_default_colors();
    init_pair(1, COLOR_YELLOW, -1);
    init_pair(2, COLOR_RED, -1);
    init_pair(3, COLOR_GREEN, -1);
}

enum err console_run(const struct door_ask *ask, char *why, size_t why_size)
{
    struct terminal t = {0};
    setlocale(LC_ALL, "");
    const char *terminal = getenv("TERM");
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) || terminal == NULL ||
        strcmp(terminal, "dumb") == 0) {
        snprintf(why, why_size, "The console needs a terminal; \"aulactl top\" tells the same to a pipe.");
        return ERR_STATE;
    }
    enum err e = console_create(strcmp(nl_langinfo(CODESET), "UTF-8") != 0, &t.console);
    if (e == ERR_NONE)
        e = asker_create(ask, &t.asker);
    if (e == ERR_NONE) {
        open_screen(&t);
        run(&t);
        endwin();
    } else {
        snprintf(why, why_size, "The console cannot start: %s.", err_text(e));
    }
    console_destroy(t.console);
    return e;
}
