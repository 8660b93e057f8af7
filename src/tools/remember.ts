/** `remember`: a note for the sessions to come, written, changed or forgotten; the person reads it first. */
import { JourneymanError } from '../core/error.ts';
import { noteKinds, noteScopes, type NoteKind, type Notes, type NoteScope } from '../core/notes.ts';
import type { Tool, ToolResult } from '../core/tool.ts';

interface RememberInput {
  readonly title: string;
  /** '': the note is forgotten. */
  readonly text: string;
  readonly kind: NoteKind;
  readonly scope: NoteScope;
}

export function remember(notes: Notes): Tool<RememberInput> {
  return {
    name: 'remember',
    description:
      'Keeps a note for later sessions, when the user asks for it or corrects you in a way that will hold again. Same title: replaced; empty text: forgotten.',
    schema: {
      type: 'object',
      properties: {
        title: { type: 'string' },
        text: { type: 'string' },
        kind: { enum: [...noteKinds] },
        where: { enum: [...noteScopes] },
      },
      required: ['title', 'text', 'kind'],
    },
    timeoutMs: 10_000,
    parse(input) {
      const { title, text, kind, where } = input as {
        title: string;
        text: string;
        kind: NoteKind;
        where?: NoteScope;
      };
      if (title.trim() === '') throw new JourneymanError('invalid_input', 'The title is empty. Name the note.');
      return {
        title: title.replace(/\s+/g, ' ').trim(),
        text: text.trim(),
        kind,
        scope: where ?? (kind === 'preference' ? 'user' : 'project'),
      };
    },
    resources: ({ title }) => [{ effect: 'note', target: title }],
    shows: ({ title, text, kind, scope }) =>
      text === ''
        ? `Forgets the note “${title}”.`
        : `${title}\n\n${text}\n\n(${kind}, for ${scope === 'user' ? 'all of your projects' : 'this project'})`,
    async run({ title, text, kind, scope }, { session, turn, signal }) {
      if (text === '') {
        const gone = await notes.forget(title, scope, signal);
        if (gone) return { status: 'ok', text: `Forgotten: ${gone.id}.` };
        throw new JourneymanError('not_found', `There is no note “${title}” for the ${scope}. Nothing was forgotten.`);
      }
      const source = `session ${session}${turn === undefined ? '' : `, turn ${String(turn)}`}`;
      const { note, dropped } = await notes.write({ scope, kind, title, text, source }, signal);
      const gone = dropped.map((one) => `\nTo make room the note “${one.title}” went, which was not used for longest.`);
      return { status: 'ok', text: `Kept: ${note.id}.${gone.join('')}` };
    },
    async settle({ title, text, scope }, { signal }): Promise<ToolResult | 'not_done'> {
      const now = (await notes.list(signal)).find((one) => one.scope === scope && one.title === title);
      if ((now?.text ?? '') !== text) return 'not_done';
      return { status: 'ok', text: text === '' ? 'Forgotten.' : `Kept: ${now?.id ?? ''}.` };
    },
  };
}
