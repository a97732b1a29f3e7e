/* The tree of an image: what was added, and what was imported and stays where it is on the disc. */
#ifndef IMAGE_TREE_H
#define IMAGE_TREE_H

#include "disc.h"

typedef struct Node {
    WCHAR name[256];
    BOOL is_directory;
    IStream *data;              /* of an added file */
    LONGLONG bytes;
    LONG extent;                /* first block: of an imported file, or once it is laid out */
    struct Node *parent, *child, *next;
    LONG number;                /* in the path table */
} Node;

Node *tree_new(void);
void tree_free(Node *node);
/* Path with backslashes from `root` on; NULL where there is nothing. */
Node *tree_find(Node *root, const WCHAR *path);
/* Makes an entry whose folder must exist. */
HRESULT tree_add(Node *root, const WCHAR *path, BOOL is_directory, IStream *data);
/* A folder of Windows, into a folder of the image. */
HRESULT tree_add_folder(Node *into, const WCHAR *folder);
HRESULT tree_remove(Node *root, const WCHAR *path, BOOL with_contents);
/* Adds what an ISO 9660 volume holds, unless something of that name is there already. `blocks` gets the volume's size. */
HRESULT tree_import(Node *root, DiscRecorder *recorder, LONG session, LONG *blocks);

/* An ISO 9660 session that begins at block `start`; its blocks are the caller's, to be freed. */
HRESULT tree_build(Node *root, const WCHAR *volume, LONG start, BYTE **session, LONG *blocks);

#endif
