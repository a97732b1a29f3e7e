import type { ImageContents } from "./image-contents.ts";
import type { ImagePlan } from "./image-plan.ts";

/** Milliseconds in which a burn follows at once: after them its files are looked at anew. */
const AT_ONCE = 30_000;

/** What is being read for the newest plan, where its burn was to follow at once. Plans can live long, and do not hold it. */
export class ReadingAhead {
  #contents: ImageContents | undefined;
  #plan: ImagePlan | undefined;
  #since = 0;

  /** Keeps what is begun to be read for a plan that is being made, instead of what was there. */
  async keep(contents: ImageContents | undefined): Promise<void> {
    const before = this.#contents;
    this.#contents = contents;
    this.#plan = undefined;
    this.#since = performance.now();
    await before?.close();
  }

  /** The plan is made. */
  isFor(plan: ImagePlan): void {
    this.#plan = plan;
  }

  /** What is being read for a plan; whoever takes it closes it. Nothing where that was given up, or is too long ago. */
  async take(plan: ImagePlan): Promise<ImageContents | undefined> {
    if (plan !== this.#plan) return undefined;
    const contents = this.#contents;
    this.#contents = undefined;
    if (performance.now() - this.#since <= AT_ONCE) return contents;
    await contents?.close();
    return undefined;
  }

  /** Ends it. Idempotent. */
  stop(): Promise<void> {
    return this.keep(undefined);
  }

  /** Ends it where the plan that it is for fails: nobody gets that. */
  async unlessFailing<T>(planning: Promise<T>): Promise<T> {
    try {
      return await planning;
    } catch (error) {
      await this.stop();
      throw error;
    }
  }
}
