import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import * as koffi from "koffi";
import { describe, expect, it } from "vitest";
import { Com } from "../src/com/com.ts";
import { ComServer, face } from "../src/com/com-server.ts";
import { guidBytes, guidText } from "../src/com/guid.ts";
import { ComError } from "../src/com/hresult.ts";
import { derive, iUnknown } from "../src/com/interface.ts";
import { serveStream } from "../src/com/stream-server.ts";
import type { VariantValue } from "../src/com/variant.ts";
import { serveMultisession } from "../src/host/multisession-server.ts";
import { iDispatch, iStream } from "../src/interfaces/automation.ts";
import {
  iMultisession,
  iMultisessionRandomWrite,
  iMultisessionSequential,
  iMultisessionSequential2,
} from "../src/interfaces/multisession.ts";
import { iDiscRecorder2 } from "../src/interfaces/recorder.ts";
import { standInRuntime } from "./support/stand-in-runtime.ts";

function fixture() {
  const faults: unknown[] = [];
  const runtime = standInRuntime(koffi, {
    release: (object) => com.releaseReference(object),
    openFile: () => 0n,
  });
  const com: Com = new Com(koffi, runtime);
  return { com, runtime, faults, server: new ComServer(com, (fault) => faults.push(fault)) };
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const iProbe = derive(iUnknown, "IProbe", "11111111-2222-3333-4444-555566667777", {
  Echo: ["text", "out text"],
  Sum: ["i32", "i32", "out i32"],
  Both: ["bool", "u32", "out bool", "out u32"],
  Wide: ["i64", "out i64"],
  Real: ["f64", "out f64"],
  List: ["array", "out array"],
  Missing: [],
  Fails: [],
  Throws: [],
});

const later = () => new Promise((resolve) => setTimeout(resolve, 20));

describe("an identifier", () => {
  it("lies in memory as COM wants it, and comes back as text", () => {
    const text = "27354130-7F64-5B0F-8F00-5D77AFBE261E";
    expect(Buffer.from(guidBytes(text)).toString("hex")).toBe("30413527647f0f5b8f005d77afbe261e");
    expect(guidText(guidBytes(text))).toBe(text);
    expect(() => guidBytes("27354130")).toThrow(TypeError);
  });
});

describe("a call through a vtable", () => {
  const { com, server, runtime, faults } = fixture();
  const served = server.serve(
    face(iProbe, {
      Echo: (text) => text,
      Sum: (one, other) => one + other,
      Both: (flag, number): [boolean, number] => [!flag, number],
      Wide: (value) => value,
      Real: (value) => value / 2,
      List: (values) => values.toReversed(),
      Fails: () => {
        throw new ComError(0xc0aa0202, "probe");
      },
      Throws: () => {
        throw new Error("a mistake");
      },
    }),
  );
  const probe = com.borrowed(served.pointer, iProbe);

  const values = [fc.string({ unit: "binary" }), fc.integer(), fc.boolean()] as const;

  it("carries text, numbers and truth in both directions", () => {
    fc.assert(
      fc.property(...values, (text, number, flag) => {
        const int = number | 0;
        expect(probe.call("Echo", text)).toBe(text);
        expect(probe.call("Sum", int, 0)).toBe(int);
        expect(probe.call("Both", flag, int >>> 0)).toEqual([!flag, int >>> 0]);
        expect(probe.call("Wide", BigInt(int) << 20n)).toBe(BigInt(int) << 20n);
        expect(probe.call("Real", int)).toBe(int / 2);
      }),
      { numRuns: 25 },
    );
    expect(runtime.ledger).toEqual({ strings: 0, arrays: 0, blocks: 0 });
  });

  it("carries them from another thread", async () => {
    await fc.assert(
      fc.asyncProperty(...values, async (text, number, flag) => {
        expect(await probe.callAsync("Echo", text)).toBe(text);
        expect(await probe.callAsync("Both", flag, number >>> 0)).toEqual([!flag, number >>> 0]);
      }),
      { numRuns: 5 },
    );
    expect(runtime.ledger).toEqual({ strings: 0, arrays: 0, blocks: 0 });
  });

  it("carries arrays of values in both directions", () => {
    const values: VariantValue[] = [1, -1, "text Ä中", true, false, null];
    expect(probe.call("List", values)).toEqual(values.toReversed());
    expect(probe.call("List", [])).toEqual([]);
    expect(runtime.ledger).toEqual({ strings: 0, arrays: 0, blocks: 0 });
  });

  it.each([
    ["Missing", 0x80004001],
    ["Fails", 0xc0aa0202],
    ["Throws", 0x80004005],
  ] as const)("to %s gives the HRESULT 0x%x", async (method, hresult) => {
    expect(() => probe.call(method)).toThrow(expect.objectContaining({ hresult, call: `IProbe::${method}` }));
    await expect(probe.callAsync(method)).rejects.toMatchObject({ hresult });
  });

  it("that throws what is no ComError is reported to whoever serves it", () => {
    expect(faults).toContainEqual(new Error("a mistake"));
  });

  it("asks for interfaces by identifier, and counts references", async () => {
    expect(() => probe.query(iDispatch)).toThrow(expect.objectContaining({ hresult: 0x80004002 }));
    using again = probe.query(iUnknown);
    expect(again.pointer).toBe(served.pointer);
    expect(served.references).toBe(3);
    again.release();
    expect(() => again.call("AddRef")).toThrow(TypeError);
    probe.release();
    expect(served.references).toBe(1);
    served.release();
    await later();
    expect(server.liveFaces).toBe(0);
  });

  it("keeps its buffers alive while it runs elsewhere", async () => {
    let held: WeakRef<Uint8Array> | undefined;
    const alive: boolean[] = [];
    const stream = serveStream(com, server, {
      bytes: 4_000_000,
      readInto: (target) => {
        // In the midst of the call, of which only native code knows the buffer.
        collectGarbage();
        alive.push(held?.deref() !== undefined);
        target.fill(7);
      },
    });
    using reader = com.borrowed(stream.pointer, iStream);
    const read = () => {
      const buffer = new Uint8Array(65_536);
      held = new WeakRef(buffer);
      return reader.outcome("Read", buffer, buffer.length);
    };
    for (let count = 0; count < 5; count++) expect((await read()).value).toBe(65_536);
    expect(alive).toEqual(Array(5).fill(true));
    stream.release();
  });
});

describe("a mechanism of ours as a COM object", () => {
  const { com, server, runtime } = fixture();
  const recorder = server.serve(face(iDiscRecorder2, { get_ActiveDiscRecorder: () => "the drive" }));
  const sequential = () =>
    serveMultisession(com, server, recorder, {
      kind: "sequential",
      isSupported: true,
      inUse: false,
      isFirstDataSession: false,
      startAddressOfPreviousSession: 0,
      lastWrittenAddressOfPreviousSession: 607,
      nextWritableAddress: 12_010,
      freeSectorsOnMedia: 300_000,
      writeUnitSize: 1,
    });

  /** Calls a member by its name, as a script does. */
  function late(pointer: bigint, name: string, flags: number, ...values: readonly VariantValue[]) {
    using object = com.borrowed(pointer, iDispatch);
    const wide = Buffer.from(`${name}\0`, "utf16le");
    const names = Buffer.alloc(8);
    names.writeBigUInt64LE(BigInt(koffi.address(wide)));
    const ids = Buffer.alloc(4);
    object.call("GetIDsOfNames", new Uint8Array(16), koffi.address(names), 1, 0, koffi.address(ids));
    const variants = Buffer.alloc(24 * Math.max(1, values.length));
    for (const [index, value] of values.toReversed().entries())
      com.automation.putVariant(BigInt(koffi.address(variants)) + BigInt(24 * index), value);
    const parameters = Buffer.alloc(24);
    parameters.writeBigUInt64LE(BigInt(koffi.address(variants)), 0);
    parameters.writeUInt32LE(values.length, 16);
    const result = Buffer.alloc(24);
    const [id, at] = [ids.readInt32LE(0), BigInt(koffi.address(result))];
    object.call("Invoke", id, new Uint8Array(16), 0, flags, koffi.address(parameters), at, null, null);
    return { id, value: com.automation.variant(at) };
  }

  it("answers for every interface that it derives from", () => {
    const object = sequential();
    for (const of of [iUnknown, iDispatch, iMultisession, iMultisessionSequential, iMultisessionSequential2]) {
      using found = com.borrowed(object.pointer, iUnknown).query(of);
      expect(found.pointer).toBe(object.pointer);
    }
    expect(() => com.borrowed(object.pointer, iUnknown).query(iMultisessionRandomWrite)).toThrow(ComError);
  });

  it.each([
    ["IsSupportedOnCurrentMediaState", 0x100, true],
    ["InUse", 0x101, false],
    ["IsFirstDataSession", 0x200, false],
    ["StartAddressOfPreviousSession", 0x201, 0],
    ["LastWrittenAddressOfPreviousSession", 0x202, 607],
    ["NextWritableAddress", 0x203, 12_010],
    ["FreeSectorsOnMedia", 0x204, 300_000],
    ["WriteUnitSize", 0x205, 1],
  ] as const)("%s has the identifier 0x%x and the same value through the vtable and by name", (name, id, value) => {
    const { pointer } = sequential();
    using bound = com.borrowed(pointer, iMultisessionSequential2);
    expect(bound.call(`get_${name}`)).toBe(value);
    expect(late(pointer, name, 2)).toEqual({ id, value });
    expect(late(pointer, name.toLowerCase(), 3)).toEqual({ id, value });
  });

  it("can be marked as in use through the vtable and by name", () => {
    const { pointer } = sequential();
    using bound = com.borrowed(pointer, iMultisession);
    bound.call("put_InUse", true);
    expect(late(pointer, "InUse", 2).value).toBe(true);
    late(pointer, "InUse", 4, false);
    expect(bound.call("get_InUse")).toBe(false);
  });

  it("takes a number for a truth value from a script, and no text", () => {
    const { pointer } = sequential();
    late(pointer, "InUse", 4, -1);
    expect(late(pointer, "InUse", 2).value).toBe(true);
    late(pointer, "InUse", 4, 0);
    expect(late(pointer, "InUse", 2).value).toBe(false);
    expect(() => late(pointer, "InUse", 4, "False")).toThrow(expect.objectContaining({ hresult: 0x80020005 }));
  });

  it("names the recorder to import from, with a reference for the asker", () => {
    const { pointer } = sequential();
    using bound = com.borrowed(pointer, iMultisession);
    const before = recorder.references;
    using found = com.object(bound.call("get_ImportRecorder"), iDiscRecorder2);
    expect(found.call("get_ActiveDiscRecorder")).toBe("the drive");
    expect(recorder.references).toBe(before + 1);
  });

  it("answers E_NOTIMPL where the drive does not say, and not zero", () => {
    const object = serveMultisession(com, server, recorder, {
      kind: "random-write",
      isSupported: true,
      inUse: true,
      writeUnitSize: 16,
      totalSectorsOnMedia: 2_295_104,
      lastWrittenAddress: { hresult: 0x80004001 },
    });
    using bound = com.borrowed(object.pointer, iMultisessionRandomWrite);
    expect(bound.call("get_TotalSectorsOnMedia")).toBe(2_295_104);
    expect(() => bound.call("get_LastWrittenAddress")).toThrow(expect.objectContaining({ hresult: 0x80004001 }));
    expect(() => late(object.pointer, "LastWrittenAddress", 2)).toThrow(
      expect.objectContaining({ hresult: 0x80004001 }),
    );
    expect(late(object.pointer, "TotalSectorsOnMedia", 2)).toEqual({ id: 0x207, value: 2_295_104 });
  });

  it("refuses unknown names, members and numbers of arguments as COM does", () => {
    const { pointer } = sequential();
    const failing = (run: () => unknown, hresult: number) => expect(run).toThrow(expect.objectContaining({ hresult }));
    failing(() => late(pointer, "LastWrittenAddress", 2), 0x80020006);
    failing(() => late(pointer, "WriteUnitSize", 4, 3), 0x80020003);
    failing(() => late(pointer, "InUse", 4), 0x8002000e);
    expect(runtime.ledger.arrays).toBe(0);
  });
});

describe("a stream of ours", () => {
  const { com, server } = fixture();
  const content = Buffer.from(Array.from({ length: 5000 }, (_, at) => at & 0xff));
  const stream = serveStream(com, server, {
    bytes: content.length,
    readInto: (target, position) => void target.set(content.subarray(position, position + target.length)),
  });
  const reader = com.borrowed(stream.pointer, iStream);

  it("gives its bytes wherever it is asked to, and less at its end", () => {
    const buffer = new Uint8Array(3000);
    expect(reader.call("Read", buffer, 3000)).toBe(3000);
    expect(reader.call("Read", buffer, 3000)).toBe(2000);
    expect(Buffer.from(buffer.subarray(0, 2000)).equals(content.subarray(3000))).toBe(true);
    expect(reader.call("Read", buffer, 3000)).toBe(0);
    expect(reader.call("Seek", -10n, 2)).toBe(4990n);
    expect(reader.call("Seek", -90n, 1)).toBe(4900n);
    expect(reader.call("Read", buffer, 1)).toBe(1);
    expect(buffer[0]).toBe(4900 & 0xff);
    expect(() => reader.call("Seek", -1n, 0)).toThrow(expect.objectContaining({ hresult: 0x80030001 }));
  });

  it("tells its length, makes copies with a place of their own, and cannot be written", () => {
    const stat = Buffer.alloc(80);
    reader.call("Stat", koffi.address(stat), 1);
    expect([stat.readUInt32LE(8), Number(stat.readBigUInt64LE(16))]).toEqual([2, 5000]);
    reader.call("Seek", 100n, 0);
    using copy = com.object(reader.call("Clone"), iStream);
    const buffer = new Uint8Array(1);
    copy.call("Seek", 10n, 1);
    copy.call("Read", buffer, 1);
    expect(buffer[0]).toBe(110);
    expect(reader.call("Seek", 0n, 1)).toBe(100n);
    expect(() => reader.call("Write", buffer, 1)).toThrow(expect.objectContaining({ hresult: 0x80030005 }));
  });
});
