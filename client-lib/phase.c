#include "phase.h"

span_us phase_wait(session_samples clock, span_us round_trip_us)
{
    session_samples arrives = clock + samples_from_us(round_trip_us > 0 ? round_trip_us : 0);
    session_samples late = arrives - PHASE_ARRIVAL_SAMPLES;
    session_samples wait = grid_floor(late) - late;
    return us_from_samples(wait < 0 ? wait + TICK_SAMPLES : wait);
}
