/** Where the grammars lie while tests run; vitest has them prepared before the first test, so that no build is needed. */
import { grammarsFolder, prepareGrammars } from '../../scripts/grammars.mjs';

export const grammars: string = grammarsFolder;

/** Called once by vitest (`globalSetup`). */
export function setup(): void {
  prepareGrammars();
}
