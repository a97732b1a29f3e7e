#include "machine.h"
#include <stdlib.h>

struct Link {
    SOCKET socket;
    CRITICAL_SECTION turn;
};

static const HRESULT GONE = HRESULT_FROM_WIN32(ERROR_DEV_NOT_EXIST);

static USHORT machine_port(void)
{
    char text[16];
    DWORD length = GetEnvironmentVariableA("IMAPI_MACHINE_PORT", text, sizeof text);
    return length && length < sizeof text ? (USHORT)atoi(text) : 0;
}

HRESULT link_open(Link **out)
{
    WSADATA data;
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(machine_port()) };
    int on = 1;
    WSAStartup(0x0202, &data);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    SOCKET opened = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(opened, IPPROTO_TCP, TCP_NODELAY, (char *)&on, sizeof on);
    if (connect(opened, (struct sockaddr *)&address, sizeof address)) {
        closesocket(opened);
        return GONE;
    }
    *out = calloc(1, sizeof **out);
    (*out)->socket = opened;
    InitializeCriticalSection(&(*out)->turn);
    return S_OK;
}

void link_close(Link *link)
{
    if (!link) return;
    closesocket(link->socket);
    DeleteCriticalSection(&link->turn);
    free(link);
}

void link_end(Link *link) { shutdown(link->socket, SD_BOTH); }

static BOOL send_all(SOCKET to, const char *data, ULONG bytes)
{
    while (bytes > 0) {
        int sent = send(to, data, (int)bytes, 0);
        if (sent <= 0) return FALSE;
        data += sent;
        bytes -= (ULONG)sent;
    }
    return TRUE;
}

static BOOL receive_all(SOCKET from, char *data, ULONG bytes)
{
    while (bytes > 0) {
        int received = recv(from, data, (int)bytes, 0);
        if (received <= 0) return FALSE;
        data += received;
        bytes -= (ULONG)received;
    }
    return TRUE;
}

BOOL link_hear(Link *link, Answer *answer, void *in, ULONG in_bytes)
{
    return receive_all(link->socket, (char *)answer, sizeof *answer) && answer->length <= in_bytes
        && receive_all(link->socket, in, answer->length);
}

HRESULT link_call(Link *link, const Request *request, const void *out, void *in, Answer *answer)
{
    EnterCriticalSection(&link->turn);
    BOOL answered = send_all(link->socket, (const char *)request, sizeof *request)
        && send_all(link->socket, out, request->out) && link_hear(link, answer, in, request->in);
    LeaveCriticalSection(&link->turn);
    return answered ? (HRESULT)answer->hresult : GONE;
}

HRESULT link_ask(Link *link, enum Operation operation, ULONG value, const WCHAR *text, void *in, ULONG in_bytes, ULONG *got)
{
    Request request = { .operation = (BYTE)operation, .value = value, .in = in_bytes };
    Answer answer = { 0 };
    request.out = text ? (ULONG)lstrlenW(text) * 2 : 0;
    HRESULT result = link_call(link, &request, text, in, &answer);
    if (got) *got = answer.length;
    return result;
}
