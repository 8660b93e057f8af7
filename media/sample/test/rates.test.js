import assert from 'node:assert/strict';
import { test } from 'node:test';
import { priceOf, TABLE_MAX_KG } from '../src/rates.js';

test('a parcel has the price of the first row it fits', () => {
  assert.equal(priceOf('domestic', 0.3), 549);
  assert.equal(priceOf('domestic', 2), 549);
  assert.equal(priceOf('domestic', 2.1), 699);
  assert.equal(priceOf('world', 7), 6199);
});

test('the last row goes up to its limit', () => {
  assert.equal(priceOf('eu', TABLE_MAX_KG), 4499);
});

test('above the table, whole kilograms are charged on top', () => {
  assert.equal(priceOf('domestic', 31), 1949 + 95);
  assert.equal(priceOf('eu', 40), 4499 + 10 * 210);
});

test('above the table, a started kilogram is charged like a whole one', () => {
  assert.equal(priceOf('domestic', 31.2), 1949 + 2 * 95);
});
