/**
 * Contracts, registry, negotiation and the burn.
 *
 * @module core
 */

export { appendBase, refuseIntent, refuseRecovery, revertBase } from "./append-base.ts";
export { type Assembly, assembleHead, assembleSession, type NewContent } from "./assemble.ts";
export { type BurnReport, type BurnRequest, burn, type DamagedContent } from "./burn.ts";
export { CHAIN_UNIT, FIRST_SESSION } from "./chain-walk.ts";
export { closedSessions } from "./closed-sessions.ts";
export { ComparedContents } from "./compared-contents.ts";
export { composePlugins } from "./compose-plugins.ts";
export type { ContentOptions, ContentPieces, ContentRun, ContentSource } from "./content-source.ts";
export { type CatalogueEntry, catalogue, type ErrorCode, type Retry } from "./error-catalogue.ts";
export { type ErrorDetails, type ImapiName, MultisessionError, type Sense } from "./errors.ts";
export type { Activity, BurnEvent, CancelPrice, OnEvent } from "./events.ts";
export {
  type ContentHashes,
  type Extent,
  type ImageShape,
  type Phase,
  type PhaseKind,
  phaseBlocks,
  type Run,
  runsOf,
  type Source,
  type Written,
} from "./extent.ts";
export type {
  FileSystem,
  Layout,
  Placement,
  RecordedVolume,
  Rendering,
  SessionFrame,
  TimeRange,
} from "./file-system.ts";
export { fingerprint } from "./fingerprint.ts";
export type {
  Condition,
  Finding,
  HeadFound,
  History,
  HistoryOptions,
  Probe,
  SessionRecord,
  StateRef,
  Trailer,
} from "./history.ts";
export { newestState } from "./history.ts";
export {
  type IMultisessionRandomWrite,
  type IMultisessionSequential,
  type IMultisessionSequential2,
  NO_PREVIOUS_SESSION,
} from "./imapi.ts";
export type { Assessment, Consequence, IntentKind, Needs, Purpose, SessionIntent } from "./intent.ts";
export { native, unsupported } from "./intent.ts";
export {
  decodeManifest,
  encodeManifest,
  type Manifest,
  type ManifestChainOptions,
  type ManifestEntry,
  type ManifestVersion,
  manifestBlocks,
  readManifest,
  readManifestChain,
} from "./manifest.ts";
export type { Md5Sums } from "./md5-sums.ts";
export { appendTrack, type FormatOption, type Medium, type MediumKind, type Resources, type Track } from "./medium.ts";
export { MediumReader } from "./medium-reader.ts";
export { type IMultisession, type MechanismContext, Multisession } from "./multisession.ts";
export { assessAll, type Negotiation, type NegotiationRequest, negotiate, type Verdict } from "./negotiate.ts";
export { type NextIdentity, nextIdentity } from "./next-identity.ts";
export type { Observer } from "./observe.ts";
export {
  addPrices,
  type CloseStep,
  type Fixed,
  type MechanismStep,
  type Offer,
  offer,
  type PlanStep,
  type PrepareStep,
  priceOf,
  type RefreshStep,
  type Refusal,
  type RepairStep,
  type ReserveStep,
  refuse,
  type SessionContent,
  type SessionOffer,
  type SessionPlan,
  type Settlement,
} from "./plan.ts";
export type { ExecutablePlan, PlanExecution, PlanExecutor } from "./plan-executor.ts";
export { type PlannedSession, type PlanRequest, planSession, refusalError } from "./planning.ts";
export {
  type DriverPlugin,
  defineDriver,
  defineFileSystem,
  defineMechanism,
  type FileSystemPlugin,
  isPlugin,
  type MechanismPlugin,
  type MechanismSupport,
  type Plugin,
  type PluginBase,
} from "./plugin.ts";
export { readHistory } from "./read-history.ts";
export type {
  BlockReader,
  CallOptions,
  Closable,
  DeviceEntry,
  DiscReader,
  DiscRecorder,
  DriveIdentity,
  Driver,
  ReloadOutcome,
  WriteOptions,
} from "./recorder.ts";
export { type RecoverReport, type RecoverRequest, recover } from "./recover.ts";
export { type Created, createPlugins, descriptorOf, type Plugins, type Unavailable } from "./registry.ts";
export { RememberingReader } from "./remembering-reader.ts";
export {
  decodeSessionRecord,
  decodeTrailer,
  encodeSessionRecord,
  encodeTrailer,
  isSameSession,
  readTrailer,
  SESSION_RECORD_BYTES,
} from "./session-record.ts";
export {
  type DeltaPolicy,
  type DirectorySpan,
  type NoSharing,
  type Sharing,
  sharesDirectories,
  type TreeExtent,
} from "./sharing.ts";
export {
  type AddressSpace,
  type Price,
  type Publication,
  rangeOf,
  replacementBlocks,
  type WritableRange,
} from "./space.ts";
export { MECHANISM_CONTEXT, MECHANISM_ID, PLUGIN, PLUGINS, type Token, token } from "./tokens.ts";
export type {
  Attributes,
  Content,
  DirectoryNode,
  ExtendedAttribute,
  FileNode,
  LinkNode,
  RecordedBytes,
  RecordedEntry,
  RecordedExtent,
  SpecialFile,
  SpecialNode,
  SpecialType,
  Tree,
  TreeNode,
} from "./tree.ts";
export { tryRead } from "./try-read.ts";
export { BLOCK_BYTES, type Blocks, blocksOf, CONTRACT, checkBlocks, type Lba, roundUp } from "./units.ts";
export { type VerifyFault, type VerifyReport, type VerifyRequest, verifyState } from "./verify.ts";
export { type SummedBlocks, type SummedContent, type VerifySumsRequest, verifySums } from "./verify-sums.ts";
