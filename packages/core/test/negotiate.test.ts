import {
  type Assessment,
  createPlugins,
  defineMechanism,
  type FileSystem,
  type IMultisession,
  type Medium,
  Multisession,
  type MultisessionError,
  type NegotiationRequest,
  native,
  negotiate,
  offer,
  type Purpose,
  type SessionOffer,
  unsupported,
} from "@multisession/core";
import { describe, expect, it } from "vitest";
import { mediumOf, readerOf } from "./media.ts";

class Fixed extends Multisession {
  readonly #assessment: Assessment | (() => Assessment);

  constructor(id: string, assessment: Assessment | (() => Assessment)) {
    super(id, { source: readerOf(mediumOf()) });
    this.#assessment = assessment;
  }

  protected override _assess(_medium: Medium, _purpose: Purpose): Assessment {
    return typeof this.#assessment === "function" ? this.#assessment() : this.#assessment;
  }

  protected override _offer(): SessionOffer {
    return offer({ space: {} as never });
  }
}

const anywhere = { id: "iso9660", assess: () => native("anywhere") } as unknown as FileSystem;
const nowhere = { id: "udf", assess: () => unsupported("not on this medium") } as unknown as FileSystem;
const prepared = (isIrreversible: boolean, blocks = 0): Assessment => ({
  verdict: "after-preparation",
  fit: "native",
  reason: "after a format",
  preparation: { isIrreversible, price: [{ resource: "blocks", amount: blocks }], text: "format" },
});

const ask = (mechanisms: readonly IMultisession[], more: Partial<NegotiationRequest> = {}) =>
  negotiate({
    mechanisms,
    fileSystems: [anywhere],
    medium: mediumOf({ status: "appendable" }),
    purpose: "append",
    ...more,
  });

const failure = (run: () => unknown): MultisessionError => {
  try {
    run();
  } catch (error) {
    return error as MultisessionError;
  }
  throw new Error("it did not fail");
};

/** A mechanism that implements the interface without the base class. */
const structural = (parts: Partial<IMultisession>): IMultisession => ({
  id: "raw",
  inUse: false,
  importRecorder: readerOf(mediumOf()),
  isSupportedOnCurrentMediaState: async () => true,
  assess: () => native("yes"),
  history: async () => ({ states: [], condition: "empty", findings: [] }),
  offer: () => offer({ space: {} as never }),
  settle: () => ({ kind: "settled", steps: [], cost: [] }),
  ...parts,
});
const inUse = (mechanism: IMultisession): IMultisession => Object.assign(mechanism, { inUse: true });

