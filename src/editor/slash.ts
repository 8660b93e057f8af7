/** `/` in the composer: built-in commands, prompt files and skills; what a prompt file says comes into the composer before it is sent. */
import * as vscode from 'vscode';
import type { Attachment } from '../core/event.ts';
import { limits } from '../core/limits.ts';
import type { GuideFiles } from '../memory/guideFiles.ts';
import { readSlash, tighter } from '../memory/promptFiles.ts';
import { slashMessage, slashNames } from '../memory/slash.ts';
import type { Mention } from '../protocol/messages.ts';
import { fit } from './mentionMatch.ts';
import type { Parts } from './parts.ts';

const { signal } = new AbortController();

/** Best first: built-in ones, then those of the project and the person. */
export async function findSlashes(guides: GuideFiles, letters: string): Promise<readonly Mention[]> {
  const { prompts, skills } = await slashNames(guides, signal);
  const all: readonly Mention[] = [
    ...Object.entries(builtIn).map(([name, { hint, note }]) => entry('command', name, hint, note)),
    ...prompts.map(({ name, hint, description }) => entry('prompt', name, hint, description)),
    ...skills.map(({ name, description }) => entry('skill', name, '[task]', description)),
  ];
  return all
    .flatMap((one, at) => {
      const score = fit(one.name, letters);
      return score === null ? [] : [{ one, at, score }];
    })
    .sort((a, b) => b.score - a.score || a.at - b.at)
    .slice(0, limits.mentionsShown)
    .map(({ one }) => one);
}

/** True: the words were a command, or stand for a message that the person now sees. */
export async function runSlash(parts: Parts, text: string, attachments: readonly Attachment[]): Promise<boolean> {
  const slash = readSlash(text);
  if (slash === null) return false;
  const { name, args } = slash;
  const own = Object.hasOwn(builtIn, name) ? builtIn[name as keyof typeof builtIn] : undefined;
  if (own?.command !== undefined) {
    await vscode.commands.executeCommand(own.command, ...(name === 'compact' ? [args] : []));
    return true;
  }
  if (name === 'plan') {
    await parts.tasks.setMode('plan');
    parts.feed.app();
    if (args !== '') await parts.tasks.send(args, attachments);
    return true;
  }
  const message = await slashMessage(parts.guides, text, signal);
  if (message === null) return false;
  const { tasks, desk, provider, feed, panel } = parts;
  const mode = tighter(tasks.mode, message.mode);
  if (mode !== tasks.mode) await tasks.setMode(mode);
  if (desk.live && provider.models.some(({ id }) => id === message.model))
    await desk.live.change({ model: message.model ?? '' });
  feed.app();
  panel.post({ type: 'compose', text: message.text, attachments });
  return true;
}

function entry(kind: 'command' | 'prompt' | 'skill', name: string, hint: string, note: string): Mention {
  return { id: `${kind}:${name}`, kind, name, label: `/${name}`, place: hint, note };
}

interface BuiltIn {
  readonly hint: string;
  readonly note: string;
  readonly command?: string;
}

const builtIn: Readonly<Record<'clear' | 'compact' | 'init' | 'memory' | 'model' | 'plan', BuiltIn>> = {
  clear: { hint: '', note: 'Begins a new session', command: 'journeyman.newSession' },
  compact: { hint: '[what to keep]', note: 'Makes room in the conversation', command: 'journeyman.compact' },
  init: { hint: '', note: 'Has an AGENTS.md written' },
  memory: { hint: '', note: 'Shows what is remembered', command: 'journeyman.memory' },
  model: { hint: '', note: 'Chooses the model', command: 'journeyman.chooseModel' },
  plan: { hint: '[task]', note: 'Reads only, and ends with a plan' },
};
