/** A quote: what it costs to send one parcel. */
import { priceOf } from './rates.js';
import { zoneOf } from './zones.js';

/** The carrier counts so many cubic centimetres as one kilogram. */
const CM3_PER_KG = 5000;

const INSURANCE_CENTS = 250;

/**
 * @param {{ kg: number, to: string, sizeCm?: [number, number, number], insured?: boolean }} parcel
 * @returns {{ zone: string, kg: number, cents: number }} `kg` is the weight that is charged
 */
export function quote({ kg, to, sizeCm, insured = false }) {
  if (!(kg > 0)) throw new RangeError('A parcel weighs more than 0 kg.');
  const zone = zoneOf(to);
  const charged = Math.max(kg, sizeCm ? volumeKg(sizeCm) : 0);
  const cents = priceOf(zone, charged) + (insured ? INSURANCE_CENTS : 0);
  return { zone, kg: charged, cents };
}

/** What a parcel of this size is taken to weigh. */
export function volumeKg([length, width, height]) {
  return (length * width * height) / CM3_PER_KG;
}

/** 1949 → `19.49 €` */
export function formatCents(cents) {
  return `${(cents / 100).toFixed(2)} €`;
}
