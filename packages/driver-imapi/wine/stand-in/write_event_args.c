/* IDiscFormat2DataEventArgs: what an Update event tells. */
#include "disc_format_data.h"

typedef struct EventArgs {
    Object object;
    WriteStatus status;
} EventArgs;

enum { SYSTEM_BUFFER = 4 << 20 };

#define NUMBER(name, expression) \
    static HRESULT WINAPI name(void *self, LONG *out) \
    { \
        const WriteStatus *status = &SELF(EventArgs, self)->status; \
        NEED_OUT(out); \
        (void)status; \
        *out = (expression); \
        return S_OK; \
    }
NUMBER(get_start_lba, status->start)
NUMBER(get_sector_count, status->count)
NUMBER(get_last_read_lba, status->last_read)
NUMBER(get_last_written_lba, status->last_written)
NUMBER(get_total_system_buffer, SYSTEM_BUFFER)
NUMBER(get_used_system_buffer, status->buffer_used)
NUMBER(get_free_system_buffer, SYSTEM_BUFFER - status->buffer_used)
NUMBER(get_elapsed_time, status->elapsed)
NUMBER(get_remaining_time, status->remaining)
NUMBER(get_total_time, status->elapsed + status->remaining)
NUMBER(get_current_action, status->action)

static const void *const vtable[] = { DISPATCH_SLOTS,
    get_start_lba, get_sector_count, get_last_read_lba, get_last_written_lba,
    get_total_system_buffer, get_used_system_buffer, get_free_system_buffer,
    get_elapsed_time, get_remaining_time, get_total_time, get_current_action };
SLOTS(vtable, DISPATCH_COUNT + 7 + 4);
static const IID *const interfaces[] = { &IID_IDiscFormat2DataEventArgs, &IID_IWriteEngine2EventArgs, &IID_IDispatch, NULL };

Object *write_event_args_new(const WriteStatus *status)
{
    static const Kind kind = { .bytes = sizeof(EventArgs), .faces = { { vtable, interfaces } } };
    EventArgs *args = (EventArgs *)object_new(&kind);
    args->status = *status;
    return &args->object;
}
