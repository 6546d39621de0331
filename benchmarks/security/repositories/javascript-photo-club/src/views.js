const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

export function text(value) {
  return String(value).replace(/[&<>"']/g, (sign) => ENTITIES[sign]);
}

export function memberList(town, members) {
  const items = members.map((member) => `<li>${text(member.name)}</li>`).join("");
  return `<h2>Members in ${town}</h2><ul>${items}</ul>`;
}

export function winners(title, members) {
  const items = members.map((member) => `<li>${text(member.name)}</li>`).join("");
  return `<h2>Winners of ${text(title)}</h2><ol>${items}</ol>`;
}
