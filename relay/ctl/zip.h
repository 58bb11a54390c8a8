/* A folder as a ZIP file (PKWARE APPNOTE 6.3), files stored as they are: what is in a report is packed
 * already. */
#ifndef AULA_RELAY_CTL_ZIP_H
#define AULA_RELAY_CTL_ZIP_H

#include <stddef.h>

#include "base/errors.h"

/* Everything under `folder`, under the folder's own name in the archive. ERR_FULL: over 4 GB or 65,535 files,
 * which this form cannot hold. ERR_SYSTEM, ERR_MEMORY. With a sentence in `why`; on failure no file is left.
 */
enum err zip_folder(const char *folder, const char *file, char *why, size_t why_size) MUST_USE;

#endif
