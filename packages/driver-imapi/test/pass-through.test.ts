import * as koffi from "koffi";
import { describe, expect, it } from "vitest";
import { Com } from "../src/com/com.ts";
import { ComServer, face } from "../src/com/com-server.ts";
import { ComError } from "../src/com/hresult.ts";
import type { Pointer } from "../src/com/runtime.ts";
import { PassThrough } from "../src/host/pass-through.ts";
import { iDiscRecorder2, iDiscRecorder2Ex } from "../src/interfaces/recorder.ts";
import { standInRuntime } from "./support/stand-in-runtime.ts";

const SENSE = 0x00aa_0200;

/** A drive that notes how it was called. */
function drive() {
  const seen: unknown[] = [];
  const runtime = standInRuntime(koffi, { release: (object) => com.releaseReference(object), openFile: () => 0n });
  const com: Com = new Com(koffi, runtime);
  const server = new ComServer(com, (fault) => seen.push(fault));
  const bytes = (at: Pointer, length: number) => Buffer.from(com.memory.bytes(at ?? 0n, length)).toString("hex");
  const served = server.serve(
    face(iDiscRecorder2, {}),
    face(iDiscRecorder2Ex, {
      SendCommandNoData: (cdb, length, sense, timeout) => {
        seen.push({ cdb: bytes(cdb, length), timeout });
        if (timeout !== 7) return;
        com.memory.bytes(sense ?? 0n, 18).set([0x70, 0, 2, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x3a]);
        throw new ComError(SENSE, "sense");
      },
      SendCommandSendDataToDevice: (cdb, length, _sense, timeout, data, size) => {
        seen.push({ cdb: bytes(cdb, length), timeout, out: bytes(data, size), page: Number((data ?? 1n) % 4096n) });
      },
      SendCommandGetDataFromDevice: (cdb, length, _sense, timeout, data, size) => {
        seen.push({ cdb: bytes(cdb, length), timeout, size, page: Number((data ?? 1n) % 4096n) });
        com.memory.bytes(data ?? 0n, size).fill(0xab);
        return 3;
      },
      GetByteAlignmentMask: () => 511,
      GetMaximumPageAlignedTransferSize: () => 131_072,
    }),
  );
  return { seen, passThrough: new PassThrough(com, com.borrowed(served.pointer, iDiscRecorder2)) };
}

describe("a command to a drive", () => {
  it("goes out as it is, with its time-out in whole seconds and at least one", async () => {
    const { seen, passThrough } = drive();
    for (const timeout of [undefined, 1, 1000, 1001, 7_200_000])
      await passThrough.execute({ cdb: Uint8Array.of(0x1b, 0, 0, 0, 2, 0), ...(timeout && { timeout }) });
    const cdb = "1b0000000200";
    expect(seen).toEqual([10, 1, 1, 2, 7200].map((timeout) => ({ cdb, timeout })));
  });

  it("carries data from memory that begins on a page, in either direction", async () => {
    const { seen, passThrough } = drive();
    const cdb = Uint8Array.of(0x55, 0, 0, 0, 0, 0, 0, 0, 4, 0);
    expect(await passThrough.execute({ cdb, dataOut: Uint8Array.of(1, 2, 3, 4), timeout: 5000 })).toEqual({
      status: "good",
    });
    const answer = await passThrough.execute({ cdb, dataInLength: 8, timeout: 5000 });
    expect(answer).toEqual({ status: "good", dataIn: Uint8Array.of(0xab, 0xab, 0xab) });
    const common = { cdb: "55000000000000000400", timeout: 5, page: 0 };
    expect(seen).toEqual([
      { ...common, out: "01020304" },
      { ...common, size: 8 },
    ]);
  });

  it("that was not carried out answers with its sense data, although IMAPI2 calls that a success", async () => {
    const { passThrough } = drive();
    const { status, sense } = await passThrough.execute({ cdb: new Uint8Array(6), timeout: 7000 });
    expect(status).toBe("check-condition");
    expect([sense?.length, (sense?.[2] ?? 0) & 0x0f, sense?.[12]]).toEqual([18, 2, 0x3a]);
    expect(await passThrough.execute({ cdb: new Uint8Array(6) })).toEqual({ status: "good" });
  });

  it("waits until the one before it is done: they share one buffer", async () => {
    const { seen, passThrough } = drive();
    const cdbs = Array.from({ length: 8 }, (_, at) => Uint8Array.of(0x2a, 0, 0, 0, 0, at, 0, 0, 1, 0));
    await Promise.all(cdbs.map((cdb, at) => passThrough.execute({ cdb, dataOut: new Uint8Array(2).fill(at) })));
    expect(seen).toEqual(
      cdbs.map((cdb, at) => ({
        cdb: Buffer.from(cdb).toString("hex"),
        timeout: 10,
        out: `0${at}0${at}`,
        page: 0,
      })),
    );
  });

  it("is bounded by what the adapter takes from memory that begins on a page", async () => {
    expect(await drive().passThrough.limits()).toEqual({ maxTransferBytes: 131_072, alignmentMask: 511 });
  });
});
