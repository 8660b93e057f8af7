/** The carrier's price list: what a parcel of this weight costs in that zone, in cents. */

/** The table ends here. Above it, every started kilogram is charged on top. */
export const TABLE_MAX_KG = 30;

const table = {
  domestic: [
    { upToKg: 2, cents: 549 },
    { upToKg: 5, cents: 699 },
    { upToKg: 10, cents: 1049 },
    { upToKg: TABLE_MAX_KG, cents: 1949 },
  ],
  eu: [
    { upToKg: 2, cents: 1349 },
    { upToKg: 5, cents: 1649 },
    { upToKg: 10, cents: 2199 },
    { upToKg: TABLE_MAX_KG, cents: 4499 },
  ],
  europe: [
    { upToKg: 5, cents: 2799 },
    { upToKg: 10, cents: 3499 },
    { upToKg: TABLE_MAX_KG, cents: 6199 },
  ],
  world: [
    { upToKg: 5, cents: 4599 },
    { upToKg: 10, cents: 6199 },
    { upToKg: TABLE_MAX_KG, cents: 11899 },
  ],
};

const centsPerExtraKg = { domestic: 95, eu: 210, europe: 290, world: 560 };

/** The price of a parcel, in cents. */
export function priceOf(zone, kg) {
  const r = table[zone].find((t) => kg <= t.upToKg);
  if (r) return r.cents;

  const top = table[zone].at(-1);
  const extraKg = Math.floor(kg - TABLE_MAX_KG);
  return top.cents + extraKg * centsPerExtraKg[zone];
}
