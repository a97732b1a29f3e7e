#include "classes.h"
#include "disc_format_data.h"
#include "values.h"

#define DATA(self) SELF(DiscFormatData, self)
#define NEED_RECORDER(self) do { if (!DATA(self)->recorder) return E_IMAPI_RECORDER_REQUIRED; } while (0)
#define NEED_IDLE(self) do { if (DATA(self)->is_writing) return E_IMAPI_DF2DATA_WRITE_IN_PROGRESS; } while (0)

/* --- IDiscFormat2 */

static HRESULT WINAPI is_recorder_supported(void *self, IUnknown *unknown, VARIANT_BOOL *out)
{
    DiscRecorder *recorder;
    NEED_OUT(out);
    TRY(recorder_from(unknown, &recorder));
    *out = VARIANT_TRUE;
    object_drop(&recorder->object);
    return S_OK;
}

static HRESULT WINAPI is_current_media_supported(void *self, IUnknown *unknown, VARIANT_BOOL *out)
{
    DiscRecorder *recorder;
    DiscFacts disc;
    NEED_OUT(out);
    TRY(recorder_from(unknown, &recorder));
    HRESULT result = disc_facts(recorder, &disc);
    *out = SUCCEEDED(result) && disc.media->is_writable ? VARIANT_TRUE : VARIANT_FALSE;
    object_drop(&recorder->object);
    return result;
}

static HRESULT WINAPI get_media_physically_blank(void *self, VARIANT_BOOL *out)
{
    DiscFacts disc;
    NEED_OUT(out);
    NEED_RECORDER(self);
    TRY(disc_facts(DATA(self)->recorder, &disc));
    *out = disc.status == 0 ? VARIANT_TRUE : VARIANT_FALSE;
    return S_OK;
}

/* An overwritable disc counts as blank when what file systems begin with is zero. */
static HRESULT WINAPI get_media_heuristically_blank(void *self, VARIANT_BOOL *out)
{
    static BYTE zeros[32 * BLOCK];
    BYTE *data;
    DiscFacts disc;
    NEED_OUT(out);
    NEED_RECORDER(self);
    TRY(disc_facts(DATA(self)->recorder, &disc));
    *out = disc.status == 0 ? VARIANT_TRUE : VARIANT_FALSE;
    if (disc.status == 0 || !disc.media->is_overwritable) return S_OK;
    data = CoTaskMemAlloc(sizeof zeros);
    HRESULT result = disc_read(DATA(self)->recorder, 0, 32, data);
    if (SUCCEEDED(result) && !memcmp(data, zeros, sizeof zeros)) *out = VARIANT_TRUE;
    CoTaskMemFree(data);
    return result;
}

static HRESULT WINAPI get_supported_media_types(void *self, SAFEARRAY **out)
{
    static const LONG types[] = { 2, 3, 5, 6, 7, 8, 9, 10, 11, 18, 19 };
    return give_numbers(out, types, sizeof types / sizeof *types);
}

/* --- properties */

static HRESULT WINAPI put_recorder(void *self, IUnknown *unknown)
{
    DiscFormatData *data = DATA(self);
    DiscRecorder *recorder = NULL;
    NEED_IDLE(self);
    if (unknown) TRY(recorder_from(unknown, &recorder));
    if (recorder && !recorder->link) {
        object_drop(&recorder->object);
        return E_IMAPI_DF2DATA_RECORDER_NOT_SUPPORTED;
    }
    if (data->recorder) object_drop(&data->recorder->object);
    data->recorder = recorder;
    return S_OK;
}

static HRESULT WINAPI get_recorder(void *self, void **out)
{
    NEED_OUT(out);
    *out = NULL;
    NEED_RECORDER(self);
    return object_query(&DATA(self)->recorder->object, &IID_IDiscRecorder2, out);
}

#define SWITCH(name, field) \
    static HRESULT WINAPI put_##name(void *self, VARIANT_BOOL value) \
    { \
        NEED_IDLE(self); \
        if (value != VARIANT_TRUE && value != VARIANT_FALSE) return E_INVALIDARG; \
        DATA(self)->field = value; \
        return S_OK; \
    } \
    static HRESULT WINAPI get_##name(void *self, VARIANT_BOOL *out) \
    { \
        NEED_OUT(out); \
        *out = DATA(self)->field; \
        return S_OK; \
    }
SWITCH(buffer_underrun_free_disabled, no_underrun_protection)
SWITCH(postgap_already_in_image, postgap_in_image)
SWITCH(force_media_to_be_closed, closes_disc)
SWITCH(disable_consumer_dvd_compatibility_mode, not_dvd_compatible)
SWITCH(force_overwrite, overwrites)

