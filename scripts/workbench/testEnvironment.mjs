// What the extension host sees of this machine in a test: nothing of the person who runs it.
import { mkdirSync } from 'node:fs';
import path from 'node:path';

/**
 * Variables to set, and to unset where undefined: an own home, so that settings, git configuration and notes of the
 * person stay out of the test (and the test out of them), and no key that would let a test pay for a model.
 * @param {string} folder temporary
 * @returns {Record<string, string | undefined>}
 */
export function testEnvironment(folder) {
  const home = path.join(folder, 'home');
  mkdirSync(home, { recursive: true });
  const unset = Object.keys(process.env).filter((name) => /^(ANTHROPIC|OPENAI|GEMINI|GOOGLE|AWS|GIT|XDG)_/.test(name));
  return {
    ...Object.fromEntries(unset.map((name) => [name, undefined])),
    HOME: home,
    GIT_CONFIG_NOSYSTEM: '1',
  };
}
