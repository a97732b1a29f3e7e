import type { Cell, ComRuntime, Koffi, Pointer } from "./runtime.ts";

/** COINIT_MULTITHREADED: objects are called from any thread, and no message loop is needed. */
const MULTITHREADED = 0;
/** CLSCTX_INPROC_SERVER */
const IN_PROCESS = 1;
/** STGM_READ | STGM_SHARE_DENY_WRITE */
const READ_SHARED = 0x20;
/** FILE_ATTRIBUTE_NORMAL */
const NORMAL_FILE = 0x80;

/** The COM functions of Windows. Loads their libraries, so it works nowhere else. */
export function windowsRuntime(koffi: Koffi): ComRuntime {
  const ole = koffi.load("ole32.dll");
  const automation = koffi.load("oleaut32.dll");
  const shell = koffi.load("shlwapi.dll");
  const coInitialize = ole.func("int32_t __stdcall CoInitializeEx(void *reserved, uint32_t flags)");
  const coCreate = ole.func(
    "int32_t __stdcall CoCreateInstance(const void *clsid, void *outer, uint32_t context, const void *iid, _Out_ void **object)",
  );
  const createStream = shell.func(
    "int32_t __stdcall SHCreateStreamOnFileEx(const char16_t *file, uint32_t mode, uint32_t attributes, int32_t create, void *model, _Out_ void **stream)",
  );
  return {
    initialize: () => coInitialize(null, MULTITHREADED),
    uninitialize: ole.func("void __stdcall CoUninitialize()"),
    createInstance: (clsid: Uint8Array, iid: Uint8Array, object: Cell<Pointer>) =>
      coCreate(clsid, null, IN_PROCESS, iid, object),
    allocate: ole.func("void *__stdcall CoTaskMemAlloc(size_t bytes)"),
    free: ole.func("void __stdcall CoTaskMemFree(void *pointer)"),
    allocateString: automation.func("void *__stdcall SysAllocStringLen(const char16_t *text, uint32_t length)"),
    freeString: automation.func("void __stdcall SysFreeString(void *text)"),
    stringLength: automation.func("uint32_t __stdcall SysStringLen(void *text)"),
    createArray: automation.func(
      "void *__stdcall SafeArrayCreateVector(uint16_t type, int32_t lowerBound, uint32_t elements)",
    ),
    destroyArray: automation.func("int32_t __stdcall SafeArrayDestroy(void *array)"),
    arrayDimensions: automation.func("uint32_t __stdcall SafeArrayGetDim(void *array)"),
    arrayLowerBound: automation.func(
      "int32_t __stdcall SafeArrayGetLBound(void *array, uint32_t dimension, _Out_ int32_t *bound)",
    ),
    arrayUpperBound: automation.func(
      "int32_t __stdcall SafeArrayGetUBound(void *array, uint32_t dimension, _Out_ int32_t *bound)",
    ),
    arrayType: automation.func("int32_t __stdcall SafeArrayGetVartype(void *array, _Out_ uint16_t *type)"),
    accessArray: automation.func("int32_t __stdcall SafeArrayAccessData(void *array, _Out_ void **data)"),
    unaccessArray: automation.func("int32_t __stdcall SafeArrayUnaccessData(void *array)"),
    openFileStream: (path: string, stream: Cell<Pointer>) =>
      createStream(path, READ_SHARED, NORMAL_FILE, 0, null, stream),
  };
}
