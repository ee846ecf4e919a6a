"use strict";
// Passkeys, pointing, looking at what one typed: what needs a script. Everything that is read works without.
(() => {
  // What is live ends with its page, before the browser breaks it off and htmx calls that an error; a page that is gone back to
  // is loaded again.
  if (window.htmx) htmx.createEventSource = (address) => {
    const source = new EventSource(address, { withCredentials: true });
    addEventListener("pagehide", () => source.close(), { once: true });
    addEventListener("pageshow", (event) => event.persisted && location.reload(), { once: true });
    return source;
  };

  const post = (form, address) =>
    fetch(address, {
      method: "POST",
      credentials: "same-origin",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(new FormData(form)),
    }).then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(String(answer.status)))));

  const ceremony = (id, ask) => {
    const form = document.getElementById(id);
    if (!form || !window.PublicKeyCredential || !PublicKeyCredential.parseRequestOptionsFromJSON) return;
    form.hidden = false;
    const trouble = form.querySelector("[role=alert]");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      trouble.hidden = true;
      try {
        const credential = await ask(await post(form, form.dataset.options));
        form.elements.answer.value = JSON.stringify(credential.toJSON());
        form.submit();
      } catch (error) {
        console.warn(error);
        trouble.hidden = false;
      }
    });
  };
  ceremony("passkey", (options) =>
    navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options.publicKey ?? options) }));
  ceremony("new-passkey", (options) =>
    navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options.publicKey ?? options) }));

  for (const box of document.querySelectorAll("[data-reveals]")) {
    const field = document.getElementById(box.dataset.reveals);
    box.checked = false;
    box.parentElement.hidden = false;
    box.addEventListener("change", () => { field.type = box.checked ? "text" : "password"; });
    // What is remembered as a password was sent as one.
    field.form.addEventListener("submit", () => { field.type = "password"; });
  }

  document.addEventListener("click", (event) => {
    const page = event.target.closest?.("svg[data-point]");
    const form = page && document.getElementById(page.dataset.point);
    if (!form) return;
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(page.getScreenCTM().inverse());
    form.elements.x.value = at.x.toFixed(0);
    form.elements.y.value = at.y.toFixed(0);
    form.requestSubmit();
  });
})();
