import type { Com } from "./com.ts";
import { guidText } from "./guid.ts";
import { ComError, hresults } from "./hresult.ts";
import type { Answer, Input, Interface, Methods, Output, Received, Signature } from "./interface.ts";
import type { Pointer } from "./runtime.ts";
import { isOutput, outputKind } from "./signatures.ts";
import type { VariantValue } from "./variant.ts";

/** Methods in JavaScript. One that is missing answers `E_NOTIMPL`; one that throws a `ComError` answers its HRESULT. */
export type Implementation<M extends Methods> = {
  readonly [K in keyof M]?: (...values: Received<M[K]>) => Answer<M[K]>;
};

/** One interface of an object of ours. */
interface Face {
  readonly object: ServedObject;
  readonly of: Interface;
  readonly methods: Readonly<Record<string, ((...values: readonly unknown[]) => unknown) | undefined>>;
  readonly address: bigint;
}

/** An interface with its methods, checked against each other. */
export interface FaceOf<M extends Methods = Methods> {
  readonly of: Interface<M>;
  readonly methods: Implementation<M>;
}

/** States a face; the types of its methods follow from the interface. */
export function face<M extends Methods>(of: Interface<M>, methods: Implementation<M>): FaceOf {
  return { of, methods: methods as Implementation<Methods> };
}

/** A COM object whose methods are JavaScript. It lives as long as somebody holds a reference; its maker holds the first. */
export class ServedObject {
  readonly #server: ComServer;
  readonly #faces: Face[] = [];
  #references = 1;

  /** For {@link ComServer.serve}. */
  constructor(server: ComServer) {
    this.#server = server;
  }

  /** Address of its first interface. */
  get pointer(): bigint {
    return this.#faces[0]?.address ?? 0n;
  }

  /** References that are held, ours included. */
  get references(): number {
    return this.#references;
  }

  /** Gives the maker's reference back. */
  release(): void {
    this.#drop();
  }

  /** Takes a reference for somebody else; for a pointer that is handed over. */
  shared(): bigint {
    this.#references++;
    return this.pointer;
  }

  /** @internal */
  add(added: Face): void {
    this.#faces.push(added);
  }

  /** @internal The address of an interface, with a reference for the asker. */
  query(iid: string): Pointer {
    const found = this.#faces.find(({ of }) => of.lineage.includes(iid));
    if (found === undefined) return null;
    this.#references++;
    return found.address;
  }

  /** @internal */
  hold(): number {
    return ++this.#references;
  }

  /** @internal */
  drop(): number {
    return this.#drop();
  }

  #drop(): number {
    this.#references--;
    if (this.#references === 0) this.#server.forget(this.#faces);
    return this.#references;
  }
}

/**
 * Makes COM objects of JavaScript. Each interface has one vtable for all of its objects, since native callbacks are scarce;
 * an object is found by the address that its method is called with.
 */
export class ComServer {
  readonly #com: Com;
  readonly #onFault: (fault: unknown, method: string) => void;
  readonly #vtables = new Map<string, bigint>();
  readonly #faces = new Map<bigint, Face>();

  /** `onFault` hears of what a method threw that was no `ComError`. */
  constructor(com: Com, onFault: (fault: unknown, method: string) => void) {
    this.#com = com;
    this.#onFault = onFault;
  }

  /** Interfaces of objects that somebody still holds. */
  get liveFaces(): number {
    return this.#faces.size;
  }

  /**
   * Makes the vtables of interfaces whose objects are first served inside a callback: a native callback that is made there
   * can be called only from there (measured with koffi 3.3.4: "Maximum call stack size exceeded").
   */
  prepare(...interfaces: readonly Interface[]): void {
    for (const of of interfaces) this.#vtable(of);
  }

