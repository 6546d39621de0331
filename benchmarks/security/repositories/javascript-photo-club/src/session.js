import { timingSafeEqual } from "node:crypto";
import jwt from "jsonwebtoken";
import { passwordDigest } from "./contest.js";
import { memberByName } from "./members.js";
import { tokenKey } from "./config.js";

export async function signIn(name, password) {
  const member = await memberByName(name);
  const given = Buffer.from(passwordDigest(password));
  if (!member || !timingSafeEqual(given, Buffer.from(member.digest))) return null;
  return jwt.sign({ id: member.id }, tokenKey, { expiresIn: "7d" });
}

export function currentMember(req) {
  return jwt.verify(req.cookies.member, tokenKey, { algorithms: ["HS256"] });
}

export function currentJudge(req) {
  const claims = jwt.decode(req.cookies.judge);
  return claims && claims.role === "judge" ? claims : null;
}
