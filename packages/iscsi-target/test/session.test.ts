import { eventStatus, getEventStatus, lunList, mediaEvents, read10, write10 } from "@multisession/mmc";
import { describe, expect, it } from "vitest";
import { IscsiTarget } from "../src/index.ts";
import * as pdus from "../src/pdu.ts";
import { buildText, parseText } from "../src/text-keys.ts";
import { Initiator } from "./initiator.ts";
import { served } from "./served.ts";

const quick = { limits: { logoutTime: 100 } };
const ready = new Uint8Array(6);
const isid = (number: number): Uint8Array => Uint8Array.of(0x80, 0, 0, 0, 0, number);

describe("a session", () => {
  it("answers a ping with what came", async () => {
    const { port } = await served(quick);
    const initiator = await Initiator.login(port);
    initiator.send(pdus.nopOut.build({ isImmediate: true, tag: 9, cmdSn: initiator.cmdSn }), Buffer.from("hello"));
    const { header, data } = await initiator.receive();
    expect(pdus.nopIn.parse(header)).toMatchObject({ tag: 9, transferTag: pdus.NO_TAG });
    expect(Buffer.from(data).toString()).toBe("hello");
  });

  it("asks a silent initiator, and ends when it does not answer", async () => {
    const { port } = await served({ limits: { logoutTime: 100, idleTime: 200, answerTime: 1200 } });
    const initiator = await Initiator.login(port);
    expect(pdus.nopIn.parse((await initiator.receive()).header)).toMatchObject({ tag: pdus.NO_TAG });
    await initiator.gone();
  });

  it("takes a new longest data segment at any time", async () => {
    const { port } = await served(quick);
    const initiator = await Initiator.login(port);
    initiator.send(
      pdus.textRequest.build({ isFinal: true, tag: 3, transferTag: pdus.NO_TAG, cmdSn: initiator.cmdSn++ }),
      buildText([
        ["MaxRecvDataSegmentLength", "512"],
        ["MaxBurstLength", "4096"],
      ]),
    );
    expect(parseText((await initiator.receive()).data)).toEqual([["MaxBurstLength", "Reject"]]);
    initiator.begin(read10.build({ lba: 0, blocks: 1 }), { expectedBytes: 2048 });
    expect((await initiator.receive()).data).toHaveLength(512);
  });

  it("ends with a logout", async () => {
    const { port } = await served(quick);
    const initiator = await Initiator.login(port);
    initiator.send(pdus.logoutRequest.build({ isImmediate: true, tag: 7, cid: 1, cmdSn: initiator.cmdSn }));
    expect(pdus.logoutResponse.parse((await initiator.receive()).header)).toMatchObject({ tag: 7, response: 0 });
    await initiator.gone();
  });

  it("gives up what it held when its initiator logs in again, though the old connection does not end", async () => {
    const { port } = await served(quick);
    const [old, other] = [await Initiator.login(port, {}, isid(1)), await Initiator.login(port, {}, isid(2))];
    expect(await old.execute(Uint8Array.of(0x16, 0, 0, 0, 0, 0))).toMatchObject({ status: 0 });
    expect(await other.execute(ready)).toMatchObject({ status: 0x18 });
    old.socket.pause();
    await Initiator.login(port, {}, isid(1));
    expect(await other.execute(ready)).toMatchObject({ status: 0 });
  });

  it("goes on with a negotiation until the initiator ends it", async () => {
    const { port } = await served(quick);
    const initiator = await Initiator.login(port);
    const ask = async (fields: object, data?: Uint8Array): Promise<{ isFinal: boolean; transferTag: number }> => {
      const tags = { isImmediate: true, tag: 3, transferTag: pdus.NO_TAG, cmdSn: initiator.cmdSn };
      initiator.send(pdus.textRequest.build({ ...tags, ...fields }), data);
      return pdus.textResponse.parse((await initiator.receive()).header);
    };
    const open = await ask({ isFinal: false }, buildText([["X-a", "1"]]));
    expect(open.isFinal).toBe(false);
    expect(open.transferTag).not.toBe(pdus.NO_TAG);
    const last = await ask({ isFinal: true, transferTag: open.transferTag });
    expect(last).toMatchObject({ isFinal: true, transferTag: pdus.NO_TAG });
  });

  it("lists all drives, tells apart those that are not there, and each keeps its own disc", async () => {
    const { port } = await served(quick, 2);
    const initiator = await Initiator.login(port);
    const list = await initiator.execute(Uint8Array.of(0xa0, 0, 0, 0, 0, 0, 0, 0, 0, 64), { expectedBytes: 64 });
    expect(lunList.parse(list.data)).toEqual([0, 1]);
    const ask = (select: number, length: number): ReturnType<Initiator["execute"]> =>
      initiator.execute(Uint8Array.of(0xa0, 0, select, 0, 0, 0, 0, 0, 0, length), { expectedBytes: length });
    expect(lunList.parse((await ask(1, 64)).data)).toEqual([]);
    for (const [select, length] of [
      [3, 64],
      [0, 15],
    ] as const)
      expect(await ask(select, length)).toMatchObject({ status: 2, sense: "5/24/00" });
    const out = new Uint8Array(2048).fill(0x5a);
    await initiator.execute(write10.build({ lba: 0, blocks: 1 }), { out, immediate: 2048, lun: 1 });
    const [first, second] = [
      await initiator.execute(read10.build({ lba: 0, blocks: 1 }), { expectedBytes: 2048, lun: 0 }),
      await initiator.execute(read10.build({ lba: 0, blocks: 1 }), { expectedBytes: 2048, lun: 1 }),
    ];
    expect([first.data[0], second.data[0]]).toEqual([0, 0x5a]);
    expect(await initiator.execute(ready, { lun: 2 })).toMatchObject({ status: 2, sense: "5/25/00" });
  });

  it("is asked to log out when the target closes, and what it had begun is finished", async () => {
    const { port, target, recorders } = await served({ limits: { logoutTime: 2000 } });
    const initiator = await Initiator.login(port);
    const out = new Uint8Array(65_536).fill(1);
    const tag = initiator.begin(write10.build({ lba: 0, blocks: 32 }), { out, immediate: 65_536 });
    expect(await initiator.outcome(tag)).toMatchObject({ status: 0 });
    const closed = target.close();
    const { header } = await initiator.receive();
    expect(pdus.asyncMessage.parse(header)).toMatchObject({ event: pdus.asyncEvents.logoutRequest });
    initiator.send(pdus.logoutRequest.build({ isImmediate: true, tag: 7, cid: 1, cmdSn: initiator.cmdSn }));
    await initiator.gone();
    await closed;
    expect(recorders[0]?.peek(31, 1)[2047]).toBe(1);
  });
});

