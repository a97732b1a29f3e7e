/* What every object of the stand-in is made of: a count of references, and a face for each interface that it answers for. */
#ifndef OBJECT_H
#define OBJECT_H

#include "imapi2.h"

typedef struct Object Object;

/* What an interface pointer points to. */
typedef struct Face {
    const void *const *vtable;
    Object *object;
} Face;

enum { MOST_FACES = 4 };

/* One face of a kind of object: its vtable, and the interfaces that it answers for, ended by NULL. */
typedef struct FaceKind {
    const void *const *vtable;
    const IID *const *interfaces;
} FaceKind;

typedef struct Kind {
    size_t bytes;
    FaceKind faces[MOST_FACES];
    void (*destroy)(Object *object);
} Kind;

struct Object {
    const Kind *kind;
    LONG references;
    Face faces[MOST_FACES];
};

/* An object with one reference, which is the caller's. The rest of it is zero. */
Object *object_new(const Kind *kind);
LONG object_count(void);

HRESULT object_query(Object *object, REFIID iid, void **out);
void object_keep(Object *object);
void object_drop(Object *object);

/* The object behind an interface pointer; `Type` begins with an Object. */
#define SELF(Type, pointer) ((Type *)((Face *)(pointer))->object)

/* Slots that all interfaces begin with. */
HRESULT WINAPI unknown_query_interface(void *self, REFIID iid, void **out);
ULONG WINAPI unknown_add_ref(void *self);
ULONG WINAPI unknown_release(void *self);
HRESULT WINAPI dispatch_get_type_info_count(void *self, UINT *count);
HRESULT WINAPI dispatch_get_type_info(void *self, UINT index, LCID locale, ITypeInfo **out);
HRESULT WINAPI dispatch_get_ids_of_names(void *self, REFIID iid, LPOLESTR *names, UINT count, LCID locale, DISPID *ids);
HRESULT WINAPI dispatch_invoke(void *self, DISPID id, REFIID iid, LCID locale, WORD flags, DISPPARAMS *parameters,
                               VARIANT *result, EXCEPINFO *exception, UINT *argument);
#define UNKNOWN_SLOTS unknown_query_interface, unknown_add_ref, unknown_release
#define DISPATCH_SLOTS \
    UNKNOWN_SLOTS, dispatch_get_type_info_count, dispatch_get_type_info, dispatch_get_ids_of_names, dispatch_invoke
enum { UNKNOWN_COUNT = 3, DISPATCH_COUNT = 7 };

/* A method that the stand-in does not have. */
HRESULT WINAPI not_implemented(void *self);

/* The number of an interface's slots, inherited ones included. */
#define SLOTS(vtable, count) _Static_assert(sizeof(vtable) / sizeof *(vtable) == (count), #vtable)

#define NEED_OUT(pointer) do { if (!(pointer)) return E_POINTER; } while (0)
#define TRY(call) do { HRESULT tried = (call); if (FAILED(tried)) return tried; } while (0)

#endif
