import * as driverVirtual from "@multisession/driver-virtual";
import { describe, expect, it } from "vitest";
import { damagedSession, fuzz, randomFrom } from "../fuzz/fuzz.mjs";
import { ask, withStand } from "../fuzz/stand.mjs";
import * as iscsiTarget from "../src/index.ts";
import * as pdus from "../src/pdu.ts";
import { Initiator } from "./initiator.ts";
import { served } from "./served.ts";

const quick = { limits: { logoutTime: 100 } };

describe("hostile input", () => {
  it("416 damaged sessions do not break the target, its other connections or the disc", async () => {
    const play = (stand: Parameters<Parameters<typeof withStand>[1]>[0]): Promise<number> =>
      fuzz(stand, { seed: 1, isOver: (done) => done >= 416 });
    expect(await withStand({ iscsiTarget, driverVirtual }, play)).toBe(416);
  });

  it("damaged sessions are the same for a seed, and others for another one", () => {
    const bytes = (seed: number): Buffer => Buffer.concat(damagedSession(randomFrom(seed)));
    expect(bytes(5).equals(bytes(5))).toBe(true);
    expect(bytes(5).equals(bytes(6))).toBe(false);
  });

  it("silent connections keep nobody out: the oldest of them makes room, and who has logged in stays", async () => {
    const { port, target } = await served(quick);
    const first = await Initiator.login(port);
    const silent = await Promise.all(Array.from({ length: 63 }, () => Initiator.connect(port)));
    await expect.poll(() => target.connections).toBe(64);
    const late = await Initiator.login(port, {}, Uint8Array.of(0x80, 0, 0, 0, 0, 2));
    expect(silent.filter(({ isClosed }) => isClosed)).toHaveLength(1);
    for (const one of [first, late]) expect((await one.execute(new Uint8Array(6))).status).toBe(0);
    for (const one of silent) one.socket.destroy();
  });

  it("of 200 connections as many are taken as are allowed, and the target answers when they are gone", async () => {
    const { port, target } = await served(quick);
    const all = await Promise.all(Array.from({ length: 200 }, () => Initiator.connect(port)));
    await expect.poll(() => target.connections).toBe(64);
    for (const one of all) one.socket.destroy();
    await expect.poll(() => target.connections).toBe(0);
    await ask(port);
  });

  it.each([
    ["a segment of 16 MiB before the login", [0x43, 0x87, 0, 0, 0, 0xff, 0xff, 0xff]],
    ["all additional headers that there can be", [0x43, 0x87, 0, 0, 0xff, 0xff, 0xff, 0xff]],
    ["a command before the login", [0x01, 0x81, 0, 0, 0, 0, 0, 0]],
  ])("%s ends the connection", async (_, start) => {
    const { port } = await served(quick);
    const initiator = await Initiator.connect(port);
    initiator.raw(Uint8Array.from({ length: 48 }, (__, at) => start[at] ?? 0));
    await initiator.gone();
    await ask(port);
  });

  it.each([
    [
      "the login",
      (i: Initiator) => pdus.loginRequest.build({ isImmediate: true, continues: true, stage: 1, isid: i.isid }),
    ],
    ["a negotiation", (i: Initiator) => pdus.textRequest.build({ isImmediate: true, continues: true, cmdSn: i.cmdSn })],
  ])("the text of %s comes in so many pieces, and not in more", async (during, piece) => {
    const { port } = await served(quick);
    const initiator = during === "the login" ? await Initiator.connect(port) : await Initiator.login(port);
    for (let count = 0; count < 200; count++) initiator.send(piece(initiator));
    await initiator.gone();
    await ask(port);
  });

  it("a write of 4 GiB is refused without asking for its data", async () => {
    const { port } = await served(quick);
    const initiator = await Initiator.login(port);
    const cdb = Uint8Array.of(0x2a, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0);
    const fields = { isFinal: true, writes: true, tag: 5, expectedBytes: 0xffff_ffff, cdb, cmdSn: initiator.cmdSn++ };
    initiator.send(pdus.scsiCommand.build(fields));
    expect(await initiator.outcome(5)).toMatchObject({ status: 2, sense: "5/24/00" });
  });

  it("an initiator that asks for much and reads nothing holds a bounded amount, and nobody else up", async () => {
    const { port } = await served(quick);
    const greedy = await Initiator.login(port, {}, Uint8Array.of(0x80, 0, 0, 0, 0, 3));
    greedy.socket.pause();
    const before = process.memoryUsage().arrayBuffers;
    for (let count = 0; count < 32; count++)
      greedy.begin(Uint8Array.of(0x28, 0, 0, 0, 0, 0, 0, 0x08, 0), { expectedBytes: 2048 * 2048 });
    for (let count = 0; count < 10; count++) await ask(port);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 2 ** 20);
  });

  it("a connection that is lost in the middle of a write leaves the drive to others", async () => {
    const { port, recorders } = await served(quick);
    const initiator = await Initiator.login(port, { ImmediateData: "No" });
    initiator.begin(Uint8Array.of(0x2a, 0, 0, 0, 0, 0, 0, 0, 4), { out: new Uint8Array(8192).fill(1) });
    await initiator.receive();
    initiator.socket.destroy();
    await ask(port);
    expect(recorders[0]?.peek(0, 1)[0]).toBe(0);
  });
});
