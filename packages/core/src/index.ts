/**
 * Contracts, registry, negotiation and the burn.
 *
 * @module core
 */
export { BLOCK_BYTES, type Blocks, blocksOf, CONTRACT, checkBlocks, type Lba, roundUp } from "./units.ts";
export { appendTrack, type FormatOption, type Medium, type MediumKind, type Resources, type Track } from "./medium.ts";
export type { BlockReader, CallOptions, Closable, DeviceEntry, DiscReader, DiscRecorder, DriveIdentity, Driver, ReloadOutcome } from "./recorder.ts";
export type { Condition, Finding, HeadFound, History, Probe, SessionRecord, StateRef, Trailer } from "./history.ts";
export { newestState } from "./history.ts";
export { type AddressSpace, type Price, type Publication, rangeOf, replacementBlocks, type WritableRange } from "./space.ts";
export { type Extent, type ImageShape, type Phase, type PhaseKind, phaseBlocks, type Source, type Written } from "./extent.ts";
export type { Assessment, Consequence, Goal, IntentKind, Needs, Purpose, SessionIntent } from "./intent.ts";
export { addPrices, type CloseStep, type Fixed, type MechanismStep, type Offer, type PlanStep, type PrepareStep, priceOf, type Refusal, type RefreshStep, type ReserveStep, refuse, type SessionContent, type SessionOffer, type SessionPlan, type Settlement } from "./plan.ts";
export type { Attributes, Content, DirectoryNode, FileNode, LinkNode, RecordedEntry, RecordedExtent, Tree, TreeNode } from "./tree.ts";
export type { FileSystem, Layout, Placement, RecordedVolume, Rendering, SessionFrame } from "./file-system.ts";
export { decodeSessionRecord, decodeTrailer, encodeSessionRecord, encodeTrailer, isSameSession, readTrailer, SESSION_RECORD_BYTES } from "./session-record.ts";
export { decodeManifest, encodeManifest, type Manifest, type ManifestEntry, manifestBlocks, readManifest } from "./manifest.ts";
export { type IMultisession, type MechanismContext, Multisession } from "./multisession.ts";
export { type IMultisessionRandomWrite, type IMultisessionSequential, type IMultisessionSequential2, NO_PREVIOUS_SESSION } from "./imapi.ts";
export { type ErrorDetails, type ImapiName, MultisessionError, type Sense } from "./errors.ts";
export { type CatalogueEntry, catalogue, type ErrorCode, type Retry } from "./error-catalogue.ts";
export type { Activity, BurnEvent, CancelPrice, OnEvent } from "./events.ts";
