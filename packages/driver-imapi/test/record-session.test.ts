import { appendTrack, type Consequence, createPlugins, type DiscRecorder, type History } from "@multisession/core";
import { createVirtualRecorder, type Fault } from "@multisession/driver-virtual";
import { FileSystemImage, openDisc, recoverDisc } from "@multisession/file-system-image";
import { iso9660 } from "@multisession/iso9660";
import { openMmcRecorder } from "@multisession/mmc";
import { Sequential, sequential } from "@multisession/sequential";
import { afterEach, describe, expect, it } from "vitest";
import { WindowsSession } from "../src/image/windows-session.ts";
import { recordWindowsSession } from "../src/index.ts";
import { SpoolFile } from "../src/writer/spool-file.ts";
import { errorOf } from "./support/drives.ts";

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** A session as Windows' image would have built it: blocks that tell their number. */
async function sessionAt(at: number, blocks = 64): Promise<WindowsSession> {
  const spool = await SpoolFile.create();
  await spool.add(
    at,
    Uint8Array.from({ length: blocks * 2048 }, (_, byte) => byte >> 11),
  );
  await spool.finish();
  const session = new WindowsSession(spool, spool.runs, "id");
  open.push(() => session.close());
  return session;
}

async function discWith(faults: readonly Fault[] = []): Promise<DiscRecorder> {
  const drive = createVirtualRecorder({ medium: "bd-r", capacity: 4096, faults });
  const recorder = await openMmcRecorder(drive.transport(), { uri: "virtual:test" });
  open.push(() => recorder.close());
  return recorder;
}

const empty: History = { condition: "empty", states: [], findings: [] };

function record(
  session: WindowsSession,
  recorder: DiscRecorder,
  history: History = empty,
  close: "session" | "disc" = "session",
  consent: readonly Consequence[] = [],
): Promise<void> {
  const mechanism = new Sequential("sequential", { source: recorder });
  const intent = { kind: "first", close, consent } as const;
  return recordWindowsSession({ session, recorder, mechanism, history, intent });
}

describe("a session of Windows' image on any recorder", () => {
  it("is written where the mechanism says, closed, and read back", async () => {
    const recorder = await discWith();
    await record(await sessionAt(0), recorder);
    const medium = await recorder.medium();
    expect([medium.status, medium.tracks.length]).toEqual(["appendable", 2]);
    expect((await recorder.read(63, 1))[0]).toBe(63);
  });

  it("closes the disc for good only when that is accepted by name", async () => {
    const recorder = await discWith();
    const session = await sessionAt(0);
    expect((await errorOf(record(session, recorder, empty, "disc"))).code).toBe("CONSENT_REQUIRED");
    expect((await recorder.medium()).status).toBe("blank");
    await record(session, recorder, empty, "disc", ["close-disc"]);
    expect((await recorder.medium()).status).toBe("complete");
  });

  it.each([
    ["on a disc that is not empty", 0, 64, { ...empty, condition: "whole" } as History, "NOT_BLANK"],
    ["where the mechanism lets none begin", 32, 64, empty, "OUTSIDE_SPACE"],
    ["that is not whole write units", 0, 33, empty, "OUTSIDE_SPACE"],
    ["for which there is no room", 0, 4064, empty, "DISC_FULL"],
  ])("%s is refused, and nothing is written", async (_, at, blocks, history, code) => {
    const recorder = await discWith();
    expect((await errorOf(record(await sessionAt(at, blocks), recorder, history))).code).toBe(code);
    expect((await recorder.medium({ refresh: true })).status).toBe("blank");
  });

  it("that reads back differently is an error, not a success", async () => {
    const recorder = await discWith([{ fault: "lying" }]);
    expect((await errorOf(record(await sessionAt(0), recorder))).code).toBe("VERIFY_FAILED");
  });

  it("that was interrupted is not ours to recover, and our sessions before it can be read", async () => {
    const sense = { key: 3, asc: 0x0c, ascq: 0 };
    const recorder = await discWith([{ fault: "sense", opcode: 0x2a, at: 600, sense }]);
    const plugins = createPlugins(iso9660(), sequential());
    await using image = await FileSystemImage.open(recorder, plugins);
    await image.addBytes("/ours.txt", Buffer.from("ours"));
    await image.burn(await image.plan({ close: "session" }));
    const { history } = await openDisc(recorder, plugins);
    const next = appendTrack(await recorder.medium())?.next ?? 0;
    const mechanism = new Sequential("sequential", { source: recorder });
    const intent = { kind: "append", base: 0, close: "session", consent: [] } as const;
    const session = await sessionAt(next, 1024);
    const failed = await errorOf(recordWindowsSession({ session, recorder, mechanism, history, intent }));
    expect(failed.code).toBe("WRITE_FAILED");
    expect((await errorOf(recoverDisc(recorder, plugins))).code).toBe("FOREIGN_CONTENT");
    await using shown = await FileSystemImage.open(recorder, plugins, { session: 1 });
    expect((await shown.list("/")).map(({ name }) => name)).toEqual(["ours.txt"]);
  });
});
