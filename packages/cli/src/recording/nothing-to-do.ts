import type { ImagePlan } from "@multisession/file-system-image";
import { isUnchanged } from "./change-text.ts";
import type { PreparedImage } from "./prepared-image.ts";
import type { RecordingRequest } from "./recording-request.ts";

/** What `plan` and `burn` say when there is nothing to do. */
export const NOTHING_TO_DO = "Everything is on the disc already.";

/** Whether a burn writes nothing: a session that shows what is there already would only use up room. */
export function isNothingToDo(
  { image }: PreparedImage,
  { summary, plan, isCheckpoint }: ImagePlan,
  { close, newVolume, volume, tree }: RecordingRequest,
): boolean {
  const isNewest = image.base !== undefined && image.base.index === image.history.states.length - 1;
  const isRenamed = volume !== undefined && volume !== image.importedVolumeName;
  const isWanted = isRenamed || newVolume || close === "disc" || (tree === "full" && isCheckpoint);
  return isNewest && isUnchanged(summary) && !isWanted && plan.intent === "append";
}
