#include "classes.h"
#include "file_system_image.h"
#include "values.h"
#include <stdlib.h>

#define IMAGE(self) SELF(FileSystemImage, self)
enum { MOST_VOLUME_NAME = 15, HEAD_BLOCKS = 32 };

static HRESULT WINAPI get_root(void *self, void **out)
{
    NEED_OUT(out);
    Object *item = directory_item_new(IMAGE(self));
    HRESULT result = object_query(item, &IID_IFsiDirectoryItem, out);
    object_drop(item);
    return result;
}

static HRESULT WINAPI get_session_start_block(void *self, LONG *out) { NEED_OUT(out); *out = IMAGE(self)->start; return S_OK; }

static HRESULT WINAPI get_volume_name(void *self, BSTR *out) { return give_text(out, IMAGE(self)->volume); }
static HRESULT WINAPI put_volume_name(void *self, BSTR name)
{
    if (IMAGE(self)->is_built) return IMAPI_E_READONLY;
    if (!name || !*name || lstrlenW(name) > MOST_VOLUME_NAME) return IMAPI_E_INVALID_VOLUME_NAME;
    lstrcpyW(IMAGE(self)->volume, name);
    return S_OK;
}

static HRESULT WINAPI get_file_systems_to_create(void *self, LONG *out) { NEED_OUT(out); *out = IMAGE(self)->file_systems; return S_OK; }
static HRESULT WINAPI put_file_systems_to_create(void *self, LONG mask)
{
    if (IMAGE(self)->is_built) return IMAPI_E_READONLY;
    if (IMAGE(self)->is_imported && mask != IMAGE(self)->file_systems) return IMAPI_E_FILE_SYSTEM_CHANGE_NOT_ALLOWED;
    return mask == FILE_SYSTEM_ISO9660 ? S_OK : IMAPI_E_INVALID_PARAM;
}
static HRESULT WINAPI get_file_systems_supported(void *self, LONG *out) { NEED_OUT(out); *out = FILE_SYSTEM_ISO9660; return S_OK; }

static HRESULT WINAPI choose_image_defaults(void *self, IUnknown *unknown)
{
    DiscRecorder *recorder;
    DiscFacts disc;
    TRY(recorder_from(unknown, &recorder));
    HRESULT result = disc_facts(recorder, &disc);
    object_drop(&recorder->object);
    return result;
}

static HRESULT WINAPI put_multisession_interfaces(void *self, SAFEARRAY *mechanisms)
{
    if (!mechanisms) return E_POINTER;
    if (IMAGE(self)->is_imported || IMAGE(self)->is_built) return IMAPI_E_READONLY;
    return image_negotiate(IMAGE(self), mechanisms);
}

static HRESULT WINAPI import_file_system(void *self, LONG *out)
{
    FileSystemImage *image = IMAGE(self);
    LONG blocks;
    NEED_OUT(out);
    *out = 0;
    if (image->placement == WHOLE_DISC) return IMAPI_E_MULTISESSION_NOT_SET;
    if (image->is_built) return IMAPI_E_READONLY;
    TRY(tree_import(image->root, image->import_from, image->previous, &blocks));
    if (image->placement == OVER_THE_DISC) image->start = (blocks + image->unit - 1) / image->unit * image->unit;
    image->is_imported = TRUE;
    *out = FILE_SYSTEM_ISO9660;
    return S_OK;
}

/* Over the disc: the session lies behind the last one, and a copy of its descriptors where readers look first. */
static HRESULT whole_disc(FileSystemImage *image, BYTE **session, LONG *blocks)
{
    BYTE *disc = calloc((size_t)(image->start + *blocks), BLOCK);
    HRESULT result = disc_read(image->import_from, 0, HEAD_BLOCKS, disc);
    memcpy(disc + 16 * BLOCK, *session + 16 * BLOCK, 2 * BLOCK);
    memcpy(disc + (size_t)image->start * BLOCK, *session, (size_t)*blocks * BLOCK);
    free(*session);
    *session = disc;
    *blocks += image->start;
    return result;
}

