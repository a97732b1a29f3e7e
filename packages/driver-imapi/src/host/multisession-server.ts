import type { Com } from "../com/com.ts";
import type { ComServer, ServedObject } from "../com/com-server.ts";
import { dualFace } from "../com/dispatch.ts";
import { ComError } from "../com/hresult.ts";
import {
  iMultisessionRandomWrite,
  iMultisessionSequential2,
  multisessionRandomWriteIds,
  multisessionSequentialIds,
} from "../interfaces/multisession.ts";
import type { RecorderObject } from "./devices.ts";

/** A value that a mechanism gives IMAPI2, or the HRESULT with which it gives none. */
export type OfferedValue = number | { readonly hresult: number };

/** A mechanism as IMAPI2 asks for it: the values as they are for the disc in the drive now. */
export type OfferedMechanism = {
  readonly isSupported: boolean;
  readonly inUse: boolean;
  readonly writeUnitSize: OfferedValue;
} & (
  | {
      readonly kind: "sequential";
      readonly isFirstDataSession: boolean;
      readonly startAddressOfPreviousSession: OfferedValue;
      readonly lastWrittenAddressOfPreviousSession: OfferedValue;
      readonly nextWritableAddress: OfferedValue;
      readonly freeSectorsOnMedia: OfferedValue;
    }
  | {
      readonly kind: "random-write";
      readonly lastWrittenAddress: OfferedValue;
      readonly totalSectorsOnMedia: OfferedValue;
    }
);

/**
 * A mechanism of ours as a COM object: dual, with `IMultisessionSequential2` or `IMultisessionRandomWrite`. IMAPI2's getters
 * must answer at once, so they give what the mechanism said when it was offered.
 */
export function serveMultisession(
  com: Com,
  server: ComServer,
  recorder: Pick<RecorderObject, "pointer">,
  offered: OfferedMechanism,
): ServedObject {
  let { inUse } = offered;
  const given = (value: OfferedValue, name: string): number => {
    if (typeof value === "number") return value;
    throw new ComError(value.hresult, `get_${name}`);
  };
  const base = {
    get_IsSupportedOnCurrentMediaState: () => offered.isSupported,
    put_InUse: (value: boolean) => {
      inUse = value;
    },
    get_InUse: () => inUse,
    get_ImportRecorder: () => {
      const { pointer } = recorder;
      if (pointer !== null) com.addReference(pointer);
      return pointer;
    },
    get_WriteUnitSize: () => given(offered.writeUnitSize, "WriteUnitSize"),
  };
  if (offered.kind === "random-write") {
    return server.serve(
      dualFace(com, iMultisessionRandomWrite, multisessionRandomWriteIds, {
        ...base,
        get_LastWrittenAddress: () => given(offered.lastWrittenAddress, "LastWrittenAddress"),
        get_TotalSectorsOnMedia: () => given(offered.totalSectorsOnMedia, "TotalSectorsOnMedia"),
      }),
    );
  }
  const { startAddressOfPreviousSession: start, lastWrittenAddressOfPreviousSession: last } = offered;
  return server.serve(
    dualFace(com, iMultisessionSequential2, multisessionSequentialIds, {
      ...base,
      get_IsFirstDataSession: () => offered.isFirstDataSession,
      get_StartAddressOfPreviousSession: () => given(start, "StartAddressOfPreviousSession"),
      get_LastWrittenAddressOfPreviousSession: () => given(last, "LastWrittenAddressOfPreviousSession"),
      get_NextWritableAddress: () => given(offered.nextWritableAddress, "NextWritableAddress"),
      get_FreeSectorsOnMedia: () => given(offered.freeSectorsOnMedia, "FreeSectorsOnMedia"),
    }),
  );
}
