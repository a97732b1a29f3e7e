/* A client of multisession mechanisms, as Windows' own image is one: it asks a mechanism that somebody made, through the
 * slots of its interfaces, and late-bound, by names and Invoke. What it was told it gives back, and judges nothing. */
#include "../stand-in/imapi2.h"

/* What a mechanism said. Each value has the HRESULT that it came with. */
typedef struct Said {
    HRESULT results[16];
    LONG values[16];
} Said;
enum { SUPPORTED, IN_USE_BEFORE, IN_USE_AFTER, RECORDER, FIRST, START, LAST, NEXT, FREE, UNIT, LAST_WRITTEN, TOTAL, DRIVE };

#define SLOT(Type, pointer, index) ((Type)(*(void ***)(pointer))[index])
typedef HRESULT (WINAPI *GetBool)(void *, VARIANT_BOOL *);
typedef HRESULT (WINAPI *PutBool)(void *, VARIANT_BOOL);
typedef HRESULT (WINAPI *GetLong)(void *, LONG *);
typedef HRESULT (WINAPI *GetRecorder)(void *, IUnknown **);

static void get_bool(void *self, int slot, Said *said, int at)
{
    VARIANT_BOOL value = 99;
    said->results[at] = SLOT(GetBool, self, slot)(self, &value);
    said->values[at] = value;
}

static void get_long(void *self, int slot, Said *said, int at)
{
    said->results[at] = SLOT(GetLong, self, slot)(self, &said->values[at]);
}

/* IMultisession: slots 7 to 10. The flag is set and put back. */
static void ask_base(void *self, Said *said)
{
    IUnknown *recorder = NULL;
    void *known;
    get_bool(self, 7, said, SUPPORTED);
    get_bool(self, 9, said, IN_USE_BEFORE);
    VARIANT_BOOL before = (VARIANT_BOOL)said->values[IN_USE_BEFORE];
    SLOT(PutBool, self, 8)(self, before ? VARIANT_FALSE : VARIANT_TRUE);
    get_bool(self, 9, said, IN_USE_AFTER);
    SLOT(PutBool, self, 8)(self, before);
    said->results[RECORDER] = SLOT(GetRecorder, self, 10)(self, &recorder);
    if (!recorder) return;
    said->results[DRIVE] = IUnknown_QueryInterface(recorder, &IID_IDiscRecorder2, &known);
    if (SUCCEEDED(said->results[DRIVE])) IUnknown_Release((IUnknown *)known);
    IUnknown_Release(recorder);
}

static HRESULT ask_sequential(void *self, Said *said)
{
    ask_base(self, said);
    get_bool(self, 11, said, FIRST);
    for (int i = 0; i < 5; i++) get_long(self, 12 + i, said, START + i);
    return S_OK;
}

static HRESULT ask_random_write(void *self, Said *said)
{
    ask_base(self, said);
    for (int i = 0; i < 3; i++) get_long(self, 11 + i, said, UNIT + i);
    return S_OK;
}

/* Through the vtable, by whichever interface the mechanism answers for; the newest first. */
__declspec(dllexport) HRESULT WINAPI AskByVtable(IUnknown *mechanism, Said *said)
{
    void *face;
    HRESULT result;
    if (SUCCEEDED(IUnknown_QueryInterface(mechanism, &IID_IMultisessionSequential2, &face))) result = ask_sequential(face, said);
    else if (SUCCEEDED(IUnknown_QueryInterface(mechanism, &IID_IMultisessionRandomWrite, &face))) result = ask_random_write(face, said);
    else return E_NOINTERFACE;
    IUnknown_Release((IUnknown *)face);
    return result;
}

static HRESULT get_by_name(IDispatch *mechanism, const WCHAR *name, VARIANT *value)
{
    DISPID id;
    DISPPARAMS none = { NULL, NULL, 0, 0 };
    LPOLESTR names[] = { (LPOLESTR)name };
    VariantInit(value);
    HRESULT result = IDispatch_GetIDsOfNames(mechanism, &IID_NULL, names, 1, LOCALE_USER_DEFAULT, &id);
    if (FAILED(result)) return result;
    return IDispatch_Invoke(mechanism, id, &IID_NULL, LOCALE_USER_DEFAULT, DISPATCH_PROPERTYGET, &none, value, NULL, NULL);
}

