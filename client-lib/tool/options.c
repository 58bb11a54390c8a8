#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "aula/aula.h"
#include "devices.h"

#define NO_DEVICE "none"

static const char help[] =
    "aula: take part in a session without a browser\n"
    "\n"
    "  aula join URL [options]     as a participant\n"
    "  aula room URL [options]     as a hall: its microphone without the loudspeaker's echo and without\n"
    "                              noise, at one level; reconnects for ever\n"
    "  aula devices                says which microphones and loudspeakers there are\n"
    "\n"
    "URL is the join URL that `aulactl link` prints, https://HOST:PORT/j/TOKEN.\n"
    "\n"
    "  --play FILE        send a sound file (WAV, Ogg Opus, FLAC …) in real time, from the moment at which\n"
    "                     the floor is first there; several play one after the other\n"
    "  --record FILE.wav  write what is heard, 48 kHz mono; its first sample is the moment of the join\n"
    "  --input DEVICE     the microphone: its name or a part of it, default, or none\n"
    "  --output DEVICE    the loudspeaker, likewise. Left out, aula room uses the default ones, aula join\n"
    "                     only when its commands are typed at a terminal; --play is then the microphone,\n"
    "                     and with --record there is no loudspeaker. join does no echo cancelling: wear\n"
    "                     headphones. A device that goes is used again when it is back\n"
    "  --events FILE|-    write one JSON object a line for every event: t is seconds since the join,\n"
    "                     shown_t when a page was shown, n the event's number (none for signals)\n"
    "  --for SECONDS      end so long after the join; the seat is kept, as after SIGTERM\n"
    "  --no-audio         neither send nor receive sound\n"
    "  --ca FILE          trust the certificates in this PEM file instead of the system's;\n"
    "                     for a relay's own certificate: its DIR/tls.crt\n"
    "  --insecure         trust any certificate: only for a relay on this machine\n"
    "  --transport auto|udp\n"
    "                     how sound travels; this version knows only UDP\n"
    "  --payloads FILE    for diagnosis: write one JSON object a line for every Opus packet, dir \"out\" or\n"
    "                     \"in\", with t, seq, rtp, media (low 32 bits of session time; in), csrc, len, "
    "sha256\n"
    "  --help, --version\n"
    "\n"
    "Commands on standard input, one a line:\n"
    "  hand up|down · page N · chat TEXT · mute · unmute · grant WHO · release WHO · leave\n"
    "  people TEXT (who has TEXT in name or place, as an event `people`; people @N TEXT: those after number "
    "N)\n"
    "  pin WHO · unpin WHO · open-both WHO · close-both WHO (of rooms, for chairs)\n"
    "  ask TEXT · vote N · answer N CHOICE · language [CODE] · check-in CODE, and for chairs timer, lock,\n"
    "  chair, deputy, open, end, record, code, moderate, approve, poll and more: a wrong word lists all\n"
    "WHO is a participant's number, or a name where unique; in a session of more than 200, of those who do\n"
    "more than listen: `people` tells the numbers of the others.\n"
    "\n"
    "Exit status: 0 at --for, leave, SIGTERM or the session's end; 1 refused; 2 wrong usage; 3 nobody "
    "there.\n"
    "\n"
    "Example: play a lecture into a session, keep what was heard and what happened:\n"
    "  aula join https://127.0.0.1:8443/j/TOKEN --ca data/tls.crt --play lecture.wav \\\n"
    "       --record heard.wav --events events.jsonl --for 60\n";

enum {
    OPTION_PLAY = 256,
    OPTION_RECORD,
    OPTION_EVENTS,
    OPTION_PAYLOADS,
    OPTION_FOR,
    OPTION_NO_AUDIO,
    OPTION_CA,
    OPTION_INSECURE,
    OPTION_LANGUAGE,
    OPTION_TRANSPORT,
    OPTION_LEAN,
    OPTION_INPUT,
    OPTION_OUTPUT,
    OPTION_HELP,
    OPTION_VERSION
};

static const struct option long_options[] = {{"play", required_argument, NULL, OPTION_PLAY},
                                             {"record", required_argument, NULL, OPTION_RECORD},
                                             {"events", required_argument, NULL, OPTION_EVENTS},
                                             {"payloads", required_argument, NULL, OPTION_PAYLOADS},
                                             {"for", required_argument, NULL, OPTION_FOR},
                                             {"no-audio", no_argument, NULL, OPTION_NO_AUDIO},
                                             {"ca", required_argument, NULL, OPTION_CA},
                                             {"insecure", no_argument, NULL, OPTION_INSECURE},
                                             {"language", required_argument, NULL, OPTION_LANGUAGE},
                                             {"transport", required_argument, NULL, OPTION_TRANSPORT},
                                             {"lean", no_argument, NULL, OPTION_LEAN},
                                             {"input", required_argument, NULL, OPTION_INPUT},
                                             {"output", required_argument, NULL, OPTION_OUTPUT},
                                             {"help", no_argument, NULL, OPTION_HELP},
                                             {"version", no_argument, NULL, OPTION_VERSION},
                                             {NULL, 0, NULL, 0}};

static bool wrong(const char *sentence)
{
    fprintf(stderr, "aula: %s\n", sentence);
    return false;
}

