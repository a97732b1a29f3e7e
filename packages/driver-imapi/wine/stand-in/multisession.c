#include "multisession.h"

HRESULT WINAPI multisession_put_in_use(void *self, VARIANT_BOOL value)
{ SELF(Multisession, self)->in_use = value ? VARIANT_TRUE : VARIANT_FALSE; return S_OK; }
HRESULT WINAPI multisession_get_in_use(void *self, VARIANT_BOOL *out)
{ NEED_OUT(out); *out = SELF(Multisession, self)->in_use; return S_OK; }
HRESULT WINAPI multisession_get_import_recorder(void *self, void **out)
{ return object_query(&SELF(Multisession, self)->recorder->object, &IID_IDiscRecorder2, out); }

HRESULT WINAPI multisession_get_write_unit_size(void *self, LONG *out)
{
    DiscFacts disc;
    NEED_OUT(out);
    TRY(disc_facts(SELF(Multisession, self)->recorder, &disc));
    *out = disc.media->write_unit;
    return S_OK;
}

Object *multisession_new(const Kind *kind, DiscRecorder *recorder)
{
    Multisession *mechanism = (Multisession *)object_new(kind);
    object_keep(&recorder->object);
    mechanism->recorder = recorder;
    return &mechanism->object;
}

void multisession_destroy(Object *object) { object_drop(&((Multisession *)object)->recorder->object); }
