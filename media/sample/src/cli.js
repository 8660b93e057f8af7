#!/usr/bin/env node
/** `node src/cli.js KG COUNTRY [LxWxH]`: prints a quote. */
import { formatCents, quote } from './quote.js';

const [kg, to, size] = process.argv.slice(2);
if (kg === undefined || to === undefined) {
  console.error('usage: quote KG COUNTRY [LxWxH in cm]');
  process.exit(2);
}
const sizeCm = size?.split('x').map(Number);
try {
  const { zone, kg: charged, cents } = quote({ kg: Number(kg), to, sizeCm });
  console.log(`${charged} kg to ${to.toUpperCase()} (${zone}): ${formatCents(cents)}`);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
