/* Events by connection points: sinks are advised, and called while the object lives. */
#ifndef EVENTS_H
#define EVENTS_H

#include "object.h"

enum { MOST_SINKS = 8 };

/* Begins every object that has events. Its faces: 0 its own, 1 the container, 2 the connection point. */
typedef struct EventSource {
    Object object;
    const IID *events;
    CRITICAL_SECTION lock;
    struct { IDispatch *dispatch; DWORD cookie; } sinks[MOST_SINKS];
    DWORD last_cookie;
    BOOL by_vtable;             /* call slot 7 of the event interface, not Invoke */
    void (*on_first_sink)(struct EventSource *source), (*on_last_sink_gone)(struct EventSource *source);
} EventSource;

extern const FaceKind container_face, connection_point_face;

void events_begin(EventSource *source, const IID *events);
void events_end(EventSource *source);

/* Calls every sink with the source and `count` further values, in the order of the event's declaration. */
void events_fire(EventSource *source, DISPID id, const VARIANT *values, UINT count);

#endif
