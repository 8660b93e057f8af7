/** Languages that have a skeleton: see `skeletonWriter.ts`. */
import type { Tokens } from './scanTokens.ts';
import { skeletonOfC } from './skeletonC.ts';
import { skeletonOfGo } from './skeletonGo.ts';
import { skeletonOfJava } from './skeletonJava.ts';
import { skeletonOfPython } from './skeletonPython.ts';
import { skeletonOfRust } from './skeletonRust.ts';
import { skeletonOfScript } from './skeletonScript.ts';
import type { SkeletonWriter } from './skeletonWriter.ts';

/** Writes all but the end of the text; false: the text has to be parsed whole. Only for tokens that are balanced. */
export type SkeletonOf = (tokens: Tokens, out: SkeletonWriter, src: Uint16Array) => boolean;

export const skeletons: Readonly<Record<string, SkeletonOf>> = {
  typescript: skeletonOfScript,
  tsx: skeletonOfScript,
  javascript: skeletonOfScript,
  python: skeletonOfPython,
  go: skeletonOfGo,
  rust: skeletonOfRust,
  java: skeletonOfJava,
  c: skeletonOfC,
};
