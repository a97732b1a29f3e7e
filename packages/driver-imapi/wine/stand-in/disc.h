/* The disc in a drive as MMC's commands show and change it: what IMAPI2's writers do inside. */
#ifndef DISC_H
#define DISC_H

#include "disc_recorder.h"

/* What a profile means to IMAPI2. */
typedef struct MediaType {
    USHORT profile;
    LONG type;                  /* IMAPI_MEDIA_PHYSICAL_TYPE */
    BYTE is_overwritable, is_writable;
    LONG write_unit;            /* blocks */
} MediaType;

typedef struct DiscFacts {
    const MediaType *media;
    BYTE status;                /* 0 empty, 1 appendable, 2 complete, 3 other */
    BYTE last_session;          /* 0 empty, 1 incomplete, 3 complete */
    BYTE is_erasable;
    LONG sessions, last_track;
} DiscFacts;

typedef struct TrackFacts {
    LONG number, session, start, next, free_blocks, size, last_recorded;
    BYTE has_next, has_last_recorded, is_blank;
} TrackFacts;

/* Waits until the disc is ready. @returns E_IMAPI_RECORDER_MEDIA_NO_MEDIA and the like. */
HRESULT disc_wait(DiscRecorder *recorder);
HRESULT disc_facts(DiscRecorder *recorder, DiscFacts *facts);
/* `kind`: 1 track, 2 session. */
HRESULT disc_track(DiscRecorder *recorder, BYTE kind, LONG number, TrackFacts *facts);
/* The track that takes the next session; on an overwritable disc all of it. */
HRESULT disc_open_track(DiscRecorder *recorder, TrackFacts *facts);
/* First and last block of the last complete session; -1 for none. */
HRESULT disc_previous_session(DiscRecorder *recorder, LONG *start, LONG *end);
/* Number of addressable blocks. */
HRESULT disc_capacity(DiscRecorder *recorder, LONG *blocks);
HRESULT disc_read(DiscRecorder *recorder, LONG at, LONG blocks, BYTE *data);
/* Sets mode page 05h, where the medium heeds it. */
HRESULT disc_set_write_parameters(DiscRecorder *recorder, const DiscFacts *facts, BOOL closes_disc);
HRESULT disc_write(DiscRecorder *recorder, LONG at, LONG blocks, BYTE *data);
HRESULT disc_flush(DiscRecorder *recorder);
HRESULT disc_close(DiscRecorder *recorder, const DiscFacts *facts, LONG track, BOOL closes_disc);
/* Begins to erase; disc_progress tells how far it is. */
HRESULT disc_erase(DiscRecorder *recorder, BOOL everything);
/* S_FALSE while it is at work; `done` of 65536. */
HRESULT disc_progress(DiscRecorder *recorder, ULONG *done);

#endif
