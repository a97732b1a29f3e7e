import { read10, write10 } from "@multisession/mmc";
import { describe, expect, it } from "vitest";
import * as pdus from "../src/pdu.ts";
import { Initiator } from "./initiator.ts";
import { served } from "./served.ts";

const quick = { limits: { logoutTime: 100 } };
const block = (blocks: number): Uint8Array => Uint8Array.from({ length: blocks * 2048 }, (_, at) => at * 7 + at / 2048);
const write = (at: number, blocks: number): Uint8Array => write10.build({ lba: at, blocks });
const read = (at: number, blocks: number): Uint8Array => read10.build({ lba: at, blocks });

describe.each([
  ["without digests", {}],
  ["with both digests", { HeaderDigest: "CRC32C", DataDigest: "CRC32C" }],
])("data, %s,", (_, digests) => {
  it.each([
    ["in the command's own PDU", { ImmediateData: "Yes", InitialR2T: "Yes" }, { immediate: 4 * 2048 }, 4],
    ["when it is asked for", { ImmediateData: "No", InitialR2T: "Yes" }, {}, 4],
    ["when it is asked for in several bursts", { MaxBurstLength: "16384" }, {}, 40],
    ["partly at once, the rest when it is asked for", { FirstBurstLength: "8192" }, { immediate: 8192 }, 16],
  ] as const)("is taken %s, and read back as it was", async (_how, keys, how, blocks) => {
    const { port } = await served(quick);
    const initiator = await Initiator.login(port, { ...digests, ...keys });
    const out = block(blocks);
    expect(await initiator.execute(write(32, blocks), { out, ...how })).toMatchObject({ status: 0, sense: "" });
    const { data, status } = await initiator.execute(read(32, blocks), { expectedBytes: out.length });
    expect(status).toBe(0);
    expect(data.equals(out)).toBe(true);
  });

  it("is taken unasked behind the command", async () => {
    const { port } = await served(quick);
    const initiator = await Initiator.login(port, { ...digests, InitialR2T: "No", ImmediateData: "Yes" });
    const out = block(16);
    const tag = initiator.begin(write(0, 16), { out, immediate: 2048, isFinal: false });
    const lun = new Uint8Array(8);
    const rest = out.subarray(2048);
    for (let at = 0, dataSn = 0; at < rest.length; at += 8192, dataSn++) {
      const piece = rest.subarray(at, at + 8192);
      const isFinal = at + piece.length === rest.length;
      initiator.send(
        pdus.dataOut.build({ isFinal, tag, lun, transferTag: pdus.NO_TAG, dataSn, offset: 2048 + at }),
        piece,
      );
    }
    expect(await initiator.outcome(tag)).toMatchObject({ status: 0 });
    const { data } = await initiator.execute(read(0, 16), { expectedBytes: out.length });
    expect(data.equals(out)).toBe(true);
  });
});

describe("data that is more or less than was expected", () => {
  it("is told with how much it is", async () => {
    const { port } = await served(quick);
    const initiator = await Initiator.login(port);
    const inquiry = Uint8Array.of(0x12, 0, 0, 0, 36, 0);
    expect(await initiator.execute(inquiry, { expectedBytes: 100 })).toMatchObject({
      isUnderflow: true,
      residualBytes: 64,
    });
    const short = await initiator.execute(inquiry, { expectedBytes: 8 });
    expect(short).toMatchObject({ isOverflow: true, residualBytes: 28 });
    expect(short.data).toHaveLength(8);
  });
});

describe("a digest that is wrong", () => {
  it("of a header ends the connection; others go on", async () => {
    const { port } = await served(quick);
    const other = await Initiator.login(port, {}, Uint8Array.of(0x80, 0, 0, 0, 0, 9));
    const initiator = await Initiator.login(port, { HeaderDigest: "CRC32C" });
    initiator.raw(pdus.nopOut.build({ tag: 4, isImmediate: true }), new Uint8Array(4));
    await initiator.gone();
    expect(await other.execute(new Uint8Array(6))).toMatchObject({ status: 0 });
  });

  it("of data is rejected, its command ends with a sense, and nothing of it is written", async () => {
    const { port, recorders } = await served(quick);
    const initiator = await Initiator.login(port, { DataDigest: "CRC32C", ImmediateData: "No" });
    const tag = initiator.begin(write(0, 1), { out: block(1) });
    const { transferTag, lun } = pdus.readyToTransfer.parse((await initiator.receive()).header);
    const header = pdus.dataOut.build({ isFinal: true, tag, transferTag, lun });
    header[6] = 2048 >> 8;
    initiator.raw(header, block(1), Uint8Array.of(1, 2, 3, 4));
    expect(pdus.reject.parse((await initiator.receive()).header).reason).toBe(pdus.rejectReasons.dataDigest);
    expect(await initiator.outcome(tag)).toMatchObject({ status: 2, sense: "B/47/05" });
    expect(recorders[0]?.peek(0, 1).every((byte) => byte === 0)).toBe(true);
  });
});

describe("data that is not in its order", () => {
  it.each([
    ["a number that is not the next", { dataSn: 5 }],
    ["a place that is not the next", { offset: 512 }],
    ["more than was asked for", { extra: 512 }],
    ["less than was asked for", { extra: -512 }],
  ])("%s: the command ends with a sense, nothing is written, and the session goes on", async (_, fields) => {
    const { extra = 0, ...wrong } = { extra: 0, ...fields };
    const { port, recorders } = await served(quick);
    const initiator = await Initiator.login(port, { ImmediateData: "No" });
    const tag = initiator.begin(write(0, 1), { out: block(1).fill(9) });
    const { transferTag, lun } = pdus.readyToTransfer.parse((await initiator.receive()).header);
    const data = new Uint8Array(2048 + extra).fill(9);
    initiator.send(pdus.dataOut.build({ isFinal: true, tag, transferTag, lun, ...wrong }), data);
    expect(await initiator.outcome(tag)).toMatchObject({ status: 2, sense: "B/47/05" });
    expect(recorders[0]?.peek(0, 1)[0]).toBe(0);
    expect(await initiator.execute(new Uint8Array(6))).toMatchObject({ status: 0 });
  });
});
