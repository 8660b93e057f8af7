import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatCents, quote, volumeKg } from '../src/quote.js';

test('a quote names the zone, the weight that is charged and the price', () => {
  assert.deepEqual(quote({ kg: 4.2, to: 'FR' }), { zone: 'eu', kg: 4.2, cents: 1649 });
});

test('a big and light parcel is charged by its size', () => {
  assert.deepEqual(quote({ kg: 1, to: 'DE', sizeCm: [60, 40, 30] }), { zone: 'domestic', kg: 14.4, cents: 1949 });
  assert.equal(volumeKg([50, 20, 10]), 2);
});

test('insurance is added to the price', () => {
  assert.equal(quote({ kg: 1, to: 'NO', insured: true }).cents, 2799 + 250);
});

test('a parcel without weight has no quote', () => {
  assert.throws(() => quote({ kg: 0, to: 'DE' }), RangeError);
  assert.throws(() => quote({ kg: Number('x'), to: 'DE' }), RangeError);
});

test('cents are written as euros', () => {
  assert.equal(formatCents(1949), '19.49 €');
  assert.equal(formatCents(500), '5.00 €');
});
