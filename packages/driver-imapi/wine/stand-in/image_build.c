/* Lays out and writes an ISO 9660 session: enough of ECMA-119 for files and folders, names in capitals. */
#include "image_tree.h"
#include <stdlib.h>

enum { DESCRIPTOR = 16, TERMINATOR = 17, TABLE_LITTLE = 18, TABLE_BIG = 19, FIRST_DIRECTORY = 20, UNIT = 32, MOST_DIRECTORIES = 256 };

typedef struct Layout {
    LONG start, next;
    Node *directories[MOST_DIRECTORIES];
    LONG count;
    BYTE *session;
} Layout;

static void little16(BYTE *at, LONG value) { at[0] = (BYTE)value; at[1] = (BYTE)(value >> 8); }
static void little32(BYTE *at, LONG value) { little16(at, value); little16(at + 2, value >> 16); }
static void big16(BYTE *at, LONG value) { at[0] = (BYTE)(value >> 8); at[1] = (BYTE)value; }
static void big32(BYTE *at, LONG value) { big16(at, value >> 16); big16(at + 2, value); }
static void both16(BYTE *at, LONG value) { little16(at, value); big16(at + 2, value); }
static void both32(BYTE *at, LONG value) { little32(at, value); big32(at + 4, value); }
static LONG blocks_of(LONGLONG bytes) { return (LONG)((bytes + BLOCK - 1) / BLOCK); }
static BYTE *block_at(Layout *layout, LONG address) { return layout->session + (size_t)(address - layout->start) * BLOCK; }