/** Two initiators, one of which has begun a write of a block of ones, and was asked for its data. */
async function withHalfAWrite(
  port: number,
): Promise<{ readonly one: Initiator; readonly other: Initiator; readonly tag: number; readonly finish: () => void }> {
  const one = await Initiator.login(port, {}, isid(1));
  const other = await Initiator.login(port, { ImmediateData: "No" }, isid(2));
  const out = new Uint8Array(2048).fill(1);
  const tag = other.begin(write10.build({ lba: 0, blocks: 1 }), { out });
  const { transferTag, lun } = pdus.readyToTransfer.parse((await other.receive()).header);
  return { one, other, tag, finish: () => other.sendData(out, { tag, transferTag, offset: 0, lun }) };
}

describe("task management", () => {
  const manage = async (initiator: Initiator, fields: object): Promise<number> => {
    initiator.send(pdus.taskManagement.build({ isImmediate: true, tag: 900, cmdSn: initiator.cmdSn, ...fields }));
    return pdus.taskManagementResponse.parse((await initiator.receive()).header).response;
  };

  it("aborts a task that waits for its data: it is never answered, and nothing is written", async () => {
    const { port, recorders } = await served(quick);
    const initiator = await Initiator.login(port, { ImmediateData: "No" });
    const out = new Uint8Array(2048).fill(1);
    const referencedTag = initiator.begin(write10.build({ lba: 0, blocks: 1 }), { out });
    const { transferTag, lun } = pdus.readyToTransfer.parse((await initiator.receive()).header);
    expect(await manage(initiator, { function: pdus.taskFunctions.abortTask, referencedTag })).toBe(0);
    initiator.sendData(out, { tag: referencedTag, transferTag, offset: 0, lun });
    expect(await initiator.execute(ready)).toMatchObject({ status: 0 });
    expect(recorders[0]?.peek(0, 1)[0]).toBe(0);
  });

  it.each([
    ["a task that is not there", { function: pdus.taskFunctions.abortTask, referencedTag: 77 }, 1],
    ["all tasks of a drive", { function: pdus.taskFunctions.abortTaskSet }, 0],
    ["all tasks of a drive that is not there", { function: 2, lun: Uint8Array.of(0, 9, 0, 0, 0, 0, 0, 0) }, 2],
    ["a task for another connection", { function: pdus.taskFunctions.taskReassign }, 4],
    ["an unknown function", { function: 99 }, 5],
  ] as const)("%s: response %#", async (_, fields, response) => {
    const { port } = await served(quick);
    expect(await manage(await Initiator.login(port), fields)).toBe(response);
  });

  it("counts a command as come that was aborted before it came", async () => {
    const { port } = await served(quick);
    const initiator = await Initiator.login(port);
    const refCmdSn = initiator.cmdSn++;
    const tag = initiator.begin(ready);
    const fields = { function: pdus.taskFunctions.abortTask, referencedTag: 77, refCmdSn };
    expect(await manage(initiator, fields)).toBe(0);
    expect(await initiator.outcome(tag)).toMatchObject({ status: 0 });
  });

  it.each([
    ["a reset of the drive", pdus.taskFunctions.logicalUnitReset, "6/29/03"],
    ["a reset of the target", pdus.taskFunctions.targetWarmReset, "6/29/03"],
    ["CLEAR TASK SET", pdus.taskFunctions.clearTaskSet, "6/2F/00"],
  ])("%s ends what other initiators have under way, and they are told", async (_, kind, sense) => {
    const { port, recorders } = await served(quick);
    const { one, other, finish } = await withHalfAWrite(port);
    expect(await manage(one, { function: kind })).toBe(0);
    finish();
    expect(await other.execute(ready)).toMatchObject({ status: 2, sense });
    expect(await other.execute(ready)).toMatchObject({ status: 0 });
    expect(await one.execute(ready)).toMatchObject({ status: 0 });
    expect(recorders[0]?.peek(0, 1)[0]).toBe(0);
  });

  it("ABORT TASK SET leaves what other initiators have under way", async () => {
    const { port, recorders } = await served(quick);
    const { one, other, tag, finish } = await withHalfAWrite(port);
    expect(await manage(one, { function: pdus.taskFunctions.abortTaskSet })).toBe(0);
    finish();
    expect(await other.outcome(tag)).toMatchObject({ status: 0 });
    expect(recorders[0]?.peek(0, 1)[0]).toBe(1);
  });

  it("a cold reset ends all connections, and says so before", async () => {
    const { port } = await served(quick);
    const [one, other] = [await Initiator.login(port, {}, isid(1)), await Initiator.login(port, {}, isid(2))];
    expect(await manage(one, { function: pdus.taskFunctions.targetColdReset })).toBe(0);
    const { header } = await other.receive();
    expect(pdus.asyncMessage.parse(header)).toMatchObject({ event: pdus.asyncEvents.connectionDropped, first: 1 });
    await Promise.all([one.gone(), other.gone()]);
    expect(await (await Initiator.login(port)).execute(ready)).toMatchObject({ status: 0 });
  });

  it("17 functions at once are more than are taken", async () => {
    const { port } = await served(quick);
    const initiator = await Initiator.login(port);
    const fields = { isImmediate: true, cmdSn: initiator.cmdSn, function: pdus.taskFunctions.abortTaskSet };
    initiator.raw(...Array.from({ length: 17 }, (_, tag) => pdus.taskManagement.build({ ...fields, tag })));
    expect(pdus.reject.parse((await initiator.receive()).header).reason).toBe(pdus.rejectReasons.tooManyImmediate);
    for (let tag = 0; tag < 16; tag++)
      expect(pdus.taskManagementResponse.parse((await initiator.receive()).header).tag).toBe(tag);
  });

  it.each([
    ["a reset of the drive", pdus.taskFunctions.logicalUnitReset],
    ["a reset of the target", pdus.taskFunctions.targetWarmReset],
  ])("%s ends reservations and is told to everybody else", async (_, kind) => {
    const { port } = await served(quick);
    const [one, other] = [await Initiator.login(port, {}, isid(1)), await Initiator.login(port, {}, isid(2))];
    expect(await one.execute(Uint8Array.of(0x16, 0, 0, 0, 0, 0))).toMatchObject({ status: 0 });
    expect(await other.execute(ready)).toMatchObject({ status: 0x18 });
    expect(await manage(other, { function: kind })).toBe(0);
    expect(await other.execute(ready)).toMatchObject({ status: 0 });
    expect(await one.execute(ready)).toMatchObject({ status: 2, sense: "6/29/03" });
    expect(await one.execute(ready)).toMatchObject({ status: 0 });
  });
});

