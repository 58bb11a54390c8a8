#!/usr/bin/python3
"""usage: quality.py score REF[+REF]... HEARD...   lag, ESTOI and level of each HEARD against the REF, or the sum of the REFs
       quality.py absence REF HEARD [SECONDS]   how far below its own level the voice of REF lies in HEARD, in dB
       quality.py selftest
example: quality.py score speech-en.wav heard.wav

WAV files, 16 bits; of several channels the first counts. Numpy and scipy, nothing else; also a module to import.

lag      by the peak of the whitened cross-correlation over all lags: sharp where a plain one is as broad as a pitch period. It is
         looked for again every 0.4 s, so that a listener's buffer may grow or shrink meanwhile. Several REFs are each laid at
         their own lag before they are summed: talkers of a mix arrive each in his own time.
ESTOI    Jensen and Taal, "An Algorithm for Predicting the Intelligibility of Speech Masked by Modulated Noise Maskers" (2016).
absence  the peak of the cross-correlation over lags of +-1 s, both sides whitened in time and frequency (each 32 ms, each 150 Hz
         brought to one loudness, so that no loud vowel drowns the rest), relative to what REF itself at its own level, at that
         lag and through the same whitening, would give. A voice that is present at its own level shows 0 dB, one 30 dB down
         -30 dB (3.5 dB less after Opus at 32 kbit/s, which does not keep the shape of the highest waves). Where none of it is,
         another voice of equal level pretends -46 dB in 10 s, -50 in 30 s, -56 in 100 s at the worst. With SECONDS only so much
         is used: the part where REF is loudest."""
import sys
import wave

import numpy as np
from scipy.ndimage import uniform_filter, uniform_filter1d
from scipy.signal import istft, resample_poly, stft

WHITEN_HZ = 40          # spectra are smoothed over this before whitening: formants and tilt go, the voice's own lines stay
BAND_HZ = (100, 7000)   # where recordings of 16 kHz hold speech
PIECE_S = 0.4           # alignment is looked at again for each piece of this length,
REACH_S = 0.4           # this far to either side,
STILL = 24              # samples that are no move (the codec's own phase),
CLEARLY = 2.0           # and believed where it fits better than staying by this factor

ABSENCE_LAG_S = 1.0
ABSENCE_HZ = 16000
TILE = 512              # samples at that rate: 32 ms, half overlapped
TILE_SMOOTH = (5, 3)    # bins, frames over which loudness is taken
TILE_FLOOR_DB = -20     # below the mean; what is softer is not brought up further

ESTOI_HZ = 10000
FRAME, HOP, FFT = 256, 128, 512   # 25.6 ms, half overlapped
BANDS, LOWEST_HZ = 15, 150        # third octaves
SEGMENT = 30                      # frames: 384 ms
RANGE_DB = 40                     # frames this far below the reference's loudest are left out


def read_wav(path):
    with wave.open(path) as w:
        if w.getsampwidth() != 2:
            raise ValueError(f'{path}: {8 * w.getsampwidth()} bits; only 16 are read')
        x = np.frombuffer(w.readframes(w.getnframes()), '<i2').reshape(-1, w.getnchannels())[:, 0]
        return x / 32768, w.getframerate()


