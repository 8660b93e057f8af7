import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Decision } from '../../src/core/permission.ts';
import type { Approval } from '../../src/core/ports.ts';
import { practiceModel } from '../../src/model/practice.ts';
import { practiceTasks } from '../../src/model/practiceTasks.ts';
import { goOnText } from '../../src/protocol/words.ts';
import { systemShell } from '../../src/sandbox/shell.ts';
import { modelContract } from '../contract/model.ts';
import { allBut, go, no, practise, yes, type Practice } from '../support/practise.ts';
import { promptOf } from '../support/prompts.ts';
import { tempFolder } from '../support/tempFolder.ts';

const [heavy = '', explain = '', tests = ''] = practiceTasks.map(({ text }) => text);
const fast = practiceModel({ startMs: 0, pieceMs: 0 });

modelContract('practice', () => {
  const slow = practiceModel({ startMs: 0, pieceMs: 60_000 });
  const prompt = promptOf(heavy);
  return Promise.resolve({
    model: { ...fast, reply: (asked, ...rest) => (asked.maxTokens === 1 ? slow : fast).reply(asked, ...rest) },
    prompt,
    slow: { ...prompt, maxTokens: 1 },
    close: () => Promise.resolve(),
  });
});

test('practice costs nothing and says what would be used', async () => {
  const { model, usage } = await fast.reply(promptOf(heavy), () => undefined, new AbortController().signal);
  expect(model).toBe('practice');
  expect(usage.input).toBeGreaterThan(50);
  expect(fast.costUsd(model, usage)).toBe(0);
});

const reads = [
  'I follow a quote from the command to the price list.',
  'read_file package.json: ok',
  'list_files: ok',
  'read_file src/quote.js: ok',
  '`src/quote.js` hands the weight to `priceOf`. I read the price list, its tests, and who else uses its limit.',
  'read_file src/rates.js: ok',
  'read_file test/rates.test.js: ok',
  'search_text: ok',
];
const found = expect.stringMatching(/^Found it\./) as string;
const done = expect.stringMatching(/^\*\*Done\.\*\*/) as string;
const notFixed = expect.stringMatching(/^\*\*Not fixed\.\*\*/) as string;
const unverified = expect.stringMatching(/^\*\*Done, not verified\.\*\*/) as string;
const practiceWords = expect.stringMatching(/^This is the \*\*practice model\*\*/) as string;

/** Answers by what is asked: `plan`, `fix`, `again`, `log`, `tests` (for each a decision or several, in turn); else yes. */
function person(
  answers: Partial<Record<'plan' | 'fix' | 'again' | 'log' | 'write' | 'tests', Answer | readonly Answer[]>>,
) {
  const asked = new Map<string, number>();
  return (approval: Approval): Decision => {
    const name = nameOf(approval);
    const n = asked.get(name) ?? 0;
    asked.set(name, n + 1);
    const given = answers[name];
    const answer = Array.isArray(given) ? (given as readonly Answer[])[n] : (given as Answer | undefined);
    return typeof answer === 'function' ? answer(approval) : (answer ?? yes);
  };
}
type Answer = Decision | ((approval: Approval) => Decision);

function nameOf({ call, question }: Approval): 'plan' | 'fix' | 'again' | 'log' | 'write' | 'tests' {
  if (question.kind === 'plan') return 'plan';
  if (question.kind === 'command') return 'tests';
  return call.split('_')[1] as 'fix' | 'again' | 'log' | 'write';
}

async function start(
  ...given: Parameters<typeof practise> extends [string, ...infer Rest] ? Rest : never
): Promise<Practice> {
  return practise(await tempFolder(), ...given);
}

