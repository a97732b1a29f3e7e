#include "image_tree.h"
#include <shlwapi.h>
#include <stdlib.h>

enum { DEEPEST = 8 };

Node *tree_new(void)
{
    Node *root = calloc(1, sizeof *root);
    root->is_directory = TRUE;
    return root;
}

void tree_free(Node *node)
{
    while (node->child) {
        Node *child = node->child;
        node->child = child->next;
        tree_free(child);
    }
    if (node->data) IStream_Release(node->data);
    free(node);
}

static Node *child_of(Node *parent, const WCHAR *name)
{
    for (Node *child = parent->child; child; child = child->next) if (!lstrcmpiW(child->name, name)) return child;
    return NULL;
}

/* Children are kept in the order of their names. */
static Node *insert(Node *parent, const WCHAR *name, BOOL is_directory)
{
    Node *made = calloc(1, sizeof *made), **place = &parent->child;
    lstrcpynW(made->name, name, 256);
    made->is_directory = is_directory;
    made->parent = parent;
    while (*place && lstrcmpiW((*place)->name, name) < 0) place = &(*place)->next;
    made->next = *place;
    *place = made;
    return made;
}

Node *tree_find(Node *root, const WCHAR *path)
{
    WCHAR part[256];
    while (*path == L'\\') path++;
    if (!*path) return root;
    int length = (int)wcscspn(path, L"\\");
    lstrcpynW(part, path, min(length + 1, 256));
    Node *child = child_of(root, part);
    return child && path[length] ? tree_find(child, path + length) : child;
}

HRESULT tree_add(Node *root, const WCHAR *path, BOOL is_directory, IStream *data)
{
    WCHAR folder[1024];
    const WCHAR *name = wcsrchr(path, L'\\');
    name = name ? name + 1 : path;
    if (!*name || lstrlenW(path) >= 1024 || lstrlenW(name) >= 256) return IMAPI_E_INVALID_PATH;
    lstrcpynW(folder, path, (int)(name - path) + 1);
    Node *parent = tree_find(root, folder);
    if (!parent || !parent->is_directory) return IMAPI_E_DIR_NOT_FOUND;
    if (child_of(parent, name)) return IMAPI_E_DUP_NAME;
    STATSTG stat = { 0 };
    if (data) TRY(IStream_Stat(data, &stat, STATFLAG_NONAME));
    Node *made = insert(parent, name, is_directory);
    made->bytes = (LONGLONG)stat.cbSize.QuadPart;
    made->data = data;
    if (data) IStream_AddRef(data);
    return S_OK;
}

static HRESULT add_found(Node *into, const WCHAR *folder, const WIN32_FIND_DATAW *found)
{
    WCHAR path[1024];
    IStream *data;
    if (!lstrcmpW(found->cFileName, L".") || !lstrcmpW(found->cFileName, L"..")) return S_OK;
    wsprintfW(path, L"%s\\%s", folder, found->cFileName);
    if (found->dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) {
        Node *known = child_of(into, found->cFileName);
        return tree_add_folder(known ? known : insert(into, found->cFileName, TRUE), path);
    }
    TRY(SHCreateStreamOnFileEx(path, STGM_READ | STGM_SHARE_DENY_WRITE, 0, FALSE, NULL, &data));
    HRESULT result = tree_add(into, found->cFileName, FALSE, data);
    IStream_Release(data);
    return result;
}

HRESULT tree_add_folder(Node *into, const WCHAR *folder)
{
    WCHAR pattern[1024];
    WIN32_FIND_DATAW found;
    HRESULT result = S_OK;
    wsprintfW(pattern, L"%s\\*", folder);
    HANDLE search = FindFirstFileW(pattern, &found);
    if (search == INVALID_HANDLE_VALUE) return IMAPI_E_DIRECTORY_READ_FAILURE;
    do result = add_found(into, folder, &found); while (SUCCEEDED(result) && FindNextFileW(search, &found));
    FindClose(search);
    return result;
}

HRESULT tree_remove(Node *root, const WCHAR *path, BOOL with_contents)
{
    Node *node = tree_find(root, path);
    if (!node || node == root) return IMAPI_E_ITEM_NOT_FOUND;
    if (node->child && !with_contents) return IMAPI_E_DIR_NOT_EMPTY;
    for (Node **place = &node->parent->child; *place; place = &(*place)->next) if (*place == node) {
        *place = node->next;
        break;
    }
    tree_free(node);
    return S_OK;
}

/* --- import of ISO 9660 */

static LONG little32(const BYTE *at) { return at[0] | at[1] << 8 | at[2] << 16 | at[3] << 24; }

static HRESULT import_directory(Node *into, DiscRecorder *recorder, LONG extent, LONG bytes, int depth);

static HRESULT import_record(Node *into, DiscRecorder *recorder, const BYTE *record, int depth)
{
    WCHAR name[256];
    int length = record[32];
    BOOL is_directory = record[25] >> 1 & 1;
    if (length == 1 && record[33] <= 1) return S_OK;        /* the folder itself, and the one above */
    for (int i = 0; i < length; i++) name[i] = record[33 + i];
    name[length] = 0;
    WCHAR *version = wcschr(name, L';');
    if (version) *version = 0;
    if (lstrlenW(name) > 1 && name[lstrlenW(name) - 1] == L'.') name[lstrlenW(name) - 1] = 0;
    Node *known = child_of(into, name);
    if (known && !(known->is_directory && is_directory)) return S_OK;
    Node *node = known ? known : insert(into, name, is_directory);
    if (is_directory) return import_directory(node, recorder, little32(record + 2), little32(record + 10), depth + 1);
    node->extent = little32(record + 2);
    node->bytes = little32(record + 10);
    return S_OK;
}

static HRESULT import_directory(Node *into, DiscRecorder *recorder, LONG extent, LONG bytes, int depth)
{
    BYTE *block = malloc(BLOCK);
    HRESULT result = depth > DEEPEST ? IMAPI_E_NO_SUPPORTED_FILE_SYSTEM : S_OK;
    for (LONG at = 0; at < bytes && SUCCEEDED(result); at += BLOCK) {
        result = disc_read(recorder, extent + at / BLOCK, 1, block);
        for (int record = 0; SUCCEEDED(result) && record + 33 < BLOCK && block[record]; record += block[record])
            result = import_record(into, recorder, block + record, depth);
    }
    free(block);
    return result;
}

HRESULT tree_import(Node *root, DiscRecorder *recorder, LONG session, LONG *blocks)
{
    BYTE *descriptor = malloc(BLOCK);
    HRESULT result = disc_wait(recorder);
    if (SUCCEEDED(result)) result = disc_read(recorder, session + 16, 1, descriptor);
    if (SUCCEEDED(result) && (descriptor[0] != 1 || memcmp(descriptor + 1, "CD001", 5))) result = IMAPI_E_NO_SUPPORTED_FILE_SYSTEM;
    if (SUCCEEDED(result)) {
        *blocks = little32(descriptor + 80);
        result = import_directory(root, recorder, little32(descriptor + 158), little32(descriptor + 166), 0);
    }
    free(descriptor);
    return result;
}
