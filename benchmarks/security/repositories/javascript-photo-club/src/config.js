import path from "node:path";

export const root = path.resolve(process.env.CLUB_DATA ?? "data");
export const photos = path.join(root, "photos");
export const minutes = path.join(root, "minutes");
export const tokenKey = process.env.CLUB_TOKEN_KEY;
export const weatherUrl = "https://weather.example.org/v1";
