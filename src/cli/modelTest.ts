/** `journeyman model test`: whether the model that a run would use works, and what to do where it does not. */
import { systemClock } from '../agent.ts';
import type { ModelInfo } from '../core/model.ts';
import { checkModel } from '../model/check.ts';
import type { ModelTestOptions } from './arguments.ts';
import { exitCodes } from './exit.ts';
import { chooseModel } from './model.ts';

export async function modelTestCommand({ model: named, firstByteMs, json }: ModelTestOptions): Promise<number> {
  const { signal } = new AbortController();
  const { model, id } = await chooseModel(named, process.env, firstByteMs, signal);
  // A server without a list, or that refuses to give it, is told by the request itself.
  const offered: readonly ModelInfo[] = await model.list(signal).catch(() => []);
  const { works, lines } = await checkModel(model, id, offered, () => systemClock.now(), signal);
  process.stdout.write(json ? `${JSON.stringify({ model: id, works, lines })}\n` : `${lines.join('\n')}\n`);
  return works ? exitCodes.verified : exitCodes.error;
}
