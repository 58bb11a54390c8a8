#include "ctl/programme_lines.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#define SENTENCE_SIZE 600

void lines_mistake(struct lines *l, int line, const char *form, ...)
{
    char sentence[SENTENCE_SIZE], whole[2 * SENTENCE_SIZE];
    va_list args;
    va_start(args, form);
    vsnprintf(sentence, sizeof sentence, form, args);
    va_end(args);
    if (++l->mistake_count > PROGRAMME_MISTAKES_MAX)
        return;
    snprintf(whole, sizeof whole, "%.400s:%d: %s\n", l->file, line, sentence);
    struct mistake *m = &l->mistakes[l->mistake_count - 1];
    *m = (struct mistake){line, strdup(whole)};
    l->no_memory = l->no_memory || m->text == NULL;
}

static int by_line(const void *a, const void *b)
{
    const struct mistake *x = a, *y = b;
    return x->line != y->line ? (x->line > y->line) - (x->line < y->line) : strcmp(x->text, y->text);
}

char *lines_mistakes(struct lines *l)
{
    size_t told = l->mistake_count < PROGRAMME_MISTAKES_MAX ? l->mistake_count : PROGRAMME_MISTAKES_MAX;
    char *all = NULL;
    size_t len = 0;
    FILE *f = l->no_memory ? NULL : open_memstream(&all, &len);
    if (f == NULL)
        return NULL;
    qsort(l->mistakes, told, sizeof l->mistakes[0], by_line);
    for (size_t i = 0; i < told; i++)
        fputs(l->mistakes[i].text, f);
    if (l->mistake_count > told)
        fprintf(f, "%.400s: and %zu more mistakes\n", l->file, l->mistake_count - told);
    if (fclose(f) == 0)
        return all;
    free(all);
    return NULL;
}

const struct entry *section_entry(const struct section *s, const char *name)
{
    for (size_t i = 0; i < s->count; i++)
        if (strcmp(s->entries[i].name, name) == 0)
            return &s->entries[i];
    return NULL;
}

const struct section *lines_section(const struct lines *l, enum section_kind kind, const char *key)
{
    for (size_t i = 0; i < l->count; i++)
        if (l->sections[i].kind == kind && strcmp(l->sections[i].key, key) == 0)
            return &l->sections[i];
    return NULL;
}

static char *trim(char *text)
{
    text += strspn(text, " \t\r");
    size_t len = strlen(text);
    while (len > 0 && strchr(" \t\r", text[len - 1]) != NULL)
        len--;
    text[len] = '\0';
    return text;
}

char *list_next(char **at)
{
    while (*at != NULL) {
        char *word = *at, *comma = strchr(word, ',');
        *at = comma != NULL ? comma + 1 : NULL;
        if (comma != NULL)
            *comma = '\0';
        word = trim(word);
        if (word[0] != '\0')
            return word;
    }
    return NULL;
}

/* Room for one more of `each` bytes. */
static void *make_room(struct lines *l, void *list, size_t count, size_t *size, size_t each)
{
    if (count < *size)
        return list;
    size_t more = *size ? 2 * *size : 16;
    void *grown = realloc(list, more * each);
    if (grown == NULL)
        l->no_memory = true;
    else
        *size = more;
    return grown;
}

/* "[session d1-opening]". */
static void take_heading(struct lines *l, char *text, int line)
{
    static const char *const kinds[] = {"programme", "session", "person"};
    char *end = strchr(text, ']');
    if (end == NULL || trim(end + 1)[0] != '\0') {
        lines_mistake(l, line, "A section's heading ends with \"]\" and nothing behind it.");
        end = end != NULL ? end : text + strlen(text);
    }
    *end = '\0';
    char *kind = trim(text + 1), *key = kind + strcspn(kind, " \t");
    if (*key != '\0')
        *key++ = '\0';
    struct section s = {.kind = SECTION_OTHER, .key = trim(key), .line = line};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kind, kinds[i]) == 0)
            s.kind = (enum section_kind)i;
    if (s.kind == SECTION_OTHER)
        lines_mistake(l, line,
                      "There is no section [%s]; there are [programme], [session KEY] and [person KEY].",
                      kind);
    struct section *grown = make_room(l, l->sections, l->count, &l->size, sizeof s);
    if (grown == NULL)
        return;
    l->sections = grown;
    l->sections[l->count++] = s;
}

static void take_entry(struct lines *l, char *text, int line)
{
    char *equals = strchr(text, '=');
    if (equals == NULL) {
        lines_mistake(l, line, "A line is \"name = value\", a \"[heading]\", or begins with #.");
        return;
    }
    *equals = '\0';
    struct entry e = {trim(text), trim(equals + 1), line};
    if (l->count == 0) {
        lines_mistake(l, line, "\"%s\" stands before the first [heading].", e.name);
        return;
    }
    struct section *s = &l->sections[l->count - 1];
    if (e.value[0] == '\0')
        lines_mistake(l, line, "\"%s\" has no value.", e.name);
    struct entry *grown = make_room(l, s->entries, s->count, &s->size, sizeof e);
    if (grown == NULL)
        return;
    s->entries = grown;
    s->entries[s->count++] = e;
}

/* A line of text of people: UTF-8 without controls. */
static bool is_text(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (((unsigned char)text[i] < 0x20 && text[i] != '\t' && text[i] != '\r') || text[i] == 0x7f)
            return false;
    json_t *string = json_stringn(text, len);
    bool good = string != NULL;
    json_decref(string);
    return good;
}

void lines_read(struct lines *l, const char *file, const char *text, size_t len)
{
    *l = (struct lines){.file = file, .text = malloc(len + 1)};
    if (l->text == NULL) {
        l->no_memory = true;
        return;
    }
    memcpy(l->text, text, len);
    l->text[len] = '\0';
    char *at = l->text, *end = l->text + len;
    if (len >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0)
        at += 3; /* some editors mark UTF-8 so */
    for (int line = 1; at < end && !l->no_memory; line++) {
        char *stop = memchr(at, '\n', (size_t)(end - at));
        stop = stop != NULL ? stop : end;
        *stop = '\0';
        bool text_of_people = is_text(at, (size_t)(stop - at));
        char *words = trim(at);
        if (!text_of_people && words[0] != '#')
            lines_mistake(l, line, "The line is not UTF-8 text.");
        else if (words[0] == '[')
            take_heading(l, words, line);
        else if (words[0] != '\0' && words[0] != '#' && words[0] != ';')
            take_entry(l, words, line);
        at = stop + 1;
    }
}

void lines_finish(struct lines *l)
{
    for (size_t i = 0; i < l->count; i++)
        free(l->sections[i].entries);
    free(l->sections);
    free(l->text);
    for (size_t i = 0; i < l->mistake_count && i < PROGRAMME_MISTAKES_MAX; i++)
        free(l->mistakes[i].text);
}