  /** Makes an object with these interfaces; IUnknown is the first one's. */
  serve(...faces: readonly FaceOf[]): ServedObject {
    const object = new ServedObject(this);
    for (const { of, methods } of faces) {
      const address = BigInt(this.#com.koffi.alloc("void *", 1));
      this.#com.memory.putPointer(address, this.#vtable(of));
      const made = { object, of, methods: methods as Face["methods"], address };
      this.#faces.set(address, made);
      object.add(made);
    }
    return object;
  }

  /** @internal Its memory goes when the call that released it has returned. */
  forget(faces: readonly Face[]): void {
    setImmediate(() => {
      for (const { address } of faces) {
        this.#faces.delete(address);
        this.#com.koffi.free(address);
      }
    });
  }

  #vtable(of: Interface): bigint {
    const known = this.#vtables.get(of.iid);
    if (known !== undefined) return known;
    const entries = Object.entries(of.methods);
    const vtable = BigInt(this.#com.koffi.alloc("void *", entries.length));
    for (const [slot, [method, signature]] of entries.entries())
      this.#com.memory.putPointer(vtable + BigInt(8 * slot), this.#callback(method, signature));
    this.#vtables.set(of.iid, vtable);
    return vtable;
  }

  #callback(method: string, signature: Signature): bigint {
    const { koffi, prototypes } = this.#com;
    const run = (self: bigint, ...values: readonly unknown[]): number => {
      const called = this.#faces.get(BigInt(self));
      if (called === undefined) return hresults.unexpected | 0;
      return this.#answer(called, method, signature, values) | 0;
    };
    return koffi.register(run, koffi.pointer(prototypes.callee(signature) as string));
  }

  #answer({ object, of, methods }: Face, method: string, signature: Signature, values: readonly unknown[]): number {
    if (method === "AddRef") return object.hold();
    if (method === "Release") return object.drop();
    if (method === "QueryInterface") return this.#query(object, values as [bigint, bigint]);
    const implementation = methods[method];
    if (implementation === undefined) return hresults.notImplemented;
    try {
      this.#give(signature, values, implementation(...this.#receive(signature, values)));
      return hresults.ok;
    } catch (fault) {
      if (fault instanceof ComError) return fault.hresult;
      this.#onFault(fault, `${of.name}::${method}`);
      return hresults.failed;
    }
  }

  #query(object: ServedObject, [iid, out]: readonly [bigint, bigint]): number {
    const found = object.query(guidText(this.#com.memory.bytes(iid, 16)));
    this.#com.memory.putPointer(out, found);
    return found === null ? hresults.noInterface : hresults.ok;
  }

  #receive(signature: Signature, values: readonly unknown[]): readonly unknown[] {
    const { automation } = this.#com;
    return signature.flatMap((kind, index) => {
      const value = values[index];
      if (isOutput(kind)) return [];
      if (kind === "bool") return [value !== 0];
      if (kind === "text") return [automation.text(value as Pointer)];
      if (kind === "array") return [automation.array(value as Pointer)];
      if (kind === "i64") return [BigInt(value as number | bigint)];
      return [value];
    });
  }

  /** Writes what the method gave to where the caller wants it; a caller may want none. */
  #give(signature: Signature, values: readonly unknown[], result: unknown): void {
    const outputs = signature.flatMap((kind, index) =>
      isOutput(kind) ? [{ kind, at: values[index] as Pointer }] : [],
    );
    const results = outputs.length > 1 ? (result as readonly unknown[]) : [result];
    for (const [index, { kind, at }] of outputs.entries()) if (at !== null) this.#put(at, kind, results[index]);
  }

  #put(at: bigint, kind: Output, value: unknown): void {
    const { memory, automation } = this.#com;
    const of: Input = outputKind(kind);
    if (of === "bool") memory.put(at, "int16_t", value ? -1 : 0);
    else if (of === "i32") memory.put(at, "int32_t", value as number);
    else if (of === "u32") memory.put(at, "uint32_t", value as number);
    else if (of === "f64") memory.put(at, "double", value as number);
    else if (of === "i64") memory.putInt64(at, value as bigint);
    else if (of === "text") memory.putPointer(at, automation.newText(value as string));
    else if (of === "array") memory.putPointer(at, automation.newArray(value as readonly VariantValue[]));
    else memory.putPointer(at, value as Pointer);
  }
}
