import { execSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import yaml from "js-yaml";
import { minutes, photos, weatherUrl } from "./config.js";

export function photo(name) {
  const file = path.join(photos, name);
  return readFile(file);
}

export function protocol(name) {
  const file = path.join(minutes, path.basename(name));
  return readFile(file, "utf8");
}

export function rotate(id, degrees) {
  execSync(`mogrify -rotate ${degrees} ${photos}/${Number(id)}.jpg`);
}

export function sharpen(id, amount) {
  execSync(`mogrify -sharpen ${Number(amount)} ${photos}/${Number(id)}.jpg`);
}

export async function importFrom(address) {
  const answer = await fetch(address);
  return Buffer.from(await answer.arrayBuffer());
}

export async function forecast(town) {
  const answer = await fetch(`${weatherUrl}/forecast?town=${encodeURIComponent(town)}`);
  return answer.json();
}

export function describe(upload) {
  return yaml.load(upload.toString("utf8"));
}

export async function clubRules() {
  return yaml.load(await readFile(new URL("./rules.yaml", import.meta.url), "utf8"));
}
