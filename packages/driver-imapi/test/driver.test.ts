import { readdirSync } from "node:fs";
import { createPlugins } from "@multisession/core";
import { afterAll, describe, expect, it } from "vitest";
import { findDevice } from "../src/device-name.ts";
import { type DeviceChange, type ImapiOptions, type ImapiRecorder, imapi, watchDevices } from "../src/index.ts";
import { bundleHost } from "./support/bundled-host.ts";
import { burnFile, digestOf, digestsOn } from "./support/burning.ts";
import { driveWith, errorOf } from "./support/drives.ts";

const host = await bundleHost();
afterAll(() => host[Symbol.dispose]());

const { program } = host;
const first = Buffer.alloc(100_000, "one ");
const second = Buffer.alloc(70_000, "two ");
const nothingLeft = { ledger: { strings: 0, arrays: 0, blocks: 0 }, live: 0 };
const ownWriter: ImapiOptions = { writer: "imapi2", imapi2: { spoolFolder: host.folder } };
const driver = imapi({ client: "Burner 1.0", hostProgram: host.program }).create();
const open = (name = "imapi:D:") => driver.open(name) as Promise<ImapiRecorder>;
const READ_DISC_INFORMATION = 0x51;
const WRITE = 0x2a;

describe("the list of drives", () => {
  it("names each drive by its letter and tells its identity", async () => {
    host.play({
      devices: [
        { id: "first", paths: ["D:\\", "C:\\mnt\\disc\\"] },
        { id: "second", paths: [] },
      ],
    });
    expect(await driver.list()).toEqual([
      { uri: "imapi:D:", text: "D: C:\\mnt\\disc MSESSION STAND-IN Ä中 0001" },
      { uri: "imapi:second", text: "MSESSION STAND-IN Ä中 0001" },
    ]);
  });

  it("tells of drives that are plugged in and out", async () => {
    host.play({ devices: [], arriving: [{ id: "guest", paths: ["G:\\"] }] });
    const changes: DeviceChange[] = [];
    await using _ = await watchDevices((change) => changes.push(change), { hostProgram: host.program });
    await expect.poll(() => changes.length).toBe(2);
    expect(changes.map(({ change, id }) => [change, id])).toEqual([
      ["added", "guest"],
      ["removed", "guest"],
    ]);
  });
});

describe("opening a drive", () => {
  const names = [
    "imapi:D:",
    "imapi:d:\\",
    "D:",
    "d:/",
    "imapi:C:\\mnt\\disc",
    "imapi:\\\\?\\cdrom#one",
    "imapi:\\\\?\\Volume{1}",
  ];
  it.each(names)("%s names the drive", (name) => {
    const known = { vendor: "", product: "", revision: "", canLoad: true };
    const other = { ...known, id: "\\\\?\\cdrom#two", volume: "\\\\?\\Volume{2}\\", paths: ["E:\\"] };
    const one = { ...known, id: "\\\\?\\cdrom#one", volume: "\\\\?\\Volume{1}\\", paths: ["D:\\", "C:\\mnt\\disc\\"] };
    expect(findDevice([other, one], name)).toBe(one);
    expect(findDevice([other], name)).toBeUndefined();
  });

  it("gives its identity, and a URI with its letter", async () => {
    await driveWith(host, "bd-r", { paths: ["D:\\", "C:\\mnt\\disc\\"] });
    await using recorder = await open("imapi:C:\\mnt\\disc");
    expect(recorder.uri).toBe("imapi:D:");
    expect(recorder.device).toMatchObject({ id: "\\\\?\\cdrom#stand-in", canLoad: true, product: "STAND-IN Ä中" });
  });

  it.each(["Burner™", "", "a".repeat(64)])("the client's name %j is the caller's mistake", (client) => {
    expect(() => imapi({ client })).toThrow(TypeError);
  });

  it("on another system than Windows is an error that says so", async () => {
    const error = await errorOf(createPlugins(imapi()).open("imapi:D:"));
    expect(error).toMatchObject({ code: "UNKNOWN_DEVICE", subject: "imapi:D:" });
    expect(error.message).toBe(`imapi:D: is a drive of Windows, and this is ${process.platform}.`);
    expect(await imapi().create().list()).toEqual([]);
    expect(await imapi().create().claims("D:")).toBe(false);
    const watching = await errorOf(watchDevices(() => {}));
    expect(watching.code).toBe("UNKNOWN_DEVICE");
    expect(watching.message).toBe(`Drives that come and go are told of by Windows, and this is ${process.platform}.`);
  });
});

