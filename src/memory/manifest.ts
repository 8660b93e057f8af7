/** Notes as the agent is told of them, and as they are found: one line each. */
import { limits } from '../core/limits.ts';
import { noteKinds, type Note } from '../core/notes.ts';

/** What the person wants comes first; a short note stands there whole. Those that do not fit are counted. */
export function manifestOf(notes: readonly Note[]): readonly string[] {
  const order = [...notes].sort(
    (a, b) => noteKinds.indexOf(a.kind) - noteKinds.indexOf(b.kind) || (a.updated < b.updated ? 1 : -1),
  );
  const lines: string[] = [];
  let chars = 0;
  for (const note of order) {
    const line = noteLine(note);
    chars += line.length;
    if (lines.length >= limits.manifestNotes || chars > limits.manifestChars) break;
    lines.push(line);
  }
  const more = order.length - lines.length;
  return more > 0 ? [...lines, `(${String(more)} more)`] : lines;
}

export function noteLine({ id, kind, title, text }: Note): string {
  const isShort = text.length <= limits.manifestNoteChars && !text.includes('\n');
  return `- ${title} (${kind}, ${id})${isShort ? `: ${text}` : ''}`;
}

/** Those that hold some of the words, most of them first; of equals the newest. */
export function searchNotes(notes: readonly Note[], query: string): readonly Note[] {
  const words = [...new Set(wordsIn(query))].filter((word) => word.length > 1);
  const scored = notes.map((note) => {
    const title = wordsIn(note.title);
    const whole = [...title, ...wordsIn(`${note.id} ${note.kind} ${note.text}`)];
    const held = words.filter((word) => whole.some((one) => one.startsWith(word)));
    return { note, score: 2 * held.length + held.filter((word) => title.includes(word)).length };
  });
  return scored
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || (a.note.updated < b.note.updated ? 1 : -1))
    .map(({ note }) => note);
}

function wordsIn(text: string): readonly string[] {
  return text.toLowerCase().split(/[^\p{L}\p{N}]+/u);
}
