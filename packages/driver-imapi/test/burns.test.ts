import { readdirSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import type { ImapiOptions } from "../src/index.ts";
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

describe("through the pass-through", () => {
  it("two sessions are burnt by pseudo-overwrite and read back", async () => {
    const { record } = await driveWith(host, "bd-r-pow");
    expect((await burnFile(program, "one.txt", first)).verification?.report.outcome).toBe("good");
    expect((await burnFile(program, "two.txt", second)).verification?.report.outcome).toBe("good");
    expect(record()).toEqual({ calls: ["acquire Burner", "silence", "listen", "release"], ...nothingLeft });
    const one = { "one.txt": digestOf(first) };
    expect(await digestsOn(program, [1, 2])).toEqual([one, { ...one, "two.txt": digestOf(second) }]);
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
