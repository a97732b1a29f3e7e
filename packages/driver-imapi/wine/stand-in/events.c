#include "events.h"

void events_begin(EventSource *source, const IID *events)
{
    source->events = events;
    InitializeCriticalSection(&source->lock);
}

void events_end(EventSource *source)
{
    for (int i = 0; i < MOST_SINKS; i++) if (source->sinks[i].dispatch) IDispatch_Release(source->sinks[i].dispatch);
    DeleteCriticalSection(&source->lock);
}

/* IConnectionPointContainer */
static HRESULT WINAPI find(void *self, REFIID iid, void **out)
{
    EventSource *source = SELF(EventSource, self);
    NEED_OUT(out);
    *out = NULL;
    if (!IsEqualGUID(iid, source->events)) return CONNECT_E_NOCONNECTION;
    object_keep(&source->object);
    *out = &source->object.faces[2];
    return S_OK;
}

/* IConnectionPoint */
static HRESULT WINAPI get_interface(void *self, IID *iid) { NEED_OUT(iid); *iid = *SELF(EventSource, self)->events; return S_OK; }
static HRESULT WINAPI get_container(void *self, void **out)
{
    return object_query(SELF(Object, self), &IID_IConnectionPointContainer, out);
}

static int sinks_of(const EventSource *source)
{
    int count = 0;
    for (int i = 0; i < MOST_SINKS; i++) if (source->sinks[i].dispatch) count++;
    return count;
}

static HRESULT connect_sink(EventSource *source, IDispatch *sink, DWORD *cookie)
{
    HRESULT result = CONNECT_E_ADVISELIMIT;
    EnterCriticalSection(&source->lock);
    for (int i = 0; i < MOST_SINKS && FAILED(result); i++) if (!source->sinks[i].dispatch) {
        source->sinks[i].dispatch = sink;
        source->sinks[i].cookie = *cookie = ++source->last_cookie;
        result = S_OK;
    }
    LeaveCriticalSection(&source->lock);
    return result;
}

static HRESULT WINAPI advise(void *self, IUnknown *unknown, DWORD *cookie)
{
    EventSource *source = SELF(EventSource, self);
    IDispatch *sink;
    NEED_OUT(cookie);
    *cookie = 0;
    if (!unknown) return E_POINTER;
    /* As ATL does it: the sink must answer for the event interface itself. */
    if (FAILED(IUnknown_QueryInterface(unknown, source->events, (void **)&sink))) return CONNECT_E_CANNOTCONNECT;
    HRESULT result = connect_sink(source, sink, cookie);
    if (FAILED(result)) IDispatch_Release(sink);
    else if (source->on_first_sink && sinks_of(source) == 1) source->on_first_sink(source);
    return result;
}

static HRESULT WINAPI unadvise(void *self, DWORD cookie)
{
    EventSource *source = SELF(EventSource, self);
    IDispatch *sink = NULL;
    EnterCriticalSection(&source->lock);
    for (int i = 0; i < MOST_SINKS; i++) if (source->sinks[i].dispatch && source->sinks[i].cookie == cookie) {
        sink = source->sinks[i].dispatch;
        source->sinks[i].dispatch = NULL;
    }
    LeaveCriticalSection(&source->lock);
    if (!sink) return CONNECT_E_NOCONNECTION;
    if (source->on_last_sink_gone && sinks_of(source) == 0) source->on_last_sink_gone(source);
    IDispatch_Release(sink);
    return S_OK;
}

static const void *const container_vtable[] = { UNKNOWN_SLOTS, not_implemented /* EnumConnectionPoints */, find };
static const void *const point_vtable[] = {
    UNKNOWN_SLOTS, get_interface, get_container, advise, unadvise, not_implemented /* EnumConnections */ };
SLOTS(container_vtable, UNKNOWN_COUNT + 2);
SLOTS(point_vtable, UNKNOWN_COUNT + 5);
static const IID *const container_interfaces[] = { &IID_IConnectionPointContainer, NULL };
static const IID *const point_interfaces[] = { &IID_IConnectionPoint, NULL };
const FaceKind container_face = { container_vtable, container_interfaces };
const FaceKind connection_point_face = { point_vtable, point_interfaces };

/* Arguments of Invoke are in reverse order. */
static void invoke(EventSource *source, IDispatch *sink, DISPID id, const VARIANT *values, UINT count)
{
    VARIANTARG arguments[8];
    VARIANT result;
    DISPPARAMS parameters = { arguments, NULL, count + 1, 0 };
    VariantInit(&result);
    for (UINT i = 0; i < count; i++) arguments[count - 1 - i] = values[i];
    V_VT(&arguments[count]) = VT_DISPATCH;
    V_DISPATCH(&arguments[count]) = (IDispatch *)&source->object.faces[0];
    IDispatch_Invoke(sink, id, &IID_NULL, LOCALE_USER_DEFAULT, DISPATCH_METHOD, &parameters, &result, NULL, NULL);
    VariantClear(&result);
}

/* The event interface's own slots: the first event lies behind those of IDispatch. */
typedef HRESULT (WINAPI *EventWithPointer)(void *sink, void *source, void *value);
typedef HRESULT (WINAPI *EventWithNumbers)(void *sink, void *source, LONG first, LONG second);
static void call_slot(EventSource *source, IDispatch *sink, DISPID id, const VARIANT *values, UINT count)
{
    void **vtable = *(void ***)sink, *method = vtable[DISPATCH_COUNT + (id & 0xFF)];
    void *object = &source->object.faces[0];
    if (count == 2) ((EventWithNumbers)method)(sink, object, V_I4(&values[0]), V_I4(&values[1]));
    else ((EventWithPointer)method)(sink, object, V_BYREF(&values[0]));
}

void events_fire(EventSource *source, DISPID id, const VARIANT *values, UINT count)
{
    for (int i = 0; i < MOST_SINKS; i++) {
        EnterCriticalSection(&source->lock);
        IDispatch *sink = source->sinks[i].dispatch;
        if (sink) IDispatch_AddRef(sink);
        LeaveCriticalSection(&source->lock);
        if (!sink) continue;
        (source->by_vtable ? call_slot : invoke)(source, sink, id, values, count);
        IDispatch_Release(sink);
    }
}