static LONG status_of(const DiscFacts *disc)
{
    LONG open = disc->last_session == 1 ? STATE_NON_EMPTY_SESSION : 0;
    if (!disc->media->is_writable) return STATE_UNSUPPORTED;
    if (disc->media->is_overwritable) return STATE_OVERWRITE_ONLY | (disc->status == 0 ? STATE_BLANK : 0);
    if (disc->status == 0) return STATE_BLANK | STATE_APPENDABLE;
    return disc->status == 1 ? STATE_APPENDABLE | open : STATE_FINALIZED;
}

static HRESULT WINAPI get_current_media_status(void *self, LONG *out)
{
    DiscFacts disc;
    NEED_OUT(out);
    NEED_RECORDER(self);
    TRY(disc_facts(DATA(self)->recorder, &disc));
    *out = status_of(&disc) | (LONG)DATA(self)->recorder->traits.status;
    return S_OK;
}

static HRESULT WINAPI get_write_protect_status(void *self, LONG *out)
{
    NEED_OUT(out);
    NEED_RECORDER(self);
    *out = (LONG)DATA(self)->recorder->traits.protection;
    return S_OK;
}

static HRESULT WINAPI get_total_sectors(void *self, LONG *out)
{
    TrackFacts track;
    NEED_OUT(out);
    NEED_RECORDER(self);
    TRY(disc_open_track(DATA(self)->recorder, &track));
    *out = track.start + track.size;
    return S_OK;
}

/* On overwritable media all of it, always. */
static HRESULT WINAPI get_free_sectors(void *self, LONG *out)
{
    DiscFacts disc;
    TrackFacts track;
    NEED_OUT(out);
    NEED_RECORDER(self);
    TRY(disc_facts(DATA(self)->recorder, &disc));
    TRY(disc_open_track(DATA(self)->recorder, &track));
    *out = disc.media->is_overwritable ? track.size : track.free_blocks;
    return S_OK;
}

static HRESULT WINAPI get_next_writable_address(void *self, LONG *out)
{
    DiscFacts disc;
    TrackFacts track;
    NEED_OUT(out);
    NEED_RECORDER(self);
    TRY(disc_facts(DATA(self)->recorder, &disc));
    TRY(disc_open_track(DATA(self)->recorder, &track));
    *out = disc.media->is_overwritable ? 0 : track.next;
    return S_OK;
}

static HRESULT WINAPI get_start_of_previous(void *self, LONG *out)
{ LONG end; NEED_OUT(out); NEED_RECORDER(self); return disc_previous_session(DATA(self)->recorder, out, &end); }
static HRESULT WINAPI get_end_of_previous(void *self, LONG *out)
{ LONG start; NEED_OUT(out); NEED_RECORDER(self); return disc_previous_session(DATA(self)->recorder, &start, out); }

static HRESULT WINAPI get_current_physical_media_type(void *self, LONG *out)
{
    DiscFacts disc;
    NEED_OUT(out);
    NEED_RECORDER(self);
    TRY(disc_facts(DATA(self)->recorder, &disc));
    *out = disc.media->type;
    return S_OK;
}

static HRESULT WINAPI put_client_name(void *self, BSTR name)
{
    NEED_IDLE(self);
    if (!name || !*name || lstrlenW(name) > 63) return E_IMAPI_DF2DATA_CLIENT_NAME_IS_NOT_VALID;
    SysFreeString(DATA(self)->client);
    DATA(self)->client = SysAllocString(name);
    return S_OK;
}
static HRESULT WINAPI get_client_name(void *self, BSTR *out) { return give_text(out, DATA(self)->client ? DATA(self)->client : L""); }

/* --- speeds: BD 2x and 4x, or what the application asked for */

static const LONG speeds[] = { 8780, 4390 };
static LONG current_speed(const DiscFormatData *data) { return data->requested_speed > 0 ? data->requested_speed : speeds[0]; }

static HRESULT WINAPI get_requested_write_speed(void *self, LONG *out)
{ NEED_OUT(out); *out = DATA(self)->requested_speed; return S_OK; }
static HRESULT WINAPI get_requested_cav(void *self, VARIANT_BOOL *out)
{ NEED_OUT(out); *out = DATA(self)->requested_cav; return S_OK; }
static HRESULT WINAPI get_current_write_speed(void *self, LONG *out)
{ NEED_OUT(out); NEED_RECORDER(self); *out = current_speed(DATA(self)); return S_OK; }
static HRESULT WINAPI get_current_cav(void *self, VARIANT_BOOL *out)
{ NEED_OUT(out); NEED_RECORDER(self); *out = VARIANT_FALSE; return S_OK; }
static HRESULT WINAPI get_supported_write_speeds(void *self, SAFEARRAY **out)
{ NEED_RECORDER(self); return give_numbers(out, speeds, 2); }

