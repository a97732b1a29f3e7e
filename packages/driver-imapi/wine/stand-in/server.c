/* The library as COM finds it: class factories, registration, and for tests the number of objects that are alive. */
#include "classes.h"

static HMODULE module;

typedef struct Factory {
    const void *const *vtable;
    const CLSID *clsid;
    const WCHAR *program_id;
    Object *(*make)(void);
} Factory;

static HRESULT WINAPI factory_query(void *self, REFIID iid, void **out)
{
    NEED_OUT(out);
    *out = NULL;
    if (!IsEqualGUID(iid, &IID_IUnknown) && !IsEqualGUID(iid, &IID_IClassFactory)) return E_NOINTERFACE;
    *out = self;
    return S_OK;
}
static ULONG WINAPI factory_count(void *self) { return 2; }   /* it is never destroyed */

static HRESULT WINAPI create_instance(void *self, IUnknown *outer, REFIID iid, void **out)
{
    NEED_OUT(out);
    *out = NULL;
    if (outer) return CLASS_E_NOAGGREGATION;
    Object *object = ((Factory *)self)->make();
    HRESULT result = object_query(object, iid, out);
    object_drop(object);
    return result;
}
static HRESULT WINAPI lock_server(void *self, BOOL lock) { return S_OK; }
static const void *const vtable[] = { factory_query, factory_count, factory_count, create_instance, lock_server };
SLOTS(vtable, UNKNOWN_COUNT + 2);

static Factory factories[] = {
    { vtable, &CLSID_DiscMaster2, L"IMAPI2.MsftDiscMaster2", disc_master_new },
    { vtable, &CLSID_DiscRecorder2, L"IMAPI2.MsftDiscRecorder2", disc_recorder_new },
    { vtable, &CLSID_DiscFormat2Data, L"IMAPI2.MsftDiscFormat2Data", disc_format_data_new },
    { vtable, &CLSID_DiscFormat2Erase, L"IMAPI2.MsftDiscFormat2Erase", disc_format_erase_new },
    { vtable, &CLSID_FileSystemImage, L"IMAPI2FS.MsftFileSystemImage", file_system_image_new },
};
enum { CLASSES = sizeof factories / sizeof *factories };

__declspec(dllexport) HRESULT WINAPI DllGetClassObject(REFCLSID clsid, REFIID iid, void **out)
{
    NEED_OUT(out);
    *out = NULL;
    for (int i = 0; i < CLASSES; i++) if (IsEqualGUID(clsid, factories[i].clsid)) return factory_query(&factories[i], iid, out);
    return CLASS_E_CLASSNOTAVAILABLE;
}

__declspec(dllexport) HRESULT WINAPI DllCanUnloadNow(void) { return object_count() ? S_FALSE : S_OK; }
__declspec(dllexport) LONG WINAPI StandInObjects(void) { return object_count(); }

static HRESULT set_value(const WCHAR *key, const WCHAR *name, const WCHAR *value)
{
    HKEY opened;
    LONG error = RegCreateKeyExW(HKEY_CLASSES_ROOT, key, 0, NULL, 0, KEY_WRITE, NULL, &opened, NULL);
    if (error) return HRESULT_FROM_WIN32(error);
    error = RegSetValueExW(opened, name, 0, REG_SZ, (const BYTE *)value, (DWORD)(lstrlenW(value) + 1) * 2);
    RegCloseKey(opened);
    return HRESULT_FROM_WIN32(error);
}

static HRESULT register_class(const Factory *factory)
{
    WCHAR id[64], key[128], path[MAX_PATH];
    StringFromGUID2(factory->clsid, id, 64);
    GetModuleFileNameW(module, path, MAX_PATH);
    wsprintfW(key, L"CLSID\\%s\\InprocServer32", id);
    TRY(set_value(key, NULL, path));
    TRY(set_value(key, L"ThreadingModel", L"Both"));
    wsprintfW(key, L"%s\\CLSID", factory->program_id);
    return set_value(key, NULL, id);
}

__declspec(dllexport) HRESULT WINAPI DllRegisterServer(void)
{
    for (int i = 0; i < CLASSES; i++) TRY(register_class(&factories[i]));
    return S_OK;
}

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, void *reserved)
{
    if (reason == DLL_PROCESS_ATTACH) {
        module = instance;
        DisableThreadLibraryCalls(instance);
    }
    return TRUE;
}