static void late(IDispatch *mechanism, const WCHAR *name, Said *said, int at)
{
    VARIANT value;
    said->results[at] = get_by_name(mechanism, name, &value);
    said->values[at] = V_VT(&value) == VT_BOOL ? V_BOOL(&value) : V_VT(&value) == VT_I4 ? V_I4(&value) : -99;
    VariantClear(&value);
}

static HRESULT put_in_use(IDispatch *mechanism, VARIANT_BOOL in_use)
{
    VARIANTARG value;
    DISPID put = DISPID_PROPERTYPUT;
    DISPPARAMS parameters = { &value, &put, 1, 1 };
    V_VT(&value) = VT_BOOL;
    V_BOOL(&value) = in_use;
    return IDispatch_Invoke(mechanism, 0x101, &IID_NULL, LOCALE_USER_DEFAULT, DISPATCH_PROPERTYPUT, &parameters, NULL, NULL, NULL);
}

static void ask_recorder(IDispatch *mechanism, Said *said)
{
    VARIANT value;
    void *known;
    said->results[RECORDER] = get_by_name(mechanism, L"ImportRecorder", &value);
    said->results[DRIVE] = E_NOINTERFACE;
    if ((V_VT(&value) == VT_DISPATCH || V_VT(&value) == VT_UNKNOWN) && V_UNKNOWN(&value))
        said->results[DRIVE] = IUnknown_QueryInterface(V_UNKNOWN(&value), &IID_IDiscRecorder2, &known);
    if (SUCCEEDED(said->results[DRIVE])) IUnknown_Release((IUnknown *)known);
    VariantClear(&value);
}

/* Late-bound: by the names of all properties, whether the mechanism has them or not. */
__declspec(dllexport) HRESULT WINAPI AskByInvoke(IUnknown *unknown, Said *said)
{
    static const struct { const WCHAR *name; int at; } properties[] = {
        { L"IsFirstDataSession", FIRST }, { L"StartAddressOfPreviousSession", START },
        { L"LastWrittenAddressOfPreviousSession", LAST }, { L"NextWritableAddress", NEXT }, { L"FreeSectorsOnMedia", FREE },
        { L"WriteUnitSize", UNIT }, { L"LastWrittenAddress", LAST_WRITTEN }, { L"TotalSectorsOnMedia", TOTAL } };
    IDispatch *mechanism;
    HRESULT result = IUnknown_QueryInterface(unknown, &IID_IDispatch, (void **)&mechanism);
    if (FAILED(result)) return result;
    late(mechanism, L"IsSupportedOnCurrentMediaState", said, SUPPORTED);
    late(mechanism, L"InUse", said, IN_USE_BEFORE);
    VARIANT_BOOL before = (VARIANT_BOOL)said->values[IN_USE_BEFORE];
    result = put_in_use(mechanism, before ? VARIANT_FALSE : VARIANT_TRUE);
    late(mechanism, L"inuse", said, IN_USE_AFTER);   /* names are not case-sensitive */
    put_in_use(mechanism, before);
    ask_recorder(mechanism, said);
    for (size_t i = 0; i < sizeof properties / sizeof *properties; i++) late(mechanism, properties[i].name, said, properties[i].at);
    IDispatch_Release(mechanism);
    return result;
}

/* The interfaces that the mechanism answers for: bits 1 IDispatch, 2 IMultisession, 4 Sequential, 8 Sequential2, 16 RandomWrite. */
__declspec(dllexport) LONG WINAPI InterfacesOf(IUnknown *mechanism)
{
    const IID *const known[] = { &IID_IDispatch, &IID_IMultisession, &IID_IMultisessionSequential, &IID_IMultisessionSequential2,
                                 &IID_IMultisessionRandomWrite };
    LONG found = 0;
    for (int i = 0; i < 5; i++) {
        void *face;
        if (FAILED(IUnknown_QueryInterface(mechanism, known[i], &face))) continue;
        found |= 1 << i;
        IUnknown_Release((IUnknown *)face);
    }
    return found;
}
