/* Who was there: by place, by country, by person. */
#include <string.h>

#include "ctl/report_parts.h"

const json_t *report_person(const struct report *r, const char *key)
{
    size_t i;
    const json_t *one;
    json_array_foreach(json_object_get(r->programme, "people"), i,
                       one) if (strcmp(report_text(one, "key"), key) == 0) return one;
    return NULL;
}

/* Who he is in the programme, NULL where he is not of it: identities are "PROGRAMME.KEY". */
static const json_t *of_programme(const struct report *r, const json_t *person)
{
    const char *id = report_text(person, "id"), *programme = report_text(r->programme, "id");
    size_t len = strlen(programme);
    bool of_it = len > 0 && strncmp(id, programme, len) == 0 && id[len] == '.';
    return of_it ? report_person(r, id + len + 1) : NULL;
}

static const char *country_of(const struct report *r, const json_t *person)
{
    const char *country = report_text(of_programme(r, person), "country");
    return country[0] != '\0' ? country : "not known";
}

/* Of the roles that he has in sessions of the programme the first of these. */
static const char *role_of(const struct report *r, const json_t *person)
{
    static const char *const order[] = {"chair", "lecturer", "interpreter"};
    const json_t *seats = json_object_get(of_programme(r, person), "seats"), *seat;
    size_t i;
    for (size_t k = 0; k < sizeof order / sizeof order[0]; k++)
        json_array_foreach(seats, i,
                           seat) if (strcmp(report_text(seat, "role"), order[k]) == 0) return order[k];
    return report_text(person, "role");
}

/* All places that he was in, as one text. */
static void all_places(const json_t *person, char *text, size_t size)
{
    size_t i, len = 0;
    const json_t *place;
    text[0] = '\0';
    json_array_foreach(json_object_get(person, "places"), i, place)
    {
        const char *word = json_string_value(place);
        if (word != NULL && len + strlen(word) + 3 < size)
            len += (size_t)snprintf(text + len, size - len, "%s%s", len > 0 ? ", " : "", word);
    }
}

static bool came(const json_t *person)
{
    return json_array_size(json_object_get(person, "intervals")) > 0;
}

#define GROUPS_MAX 80

static struct bar *group_of(struct bar *bars, size_t *count, const char *label)
{
    for (size_t i = 0; i < *count; i++)
        if (strcmp(bars[i].label, label) == 0)
            return &bars[i];
    if (*count == GROUPS_MAX)
        return &bars[GROUPS_MAX - 1];
    bars[*count] = (struct bar){.label = label};
    return &bars[(*count)++];
}

/* Whoever was in two places counts in both. */
static void count_place(const struct report *r, const json_t *person, struct bar *bars, size_t *count)
{
    size_t i;
    const json_t *place;
    (void)r;
    json_array_foreach(json_object_get(person, "places"), i, place)
        group_of(bars, count, json_string_value(place))
            ->value++;
}

static void count_country(const struct report *r, const json_t *person, struct bar *bars, size_t *count)
{
    group_of(bars, count, country_of(r, person))->value++;
}

/* How many people of each place or country; small groups of a public report are one. */
static void put_groups(FILE *out, const struct report *r, const char *title,
                       void (*count_one)(const struct report *r, const json_t *person, struct bar *bars,
                                         size_t *count))
{
    struct bar bars[GROUPS_MAX], told[GROUPS_MAX + 1];
    size_t count = 0, kept = 0, i;
    double others = 0;
    const json_t *person;
    json_array_foreach(json_object_get(r->attendance, "people"), i, person)
    {
        if (came(person))
            count_one(r, person, bars, &count);
    }
    for (i = 0; i < count; i++) {
        if (r->is_public && bars[i].value < REPORT_FEW)
            others += bars[i].value;
        else
            told[kept++] = bars[i];
    }
    if (others > 0)
        told[kept++] = (struct bar){.label = "others", .value = others};
    for (i = 0; i < kept; i++)
        snprintf(told[i].shown, sizeof told[i].shown, "%.0f", told[i].value);
    chart_bars(out, title, told, kept);
}

static void put_person(FILE *out, const struct report *r, const json_t *person)
{
    char places[400];
    all_places(person, places, sizeof places);
    const char *cells[] = {report_text(person, "name"), role_of(r, person), places, country_of(r, person)};
    long long s = report_number(person, "seconds");
    fputs("<tr>", out);
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
        fputs(i == 0 ? "<th scope=\"row\">" : "<td>", out);
        html_text(out, cells[i]);
        fputs(i == 0 ? "</th>" : "</td>", out);
    }
    fprintf(out, "<td class=\"n\">%lld:%02lld:%02lld</td><td class=\"n\">%.1f</td><td>", s / 3600,
            s / 60 % 60, s % 60, 100 * json_number_value(json_object_get(person, "share")));
    const char *certificate = report_text(person, "certificate"); /* letters, digits and - */
    if (certificate[0] != '\0')
        fprintf(out, "<a href=\"certificates/%s.html\">certificate</a></td></tr>\n", certificate);
    else
        fprintf(out, "%s</td></tr>\n", json_is_true(json_object_get(person, "passed")) ? "yes" : "no");
}

void report_attendance(FILE *out, const struct report *r)
{
    const json_t *people = json_object_get(r->attendance, "people"), *person;
    size_t i, here = 0, passed = 0;
    double hours = 0;
    json_array_foreach(people, i, person)
    {
        here += came(person);
        passed += json_is_true(json_object_get(person, "passed"));
        hours += (double)report_number(person, "seconds") / 3600;
    }
    fputs("<section id=\"attendance\">\n<h2>Attendance</h2>\n", out);
    fprintf(out,
            "<p>%zu people came, %.1f hours together. %zu of them were there for at least %d %% of the "
            "time.</p>\n",
            here, hours, passed, r->threshold);
    put_groups(out, r, "People by place", count_place);
    put_groups(out, r, "People by country", count_country);
    if (!r->is_public && json_array_size(people) > 0) {
        fputs("<h3>By person</h3>\n<p><a href=\"attendance.csv\">The same as a table for a "
              "spreadsheet</a></p>\n"
              "<table><thead><tr><th scope=\"col\">Name</th><th scope=\"col\">Role</th><th "
              "scope=\"col\">Place</th>"
              "<th scope=\"col\">Country</th><th scope=\"col\" class=\"n\">Time</th><th scope=\"col\" "
              "class=\"n\">%</th>"
              "<th scope=\"col\">Passed</th></tr></thead><tbody>\n",
              out);
        json_array_foreach(people, i, person) put_person(out, r, person);
        fputs("</tbody></table>\n", out);
    }
    fputs("</section>\n", out);
}
