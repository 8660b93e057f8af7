/** One life of the command line: a real process, driven over its standard input and output, until it ends or is killed. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';
import { isObject } from '../../src/core/json.ts';
import type { Event } from '../../src/core/event.ts';
import { answerTo, wordOn, type Deed } from './scenario.ts';

export interface LifeOptions {
  readonly cli: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** What the log held when it began. */
  readonly known: readonly Event[];
  /** After each event that it tells of; true: it is killed here. */
  readonly kills: (events: readonly Event[]) => boolean;
  /** Kills it so long after its start; null: not by the clock. */
  readonly killAfterMs: number | null;
  /** Against hanging. */
  readonly lifeMsMax: number;
}

export interface LifeEnd {
  /** Events that it told of itself. */
  readonly told: readonly Event[];
  readonly killed: boolean;
  readonly hung: boolean;
  readonly exitCode: number | null;
  readonly stderr: string;
  /** Error lines, and whatever else was not meant to happen. */
  readonly faults: readonly string[];
}

export async function live(options: LifeOptions): Promise<LifeEnd> {
  const { cli, args, env, known, kills, killAfterMs, lifeMsMax } = options;
  const child = spawn(process.execPath, [cli, ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] });
  const person = new Person(child, known);
  const told: Event[] = [];
  const faults: string[] = [];
  let killed = false;
  let hung = false;
  let stderr = '';
  const kill = (): void => {
    killed = true;
    child.kill('SIGKILL');
  };
  const timers = [
    setTimeout(() => {
      hung = true;
      child.kill('SIGKILL');
    }, lifeMsMax),
    ...(killAfterMs === null ? [] : [setTimeout(kill, killAfterMs)]),
  ];
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.on('error', () => undefined); // it may be dead already
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    const value = parse(line);
    if (value === null) return; // torn by the kill
    if (typeof value['seq'] === 'number') {
      const event = value as unknown as Event;
      told.push(event);
      person.hear(event);
      if (!killed && kills(person.events)) kill();
    } else if (value['type'] === 'ask') person.ask(String(value['call']), String(value['token']));
    else if (value['type'] === 'paused') person.send({ type: 'resume' });
    else if (value['type'] === 'error') faults.push(line);
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const read = new Promise((resolve) => lines.once('close', resolve));
  const exitCode = await ended;
  await read;
  for (const timer of timers) clearTimeout(timer);
  return { told, killed, hung, exitCode, stderr, faults };
}

/** Answers each question as the scenario says, doing first what belongs before it and is not in the log yet. */
class Person {
  readonly events: Event[];
  readonly #child: ChildProcessWithoutNullStreams;
  #heard: () => void = () => undefined;

  constructor(child: ChildProcessWithoutNullStreams, known: readonly Event[]) {
    this.#child = child;
    this.events = [...known];
  }

  hear(event: Event): void {
    this.events.push(event);
    this.#heard();
  }

  send(message: unknown): void {
    this.#child.stdin.write(`${JSON.stringify(message)}\n`);
  }

  ask(call: string, token: string): void {
    void this.#answer(call, token);
  }

  async #answer(call: string, token: string): Promise<void> {
    const { before, verdict } = answerTo(call);
    for (const deed of before) {
      if (isDone(this.events, deed)) continue;
      this.send(intentOf(this.events, deed));
      while (!isDone(this.events, deed)) await new Promise<void>((resolve) => (this.#heard = resolve));
    }
    if (verdict === 'deny') {
      this.send({ type: 'answer', call, token, answer: { action: 'deny', reason: 'Not the docs.' } });
    } else if (verdict === 'allow') {
      this.send({ type: 'answer', call, token, answer: { action: 'allow' } });
    } else {
      const asked = this.events.findLast((event) => event.type === 'approval.requested' && event.call === call);
      const changes =
        asked?.type === 'approval.requested' && asked.question.kind === 'edits' ? asked.question.changes : [];
      const said = new Set(this.events.flatMap((event) => (event.type === 'hunk.resolved' ? [event.hunk] : [])));
      for (const { id } of changes.flatMap(({ hunks }) => hunks))
        if (!said.has(id)) this.send({ type: 'hunk', call, token, hunk: id, ...wordOn(id) });
    }
  }
}

function isDone(events: readonly Event[], deed: Deed): boolean {
  switch (deed.kind) {
    case 'queue':
    case 'steer':
      return messageOf(events, deed.text) !== null;
    case 'cancel':
      return events.some(
        (event) => event.type === 'message.cancelled' && event.message === messageOf(events, deed.text),
      );
    case 'move':
      return events.some((event) => event.type === 'message.changed' && event.message === messageOf(events, deed.text));
    case 'pause':
      return events.filter(({ type }) => type === 'session.paused').length >= deed.nth;
    case 'compact':
      return events.filter(({ type }) => type === 'room.asked').length >= deed.nth; // made before the next request
  }
}

function intentOf(events: readonly Event[], deed: Deed): unknown {
  switch (deed.kind) {
    case 'queue':
      return { type: 'send', text: deed.text, attachments: [] };
    case 'steer':
      return { type: 'steer', text: deed.text, attachments: [] };
    case 'cancel':
      return { type: 'cancel_message', message: messageOf(events, deed.text) };
    case 'move':
      return { type: 'change_message', message: messageOf(events, deed.text), before: messageOf(events, deed.before) };
    case 'pause':
    case 'compact':
      return { type: deed.kind };
  }
}

function messageOf(events: readonly Event[], text: string): string | null {
  const event = events.find((one) => one.type === 'message.queued' && one.text === text);
  return event?.type === 'message.queued' ? event.message : null;
}

function parse(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}
