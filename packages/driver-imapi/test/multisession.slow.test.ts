import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { IMultisession, IMultisessionRandomWrite, IMultisessionSequential2 } from "@multisession/core";
import { FileSystemImage } from "@multisession/file-system-image";
import { RandomWrite, randomWrite } from "@multisession/random-write";
import { Sequential, sequential } from "@multisession/sequential";
import { afterAll, describe, expect, it } from "vitest";
import { type ImapiRecorder, imapiRandomWrite, imapiSequential, recordWindowsSession } from "../src/index.ts";
import { bundleHost } from "./support/bundled-host.ts";
import { burnFile, pluginsFor } from "./support/burning.ts";
import { driveWith, errorOf } from "./support/drives.ts";

const host = await bundleHost();
afterAll(() => host[Symbol.dispose]());

const { program, folder } = host;
const open = async () => (await pluginsFor(program).open("imapi:D:")) as ImapiRecorder;
const file = join(folder, "source.txt");
writeFileSync(file, "what Windows reads".padEnd(2048, "\0"));
const nothingLeft = { ledger: { strings: 0, arrays: 0, blocks: 0 }, live: 0 };

describe("the drive's multisession objects as mechanisms", () => {
  it("sequential: names and values are those of IMAPI2's object, and of our own mechanism", async () => {
    const { record } = await driveWith(host, "bd-r");
    await burnFile(program, "one.txt", Buffer.alloc(100_000));
    const recorder = await open();
    const context = { source: recorder };
    const theirs = imapiSequential(sequential()).create(context) as IMultisessionSequential2;
    const ours = sequential().create(context) as IMultisessionSequential2;
    expect(theirs.id).toBe("imapi-sequential");
    expect(await theirs.isSupportedOnCurrentMediaState()).toBe(true);
    for (const name of [
      "isFirstDataSession",
      "startAddressOfPreviousSession",
      "lastWrittenAddressOfPreviousSession",
      "nextWritableAddress",
      "freeSectorsOnMedia",
      "writeUnitSize",
    ] as const)
      expect([name, await theirs[name]]).toEqual([name, await ours[name]]);
    await recorder.close();
    expect(record()).toMatchObject(nothingLeft);
  });

  it("random-write: what the drive does not say is an error with IMAPI2's E_NOTIMPL behind it", async () => {
    await driveWith(host, "dvd+rw");
    await burnFile(program, "one.txt", Buffer.alloc(100_000));
    await using recorder = await open();
    const theirs = imapiRandomWrite(randomWrite()).create({ source: recorder }) as IMultisessionRandomWrite;
    expect(await theirs.isSupportedOnCurrentMediaState()).toBe(true);
    expect(await theirs.totalSectorsOnMedia).toBe((await recorder.medium()).capacity);
    expect(await theirs.writeUnitSize).toBe(16);
    expect((await errorOf(theirs.lastWrittenAddress)).code).toBe("UNSUPPORTED_INTENT");
    const other = imapiSequential(sequential()).create({ source: recorder }) as IMultisessionSequential2;
    expect(await other.isSupportedOnCurrentMediaState()).toBe(false);
    expect(await errorOf(other.nextWritableAddress)).toMatchObject({
      code: "NOT_WRITABLE",
      imapi: { name: "E_IMAPI_DF2DATA_INVALID_MEDIA_STATE" },
    });
  });

  it("is never chosen untold, and burns a session when it is marked as in use", async () => {
    const { record } = await driveWith(host, "bd-r");
    const plugins = pluginsFor(program, {}, imapiSequential(sequential()));
    for (const mechanism of [undefined, "imapi-sequential"]) {
      await using recorder = await plugins.open("imapi:D:");
      await using image = await FileSystemImage.open(recorder, plugins, mechanism === undefined ? {} : { mechanism });
      expect(image.mechanism.id).toBe(mechanism ?? "sequential");
      await image.addBytes(`/${mechanism}.txt`, Buffer.alloc(5000));
      expect((await image.burn(await image.plan())).verification?.report.outcome).toBe("good");
    }
    expect(record()).toMatchObject(nothingLeft);
  });

  it("another recorder has none", async () => {
    await driveWith(host, "bd-r");
    await using recorder = await open();
    const { uri, medium, read } = recorder;
    const source = { uri, medium, read };
    expect(() => imapiSequential(sequential()).create({ source })).toThrow(/is no Windows drive/);
  });
});

