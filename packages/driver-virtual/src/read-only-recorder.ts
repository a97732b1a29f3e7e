import { type DiscRecorder, MultisessionError } from "@multisession/core";

const NO_STATE = "the disc file has no state file beside it";

/** A recorder for a disc file without its state file: reads as the other does, and says why it does not write. */
export function readOnlyRecorder(recorder: DiscRecorder): DiscRecorder {
  const refuse = async (): Promise<never> => {
    const message = `${recorder.uri} has no state file beside it, so nothing can be written to it.`;
    throw new MultisessionError("DISC_FILE_READ_ONLY", message, { subject: recorder.uri });
  };
  return {
    uri: recorder.uri,
    drive: recorder.drive,
    medium: async (options) => ({ ...(await recorder.medium(options)), isWriteProtected: true, protection: NO_STATE }),
    read: (at, blocks, options) => recorder.read(at, blocks, options),
    reload: (options) => recorder.reload(options),
    close: () => recorder.close(),
    [Symbol.asyncDispose]: () => recorder[Symbol.asyncDispose](),
    prepare: refuse,
    reserve: refuse,
    repair: refuse,
    write: refuse,
    closeSpace: refuse,
    // Nothing is ever waiting to be written.
    flush: async () => {},
  };
}