describe("several initiators at one drive", () => {
  it("are each told of a new medium, once", async () => {
    const { port, target, recorders } = await served(quick);
    const all = [await Initiator.login(port, {}, isid(1)), await Initiator.login(port, {}, isid(2))];
    for (const one of all) expect(await one.execute(ready)).toMatchObject({ status: 0 });
    await target.exchange(0, async (old) => recorders[0] ?? old);
    for (const one of all) {
      expect(await one.execute(ready)).toMatchObject({ status: 2, sense: "6/28/00" });
      expect(await one.execute(ready)).toMatchObject({ status: 0 });
    }
  });

  it("hear of modes that another one has changed, and not of those that it could not", async () => {
    const { port } = await served(quick);
    const [one, other] = [await Initiator.login(port, {}, isid(1)), await Initiator.login(port, {}, isid(2))];
    const pages = Uint8Array.of(0x5a, 0, 0x01, 0, 0, 0, 0, 0, 64, 0);
    const { data } = await one.execute(pages, { expectedBytes: 64 });
    const out = Buffer.concat([Buffer.alloc(8), data.subarray(8)]);
    const select = Uint8Array.of(0x55, 0x10, 0, 0, 0, 0, 0, 0, out.length, 0);
    expect((await one.execute(select, { out: out.subarray(0, 5), immediate: 5 })).status).toBe(2);
    expect(await other.execute(ready)).toMatchObject({ status: 0 });
    expect(await one.execute(select, { out, immediate: out.length })).toMatchObject({ status: 0 });
    expect(await other.execute(ready)).toMatchObject({ status: 2, sense: "6/2A/01" });
    expect(await other.execute(ready)).toMatchObject({ status: 0 });
    expect(await one.execute(ready)).toMatchObject({ status: 0 });
  });

  it("are told nothing, and keep the tray shut, where nothing was exchanged", async () => {
    const { port, target } = await served(quick);
    const [one, other] = [await Initiator.login(port, {}, isid(1)), await Initiator.login(port, {}, isid(2))];
    await one.execute(Uint8Array.of(0x1e, 0, 0, 0, 1, 0));
    await target.exchange(0, async () => undefined);
    expect(await other.execute(ready)).toMatchObject({ status: 0 });
    const eject = Uint8Array.of(0x1b, 0, 0, 0, 2, 0);
    expect(await other.execute(eject)).toMatchObject({ status: 2, sense: "5/53/02" });
    one.socket.destroy();
    await expect.poll(async () => (await other.execute(eject)).status).toBe(0);
  });

  it("are told by REQUEST SENSE too, in as many bytes as they asked for", async () => {
    const { port, target } = await served(quick);
    const initiator = await Initiator.login(port);
    await target.exchange(0, async (old) => old);
    const told = await initiator.execute(Uint8Array.of(0x03, 0, 0, 0, 8, 0), { expectedBytes: 18 });
    expect(told).toMatchObject({ status: 0, isUnderflow: true, residualBytes: 10 });
    expect(told.data[2]).toBe(6);
    expect(await initiator.execute(ready)).toMatchObject({ status: 0 });
  });

  it("each hear of a new medium when they ask for events, and only once", async () => {
    const { port, target, recorders } = await served(quick);
    const all = [await Initiator.login(port, {}, isid(1)), await Initiator.login(port, {}, isid(2))];
    const ask = async (one: Initiator, classes: number, bytes = 8): Promise<number | undefined> => {
      const cdb = getEventStatus.build({ polled: true, classes, allocationLength: bytes });
      const { data } = await one.execute(cdb, { expectedBytes: bytes });
      const { event } = eventStatus.parse(data);
      return event?.class === 4 ? event.code : undefined;
    };
    const everything = 0x7e;
    for (const one of all) {
      expect(await ask(one, everything)).toBe(mediaEvents.newMedia);
      expect(await ask(one, 1 << 4)).toBe(mediaEvents.none);
    }
    await recorders[0]?.execute({ cdb: Uint8Array.of(0x1b, 0, 0, 0, 2, 0) });
    await target.exchange(0, async (old) => old);
    const [one, other] = all as [Initiator, Initiator];
    expect(await ask(one, everything)).toBe(mediaEvents.removal);
    expect(await ask(other, 1 << 2)).toBeUndefined();
    // What was cut off has not been told.
    await ask(other, everything, 4).catch(() => undefined);
    expect(await ask(other, everything)).toBe(mediaEvents.removal);
    expect(await ask(other, 1 << 4)).toBe(mediaEvents.none);
  });

  it("wait for the reservation of one, which ends with its connection", async () => {
    const { port } = await served(quick);
    const [one, other] = [await Initiator.login(port, {}, isid(1)), await Initiator.login(port, {}, isid(2))];
    await one.execute(Uint8Array.of(0x56, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    expect(await other.execute(ready)).toMatchObject({ status: 0x18 });
    expect(await other.execute(Uint8Array.of(0x12, 0, 0, 0, 36, 0), { expectedBytes: 36 })).toMatchObject({
      status: 0,
    });
    one.socket.destroy();
    await expect.poll(async () => (await other.execute(ready)).status).toBe(0);
  });

  it("keep the tray shut until the last one lets go", async () => {
    const { port } = await served(quick);
    const [one, other] = [await Initiator.login(port, {}, isid(1)), await Initiator.login(port, {}, isid(2))];
    const [prevent, allow] = [Uint8Array.of(0x1e, 0, 0, 0, 1, 0), Uint8Array.of(0x1e, 0, 0, 0, 0, 0)];
    const eject = Uint8Array.of(0x1b, 0, 0, 0, 2, 0);
    await one.execute(prevent);
    await other.execute(prevent);
    await one.execute(allow);
    expect(await one.execute(eject)).toMatchObject({ status: 2, sense: "5/53/02" });
    other.socket.destroy();
    await expect.poll(async () => (await one.execute(eject)).status).toBe(0);
  });
});

describe("safety", () => {
  it("a target without secrets listens on loopback only", async () => {
    const { recorders } = await served(quick);
    const target = new IscsiTarget(recorders);
    await expect(target.listen({ host: "0.0.0.0", port: 0 })).rejects.toMatchObject({
      code: "iscsi-target/unprotected",
    });
  });
});
