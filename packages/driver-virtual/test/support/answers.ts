import {
  capacityData,
  configuration,
  discInformation,
  formatCapacities,
  getConfiguration,
  modeData,
  modeSelect10,
  readCapacity,
  readDiscInformation,
  readFormatCapacities,
  readToc,
  readTrackInformation,
  sessionInformation,
  toc,
  trackInformation,
  writeParametersPage,
} from "@multisession/mmc";
import type { Initiator } from "./initiator.ts";

/** What is done to a disc, and what it is called afterwards. */
export interface Stage {
  readonly name: string;
  readonly deed?: (host: Initiator) => void;
}

/** As a CD-RW with fixed packets needs it; elsewhere the size does not count. */
const packets = { fixedPacket: true, packetSize: 32 } as const;

/** Mode page 05h, as a host sets it before it records. `isLast`: the disc is closed with the next session. */
export function setPage(host: Initiator, writeType: number, isLast: boolean): void {
  const page = writeParametersPage.build({ writeType, multisession: isLast ? 0 : 3, dataBlockType: 8, ...packets });
  const list = modeData.build({ mediumType: 0, pages: [page] }).fill(0, 0, 2);
  good(host.send(modeSelect10.build({ pageFormat: true, parameterLength: list.length }), list));
}

/** Fails when a command was refused: a stage does what its name says. */
export function good(answer: string): void {
  if (answer !== "good") throw new Error(`The recorder answered ${answer}`);
}

type Reply = Uint8Array | string;

function replyOf(host: Initiator, cdb: Uint8Array): Reply {
  const { dataIn } = host.recorder.run({ cdb });
  return dataIn ?? host.send(cdb);
}

function hexOf(bytes: Uint8Array): string {
  const words = Buffer.from(bytes)
    .toString("hex")
    .match(/.{1,8}/g);
  return (words ?? []).join(" ");
}

const number = (value: number): string => value.toLocaleString("en");
const code = (value: number): string => value.toString(16).padStart(4, "0");
const bitsOf = (...flags: readonly boolean[]): string => flags.map(Number).join("");

/** A line with the words, and one with the bytes; of a refusal its sense. */
function answer(command: string, reply: Reply, words: (bytes: Uint8Array) => string): readonly string[] {
  const name = command.padEnd(27);
  if (typeof reply === "string") return [`${name}refused: ${reply}`];
  return [`${name}${words(reply)}`, `${" ".repeat(27)}${hexOf(reply)}`];
}

function discWords(bytes: Uint8Array): string {
  const told = discInformation.parse(bytes);
  const { discStatus, lastSessionState, sessions, firstTrackOfLastSession, lastTrack, erasable, backgroundFormat } =
    told;
  return [
    `disc ${discStatus}, last session ${lastSessionState}`,
    `sessions ${sessions}`,
    `its tracks ${firstTrackOfLastSession} to ${lastTrack}`,
    erasable ? "erasable" : "not erasable",
    `background format ${backgroundFormat}`,
  ].join("; ");
}

function trackWords(bytes: Uint8Array): string {
  const track = trackInformation.parse(bytes);
  const next = track.nextWritableValid ? number(track.nextWritable) : "-";
  const last = track.lastRecordedValid ? number(track.lastRecorded) : "-";
  return [
    `session ${track.sessionNumber}`,
    `RT/Blank/Packet ${bitsOf(track.reservedTrack, track.blank, track.packet)}`,
    `start ${number(track.start)}`,
    `next ${next}`,
    `free ${number(track.freeBlocks)}`,
    `size ${number(track.size)}`,
    `last ${last}`,
  ].join("; ");
}

function formatWords(bytes: Uint8Array): string {
  const { state, blocks, formats } = formatCapacities.parse(bytes);
  const current = `${["", "unformatted", "formatted", "unknown"][state]} ${number(blocks)}`;
  const hex = (value: number): string => `${value.toString(16).padStart(2, "0")}h`;
  return [current, ...formats.map((each) => `${hex(each.type)}(${hex(each.parameter)}) ${number(each.blocks)}`)].join(
    "; ",
  );
}

function configurationWords(bytes: Uint8Array): string {
  const { profile, features } = configuration.parse(bytes);
  return `profile ${code(profile)}; current: ${features.map((feature) => code(feature.code)).join(" ")}`;
}

/** The answers to the six commands that tell what a disc is, in words and to the byte. */
export function answersOf(host: Initiator): readonly string[] {
  const { lastTrack } = host.disc();
  const track = (index: number): readonly string[] =>
    answer(
      `READ TRACK INFORMATION ${index}`,
      replyOf(host, readTrackInformation.build({ addressType: 1, number: index, allocationLength: 36 })),
      trackWords,
    );
  const list = (msf: boolean): Reply => replyOf(host, readToc.build({ msf, allocationLength: 804 }));
  const isCompact = host.recorder.run({ cdb: readToc.build({ format: 4, allocationLength: 4 }) }).status === "good";
  const rawToc = replyOf(host, readToc.build({ format: 2, from: 1, allocationLength: 804 }));
  return [
    ...answer("READ DISC INFORMATION", replyOf(host, readDiscInformation.build({ allocationLength: 34 })), discWords),
    ...Array.from({ length: lastTrack }, (_, index) => track(index + 1)).flat(),
    ...answer("READ TOC", list(false), (bytes) =>
      toc
        .parse(bytes)
        .entries.map(
          (entry) =>
            `${entry.track === 0xaa ? "lead-out" : entry.track}=${entry.adr}${entry.control}@${number(entry.address)}`,
        )
        .join("; "),
    ),
    ...answer("READ TOC, sessions", replyOf(host, readToc.build({ format: 1, allocationLength: 12 })), (bytes) => {
      const { lastSession, track: first, address } = sessionInformation.parse(bytes);
      return `last session ${lastSession}; its first track ${first}@${number(address)}`;
    }),
    ...(isCompact ? answer("READ TOC, raw", rawToc, (bytes) => `${(bytes.length - 4) / 11} entries`) : []),
    ...answer(
      "GET CONFIGURATION",
      replyOf(host, getConfiguration.build({ requestType: 1, allocationLength: 4096 })),
      configurationWords,
    ),
    ...answer(
      "READ FORMAT CAPACITIES",
      replyOf(host, readFormatCapacities.build({ allocationLength: 252 })),
      formatWords,
    ),
    ...answer("READ CAPACITY", replyOf(host, readCapacity.build({})), (bytes) => {
      const { lastLba, blockBytes } = capacityData.parse(bytes);
      return `last block ${number(lastLba)}, of ${blockBytes} bytes`;
    }),
  ];
}
