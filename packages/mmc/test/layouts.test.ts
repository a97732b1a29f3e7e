import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Codec, Field, Fields, Struct } from "../src/index.ts";
import * as mmc from "../src/index.ts";

/** Every layout that the package exports, by its name. */
const layouts = [
  ...Object.entries(mmc).flatMap(([name, value]) => (isStruct(value) ? [[name, value] as const] : [])),
  ...Object.values(mmc.features).map(
    (feature) => [`feature ${feature.name}`, feature.layout as unknown as Struct<Fields>] as const,
  ),
];

function isStruct(value: unknown): value is Struct<Fields> {
  return typeof value === "object" && value !== null && "fields" in value && "parse" in value;
}

function isCodec(value: unknown): value is Codec<unknown> {
  return typeof value === "object" && value !== null && "parse" in value && "build" in value;
}

function anyValueOf(field: Field<unknown>): fc.Arbitrary<unknown> {
  switch (field.kind) {
    case "flag":
      return fc.boolean();
    case "signed":
      return fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff });
    case "unsigned":
      return fc.nat({ max: 2 ** field.width - 1 });
    case "bytes":
      return fc.uint8Array({ minLength: field.width / 8, maxLength: field.width / 8 });
    case "text":
      return fc
        .string({
          unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
          maxLength: field.width / 8,
        })
        .map((value) => value.trimEnd());
  }
}

describe.each(layouts)("layout %s", (_, layout) => {
  const values = fc.record(
    Object.fromEntries(
      Object.entries(layout.fields).map(([name, field]) => [name, anyValueOf(field as Field<unknown>)]),
    ),
  );

  it("reads back what it wrote", () => {
    fc.assert(
      fc.property(values, (fields) => void expect(layout.parse(layout.build(fields as never))).toEqual(fields)),
      { numRuns: 50 },
    );
  });

  it("keeps its fields apart: setting one leaves the others at their defaults", () => {
    const rest = layout.parse(layout.build({}));
    fc.assert(
      fc.property(values, fc.constantFrom(...Object.keys(rest), undefined), (fields, name) => {
        if (name === undefined) return;
        expect(layout.parse(layout.build({ [name]: fields[name] } as never))).toEqual({
          ...rest,
          [name]: fields[name],
        });
      }),
      { numRuns: 30 },
    );
  });

  it("writes what it read, and reads zeros where bytes are missing", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: layout.size + 4 }), (bytes) => {
        const whole = new Uint8Array(Math.max(layout.size, bytes.length));
        whole.set(bytes);
        const parsed = layout.parse(bytes);
        expect(parsed).toEqual(layout.parse(whole));
        expect(layout.parse(layout.build(parsed))).toEqual(parsed);
      }),
      { numRuns: 50 },
    );
  });
});

describe("every parser", () => {
  const parsers = [
    ...Object.entries(mmc).flatMap(([name, value]) =>
      isCodec(value) ? [[name, (bytes: Uint8Array) => value.parse(bytes)] as const] : [],
    ),
    ["parseSense", mmc.parseSense] as const,
  ];

  it.each(parsers)("%s takes any bytes", (_, parse) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void expect(parse(bytes)).toBeDefined()),
      { numRuns: 100 },
    );
  });

  it.each(parsers)("%s takes replies whose length field lies", (_, parse) => {
    for (const value of [0x00, 0x7f, 0xff]) expect(parse(new Uint8Array(64).fill(value))).toBeDefined();
  });
});

it.each([
  ["a number that is too large", () => mmc.read10.build({ blocks: 0x10000 })],
  ["a negative number", () => mmc.read10.build({ lba: -1 })],
  ["a fraction", () => mmc.read10.build({ lba: 0.5 })],
  ["a text that is too long", () => mmc.inquiryData.build({ vendor: "MULTISESSION" })],
  ["a text outside ASCII", () => mmc.inquiryData.build({ vendor: "GRÜN" })],
])("a layout refuses %s with the name of the field", (_, build) => {
  expect(build).toThrow(/^(blocks|lba|vendor): /);
});
