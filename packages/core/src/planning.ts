import { createHash, randomBytes } from "node:crypto";
import { appendBase } from "./append-base.ts";
import { type Assembly, assembleHead, assembleSession, type NewContent } from "./assemble.ts";
import { checkOffer, checkPurpose, checkSettlement } from "./check-mechanism.ts";
import { missingConsent, startsAnew } from "./consent.ts";
import { MultisessionError } from "./errors.ts";
import type { Extent, ImageShape, Phase } from "./extent.ts";
import type { FileSystem, Layout, SessionFrame } from "./file-system.ts";
import { fingerprint } from "./fingerprint.ts";
import { encodeGiveUpMark } from "./give-up-mark.ts";
import type { History } from "./history.ts";
import type { Needs, SessionIntent } from "./intent.ts";
import type { Md5Sums } from "./md5-sums.ts";
import type { Medium } from "./medium.ts";
import { MediumReader } from "./medium-reader.ts";
import type { IMultisession } from "./multisession.ts";
import { nextIdentity } from "./next-identity.ts";
import {
  addPrices,
  type Fixed,
  type Offer,
  type Refusal,
  refuse,
  type SessionOffer,
  type SessionPlan,
} from "./plan.ts";
import type { BlockReader, CallOptions } from "./recorder.ts";
import { descriptorOf } from "./registry.ts";
import { repairOffer } from "./repair-tracks.ts";
import { reproducibleIdentity } from "./reproducible-identity.ts";
import { readTrailer } from "./session-record.ts";
import type { Sharing } from "./sharing.ts";
import type { Tree } from "./tree.ts";
import { digestTree } from "./tree-digest.ts";
import type { Lba } from "./units.ts";

/** What a plan is made from. */
export interface PlanRequest extends CallOptions {
  /** The chosen one. */
  readonly mechanism: IMultisession;
  /** The ones that render; at least one. */
  readonly fileSystems: readonly FileSystem[];
  /** The snapshot that the plan is made for. */
  readonly medium: Medium;
  /** What is on the disc. */
  readonly history: History;
  /** What is to be done. */
  readonly intent: SessionIntent;
  /** For `first` and `append`: what is to be rendered. */
  readonly image?: {
    readonly tree: Tree;
    readonly contents: readonly NewContent[];
    /** Where the tree has folders that stay where they lie. */
    readonly sharing?: Sharing;
    /** MD5 sums of contents that are on the disc, for file systems that record them. */
    readonly md5Sums?: Md5Sums;
  };
  /** Reads the disc; only heads and trailers are read. */
  readonly reader: BlockReader;
  /** From an approved plan; chosen anew without it. */
  readonly fixed?: Fixed;
  /**
   * Time of the session in milliseconds since 1970, from which its identity is then made too, instead of the clock and chance:
   * the same input gives the same bytes. Without effect beside `fixed`.
   */
  readonly sourceDate?: number;
}

/** A plan with all that its burn needs. */
export interface PlannedSession {
  readonly kind: "planned";
  /** The data: to be shown, saved, approved. */
  readonly plan: SessionPlan;
  /** What the mechanism allowed. */
  readonly offer: Offer;
  /** What is to be written; absent when closes alone do it. */
  readonly shape: ImageShape | undefined;
  /** What the file systems had to change to store the tree. */
  readonly notes: readonly string[];
}

/**
 * Makes a plan: the mechanism offers, the file systems lay out and render, the mechanism settles. Reads at most heads
 * of the disc, writes nothing.
 *
 * @returns the plan, or a refusal with code, reason and advice.
 */
export async function planSession(request: PlanRequest): Promise<PlannedSession | Refusal> {
  const { mechanism, medium, history, intent } = request;
  if (request.fileSystems.length === 0)
    throw new MultisessionError("NO_OUTPUT", "No file system is registered that could render the session.", {
      subject: mechanism.id,
    });
  const barred = refuseProtected(medium) ?? refuseUnclaimed(mechanism, medium, intent);
  if (barred !== undefined) return barred;
  const offer = askOffer(request);
  if (offer.kind === "refused") return offer;
  const early = missingConsent([...offer.preparation, ...offer.finish], request);
  if (early !== undefined) return early;
  const fixed = request.fixed ?? chooseFixed(request);
  const { shape, notes } = await renderOffer(request, offer, fixed);
  const settlement = checkSettlement(mechanism.id, offer, shape, mechanism.settle(offer, shape));
  if (settlement.kind === "refused") return settlement;
  if (isClosing(intent) && !settlement.steps.some((step) => step.step === "close" && step.what === "disc"))
    return refuse(
      "UNSUPPORTED_INTENT",
      `This disc cannot be closed for good: with ${mechanism.id} it stays writable.`,
      "Burn without closing the disc.",
    );
  const missing = missingConsent(settlement.steps, request);
  if (missing !== undefined) return missing;
  const plan: SessionPlan = {
    format: 1,
    intent: intent.kind,
    mechanism: mechanism.id,
    fileSystems: request.fileSystems.map(({ id }) => id),
    medium: fingerprint(medium, history),
    ...(shape === undefined ? {} : { image: shape.imageDigest, state: shape.state }),
    ...(isTreeRecorded(intent) ? { tree: request.image?.sharing === undefined ? "full" : "delta" } : {}),
    fixed,
    condition: history.condition,
    steps: settlement.steps,
    cost: addPrices(...settlement.cost),
    reserve: offer.reserve,
    consequences: offer.consequences,
    consent: "consent" in intent ? intent.consent : [],
  };
  return { kind: "planned", plan, offer, shape, notes };
}

