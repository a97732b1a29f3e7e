/* IDiscFormat2Data::Write: consumes a stream and writes it by commands, while it tells of its progress. */
#include "disc_format_data.h"
#include "values.h"
#include <stdlib.h>

enum { PIECE = 32, UPDATE = 0x200, VERIFY_FULL = 2,
       UPDATE_MILLISECONDS = 20 };   /* IMAPI2: 500; short here, as the discs are */

/* Consecutive blocks of the disc, and where the stream holds them. */
typedef struct Range {
    LONG start, count;
    LONGLONG from;
} Range;

/* One call of Write. */
typedef struct Burn {
    DiscFormatData *data;
    IStream *stream;
    DiscFacts disc;
    LONG track;                 /* that takes the session */
    Range *ranges;
    LONG range_count, total, done;
    DWORD began, told;
    LONG action;
    ULONGLONG written_sum, read_sum;
} Burn;

/* --- progress */

typedef struct Told {
    DiscFormatData *data;
    WriteStatus status;
} Told;

static DWORD WINAPI fire(void *parameter)
{
    Told *told = parameter;
    Object *args = write_event_args_new(&told->status);
    VARIANT value;
    V_VT(&value) = VT_DISPATCH;
    V_DISPATCH(&value) = (IDispatch *)&args->faces[0];
    InterlockedExchange(&told->data->is_telling, 1);
    events_fire(&told->data->source, UPDATE, &value, 1);
    InterlockedExchange(&told->data->is_telling, 0);
    object_drop(args);
    return 0;
}

static void tell(Burn *burn, LONG action)
{
    DWORD now = GetTickCount();
    LONG start = burn->range_count ? burn->ranges[0].start : 0, seconds = (LONG)(now - burn->began) / 1000;
    Told told = { burn->data, { start, burn->total, start + burn->done, start + burn->done, 3 << 20, seconds, 1, action } };
    DiscFormatData *data = burn->data;
    burn->told = now;
    burn->action = action;
    data->source.by_vtable = (data->recorder->traits.events & EVENTS_BY_VTABLE) != 0;
    if (!(data->recorder->traits.events & EVENTS_FROM_OWN_THREAD)) {
        fire(&told);
        return;
    }
    HANDLE thread = CreateThread(NULL, 0, fire, &told, 0, NULL);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
}

static void tell_sometimes(Burn *burn)
{
    if (GetTickCount() - burn->told >= UPDATE_MILLISECONDS) tell(burn, burn->action);
}

/* --- what is to be written */

static HRESULT length_of(IStream *stream, LONG *blocks)
{
    STATSTG stat = { 0 };
    TRY(IStream_Stat(stream, &stat, STATFLAG_NONAME));
    if (!stat.cbSize.QuadPart || stat.cbSize.QuadPart % BLOCK) return E_IMAPI_DF2DATA_STREAM_NOT_SUPPORTED;
    *blocks = (LONG)(stat.cbSize.QuadPart / BLOCK);
    return S_OK;
}

/* IBlockRange and IBlockRangeList, by their slots. */
typedef HRESULT (WINAPI *GetLong)(void *self, LONG *out);
typedef HRESULT (WINAPI *GetArray)(void *self, SAFEARRAY **out);
#define SLOT(Type, pointer, index) ((Type)(*(void ***)(pointer))[index])

static HRESULT read_range(IUnknown *element, Range *range)
{
    void *found;
    LONG last;
    TRY(IUnknown_QueryInterface(element, &IID_IBlockRange, &found));
    HRESULT result = SLOT(GetLong, found, DISPATCH_COUNT)(found, &range->start);
    if (SUCCEEDED(result)) result = SLOT(GetLong, found, DISPATCH_COUNT + 1)(found, &last);
    IUnknown_Release((IUnknown *)found);
    TRY(result);
    range->count = last - range->start + 1;
    range->from = (LONGLONG)range->start * BLOCK;
    return range->start >= 0 && range->count > 0 ? S_OK : E_INVALIDARG;
}

