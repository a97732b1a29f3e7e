/* What both multisession mechanisms have: a drive, and the flag by which an application chooses. */
#ifndef MULTISESSION_H
#define MULTISESSION_H

#include "disc_format_data.h"

typedef struct Multisession {
    Object object;
    DiscRecorder *recorder;
    VARIANT_BOOL in_use;
} Multisession;

HRESULT WINAPI multisession_put_in_use(void *self, VARIANT_BOOL value);
HRESULT WINAPI multisession_get_in_use(void *self, VARIANT_BOOL *out);
HRESULT WINAPI multisession_get_import_recorder(void *self, void **out);
HRESULT WINAPI multisession_get_write_unit_size(void *self, LONG *out);
Object *multisession_new(const Kind *kind, DiscRecorder *recorder);
void multisession_destroy(Object *object);

/* IMultisession; `supported` differs. */
#define MULTISESSION_SLOTS(supported) \
    DISPATCH_SLOTS, supported, multisession_put_in_use, multisession_get_in_use, multisession_get_import_recorder
enum { MULTISESSION_COUNT = DISPATCH_COUNT + 4 };

#endif
