// Places in the co-control system: the mirror of planbook/analysis/cocontrol.py.

const EQUAL = 1e-9;

function quadrant(pollutant, ghg) {
  if (pollutant === null && ghg === null) return "unknown";
  if (pollutant === null) return "unknown_pollutant";
  if (ghg === null) return "unknown_ghg";
  const place = `${Math.sign(pollutant) || 0},${Math.sign(ghg) || 0}`;
  return {
    "1,1": "I", "-1,1": "II", "-1,-1": "III", "1,-1": "IV",
    "1,0": "axis_pollutant_cut", "-1,0": "axis_pollutant_rise",
    "0,1": "axis_ghg_cut", "0,-1": "axis_ghg_rise", "0,0": "origin",
  }[place];
}

/** Carbon to pollution, in quadrant I alone: in III both rise and the quotient would mislead. */
function elasticity(pollutant, ghg) {
  return quadrant(pollutant, ghg) === "I" ? ghg / pollutant : null;
}

function reading(pollutant, ghg) {
  const where = quadrant(pollutant, ghg);
  if (where.startsWith("unknown")) return "unknown";
  if (where === "III") return "both_rise";
  const value = elasticity(pollutant, ghg);
  if (value === null) return "no_synergy";
  if (Math.abs(value - 1) <= EQUAL * Math.max(Math.abs(value), 1)) return "equal";
  return value > 1 ? "carbon_faster" : "carbon_slower";
}

function angle(pollutant, ghg) {
  if (pollutant === null || ghg === null || (pollutant === 0 && ghg === 0)) return null;
  return ((Math.atan2(ghg, pollutant) * 180) / Math.PI + 360) % 360;
}

export { angle, elasticity, quadrant, reading };
