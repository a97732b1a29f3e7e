import assert from "node:assert/strict";
import { test } from "node:test";
import * as koffi from "koffi";
import { Com } from "../../src/com/com.ts";
import { ComServer, type ServedObject } from "../../src/com/com-server.ts";
import { windowsRuntime } from "../../src/com/windows-runtime.ts";
import { openRecorder } from "../../src/host/devices.ts";
import { type OfferedMechanism, serveMultisession } from "../../src/host/multisession-server.ts";
import { clientLibrary, drive, driveId, standInLibrary, until } from "./support.ts";

const com = new Com(koffi, windowsRuntime(koffi));
const faults: unknown[] = [];
const server = new ComServer(com, (fault) => faults.push(fault));
const client = koffi.load(clientLibrary);
const standInObjects = koffi.load(standInLibrary).func("int32_t __stdcall StandInObjects()");
const interfacesOf = client.func("int32_t __stdcall InterfacesOf(void *mechanism)");
const askers = {
  "its vtable": client.func("int32_t __stdcall AskByVtable(void *mechanism, void *said)"),
  Invoke: client.func("int32_t __stdcall AskByInvoke(void *mechanism, void *said)"),
};

/** In the order of the client's `Said`. */
const names = [
  ...["supported", "inUseBefore", "inUseAfter", "recorder", "first", "start", "last", "next", "free", "unit"],
  ...["lastWritten", "total", "drive"],
] as const;
const NOT_IMPLEMENTED = 0x80004001;
const UNKNOWN_NAME = 0x80020006;

type Said = Record<string, readonly [hresult: number, value: number]>;

/** Asks on another thread, as a client does that has threads of its own. */
async function ask(asker: keyof typeof askers, { pointer }: ServedObject): Promise<Said> {
  const said = Buffer.alloc(128);
  const hresult = await new Promise<number>((resolve, reject) =>
    askers[asker].async(pointer, said, (error: unknown, result: number) => (error ? reject(error) : resolve(result))),
  );
  assert.equal(hresult, 0);
  return Object.fromEntries(
    names.map((name, at) => [name, [said.readUInt32LE(4 * at), said.readInt32LE(64 + 4 * at)] as const]),
  );
}

const sequential: OfferedMechanism = {
  kind: "sequential",
  isSupported: true,
  inUse: false,
  isFirstDataSession: false,
  startAddressOfPreviousSession: 11,
  lastWrittenAddressOfPreviousSession: 12,
  nextWritableAddress: 13,
  freeSectorsOnMedia: { hresult: 0xc0aa0402 },
  writeUnitSize: 32,
};
const randomWrite: OfferedMechanism = {
  kind: "random-write",
  isSupported: false,
  inUse: true,
  writeUnitSize: 16,
  lastWrittenAddress: { hresult: NOT_IMPLEMENTED },
  totalSectorsOnMedia: 2_295_104,
};

for (const asker of Object.keys(askers) as (keyof typeof askers)[]) {
  test(`a sequential mechanism in JavaScript is consumed by a C client through ${asker}`, async () => {
    await drive({ disc: "mechanisms.disc" });
    using recorder = await openRecorder(com, driveId);
    const served = serveMultisession(com, server, recorder, sequential);
    assert.equal(interfacesOf(served.pointer), 1 + 2 + 4 + 8);
    const said = await ask(asker, served);
    const { supported, inUseBefore, inUseAfter, first, start, last, next, free, unit, drive: found } = said;
    assert.deepEqual(
      [supported, inUseBefore, inUseAfter, first],
      [
        [0, -1],
        [0, 0],
        [0, -1],
        [0, 0],
      ],
    );
    assert.deepEqual(
      [start, last, next, unit],
      [
        [0, 11],
        [0, 12],
        [0, 13],
        [0, 32],
      ],
    );
    assert.equal(free?.[0], 0xc0aa0402);
    assert.equal(found?.[0], 0, "its import recorder is no recorder");
    if (asker === "Invoke") assert.equal(said["total"]?.[0], UNKNOWN_NAME);
    assert.equal(served.references, 1);
    served.release();
  });

  test(`a random-write mechanism in JavaScript is consumed by a C client through ${asker}`, async () => {
    await drive({ disc: "mechanisms.disc" });
    using recorder = await openRecorder(com, driveId);
    const served = serveMultisession(com, server, recorder, randomWrite);
    assert.equal(interfacesOf(served.pointer), 1 + 2 + 16);
    const said = await ask(asker, served);
    const { supported, inUseBefore, inUseAfter, unit, lastWritten, total, drive: found } = said;
    assert.deepEqual(
      [supported, inUseBefore, inUseAfter],
      [
        [0, 0],
        [0, -1],
        [0, 0],
      ],
    );
    assert.deepEqual(
      [unit, total],
      [
        [0, 16],
        [0, 2_295_104],
      ],
    );
    assert.equal(lastWritten?.[0], NOT_IMPLEMENTED);
    assert.equal(found?.[0], 0, "its import recorder is no recorder");
    if (asker === "Invoke") assert.equal(said["next"]?.[0], UNKNOWN_NAME);
    assert.equal(served.references, 1);
    served.release();
  });
}

test("nothing is left: no object of the stand-in, no object of ours, and no fault", async () => {
  await until(() => standInObjects() === 0 && server.liveFaces === 0);
  assert.deepEqual(faults, []);
});
