import { describe, expect, it } from "vitest";
import { allInterfaces } from "../src/interfaces/all.ts";
import { blockRangeIds, blockRangeListIds, formatEventIds } from "../src/interfaces/format.ts";
import { multisessionRandomWriteIds, multisessionSequentialIds } from "../src/interfaces/multisession.ts";
import { discMasterEventIds } from "../src/interfaces/recorder.ts";
import { describedIds, describedInterfaces } from "./support/described-interfaces.ts";

/** Interfaces of COM itself, which the tests under Wine use with its own objects. */
const ofCom = new Set(["IDispatch", "IConnectionPointContainer", "IConnectionPoint", "IStream"]);
/** Identifiers of the roots. */
const roots: Readonly<Record<string, readonly string[]>> = {
  IUnknown: ["00000000-0000-0000-C000-000000000046"],
  IDispatch: ["00020400-0000-0000-C000-000000000046", "00000000-0000-0000-C000-000000000046"],
};
const rootSlots: Readonly<Record<string, number>> = { IUnknown: 3, IDispatch: 7 };

/** Kinds of the driver's parameters that have the size and the direction of a described type. */
const kindsOf: Readonly<Record<string, readonly string[]>> = {
  enum: ["i32", "u32"],
  object: ["pointer"],
  byte: ["u8"],
  "*enum": ["out i32", "out u32"],
  "*object": ["out pointer"],
  "*bytes": ["out pointer"],
};

/** windows-rs names a getter as its property, and puts `Set` before the setter. */
function describedName(method: string): string {
  if (method === "get_Item") return method;
  if (method === "get__NewEnum") return "_NewEnum";
  return method.replace(/^get_/, "").replace(/^put_/, "Set");
}

const describedOf = (name: string) => {
  const found = describedInterfaces[name];
  if (found === undefined) throw new Error(`${name} was compared with nothing`);
  return found;
};

function lineageOf(name: string): readonly string[] {
  const { iid, base } = describedOf(name);
  return [iid.toUpperCase(), ...(roots[base] ?? lineageOf(base))];
}

function firstSlot(name: string): number {
  const { base } = describedOf(name);
  return rootSlots[base] ?? firstSlot(base) + describedOf(base).slots.length;
}

const compared = allInterfaces.filter(({ name }) => !ofCom.has(name));

describe("the table of interfaces says what windows-rs says, slot by slot", () => {
  it.each(compared)("$name: identifiers, names, number and types of parameters", ({ name, lineage, methods }) => {
    expect(lineage.map((iid) => iid.toUpperCase())).toEqual(lineageOf(name));
    const own = Object.entries(methods).slice(firstSlot(name));
    const { slots } = describedOf(name);
    expect(own.map(([method]) => describedName(method))).toEqual(slots.map((slot) => slot.replace(/\(.*/, "")));
    for (const [index, [method, signature]] of own.entries()) {
      const types = (/\((.*)\)/.exec(slots[index] ?? "")?.[1] ?? "").split(", ").filter(Boolean);
      expect([method, signature.length]).toEqual([method, types.length]);
      for (const [at, kind] of signature.entries()) {
        const type = types[at] ?? "";
        expect(kindsOf[type] ?? [type.replace(/^\*/, "out ")], `${method}, parameter ${at + 1}`).toContain(kind);
      }
    }
  });

  it("all interfaces are compared, and no described one is missing", () => {
    expect(compared.map(({ name }) => name).toSorted()).toEqual(Object.keys(describedInterfaces).toSorted());
  });

  it.each([
    ["IMultisessionSequential2", multisessionSequentialIds, describedIds.multisession],
    ["IMultisessionRandomWrite", multisessionRandomWriteIds, describedIds.multisession],
    ["IBlockRange", blockRangeIds, describedIds.blockRange],
    ["IBlockRangeList", blockRangeListIds, describedIds.blockRangeList],
    ["DDiscMaster2Events", discMasterEventIds, describedIds.masterEvents],
    ["DDiscFormat2DataEvents and DDiscFormat2EraseEvents", formatEventIds, describedIds.formatEvents],
  ])("%s: dispatch identifiers", (_, ids, described) => {
    for (const [name, id] of Object.entries(ids))
      expect([name, id]).toEqual([
        name,
        (described as Readonly<Record<string, number>>)[name.replace(/^(get|put)_/, "")],
      ]);
  });
});
