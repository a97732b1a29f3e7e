import {
  appendTrack,
  type IMultisession,
  type IMultisessionRandomWrite,
  type IMultisessionSequential2,
  MultisessionError,
} from "@multisession/core";
import type { OfferedMechanism, OfferedValue } from "../host/multisession-server.ts";

/** `E_NOTIMPL` and `E_FAIL`. */
const [NOT_IMPLEMENTED, FAILED] = [0x8000_4001, 0x8000_4005];

/**
 * A mechanism as it is offered to IMAPI2: what its getters say of the disc now, since IMAPI2's must answer at once. One that has
 * not IMAPI2's getters is described by the disc: as sessions one after another where nothing is overwritten, as random
 * writing where something is.
 */
export async function offeredMechanism(mechanism: IMultisession): Promise<OfferedMechanism> {
  const isSupported = await mechanism.isSupportedOnCurrentMediaState();
  const common = { isSupported, inUse: mechanism.inUse };
  if (isSequential(mechanism)) {
    return {
      ...common,
      kind: "sequential",
      isFirstDataSession: await mechanism.isFirstDataSession,
      startAddressOfPreviousSession: await offeredValue(() => mechanism.startAddressOfPreviousSession),
      lastWrittenAddressOfPreviousSession: await offeredValue(() => mechanism.lastWrittenAddressOfPreviousSession),
      nextWritableAddress: await offeredValue(() => mechanism.nextWritableAddress),
      freeSectorsOnMedia: await offeredValue(() => mechanism.freeSectorsOnMedia),
      writeUnitSize: await offeredValue(() => mechanism.writeUnitSize),
    };
  }
  if (isRandomWrite(mechanism)) {
    return {
      ...common,
      kind: "random-write",
      writeUnitSize: await offeredValue(() => mechanism.writeUnitSize),
      lastWrittenAddress: await offeredValue(() => mechanism.lastWrittenAddress),
      totalSectorsOnMedia: await offeredValue(() => mechanism.totalSectorsOnMedia),
    };
  }
  return { ...common, ...(await valuesOfDisc(mechanism)) };
}

/** The values of a mechanism that names none itself: those of the disc. */
async function valuesOfDisc({ importRecorder }: IMultisession) {
  const medium = await importRecorder.medium();
  const writeUnitSize = medium.unit;
  if (medium.overwrite !== "no") {
    const last = medium.tracks.at(-1)?.lastRecorded;
    const lastWrittenAddress: OfferedValue = last ?? { hresult: NOT_IMPLEMENTED };
    return { kind: "random-write", writeUnitSize, lastWrittenAddress, totalSectorsOnMedia: medium.capacity } as const;
  }
  const closed = medium.tracks.filter(({ state }) => state === "closed");
  const session = closed.at(-1)?.session;
  const previous = closed.filter((track) => track.session === session);
  const last = previous.at(-1);
  const open = appendTrack(medium);
  return {
    kind: "sequential",
    writeUnitSize,
    isFirstDataSession: previous.length === 0,
    startAddressOfPreviousSession: previous[0]?.start ?? -1,
    lastWrittenAddressOfPreviousSession: last === undefined ? -1 : last.start + last.size - 1,
    nextWritableAddress: open?.next ?? { hresult: FAILED },
    freeSectorsOnMedia: open?.free ?? 0,
  } as const;
}

function isSequential(mechanism: IMultisession): mechanism is IMultisessionSequential2 {
  return "nextWritableAddress" in mechanism;
}

function isRandomWrite(mechanism: IMultisession): mechanism is IMultisessionRandomWrite {
  return "totalSectorsOnMedia" in mechanism;
}

/** A value, or the HRESULT that IMAPI2 has for its failure. */
async function offeredValue(ask: () => Promise<number>): Promise<OfferedValue> {
  try {
    return await ask();
  } catch (error) {
    if (!MultisessionError.is(error)) throw error;
    if (error.code === "UNSUPPORTED_INTENT") return { hresult: NOT_IMPLEMENTED };
    return { hresult: error.imapi?.hresult ?? FAILED };
  }
}
