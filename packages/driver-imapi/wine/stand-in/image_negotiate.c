/* The choice among multisession mechanisms, which may be anybody's: they are asked through the slots of their interfaces. */
#include "file_system_image.h"

#define SLOT(Type, pointer, index) ((Type)(*(void ***)(pointer))[index])
typedef HRESULT (WINAPI *GetBool)(void *, VARIANT_BOOL *);
typedef HRESULT (WINAPI *GetLong)(void *, LONG *);
typedef HRESULT (WINAPI *GetRecorder)(void *, IUnknown **);
enum { MOST_MECHANISMS = 16, SUPPORTED = 7, IN_USE = 9, IMPORT_RECORDER = 10 };

static BOOL answers(IUnknown *mechanism, REFIID iid)
{
    void *face;
    if (FAILED(IUnknown_QueryInterface(mechanism, iid, &face))) return FALSE;
    IUnknown_Release((IUnknown *)face);
    return TRUE;
}

static BOOL is_usable(IUnknown *mechanism)
{
    VARIANT_BOOL supported = VARIANT_FALSE;
    HRESULT result = SLOT(GetBool, mechanism, SUPPORTED)(mechanism, &supported);
    BOOL is_known = answers(mechanism, &IID_IMultisessionSequential) || answers(mechanism, &IID_IMultisessionRandomWrite);
    return SUCCEEDED(result) && supported && is_known;
}

static HRESULT get_long(IUnknown *face, int slot, LONG *out)
{
    return FAILED(SLOT(GetLong, face, slot)(face, out)) ? IMAPI_E_BAD_MULTISESSION_PARAMETER : S_OK;
}

static HRESULT place_sequential(FileSystemImage *image, IUnknown *sequential)
{
    TRY(get_long(sequential, 12, &image->previous));
    TRY(get_long(sequential, 14, &image->start));
    image->placement = NEXT_SESSION;
    if (image->previous < 0) return IMAPI_E_IMPORT_SEEK_FAILURE;   /* also: the disc is blank */
    return image->start > image->previous ? S_OK : IMAPI_E_BAD_MULTISESSION_PARAMETER;
}

static HRESULT place_random(FileSystemImage *image, IUnknown *random)
{
    LONG total;
    TRY(get_long(random, 11, &image->unit));
    TRY(get_long(random, 13, &total));
    image->placement = OVER_THE_DISC;
    image->previous = 0;
    return image->unit > 0 && total > 0 ? S_OK : IMAPI_E_BAD_MULTISESSION_PARAMETER;
}

static HRESULT adopt(FileSystemImage *image, IUnknown *mechanism)
{
    IUnknown *recorder = NULL, *face;
    DiscRecorder *drive;
    if (FAILED(SLOT(GetRecorder, mechanism, IMPORT_RECORDER)(mechanism, &recorder)) || !recorder) return IMAPI_E_BAD_MULTISESSION_PARAMETER;
    HRESULT result = recorder_from(recorder, &drive);
    IUnknown_Release(recorder);
    TRY(result);
    if (image->import_from) object_drop(&image->import_from->object);
    image->import_from = drive;
    BOOL is_sequential = SUCCEEDED(IUnknown_QueryInterface(mechanism, &IID_IMultisessionSequential, (void **)&face));
    if (!is_sequential) TRY(IUnknown_QueryInterface(mechanism, &IID_IMultisessionRandomWrite, (void **)&face));
    result = is_sequential ? place_sequential(image, face) : place_random(image, face);
    IUnknown_Release(face);
    return result;
}

/* At most one may be marked as in use; then it must be usable. Otherwise the first usable one is taken. */
static HRESULT choose(FileSystemImage *image, IUnknown **mechanisms, LONG count)
{
    IUnknown *marked = NULL, *usable = NULL;
    for (LONG i = 0; i < count; i++) {
        VARIANT_BOOL in_use = VARIANT_FALSE;
        TRY(SLOT(GetBool, mechanisms[i], IN_USE)(mechanisms[i], &in_use));
        if (in_use && marked) return IMAPI_E_INVALID_PARAM;
        if (in_use) marked = mechanisms[i];
        if (!usable && is_usable(mechanisms[i])) usable = mechanisms[i];
    }
    if (marked) return is_usable(marked) ? adopt(image, marked) : IMAPI_E_INCOMPATIBLE_MULTISESSION_TYPE;
    return usable ? adopt(image, usable) : IMAPI_E_NO_COMPATIBLE_MULTISESSION_TYPE;
}

HRESULT image_negotiate(FileSystemImage *image, SAFEARRAY *array)
{
    IUnknown *mechanisms[MOST_MECHANISMS];
    VARIANT *elements;
    LONG last, count = 0;
    HRESULT result = S_OK;
    TRY(SafeArrayGetUBound(array, 1, &last));
    if (last >= MOST_MECHANISMS) return IMAPI_E_INVALID_PARAM;
    TRY(SafeArrayAccessData(array, (void **)&elements));
    for (LONG i = 0; i <= last && SUCCEEDED(result); i++) {
        if (V_VT(&elements[i]) != VT_DISPATCH || !V_DISPATCH(&elements[i])) result = E_NOINTERFACE;
        else result = IDispatch_QueryInterface(V_DISPATCH(&elements[i]), &IID_IMultisession, (void **)&mechanisms[count]);
        if (SUCCEEDED(result)) count++;
    }
    SafeArrayUnaccessData(array);
    if (SUCCEEDED(result)) result = choose(image, mechanisms, count);
    for (LONG i = 0; i < count; i++) IUnknown_Release(mechanisms[i]);
    return result;
}
