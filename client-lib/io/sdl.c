#define SDL_MAIN_HANDLED
#include "sdl.h"

#include <SDL2/SDL.h>
#include <dlfcn.h>
#include <stdio.h>

#include "base/time.h"

/* Samples that go at once. It is also what PulseAudio is asked to hold: 20 ms of latency out, 10 in. */
#define PERIOD_OUT (20 * SAMPLES_PER_MS)
#define PERIOD_IN  (10 * SAMPLES_PER_MS)

static void say_nothing(const char *file, int line, const char *function, int err, const char *format, ...)
{
    (void)file, (void)line, (void)function, (void)err, (void)format;
}

/* libasound prints whatever it does not find on standard error, where only our sentences belong. SDL has
 * loaded it where it uses it. */
static void silence_alsa(void)
{
    void *alsa = dlopen("libasound.so.2", RTLD_LAZY | RTLD_NOLOAD);
    if (alsa == NULL)
        return;
    int (*set_handler)(void (*)(const char *, int, const char *, int, const char *, ...));
    *(void **)&set_handler = dlsym(alsa, "snd_lib_error_set_handler");
    if (set_handler != NULL)
        set_handler(say_nothing);
    dlclose(alsa);
}

bool sdl_start(const char **ret_why)
{
    SDL_SetMainReady();
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1"); /* SIGTERM and SIGINT are the program's */
    SDL_SetHint(SDL_HINT_AUDIO_DEVICE_APP_NAME, "aula");
    SDL_SetHint(SDL_HINT_AUDIO_DEVICE_STREAM_NAME, "aula");
    silence_alsa();
    if (SDL_InitSubSystem(SDL_INIT_AUDIO) != 0) {
        *ret_why = SDL_GetError();
        return false;
    }
    /* Nobody fetches events: we look ourselves, and a queue of them would only grow. */
    SDL_EventState(SDL_AUDIODEVICEADDED, SDL_IGNORE);
    SDL_EventState(SDL_AUDIODEVICEREMOVED, SDL_IGNORE);
    return true;
}

void sdl_stop(void)
{
    SDL_QuitSubSystem(SDL_INIT_AUDIO);
}

void sdl_leave(void)
{
    SDL_TLSCleanup();
}

const char *sdl_system(void)
{
    static const struct {
        const char *ours, *theirs;
    } names[] = {{"PulseAudio", "pulseaudio"}, {"PipeWire", "pipewire"}, {"ALSA", "alsa"}};
    const char *driver = SDL_GetCurrentAudioDriver();
    for (size_t i = 0; driver != NULL && i < sizeof names / sizeof names[0]; i++)
        if (SDL_strcmp(driver, names[i].theirs) == 0)
            return names[i].ours;
    return driver != NULL ? driver : "";
}

const char *sdl_device(enum device_side side, int i)
{
    int input = side == DEVICE_INPUT;
    return i < SDL_GetNumAudioDevices(input) ? SDL_GetAudioDeviceName(i, input) : NULL;
}

bool sdl_default(enum device_side side, char name[DEVICES_NAME_MAX])
{
    SDL_AudioSpec spec;
    char *standard = NULL;
    if (SDL_GetDefaultAudioInfo(&standard, &spec, side == DEVICE_INPUT) != 0 || standard == NULL)
        return false;
    snprintf(name, DEVICES_NAME_MAX, "%s", standard);
    SDL_free(standard);
    return true;
}

/* ---- one device ---- */

struct caller {
    sdl_sound *sound;
    void *self;
};

/* SDL carries one pointer for us. One device a side is open. */
static struct caller callers[DEVICE_SIDES];

static void called(void *self, Uint8 *bytes, int count)
{
    const struct caller *caller = self;
    caller->sound(caller->self, (float *)(void *)bytes, (size_t)count / sizeof(float));
}

uint32_t sdl_open(enum device_side side, const char *name, sdl_sound *sound, void *self, const char **ret_why)
{
    bool input = side == DEVICE_INPUT;
    callers[side] = (struct caller){.sound = sound, .self = self};
    const SDL_AudioSpec wanted = {.freq = SAMPLES_PER_S,
                                  .format = AUDIO_F32SYS,
                                  .channels = 1,
                                  .samples = input ? PERIOD_IN : PERIOD_OUT,
                                  .callback = called,
                                  .userdata = &callers[side]};
    silence_alsa();
    SDL_AudioDeviceID device = SDL_OpenAudioDevice(name, input, &wanted, NULL, 0); /* SDL converts */
    if (device == 0)
        *ret_why = SDL_GetError();
    else
        SDL_PauseAudioDevice(device, 0);
    return device;
}

bool sdl_alive(uint32_t device)
{
    return SDL_GetAudioDeviceStatus(device) != SDL_AUDIO_STOPPED;
}

void sdl_close(uint32_t device)
{
    SDL_CloseAudioDevice(device);
}
