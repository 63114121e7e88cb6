// The mirror of planbook/widgets/synergy_mathematics.py, which explains every rule.
import { angle, elasticity, quadrant, reading } from "./cocontrol.js";

const T_PER_KT = 1000;
const BOUNDS = ["low", "value", "high"];

function defaults(payload) {
  const out = {};
  for (const one of payload.activities) out[`change.${one.id}`] = one.change;
  for (const [name, kg] of Object.entries(payload.weights)) out[`weight.${name}`] = kg;
  return out;
}

function emittedBy(one, settings) {
  const counted = Object.entries(one.pollutants)
    .map(([name, mass]) => [mass, settings[`weight.${name}`]])
    .filter(([, kg]) => kg > 0);
  return {
    ghg: one.co2 && BOUNDS.map((key) => one.co2[key] / T_PER_KT),
    pollutant: counted.length ? BOUNDS.map((key) => counted.reduce((sum, [mass, kg]) => sum + mass[key] / kg, 0)) : null,
  };
}

function times(amounts, share) {
  if (amounts === null) return null;
  const [low, value, high] = amounts.map((one) => one * share + 0);
  return [Math.min(low, high), value, Math.max(low, high)];
}

function summed(rows, side) {
  const known = rows.map((row) => row[side]).filter((one) => one !== null);
  return known.length ? [0, 1, 2].map((n) => known.reduce((sum, one) => sum + one[n], 0)) : null;
}

function placed(ghg, pollutant, whole) {
  const cuts = [pollutant, ghg].map((one) => (one === null ? null : one[1]));
  const shares = cuts.map((cut, n) => (cut === null || !(whole[1 - n] > 0) ? null : (100 * cut) / whole[1 - n]));
  const isKnown = !shares.includes(null);
  return {
    ghg, pollutant,
    quadrant: quadrant(...cuts),
    pollutant_share: shares[0],
    ghg_share: shares[1],
    angle: isKnown ? angle(...shares) : null,
    elasticity: isKnown ? elasticity(...shares) : null,
    reading: reading(...shares),
  };
}

function explore(payload, settings) {
  const known = payload.activities.map((one) => emittedBy(one, settings));
  const pairs = known.filter((one) => one.ghg && one.pollutant);
  const whole = ["ghg", "pollutant"].map((side) => pairs.reduce((sum, one) => sum + one[side][1], 0));
  const rows = payload.activities.map((one, n) => {
    const share = -settings[`change.${one.id}`] / 100;
    return placed(times(known[n].ghg, share), times(known[n].pollutant, share), whole);
  });
  const lacks = rows.map((row) => row.ghg === null || row.pollutant === null);
  const full = rows.filter((_, n) => !lacks[n]);
  const total = placed(summed(rows, "ghg"), summed(rows, "pollutant"), whole);
  return {
    rows,
    total: { ghg: total.ghg, pollutant: total.pollutant, quadrant: total.quadrant },
    both: placed(summed(full, "ghg"), summed(full, "pollutant"), whole),
    is_partial: payload.activities.some((one, n) => settings[`change.${one.id}`] !== 0 && lacks[n]),
  };
}

export { defaults, explore };
