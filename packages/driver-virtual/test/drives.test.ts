import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  captureDocument,
  captureOf,
  configuration,
  type DriveCapture,
  type DriveQuirks,
  getConfiguration,
  openMmcRecorder,
} from "@multisession/mmc";
import { describe, expect, it } from "vitest";
import {
  createDisc,
  createVirtualRecorder,
  type DiscOptions,
  driveProfiles,
  openDisc,
  type StateRecord,
  type VirtualMediumId,
  type VirtualRecorder,
} from "../src/index.ts";
import { Initiator } from "./support/initiator.ts";
import { closedSession, usedDisc } from "./support/used-disc.ts";

async function captureFrom(recorder: VirtualRecorder): Promise<DriveCapture> {
  await using opened = await openMmcRecorder(recorder.transport(), { uri: "virtual:test" });
  return await opened.capture();
}

/** A disc of each profile that drives were captured with; profile 14h and 1Bh as they show the most. */
const discs: Readonly<Record<string, DiscOptions>> = {
  "0009": { medium: "cd-r" },
  "000A": { medium: "cd-rw" },
  "0011": { medium: "dvd-r" },
  "0012": { medium: "dvd-ram" },
  "0013": { medium: "dvd-rw-ro" },
  "0014": { medium: "dvd-rw" },
  "001A": { medium: "dvd+rw" },
  "001B": { medium: "dvd+r" },
  "002B": { medium: "dvd+r-dl" },
  "0041": { medium: "bd-r" },
  "0043": { medium: "bd-re", formatted: true },
};

/** What must have been done to a disc before some quirks can be seen. */
const seenWhen: Readonly<Partial<Record<keyof DriveQuirks, readonly StateRecord[]>>> = {
  unsetCapacity: closedSession(1, 132_800),
  unsetTrackSize: [...closedSession(1, 132_800), { is: "finalize" }],
  zeroTrackSize: [...closedSession(1, 132_800), { is: "finalize" }],
};
/** Quirks that need a command that a capture never sends, or a disc that it does not make. */
const unseen = { busyInformation: undefined, writeAfterFormat: undefined, withoutLastRecorded: undefined };

describe("drive profiles", () => {
  it("have names of their own, and are captures that the schema takes", () => {
    expect(new Set(driveProfiles.map(({ id }) => id)).size).toBe(driveProfiles.length);
    for (const { id, text, ...profile } of driveProfiles) {
      expect(captureOf(JSON.parse(JSON.stringify(captureDocument(profile)))), id).toEqual(profile);
      expect(text).not.toBe("");
    }
  });

  const cases = driveProfiles.flatMap((drive) => drive.media.map((medium) => ({ drive, medium, name: drive.id })));

  it.each(cases)(
    "a capture of $name with a disc of profile $medium.profile gives that profile",
    async ({ drive, medium }) => {
      const { quirks, ...rest } = medium;
      const records = Object.keys(quirks ?? {}).flatMap((quirk) => seenWhen[quirk as keyof DriveQuirks] ?? []);
      const disc = discs[medium.profile] as DiscOptions;
      const { recorder } = usedDisc({ ...disc, drive }, ...records);
      const { identity, profiles, features, media } = await captureFrom(recorder);
      expect({ identity, profiles }).toEqual({ identity: drive.identity, profiles: drive.profiles });
      if (drive.features !== undefined) expect(features).toMatchObject(drive.features);
      expect(media).toHaveLength(1);
      expect(media[0]).toMatchObject(rest);
      const { unformattedSpare: _, ...seen } = media[0]?.quirks ?? {};
      const { unformattedSpare, ...all } = { ...quirks, ...unseen };
      expect(seen).toEqual(JSON.parse(JSON.stringify(all)));
      if (unformattedSpare !== undefined) expect(media[0]?.quirks).toMatchObject({ unformattedSpare });
    },
  );

  it.each(cases)(
    "a drive made from the capture of $name gives that very capture again ($medium.profile)",
    async ({ drive, medium }) => {
      const disc = discs[medium.profile] as DiscOptions;
      const first = await captureFrom(createVirtualRecorder({ ...disc, drive }));
      expect(JSON.stringify(captureDocument(first))).not.toContain(Buffer.from("000000000001").toString("hex"));
      const loaded = captureOf(JSON.parse(JSON.stringify(captureDocument(first))));
      expect(loaded).toEqual(first);
      expect(await captureFrom(createVirtualRecorder({ ...disc, drive: loaded }))).toEqual(first);
    },
  );

  it("a drive lists no features of media that it does not know", () => {
    const host = new Initiator(createVirtualRecorder({ medium: "dvd+r", drive: "nec-nd-1300a" }));
    const { features } = configuration.parse(host.data(getConfiguration.build({ allocationLength: 4096 })));
    const codes = features.map(({ code }) => code);
    expect(codes).toContain(0x2b);
    for (const code of [0x38, 0x40, 0x41]) expect(codes).not.toContain(code);
  });

  it("no disc is made with a drive that does not know it, or that is not there", async () => {
    expect(() => createVirtualRecorder({ medium: "bd-r", drive: "nec-nd-1300a" })).toThrow(/does not know bd-r/);
    expect(() => createVirtualRecorder({ medium: "bd-r", drive: "floppy" })).toThrow(/hl-dt-st-wh16ns40/);
    await expect(createDisc("/nowhere/x.disc", { medium: "cd-r", drive: "no" })).rejects.toThrow(TypeError);
  });
});

describe("a disc file", () => {
  it("keeps the drive that it was made with, also when its state file is written anew", async () => {
    const folder = mkdtempSync(join(tmpdir(), "drives-"));
    try {
      for (const medium of ["bd-r", "bd-r-pow"] as readonly VirtualMediumId[]) {
        const path = join(folder, `${medium}.disc`);
        await createDisc(path, { medium, capacity: 4096, drive: "hl-dt-st-wh16ns40" });
        for (let round = 0; round < 2; round++) {
          const recorder = await openDisc(path);
          expect(recorder.drive.identity.product).toBe("BD-RE WH16NS40");
          const host = new Initiator(recorder);
          // More changes than a state file keeps.
          for (let time = 0; time < 4200 && round === 0 && medium === "bd-r-pow"; time++) {
            host.write(time === 0 ? 0 : 32, new Uint8Array(32 * 2048));
            host.sync();
          }
          recorder.close();
        }
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("the serial number of a recorder", () => {
  it("is in both pages that tell it and in its feature, and the same for all that were given none", async () => {
    const told = async (options: { readonly serial?: string }): Promise<readonly string[]> => {
      const recorder = createVirtualRecorder({ medium: "bd-re", ...options });
      const ask = async (...cdb: number[]): Promise<string> => {
        const { dataIn } = await recorder.execute({ cdb: Uint8Array.from(cdb), dataInLength: 4096 });
        return Buffer.from(dataIn ?? new Uint8Array()).toString("latin1");
      };
      return [
        await ask(0x12, 1, 0x80, 0, 255, 0),
        await ask(0x12, 1, 0x83, 0, 255, 0),
        await ask(0x46, 2, 1, 8, 0, 0, 0, 1, 0, 0),
      ];
    };
    for (const page of await told({ serial: "ABC000000042" })) expect(page).toContain("ABC000000042");
    for (const page of await told({})) expect(page).toContain("000000000001");
  });
});
