import { ComObject } from "./com-object.ts";
import { guidBytes } from "./guid.ts";
import { checkHresult, hresults } from "./hresult.ts";
import { type Interface, iUnknown, type Methods, type Signature } from "./interface.ts";
import { Memory } from "./memory.ts";
import type { ComRuntime, Koffi, Pointer } from "./runtime.ts";
import { Prototypes } from "./signatures.ts";
import { Automation } from "./variant.ts";

/** A native function: called at once, or on a thread of its own while JavaScript goes on. */
export interface NativeMethod {
  (self: bigint, ...values: readonly unknown[]): number;
  async(...values: readonly unknown[]): void;
}

/** COM in this process: makes objects, calls their methods. */
export class Com {
  readonly koffi: Koffi;
  readonly runtime: ComRuntime;
  readonly memory: Memory;
  readonly automation: Automation;
  readonly prototypes: Prototypes;
  /** Functions by the address of their code and their signature. */
  readonly #methods = new Map<string, NativeMethod>();

  /** Joins the apartment for many threads. A thread that is in another one already stays there. */
  constructor(koffi: Koffi, runtime: ComRuntime) {
    this.koffi = koffi;
    this.runtime = runtime;
    this.memory = new Memory(koffi);
    this.automation = new Automation(this.memory, runtime);
    this.prototypes = new Prototypes(koffi);
    const hresult = runtime.initialize();
    if (hresult >>> 0 !== hresults.changedMode) checkHresult(hresult, "CoInitializeEx");
  }

  /** `CoCreateInstance` within this process. The caller releases the object. @throws ComError */
  create<M extends Methods>(clsid: string, of: Interface<M>): ComObject<M> {
    const object: [Pointer] = [null];
    checkHresult(
      this.runtime.createInstance(guidBytes(clsid), guidBytes(of.iid), object),
      `CoCreateInstance(${of.name})`,
    );
    return new ComObject(this, object[0], of);
  }

  /** An object by its pointer, whose reference becomes the caller's. */
  object<M extends Methods>(pointer: Pointer, of: Interface<M>): ComObject<M> {
    return new ComObject(this, pointer, of);
  }

  /** An object that is borrowed, with a reference of the caller's own. */
  borrowed<M extends Methods>(pointer: Pointer, of: Interface<M>): ComObject<M> {
    if (pointer !== null) this.addReference(pointer);
    return new ComObject(this, pointer, of);
  }

  /** A stream that reads a file, for native code. @throws ComError */
  openFileStream(path: string): ComObject<typeof iUnknown.methods> {
    const stream: [Pointer] = [null];
    checkHresult(this.runtime.openFileStream(path, stream), "SHCreateStreamOnFileEx");
    return new ComObject(this, stream[0], iUnknown);
  }

  /** `AddRef` */
  readonly addReference = (object: bigint): void => {
    this.method(object, 1, [])(object);
  };

  /** `Release` */
  readonly releaseReference = (object: bigint): void => {
    this.method(object, 2, [])(object);
  };

  /** The function in a slot of an object's vtable. */
  method(object: bigint, slot: number, signature: Signature): NativeMethod {
    const vtable = this.memory.pointer(object) ?? 0n;
    const code = this.memory.pointer(vtable + BigInt(8 * slot)) ?? 0n;
    const key = `${code}|${signature.join()}`;
    const known = this.#methods.get(key);
    if (known !== undefined) return known;
    const made = this.koffi.decode(code, this.prototypes.caller(signature) as string) as NativeMethod;
    this.#methods.set(key, made);
    return made;
  }
}
