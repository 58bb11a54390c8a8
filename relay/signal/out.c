/* What the desk gives its shell, in order. */
#include "signal/parts.h"

#include <stdlib.h>
#include <string.h>

void out_init(struct desk *d)
{
    d->out.first = NULL;
    d->out.last = &d->out.first;
    d->out.given = NULL;
}

void out_free(struct out *o)
{
    if (!o)
        return;
    text_release(o->text);
    if (o->row)
        text_release(o->row->text);
    free(o->row);
    free(o->order);
    free(o->record);
    free(o);
}

void out_finish(struct desk *d)
{
    out_free(d->out.given);
    while (d->out.first) {
        struct out *next = d->out.first->next;
        out_free(d->out.first);
        d->out.first = next;
    }
    out_init(d);
}

static struct out *make(enum desk_output_kind kind, struct text *text)
{
    struct out *o = calloc(1, sizeof *o);
    if (!o) {
        text_release(text);
        return NULL;
    }
    o->kind = kind;
    o->text = text;
    return o;
}

static void push(struct desk *d, struct out *o)
{
    *d->out.last = o;
    d->out.last = &o->next;
}

bool out_sentence(struct desk *d, uint32_t connection, struct text *text, bool droppable)
{
    struct out *o = text ? make(DESK_SENTENCE, text) : NULL;
    if (!o)
        return false;
    o->connection = connection;
    o->droppable = droppable;
    push(d, o);
    return true;
}

bool out_close(struct desk *d, uint32_t connection)
{
    struct out *o = make(DESK_CLOSE, NULL);
    if (!o)
        return false;
    o->connection = connection;
    push(d, o);
    return true;
}

bool out_reply(struct desk *d, uint32_t request, struct text *text)
{
    struct out *o = text ? make(DESK_REPLY, text) : NULL;
    if (!o)
        return false;
    o->request = request;
    push(d, o);
    return true;
}

bool out_order(struct desk *d, int worker, const struct media_order *order)
{
    struct out *o = make(DESK_ORDER, NULL);
    if (!o)
        return false;
    o->order = malloc(sizeof *o->order);
    if (!o->order) {
        out_free(o);
        return false;
    }
    *o->order = *order;
    o->worker = worker;
    push(d, o);
    return true;
}

bool out_record(struct desk *d, const struct desk_record *record, struct text *text)
{
    bool wants_text = record->kind == RECORD_LINE;
    struct out *o = text || !wants_text ? make(DESK_RECORD, text) : NULL;
    if (o)
        o->record = malloc(sizeof *o->record);
    if (!o || !o->record) {
        out_free(o);
        return false;
    }
    *o->record = *record;
    push(d, o);
    return true;
}

struct out *out_row_make(const struct desk_row *head, struct text *text)
{
    struct out *o = text ? make(DESK_ROW, NULL) : NULL;
    if (o)
        o->row = calloc(1, sizeof *o->row);
    if (!o || !o->row) {
        text_release(text);
        out_free(o);
        return NULL;
    }
    o->row->head = *head;
    o->row->head.text = text->bytes;
    o->row->head.len = text->len;
    o->row->text = text;
    return o;
}

void out_row_push(struct desk *d, struct out *made)
{
    made->row->head.row = ++d->row;
    push(d, made);
}

bool out_past(struct desk *d, const struct sitting *s)
{
    struct out *o = make(DESK_PAST, NULL);
    if (o)
        o->row = calloc(1, sizeof *o->row);
    if (!o || !o->row) {
        out_free(o);
        return false;
    }
    memcpy(o->row->head.session, s->id, sizeof s->id);
    o->row->head.n = session_n(s->state);
    push(d, o);
    return true;
}

static void describe(const struct out *o, struct desk_output *ret_output)
{
    memset(ret_output, 0, sizeof *ret_output);
    ret_output->kind = o->kind;
    ret_output->connection = o->connection;
    ret_output->request = o->request;
    ret_output->worker = o->worker;
    ret_output->droppable = o->droppable;
    if (o->text) {
        ret_output->text = o->text->bytes;
        ret_output->len = o->text->len;
    }
    if (o->order)
        ret_output->order = *o->order;
    if (o->record)
        ret_output->record = *o->record;
    if (o->row)
        ret_output->row = o->row->head;
}

bool desk_output(struct desk *d, struct desk_output *ret_output)
{
    out_free(d->out.given);
    d->out.given = d->out.first;
    struct out *o = d->out.given;
    if (!o)
        return false;
    d->out.first = o->next;
    if (!d->out.first)
        d->out.last = &d->out.first;
    describe(o, ret_output);
    return true;
}