describe("our mechanisms given to Windows' image", () => {
  const context = (recorder: ImapiRecorder) => ({ source: recorder });

  it("the image builds where the mechanism says, and the mechanism records it: two sessions", async () => {
    const { record } = await driveWith(host, "bd-r");
    const recorder = await open();
    const mechanism = new Sequential("sequential", context(recorder));
    const begun = await recorder.windowsImage({ volumeName: "FIRST" });
    expect(begun).toMatchObject({ imported: undefined, fileSystems: ["iso9660", "joliet"], sessionStart: 0 });
    await begun.addFile("/one.txt", file);
    const first = await begun.build();
    const history = await mechanism.history(await recorder.medium(), []);
    const intent = { kind: "first", close: "session", consent: [] } as const;
    await recordWindowsSession({ recorder, mechanism, session: first, history, intent });
    await first.close();
    await begun.close();
    const next = await mechanism.nextWritableAddress;
    expect(next).toBeGreaterThan(0);

    mechanism.inUse = true;
    const image = await recorder.windowsImage({ multisessionInterfaces: [mechanism] });
    expect(image).toMatchObject({ imported: "udf", sessionStart: next });
    await image.addFile("/sub/two.txt", file);
    await image.remove("/one.txt");
    const second = await image.build();
    expect(second.runs).toEqual([{ at: next, blocks: 32 }]);
    expect(second.discId).toBe("disc with 1");
    await recorder.writeWindowsSession(second);
    expect(Buffer.from(await recorder.read(next, 1)).toString()).toMatch(/^\{"sub\\\\two.txt":"what Windows reads"\}/);
    await second.close();
    await image.close();
    await recorder.close();
    expect(record()).toMatchObject(nothingLeft);
  });

  it("an overwritable disc gets only the blocks that changed, in their order", async () => {
    const { record } = await driveWith(host, "dvd+rw");
    await burnFile(program, "one.txt", Buffer.alloc(3_000_000));
    const recorder = await open();
    await recorder.write(256, Buffer.from("{}".padEnd(32 * 2048, "\0")));
    await recorder.flush();
    const mechanism = new RandomWrite("random-write", context(recorder));
    const image = await recorder.windowsImage({ multisessionInterfaces: [mechanism] });
    await image.addTree("C:\\photos", { withFolder: true });
    const session = await image.build();
    expect(session.runs).toEqual([
      { at: 1024, blocks: 32 },
      { at: 256, blocks: 32 },
    ]);
    const before = await recorder.read(320, 32);
    await recorder.writeWindowsSession(session);
    for (const at of [256, 1024])
      expect(Buffer.from(await recorder.read(at, 1)).toString()).toContain('"tree C:\\\\photos":"true"');
    expect(await recorder.read(320, 32)).toEqual(before);
    const history = { condition: "empty", states: [], findings: [] } as const;
    const intent = { kind: "first", close: "session", consent: [] } as const;
    const refused = recordWindowsSession({ session, recorder, mechanism, history, intent });
    expect((await errorOf(refused)).code).toBe("OUTSIDE_SPACE");
    await session.close();
    await image.close();
    await recorder.close();
    expect(record()).toMatchObject(nothingLeft);
  });

  it("the drive's own objects can be given too", async () => {
    await driveWith(host, "bd-r");
    await using recorder = await open();
    const error = await errorOf(recorder.windowsImage({ multisessionInterfaces: "drive" }));
    expect(error).toMatchObject({ code: "IMPORT_SEEK_FAILURE", imapi: { name: "IMAPI_E_IMPORT_SEEK_FAILURE" } });
  });

  it.each([
    ["two that are marked", [true, true], "imapi/invalid-param", "IMAPI_E_INVALID_PARAM"],
    ["none that fits", [false], "NO_COMPATIBLE_MULTISESSION_TYPE", "IMAPI_E_NO_COMPATIBLE_MULTISESSION_TYPE"],
    [
      "one that is marked and does not fit",
      [true],
      "INCOMPATIBLE_MULTISESSION_TYPE",
      "IMAPI_E_INCOMPATIBLE_MULTISESSION_TYPE",
    ],
  ])("%s are refused as IMAPI2 refuses them", async (_, marks, code, name) => {
    await driveWith(host, "dvd+rw");
    await using recorder = await open();
    const mechanisms = marks.map((inUse): IMultisession => {
      const mechanism = new Sequential("sequential", context(recorder));
      mechanism.inUse = inUse;
      return mechanism;
    });
    const error = await errorOf(recorder.windowsImage({ multisessionInterfaces: mechanisms }));
    expect(error).toMatchObject({ code, imapi: { name } });
  });

  it("failures of the image have codes and advice", async () => {
    await driveWith(host, "bd-r");
    await using recorder = await open();
    await using image = await recorder.windowsImage();
    await image.addFile("/one.txt", file);
    expect(await errorOf(image.addFile("/one.txt", file))).toMatchObject({ code: "ITEM_EXISTS" });
    expect(await errorOf(image.remove("/two.txt"))).toMatchObject({ code: "ITEM_NOT_FOUND" });
    await (await image.build()).close();
    expect(await errorOf(image.addDirectory("/late"))).toMatchObject({
      code: "imapi/readonly",
      imapi: { name: "IMAPI_E_READONLY", hresult: 0xc0aab102 },
    });
    expect((await errorOf(recorder.windowsImage({ volumeName: "MUCH TOO LONG A NAME" }))).code).toBe(
      "INVALID_VOLUME_NAME",
    );
  });
});
