/** The model of a run: what was named, else what the environment names, else what the endpoint offers. */
import { JourneymanError } from '../core/error.ts';
import type { Model, ModelInfo } from '../core/model.ts';

export async function chooseModel(
  named: string | null,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<{ model: Model; id: string }> {
  const wanted = named ?? env['JOURNEYMAN_MODEL'] ?? null;
  if (wanted === 'practice') {
    const { practiceModel } = await import('../model/practice.ts');
    return { model: practiceModel(), id: wanted };
  }
  const { ANTHROPIC_API_KEY: key, ANTHROPIC_BASE_URL: baseUrl } = env;
  if (!key && !baseUrl) {
    throw new JourneymanError(
      'unauthorized',
      'No model is set up. Set ANTHROPIC_API_KEY, or ANTHROPIC_BASE_URL for a local endpoint; --model practice needs neither and works on the sample project.',
    );
  }
  const { anthropicModel } = await import('../model/anthropic.ts');
  const model = anthropicModel({ baseUrl: baseUrl ?? null, apiKey: () => Promise.resolve(key ?? null) });
  if (wanted !== null) return { model, id: wanted };
  const offered = await model.list(signal);
  const id = preferred(offered);
  if (id === null)
    throw new JourneymanError('not_found', 'The endpoint does not say which models it has. Name one with --model.');
  return { model, id };
}

/** The first of the middle line where there is one (the list is newest first), else the first. */
export function preferred(models: readonly ModelInfo[]): string | null {
  return (models.find(({ id }) => id.includes('sonnet')) ?? models[0])?.id ?? null;
}
