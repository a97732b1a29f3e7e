/* MsftMultisessionSequential: sessions one after another. */
#include "multisession.h"

#define RECORDER(self) (SELF(Multisession, self)->recorder)

static HRESULT WINAPI get_is_supported(void *self, VARIANT_BOOL *out)
{
    DiscFacts disc;
    NEED_OUT(out);
    TRY(disc_facts(RECORDER(self), &disc));
    BOOL is_open = disc.status <= 1 && disc.last_session != 1;
    *out = disc.media->is_writable && !disc.media->is_overwritable && is_open ? VARIANT_TRUE : VARIANT_FALSE;
    return S_OK;
}

static HRESULT WINAPI get_is_first_data_session(void *self, VARIANT_BOOL *out)
{
    LONG start, end;
    NEED_OUT(out);
    TRY(disc_previous_session(RECORDER(self), &start, &end));
    *out = start < 0 ? VARIANT_TRUE : VARIANT_FALSE;
    return S_OK;
}

static HRESULT WINAPI get_start_of_previous(void *self, LONG *out)
{ LONG end; NEED_OUT(out); return disc_previous_session(RECORDER(self), out, &end); }
static HRESULT WINAPI get_end_of_previous(void *self, LONG *out)
{ LONG start; NEED_OUT(out); return disc_previous_session(RECORDER(self), &start, out); }

static HRESULT WINAPI get_next_writable_address(void *self, LONG *out)
{
    TrackFacts track;
    NEED_OUT(out);
    TRY(disc_open_track(RECORDER(self), &track));
    *out = track.next;
    return S_OK;
}

static HRESULT WINAPI get_free_sectors(void *self, LONG *out)
{
    TrackFacts track;
    NEED_OUT(out);
    TRY(disc_open_track(RECORDER(self), &track));
    *out = track.free_blocks;
    return S_OK;
}

static const void *const vtable[] = { MULTISESSION_SLOTS(get_is_supported), get_is_first_data_session, get_start_of_previous,
    get_end_of_previous, get_next_writable_address, get_free_sectors, multisession_get_write_unit_size };
SLOTS(vtable, MULTISESSION_COUNT + 5 + 1);
static const IID *const interfaces[] = {
    &IID_IMultisessionSequential2, &IID_IMultisessionSequential, &IID_IMultisession, &IID_IDispatch, NULL };

Object *multisession_sequential_new(DiscRecorder *recorder)
{
    static const Kind kind = { .bytes = sizeof(Multisession), .destroy = multisession_destroy, .faces = { { vtable, interfaces } } };
    return multisession_new(&kind, recorder);
}