describe('heavy parcels', () => {
  test('all accepted: two changes, one line in the changelog, tests that pass', async () => {
    const practice = await start(() => yes);
    expect(await practice.say(heavy)).toMatchObject({ kind: 'done', verified: true });
    expect(practice.seen()).toEqual([
      ...reads,
      found,
      'update_plan: ok',
      'I mend that, and give the row of the table a name while I am there.',
      'update_plan: ok',
      'edit_file src/rates.js: ok',
      '`AGENTS.md` asks for a line in the changelog.',
      'update_plan: ok',
      'edit_file CHANGELOG.md: ok',
      'The tests have the last word.',
      'update_plan: ok',
      'run_command npm test: exit code 0',
      'update_plan: ok',
      done,
    ]);
    expect(practice.read('src/rates.js')).toContain('Math.ceil');
  });

  test('on a sample that is mended already nothing is changed', async () => {
    const folder = await tempFolder();
    await (await practise(folder, () => yes)).say(heavy);
    const practice = await practise(folder, () => yes);
    expect(await practice.say(heavy)).toMatchObject({ kind: 'done', verified: true });
    expect(practice.seen().slice(reads.length)).toEqual([
      expect.stringContaining('rounds up already'),
      'run_command npm test: exit code 0',
      expect.stringContaining('There is nothing to do'),
    ]);
  });

  test('the change of taste rejected with a reason: it stays out, the rest goes on', async () => {
    const practice = await start(person({ fix: (approval) => allBut({ '1.1': 'keep r' }, approval) }));
    expect(await practice.say(heavy)).toMatchObject({ kind: 'done', verified: true });
    expect(practice.seen().slice(reads.length + 2)).toEqual([
      expect.stringContaining('I mend that'),
      'update_plan: ok',
      'edit_file src/rates.js: ok',
      'The name stays as it was: “keep r”.\n`AGENTS.md` asks for a line in the changelog.',
      'update_plan: ok',
      'edit_file CHANGELOG.md: ok',
      'The tests have the last word.',
      'update_plan: ok',
      'run_command npm test: exit code 0',
      'update_plan: ok',
      expect.stringContaining('- The new name of the row was left out, as you wished.'),
    ]);
    expect(practice.read('src/rates.js')).toContain('const r = table');
  });

  test('the change that matters rejected: tests fail, it says so, proposes it once more and smaller', async () => {
    const practice = await start(person({ fix: (approval) => allBut({ '1.2': 'not that name' }, approval) }));
    expect(await practice.say(heavy)).toMatchObject({ kind: 'done', verified: true });
    expect(practice.seen().slice(reads.length + 4)).toEqual([
      'edit_file src/rates.js: ok',
      'You took the new name and left out the change of the price: “not that name”. I run the tests, to see where that leaves us.',
      'run_command npm test: exit code 1',
      'The test of started kilograms still fails, as it must: the price is as before.\nI propose it once more and smaller: no new name, one word of one line.',
      'edit_file src/rates.js: ok',
      '`AGENTS.md` asks for a line in the changelog.',
      'update_plan: ok',
      'edit_file CHANGELOG.md: ok',
      'The tests have the last word.',
      'update_plan: ok',
      'run_command npm test: exit code 0',
      'update_plan: ok',
      done,
    ]);
    expect(practice.read('src/rates.js')).toContain('const extraKg = Math.ceil(');
  });

  test('rejected twice: it stops, and says what is left', async () => {
    const practice = await start(
      person({ fix: (approval) => allBut({ '1.2': '' }, approval), again: no('leave the price alone') }),
    );
    expect(await practice.say(heavy)).toMatchObject({ kind: 'done', verified: false });
    expect(practice.seen().at(-1)).toBe(
      [
        '**Not fixed.** You rejected the change of the price twice: “leave the price alone”, so I stop here.',
        '',
        '- Changed: the name of a variable in `src/rates.js`, which changes no price.',
        '- `npm test`: the test of started kilograms fails, as it did before.',
        '- Left: above 30 kg the last started kilogram is free. It is the `Math.floor` in `priceOf`.',
      ].join('\n'),
    );
  });

  test('all rejected with words: the smallest change is proposed; rejected again, it stops', async () => {
    const rejectAll: Answer = (approval) => ({
      ...no('too much at once'),
      hunks:
        approval.question.kind === 'edits'
          ? approval.question.changes.flatMap(({ hunks }) =>
              hunks.map(({ id }) => ({ hunk: id, verdict: 'rejected' as const })),
            )
          : [],
    });
    const practice = await start(person({ fix: rejectAll, again: no() }));
    await practice.say(heavy);
    expect(practice.seen().slice(reads.length + 4)).toEqual([
      'edit_file src/rates.js: denied',
      'You rejected both changes: “too much at once”. Then only what the price needs, and no name touched: this one line rounds up. Without it 31.2 kg stay at 20.44 €.',
      'edit_file src/rates.js: denied',
      notFixed,
    ]);
  });

  test('another change asked for: its words are taken, the rest goes on', async () => {
    const asked: Answer = (approval) => {
      const decision = allBut({ '1.1': 'call it row, but keep t' }, approval);
      return { ...decision, hunks: (decision.hunks ?? []).map((hunk) => ({ ...hunk, verdict: 'asked' as const })) };
    };
    const practice = await start(person({ fix: asked }));
    await practice.say(heavy);
    expect(practice.seen()).toContain(
      'The name stays as it was: “call it row, but keep t”.\n`AGENTS.md` asks for a line in the changelog.',
    );
  });

  test('the changelog rejected: the tests run all the same, the report names what is missing', async () => {
    const practice = await start(person({ log: no('I write those myself') }));
    expect(await practice.say(heavy)).toMatchObject({ kind: 'done', verified: true });
    expect(practice.seen().slice(-5)).toEqual([
      'No line in the changelog, then: “I write those myself”.\nThe tests have the last word.',
      'update_plan: ok',
      'run_command npm test: exit code 0',
      'update_plan: ok',
      expect.stringContaining('Not done: the line in `CHANGELOG.md`'),
    ]);
  });

  test('the command denied: done, but not verified, and not asked for again', async () => {
    const practice = await start(person({ tests: no('no commands today') }));
    expect(await practice.say(heavy)).toMatchObject({ kind: 'done', verified: false });
    expect(practice.seen().at(-1)).toEqual(unverified);
    expect(practice.session.events.filter(({ type }) => type === 'approval.requested').length).toBe(3);
  });

  test('another command named instead: it runs that', async () => {
    const practice = await start(person({ tests: [no('use node --test'), yes] }));
    expect(await practice.say(heavy)).toMatchObject({ kind: 'done', verified: true });
    expect(practice.seen().slice(-5)).toEqual([
      'run_command npm test: denied',
      'As you like: `node --test`, without npm.',
      'run_command node --test: exit code 0',
      'update_plan: ok',
      expect.stringContaining('- `node --test` passed after the last change.'),
    ]);
  });

  test('in plan mode: changed, approved, then it works', async () => {
    const practice = await start(person({ plan: [no('keep r'), go] }), { mode: 'plan' });
    expect(await practice.say(heavy)).toMatchObject({ kind: 'done', verified: true });
    expect(practice.seen().slice(reads.length, reads.length + 5)).toEqual([
      found,
      'update_plan: denied',
      'I took your words into the plan: “keep r”. (The practice model notes them and then goes on as recorded.)',
      'update_plan: ok',
      'I mend that, and give the row of the table a name while I am there.',
    ]);
  });

  test('in plan mode: cancelled, then “go on”', async () => {
    const practice = await start(person({ plan: [no('', { stop: true }), go] }), { mode: 'plan' });
    expect(await practice.say(heavy)).toEqual({ kind: 'cancelled' });
    practice.seen();
    expect(await practice.say('go on')).toMatchObject({ kind: 'done', verified: true });
    expect(practice.seen().slice(0, 2)).toEqual(['Here is the plan again.', 'update_plan: ok']);
  });

  test.each(['Go on, please.', goOnText])(
    'stopped in the middle, then “%s”: it takes up where it was',
    async (words) => {
      let stop = (): void => undefined;
      const practice = await start(
        person({
          log: [
            () => {
              stop();
              return yes;
            },
            yes,
          ],
        }),
      );
      stop = () => {
        practice.session.stop();
      };
      expect(await practice.say(heavy)).toEqual({ kind: 'cancelled' });
      practice.seen();
      expect(await practice.say(words)).toMatchObject({ kind: 'done', verified: true });
      expect(practice.seen()).toEqual([
        '`AGENTS.md` asks for a line in the changelog.',
        'update_plan: ok',
        'edit_file CHANGELOG.md: ok',
        'The tests have the last word.',
        'update_plan: ok',
        'run_command npm test: exit code 0',
        'update_plan: ok',
        done,
      ]);
    },
  );

  test('with nobody to ask it says what it may not do', async () => {
    const nobody: Decision = {
      action: 'deny',
      by: { kind: 'nobody' },
      reason: 'Nobody was there to ask: no terminal.',
    };
    const practice = await start(() => nobody);
    await practice.say(heavy);
    expect(practice.seen().at(-1)).toMatch(/^I may not edit here/);
    const editing = await start(() => nobody, { mode: 'edit' });
    await editing.say(heavy);
    expect(editing.seen().at(-1)).toEqual(unverified);
  });
});

