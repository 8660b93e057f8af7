/** `update_plan`: the plan that the person sees; in plan mode the call itself asks for the start. */
import type { Plan, PlanItem } from '../core/plan.ts';
import type { Tool } from '../core/tool.ts';

interface RawInput {
  readonly items: readonly PlanItem[];
  readonly done_when?: readonly string[];
}

export function updatePlan(): Tool<Plan> {
  return {
    name: 'update_plan',
    description:
      'Shows the user your plan; each call replaces it whole. Call it again when a step is done or the plan changes, together with the next call. Not for one or two steps. In plan mode it asks the user to approve.',
    schema: {
      type: 'object',
      properties: {
        items: {
          type: 'array',
          minItems: 1,
          maxItems: 30,
          items: {
            type: 'object',
            properties: {
              text: { type: 'string', minLength: 1 },
              state: { enum: ['todo', 'doing', 'done', 'dropped'] },
              detail: { type: 'string', description: 'How, in a few words; the command it runs.' },
              files: {
                type: 'array',
                items: { type: 'string', minLength: 1 },
                description: 'Files or globs it changes; others that change are shown to the user as outside the plan.',
              },
            },
            required: ['text', 'state'],
          },
        },
        done_when: { type: 'array', items: { type: 'string' }, description: 'Checks that will show it is done.' },
      },
      required: ['items'],
    },
    timeoutMs: 5000,
    parse(input) {
      const { items, done_when: doneWhen = [] } = input as unknown as RawInput;
      // Only the words of a plan: what else the model put in is not kept.
      return {
        items: items.map(({ text, state, detail, files = [] }) => ({
          text,
          state,
          ...(detail === undefined ? {} : { detail }),
          ...(files.length === 0 ? {} : { files }),
        })),
        doneWhen,
      };
    },
    resources: () => [{ effect: 'plan', target: 'plan' }],
    run: async (plan) => ({ status: 'ok', text: 'The user sees the plan.', detail: { kind: 'plan', plan } }),
  };
}
