/* MsftDiscMaster2: the drives of the machine, and events when one comes or goes. */
#include "classes.h"
#include "events.h"
#include "machine.h"
#include "values.h"
#include <stdlib.h>

enum { LIST_BYTES = 16384 };

typedef struct DiscMaster {
    EventSource source;
    Link *watch;                /* while there are sinks */
} DiscMaster;

/* Identifiers, each ended by NUL, and their number. */
static HRESULT list(WCHAR *ids, LONG *count)
{
    Link *link;
    ULONG got = 0;
    TRY(link_open(&link));
    HRESULT result = link_ask(link, LIST, 0, NULL, ids, LIST_BYTES, &got);
    link_close(link);
    *count = 0;
    for (ULONG i = 0; i < got / 2; i++) if (!ids[i]) ++*count;
    return result;
}

static HRESULT WINAPI get_item(void *self, LONG index, BSTR *out)
{
    WCHAR ids[LIST_BYTES / 2], *id = ids;
    LONG count;
    NEED_OUT(out);
    *out = NULL;
    TRY(list(ids, &count));
    if (index < 0 || index >= count) return E_INVALIDARG;
    while (index-- > 0) id += lstrlenW(id) + 1;
    return give_text(out, id);
}

static HRESULT WINAPI get_count(void *self, LONG *out)
{
    WCHAR ids[LIST_BYTES / 2];
    NEED_OUT(out);
    return list(ids, out);
}

static HRESULT WINAPI get_is_supported_environment(void *self, VARIANT_BOOL *out)
{
    LONG count;
    NEED_OUT(out);
    TRY(get_count(self, &count));
    *out = count > 0 ? VARIANT_TRUE : VARIANT_FALSE;
    return S_OK;
}

typedef struct Watch {
    DiscMaster *master;
    Link *link;
} Watch;

/* Tells of what comes and goes, from a thread of the server's own, which keeps the object alive. */
static DWORD WINAPI watch(void *parameter)
{
    Watch own = *(Watch *)parameter;
    WCHAR id[512];
    Answer told;
    free(parameter);
    while (link_hear(own.link, &told, id, sizeof id)) {
        VARIANT value;
        V_VT(&value) = VT_BSTR;
        V_BSTR(&value) = SysAllocStringLen(id, told.length / 2);
        events_fire(&own.master->source, (DISPID)told.hresult, &value, 1);
        VariantClear(&value);
    }
    link_close(own.link);
    object_drop(&own.master->source.object);
    return 0;
}

static void begin_watch(EventSource *source)
{
    DiscMaster *master = (DiscMaster *)source;
    Request request = { .operation = WATCH };
    Answer answer;
    if (FAILED(link_open(&master->watch))) return;
    link_call(master->watch, &request, NULL, NULL, &answer);
    Watch *started = malloc(sizeof *started);
    *started = (Watch){ master, master->watch };
    object_keep(&source->object);
    CloseHandle(CreateThread(NULL, 0, watch, started, 0, NULL));
}

/* Does not wait for the thread: it may be in an event that the caller of Unadvise must take first. */
static void end_watch(EventSource *source)
{
    DiscMaster *master = (DiscMaster *)source;
    if (master->watch) link_end(master->watch);
    master->watch = NULL;
}

static void destroy(Object *object) { events_end((EventSource *)object); }

static const void *const vtable[] = {
    DISPATCH_SLOTS, not_implemented /* _NewEnum */, get_item, get_count, get_is_supported_environment };
SLOTS(vtable, DISPATCH_COUNT + 4);
static const IID *const interfaces[] = { &IID_IDiscMaster2, &IID_IDispatch, NULL };

Object *disc_master_new(void)
{
    static Kind kind = { .bytes = sizeof(DiscMaster), .destroy = destroy, .faces = { { vtable, interfaces } } };
    kind.faces[1] = container_face;
    kind.faces[2] = connection_point_face;
    DiscMaster *master = (DiscMaster *)object_new(&kind);
    events_begin(&master->source, &DIID_DDiscMaster2Events);
    master->source.on_first_sink = begin_watch;
    master->source.on_last_sink_gone = end_watch;
    return &master->source.object;
}
