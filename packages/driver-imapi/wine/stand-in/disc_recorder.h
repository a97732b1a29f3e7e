/* MsftDiscRecorder2: one drive. The writers reach the drive through it. */
#ifndef DISC_RECORDER_H
#define DISC_RECORDER_H

#include "object.h"
#include "machine.h"

typedef struct DiscRecorder {
    Object object;
    Link *link;                 /* NULL until it is initialised */
    WCHAR id[256];
    Traits traits;
    LONG holds, silences;       /* taken and not given back through this object */
} DiscRecorder;

extern const FaceKind disc_recorder_face, disc_recorder_ex_face;

enum Direction { WITHOUT_DATA, TO_DRIVE, FROM_DRIVE };

/* Sends a command to the drive as it is. A command that the drive refuses is S_IMAPI_COMMAND_HAS_SENSE_DATA. */
HRESULT recorder_command(DiscRecorder *recorder, const BYTE *cdb, ULONG cdb_bytes, BYTE sense[18], ULONG seconds,
                         enum Direction direction, BYTE *data, ULONG bytes, ULONG *got);

/* The stand-in's own object behind an interface, with a reference; a writer takes no other. */
HRESULT recorder_from(IUnknown *unknown, DiscRecorder **out);

HRESULT recorder_acquire(DiscRecorder *recorder, BOOL force, const WCHAR *client);
HRESULT recorder_release(DiscRecorder *recorder);

/* HRESULT of a call on an object that InitializeDiscRecorder was not called for. */
#define NEED_DRIVE(recorder) do { if (!(recorder)->link) return E_IMAPI_RECORDER_REQUIRED; } while (0)

#endif
