import {
  appendTrack,
  type Blocks,
  closedSessions,
  type IMultisessionSequential2,
  type Lba,
  type Medium,
  Multisession,
  MultisessionError,
  NO_PREVIOUS_SESSION,
  type Track,
} from "@multisession/core";

/** The half that IMAPI2 has: what `IMultisessionSequential2` asks the drive. */
export abstract class ImapiSequential extends Multisession implements IMultisessionSequential2 {
  get isFirstDataSession(): Promise<boolean> {
    return this.importRecorder.medium().then((medium) => recordedTracks(medium).length === 0);
  }

  get startAddressOfPreviousSession(): Promise<Lba> {
    return this.importRecorder.medium().then((medium) => previousTracks(medium)[0]?.start ?? NO_PREVIOUS_SESSION);
  }

  get lastWrittenAddressOfPreviousSession(): Promise<Lba> {
    return this.importRecorder.medium().then((medium) => {
      const last = previousTracks(medium).at(-1);
      return last === undefined ? NO_PREVIOUS_SESSION : last.start + last.size - 1;
    });
  }

  get nextWritableAddress(): Promise<Lba> {
    return this.importRecorder.medium().then((medium) => {
      const track = appendTrack(medium);
      if (track !== undefined) return track.next;
      const { uri } = this.importRecorder;
      throw new MultisessionError("NOT_WRITABLE", `There is no address at which ${uri} can be written.`, {
        subject: uri,
      });
    });
  }

  get freeSectorsOnMedia(): Promise<Blocks> {
    return this.importRecorder.medium().then((medium) => appendTrack(medium)?.free ?? 0);
  }

  get writeUnitSize(): Promise<Blocks> {
    return this.importRecorder.medium().then(({ unit }) => unit);
  }
}

function recordedTracks(medium: Medium): readonly Track[] {
  return medium.tracks.filter(({ state }) => state !== "blank" && state !== "reserved");
}

/** Tracks of the last closed session. */
function previousTracks(medium: Medium): readonly Track[] {
  const session = closedSessions(medium);
  return recordedTracks(medium).filter((track) => track.session === session);
}