describe("a negotiation", () => {
  it.each([
    ["the one that fits", [new Fixed("a", unsupported("no")), new Fixed("b", native("yes"))], "b"],
    ["the better fit", [new Fixed("a", { ...native("so so"), fit: "usable" }), new Fixed("b", native("yes"))], "b"],
    ["the lower price of preparation", [new Fixed("a", prepared(false, 20)), new Fixed("b", prepared(false, 10))], "b"],
    ["the lower id of equals", [new Fixed("b", native("yes")), new Fixed("a", native("yes"))], "a"],
    [
      "the one in use, though another fits better",
      [inUse(new Fixed("a", { ...native("so so"), fit: "last-resort" })), new Fixed("b", native("yes"))],
      "a",
    ],
    [
      "an irreversible preparation when it is in use",
      [inUse(new Fixed("a", prepared(true))), new Fixed("b", native("yes"))],
      "a",
    ],
  ])("chooses %s", (_, mechanisms, id) => {
    expect(ask(mechanisms).mechanism.id).toBe(id);
    expect(ask(mechanisms.toReversed()).mechanism.id).toBe(id);
  });

  it("keeps every verdict with its reason, and reports ties", () => {
    const result = ask(
      [new Fixed("b", native("yes")), new Fixed("a", native("yes")), new Fixed("c", unsupported("no"))],
      { fileSystems: [anywhere, nowhere] },
    );
    expect(result.ties).toEqual(["b"]);
    expect(result.fileSystems.map(({ id }) => id)).toEqual(["iso9660"]);
    expect(
      result.verdicts.map(({ mechanism, fileSystem, assessment, isChosen }) => [
        mechanism,
        fileSystem,
        assessment.reason,
        isChosen,
      ]),
    ).toEqual([
      ["a", "iso9660", "yes", true],
      ["a", "udf", "not on this medium", false],
      ["b", "iso9660", "yes", false],
      ["b", "udf", "not on this medium", false],
      ["c", "iso9660", "no", false],
      ["c", "udf", "no", false],
    ]);
  });

  it.each([
    ["no mechanism is set", () => ask([]), "MULTISESSION_NOT_SET", 0xc0aab15d],
    ["a value is no mechanism", () => ask([{ id: "x" } as never]), "INCOMPATIBLE_MULTISESSION_TYPE", 0xc0aab15b],
    [
      "two are in use",
      () => ask([inUse(new Fixed("a", native("yes"))), inUse(new Fixed("b", native("yes")))]),
      "MULTISESSION_TWO_IN_USE",
      0xc0aab101,
    ],
    [
      "none is usable",
      () => ask([new Fixed("a", unsupported("too old"))]),
      "NO_COMPATIBLE_MULTISESSION_TYPE",
      0xc0aab15c,
    ],
    [
      "the one in use is not usable",
      () => ask([inUse(new Fixed("a", unsupported("too old"))), new Fixed("b", native("yes"))]),
      "NO_COMPATIBLE_MULTISESSION_TYPE",
      0xc0aab15c,
    ],
    [
      "only an irreversible preparation would do",
      () => ask([new Fixed("a", prepared(true))]),
      "NO_COMPATIBLE_MULTISESSION_TYPE",
      0xc0aab15c,
    ],
    [
      "there is no disc",
      () => ask([new Fixed("a", native("yes"))], { medium: undefined }),
      "NO_COMPATIBLE_MULTISESSION_TYPE",
      0xc0aab15c,
    ],
    [
      "the medium is protected",
      () =>
        ask([new Fixed("a", native("yes"))], { medium: mediumOf({ status: "appendable", isWriteProtected: true }) }),
      "IMPORT_MEDIA_NOT_ALLOWED",
      0xc0aab159,
    ],
    [
      "a blank disc is to be appended to",
      () => ask([new Fixed("a", native("yes"))], { medium: mediumOf() }),
      "IMPORT_SEEK_FAILURE",
      0xc0aab156,
    ],
    [
      "a blank disc is to be imported",
      () => ask([new Fixed("a", native("yes"))], { medium: mediumOf(), purpose: "import" }),
      "IMPORT_SEEK_FAILURE",
      0xc0aab156,
    ],
    [
      "a mechanism throws",
      () =>
        ask([
          new Fixed("a", () => {
            throw new Error("oops");
          }),
        ]),
      "BAD_MULTISESSION_PARAMETER",
      0xc0aab162,
    ],
    [
      "a mechanism gives no reason",
      () => ask([new Fixed("a", { ...native("x"), reason: "" })]),
      "BAD_MULTISESSION_PARAMETER",
      0xc0aab162,
    ],
    [
      "a mechanism without the base class gives no verdict",
      () => ask([structural({ assess: () => ({ verdict: "banana" }) as never })]),
      "BAD_MULTISESSION_PARAMETER",
      0xc0aab162,
    ],
    [
      "a mechanism does not say whether it is in use",
      () => ask([structural({ inUse: "yes" as never })]),
      "BAD_MULTISESSION_PARAMETER",
      0xc0aab162,
    ],
    [
      "a mechanism fails when it is asked whether it is in use",
      () =>
        ask([
          Object.defineProperty(structural({}), "inUse", {
            get() {
              throw new Error("drive gone");
            },
          }),
        ]),
      "BAD_MULTISESSION_PARAMETER",
      0xc0aab162,
    ],
  ])("fails with a code of its own when %s", (_, run, code, hresult) => {
    const error = failure(run);
    expect(error.code).toBe(code);
    expect(error.imapi?.hresult).toBe(hresult);
    expect(error.advice).not.toBe("");
  });

  it("does not mind a blank disc for a first session", () => {
    expect(ask([new Fixed("a", native("yes"))], { medium: mediumOf(), purpose: "first" }).mechanism.id).toBe("a");
  });

  it("says of each mechanism why not", () => {
    expect(
      failure(() => ask([new Fixed("a", unsupported("too old")), new Fixed("b", prepared(true))])).message,
    ).toMatch(/a: too old[\s\S]*b: after a format \(must be asked for by name/);
  });

  it("does not ask a mechanism about media that it does not claim", () => {
    const plugin = defineMechanism({
      id: "a",
      contract: 1,
      supports: { media: ["cd-r"], intents: ["append"] },
      create: () =>
        new Fixed("a", () => {
          throw new Error("asked");
        }),
    });
    const { available } = createPlugins(plugin).mechanisms({ source: readerOf(mediumOf()) });
    expect(failure(() => ask(available)).message).toContain("does not claim bd-r media");
    const { available: again } = createPlugins(plugin).mechanisms({ source: readerOf(mediumOf()) });
    const restricted = mediumOf({ kind: "dvd-r-dl", status: "appendable", restriction: "it holds one session" });
    expect(failure(() => ask(again, { medium: restricted })).message).toContain(
      "does not claim dvd-r-dl media: it holds one session",
    );
  });
});
