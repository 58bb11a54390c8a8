/* What the mirror's two files share: mirror.c folds, mirror_people.c keeps people. */
#ifndef AULA_CLIENT_MIRROR_PARTS_H
#define AULA_CLIENT_MIRROR_PARTS_H

#include "mirror.h"

/* A copy in the place of what was there; NULL is "". ERR_MEMORY. */
enum err mirror_text(char **text, const char *with) MUST_USE;
struct mirror_person *mirror_known(const struct mirror *m, uint32_t id);
/* Who is not known yet. ERR_FULL, ERR_MEMORY. */
enum err mirror_add(struct mirror *m, uint32_t id, const char *name, const char *place,
                    struct mirror_person **ret_person) MUST_USE;
/* As a whole state or an event names him. ERR_MALFORMED where he is known. */
enum err mirror_take(struct mirror *m, const struct view_participant *v) MUST_USE;
/* Who does no more than listen is not told of any more in a large session: he is forgotten at once, lest he
 * be shown as he was. */
void mirror_forget_unlisted(struct mirror *m, uint32_t id);
void mirror_free_person(struct mirror_person *p);

#endif
