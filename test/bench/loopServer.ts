/** The model's end of the loop bench, in a process of its own: the scripted API, and what the runtime had used at each request. */
import { startScriptedApi, type ScriptedBlock } from '../support/scriptedApi.ts';
import { tokensOf } from '../support/promptCache.ts';
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
  readonly inputTokens: number;
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
  const used: { cpu: number | null; pss: number | null }[] = [];
  const api = await startScriptedApi({
    replies: (_request, n) => {
      // Reading the map of a process's memory halts it for a moment: not at each request.
      const last = n > replies.length;
      used.push({ cpu: pid && cpuMs(pid), pss: pid && (n % 10 === 0 || last) ? pssMb(pid) : null });
      if (pid && (n % 10 === 0 || last)) peak = peakRssMb(pid) ?? peak;
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
    const samples = api.requests.map(({ arrivedMs, answeredMs, usage }, i): Sample => ({
      arrivedMs: performance.timeOrigin + arrivedMs,
      answeredMs: answeredMs === null ? null : performance.timeOrigin + answeredMs,
      cpuMs: used[i]?.cpu ?? null,
      pssMb: used[i]?.pss ?? null,
      cacheRead: usage.cacheRead,
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
