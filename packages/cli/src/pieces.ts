/** Items of a full piece. */
const FULL = 1024;

/** Milliseconds after which a piece goes out before it is full, so that what a slow disc gives is seen as it comes. */
const PATIENCE = 100;

/** Gathers what comes one by one into pieces for which more is done at once. */
export async function* inPieces<T>(items: AsyncIterable<T>): AsyncGenerator<readonly T[]> {
  let piece: T[] = [];
  let due = performance.now() + PATIENCE;
  for await (const item of items) {
    piece.push(item);
    if (piece.length < FULL && performance.now() < due) continue;
    yield piece;
    piece = [];
    due = performance.now() + PATIENCE;
  }
  if (piece.length > 0) yield piece;
}
