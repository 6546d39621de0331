import { createHash } from "node:crypto";

const FORMULAS = { mean: "sum / votes", total: "sum", fair: "(sum - worst) / (votes - 1)" };

export function score(formula, totals) {
  const rate = new Function("sum", "votes", "worst", `return ${formula}`);
  return rate(totals.sum, totals.votes, totals.worst);
}

export function standardScore(name, totals) {
  const formula = FORMULAS[name] ?? FORMULAS.mean;
  const rate = new Function("sum", "votes", "worst", `return ${formula}`);
  return rate(totals.sum, totals.votes, totals.worst);
}

export function fileTag(bytes) {
  return createHash("md5").update(bytes).digest("hex");
}

export function passwordDigest(password) {
  return createHash("md5").update(password).digest("hex");
}

export function pickPreview(entries) {
  return entries[Math.floor(Math.random() * entries.length)];
}