/** Some media stay writable for ever: whoever wants one closed must hear that before the burn. */
function isClosing(intent: SessionIntent): boolean {
  return "close" in intent && intent.close === "disc";
}

/** Whether an intent records a tree, and not only a head. */
function isTreeRecorded({ kind }: SessionIntent): boolean {
  return kind === "first" || kind === "append";
}

/** Tracks that lost their power come first; else the mechanism is asked, and what it says is checked. */
function askOffer(request: PlanRequest): SessionOffer {
  const { mechanism, medium, history, intent } = request;
  const repair = intent.kind === "recover" ? repairOffer(medium, history) : undefined;
  if (repair !== undefined) return repair;
  const offered = checkOffer(mechanism.id, medium, mechanism.offer(medium, history, intent, needsOf(request)));
  if (offered.kind === "refused") return offered;
  const base = intent.kind === "append" ? appendBase(history, intent.base) : undefined;
  if (base !== undefined && "code" in base) return base;
  checkPurpose(mechanism.id, offered, intent, history);
  return offered;
}

/** Turns a refusal into the error that says the same. */
export function refusalError({ code, reason, advice }: Refusal, subject: string): MultisessionError {
  return new MultisessionError(code as MultisessionError["code"], reason, {
    subject,
    ...(advice === "" ? {} : { advice }),
  });
}

function refuseProtected({ isWriteProtected, protection }: Medium): Refusal | undefined {
  if (!isWriteProtected) return undefined;
  return refuse(
    "WRITE_PROTECTED",
    `The disc is write-protected${protection === undefined ? "" : `: ${protection}`}.`,
    "",
  );
}

function refuseUnclaimed(mechanism: IMultisession, medium: Medium, intent: SessionIntent): Refusal | undefined {
  const supports = descriptorOf(mechanism)?.supports;
  if (supports === undefined) return undefined;
  if (!supports.intents.includes(intent.kind)) {
    return refuse(
      "UNSUPPORTED_INTENT",
      `The mechanism "${mechanism.id}" does not do "${intent.kind}"; it does ${supports.intents.join(", ")}.`,
      "Choose another mechanism or another way.",
    );
  }
  if (!supports.media.includes(medium.kind) && !supports.media.includes("*")) {
    return refuse(
      "NO_COMPATIBLE_MULTISESSION_TYPE",
      `The mechanism "${mechanism.id}" does not claim ${medium.kind} media.`,
      "`multisession explain` says which mechanism does.",
    );
  }
  return undefined;
}

function needsOf({ fileSystems, image }: PlanRequest): Needs {
  const needs = fileSystems.map((fileSystem) => fileSystem.needs(image?.tree));
  const total = (pick: (need: Needs) => number): number => needs.reduce((sum, need) => sum + pick(need), 0);
  return { atLeast: total(({ atLeast }) => atLeast), headBlocks: total(({ headBlocks }) => headBlocks) };
}

function chooseFixed({ history, intent, image, sourceDate }: PlanRequest): Fixed {
  const identity = nextIdentity(history, intent);
  const shownDigest = (): string => {
    if (image !== undefined) return digestTree(image.tree, 0);
    return (intent.kind === "revert" && history.states[intent.to]?.digest) || "";
  };
  if (sourceDate !== undefined) return reproducibleIdentity(sourceDate, history, identity, shownDigest());
  const { life, sequence } = identity;
  return {
    time: Date.now(),
    life: life ?? randomBytes(16).toString("hex"),
    sequence,
    nonce: randomBytes(8).toString("hex"),
  };
}

