#include "classes.h"
#include "disc_recorder.h"
#include "values.h"

enum { TEXT_BYTES = 4096 };

/* Known to nobody outside: tells the stand-in's recorders from other people's. */
static const GUID IID_StandInRecorder = { 0x6E2B1F3C, 0x51A0, 0x4F67, { 0x9B, 0x1D, 0x2C, 0x77, 0x0E, 0x5A, 0x41, 0x93 } };
#define RECORDER(self) SELF(DiscRecorder, self)

HRESULT recorder_from(IUnknown *unknown, DiscRecorder **out)
{
    void *face;
    if (!unknown) return E_POINTER;
    TRY(IUnknown_QueryInterface(unknown, &IID_StandInRecorder, &face));
    *out = RECORDER(face);
    return S_OK;
}

HRESULT recorder_command(DiscRecorder *recorder, const BYTE *cdb, ULONG cdb_bytes, BYTE sense[18], ULONG seconds,
                         enum Direction direction, BYTE *data, ULONG bytes, ULONG *got)
{
    Request request = { .operation = COMMAND, .cdb_bytes = (BYTE)cdb_bytes, .value = seconds };
    Answer answer = { 0 };
    NEED_DRIVE(recorder);
    if (direction == TO_DRIVE) request.out = bytes;
    if (direction == FROM_DRIVE) request.in = bytes;
    memcpy(request.cdb, cdb, cdb_bytes);
    HRESULT result = link_call(recorder->link, &request, data, data, &answer);
    memcpy(sense, answer.sense, sizeof answer.sense);
    if (got) *got = answer.length;
    return result;
}

/* --- tray */

static HRESULT start_stop(DiscRecorder *recorder, BYTE what)
{
    BYTE cdb[6] = { 0x1B, 0, 0, 0, what }, sense[18];
    HRESULT result = S_IMAPI_COMMAND_HAS_SENSE_DATA;
    /* A unit attention is told once, and the command not carried out. */
    for (int attempt = 0; attempt < 3 && result == S_IMAPI_COMMAND_HAS_SENSE_DATA; attempt++)
        result = recorder_command(recorder, cdb, sizeof cdb, sense, 60, WITHOUT_DATA, NULL, 0, NULL);
    return result == S_IMAPI_COMMAND_HAS_SENSE_DATA ? E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE : result;
}
static HRESULT WINAPI eject_media(void *self) { return start_stop(RECORDER(self), 2); }
static HRESULT WINAPI close_tray(void *self) { return start_stop(RECORDER(self), 3); }

/* --- exclusive access and notices of media changes; both are counted */

static BOOL is_client_name(const WCHAR *name)
{
    if (!name || !*name || lstrlenW(name) > 63) return FALSE;
    for (; *name; name++) {
        BOOL letter = (*name | 32) >= 'a' && (*name | 32) <= 'z', digit = *name >= '0' && *name <= '9';
        if (!letter && !digit && !wcschr(L" .,:;-_", *name)) return FALSE;
    }
    return TRUE;
}

HRESULT recorder_acquire(DiscRecorder *recorder, BOOL force, const WCHAR *client)
{
    NEED_DRIVE(recorder);
    if (!is_client_name(client)) return E_IMAPI_RECORDER_CLIENT_NAME_IS_NOT_VALID;
    TRY(link_ask(recorder->link, ACQUIRE, force, client, NULL, 0, NULL));
    InterlockedIncrement(&recorder->holds);
    return S_OK;
}

HRESULT recorder_release(DiscRecorder *recorder)
{
    NEED_DRIVE(recorder);
    if (recorder->holds == 0) return E_UNEXPECTED;
    InterlockedDecrement(&recorder->holds);
    return link_ask(recorder->link, RELEASE, 0, NULL, NULL, 0, NULL);
}

static HRESULT WINAPI acquire_exclusive_access(void *self, VARIANT_BOOL force, BSTR client)
{ return recorder_acquire(RECORDER(self), force != VARIANT_FALSE, client); }
static HRESULT WINAPI release_exclusive_access(void *self) { return recorder_release(RECORDER(self)); }

static HRESULT WINAPI disable_mcn(void *self)
{
    DiscRecorder *recorder = RECORDER(self);
    NEED_DRIVE(recorder);
    InterlockedIncrement(&recorder->silences);
    return link_ask(recorder->link, SILENCE, 0, NULL, NULL, 0, NULL);
}

static HRESULT WINAPI enable_mcn(void *self)
{
    DiscRecorder *recorder = RECORDER(self);
    NEED_DRIVE(recorder);
    if (recorder->silences == 0) return E_UNEXPECTED;
    InterlockedDecrement(&recorder->silences);
    return link_ask(recorder->link, LISTEN, 0, NULL, NULL, 0, NULL);
}

/* --- the drive */

static HRESULT WINAPI initialize_disc_recorder(void *self, BSTR id)
{
    DiscRecorder *recorder = RECORDER(self);
    Link *link;
    if (!id || lstrlenW(id) >= 256) return E_INVALIDARG;
    if (recorder->link) return E_UNEXPECTED;
    TRY(link_open(&link));
    HRESULT result = link_ask(link, OPEN, 0, id, NULL, 0, NULL);
    if (SUCCEEDED(result)) result = link_ask(link, TRAITS, 0, NULL, &recorder->traits, sizeof(Traits), NULL);
    if (FAILED(result)) {
        link_close(link);
        return result;
    }
    lstrcpyW(recorder->id, id);
    recorder->link = link;
    return S_OK;
}

static HRESULT WINAPI get_active_disc_recorder(void *self, BSTR *out)
{
    NEED_DRIVE(RECORDER(self));
    return give_text(out, RECORDER(self)->id);
}

