import { discCases, type MechanismTrial, mechanismRules, type Rule } from "@multisession/testkit";
import { describe, expect, it } from "vitest";
import { brokenMechanisms } from "./broken-mechanisms.ts";

/** The rules of one id, with cuts sparse enough to be quick and dense enough to meet every fault here. */
const rulesOf = (plugin: MechanismTrial["plugin"], disc: string, id: string): readonly Rule[] => {
  const media = discCases.filter(({ name }) => name === disc);
  return mechanismRules({ plugin, media, cuts: { step: 16 } }).flatMap(({ rules }) =>
    rules.filter((rule) => rule.id === id),
  );
};

const faultsIn = async (rules: readonly Rule[]): Promise<readonly string[]> => {
  const faults: string[] = [];
  for (const { check } of rules) await check().catch((error: Error) => faults.push(error.message));
  return faults;
};

describe.each(brokenMechanisms)("a mechanism that $fault", ({ plugin, sound, disc, rule, says }) => {
  it(`is caught by ${rule}`, async () => {
    const rules = rulesOf(plugin, disc, rule);
    expect(rules).not.toHaveLength(0);
    expect((await faultsIn(rules)).join("\n")).toMatch(says);
  });

  it("is not caught without its fault", async () => {
    expect(await faultsIn(rulesOf(sound, disc, rule))).toEqual([]);
  });
});
