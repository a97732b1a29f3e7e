import { afterAll, describe, expect, it } from "vitest";
import { type ImapiRecorder, imapi } from "../src/index.ts";
import { bundleHost } from "./support/bundled-host.ts";
import { driveWith, errorOf } from "./support/drives.ts";

const host = await bundleHost();
afterAll(() => host[Symbol.dispose]());

const driver = imapi({ client: "Burner 1.0", hostProgram: host.program }).create();
const open = () => driver.open("imapi:D:") as Promise<ImapiRecorder>;
const WRITE = 0x2a;

describe("a drive", () => {
  it("of an empty drive works, and its disc is missing", async () => {
    await driveWith(host, "bd-r", { faults: [{ opcode: 0x00, nth: 1, hresult: 0xc0aa0202 }] });
    await using recorder = await open();
    expect(await errorOf(recorder.medium())).toMatchObject({
      code: "NO_MEDIUM",
      imapi: { name: "E_IMAPI_RECORDER_MEDIA_NO_MEDIA", hresult: 0xc0aa0202 },
      retry: "after-change",
    });
  });

  it("ejects and loads", async () => {
    const { record } = await driveWith(host, "bd-r");
    const recorder = await open();
    await recorder.eject();
    await recorder.load();
    await recorder.close();
    expect(record().calls).toEqual(["eject", "load"]);
  });

  it("can be taken and given back by the application, and is taken again for the next change", async () => {
    const { record } = await driveWith(host, "bd-r");
    const recorder = await open();
    expect(await recorder.exclusiveAccessOwner()).toBeUndefined();
    await recorder.acquire();
    await recorder.acquire();
    expect(await recorder.exclusiveAccessOwner()).toBe("Burner 1.0");
    await recorder.release();
    await recorder.release();
    await recorder.write(0, new Uint8Array(32 * 2048));
    await recorder.flush();
    await recorder.close();
    const once = ["acquire Burner 1.0", "silence", "listen", "release"];
    expect(record().calls).toEqual([...once, ...once]);
  });
});

describe("the pass-through", () => {
  it("aligns its buffers as the drive asks, and fills its largest transfer", async () => {
    await driveWith(host, "bd-r", { alignmentMask: 511, maxTransferBytes: 131_072 });
    await using recorder = await open();
    const data = Uint8Array.from({ length: 128 * 2048 }, (_, at) => (at >> 11) & 0xff);
    await recorder.write(0, data);
    await recorder.flush();
    expect(Buffer.from(await recorder.read(0, 128)).equals(data)).toBe(true);
  });

  it("hands on sense data, decoded", async () => {
    await driveWith(host, "bd-r");
    await using recorder = await open();
    const { capacity } = await recorder.medium();
    expect(await errorOf(recorder.read(capacity, 1))).toMatchObject({
      code: "READ_FAILED",
      sense: { key: 5, asc: 0x21, ascq: 0 },
    });
  });

  it("reports an HRESULT that nobody knows by its number", async () => {
    await driveWith(host, "bd-r", { faults: [{ opcode: WRITE, nth: 1, hresult: 0x8badf00d }] });
    await using recorder = await open();
    const error = await errorOf(recorder.write(0, new Uint8Array(32 * 2048)));
    expect(error.code).toBe("COMMAND_FAILED");
    expect(error.message).toContain("0x8BADF00D from IDiscRecorder2Ex::SendCommandSendDataToDevice");
  });
});

describe("the process of a drive", () => {
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
