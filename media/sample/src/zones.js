/** Shipping zones: how far away a country is, by the carrier's contract. */

const zones = {
  domestic: ['DE'],
  eu: ['AT', 'BE', 'CZ', 'DK', 'ES', 'FI', 'FR', 'IE', 'IT', 'LU', 'NL', 'PL', 'PT', 'SE'],
  europe: ['CH', 'GB', 'NO'],
};

/** The zone of a country, by its two letters. Countries that are not listed are `world`. */
export function zoneOf(country) {
  const code = country.trim().toUpperCase();
  if (!/^[A-Z]{2}$/.test(code)) throw new RangeError(`“${country}” is not a country code of two letters.`);
  for (const [zone, codes] of Object.entries(zones)) {
    if (codes.includes(code)) return zone;
  }
  return 'world';
}
