/** Rules and hooks by their source: tried, added, changed, revoked, and agreed to where they are somebody else's. */
import { html, nothing, type TemplateResult } from 'lit-html';
import { sourceWords, type HookRow, type OwnRule, type RuleAction, type RuleSource } from '../src/protocol/rules.ts';
import { exact } from './exact.ts';
import { icon, iconButton } from './icon.ts';
import { hostNotice } from './notice.ts';
import type { Panel } from './panel.ts';

export function rulesView(panel: Panel): TemplateResult {
  const { rules } = panel;
  return html`<header class="subhead">
      ${iconButton('arrow-left', 'Back to the session', () => panel.leavePlace())}
      <h1 class="grow cut">Rules</h1>
      ${iconButton('refresh', 'Look at the files again', () => panel.post({ type: 'list_rules' }))}
    </header>
    <div class="log rules" aria-busy=${rules === null}>
      ${panel.notices.map((notice) => hostNotice(panel, notice))} ${tryLine(panel)} ${addForm(panel)}
      <p class="small dim">Deny stands before ask, ask before allow, whatever the source.</p>
      ${rules?.sources.map((source) => sourceRows(panel, source)) ?? nothing}
      ${rules === null ? nothing : hookRows(panel, rules.hooks)}
    </div>`;
}

const actionIcons: Readonly<Record<RuleAction, readonly [name: string, tone: string]>> = {
  allow: ['pass', 'good'],
  ask: ['question', 'warn'],
  deny: ['circle-slash', 'bad'],
};
const actionWords: Readonly<Record<RuleAction, string>> = { allow: 'Allow', ask: 'Ask', deny: 'Deny' };

function tryLine(panel: Panel): TemplateResult {
  const { line } = panel.ui.rules;
  const { tested } = panel;
  const send = (event: Event): void => {
    event.preventDefault();
    if (line.trim() !== '') panel.post({ type: 'test_rule', line: line.trim() });
  };
  return html`<form class="try" @submit=${send}>
      <input
        class="input"
        data-nav="try"
        aria-label="A command line to try"
        placeholder="Try a command: npm test"
        .value=${line}
        @input=${(event: Event) => panel.writeRules({ line: (event.currentTarget as HTMLInputElement).value })}
      />
      <button type="submit" class="btn" ?disabled=${line.trim() === ''}>Try</button>
    </form>
    ${
      tested === null || tested.line !== line.trim()
        ? nothing
        : html`<p class="tested" role="status">
            ${icon(...actionIcons[tested.action])}<span
              ><span class="em">${{ allow: 'Runs', ask: 'Asks', deny: 'Is denied' }[tested.action]}</span>
              <span class="tag ${tested.tier === 'dangerous' ? 'bad' : ''}">${tested.tier}</span>
              ${exact(tested.why)}</span
            >
          </p>`
    }`;
}

function addForm(panel: Panel): TemplateResult {
  const { text, action, reach, editing } = panel.ui.rules;
  const send = (event: Event): void => {
    event.preventDefault();
    const rule = text.trim();
    if (rule === '') return;
    panel.post({ type: 'add_rule', reach, action, rule, ...(editing && { instead: editing }) });
    panel.writeRules({ text: '', editing: null });
  };
  return html`<form class="try" @submit=${send}>
    <select
      class="select"
      aria-label="What the rule does"
      .value=${action}
      @change=${(event: Event) => panel.writeRules({ action: (event.currentTarget as HTMLSelectElement).value as RuleAction })}
    >
      ${(['allow', 'ask', 'deny'] as const).map(
        (one) => html`<option value=${one} ?selected=${one === action}>${actionWords[one]}</option>`,
      )}
    </select>
    <input
      class="input"
      aria-label="The rule"
      placeholder="shell(exact: npm test)"
      .value=${text}
      @input=${(event: Event) => panel.writeRules({ text: (event.currentTarget as HTMLInputElement).value })}
    />
    <select
      class="select"
      aria-label="Where it is kept"
      @change=${(event: Event) =>
        panel.writeRules({ reach: (event.currentTarget as HTMLSelectElement).value as typeof reach })}
    >
      <option value="workspace" ?selected=${reach === 'workspace'}>in this folder</option>
      <option value="everywhere" ?selected=${reach === 'everywhere'}>everywhere</option>
    </select>
    <button type="submit" class="btn" ?disabled=${text.trim() === ''}>${editing ? 'Change' : 'Add'}</button>
    ${
      editing
        ? html`<button type="button" class="btn" @click=${() => panel.writeRules({ text: '', editing: null })}>
            Cancel
          </button>`
        : nothing
    }
  </form>`;
}

