import cookieParser from "cookie-parser";
import express from "express";
import * as albums from "./albums.js";
import * as contest from "./contest.js";
import * as members from "./members.js";
import * as session from "./session.js";
import * as views from "./views.js";

const app = express();
app.use(cookieParser(), express.urlencoded({ extended: false }));

app.get("/members", async (req, res) => {
  const town = req.query.town;
  res.send(views.memberList(town, await members.findMembers(town)));
});

app.get("/ranking", async (req, res) => {
  res.json(await members.ranking(req.query.by));
});

app.get("/winners", async (req, res) => {
  res.send(views.winners(req.query.title, await members.ranking("points")));
});

app.get("/photos/*name", async (req, res) => {
  const bytes = await albums.photo(req.params.name.join("/"));
  res.set("ETag", contest.fileTag(bytes)).type("jpeg").end(bytes);
});

app.get("/minutes/:name", async (req, res) => {
  res.type("text").end(await albums.protocol(req.params.name));
});

app.post("/photos/:id/edit", (req, res) => {
  session.currentMember(req);
  albums.rotate(req.params.id, req.body.degrees);
  albums.sharpen(req.params.id, req.body.amount);
  res.sendStatus(204);
});

app.post("/photos", express.raw({ type: "*/*" }), async (req, res) => {
  session.currentMember(req);
  const picture = req.query.from ? await albums.importFrom(req.query.from) : req.body;
  res.json({ bytes: picture.length, rules: await albums.clubRules() });
});

app.post("/descriptions", express.raw({ type: "*/*" }), (req, res) => {
  res.json(albums.describe(req.body));
});

app.get("/outings", async (req, res) => {
  res.json(await albums.forecast(req.query.town));
});

app.post("/score", (req, res) => {
  const judge = session.currentJudge(req);
  if (!judge) return res.sendStatus(403);
  const totals = JSON.parse(req.body.totals);
  res.json({
    own: contest.score(req.body.formula, totals),
    standard: contest.standardScore(req.body.standard, totals),
  });
});

app.post("/enter", async (req, res) => {
  const token = await session.signIn(req.body.name, req.body.password);
  if (!token) return res.sendStatus(403);
  res.cookie("member", token, { httpOnly: true, secure: true, sameSite: "lax" });
  res.redirect(req.body.next);
});

app.post("/leave", (req, res) => {
  const pages = { albums: "/albums", contest: "/contest" };
  res.clearCookie("member");
  res.redirect(pages[req.body.next] ?? "/");
});

app.listen(3000);
