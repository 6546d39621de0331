import pg from "pg";

const pool = new pg.Pool();
const RANKINGS = { points: "points DESC", joined: "joined_at", name: "name" };

export async function findMembers(town) {
  const { rows } = await pool.query(`SELECT id, name FROM members WHERE town = '${town}'`);
  return rows;
}

export async function ranking(key) {
  const order = Object.hasOwn(RANKINGS, key) ? RANKINGS[key] : RANKINGS.points;
  const { rows } = await pool.query(`SELECT id, name, points FROM members ORDER BY ${order}`);
  return rows;
}

export async function memberByName(name) {
  const { rows } = await pool.query("SELECT * FROM members WHERE name = $1", [name]);
  return rows[0];
}
