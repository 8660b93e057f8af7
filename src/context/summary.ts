/** The summary of what is left out: how it is asked for, and what of it the record contradicts. */
import type { Message, Prompt, Reply } from '../core/model.ts';

/**
 * The same prefix as the last request had, so that it is read from the cache, and one more text. No mark at its end: nothing comes after it
 * that would read it.
 */
export function summaryPrompt(prompt: Prompt, keep: string, maxTokens: number): Prompt {
  const block = { type: 'text', text: askText(keep) } as const;
  const last = prompt.messages.at(-1);
  const messages: readonly Message[] =
    last?.role === 'user'
      ? [...prompt.messages.slice(0, -1), { role: 'user', content: [...last.content, block] }]
      : [...prompt.messages, { role: 'user', content: [block] }];
  return { ...prompt, maxTokens, messages, cacheAfter: prompt.cacheAfter.filter((at) => at < messages.length - 1) };
}

/** null: it is none, since it was cut, or wanted to go on with the task. */
export function summaryIn({ stop, content }: Reply): string | null {
  if (stop !== 'end_turn' || content.some(({ type }) => type === 'tool_use')) return null;
  const text = content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n').trim(); // prettier-ignore
  return text === '' ? null : text;
}

/** With a line for each thing in it that the record does not bear out. */
export function checkedSummary(summary: string, stands: (name: string) => boolean, failing: readonly string[]): string {
  const unknown = namesIn(summary).filter((name) => !stands(name)).slice(0, unknownMax); // prettier-ignore
  const lines = [
    ...(unknown.length > 0 ? [`These stand nowhere in the record: ${unknown.join(', ')}.`] : []),
    ...(failing.length > 0 && saysPassed(summary) ? [`By the record not all checks pass: ${failing.join('; ')}.`] : []),
  ];
  const text = summary.replaceAll('</summary', '<\\/summary');
  return lines.length === 0 ? text : `${text}\n[Checked against the record. ${lines.join(' ')}]`;
}

const unknownMax = 10;

function askText(keep: string): string {
  const wish = keep.trim() === '' ? '' : ` The user asks to keep above all: ${keep.trim()}`;
  return `<room>Room is needed: what stands above is left out from here on. Kept word for word without you: what the user said and decided, the rules, the plan, which files you changed, what runs, how checks ended, and your last steps. Write down what else whoever goes on with the task has to know: what you found out and where (files and lines), what was tried and why it failed, decisions with their reasons, what is to be done next. Only what stands above; names exactly as they are. At most 400 words, plain text. Call no tool.${wish}</room>`;
}

/** What is written as code, and what looks like a file. */
function namesIn(text: string): readonly string[] {
  const quoted = [...text.matchAll(/`([^`\n]{3,120})`/g)].map(([, name = '']) => name);
  const files = text.match(/(?<![\w`])[\w@.-]*(?:\/[\w@.-]+)+\.\w{1,6}\b/g) ?? [];
  return [...new Set([...quoted, ...files].map((name) => name.replace(/:\d+(?:-\d+)?$/, '').trim()))];
}

function saysPassed(text: string): boolean {
  return text
    .split(/[.;\n]/)
    .some(
      (part) =>
        /\b(?:tests?|checks?|suite|build|lint|types)\b.*\b(?:pass(?:es|ed|ing)?|green|succeed(?:s|ed)?|clean)\b/i.test(
          part,
        ) && !/\b(?:not|no|fail\w*|should|must|until|once|if|make)\b/i.test(part),
    );
}
