/* IWriteSpeedDescriptor */
#include "disc_format_data.h"

typedef struct WriteSpeed {
    Object object;
    LONG media_type, blocks_per_second;
} WriteSpeed;

static HRESULT WINAPI get_media_type(void *self, LONG *out)
{ NEED_OUT(out); *out = SELF(WriteSpeed, self)->media_type; return S_OK; }
static HRESULT WINAPI get_rotation_type_is_pure_cav(void *self, VARIANT_BOOL *out) { NEED_OUT(out); *out = VARIANT_FALSE; return S_OK; }
static HRESULT WINAPI get_write_speed(void *self, LONG *out)
{ NEED_OUT(out); *out = SELF(WriteSpeed, self)->blocks_per_second; return S_OK; }

static const void *const vtable[] = { DISPATCH_SLOTS, get_media_type, get_rotation_type_is_pure_cav, get_write_speed };
SLOTS(vtable, DISPATCH_COUNT + 3);
static const IID *const interfaces[] = { &IID_IWriteSpeedDescriptor, &IID_IDispatch, NULL };

Object *write_speed_new(LONG media_type, LONG blocks_per_second)
{
    static const Kind kind = { .bytes = sizeof(WriteSpeed), .faces = { { vtable, interfaces } } };
    WriteSpeed *speed = (WriteSpeed *)object_new(&kind);
    speed->media_type = media_type;
    speed->blocks_per_second = blocks_per_second;
    return &speed->object;
}