async function renderOffer(
  request: PlanRequest,
  offer: Offer,
  fixed: Fixed,
): Promise<{ shape: ImageShape | undefined; notes: readonly string[] }> {
  if (offer.content === "none") return { shape: undefined, notes: [] };
  if (offer.content === "head") return { shape: await renderHead(request, offer, fixed), notes: [] };
  const { fileSystems, image, intent, signal } = request;
  const reader = new MediumReader(request.reader, request.medium);
  const options = signal === undefined ? {} : { signal };
  const frame: SessionFrame = {
    space: offer.space,
    fixed,
    ...(offer.base === undefined ? {} : { base: offer.base }),
    ...(image?.sharing === undefined ? {} : { sharing: image.sharing }),
    ...(image?.md5Sums === undefined ? {} : { md5Sums: image.md5Sums }),
  };
  const isTree = isTreeRecorded(intent);
  if (isTree && image === undefined) throw new TypeError(`The intent "${intent.kind}" needs an image`);
  const layouts: Layout[] = [];
  // What one file system wrote only that one can show again.
  const rendering =
    isTree || offer.base === undefined ? fileSystems : fileSystems.filter(({ id }) => id === offer.base?.fileSystem);
  for (const fileSystem of rendering) {
    layouts.push(
      isTree && image !== undefined
        ? await fileSystem.layout(image.tree, frame, options)
        : await fileSystem.republish(offer.base, frame, reader, options),
    );
  }
  const contents = isTree ? (image?.contents ?? []) : [];
  const label = isTree ? (image?.tree.volumeName ?? "") : (offer.base?.label ?? "");
  const previousManifest = await manifestBefore(offer, reader, options);
  const session = await assembleSession({
    space: offer.space,
    fixed,
    layouts,
    contents,
    label,
    ...(previousManifest === undefined ? {} : { previousManifest }),
    ...(startsAnew(request)
      ? { clear: fileSystems.flatMap((fileSystem) => fileSystem.clear(offer.space, { ...fixed, sequence: 0 })) }
      : {}),
    // What a first session finds on the disc counts for nothing.
    unreadable: intent.kind === "append" ? "refuse" : "zeros",
    ...keptBy(fileSystems),
    imageDigest:
      isTree && image !== undefined
        ? digestTree(image.tree, offer.space.sessionStart)
        : digestOf("republish", offer, fixed),
  });
  const mark = markPhase(offer, fixed);
  const shape = mark === undefined ? session : { ...session, phases: [mark, ...session.phases] };
  return { shape, notes: layouts.flatMap(({ notes }) => notes) };
}

/**
 * Where the chain of manifests goes on. A trailer that cannot be read hides its manifest; then its own place is named,
 * where verification finds none and says that hashes are lost.
 */
async function manifestBefore({ base }: Offer, reader: BlockReader, options: CallOptions): Promise<Lba | undefined> {
  const trailerAt = base?.record?.trailerAt ?? 0;
  if (trailerAt === 0) return undefined;
  return (await readTrailer(reader, trailerAt, options))?.manifestAt ?? trailerAt;
}

/** The blocks that give an interrupted session up, before it is closed. */
function markPhase({ givesUp }: Offer, fixed: Fixed): Phase | undefined {
  if (givesUp === undefined) return undefined;
  const mark = encodeGiveUpMark(fixed);
  const produce = (): Iterable<Uint8Array> => Array.from({ length: givesUp.blocks }, () => mark);
  const extent: Extent = {
    ...givesUp,
    source: { from: "bytes", produce },
    label: "mark of the session that is given up",
  };
  return { kind: "give-up", extents: [extent], then: "none" };
}

/** What in the head's unit stays: what every file system lets stay. */
function keptBy(fileSystems: readonly FileSystem[]): Pick<Assembly, "keeps"> {
  return { keeps: (block) => fileSystems.every((fileSystem) => fileSystem.keepsInHead?.(block) !== false) };
}

/** The head alone: of the newest state where there is one, of an empty volume elsewhere. */
async function renderHead(
  { fileSystems, medium, signal, ...request }: PlanRequest,
  offer: Offer,
  fixed: Fixed,
): Promise<ImageShape> {
  const { base, space } = offer;
  const reader = new MediumReader(request.reader, medium);
  const options = signal === undefined ? {} : { signal };
  const extents: Extent[] = [];
  for (const fileSystem of fileSystems) {
    if (base === undefined) extents.push(...fileSystem.clear(space, { ...fixed, sequence: 0 }));
    else if (base.fileSystem === fileSystem.id)
      extents.push(...(await fileSystem.restoreHead(base, space, reader, options)));
  }
  const state =
    base === undefined
      ? { start: 0, end: space.sessionStart, label: "" }
      : { start: base.start, end: base.end, label: base.label };
  return assembleHead({ space, imageDigest: digestOf("head", offer, fixed), ...keptBy(fileSystems) }, extents, state);
}

function digestOf(what: string, { base, space }: Offer, fixed: Fixed): string {
  return createHash("sha256")
    .update(JSON.stringify([what, base?.digest, space.sessionStart, fixed]))
    .digest("hex");
}
