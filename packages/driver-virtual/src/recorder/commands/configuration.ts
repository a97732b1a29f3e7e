import type { Blocks } from "@multisession/core";
import {
  configuration,
  configurationRequests,
  currentFeatures,
  dataBlockTypes,
  type Feature,
  type FeatureCondition,
  features,
  getConfiguration,
  profiles as mediumProfiles,
  PROFILE_LIST,
  profileList,
  SERIAL_NUMBER,
  serialNumberFeature,
  withLinkSizes,
} from "@multisession/mmc";
import type { MediumTable } from "../../media/medium-table.ts";
import { mediumTables } from "../../media/virtual-media.ts";
import type { MediumState } from "../../medium-state.ts";
import { alwaysAnswered, type CommandEntry, invalidField, upTo } from "../command-entry.ts";
import type { Drive } from "../drive.ts";
import { MOST_CUE_BYTES } from "../session-at-once.ts";
import { isFormattable } from "./format.ts";

/** Profiles of pressed discs, which the drive reads too. */
const readOnlyProfiles = [0x40, 0x10, 0x08];

/** All profiles of a drive that knows all media; descending order is customary. */
const allProfiles: readonly number[] = [
  ...new Set([
    ...[...mediumTables.values()].flatMap(({ profile, conditions }) => [
      profile,
      ...conditions.map((condition) => condition.profile ?? profile),
    ]),
    ...readOnlyProfiles,
  ]),
].sort((a, b) => b - a);

/** The states of a medium that its features depend on. */
function conditionsOf({ traits: { quirks }, disc: { state } }: Drive): readonly FeatureCondition[] {
  const isBlank = state.isEmpty && state.condition.id === "unformatted";
  return [
    ...(quirks.pseudoOverwriteWhileBlank && isBlank ? (["pseudo-overwrite"] as const) : []),
    ...(isFormattable(state) ? (["blank"] as const) : []),
    ...(state.blocks < state.mediumBlocks ? (["spares"] as const) : []),
    ...(state.condition.writeModel === "sequential" && !state.condition.onlyAtOnce ? (["incremental"] as const) : []),
    ...(state.condition.writeModel === "growing-overwrite" ? (["intermediate"] as const) : []),
    ...(state.condition.packets !== undefined ? (["packets"] as const) : []),
    ...(state.condition.writeModel === "pseudo-overwrite" ? (["pseudo-overwrite"] as const) : []),
  ];
}

/** SCSI, as an iSCSI target is one (feature 0001h). */
const SCSI_INTERFACE = 1;
const TRAY = 1;
/** All classes of the first version; the drive knows all media of that kind. */
const allClasses = Uint8Array.from([0xff, 0xff, 0, 0, 0, 0, 0, 0]);

/** What formats the drive takes (MMC): 01h of DVD-RAM, 31h and the sub-types of 30h of BD-RE, random recording of BD-R. */
const formattable = {
  expandSpare: true,
  withoutSpareAllocation: true,
  certification: true,
  quickCertification: true,
  randomRecording: true,
} as const;

/** Blocks of a link between what is recorded at one time and at another (MMC). On BD there are none. */
const linkSizes: Readonly<Record<MediumTable["family"], readonly Blocks[]>> = { cd: [7], dvd: [16], bd: [] };

/** Types of data blocks that are taken, one bit each; where mode page 05h does not count, 2048 bytes of Mode 1. */
function typesOf({ table }: MediumState): number {
  const { dataBlockTypes: types = [dataBlockTypes.mode1] } = table.recording.page ?? {};
  return types.reduce((map, type) => map | (1 << type), 0);
}

/** Profiles of the drive. */
function profilesOf({ capture: { profiles } }: Drive): readonly number[] {
  return profiles?.map((code) => Number.parseInt(code, 16)) ?? allProfiles;
}

/** All features of the drive, in ascending order: those that it was captured with, as far as that was seen. */
function allFeatures(drive: Drive): readonly Feature[] {
  const { features: captured } = drive.capture;
  const own = ownFeatures(drive);
  const known = profilesOf(drive);
  if (captured === undefined) return own.filter(({ code }) => isUseful(code, known));
  const current = currentCodes(drive);
  const [list, ...others] = own;
  const listed = captured.map(({ code: digits, version = 0, isPersistent = false, data }): Feature => {
    const code = Number.parseInt(digits, 16);
    const mine = others.find((feature) => feature.code === code);
    return {
      code,
      version,
      isPersistent,
      isCurrent: isPersistent || current.has(code),
      data: data === undefined ? (mine?.data ?? new Uint8Array()) : Uint8Array.from(Buffer.from(data, "hex")),
    };
  });
  return list === undefined ? listed : [list, ...listed];
}

/** Features that are current with one profile or another. */
const codesByProfile: ReadonlyMap<number, ReadonlySet<number>> = new Map(
  [...mediumProfiles].map(([number, { features: always, featuresWhen = {} }]) => [
    number,
    new Set([...always, ...Object.values(featuresWhen).flat()]),
  ]),
);

/** A feature of media that the drive does not know is none of it. */
function isUseful(code: number, known: readonly number[]): boolean {
  const owners = [...codesByProfile].filter(([, codes]) => codes.has(code));
  return owners.length === 0 || owners.some(([profile]) => known.includes(profile));
}

