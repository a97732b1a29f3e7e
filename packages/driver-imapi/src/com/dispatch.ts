import type { iDispatch } from "../interfaces/automation.ts";
import type { Com } from "./com.ts";
import { type FaceOf, face, type Implementation } from "./com-server.ts";
import { ComError, hresults } from "./hresult.ts";
import type { Interface, Methods, Signature } from "./interface.ts";
import type { Pointer } from "./runtime.ts";
import { isOutput } from "./signatures.ts";
import { VARIANT_BYTES, type VariantValue } from "./variant.ts";

/** Dispatch identifiers of the methods of an interface; a property's `get_` and `put_` share one. */
export type DispatchIds<M extends Methods> = { readonly [K in keyof M]?: number };

/** Methods as late binding calls them: with values of variants, in the order of the signature. */
type LateBound = Readonly<
  Record<string, ((...values: readonly VariantValue[]) => VariantValue | undefined) | undefined>
>;

/** Ways to call a member (`DISPATCH_…`). */
const kinds = { method: 1, get: 2, put: 4, putReference: 8 } as const;

/** The names under which a member with this identifier can be found: a property by its prefix, a method by its name. */
function prefixesFor(flags: number): readonly string[] {
  if ((flags & (kinds.put | kinds.putReference)) !== 0) return ["put_"];
  return (flags & kinds.get) !== 0 ? ["get_", ""] : ["", "get_"];
}

/**
 * A dual interface of ours: its methods can be called through the vtable and, by name or identifier, through
 * `IDispatch::Invoke`. That is what scripts do, and how events arrive.
 */
export function dualFace<M extends Methods>(
  com: Com,
  of: Interface<M>,
  ids: DispatchIds<M>,
  methods: Implementation<M>,
): FaceOf {
  const members = Object.entries(ids as Readonly<Record<string, number>>);
  const late: Implementation<(typeof iDispatch)["methods"]> = {
    GetTypeInfoCount: () => 0,
    GetIDsOfNames: (_iid, names, count, _locale, found) => putIds(com, members, names, count, found),
    Invoke: (id, _iid, _locale, flags, parameters, result) => {
      const name = prefixesFor(flags)
        .map((prefix) => members.find(([member, own]) => own === id && matches(member, prefix)))
        .find((member) => member !== undefined)?.[0];
      const run = name === undefined ? undefined : (methods as LateBound)[name];
      if (name === undefined || run === undefined) throw new ComError(hresults.memberNotFound, `${of.name}::Invoke`);
      const signature = of.methods[name] ?? [];
      const value = run(...argumentsOf(com, parameters, signature, of.name));
      if (result !== null && value !== undefined) com.automation.putVariant(result, value);
    },
  };
  return face(of as Interface<Methods>, { ...late, ...methods } as Implementation<Methods>);
}

function matches(member: string, prefix: string): boolean {
  const isProperty = /^(get|put)_/.test(member);
  return prefix === "" ? !isProperty : member.startsWith(prefix);
}

/** The arguments of a call by `DISPPARAMS`, which holds them in reverse. */
function argumentsOf(com: Com, parameters: Pointer, signature: Signature, name: string): readonly VariantValue[] {
  const wanted = signature.filter((kind) => !isOutput(kind));
  if (wanted.length === 0) return [];
  const first = parameters === null ? null : com.memory.pointer(parameters);
  const count = parameters === null ? 0 : com.memory.uint32(parameters + 16n);
  if (first === null || count !== wanted.length) throw new ComError(hresults.badParameterCount, `${name}::Invoke`);
  return wanted.map((kind, index) => {
    const value = com.automation.variant(first + BigInt((count - 1 - index) * VARIANT_BYTES));
    const taken = takes[kind]?.(value);
    if (taken === undefined) throw new ComError(hresults.typeMismatch, `${name}::Invoke`);
    return taken;
  });
}

const number = (value: VariantValue): VariantValue | undefined => {
  if (typeof value === "boolean") return value ? -1 : 0;
  return typeof value === "number" ? value : undefined;
};
const object = (value: VariantValue): VariantValue | undefined =>
  typeof value === "bigint" || value === null ? value : undefined;

/** What a parameter takes from a script, which may give a number for a truth value and the other way round; nothing else is made to fit. */
const takes: { readonly [K in Signature[number]]?: (value: VariantValue) => VariantValue | undefined } = {
  bool: (value) => (typeof value === "number" ? value !== 0 : typeof value === "boolean" ? value : undefined),
  i32: number,
  u32: number,
  f64: number,
  text: (value) => (typeof value === "string" ? value : undefined),
  pointer: object,
};

/** DISPID_UNKNOWN */
const NO_SUCH_NAME = -1;

/** Looks up the first name; names of parameters are not known. */
function putIds(
  com: Com,
  members: readonly (readonly [string, number])[],
  names: Pointer,
  count: number,
  found: Pointer,
): void {
  if (names === null || found === null || count === 0) throw new ComError(hresults.badPointer, "GetIDsOfNames");
  const at = com.memory.pointer(names);
  const name = at === null ? "" : com.memory.zeroEndedText(at).toLowerCase();
  const member = members.find(([own]) => own.replace(/^(get|put)_/, "").toLowerCase() === name);
  for (let index = 0; index < count; index++)
    com.memory.put(found + BigInt(4 * index), "int32_t", index === 0 && member ? member[1] : NO_SUCH_NAME);
  if (member === undefined || count > 1) throw new ComError(hresults.unknownName, "GetIDsOfNames");
}
