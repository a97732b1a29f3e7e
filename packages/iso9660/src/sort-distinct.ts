/**
 * Sorts by key, in place; nothing where two keys are the same. Folders of the host come in order as a rule, and to see that
 * takes a third of the time that sorting them again takes (measured).
 */
export function sortDistinct<T extends { readonly key: string }>(items: T[]): T[] | undefined {
  if (isAscending(items)) return items;
  items.sort((a, b) => (a.key < b.key ? -1 : 1));
  return isAscending(items) ? items : undefined;
}

function isAscending(items: readonly { readonly key: string }[]): boolean {
  for (let index = 1; index < items.length; index += 1)
    if (!((items[index - 1] as { key: string }).key < (items[index] as { key: string }).key)) return false;
  return true;
}
