#include "disc.h"

enum { SECONDS = 60, LONGEST_WAIT_POLLS = 60000, POLL_MILLISECONDS = 10 };

static const MediaType media_types[] = {
    { 0x0008, 1, FALSE, FALSE, 1 },  { 0x0009, 2, FALSE, TRUE, 1 },   { 0x000A, 3, FALSE, TRUE, 1 },
    { 0x0010, 4, FALSE, FALSE, 16 }, { 0x0011, 9, FALSE, TRUE, 16 },  { 0x0012, 5, TRUE, TRUE, 16 },
    { 0x0013, 10, TRUE, TRUE, 16 },  { 0x0014, 10, FALSE, TRUE, 16 }, { 0x0015, 11, FALSE, TRUE, 16 },
    { 0x0016, 11, FALSE, TRUE, 16 }, { 0x001A, 7, TRUE, TRUE, 16 },   { 0x001B, 6, FALSE, TRUE, 16 },
    { 0x002B, 8, FALSE, TRUE, 16 },  { 0x0040, 17, FALSE, FALSE, 32 }, { 0x0041, 18, FALSE, TRUE, 32 },
    { 0x0043, 19, TRUE, TRUE, 32 },
};

static ULONG number16(const BYTE *at) { return (ULONG)at[0] << 8 | at[1]; }
static LONG number32(const BYTE *at) { return (LONG)(number16(at) << 16 | number16(at + 2)); }
static void put32(BYTE *at, LONG value) { for (int i = 0; i < 4; i++) at[i] = (BYTE)(value >> (24 - 8 * i)); }

/* What IMAPI2 calls a refusal. */
static HRESULT refusal(const BYTE *sense)
{
    BYTE key = sense[2] & 15, code = sense[12], qualifier = sense[13];
    if (code == 0x3A) return E_IMAPI_RECORDER_MEDIA_NO_MEDIA;
    if (key == 2 && code == 0x04 && qualifier == 0x04) return E_IMAPI_RECORDER_MEDIA_FORMAT_IN_PROGRESS;
    if (key == 2 && code == 0x04 && qualifier == 0x01) return E_IMAPI_RECORDER_MEDIA_BECOMING_READY;
    if (key == 2 && code == 0x04) return E_IMAPI_RECORDER_MEDIA_BUSY;
    if (key == 7) return E_IMAPI_RECORDER_MEDIA_WRITE_PROTECTED;
    if (key == 3) return E_IMAPI_UNEXPECTED_RESPONSE_FROM_DEVICE;
    return E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE;
}

static HRESULT run(DiscRecorder *recorder, const BYTE *cdb, ULONG cdb_bytes, enum Direction direction, BYTE *data, ULONG bytes,
                   ULONG *got)
{
    BYTE sense[18];
    HRESULT result = recorder_command(recorder, cdb, cdb_bytes, sense, SECONDS, direction, data, bytes, got);
    return result == S_IMAPI_COMMAND_HAS_SENSE_DATA ? refusal(sense) : result;
}

/* --- what the disc says */

HRESULT disc_progress(DiscRecorder *recorder, ULONG *done)
{
    BYTE cdb[6] = { 0 }, sense[18];
    HRESULT result = recorder_command(recorder, cdb, sizeof cdb, sense, SECONDS, WITHOUT_DATA, NULL, 0, NULL);
    *done = 65536;
    if (result != S_IMAPI_COMMAND_HAS_SENSE_DATA) return result;
    *done = sense[15] & 0x80 ? number16(sense + 16) : 0;
    if ((sense[2] & 15) == 6 && sense[12] != 0x3A) return S_FALSE;      /* told once: the disc was changed, the bus was reset */
    return (sense[2] & 15) == 2 && sense[12] == 0x04 ? S_FALSE : refusal(sense);
}

HRESULT disc_wait(DiscRecorder *recorder)
{
    for (int poll = 0; poll < LONGEST_WAIT_POLLS; poll++) {
        ULONG done;
        HRESULT result = disc_progress(recorder, &done);
        if (result != S_FALSE) return result;
        Sleep(POLL_MILLISECONDS);
    }
    return E_IMAPI_RECORDER_COMMAND_TIMEOUT;
}

static HRESULT media_type(DiscRecorder *recorder, const MediaType **out)
{
    BYTE cdb[10] = { 0x46, 1, 0, 0, 0, 0, 0, 0, 8, 0 }, data[8];
    ULONG got;
    TRY(run(recorder, cdb, sizeof cdb, FROM_DRIVE, data, sizeof data, &got));
    if (got < sizeof data) return E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE;
    for (size_t i = 0; i < sizeof media_types / sizeof *media_types; i++) if (media_types[i].profile == number16(data + 6)) {
        *out = &media_types[i];
        return S_OK;
    }
    return number16(data + 6) == 0 ? E_IMAPI_RECORDER_MEDIA_NO_MEDIA : E_IMAPI_RECORDER_MEDIA_INCOMPATIBLE;
}

HRESULT disc_facts(DiscRecorder *recorder, DiscFacts *facts)
{
    BYTE cdb[10] = { 0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0 }, data[34];
    ULONG got;
    TRY(disc_wait(recorder));
    TRY(media_type(recorder, &facts->media));
    TRY(run(recorder, cdb, sizeof cdb, FROM_DRIVE, data, sizeof data, &got));
    if (got < 12) return E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE;
    facts->status = data[2] & 3;
    facts->last_session = data[2] >> 2 & 3;
    facts->is_erasable = data[2] >> 4 & 1;
    facts->sessions = data[9] << 8 | data[4];
    facts->last_track = data[11] << 8 | data[6];
    return S_OK;
}

