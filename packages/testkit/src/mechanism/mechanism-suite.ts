import type { FileSystem, MechanismPlugin } from "@multisession/core";
import { iso9660 } from "@multisession/iso9660";
import { type RuleGroup, type Runner, runRules } from "../runner.ts";
import { type DiscCase, discCases } from "../workbench/disc-case.ts";
import { alignmentRules } from "./alignment.ts";
import { burnRules } from "./burning.ts";
import { claimRules } from "./claims.ts";
import type { CutOptions } from "./cut-points.ts";
import { cutRules } from "./cutting.ts";
import { keepingRules } from "./keeping.ts";
import { purityRules } from "./purity.ts";
import { refusalRules } from "./refusing.ts";
import { Scenario } from "./scenario.ts";

/** What a mechanism is tried with. */
export interface MechanismTrial {
  /** The mechanism, as applications register it. */
  readonly plugin: MechanismPlugin;
  /** The discs; when left out, every one of `discCases` that the plugin claims. */
  readonly media?: readonly DiscCase[];
  /** The file systems that render; ISO 9660 when left out. */
  readonly fileSystems?: readonly FileSystem[];
  /** Which power cuts are tried; all of them when left out. */
  readonly cuts?: CutOptions;
}

/** A trial and the runner that runs it. */
export interface MechanismSuite extends MechanismTrial, Runner {}

/** Defines the tests that every mechanism must pass, one group for each disc. */
export function runMechanismSuite({ describe, it, ...trial }: MechanismSuite): void {
  runRules({ describe, it }, `the mechanism "${trial.plugin.id}"`, mechanismRules(trial));
}

/**
 * The rules for a mechanism, one group for each disc.
 *
 * @throws `TypeError` when there is no disc to try it on: a suite that tries nothing must not pass.
 */
export function mechanismRules({ plugin, media, fileSystems, cuts = {} }: MechanismTrial): readonly RuleGroup[] {
  const isClaimed = ({ kind }: DiscCase): boolean =>
    plugin.supports.media.includes(kind) || plugin.supports.media.includes("*");
  const discs = media ?? discCases.filter(isClaimed);
  if (discs.length === 0)
    throw new TypeError(
      `The virtual recorder makes no medium that "${plugin.id}" claims (${plugin.supports.media.join(", ")}); pass media`,
    );
  return discs.map((disc) => {
    const scenario = new Scenario({ plugin, fileSystems: fileSystems ?? [iso9660().create()], disc });
    return {
      name: disc.name,
      rules: [
        ...claimRules(scenario),
        ...purityRules(scenario),
        ...alignmentRules(scenario),
        ...burnRules(scenario),
        ...keepingRules(scenario),
        ...refusalRules(scenario),
        ...cutRules(scenario, cuts),
      ],
    };
  });
}
