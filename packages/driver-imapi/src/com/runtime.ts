import type * as koffi from "koffi";

/** The library that calls native code. Loaded only where COM is used. */
export type Koffi = typeof koffi;

/** An address; `null` for none. */
export type Pointer = bigint | null;

/** Receives what a native function writes through a pointer. */
export type Cell<T> = [T];

/**
 * The functions of Windows that COM needs. On Windows they are those of ole32, oleaut32 and shlwapi; tests on other systems
 * put a stand-in here, behind the same memory layouts, so that everything above it is the code that runs on Windows.
 */
export interface ComRuntime {
  /** Joins this thread to the apartment for many threads. @returns an HRESULT. */
  initialize(): number;
  uninitialize(): void;
  createInstance(clsid: Uint8Array, iid: Uint8Array, object: Cell<Pointer>): number;
  /** `CoTaskMemAlloc` */
  allocate(bytes: number): Pointer;
  /** `CoTaskMemFree` */
  free(pointer: Pointer): void;
  /** `SysAllocStringLen` */
  allocateString(text: string, length: number): Pointer;
  /** `SysFreeString` */
  freeString(text: Pointer): void;
  /** `SysStringLen`: UTF-16 units. */
  stringLength(text: Pointer): number;
  /** `SafeArrayCreateVector` */
  createArray(type: number, lowerBound: number, elements: number): Pointer;
  /** `SafeArrayDestroy`, with what the elements own. */
  destroyArray(array: Pointer): number;
  arrayDimensions(array: Pointer): number;
  arrayLowerBound(array: Pointer, dimension: number, bound: Cell<number>): number;
  arrayUpperBound(array: Pointer, dimension: number, bound: Cell<number>): number;
  arrayType(array: Pointer, type: Cell<number>): number;
  accessArray(array: Pointer, data: Cell<Pointer>): number;
  unaccessArray(array: Pointer): number;
  /** `SHCreateStreamOnFileEx`: a stream that reads a file. */
  openFileStream(path: string, stream: Cell<Pointer>): number;
}
