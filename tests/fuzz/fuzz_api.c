/* A request of /api/v1: method, path, query and body, a line each. What becomes a request of the door must be
 * one JSON object, or be one whose member stands twice. */
#include <string.h>

#include "fuzz.h"

#include "wire/api.h"
#include "wire/json_in.h"

/* The next line, zero-ended; the rest is the last. */
static char *line(char **at)
{
    char *text = *at, *end = strchr(text, '\n');
    if (end != NULL) {
        *end = 0;
        *at = end + 1;
    } else {
        *at = text + strlen(text);
    }
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[4096], why[JSON_WHY_MAX], *at = text;
    struct api_pair pairs[API_PAIRS_MAX];
    size_t count = 0;
    struct api_match m;
    struct json_out o;
    if (size >= sizeof text)
        return 0;
    memcpy(text, data, size);
    text[size] = 0;
    const char *method = line(&at), *path = line(&at);
    char *query = line(&at);
    for (char *pair = strtok(query, "&"); pair != NULL && count < API_PAIRS_MAX; pair = strtok(NULL, "&")) {
        char *equals = strchr(pair, '=');
        if (equals != NULL)
            *equals = 0;
        pairs[count++] = (struct api_pair){pair, equals != NULL ? equals + 1 : ""};
    }
    enum api_method which = method[0] == 'P' ? API_POST : method[0] == 'D' ? API_DELETE : API_GET;
    if (api_find(which, path, &m) != ERR_NONE)
        return 0;
    PROMISE(m.route->method == which && m.count <= API_PATH_VALUES);
    if (api_request(&m, pairs, count, *at ? at : NULL, strlen(at), &o, why) == ERR_NONE) {
        PROMISE(o.len > 2 && o.text[0] == '{' && o.text[o.len - 1] == '}');
        struct json_doc *doc;
        enum err e = json_doc_read(o.text, o.len, SIZE_MAX, &doc, why);
        if (e == ERR_NONE) {
            PROMISE(strcmp(json_in_string(json_doc_root(doc), "verb", JSON_TEXT_ID, 40), m.route->verb) == 0);
            json_doc_destroy(doc);
        }
    }
    json_out_finish(&o);
    return 0;
}