def resample(x, rate, to):
    divisor = np.gcd(rate, to)
    return x if rate == to else resample_poly(x, to // divisor, rate // divisor)


def level_db(x):
    return 10 * np.log10(np.mean(np.square(x)) + 1e-20)


def cross_spectrum(ref, heard, rate):
    """Whitened: (spectrum of the lags, its n)."""
    n = 1 << int(np.ceil(np.log2(len(ref) + len(heard))))
    r, h = np.fft.rfft(ref, n), np.fft.rfft(heard, n)
    width = max(1, int(WHITEN_HZ * n / rate))
    power_r = uniform_filter1d(np.abs(r) ** 2, width)
    power_h = uniform_filter1d(np.abs(h) ** 2, width)
    hz = np.arange(len(r)) * rate / n
    band = (hz >= BAND_HZ[0]) & (hz <= min(BAND_HZ[1], rate / 2))
    floor_r, floor_h = (p[band].max() * 1e-6 + 1e-30 for p in (power_r, power_h))
    weight = band / np.sqrt((power_r + floor_r) * (power_h + floor_h))
    return np.conj(r) * h * weight, n


def find_lag(ref, heard, rate):
    """Samples by which heard comes after ref; negative where it begins within it."""
    spectrum, n = cross_spectrum(ref, heard, rate)
    lag = int(np.argmax(np.fft.irfft(spectrum, n)))
    return lag - n if lag > n // 2 else lag


def lay(ref, lag, length):
    """ref moved by lag, cut or filled to that length."""
    out = np.zeros(length)
    start, stop = max(lag, 0), min(lag + len(ref), length)
    if stop > start:
        out[start:stop] = ref[start - lag:stop - lag]
    return out


def tiles(x):
    return stft(x, nperseg=TILE, noverlap=TILE // 2)[2]


def whitening(x):
    """The gains that bring x to one loudness everywhere."""
    power = uniform_filter(np.abs(tiles(x)) ** 2, TILE_SMOOTH)
    return 1 / np.sqrt(power + power.mean() * 10 ** (TILE_FLOOR_DB / 10) + 1e-20)


def weighted(x, gains):
    """Linear in x: the gains stay as they were found, also for another x."""
    return istft(tiles(x) * gains, nperseg=TILE, noverlap=TILE // 2)[1][:len(x)]


def loudest(ref, n):
    """Where the n samples of most energy begin."""
    energy = np.r_[0, np.cumsum(np.square(ref))]
    return int(np.argmax(energy[n:] - energy[:-n]))


def absence_db(ref, heard, rate, seconds=None):
    length = min(len(ref), len(heard))
    ref, heard = resample(ref[:length], rate, ABSENCE_HZ), resample(heard[:length], rate, ABSENCE_HZ)
    if seconds and len(ref) > seconds * ABSENCE_HZ:
        n = int(seconds * ABSENCE_HZ)
        start = loudest(ref, n)
        ref, heard = ref[start:start + n], heard[start:start + n]
    heard_gains = whitening(heard)
    ref_white, heard_white = weighted(ref, whitening(ref)), weighted(heard, heard_gains)
    n = 1 << int(np.ceil(np.log2(2 * len(ref))))
    lags = np.fft.irfft(np.conj(np.fft.rfft(ref_white, n)) * np.fft.rfft(heard_white, n), n)
    reach = int(ABSENCE_LAG_S * ABSENCE_HZ)
    near = np.abs(np.r_[lags[:reach + 1], lags[-reach:]])
    at = int(np.argmax(near))
    lag = at if at <= reach else at - len(near)
    present = abs(lay(ref_white, lag, len(ref)) @ weighted(lay(ref, lag, len(ref)), heard_gains))
    return 20 * np.log10(near[at] / (present + 1e-20) + 1e-12)


def frames(x):
    return np.lib.stride_tricks.sliding_window_view(x, FRAME)[::HOP]


def without_silence(ref, heard):
    """Both without the frames in which ref is silent, put together again by overlapping."""
    window = np.hanning(FRAME + 2)[1:-1]
    ref_frames, heard_frames = frames(ref) * window, frames(heard) * window
    loudness = 20 * np.log10(np.linalg.norm(ref_frames, axis=1) + 1e-12)
    kept = loudness > loudness.max() - RANGE_DB
    out = []
    for all_frames in (ref_frames[kept], heard_frames[kept]):
        x = np.zeros((len(all_frames) + 1) * HOP)
        x[:-HOP] += all_frames[:, :HOP].ravel()
        x[HOP:] += all_frames[:, HOP:].ravel()
        out.append(x)
    return out


def third_octaves():
    """Which FFT bins belong to which band: a row each."""
    bins_hz = np.arange(FFT // 2 + 1) * ESTOI_HZ / FFT
    centres = LOWEST_HZ * 2.0 ** (np.arange(BANDS) / 3)
    edges = [np.abs(bins_hz - centres[:, None] * 2.0 ** (side / 6)).argmin(axis=1) for side in (-1, 1)]
    bins = np.arange(len(bins_hz))
    return ((bins >= edges[0][:, None]) & (bins < edges[1][:, None])).astype(float)


def envelopes(x):
    """Bands by frames."""
    spectra = np.fft.rfft(frames(x) * np.hanning(FRAME + 2)[1:-1], FFT)
    return np.sqrt(third_octaves() @ (np.abs(spectra) ** 2).T)


def normalised(segments, axis):
    """Mean 0 and length 1 along the axis."""
    centred = segments - segments.mean(axis=axis, keepdims=True)
    return centred / (np.linalg.norm(centred, axis=axis, keepdims=True) + 1e-12)


def estoi(ref, heard, rate):
    """Of two signals of one length, aligned."""
    ref, heard = without_silence(resample(ref, rate, ESTOI_HZ), resample(heard, rate, ESTOI_HZ))
    sides = []
    for x in (ref, heard):
        env = envelopes(x)
        if env.shape[1] < SEGMENT:
            raise ValueError('less than 0.4 s of sound in the reference')
        segments = np.lib.stride_tricks.sliding_window_view(env, SEGMENT, axis=1).transpose(1, 0, 2)
        sides.append(normalised(normalised(segments, 2), 1))  # over time in each band, then over the bands
    return float((sides[0] * sides[1]).sum() / SEGMENT / len(sides[0]))


def moved(ref, piece, rate):
    """Samples by which the piece comes after the middle of ref, which is wider than it by REACH_S on either side; 0 where that is not
    clearly so."""
    spectrum, n = cross_spectrum(ref, piece, rate)
    reach = int(REACH_S * rate)
    lags = np.fft.irfft(spectrum, n)[np.arange(-2 * reach, 1)]  # 0 to 2 * reach into ref
    best = int(np.argmax(lags))
    stayed = np.abs(lags[reach - STILL:reach + STILL + 1]).max()
    return best - reach if lags[best] > CLEARLY * stayed else 0


def lay_along(ref, lag, heard, rate):
    """ref laid at its lag, each piece where it is found in heard near there: a listener's buffer that has grown or shrunk moves all that
    comes after it, and that is no fault of the sound (POLQA, ITU-T P.863, aligns its pieces in the same way)."""
    size, reach = int(PIECE_S * rate), int(REACH_S * rate)
    wide = lay(ref, lag + reach, len(heard) + 2 * reach)
    pieces = [(at, min(at + size, len(heard))) for at in range(0, len(heard), size)]
    moves = {n: moved(wide[at:end + 2 * reach], heard[at:end], rate) for n, (at, end) in enumerate(pieces)
             if end - at == size and np.all(np.any(wide[at:end + 2 * reach].reshape(-1, size // 8), axis=1))}
    if not moves:
        return wide[reach:reach + len(heard)]
    found = [moves[min(moves, key=lambda known: abs(known - n))] for n in range(len(pieces))]  # where ref begins or ends: as beside it
    out = np.zeros(len(heard))
    for (at, end), move in zip(pieces, found):
        out[at:end] = wide[at + reach - move:end + reach - move]
    for n in range(1, len(pieces)):
        if found[n] != found[n - 1]:
            at, end = pieces[n - 1][0], pieces[n][1]
            before, after = (wide[at + reach - move:end + reach - move] for move in (found[n - 1], found[n]))
            split = step_between(before, after, heard[at:end])
            out[at:end] = np.r_[before[:split], after[split:]]
    return out


def step_between(before, after, heard):
    """Where in heard it stops following one and follows the other."""
    return int(np.argmax(np.r_[0, np.cumsum(before * heard) - np.cumsum(after * heard)]))


def score(refs, heard, rate):
    """Lag of each ref in samples, ESTOI of heard against their sum, its level against theirs in dB."""
    lags = [find_lag(ref, heard, rate) for ref in refs]
    start = max(0, min(lags))
    stop = min(len(heard), max(lag + len(ref) for lag, ref in zip(lags, refs)))
    total = sum(lay_along(ref, lag, heard, rate) for lag, ref in zip(lags, refs))[start:stop]
    part = heard[start:stop]
    return lags, estoi(total, part, rate), level_db(part) - level_db(total)


def read_all(paths):
    """The files, all at the first one's rate."""
    first, rate = read_wav(paths[0])
    return [first] + [resample(*read_wav(path), rate) for path in paths[1:]], rate


def print_score(arguments):
    ref_paths = arguments[0].split('+')
    for path in arguments[1:]:
        signals, rate = read_all(ref_paths + [path])
        lags, intelligibility, gain = score(signals[:-1], signals[-1], rate)
        lag_text = ' '.join(f'{1000 * lag / rate:.2f}' for lag in lags)
        print(f'{path}: lag {lag_text} ms, ESTOI {intelligibility:.4f}, level {gain:+.1f} dB')


def print_absence(arguments):
    (ref, heard), rate = read_all(arguments[:2])
    seconds = float(arguments[2]) if len(arguments) == 3 else None
    print(f'{arguments[1]}: {absence_db(ref, heard, rate, seconds):.1f} dB')


# ---- self test: on noise that is modulated like speech, against what can be worked out without this code


def babble(seed, seconds, rate=16000):
    """Noise with a speech-like slope, its bands each opened and closed a few times a second."""
    dice = np.random.default_rng(seed)
    n = seconds * rate
    out = np.zeros(n)
    for low, high in ((100, 500), (500, 1000), (1000, 2000), (2000, 4000), (4000, 7500)):
        spectrum = np.fft.rfft(dice.standard_normal(n))
        hz = np.fft.rfftfreq(n, 1 / rate)
        spectrum[(hz < low) | (hz >= high)] = 0
        gate = np.abs(np.interp(np.arange(n), np.arange(0, n + 4000, 4000), dice.standard_normal(n // 4000 + 1)))
        out += np.fft.irfft(spectrum, n) * gate / low ** 0.5
    return out / np.std(out) * 0.07


def estoi_by_the_letter(ref, heard):
    """The paper's formulas one by one, on signals at 10 kHz."""
    x, y = without_silence(ref, heard)
    bands = []
    for signal in (x, y):
        rows = []
        for m in range(0, len(signal) - FRAME + 1, HOP):
            window = [0.5 - 0.5 * np.cos(2 * np.pi * (i + 1) / (FRAME + 1)) for i in range(FRAME)]
            power = np.abs(np.fft.fft(signal[m:m + FRAME] * window, FFT)) ** 2
            row = []
            for j in range(BANDS):
                edges = [LOWEST_HZ * 2 ** ((2 * j + side) / 6) for side in (-1, 1)]
                low, high = (min(range(FFT // 2 + 1), key=lambda k: abs(k * ESTOI_HZ / FFT - edge)) for edge in edges)
                row.append(np.sqrt(sum(power[low:high])))
            rows.append(row)
        bands.append(np.array(rows).T)
    total, count = 0.0, 0
    for m in range(SEGMENT, bands[0].shape[1] + 1):
        columns = []
        for env in bands:
            segment = [row - np.mean(row) for row in env[:, m - SEGMENT:m]]
            segment = np.array([row / np.linalg.norm(row) for row in segment])
            columns.append([(c - np.mean(c)) / np.linalg.norm(c - np.mean(c)) for c in segment.T])
        total += sum(np.dot(a, b) for a, b in zip(*columns)) / SEGMENT
        count += 1
    return total / count


def test_alignment():
    ref, other = babble(1, 10), babble(2, 10)
    for lag in (0, 1, 160, 5000, -1, -4000):
        heard = lay(ref, lag, len(ref)) * 0.3 + 0.03 * babble(3, 10)
        yield f'lag {lag} is found', find_lag(ref, heard, 16000) == lag
    mixed = lay(ref, 320, 170000) + lay(other, 8000, 170000)
    lags, intelligibility, gain = score([ref, other], mixed, 16000)
    yield 'talkers of a mix are each found', lags == [320, 8000]
    yield 'their sum is the reference', intelligibility > 0.9999 and abs(gain) < 0.01
    grown = np.r_[mixed[:64000], np.zeros(960), mixed[64000:]]
    yield 'a buffer that has grown is followed', score([ref, other], grown, 16000)[1] > 0.97
    shrunk = np.r_[mixed[:64000], mixed[65600:]]
    yield 'and one that has shrunk', score([ref, other], shrunk, 16000)[1] > 0.97
    hurt = mixed.copy()
    for at in range(8000, 160000, 8000):
        hurt[at:at + 1600] = 0
    yield 'holes are not taken for moves', score([ref, other], hurt, 16000)[1] < 0.85


def test_estoi():
    ref, noise = babble(1, 4, 10000), babble(2, 4, 10000)
    yield 'a signal is as intelligible as itself', abs(estoi(ref, ref, 10000) - 1) < 1e-9
    yield 'loudness does not matter', abs(estoi(ref, 0.1 * ref, 10000) - 1) < 1e-9
    values = [estoi(ref, ref + 10 ** (-snr / 20) * noise, 10000) for snr in (20, 10, 0, -10)]
    yield 'more noise, less of it', all(a > b + 0.05 for a, b in zip(values, values[1:]))
    yield 'of noise alone nothing', abs(estoi(ref, noise, 10000)) < 0.1
    heard = ref[:15000] + 0.5 * noise[:15000]
    yield 'agrees with the formulas', abs(estoi(ref[:15000], heard, 10000) - estoi_by_the_letter(ref[:15000], heard)) < 1e-6
    gap = np.r_[np.zeros(20000), ref, np.zeros(20000)]
    noisy_gap = np.r_[noise[:20000], ref, noise[20000:]]
    yield 'silence of the reference does not count', estoi(gap, noisy_gap, 10000) > 0.95


def test_absence():
    ref, other = babble(1, 30), babble(2, 30)
    for db in (0, -10, -20, -30):
        heard = other + 10 ** (db / 20) * lay(ref, 3000, len(ref))
        yield f'a voice {db} dB down is measured', abs(absence_db(ref, heard, 16000) - db) < 2
    yield 'alone at its own level it is 0 dB', abs(absence_db(ref, lay(ref, 700, len(ref)), 16000)) < 0.5
    yield 'one that is not there is 40 dB down', absence_db(ref, other, 16000) < -40
    yield 'nor is it in silence', absence_db(ref, np.zeros(len(ref)), 16000) < -100
    late = lay(ref, 20000, len(ref))
    yield 'further off than a second it is not looked for', absence_db(ref, late, 16000) < -35
    part = np.r_[np.zeros(160000), ref[:320000]]
    yield 'SECONDS takes the loudest part', abs(absence_db(part, part, 16000, 5)) < 0.5


def selftest():
    results = [result for test in (test_alignment, test_estoi, test_absence) for result in test()]
    print(f'1..{len(results)}')
    for number, (what, passed) in enumerate(results, 1):
        print(f'{"ok" if passed else "not ok"} {number} - {what}')
    return 0 if all(passed for _, passed in results) else 1


def main(arguments):
    if arguments == ['selftest']:
        return selftest()
    if len(arguments) >= 3 and arguments[0] == 'score':
        print_score(arguments[1:])
    elif len(arguments) in (3, 4) and arguments[0] == 'absence':
        print_absence(arguments[1:])
    else:
        wanted = arguments == ['--help']
        print(__doc__, file=sys.stdout if wanted else sys.stderr)
        return 0 if wanted else 2
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
