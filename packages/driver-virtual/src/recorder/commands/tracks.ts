import { type Blocks, roundUp, type Sense } from "@multisession/core";
import { closeTrackSession, repairTrack, reserveTrack } from "@multisession/mmc";
import type { CloseEffect } from "../../media/medium-table.ts";
import { isWritable, type MediumState } from "../../medium-state.ts";
import type { StateRecord } from "../../state-record.ts";
import { busySenses } from "../../timing/operation.ts";
import { type CommandEntry, incompatibleMedium, invalidField, onDisc } from "../command-entry.ts";
import { endsDisc } from "../mode-pages.ts";

type Changes = readonly StateRecord[] | Sense;

function hasTracks(state: MediumState): boolean {
  const { writeModel } = state.condition;
  return writeModel === "sequential" || writeModel === "pseudo-overwrite";
}

/** Splits the last track so that it keeps room for so many more blocks, in whole units (MMC, RESERVE TRACK). */
function settleReservation(state: MediumState, blocks: Blocks): Changes {
  const { unit, senses, maximumTracks, maximumOpenTracks } = state.table;
  const number = state.tracks.length;
  const track = state.track(number);
  if (!isWritable(track) || track.kind === "reserved") return senses.noReservation;
  const end = roundUp(track.next, unit) + roundUp(blocks, unit);
  const open = state.tracks.filter(({ kind }) => kind !== "closed").length;
  if (end > track.start + track.size || open >= maximumOpenTracks || number >= maximumTracks)
    return senses.noReservation;
  return [{ is: "reserve", track: number, end }];
}

function settleClose(state: MediumState, effect: CloseEffect, number: number, endsDisc: boolean): Changes {
  switch (effect) {
    case "track":
      return closeTrack(state, number);
    case "session":
      return closeSession(state);
    case "session-by-page":
      return closeSessionByPage(state, endsDisc);
    case "disc":
      return closeDisc(state);
    case "end-growth":
      // Nothing was written yet: it stays as it is.
      if (state.writtenEnd === 0) return nothingToClose(state);
      return [{ is: "format", condition: "restricted", blocks: state.writtenEnd, background: 0 }];
    case "stop-format":
      return state.background === 2 ? [{ is: "background", value: 1 }] : [];
  }
}

function nothingToClose(state: MediumState): Changes {
  const { nothingToClose: answer } = state.table;
  return answer === "good" ? [] : answer;
}

function closeTrack(state: MediumState, number: number): Changes {
  const track = state.tracks[number - 1];
  if (track === undefined || state.isFinalized) return invalidField(closeTrackSession, "number");
  if (track.kind === "reserved") return state.table.senses.emptyReservedTrack;
  return track.kind === "open" ? [{ is: "close-track", track: number }] : nothingToClose(state);
}

function closeSession(state: MediumState): Changes {
  const tracks = state.openSession;
  if (tracks.some(({ kind }) => kind === "open")) return state.table.senses.openTrack;
  if (tracks.some(({ kind }) => kind === "reserved")) return state.table.senses.emptyReservedTrack;
  if (state.isFinalized || !tracks.some(({ kind }) => kind === "closed")) return nothingToClose(state);
  return [{ is: "close-session" }];
}

/** Closes the session and, when mode page 05h allows no other, the disc with it. */
function closeSessionByPage(state: MediumState, endsDisc: boolean): Changes {
  const closed = closeSession(state);
  return "key" in closed || closed.length === 0 || !endsDisc ? closed : [...closed, { is: "finalize" }];
}

/** Closes what is open, and then the disc: the parts come one after another, so that a cut can fall between them. */
function closeDisc(state: MediumState): Changes {
  if (state.isFinalized) return nothingToClose(state);
  const tracks = state.openSession;
  if (tracks.some(({ kind }) => kind === "reserved")) return state.table.senses.emptyReservedTrack;
  const open = state.tracks.flatMap(({ kind }, index) => (kind === "open" ? [index + 1] : []));
  const hasContent = tracks.some(({ kind }) => kind !== "invisible");
  return [
    ...open.map((track): StateRecord => ({ is: "close-track", track })),
    ...(hasContent ? [{ is: "close-session" } as const] : []),
    { is: "finalize" },
  ];
}

/** RESERVE TRACK, CLOSE TRACK SESSION and REPAIR TRACK (MMC). */
export const trackCommands: readonly CommandEntry[] = [
  onDisc(reserveTrack, ({ fields, disc, state }) => {
    if (!hasTracks(state)) return incompatibleMedium;
    if (fields.reserveManagementZone) return invalidField(reserveTrack, "reserveManagementZone");
    if (fields.byAddress) return invalidField(reserveTrack, "byAddress");
    if (fields.blocks === 0) return invalidField(reserveTrack, "blocks");
    if (state.isFinalized) return state.table.senses.finalized;
    const changes = settleReservation(state, fields.blocks);
    if ("key" in changes) return changes;
    disc.change(...changes);
    return undefined;
  }),

  onDisc(closeTrackSession, ({ fields, drive, state }) => {
    const effect = state.table.close[state.condition.id]?.[fields.function];
    if (effect === undefined) return invalidField(closeTrackSession, "function");
    if (typeof effect !== "string") return effect;
    const changes = settleClose(state, effect, fields.number, endsDisc(drive.modePages));
    if ("key" in changes) return changes;
    drive.carryOut({ records: changes, sense: busySenses.operation, isImmediate: fields.immediate });
    return undefined;
  }),

  onDisc(repairTrack, ({ fields, drive, state }) => {
    const { track, immediate: isImmediate } = fields;
    if (state.tracks[track - 1]?.isDamaged !== true) return invalidField(repairTrack, "track");
    drive.carryOut({ records: [{ is: "repair", track }], sense: busySenses.operation, isImmediate });
    return undefined;
  }),
];
