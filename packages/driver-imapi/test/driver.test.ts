import { createPlugins } from "@multisession/core";
import { afterAll, describe, expect, it } from "vitest";
import { findDevice } from "../src/device-name.ts";
import { type DeviceChange, type ImapiRecorder, imapi, watchDevices } from "../src/index.ts";
import { bundleHost } from "./support/bundled-host.ts";
import { driveWith, errorOf } from "./support/drives.ts";

const host = await bundleHost();
afterAll(() => host[Symbol.dispose]());

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

  it("may be blocked for long while the application goes on", async () => {
    await driveWith(host, "bd-r", { faults: [{ opcode: WRITE, nth: 1, blocks: 300 }] });
    await using recorder = await open();
    await recorder.medium();
    let ticks = 0;
    const timer = setInterval(() => ticks++, 5);
    await recorder.write(0, new Uint8Array(32 * 2048));
    clearInterval(timer);
    // A blocked loop ticks once; a busy machine much less often than every 5 ms.
    expect(ticks).toBeGreaterThan(5);
  });
});
