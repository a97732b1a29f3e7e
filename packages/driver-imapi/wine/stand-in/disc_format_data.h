/* MsftDiscFormat2Data: the writer of sessions. */
#ifndef DISC_FORMAT_DATA_H
#define DISC_FORMAT_DATA_H

#include "disc.h"
#include "events.h"

typedef struct DiscFormatData {
    EventSource source;
    DiscRecorder *recorder;
    BSTR client;
    VARIANT_BOOL no_underrun_protection, postgap_in_image, closes_disc, not_dvd_compatible, overwrites, requested_cav;
    LONG requested_speed, verification;
    volatile LONG is_writing, is_telling, is_cancelled;
} DiscFormatData;

/* IDiscFormat2Data::Write */
HRESULT WINAPI data_write(void *self, IStream *stream);
HRESULT WINAPI data_cancel_write(void *self);

/* What an Update event tells. */
typedef struct WriteStatus {
    LONG start, count, last_read, last_written, buffer_used, elapsed, remaining, action;
} WriteStatus;
Object *write_event_args_new(const WriteStatus *status);

Object *write_speed_new(LONG media_type, LONG blocks_per_second);
Object *multisession_sequential_new(DiscRecorder *recorder);
Object *multisession_random_write_new(DiscRecorder *recorder);

#endif