function sourceRows(panel: Panel, source: RuleSource): TemplateResult | typeof nothing {
  const { kind, path, isThere, rules, problem, consent, hash } = source;
  if (kind === 'session' && rules.length === 0) return nothing;
  return html`<h3 class="sec">${sourceWords[kind]}<span class="grow">${rules.length}</span></h3>
    ${
      path === null
        ? nothing
        : html`<p class="small dim file">
            ${
              isThere || kind !== 'managed'
                ? html`<button type="button" class="link" @click=${() => panel.post({ type: 'open_rules', path })}>
                    ${path}
                  </button>`
                : path
            }${isThere ? '' : ' (not there)'}
          </p>`
    }
    ${
      problem === null
        ? nothing
        : html`<section class="note bad" role="alert">
            ${icon('error', 'bad')}
            <h3>This file cannot be used</h3>
            <p>${exact(problem)}. Until then every command and edit asks.</p>
          </section>`
    }
    ${consentLine(panel, source.rules.some(({ action }) => action === 'allow') ? consent : 'not needed', path, hash)}
    <ul class="list">
      ${rules.map(
        ({ action, rule }) =>
          html`<li class="rule-row">
            ${icon(...actionIcons[action])}<span class="em">${actionWords[action]}</span
            ><code class="grow">${exact(rule)}</code>
            ${kind === 'managed' || kind === 'workspace' ? nothing : own(panel, { kind, action, rule })}
          </li>`,
      )}
    </ul>`;
}

function own(panel: Panel, rule: OwnRule): TemplateResult {
  const edit = (): void =>
    panel.writeRules({
      text: rule.rule,
      action: rule.action,
      reach: rule.kind === 'user' ? 'everywhere' : 'workspace',
      editing: rule,
    });
  return html`<span class="tools">
    ${iconButton('edit', `Change ${rule.rule}`, edit)}
    ${iconButton('trash', `Revoke ${rule.rule}`, () => panel.post({ type: 'remove_rule', rule }))}
  </span>`;
}

/** Somebody else wrote what a folder allows: it counts once the person has read just this. */
function consentLine(
  panel: Panel,
  consent: RuleSource['consent'],
  path: string | null,
  hash: string,
): TemplateResult | typeof nothing {
  if (path === null || consent === 'not needed') return nothing;
  if (consent === 'not trusted')
    return html`<p class="small dim">This folder is not trusted: what it allows does not count.</p>`;
  const isGiven = consent === 'given';
  return html`<p class="consent">
    <span
      >${isGiven ? 'You agreed to what it allows, as it stands.' : 'What it allows does not count until you agree.'}</span
    >
    <button
      type="button"
      class="btn"
      @click=${() => panel.post({ type: 'trust_rules', path, hash: isGiven ? null : hash })}
    >
      ${isGiven ? 'Take it back' : 'Agree to these rules'}
    </button>
  </p>`;
}

function hookRows(panel: Panel, hooks: readonly HookRow[]): TemplateResult | typeof nothing {
  if (hooks.length === 0) return nothing;
  return html`<h3 class="sec">Hooks<span class="grow">${hooks.length}</span></h3>
    <ul class="list">
      ${hooks.map(
        ({ event, matcher, command, path, hash, consent }) =>
          html`<li class="rule-row hook">
            ${icon('zap', consent === 'missing' ? 'warn' : 'dim')}<span class="em"
              >${event}${matcher === '' ? '' : ` of ${matcher}`}</span
            ><code class="grow">${exact(command)}</code>
            <span class="small dim l2">${path}</span>
            ${
              consent === 'missing' || consent === 'given'
                ? html`<button
                    type="button"
                    class="btn"
                    @click=${() => panel.post({ type: 'trust_hook', hash, isAgreed: consent === 'missing' })}
                  >
                    ${consent === 'missing' ? 'Agree to this hook' : 'Take it back'}
                  </button>`
                : nothing
            }
          </li>`,
      )}
    </ul>`;
}
