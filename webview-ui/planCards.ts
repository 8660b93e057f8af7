/** A plan that waits for a word, step by step: each can be commented on, and edited, moved, removed and added to before it starts. */
import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { planStepsMax } from '../src/protocol/queries.ts';
import type { Plan, PlanItem, StepRow } from '../src/protocol/view.ts';
import { count, nameOf } from '../src/protocol/words.ts';
import { exact } from './exact.ts';
import { icon, iconButton } from './icon.ts';
import { menuButton, menuList, type Entry } from './menu.ts';
import type { Panel } from './panel.ts';
import {
  addStep,
  draftOf,
  editedPlan,
  filesOf,
  moveStep,
  removeStep,
  writeStep,
  type DraftStep,
  type PlanDraft,
} from './planDraft.ts';

export function planCards(panel: Panel, step: StepRow): TemplateResult {
  if (step.question?.kind !== 'plan') return html``;
  const { plan } = step.question;
  const { dock } = panel.ui;
  const editable = panel.asked?.call === step.call && panel.asked.token !== null && !panel.readOnly;
  const draft = (panel.asked?.call === step.call ? dock.plan : null) ?? draftOf(plan);
  const files = filesOf(draft);
  const at = draft.some(({ key }) => key === dock.stepAt) ? dock.stepAt : draft[0]?.key;
  const edited = editable && editedPlan(plan, draft) !== null;
  const named = files.length === 0 ? '' : `, ${count(files.length, 'file')}`;
  return html`<h3 class="sec">
      Plan<span class="grow">${count(draft.length, 'step')}${named}${edited ? ', edited by you' : nothing}</span>${
        edited
          ? html`<button type="button" class="act" @click=${() => panel.write({ plan: null, editing: null })}>
              Undo edits
            </button>`
          : nothing
      }
    </h3>
    <ol class="steps" aria-label="Plan">
      ${repeat(
        draft,
        ({ key }) => key,
        (one, place) => row({ panel, plan, draft, step: one, place, editable, tab: one.key === at ? 0 : -1 }),
      )}
      ${
        editable && draft.length < planStepsMax
          ? html`<li>
              <button
                type="button"
                class="row"
                data-nav="step:add"
                data-step="add"
                tabindex="-1"
                @click=${() => add(panel, plan, draft)}
              >
                ${icon('add', 'dim')}<span class="w dim">Add a step</span><span></span>
              </button>
            </li>`
          : nothing
      }
    </ol>
    ${doneWhen(plan)}
    ${
      files.length > 0
        ? html`<p class="dim small aside">
            A change outside ${files.length === 1 ? 'this file' : `these ${count(files.length, 'file')}`} is marked in
            the review.
          </p>`
        : nothing
    }`;
}

/** What is said of a step in a few words, and the files that it names; nothing where there is neither. */
export function stepDetail({ detail = '', files = [] }: PlanItem): TemplateResult | typeof nothing {
  if (detail === '' && files.length === 0) return nothing;
  const names = files.map((file) => (isNameEnough(file, files) ? nameOf(file) : file));
  const edits = names.length === 0 ? '' : `edits ${names.join(', ')}`;
  const words = [detail, edits].filter((part) => part !== '').join('; ');
  return html`<span class="dim small about" title=${files.join(', ') || nothing}>${exact(words)}</span>`;
}

