/** Unsaved documents without an editor. */
import { rmSync } from 'node:fs';
import type { Documents } from '../../src/workspace/checkpoint.ts';

export interface MemoryDocuments extends Documents {
  all(): ReadonlyMap<string, string>;
  /** The person types. */
  type(absolute: string, text: string): void;
  /** It is saved, or closed. */
  forget(absolute: string): void;
}

export function memoryDocuments(): MemoryDocuments {
  const texts = new Map<string, string>();
  return {
    all: () => texts,
    type: (absolute, text) => void texts.set(absolute, text),
    forget: (absolute) => void texts.delete(absolute),
    unsaved: (absolute) => texts.get(absolute) ?? null,
    async write(absolute, text, expected) {
      if (texts.get(absolute) !== expected) return false;
      if (text !== null) {
        texts.set(absolute, text);
      } else {
        texts.delete(absolute);
        rmSync(absolute, { force: true });
      }
      return true;
    },
  };
}
