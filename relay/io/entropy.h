/* The operating system's randomness in the core's form. Any thread. */
#ifndef AULA_RELAY_IO_ENTROPY_H
#define AULA_RELAY_IO_ENTROPY_H

#include "base/entropy.h"

/* Static storage. Aborts the process where the kernel cannot deliver: nothing may go on with guessable keys.
 */
const struct entropy *entropy_of_system(void);

#endif