/* A name as ISO 9660 has it; gives its length. */
static int iso_name(const Node *node, BYTE *name)
{
    int length = 0;
    BOOL dot = FALSE;
    for (const WCHAR *at = node->name; *at && length < 28; at++) {
        BYTE letter = *at < 128 ? (BYTE)*at : '_';
        if (letter >= 'a' && letter <= 'z') letter = (BYTE)(letter - 32);
        BOOL is_dot = letter == '.' && !dot && !node->is_directory;
        if (!((letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') || is_dot)) letter = '_';
        dot |= is_dot;
        name[length++] = letter;
    }
    if (node->is_directory) return length;
    if (!dot) name[length++] = '.';
    name[length++] = ';';
    name[length++] = '1';
    return length;
}

static int record_length(const Node *node)
{
    BYTE name[40];
    return (33 + iso_name(node, name) + 1) & ~1;
}

static int write_record(BYTE *at, const Node *node, const BYTE *name, int name_length)
{
    int length = (33 + name_length + 1) & ~1;
    at[0] = (BYTE)length;
    both32(at + 2, node->extent);
    both32(at + 10, (LONG)node->bytes);
    at[18] = 126, at[19] = at[20] = 1;          /* 1 January 2026 */
    at[25] = node->is_directory ? 2 : 0;
    both16(at + 28, 1);
    at[32] = (BYTE)name_length;
    memcpy(at + 33, name, (size_t)name_length);
    return length;
}

static LONG directory_bytes(const Node *directory)
{
    LONG bytes = 68;
    for (const Node *child = directory->child; child; child = child->next) {
        int length = record_length(child);
        if (bytes % BLOCK + length > BLOCK) bytes = (bytes / BLOCK + 1) * BLOCK;
        bytes += length;
    }
    return blocks_of(bytes) * BLOCK;
}

/* All folders level by level, as the path table wants them. */
static HRESULT collect(Layout *layout, Node *root)
{
    layout->directories[layout->count++] = root;
    for (LONG i = 0; i < layout->count; i++) {
        layout->directories[i]->number = i + 1;
        for (Node *child = layout->directories[i]->child; child; child = child->next) {
            if (!child->is_directory) continue;
            if (layout->count == MOST_DIRECTORIES) return IMAPI_E_INVALID_PARAM;
            layout->directories[layout->count++] = child;
        }
    }
    return S_OK;
}

static void place(Layout *layout)
{
    layout->next = layout->start + FIRST_DIRECTORY;
    for (LONG i = 0; i < layout->count; i++) {
        Node *directory = layout->directories[i];
        directory->bytes = directory_bytes(directory);
        directory->extent = layout->next;
        layout->next += blocks_of(directory->bytes);
    }
    for (LONG i = 0; i < layout->count; i++)
        for (Node *file = layout->directories[i]->child; file; file = file->next) {
            if (!file->data) continue;
            file->extent = layout->next;
            layout->next += blocks_of(file->bytes);
        }
    layout->next = layout->start + (layout->next - layout->start + UNIT - 1) / UNIT * UNIT;
}

static void write_directory(Layout *layout, const Node *directory)
{
    static const BYTE self = 0, above = 1;
    BYTE *block = block_at(layout, directory->extent), name[40];
    LONG at = write_record(block, directory, &self, 1);
    at += write_record(block + at, directory->parent ? directory->parent : directory, &above, 1);
    for (const Node *child = directory->child; child; child = child->next) {
        if (at % BLOCK + record_length(child) > BLOCK) at = (at / BLOCK + 1) * BLOCK;
        at += write_record(block + at, child, name, iso_name(child, name));
    }
}

static LONG write_path_tables(Layout *layout)
{
    LONG at = 0;
    for (LONG i = 0; i < layout->count; i++) {
        const Node *directory = layout->directories[i];
        LONG parent = directory->parent ? directory->parent->number : 1;
        BYTE name[40] = { 0 };
        int length = directory->parent ? iso_name(directory, name) : 1;
        BYTE *little = block_at(layout, layout->start + TABLE_LITTLE) + at, *big = block_at(layout, layout->start + TABLE_BIG) + at;
        little[0] = big[0] = (BYTE)length;
        little32(little + 2, directory->extent);
        big32(big + 2, directory->extent);
        little16(little + 6, parent);
        big16(big + 6, parent);
        memcpy(little + 8, name, (size_t)length);
        memcpy(big + 8, name, (size_t)length);
        at += (8 + length + 1) & ~1;
    }
    return at;
}

static void write_descriptors(Layout *layout, const Node *root, const WCHAR *volume, LONG table_bytes)
{
    static const BYTE self = 0;
    BYTE *at = block_at(layout, layout->start + DESCRIPTOR), *end = block_at(layout, layout->start + TERMINATOR);
    at[0] = 1, memcpy(at + 1, "CD001\1", 6);
    memset(at + 8, ' ', 64);
    for (int i = 0; volume[i] && i < 32; i++) at[40 + i] = (BYTE)volume[i];
    both32(at + 80, layout->next);               /* absolute, as everything else */
    both16(at + 120, 1), both16(at + 124, 1), both16(at + 128, BLOCK);
    both32(at + 132, table_bytes);
    little32(at + 140, layout->start + TABLE_LITTLE);
    big32(at + 148, layout->start + TABLE_BIG);
    write_record(at + 156, root, &self, 1);
    memset(at + 190, ' ', 623);
    for (int i = 0; i < 4; i++) memset(at + 813 + 17 * i, '0', 16);
    at[881] = 1;
    end[0] = 255, memcpy(end + 1, "CD001\1", 6);
}

static HRESULT write_files(Layout *layout)
{
    LARGE_INTEGER beginning = { .QuadPart = 0 };
    for (LONG i = 0; i < layout->count; i++)
        for (Node *file = layout->directories[i]->child; file; file = file->next) {
            BYTE *at = file->data ? block_at(layout, file->extent) : NULL;
            if (file->data) TRY(IStream_Seek(file->data, beginning, STREAM_SEEK_SET, NULL));
            for (LONGLONG left = file->data ? file->bytes : 0; left > 0; ) {
                ULONG got = 0;
                TRY(IStream_Read(file->data, at, (ULONG)min(left, 1 << 20), &got));
                if (!got) return STG_E_READFAULT;
                at += got;
                left -= got;
            }
        }
    return S_OK;
}

HRESULT tree_build(Node *root, const WCHAR *volume, LONG start, BYTE **session, LONG *blocks)
{
    Layout layout = { .start = start };
    TRY(collect(&layout, root));
    place(&layout);
    layout.session = calloc((size_t)(layout.next - start), BLOCK);
    for (LONG i = 0; i < layout.count; i++) write_directory(&layout, layout.directories[i]);
    write_descriptors(&layout, root, volume, write_path_tables(&layout));
    HRESULT result = write_files(&layout);
    *session = layout.session;
    *blocks = layout.next - start;
    if (FAILED(result)) free(layout.session);
    return result;
}
