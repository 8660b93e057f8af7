/** The commands of this window that went on in the background: how long, their last words, stop, and their output in a terminal. */
import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { BackgroundCommand } from '../src/protocol/messages.ts';
import { count, duration, elapsed } from '../src/protocol/words.ts';
import { exact } from './exact.ts';
import { icon, iconButton } from './icon.ts';
import { hostNotice } from './notice.ts';
import type { Panel } from './panel.ts';

export function commandsView(panel: Panel): TemplateResult {
  const { commands } = panel;
  const running = commands.filter(({ state }) => state !== 'ended').length;
  return html`<header class="subhead">
      ${iconButton('arrow-left', 'Back to the session', () => panel.leavePlace())}
      <h1 class="grow cut">Background commands</h1>
      ${running > 0 ? html`<span class="badge">${running} running</span>` : nothing}
    </header>
    <div class="log flush">
      ${panel.notices.map((notice) => hostNotice(panel, notice))}
      ${commands.length === 0 ? html`<div class="hero"><p>No commands in the background.</p></div>` : nothing}
      <ul class="list" aria-label="Background commands">
        ${repeat(
          [...commands].reverse(),
          ({ session, id }) => `${session} ${id}`,
          (command) => row(panel, command),
        )}
      </ul>
      ${
        commands.length > 0
          ? html`<p class="small dim foot">
              ${count(commands.length, 'command')}. Each ends with its session. Stop ends all that it has started.
            </p>`
          : nothing
      }
    </div>`;
}

function row(panel: Panel, command: BackgroundCommand): TemplateResult {
  const { session, id, line, state, lastLine } = command;
  const show = (): void => panel.post({ type: 'show_command', session, id });
  return html`<li>
    <button type="button" class="two open" data-nav=${`command:${session}:${id}`} @click=${show}>
      ${stateIcon(command)}<code class="cut">${exact(line.replaceAll('\n', ' ⏎ '))}</code
      ><span class="small dim num when">${id}</span
      ><span class="l2 num cut"
        >${stateLine(command, panel.hostMs)}${lastLine === '' ? nothing : html` · ${exact(lastLine)}`}</span
      >
    </button>
    <span class="tools">
      ${iconButton('terminal', `Show output of ${id}`, show)}
      ${
        state === 'ended'
          ? nothing
          : iconButton('debug-stop', `Stop ${id}`, () => panel.post({ type: 'stop_command', session, id }))
      }
    </span>
  </li>`;
}

function stateIcon({ state, exitCode }: BackgroundCommand): TemplateResult {
  if (state === 'runs') return icon('loading codicon-modifier-spin', 'dim');
  if (state === 'asks') return icon('question', 'acc');
  return exitCode === 0 ? icon('check', 'dim') : icon('error', exitCode === null ? 'dim' : 'bad');
}

function stateLine({ state, startedAtMs, endedAtMs, exitCode }: BackgroundCommand, nowMs: number): string {
  if (state === 'ended') {
    const took = duration((endedAtMs ?? startedAtMs) - startedAtMs);
    return exitCode === null ? `Stopped after ${took}` : `Ended with code ${exitCode} after ${took}`;
  }
  const time = elapsed(nowMs - startedAtMs);
  return state === 'asks' ? `Waits for input, ${time}` : `Running for ${time}`;
}
