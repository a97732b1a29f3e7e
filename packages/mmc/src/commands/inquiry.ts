import { command } from "../command.ts";
import { opcodes } from "../opcodes.ts";
import { bit, bits, type Codec, concat, printable, struct, text, u8, u16 } from "../struct.ts";

/** INQUIRY (12h, SPC). */
export const inquiry = command(opcodes.inquiry, {
  /** Vital product data: `page` counts. */
  vital: bit(1, 0),
  page: u8(2),
  allocationLength: u16(3),
});

/** Standard INQUIRY data (SPC), the 36 bytes that every device has. A recorder is device type 05h. */
export const inquiryData = struct(
  {
    qualifier: bits(0, 7, 5),
    deviceType: bits(0, 4, 0),
    removable: bit(1, 7),
    version: u8(2),
    responseFormat: bits(3, 3, 0),
    additionalLength: u8(4),
    vendor: text(8, 8),
    product: text(16, 16),
    revision: text(32, 4),
  },
  { size: 36, defaults: { deviceType: 5, removable: true, responseFormat: 2, additionalLength: 31 } },
);

const vitalHead = struct({ qualifier: bits(0, 7, 5), deviceType: bits(0, 4, 0), page: u8(1), length: u16(2) });

/** One page of vital product data (SPC): its code and what follows the 4-byte head. */
export interface VitalPage {
  /** Page code, such as 00h, 80h, 83h. */
  readonly page: number;
  /** The page without its head. */
  readonly data: Uint8Array;
}

/** A page of vital product data with its head; the device type is 05h. */
export const vitalPage: Codec<VitalPage> = {
  parse(bytes) {
    const { page, length } = vitalHead.parse(bytes);
    return { page, data: bytes.slice(4, 4 + length) };
  },
  build: ({ page, data }) => concat(vitalHead.build({ deviceType: 5, page, length: data.length }), data),
};

/** VPD page 00h (SPC): the pages that the device has. */
export const supportedPages: Codec<readonly number[]> = {
  parse: (bytes) => [...vitalPage.parse(bytes).data],
  build: (pages) => vitalPage.build({ page: 0x00, data: Uint8Array.from(pages) }),
};

/** VPD page 80h (SPC): the unit's serial number. */
export const serialNumber: Codec<string> = {
  parse: (bytes) => printable(vitalPage.parse(bytes).data),
  build: (serial) => vitalPage.build({ page: 0x80, data: ascii(serial) }),
};

function ascii(value: string): Uint8Array {
  const bytes = new Uint8Array(value.length);
  text(0, value.length).write(bytes, value);
  return bytes;
}

/** One name of the device in VPD page 83h (SPC). */
export interface Designator {
  /** 1 binary, 2 ASCII, 3 UTF-8. */
  readonly codeSet: number;
  /** 0 the logical unit, 1 the port, 2 the device. */
  readonly association: number;
  /** 0 vendor specific, 1 T10 vendor id, 3 NAA, 8 SCSI name. */
  readonly type: number;
  /** The name. */
  readonly value: Uint8Array;
}

const designatorHead = struct({
  protocol: bits(0, 7, 4),
  codeSet: bits(0, 3, 0),
  protocolValid: bit(1, 7),
  association: bits(1, 5, 4),
  type: bits(1, 3, 0),
  length: u8(3),
});

/** VPD page 83h (SPC): the names of the device. */
export const deviceIdentification: Codec<readonly Designator[]> = {
  parse(bytes) {
    const { data } = vitalPage.parse(bytes);
    const designators: Designator[] = [];
    for (let at = 0; at + 4 <= data.length; ) {
      const { codeSet, association, type, length } = designatorHead.parse(data.subarray(at));
      designators.push({ codeSet, association, type, value: data.slice(at + 4, at + 4 + length) });
      at += 4 + length;
    }
    return designators;
  },
  build(designators) {
    const parts = designators.map(({ codeSet, association, type, value }) =>
      concat(designatorHead.build({ codeSet, association, type, length: value.length }), value),
    );
    return vitalPage.build({ page: 0x83, data: concat(...parts) });
  },
};
