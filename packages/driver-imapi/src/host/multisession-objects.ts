import type { Com } from "../com/com.ts";
import type { ComObject } from "../com/com-object.ts";
import { ComError } from "../com/hresult.ts";
import { iDispatch } from "../interfaces/automation.ts";
import { classIds } from "../interfaces/class-ids.ts";
import { iDiscFormat2Data } from "../interfaces/format.ts";
import {
  type iMultisession,
  iMultisessionRandomWrite,
  iMultisessionSequential,
  iMultisessionSequential2,
} from "../interfaces/multisession.ts";
import type { RecorderObject } from "./devices.ts";

/** The two mechanisms of IMAPI2. */
export type DriveMechanism = "sequential" | "random-write";

/** What IMAPI2's mechanisms can be asked, by the names of its properties. */
export type MultisessionProperty =
  | "IsSupportedOnCurrentMediaState"
  | "IsFirstDataSession"
  | "StartAddressOfPreviousSession"
  | "LastWrittenAddressOfPreviousSession"
  | "NextWritableAddress"
  | "FreeSectorsOnMedia"
  | "WriteUnitSize"
  | "LastWrittenAddress"
  | "TotalSectorsOnMedia";

/** The interfaces of each mechanism, the one with most properties first. */
const interfacesOf = {
  sequential: [iMultisessionSequential2, iMultisessionSequential],
  "random-write": [iMultisessionRandomWrite],
} as const;

/** Addresses of the drive's multisession objects, each with a reference that is the caller's. @throws ComError */
export async function multisessionObjects(com: Com, recorder: RecorderObject): Promise<readonly bigint[]> {
  using writer = com.create(classIds.formatData, iDiscFormat2Data);
  await writer.callAsync("put_Recorder", recorder);
  const values = await writer.callAsync("get_MultisessionInterfaces");
  return values.filter((value) => typeof value === "bigint");
}

/** Asks one of the drive's multisession objects. @throws ComError, `E_NOINTERFACE` when the drive has no such object. */
export async function askMultisession(
  com: Com,
  recorder: RecorderObject,
  mechanism: DriveMechanism,
  property: MultisessionProperty,
): Promise<number | boolean> {
  const objects = (await multisessionObjects(com, recorder)).map((pointer) => com.object(pointer, iDispatch));
  try {
    using found = findInterface(objects, mechanism, property);
    return await found.callAsync(`get_${property}` as "get_IsSupportedOnCurrentMediaState");
  } finally {
    for (const object of objects) object.release();
  }
}

type Askable = ComObject<(typeof iMultisession)["methods"]>;

function findInterface(
  objects: readonly ComObject<(typeof iDispatch)["methods"]>[],
  mechanism: DriveMechanism,
  property: MultisessionProperty,
): Askable {
  for (const object of objects)
    for (const of of interfacesOf[mechanism]) {
      if (!(`get_${property}` in of.methods)) continue;
      const found = queried(object, of as unknown as typeof iMultisession);
      if (found !== undefined) return found;
    }
  throw new ComError(0x8000_4002, `IMultisession (${mechanism})::get_${property}`);
}

function queried(object: ComObject<(typeof iDispatch)["methods"]>, of: typeof iMultisession): Askable | undefined {
  try {
    return object.query(of);
  } catch (error) {
    if (error instanceof ComError) return undefined;
    throw error;
  }
}
