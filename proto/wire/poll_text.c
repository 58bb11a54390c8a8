/* What a poll asks, and sets of choices. */
#include "wire/event_members.h"

choice_set choices_read(struct json_in in, const char *member)
{
    size_t count = json_in_array(in, member, POLL_OPTIONS_MAX);
    choice_set set = 0;
    for (size_t i = 0; i < count; i++)
        set |= 1u << (json_in_array_integer(in, member, i, 1, POLL_OPTIONS_MAX) - 1);
    return set;
}

choice_set choices_read_or_none(struct json_in in, const char *member)
{
    return json_in_has(in, member) ? choices_read(in, member) : 0;
}

void choices_write(struct json_out *o, const char *name, choice_set set)
{
    json_open_array(o, name);
    for (int i = 0; i < POLL_OPTIONS_MAX; i++) {
        if (set & 1u << i)
            json_put_integer(o, NULL, i + 1);
    }
    json_close_array(o);
}

struct poll_text poll_text_read(struct json_in in)
{
    struct poll_text p = {.text = json_in_string(in, "text", JSON_TEXT_BLOCK, QUESTION_CHARACTERS_MAX),
                          .several = json_in_boolean_or(in, "several", false)};
    p.options = name_list_read(in, "options", JSON_TEXT_LINE, OPTION_CHARACTERS_MAX, POLL_OPTIONS_MAX);
    if (!json_doc_error(in.doc) && p.options.count < POLL_OPTIONS_MIN)
        json_doc_fail(in.doc, ERR_UNSUPPORTED, "\"options\" must be at least two answers to choose from.");
    p.right = choices_read_or_none(in, "right");
    p.quiz = json_in_boolean_or(in, "quiz", p.right != 0);
    if (!json_doc_error(in.doc) && p.right >> p.options.count)
        json_doc_fail(in.doc, ERR_UNSUPPORTED, "\"right\" must name options that there are.");
    return p;
}

void poll_text_write(struct json_out *o, const struct poll_text *p, bool with_right)
{
    json_put_string(o, "text", p->text);
    name_list_write(o, "options", &p->options);
    if (p->several)
        json_put_boolean(o, "several", true);
    if (p->quiz)
        json_put_boolean(o, "quiz", true);
    if (with_right && p->right)
        choices_write(o, "right", p->right);
}

size_t counts_read(struct json_in in, uint32_t ret_counts[POLL_OPTIONS_MAX])
{
    size_t count = json_in_array(in, "counts", POLL_OPTIONS_MAX);
    for (size_t i = 0; i < count; i++)
        ret_counts[i] = (uint32_t)json_in_array_integer(in, "counts", i, 0, UINT32_MAX);
    return count;
}

void counts_write(struct json_out *o, const uint32_t counts[POLL_OPTIONS_MAX], size_t count)
{
    json_open_array(o, "counts");
    for (size_t i = 0; i < count; i++)
        json_put_integer(o, NULL, counts[i]);
    json_close_array(o);
}
