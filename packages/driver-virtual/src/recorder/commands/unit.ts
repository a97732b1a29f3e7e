import { BLOCK_BYTES } from "@multisession/core";
import {
  bufferCapacity,
  buildSense,
  deviceIdentification,
  eventClasses,
  eventStatus,
  getEventStatus,
  inquiry,
  inquiryData,
  lunList,
  mechanismStatus,
  mechanismStatusData,
  mediaEvents,
  preventAllow,
  readBufferCapacity,
  reportLuns,
  requestSense,
  sendOpcInformation,
  serialNumber,
  startStopUnit,
  supportedPages,
  testUnitReady,
} from "@multisession/mmc";
import { sense } from "../../media/medium-table.ts";
import {
  alwaysAnswered,
  type CommandEntry,
  invalidField,
  onDisc,
  onDrive,
  upTo,
  wrongListLength,
} from "../command-entry.ts";
import type { Drive } from "../drive.ts";

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

/** Vital product data by page (SPC). Page 83h names the unit by T10 vendor id. */
const vitalPages: ReadonlyMap<number, (drive: Drive) => Uint8Array> = new Map([
  [0x00, () => supportedPages.build([0x00, 0x80, 0x83])],
  [0x80, ({ serial }: Drive) => serialNumber.build(serial)],
  [
    0x83,
    ({ capture: { identity }, serial }: Drive) => {
      const value = ascii(identity.vendor.padEnd(8) + identity.product.padEnd(16) + serial);
      return deviceIdentification.build([{ codeSet: 2, association: 0, type: 1, value }]);
    },
  ],
]);

/** Bytes of an entry of SEND OPC INFORMATION. */
const OPC_ENTRY_BYTES = 8;
/** SPC-3, which drives of today claim. */
const SPC_VERSION = 5;

/** Power conditions of START STOP UNIT (MMC): none, active, idle, standby, sleep. All of them leave the drive ready. */
const powerConditions: ReadonlySet<number> = new Set([0, 1, 2, 3, 5]);

/** Medium status in an event: bit 1 a medium is there, bit 0 the tray is open. */
const eventState = { present: 2, trayOpen: 1 } as const;

/** Classes that have a status here; all but media never have news. */
const supportedClasses = Object.values(eventClasses).reduce((bits, one) => bits | (1 << one), 0);

/** Commands of the unit itself (SPC; MMC). */
export const unitCommands: readonly CommandEntry[] = [
  onDisc(testUnitReady, () => undefined),

  alwaysAnswered(requestSense, ({ fields, drive }) => {
    if (fields.descriptorFormat) return invalidField(requestSense, "descriptorFormat");
    const [first, ...rest] = drive.attentions;
    drive.attentions = rest;
    return upTo(buildSense(first ?? drive.progress ?? sense(0, 0, 0)), fields.allocationLength);
  }),

  alwaysAnswered(inquiry, ({ fields, drive }) => {
    if (fields.vital) {
      const page = vitalPages.get(fields.page);
      return page === undefined ? invalidField(inquiry, "page") : upTo(page(drive), fields.allocationLength);
    }
    if (fields.page !== 0) return invalidField(inquiry, "page");
    const { vendor, product, revision } = drive.capture.identity;
    return upTo(inquiryData.build({ vendor, product, revision, version: SPC_VERSION }), fields.allocationLength);
  }),

  alwaysAnswered(reportLuns, ({ fields }) => {
    if (fields.select > 2) return invalidField(reportLuns, "select");
    // Select 1 asks for well-known units only, and there are none.
    return upTo(lunList.build(fields.select === 1 ? [] : [0]), fields.allocationLength);
  }),

  alwaysAnswered(getEventStatus, ({ fields, drive }) => {
    if (!fields.polled) return invalidField(getEventStatus, "polled");
    const asked = Object.values(eventClasses).filter((one) => (fields.classes & (1 << one)) !== 0);
    const hasNews = asked.includes(eventClasses.media) && drive.mediaEvent !== mediaEvents.none;
    const chosen = hasNews ? eventClasses.media : asked[0];
    if (chosen === undefined) return upTo(eventStatus.build({ supported: supportedClasses }), fields.allocationLength);
    const code = chosen === eventClasses.media ? drive.mediaEvent : 0;
    const mediaState = drive.isTrayOpen ? eventState.trayOpen : eventState.present;
    const isBusy = chosen === eventClasses.deviceBusy && drive.busy !== undefined;
    const status =
      chosen === eventClasses.media ? mediaState : chosen === eventClasses.powerManagement || isBusy ? 1 : 0;
    const reply = eventStatus.build({
      supported: supportedClasses,
      event: { class: chosen, code, status, parameter: 0 },
    });
    // An event that was cut off has not been told.
    if (chosen === eventClasses.media && fields.allocationLength >= reply.length) drive.mediaEvent = mediaEvents.none;
    return upTo(reply, fields.allocationLength);
  }),

  onDrive(startStopUnit, ({ fields, drive }) => {
    if (fields.formatLayerValid) return invalidField(startStopUnit, "formatLayerValid");
    if (!powerConditions.has(fields.powerCondition)) return invalidField(startStopUnit, "powerCondition");
    if (fields.powerCondition !== 0 || !fields.loadEject) return undefined;
    if (fields.start) drive.load(fields.immediate);
    else if (drive.isRemovalPrevented) return sense(5, 0x53, 0x02);
    else drive.eject();
    return undefined;
  }),

  onDrive(preventAllow, ({ fields, drive }) => {
    drive.isRemovalPrevented = fields.prevent;
    return undefined;
  }),

  onDrive(mechanismStatus, ({ fields, drive }) =>
    upTo(mechanismStatusData.build({ doorOpen: drive.isTrayOpen }), fields.allocationLength),
  ),

  onDrive(readBufferCapacity, ({ fields, drive }) => {
    const { speeds, filled } = drive.timing;
    const told = (bytes: number): number => Math.floor(fields.inBlocks ? bytes / BLOCK_BYTES : bytes);
    const size = told(speeds.bufferBytes);
    const free = told(Math.max(0, speeds.bufferBytes - filled));
    return upTo(bufferCapacity.build({ inBlocks: fields.inBlocks, size, free }), fields.allocationLength);
  }),

  // Calibration needs no laser here.
  onDisc(sendOpcInformation, ({ fields: { doOpc, parameterLength }, dataOut }) => {
    const isBoth = doOpc && parameterLength > 0;
    if (isBoth || parameterLength % OPC_ENTRY_BYTES !== 0) return invalidField(sendOpcInformation, "parameterLength");
    return dataOut.length < parameterLength ? wrongListLength : undefined;
  }),
];
