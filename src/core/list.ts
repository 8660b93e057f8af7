/**
 * A list that only grows at its end, with values that never change: what folds are made of.
 * `append` costs O(1) on the newest value and copies on an older one (as Go's slices do), so folding n events costs O(n)
 * and every earlier value stays what it was.
 */
export interface List<T> {
  readonly items: readonly T[];
  readonly length: number;
}

export function emptyList<T>(): List<T> {
  return { items: [], length: 0 };
}

export function append<T>(list: List<T>, ...added: readonly T[]): List<T> {
  const items = (list.items.length === list.length ? list.items : list.items.slice(0, list.length)) as T[];
  items.push(...added);
  return { items, length: items.length };
}

export function toArray<T>(list: List<T>): readonly T[] {
  return list.items.length === list.length ? list.items : list.items.slice(0, list.length);
}
