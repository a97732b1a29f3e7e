#include "object.h"
#include <stdlib.h>

static LONG live;

LONG object_count(void) { return live; }

Object *object_new(const Kind *kind)
{
    Object *object = calloc(1, kind->bytes);
    object->kind = kind;
    object->references = 1;
    for (int i = 0; i < MOST_FACES; i++) object->faces[i] = (Face){ kind->faces[i].vtable, object };
    InterlockedIncrement(&live);
    return object;
}

void object_keep(Object *object) { InterlockedIncrement(&object->references); }

void object_drop(Object *object)
{
    if (InterlockedDecrement(&object->references) > 0) return;
    if (object->kind->destroy) object->kind->destroy(object);
    free(object);
    InterlockedDecrement(&live);
}

static BOOL answers(const FaceKind *face, REFIID iid)
{
    if (!face->vtable) return FALSE;
    for (const IID *const *known = face->interfaces; *known; known++) if (IsEqualGUID(iid, *known)) return TRUE;
    return FALSE;
}

HRESULT object_query(Object *object, REFIID iid, void **out)
{
    NEED_OUT(out);
    *out = NULL;
    for (int i = 0; i < MOST_FACES; i++) {
        if (!(i == 0 && IsEqualGUID(iid, &IID_IUnknown)) && !answers(&object->kind->faces[i], iid)) continue;
        object_keep(object);
        *out = &object->faces[i];
        return S_OK;
    }
    return E_NOINTERFACE;
}

HRESULT WINAPI unknown_query_interface(void *self, REFIID iid, void **out) { return object_query(SELF(Object, self), iid, out); }
ULONG WINAPI unknown_add_ref(void *self) { return InterlockedIncrement(&SELF(Object, self)->references); }
ULONG WINAPI unknown_release(void *self)
{
    Object *object = SELF(Object, self);
    ULONG left = (ULONG)object->references - 1;
    object_drop(object);
    return left;
}

/* Scripts could not use these objects: no user of the stand-in is one. */
HRESULT WINAPI dispatch_get_type_info_count(void *self, UINT *count) { NEED_OUT(count); *count = 0; return S_OK; }
HRESULT WINAPI dispatch_get_type_info(void *self, UINT index, LCID locale, ITypeInfo **out) { return E_NOTIMPL; }
HRESULT WINAPI dispatch_get_ids_of_names(void *self, REFIID iid, LPOLESTR *names, UINT count, LCID locale, DISPID *ids)
{ return DISP_E_UNKNOWNNAME; }
HRESULT WINAPI dispatch_invoke(void *self, DISPID id, REFIID iid, LCID locale, WORD flags, DISPPARAMS *parameters,
                               VARIANT *result, EXCEPINFO *exception, UINT *argument)
{ return DISP_E_MEMBERNOTFOUND; }
HRESULT WINAPI not_implemented(void *self) { return E_NOTIMPL; }
