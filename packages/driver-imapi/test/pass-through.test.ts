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

/** A drive that notes how it was called; a command without data takes some milliseconds. */
function drive({ milliseconds = 0, alignmentMask = 511 } = {}) {
  let time = 0;
  const seen: unknown[] = [];
  const addresses: bigint[] = [];
  const runtime = standInRuntime(koffi, { release: (object) => com.releaseReference(object), openFile: () => 0n });
  const com: Com = new Com(koffi, runtime);
  const server = new ComServer(com, (fault) => seen.push(fault));
  const bytes = (at: Pointer, length: number) => Buffer.from(com.memory.bytes(at ?? 0n, length)).toString("hex");
  const served = server.serve(
    face(iDiscRecorder2, {}),
    face(iDiscRecorder2Ex, {
      SendCommandNoData: (cdb, length, sense, timeout) => {
        seen.push({ cdb: bytes(cdb, length), timeout });
        time += milliseconds;
        if (timeout === 8) throw new ComError(0xc0aa_020d, "time-out");
        if (timeout !== 7) return;
        com.memory.bytes(sense ?? 0n, 18).set([0x70, 0, 2, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x3a]);
        throw new ComError(SENSE, "sense");
      },
      SendCommandSendDataToDevice: (cdb, length, _sense, timeout, data, size) => {
        addresses.push(data ?? 1n);
        seen.push({ cdb: bytes(cdb, length), timeout, out: bytes(data, size), page: Number((data ?? 1n) % 4096n) });
      },
      SendCommandGetDataFromDevice: (cdb, length, _sense, timeout, data, size) => {
        seen.push({ cdb: bytes(cdb, length), timeout, size, page: Number((data ?? 1n) % 4096n) });
        com.memory.bytes(data ?? 0n, size).fill(0xab);
        return 3;
      },
      GetByteAlignmentMask: () => alignmentMask,
      GetMaximumPageAlignedTransferSize: () => 131_072,
    }),
  );
  return {
    seen,
    addresses,
    passThrough: new PassThrough(com, com.borrowed(served.pointer, iDiscRecorder2), () => time),
  };
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

  it("carries data from memory that is aligned as the drive asks, where a page is not enough", async () => {
    const { addresses, passThrough } = drive({ alignmentMask: 65_535 });
    await passThrough.limits();
    for (const bytes of [1, 2048, 65_536, 100])
      await passThrough.execute({ cdb: new Uint8Array(10), dataOut: new Uint8Array(bytes) });
    expect(addresses.map((address) => Number(address % 65_536n))).toEqual([0, 0, 0, 0]);
  });

  it("is bounded by what the adapter takes from memory that begins on a page", async () => {
    expect(await drive().passThrough.limits()).toEqual({ maxTransferBytes: 131_072, alignmentMask: 511 });
  });
});

describe("linked commands", () => {
  const write = (lba: number) => ({ cdb: Uint8Array.of(0x2a, 0, 0, 0, 0, lba, 0, 0, 1, 0), timeout: 5000 });
  const cdbs = (...lbas: readonly number[]) =>
    lbas.map((lba) => ({ cdb: Buffer.from(write(lba).cdb).toString("hex") }));

  it("are executed in order, and answered together", async () => {
    const { seen, passThrough } = drive();
    const dataOut = Uint8Array.of(9);
    const commands = [1, 2, 3].map((lba) => ({ ...write(lba), dataOut }));
    const results = await passThrough.executeLinked(commands, 1);
    expect(results).toEqual([{ status: "good" }, { status: "good" }, { status: "good" }]);
    expect(seen).toMatchObject(cdbs(1, 2, 3).map((cdb) => ({ ...cdb, out: "09" })));
  });

  it("end with the first that is not good, and those of the same chain that follow are not executed", async () => {
    const { seen, passThrough } = drive();
    const answers = await Promise.all([
      passThrough.executeLinked([write(1), { ...write(2), timeout: 7000 }, write(3)], 1),
      passThrough.executeLinked([write(4)], 1),
      passThrough.executeLinked([write(5)], 2),
    ]);
    const statuses = answers.map((results) => results.map(({ status }) => status));
    expect(statuses).toEqual([["good", "check-condition"], [], ["good"]]);
    expect(seen).toMatchObject(cdbs(1, 2, 5));
  });

  it("end also when there is no answer to one", async () => {
    const { seen, passThrough } = drive();
    const answers = await Promise.allSettled([
      passThrough.executeLinked([{ ...write(1), timeout: 8000 }, write(2)], 1),
      passThrough.executeLinked([write(3)], 1),
    ]);
    expect(answers).toMatchObject([{ status: "rejected" }, { status: "fulfilled", value: [] }]);
    expect(seen).toMatchObject(cdbs(1));
  });

  it("end before all are done when the drive is slow, so that the application can stop", async () => {
    const { seen, passThrough } = drive({ milliseconds: 30 });
    const answers = await Promise.all([
      passThrough.executeLinked([1, 2, 3, 4].map(write), 1),
      passThrough.executeLinked([write(5)], 1),
    ]);
    expect(answers.map((results) => results.length)).toEqual([2, 0]);
    expect(seen).toMatchObject(cdbs(1, 2));
  });

  it("keep other commands out until they are done", async () => {
    const { seen, passThrough } = drive();
    await Promise.all([passThrough.executeLinked([write(1), write(2)], 1), passThrough.execute(write(3))]);
    expect(seen).toMatchObject(cdbs(1, 2, 3));
  });
});
