import type { Pointer } from "./runtime.ts";
import type { VariantValue } from "./variant.ts";

/** A COM object in a call: its pointer, or something that has one. */
type ObjectArgument = Pointer | { readonly pointer: Pointer };

/** What a parameter takes from the caller, by its kind. */
interface Inputs {
  i32: number;
  u32: number;
  u8: number;
  i64: bigint;
  f64: number;
  /** VARIANT_BOOL */
  bool: boolean;
  /** BSTR */
  text: string;
  /** A borrowed pointer to an object or to memory. */
  pointer: ObjectArgument;
  /** Memory that native code reads or writes in place. */
  bytes: Uint8Array | null;
  /** SAFEARRAY of VARIANT, freed after the call. An object in it is an address, of which the array owns one reference. */
  array: readonly VariantValue[];
}

/** What a parameter gives to the caller. */
interface Outputs {
  i32: number;
  u32: number;
  i64: bigint;
  f64: number;
  bool: boolean;
  text: string;
  /** An address with a reference that is the caller's, or memory that the caller frees. */
  pointer: Pointer;
  array: readonly VariantValue[];
}

/** Kind of a parameter that is passed by value or read by the callee. */
export type Input = keyof Inputs;
/** Kind of a parameter through which the callee gives a value. */
export type Output = `out ${keyof Outputs}`;
/** Parameters of a method in their order, without `this`. */
export type Signature = readonly (Input | Output)[];
/** Methods by name, in the order of their slots: the order of the keys is the order of the vtable. */
export type Methods = Readonly<Record<string, Signature>>;

/** An interface: its methods with those that it inherits, in the order of the vtable. */
export interface Interface<M extends Methods = Methods> {
  readonly name: string;
  readonly iid: string;
  /** Identifiers of the interface and of those that it derives from, IUnknown last. */
  readonly lineage: readonly string[];
  readonly methods: M;
}

/** What the caller passes. */
export type Arguments<S extends Signature> = S extends readonly [infer Head, ...infer Rest extends Signature]
  ? Head extends Input
    ? [Inputs[Head], ...Arguments<Rest>]
    : Arguments<Rest>
  : [];

/** What a method of ours receives: memory as its address. */
export type Received<S extends Signature> = S extends readonly [infer Head, ...infer Rest extends Signature]
  ? Head extends "bytes" | "pointer"
    ? [Pointer, ...Received<Rest>]
    : Head extends Input
      ? [Inputs[Head], ...Received<Rest>]
      : Received<Rest>
  : [];

type Results<S extends Signature> = S extends readonly [infer Head, ...infer Rest extends Signature]
  ? Head extends `out ${infer Kind extends keyof Outputs}`
    ? [Outputs[Kind], ...Results<Rest>]
    : Results<Rest>
  : [];

/** What the caller gets: nothing, the one value, or all of them in order. */
export type Result<S extends Signature> =
  Results<S> extends [] ? undefined : Results<S> extends [infer Only] ? Only : Results<S>;

/** What a method of ours gives; anything where the caller gets nothing. */
export type Answer<S extends Signature> = Results<S> extends [] ? unknown : Result<S>;

/** An interface with the methods of its base before its own. */
export function derive<const B extends Methods, const M extends Methods>(
  base: Interface<B>,
  name: string,
  iid: string,
  methods: M,
): Interface<B & M> {
  return { name, iid, lineage: [iid, ...base.lineage], methods: { ...base.methods, ...methods } };
}

const IUNKNOWN = "00000000-0000-0000-C000-000000000046";

/** Root of all interfaces. */
export const iUnknown = {
  name: "IUnknown",
  iid: IUNKNOWN,
  lineage: [IUNKNOWN],
  methods: { QueryInterface: ["bytes", "out pointer"], AddRef: [], Release: [] },
} as const satisfies Interface;

/** Slot of a method. @throws `TypeError` when the interface has none of that name. */
export function slotOf({ name, methods }: Interface, method: string): number {
  const slot = Object.keys(methods).indexOf(method);
  if (slot < 0) throw new TypeError(`${name} has no method ${method}`);
  return slot;
}
