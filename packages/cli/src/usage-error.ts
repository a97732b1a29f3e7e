/** The command line makes no sense: a wrong option, a value that cannot be read, options that exclude each other. */
export class UsageError extends Error {
  /** What to write instead. */
  readonly advice: string;

  constructor(message: string, advice: string) {
    super(message);
    this.name = "UsageError";
    this.advice = advice;
  }
}
