/* MsftFileSystemImage: Windows' builder of file systems. The stand-in's knows ISO 9660 alone. */
#ifndef FILE_SYSTEM_IMAGE_H
#define FILE_SYSTEM_IMAGE_H

#include "image_tree.h"
#include "object.h"

enum { FILE_SYSTEM_ISO9660 = 1 };
enum Placement { WHOLE_DISC, NEXT_SESSION, OVER_THE_DISC };

typedef struct FileSystemImage {
    Object object;
    Node *root;
    WCHAR volume[32];
    LONG file_systems;
    enum Placement placement;
    DiscRecorder *import_from;  /* of the mechanism that was chosen */
    LONG start, previous, unit;
    BOOL is_imported, is_built;
} FileSystemImage;

/* Chooses one of the mechanisms, by IMAPI2's rules, and asks it where the session goes. */
HRESULT image_negotiate(FileSystemImage *image, SAFEARRAY *mechanisms);

/* IFsiDirectoryItem of the root; keeps the image. */
Object *directory_item_new(FileSystemImage *image);

typedef struct BlockRun { LONG at, count; } BlockRun;
/* IFileSystemImageResult2. `stream` becomes its own. Without runs everything is to be recorded. */
Object *image_result_new(IStream *stream, LONG total, const BlockRun *runs, LONG run_count);

#endif
