/* The machine that the stand-in runs on: its drives, their discs, and who holds them. It is a program on the Linux side,
 * on the port of 127.0.0.1 that the environment variable IMAPI_MACHINE_PORT names.
 *
 * A request is its 32 bytes of head and `out` bytes of data, an answer its 28 bytes of head and `length` bytes of data; all
 * numbers are little-endian, text is UTF-16 with a NUL behind each piece. One connection has at most one drive open. */
#ifndef MACHINE_H
#define MACHINE_H

#include "imapi2.h"

enum Operation {
    LIST = 'l',          /* identifiers of all drives */
    OPEN = 'o',          /* data: identifier of the drive that this connection is for */
    PLACES = 'p',        /* the volume's name, then the paths where it is mounted */
    COMMAND = 'c',       /* value: seconds until it is given up */
    ACQUIRE = 'a',       /* value: by force; data: name of the client */
    RELEASE = 'r',
    OWNER = 'w',         /* name of the client that holds the drive */
    SILENCE = 's', LISTEN = 'n',   /* notices of media changes off, and on again */
    TRAITS = 't',        /* a struct Traits */
    WATCH = 'e',         /* from now on: an answer for each drive that comes (hresult 0x100) or goes (0x101); data: identifier */
};

/* How the scripted drive differs from an ordinary one. */
typedef struct Traits {
    ULONG status;             /* more bits of the media status */
    ULONG protection;         /* IMAPI_MEDIA_WRITE_PROTECT_STATE */
    ULONG alignment_mask;
    ULONG transfer_bytes;     /* most of one command, from memory that begins on a page */
    ULONG events;             /* bits: 1 from a thread of the server's own, 2 through the vtable instead of Invoke */
} Traits;
enum { EVENTS_FROM_OWN_THREAD = 1, EVENTS_BY_VTABLE = 2 };

#pragma pack(push, 1)
typedef struct Request {
    BYTE operation, cdb_bytes;
    BYTE reserved[2];
    ULONG value, out, in;     /* bytes of data out, most bytes of data in */
    BYTE cdb[16];
} Request;
typedef struct Answer {
    ULONG hresult, length;
    BYTE sense[18], reserved[2];
} Answer;
#pragma pack(pop)
_Static_assert(sizeof(Request) == 32 && sizeof(Answer) == 28, "as the machine reads them");

/* A connection; calls of several threads take turns. */
typedef struct Link Link;

HRESULT link_open(Link **out);
void link_close(Link *link);
/* Sends a request and waits. `in` takes at most request->in bytes. The HRESULT is the machine's, or says that it is gone. */
HRESULT link_call(Link *link, const Request *request, const void *out, void *in, Answer *answer);
/* A call without a command. */
HRESULT link_ask(Link *link, enum Operation operation, ULONG value, const WCHAR *text, void *in, ULONG in_bytes, ULONG *got);
/* Waits for what the machine tells by itself. FALSE when the connection has ended. */
BOOL link_hear(Link *link, Answer *answer, void *in, ULONG in_bytes);
/* Ends the waiting of another thread. */
void link_end(Link *link);

#endif
