/** Milliseconds for one job from which on a host is slow. */
const SLOW = 50;

/** How fast the host answers. Where it is slow a caller's own thread does no jobs and only waits, so that it goes on listening. */
export class HostPace {
  #began = 0;
  #isSlow = false;

  /** Whether the last job took long. */
  get isSlow(): boolean {
    return this.#isSlow;
  }

  /** Before a job in the caller's own thread. */
  begin(): void {
    this.#began = performance.now();
  }

  /** Behind it. */
  end(): void {
    this.#isSlow = performance.now() - this.#began > SLOW;
  }
}
