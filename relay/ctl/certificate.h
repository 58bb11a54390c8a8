/* Certificates of attendance as files: a page to print, and what it takes to check one without a relay. */
#ifndef AULA_RELAY_CTL_CERTIFICATE_H
#define AULA_RELAY_CTL_CERTIFICATE_H

#include <jansson.h>

#include "base/errors.h"

/* Writes NUMBER.html, NUMBER.txt (the statement), NUMBER.sig and key.pem into the folder. `reply` is the
 * relay's to `certificate`. ERR_MALFORMED: it is none. ERR_SYSTEM: errno says why. */
enum err certificate_files(const char *folder, const json_t *reply, const char *name,
                           const char *title) MUST_USE;

#endif