static bool take_seconds(const char *text, double *ret_seconds)
{
    char *end;
    double v = strtod(text, &end);
    if (end == text || *end != 0 || !(v > 0) || v > 10 * 86400.0)
        return wrong("--for wants a number of seconds, more than 0 and at most ten days");
    *ret_seconds = v;
    return true;
}

static bool take_transport(const char *text)
{
    if (strcmp(text, "auto") == 0 || strcmp(text, "udp") == 0)
        return true;
    if (strcmp(text, "wss") == 0)
        return wrong("--transport wss: this version has no sound over a WebSocket; use auto or udp");
    return wrong("--transport is auto or udp");
}

static bool take_file(struct options *o, int option, const char *file)
{
    switch (option) {
    case OPTION_PLAY:
        if (o->play_count == OPTIONS_PLAY_MAX)
            return wrong("too many --play: at most 1024 files");
        o->play[o->play_count++] = file;
        return true;
    case OPTION_RECORD:
        o->record = file;
        return true;
    case OPTION_EVENTS:
        o->events = file;
        return true;
    case OPTION_PAYLOADS:
        o->payloads = file;
        return true;
    default:
        o->ca = file;
        return true;
    }
}

static bool take_device(const char **ret_name, const char *name)
{
    if (name[0] == 0 || strlen(name) >= DEVICES_NAME_MAX)
        return wrong("--input and --output want a device's name or a part of it; `aula devices` lists them");
    *ret_name = name;
    return true;
}

static bool take_option(struct options *o, int option, const char *argument)
{
    switch (option) {
    case OPTION_PLAY:
    case OPTION_RECORD:
    case OPTION_EVENTS:
    case OPTION_PAYLOADS:
    case OPTION_CA:
        return take_file(o, option, argument);
    case OPTION_FOR:
        return take_seconds(argument, &o->for_s);
    case OPTION_NO_AUDIO:
        o->no_audio = true;
        return true;
    case OPTION_INSECURE:
        o->insecure = true;
        return true;
    case OPTION_TRANSPORT:
        return take_transport(argument);
    case OPTION_LANGUAGE:
        return wrong("--language: this version has no interpreted channels; leave it out to hear the floor");
    case OPTION_LEAN:
        return wrong("--lean: this version has only the full tier; leave it out");
    case OPTION_INPUT:
        return take_device(&o->input, argument);
    case OPTION_OUTPUT:
        return take_device(&o->output, argument);
    default:
        return false; /* options_parse has said what is wrong */
    }
}

static bool check(const struct options *o)
{
    if (o->ca != NULL && o->insecure)
        return wrong("--ca and --insecure contradict each other: give one of them");
    if (o->no_audio && (o->play_count > 0 || o->record != NULL || o->payloads != NULL))
        return wrong("--no-audio leaves nothing to --play, --record or --payloads");
    if (o->no_audio && (o->input != NULL || o->output != NULL))
        return wrong("--no-audio leaves nothing to --input or --output");
    if (o->play_count > 0 && o->input != NULL && strcmp(o->input, NO_DEVICE) != 0)
        return wrong("--play and --input contradict each other: the file is the microphone");
    return true;
}

static const char *device(const char *named, bool by_itself)
{
    if (named == NULL)
        return by_itself ? DEVICES_DEFAULT : NULL;
    return strcmp(named, NO_DEVICE) != 0 ? named : NULL;
}

/* A script that joins does not open the microphone of the desk it runs on: join takes devices by itself only
 * where somebody sits at a terminal. A hall's machine has them for this. */
static void choose_devices(struct options *o, bool at_terminal)
{
    bool by_itself = !o->no_audio && (o->room || at_terminal);
    o->input = device(o->input, by_itself && o->play_count == 0);
    o->output = device(o->output, by_itself && o->record == NULL);
}

static bool take_words(int argc, char **argv, struct options *o)
{
    if (optind >= argc)
        return wrong("say `aula join URL` or `aula room URL`; `aula --help` says more");
    const char *word = argv[optind];
    o->devices = strcmp(word, "devices") == 0;
    if (o->devices && optind + 1 != argc)
        return wrong("`aula devices` stands alone");
    if (o->devices)
        return true;
    if (strcmp(word, "join") != 0 && strcmp(word, "room") != 0) {
        fprintf(stderr, "aula: there is no command \"%s\"; it is join, room or devices\n", word);
        return false;
    }
    o->room = strcmp(word, "room") == 0;
    if (optind + 2 != argc)
        return wrong(optind + 1 == argc ? "the join URL is missing" : "there is a word too many");
    o->url = argv[optind + 1];
    return true;
}

bool options_parse(int argc, char **argv, struct options *ret_options, int *ret_exit)
{
    struct options o = {0};
    int option;
    *ret_exit = EXIT_USAGE;
    while ((option = getopt_long(argc, argv, ":", long_options, NULL)) != -1) {
        if (option == '?' || option == ':')
            fprintf(stderr, "aula: %s%s (aula --help)\n", argv[optind - 1],
                    option == ':' ? " needs a value after it" : " is no option");
        if (option == OPTION_HELP || option == OPTION_VERSION) {
            fputs(option == OPTION_HELP ? help : "aula " AULA_VERSION "\n", stdout);
            *ret_exit = EXIT_DONE;
            return false;
        }
        if (!take_option(&o, option, optarg))
            return false;
    }
    if (!take_words(argc, argv, &o) || !check(&o))
        return false;
    choose_devices(&o, isatty(STDIN_FILENO));
    *ret_options = o;
    return true;
}
