import type { RecordedEntry, RecordedVolume } from "@multisession/core";
import { type Iso9660Options, iso9660 } from "@multisession/iso9660";
import fc from "fast-check";
import { expect, it } from "vitest";
import { FileSystemImage, openDisc, verifyDisc } from "../src/index.ts";
import { insert, media, pluginsOf, type TestDisc } from "./discs.ts";
import { apply, edit, perform, plain, type Reference, sorted } from "./edit-model.ts";
import { contentsOf } from "./reading.ts";

const settings: readonly Iso9660Options[] = [
  { sessions: "delta", checkpointEvery: 4 },
  { sessions: "delta", checkpointEvery: 3, level: 4, rockRidge: "1.12" },
  { sessions: "delta", checkpointEvery: 5, joliet: false },
];

const session = fc.record({ script: fc.array(edit, { minLength: 1, maxLength: 6 }), isWalked: fc.boolean() });

/** Paths that one hierarchy of the newest session shows, folders with a slash. */
async function pathsBy(
  source: "joliet" | "enhanced",
  { recorder }: TestDisc,
  options: Iso9660Options,
): Promise<string[]> {
  const volume = await (await openDisc(recorder, pluginsOf(iso9660({ ...options, prefer: [source] })))).volume();
  expect(volume.findings).toEqual([]);
  return (await pathsIn(volume, volume.root, "")).toSorted();
}

async function pathsIn(volume: RecordedVolume, entry: RecordedEntry, path: string): Promise<string[]> {
  if (entry.kind !== "directory") return [path];
  const paths = path === "" ? [] : [`${path}/`];
  for (const child of await volume.list(entry)) paths.push(...(await pathsIn(volume, child, `${path}/${child.name}`)));
  return paths;
}

it("sessions that share folders show what was recorded, in every hierarchy, for any edits in any number of sessions", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(session, { minLength: 2, maxLength: 6 }),
      fc.constantFrom(...settings),
      fc.constantFrom(...media),
      async (sessions, options, { disc }) => {
        const test = await insert(disc);
        const plugins = pluginsOf(iso9660(options));
        const first = await FileSystemImage.open(test.recorder, plugins, { volumeName: "V" });
        let reference: Reference = new Map([
          ["/a/", ""],
          ["/a/a", "1"],
          ["/a/b/", ""],
          ["/a/b/c", "2"],
          ["/b/", ""],
          ["/b/a/", ""],
          ["/b/a/a", "3"],
          ["/c", "4"],
        ]);
        for (const [path, text] of reference) if (!path.endsWith("/")) await first.addBytes(path, Buffer.from(text));
        await first.burn(await first.plan(), { verify: false });
        const states: Reference[] = [reference];
        for (const { script, isWalked } of sessions) {
          const image = await FileSystemImage.open(test.recorder, plugins);
          if (isWalked) await contentsOf(image);
          for (const step of script) {
            const next = apply(reference, step);
            expect(await perform(image, step)).toBe(next !== undefined);
            reference = next ?? reference;
          }
          await image.burn(await image.plan());
          states.push(reference);
        }
        const { history } = await openDisc(test.recorder, plugins);
        expect(history.states).toHaveLength(states.length);
        for (const [index, state] of states.entries()) {
          const image = await FileSystemImage.open(test.recorder, plugins, { session: index + 1 });
          expect(sorted(await contentsOf(image))).toEqual(plain(state));
          expect(image.findings).toEqual([]);
        }
        const shown = [...reference].filter(([, text]) => !text.startsWith("-> ")).map(([path]) => path);
        if (options.joliet !== false) expect(await pathsBy("joliet", test, options)).toEqual(shown.toSorted());
        if (options.level === 4) expect(await pathsBy("enhanced", test, options)).toEqual(shown.toSorted());
        const { reports } = await verifyDisc(test.recorder, plugins);
        for (const { faults } of reports) expect(faults).toEqual([]);
      },
    ),
    { numRuns: 8 },
  );
}, 60_000);
