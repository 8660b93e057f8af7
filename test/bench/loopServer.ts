/** The model's end of the loop bench, in a process of its own: the scripted API, and what the runtime had used at each request. */
import { startScriptedApi, type ScriptedBlock } from '../support/scriptedApi.ts';
import { tokensOf } from '../support/promptCache.ts';
import type { WireBlock, WireRequest } from '../support/requestRules.ts';
import { cpuMs, peakRssMb, pssMb } from './proc.ts';

export interface Step {
  readonly tool: string;
  readonly input: Readonly<Record<string, string | number | boolean | readonly Readonly<Record<string, string>>[]>>;
}

/** One reply for each list of calls, then a last one that ends the turn. */
export interface Config {
  readonly replies: readonly (readonly Step[])[];
}

/** What the server saw at one request. Times are on the clock of `Date`, in ms with fractions. */
export interface Sample {
  readonly arrivedMs: number;
  readonly answeredMs: number | null;
  readonly cpuMs: number | null;
  readonly pssMb: number | null;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly outputTokens: number;
  readonly inputTokens: number;
  /** A request beside the steps, for a summary. */
  readonly isSide: boolean;
  /** Of what is new in its last messages: the reply before it, the results of its calls, and what else is said. */
  readonly replyTokens: number;
  readonly resultTokens: number;
  readonly saidTokens: number;
}

export interface Seen {
  readonly samples: readonly Sample[];
  readonly headTokens: number;
  readonly firstMessageTokens: number;
  readonly peakRssMb: number | null;
}

export type ToServer = { readonly type: 'runtime'; readonly pid: number } | { readonly type: 'end' };
export type FromServer =
  { readonly type: 'ready'; readonly baseUrl: string } | { readonly type: 'seen'; readonly seen: Seen };

export async function serve({ replies }: Config): Promise<void> {
  const tell = (message: FromServer): void => void process.send?.(message);
  let pid: number | null = null;
  let peak: number | null = null;
  const used: { cpu: number | null; pss: number | null; isSide: boolean }[] = [];
  const api = await startScriptedApi({
    // A prefix that changes costs here what it costs at the API: nothing is forbidden.
    sessionOf: () => String(used.length),
    replies: (request) => {
      const isSide = asksForSummary(request);
      const n = used.filter((one) => !one.isSide).length + 1;
      // Reading the map of a process's memory halts it for a moment: not at each request.
      const last = n > replies.length;
      used.push({ cpu: pid && cpuMs(pid), pss: pid && (n % 10 === 0 || last) ? pssMb(pid) : null, isSide });
      if (pid && (n % 10 === 0 || last)) peak = peakRssMb(pid) ?? peak;
      if (isSide) return summary;
      const calls = replies[n - 1];
      if (calls === undefined) return 'Done: all steps were made, and the checks passed.';
      return {
        content: ['Next. ', ...calls.map(({ tool, input }): ScriptedBlock => ({ tool, input }))],
        chunkChars: 200,
      };
    },
  });
  process.on('message', (message: ToServer) => {
    if (message.type === 'runtime') pid = message.pid;
    else void end();
  });
  tell({ type: 'ready', baseUrl: api.baseUrl });

  async function end(): Promise<void> {
    const samples = api.requests.map(({ body, arrivedMs, answeredMs, usage }, i): Sample => ({
      arrivedMs: performance.timeOrigin + arrivedMs,
      answeredMs: answeredMs === null ? null : performance.timeOrigin + answeredMs,
      cpuMs: used[i]?.cpu ?? null,
      pssMb: used[i]?.pss ?? null,
      cacheRead: usage.cacheRead,
      cacheWrite: usage.cacheWrite,
      outputTokens: usage.output,
      isSide: used[i]?.isSide ?? false,
      ...newIn(body),
      inputTokens: usage.input + usage.cacheRead + usage.cacheWrite,
    }));
    const first = api.requests[0]?.body;
    tell({
      type: 'seen',
      seen: {
        samples,
        headTokens: first ? tokensOf(JSON.stringify([first.system, first.tools])) : 0,
        firstMessageTokens: first ? tokensOf(JSON.stringify(first.messages[0])) : 0,
        peakRssMb: peak,
      },
    });
    try {
      await api.close();
    } catch (error) {
      console.error(error);
      process.exitCode = 1;
    }
    process.disconnect();
  }
}

/** A request for a summary ends with the runtime's own words after the results of the last calls. */
function asksForSummary({ messages }: WireRequest): boolean {
  const last = messages.at(-1)?.content.at(-1);
  return last?.type === 'text' && String(last['text']).startsWith('<room>');
}

const summary = `The work went step by step through the list. ${'A file was read, changed, and the check was run again; nothing failed that was not mended. '.repeat(12)}`;

function newIn({ messages }: WireRequest): Pick<Sample, 'replyTokens' | 'resultTokens' | 'saidTokens'> {
  const reply = messages.at(-2)?.content ?? [];
  const last = messages.at(-1)?.content ?? [];
  const tokens = (blocks: readonly WireBlock[]): number =>
    blocks.reduce((sum, block) => sum + tokensOf(JSON.stringify({ ...block, cache_control: undefined })), 0);
  return {
    replyTokens: tokens(reply),
    resultTokens: tokens(last.filter(({ type }) => type === 'tool_result')),
    saidTokens: tokens(last.filter(({ type }) => type !== 'tool_result')),
  };
}
