/* A session's running order out of its slots: who speaks is a name, and the number of his link. */
#include "signal/programme.h"

#include <stdio.h>
#include <string.h>

/* A row's text as a piece; NULL where memory is short. The caller destroys the document. */
static struct json_doc *piece_of(const struct text *text, struct programme_piece *ret_piece)
{
    struct json_doc *doc;
    char why[JSON_WHY_MAX];
    if (json_doc_read(text->bytes, text->len, SENTENCE_MAX, &doc, why))
        return NULL;
    piece_read(json_doc_root(doc), 0, true, ret_piece);
    return doc;
}

static uint32_t number_of(const struct desk *d, const struct enrolled *who, const struct planned *one)
{
    uint8_t key[TOKEN_SHA256];
    if (who->withdrawn || programme_seat_key(who->token_sha256, one->session, key))
        return 0;
    const struct seat *seat = table_get(d->seats.table, key, sizeof key);
    return seat && !seat->revoked ? seat->number : 0;
}

/* The speaker's name, in the memory of `doc`; NULL where memory is short. */
static const char *name_of(const struct enrolled *who, struct json_doc *doc)
{
    struct programme_piece piece;
    struct json_doc *his = piece_of(who->text, &piece);
    size_t size = his ? strlen(piece.name) + 1 : 0;
    char *name = his ? json_doc_alloc(doc, size, 1) : NULL;
    if (name)
        memcpy(name, piece.name, size);
    json_doc_destroy(his);
    return name;
}

/* False where memory is short. */
static bool item_of(const struct desk *d, const struct programme *p, const struct planned *one,
                    const struct slot *slot, struct json_doc *doc, struct agenda_item *ret_item)
{
    const struct enrolled *who = slot->who ? enrolled_find(p, slot->who) : NULL;
    *ret_item =
        (struct agenda_item){.title = slot->title, .seconds = slot->seconds, .starts_ms = slot->starts_ms};
    /* Who has no link there does not speak there, and is not named. */
    ret_item->who = who ? number_of(d, who, one) : 0;
    if (ret_item->who == 0)
        return true;
    ret_item->name = name_of(who, doc);
    return ret_item->name != NULL;
}

static const char *follow(struct desk *d, struct sitting *s, const struct agenda *agenda, point_us now_us)
{
    struct command c = {.kind = COMMAND_AGENDA, .at_ms = wall_ms(d, now_us)};
    uint64_t n;
    const char *why;
    c.agenda = *agenda;
    return sitting_do(d, s, &c, now_us, &n, &why) ? why : NULL;
}

const char *agenda_of_planned(struct desk *d, struct programme *p, const struct planned *one, point_us now_us)
{
    struct sitting *s = sitting_find(d, one->session);
    struct agenda_item items[SLOTS_MAX];
    struct programme_piece piece;
    if (!s || session_phase(s->state) == SESSION_ENDED)
        return NULL;
    struct json_doc *doc = piece_of(one->text, &piece);
    bool good = doc != NULL;
    for (size_t i = 0; good && i < piece.slot_count; i++)
        good = item_of(d, p, one, &piece.slots[i], doc, &items[i]);
    const struct agenda agenda = {items, good ? piece.slot_count : 0};
    const char *why = good ? follow(d, s, &agenda, now_us) : MEMORY_WHY;
    json_doc_destroy(doc);
    return why;
}

const char *agenda_of_speaker(struct desk *d, struct programme *p, const char *key, point_us now_us)
{
    char named[KEY_MAX + 12];
    const char *why = NULL;
    snprintf(named, sizeof named, "\"who\":\"%s\"", key);
    for (const struct planned *one = p->planned; one && !why; one = one->next) {
        if (strstr(one->text->bytes, named))
            why = agenda_of_planned(d, p, one, now_us);
    }
    return why;
}
