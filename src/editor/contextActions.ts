/** What a person does about what the model sees: pin, drop, add, and ask why some code is there. */
import * as vscode from 'vscode';
import { JourneymanError } from '../core/error.ts';
import type { Attachment, Fact } from '../core/event.ts';
import type { Mention } from '../protocol/messages.ts';
import type { Command } from './commands.ts';
import type { Offer } from './mentions.ts';
import type { Parts } from './parts.ts';
import { tellRules } from './ruleActions.ts';
import { findSlashes } from './slash.ts';

type Refs = (Fact & { readonly type: 'context.adjusted' })['refs'];

/** Holds from the next request on. Throws where no session can be written to. */
export async function adjustContext({ tasks }: Parts, refs: Refs): Promise<void> {
  await (await tasks.writable()).note({ type: 'context.adjusted', refs });
}

/** Answers the panel's `@` and `/`. */
export async function tellMentions({ mentions, panel, guides }: Parts, words: string, sign?: '/'): Promise<void> {
  if (sign !== undefined) {
    panel.post({ type: 'mentions', words, mentions: await findSlashes(guides, words), more: false, sign });
    return;
  }
  const found = await mentions.find(words);
  if (found === null) return; // a newer question is on its way
  panel.post({ type: 'mentions', words, mentions: found.offers.map(mentionOf), more: found.more });
}

export async function attachMention({ mentions, panel }: Parts, mention: string): Promise<void> {
  let attachments: readonly Attachment[] | null = null;
  try {
    attachments = await mentions.read(mention);
    if (attachments?.length === 0) attachments = null;
    if (attachments === null) throw new JourneymanError('not_found', 'There is nothing to attach any more.');
  } finally {
    panel.post({ type: 'attached', mention, attachments });
  }
}

export function contextCommands(parts: Parts, say: (what: string) => Promise<void>): Readonly<Record<string, Command>> {
  const { panel, index, files, desk, mentions } = parts;
  return {
    'journeyman.rules': async () => {
      await panel.open({ type: 'show', place: 'rules' });
      await tellRules(parts);
    },
    'journeyman.showContext': () => panel.open({ type: 'show', place: 'context', at: null }),
    'journeyman.whyInContext': async () => {
      const editor = vscode.window.activeTextEditor;
      const where = editor?.document.uri.scheme === 'file' ? files.locate(editor.document.uri.fsPath) : null;
      if (!editor || where?.inside !== true) return say('Put the cursor into code of this folder first.');
      if (desk.shownId === null) return say('No session is open, so no model sees any code.');
      const at = { path: where.path, line: editor.selection.active.line + 1 };
      await panel.open({ type: 'show', place: 'context', at });
    },
    'journeyman.addContext': async () => {
      void index.need();
      const picked = await pickOffer((letters) => mentions.find(letters));
      if (picked === null) return;
      if (picked.ref !== null && desk.live !== null) {
        await adjustContext(parts, [{ ...picked.ref, as: 'pinned' }]);
        await panel.open({ type: 'show', place: 'context', at: null });
        return;
      }
      const attachments = await picked.read(new AbortController().signal);
      if (attachments.length === 0) return say('There is nothing to attach.');
      await panel.open({ type: 'compose', text: '', attachments }, { type: 'show', place: 'composer' });
    },
    'journeyman.rebuildIndex': async () => {
      if (!index.allowed) return say('The index is switched off, or this folder is not trusted.');
      index.rebuild();
    },
    'journeyman.cancelIndex': () => {
      index.cancel();
      return Promise.resolve();
    },
  };
}

function mentionOf({ id, kind, name, label, place, note }: Offer): Mention {
  return { id, kind, name, label, place, note };
}

/** As the list in the composer, in the editor's own quick pick. */
function pickOffer(
  find: (letters: string) => Promise<{ readonly offers: readonly Offer[] } | null>,
): Promise<Offer | null> {
  type Item = vscode.QuickPickItem & { readonly offer: Offer };
  const pick = vscode.window.createQuickPick<Item>();
  pick.title = 'Add to What the Model Sees';
  pick.placeholder = 'A symbol, file or folder';
  pick.matchOnDescription = true;
  const show = async (letters: string): Promise<void> => {
    pick.busy = true;
    const found = await find(letters).catch(() => ({ offers: [] })); // an index that fails offers nothing
    if (found === null) return;
    pick.items = found.offers.map((offer) => ({
      offer,
      label: `$(${offerIcons[offer.kind]}) ${offer.label}`,
      description: [offer.place, offer.note].filter((part) => part !== '').join(' · '),
      alwaysShow: true, // the index has matched it already, by its own rules
    }));
    pick.busy = false;
  };
  return new Promise((resolve) => {
    pick.onDidChangeValue((letters) => void show(letters));
    pick.onDidAccept(() => {
      resolve(pick.selectedItems[0]?.offer ?? null);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(null);
      pick.dispose();
    });
    pick.show();
    void show('');
  });
}

const offerIcons: Readonly<Record<Mention['kind'], string>> = {
  symbol: 'symbol-method',
  file: 'file-code',
  folder: 'folder',
  selection: 'list-selection',
  problems: 'warning',
  changes: 'git-compare',
  command: 'terminal',
  prompt: 'comment',
  skill: 'mortar-board',
};
