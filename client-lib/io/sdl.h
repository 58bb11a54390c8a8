/* SDL2's sound, as devices.c wants it: one function for each thing it asks. Only one thread calls these, but
 * for the callback, which comes from SDL's. */
#ifndef AULA_CLIENT_IO_SDL_H
#define AULA_CLIENT_IO_SDL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "devices.h"

/* Sound for a loudspeaker to be written, or of a microphone to be read. From SDL's thread. */
typedef void sdl_sound(void *self, float *pcm, size_t samples);

/* Connects to the sound system. False where there is none: *ret_why borrows SDL's own sentence. */
bool sdl_start(const char **ret_why);
/* Ends the connection. Everything must be closed. */
void sdl_stop(void);
/* The thread that called these will not again: gives back what SDL keeps for it. */
void sdl_leave(void);
/* "PulseAudio", "ALSA" … while started. */
const char *sdl_system(void);
/* Device `i` of a side, or NULL past the last. Borrowed until the next call. */
const char *sdl_device(enum device_side side, int i);
/* Which one "default" is; false where the system does not say. */
bool sdl_default(enum device_side side, char name[DEVICES_NAME_MAX]);
/* Opens by its whole name, NULL for the default; it begins at once. 0 where that fails (then why). */
uint32_t sdl_open(enum device_side side, const char *name, sdl_sound *sound, void *self,
                  const char **ret_why);
/* False when it has gone. */
bool sdl_alive(uint32_t device);
/* The callback does not come any more when this returns. */
void sdl_close(uint32_t device);

#endif
