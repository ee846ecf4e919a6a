// Brings what has changed, without loading the page again. Without this script the page is loaded again by itself.
"use strict";
const part = document.getElementById("live");
async function look() {
  try {
    const answer = await fetch("/live" + location.search, { cache: "no-store" });
    const text = await answer.text();
    // Who is about to press a button keeps it under the finger.
    const held = part.contains(document.activeElement) || part.matches(":active");
    if (answer.ok && text !== part.dataset.text && !held) {
      part.dataset.text = text;
      part.innerHTML = text;
    }
  } catch {
    // The platform is away: what was there stays.
  }
  setTimeout(look, 1000);
}
look();