/* Part of what INQUIRY says. */
static HRESULT inquiry_text(DiscRecorder *recorder, ULONG from, ULONG count, BSTR *out)
{
    BYTE cdb[6] = { 0x12, 0, 0, 0, 36 }, sense[18], data[36];
    WCHAR text[17] = { 0 };
    ULONG got = 0;
    HRESULT result = recorder_command(recorder, cdb, sizeof cdb, sense, 10, FROM_DRIVE, data, sizeof data, &got);
    if (FAILED(result)) return result;
    if (got < sizeof data) return E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE;
    for (ULONG i = 0; i < count; i++) text[i] = data[from + i];
    return give_text(out, text);
}
static HRESULT WINAPI get_vendor_id(void *self, BSTR *out) { return inquiry_text(RECORDER(self), 8, 8, out); }
static HRESULT WINAPI get_product_id(void *self, BSTR *out) { return inquiry_text(RECORDER(self), 16, 16, out); }
static HRESULT WINAPI get_product_revision(void *self, BSTR *out) { return inquiry_text(RECORDER(self), 32, 4, out); }

static HRESULT WINAPI get_volume_name(void *self, BSTR *out)
{
    WCHAR places[TEXT_BYTES / 2];
    NEED_DRIVE(RECORDER(self));
    TRY(link_ask(RECORDER(self)->link, PLACES, 0, NULL, places, TEXT_BYTES, NULL));
    return give_text(out, places);
}

static HRESULT WINAPI get_volume_path_names(void *self, SAFEARRAY **out)
{
    WCHAR places[TEXT_BYTES / 2];
    ULONG got;
    LONG count = -1;
    NEED_DRIVE(RECORDER(self));
    TRY(link_ask(RECORDER(self)->link, PLACES, 0, NULL, places, TEXT_BYTES, &got));
    for (ULONG i = 0; i < got / 2; i++) if (!places[i]) count++;
    return give_texts(out, places + lstrlenW(places) + 1, count);
}

static HRESULT WINAPI get_device_can_load_media(void *self, VARIANT_BOOL *out)
{
    NEED_OUT(out);
    NEED_DRIVE(RECORDER(self));
    *out = VARIANT_TRUE;
    return S_OK;
}

static HRESULT WINAPI get_legacy_device_number(void *self, LONG *out)
{
    NEED_OUT(out);
    NEED_DRIVE(RECORDER(self));
    *out = 0;
    return S_OK;
}

/* GET CONFIGURATION: features from 0 on, all or only current ones; or the profiles that feature 0 lists. */
static HRESULT configuration(DiscRecorder *recorder, BOOL current, BOOL profiles, SAFEARRAY **out)
{
    BYTE cdb[10] = { 0x46, current ? 1 : 0, 0, 0, 0, 0, 0, 0x10, 0 }, sense[18], data[4096];
    LONG found[256], count = 0;
    ULONG got = 0;
    HRESULT result = recorder_command(recorder, cdb, sizeof cdb, sense, 10, FROM_DRIVE, data, sizeof data, &got);
    if (FAILED(result)) return result;
    if (result != S_OK || got < 8) return E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE;
    for (ULONG at = 8; at + 4 <= got && count < 256; at += 4 + data[at + 3]) {
        LONG code = data[at] << 8 | data[at + 1];
        if (!profiles) found[count++] = code;
        else if (code == 0)
            for (ULONG entry = at + 4; entry + 4 <= at + 4 + data[at + 3]; entry += 4)
                if (!current || (data[entry + 2] & 1)) found[count++] = data[entry] << 8 | data[entry + 1];
    }
    return give_numbers(out, found, count);
}
static HRESULT WINAPI get_supported_feature_pages(void *self, SAFEARRAY **out) { return configuration(RECORDER(self), FALSE, FALSE, out); }
static HRESULT WINAPI get_current_feature_pages(void *self, SAFEARRAY **out) { return configuration(RECORDER(self), TRUE, FALSE, out); }
static HRESULT WINAPI get_supported_profiles(void *self, SAFEARRAY **out) { return configuration(RECORDER(self), FALSE, TRUE, out); }
static HRESULT WINAPI get_current_profiles(void *self, SAFEARRAY **out) { return configuration(RECORDER(self), TRUE, TRUE, out); }

static HRESULT WINAPI get_exclusive_access_owner(void *self, BSTR *out)
{
    WCHAR owner[TEXT_BYTES / 2] = { 0 };
    NEED_DRIVE(RECORDER(self));
    TRY(link_ask(RECORDER(self)->link, OWNER, 0, NULL, owner, TEXT_BYTES, NULL));
    return give_text(out, owner);
}

static const void *const vtable[] = { DISPATCH_SLOTS,
    eject_media, close_tray, acquire_exclusive_access, release_exclusive_access, disable_mcn, enable_mcn,
    initialize_disc_recorder, get_active_disc_recorder, get_vendor_id, get_product_id, get_product_revision,
    get_volume_name, get_volume_path_names, get_device_can_load_media, get_legacy_device_number,
    get_supported_feature_pages, get_current_feature_pages, get_supported_profiles, get_current_profiles,
    not_implemented /* SupportedModePages */, get_exclusive_access_owner };
SLOTS(vtable, DISPATCH_COUNT + 21);
static const IID *const interfaces[] = { &IID_IDiscRecorder2, &IID_IDispatch, &IID_StandInRecorder, NULL };

/* The machine notices the end of the connection, and takes back what it held. */
static void destroy(Object *object) { link_close(((DiscRecorder *)object)->link); }

Object *disc_recorder_new(void)
{
    static Kind kind = { .bytes = sizeof(DiscRecorder), .destroy = destroy, .faces = { { vtable, interfaces } } };
    kind.faces[1] = disc_recorder_ex_face;
    return object_new(&kind);
}
