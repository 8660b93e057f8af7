/** The commands of the plan that waits: its document, the answers in its title, comments on its lines. */
import type { Command } from './commands.ts';
import type { Parts } from './parts.ts';

export function planCommands(
  { plans }: Parts,
  say: (what: string) => Promise<void>,
): Readonly<Record<string, Command>> {
  const answering =
    (answer: (uri: unknown) => boolean | Promise<boolean>): Command =>
    async (uri) => {
      if (!(await answer(uri))) await say('This plan does not wait any more.');
    };
  return {
    'journeyman.editPlan': async () => {
      if (!(await plans.open(null))) await say('No plan waits for you.');
    },
    'journeyman.planGo': answering((uri) => plans.go(uri)),
    'journeyman.planChange': answering((uri) => plans.change(uri)),
    'journeyman.planCancel': answering((uri) => plans.cancel(uri)),
    'journeyman.planComment': async (reply) => {
      if (!plans.comments.add(reply)) await say('Write the comment beside a line of the plan.');
    },
    'journeyman.planDeleteComment': (comment) => {
      plans.comments.remove(comment);
      return Promise.resolve();
    },
  };
}
