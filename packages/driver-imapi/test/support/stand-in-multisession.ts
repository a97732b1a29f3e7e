import type { Com } from "../../src/com/com.ts";
import { type ComServer, face } from "../../src/com/com-server.ts";
import { ComError } from "../../src/com/hresult.ts";
import type { Pointer } from "../../src/com/runtime.ts";
import { iMultisessionRandomWrite, iMultisessionSequential2 } from "../../src/interfaces/multisession.ts";
import type { StandInDrive } from "./stand-in-drive.ts";

const INVALID_MEDIA_STATE = 0xc0aa_0402;
const NOT_IMPLEMENTED = 0x8000_4001;

/** The drive's two multisession objects, as IMAPI2 lists them. The caller gets their references. */
export function multisessionObjects(
  com: Com,
  server: ComServer,
  drive: StandInDrive,
  recorder: Pointer,
): readonly bigint[] {
  const burner = () => drive.burner();
  const importRecorder = (): Pointer => {
    if (recorder !== null) com.addReference(recorder);
    return recorder;
  };
  const openTrack = () => {
    const { openTrack: track, isOverwritable } = burner();
    if (isOverwritable || !track.nextWritableValid) throw new ComError(INVALID_MEDIA_STATE, "no open track");
    return track;
  };
  const sequential = server.serve(
    face(iMultisessionSequential2, {
      get_IsSupportedOnCurrentMediaState: () => !burner().isOverwritable && burner().status < 2,
      get_InUse: () => false,
      get_ImportRecorder: importRecorder,
      get_IsFirstDataSession: () => burner().previousSession.start < 0,
      get_StartAddressOfPreviousSession: () => burner().previousSession.start,
      get_LastWrittenAddressOfPreviousSession: () => burner().previousSession.end,
      get_NextWritableAddress: () => openTrack().nextWritable,
      get_FreeSectorsOnMedia: () => openTrack().freeBlocks,
      get_WriteUnitSize: () => 32,
    }),
  );
  const randomWrite = server.serve(
    face(iMultisessionRandomWrite, {
      get_IsSupportedOnCurrentMediaState: () => burner().isOverwritable,
      get_InUse: () => false,
      get_ImportRecorder: importRecorder,
      get_WriteUnitSize: () => 16,
      get_LastWrittenAddress: () => {
        throw new ComError(NOT_IMPLEMENTED, "not told");
      },
      get_TotalSectorsOnMedia: () => burner().openTrack.size,
    }),
  );
  return [sequential.pointer, randomWrite.pointer];
}
