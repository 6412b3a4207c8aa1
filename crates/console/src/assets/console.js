// Comfort only: the console works without it. Parts marked data-part are fetched anew now and then, and a link marked
// data-dialog opens the form of its page in a dialog instead of leaving this one.
"use strict";

const main = document.querySelector("main");

async function fetched(address) {
  const answer = await fetch(address, { credentials: "same-origin", headers: { accept: "text/html" } });
  if (answer.redirected || !answer.ok) { throw new Error(answer.status); }
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

function replaced(page) {
  for (const part of document.querySelectorAll("[data-part]")) {
    const anew = page.querySelector(`[data-part="${part.dataset.part}"]`);
    if (anew && anew.innerHTML !== part.innerHTML && !part.contains(document.activeElement)) {
      part.replaceWith(document.importNode(anew, true));
    }
  }
}

async function look() {
  if (document.hidden || document.querySelector("dialog[open]")) { return; }
  const page = await fetched(location.href);
  replaced(page);
  document.title = page.title;
  // A page says anew how soon it changes, or that it won't any more.
  main.dataset.live = page.querySelector("main").dataset.live || 0;
}

function wait() {
  const seconds = Number(main && main.dataset.live);
  if (seconds > 0) { setTimeout(() => look().catch(() => { /* the next turn tries again */ }).finally(wait), seconds * 1000); }
}
wait();

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-dialog]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) { return; }
  event.preventDefault();
  try {
    const form = (await fetched(link.href)).querySelector("[data-confirm]");
    const dialog = document.createElement("dialog");
    dialog.append(document.importNode(form, true));
    dialog.addEventListener("close", () => dialog.remove());
    dialog.addEventListener("click", (click) => {
      if (click.target.closest("a[data-back]")) { click.preventDefault(); dialog.close(); }
    });
    document.body.append(dialog);
    dialog.showModal();
  } catch { location.assign(link.href); }
});
