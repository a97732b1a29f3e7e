import { catalogue } from "@multisession/core";
import { describe, expect, it } from "vitest";
import { imapiError } from "../src/errors/imapi-error.ts";
import { findHresult, hresultTable } from "../src/index.ts";

describe("the table of HRESULTs", () => {
  it("has every name and number once, and each with words and advice", () => {
    expect(new Set(hresultTable.map(({ name }) => name)).size).toBe(hresultTable.length);
    expect(new Set(hresultTable.map(({ hresult }) => hresult)).size).toBe(hresultTable.length);
    for (const { name, meaning, advice, hresult } of hresultTable) {
      expect(meaning, name).toMatch(/^[A-Z].*\.$/);
      expect(advice, name).toMatch(/^[A-Z`].*\.$/);
      expect(hresult, name).toBeGreaterThan(0x7fff_ffff);
    }
  });

  it("agrees with core's catalogue about IMAPI2's names", () => {
    for (const [code, { imapi }] of Object.entries(catalogue)) {
      if (imapi === undefined || code === "MULTISESSION_TWO_IN_USE") continue;
      const entry = findHresult(imapi.hresult);
      expect(entry?.name, code).toBe(imapi.name);
      if (!["STALE", "CANCELLED"].includes(code)) expect(entry?.code, imapi.name).toBe(code);
    }
  });

  it.each([
    ["E_IMAPI_RECORDER_MEDIA_NO_MEDIA", 0xc0aa0202, "NO_MEDIUM", "after-change"],
    ["E_IMAPI_ERASE_TOOK_LONGER_THAN_ONE_HOUR", 0x80aa0906, "imapi/erase-took-longer-than-one-hour", "other-disc"],
    ["IMAPI_E_DATA_TOO_BIG", 0xc0aab132, "imapi/data-too-big", "after-change"],
    ["E_IMAPI_DF2RAW_RECORDER_NOT_SUPPORTED", 0xc0aa0610, "imapi/df2raw-recorder-not-supported", "no"],
    ["REGDB_E_CLASSNOTREG", 0x80040154, "imapi/regdb-e-classnotreg", "after-change"],
  ])("%s is 0x%x and becomes %s", (name, hresult, code, retry) => {
    expect(findHresult(hresult)).toMatchObject({ name, code, retry });
    expect(findHresult(hresult | 0)).toMatchObject({ name });
    const error = imapiError({ message: "it failed", hresult, call: "IThing::Do" }, "imapi:D:");
    expect(error).toMatchObject({ code, retry, subject: "imapi:D:", imapi: { name, hresult } });
    expect(error.message).toContain(name);
    expect(String(error.cause)).toContain("IThing::Do gave 0x");
  });
});
