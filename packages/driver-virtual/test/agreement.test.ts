import { modeData, modeSelect10, openMmcRecorder, writeParametersPage } from "@multisession/mmc";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createVirtualRecorder, type TrackState, virtualMedia } from "../src/index.ts";
import { contentOf } from "../src/recorder/snapshot.ts";
import { blocksOf, Initiator } from "./support/initiator.ts";

/** What a host may do, whether the medium takes it or not. */
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant("write" as const), blocks: fc.integer({ min: 1, max: 80 }) }) },
  fc.record({ do: fc.constant("overwrite" as const), at: fc.nat(8), blocks: fc.constantFrom(16, 32) }),
  fc.record({ do: fc.constant("sync" as const) }),
  fc.record({ do: fc.constant("reserve" as const), blocks: fc.constantFrom(16, 32, 320) }),
  fc.record({ do: fc.constant("close" as const), function: fc.constantFrom(1, 1, 2, 6), track: fc.nat(3) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function take(host: Initiator, what: Step): void {
  const { lastTrack } = host.disc();
  switch (what.do) {
    case "write":
      host.write(host.track(lastTrack).nextWritable, blocksOf(what.blocks, 1));
      break;
    case "overwrite":
      host.write(what.at * 32, blocksOf(what.blocks, 2));
      break;
    case "sync":
      host.sync();
      break;
    case "reserve":
      host.reserve(what.blocks);
      break;
    case "close":
      host.close(what.function, what.track === 0 ? lastTrack : what.track);
      break;
  }
}

function stateOf({ kind, isDamaged, start, size, next }: TrackState): string {
  if (isDamaged) return "damaged";
  if (kind === "invisible") return "blank";
  return kind === "open" && next < start + size ? "open" : kind;
}

describe.each(virtualMedia)("$id", ({ id, minimum }) => {
  it("is for core what it is in the recorder, whatever was done to it", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 10 }), fc.boolean(), async (steps, isCut) => {
        const formatted = ["bd-re", "dvd+rw"].includes(id) ? { formatted: true } : {};
        const recorder = createVirtualRecorder({ medium: id, capacity: Math.max(1024, minimum), ...formatted });
        const host = new Initiator(recorder);
        const page = writeParametersPage.build({
          writeType: id === "cd-r" || id === "cd-rw" ? 1 : 0,
          multisession: 3,
          dataBlockType: 8,
          fixedPacket: true,
          packetSize: 32,
        });
        const list = modeData.build({ mediumType: 0, pages: [page] }).fill(0, 0, 2);
        host.send(modeSelect10.build({ pageFormat: true, parameterLength: list.length }), list);
        for (const one of steps) take(host, one);
        if (isCut) {
          recorder.powerCut();
          recorder.powerOn();
        }
        await using opened = await openMmcRecorder(recorder.transport(), { uri: "virtual:test" });
        const medium = await opened.medium();
        const { state } = contentOf(recorder.snapshot()).buffer;
        expect(medium).toMatchObject({ kind: id, unit: state.unit });
        // Of a disc that is closed for good, only what is recorded is told.
        if (medium.status !== "complete") expect(medium.capacity).toBe(state.blocks);
        expect(medium.status === "complete").toBe(state.isFinalized || state.openSession.length === 0);
        if (medium.sessions !== "physical" && medium.overwrite !== "replace") return;
        expect(medium.tracks.map((track) => [track.number, track.session, track.start, track.size])).toEqual(
          state.tracks.map(({ session, start, size }, index) => [index + 1, session, start, size]),
        );
        expect(medium.tracks.map(({ state: told, next }) => [told, next])).toEqual(
          state.tracks.map((track) => [
            stateOf(track),
            track.kind === "closed" || track.isDamaged ? undefined : track.next,
          ]),
        );
      }),
      { numRuns: 15 },
    );
  });
});