function currentCodes(drive: Drive): ReadonlySet<number> {
  const state = discIn(drive);
  if (state === undefined) return new Set(currentFeatures(0, []));
  return new Set(currentFeatures(state.profile, conditionsOf(drive)));
}

function ownFeatures(drive: Drive): readonly Feature[] {
  const state = discIn(drive);
  const profile = state?.profile ?? 0;
  const current = currentCodes(drive);
  const blocking = state?.unit ?? 1;
  const now = ({ code }: { readonly code: number }): { readonly isCurrent: boolean } => ({
    isCurrent: current.has(code),
  });
  const always = { isCurrent: true, isPersistent: true };
  const entries = profilesOf(drive).map((entry) => ({ profile: entry, isCurrent: entry === profile }));
  return [
    { code: PROFILE_LIST, version: 0, ...always, data: profileList.build(entries) },
    features.core.describe({ ...always, version: 2 }, { interface: SCSI_INTERFACE, inquiry2: true }),
    features.morphing.describe({ ...always, version: 1 }, { operationalChange: true }),
    features.removableMedium.describe(always, { mechanism: TRAY, load: true, eject: true, lock: true }),
    features.randomReadable.describe(now(features.randomReadable), { blocking, hasErrorPage: true }),
    features.multiRead.describe(now(features.multiRead)),
    features.cdRead.describe({ ...now(features.cdRead), version: 2 }),
    features.dvdRead.describe({ ...now(features.dvdRead), version: 1 }, { multi110: true, dualR: true }),
    features.randomWritable.describe(
      { ...now(features.randomWritable), version: 1 },
      { lastLba: Math.max(0, (state?.blocks ?? 0) - 1), blocking, hasErrorPage: true },
    ),
    withLinkSizes(
      features.incrementalStreaming.describe(
        { ...now(features.incrementalStreaming), version: 1 },
        { trackResources: true, bufferUnderrunFree: true, dataBlockTypes: state === undefined ? 0 : typesOf(state) },
      ),
      state === undefined ? [] : linkSizes[state.table.family],
    ),
    features.formattable.describe({ ...now(features.formattable), version: 1 }, formattable),
    features.defectManagement.describe({ ...now(features.defectManagement), version: 1 }, { spareInformation: true }),
    features.writeOnce.describe(now(features.writeOnce), { blocking, hasErrorPage: true }),
    features.restrictedOverwrite.describe(now(features.restrictedOverwrite)),
    features.dvdPlusRw.describe(now(features.dvdPlusRw), { write: true, closeOnly: false, quickStart: true }),
    features.dvdPlusR.describe(now(features.dvdPlusR), { write: true }),
    features.rigidRestrictedOverwrite.describe(now(features.rigidRestrictedOverwrite), {
      blank: true,
      intermediate: true,
    }),
    features.trackAtOnce.describe(now(features.trackAtOnce), {
      bufferUnderrunFree: true,
      cdRw: true,
      dataBlockTypes: 0x0500,
    }),
    features.mastering.describe(now(features.mastering), {
      bufferUnderrunFree: true,
      sessionAtOnce: true,
      cdRw: true,
      maximumCueSheet: MOST_CUE_BYTES,
    }),
    features.dvdRWrite.describe(
      { ...now(features.dvdRWrite), version: 2 },
      {
        bufferUnderrunFree: true,
        dvdRw: true,
        dualLayer: true,
      },
    ),
    features.cdRwMedia.describe(now(features.cdRwMedia), { subTypes: 0xff }),
    features.pseudoOverwrite.describe(now(features.pseudoOverwrite)),
    features.dvdPlusRDoubleLayer.describe(now(features.dvdPlusRDoubleLayer), { write: true }),
    features.bdRead.describe(now(features.bdRead), {
      rewritableClasses: allClasses,
      recordableClasses: allClasses,
      readOnlyClasses: allClasses,
    }),
    features.bdWrite.describe(now(features.bdWrite), { rewritableClasses: allClasses, recordableClasses: allClasses }),
    features.powerManagement.describe(always),
    features.timeout.describe({ ...always, version: 1 }),
    features.realTimeStreaming.describe(
      { ...now(features.realTimeStreaming), version: 4 },
      {
        streamWriting: true,
        writeSpeedDescriptor: true,
        modePage2a: true,
        setCdSpeed: true,
        bufferCapacityBlocks: true,
      },
    ),
    { code: SERIAL_NUMBER, version: 0, ...always, data: serialNumberFeature.build(drive.serial) },
  ];
}

function discIn(drive: Drive): MediumState | undefined {
  return drive.isTrayOpen ? undefined : drive.disc.state;
}

/** GET CONFIGURATION (MMC). */
export const configurationCommands: readonly CommandEntry[] = [
  alwaysAnswered(getConfiguration, ({ fields, drive }) => {
    if (fields.requestType > configurationRequests.one) return invalidField(getConfiguration, "requestType");
    const state = discIn(drive);
    const { one, current } = configurationRequests;
    const chosen = allFeatures(drive).filter(({ code, isCurrent }) => {
      if (fields.requestType === one) return code === fields.feature;
      return code >= fields.feature && (fields.requestType !== current || isCurrent);
    });
    return upTo(configuration.build({ profile: state?.profile ?? 0, features: chosen }), fields.allocationLength);
  }),
];
