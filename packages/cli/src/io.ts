/** Where text goes: `process.stdout` and `process.stderr` fit. */
export interface TextOutput {
  /** Takes text as it is. */
  write(text: string): unknown;
  /** Whether a person watches: colours and a moving bar are allowed. */
  readonly isTTY?: boolean;
  /** Width of the terminal in characters. */
  readonly columns?: number;
}

/** `interrupt`: Ctrl-C, a second one ends at once. `terminate`: SIGTERM, which only ever asks to stop. */
export type StopRequest = "interrupt" | "terminate";

/** All that a run of the command touches beside discs and files, so that a test can stand in for a terminal. */
export interface CommandIo {
  /** Results. */
  readonly stdout: TextOutput;
  /** Errors, progress and remarks. */
  readonly stderr: TextOutput;
  /** Folder that relative paths start from. */
  readonly cwd: string;
  /** Environment; `NO_COLOR`, `FORCE_COLOR`, `TERM` and `SOURCE_DATE_EPOCH` are read. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Has a function called when the user asks to stop; gives back a function that ends this. */
  onStop(listener: (request: StopRequest) => void): () => void;
  /** Ends the process at once, without waiting for anything. */
  exit(code: number): void;
}
