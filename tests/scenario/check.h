/* What listeners of a scenario must have received. Each fails the test with the listener and the packet. */
#ifndef AULA_SCENARIO_CHECK_H
#define AULA_SCENARIO_CHECK_H

#include "stage.h"

#define CLOSING_SILENCES 3

bool packet_is_silence(const struct stage_packet *p);
/* Session time of a received packet, low 32 bits. */
uint32_t packet_time(const struct stage_packet *p);
/* The place in the speaker's track of what he sent with this payload, from `from` on; SIZE_MAX: he sent none.
 */
size_t packet_said(const struct stage_track *said, const struct stage_packet *p, size_t from);
/* From packet `from` on: numbers without a gap, times that neither overlap nor (where `whole`) have a hole.
 */
void check_stream(const struct stage_member *m, size_t from, bool whole);
/* All that the speaker said from his packet `first` to his packet `end` - 1 was received byte for byte, in
 * order, and nothing else but the closing silence. */
void check_passed(const struct stage_member *m, const struct stage_member *speaker, size_t first, size_t end);
/* Not one packet from `from` on names the speaker as a source. */
void check_not_heard(const struct stage_member *m, const struct stage_member *speaker, size_t from);
/* How many packets from `from` on name him. */
size_t heard_of(const struct stage_member *m, const struct stage_member *speaker, size_t from);
/* Packet for packet the same: number, RTP time, marker, CSRC list and payload. */
void check_same_tracks(const struct stage_track *a, const struct stage_track *b, const char *what);

#endif