static HRESULT read_ranges(Burn *burn, SAFEARRAY *array, LONG stream_blocks)
{
    VARIANT *elements;
    LONG last;
    HRESULT result = S_OK;
    TRY(SafeArrayGetUBound(array, 1, &last));
    TRY(SafeArrayAccessData(array, (void **)&elements));
    burn->range_count = last + 1;
    burn->ranges = calloc((size_t)burn->range_count, sizeof *burn->ranges);
    for (LONG i = 0; i <= last && SUCCEEDED(result); i++) {
        Range *range = &burn->ranges[i];
        result = V_VT(&elements[i]) == VT_DISPATCH ? read_range((IUnknown *)V_DISPATCH(&elements[i]), range) : E_INVALIDARG;
        if (SUCCEEDED(result) && range->start + range->count > stream_blocks) result = E_INVALIDARG;
    }
    SafeArrayUnaccessData(array);
    return result;
}

/* The ranges that the stream itself names; S_FALSE when it names none. */
static HRESULT ranges_of_stream(Burn *burn, LONG stream_blocks)
{
    void *list;
    SAFEARRAY *array = NULL;
    if (FAILED(IStream_QueryInterface(burn->stream, &IID_IBlockRangeList, &list))) return S_FALSE;
    HRESULT result = SLOT(GetArray, list, DISPATCH_COUNT)(list, &array);
    if (SUCCEEDED(result)) result = read_ranges(burn, array, stream_blocks);
    if (array) SafeArrayDestroy(array);
    IUnknown_Release((IUnknown *)list);
    return result;
}

static BOOL is_blank(DiscRecorder *recorder)
{
    static BYTE zeros[BLOCK];
    BYTE data[BLOCK];
    return SUCCEEDED(disc_read(recorder, 16, 1, data)) && !memcmp(data, zeros, BLOCK);
}

static void one_range(Burn *burn, LONG start, LONG count)
{
    burn->ranges = calloc(1, sizeof *burn->ranges);
    burn->ranges[0] = (Range){ start, count, 0 };
    burn->range_count = 1;
}

static HRESULT choose_ranges(Burn *burn)
{
    DiscFormatData *data = burn->data;
    TrackFacts track;
    LONG blocks;
    TRY(length_of(burn->stream, &blocks));
    TRY(disc_facts(data->recorder, &burn->disc));
    if (!burn->disc.media->is_writable) return E_IMAPI_DF2DATA_MEDIA_IS_NOT_SUPPORTED;
    if (data->recorder->traits.protection) return E_IMAPI_RECORDER_MEDIA_WRITE_PROTECTED;
    if (burn->disc.last_session == 1 && !burn->disc.media->is_overwritable) return E_IMAPI_DF2DATA_INVALID_MEDIA_STATE;
    TRY(disc_open_track(data->recorder, &track));
    burn->track = track.number;
    if (burn->disc.media->is_overwritable) {
        HRESULT named = ranges_of_stream(burn, blocks);
        if (named != S_FALSE) return named;
        if (!data->overwrites && !is_blank(data->recorder)) return E_IMAPI_DF2DATA_MEDIA_NOT_BLANK;
        one_range(burn, 0, blocks);
        return blocks > track.size ? E_IMAPI_DF2DATA_STREAM_TOO_LARGE : S_OK;
    }
    one_range(burn, track.next, blocks);
    return blocks > track.free_blocks ? E_IMAPI_DF2DATA_STREAM_TOO_LARGE : S_OK;
}

/* --- writing */

static ULONGLONG sum(ULONGLONG so_far, const BYTE *data, ULONG bytes)
{
    for (ULONG i = 0; i < bytes; i += 8) so_far = (so_far ^ *(const ULONGLONG *)(data + i)) * 0x100000001B3ULL;
    return so_far;
}

static HRESULT read_all(IStream *stream, BYTE *data, ULONG bytes)
{
    while (bytes > 0) {
        ULONG got = 0;
        TRY(IStream_Read(stream, data, bytes, &got));
        if (!got) return STG_E_READFAULT;
        data += got;
        bytes -= got;
    }
    return S_OK;
}

static HRESULT write_range(Burn *burn, const Range *range, BYTE *piece)
{
    LARGE_INTEGER from = { .QuadPart = range->from };
    TRY(IStream_Seek(burn->stream, from, STREAM_SEEK_SET, NULL));
    for (LONG done = 0; done < range->count; ) {
        LONG count = min(PIECE, range->count - done);
        if (burn->data->is_cancelled) return E_IMAPI_REQUEST_CANCELLED;
        TRY(read_all(burn->stream, piece, (ULONG)count * BLOCK));
        TRY(disc_write(burn->data->recorder, range->start + done, count, piece));
        burn->written_sum = sum(burn->written_sum, piece, (ULONG)count * BLOCK);
        done += count;
        burn->done += count;
        tell_sometimes(burn);
    }
    return S_OK;
}

