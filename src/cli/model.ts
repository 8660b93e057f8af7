/** The model of a run: what was named, else what the environment names, else what the endpoint offers. */
import { JourneymanError } from '../core/error.ts';
import type { Model, ModelInfo } from '../core/model.ts';

export interface ChosenModel {
  readonly model: Model;
  readonly id: string;
  /** As far as the endpoint has told it. */
  readonly windowTokens: (id: string) => number | null;
}

export async function chooseModel(
  named: string | null,
  env: NodeJS.ProcessEnv,
  firstByteMs: number | null,
  signal: AbortSignal,
): Promise<ChosenModel> {
  const wanted = named ?? env['JOURNEYMAN_MODEL'] ?? null;
  if (wanted === 'practice') {
    const { practiceModel } = await import('../model/practice.ts');
    return { model: practiceModel(), id: wanted, windowTokens: () => null };
  }
  const { ANTHROPIC_API_KEY: key, ANTHROPIC_BASE_URL: baseUrl } = env;
  if (!key && !baseUrl) {
    throw new JourneymanError(
      'unauthorized',
      'No model is set up. Set ANTHROPIC_API_KEY, or ANTHROPIC_BASE_URL for a local endpoint; --model practice needs neither and works on the sample project.',
    );
  }
  const { anthropicModel } = await import('../model/anthropic.ts');
  const model = anthropicModel({
    baseUrl: baseUrl ?? null,
    apiKey: () => Promise.resolve(key ?? null),
    firstByteMs: () => firstByteMs,
  });
  if (wanted !== null) return { model, id: wanted, windowTokens: () => null };
  const offered = await model.list(signal);
  const id = preferred(offered);
  if (id === null)
    throw new JourneymanError('not_found', 'The endpoint does not say which models it has. Name one with --model.');
  const windows = new Map(offered.map((one) => [one.id, one.windowTokens]));
  return { model, id, windowTokens: (one) => windows.get(one) ?? null };
}

/** The first of the middle line where there is one (the list is newest first), else the first. */
export function preferred(models: readonly ModelInfo[]): string | null {
  return (models.find(({ id }) => id.includes('sonnet')) ?? models[0])?.id ?? null;
}
