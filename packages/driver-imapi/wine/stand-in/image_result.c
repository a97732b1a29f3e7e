/* IFileSystemImageResult2, and the list of ranges that it gives. */
#include "file_system_image.h"
#include "values.h"

enum { MOST_RUNS = 4 };

typedef struct Range {
    Object object;
    BlockRun run;
} Range;

static HRESULT WINAPI get_start_lba(void *self, LONG *out) { NEED_OUT(out); *out = SELF(Range, self)->run.at; return S_OK; }
static HRESULT WINAPI get_end_lba(void *self, LONG *out)
{ NEED_OUT(out); *out = SELF(Range, self)->run.at + SELF(Range, self)->run.count - 1; return S_OK; }
static const void *const range_vtable[] = { DISPATCH_SLOTS, get_start_lba, get_end_lba };
SLOTS(range_vtable, DISPATCH_COUNT + 2);
static const IID *const range_interfaces[] = { &IID_IBlockRange, &IID_IDispatch, NULL };

static Object *range_new(BlockRun run)
{
    static const Kind kind = { .bytes = sizeof(Range), .faces = { { range_vtable, range_interfaces } } };
    Range *range = (Range *)object_new(&kind);
    range->run = run;
    return &range->object;
}

typedef struct Result {
    Object object;              /* faces: 0 the result, 1 its list of ranges */
    IStream *stream;
    LONG total, run_count;
    BlockRun runs[MOST_RUNS];
} Result;
#define RESULT(self) SELF(Result, self)

static HRESULT WINAPI get_block_ranges(void *self, SAFEARRAY **out)
{
    Object *ranges[MOST_RUNS];
    for (LONG i = 0; i < RESULT(self)->run_count; i++) ranges[i] = range_new(RESULT(self)->runs[i]);
    return give_objects(out, ranges, RESULT(self)->run_count);
}
static const void *const list_vtable[] = { DISPATCH_SLOTS, get_block_ranges };
SLOTS(list_vtable, DISPATCH_COUNT + 1);
static const IID *const list_interfaces[] = { &IID_IBlockRangeList, NULL };

static HRESULT WINAPI get_image_stream(void *self, IStream **out)
{
    NEED_OUT(out);
    *out = RESULT(self)->stream;
    IStream_AddRef(*out);
    return S_OK;
}
static HRESULT WINAPI get_total_blocks(void *self, LONG *out) { NEED_OUT(out); *out = RESULT(self)->total; return S_OK; }
static HRESULT WINAPI get_block_size(void *self, LONG *out) { NEED_OUT(out); *out = BLOCK; return S_OK; }
static HRESULT WINAPI get_disc_id(void *self, BSTR *out)
{
    WCHAR text[32];
    wsprintfW(text, L"stand-in %d", RESULT(self)->total);
    return give_text(out, text);
}

static HRESULT WINAPI get_modified_blocks(void *self, void **out)
{
    NEED_OUT(out);
    *out = NULL;
    return RESULT(self)->run_count ? object_query(&RESULT(self)->object, &IID_IBlockRangeList, out) : E_NOTIMPL;
}

static const void *const vtable[] = { DISPATCH_SLOTS, get_image_stream, not_implemented /* ProgressItems */, get_total_blocks,
    get_block_size, get_disc_id, get_modified_blocks };
SLOTS(vtable, DISPATCH_COUNT + 5 + 1);
static const IID *const interfaces[] = { &IID_IFileSystemImageResult2, &IID_IFileSystemImageResult, &IID_IDispatch, NULL };

static void destroy(Object *object) { IStream_Release(((Result *)object)->stream); }

Object *image_result_new(IStream *stream, LONG total, const BlockRun *runs, LONG run_count)
{
    static const Kind kind = { .bytes = sizeof(Result), .destroy = destroy,
        .faces = { { vtable, interfaces }, { list_vtable, list_interfaces } } };
    Result *result = (Result *)object_new(&kind);
    result->stream = stream;
    result->total = total;
    result->run_count = run_count;
    memcpy(result->runs, runs, (size_t)run_count * sizeof *runs);
    return &result->object;
}