static HRESULT for_each_range(Burn *burn, HRESULT (*act)(Burn *, const Range *, BYTE *))
{
    BYTE *piece = malloc(PIECE * BLOCK);
    HRESULT result = S_OK;
    for (LONG i = 0; i < burn->range_count && SUCCEEDED(result); i++) result = act(burn, &burn->ranges[i], piece);
    free(piece);
    return result;
}

static HRESULT verify_range(Burn *burn, const Range *range, BYTE *piece)
{
    for (LONG done = 0; done < range->count; done += PIECE) {
        LONG count = min(PIECE, range->count - done);
        TRY(disc_read(burn->data->recorder, range->start + done, count, piece));
        burn->read_sum = sum(burn->read_sum, piece, (ULONG)count * BLOCK);
    }
    return S_OK;
}

/* Quick: the disc says sane things. Full: what was written is read back. */
static HRESULT verify(Burn *burn)
{
    DiscFacts disc;
    TRY(disc_facts(burn->data->recorder, &disc));
    if (burn->data->verification != VERIFY_FULL) return S_OK;
    TRY(for_each_range(burn, verify_range));
    return burn->read_sum == burn->written_sum ? S_OK : E_IMAPI_BURN_VERIFICATION_FAILED;
}

/* DVD+R is closed for good unless the application says that it need not play in players; so is a DVD+R DL in any case. */
static BOOL closes_disc(const DiscFormatData *data, const DiscFacts *disc)
{
    BOOL is_dvd_plus_r = disc->media->profile == 0x001B, is_double = disc->media->profile == 0x002B;
    return data->closes_disc || (is_dvd_plus_r && !data->not_dvd_compatible) || is_double;
}

static HRESULT burn_session(Burn *burn)
{
    DiscFormatData *data = burn->data;
    BOOL for_good;
    tell(burn, ACTION_VALIDATING);
    TRY(choose_ranges(burn));
    for (LONG i = 0; i < burn->range_count; i++) burn->total += burn->ranges[i].count;
    for_good = closes_disc(data, &burn->disc);
    tell(burn, ACTION_INITIALIZING);
    TRY(disc_set_write_parameters(data->recorder, &burn->disc, for_good));
    tell(burn, ACTION_CALIBRATING);
    tell(burn, ACTION_WRITING);
    HRESULT written = for_each_range(burn, write_range);
    if (written == E_IMAPI_REQUEST_CANCELLED) disc_flush(data->recorder);
    TRY(written);
    tell(burn, ACTION_WRITING);
    tell(burn, ACTION_FINALIZATION);
    TRY(disc_flush(data->recorder));
    TRY(disc_close(data->recorder, &burn->disc, burn->track, for_good));
    if (data->verification) {
        tell(burn, ACTION_VERIFYING);
        TRY(verify(burn));
    }
    tell(burn, ACTION_COMPLETED);
    return S_OK;
}

HRESULT WINAPI data_write(void *self, IStream *stream)
{
    DiscFormatData *data = SELF(DiscFormatData, self);
    Burn burn = { .data = data, .stream = stream, .began = GetTickCount() };
    if (!stream) return E_POINTER;
    if (!data->recorder) return E_IMAPI_RECORDER_REQUIRED;
    if (!data->client) return E_IMAPI_DF2DATA_CLIENT_NAME_IS_NOT_VALID;
    if (InterlockedCompareExchange(&data->is_writing, 1, 0)) return E_IMAPI_DF2DATA_WRITE_IN_PROGRESS;
    object_keep(&data->source.object);
    IStream_AddRef(stream);
    data->is_cancelled = 0;
    HRESULT result = recorder_acquire(data->recorder, FALSE, data->client);
    if (SUCCEEDED(result)) {
        result = burn_session(&burn);
        recorder_release(data->recorder);
    }
    free(burn.ranges);
    IStream_Release(stream);
    InterlockedExchange(&data->is_writing, 0);
    object_drop(&data->source.object);
    return result;
}

/* Must be called from inside an event. */
HRESULT WINAPI data_cancel_write(void *self)
{
    DiscFormatData *data = SELF(DiscFormatData, self);
    if (!data->is_writing || !data->is_telling) return E_IMAPI_DF2DATA_WRITE_NOT_IN_PROGRESS;
    data->is_cancelled = 1;
    return S_OK;
}
