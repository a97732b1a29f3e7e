import { audioHresults } from "./audio-hresults.ts";
import type { HresultEntry } from "./hresult-entry.ts";
import { imageHresults } from "./image-hresults.ts";
import { recorderHresults } from "./recorder-hresults.ts";

/** Every HRESULT of IMAPI2 that is a failure, and those of Windows that its calls give. Also the source of the documentation. */
export const hresultTable: readonly HresultEntry[] = [...recorderHresults, ...imageHresults, ...audioHresults];

const byNumber = new Map(hresultTable.map((entry) => [entry.hresult, entry]));

/** The entry of an HRESULT. */
export function findHresult(hresult: number): HresultEntry | undefined {
  return byNumber.get(hresult >>> 0);
}
