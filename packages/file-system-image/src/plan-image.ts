import type {
  CallOptions,
  DirectoryNode,
  DiscRecorder,
  Md5Sums,
  PlannedSession,
  RecordedVolume,
  SessionIntent,
  Sharing,
  StateRef,
} from "@multisession/core";
import { ImageContents, type ImageSources } from "./image-contents.ts";
import type { ImagePlanOptions } from "./image-plan.ts";
import { chooseSharing, type SharingChoice } from "./image-sharing.ts";
import { readMd5Sums } from "./md5-sums.ts";
import type { ImageDirectory } from "./nodes.ts";
import { planChecked } from "./plan-checked.ts";
import type { Reader } from "./read-ahead/reader.ts";
import type { RecordedContents } from "./recorded-copies.ts";
import { type FurtherName, type Snapshot, takeSnapshot } from "./snapshot.ts";
import type { Survey } from "./survey.ts";

/** What an image is, as far as its next session depends on it. */
export interface PlannedImage {
  readonly recorder: DiscRecorder;
  readonly survey: Survey;
  readonly root: ImageDirectory;
  readonly volumeName: string;
  /** The state that was imported; absent for a first session. */
  readonly base: StateRef | undefined;
  readonly volume: RecordedVolume | undefined;
  /** Whether the disc is begun anew. */
  readonly isNewVolume: boolean;
  /** Gives the thread that reads. */
  readonly takeReader: () => Reader;
}

/** The session that records an image, and what its burn reads. */
export interface ImageSession extends ImageSources {
  readonly planned: PlannedSession;
  readonly notes: readonly string[];
  readonly isCheckpoint: boolean;
  /** Whether folders of the disc stay where they lie. */
  readonly sharesFolders: boolean;
  readonly names: readonly FurtherName[];
  /** What is being read already, where that was asked for. Whoever gets it closes it. */
  readonly contents: ImageContents | undefined;
}

/** Takes the image as it is, and plans the session that records it. @throws as `FileSystemImage.plan`. */
export async function planImage(image: PlannedImage, options: ImagePlanOptions): Promise<ImageSession> {
  const { signal } = options;
  const call: CallOptions = signal === undefined ? {} : { signal };
  const choice = await sharingFor(image, options, call);
  const recorded = options.deduplicate === false ? undefined : recordedContents(image, choice);
  const snapshot = await takeSnapshot(image.root, image.volumeName, { ...call, sharing: choice.sharing, recorded });
  const { sources, shared, names } = snapshot;
  const read: ImageSources = { sources, shared, takesMd5: recordsMd5(image) };
  const contents = options.readAhead === true ? new ImageContents(read, image.takeReader) : undefined;
  contents?.begin();
  try {
    const sharing = snapshot.sharedFolders > 0 ? choice.sharing : undefined;
    const planned = await planSnapshot(image, snapshot, sharing, options, call);
    const notes = [...choice.notes, ...snapshot.notes, ...planned.notes];
    const { isCheckpoint } = choice;
    return { ...read, names, planned, notes, isCheckpoint, sharesFolders: sharing !== undefined, contents };
  } catch (error) {
    await contents?.close();
    throw error;
  }
}

async function planSnapshot(
  image: PlannedImage,
  { tree, contents }: Snapshot,
  sharing: Sharing | undefined,
  options: ImagePlanOptions,
  call: CallOptions,
): Promise<PlannedSession> {
  const { recorder, survey } = image;
  const { fixed, sourceDate } = options;
  // By now every directory that is written again was listed.
  const md5Sums = sharing === undefined && recordsMd5(image) ? await md5SumsOf(image, tree.root, call) : undefined;
  const request = {
    fileSystems: survey.negotiation.fileSystems,
    intent: intentOf(image, options),
    image: {
      tree,
      contents,
      ...(sharing === undefined ? {} : { sharing }),
      ...(md5Sums === undefined ? {} : { md5Sums }),
    },
    reader: survey.reader,
    ...call,
    ...(fixed === undefined ? {} : { fixed }),
    ...(sourceDate === undefined ? {} : { sourceDate }),
  };
  return planChecked(survey, request, recorder.uri);
}

function sharingFor(
  { survey: { negotiation, history }, base, volume }: PlannedImage,
  { tree, close }: ImagePlanOptions,
  call: CallOptions,
): Promise<SharingChoice> {
  const { fileSystems } = negotiation;
  return chooseSharing({
    tree,
    isClosing: close === "disc",
    fileSystems,
    base,
    volume,
    states: history.states,
    ...call,
  });
}

/** A delta session reads little of the disc, so also of its manifests. */
function recordedContents(image: PlannedImage, { sharing }: SharingChoice): RecordedContents {
  const base = image.isNewVolume ? undefined : image.base;
  return { reader: image.survey.reader, base, isFrugal: sharing !== undefined, takesMd5: recordsMd5(image) };
}

function recordsMd5({ survey }: PlannedImage): boolean {
  return survey.negotiation.fileSystems.some(({ md5 }) => md5 === true);
}

function md5SumsOf(
  { survey, base, volume }: PlannedImage,
  root: DirectoryNode,
  options: CallOptions,
): Promise<Md5Sums> {
  const states = survey.history.states.slice(0, (base?.index ?? -1) + 1);
  return readMd5Sums({ ...options, reader: survey.reader, volume, states, root });
}

function intentOf(
  { survey, base, isNewVolume }: PlannedImage,
  { close = "session", consent = [] }: ImagePlanOptions,
): SessionIntent {
  if (isNewVolume || survey.history.condition === "empty") return { kind: "first", close, consent };
  return { kind: "append", close, consent, base: base?.index ?? 0 };
}
