/** How well a name fits the letters typed after `@`, and the best of many. */

/** Higher is better; null: the letters are not in it in this order. */
export function fit(name: string, letters: string): number | null {
  if (letters === '') return 0;
  const wanted = letters.toLowerCase();
  const low = name.toLowerCase();
  const last = low.slice(low.lastIndexOf('/') + 1);
  if (last === wanted) return 5;
  if (last.startsWith(wanted)) return 4;
  if (startsOfWords(name.slice(low.lastIndexOf('/') + 1)).includes(wanted)) return 3;
  if (last.includes(wanted)) return 2;
  if (low.includes(wanted)) return 1;
  return inOrder(low, wanted) ? 0 : null;
}

/** The best first; of equals the shorter name, then by letters. Looks at no more than `max` that fit. */
export function bestFits(names: Iterable<string>, letters: string, max: number): readonly string[] {
  const found: { readonly name: string; readonly score: number }[] = [];
  for (const name of names) {
    const score = fit(name, letters);
    if (score === null) continue;
    found.push({ name, score });
    if (found.length >= max) break;
  }
  return found
    .sort((a, b) => b.score - a.score || a.name.length - b.name.length || (a.name < b.name ? -1 : 1))
    .map(({ name }) => name);
}

/** Folders that hold some of the files, each once. */
export function foldersOf(files: readonly string[]): readonly string[] {
  const folders = new Set<string>();
  for (const file of files) {
    for (let at = file.lastIndexOf('/'); at > 0; at = file.lastIndexOf('/', at - 1)) {
      const folder = file.slice(0, at);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  }
  return [...folders];
}

/** `ruc` of `ResumableUploadCoordinator`, `pt` of `parse_tree`. */
function startsOfWords(name: string): string {
  return [...name.matchAll(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g)]
    .map(([word]) => word.slice(0, 1).toLowerCase())
    .join('');
}

function inOrder(text: string, letters: string): boolean {
  let at = 0;
  for (const letter of letters) {
    at = text.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