describe('around the tasks', () => {
  test('a question that was not recorded gets an honest answer, and “go on” the rest', async () => {
    const practice = await start(person({ plan: no('', { stop: true }) }), { mode: 'plan' });
    await practice.say(heavy);
    practice.seen();
    await practice.say('What do you think of my hair?');
    expect(practice.seen()).toEqual([practiceWords]);
  });

  test('anything else at the start is told what can be practised: all of it', async () => {
    const practice = await start(() => yes);
    await practice.say('Write me a game.');
    const [words = ''] = practice.seen();
    for (const text of [heavy, explain, tests]) expect(words).toContain(text);
    await practice.say('go on');
    expect(practice.seen()).toEqual([practiceWords]);
  });

  test('another folder is not touched', async () => {
    const other = await tempFolder({ 'package.json': '{ "name": "other" }', 'src/quote.js': '' });
    const practice = await start(() => yes, { of: other });
    for (const task of [heavy, explain, tests]) {
      await practice.say(task);
      expect(practice.seen().at(-1)).toMatch(/the folder that is open is another project/);
    }
    expect(practice.session.events.filter(({ type }) => type === 'change.applied')).toEqual([]);
  });

  test('one task after the other in one session', async () => {
    const practice = await start(() => yes);
    await practice.say(tests);
    expect(practice.seen().slice(-5)).toEqual([
      expect.stringMatching(/^Four things/),
      'write_file test/zones.test.js: ok',
      'I run just these, not the whole suite.',
      'run_command node --test test/zones.test.js: exit code 0',
      done,
    ]);
    await practice.say(explain);
    const answer = practice.seen().at(-1);
    expect(answer).toContain('```js');
    expect(answer).not.toContain('has no tests of its own');
    expect(answer).toContain('heavy parcels are quoted too low');
    expect(await practice.say(heavy)).toMatchObject({ kind: 'done', verified: true });
  });

  test('tests rejected: nothing is written', async () => {
    const practice = await start(person({ write: no('another framework') }));
    await practice.say(tests);
    expect(practice.seen().at(-1)).toMatch(/^You rejected the tests: “another framework”/);
  });
});

describe('the sample project itself', () => {
  const forever = new AbortController().signal;

  test('fails in one test at first, and in none after the recorded work', { timeout: 60_000 }, async () => {
    const folder = await tempFolder();
    const practice = await practise(folder, () => yes, { shell: systemShell() });
    const { folder: cwd } = practice;
    const before = await systemShell().run({ line: 'node --test', cwd, timeoutMs: 60_000 }, () => undefined, forever);
    expect([before.exitCode, /# fail (\d+)/.exec(before.output)?.[1]]).toEqual([1, '1']);
    expect(await practice.say(heavy)).toMatchObject({ kind: 'done', verified: true });
    expect(await practice.say(tests)).toMatchObject({ kind: 'done', verified: true });
    const quote = `"${process.execPath}" ${path.join('src', 'cli.js')} 31.2 DE`;
    const after = await systemShell().run({ line: quote, cwd, timeoutMs: 60_000 }, () => undefined, forever);
    expect(after.output.trim()).toBe('31.2 kg to DE (domestic): 21.39 €');
  });
});