describe("exclusive access", () => {
  it("is taken before the disc is changed, not for reading, and given back with everything else", async () => {
    const { record } = await driveWith(host, "bd-r");
    const reader = await open();
    await reader.medium();
    await reader.close();
    expect(record()).toEqual({ calls: [], ledger: { strings: 0, arrays: 0, blocks: 0 }, live: 0 });

    const writer = await open();
    await writer.medium();
    await writer.write(0, new Uint8Array(32 * 2048));
    await writer.flush();
    await writer.close();
    expect(record()).toEqual({
      calls: ["acquire Burner 1.0", "silence", "listen", "release"],
      ledger: { strings: 0, arrays: 0, blocks: 0 },
      live: 0,
    });
  });

  it("that another program has is an error that names the program", async () => {
    await driveWith(host, "bd-r", { owner: "Other Burner 7" });
    await using recorder = await open();
    await recorder.medium();
    expect(await errorOf(recorder.write(0, new Uint8Array(32 * 2048)))).toMatchObject({
      code: "BUSY",
      message: "imapi:D: is held by the program “Other Burner 7”. (E_ACCESSDENIED)",
      advice: "Wait until “Other Burner 7” is done, or close it.",
      imapi: { hresult: 0x80070005 },
    });
  });
});

describe("the pass-through", () => {
  it("reports a drive that is gone in mid-write as lost, and closes all the same", async () => {
    const { record } = await driveWith(host, "bd-r", { faults: [{ opcode: WRITE, nth: 2, hresult: 0x80070037 }] });
    const recorder = await open();
    await recorder.write(0, new Uint8Array(32 * 2048));
    expect(await errorOf(recorder.write(32, new Uint8Array(32 * 2048)))).toMatchObject({
      code: "RECORDER_LOST",
      imapi: { name: "ERROR_DEV_NOT_EXIST", hresult: 0x80070037 },
    });
    await recorder.close();
    expect(record().ledger).toEqual({ strings: 0, arrays: 0, blocks: 0 });
  });
});

describe("the process of a drive", () => {
  it("takes a crash of native code with it, and not the application", async () => {
    await driveWith(host, "bd-r", { faults: [{ opcode: READ_DISC_INFORMATION, nth: 1, crash: true }] });
    const recorder = await open();
    const error = await errorOf(recorder.medium());
    expect(error.code).toBe("RECORDER_LOST");
    expect(error.message).toMatch(/^The process that works with the recorder imapi:D: ended unexpectedly \((SIG|exit)/);
    expect((await errorOf(recorder.read(0, 1))).code).toBe("RECORDER_LOST");
    await recorder.close();
  });
});

describe("with IMAPI2's own writer", () => {
  it("two sessions are burnt and read back", async () => {
    const { record } = await driveWith(host, "bd-r");
    expect((await burnFile(program, "one.txt", first, { driver: ownWriter })).outcome).toBe("done");
    const report = await burnFile(program, "two.txt", second, { driver: ownWriter });
    expect(report).toMatchObject({ outcome: "done", verification: { report: { outcome: "good" } } });
    expect(record()).toEqual({
      calls: ["acquire Burner", "silence", "write for Burner, verify 0, speed -1", "listen", "release"],
      ...nothingLeft,
    });
    const one = { "one.txt": digestOf(first) };
    expect(await digestsOn(program, [1, 2])).toEqual([one, { ...one, "two.txt": digestOf(second) }]);
    expect(readdirSync(host.folder).filter((name) => name.startsWith("multisession-"))).toEqual([]);
  });

  it("what it cannot carry out exactly is refused before the first write", async () => {
    const { record } = await driveWith(host, "bd-r-pow");
    const error = await errorOf(burnFile(program, "one.txt", first, { driver: ownWriter }));
    expect(error.code).toBe("NOT_EXECUTABLE");
    expect(error.message).toMatch(/^IMAPI2's own writer cannot carry out this plan\. It cannot reserve a track\./);
    expect(record().calls).toEqual([]);
  });

  it("a failure in mid-burn has a code of ours and IMAPI2's name", async () => {
    const [hresult, code, name] = [0x80070037, "RECORDER_LOST", "ERROR_DEV_NOT_EXIST"] as const;
    const { record } = await driveWith(host, "bd-r", { writer: { failure: { afterBlocks: 64, hresult } } });
    const error = await errorOf(burnFile(program, "one.txt", first, { driver: ownWriter }));
    expect(error).toMatchObject({ code, imapi: { name, hresult } });
    expect(record()).toMatchObject(nothingLeft);
  });
});
