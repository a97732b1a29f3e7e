import {
  type DiscRecorder,
  MultisessionError,
  type Plugins,
  type RecordedVolume,
  type VerifyFault,
  type VerifyReport,
} from "@multisession/core";
import { type Disc, openDisc } from "@multisession/file-system-image";
import { walkVolume } from "./volume-walk.ts";

/** Where a tree shows what lies at a fault. */
export interface FaultPlace {
  /** Paths from the root; a content can have several. */
  readonly paths: readonly string[];
  /** The session whose tree shows it, counted from 1. */
  readonly session: number;
}

/** The places of those faults that a tree shows. */
export type FaultPlaces = ReadonlyMap<VerifyFault, FaultPlace>;

/**
 * Names the files that faults lie in: by the tree of the session that was verified, or the newest older one that shows
 * them. Each tree is walked once, folder by folder, and only when something is left to be named.
 */
export async function faultPlaces(
  recorder: DiscRecorder,
  plugins: Plugins,
  reports: readonly VerifyReport[],
  signal: AbortSignal,
): Promise<FaultPlaces> {
  const places = new Map<VerifyFault, FaultPlace>();
  if (reports.every(({ faults }) => faults.length === 0)) return places;
  const disc = await openDisc(recorder, plugins, { signal }).catch(unknown(signal));
  if (disc === undefined) return places;
  const newest = Math.max(-1, ...reports.map(({ state }) => state.index));
  for (let index = newest; index >= 0; index--) {
    const wanted = new Map<number, VerifyFault[]>();
    for (const { state, faults } of reports) {
      if (state.index < index) continue;
      // A fault where a session starts is in its head or directories, and in no file.
      for (const fault of faults)
        if (fault.at !== state.start && !places.has(fault))
          wanted.set(fault.at, [...(wanted.get(fault.at) ?? []), fault]);
    }
    if (wanted.size === 0) continue;
    for (const [at, paths] of await pathsOf(disc, index + 1, new Set(wanted.keys()), signal))
      for (const fault of wanted.get(at) ?? []) places.set(fault, { paths, session: index + 1 });
  }
  return places;
}

/** The paths of the files that begin at some blocks, as far as the tree can be read. */
async function pathsOf(
  disc: Disc,
  session: number,
  wanted: ReadonlySet<number>,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, readonly string[]>> {
  const found = new Map<number, string[]>();
  const walk = async (): Promise<void> => walkInto(found, await disc.volume(session, { signal }), wanted, signal);
  await walk().catch(unknown(signal));
  return found;
}

/** Takes an error of the disc for "not known": a disc with faults may be damaged where the names are as well. */
function unknown(signal: AbortSignal): (error: unknown) => undefined {
  return (error) => {
    if (signal.aborted || !MultisessionError.is(error)) throw error;
  };
}

async function walkInto(
  found: Map<number, string[]>,
  volume: RecordedVolume,
  wanted: ReadonlySet<number>,
  signal: AbortSignal,
): Promise<void> {
  for await (const { path, entry } of walkVolume(volume, volume.root, [], signal)) {
    if (entry.kind !== "file") continue;
    for (const { at } of entry.extents)
      if (wanted.has(at)) found.set(at, [...(found.get(at) ?? []), `/${path.join("/")}`]);
  }
}
