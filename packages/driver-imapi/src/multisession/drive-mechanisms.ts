import {
  type Blocks,
  defineMechanism,
  type IMultisessionRandomWrite,
  type IMultisessionSequential2,
  type Lba,
  type MechanismPlugin,
  MultisessionError,
} from "@multisession/core";
import { DriveMechanism } from "./drive-mechanism.ts";

/** `E_NOTIMPL`: the drive does not say it. */
const NOT_IMPLEMENTED = 0x8000_4001;

/** `MsftMultisessionSequential`: every getter asks IMAPI2's object. */
class DriveSequential extends DriveMechanism implements IMultisessionSequential2 {
  get isFirstDataSession(): Promise<boolean> {
    return this.ask("IsFirstDataSession").then(Boolean);
  }

  get startAddressOfPreviousSession(): Promise<Lba> {
    return this.ask("StartAddressOfPreviousSession");
  }

  get lastWrittenAddressOfPreviousSession(): Promise<Lba> {
    return this.ask("LastWrittenAddressOfPreviousSession");
  }

  get nextWritableAddress(): Promise<Lba> {
    return this.ask("NextWritableAddress");
  }

  get freeSectorsOnMedia(): Promise<Blocks> {
    return this.ask("FreeSectorsOnMedia");
  }

  get writeUnitSize(): Promise<Blocks> {
    return this.ask("WriteUnitSize");
  }
}

/** `MsftMultisessionRandomWrite`: every getter asks IMAPI2's object. */
class DriveRandomWrite extends DriveMechanism implements IMultisessionRandomWrite {
  get writeUnitSize(): Promise<Blocks> {
    return this.ask("WriteUnitSize");
  }

  get lastWrittenAddress(): Promise<Lba> {
    return this.ask("LastWrittenAddress").catch((cause: unknown) => {
      if (!MultisessionError.is(cause) || cause.imapi?.hresult !== NOT_IMPLEMENTED) throw cause;
      const message = "The recorder does not say which address was written last (IMAPI2: E_NOTIMPL).";
      throw new MultisessionError("UNSUPPORTED_INTENT", message, { subject: this.importRecorder.uri, cause });
    });
  }

  get totalSectorsOnMedia(): Promise<Blocks> {
    return this.ask("TotalSectorsOnMedia");
  }
}

/**
 * IMAPI2's `MsftMultisessionSequential` as a mechanism, `imapi-sequential`: its addresses are those of the drive's object.
 * IMAPI2's object does not write; `rules` is the mechanism that says how, such as `sequential()`.
 */
export function imapiSequential(rules: MechanismPlugin): MechanismPlugin {
  const id = "imapi-sequential";
  return defineMechanism({
    id,
    contract: 1,
    package: "@multisession/driver-imapi",
    supports: rules.supports,
    create: (context) => new DriveSequential(id, context, "sequential", rules.create(context)),
  });
}

/** IMAPI2's `MsftMultisessionRandomWrite` as a mechanism, `imapi-random-write`; `rules` as for {@link imapiSequential}, such as `randomWrite()`. */
export function imapiRandomWrite(rules: MechanismPlugin): MechanismPlugin {
  const id = "imapi-random-write";
  return defineMechanism({
    id,
    contract: 1,
    package: "@multisession/driver-imapi",
    supports: rules.supports,
    create: (context) => new DriveRandomWrite(id, context, "random-write", rules.create(context)),
  });
}