static HRESULT WINAPI get_supported_write_speed_descriptors(void *self, SAFEARRAY **out)
{
    DiscFacts disc;
    NEED_RECORDER(self);
    TRY(disc_facts(DATA(self)->recorder, &disc));
    Object *descriptors[] = { write_speed_new(disc.media->type, speeds[0]), write_speed_new(disc.media->type, speeds[1]) };
    return give_objects(out, descriptors, 2);
}

static HRESULT WINAPI set_write_speed(void *self, LONG speed, VARIANT_BOOL cav)
{
    NEED_RECORDER(self);
    NEED_IDLE(self);
    if (speed == 0 || speed < -1) return E_INVALIDARG;
    DATA(self)->requested_speed = speed;
    DATA(self)->requested_cav = cav;
    return speed == -1 || speed == speeds[0] || speed == speeds[1] ? S_OK : S_IMAPI_SPEEDADJUSTED;
}

/* --- the mechanisms of the drive: both, of which one fits the disc */

static HRESULT WINAPI get_multisession_interfaces(void *self, SAFEARRAY **out)
{
    NEED_RECORDER(self);
    DiscRecorder *recorder = DATA(self)->recorder;
    Object *mechanisms[] = { multisession_sequential_new(recorder), multisession_random_write_new(recorder) };
    return give_objects(out, mechanisms, 2);
}

/* --- IBurnVerification, which derives from IUnknown */

static HRESULT WINAPI put_level(void *self, LONG level)
{
    NEED_IDLE(self);
    if (level < 0 || level > 2) return E_INVALIDARG;
    DATA(self)->verification = level;
    return S_OK;
}
static HRESULT WINAPI get_level(void *self, LONG *out) { NEED_OUT(out); *out = DATA(self)->verification; return S_OK; }
static const void *const verification_vtable[] = { UNKNOWN_SLOTS, put_level, get_level };
SLOTS(verification_vtable, UNKNOWN_COUNT + 2);
static const IID *const verification_interfaces[] = { &IID_IBurnVerification, NULL };

/* --- the object */

static const void *const vtable[] = { DISPATCH_SLOTS,
    is_recorder_supported, is_current_media_supported, get_media_physically_blank, get_media_heuristically_blank,
    get_supported_media_types,
    put_recorder, get_recorder, put_buffer_underrun_free_disabled, get_buffer_underrun_free_disabled,
    put_postgap_already_in_image, get_postgap_already_in_image, get_current_media_status, get_write_protect_status,
    get_total_sectors, get_free_sectors, get_next_writable_address, get_start_of_previous, get_end_of_previous,
    put_force_media_to_be_closed, get_force_media_to_be_closed, put_disable_consumer_dvd_compatibility_mode,
    get_disable_consumer_dvd_compatibility_mode, get_current_physical_media_type, put_client_name, get_client_name,
    get_requested_write_speed, get_requested_cav, get_current_write_speed, get_current_cav, get_supported_write_speeds,
    get_supported_write_speed_descriptors, put_force_overwrite, get_force_overwrite, get_multisession_interfaces,
    data_write, data_cancel_write, set_write_speed };
SLOTS(vtable, DISPATCH_COUNT + 5 + 32);
static const IID *const interfaces[] = { &IID_IDiscFormat2Data, &IID_IDiscFormat2, &IID_IDispatch, NULL };

static void destroy(Object *object)
{
    DiscFormatData *data = (DiscFormatData *)object;
    if (data->recorder) object_drop(&data->recorder->object);
    SysFreeString(data->client);
    events_end(&data->source);
}

Object *disc_format_data_new(void)
{
    static Kind kind = { .bytes = sizeof(DiscFormatData), .destroy = destroy,
        .faces = { { vtable, interfaces }, { NULL, NULL }, { NULL, NULL }, { verification_vtable, verification_interfaces } } };
    kind.faces[1] = container_face;
    kind.faces[2] = connection_point_face;
    DiscFormatData *data = (DiscFormatData *)object_new(&kind);
    events_begin(&data->source, &DIID_DDiscFormat2DataEvents);
    data->requested_speed = -1;
    return &data->source.object;
}