/** A pattern says nothing by its last part, and two files may share a name. */
function isNameEnough(file: string, files: readonly string[]): boolean {
  return !/[*?{/]$|[*?{]/.test(file) && files.filter((other) => nameOf(other) === nameOf(file)).length === 1;
}

interface Line {
  readonly panel: Panel;
  readonly plan: Plan;
  readonly draft: PlanDraft;
  readonly step: DraftStep;
  readonly place: number;
  readonly editable: boolean;
  readonly tab: 0 | -1;
}

function row(line: Line): TemplateResult {
  const { panel, step, place, editable, tab } = line;
  const { key, text } = step;
  const { comments, commenting, editing } = panel.ui.dock;
  const comment = comments.get(key);
  if (editing === key) return html`<li>${stepForm(line)}</li>`;
  const keys = (event: KeyboardEvent): void => {
    if (event.target instanceof HTMLTextAreaElement || event.ctrlKey || event.metaKey) return;
    if (event.altKey && event.key === 'ArrowUp') move(line, -1);
    else if (event.altKey && event.key === 'ArrowDown') move(line, 1);
    else if (event.altKey) return;
    else if (event.key === 'F2' || (event.key === 'Enter' && event.target === event.currentTarget)) edit(line);
    else if (event.key === 'Delete') remove(line);
    else if (event.key.toLowerCase() === 'c') panel.write({ commenting: key });
    else return;
    event.preventDefault();
  };
  return html`<li>
    <div
      class="row top two-line"
      data-nav=${editable ? `step:${key}` : nothing}
      data-step=${key}
      tabindex=${editable ? tab : nothing}
      role=${editable ? 'group' : nothing}
      aria-label="Step ${place + 1}: ${text}${comment === undefined ? '' : `, comment: ${comment}`}"
      aria-keyshortcuts=${editable ? 'Alt+ArrowUp Alt+ArrowDown F2 Delete C' : nothing}
      @keydown=${editable ? keys : nothing}
      @focusin=${() => {
        if (editable && panel.ui.dock.stepAt !== key) panel.write({ stepAt: key });
      }}
    >
      <span class="dim num small at">${place + 1}</span>
      <span class="item">${text}${stepDetail(step)}</span>
      <span class="m">${editable ? tools(line) : nothing}</span>
    </div>
    ${menuList(panel, `step:${key}`, 'Place in the plan', moves(line), 'inset')}
    ${
      commenting === key
        ? commentField(line, comment ?? '')
        : comment === undefined
          ? nothing
          : html`<div class="body flex tight small">
              ${icon('comment', 'dim')}<span class="grow">${comment}</span
              >${iconButton('edit', `Edit the comment on step ${place + 1}`, () => panel.write({ commenting: key }))}
              ${iconButton('close', `Remove the comment on step ${place + 1}`, () => setComment(line, ''))}
            </div>`
    }
  </li>`;
}

function tools(line: Line): TemplateResult {
  const { panel, draft, step, place, tab } = line;
  const options = { tabindex: tab };
  const name = `step ${place + 1}`;
  return html`${iconButton('comment', `Comment on ${name} (C)`, () => panel.write({ commenting: step.key }), options)}
  ${iconButton('edit', `Edit ${name} (F2)`, () => edit(line), options)}
  ${
    draft.length > 1
      ? html`${menuButton(panel, `step:${step.key}`, moves(line), `Move ${name} (Alt+Up, Alt+Down)`, 'ib', html`${icon('gripper')}<span class="sr">Move ${name}</span>`, tab)}
        ${iconButton('close', `Remove ${name} (Delete)`, () => remove(line), options)}`
      : nothing
  }`;
}

function moves(line: Line): readonly Entry[] {
  const { draft, step } = line;
  const up: Entry = { icon: 'arrow-up', text: 'Move up', note: 'Alt+Up', pick: () => move(line, -1) };
  const down: Entry = { icon: 'arrow-down', text: 'Move down', note: 'Alt+Down', pick: () => move(line, 1) };
  return [
    ...(moveStep(draft, step.key, -1) === draft ? [] : [up]),
    ...(moveStep(draft, step.key, 1) === draft ? [] : [down]),
  ];
}

function move({ panel, draft, step }: Line, by: 1 | -1): void {
  panel.focusStep = step.key;
  panel.write({ plan: moveStep(draft, step.key, by) });
}

/** The last step stays: a plan without steps is none. */
function remove({ panel, draft, step, place }: Line): void {
  if (draft.length === 1) return;
  const comments = new Map(panel.ui.dock.comments);
  comments.delete(step.key);
  panel.focusStep = (draft[place + 1] ?? draft[place - 1])?.key ?? 'add';
  panel.write({ plan: removeStep(draft, step.key), comments });
}

function edit({ panel, step }: Line): void {
  panel.write({ editing: step.key, commenting: null });
}

function add(panel: Panel, plan: Plan, draft: PlanDraft): void {
  const next = addStep(plan, draft);
  panel.write({ plan: next, editing: next.at(-1)?.key ?? null, commenting: null });
}

function stepForm({ panel, draft, step, place }: Line): TemplateResult {
  const { key, text, files = [] } = step;
  const name = `step ${place + 1}`;
  const leave = (form: HTMLElement, save: boolean, focus: boolean): void => {
    if (panel.ui.dock.editing !== key) return;
    const field = (of: string): string => form.querySelector<HTMLTextAreaElement>(`[name=${of}]`)?.value ?? '';
    const words = field('words');
    const paths = field('files');
    const keeps = save && words.trim() !== '';
    // A step that was never given words is none.
    const plan = keeps ? writeStep(draft, key, words, paths) : text === '' ? removeStep(draft, key) : draft;
    if (focus) panel.focusStep = keeps || text !== '' ? key : 'add';
    panel.write({ plan, editing: null });
  };
  const keys = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    if (event.key !== 'Escape' && (event.key !== 'Enter' || event.shiftKey)) return;
    event.preventDefault();
    event.stopPropagation();
    leave(event.currentTarget as HTMLElement, event.key === 'Enter', true);
  };
  return html`<form
    class="body step-form"
    aria-label="Edit ${name}"
    @keydown=${keys}
    @submit=${(event: Event) => event.preventDefault()}
    @focusout=${(event: FocusEvent) => {
      const form = event.currentTarget as HTMLElement;
      if (event.relatedTarget instanceof Node && !form.contains(event.relatedTarget)) leave(form, true, false);
    }}
  >
    <textarea
      class="area"
      data-focus="step"
      name="words"
      rows="1"
      maxlength="10000"
      aria-label="Words of ${name}"
      placeholder="What is done in this step?"
      .value=${text}
    ></textarea>
    <textarea
      class="area"
      name="files"
      rows="1"
      maxlength="10000"
      aria-label="Files of ${name}, separated by commas"
      placeholder="Files that it edits, separated by commas"
      .value=${files.join(', ')}
    ></textarea>
  </form>`;
}

function setComment({ panel, step }: Line, text: string): void {
  const comments = new Map(panel.ui.dock.comments);
  if (text.trim() === '') comments.delete(step.key);
  else comments.set(step.key, text.trim());
  panel.write({ comments, commenting: null });
}

function commentField(line: Line, value: string): TemplateResult {
  const { panel, step, place } = line;
  return html`<div class="body">
    <textarea
      class="area"
      data-focus="comment"
      rows="1"
      aria-label="Comment on step ${place + 1}"
      placeholder="What should be different in this step?"
      .value=${value}
      @keydown=${(event: KeyboardEvent) => {
        if (event.isComposing) return;
        const field = event.currentTarget as HTMLTextAreaElement;
        if (event.key === 'Enter' && !event.shiftKey) {
          event.preventDefault();
          panel.focusStep = step.key;
          setComment(line, field.value);
        } else if (event.key === 'Escape') {
          event.stopPropagation();
          field.value = value; // losing focus must not save it
          panel.focusStep = step.key;
          panel.write({ commenting: null });
        }
      }}
      @blur=${(event: Event) => {
        if (panel.ui.dock.commenting === step.key) setComment(line, (event.currentTarget as HTMLTextAreaElement).value);
      }}
    ></textarea>
  </div>`;
}

function doneWhen({ doneWhen: checks }: Plan): TemplateResult | typeof nothing {
  if (checks.length === 0) return nothing;
  return html`<h3 class="sec">Done when</h3>
    <ul class="ticks">
      ${checks.map((check) => html`<li>${icon('check', 'dim')}<span>${check}</span></li>`)}
    </ul>`;
}
