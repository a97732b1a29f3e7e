import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as core from "@multisession/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compositions } from "./compositions.ts";

type Core = typeof core;

const sources = fileURLToPath(new URL("../../core/src", import.meta.url));
let folder: string;
let other: Core;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "multisession-second-core-"));
  await cp(sources, folder, { recursive: true });
  other = (await import(/* @vite-ignore */ pathToFileURL(join(folder, "index.ts")).href)) as Core;
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** A mechanism whose package brought its own copy of core. */
function foreignPlugin(contract = 1): core.MechanismPlugin {
  class Foreign extends other.Multisession {
    protected override _assess(): core.Assessment {
      return other.native("made by another copy of core");
    }

    protected override _offer(): core.SessionOffer {
      return other.refuse("DISC_FULL", "Only for looking at.", "");
    }
  }
  return other.defineMechanism({
    id: "foreign",
    contract,
    supports: { media: ["*"], intents: ["first"] },
    create: (context) => new Foreign("foreign", context),
  });
}

const source = {
  uri: "test:off",
  medium: () => Promise.reject(new core.MultisessionError("NO_MEDIUM", "There is no disc.", { subject: "test:off" })),
  read: () => Promise.reject(new core.MultisessionError("READ_FAILED", "Block 0", { subject: "test:off" })),
} satisfies core.DiscReader;

describe("two copies of core in one process", () => {
  it("are two: their classes and functions differ, their tokens do not", () => {
    expect(other.Multisession).not.toBe(core.Multisession);
    expect(other.createPlugins).not.toBe(core.createPlugins);
    expect([other.PLUGIN, other.PLUGINS, other.MECHANISM_CONTEXT]).toEqual([
      core.PLUGIN,
      core.PLUGINS,
      core.MECHANISM_CONTEXT,
    ]);
  });

  it("know each other's errors", () => {
    const error = new other.MultisessionError("DISC_FULL", "It is full.", { subject: "test" });
    expect(error instanceof core.MultisessionError).toBe(false);
    expect(core.MultisessionError.is(error)).toBe(true);
  });

  describe.each(compositions)("with $name", ({ open }) => {
    it("a plugin of one is created and asked by the other", () => {
      const scope = open();
      scope.add(foreignPlugin());
      const [mechanism] = scope.plugins().mechanisms({ source }).available;
      expect(mechanism instanceof core.Multisession).toBe(false);
      expect(mechanism && core.descriptorOf(mechanism)?.supports.intents).toEqual(["first"]);
      expect(mechanism?.assess({} as core.Medium, "first").reason).toBe("made by another copy of core");
    });

    it("an outdated plugin of the other is named with its contract", () => {
      const scope = open();
      scope.add(foreignPlugin(0));
      expect(() => scope.plugins()).toThrow(/"foreign" was written for contract 0; this core speaks 1/);
    });
  });
});
