/** What the person has said in a session, as far as it stands in the conversation still. */
import type { Event } from '../core/event.ts';

type Said = Event & { readonly type: 'turn.started' };

export function saidIn(events: readonly Event[]): readonly Said[] {
  const said: Said[] = [];
  for (const event of events) {
    if (event.type === 'turn.started') said.push(event);
    if (event.type === 'conversation.rewound') while ((said.at(-1)?.seq ?? 0) >= event.to) said.pop();
  }
  return said;
}
