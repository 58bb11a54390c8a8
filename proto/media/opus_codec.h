/* libopus behind one file: 48 kHz mono float, frames of 20 ms unless said. No clock, no threads; one owner
 * for each state. */
#ifndef AULA_MEDIA_OPUS_CODEC_H
#define AULA_MEDIA_OPUS_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errors.h"
#include "base/time.h"

#define OPUS_PAYLOAD_MAX        1275 /* bytes of one Opus frame (RFC 6716 §3.2.1); packets we make hold one */
#define OPUS_PACKET_SAMPLES_MAX (6 * TICK_SAMPLES) /* 120 ms (RFC 6716 §3.2.5) */
#define OPUS_SILENCE_LEN        3
extern const uint8_t opus_silence[OPUS_SILENCE_LEN]; /* F8 FF FE: one CELT frame of 20 ms silence */

struct opus_settings {
    int bitrate_bps;  /* 32000 for full */
    int complexity;   /* 0..10 */
    int loss_percent; /* > 0 arms in-band FEC */
    bool dtx;
};

struct opus_sender;   /* an encoder */
struct opus_receiver; /* a decoder */

/* The caller owns *ret_sender. VOIP, mono, in-band FEC where loss_percent > 0. ERR_MEMORY, ERR_SYSTEM. */
enum err opus_sender_create(const struct opus_settings *settings, struct opus_sender **ret_sender) MUST_USE;
void opus_sender_destroy(struct opus_sender *s);
/* A copy of the encoder's whole state, for an audience that splits: listeners' decoders stay in step. */
enum err opus_sender_copy(const struct opus_sender *s, struct opus_sender **ret_sender) MUST_USE;
void opus_sender_reset(struct opus_sender *s);
/* Samples by which the decoded sound comes later than what was put in (312 at 48 kHz VOIP). */
int opus_sender_lookahead(const struct opus_sender *s);
void opus_sender_set_loss(struct opus_sender *s, int loss_percent);
/* Encodes one frame of `samples` (960, or another Opus frame size). Returns bytes written in *ret_len; a
 * length of 1 or 2 means DTX: nothing need be sent. ERR_SYSTEM. */
enum err opus_sender_encode(struct opus_sender *s, const float *pcm, int samples, uint8_t *payload,
                            size_t capacity, size_t *ret_len) MUST_USE;

/* The largest sample a receiver gives, either sign. An encoder's overshoot stays far below; bytes that are no
 * speech decode to anything (past 100 times full scale), and nobody's ears or sums are to have that. */
#define OPUS_PCM_MAX 2.0f

enum err opus_receiver_create(struct opus_receiver **ret_receiver) MUST_USE;
void opus_receiver_destroy(struct opus_receiver *r);
void opus_receiver_reset(struct opus_receiver *r);
/* Decodes a packet into pcm (room for OPUS_PACKET_SAMPLES_MAX). ERR_MALFORMED where libopus refuses it: pcm
 * untouched. Stereo is downmixed by libopus. *ret_samples is the packet's length. */
enum err opus_receiver_decode(struct opus_receiver *r, const uint8_t *payload, size_t len, float *pcm,
                              int *ret_samples) MUST_USE;
/* How much of the time directly before the packet its in-band FEC holds, in samples: its first frame's
 * length, or 0 where it carries none (RFC 6716 §4.2.4). */
int opus_payload_fec_samples(const uint8_t *payload, size_t len);
/* In-band FEC: the frame of `samples` before `payload`, from what payload carries of it;
 * concealment where it carries none. ERR_MALFORMED. */
enum err opus_receiver_decode_fec(struct opus_receiver *r, const uint8_t *payload, size_t len, float *pcm,
                                  int samples) MUST_USE;
/* Concealment: `samples` (a multiple of 120, up to OPUS_PACKET_SAMPLES_MAX) made up from what was heard last.
 * ERR_SYSTEM: pcm is silence. */
enum err opus_receiver_conceal(struct opus_receiver *r, float *pcm, int samples) MUST_USE;

#endif
