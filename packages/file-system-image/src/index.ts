/**
 * The image: what is on the disc plus the edits, and the way to record them.
 *
 * @module file-system-image
 */

export type { Change, ChangeSummary, ChangesOptions, Difference, ImageChanges, Unchanged } from "./changes.ts";
export {
  type CloseOptions,
  closeDisc,
  type Disc,
  type DiscActionOptions,
  type DiscExplanation,
  explainDisc,
  openDisc,
  recoverDisc,
  revertDisc,
} from "./disc.ts";
export {
  type ByteStream,
  EditableTree,
  type NewAttributes,
  type TreeBase,
} from "./editable-tree.ts";
export { type ExtractedItem, extract, type ReadTreeOptions, type RecordedItem, readTree } from "./extract.ts";
export { FileSystemImage } from "./file-system-image.ts";
export type { AddOptions } from "./host-addition.ts";
export type { AddNote, AddProgress, AddReport, Compare, MergeOptions } from "./host-merge.ts";
export type { ImageOptions } from "./image-base.ts";
export type { ImageItem } from "./image-item.ts";
export type {
  ImageBurnOptions,
  ImagePlan,
  ImagePlanOptions,
  ImageReport,
  MatchOptions,
  Verification,
} from "./image-plan.ts";
export { type ProgressItem, ProgressItems } from "./progress-items.ts";
export { differencesOf, planFromJSON } from "./saved-plan.ts";
export type { DiscOptions } from "./survey.ts";
export { type DiscVerification, type SessionReport, type VerifyOptions, verifyDisc } from "./verify-disc.ts";
