/** What is waited for, unless that is not wanted any more before: a slow host can take long. @throws the signal's reason. */
export function orAborted<T>(waiting: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return waiting;
  return new Promise((resolve, reject) => {
    const give = (): void => reject(signal.reason);
    if (signal.aborted) give();
    signal.addEventListener("abort", give, { once: true });
    void waiting.then(resolve, reject).then(() => signal.removeEventListener("abort", give));
  });
}
