import { MultisessionError } from "@multisession/core";
import { UsageError } from "../usage-error.ts";

/** A glob of an option such as `--remove`. It names items by their whole path. */
export class PathPattern {
  readonly #glob: string;
  readonly #isMatch: (path: string) => boolean;
  #hasMatched = false;

  private constructor(glob: string, isMatch: (path: string) => boolean) {
    this.#glob = glob;
    this.#isMatch = isMatch;
  }

  /** @throws {@link UsageError} for what is no pattern. */
  static async of(glob: string, option: string): Promise<PathPattern> {
    return new PathPattern(glob, await matcherOf(glob, option));
  }

  /** The root alone, which no glob names. */
  static ofRoot(): PathPattern {
    return new PathPattern("/", (path) => path === "");
  }

  /** Whether a path of the image, with its leading slash, is named. */
  matches(path: string): boolean {
    if (!this.#isMatch(path.slice(1))) return false;
    this.#hasMatched = true;
    return true;
  }

  /** @throws `ITEM_NOT_FOUND` when no path was: a slip of the hand must not pass for done. */
  mustHaveMatched(): void {
    if (this.#hasMatched) return;
    throw new MultisessionError("ITEM_NOT_FOUND", `Nothing on the disc or in what is added matches "${this.#glob}".`, {
      subject: this.#glob,
      advice: "`multisession ls -R` lists the paths; ** stands for any folders, as in '**/*.tmp'.",
    });
  }
}

async function matcherOf(glob: string, option: string): Promise<(path: string) => boolean> {
  const inner = glob.replace(/^\/+|\/+$/g, "");
  if (inner === "") throw new UsageError(`${option} cannot be used for ${glob} itself.`, "Everything in it is '**'.");
  const { default: picomatch } = await import("picomatch");
  try {
    return picomatch(inner, { dot: true });
  } catch (cause) {
    throw new UsageError(
      `"${glob}" is no pattern: ${cause instanceof Error ? cause.message : String(cause)}.`,
      "Write it like 'tmp/**' or '**/*.tmp'.",
    );
  }
}