HRESULT disc_track(DiscRecorder *recorder, BYTE kind, LONG number, TrackFacts *facts)
{
    BYTE cdb[10] = { 0x52, kind, 0, 0, 0, 0, 0, 0, 36, 0 }, data[36] = { 0 };
    ULONG got;
    put32(cdb + 2, number);
    TRY(run(recorder, cdb, sizeof cdb, FROM_DRIVE, data, sizeof data, &got));
    if (got < 28) return E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE;
    *facts = (TrackFacts){ .number = data[2], .session = data[3], .start = number32(data + 8), .next = number32(data + 12),
        .free_blocks = number32(data + 16), .size = number32(data + 24), .last_recorded = number32(data + 28),
        .has_next = data[7] & 1, .has_last_recorded = data[7] >> 1 & 1, .is_blank = data[6] >> 6 & 1 };
    return S_OK;
}

HRESULT disc_open_track(DiscRecorder *recorder, TrackFacts *facts)
{
    DiscFacts disc;
    TRY(disc_facts(recorder, &disc));
    TRY(disc_track(recorder, 1, disc.last_track, facts));
    if (disc.media->is_overwritable) return S_OK;
    return disc.status <= 1 && facts->has_next ? S_OK : E_IMAPI_DF2DATA_INVALID_MEDIA_STATE;
}

HRESULT disc_previous_session(DiscRecorder *recorder, LONG *start, LONG *end)
{
    DiscFacts disc;
    TrackFacts track;
    TRY(disc_facts(recorder, &disc));
    LONG complete = disc.last_session == 3 ? disc.sessions : disc.sessions - 1;
    *start = *end = -1;
    if (disc.media->is_overwritable || complete < 1) return S_OK;
    TRY(disc_track(recorder, 2, complete, &track));
    *start = track.start;
    *end = track.start + track.size - 1;
    return S_OK;
}

HRESULT disc_capacity(DiscRecorder *recorder, LONG *blocks)
{
    BYTE cdb[10] = { 0x25 }, data[8];
    ULONG got;
    TRY(run(recorder, cdb, sizeof cdb, FROM_DRIVE, data, sizeof data, &got));
    *blocks = number32(data) + 1;
    return S_OK;
}

/* --- reading and writing */

HRESULT disc_read(DiscRecorder *recorder, LONG at, LONG blocks, BYTE *data)
{
    BYTE cdb[10] = { 0x28, 0, 0, 0, 0, 0, 0, (BYTE)(blocks >> 8), (BYTE)blocks, 0 };
    ULONG got;
    put32(cdb + 2, at);
    TRY(run(recorder, cdb, sizeof cdb, FROM_DRIVE, data, (ULONG)blocks * BLOCK, &got));
    return got == (ULONG)blocks * BLOCK ? S_OK : E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE;
}

/* CD: one track at a time. DVD-R and DVD-RW: incremental, in packets of 16 blocks. Others have no such page. */
HRESULT disc_set_write_parameters(DiscRecorder *recorder, const DiscFacts *facts, BOOL closes_disc)
{
    BYTE cdb[10] = { 0x55, 0x10, 0, 0, 0, 0, 0, 0, 60, 0 }, list[60] = { 0 }, *page = list + 8;
    BOOL is_cd = facts->media->profile <= 0x000A, is_dvd_minus = facts->media->profile == 0x0011 || facts->media->profile == 0x0014;
    if (!is_cd && !is_dvd_minus) return S_OK;
    page[0] = 0x05;
    page[1] = 50;
    page[2] = is_cd ? 0x01 : 0x20;
    page[3] = (BYTE)((closes_disc ? 0x00 : 0xC0) | (is_cd ? 0x04 : 0x25));
    page[4] = 8;
    if (is_dvd_minus) page[5] = page[13] = 16;
    return run(recorder, cdb, sizeof cdb, TO_DRIVE, list, sizeof list, NULL);
}

HRESULT disc_write(DiscRecorder *recorder, LONG at, LONG blocks, BYTE *data)
{
    BYTE cdb[10] = { 0x2A, 0, 0, 0, 0, 0, 0, (BYTE)(blocks >> 8), (BYTE)blocks, 0 };
    put32(cdb + 2, at);
    return run(recorder, cdb, sizeof cdb, TO_DRIVE, data, (ULONG)blocks * BLOCK, NULL);
}

HRESULT disc_flush(DiscRecorder *recorder)
{
    BYTE cdb[10] = { 0x35 };
    TRY(run(recorder, cdb, sizeof cdb, WITHOUT_DATA, NULL, 0, NULL));
    return disc_wait(recorder);
}

static HRESULT close_function(DiscRecorder *recorder, BYTE function, LONG track)
{
    BYTE cdb[10] = { 0x5B, 0, function, 0, (BYTE)(track >> 8), (BYTE)track };
    TRY(run(recorder, cdb, sizeof cdb, WITHOUT_DATA, NULL, 0, NULL));
    return disc_wait(recorder);
}

/* On CD and DVD-R mode page 05h says whether another session may follow; elsewhere the function does. */
HRESULT disc_close(DiscRecorder *recorder, const DiscFacts *facts, LONG track, BOOL closes_disc)
{
    BOOL is_cd = facts->media->profile <= 0x000A, is_dvd_minus = facts->media->profile == 0x0011 || facts->media->profile == 0x0014;
    if (facts->media->is_overwritable) return S_OK;
    if (!is_cd) TRY(close_function(recorder, 1, track));
    return close_function(recorder, closes_disc && !is_cd && !is_dvd_minus ? 6 : 2, 0);
}

HRESULT disc_erase(DiscRecorder *recorder, BOOL everything)
{
    BYTE cdb[12] = { 0xA1, (BYTE)(0x10 | (everything ? 0 : 1)) };
    return run(recorder, cdb, sizeof cdb, WITHOUT_DATA, NULL, 0, NULL);
}
