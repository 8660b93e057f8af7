import { expect, test } from 'vitest';
import { routeOf, type OwnChoice, type Routes } from '../../src/model/route.ts';
import type { Purpose, Route } from '../../src/core/purpose.ts';

const own: OwnChoice = { model: 'm', effort: null };

test.each<[string, Purpose, OwnChoice, Routes, Omit<Route, 'purpose'>]>([
  ['the model of the session', 'main', own, {}, { model: 'm', effort: null, why: 'the model of the session' }],
  [
    'whatever is set for its model',
    'main',
    own,
    { main: { model: 'x' } },
    { model: 'm', effort: null, why: 'the model of the session' },
  ],
  [
    'the effort that is set',
    'main',
    own,
    { main: { effort: 'high' } },
    { model: 'm', effort: 'high', why: 'set for the steps of a task' },
  ],
  [
    'the effort of the session before it',
    'main',
    { model: 'm', effort: 'low' },
    { main: { effort: 'high' } },
    { model: 'm', effort: 'low', why: 'chosen in this session' },
  ],
  [
    'a model of its own',
    'plan',
    own,
    { plan: { model: 'p', effort: 'max' } },
    { model: 'p', effort: 'max', why: 'set for plan mode' },
  ],
  [
    'no effort of another model',
    'plan',
    { model: 'm', effort: 'low' },
    { plan: { model: 'p' }, main: { effort: 'high' } },
    { model: 'p', effort: null, why: 'set for plan mode' },
  ],
  [
    'the session, whose cache it reads',
    'summarise',
    { model: 'm', effort: 'low' },
    {},
    { model: 'm', effort: 'low', why: 'chosen in this session' },
  ],
])('%s', (_name, purpose, choice, routes, expected) => {
  expect(routeOf(purpose, choice, routes)).toEqual({ purpose, ...expected });
});
