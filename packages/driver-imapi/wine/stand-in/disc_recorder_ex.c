/* IDiscRecorder2Ex: commands as they are. It derives from IUnknown. */
#include "disc_recorder.h"

#define RECORDER(self) SELF(DiscRecorder, self)
enum { PAGE_BYTES = 4096 };

/* Length of a CDB by the group of its opcode; 0 where the vendor chooses. */
static ULONG cdb_length(BYTE opcode)
{
    static const BYTE lengths[8] = { 6, 10, 10, 0, 16, 12, 0, 0 };
    return lengths[opcode >> 5];
}

static HRESULT check_command(const BYTE *cdb, ULONG cdb_bytes, const BYTE *sense, ULONG seconds)
{
    if (!cdb || !sense) return E_POINTER;
    if (cdb_bytes < 6 || cdb_bytes > 16 || seconds == 0) return E_INVALIDARG;
    return cdb_length(cdb[0]) && cdb_length(cdb[0]) != cdb_bytes ? E_INVALIDARG : S_OK;
}

/* What an adapter's driver does not take: memory that is not aligned, or more than it can map. */
static HRESULT check_data(const DiscRecorder *recorder, const BYTE *data, ULONG bytes)
{
    const Traits *traits = &recorder->traits;
    BOOL on_page = (UINT_PTR)data % PAGE_BYTES == 0;
    if (!data) return E_POINTER;
    if (!bytes || ((UINT_PTR)data & traits->alignment_mask)) return E_INVALIDARG;
    return bytes > (on_page ? traits->transfer_bytes : traits->transfer_bytes - PAGE_BYTES) ? E_INVALIDARG : S_OK;
}

static HRESULT WINAPI no_data(void *self, BYTE *cdb, ULONG cdb_bytes, BYTE *sense, ULONG seconds)
{
    NEED_DRIVE(RECORDER(self));
    TRY(check_command(cdb, cdb_bytes, sense, seconds));
    return recorder_command(RECORDER(self), cdb, cdb_bytes, sense, seconds, WITHOUT_DATA, NULL, 0, NULL);
}

static HRESULT WINAPI send_data(void *self, BYTE *cdb, ULONG cdb_bytes, BYTE *sense, ULONG seconds, BYTE *data, ULONG bytes)
{
    NEED_DRIVE(RECORDER(self));
    TRY(check_command(cdb, cdb_bytes, sense, seconds));
    TRY(check_data(RECORDER(self), data, bytes));
    return recorder_command(RECORDER(self), cdb, cdb_bytes, sense, seconds, TO_DRIVE, data, bytes, NULL);
}

static HRESULT WINAPI get_data(void *self, BYTE *cdb, ULONG cdb_bytes, BYTE *sense, ULONG seconds, BYTE *data, ULONG bytes,
                               ULONG *got)
{
    NEED_OUT(got);
    NEED_DRIVE(RECORDER(self));
    TRY(check_command(cdb, cdb_bytes, sense, seconds));
    TRY(check_data(RECORDER(self), data, bytes));
    return recorder_command(RECORDER(self), cdb, cdb_bytes, sense, seconds, FROM_DRIVE, data, bytes, got);
}

static HRESULT WINAPI get_byte_alignment_mask(void *self, ULONG *out)
{
    NEED_OUT(out);
    NEED_DRIVE(RECORDER(self));
    *out = RECORDER(self)->traits.alignment_mask;
    return S_OK;
}

static HRESULT WINAPI get_maximum_non_page_aligned(void *self, ULONG *out)
{
    NEED_OUT(out);
    NEED_DRIVE(RECORDER(self));
    *out = RECORDER(self)->traits.transfer_bytes - PAGE_BYTES;
    return S_OK;
}

static HRESULT WINAPI get_maximum_page_aligned(void *self, ULONG *out)
{
    NEED_OUT(out);
    NEED_DRIVE(RECORDER(self));
    *out = RECORDER(self)->traits.transfer_bytes;
    return S_OK;
}

static const void *const vtable[] = { UNKNOWN_SLOTS, no_data, send_data, get_data,
    not_implemented /* ReadDvdStructure */, not_implemented /* SendDvdStructure */,
    not_implemented /* GetAdapterDescriptor */, not_implemented /* GetDeviceDescriptor */,
    not_implemented /* GetDiscInformation */, not_implemented /* GetTrackInformation */,
    not_implemented /* GetFeaturePage */, not_implemented /* GetModePage */, not_implemented /* SetModePage */,
    not_implemented /* GetSupportedFeaturePages */, not_implemented /* GetSupportedProfiles */,
    not_implemented /* GetSupportedModePages */,
    get_byte_alignment_mask, get_maximum_non_page_aligned, get_maximum_page_aligned };
SLOTS(vtable, UNKNOWN_COUNT + 18);
static const IID *const interfaces[] = { &IID_IDiscRecorder2Ex, NULL };
const FaceKind disc_recorder_ex_face = { vtable, interfaces };
