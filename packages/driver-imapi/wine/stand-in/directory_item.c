/* IFsiDirectoryItem: the root of an image. */
#include "file_system_image.h"

typedef struct DirectoryItem {
    Object object;
    FileSystemImage *image;
} DirectoryItem;

#define IMAGE(self) (SELF(DirectoryItem, self)->image)
#define NEED_WRITABLE(self) do { if (IMAGE(self)->is_built) return IMAPI_E_READONLY; } while (0)

static HRESULT WINAPI add_directory(void *self, BSTR path)
{ NEED_WRITABLE(self); return path ? tree_add(IMAGE(self)->root, path, TRUE, NULL) : E_POINTER; }

static HRESULT WINAPI add_file(void *self, BSTR path, IStream *data)
{ NEED_WRITABLE(self); return path && data ? tree_add(IMAGE(self)->root, path, FALSE, data) : E_POINTER; }

static HRESULT WINAPI add_tree(void *self, BSTR folder, VARIANT_BOOL with_folder)
{
    Node *into = IMAGE(self)->root;
    NEED_WRITABLE(self);
    if (!folder) return E_POINTER;
    if (with_folder) {
        const WCHAR *name = wcsrchr(folder, L'\\');
        name = name ? name + 1 : folder;
        TRY(tree_add(into, name, TRUE, NULL));
        into = tree_find(into, name);
    }
    return tree_add_folder(into, folder);
}

static HRESULT WINAPI remove_item(void *self, BSTR path)
{ NEED_WRITABLE(self); return path ? tree_remove(IMAGE(self)->root, path, FALSE) : E_POINTER; }
static HRESULT WINAPI remove_tree(void *self, BSTR path)
{ NEED_WRITABLE(self); return path ? tree_remove(IMAGE(self)->root, path, TRUE) : E_POINTER; }

static const void *const vtable[] = { DISPATCH_SLOTS,
    not_implemented /* Name */, not_implemented /* FullPath */, not_implemented, not_implemented /* CreationTime */,
    not_implemented, not_implemented /* LastAccessedTime */, not_implemented, not_implemented /* LastModifiedTime */,
    not_implemented, not_implemented /* IsHidden */, not_implemented /* FileSystemName */, not_implemented /* FileSystemPath */,
    not_implemented /* _NewEnum */, not_implemented /* Item */, not_implemented /* Count */, not_implemented /* EnumFsiItems */,
    add_directory, add_file, add_tree, not_implemented /* Add */, remove_item, remove_tree };
SLOTS(vtable, DISPATCH_COUNT + 12 + 10);
static const IID *const interfaces[] = { &IID_IFsiDirectoryItem, &IID_IFsiItem, &IID_IDispatch, NULL };

static void destroy(Object *object) { object_drop(&((DirectoryItem *)object)->image->object); }

Object *directory_item_new(FileSystemImage *image)
{
    static const Kind kind = { .bytes = sizeof(DirectoryItem), .destroy = destroy, .faces = { { vtable, interfaces } } };
    DirectoryItem *item = (DirectoryItem *)object_new(&kind);
    object_keep(&image->object);
    item->image = image;
    return &item->object;
}
