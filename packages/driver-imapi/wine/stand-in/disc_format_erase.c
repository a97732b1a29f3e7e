/* MsftDiscFormat2Erase: blanks rewritable discs. */
#include "classes.h"
#include "disc.h"
#include "events.h"
#include "values.h"

enum { UPDATE = 0x200, POLL_MILLISECONDS = 20 };

typedef struct DiscFormatErase {
    EventSource source;
    DiscRecorder *recorder;
    BSTR client;
    VARIANT_BOOL everything;
    volatile LONG is_erasing;
} DiscFormatErase;

#define ERASE(self) SELF(DiscFormatErase, self)
#define NEED_RECORDER(self) do { if (!ERASE(self)->recorder) return E_IMAPI_RECORDER_REQUIRED; } while (0)
#define NEED_IDLE(self) do { if (ERASE(self)->is_erasing) return E_IMAPI_ERASE_RECORDER_IN_USE; } while (0)

static HRESULT is_erasable(DiscRecorder *recorder, VARIANT_BOOL *out)
{
    DiscFacts disc;
    TRY(disc_facts(recorder, &disc));
    BOOL is_blanked = disc.media->profile == 0x000A || disc.media->profile == 0x0013 || disc.media->profile == 0x0014;
    *out = is_blanked && disc.is_erasable ? VARIANT_TRUE : VARIANT_FALSE;
    return S_OK;
}

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
    NEED_OUT(out);
    TRY(recorder_from(unknown, &recorder));
    HRESULT result = is_erasable(recorder, out);
    object_drop(&recorder->object);
    return result;
}

static HRESULT WINAPI get_media_blank(void *self, VARIANT_BOOL *out)
{
    DiscFacts disc;
    NEED_OUT(out);
    NEED_RECORDER(self);
    TRY(disc_facts(ERASE(self)->recorder, &disc));
    *out = disc.status == 0 ? VARIANT_TRUE : VARIANT_FALSE;
    return S_OK;
}

static HRESULT WINAPI get_supported_media_types(void *self, SAFEARRAY **out)
{
    static const LONG types[] = { 3, 10 };
    return give_numbers(out, types, 2);
}

static HRESULT WINAPI put_recorder(void *self, IUnknown *unknown)
{
    DiscFormatErase *erase = ERASE(self);
    DiscRecorder *recorder = NULL;
    NEED_IDLE(self);
    if (unknown && erase->recorder) return E_IMAPI_ERASE_ONLY_ONE_RECORDER_SUPPORTED;
    if (unknown) TRY(recorder_from(unknown, &recorder));
    if (erase->recorder) object_drop(&erase->recorder->object);
    erase->recorder = recorder;
    return S_OK;
}

static HRESULT WINAPI get_recorder(void *self, void **out)
{
    NEED_OUT(out);
    *out = NULL;
    NEED_RECORDER(self);
    return object_query(&ERASE(self)->recorder->object, &IID_IDiscRecorder2, out);
}

static HRESULT WINAPI put_full_erase(void *self, VARIANT_BOOL value) { NEED_IDLE(self); ERASE(self)->everything = value; return S_OK; }
static HRESULT WINAPI get_full_erase(void *self, VARIANT_BOOL *out) { NEED_OUT(out); *out = ERASE(self)->everything; return S_OK; }

static HRESULT WINAPI get_current_physical_media_type(void *self, LONG *out)
{
    DiscFacts disc;
    NEED_OUT(out);
    NEED_RECORDER(self);
    TRY(disc_facts(ERASE(self)->recorder, &disc));
    *out = disc.media->type;
    return S_OK;
}

static HRESULT WINAPI put_client_name(void *self, BSTR name)
{
    NEED_IDLE(self);
    if (!name || !*name || lstrlenW(name) > 63) return E_IMAPI_ERASE_CLIENT_NAME_IS_NOT_VALID;
    SysFreeString(ERASE(self)->client);
    ERASE(self)->client = SysAllocString(name);
    return S_OK;
}
static HRESULT WINAPI get_client_name(void *self, BSTR *out) { return give_text(out, ERASE(self)->client ? ERASE(self)->client : L""); }

static void tell(DiscFormatErase *erase, DWORD began, ULONG done)
{
    LONG elapsed = (LONG)(GetTickCount() - began) / 1000, total = done ? (LONG)((ULONGLONG)elapsed * 65536 / done) : 0;
    VARIANT values[2];
    V_VT(&values[0]) = V_VT(&values[1]) = VT_I4;
    V_I4(&values[0]) = elapsed;
    V_I4(&values[1]) = max(total, elapsed);
    erase->source.by_vtable = (erase->recorder->traits.events & EVENTS_BY_VTABLE) != 0;
    events_fire(&erase->source, UPDATE, values, 2);
}

static HRESULT erase_disc(DiscFormatErase *erase)
{
    DWORD began = GetTickCount();
    VARIANT_BOOL erasable;
    HRESULT result = S_FALSE;
    ULONG done = 0;
    TRY(is_erasable(erase->recorder, &erasable));
    if (!erasable) return E_IMAPI_ERASE_MEDIA_IS_NOT_ERASABLE;
    tell(erase, began, 0);
    TRY(disc_erase(erase->recorder, erase->everything != VARIANT_FALSE));
    while ((result = disc_progress(erase->recorder, &done)) == S_FALSE) {
        tell(erase, began, done);
        Sleep(POLL_MILLISECONDS);
    }
    if (SUCCEEDED(result)) tell(erase, began, 65536);
    return result;
}

static HRESULT WINAPI erase_media(void *self)
{
    DiscFormatErase *erase = ERASE(self);
    NEED_RECORDER(self);
    if (!erase->client) return E_IMAPI_ERASE_CLIENT_NAME_IS_NOT_VALID;
    if (InterlockedCompareExchange(&erase->is_erasing, 1, 0)) return E_IMAPI_ERASE_RECORDER_IN_USE;
    object_keep(&erase->source.object);
    HRESULT result = recorder_acquire(erase->recorder, FALSE, erase->client);
    if (SUCCEEDED(result)) {
        result = erase_disc(erase);
        recorder_release(erase->recorder);
    }
    InterlockedExchange(&erase->is_erasing, 0);
    object_drop(&erase->source.object);
    return result;
}

static const void *const vtable[] = { DISPATCH_SLOTS,
    is_recorder_supported, is_current_media_supported, get_media_blank, get_media_blank, get_supported_media_types,
    put_recorder, get_recorder, put_full_erase, get_full_erase, get_current_physical_media_type, put_client_name,
    get_client_name, erase_media };
SLOTS(vtable, DISPATCH_COUNT + 5 + 8);
static const IID *const interfaces[] = { &IID_IDiscFormat2Erase, &IID_IDiscFormat2, &IID_IDispatch, NULL };

static void destroy(Object *object)
{
    DiscFormatErase *erase = (DiscFormatErase *)object;
    if (erase->recorder) object_drop(&erase->recorder->object);
    SysFreeString(erase->client);
    events_end(&erase->source);
}

Object *disc_format_erase_new(void)
{
    static Kind kind = { .bytes = sizeof(DiscFormatErase), .destroy = destroy, .faces = { { vtable, interfaces } } };
    kind.faces[1] = container_face;
    kind.faces[2] = connection_point_face;
    DiscFormatErase *erase = (DiscFormatErase *)object_new(&kind);
    events_begin(&erase->source, &DIID_DDiscFormat2EraseEvents);
    return &erase->source.object;
}
