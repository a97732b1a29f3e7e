import { afterAll, describe, expect, it } from "vitest";
import { bundleHost } from "./support/bundled-host.ts";
import { burnFile, digestOf, digestsOn } from "./support/burning.ts";
import { driveWith } from "./support/drives.ts";

const host = await bundleHost();
afterAll(() => host[Symbol.dispose]());

const { program } = host;

describe("through the pass-through", () => {
  it.each(["cd-r", "dvd-r", "dvd-rw-ro", "dvd-ram", "dvd+r", "dvd+rw", "bd-r", "bd-re"] as const)(
    "three sessions are burnt on a %s, each of them can be read, and nothing is left behind",
    async (medium) => {
      const { record } = await driveWith(host, medium);
      const files = Array.from({ length: 3 }, (_, index) => Buffer.alloc(90_000 * (index + 1), `file ${index} `));
      for (const [index, file] of files.entries()) {
        const { verification } = await burnFile(program, `${index}.txt`, file);
        expect(verification?.report.outcome).toBe("good");
        expect(record()).toMatchObject({ ledger: { strings: 0, arrays: 0, blocks: 0 }, live: 0 });
      }
      const shown = (session: number) =>
        Object.fromEntries(files.slice(0, session).map((file, index) => [`${index}.txt`, digestOf(file)]));
      expect(await digestsOn(program, [1, 2, 3])).toEqual([shown(1), shown(2), shown(3)]);
    },
  );
});

// The stand-in's writer sets no write parameters, which CD and DVD-R need.
describe("with IMAPI2's own writer", () => {
  it.each(["dvd+r", "dvd+rw", "dvd-ram", "bd-r", "bd-re"] as const)(
    "two sessions are burnt on a %s and read back",
    async (medium) => {
      const { record } = await driveWith(host, medium);
      const driver = { writer: "imapi2", imapi2: { spoolFolder: host.folder } } as const;
      const [first, second] = [Buffer.alloc(900_000, "one "), Buffer.alloc(700_000, "two ")];
      for (const [name, file] of [
        ["one.txt", first],
        ["two.txt", second],
      ] as const)
        expect((await burnFile(program, name, file, { driver })).verification?.report.outcome).toBe("good");
      expect(record()).toMatchObject({ ledger: { strings: 0, arrays: 0, blocks: 0 }, live: 0 });
      const one = { "one.txt": digestOf(first) };
      expect(await digestsOn(program, [1, 2])).toEqual([one, { ...one, "two.txt": digestOf(second) }]);
    },
  );
});
