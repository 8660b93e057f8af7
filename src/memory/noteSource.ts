/** Notes as a place in which `recall` looks. */
import type { Notes } from '../core/notes.ts';
import type { RecallSource } from '../core/recall.ts';
import { searchNotes } from './manifest.ts';

export function noteSource(notes: Notes): RecallSource {
  return {
    name: 'notes',
    async search(query, signal) {
      return searchNotes(await notes.list(signal), query).map(({ id, kind, title, text }) => ({
        id,
        place: `${title} (${kind})`,
        text: text.replace(/\s+/g, ' '),
      }));
    },
    async read(id, signal) {
      const note = (await notes.list(signal)).find((one) => one.id === id);
      if (!note) return null;
      await notes.used(note);
      const { title, kind, text, updated, source } = note;
      return `${title} (${kind}; ${[updated, source].filter((one) => one !== '').join(', ')})\n\n${text}`;
    },
  };
}
