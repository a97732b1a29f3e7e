/* MsftMultisessionRandomWrite: logical sessions on overwritable media. */
#include "multisession.h"

#define RECORDER(self) (SELF(Multisession, self)->recorder)

static HRESULT WINAPI get_is_supported(void *self, VARIANT_BOOL *out)
{
    DiscFacts disc;
    NEED_OUT(out);
    TRY(disc_facts(RECORDER(self), &disc));
    *out = disc.media->is_overwritable ? VARIANT_TRUE : VARIANT_FALSE;
    return S_OK;
}

static HRESULT need_overwritable(DiscRecorder *recorder)
{
    DiscFacts disc;
    TRY(disc_facts(recorder, &disc));
    return disc.media->is_overwritable ? S_OK : E_IMAPI_DF2DATA_INVALID_MEDIA_STATE;
}

static HRESULT WINAPI get_last_written_address(void *self, LONG *out)
{
    TrackFacts track;
    NEED_OUT(out);
    TRY(need_overwritable(RECORDER(self)));
    TRY(disc_open_track(RECORDER(self), &track));
    if (!track.has_last_recorded) return E_NOTIMPL;
    *out = track.last_recorded;
    return S_OK;
}

static HRESULT WINAPI get_total_sectors(void *self, LONG *out)
{
    NEED_OUT(out);
    TRY(need_overwritable(RECORDER(self)));
    return disc_capacity(RECORDER(self), out);
}

static const void *const vtable[] = { MULTISESSION_SLOTS(get_is_supported), multisession_get_write_unit_size,
    get_last_written_address, get_total_sectors };
SLOTS(vtable, MULTISESSION_COUNT + 3);
static const IID *const interfaces[] = { &IID_IMultisessionRandomWrite, &IID_IMultisession, &IID_IDispatch, NULL };

Object *multisession_random_write_new(DiscRecorder *recorder)
{
    static const Kind kind = { .bytes = sizeof(Multisession), .destroy = multisession_destroy, .faces = { { vtable, interfaces } } };
    return multisession_new(&kind, recorder);
}
