/** Version of the JSON documents. It changes when a member is removed or means something else, not when one is added. */
export const DOCUMENT_VERSION = 1;

/** Kinds of JSON documents; each has a schema of that name in the folder `schema`. */
export type DocumentKind =
  | "media"
  | "new"
  | "devices"
  | "plugins"
  | "info"
  | "explain"
  | "plan"
  | "burn"
  | "sessions"
  | "ls"
  | "extract"
  | "verify"
  | "check"
  | "drive"
  | "log"
  | "close"
  | "recover"
  | "serve"
  | "drives"
  | "event"
  | "error";

/** What every JSON document starts with. */
export interface DocumentHead {
  /** {@link DOCUMENT_VERSION} */
  readonly version: number;
  /** Which schema describes it. */
  readonly kind: DocumentKind;
}

/** A JSON document: a head, and what its schema says. */
export function jsonDocument<T extends object>(kind: DocumentKind, body: T): DocumentHead & T {
  return { version: DOCUMENT_VERSION, kind, ...body };
}
