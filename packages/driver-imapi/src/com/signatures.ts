import { checkHresult } from "./hresult.ts";
import type { Input, Output, Signature } from "./interface.ts";
import type { Koffi, Pointer } from "./runtime.ts";
import type { Automation, VariantValue } from "./variant.ts";

/** C type of each kind of parameter. */
const cTypes: Readonly<Record<Input, string>> = {
  i32: "int32_t",
  u32: "uint32_t",
  u8: "uint8_t",
  i64: "int64_t",
  f64: "double",
  bool: "int16_t",
  text: "void *",
  pointer: "void *",
  bytes: "void *",
  array: "void *",
};

/** Whether a parameter gives a value to the caller. */
export function isOutput(kind: Input | Output): kind is Output {
  return kind.startsWith("out ");
}

/** The kind of the value behind an output. */
export function outputKind(kind: Output): Input {
  return kind.slice(4) as Input;
}

/** Prototypes of methods for the library that calls them, each made once. */
export class Prototypes {
  readonly #koffi: Koffi;
  readonly #callers = new Map<string, unknown>();
  readonly #callees = new Map<string, unknown>();

  constructor(koffi: Koffi) {
    this.#koffi = koffi;
  }

  /** For calling a method: outputs are cells that receive a value. */
  caller(signature: Signature): unknown {
    return this.#made(this.#callers, signature, (kind) => {
      const { out, pointer, type } = this.#koffi;
      return out(pointer(type(cTypes[outputKind(kind)])));
    });
  }

  /** For a method of ours: outputs are addresses to write to. */
  callee(signature: Signature): unknown {
    return this.#made(this.#callees, signature, () => "void *");
  }

  #made(kept: Map<string, unknown>, signature: Signature, output: (kind: Output) => unknown): unknown {
    const key = signature.join();
    const known = kept.get(key);
    if (known !== undefined) return known;
    const parameters = signature.map((kind) => (isOutput(kind) ? output(kind) : cTypes[kind]));
    const made = this.#koffi.proto("__stdcall", null, "int32_t", ["void *", ...(parameters as string[])]);
    kept.set(key, made);
    return made;
  }
}

/**
 * The arguments of one call in native form. It holds every buffer and string of the call: whoever keeps it until the call
 * is done keeps them alive, which an asynchronous call does not do by itself.
 */
export class PreparedCall {
  /** For the prototype, in order. */
  readonly native: readonly unknown[];
  readonly #outputs: { readonly cell: [unknown]; readonly kind: Input }[] = [];
  readonly #frees: (() => void)[] = [];
  readonly #automation: Automation;
  readonly #keep: (object: bigint) => void;

  /** `keep` takes a reference to each object that comes in an array. */
  constructor(
    automation: Automation,
    signature: Signature,
    values: readonly unknown[],
    keep: (object: bigint) => void,
  ) {
    this.#automation = automation;
    this.#keep = keep;
    let next = 0;
    this.native = signature.map((kind) => (isOutput(kind) ? this.#output(kind) : this.#input(kind, values[next++])));
  }

  /** The outputs, after the call. @throws ComError when it failed. */
  finish(hresult: number, call: string): unknown {
    for (const free of this.#frees) free();
    checkHresult(hresult, call);
    const results = this.#outputs.map(({ cell, kind }) => this.#result(cell[0], kind));
    return results.length > 1 ? results : results[0];
  }

  #input(kind: Input, value: unknown): unknown {
    switch (kind) {
      case "bool":
        return value ? -1 : 0;
      case "pointer":
        return typeof value === "object" && value !== null ? (value as { pointer: Pointer }).pointer : value;
      case "text": {
        const bstr = this.#automation.newText(value as string);
        this.#frees.push(() => this.#automation.takeText(bstr));
        return bstr;
      }
      case "array": {
        const array = this.#automation.newArray(value as readonly VariantValue[]);
        this.#frees.push(() => this.#automation.destroyArray(array));
        return array;
      }
      default:
        return value;
    }
  }

  #output(kind: Output): unknown {
    const of = outputKind(kind);
    const cell: [unknown] = [cTypes[of] === "void *" ? null : 0];
    this.#outputs.push({ cell, kind: of });
    return cell;
  }

  #result(value: unknown, kind: Input): unknown {
    switch (kind) {
      case "bool":
        return value !== 0;
      case "i64":
        return BigInt(value as number | bigint);
      case "text":
        return this.#automation.takeText(value as Pointer);
      case "array":
        return this.#automation.takeArray(value as Pointer, this.#keep);
      default:
        return value;
    }
  }
}