static HRESULT stream_of(const BYTE *bytes, LONG blocks, IStream **out)
{
    LARGE_INTEGER beginning = { .QuadPart = 0 };
    ULONG written;
    TRY(CreateStreamOnHGlobal(NULL, TRUE, out));
    TRY(IStream_Write(*out, bytes, (ULONG)blocks * BLOCK, &written));
    return IStream_Seek(*out, beginning, STREAM_SEEK_SET, NULL);
}

static HRESULT WINAPI create_result_image(void *self, void **out)
{
    FileSystemImage *image = IMAGE(self);
    BYTE *bytes;
    LONG blocks;
    IStream *stream = NULL;
    NEED_OUT(out);
    *out = NULL;
    TRY(tree_build(image->root, image->volume, image->start, &bytes, &blocks));
    BlockRun runs[] = { { image->start, blocks }, { 0, HEAD_BLOCKS } };
    HRESULT result = image->placement == OVER_THE_DISC ? whole_disc(image, &bytes, &blocks) : S_OK;
    if (SUCCEEDED(result)) result = stream_of(bytes, blocks, &stream);
    free(bytes);
    TRY(result);
    image->is_built = TRUE;
    Object *made = image_result_new(stream, blocks, runs, image->placement == OVER_THE_DISC ? 2 : 0);
    result = object_query(made, &IID_IFileSystemImageResult, out);
    object_drop(made);
    return result;
}

static const void *const vtable[] = { DISPATCH_SLOTS,
    get_root, get_session_start_block, not_implemented, not_implemented /* FreeMediaBlocks */, not_implemented,
    not_implemented /* SetMaxMediaBlocksFromDevice */, not_implemented /* UsedBlocks */, get_volume_name, put_volume_name,
    not_implemented /* ImportedVolumeName */, not_implemented, not_implemented /* BootImageOptions */,
    not_implemented /* FileCount */, not_implemented /* DirectoryCount */, not_implemented, not_implemented /* WorkingDirectory */,
    not_implemented /* ChangePoint */, not_implemented, not_implemented /* StrictFileSystemCompliance */,
    not_implemented, not_implemented /* UseRestrictedCharacterSet */, get_file_systems_to_create, put_file_systems_to_create,
    get_file_systems_supported, not_implemented, not_implemented /* UDFRevision */, not_implemented /* UDFRevisionsSupported */,
    choose_image_defaults, not_implemented /* ChooseImageDefaultsForMediaType */,
    not_implemented, not_implemented /* ISO9660InterchangeLevel */, not_implemented /* ISO9660InterchangeLevelsSupported */,
    create_result_image, not_implemented /* Exists */, not_implemented /* CalculateDiscIdentifier */,
    not_implemented /* IdentifyFileSystemsOnDisc */, not_implemented /* GetDefaultFileSystemForImport */, import_file_system,
    not_implemented /* ImportSpecificFileSystem */, not_implemented /* RollbackToChangePoint */,
    not_implemented /* LockInChangePoint */, not_implemented /* CreateDirectoryItem */, not_implemented /* CreateFileItem */,
    not_implemented /* VolumeNameUDF */, not_implemented /* VolumeNameJoliet */, not_implemented /* VolumeNameISO9660 */,
    not_implemented, not_implemented /* StageFiles */, not_implemented /* get MultisessionInterfaces */, put_multisession_interfaces };
SLOTS(vtable, DISPATCH_COUNT + 50);
static const IID *const interfaces[] = { &IID_IFileSystemImage, &IID_IDispatch, NULL };

static void destroy(Object *object)
{
    FileSystemImage *image = (FileSystemImage *)object;
    tree_free(image->root);
    if (image->import_from) object_drop(&image->import_from->object);
}

Object *file_system_image_new(void)
{
    static const Kind kind = { .bytes = sizeof(FileSystemImage), .destroy = destroy, .faces = { { vtable, interfaces } } };
    FileSystemImage *image = (FileSystemImage *)object_new(&kind);
    image->root = tree_new();
    image->file_systems = FILE_SYSTEM_ISO9660;
    lstrcpyW(image->volume, L"STAND_IN");
    return &image->object;
}
